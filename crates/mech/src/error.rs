//! What can go wrong in a mechanism.

use ck::AttributeType;

use crate::ffi::Failed;

/// Why a mechanism refused its key, its parameter or its data.
///
/// No variant carries key material or plaintext. Where telling two causes apart would help an attacker (paddings of
/// decrypted data), there is one variant for both.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The value of an attribute does not make a key.
    #[error("the value of {0} does not make a valid key")]
    AttributeInvalid(AttributeType),
    /// The curve is not one of those that the token has.
    #[error("the curve is none of those that the token has, named by its OBJECT IDENTIFIER")]
    CurveNotSupported,
    /// The plaintext or message cannot be processed.
    #[error("the data cannot be processed by this mechanism")]
    DataInvalid,
    /// The plaintext or message has a length that the mechanism does not take.
    #[error("the length of the data does not fit the mechanism and the key")]
    DataLenRange,
    /// What stands for the curve names none, or prime and base make no group.
    #[error(
        "the domain parameters are no OBJECT IDENTIFIER, no name and no explicit parameters, or make no group of a safe prime"
    )]
    DomainParamsInvalid,
    /// The ciphertext is not authentic, or its padding is wrong.
    #[error("the encrypted data is not valid")]
    EncryptedDataInvalid,
    /// The ciphertext has a length that the mechanism does not take.
    #[error("the length of the encrypted data does not fit the mechanism and the key")]
    EncryptedDataLenRange,
    /// The encoding of a private key cannot be read, or is of a kind that the token does not keep.
    #[error("the data is not the PKCS#8 encoding of a private key that the token keeps")]
    KeyEncodingInvalid,
    /// The other half of the key pair is needed.
    #[error("this half of the key pair cannot do this")]
    KeyFunctionNotPermitted,
    /// The key is too short or too long.
    #[error("the size of the key is outside the mechanism's range")]
    KeySizeRange,
    /// The mechanism takes another type of key.
    #[error("the mechanism takes another type of key")]
    KeyTypeInconsistent,
    /// The mechanism does not do this.
    #[error("the mechanism does not serve this operation")]
    MechanismInvalid,
    /// The mechanism's parameter is malformed, or does not fit the key.
    #[error("the mechanism's parameter is malformed or does not fit the key")]
    MechanismParamInvalid,
    /// The parameter set is not one of those that the token has.
    #[error("the parameter set is none of those that the token has")]
    ParameterSetNotSupported,
    /// The crypto library failed: a bug, a hardware fault or memory exhausted.
    #[error("the crypto library failed in {0}")]
    Provider(&'static str),
    /// The signature is not one of this message under this key.
    #[error("the signature is not valid")]
    SignatureInvalid,
    /// The signature has the wrong length.
    #[error("the length of the signature does not fit the mechanism and the key")]
    SignatureLenRange,
    /// An attribute that the key needs is missing.
    #[error("{0} is missing")]
    TemplateIncomplete(AttributeType),
}

impl From<Failed> for Error {
    fn from(failed: Failed) -> Self {
        Self::Provider(failed.function)
    }
}
