//! The arguments of functions that work on messages (3.0; 5.9, 5.11, 5.14).

use ck::{MechanismType, Params};

use super::input::{decode_params, encode_params};
use super::{
    Answer, BufferOut, CipherMechanism, MechanismArgument, MechanismIn, OpeningParameter,
    OptionalBufferOut, Sealed, SealingMechanism, SealingParameter, Shape,
};
use crate::codec::{DecodeError, Reader, Writer};

impl CipherMechanism {
    /// Appends a mechanism to a request; its parameters stay where they are.
    pub fn encode(id: Option<MechanismType>, writer: &mut Writer<'_>) {
        let params = Params::None;
        let argument = id.map(|id| MechanismArgument { id, params });
        MechanismIn::encode(argument.as_ref(), writer);
    }
}

impl Shape for CipherMechanism {
    type Value<'a> = Option<MechanismArgument<'a>>;
    type Lent<'b> = Option<MechanismArgument<'b>>;

    fn decode<'a>(reader: &mut Reader<'a>) -> Result<Self::Value<'a>, DecodeError> {
        MechanismIn::decode(reader)
    }

    fn lend<'b>(value: &'b mut Self::Value<'_>) -> Self::Lent<'b> {
        *value
    }
}

impl SealingParameter {
    /// Appends the parameters to a request.
    pub fn encode(params: &Params<'_>, writer: &mut Writer<'_>) {
        encode_params(params, writer);
    }

    /// Reads what is to be put into the parameters from a reply, on the caller's side.
    ///
    /// # Errors
    /// [`DecodeError`] where the bytes are no such answer.
    pub fn read_reply(reader: &mut Reader<'_>) -> Result<Sealed, DecodeError> {
        SealingMechanism::read_reply(reader)
    }
}

impl Shape for SealingParameter {
    type Value<'a> = (Params<'a>, Sealed);
    type Lent<'b> = (Params<'b>, &'b mut Sealed);

    fn decode<'a>(reader: &mut Reader<'a>) -> Result<Self::Value<'a>, DecodeError> {
        Ok((decode_params(reader)?, Sealed::default()))
    }

    fn lend<'b>(value: &'b mut Self::Value<'_>) -> Self::Lent<'b> {
        (value.0, &mut value.1)
    }

    fn reply(value: &Self::Value<'_>, writer: &mut Writer<'_>) {
        value.1.encode(writer);
    }
}

impl OpeningParameter {
    /// Appends the parameters to a request.
    pub fn encode(params: &Params<'_>, writer: &mut Writer<'_>) {
        encode_params(params, writer);
    }
}

impl Shape for OpeningParameter {
    type Value<'a> = Params<'a>;
    type Lent<'b> = Params<'b>;

    fn decode<'a>(reader: &mut Reader<'a>) -> Result<Params<'a>, DecodeError> {
        decode_params(reader)
    }

    fn lend<'b>(value: &'b mut Params<'_>) -> Params<'b> {
        *value
    }
}

impl Shape for OptionalBufferOut {
    type Value<'a> = Option<Answer<Vec<u8>>>;
    type Lent<'b> = Option<&'b mut Answer<Vec<u8>>>;

    fn decode<'a>(reader: &mut Reader<'a>) -> Result<Self::Value<'a>, DecodeError> {
        match reader.u8("a buffer")? {
            0 => Ok(None),
            1 => BufferOut::decode(reader).map(Some),
            tag => Err(DecodeError::Unknown {
                what: "a buffer",
                tag: tag.into(),
            }),
        }
    }

    fn lend<'b>(value: &'b mut Self::Value<'_>) -> Self::Lent<'b> {
        value.as_mut()
    }

    fn reply(value: &Self::Value<'_>, writer: &mut Writer<'_>) {
        if let Some(answer) = value {
            BufferOut::reply(answer, writer);
        }
    }
}
