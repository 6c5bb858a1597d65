//! Agreements: elliptic curves, Curve25519, Diffie-Hellman.

use aws_lc_rs::agreement::{
    self, Algorithm, ECDH_P256, ECDH_P384, ECDH_P521, UnparsedPublicKey, X25519,
};
use aws_lc_rs::digest::{self, SHA1_FOR_LEGACY_USE_ONLY, SHA224, SHA256, SHA384, SHA512};
use cryptoki_sys::*;

use super::{POINT, SHARED, known};
use crate::c::{Mechanism, Object, Rv, Session, Template};
use crate::case::{Case, Outcome, case, spec};
use crate::context::{Context, not_applicable};
use crate::key_use::{ecdh, ecdh_of};
use crate::keys::{Pair, private, public, secret, unhex};

pub(super) fn cases() -> Vec<Case> {
    [
        truncated(),
        functions(),
        others(),
        encodings(),
        points(),
        parameters(),
        groups(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn aes(bytes: u64) -> Template {
    secret(CKK_AES, &[CKA_ENCRYPT]).number(CKA_VALUE_LEN, bytes)
}

fn truncated() -> Vec<Case> {
    [16_u8, 24, 32]
        .into_iter()
        .flat_map(|bytes| {
            let start = 32 - usize::from(bytes);
            let plain = case(
                format!("derive.ecdh.null-kdf.aes-{}", u32::from(bytes) * 8),
                spec("6.3.17"),
                "The child is the end of the shared secret: truncation takes bytes from its beginning.",
            )
            .run(move |cx| {
                let session = cx.session()?;
                let base = known(cx, session)?;
                let mechanism = ecdh(CKD_NULL, &[], &unhex(POINT));
                let (rv, key) = cx.c.derive_key(session, &mechanism, base, &aes(bytes.into()));
                cx.ok(rv)?;
                cx.expect_aes(session, key, &unhex(SHARED)[start..])
            });
            let cofactor = case(
                format!("derive.ecdh-cofactor.null-kdf.aes-{}", u32::from(bytes) * 8),
                spec("6.3.18"),
                "On a curve whose cofactor is one, cofactor agreement gives the same secret.",
            )
            .run(move |cx| {
                cx.mechanism(CKM_ECDH1_COFACTOR_DERIVE, CKF_DERIVE)?;
                let session = cx.session()?;
                let base = known(cx, session)?;
                let mechanism = ecdh_of(CKM_ECDH1_COFACTOR_DERIVE, CKD_NULL, &[], &unhex(POINT));
                let (rv, key) = cx.c.derive_key(session, &mechanism, base, &aes(bytes.into()));
                cx.ok(rv)?;
                cx.expect_aes(session, key, &unhex(SHARED)[start..])
            });
            [plain, cofactor]
        })
        .collect()
}

type Function = (
    &'static str,
    CK_EC_KDF_TYPE,
    &'static digest::Algorithm,
    bool,
);

#[rustfmt::skip] // A table reads by its columns.
const FUNCTIONS: &[Function] = &[
    ("sha1", CKD_SHA1_KDF, &SHA1_FOR_LEGACY_USE_ONLY, false),
    ("sha224", CKD_SHA224_KDF, &SHA224, false),
    ("sha256", CKD_SHA256_KDF, &SHA256, false),
    ("sha384", CKD_SHA384_KDF, &SHA384, false),
    ("sha512", CKD_SHA512_KDF, &SHA512, false),
    ("sha256-sp800", CKD_SHA256_KDF_SP800, &SHA256, true),
    ("sha512-sp800", CKD_SHA512_KDF_SP800, &SHA512, true),
];

/// Derives 32 bytes from the shared secret, by another implementation.
fn expected((_, _, hash, counter_first): Function, info: &[u8]) -> Vec<u8> {
    let secret = unhex(SHARED);
    let blocks = (1..=2_u32).flat_map(|counter| {
        let counter = counter.to_be_bytes();
        let input = if counter_first {
            [counter.as_slice(), &secret, info].concat()
        } else {
            [secret.as_slice(), &counter, info].concat()
        };
        digest::digest(hash, &input).as_ref().to_vec()
    });
    blocks.take(32).collect()
}

fn functions() -> Vec<Case> {
    let infos: [(&str, &[u8]); 2] = [("", &[]), ("-with-data", b"shared by both")];
    FUNCTIONS
        .iter()
        .flat_map(|function| infos.map(|(suffix, info)| kdf(*function, suffix, info)))
        .collect()
}

fn kdf(function: Function, suffix: &str, info: &'static [u8]) -> Case {
    case(
        format!("derive.ecdh.kdf.{}{suffix}", function.0),
        spec("6.3.16"),
        "The key derivation function gives what another implementation gives.",
    )
    .run(move |cx| {
        let session = cx.session()?;
        let base = known(cx, session)?;
        let mechanism = ecdh(function.1, info, &unhex(POINT));
        let (rv, key) = cx.c.derive_key(session, &mechanism, base, &aes(32));
        if rv.0 == CKR_MECHANISM_PARAM_INVALID {
            return not_applicable("the module does not know the key derivation function");
        }
        cx.ok(rv)?;
        cx.expect_aes(session, key, &expected(function, info))
    })
}

type Curve = (
    &'static str,
    CK_MECHANISM_TYPE,
    CK_KEY_TYPE,
    &'static str,
    &'static Algorithm,
);

#[rustfmt::skip] // A table reads by its columns.
const CURVES: &[Curve] = &[
    ("p256", CKM_EC_KEY_PAIR_GEN, CKK_EC, "06082a8648ce3d030107", &ECDH_P256),
    ("p384", CKM_EC_KEY_PAIR_GEN, CKK_EC, "06052b81040022", &ECDH_P384),
    ("p521", CKM_EC_KEY_PAIR_GEN, CKK_EC, "06052b81040023", &ECDH_P521),
    ("x25519", CKM_EC_MONTGOMERY_KEY_PAIR_GEN, CKK_EC_MONTGOMERY, "06032b656e", &X25519),
];

fn others() -> Vec<Case> {
    CURVES
        .iter()
        .map(|curve| {
            case(
                format!("derive.ecdh.elsewhere.{}", curve.0),
                spec("6.3.17"),
                "A made key and another implementation agree on the same secret.",
            )
            .run(move |cx| elsewhere(cx, *curve))
        })
        .collect()
}

fn elsewhere(cx: &mut Context<'_>, (_, generation, kind, parameters, algorithm): Curve) -> Outcome {
    cx.mechanism(CKM_ECDH1_DERIVE, CKF_DERIVE)?;
    cx.mechanism(generation, CKF_GENERATE_KEY_PAIR)?;
    let session = cx.session()?;
    let publics = public(kind, &[]).bytes(CKA_EC_PARAMS, &unhex(parameters));
    let pair = cx.pair(session, generation, &publics, &private(kind, &[CKA_DERIVE]))?;
    let own = agreement::PrivateKey::generate(algorithm).expect("a key");
    let point = own.compute_public_key().expect("its public key");
    let theirs = cx.bytes_of(session, pair.public, CKA_EC_POINT)?;
    let theirs = point_of(&theirs, point.as_ref().len());
    let theirs = UnparsedPublicKey::new(algorithm, theirs);
    let Ok(shared) = agreement::agree(&own, theirs, (), |secret| Ok(secret.to_vec())) else {
        return crate::context::fail("a point of the curve in CKA_EC_POINT", "another");
    };
    let mechanism = ecdh(CKD_NULL, &[], point.as_ref());
    let (rv, key) = cx.c.derive_key(session, &mechanism, pair.private, &aes(32));
    cx.ok(rv)?;
    cx.expect_aes(session, key, &shared[shared.len() - 32..])
}

/// The point within `CKA_EC_POINT`, whose octet string has a header; raw where it has none.
fn point_of(attribute: &[u8], size: usize) -> &[u8] {
    &attribute[attribute.len().saturating_sub(size)..]
}

/// Derives with the known key and a point in this form.
fn with_point(cx: &mut Context<'_>, point: &[u8]) -> Outcome<(Session, Rv, Object)> {
    let session = cx.session()?;
    let base = known(cx, session)?;
    let (rv, _) =
        cx.c.derive_key(session, &ecdh(CKD_NULL, &[], &unhex(POINT)), base, &aes(32));
    cx.prepared(rv)?;
    let (rv, key) =
        cx.c.derive_key(session, &ecdh(CKD_NULL, &[], point), base, &aes(32));
    Ok((session, rv, key))
}

fn encodings() -> Vec<Case> {
    let compressed = || {
        let point = unhex(POINT);
        let sign = 2 + (point[64] & 1);
        [&[sign][..], &point[1..33]].concat()
    };
    let forms: [(&str, &str, Vec<u8>); 2] = [
        (
            "der",
            "A point as an octet string gives the same secret, or is refused.",
            crate::keys::octet_string(&unhex(POINT)),
        ),
        (
            "compressed",
            "A compressed point gives the same secret, or is refused.",
            compressed(),
        ),
    ];
    forms
        .into_iter()
        .map(|(name, requirement, point)| {
            case(
                format!("derive.ecdh.form.{name}"),
                spec("6.3.16"),
                requirement,
            )
            .run(move |cx| {
                let (session, rv, key) = with_point(cx, &point)?;
                if rv.is_ok() {
                    return cx.expect_aes(session, key, &unhex(SHARED));
                }
                cx.remark(format!("refused with {rv}"));
                cx.expect_one_of(
                    rv,
                    &[
                        CKR_MECHANISM_PARAM_INVALID,
                        CKR_PUBLIC_KEY_INVALID,
                        CKR_GENERAL_ERROR,
                        CKR_FUNCTION_FAILED,
                    ],
                )
            })
        })
        .collect()
}

fn points() -> Vec<Case> {
    let changed = |at: usize| {
        let mut point = unhex(POINT);
        point[at] ^= 1;
        point
    };
    let points = [
        ("off-curve", changed(64)),
        ("unknown-form", changed(0)),
        ("cut-short", unhex(POINT)[..64].to_vec()),
        ("too-long", [unhex(POINT), vec![0]].concat()),
        ("one-byte", vec![4]),
        ("none", Vec::new()),
    ];
    points
        .into_iter()
        .flat_map(|(name, point)| {
            let codes = [CKR_MECHANISM_PARAM_INVALID, CKR_PUBLIC_KEY_INVALID, CKR_ARGUMENTS_BAD];
            let loose = [
                CKR_GENERAL_ERROR,
                CKR_FUNCTION_FAILED,
                CKR_DEVICE_ERROR,
                CKR_KEY_SIZE_RANGE,
                CKR_DATA_LEN_RANGE,
                CKR_DOMAIN_PARAMS_INVALID,
            ];
            let again = point.clone();
            [
                case(format!("derive.ecdh.point.{name}"), spec("6.3.17"), "What is no point of the curve is refused.").run(move |cx| {
                    let (_, rv, _) = with_point(cx, &point)?;
                    cx.expect_one_of(rv, &[codes.as_slice(), &loose].concat())
                }),
                case(format!("derive.ecdh.point.{name}-code"), spec("5.1.6"), "What is no point answers CKR_PUBLIC_KEY_INVALID or CKR_MECHANISM_PARAM_INVALID.")
                    .should()
                    .run(move |cx| {
                        let (_, rv, _) = with_point(cx, &again)?;
                        cx.expect_one_of(rv, &codes)
                    }),
            ]
        })
        .collect()
}

fn parameters() -> Vec<Case> {
    let codes = &[CKR_MECHANISM_PARAM_INVALID, CKR_ARGUMENTS_BAD];
    vec![
        case(
            "derive.ecdh.parameter.missing",
            spec("6.3.17"),
            "CKM_ECDH1_DERIVE without its parameter is refused.",
        )
        .run(|cx| by(cx, &Mechanism::new(CKM_ECDH1_DERIVE), codes)),
        case(
            "derive.ecdh.parameter.cut-short",
            spec("6.3.17"),
            "A parameter of four bytes less is refused.",
        )
        .run(|cx| by(cx, &ecdh(CKD_NULL, &[], &unhex(POINT)).length(36), codes)),
        case(
            "derive.ecdh.parameter.unknown-kdf",
            spec("6.3.16"),
            "A key derivation function that nobody knows is refused.",
        )
        .run(|cx| by(cx, &ecdh(0x7fff_ffff, &[], &unhex(POINT)), codes)),
        case(
            "derive.ecdh.parameter.data-without-kdf",
            spec("6.3.16"),
            "CKD_NULL with shared data is refused: it has to be null.",
        )
        .run(|cx| by(cx, &ecdh(CKD_NULL, b"data", &unhex(POINT)), codes)),
    ]
}

fn by(cx: &mut Context<'_>, mechanism: &Mechanism, codes: &[CK_RV]) -> Outcome {
    let session = cx.session()?;
    let base = known(cx, session)?;
    let (rv, _) = cx.c.derive_key(session, mechanism, base, &aes(32));
    cx.expect_one_of(rv, codes)
}

/// The prime of 2,048 bits of RFC 3526, section 3.
const PRIME: &str = "ffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74020bbea63b139b22514a08798e3404ddef9519b3cd3a431b302b0a6df25f14374fe1356d6d51c245e485b576625e7ec6f44c42e9a637ed6b0bff5cb6f406b7edee386bfb5a899fa5ae9f24117c4b1fe649286651ece45b3dc2007cb8a163bf0598da48361c55d39a69163fa8fd24cf5f83655d23dca3ad961c62f356208552bb9ed529077096966d670c354e4abc9804f1746c08ca18217c32905e462e36ce3be39e772c180e86039b2783a2ec07a28fb5c55df06f4c52c9de2bcbf6955817183995497cea956ae515d2261898fa051015728e5a8aacaa68ffffffffffffffff";

fn groups() -> Vec<Case> {
    let degenerate = [("zero", 0_u8), ("one", 1)];
    let degenerate = degenerate.map(|(name, value)| {
        case(
            format!("derive.dh.public-value.{name}"),
            spec("6.4.6"),
            "A public value that makes the secret the same for every key is refused.",
        )
        .should()
        .run(move |cx| {
            let session = cx.session()?;
            let pair = group_pair(cx, session)?;
            let mut other = vec![0; 256];
            other[255] = value;
            let mechanism = Mechanism::with_bytes(CKM_DH_PKCS_DERIVE, &other);
            let (rv, _) = cx.c.derive_key(session, &mechanism, pair.private, &aes(32));
            cx.expect_one_of(
                rv,
                &[
                    CKR_MECHANISM_PARAM_INVALID,
                    CKR_PUBLIC_KEY_INVALID,
                    CKR_GENERAL_ERROR,
                    CKR_FUNCTION_FAILED,
                ],
            )
        })
    });
    let agree = case(
        "derive.dh.agree",
        spec("6.4.6"),
        "Two key pairs of one group agree on the same secret.",
    )
    .run(|cx| {
        let session = cx.session()?;
        let (one, other) = (group_pair(cx, session)?, group_pair(cx, session)?);
        let mut blocks = Vec::new();
        for (own, theirs) in [(one.private, other.public), (other.private, one.public)] {
            let value = cx.bytes_of(session, theirs, CKA_VALUE)?;
            let mechanism = Mechanism::with_bytes(CKM_DH_PKCS_DERIVE, &value);
            let (rv, key) = cx.c.derive_key(session, &mechanism, own, &aes(32));
            cx.ok(rv)?;
            blocks.push(cx.had(cx.encrypt_once(
                session,
                &Mechanism::new(CKM_AES_ECB),
                key,
                &[1; 16],
            ))?);
        }
        cx.equal_bytes("a block under the other's key", &blocks[0], &blocks[1])
    });
    degenerate.into_iter().chain([agree]).collect()
}

fn group_pair(cx: &Context<'_>, session: Session) -> Outcome<Pair> {
    cx.mechanism(CKM_DH_PKCS_DERIVE, CKF_DERIVE)?;
    cx.mechanism(CKM_DH_PKCS_KEY_PAIR_GEN, CKF_GENERATE_KEY_PAIR)?;
    let publics = public(CKK_DH, &[])
        .bytes(CKA_PRIME, &unhex(PRIME))
        .bytes(CKA_BASE, &[2]);
    cx.pair(
        session,
        CKM_DH_PKCS_KEY_PAIR_GEN,
        &publics,
        &private(CKK_DH, &[CKA_DERIVE]),
    )
}
