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
///
/// While an object is made or changed each lies on its own. Those of an object that is kept lie in one piece: a token may have a
/// million objects, with some forty attributes each.
#[derive(Default)]
pub struct Attributes {
    loose: Vec<(AttributeType, Value)>,
    /// Where there is this, nothing is loose.
    packed: Option<Packed>,
}

/// Attributes as a body has them, after its count.
struct Packed {
    bytes: Zeroizing<Vec<u8>>,
    /// Where each attribute begins: its type, the length of its value, its value.
    starts: Box<[u32]>,
}

/// How many bytes of a packed attribute stand before its value: its type and the length.
const PREFIX: usize = 12;

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

impl Packed {
    /// Packs attributes that follow in the order of their types.
    fn new<'a>(pairs: impl Iterator<Item = (AttributeType, &'a [u8])> + Clone) -> Option<Self> {
        let length = pairs.clone().map(|(_, value)| value.len() + PREFIX).sum();
        // Room for all of it at once: a buffer that grows leaves copies behind.
        let mut bytes = Zeroizing::new(Vec::with_capacity(length));
        let mut starts = Vec::new();
        for (id, value) in pairs {
            starts.push(u32::try_from(bytes.len()).ok()?);
            let mut writer = Writer::new(&mut bytes);
            writer.u64(id.0);
            writer.bytes(value);
        }
        let starts = starts.into_boxed_slice();
        Some(Self { bytes, starts })
    }

    fn at(&self, start: u32) -> Option<(AttributeType, &[u8])> {
        let bytes = self.bytes.get(usize::try_from(start).ok()?..)?;
        let (id, bytes) = bytes.split_first_chunk()?;
        let (length, bytes) = bytes.split_first_chunk()?;
        let length = usize::try_from(u32::from_le_bytes(*length)).ok()?;
        Some((AttributeType(u64::from_le_bytes(*id)), bytes.get(..length)?))
    }

    fn iter(&self) -> impl Iterator<Item = (AttributeType, &[u8])> + Clone {
        self.starts.iter().filter_map(|start| self.at(*start))
    }

    fn get(&self, id: AttributeType) -> Option<&[u8]> {
        let known = |start: &u32| self.at(*start).map(|(known, _)| known);
        let place = self.starts.binary_search_by_key(&Some(id), known).ok()?;
        self.at(self.starts[place]).map(|(_, value)| value)
    }
}

impl Attributes {
    /// The value, where the object has one.
    #[must_use]
    pub fn get(&self, id: AttributeType) -> Option<&[u8]> {
        if let Some(packed) = &self.packed {
            return packed.get(id);
        }
        let place = position(&self.loose, id).ok()?;
        Some(self.loose[place].1.as_slice())
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
        let values = self.loosen();
        match position(values, id) {
            Ok(index) => values[index].1 = value,
            Err(index) => values.insert(index, (id, value)),
        }
    }

    /// Puts them into one piece, for an object that is to be kept. What is too large for that stays as it is.
    #[must_use]
    pub(crate) fn packed(self) -> Self {
        if self.packed.is_some() {
            return self;
        }
        match Packed::new(self.iter()) {
            Some(packed) => Self {
                packed: Some(packed),
                ..Self::default()
            },
            None => self,
        }
    }

    fn loosen(&mut self) -> &mut Vec<(AttributeType, Value)> {
        if let Some(packed) = self.packed.take() {
            self.loose = packed.iter().map(owned).collect();
        }
        &mut self.loose
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
    pub fn iter(&self) -> impl Iterator<Item = (AttributeType, &[u8])> + Clone {
        let loose = self.loose.iter().map(|(id, value)| (*id, value.as_slice()));
        loose.chain(self.packed.iter().flat_map(Packed::iter))
    }

    /// Makes a second copy, for an object that is copied or changed.
    #[must_use]
    pub fn duplicate(&self) -> Self {
        Self {
            loose: self.iter().map(owned).collect(),
            packed: None,
        }
    }

    /// Writes the body of the object with this serial number.
    #[must_use]
    pub fn encode(&self, serial: u64) -> Zeroizing<Vec<u8>> {
        let length: usize = self.iter().map(|(_, value)| value.len() + PREFIX).sum();
        // Room for all of it at once: a buffer that grows leaves copies behind.
        let mut bytes = Zeroizing::new(Vec::with_capacity(length + 16));
        let mut writer = Writer::new(&mut bytes);
        writer.u8(FORMAT);
        writer.u64(serial);
        writer.count(self.iter().count());
        for (id, value) in self.iter() {
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
        let (mut last, mut length) = (None, 0);
        let mut starts = Vec::with_capacity(count);
        for _ in 0..count {
            let id = AttributeType(reader.u64("an attribute's type")?);
            if last.is_some_and(|last| last >= id) {
                return Err(BodyError::Order(id));
            }
            let value = reader.bytes(limits::ATTRIBUTE_BYTES, "an attribute")?;
            // So many attributes of so many bytes stay far below what 32 bits count.
            starts.push(u32::try_from(length).unwrap_or(u32::MAX));
            length += PREFIX + value.len();
            last = Some(id);
        }
        reader.finish()?;
        let packed = Packed {
            bytes: Zeroizing::new(bytes[bytes.len() - length..].to_vec()),
            starts: starts.into_boxed_slice(),
        };
        let attributes = Self {
            packed: Some(packed),
            ..Self::default()
        };
        Ok((serial, attributes))
    }
}

fn owned((id, value): (AttributeType, &[u8])) -> (AttributeType, Value) {
    (id, Zeroizing::new(value.to_vec()))
}

fn position(values: &[(AttributeType, Value)], id: AttributeType) -> Result<usize, usize> {
    values.binary_search_by_key(&id, |(known, _)| *known)
}
