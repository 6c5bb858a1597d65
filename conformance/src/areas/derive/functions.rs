//! Encryption of data, HKDF, counter mode and passwords as ways to derive, with known answers.

use aws_lc_rs::{hkdf, hmac, pbkdf2};
use cryptoki_sys::*;

use crate::c::{Mechanism, Object, Structure, Template};
use crate::case::{Case, Outcome, case, other, spec};
use crate::context::Context;
use crate::key_use::{aes_block, counting_key, with_data};
use crate::keys::secret;

pub(super) fn cases() -> Vec<Case> {
    [encrypted(), expanded(), others()]
        .into_iter()
        .flatten()
        .collect()
}

fn aes(bytes: u64) -> Template {
    secret(CKK_AES, &[CKA_ENCRYPT]).number(CKA_VALUE_LEN, bytes)
}

fn encrypted() -> Vec<Case> {
    let sizes = [16_u8, 24, 32];
    let ecb = sizes.map(|bytes| {
        case(
            format!("derive.aes-ecb-encrypt-data.aes-{}", u32::from(bytes) * 8),
            spec("6.17"),
            "The child is the data encrypted under the base key.",
        )
        .run(move |cx| {
            by_encryption(
                cx,
                &with_data(CKM_AES_ECB_ENCRYPT_DATA, &[0x6b; 32]),
                bytes,
                |key| {
                    let block = aes_block(key, &[0x6b; 16]).expect("an AES key");
                    [block.clone(), block].concat()
                },
            )
        })
    });
    let cbc = sizes.map(|bytes| {
        case(
            format!("derive.aes-cbc-encrypt-data.aes-{}", u32::from(bytes) * 8),
            spec("6.17"),
            "The child is the data encrypted under the base key with the initialisation vector.",
        )
        .run(move |cx| {
            let structure = Structure::new().inline(&[0x33; 16]).counted(&[0x6b; 32]);
            let mechanism = Mechanism::with(CKM_AES_CBC_ENCRYPT_DATA, structure);
            by_encryption(cx, &mechanism, bytes, |key| {
                let first = aes_block(key, &[0x6b ^ 0x33; 16]).expect("an AES key");
                let second: Vec<u8> = first.iter().map(|byte| byte ^ 0x6b).collect();
                let second = aes_block(key, &second).expect("an AES key");
                [first, second].concat()
            })
        })
    });
    let odd = case(
        "derive.aes-ecb-encrypt-data.odd-length",
        spec("6.17"),
        "Data that is no whole number of blocks is refused.",
    )
    .run(|cx| {
        cx.mechanism(CKM_AES_ECB_ENCRYPT_DATA, CKF_DERIVE)?;
        let session = cx.session()?;
        let base = cx.import_secret(session, CKK_AES, &counting_key(32), &[CKA_DERIVE])?;
        let mechanism = with_data(CKM_AES_ECB_ENCRYPT_DATA, &[1; 17]);
        let (rv, _) = cx.c.derive_key(session, &mechanism, base, &aes(16));
        cx.expect_one_of(
            rv,
            &[
                CKR_MECHANISM_PARAM_INVALID,
                CKR_DATA_LEN_RANGE,
                CKR_ARGUMENTS_BAD,
            ],
        )
    });
    ecb.into_iter().chain(cbc).chain([odd]).collect()
}

/// Derives an AES key of 256 bits by encryption, and compares.
fn by_encryption(
    cx: &mut Context<'_>,
    mechanism: &Mechanism,
    bytes: u8,
    expected: impl Fn(&[u8]) -> Vec<u8>,
) -> Outcome {
    cx.mechanism(mechanism.kind(), CKF_DERIVE)?;
    let session = cx.session()?;
    let base = cx.import_secret(session, CKK_AES, &counting_key(bytes), &[CKA_DERIVE])?;
    let (rv, key) = cx.c.derive_key(session, mechanism, base, &aes(32));
    cx.ok(rv)?;
    cx.expect_aes(session, key, &expected(&counting_key(bytes)))
}

type Hash = (&'static str, CK_MECHANISM_TYPE, hkdf::Algorithm, u8);

#[rustfmt::skip] // A table reads by its columns.
const HASHES: &[Hash] = &[
    ("sha256", CKM_SHA256, hkdf::HKDF_SHA256, 32),
    ("sha384", CKM_SHA384, hkdf::HKDF_SHA384, 48),
    ("sha512", CKM_SHA512, hkdf::HKDF_SHA512, 64),
];

/// How many bytes to derive.
struct Length(usize);

impl hkdf::KeyType for Length {
    fn len(&self) -> usize {
        self.0
    }
}

fn expanded() -> Vec<Case> {
    let salts: [(&str, &[u8]); 2] = [
        ("with-salt", b"a salt of any length"),
        ("without-salt", &[]),
    ];
    HASHES
        .iter()
        .flat_map(|hash| salts.map(|(name, salt)| hkdf_case(*hash, name, salt)))
        .collect()
}

fn hkdf_case((name, mechanism, algorithm, size): Hash, what: &str, salt: &'static [u8]) -> Case {
    case(
        format!("derive.hkdf.{name}.{what}"),
        spec("6.62.3"),
        "CKM_HKDF_DERIVE gives what another implementation gives.",
    )
    .run(move |cx| {
        cx.mechanism(CKM_HKDF_DERIVE, CKF_DERIVE)?;
        let session = cx.session()?;
        let ikm = counting_key(size);
        let base = cx.import_secret(session, CKK_GENERIC_SECRET, &ikm, &[CKA_DERIVE])?;
        let kind = if salt.is_empty() {
            CKF_HKDF_SALT_NULL
        } else {
            CKF_HKDF_SALT_DATA
        };
        let structure = Structure::new()
            .inline(&[1, 1])
            .number(mechanism)
            .number(kind)
            .counted(salt)
            .number(0)
            .counted(b"info");
        let mechanism = Mechanism::with(CKM_HKDF_DERIVE, structure);
        let (rv, key) = cx.c.derive_key(session, &mechanism, base, &aes(32));
        cx.ok(rv)?;
        let mut expected = vec![0; 32];
        let secret = hkdf::Salt::new(algorithm, salt).extract(&ikm);
        secret
            .expand(&[b"info"], Length(32))
            .and_then(|expanded| expanded.fill(&mut expected))
            .expect("32 bytes are not too many");
        cx.expect_aes(session, key, &expected)
    })
}

fn others() -> Vec<Case> {
    vec![
        case(
            "derive.sp800-108.counter",
            spec("6.42"),
            "CKM_SP800_108_COUNTER_KDF with HMAC-SHA-256 gives what another implementation gives.",
        )
        .run(counter_mode),
        case(
            "derive.sp800-108.feedback",
            spec("6.42"),
            "CKM_SP800_108_FEEDBACK_KDF with HMAC-SHA-256 gives what another implementation gives.",
        )
        .run(feedback_mode),
        case(
            "derive.sp800-108.double-pipeline",
            spec("6.42"),
            "CKM_SP800_108_DOUBLE_PIPELINE_KDF with HMAC-SHA-256 gives what another implementation gives.",
        )
        .run(double_pipeline_mode),
        case(
            "derive.sp800-108.several-keys",
            spec("6.42"),
            "Keys that are derived besides have their handles in the parameter, and each is what follows the one before.",
        )
        .run(several_keys),
        case(
            "derive.pbkdf2.sha1",
            other("RFC 8018", "5.2"),
            "CKM_PKCS5_PBKD2 with HMAC-SHA-1 gives what another implementation gives.",
        )
        .run(|cx| password(cx, CKP_PKCS5_PBKD2_HMAC_SHA1, pbkdf2::PBKDF2_HMAC_SHA1)),
        case(
            "derive.pbkdf2.sha256",
            other("RFC 8018", "5.2"),
            "CKM_PKCS5_PBKD2 with HMAC-SHA-256 gives what another implementation gives.",
        )
        .run(|cx| password(cx, CKP_PKCS5_PBKD2_HMAC_SHA256, pbkdf2::PBKDF2_HMAC_SHA256)),
        case(
            "derive.pbkdf2.sha512",
            other("RFC 8018", "5.2"),
            "CKM_PKCS5_PBKD2 with HMAC-SHA-512 gives what another implementation gives.",
        )
        .run(|cx| password(cx, CKP_PKCS5_PBKD2_HMAC_SHA512, pbkdf2::PBKDF2_HMAC_SHA512)),
    ]
}

fn counter_mode(cx: &mut Context<'_>) -> Outcome {
    cx.mechanism(CKM_SP800_108_COUNTER_KDF, CKF_DERIVE)?;
    let session = cx.session()?;
    let base = cx.import_secret(
        session,
        CKK_GENERIC_SECRET,
        &counting_key(32),
        &[CKA_DERIVE],
    )?;
    // CK_SP800_108_COUNTER_FORMAT: big-endian, 32 bits.
    let format = [[0; 8], 32_u64.to_ne_bytes()].concat();
    let data = Structure::new()
        .number(CK_SP800_108_ITERATION_VARIABLE)
        .counted(&format)
        .number(CK_SP800_108_BYTE_ARRAY)
        .counted(b"label and context");
    let structure = Structure::new()
        .number(CKM_SHA256_HMAC)
        .number(2)
        .nested(data)
        .number(0)
        .null();
    let mechanism = Mechanism::with(CKM_SP800_108_COUNTER_KDF, structure);
    let (rv, key) = cx.c.derive_key(session, &mechanism, base, &aes(32));
    cx.ok(rv)?;
    let own = hmac::Key::new(hmac::HMAC_SHA256, &counting_key(32));
    let expected = hmac::sign(
        &own,
        &[&1_u32.to_be_bytes(), &b"label and context"[..]].concat(),
    );
    cx.expect_aes(session, key, expected.as_ref())
}

/// The block before as the iteration variable, and a text.
fn chained() -> Structure {
    Structure::new()
        .number(CK_SP800_108_ITERATION_VARIABLE)
        .counted(&[])
        .number(CK_SP800_108_BYTE_ARRAY)
        .counted(b"label and context")
}

/// HMAC-SHA-256 under the key that the cases derive from.
fn function(pieces: &[&[u8]]) -> Vec<u8> {
    let own = hmac::Key::new(hmac::HMAC_SHA256, &counting_key(32));
    hmac::sign(&own, &pieces.concat()).as_ref().to_vec()
}

fn feedback_mode(cx: &mut Context<'_>) -> Outcome {
    let structure = Structure::new()
        .number(CKM_SHA256_HMAC)
        .number(2)
        .nested(chained())
        .number(16)
        .pointer(&[7; 16])
        .number(0)
        .null();
    let expected = function(&[&[7; 16], b"label and context"]);
    chain(cx, CKM_SP800_108_FEEDBACK_KDF, structure, &expected)
}

fn double_pipeline_mode(cx: &mut Context<'_>) -> Outcome {
    let structure = Structure::new()
        .number(CKM_SHA256_HMAC)
        .number(2)
        .nested(chained())
        .number(0)
        .null();
    let first = function(&[b"label and context"]);
    let expected = function(&[&first, b"label and context"]);
    chain(cx, CKM_SP800_108_DOUBLE_PIPELINE_KDF, structure, &expected)
}

fn chain(cx: &mut Context<'_>, kind: u64, structure: Structure, expected: &[u8]) -> Outcome {
    cx.mechanism(kind, CKF_DERIVE)?;
    let session = cx.session()?;
    let value = counting_key(32);
    let base = cx.import_secret(session, CKK_GENERIC_SECRET, &value, &[CKA_DERIVE])?;
    let mechanism = Mechanism::with(kind, structure);
    let (rv, key) = cx.c.derive_key(session, &mechanism, base, &aes(32));
    cx.ok(rv)?;
    cx.expect_aes(session, key, expected)
}

fn several_keys(cx: &mut Context<'_>) -> Outcome {
    cx.mechanism(CKM_SP800_108_COUNTER_KDF, CKF_DERIVE)?;
    let session = cx.session()?;
    let value = counting_key(32);
    let base = cx.import_secret(session, CKK_GENERIC_SECRET, &value, &[CKA_DERIVE])?;
    let format = [[0; 8], 32_u64.to_ne_bytes()].concat();
    let data = Structure::new()
        .number(CK_SP800_108_ITERATION_VARIABLE)
        .counted(&format);
    // Keys as long as a block follow each other, however a token aligns others.
    let attributes = [
        (CKA_CLASS, CKO_SECRET_KEY.to_ne_bytes().to_vec()),
        (CKA_KEY_TYPE, CKK_AES.to_ne_bytes().to_vec()),
        (CKA_VALUE_LEN, 32_u64.to_ne_bytes().to_vec()),
        (CKA_ENCRYPT, vec![CK_TRUE]),
    ];
    let template = attributes
        .iter()
        .fold(Structure::new(), |template, (kind, value)| {
            template.number(*kind).counted(value)
        });
    let more = Structure::new().nested(template).number(4).room(8);
    let structure = Structure::new()
        .number(CKM_SHA256_HMAC)
        .number(1)
        .nested(data)
        .number(1)
        .nested(more);
    let mechanism = Mechanism::with(CKM_SP800_108_COUNTER_KDF, structure);
    let (rv, key) = cx.c.derive_key(session, &mechanism, base, &aes(32));
    cx.ok(rv)?;
    let structure = mechanism.structure().expect("it has a structure");
    let handle = structure.inner(1).read(0);
    let handle = u64::from_ne_bytes(handle.try_into().expect("a handle has eight bytes"));
    cx.expect_aes(session, key, &function(&[&1_u32.to_be_bytes()]))?;
    cx.expect_aes(session, Object(handle), &function(&[&2_u32.to_be_bytes()]))
}

fn password(cx: &mut Context<'_>, function: u64, algorithm: pbkdf2::Algorithm) -> Outcome {
    cx.mechanism(CKM_PKCS5_PBKD2, CKF_GENERATE)?;
    let session = cx.session()?;
    let rounds = 1000;
    let structure = Structure::new()
        .number(CKZ_SALT_SPECIFIED)
        .counted(b"some salt")
        .number(rounds)
        .number(function)
        .counted(&[])
        .counted(b"a password");
    let mechanism = Mechanism::with(CKM_PKCS5_PBKD2, structure);
    let (rv, key) = cx.c.generate_key(session, &mechanism, &aes(32));
    cx.ok(rv)?;
    let mut expected = [0; 32];
    let rounds = std::num::NonZeroU32::new(1000).expect("it is not zero");
    pbkdf2::derive(
        algorithm,
        rounds,
        b"some salt",
        b"a password",
        &mut expected,
    );
    cx.expect_aes(session, key, &expected)
}
