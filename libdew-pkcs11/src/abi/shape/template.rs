//! Templates: arrays of `CK_ATTRIBUTE`.

use ck::{AttributeType, Rv};
use cryptoki_sys::{CK_ATTRIBUTE, CK_ULONG, CKF_ARRAY_ATTRIBUTE};
use proto::shape::{self, Attribute, AttributeRead, AttributeRequest, Room, UNAVAILABLE};
use proto::{DecodeError, Reader, Writer, limits};

use super::bytes::{ROOM_BYTES, room};
use super::{CArgument, OVERFLOW};
use crate::abi::memory::{HostBytes, copy_out};

/// How many bytes an attribute takes in a request besides its value.
const ATTRIBUTE_OVERHEAD: usize = 12;

/// Copies the host's array of attributes.
///
/// # Safety
/// The pointer must be null or point to so many attributes.
unsafe fn read_array(
    attributes: *const CK_ATTRIBUTE,
    count: CK_ULONG,
) -> Result<Vec<CK_ATTRIBUTE>, Rv> {
    let count = usize::try_from(count).map_err(|_| Rv::ARGUMENTS_BAD)?;
    if count > limits::TEMPLATE_ATTRIBUTES || (attributes.is_null() && count > 0) {
        return Err(Rv::ARGUMENTS_BAD);
    }
    // SAFETY: the pointer is not null, and the caller answers for as many attributes as it says.
    Ok((0..count)
        .map(|index| unsafe { attributes.add(index).read_unaligned() })
        .collect())
}

/// Tells whether the value is an array of a kind that is not known: the token is told of the attribute alone.
fn is_unknown_array(id: AttributeType) -> bool {
    id.0 & CKF_ARRAY_ATTRIBUTE != 0 && id != AttributeType::ALLOWED_MECHANISMS
}

/// How many bytes an attribute takes in an array of the host's.
const ATTRIBUTE_BYTES: usize = size_of::<CK_ATTRIBUTE>();

/// A value that goes in.
enum Given {
    Bytes(HostBytes),
    /// It is itself a template.
    Template(Vec<(AttributeType, HostBytes)>),
}

impl Given {
    /// Reads a value of the host's.
    ///
    /// # Safety
    /// What the attribute points to must be as long as it says.
    unsafe fn read(attribute: &CK_ATTRIBUTE) -> Result<Self, Rv> {
        let id = AttributeType(attribute.type_);
        if !ck::is_template(id) {
            // SAFETY: the caller's promise.
            return unsafe { read_bytes(attribute) }.map(Self::Bytes);
        }
        let length =
            usize::try_from(attribute.ulValueLen).map_err(|_| Rv::ATTRIBUTE_VALUE_INVALID)?;
        if !length.is_multiple_of(ATTRIBUTE_BYTES) {
            return Err(Rv::ATTRIBUTE_VALUE_INVALID);
        }
        let count = attribute.ulValueLen / ATTRIBUTE_BYTES as CK_ULONG;
        // SAFETY: the caller's promise.
        let inner = unsafe { read_array(attribute.pValue.cast(), count) };
        let inner = inner.map_err(|_| Rv::ATTRIBUTE_VALUE_INVALID)?;
        let value = |inner: &CK_ATTRIBUTE| {
            let id = AttributeType(inner.type_);
            if ck::is_template(id) {
                // One level is what the standard has.
                return Err(Rv::ATTRIBUTE_VALUE_INVALID);
            }
            // SAFETY: the caller's promise.
            Ok((id, unsafe { read_bytes(inner)? }))
        };
        inner
            .iter()
            .map(value)
            .collect::<Result<_, _>>()
            .map(Self::Template)
    }

    fn len(&self) -> usize {
        match self {
            Self::Bytes(bytes) => bytes.len(),
            Self::Template(inner) => template_len(inner.iter().map(|(_, value)| value.len())),
        }
    }
}

/// Reads a value that is no template.
///
/// # Safety
/// What the attribute points to must be as long as it says.
unsafe fn read_bytes(attribute: &CK_ATTRIBUTE) -> Result<HostBytes, Rv> {
    if is_unknown_array(AttributeType(attribute.type_)) {
        return Ok(HostBytes::EMPTY);
    }
    HostBytes::new(
        attribute.pValue.cast(),
        attribute.ulValueLen,
        limits::ATTRIBUTE_BYTES,
        Rv::ATTRIBUTE_VALUE_INVALID,
    )
}

/// How many bytes a template takes in a request, by the lengths of its values.
fn template_len(values: impl Iterator<Item = usize>) -> usize {
    4 + values.map(|len| ATTRIBUTE_OVERHEAD + len).sum::<usize>()
}

/// Writes a template.
///
/// # Safety
/// The host must keep the values as they are meanwhile.
unsafe fn encode_template(template: &[(AttributeType, HostBytes)], writer: &mut Writer<'_>) {
    let attribute = |(id, value): &(AttributeType, HostBytes)| Attribute {
        id: *id,
        // SAFETY: the caller's promise.
        value: unsafe { value.get() },
    };
    let attributes: Vec<_> = template.iter().map(attribute).collect();
    shape::TemplateIn::encode(&attributes, writer);
}

/// A template that goes in.
pub(in crate::abi) struct TemplateIn(Vec<(AttributeType, Given)>);

impl CArgument for TemplateIn {
    type C = (*mut CK_ATTRIBUTE, CK_ULONG);

    unsafe fn read((attributes, count): Self::C) -> Result<Self, Rv> {
        // SAFETY: the caller's promise.
        let attributes = unsafe { read_array(attributes, count)? };
        let given = |attribute: &CK_ATTRIBUTE| {
            // SAFETY: the caller's promise.
            let value = unsafe { Given::read(attribute)? };
            Ok((AttributeType(attribute.type_), value))
        };
        attributes
            .iter()
            .map(given)
            .collect::<Result<_, _>>()
            .map(Self)
    }

    fn size(&self) -> usize {
        template_len(self.0.iter().map(|(_, value)| value.len()))
    }

    unsafe fn encode(&self, writer: &mut Writer<'_>) {
        writer.count(self.0.len());
        for (id, value) in &self.0 {
            writer.u64(id.0);
            match value {
                // SAFETY: the caller's promise.
                Given::Bytes(bytes) => writer.bytes(unsafe { bytes.get() }),
                Given::Template(inner) => {
                    let mut bytes = Vec::with_capacity(value.len());
                    // SAFETY: the caller's promise.
                    unsafe { encode_template(inner, &mut Writer::new(&mut bytes)) };
                    writer.bytes(&bytes);
                }
            }
        }
    }
}

/// A template whose values come out.
pub(in crate::abi) struct TemplateOut {
    /// The host's array, where lengths are written back.
    array: *mut CK_ATTRIBUTE,
    /// What stood there.
    attributes: Vec<Wanted>,
}

/// An attribute that the host asks for.
struct Wanted {
    attribute: CK_ATTRIBUTE,
    /// What stands in its own array, where it is a template.
    inner: Vec<CK_ATTRIBUTE>,
}

impl Wanted {
    /// Reads what the host asks for.
    ///
    /// # Safety
    /// What the attribute points to must be as long as it says.
    unsafe fn read(attribute: CK_ATTRIBUTE) -> Result<Self, Rv> {
        let mut inner = Vec::new();
        if ck::is_template(AttributeType(attribute.type_)) && !attribute.pValue.is_null() {
            let most = limits::TEMPLATE_ATTRIBUTES as CK_ULONG;
            let count = (attribute.ulValueLen / ATTRIBUTE_BYTES as CK_ULONG).min(most);
            // SAFETY: the caller's promise.
            inner = unsafe { read_array(attribute.pValue.cast(), count)? };
        }
        Ok(Self { attribute, inner })
    }

    fn id(&self) -> AttributeType {
        AttributeType(self.attribute.type_)
    }

    fn request(&self) -> AttributeRequest {
        let id = self.id();
        let room = if ck::is_template(id) && !self.attribute.pValue.is_null() {
            Room::Items(self.inner.len() as u64)
        } else if is_unknown_array(id) {
            Room::Query
        } else {
            room_of(&self.attribute)
        };
        AttributeRequest::new(id, room, self.inner.iter().map(room_of).collect())
    }

    /// Copies the answer to the host and returns the length that stands for it.
    ///
    /// # Safety
    /// The attribute must be one of the host's, which has the room that it says.
    unsafe fn write(&self, reader: &mut Reader<'_>) -> Result<CK_ULONG, DecodeError> {
        match shape::TemplateOut::read_answer(reader)? {
            AttributeRead::Length(count) if ck::is_template(self.id()) => {
                Ok(count.saturating_mul(ATTRIBUTE_BYTES as CK_ULONG))
            }
            AttributeRead::Template(count) => {
                if count > self.inner.len() {
                    return Err(OVERFLOW);
                }
                let array = self.attribute.pValue.cast::<CK_ATTRIBUTE>();
                for (index, inner) in self.inner.iter().take(count).enumerate() {
                    let id = reader.u64("an attribute's type")?;
                    let answer = shape::TemplateOut::read_answer(reader)?;
                    // SAFETY: the caller's promise.
                    let length = unsafe { write_value(inner, answer)? };
                    // SAFETY: the array has an attribute of this index; only its pointer is left as it is.
                    unsafe {
                        let place = array.add(index);
                        (&raw mut (*place).type_).write_unaligned(id);
                        (&raw mut (*place).ulValueLen).write_unaligned(length);
                    }
                }
                Ok(CK_ULONG::try_from(count * ATTRIBUTE_BYTES).unwrap_or(UNAVAILABLE))
            }
            // SAFETY: the caller's promise.
            answer => unsafe { write_value(&self.attribute, answer) },
        }
    }
}

/// The room for an attribute's value.
fn room_of(attribute: &CK_ATTRIBUTE) -> Room {
    room(attribute.pValue, attribute.ulValueLen)
}

/// Copies an answer that is no template to the host, and returns the length that stands for it.
///
/// # Safety
/// The attribute must be one of the host's, which has the room that it says.
unsafe fn write_value(
    attribute: &CK_ATTRIBUTE,
    answer: AttributeRead<'_>,
) -> Result<CK_ULONG, DecodeError> {
    match answer {
        AttributeRead::Unavailable => Ok(UNAVAILABLE),
        AttributeRead::Length(length) => Ok(length),
        AttributeRead::Template(_) => Err(OVERFLOW),
        AttributeRead::Value(value) => {
            if !room_of(attribute).fits(value.len()) {
                return Err(OVERFLOW);
            }
            // SAFETY: the value fits the room that the host has for it.
            unsafe { copy_out(value, attribute.pValue.cast()) };
            Ok(CK_ULONG::try_from(value.len()).unwrap_or(UNAVAILABLE))
        }
    }
}

impl CArgument for TemplateOut {
    type C = (*mut CK_ATTRIBUTE, CK_ULONG);

    unsafe fn read((array, count): Self::C) -> Result<Self, Rv> {
        // SAFETY: the caller's promise.
        let attributes = unsafe { read_array(array, count)? };
        let attributes = attributes
            .into_iter()
            // SAFETY: the caller's promise.
            .map(|attribute| unsafe { Wanted::read(attribute) })
            .collect::<Result<_, _>>()?;
        Ok(Self { array, attributes })
    }

    fn size(&self) -> usize {
        let wanted =
            |wanted: &Wanted| ATTRIBUTE_OVERHEAD + ROOM_BYTES + 4 + wanted.inner.len() * ROOM_BYTES;
        4 + self.attributes.iter().map(wanted).sum::<usize>()
    }

    unsafe fn encode(&self, writer: &mut Writer<'_>) {
        let requests: Vec<_> = self.attributes.iter().map(Wanted::request).collect();
        shape::TemplateOut::encode(&requests, writer);
    }

    unsafe fn write_back(&self, reader: &mut Reader<'_>) -> Result<(), DecodeError> {
        let count = reader.count(limits::TEMPLATE_ATTRIBUTES, "a template")?;
        if count != self.attributes.len() {
            return Err(OVERFLOW);
        }
        for (index, wanted) in self.attributes.iter().enumerate() {
            // SAFETY: the attributes were read from the host's array in this order.
            let length = unsafe { wanted.write(reader)? };
            // SAFETY: the array has an attribute of this index, and only the length in it is touched.
            unsafe { (&raw mut (*self.array.add(index)).ulValueLen).write_unaligned(length) };
        }
        Ok(())
    }
}
