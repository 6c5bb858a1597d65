//! Numbers: handles, flags, types.

use ck::Rv;
use cryptoki_sys::{CK_BBOOL, CK_ULONG};
use proto::{DecodeError, Reader, Writer, shape};

use super::CArgument;
use crate::abi::memory::required;

/// A number that goes in.
pub(in crate::abi) struct Ulong(CK_ULONG);

impl CArgument for Ulong {
    type C = CK_ULONG;

    unsafe fn read(value: CK_ULONG) -> Result<Self, Rv> {
        Ok(Self(value))
    }

    fn size(&self) -> usize {
        8
    }

    unsafe fn encode(&self, writer: &mut Writer<'_>) {
        writer.u64(self.0);
    }
}

/// A session's handle, which travels in the frame's header.
pub(in crate::abi) struct SessionHandle(CK_ULONG);

impl CArgument for SessionHandle {
    type C = CK_ULONG;

    unsafe fn read(value: CK_ULONG) -> Result<Self, Rv> {
        Ok(Self(value))
    }

    unsafe fn encode(&self, writer: &mut Writer<'_>) {
        writer.name_session(shape::SessionHandle(self.0));
    }
}

/// A truth value that goes in.
pub(in crate::abi) struct Flag(CK_BBOOL);

impl CArgument for Flag {
    type C = CK_BBOOL;

    unsafe fn read(value: CK_BBOOL) -> Result<Self, Rv> {
        Ok(Self(value))
    }

    fn size(&self) -> usize {
        1
    }

    unsafe fn encode(&self, writer: &mut Writer<'_>) {
        writer.u8(self.0);
    }
}

/// A number that comes out.
pub(in crate::abi) struct NumberOut(*mut CK_ULONG);

impl CArgument for NumberOut {
    type C = *mut CK_ULONG;

    unsafe fn read(number: *mut CK_ULONG) -> Result<Self, Rv> {
        required(number).map(Self)
    }

    unsafe fn write_back(&self, reader: &mut Reader<'_>) -> Result<(), DecodeError> {
        if let Some(number) = shape::NumberOut::read_reply(reader)? {
            // SAFETY: the pointer is not null, and the host has room for a number there.
            unsafe { self.0.write_unaligned(number) };
        }
        Ok(())
    }
}
