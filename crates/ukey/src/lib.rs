//! UKeys: a software token file that signs management commands.
//!
//! A UKey is a person's key: a P-256 key that signs what they order, an X25519 key to which shares
//! are sealed, and a certificate that names them. The file keeps both keys under a PIN; everything
//! else in it can be read without one.
//!
//! ```no_run
//! use ukey::{Pin, Role, UkeyFile};
//! use zeroize::Zeroizing;
//!
//! # fn main() -> Result<(), ukey::Error> {
//! let pin = Pin::new(&Zeroizing::new("correct horse".to_owned()))?;
//! UkeyFile::create("alice.ukey".as_ref(), "Alice", Role::DeviceAdmin, &pin)?;
//! let ukey = UkeyFile::read("alice.ukey".as_ref())?.open(&pin)?;
//! let signature = ukey.sign(b"a command")?;
//! ukey::verify(ukey.certificate_der(), b"a command", &signature)?;
//! # Ok(())
//! # }
//! ```

#![forbid(unsafe_code)]

mod certificate;
mod error;
mod file;
mod format;
mod kdf;
mod key;
mod pin;
mod role;

pub use certificate::{EXTENDED_KEY_USAGE, spki_sha256, verify};
pub use error::Error;
pub use file::UkeyFile;
pub use kdf::KdfCost;
pub use key::Ukey;
pub use pin::Pin;
pub use role::Role;
