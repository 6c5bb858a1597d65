//! The parameters of TLS 1.2.

use ck::{MechanismType, Params};

use crate::codec::{DecodeError, Reader, Writer};
use crate::limits;

const WHAT: &str = "a parameter of TLS";

/// Writes the parameters; there is nothing to write of others.
pub(super) fn encode(params: &Params<'_>, writer: &mut Writer<'_>) {
    match *params {
        Params::TlsMaster {
            digest,
            client_random,
            server_random,
            version,
        } => {
            writer.u8(31);
            writer.u64(digest.0);
            writer.bytes(client_random);
            writer.bytes(server_random);
            writer.u8(u8::from(version));
        }
        Params::TlsExtendedMaster {
            digest,
            session_hash,
            version,
        } => {
            writer.u8(32);
            writer.u64(digest.0);
            writer.bytes(session_hash);
            writer.u8(u8::from(version));
        }
        Params::TlsExport {
            digest,
            label,
            client_random,
            server_random,
            context,
        } => {
            writer.u8(33);
            writer.u64(digest.0);
            writer.bytes(label);
            writer.bytes(client_random);
            writer.bytes(server_random);
            writer.u8(u8::from(context.is_some()));
            writer.bytes(context.unwrap_or_default());
        }
        Params::TlsKeys {
            digest,
            client_random,
            server_random,
            mac_bits,
            key_bits,
            vector_bits,
        } => {
            writer.u8(37);
            writer.u64(digest.0);
            writer.bytes(client_random);
            writer.bytes(server_random);
            writer.u64(mac_bits);
            writer.u64(key_bits);
            writer.u64(vector_bits);
        }
        Params::TlsMac { digest, len, side } => {
            writer.u8(34);
            writer.u64(digest.0);
            writer.u64(len);
            writer.u64(side);
        }
        _ => {}
    }
}

/// Reads what was written under this tag.
pub(super) fn decode<'a>(tag: u8, reader: &mut Reader<'a>) -> Result<Params<'a>, DecodeError> {
    let digest = MechanismType(reader.u64(WHAT)?);
    Ok(match tag {
        31 => Params::TlsMaster {
            digest,
            client_random: bytes(reader)?,
            server_random: bytes(reader)?,
            version: reader.u8(WHAT)? != 0,
        },
        32 => Params::TlsExtendedMaster {
            digest,
            session_hash: bytes(reader)?,
            version: reader.u8(WHAT)? != 0,
        },
        33 => Params::TlsExport {
            digest,
            label: bytes(reader)?,
            client_random: bytes(reader)?,
            server_random: bytes(reader)?,
            context: {
                let present = reader.u8(WHAT)? != 0;
                let context = bytes(reader)?;
                present.then_some(context)
            },
        },
        37 => Params::TlsKeys {
            digest,
            client_random: bytes(reader)?,
            server_random: bytes(reader)?,
            mac_bits: reader.u64(WHAT)?,
            key_bits: reader.u64(WHAT)?,
            vector_bits: reader.u64(WHAT)?,
        },
        _ => Params::TlsMac {
            digest,
            len: reader.u64(WHAT)?,
            side: reader.u64(WHAT)?,
        },
    })
}

fn bytes<'a>(reader: &mut Reader<'a>) -> Result<&'a [u8], DecodeError> {
    reader.bytes(limits::ATTRIBUTE_BYTES, WHAT)
}
