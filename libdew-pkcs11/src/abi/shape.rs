//! A reader and a writer of C memory per shape.
//!
//! A type here holds the C parameters of one argument. Its `read` takes them as a tuple and checks pointers and lengths;
//! [`CArgument`] then copies what goes in to the request, and what came out to the host.

mod aead;
mod block_kdf;
mod bytes;
mod derivation;
mod deriving;
mod info;
mod list;
mod mechanism;
mod message;
mod number;
mod otp;
mod password;
mod template;
mod tls;
mod transport;
mod wrapping;

use std::ffi::c_void;

use ck::Rv;
use proto::{DecodeError, Reader, Writer};

pub(super) use aead::{OpeningMechanism, SealingMechanism};
pub(super) use bytes::{BufferOut, BytesIn, Label, Pin, RandomOut};
pub(super) use deriving::{DerivingMechanism, KeyPlace};
pub(super) use info::{InfoOut, padded};
pub(super) use list::{FoundOut, ListOut};
pub(super) use mechanism::MechanismIn;
pub(super) use message::{CipherMechanism, OpeningParameter, OptionalBufferOut, SealingParameter};
pub(super) use number::{Flag, NumberOut, SessionHandle, Ulong};
pub(super) use template::{TemplateIn, TemplateOut};
pub(super) use wrapping::{UnwrappingMechanism, WrappingMechanism};

/// One argument of a C function that travels.
pub(super) trait CArgument: Sized {
    /// Its C parameters, a tuple where there are several.
    type C;

    /// Takes the C parameters and checks pointers and lengths.
    ///
    /// # Safety
    /// Pointers must be null or point to what the standard asks for; lengths must be true.
    unsafe fn read(parameters: Self::C) -> Result<Self, Rv>;

    /// How many bytes the argument takes in the request at most.
    fn size(&self) -> usize {
        0
    }

    /// Appends what goes in to the request.
    ///
    /// # Safety
    /// The host must keep the memory as it was when the argument was read.
    unsafe fn encode(&self, _writer: &mut Writer<'_>) {}

    /// Copies what came out to the host; inputs have nothing to copy.
    ///
    /// # Safety
    /// As for [`CArgument::encode`], and there must be as much room as the host said.
    unsafe fn write_back(&self, _reader: &mut Reader<'_>) -> Result<(), DecodeError> {
        Ok(())
    }
}

/// Arguments that never travel, as they came.
pub(super) struct Ignored<const C_ARGUMENTS: usize>(pub(super) [*mut c_void; C_ARGUMENTS]);

macro_rules! ignored {
    ($($count:literal $tuple:ty, $arguments:ident => $array:expr;)*) => {$(
        impl CArgument for Ignored<$count> {
            type C = $tuple;

            unsafe fn read($arguments: Self::C) -> Result<Self, Rv> {
                Ok(Self($array))
            }
        }
    )*};
}

ignored! {
    1 *mut c_void, argument => [argument];
    2 (*mut c_void, *mut c_void), arguments => arguments.into();
    3 (*mut c_void, *mut c_void, *mut c_void), arguments => arguments.into();
    4 (*mut c_void, *mut c_void, *mut c_void, *mut c_void), arguments => arguments.into();
}

/// Too much came out: more than the host has room for, or not what the request asked for.
const OVERFLOW: DecodeError = DecodeError::Limit {
    what: "an output of the module",
};
