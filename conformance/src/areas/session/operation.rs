//! Operations belong to one session each.

use cryptoki_sys::{
    CKA_DECRYPT, CKA_ENCRYPT, CKF_DECRYPT, CKF_DIGEST, CKF_ENCRYPT, CKK_AES, CKM_AES_CBC,
    CKM_SHA256, CKM_SHA256_HMAC, CKR_OPERATION_NOT_INITIALIZED,
};

use super::{MAC, TEXT};
use crate::c::{Mechanism, Out, Rv, Session};
use crate::case::{Case, Outcome, Stage, case, spec};
use crate::context::Context;
use crate::keys::unhex;
use crate::users::labelled;

/// SHA-256 of `abc`: FIPS 180-4, example of one block.
const ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
/// SHA-256 of the 56 letters of FIPS 180-4, example of two blocks.
const LONG: &[u8] = b"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
const LONG_DIGEST: &str = "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1";

pub(super) fn cases() -> Vec<Case> {
    [digests(), keyed(), separate()]
        .into_iter()
        .flatten()
        .collect()
}

fn begin_digest(cx: &Context<'_>, session: Session) -> Outcome {
    cx.mechanism(CKM_SHA256, CKF_DIGEST)?;
    cx.ok(cx.c.digest_init(session, Some(&Mechanism::new(CKM_SHA256))))
}

fn end_digest(cx: &Context<'_>, session: Session, expected: &str) -> Outcome {
    let output = cx.c.digest_final(session, Out::Room(32));
    cx.ok(output.rv)?;
    cx.equal_bytes("the digest", &unhex(expected), &output.bytes)
}

fn digests() -> Vec<Case> {
    vec![
        case(
            "session.operation.two-digests",
            spec("5.12.3"),
            "Two sessions digest different messages part by part in turns, and both digests are right.",
        )
        .stage(Stage::Public)
        .run(|cx| {
            let (first, second) = (cx.session()?, cx.session()?);
            begin_digest(cx, first)?;
            begin_digest(cx, second)?;
            cx.ok(cx.c.digest_update(first, b"a"))?;
            cx.ok(cx.c.digest_update(second, &LONG[..20]))?;
            cx.ok(cx.c.digest_update(first, b"bc"))?;
            cx.ok(cx.c.digest_update(second, &LONG[20..]))?;
            end_digest(cx, first, ABC)?;
            end_digest(cx, second, LONG_DIGEST)
        }),
        case(
            "session.operation.sixteen-digests",
            spec("5.12.3"),
            "Sixteen sessions have a digest under way at the same time, and end them in another order.",
        )
        .stage(Stage::Public)
        .run(|cx| {
            let mut sessions = Vec::new();
            for _ in 0..16 {
                let session = cx.session()?;
                begin_digest(cx, session)?;
                sessions.push(session);
            }
            for session in &sessions {
                cx.ok(cx.c.digest_update(*session, b"abc"))?;
            }
            let mut backwards = sessions.iter().rev();
            backwards.try_for_each(|session| end_digest(cx, *session, ABC))
        }),
        case(
            "session.operation.read-only-digest",
            spec("5.12.3"),
            "A read-only and a read/write session digest in turns.",
        )
        .stage(Stage::Public)
        .run(|cx| {
            let (writer, reader) = (cx.session()?, cx.read_only()?);
            begin_digest(cx, writer)?;
            begin_digest(cx, reader)?;
            cx.ok(cx.c.digest_update(writer, LONG))?;
            cx.ok(cx.c.digest_update(reader, b"abc"))?;
            end_digest(cx, writer, LONG_DIGEST)?;
            end_digest(cx, reader, ABC)
        }),
    ]
}

fn end_mac(cx: &Context<'_>, session: Session) -> Outcome {
    let output = cx.c.sign_final(session, Out::Room(32));
    cx.ok(output.rv)?;
    cx.equal_bytes("the MAC", &unhex(MAC), &output.bytes)
}

fn keyed() -> Vec<Case> {
    vec![
        case(
            "session.operation.two-signatures",
            spec("5.13.3"),
            "Two sessions compute a MAC with the same key part by part in turns, and both are right.",
        )
        .run(|cx| {
            let (first, second) = (cx.session()?, cx.session()?);
            let key = super::mac_key(cx, first)?;
            let mechanism = Mechanism::new(CKM_SHA256_HMAC);
            cx.ok(cx.c.sign_init(first, Some(&mechanism), key))?;
            cx.ok(cx.c.sign_init(second, Some(&mechanism), key))?;
            cx.ok(cx.c.sign_update(first, &TEXT[..5]))?;
            cx.ok(cx.c.sign_update(second, TEXT))?;
            cx.ok(cx.c.sign_update(first, &TEXT[5..]))?;
            end_mac(cx, first)?;
            end_mac(cx, second)
        }),
        case(
            "session.operation.encrypt-and-decrypt",
            spec("5.8.3"),
            "One session encrypts while another decrypts with the same key, part by part in turns.",
        )
        .run(encrypt_and_decrypt),
    ]
}

/// The first two blocks of SP 800-38A, F.2.1 (CBC-AES128).
fn encrypt_and_decrypt(cx: &mut Context<'_>) -> Outcome {
    cx.mechanism(CKM_AES_CBC, CKF_ENCRYPT | CKF_DECRYPT)?;
    let plain = unhex("6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51");
    let secret = unhex("7649abac8119b246cee98e9b12e9197d5086cb9b507219ee95db113a917678b2");
    let (first, second) = (cx.session()?, cx.session()?);
    let key = unhex("2b7e151628aed2a6abf7158809cf4f3c");
    let key = cx.import_secret(first, CKK_AES, &key, &[CKA_ENCRYPT, CKA_DECRYPT])?;
    let iv = unhex("000102030405060708090a0b0c0d0e0f");
    let mechanism = Mechanism::with_bytes(CKM_AES_CBC, &iv);
    cx.ok(cx.c.encrypt_init(first, Some(&mechanism), key))?;
    cx.ok(cx.c.decrypt_init(second, Some(&mechanism), key))?;
    let (mut encrypted, mut decrypted) = (Vec::new(), Vec::new());
    for block in [0..16, 16..32] {
        let output =
            cx.c.encrypt_update(first, &plain[block.clone()], Out::Room(64));
        cx.ok(output.rv)?;
        encrypted.extend(output.bytes);
        let output = cx.c.decrypt_update(second, &secret[block], Out::Room(64));
        cx.ok(output.rv)?;
        decrypted.extend(output.bytes);
    }
    let output = cx.c.encrypt_final(first, Out::Room(64));
    cx.ok(output.rv)?;
    encrypted.extend(output.bytes);
    let output = cx.c.decrypt_final(second, Out::Room(64));
    cx.ok(output.rv)?;
    decrypted.extend(output.bytes);
    cx.equal_bytes("the ciphertext", &secret, &encrypted)?;
    cx.equal_bytes("the plaintext", &plain, &decrypted)
}

fn separate() -> Vec<Case> {
    vec![
        elsewhere(
            "digest-elsewhere",
            "An update of a digest in a session that has not begun one answers CKR_OPERATION_NOT_INITIALIZED.",
            |cx, session| cx.c.digest_update(session, b"abc"),
        ),
        elsewhere(
            "digest-final-elsewhere",
            "A digest begun in one session does not end in another.",
            |cx, session| cx.c.digest_final(session, Out::Room(32)).rv,
        ),
        case(
            "session.operation.find-elsewhere",
            spec("5.7.8"),
            "A search begun in one session does not go on in another.",
        )
        .stage(Stage::Public)
        .run(|cx| {
            let (first, second) = (cx.session()?, cx.session()?);
            cx.ok(cx
                .c
                .find_objects_init(first, &labelled("nothing has this label")))?;
            cx.expect(
                cx.c.find_objects(second, 1).rv,
                CKR_OPERATION_NOT_INITIALIZED,
            )?;
            cx.ok(cx.c.find_objects(first, 1).rv)?;
            cx.ok(cx.c.find_objects_final(first))
        }),
        case(
            "session.operation.two-searches",
            spec("5.7.8"),
            "Two sessions search at the same time, each for its own template.",
        )
        .run(|cx| {
            let (first, second) = (cx.session()?, cx.session()?);
            let (one, other) = (cx.label(), cx.label());
            let object = cx.import(first, &crate::users::data(false, false, &one))?;
            let another = cx.import(first, &crate::users::data(false, false, &other))?;
            cx.ok(cx.c.find_objects_init(first, &labelled(&one)))?;
            cx.ok(cx.c.find_objects_init(second, &labelled(&other)))?;
            cx.equal(
                "the first's",
                &vec![object],
                &cx.c.find_objects(first, 9).list,
            )?;
            cx.equal(
                "the second's",
                &vec![another],
                &cx.c.find_objects(second, 9).list,
            )?;
            cx.ok(cx.c.find_objects_final(second))?;
            cx.ok(cx.c.find_objects_final(first))
        }),
        case(
            "session.operation.outlives-others",
            spec("5.6.2"),
            "Closing one session leaves the operation of another under way.",
        )
        .stage(Stage::Public)
        .run(|cx| {
            let (first, second) = (cx.session()?, cx.session()?);
            begin_digest(cx, first)?;
            begin_digest(cx, second)?;
            cx.ok(cx.c.digest_update(first, b"ab"))?;
            cx.ok(cx.c.close_session(second))?;
            cx.ok(cx.c.digest_update(first, b"c"))?;
            end_digest(cx, first, ABC)
        }),
    ]
}

/// A case in which one session has a digest under way, and another goes on with it.
fn elsewhere(id: &str, requirement: &str, go_on: fn(&Context<'_>, Session) -> Rv) -> Case {
    case(
        format!("session.operation.{id}"),
        spec("5.12.3"),
        requirement,
    )
    .stage(Stage::Public)
    .run(move |cx| {
        let (first, second) = (cx.session()?, cx.session()?);
        begin_digest(cx, first)?;
        cx.expect(go_on(cx, second), CKR_OPERATION_NOT_INITIALIZED)?;
        cx.ok(cx.c.digest_update(first, b"abc"))?;
        end_digest(cx, first, ABC)
    })
}
