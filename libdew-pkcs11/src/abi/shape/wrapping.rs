//! Mechanisms that wrap and unwrap keys: plain ones, and those of 3.2 whose parameters have room for a nonce that the token makes.

use ck::{MechanismType, Rv};
use cryptoki_sys::{CK_CCM_WRAP_PARAMS, CK_GCM_WRAP_PARAMS, CK_MECHANISM};
use proto::{DecodeError, Reader, Writer, shape};

use super::{CArgument, MechanismIn, OVERFLOW, OpeningMechanism, SealingMechanism};

/// Tells whether a mechanism has the parameters of 3.2 for wrapping. No other structure of its kind is as long.
fn has_wrap_params(host: &CK_MECHANISM) -> bool {
    let size = match MechanismType(host.mechanism) {
        MechanismType::AES_CCM => size_of::<CK_CCM_WRAP_PARAMS>(),
        MechanismType::AES_GCM => size_of::<CK_GCM_WRAP_PARAMS>(),
        _ => return false,
    };
    usize::try_from(host.ulParameterLen) == Ok(size)
}

/// A mechanism that wraps: the token may put a nonce into its parameters.
pub(in crate::abi) enum WrappingMechanism {
    Plain(MechanismIn),
    Sealing(SealingMechanism),
}

impl CArgument for WrappingMechanism {
    type C = *mut CK_MECHANISM;

    unsafe fn read(mechanism: *mut CK_MECHANISM) -> Result<Self, Rv> {
        // SAFETY: the caller's promise.
        unsafe {
            let plain = MechanismIn::read(mechanism)?;
            if plain.host().is_some_and(has_wrap_params) {
                return SealingMechanism::read(mechanism).map(Self::Sealing);
            }
            Ok(Self::Plain(plain))
        }
    }

    fn size(&self) -> usize {
        match self {
            Self::Plain(mechanism) => mechanism.size(),
            Self::Sealing(mechanism) => mechanism.size(),
        }
    }

    unsafe fn encode(&self, writer: &mut Writer<'_>) {
        // SAFETY: the caller's promise.
        unsafe {
            match self {
                Self::Plain(mechanism) => mechanism.encode(writer),
                Self::Sealing(mechanism) => mechanism.encode(writer),
            }
        }
    }

    unsafe fn write_back(&self, reader: &mut Reader<'_>) -> Result<(), DecodeError> {
        match self {
            // SAFETY: the caller's promise.
            Self::Sealing(mechanism) => unsafe { mechanism.write_back(reader) },
            Self::Plain(_) => {
                let sealed = shape::WrappingMechanism::read_reply(reader)?;
                let nothing = sealed.nonce.is_empty() && sealed.tag.is_empty();
                if nothing { Ok(()) } else { Err(OVERFLOW) }
            }
        }
    }
}

/// A mechanism that unwraps.
pub(in crate::abi) enum UnwrappingMechanism {
    Plain(MechanismIn),
    Opening(OpeningMechanism),
}

impl CArgument for UnwrappingMechanism {
    type C = *mut CK_MECHANISM;

    unsafe fn read(mechanism: *mut CK_MECHANISM) -> Result<Self, Rv> {
        // SAFETY: the caller's promise.
        unsafe {
            let plain = MechanismIn::read(mechanism)?;
            if plain.host().is_some_and(has_wrap_params) {
                return OpeningMechanism::read(mechanism).map(Self::Opening);
            }
            Ok(Self::Plain(plain))
        }
    }

    fn size(&self) -> usize {
        match self {
            Self::Plain(mechanism) => mechanism.size(),
            Self::Opening(mechanism) => mechanism.size(),
        }
    }

    unsafe fn encode(&self, writer: &mut Writer<'_>) {
        // SAFETY: the caller's promise.
        unsafe {
            match self {
                Self::Plain(mechanism) => mechanism.encode(writer),
                Self::Opening(mechanism) => mechanism.encode(writer),
            }
        }
    }
}
