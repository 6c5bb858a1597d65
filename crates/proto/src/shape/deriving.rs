//! Key derivation whose parameters are filled in, and which may have no handle to answer with.

use super::{
    Attribute, DerivingMechanism, KeyPlace, MechanismArgument, MechanismIn, NumberOut, Shape,
    TemplateIn,
};
use crate::codec::{DecodeError, Reader, Writer};

/// The most keys that a derivation makes besides.
pub const MOST_KEYS: usize = 16;
/// The longest initialisation vectors of both sides together, in bytes.
const VECTORS_BYTES: usize = 32;

/// What the token puts into the parameters of a mechanism that derives; nothing, for most.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Derived {
    /// The version of the protocol that a secret of TLS begins with (`CK_VERSION`).
    pub version: Option<[u8; 2]>,
    /// The handles of keys that are made besides; 0 stands for one that is not wanted.
    pub keys: Vec<u64>,
    /// The initialisation vectors of client and server, as long as each other.
    pub vectors: Vec<u8>,
}

impl DerivingMechanism {
    /// Reads what is to be put into the parameters from a reply, on the caller's side.
    ///
    /// # Errors
    /// [`DecodeError`] where the bytes are no such answer.
    pub fn read_reply(reader: &mut Reader<'_>) -> Result<Derived, DecodeError> {
        const WHAT: &str = "what a key derivation fills in";
        let present = reader.u8(WHAT)? != 0;
        let version = reader.array(WHAT)?;
        let count = reader.count(MOST_KEYS, WHAT)?;
        let keys = (0..count).map(|_| reader.u64(WHAT));
        Ok(Derived {
            version: present.then_some(version),
            keys: keys.collect::<Result<_, _>>()?,
            vectors: reader.bytes(VECTORS_BYTES, WHAT)?.to_vec(),
        })
    }

    /// Appends what is to be put into the parameters to a reply.
    pub fn write_reply(derived: &Derived, writer: &mut Writer<'_>) {
        writer.u8(u8::from(derived.version.is_some()));
        writer.raw(&derived.version.unwrap_or_default());
        writer.count(derived.keys.len());
        derived.keys.iter().for_each(|key| writer.u64(*key));
        writer.bytes(&derived.vectors);
    }
}

impl Shape for DerivingMechanism {
    type Value<'a> = (
        Option<MechanismArgument<'a>>,
        Vec<Vec<Attribute<'a>>>,
        Derived,
    );
    type Lent<'b> = Deriving<'b>;

    fn decode<'a>(reader: &mut Reader<'a>) -> Result<Self::Value<'a>, DecodeError> {
        let mechanism = MechanismIn::decode(reader)?;
        let count = reader.count(MOST_KEYS, "templates of derived keys")?;
        let more = (0..count).map(|_| TemplateIn::decode(reader));
        Ok((
            mechanism,
            more.collect::<Result<_, _>>()?,
            Derived::default(),
        ))
    }

    fn lend<'b>(value: &'b mut Self::Value<'_>) -> Self::Lent<'b> {
        Deriving {
            mechanism: value.0,
            more: &value.1,
            derived: &mut value.2,
        }
    }

    fn reply(value: &Self::Value<'_>, writer: &mut Writer<'_>) {
        Self::write_reply(&value.2, writer);
    }
}

/// A mechanism that derives, as the handler is given it.
#[derive(Debug)]
pub struct Deriving<'b> {
    /// The mechanism.
    pub mechanism: Option<MechanismArgument<'b>>,
    /// The templates of keys that are derived besides.
    pub more: &'b [Vec<Attribute<'b>>],
    /// What comes out in the parameters.
    pub derived: &'b mut Derived,
}

/// Where the handle of a new key goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NewKey {
    /// Whether the caller has a place for it.
    pub wanted: bool,
    /// The handle.
    pub handle: Option<u64>,
}

impl KeyPlace {
    /// Appends to a request whether there is a place.
    pub fn encode(wanted: bool, writer: &mut Writer<'_>) {
        writer.u8(u8::from(wanted));
    }

    /// Reads the handle from a reply, on the caller's side.
    ///
    /// # Errors
    /// [`DecodeError`] where the bytes are no such answer.
    pub fn read_reply(reader: &mut Reader<'_>) -> Result<Option<u64>, DecodeError> {
        NumberOut::read_reply(reader)
    }
}

impl Shape for KeyPlace {
    type Value<'a> = NewKey;
    type Lent<'b> = &'b mut NewKey;

    fn decode<'a>(reader: &mut Reader<'a>) -> Result<Self::Value<'a>, DecodeError> {
        Ok(NewKey {
            wanted: reader.u8("the place of a handle")? != 0,
            handle: None,
        })
    }

    fn lend<'b>(value: &'b mut Self::Value<'_>) -> Self::Lent<'b> {
        value
    }

    fn reply(value: &Self::Value<'_>, writer: &mut Writer<'_>) {
        NumberOut::reply(&value.handle, writer);
    }
}
