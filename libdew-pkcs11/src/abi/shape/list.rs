//! Lists of numbers that come out.

use ck::Rv;
use cryptoki_sys::CK_ULONG;
use proto::shape::{self, Room};
use proto::{DecodeError, Reader, Writer};

use super::bytes::{ROOM_BYTES, room};
use super::{CArgument, OVERFLOW};
use crate::abi::memory::{copy_numbers_out, required};

/// A list to be filled, with a count that says its room and then what came out.
pub(in crate::abi) struct ListOut {
    list: *mut CK_ULONG,
    count: *mut CK_ULONG,
    room: Room,
}

impl CArgument for ListOut {
    type C = (*mut CK_ULONG, *mut CK_ULONG);

    unsafe fn read((list, count): Self::C) -> Result<Self, Rv> {
        let count = required(count)?;
        // SAFETY: the pointer is not null, and the host has put a count there.
        let items = unsafe { count.read_unaligned() };
        Ok(Self {
            list,
            count,
            room: room(list, items),
        })
    }

    fn size(&self) -> usize {
        ROOM_BYTES
    }

    unsafe fn encode(&self, writer: &mut Writer<'_>) {
        self.room.encode(writer);
    }

    unsafe fn write_back(&self, reader: &mut Reader<'_>) -> Result<(), DecodeError> {
        let answer = shape::ListOut::read_reply(reader, self.room)?;
        if let Some(numbers) = answer.given() {
            if !self.room.fits(numbers.len()) {
                return Err(OVERFLOW);
            }
            let count = CK_ULONG::try_from(numbers.len()).map_err(|_| OVERFLOW)?;
            // SAFETY: the numbers fit the room that the host has at the list; the count was checked when it was read.
            unsafe {
                copy_numbers_out(numbers, self.list);
                self.count.write_unaligned(count);
            }
        } else if let Some(count) = answer.given_length() {
            // SAFETY: the pointer was checked when it was read.
            unsafe { self.count.write_unaligned(count) };
        }
        Ok(())
    }
}

/// A list of handles to be filled as far as there are any.
pub(in crate::abi) struct FoundOut {
    handles: *mut CK_ULONG,
    room: CK_ULONG,
    count: *mut CK_ULONG,
}

impl CArgument for FoundOut {
    type C = (*mut CK_ULONG, CK_ULONG, *mut CK_ULONG);

    unsafe fn read((handles, room, count): Self::C) -> Result<Self, Rv> {
        if handles.is_null() && room > 0 {
            return Err(Rv::ARGUMENTS_BAD);
        }
        Ok(Self {
            handles,
            room,
            count: required(count)?,
        })
    }

    fn size(&self) -> usize {
        8
    }

    unsafe fn encode(&self, writer: &mut Writer<'_>) {
        writer.u64(self.room);
    }

    unsafe fn write_back(&self, reader: &mut Reader<'_>) -> Result<(), DecodeError> {
        let found = shape::FoundOut::read_reply(reader)?;
        if !Room::Items(self.room).fits(found.len()) {
            return Err(OVERFLOW);
        }
        let count = CK_ULONG::try_from(found.len()).map_err(|_| OVERFLOW)?;
        // SAFETY: the handles fit the room that the host has for them; the count was checked when it was read.
        unsafe {
            copy_numbers_out(&found, self.handles);
            self.count.write_unaligned(count);
        }
        Ok(())
    }
}
