//! The attributes of one object, and how they are written down.
//!
//! A body is canonical: format, serial number, count, then every attribute in the order of the types, each once. The
//! decoder is bounded and refuses whatever the encoder would not have written.

use ck::{AttributeType, KeyType, ObjectClass};
use proto::shape::SessionHandle;
use proto::{DecodeError, Reader, Writer, limits};
use thiserror::Error;
use zeroize::Zeroizing;

/// The only layout there is so far.
const FORMAT: u8 = 1;

/// The most attributes of one object: the largest class has some forty.
const ATTRIBUTES_MAX: usize = 128;

/// The value of one attribute, wiped when dropped.
pub(crate) type Value = Zeroizing<Vec<u8>>;

/// The attributes of one object, in the order of their types.
#[derive(Default)]
pub struct Attributes(Vec<(AttributeType, Value)>);

/// Why bytes are not the body of an object.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum BodyError {
    /// It is cut, too long or too large.
    #[error(transparent)]
    Codec(#[from] DecodeError),
    /// The layout is none that this version knows.
    #[error("the layout {0} is unknown")]
    Format(u8),
    /// An attribute stands twice or in the wrong place.
    #[error("{0} stands in the wrong place")]
    Order(AttributeType),
}

impl Attributes {
    /// The value, where the object has one.
    #[must_use]
    pub fn get(&self, id: AttributeType) -> Option<&[u8]> {
        self.position(id)
            .ok()
            .map(|index| self.0[index].1.as_slice())
    }

    /// Tells whether a flag is there and true.
    #[must_use]
    pub fn is(&self, id: AttributeType) -> bool {
        self.get(id) == Some(&[1])
    }

    /// The value as a number.
    #[must_use]
    pub fn number(&self, id: AttributeType) -> Option<u64> {
        self.get(id)?.try_into().ok().map(u64::from_le_bytes)
    }

    /// Sets a value.
    pub fn set(&mut self, id: AttributeType, value: impl Into<Vec<u8>>) {
        self.set_value(id, Zeroizing::new(value.into()));
    }

    /// Sets a flag.
    pub fn set_flag(&mut self, id: AttributeType, value: bool) {
        self.set(id, [u8::from(value)]);
    }

    /// Sets a number.
    pub fn set_number(&mut self, id: AttributeType, value: u64) {
        self.set(id, value.to_le_bytes());
    }

    /// Takes over a value.
    pub(crate) fn set_value(&mut self, id: AttributeType, value: Value) {
        match self.position(id) {
            Ok(index) => self.0[index].1 = value,
            Err(index) => self.0.insert(index, (id, value)),
        }
    }

    /// The class; every object has one.
    #[must_use]
    pub fn class(&self) -> ObjectClass {
        ObjectClass(self.number(AttributeType::CLASS).unwrap_or(u64::MAX))
    }

    /// The key type, of keys.
    #[must_use]
    pub fn key_type(&self) -> Option<KeyType> {
        self.number(AttributeType::KEY_TYPE).map(KeyType)
    }

    /// Goes through all of them.
    pub fn iter(&self) -> impl Iterator<Item = (AttributeType, &[u8])> {
        self.0.iter().map(|(id, value)| (*id, value.as_slice()))
    }

    /// Makes a second copy, for an object that is copied or changed.
    #[must_use]
    pub fn duplicate(&self) -> Self {
        Self(
            self.0
                .iter()
                .map(|(id, value)| (*id, value.clone()))
                .collect(),
        )
    }

    /// Writes the body of the object with this serial number.
    #[must_use]
    pub fn encode(&self, serial: u64) -> Zeroizing<Vec<u8>> {
        let length: usize = self.0.iter().map(|(_, value)| value.len() + 12).sum();
        // Room for all of it at once: a buffer that grows leaves copies behind.
        let mut bytes = Zeroizing::new(Vec::with_capacity(length + 16));
        let mut writer = Writer::new(&mut bytes);
        writer.u8(FORMAT);
        writer.u64(serial);
        writer.count(self.0.len());
        for (id, value) in &self.0 {
            writer.u64(id.0);
            writer.bytes(value);
        }
        bytes
    }

    /// Reads a body: the serial number and the attributes.
    ///
    /// # Errors
    /// [`BodyError`] for whatever [`Attributes::encode`] would not have written.
    pub fn decode(bytes: &[u8]) -> Result<(u64, Self), BodyError> {
        let mut reader = Reader::new(SessionHandle(0), bytes);
        let format = reader.u8("the layout")?;
        if format != FORMAT {
            return Err(BodyError::Format(format));
        }
        let serial = reader.u64("the serial number")?;
        let count = reader.count(ATTRIBUTES_MAX, "the attributes")?;
        let mut attributes = Vec::with_capacity(count);
        for _ in 0..count {
            let id = AttributeType(reader.u64("an attribute's type")?);
            if attributes.last().is_some_and(|(last, _)| *last >= id) {
                return Err(BodyError::Order(id));
            }
            let value = reader.bytes(limits::ATTRIBUTE_BYTES, "an attribute")?;
            attributes.push((id, Zeroizing::new(value.to_vec())));
        }
        reader.finish()?;
        Ok((serial, Self(attributes)))
    }

    fn position(&self, id: AttributeType) -> Result<usize, usize> {
        self.0.binary_search_by_key(&id, |(known, _)| *known)
    }
}
