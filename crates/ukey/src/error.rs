//! What can go wrong with a UKey.

use std::path::PathBuf;

/// Describes what failed, where, and what to do about it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A certificate is not one that a UKey could have.
    #[error("the certificate's {field} is not a UKey's; name the certificate of a UKey (P-256)")]
    Certificate {
        /// What in it is wrong.
        field: &'static str,
    },
    /// The cryptographic library failed where it cannot by its contract.
    #[error("the cryptographic library could not {action}; the machine may lack memory")]
    Crypto {
        /// What was attempted, as a verb.
        action: &'static str,
    },
    /// A file is no UKey, or was cut short, or has a bit flipped.
    #[error(
        "{} is damaged or no UKey (field '{field}'); restore it from a copy, or make a new UKey \
         and have it registered", path.display()
    )]
    Damaged {
        /// The file.
        path: PathBuf,
        /// The field at which this was seen.
        field: &'static str,
    },
    /// The file could not be read or written.
    #[error(transparent)]
    File(#[from] sys::Error),
    /// A key derivation cost is outside what this program spends on one file.
    #[error(
        "the key derivation's {field} of {value} is outside {min}..={max}; use a UKey made by \
         dew-mgmt with its default cost"
    )]
    KdfCost {
        /// Which of the costs.
        field: &'static str,
        /// What it is.
        value: u32,
        /// The least that is accepted.
        min: u32,
        /// The most that is accepted.
        max: u32,
    },
    /// A label is empty, too long, or holds characters that do not print.
    #[error("a UKey's label has 1 to 64 bytes and no control characters; choose another label")]
    Label,
    /// A PIN has no bytes, or too many.
    #[error("a PIN has 1 to 255 bytes, this one has {length}; enter the PIN of the UKey")]
    PinLength {
        /// Its length in bytes.
        length: usize,
    },
    /// A new PIN would be guessed at once.
    #[error("this PIN is among the first that anyone would try; choose another")]
    PinGuessable,
    /// A new PIN is too short.
    #[error("a new PIN has at least {min} characters; choose a longer one")]
    PinTooShort {
        /// The least number of characters.
        min: usize,
    },
    /// A role's name is not one of ours.
    #[error("'{name}' is no role; the roles are {}", crate::Role::names())]
    Role {
        /// What was given.
        name: String,
    },
    /// A signature was not made by this certificate's key over this message.
    #[error("the signature is not this UKey's over this message; sign again with the right UKey")]
    Signature,
    /// The file is of a version that this program does not know.
    #[error(
        "{} is a UKey of version {version}, this program knows version {known}; \
         use a newer dew-mgmt", path.display()
    )]
    Version {
        /// The file.
        path: PathBuf,
        /// Its version.
        version: u64,
        /// The version of this program.
        known: u64,
    },
    /// The PIN does not open the file.
    #[error(
        "the PIN does not open {}: it is wrong, or someone has altered the file; \
         try again, or restore the file from a copy", path.display()
    )]
    WrongPin {
        /// The file.
        path: PathBuf,
    },
}
