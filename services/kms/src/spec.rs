//! Kinds of keys: what each spec of the contract is in the HSM, and what it may be used for.

use kit::hsm::{Curve, Kind};

/// What a key is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// `KEY_AGREEMENT`, of curves: a key that signs does not agree on secrets as well.
    Agree,
    /// `ENCRYPT_DECRYPT`.
    Encrypt,
    /// `GENERATE_VERIFY_MAC`.
    Mac,
    /// `SIGN_VERIFY`.
    Sign,
}

impl Purpose {
    /// The name in the contract.
    #[must_use]
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Agree => "KEY_AGREEMENT",
            Self::Encrypt => "ENCRYPT_DECRYPT",
            Self::Mac => "GENERATE_VERIFY_MAC",
            Self::Sign => "SIGN_VERIFY",
        }
    }

    /// Finds a purpose by its name.
    #[must_use]
    pub(crate) fn named(name: &str) -> Option<Self> {
        [Self::Agree, Self::Encrypt, Self::Mac, Self::Sign]
            .into_iter()
            .find(|purpose| purpose.name() == name)
    }
}

/// What kinds of keys have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Family {
    /// Elliptic curves and their relatives.
    Curve,
    /// HMAC.
    Hmac,
    /// RSA.
    Rsa,
    /// AES and SM4.
    Symmetric,
}

impl Family {
    /// Whether a key of this family has a public half.
    #[must_use]
    pub(crate) const fn is_asymmetric(self) -> bool {
        matches!(self, Self::Curve | Self::Rsa)
    }
}

/// A kind of key.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spec {
    /// The name in the contract.
    pub(crate) name: &'static str,
    /// Its family.
    pub(crate) family: Family,
    /// What it is in the HSM; `None` if no HSM that we know offers it.
    pub(crate) kind: Option<Kind>,
    /// What it may be for; the first is meant when a request does not say.
    pub(crate) purposes: &'static [Purpose],
    /// The signing or MAC algorithms that it has.
    pub(crate) algorithms: &'static [&'static str],
}

const RSA: &[Purpose] = &[Purpose::Sign, Purpose::Encrypt];
const CURVE: &[Purpose] = &[Purpose::Sign, Purpose::Agree];
const SIGN: &[Purpose] = &[Purpose::Sign];
const ENCRYPT: &[Purpose] = &[Purpose::Encrypt];
const MAC: &[Purpose] = &[Purpose::Mac];

const RSA_ALGORITHMS: &[&str] = &[
    "RSASSA_PSS_SHA_256",
    "RSASSA_PSS_SHA_384",
    "RSASSA_PSS_SHA_512",
    "RSASSA_PKCS1_V1_5_SHA_256",
    "RSASSA_PKCS1_V1_5_SHA_384",
    "RSASSA_PKCS1_V1_5_SHA_512",
];

#[rustfmt::skip] // A table reads by its columns.
static SPECS: &[Spec] = &[
    Spec { name: "AES_256",   family: Family::Symmetric, kind: Some(Kind::Aes { bits: 256 }),      purposes: ENCRYPT, algorithms: &[] },
    Spec { name: "SM4",       family: Family::Symmetric, kind: None,                               purposes: ENCRYPT, algorithms: &[] },
    Spec { name: "RSA_2048",  family: Family::Rsa,       kind: Some(Kind::Rsa { bits: 2_048 }),    purposes: RSA,     algorithms: RSA_ALGORITHMS },
    Spec { name: "RSA_3072",  family: Family::Rsa,       kind: Some(Kind::Rsa { bits: 3_072 }),    purposes: RSA,     algorithms: RSA_ALGORITHMS },
    Spec { name: "RSA_4096",  family: Family::Rsa,       kind: Some(Kind::Rsa { bits: 4_096 }),    purposes: RSA,     algorithms: RSA_ALGORITHMS },
    Spec { name: "EC_P256",   family: Family::Curve,     kind: Some(Kind::Ec(Curve::P256)),        purposes: CURVE,   algorithms: &["ECDSA_SHA_256"] },
    Spec { name: "EC_P384",   family: Family::Curve,     kind: Some(Kind::Ec(Curve::P384)),        purposes: CURVE,   algorithms: &["ECDSA_SHA_384"] },
    Spec { name: "SECP256K1", family: Family::Curve,     kind: Some(Kind::Ec(Curve::Secp256k1)),   purposes: SIGN,    algorithms: &["ECDSA_SHA_256"] },
    Spec { name: "SM2",       family: Family::Curve,     kind: None,                               purposes: &[Purpose::Sign, Purpose::Encrypt], algorithms: &["SM2DSA_SM3"] },
    Spec { name: "ED25519",   family: Family::Curve,     kind: Some(Kind::Ed25519),                purposes: SIGN,    algorithms: &["ED25519_SHA_512", "ED25519_PH_SHA_512"] },
    Spec { name: "HMAC_256",  family: Family::Hmac,      kind: Some(Kind::Hmac { bytes: 32 }),     purposes: MAC,     algorithms: &["HMAC_SHA_256"] },
    Spec { name: "HMAC_384",  family: Family::Hmac,      kind: Some(Kind::Hmac { bytes: 48 }),     purposes: MAC,     algorithms: &["HMAC_SHA_384"] },
    Spec { name: "HMAC_512",  family: Family::Hmac,      kind: Some(Kind::Hmac { bytes: 64 }),     purposes: MAC,     algorithms: &["HMAC_SHA_512"] },
    Spec { name: "HMAC_SM3",  family: Family::Hmac,      kind: None,                               purposes: MAC,     algorithms: &["HMAC_SM3"] },
];

/// The names of all kinds.
pub(crate) const NAMES: [&str; SPECS.len()] = {
    let mut names = [""; SPECS.len()];
    let mut at = 0;
    while at < names.len() {
        names[at] = SPECS[at].name;
        at += 1;
    }
    names
};

/// Finds a kind by its name.
#[must_use]
pub(crate) fn named(name: &str) -> Option<&'static Spec> {
    SPECS.iter().find(|spec| spec.name == name)
}
