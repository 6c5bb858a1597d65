//! The arguments that go in.

use ck::{AttributeType, Hedge, KeyDerivation, MechanismType, Mgf, Params};

use super::{
    BytesIn, Flag, Label, MechanismIn, Pin, SessionHandle, Shape, TemplateIn, derivation, otp,
};
use crate::codec::{DecodeError, Reader, Writer};
use crate::limits;

impl Shape for Flag {
    type Value<'a> = bool;
    type Lent<'b> = bool;

    fn decode<'a>(reader: &mut Reader<'a>) -> Result<bool, DecodeError> {
        Ok(reader.u8("a flag")? != 0)
    }

    fn lend(value: &mut bool) -> bool {
        *value
    }
}

impl Shape for BytesIn {
    type Value<'a> = &'a [u8];
    type Lent<'b> = &'b [u8];

    fn decode<'a>(reader: &mut Reader<'a>) -> Result<&'a [u8], DecodeError> {
        reader.bytes(limits::PAYLOAD_BYTES, "bytes")
    }

    fn lend<'b>(value: &'b mut &[u8]) -> &'b [u8] {
        value
    }
}

impl Pin {
    /// Appends a PIN to a request.
    pub fn encode(pin: Option<&[u8]>, writer: &mut Writer<'_>) {
        writer.u8(u8::from(pin.is_some()));
        writer.bytes(pin.unwrap_or_default());
    }
}

impl Shape for Pin {
    type Value<'a> = Option<&'a [u8]>;
    type Lent<'b> = Option<&'b [u8]>;

    fn decode<'a>(reader: &mut Reader<'a>) -> Result<Option<&'a [u8]>, DecodeError> {
        let present = reader.u8("a PIN")? != 0;
        // Longer PINs than any token takes are still read, so that the token can answer CKR_PIN_LEN_RANGE.
        let pin = reader.bytes(limits::ATTRIBUTE_BYTES, "a PIN")?;
        Ok(present.then_some(pin))
    }

    fn lend<'b>(value: &'b mut Option<&[u8]>) -> Option<&'b [u8]> {
        *value
    }
}

impl Shape for Label {
    type Value<'a> = [u8; 32];
    type Lent<'b> = &'b [u8; 32];

    fn decode<'a>(reader: &mut Reader<'a>) -> Result<[u8; 32], DecodeError> {
        reader.array("a label")
    }

    fn lend(value: &mut [u8; 32]) -> &[u8; 32] {
        value
    }
}

/// An attribute with its value, borrowed from the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attribute<'a> {
    /// Which attribute.
    pub id: AttributeType,
    /// Its value: numbers as eight bytes, little-endian; everything else as the application wrote it.
    pub value: &'a [u8],
}

impl TemplateIn {
    /// Appends a template to a request.
    pub fn encode(template: &[Attribute<'_>], writer: &mut Writer<'_>) {
        writer.count(template.len());
        for attribute in template {
            writer.u64(attribute.id.0);
            writer.bytes(attribute.value);
        }
    }

    /// Reads a template that is the value of an attribute: it is written there as templates are written everywhere.
    ///
    /// # Errors
    /// [`DecodeError`] where the bytes are no template.
    pub fn read_value(value: &[u8]) -> Result<Vec<Attribute<'_>>, DecodeError> {
        let mut reader = Reader::new(SessionHandle(0), value);
        let template = Self::decode(&mut reader)?;
        reader.finish()?;
        Ok(template)
    }
}

impl Shape for TemplateIn {
    type Value<'a> = Vec<Attribute<'a>>;
    type Lent<'b> = &'b [Attribute<'b>];

    fn decode<'a>(reader: &mut Reader<'a>) -> Result<Vec<Attribute<'a>>, DecodeError> {
        let count = reader.count(limits::TEMPLATE_ATTRIBUTES, "a template")?;
        (0..count)
            .map(|_| {
                let id = AttributeType(reader.u64("an attribute's type")?);
                Ok(Attribute {
                    id,
                    value: reader.bytes(limits::ATTRIBUTE_BYTES, "an attribute")?,
                })
            })
            .collect()
    }

    fn lend<'b>(value: &'b mut Vec<Attribute<'_>>) -> &'b [Attribute<'b>] {
        value
    }
}

/// A mechanism with its parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MechanismArgument<'a> {
    /// Which mechanism; it need not be one that the token knows.
    pub id: MechanismType,
    /// Its parameters, in the shape that the mechanism's row names.
    pub params: Params<'a>,
}

impl MechanismIn {
    /// Appends a mechanism to a request.
    pub fn encode(argument: Option<&MechanismArgument<'_>>, writer: &mut Writer<'_>) {
        let Some(argument) = argument else {
            return writer.u8(0);
        };
        writer.u8(1);
        writer.u64(argument.id.0);
        encode_params(&argument.params, writer);
    }
}

impl Shape for MechanismIn {
    type Value<'a> = Option<MechanismArgument<'a>>;
    type Lent<'b> = Option<MechanismArgument<'b>>;

    fn decode<'a>(reader: &mut Reader<'a>) -> Result<Self::Value<'a>, DecodeError> {
        if reader.u8("a mechanism")? == 0 {
            return Ok(None);
        }
        let id = MechanismType(reader.u64("a mechanism's type")?);
        Ok(Some(MechanismArgument {
            id,
            params: decode_params(reader)?,
        }))
    }

    fn lend<'b>(value: &'b mut Option<MechanismArgument<'_>>) -> Self::Lent<'b> {
        *value
    }
}

pub(super) fn encode_params(params: &Params<'_>, writer: &mut Writer<'_>) {
    match *params {
        Params::None => writer.u8(0),
        Params::Malformed => writer.u8(1),
        Params::Bytes(bytes) => {
            writer.u8(2);
            writer.bytes(bytes);
        }
        Params::Length(length) => {
            writer.u8(3);
            writer.u64(length);
        }
        Params::Counter {
            counter_bits,
            block,
        } => {
            writer.u8(4);
            writer.u64(counter_bits);
            writer.raw(&block);
        }
        Params::Oaep { digest, mgf, label } => {
            writer.u8(6);
            writer.u64(digest.0);
            writer.u64(mgf.0);
            writer.bytes(label);
        }
        Params::Pss {
            digest,
            mgf,
            salt_len,
        } => {
            writer.u8(7);
            writer.u64(digest.0);
            writer.u64(mgf.0);
            writer.u64(salt_len);
        }
        Params::Eddsa { prehash, context } => {
            writer.u8(9);
            writer.u8(u8::from(prehash));
            writer.bytes(context);
        }
        Params::Otp(ref otp) => {
            writer.u8(61);
            otp::encode(otp, writer);
        }
        Params::Ccm { .. } | Params::Gcm { .. } => encode_authenticated(params, writer),
        Params::RsaAes { .. } | Params::EcdhAes { .. } => encode_transport(params, writer),
        Params::SignContext { .. } => encode_sign_context(params, writer),
        Params::Aead { .. } => encode_aead(params, writer),
        Params::CounterKdf { .. }
        | Params::Ecdh { .. }
        | Params::FeedbackKdf { .. }
        | Params::Hkdf { .. }
        | Params::Key(_)
        | Params::Password { .. }
        | Params::TlsExport { .. }
        | Params::TlsExtendedMaster { .. }
        | Params::TlsKeys { .. }
        | Params::TlsMac { .. }
        | Params::TlsMaster { .. }
        | Params::VectorAndData { .. } => {
            derivation::encode(params, writer);
        }
    }
}

/// Writes the parameters of authenticated encryption in one piece; there is nothing to write of others.
fn encode_authenticated(params: &Params<'_>, writer: &mut Writer<'_>) {
    match *params {
        Params::Gcm { iv, aad, tag_bits } => {
            writer.u8(5);
            writer.bytes(iv);
            writer.bytes(aad);
            writer.u64(tag_bits);
        }
        Params::Ccm {
            data_len,
            nonce,
            aad,
            mac_len,
        } => {
            writer.u8(10);
            writer.u64(data_len);
            writer.bytes(nonce);
            writer.bytes(aad);
            writer.u64(mac_len);
        }
        _ => {}
    }
}

/// Writes how an AES key of the moment gets across.
fn encode_transport(params: &Params<'_>, writer: &mut Writer<'_>) {
    match *params {
        Params::RsaAes {
            aes_bits,
            digest,
            mgf,
            label,
        } => {
            writer.u8(20);
            writer.u64(aes_bits);
            writer.u64(digest.0);
            writer.u64(mgf.0);
            writer.bytes(label);
        }
        Params::EcdhAes {
            aes_bits,
            kdf,
            shared_data,
        } => {
            writer.u8(21);
            writer.u64(aes_bits);
            writer.u64(kdf.0);
            writer.bytes(shared_data);
        }
        _ => {}
    }
}

/// Reads the context of a signature, with the digest where there is one.
fn decode_sign_context<'a>(
    reader: &mut Reader<'a>,
    hashed: bool,
) -> Result<Params<'a>, DecodeError> {
    const WHAT: &str = "the context of a signature";
    Ok(Params::SignContext {
        hedge: Hedge(reader.u64(WHAT)?),
        context: reader.bytes(limits::ATTRIBUTE_BYTES, WHAT)?,
        digest: if hashed {
            Some(MechanismType(reader.u64(WHAT)?))
        } else {
            None
        },
    })
}

/// Writes the parameters of what is sealed or opened; there is nothing to write of others.
fn encode_aead(params: &Params<'_>, writer: &mut Writer<'_>) {
    let Params::Aead {
        nonce,
        fixed_bits,
        generator,
        data_len,
        aad,
        tag,
        tag_bits,
    } = *params
    else {
        return;
    };
    writer.u8(52);
    writer.bytes(nonce);
    writer.u64(fixed_bits);
    writer.u64(generator.0);
    writer.u64(data_len);
    writer.bytes(aad);
    writer.u8(u8::from(tag.is_some()));
    if let Some(tag) = tag {
        writer.bytes(tag);
    }
    writer.u64(tag_bits);
}

fn decode_aead<'a>(reader: &mut Reader<'a>) -> Result<Params<'a>, DecodeError> {
    const WHAT: &str = "the parameter of what is sealed";
    Ok(Params::Aead {
        nonce: reader.bytes(limits::ATTRIBUTE_BYTES, WHAT)?,
        fixed_bits: reader.u64(WHAT)?,
        generator: Mgf(reader.u64(WHAT)?),
        data_len: reader.u64(WHAT)?,
        aad: reader.bytes(limits::PAYLOAD_BYTES, WHAT)?,
        tag: match reader.u8(WHAT)? {
            0 => None,
            _ => Some(reader.bytes(limits::ATTRIBUTE_BYTES, WHAT)?),
        },
        tag_bits: reader.u64(WHAT)?,
    })
}

/// Writes the context of a signature; there is nothing to write of others.
fn encode_sign_context(params: &Params<'_>, writer: &mut Writer<'_>) {
    let Params::SignContext {
        hedge,
        context,
        digest,
    } = *params
    else {
        return;
    };
    writer.u8(if digest.is_some() { 51 } else { 50 });
    writer.u64(hedge.0);
    writer.bytes(context);
    if let Some(digest) = digest {
        writer.u64(digest.0);
    }
}

pub(super) fn decode_params<'a>(reader: &mut Reader<'a>) -> Result<Params<'a>, DecodeError> {
    const WHAT: &str = "a mechanism's parameter";
    Ok(match reader.u8(WHAT)? {
        0 => Params::None,
        1 => Params::Malformed,
        2 => Params::Bytes(reader.bytes(limits::ATTRIBUTE_BYTES, WHAT)?),
        3 => Params::Length(reader.u64(WHAT)?),
        4 => Params::Counter {
            counter_bits: reader.u64(WHAT)?,
            block: reader.array(WHAT)?,
        },
        5 => Params::Gcm {
            iv: reader.bytes(limits::ATTRIBUTE_BYTES, WHAT)?,
            aad: reader.bytes(limits::PAYLOAD_BYTES, WHAT)?,
            tag_bits: reader.u64(WHAT)?,
        },
        6 => Params::Oaep {
            digest: MechanismType(reader.u64(WHAT)?),
            mgf: Mgf(reader.u64(WHAT)?),
            label: reader.bytes(limits::ATTRIBUTE_BYTES, WHAT)?,
        },
        7 => Params::Pss {
            digest: MechanismType(reader.u64(WHAT)?),
            mgf: Mgf(reader.u64(WHAT)?),
            salt_len: reader.u64(WHAT)?,
        },
        9 => Params::Eddsa {
            prehash: reader.u8(WHAT)? != 0,
            context: reader.bytes(limits::ATTRIBUTE_BYTES, WHAT)?,
        },
        10 => Params::Ccm {
            data_len: reader.u64(WHAT)?,
            nonce: reader.bytes(limits::ATTRIBUTE_BYTES, WHAT)?,
            aad: reader.bytes(limits::PAYLOAD_BYTES, WHAT)?,
            mac_len: reader.u64(WHAT)?,
        },
        20 => Params::RsaAes {
            aes_bits: reader.u64(WHAT)?,
            digest: MechanismType(reader.u64(WHAT)?),
            mgf: Mgf(reader.u64(WHAT)?),
            label: reader.bytes(limits::ATTRIBUTE_BYTES, WHAT)?,
        },
        21 => Params::EcdhAes {
            aes_bits: reader.u64(WHAT)?,
            kdf: KeyDerivation(reader.u64(WHAT)?),
            shared_data: reader.bytes(limits::ATTRIBUTE_BYTES, WHAT)?,
        },
        tag @ (8 | 11 | 12 | 30..=37 | 60) => derivation::decode(tag, reader)?,
        52 => decode_aead(reader)?,
        61 => Params::Otp(otp::decode(reader)?),
        tag @ (50 | 51) => decode_sign_context(reader, tag == 51)?,
        tag => {
            return Err(DecodeError::Unknown {
                what: WHAT,
                tag: tag.into(),
            });
        }
    })
}
