//! What digests give: known answers, and another implementation's.

use cryptoki_sys::*;

use crate::case::{Case, case, spec};
use crate::context::fail;
use crate::keys::unhex;
use crate::operations::mechanisms::{DIGESTS, Row, pattern};
use crate::operations::{Family, Operation, peer};

/// Digests of "abc": RFC 1321 appendix A.5, the examples of FIPS 180-4 and FIPS 202, RFC 7693 appendix A; the shorter BLAKE2b by Python's
/// hashlib.
#[rustfmt::skip] // A table reads by its columns.
const ABC: &[(CK_MECHANISM_TYPE, &str)] = &[
    (CKM_MD5, "900150983cd24fb0d6963f7d28e17f72"),
    (CKM_SHA_1, "a9993e364706816aba3e25717850c26c9cd0d89d"),
    (CKM_SHA224, "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7"),
    (CKM_SHA256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (CKM_SHA384, "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7"),
    (CKM_SHA512, "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"),
    (CKM_SHA512_224, "4634270f707b6a54daae7530460842e20e37ed265ceee9a43e8924aa"),
    (CKM_SHA512_256, "53048e2681941ef99b2e29b76b4c7dabe4c2d0c634fc6d46e0e2f13107e7af23"),
    (CKM_SHA3_224, "e642824c3f8cf24ad09234ee7d3c766fc9a3a5168d0c94ad73b46fdf"),
    (CKM_SHA3_256, "3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532"),
    (CKM_SHA3_384, "ec01498288516fc926459f58e2c6ad8df9b473cb0fc08c2596da7cf0e49be4b298d88cea927ac7f539f1edf228376d25"),
    (CKM_SHA3_512, "b751850b1a57168a5693cd924b6b096e08f621827444f70d884f5d0240d2712e10e116e9192af3c91a7ec57647e3934057340b4cf408d5a56592f8274eec53f0"),
    (CKM_BLAKE2B_160, "384264f676f39536840523f284921cdc68b6846b"),
    (CKM_BLAKE2B_256, "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319"),
    (CKM_BLAKE2B_384, "6f56a82c8e7ef526dfe182eb5212f7db9df1317e57815dbda46083fc30f54ee6c66ba83be64b302d7cba6ce15bb556f4"),
    (CKM_BLAKE2B_512, "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d17d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923"),
];

/// Returns the cases.
pub(crate) fn cases() -> Vec<Case> {
    let known = DIGESTS.iter().map(abc);
    let compared = DIGESTS
        .iter()
        .filter(|row| peer::digest(row.kind, b"").is_some())
        .map(lengths);
    let empty = DIGESTS.iter().filter(|row| row.typical).map(nothing);
    known.chain(compared).chain(empty).collect()
}

fn abc(row: &'static Row) -> Case {
    case(
        format!("digest.known.{}", row.id),
        row.section(),
        format!(
            "C_Digest with {} gives the published digest of \"abc\".",
            row.name()
        ),
    )
    .run(move |cx| {
        let operation = Operation::with_data(cx, row, Family::Digest, b"abc")?;
        let expected = ABC
            .iter()
            .find(|one| one.0 == row.kind)
            .map(|one| unhex(one.1));
        let expected = expected.expect("a known answer for every digest of the table");
        match operation.whole(cx) {
            Ok(digest) => cx.equal_bytes("the digest", &expected, &digest),
            Err(rv) => fail("a digest", rv.to_string()),
        }
    })
}

fn lengths(row: &'static Row) -> Case {
    case(
        format!("digest.lengths.{}", row.id),
        row.section(),
        format!("C_Digest with {} gives what another implementation gives, for data of every length around its blocks.", row.name()),
    )
    .run(move |cx| {
        let mut operation = Operation::new(cx, row, Family::Digest)?;
        for length in [0, 1, 55, 56, 63, 64, 65, 111, 112, 127, 128, 129, 135, 136, 137, 1000] {
            operation.input = pattern(length);
            let expected = peer::digest(row.kind, &operation.input).expect("it has this digest");
            match operation.whole(cx) {
                Ok(digest) => cx.equal_bytes(&format!("the digest of {length} bytes"), &expected, &digest)?,
                Err(rv) => return fail(format!("a digest of {length} bytes"), rv.to_string()),
            }
        }
        Ok(())
    })
}

fn nothing(row: &'static Row) -> Case {
    case(
        format!("digest.no-parts.{}", row.id),
        spec("5.12.1"),
        format!(
            "C_DigestFinal right after C_DigestInit with {} gives the digest of nothing.",
            row.name()
        ),
    )
    .run(move |cx| {
        let operation = Operation::with_data(cx, row, Family::Digest, b"")?;
        operation.start(cx)?;
        let given = operation.finish(cx, operation.room());
        cx.ok(given.rv)?;
        operation.right(cx, &given.bytes)
    })
}
