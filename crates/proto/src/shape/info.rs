//! The information structures that come out (chapter 3 of the standard). Texts are without padding here; whoever
//! writes the C structure pads them with blanks.

use super::{MechanismInfoOut, SessionInfoOut, Shape, SlotInfoOut, TokenInfoOut};
use crate::codec::{DecodeError, Reader, Writer};

/// A `CK_VERSION`: major and minor.
pub type VersionPair = (u8, u8);

/// The longest text in any of the structures, in bytes.
const TEXT_BYTES: usize = 64;

/// `CK_SLOT_INFO`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SlotInfo {
    /// At most 64 bytes.
    pub description: String,
    /// At most 32 bytes.
    pub manufacturer: String,
    /// [`ck::flags::slot`].
    pub flags: u64,
    /// Version of the hardware.
    pub hardware: VersionPair,
    /// Version of the firmware.
    pub firmware: VersionPair,
}

/// `CK_TOKEN_INFO`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TokenInfo {
    /// At most 32 bytes.
    pub label: String,
    /// At most 32 bytes.
    pub manufacturer: String,
    /// At most 16 bytes.
    pub model: String,
    /// At most 16 bytes.
    pub serial: String,
    /// [`ck::flags::token`].
    pub flags: u64,
    /// Most sessions of one application, 0 for "effectively infinite".
    pub max_sessions: u64,
    /// Sessions that this application has open.
    pub sessions: u64,
    /// Most read/write sessions of one application, 0 for "effectively infinite".
    pub max_rw_sessions: u64,
    /// Read/write sessions that this application has open.
    pub rw_sessions: u64,
    /// The longest PIN in bytes.
    pub max_pin_len: u64,
    /// The shortest PIN in bytes.
    pub min_pin_len: u64,
    /// Version of the hardware.
    pub hardware: VersionPair,
    /// Version of the firmware.
    pub firmware: VersionPair,
}

/// `CK_MECHANISM_INFO`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MechanismInfo {
    /// The smallest key, in the mechanism's unit.
    pub min_key_size: u64,
    /// The largest key, in the mechanism's unit.
    pub max_key_size: u64,
    /// [`ck::flags::mechanism`].
    pub flags: u64,
}

/// `CK_SESSION_INFO`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SessionInfo {
    /// The slot.
    pub slot: u64,
    /// [`ck::SessionState`].
    pub state: u64,
    /// [`ck::flags::session`].
    pub flags: u64,
    /// Always 0: the token has no error codes of its own.
    pub device_error: u64,
}

/// Writes the fields of a structure in order, and reads them back.
trait Fields: Default {
    fn write(&self, writer: &mut Writer<'_>);
    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError>;
}

fn read_text(reader: &mut Reader<'_>) -> Result<String, DecodeError> {
    const WHAT: &str = "a text";
    let bytes = reader.bytes(TEXT_BYTES, WHAT)?;
    String::from_utf8(bytes.to_vec()).map_err(|_| DecodeError::Unknown { what: WHAT, tag: 0 })
}

fn read_version(reader: &mut Reader<'_>) -> Result<VersionPair, DecodeError> {
    Ok((reader.u8("a version")?, reader.u8("a version")?))
}

fn write_version(version: VersionPair, writer: &mut Writer<'_>) {
    writer.u8(version.0);
    writer.u8(version.1);
}

impl Fields for SlotInfo {
    fn write(&self, writer: &mut Writer<'_>) {
        writer.bytes(self.description.as_bytes());
        writer.bytes(self.manufacturer.as_bytes());
        writer.u64(self.flags);
        write_version(self.hardware, writer);
        write_version(self.firmware, writer);
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            description: read_text(reader)?,
            manufacturer: read_text(reader)?,
            flags: reader.u64("flags")?,
            hardware: read_version(reader)?,
            firmware: read_version(reader)?,
        })
    }
}

impl Fields for TokenInfo {
    fn write(&self, writer: &mut Writer<'_>) {
        for text in [&self.label, &self.manufacturer, &self.model, &self.serial] {
            writer.bytes(text.as_bytes());
        }
        for number in [
            self.flags,
            self.max_sessions,
            self.sessions,
            self.max_rw_sessions,
            self.rw_sessions,
            self.max_pin_len,
            self.min_pin_len,
        ] {
            writer.u64(number);
        }
        write_version(self.hardware, writer);
        write_version(self.firmware, writer);
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            label: read_text(reader)?,
            manufacturer: read_text(reader)?,
            model: read_text(reader)?,
            serial: read_text(reader)?,
            flags: reader.u64("flags")?,
            max_sessions: reader.u64("a number of sessions")?,
            sessions: reader.u64("a number of sessions")?,
            max_rw_sessions: reader.u64("a number of sessions")?,
            rw_sessions: reader.u64("a number of sessions")?,
            max_pin_len: reader.u64("the length of a PIN")?,
            min_pin_len: reader.u64("the length of a PIN")?,
            hardware: read_version(reader)?,
            firmware: read_version(reader)?,
        })
    }
}

impl Fields for MechanismInfo {
    fn write(&self, writer: &mut Writer<'_>) {
        writer.u64(self.min_key_size);
        writer.u64(self.max_key_size);
        writer.u64(self.flags);
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            min_key_size: reader.u64("a key size")?,
            max_key_size: reader.u64("a key size")?,
            flags: reader.u64("flags")?,
        })
    }
}

impl Fields for SessionInfo {
    fn write(&self, writer: &mut Writer<'_>) {
        for number in [self.slot, self.state, self.flags, self.device_error] {
            writer.u64(number);
        }
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            slot: reader.u64("a slot")?,
            state: reader.u64("a session's state")?,
            flags: reader.u64("flags")?,
            device_error: reader.u64("a device error")?,
        })
    }
}

/// Gives each structure its shape: absent until the handler fills it.
macro_rules! information {
    ($($shape:ident $info:ident;)*) => {$(
        impl Shape for $shape {
            type Value<'a> = Option<$info>;
            type Lent<'b> = &'b mut Option<$info>;

            fn decode<'a>(_reader: &mut Reader<'a>) -> Result<Self::Value<'a>, DecodeError> {
                Ok(None)
            }

            fn lend<'b>(value: &'b mut Self::Value<'_>) -> Self::Lent<'b> {
                value
            }

            fn reply(value: &Self::Value<'_>, writer: &mut Writer<'_>) {
                writer.u8(u8::from(value.is_some()));
                if let Some(info) = value {
                    info.write(writer);
                }
            }
        }

        impl $shape {
            /// Reads the structure from a reply, on the caller's side.
            ///
            /// # Errors
            /// [`DecodeError`] where the bytes are no such structure.
            pub fn read_reply(reader: &mut Reader<'_>) -> Result<Option<$info>, DecodeError> {
                if reader.u8("a structure")? == 0 {
                    return Ok(None);
                }
                $info::read(reader).map(Some)
            }
        }
    )*};
}

information! {
    SlotInfoOut SlotInfo;
    TokenInfoOut TokenInfo;
    MechanismInfoOut MechanismInfo;
    SessionInfoOut SessionInfo;
}
