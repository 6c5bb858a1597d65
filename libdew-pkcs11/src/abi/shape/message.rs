//! The arguments of functions that work on messages.

use std::ffi::c_void;

use ck::{MechanismType, Params, Rv};
use cryptoki_sys::{CK_MECHANISM, CK_ULONG};
use proto::{DecodeError, Reader, Writer, limits, shape};

use super::aead::{Aead, Direction};
use super::{BufferOut, CArgument};
use crate::abi::memory::HostBytes;

/// How many bytes a mechanism takes in a request without its parameters.
const MECHANISM_BYTES: usize = 16;

/// A mechanism that works on messages. What its parameter points to is looked at with each message, not here.
pub(in crate::abi) struct CipherMechanism(Option<MechanismType>);

impl CArgument for CipherMechanism {
    type C = *mut CK_MECHANISM;

    unsafe fn read(mechanism: *mut CK_MECHANISM) -> Result<Self, Rv> {
        // SAFETY: the pointer is null or points to a mechanism.
        let host = (!mechanism.is_null()).then(|| unsafe { mechanism.read_unaligned() });
        Ok(Self(host.map(|host| MechanismType(host.mechanism))))
    }

    fn size(&self) -> usize {
        MECHANISM_BYTES
    }

    unsafe fn encode(&self, writer: &mut Writer<'_>) {
        shape::CipherMechanism::encode(self.0, writer);
    }
}

/// The parameter of a message.
struct Parameter {
    /// Whether there is one.
    given: bool,
    /// What it says; none where it is no structure of a message.
    aead: Option<Aead>,
}

impl Parameter {
    /// Reads the structure.
    ///
    /// # Safety
    /// As for [`CArgument::read`].
    unsafe fn read((parameter, length): (*mut c_void, CK_ULONG)) -> Self {
        let bytes = HostBytes::new(
            parameter.cast(),
            length,
            limits::ATTRIBUTE_BYTES,
            Rv::MECHANISM_PARAM_INVALID,
        );
        // SAFETY: the caller's promise; the structures are numbers and pointers.
        let aead = bytes
            .ok()
            .and_then(|bytes| unsafe { Aead::of_message(bytes.get()) });
        Self {
            given: !parameter.is_null(),
            aead,
        }
    }

    fn size(&self) -> usize {
        self.aead.as_ref().map_or(MECHANISM_BYTES, Aead::size)
    }

    /// Looks at what it points to.
    ///
    /// # Safety
    /// As for [`CArgument::encode`].
    unsafe fn params(&self, direction: Direction) -> Params<'_> {
        // SAFETY: the caller's promise.
        let params = self
            .aead
            .as_ref()
            .and_then(|aead| unsafe { aead.params(direction) });
        params.unwrap_or(if self.given {
            Params::Malformed
        } else {
            Params::None
        })
    }
}

/// The parameter of a message that is encrypted: the token may put an initialisation vector and a tag there.
pub(in crate::abi) struct SealingParameter(Parameter);

impl CArgument for SealingParameter {
    type C = (*mut c_void, CK_ULONG);

    unsafe fn read(parameter: Self::C) -> Result<Self, Rv> {
        // SAFETY: the caller's promise.
        Ok(Self(unsafe { Parameter::read(parameter) }))
    }

    fn size(&self) -> usize {
        self.0.size()
    }

    unsafe fn encode(&self, writer: &mut Writer<'_>) {
        // SAFETY: the caller's promise.
        let params = unsafe { self.0.params(Direction::Seal) };
        shape::SealingParameter::encode(&params, writer);
    }

    unsafe fn write_back(&self, reader: &mut Reader<'_>) -> Result<(), DecodeError> {
        let sealed = shape::SealingParameter::read_reply(reader)?;
        match &self.0.aead {
            // SAFETY: the caller's promise.
            Some(aead) => unsafe { aead.put(&sealed) },
            None => Ok(()),
        }
    }
}

/// The parameter of a message that is decrypted.
pub(in crate::abi) struct OpeningParameter(Parameter);

impl CArgument for OpeningParameter {
    type C = (*mut c_void, CK_ULONG);

    unsafe fn read(parameter: Self::C) -> Result<Self, Rv> {
        // SAFETY: the caller's promise.
        Ok(Self(unsafe { Parameter::read(parameter) }))
    }

    fn size(&self) -> usize {
        self.0.size()
    }

    unsafe fn encode(&self, writer: &mut Writer<'_>) {
        // SAFETY: the caller's promise.
        let params = unsafe { self.0.params(Direction::Open) };
        shape::OpeningParameter::encode(&params, writer);
    }
}

/// A buffer to be filled, unless its length is nowhere: then nothing is to come out yet (5.14.4).
pub(in crate::abi) struct OptionalBufferOut(Option<BufferOut>);

impl CArgument for OptionalBufferOut {
    type C = (*mut u8, *mut CK_ULONG);

    unsafe fn read((buffer, length): Self::C) -> Result<Self, Rv> {
        if length.is_null() {
            return Ok(Self(None));
        }
        // SAFETY: the caller's promise.
        Ok(Self(Some(unsafe { BufferOut::read((buffer, length)) }?)))
    }

    fn size(&self) -> usize {
        1 + self.0.as_ref().map_or(0, BufferOut::size)
    }

    unsafe fn encode(&self, writer: &mut Writer<'_>) {
        writer.u8(u8::from(self.0.is_some()));
        if let Some(buffer) = &self.0 {
            // SAFETY: the caller's promise.
            unsafe { buffer.encode(writer) };
        }
    }

    unsafe fn write_back(&self, reader: &mut Reader<'_>) -> Result<(), DecodeError> {
        match &self.0 {
            // SAFETY: the caller's promise.
            Some(buffer) => unsafe { buffer.write_back(reader) },
            None => Ok(()),
        }
    }
}
