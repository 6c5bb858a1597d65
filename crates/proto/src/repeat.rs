//! What may be done with a call whose answer was lost.

use crate::Call;

/// How a call is repeated whose answer was lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repeat {
    /// It only tells something: it is asked again.
    Reads,
    /// What it changes ends with the HSM's memory, or is the same the second time: an HSM that was restarted carries it out.
    Anew,
    /// It makes so many objects and answers with their handles: an HSM that was restarted looks for them first.
    Makes(usize),
    /// It destroys an object: one that is not there any more was destroyed.
    Destroys,
    /// It tries or sets a PIN, which counts: an HSM that was restarted does not carry it out, and says so.
    Never,
}

impl Call {
    /// Says how the call is repeated.
    #[must_use]
    pub const fn repeat(self) -> Repeat {
        match self {
            Self::GetSlotList
            | Self::GetSlotInfo
            | Self::GetTokenInfo
            | Self::GetMechanismList
            | Self::GetMechanismInfo
            | Self::GetSessionInfo
            | Self::GetSessionValidationFlags
            | Self::GetAttributeValue
            | Self::GetObjectSize => Repeat::Reads,
            Self::CreateObject
            | Self::CopyObject
            | Self::GenerateKey
            | Self::UnwrapKey
            | Self::UnwrapKeyAuthenticated
            | Self::DecapsulateKey
            | Self::DeriveKey => Repeat::Makes(1),
            Self::GenerateKeyPair => Repeat::Makes(2),
            Self::DestroyObject => Repeat::Destroys,
            // An encapsulation answers with a ciphertext besides, which is nowhere kept.
            Self::InitToken
            | Self::InitPin
            | Self::SetPin
            | Self::Login
            | Self::LoginUser
            | Self::EncapsulateKey => Repeat::Never,
            _ => Repeat::Anew,
        }
    }
}
