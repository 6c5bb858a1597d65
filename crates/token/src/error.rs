//! Why a call failed, and the one place that says which return code that is.

use ck::{AttributeType, Rv};
use thiserror::Error as ThisError;

use crate::policy::Refusal;

/// Why a call failed. Texts name what, where and the remedy, for the log; none holds a secret.
#[derive(Debug, ThisError)]
pub enum Error {
    /// The object forbids it.
    #[error("{0} of the object forbids this")]
    ActionProhibited(AttributeType),
    /// The user is already logged in.
    #[error("this user is already logged in")]
    AlreadyLoggedIn,
    /// The call was served before, or may have been, and its answer is not there any more.
    #[error("the call may have been carried out, but its answer is lost: look for its outcome")]
    AnswerLost,
    /// The counter of a key of one-time passwords is at its end.
    #[error("the counter of the key is at its end")]
    CounterExhausted,
    /// Another user is logged in.
    #[error("another user is logged in: log out first")]
    AnotherLoggedIn,
    /// An argument is missing or senseless.
    #[error("the argument «{0}» is missing or makes no sense")]
    Argument(&'static str),
    /// The template sets what only the token sets, or changes what never changes.
    #[error("{0} cannot be set here")]
    AttributeReadOnly(AttributeType),
    /// The value is hidden.
    #[error("{0} is sensitive")]
    AttributeSensitive(AttributeType),
    /// There is no such attribute.
    #[error("{0} is not an attribute of this object")]
    AttributeTypeInvalid(AttributeType),
    /// The value is not one that the attribute can have.
    #[error("the value of {id} is wrong: {why}")]
    AttributeValueInvalid {
        /// Which attribute.
        id: AttributeType,
        /// What is wrong.
        why: &'static str,
    },
    /// A stored object cannot be read.
    #[error("a stored object cannot be read: {0}")]
    Body(#[from] crate::BodyError),
    /// The caller's buffer is too small; the length was given.
    #[error("the buffer is too small")]
    BufferTooSmall,
    /// The key cannot be decapsulated: the mechanism, its parameter, the private key or the ciphertext is wrong.
    #[error("the key cannot be decapsulated: {0}")]
    Decapsulating(mech::Error),
    /// The management call names something that exists, or something that does not.
    #[error("{what} «{name}» {why}")]
    Management {
        /// What kind of thing.
        what: &'static str,
        /// Its name.
        name: String,
        /// What is wrong.
        why: &'static str,
    },
    /// The mechanism, its parameter, the key or the data is wrong.
    #[error(transparent)]
    Mechanism(#[from] mech::Error),
    /// The key is not the one that the saved operation worked with.
    #[error("the saved operation worked with another key")]
    KeyChanged,
    /// The key has no such handle, or the application may not see it.
    #[error("there is no key with this handle")]
    KeyHandleInvalid,
    /// The key cannot be digested.
    #[error("the value of this key cannot be digested: it is sensitive, or no secret key")]
    KeyIndigestible,
    /// The saved operation needs its key.
    #[error("the saved operation needs the key that it worked with")]
    KeyNeeded,
    /// The saved operation needs no such key.
    #[error("the saved operation needs no such key")]
    KeyNotNeeded,
    /// The security officer must be in charge, or the user must not be.
    #[error("rejected: {0}")]
    Rejected(&'static str),
    /// The message, what is authenticated beside it, its initialisation vector or its tag was changed.
    #[error("the message does not belong to its tag")]
    MessageChanged,
    /// The object has no such handle, or the application may not see it.
    #[error("there is no object with this handle")]
    ObjectHandleInvalid,
    /// There is one already.
    #[error("an operation of this kind is active: finish or cancel it first")]
    OperationActive,
    /// There is none.
    #[error("no operation of this kind is active")]
    OperationNotInitialized,
    /// The PIN is wrong.
    #[error("the PIN is wrong")]
    PinIncorrect,
    /// The PIN is too short or too long.
    #[error("a PIN has {min} to {max} bytes")]
    PinLength {
        /// At least so many bytes.
        min: usize,
        /// At most so many bytes.
        max: usize,
    },
    /// Too many wrong PINs were given.
    #[error("the PIN is locked: the security officer sets a new one with C_InitPIN")]
    PinLocked,
    /// There is not enough memory to hash a PIN.
    #[error(transparent)]
    PinHash(#[from] crate::PinHashFailed),
    /// The PIN is among those that are guessed first.
    #[error("the PIN is too easy to guess")]
    PinTooWeak,
    /// Policy refuses.
    #[error(transparent)]
    Policy(#[from] Refusal),
    /// The user's PIN was never set.
    #[error("the user's PIN is not set: the security officer sets it with C_InitPIN")]
    PinUnset,
    /// The token has no such state, or has it no longer.
    #[error("there is no such saved state: it was never given, or lies too far back")]
    SavedStateInvalid,
    /// A key or a record does not open.
    #[error(transparent)]
    Seal(#[from] store::SealError),
    /// Sessions are synchronous.
    #[error("calls go on in no session after they return")]
    SessionAsyncNotSupported,
    /// Sessions are open.
    #[error("sessions are open with this token: close them first")]
    SessionExists,
    /// There is no such session.
    #[error("there is no session with this handle")]
    SessionHandleInvalid,
    /// Sessions are serial; the flag says otherwise.
    #[error("CKF_SERIAL_SESSION must be set")]
    SessionParallel,
    /// The session may only read.
    #[error("the session is read-only")]
    SessionReadOnly,
    /// A read-only session is open, so the security officer cannot log in.
    #[error("a read-only session is open: the security officer cannot log in")]
    SessionReadOnlyExists,
    /// The security officer is logged in, so a read-only session cannot be opened.
    #[error("the security officer is logged in: open a read/write session")]
    SessionSecurityOfficerExists,
    /// There is no such slot, or the application's certificate does not reach it.
    #[error("there is no slot {0}")]
    SlotInvalid(u64),
    /// What goes on in the session cannot be saved.
    #[error("an active operation cannot be saved")]
    StateUnsaveable,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] store::StoreError),
    /// A limit is reached.
    #[error("too many {what}: the limit is {limit}")]
    TooMany {
        /// What there is too much of.
        what: &'static str,
        /// The limit.
        limit: usize,
        /// The return code for it.
        rv: Rv,
    },
    /// The template lacks an attribute.
    #[error("the template lacks {0}")]
    TemplateIncomplete(AttributeType),
    /// The template contradicts itself, the object or the mechanism.
    #[error("{id} contradicts the rest of the template: {why}")]
    TemplateInconsistent {
        /// Which attribute.
        id: AttributeType,
        /// What is wrong.
        why: &'static str,
    },
    /// The token has not been initialised.
    #[error("the token is not initialised: C_InitToken or dew-mgmt does that")]
    TokenUninitialized,
    /// A crypto user makes, changes and destroys nothing in the token.
    #[error(
        "a crypto user uses the token's objects and does not change them: log in as a crypto officer"
    )]
    TokenWriteProtected,
    /// The key cannot be unwrapped: the mechanism, its parameter, the unwrapping key or the wrapped key is wrong.
    #[error("the key cannot be unwrapped: {0}")]
    Unwrapping(mech::Error),
    /// The unwrapping key has no such handle, or the application may not see it.
    #[error("there is no unwrapping key with this handle")]
    UnwrappingKeyHandleInvalid,
    /// There is no such user.
    #[error("there is no user of type {0}")]
    UserTypeInvalid(u64),
    /// The call needs a login.
    #[error("nobody who may do this is logged in")]
    UserNotLoggedIn,
    /// What was unwrapped is no key of the type that it was said to be.
    #[error("what was unwrapped is no such key: {0}")]
    WrappedKeyInvalid(mech::Error),
    /// The key cannot be wrapped: the mechanism, its parameter, the wrapping key or the length of the key is wrong.
    #[error("the key cannot be wrapped: {0}")]
    Wrapping(mech::Error),
    /// The wrapping key has no such handle, or the application may not see it.
    #[error("there is no wrapping key with this handle")]
    WrappingKeyHandleInvalid,
}

impl Error {
    /// Returns the return code that the application sees.
    #[must_use]
    pub fn rv(&self) -> Rv {
        match self {
            Self::ActionProhibited(_) => Rv::ACTION_PROHIBITED,
            Self::AlreadyLoggedIn => Rv::USER_ALREADY_LOGGED_IN,
            Self::AnswerLost => Rv::DEVICE_REMOVED,
            Self::CounterExhausted => Rv::KEY_EXHAUSTED,
            Self::AnotherLoggedIn => Rv::USER_ANOTHER_ALREADY_LOGGED_IN,
            Self::Argument(_) => Rv::ARGUMENTS_BAD,
            Self::AttributeReadOnly(_) => Rv::ATTRIBUTE_READ_ONLY,
            Self::AttributeSensitive(_) => Rv::ATTRIBUTE_SENSITIVE,
            Self::AttributeTypeInvalid(_) => Rv::ATTRIBUTE_TYPE_INVALID,
            Self::AttributeValueInvalid { .. } => Rv::ATTRIBUTE_VALUE_INVALID,
            Self::Body(_) | Self::Seal(_) => Rv::DEVICE_ERROR,
            Self::BufferTooSmall => Rv::BUFFER_TOO_SMALL,
            Self::Decapsulating(error) => decapsulating_rv(error),
            Self::KeyChanged => Rv::KEY_CHANGED,
            Self::KeyHandleInvalid => Rv::KEY_HANDLE_INVALID,
            Self::KeyIndigestible => Rv::KEY_INDIGESTIBLE,
            Self::KeyNeeded => Rv::KEY_NEEDED,
            Self::KeyNotNeeded => Rv::KEY_NOT_NEEDED,
            Self::Management { .. } => Rv::ARGUMENTS_BAD,
            Self::Mechanism(error) => mechanism_rv(error),
            Self::MessageChanged => Rv::AEAD_DECRYPT_FAILED,
            Self::ObjectHandleInvalid => Rv::OBJECT_HANDLE_INVALID,
            Self::OperationActive => Rv::OPERATION_ACTIVE,
            Self::OperationNotInitialized => Rv::OPERATION_NOT_INITIALIZED,
            Self::PinHash(_) => Rv::DEVICE_MEMORY,
            Self::PinIncorrect => Rv::PIN_INCORRECT,
            Self::PinLength { .. } => Rv::PIN_LEN_RANGE,
            Self::PinLocked => Rv::PIN_LOCKED,
            Self::PinTooWeak => Rv::PIN_TOO_WEAK,
            Self::PinUnset => Rv::USER_PIN_NOT_INITIALIZED,
            Self::Policy(refusal) => refusal.rv(),
            Self::Rejected(_) => Rv::FUNCTION_REJECTED,
            Self::SavedStateInvalid => Rv::SAVED_STATE_INVALID,
            Self::SessionAsyncNotSupported => Rv::SESSION_ASYNC_NOT_SUPPORTED,
            Self::SessionExists => Rv::SESSION_EXISTS,
            Self::SessionHandleInvalid => Rv::SESSION_HANDLE_INVALID,
            Self::SessionParallel => Rv::SESSION_PARALLEL_NOT_SUPPORTED,
            Self::SessionReadOnly => Rv::SESSION_READ_ONLY,
            Self::SessionReadOnlyExists => Rv::SESSION_READ_ONLY_EXISTS,
            Self::SessionSecurityOfficerExists => Rv::SESSION_READ_WRITE_SO_EXISTS,
            Self::SlotInvalid(_) => Rv::SLOT_ID_INVALID,
            Self::StateUnsaveable => Rv::STATE_UNSAVEABLE,
            Self::Store(error) => store_rv(error),
            Self::TemplateIncomplete(_) => Rv::TEMPLATE_INCOMPLETE,
            Self::TemplateInconsistent { .. } => Rv::TEMPLATE_INCONSISTENT,
            Self::TokenUninitialized => Rv::TOKEN_NOT_RECOGNIZED,
            Self::TokenWriteProtected => Rv::TOKEN_WRITE_PROTECTED,
            Self::TooMany { rv, .. } => *rv,
            Self::Unwrapping(error) => unwrapping_rv(error),
            Self::UnwrappingKeyHandleInvalid => Rv::UNWRAPPING_KEY_HANDLE_INVALID,
            Self::UserNotLoggedIn => Rv::USER_NOT_LOGGED_IN,
            Self::UserTypeInvalid(_) => Rv::USER_TYPE_INVALID,
            Self::WrappedKeyInvalid(_) => Rv::WRAPPED_KEY_INVALID,
            Self::Wrapping(error) => wrapping_rv(error),
            Self::WrappingKeyHandleInvalid => Rv::WRAPPING_KEY_HANDLE_INVALID,
        }
    }
}

const fn mechanism_rv(error: &mech::Error) -> Rv {
    use mech::Error as E;
    match error {
        E::AttributeInvalid(_) => Rv::ATTRIBUTE_VALUE_INVALID,
        E::CurveNotSupported => Rv::CURVE_NOT_SUPPORTED,
        E::DomainParamsInvalid => Rv::DOMAIN_PARAMS_INVALID,
        E::DataInvalid => Rv::DATA_INVALID,
        E::DataLenRange => Rv::DATA_LEN_RANGE,
        E::EncryptedDataInvalid => Rv::ENCRYPTED_DATA_INVALID,
        E::EncryptedDataLenRange => Rv::ENCRYPTED_DATA_LEN_RANGE,
        E::KeyEncodingInvalid => Rv::WRAPPED_KEY_INVALID,
        E::KeyFunctionNotPermitted => Rv::KEY_FUNCTION_NOT_PERMITTED,
        E::KeySizeRange => Rv::KEY_SIZE_RANGE,
        E::KeyTypeInconsistent => Rv::KEY_TYPE_INCONSISTENT,
        E::MechanismInvalid => Rv::MECHANISM_INVALID,
        E::MechanismParamInvalid => Rv::MECHANISM_PARAM_INVALID,
        E::ParameterSetNotSupported => Rv::PARAMETER_SET_NOT_SUPPORTED,
        E::Provider(_) => Rv::DEVICE_ERROR,
        E::SignatureInvalid => Rv::SIGNATURE_INVALID,
        E::SignatureLenRange => Rv::SIGNATURE_LEN_RANGE,
        E::TemplateIncomplete(_) => Rv::TEMPLATE_INCOMPLETE,
    }
}

/// What `C_WrapKey` says of the mechanism's errors (5.18.3): the data is a key there, and the key a wrapping key.
const fn wrapping_rv(error: &mech::Error) -> Rv {
    use mech::Error as E;
    match error {
        E::DataInvalid | E::DataLenRange => Rv::KEY_SIZE_RANGE,
        E::KeySizeRange => Rv::WRAPPING_KEY_SIZE_RANGE,
        E::KeyTypeInconsistent => Rv::WRAPPING_KEY_TYPE_INCONSISTENT,
        other => mechanism_rv(other),
    }
}

/// What `C_UnwrapKey` says of them (5.18.4).
const fn unwrapping_rv(error: &mech::Error) -> Rv {
    use mech::Error as E;
    match error {
        E::EncryptedDataInvalid => Rv::WRAPPED_KEY_INVALID,
        E::EncryptedDataLenRange => Rv::WRAPPED_KEY_LEN_RANGE,
        E::KeySizeRange => Rv::UNWRAPPING_KEY_SIZE_RANGE,
        E::KeyTypeInconsistent => Rv::UNWRAPPING_KEY_TYPE_INCONSISTENT,
        other => mechanism_rv(other),
    }
}

/// What `C_DecapsulateKey` says of them: the data is a key in its capsule (3.2, 5.18.9).
const fn decapsulating_rv(error: &mech::Error) -> Rv {
    use mech::Error as E;
    match error {
        E::EncryptedDataInvalid => Rv::WRAPPED_KEY_INVALID,
        E::EncryptedDataLenRange => Rv::WRAPPED_KEY_LEN_RANGE,
        other => mechanism_rv(other),
    }
}

const fn store_rv(error: &store::StoreError) -> Rv {
    use store::StoreError as E;
    match error {
        E::TooLarge { .. } => Rv::DEVICE_MEMORY,
        E::Busy { .. }
        | E::Conflict { .. }
        | E::Exists { .. }
        | E::File { .. }
        | E::Interrupted { .. }
        | E::Missing { .. }
        | E::NoStore { .. }
        | E::Permissions { .. }
        | E::Read { .. }
        | E::Schema { .. }
        | E::Seal(_)
        | E::Stopped
        | E::Tampered { .. }
        | E::Twice { .. }
        | E::Unusable { .. }
        | E::WrongKey { .. } => Rv::DEVICE_ERROR,
    }
}
