//! Mechanisms of authenticated encryption whose parameters are filled in: an initialisation vector that the token made, and a
//! tag beside the ciphertext.

use super::{
    MechanismArgument, MechanismIn, OpeningMechanism, SealingMechanism, Shape, UnwrappingMechanism,
    WrappingMechanism,
};
use crate::codec::{DecodeError, Reader, Writer};

/// The longest initialisation vector, in bytes (3.1, Mechanisms 6.13.1).
const NONCE_BYTES: usize = 256;
/// The longest tag, in bytes.
const TAG_BYTES: usize = 16;

/// What the token puts into the parameters of a mechanism that seals; empty where there is nothing to put.
#[derive(Debug, Default)]
pub struct Sealed {
    /// The initialisation vector or nonce.
    pub nonce: Vec<u8>,
    /// The tag.
    pub tag: Vec<u8>,
}

impl Sealed {
    /// Appends it to a reply.
    pub(super) fn encode(&self, writer: &mut Writer<'_>) {
        writer.bytes(&self.nonce);
        writer.bytes(&self.tag);
    }
}

impl SealingMechanism {
    /// Appends a mechanism to a request.
    pub fn encode(argument: Option<&MechanismArgument<'_>>, writer: &mut Writer<'_>) {
        MechanismIn::encode(argument, writer);
    }

    /// Reads what is to be put into the parameters from a reply, on the caller's side.
    ///
    /// # Errors
    /// [`DecodeError`] where the bytes are no such answer.
    pub fn read_reply(reader: &mut Reader<'_>) -> Result<Sealed, DecodeError> {
        Ok(Sealed {
            nonce: reader
                .bytes(NONCE_BYTES, "an initialisation vector")?
                .to_vec(),
            tag: reader.bytes(TAG_BYTES, "a tag")?.to_vec(),
        })
    }
}

impl Shape for SealingMechanism {
    type Value<'a> = (Option<MechanismArgument<'a>>, Sealed);
    type Lent<'b> = (Option<MechanismArgument<'b>>, &'b mut Sealed);

    fn decode<'a>(reader: &mut Reader<'a>) -> Result<Self::Value<'a>, DecodeError> {
        Ok((MechanismIn::decode(reader)?, Sealed::default()))
    }

    fn lend<'b>(value: &'b mut Self::Value<'_>) -> Self::Lent<'b> {
        (value.0, &mut value.1)
    }

    fn reply(value: &Self::Value<'_>, writer: &mut Writer<'_>) {
        value.1.encode(writer);
    }
}

impl OpeningMechanism {
    /// Appends a mechanism to a request.
    pub fn encode(argument: Option<&MechanismArgument<'_>>, writer: &mut Writer<'_>) {
        MechanismIn::encode(argument, writer);
    }
}

impl Shape for OpeningMechanism {
    type Value<'a> = Option<MechanismArgument<'a>>;
    type Lent<'b> = Option<MechanismArgument<'b>>;

    fn decode<'a>(reader: &mut Reader<'a>) -> Result<Self::Value<'a>, DecodeError> {
        MechanismIn::decode(reader)
    }

    fn lend<'b>(value: &'b mut Self::Value<'_>) -> Self::Lent<'b> {
        *value
    }
}

impl WrappingMechanism {
    /// Reads what is to be put into the parameters from a reply, on the caller's side.
    ///
    /// # Errors
    /// [`DecodeError`] where the bytes are no such answer.
    pub fn read_reply(reader: &mut Reader<'_>) -> Result<Sealed, DecodeError> {
        SealingMechanism::read_reply(reader)
    }
}

impl Shape for WrappingMechanism {
    type Value<'a> = (Option<MechanismArgument<'a>>, Sealed);
    type Lent<'b> = (Option<MechanismArgument<'b>>, &'b mut Sealed);

    fn decode<'a>(reader: &mut Reader<'a>) -> Result<Self::Value<'a>, DecodeError> {
        SealingMechanism::decode(reader)
    }

    fn lend<'b>(value: &'b mut Self::Value<'_>) -> Self::Lent<'b> {
        SealingMechanism::lend(value)
    }

    fn reply(value: &Self::Value<'_>, writer: &mut Writer<'_>) {
        SealingMechanism::reply(value, writer);
    }
}

impl Shape for UnwrappingMechanism {
    type Value<'a> = Option<MechanismArgument<'a>>;
    type Lent<'b> = Option<MechanismArgument<'b>>;

    fn decode<'a>(reader: &mut Reader<'a>) -> Result<Self::Value<'a>, DecodeError> {
        MechanismIn::decode(reader)
    }

    fn lend<'b>(value: &'b mut Self::Value<'_>) -> Self::Lent<'b> {
        *value
    }
}
