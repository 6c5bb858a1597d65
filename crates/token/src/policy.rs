//! Policy: what a key may be, and what may be done with it. Pure functions; every refusal says why.
//!
//! | Rule | `compat` | `strict` |
//! |---|---|---|
//! | purposes of one key | any | one family: encrypt/decrypt, sign/verify, wrap/unwrap, derive or encapsulate/decapsulate |
//! | purposes of an existing key | may change, save for those that undo each other (`policy/changes.rs`) | never change |
//! | copies of a key that is not modifiable | do no more, and are not modifiable | do no more, and are not modifiable |
//! | purposes that a template leaves out beside `CKA_WRAP` or `CKA_UNWRAP` | no cipher's | none |
//! | several purposes for a key that is generated | as the template says | the most telling one is kept |
//! | several purposes for a key that is imported | as the template says | refused |
//! | `CKA_SENSITIVE` that a template leaves out | off for a secret key (4.10), on for a private or derived one | on |
//! | `CKA_SENSITIVE` off for a key that is generated | as the template says | it is on |
//! | `CKA_SENSITIVE` off for an import, `CKA_EXTRACTABLE` on | as the template says | refused |
//! | the same for an existing key or its copy (R2) | refused | refused |
//! | `CKA_EXTRACTABLE` on for a key that is generated | as the template says | only with `CKA_WRAP_WITH_TRUSTED` |
//! | wrapping and unwrapping | see `policy/wrapping.rs` | see `policy/wrapping.rs` |
//! | `CKA_SENSITIVE`, `CKA_EXTRACTABLE` of a key that is derived (R2, R5) | as the template says | on, off |
//! | the same of a key that is encapsulated or decapsulated | as the template says, else both on | on, off |
//! | a secret key below 16 bytes (R5) | accepted | refused |
//! | check value and digest of a secret below 14 bytes | no check value; digested where it is not sensitive | there is none |
//! | `CKA_START_DATE`, `CKA_END_DATE` | kept, not enforced | no encrypting, signing, wrapping or deriving outside of them |
//! | initialisation vectors, nonces and counters of the caller's for encryption, wrapping and MACs by GCM, CCM, GMAC and CTR (R10) | accepted | refused; what was made elsewhere is decrypted, unwrapped, verified |
//! | deriving a key by a mere hash of another, or by encrypting data | accepted | refused |
//! | making a key of the bytes of another, as they are (6.43) | accepted; it is as hidden as the other | refused |
//! | what is derived comes out as a data object | accepted | refused |
//! | a key out of a password | accepted; it counts as known outside | refused |
//! | triple DES, Diffie-Hellman over finite fields, DSA | accepted | no mechanism, no key |
//! | keys of TLS together with initialisation vectors, which come out | accepted | refused; without them, accepted |
//! | GCM tags below 96 bits (R10), MACs and those of CCM below 64 | accepted | refused |
//! | RSA keys below 2,048 bits (R11) | accepted | refused |
//! | RSA without padding (R11) | accepted | refused |
//! | signing by HashML-DSA a digest that is weaker than the key (FIPS 204, 5.4) | accepted | refused |
//! | signing over SHA-1, encryption by RSA PKCS#1 v1.5 (R11) | accepted | refused |

mod changes;
mod derivation;
mod secrets;
mod strength;
mod validity;
mod wrapping;

pub(crate) use changes::{check_change, check_copy, hand_down};
use ck::flags::mechanism as ckf;
use ck::{
    Algorithm, AttributeType, KeyType, Mechanism, MechanismType, ObjectClass, Params, Rv, Sm,
};
pub use derivation::decide_derive;
pub(crate) use derivation::{inherited, moves_bytes, tighten_derived, tighten_encapsulated};
pub use proto::admin::Profile;
pub(crate) use secrets::{check_value_tells, decide_secret, tells};
pub(crate) use strength::{check_size, decide_digest, decide_generate, key_sizes, served};
use thiserror::Error as ThisError;
pub(crate) use validity::{Date, decide_date};
pub use wrapping::{KeyStrength, decide_unwrap, decide_wrap, strength, transport_strength};
pub(crate) use wrapping::{tighten_unwrapped, vouches};

use crate::rules::is_secret;
use crate::{Attributes, Error};

/// What is to be done with a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Usage {
    /// Decapsulating a key.
    Decapsulate,
    /// Decrypting.
    Decrypt,
    /// Deriving another key.
    Derive,
    /// Encapsulating a key.
    Encapsulate,
    /// Encrypting.
    Encrypt,
    /// Signing, or computing a MAC.
    Sign,
    /// Signing so that the signature gives its data back.
    SignRecover,
    /// Unwrapping another key.
    Unwrap,
    /// Verifying a signature or a MAC.
    Verify,
    /// Getting the data back from a signature.
    VerifyRecover,
    /// Wrapping another key.
    Wrap,
}

impl Usage {
    /// The attribute that permits it.
    #[must_use]
    pub const fn attribute(self) -> AttributeType {
        match self {
            Self::Decapsulate => AttributeType::DECAPSULATE,
            Self::Decrypt => AttributeType::DECRYPT,
            Self::Derive => AttributeType::DERIVE,
            Self::Encapsulate => AttributeType::ENCAPSULATE,
            Self::Encrypt => AttributeType::ENCRYPT,
            Self::Sign => AttributeType::SIGN,
            Self::SignRecover => AttributeType::SIGN_RECOVER,
            Self::Unwrap => AttributeType::UNWRAP,
            Self::Verify => AttributeType::VERIFY,
            Self::VerifyRecover => AttributeType::VERIFY_RECOVER,
            Self::Wrap => AttributeType::WRAP,
        }
    }

    /// The operation bit of the mechanism table.
    const fn flag(self) -> u64 {
        match self {
            Self::Decapsulate => ckf::DECAPSULATE,
            Self::Decrypt => ckf::DECRYPT,
            Self::Derive => ckf::DERIVE,
            Self::Encapsulate => ckf::ENCAPSULATE,
            Self::Encrypt => ckf::ENCRYPT,
            Self::Sign => ckf::SIGN,
            Self::SignRecover => ckf::SIGN_RECOVER,
            Self::Unwrap => ckf::UNWRAP,
            Self::Verify => ckf::VERIFY,
            Self::VerifyRecover => ckf::VERIFY_RECOVER,
            Self::Wrap => ckf::WRAP,
        }
    }
}

/// What policy says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// It may be done.
    Allow,
    /// It may not.
    Deny(Refusal),
}

impl Decision {
    /// Turns a denial into an error.
    ///
    /// # Errors
    /// The refusal.
    pub const fn obey(self) -> Result<(), Refusal> {
        match self {
            Self::Allow => Ok(()),
            Self::Deny(refusal) => Err(refusal),
        }
    }
}

/// Why policy refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ThisError)]
pub enum Refusal {
    /// The key is of another type than the mechanism takes.
    #[error("{mechanism} does not take a key of type {key_type}")]
    KeyType {
        /// The mechanism.
        mechanism: MechanismType,
        /// The key's type.
        key_type: KeyType,
        /// What the key was to be used for.
        usage: Usage,
    },
    /// The key asks for its user's PIN at each use, which this call has no place for.
    #[error("CKA_ALWAYS_AUTHENTICATE of the key asks for the PIN, which cannot be given here")]
    AlwaysAuthenticate,
    /// The key's own list does not have the mechanism.
    #[error("CKA_ALLOWED_MECHANISMS of the key does not list {0}")]
    MechanismNotListed(MechanismType),
    /// The mechanism does not do that.
    #[error("{0} does not do this operation")]
    MechanismUnfit(MechanismType),
    /// The key does not protect anything yet, or any more.
    #[error("today lies outside of what {0} of the key allows")]
    OutOfDate(AttributeType),
    /// The key has another purpose.
    #[error("{0} of the key is false")]
    Purpose(AttributeType),
    /// So short a secret could be guessed.
    #[error("in the profile `strict` a secret key has 16 bytes or more")]
    ShortSecret,
    /// The key takes off with one purpose what it, or another, put on with the other.
    #[error("{0} and {1} of one key would strip the wrapping from any key")]
    Stripping(AttributeType, AttributeType),
    /// The key never leaves the token.
    #[error("CKA_EXTRACTABLE of the key is false")]
    Unextractable,
    /// The key must not be wrapped like this.
    #[error("the key cannot be wrapped: {0}")]
    Unwrappable(&'static str),
    /// The parameter is too weak.
    #[error("the parameter is too weak for the profile `strict`: {0}")]
    WeakParameter(&'static str),
    /// The mechanism is too weak.
    #[error("the profile `strict` refuses {mechanism} here: {why}")]
    WeakMechanism {
        /// The mechanism.
        mechanism: MechanismType,
        /// What is weak.
        why: &'static str,
    },
}

impl Refusal {
    /// Returns the return code that the application sees.
    #[must_use]
    pub const fn rv(&self) -> Rv {
        match self {
            Self::AlwaysAuthenticate => Rv::USER_NOT_LOGGED_IN,
            Self::KeyType { usage, .. } => match usage {
                Usage::Wrap => Rv::WRAPPING_KEY_TYPE_INCONSISTENT,
                Usage::Unwrap => Rv::UNWRAPPING_KEY_TYPE_INCONSISTENT,
                Usage::Decapsulate
                | Usage::Decrypt
                | Usage::Derive
                | Usage::Encapsulate
                | Usage::Encrypt
                | Usage::Sign
                | Usage::SignRecover
                | Usage::Verify
                | Usage::VerifyRecover => Rv::KEY_TYPE_INCONSISTENT,
            },
            Self::MechanismNotListed(_) | Self::MechanismUnfit(_) | Self::WeakMechanism { .. } => {
                Rv::MECHANISM_INVALID
            }
            Self::OutOfDate(_) | Self::Purpose(_) | Self::Stripping(..) => {
                Rv::KEY_FUNCTION_NOT_PERMITTED
            }
            Self::Unextractable => Rv::KEY_UNEXTRACTABLE,
            Self::Unwrappable(_) => Rv::KEY_NOT_WRAPPABLE,
            Self::ShortSecret => Rv::TEMPLATE_INCONSISTENT,
            Self::WeakParameter(_) => Rv::MECHANISM_PARAM_INVALID,
        }
    }
}

/// Decides whether a key may be used.
#[must_use]
pub fn decide(
    profile: Profile,
    usage: Usage,
    key: &Attributes,
    mechanism: &Mechanism,
    params: &Params<'_>,
) -> Decision {
    let denial = unfit(profile, usage, mechanism, params)
        .or_else(|| wrong_type(usage, key, mechanism))
        .or_else(|| wrong_purpose(usage, key))
        .or_else(|| not_listed(key, mechanism))
        .or_else(|| match profile {
            Profile::Compat => None,
            Profile::Strict => strength::weak_parameter(usage, mechanism, params)
                .or_else(|| strength::weak_prehash(usage, key, mechanism, params)),
        });
    denial.map_or(Decision::Allow, Decision::Deny)
}

fn unfit(
    profile: Profile,
    usage: Usage,
    mechanism: &Mechanism,
    params: &Params<'_>,
) -> Option<Refusal> {
    if !mechanism.operations.contains(usage.flag()) {
        return Some(Refusal::MechanismUnfit(mechanism.id));
    }
    strength::withheld(profile, usage, mechanism, params)
}

fn wrong_type(usage: Usage, key: &Attributes, mechanism: &Mechanism) -> Option<Refusal> {
    let key_type = key.key_type()?;
    let fits = match mechanism.algorithm {
        // Which of the HMAC key types belongs to which hash is the mechanism's own check.
        Algorithm::Blake2bHmac { .. }
        | Algorithm::Hmac { .. }
        | Algorithm::Sm(Sm::Sm3Hmac { .. }) => {
            key.class() == ObjectClass::SECRET_KEY
                && !is_cipher(key_type)
                && !matches!(key_type, KeyType::HKDF | KeyType::POLY1305)
        }
        // There is no cofactor to multiply by on Montgomery curves: the scalar is a multiple of it (RFC 7748, 5).
        Algorithm::Ecdh if mechanism.id == MechanismType::ECDH1_DERIVE => {
            matches!(key_type, KeyType::EC | KeyType::EC_MONTGOMERY)
        }
        // Which of them belongs to which pseudorandom function is the mechanism's own check.
        Algorithm::CounterKdf | Algorithm::DoublePipelineKdf | Algorithm::FeedbackKdf => {
            key.class() == ObjectClass::SECRET_KEY
                && (key_type == KeyType::AES || !is_cipher(key_type))
                && !matches!(key_type, KeyType::HKDF | KeyType::POLY1305)
        }
        Algorithm::Hkdf | Algorithm::HkdfData => {
            key.class() == ObjectClass::SECRET_KEY
                && matches!(key_type, KeyType::GENERIC_SECRET | KeyType::HKDF)
        }
        Algorithm::Blake2bDerivation { .. }
        | Algorithm::DigestDerivation(_)
        | Algorithm::Rearrange(_)
        | Algorithm::ShakeDerivation { .. } => key.class() == ObjectClass::SECRET_KEY,
        _ if mechanism.key_type == Some(KeyType::DES) => key_type == KeyType::DES,
        // Triple DES takes two keys or three.
        Algorithm::Des3Cbc { .. }
        | Algorithm::Des3Cmac { .. }
        | Algorithm::Des3Ecb
        | Algorithm::Des3EncryptData { .. }
        | Algorithm::Des3Mac { .. } => matches!(key_type, KeyType::DES2 | KeyType::DES3),
        _ => mechanism.key_type == Some(key_type),
    };
    (!fits).then_some(Refusal::KeyType {
        mechanism: mechanism.id,
        key_type,
        usage,
    })
}

/// Tells whether keys of this type are those of a cipher.
const fn is_cipher(key_type: KeyType) -> bool {
    matches!(
        key_type,
        KeyType::AES
            | KeyType::AES_XTS
            | KeyType::CHACHA20
            | KeyType::DES
            | KeyType::DES2
            | KeyType::DES3
            | KeyType::DEW_SM4
    )
}

fn wrong_purpose(usage: Usage, key: &Attributes) -> Option<Refusal> {
    (!key.is(usage.attribute())).then_some(Refusal::Purpose(usage.attribute()))
}

/// `CKA_ALLOWED_MECHANISMS` (4.7): where it is absent or empty, there is no restriction.
fn not_listed(key: &Attributes, mechanism: &Mechanism) -> Option<Refusal> {
    let listed = key
        .get(AttributeType::ALLOWED_MECHANISMS)
        .unwrap_or_default();
    let fits = listed.is_empty()
        || listed
            .chunks_exact(8)
            .any(|number| number == mechanism.id.0.to_le_bytes());
    (!fits).then_some(Refusal::MechanismNotListed(mechanism.id))
}

const ENCRYPTION: usize = 0;
const SIGNATURE: usize = 1;
const WRAPPING: usize = 2;
const DERIVATION: usize = 3;
const ENCAPSULATION: usize = 4;

/// The families of purposes, of which `strict` lets a key have one.
const FAMILIES: [&[AttributeType]; 5] = [
    &[AttributeType::ENCRYPT, AttributeType::DECRYPT],
    &[
        AttributeType::SIGN,
        AttributeType::SIGN_RECOVER,
        AttributeType::VERIFY,
        AttributeType::VERIFY_RECOVER,
    ],
    &[AttributeType::WRAP, AttributeType::UNWRAP],
    &[AttributeType::DERIVE],
    &[AttributeType::ENCAPSULATE, AttributeType::DECAPSULATE],
];

/// Tells whether an attribute says what a key is for.
pub(crate) fn is_purpose(id: AttributeType) -> bool {
    FAMILIES.iter().any(|family| family.contains(&id))
}

/// Finds the family of a key's purposes, and the attribute of a second family if there is one.
fn family(key: &Attributes) -> (Option<usize>, Option<AttributeType>) {
    let mut first = None;
    for (index, family) in FAMILIES.iter().enumerate() {
        let Some(id) = family.iter().find(|id| key.is(**id)) else {
            continue;
        };
        if first.is_some() {
            return (first, Some(*id));
        }
        first = Some(index);
    }
    (first, None)
}

/// Tightens what is to be generated under `strict`: of several purposes the most telling one stays, and the key is
/// sensitive.
///
/// Clients such as pkcs11-tool ask for every purpose and for insensitive keys unless told otherwise, so refusing would
/// only keep them out. What comes out is never more than was asked for, and `C_GetAttributeValue` says what it is. An
/// import has no such excuse: there the template is taken at its word, or refused.
pub(crate) fn tighten(profile: Profile, key: &mut Attributes) {
    if profile == Profile::Compat {
        return;
    }
    let preferred: [usize; 5] = match key.key_type() {
        Some(key_type) if is_cipher(key_type) => {
            [ENCRYPTION, WRAPPING, SIGNATURE, DERIVATION, ENCAPSULATION]
        }
        Some(KeyType::ML_KEM) => [ENCAPSULATION, DERIVATION, SIGNATURE, ENCRYPTION, WRAPPING],
        Some(KeyType::EC_MONTGOMERY | KeyType::HKDF) => {
            [DERIVATION, ENCAPSULATION, SIGNATURE, ENCRYPTION, WRAPPING]
        }
        _ => [SIGNATURE, ENCRYPTION, DERIVATION, ENCAPSULATION, WRAPPING],
    };
    let named = |family: &usize| FAMILIES[*family].iter().any(|id| key.is(*id));
    if let Some(kept) = preferred.into_iter().find(named) {
        let others = preferred.into_iter().filter(|family| *family != kept);
        for id in others.flat_map(|family| FAMILIES[family]) {
            if key.is(*id) {
                key.set_flag(*id, false);
            }
        }
    }
    if is_secret(key.class()) {
        key.set_flag(AttributeType::SENSITIVE, true);
    }
}

/// Tells whether a new key has a purpose that its template does not mention.
///
/// Applications leave the purposes out and expect a usable key (Java's generators do). In `strict` a template that
/// names one purpose means only that one. In neither profile does a key that wraps get a cipher's purpose besides: it could
/// then do neither.
pub(crate) fn default_purpose(
    profile: Profile,
    key: &Attributes,
    named: bool,
    id: AttributeType,
) -> bool {
    if profile == Profile::Strict && named {
        return false;
    }
    let wraps = key.is(AttributeType::WRAP) || key.is(AttributeType::UNWRAP);
    if wraps && FAMILIES[ENCRYPTION].contains(&id) {
        return false;
    }
    match (key.class(), key.key_type()) {
        (ObjectClass::SECRET_KEY, Some(key_type)) if is_cipher(key_type) => {
            matches!(id, AttributeType::ENCRYPT | AttributeType::DECRYPT)
        }
        (_, Some(KeyType::DH | KeyType::EC_MONTGOMERY | KeyType::HKDF)) => false,
        (_, Some(KeyType::ML_KEM)) => FAMILIES[ENCAPSULATION].contains(&id),
        (ObjectClass::PUBLIC_KEY | ObjectClass::PRIVATE_KEY, Some(KeyType::RSA))
            if profile == Profile::Compat =>
        {
            matches!(
                id,
                AttributeType::SIGN
                    | AttributeType::VERIFY
                    | AttributeType::ENCRYPT
                    | AttributeType::DECRYPT
            )
        }
        _ => matches!(id, AttributeType::SIGN | AttributeType::VERIFY),
    }
}

/// Checks what a new object, or one that is to change, would be.
///
/// # Errors
/// `CKR_TEMPLATE_INCONSISTENT` where `strict` lets no such key be.
pub(crate) fn check_object(profile: Profile, object: &Attributes) -> Result<(), Error> {
    if object.is(AttributeType::ALWAYS_AUTHENTICATE) && !object.is(AttributeType::PRIVATE) {
        let why = "only the user of a private key can be asked for the PIN (4.9)";
        let id = AttributeType::ALWAYS_AUTHENTICATE;
        return Err(Error::TemplateInconsistent { id, why });
    }
    let secret = is_secret(object.class());
    if profile == Profile::Compat {
        return Ok(());
    }
    let refuse = |id, why| Err(Error::TemplateInconsistent { id, why });
    if let Some(why) = object.key_type().and_then(strength::withdrawn) {
        return refuse(AttributeType::KEY_TYPE, why);
    }
    if let (_, Some(id)) = family(object) {
        return refuse(id, "in the profile `strict` a key has one purpose");
    }
    if secret && !object.is(AttributeType::SENSITIVE) {
        return refuse(
            AttributeType::SENSITIVE,
            "in the profile `strict` every key is sensitive",
        );
    }
    if secret
        && object.is(AttributeType::EXTRACTABLE)
        && !object.is(AttributeType::WRAP_WITH_TRUSTED)
    {
        return refuse(
            AttributeType::EXTRACTABLE,
            "in the profile `strict` a key is extractable with CKA_WRAP_WITH_TRUSTED only",
        );
    }
    Ok(())
}

/// Checks that both halves of a new key pair have one purpose.
///
/// # Errors
/// `CKR_TEMPLATE_INCONSISTENT` where `strict` lets no such pair be.
pub(crate) fn check_pair(
    profile: Profile,
    public: &Attributes,
    private: &Attributes,
) -> Result<(), Error> {
    if let (Profile::Strict, (Some(one), _), (Some(other), _)) =
        (profile, family(public), family(private))
        && one != other
    {
        return Err(Error::TemplateInconsistent {
            id: FAMILIES[other][0],
            why: "in the profile `strict` both halves of a key pair have one purpose",
        });
    }
    Ok(())
}
