//! What can go wrong, and what the module's return codes mean.

use std::time::Duration;

use cryptoki::error::{Error as Pkcs11Error, RvError};

/// When to try again after the HSM did not answer.
pub(super) const RETRY_AFTER: Duration = Duration::from_secs(1);

/// Why the HSM did not do as asked. No text holds a secret.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Error {
    /// Every session was in use for too long.
    #[error(
        "{what}: all {limit} sessions with the HSM stayed in use; try again, or allow more sessions"
    )]
    Busy {
        /// What was asked.
        what: &'static str,
        /// How many sessions there are.
        limit: usize,
    },
    /// The module answered with a code that says of no known condition.
    #[error("{what}: the PKCS#11 module answered {answer}; its own log may say more")]
    Failed {
        /// What was asked.
        what: &'static str,
        /// The return code and the function that gave it.
        answer: String,
    },
    /// The caller asked for something that makes no sense.
    #[error("{what}")]
    Invalid {
        /// What is wrong.
        what: String,
    },
    /// An imported key has another length than was said.
    #[error("{what}: the key that was unwrapped has another length")]
    Length {
        /// What was asked.
        what: &'static str,
    },
    /// The module does not load.
    #[error(
        "cannot load the PKCS#11 module {path}: {why}; check the path, and that the file is a PKCS#11 module for this machine"
    )]
    Module {
        /// The path of the module.
        path: String,
        /// Why not.
        why: String,
    },
    /// The module has tokens, but not the chosen one.
    #[error("the PKCS#11 module has no token {wanted}; it has: {found}")]
    NoToken {
        /// The chosen token.
        wanted: String,
        /// The labels and serial numbers of those that there are.
        found: String,
    },
    /// The module lacks a feature.
    #[error("the PKCS#11 module does not offer {what}: use another HSM for it")]
    NotOffered {
        /// The feature.
        what: String,
    },
    /// The token refused the PIN. It is not tried again.
    #[error(
        "the token refused the PIN with {answer}; it is not tried again, because a PIN locks after some failures: correct it and start again"
    )]
    Pin {
        /// The return code and the function that gave it.
        answer: String,
    },
    /// What was given does not belong together: a changed ciphertext, seal, blob or key, or one of another key.
    #[error("{what}: refused, because what was given was changed or belongs to another key")]
    Refused {
        /// What was asked.
        what: &'static str,
    },
    /// The HSM does not answer.
    #[error("{what}: the HSM is not available ({answer}); try again in {} ms", retry_after.as_millis())]
    Unavailable {
        /// What was asked.
        what: &'static str,
        /// The last return code and the function that gave it.
        answer: String,
        /// When to try again.
        retry_after: Duration,
    },
}

impl Error {
    /// Makes the error of a senseless request.
    pub(super) fn invalid(what: impl Into<String>) -> Self {
        Self::Invalid { what: what.into() }
    }

    /// Makes the error of a missing feature.
    pub(super) fn not_offered(what: impl Into<String>) -> Self {
        Self::NotOffered { what: what.into() }
    }
}

/// Why one attempt failed: the module's word, or ours.
#[derive(Debug)]
pub(super) enum Fault {
    /// What we found ourselves.
    Own(Error),
    /// What the module answered.
    Pkcs11(Pkcs11Error),
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Self::Own(error)
    }
}

impl From<Pkcs11Error> for Fault {
    fn from(error: Pkcs11Error) -> Self {
        Self::Pkcs11(error)
    }
}

impl Fault {
    /// Returns the module's return code, if it is one.
    pub(super) fn code(&self) -> Option<RvError> {
        match self {
            Self::Pkcs11(error) => code(error),
            Self::Own(_) => None,
        }
    }

    /// Tells whether a new session, a new login or the HSM's return would cure it.
    pub(super) fn lost(&self) -> bool {
        self.code().is_some_and(lost)
    }

    /// Makes the error for the caller.
    pub(super) fn into_error(self, what: &'static str) -> Error {
        let error = match self {
            Self::Own(error) => return error,
            Self::Pkcs11(error) => error,
        };
        let answer = answer(&error);
        match code(&error) {
            Some(
                RvError::CurveNotSupported
                | RvError::FunctionNotSupported
                | RvError::KeyNotWrappable
                | RvError::MechanismInvalid
                | RvError::MechanismParamInvalid,
            ) => Error::not_offered(format!("what is needed for {what} ({answer})")),
            Some(code) if lost(code) => Error::Unavailable {
                what,
                answer,
                retry_after: RETRY_AFTER,
            },
            _ if matches!(error, Pkcs11Error::NullFunctionPointer) => {
                Error::not_offered(format!("what is needed for {what} (no such function)"))
            }
            _ => Error::Failed { what, answer },
        }
    }
}

/// Returns the return code of an error.
pub(super) fn code(error: &Pkcs11Error) -> Option<RvError> {
    match error {
        Pkcs11Error::Pkcs11(code, _) => Some(*code),
        _ => None,
    }
}

/// Tells whether a code says that what we hold (sessions, login, handles) is gone.
///
/// A handle counts, because no handle that we use is destroyed by us before its last use.
fn lost(code: RvError) -> bool {
    matches!(
        code,
        RvError::CryptokiNotInitialized
            | RvError::DeviceError
            | RvError::DeviceRemoved
            | RvError::KeyHandleInvalid
            | RvError::ObjectHandleInvalid
            | RvError::SessionClosed
            | RvError::SessionHandleInvalid
            | RvError::SlotIdInvalid
            | RvError::TokenNotPresent
            | RvError::UnwrappingKeyHandleInvalid
            | RvError::UserNotLoggedIn
            | RvError::WrappingKeyHandleInvalid
    )
}

/// Tells whether a code of `C_Login` says that trying the same PIN again is useless, or harmful.
pub(super) fn bars(code: RvError) -> bool {
    matches!(
        code,
        RvError::PinExpired
            | RvError::PinIncorrect
            | RvError::PinInvalid
            | RvError::PinLenRange
            | RvError::PinLocked
            | RvError::UserAnotherAlreadyLoggedIn
            | RvError::UserPinNotInitialized
            | RvError::UserTypeInvalid
    )
}

/// Says what the module answered: the code by its standard name, and the function.
pub(super) fn answer(error: &Pkcs11Error) -> String {
    match error {
        Pkcs11Error::Pkcs11(code, function) => format!("{} to C_{function:?}", name(*code)),
        other => other.to_string(),
    }
}

fn name(code: RvError) -> String {
    if let RvError::UnknownErrorCode(number) | RvError::VendorDefined(number) = code {
        return format!("CKR {number:#x}");
    }
    let mut name = "CKR".to_owned();
    for letter in format!("{code:?}").chars() {
        if letter.is_ascii_uppercase() {
            name.push('_');
        }
        name.push(letter.to_ascii_uppercase());
    }
    name
}

#[cfg(test)]
mod tests {
    use cryptoki::context::Function;

    use super::*;

    #[test]
    fn codes_have_their_standard_names() {
        let error = Pkcs11Error::Pkcs11(RvError::UserPinNotInitialized, Function::Login);
        assert_eq!(answer(&error), "CKR_USER_PIN_NOT_INITIALIZED to C_Login");
        let error = Pkcs11Error::Pkcs11(RvError::UnknownErrorCode(0x35), Function::Decrypt);
        assert_eq!(answer(&error), "CKR 0x35 to C_Decrypt");
    }

    #[test]
    fn a_missing_mechanism_is_not_offered_and_a_gone_device_is_unavailable() {
        let fault = |code| Fault::from(Pkcs11Error::Pkcs11(code, Function::SignInit));
        let missing = fault(RvError::MechanismInvalid).into_error("signing");
        assert!(matches!(missing, Error::NotOffered { .. }), "{missing}");
        let gone = fault(RvError::DeviceRemoved).into_error("signing");
        assert!(matches!(gone, Error::Unavailable { .. }), "{gone}");
    }
}
