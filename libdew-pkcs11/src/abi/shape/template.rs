//! Templates: arrays of `CK_ATTRIBUTE`.

use ck::{AttributeType, Rv};
use cryptoki_sys::{CK_ATTRIBUTE, CK_ULONG, CKF_ARRAY_ATTRIBUTE};
use proto::shape::{self, Attribute, Room};
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

/// Tells whether the value is itself an array of attributes. Those are not carried yet: the token is told of the
/// attribute alone and refuses it.
fn is_nested(id: AttributeType) -> bool {
    id.0 & CKF_ARRAY_ATTRIBUTE != 0 && id != AttributeType::ALLOWED_MECHANISMS
}

/// A template that goes in.
pub(in crate::abi) struct TemplateIn(Vec<(AttributeType, HostBytes)>);

impl CArgument for TemplateIn {
    type C = (*mut CK_ATTRIBUTE, CK_ULONG);

    unsafe fn read((attributes, count): Self::C) -> Result<Self, Rv> {
        // SAFETY: the caller's promise.
        let attributes = unsafe { read_array(attributes, count)? };
        let value = |attribute: &CK_ATTRIBUTE| {
            let id = AttributeType(attribute.type_);
            if is_nested(id) {
                return Ok((id, HostBytes::EMPTY));
            }
            let value = HostBytes::new(
                attribute.pValue.cast(),
                attribute.ulValueLen,
                limits::ATTRIBUTE_BYTES,
                Rv::ATTRIBUTE_VALUE_INVALID,
            )?;
            Ok((id, value))
        };
        attributes
            .iter()
            .map(value)
            .collect::<Result<_, _>>()
            .map(Self)
    }

    fn size(&self) -> usize {
        let attribute = |(_, value): &(_, HostBytes)| ATTRIBUTE_OVERHEAD + value.len();
        4 + self.0.iter().map(attribute).sum::<usize>()
    }

    unsafe fn encode(&self, writer: &mut Writer<'_>) {
        let attributes: Vec<_> = self
            .0
            .iter()
            .map(|(id, value)| Attribute {
                id: *id,
                // SAFETY: the caller's promise.
                value: unsafe { value.get() },
            })
            .collect();
        shape::TemplateIn::encode(&attributes, writer);
    }
}

/// A template whose values come out.
pub(in crate::abi) struct TemplateOut {
    /// The host's array, where lengths are written back.
    array: *mut CK_ATTRIBUTE,
    /// What stood there.
    attributes: Vec<CK_ATTRIBUTE>,
}

impl TemplateOut {
    /// The room for an attribute's value.
    fn room(attribute: &CK_ATTRIBUTE) -> Room {
        room(attribute.pValue, attribute.ulValueLen)
    }

    /// Copies one attribute's answer to the host.
    ///
    /// # Safety
    /// The attribute must be the `index`th of the host's array.
    unsafe fn write_attribute(
        &self,
        index: usize,
        attribute: &CK_ATTRIBUTE,
        reader: &mut Reader<'_>,
    ) -> Result<(), DecodeError> {
        let (length, value) = shape::TemplateOut::read_answer(reader)?;
        if let Some(value) = value {
            if !Self::room(attribute).fits(value.len()) {
                return Err(OVERFLOW);
            }
            // SAFETY: the value fits the room that the host has for it.
            unsafe { copy_out(value, attribute.pValue.cast()) };
        }
        // SAFETY: the array has an attribute of this index, and only the length in it is touched.
        unsafe { (&raw mut (*self.array.add(index)).ulValueLen).write_unaligned(length) };
        Ok(())
    }
}

impl CArgument for TemplateOut {
    type C = (*mut CK_ATTRIBUTE, CK_ULONG);

    unsafe fn read((array, count): Self::C) -> Result<Self, Rv> {
        Ok(Self {
            array,
            // SAFETY: the caller's promise.
            attributes: unsafe { read_array(array, count)? },
        })
    }

    fn size(&self) -> usize {
        4 + self.attributes.len() * (ATTRIBUTE_OVERHEAD + ROOM_BYTES)
    }

    unsafe fn encode(&self, writer: &mut Writer<'_>) {
        let request = |attribute: &CK_ATTRIBUTE| {
            let id = AttributeType(attribute.type_);
            let room = if is_nested(id) {
                Room::Query
            } else {
                Self::room(attribute)
            };
            (id, room)
        };
        let requests: Vec<_> = self.attributes.iter().map(request).collect();
        shape::TemplateOut::encode(&requests, writer);
    }

    unsafe fn write_back(&self, reader: &mut Reader<'_>) -> Result<(), DecodeError> {
        let count = reader.count(limits::TEMPLATE_ATTRIBUTES, "a template")?;
        if count != self.attributes.len() {
            return Err(OVERFLOW);
        }
        for (index, attribute) in self.attributes.iter().enumerate() {
            // SAFETY: the attributes were read from the host's array in this order.
            unsafe { self.write_attribute(index, attribute, reader)? };
        }
        Ok(())
    }
}
