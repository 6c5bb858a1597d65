//! The parameters of mechanisms that derive keys.

use ck::{KeyDerivation, MOST_PIECES, MechanismType, Params, Password, Piece, Salt, Width};

use super::tls;
use crate::codec::{DecodeError, Reader, Writer};
use crate::limits;

/// Writes the parameters of a key derivation; there is nothing to write of others.
pub(super) fn encode(params: &Params<'_>, writer: &mut Writer<'_>) {
    match *params {
        Params::Ecdh {
            kdf,
            shared_data,
            public_data,
        } => {
            writer.u8(8);
            writer.u64(kdf.0);
            writer.bytes(shared_data);
            writer.bytes(public_data);
        }
        Params::Key(handle) => {
            writer.u8(60);
            writer.u64(handle);
        }
        Params::VectorAndData { vector, data } => {
            writer.u8(30);
            writer.bytes(vector);
            writer.bytes(data);
        }
        Params::Password {
            function,
            salt,
            iterations,
            password,
        } => {
            writer.u8(36);
            writer.u64(function);
            writer.bytes(salt);
            writer.u64(iterations);
            writer.bytes(password.0);
        }
        Params::FeedbackKdf {
            function,
            vector,
            pieces,
        } => {
            writer.u8(35);
            writer.u64(function.0);
            writer.bytes(vector);
            pieces.iter().for_each(|piece| encode_piece(piece, writer));
        }
        Params::CounterKdf { function, pieces } => {
            writer.u8(12);
            writer.u64(function.0);
            pieces.iter().for_each(|piece| encode_piece(piece, writer));
        }
        Params::Hkdf {
            extract,
            expand,
            digest,
            salt,
            info,
        } => {
            writer.u8(11);
            writer.u8(u8::from(extract));
            writer.u8(u8::from(expand));
            writer.u64(digest.0);
            encode_salt(salt, writer);
            writer.bytes(info);
        }
        _ => tls::encode(params, writer),
    }
}

fn encode_salt(salt: Salt<'_>, writer: &mut Writer<'_>) {
    match salt {
        Salt::Bytes(bytes) => {
            writer.u8(0);
            writer.bytes(bytes);
        }
        Salt::Key(handle) => {
            writer.u8(1);
            writer.u64(handle);
        }
    }
}

fn decode_salt<'a>(reader: &mut Reader<'a>) -> Result<Salt<'a>, DecodeError> {
    const WHAT: &str = "a salt";
    Ok(match reader.u8(WHAT)? {
        0 => Salt::Bytes(reader.bytes(limits::ATTRIBUTE_BYTES, WHAT)?),
        1 => Salt::Key(reader.u64(WHAT)?),
        tag => {
            return Err(DecodeError::Unknown {
                what: WHAT,
                tag: tag.into(),
            });
        }
    })
}

fn encode_piece(piece: &Piece<'_>, writer: &mut Writer<'_>) {
    match *piece {
        Piece::Absent => writer.u8(0),
        Piece::Bytes(bytes) => {
            writer.u8(1);
            writer.bytes(bytes);
        }
        Piece::Counter(width) => {
            writer.u8(2);
            encode_width(width, writer);
        }
        Piece::Length { blocks, width } => {
            writer.u8(3);
            writer.u8(u8::from(blocks));
            encode_width(width, writer);
        }
        Piece::Block => writer.u8(4),
    }
}

fn encode_width(width: Width, writer: &mut Writer<'_>) {
    writer.u64(width.bits);
    writer.u8(u8::from(width.little_endian));
}

fn decode_piece<'a>(reader: &mut Reader<'a>) -> Result<Piece<'a>, DecodeError> {
    const WHAT: &str = "a piece of a key derivation's input";
    Ok(match reader.u8(WHAT)? {
        0 => Piece::Absent,
        1 => Piece::Bytes(reader.bytes(limits::ATTRIBUTE_BYTES, WHAT)?),
        2 => Piece::Counter(decode_width(reader)?),
        3 => Piece::Length {
            blocks: reader.u8(WHAT)? != 0,
            width: decode_width(reader)?,
        },
        4 => Piece::Block,
        tag => {
            return Err(DecodeError::Unknown {
                what: WHAT,
                tag: tag.into(),
            });
        }
    })
}

fn decode_pieces<'a>(reader: &mut Reader<'a>) -> Result<[Piece<'a>; MOST_PIECES], DecodeError> {
    let mut pieces = [Piece::default(); MOST_PIECES];
    for piece in &mut pieces {
        *piece = decode_piece(reader)?;
    }
    Ok(pieces)
}

fn decode_width(reader: &mut Reader<'_>) -> Result<Width, DecodeError> {
    const WHAT: &str = "the width of a number";
    Ok(Width {
        bits: reader.u64(WHAT)?,
        little_endian: reader.u8(WHAT)? != 0,
    })
}

/// Reads what was written under this tag.
pub(super) fn decode<'a>(tag: u8, reader: &mut Reader<'a>) -> Result<Params<'a>, DecodeError> {
    const WHAT: &str = "a parameter of a key derivation";
    Ok(match tag {
        8 => Params::Ecdh {
            kdf: KeyDerivation(reader.u64(WHAT)?),
            shared_data: reader.bytes(limits::ATTRIBUTE_BYTES, WHAT)?,
            public_data: reader.bytes(limits::ATTRIBUTE_BYTES, WHAT)?,
        },
        12 => Params::CounterKdf {
            function: MechanismType(reader.u64(WHAT)?),
            pieces: decode_pieces(reader)?,
        },
        35 => Params::FeedbackKdf {
            function: MechanismType(reader.u64(WHAT)?),
            vector: reader.bytes(limits::ATTRIBUTE_BYTES, WHAT)?,
            pieces: decode_pieces(reader)?,
        },
        36 => Params::Password {
            function: reader.u64(WHAT)?,
            salt: reader.bytes(limits::ATTRIBUTE_BYTES, WHAT)?,
            iterations: reader.u64(WHAT)?,
            password: Password(reader.bytes(limits::ATTRIBUTE_BYTES, WHAT)?),
        },
        60 => Params::Key(reader.u64(WHAT)?),
        30 => Params::VectorAndData {
            vector: reader.bytes(limits::ATTRIBUTE_BYTES, WHAT)?,
            data: reader.bytes(limits::ATTRIBUTE_BYTES, WHAT)?,
        },
        11 => Params::Hkdf {
            extract: reader.u8(WHAT)? != 0,
            expand: reader.u8(WHAT)? != 0,
            digest: MechanismType(reader.u64(WHAT)?),
            salt: decode_salt(reader)?,
            info: reader.bytes(limits::ATTRIBUTE_BYTES, WHAT)?,
        },
        tag => tls::decode(tag, reader)?,
    })
}
