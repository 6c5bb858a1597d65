//! The information structures that come out.

use ck::Rv;
use cryptoki_sys::{CK_MECHANISM_INFO, CK_SESSION_INFO, CK_SLOT_INFO, CK_TOKEN_INFO};
use cryptoki_sys::{CK_UNAVAILABLE_INFORMATION, CK_VERSION};
use proto::shape::{self, VersionPair};
use proto::{DecodeError, Reader};

use super::CArgument;
use crate::abi::memory::required;

/// A structure that comes out.
pub(in crate::abi) struct InfoOut<C>(*mut C);

/// A C structure, made from an answer.
pub(in crate::abi) trait CInfo: Sized {
    /// Reads the structure from a reply, where the token gave one.
    fn from_reply(reader: &mut Reader<'_>) -> Result<Option<Self>, DecodeError>;
}

impl<C: CInfo> CArgument for InfoOut<C> {
    type C = *mut C;

    unsafe fn read(info: *mut C) -> Result<Self, Rv> {
        required(info).map(Self)
    }

    unsafe fn write_back(&self, reader: &mut Reader<'_>) -> Result<(), DecodeError> {
        if let Some(info) = C::from_reply(reader)? {
            // SAFETY: the pointer is not null, and the host has room for the structure there.
            unsafe { self.0.write_unaligned(info) };
        }
        Ok(())
    }
}

/// Pads a text with blanks; one that is too long is cut between two characters.
pub(in crate::abi) fn padded<const LENGTH: usize>(text: &str) -> [u8; LENGTH] {
    let mut field = [b' '; LENGTH];
    let end = text.floor_char_boundary(LENGTH);
    field[..end].copy_from_slice(&text.as_bytes()[..end]);
    field
}

const fn version((major, minor): VersionPair) -> CK_VERSION {
    CK_VERSION { major, minor }
}

impl CInfo for CK_SLOT_INFO {
    fn from_reply(reader: &mut Reader<'_>) -> Result<Option<Self>, DecodeError> {
        let info = shape::SlotInfoOut::read_reply(reader)?;
        Ok(info.map(|info| Self {
            slotDescription: padded(&info.description),
            manufacturerID: padded(&info.manufacturer),
            flags: info.flags,
            hardwareVersion: version(info.hardware),
            firmwareVersion: version(info.firmware),
        }))
    }
}

impl CInfo for CK_TOKEN_INFO {
    fn from_reply(reader: &mut Reader<'_>) -> Result<Option<Self>, DecodeError> {
        let info = shape::TokenInfoOut::read_reply(reader)?;
        Ok(info.map(|info| Self {
            label: padded(&info.label),
            manufacturerID: padded(&info.manufacturer),
            model: padded(&info.model),
            serialNumber: padded(&info.serial),
            flags: info.flags,
            ulMaxSessionCount: info.max_sessions,
            ulSessionCount: info.sessions,
            ulMaxRwSessionCount: info.max_rw_sessions,
            ulRwSessionCount: info.rw_sessions,
            ulMaxPinLen: info.max_pin_len,
            ulMinPinLen: info.min_pin_len,
            ulTotalPublicMemory: CK_UNAVAILABLE_INFORMATION,
            ulFreePublicMemory: CK_UNAVAILABLE_INFORMATION,
            ulTotalPrivateMemory: CK_UNAVAILABLE_INFORMATION,
            ulFreePrivateMemory: CK_UNAVAILABLE_INFORMATION,
            hardwareVersion: version(info.hardware),
            firmwareVersion: version(info.firmware),
            // The token has no clock that it would show.
            utcTime: padded(""),
        }))
    }
}

impl CInfo for CK_MECHANISM_INFO {
    fn from_reply(reader: &mut Reader<'_>) -> Result<Option<Self>, DecodeError> {
        let info = shape::MechanismInfoOut::read_reply(reader)?;
        Ok(info.map(|info| Self {
            ulMinKeySize: info.min_key_size,
            ulMaxKeySize: info.max_key_size,
            flags: info.flags,
        }))
    }
}

impl CInfo for CK_SESSION_INFO {
    fn from_reply(reader: &mut Reader<'_>) -> Result<Option<Self>, DecodeError> {
        let info = shape::SessionInfoOut::read_reply(reader)?;
        Ok(info.map(|info| Self {
            slotID: info.slot,
            state: info.state,
            flags: info.flags,
            ulDeviceError: info.device_error,
        }))
    }
}
