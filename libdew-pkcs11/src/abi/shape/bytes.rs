//! Bytes: data, PINs, labels, and buffers that are filled.

use ck::Rv;
use cryptoki_sys::CK_ULONG;
use proto::shape::{self, Room};
use proto::{DecodeError, Reader, Writer, limits};

use super::{CArgument, OVERFLOW};
use crate::abi::memory::{HostBytes, copy_out, required};

/// How many bytes [`Room`] takes in a request.
pub(super) const ROOM_BYTES: usize = 9;

/// Data that goes in.
pub(in crate::abi) struct BytesIn(HostBytes);

impl CArgument for BytesIn {
    type C = (*mut u8, CK_ULONG);

    unsafe fn read((bytes, length): Self::C) -> Result<Self, Rv> {
        HostBytes::new(bytes, length, limits::PAYLOAD_BYTES, Rv::DATA_LEN_RANGE).map(Self)
    }

    fn size(&self) -> usize {
        4 + self.0.len()
    }

    unsafe fn encode(&self, writer: &mut Writer<'_>) {
        // SAFETY: the caller's promise.
        writer.bytes(unsafe { self.0.get() });
    }
}

/// A PIN, or none where the token has its own way to ask for it.
pub(in crate::abi) struct Pin(Option<HostBytes>);

impl CArgument for Pin {
    type C = (*mut u8, CK_ULONG);

    unsafe fn read((bytes, length): Self::C) -> Result<Self, Rv> {
        let pin = HostBytes::new(bytes, length, limits::ATTRIBUTE_BYTES, Rv::PIN_LEN_RANGE)?;
        Ok(Self((!bytes.is_null()).then_some(pin)))
    }

    fn size(&self) -> usize {
        5 + self.0.map_or(0, |pin| pin.len())
    }

    unsafe fn encode(&self, writer: &mut Writer<'_>) {
        // SAFETY: the caller's promise.
        let pin = self.0.map(|pin| unsafe { pin.get() });
        shape::Pin::encode(pin, writer);
    }
}

/// A token's label: always 32 bytes.
pub(in crate::abi) struct Label(HostBytes);

impl CArgument for Label {
    type C = *mut u8;

    unsafe fn read(bytes: *mut u8) -> Result<Self, Rv> {
        HostBytes::new(bytes, 32, 32, Rv::ARGUMENTS_BAD).map(Self)
    }

    fn size(&self) -> usize {
        self.0.len()
    }

    unsafe fn encode(&self, writer: &mut Writer<'_>) {
        // SAFETY: the caller's promise.
        writer.raw(unsafe { self.0.get() });
    }
}

/// The room that a host says it has: none asks for the length.
pub(super) fn room<T>(buffer: *mut T, items: CK_ULONG) -> Room {
    if buffer.is_null() {
        Room::Query
    } else {
        Room::Items(items)
    }
}

/// A buffer to be filled, with a length that says its room and then what came out.
pub(in crate::abi) struct BufferOut {
    buffer: *mut u8,
    length: *mut CK_ULONG,
    room: Room,
}

impl CArgument for BufferOut {
    type C = (*mut u8, *mut CK_ULONG);

    unsafe fn read((buffer, length): Self::C) -> Result<Self, Rv> {
        let length = required(length)?;
        // SAFETY: the pointer is not null, and the host has put a length there.
        let items = unsafe { length.read_unaligned() };
        Ok(Self {
            buffer,
            length,
            room: room(buffer, items),
        })
    }

    fn size(&self) -> usize {
        ROOM_BYTES
    }

    unsafe fn encode(&self, writer: &mut Writer<'_>) {
        self.room.encode(writer);
    }

    unsafe fn write_back(&self, reader: &mut Reader<'_>) -> Result<(), DecodeError> {
        let answer = shape::Answer::read_reply(reader, self.room, |reader| {
            reader.bytes(limits::PAYLOAD_BYTES, "an output")
        })?;
        if let Some(bytes) = answer.given() {
            if !self.room.fits(bytes.len()) {
                return Err(OVERFLOW);
            }
            let length = CK_ULONG::try_from(bytes.len()).map_err(|_| OVERFLOW)?;
            let located = if answer.is_structure() {
                let address = u64::try_from(self.buffer.addr()).map_err(|_| OVERFLOW)?;
                Some(shape::locate_signature_info(bytes, address).ok_or(OVERFLOW)?)
            } else {
                None
            };
            let bytes = located.as_deref().unwrap_or(bytes);
            // SAFETY: the bytes fit the room that the host has at the buffer; the length was checked when it was read.
            unsafe {
                copy_out(bytes, self.buffer);
                self.length.write_unaligned(length);
            }
        } else if let Some(length) = answer.given_length() {
            // SAFETY: the pointer was checked when it was read.
            unsafe { self.length.write_unaligned(length) };
        }
        Ok(())
    }
}

/// A buffer to be filled to the brim.
pub(in crate::abi) struct RandomOut {
    buffer: *mut u8,
    length: usize,
}

impl CArgument for RandomOut {
    type C = (*mut u8, CK_ULONG);

    unsafe fn read((buffer, length): Self::C) -> Result<Self, Rv> {
        let checked = HostBytes::new(buffer, length, limits::RANDOM_BYTES, Rv::ARGUMENTS_BAD)?;
        Ok(Self {
            buffer,
            length: checked.len(),
        })
    }

    fn size(&self) -> usize {
        4
    }

    unsafe fn encode(&self, writer: &mut Writer<'_>) {
        writer.count(self.length);
    }

    unsafe fn write_back(&self, reader: &mut Reader<'_>) -> Result<(), DecodeError> {
        let bytes = reader.bytes(limits::RANDOM_BYTES, "random bytes")?;
        if bytes.is_empty() {
            return Ok(());
        }
        if bytes.len() != self.length {
            return Err(OVERFLOW);
        }
        // SAFETY: there are exactly as many bytes as the host has room for.
        unsafe { copy_out(bytes, self.buffer) };
        Ok(())
    }
}
