//! The crypto library behind safe types: every call of AWS-LC's C interface is in this module tree.
//!
//! Each type owns one C object and frees it when dropped; AWS-LC wipes whatever it frees. Functions take and give
//! slices, check every return value, and leave the library's error queue empty.

mod bignum;
mod ccm;
mod chacha;
mod cipher;
mod cmac;
mod dh;
mod digest;
mod ec;
mod ed25519;
mod hmac;
mod key_wrap;
mod ml_dsa;
mod ml_kem;
mod password;
mod pkey;
mod rsa;
mod rsa_oaep;
mod shake;
mod tls_prf;
mod x25519;

use std::ffi::c_int;
use std::ptr::NonNull;

pub(crate) use bignum::BigNum;
pub(crate) use ccm::Ccm;
pub(crate) use chacha::{Poly1305, chacha20};
pub(crate) use cipher::{CipherContext, Direction, Mode};
pub(crate) use cmac::CmacContext;
pub(crate) use dh::{Dh, is_modp};
pub(crate) use digest::{DigestContext, shake};
pub(crate) use ec::{Curve, EcKey};
pub(crate) use ed25519::{Ed25519Private, Ed25519Public, Scheme as Ed25519Scheme};
pub(crate) use hmac::HmacContext;
pub(crate) use key_wrap::KeyWrapSchedule;
pub(crate) use ml_dsa::{DsaKey, DsaSet};
pub(crate) use ml_kem::{KemKey, KemSet};
pub(crate) use password::pbkdf2;
pub(crate) use rsa::{PssScheme, Rsa, RsaPrivateParts};
pub(crate) use rsa_oaep::OaepScheme;
pub(crate) use shake::ShakeContext;
pub(crate) use tls_prf::tls_prf;
pub(crate) use x25519::{X25519Private, X25519Public};

/// A C function that did not do what it was asked to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Failed {
    /// Its name.
    pub(crate) function: &'static str,
}

impl Failed {
    /// Notes the failure of `function` and drops what the library queued about it.
    fn of(function: &'static str) -> Self {
        // SAFETY: takes no argument and touches this thread's error queue only.
        unsafe { aws_lc_sys::ERR_clear_error() };
        Self { function }
    }
}

/// Turns the usual "1 is success" into a result.
fn check(result: c_int, function: &'static str) -> Result<(), Failed> {
    if result == 1 {
        Ok(())
    } else {
        Err(Failed::of(function))
    }
}

/// Takes over the object that a C constructor returned, unless it is null.
fn owned<T>(pointer: *mut T, function: &'static str) -> Result<NonNull<T>, Failed> {
    NonNull::new(pointer).ok_or_else(|| Failed::of(function))
}

/// Converts a length for a C function that takes `int`.
fn int(len: usize, function: &'static str) -> Result<c_int, Failed> {
    c_int::try_from(len).map_err(|_| Failed { function })
}
