//! Reading the attributes of a key.

use ck::AttributeType;

use crate::Error;
use crate::ffi::BigNum;

/// More than any number of a supported key takes (8,192 bits), leading zeros included.
const NUMBER_MAX: usize = 1032;

/// The attributes of a key object.
#[derive(Clone, Copy)]
pub(crate) struct Attributes<'g, 'a> {
    get: &'g dyn Fn(AttributeType) -> Option<&'a [u8]>,
}

impl<'g, 'a> Attributes<'g, 'a> {
    pub(crate) fn new(get: &'g dyn Fn(AttributeType) -> Option<&'a [u8]>) -> Self {
        Self { get }
    }

    /// Returns a value, unless it is absent or empty.
    pub(crate) fn optional(self, id: AttributeType) -> Option<&'a [u8]> {
        (self.get)(id).filter(|value| !value.is_empty())
    }

    /// Returns a value that the key cannot do without.
    pub(crate) fn required(self, id: AttributeType) -> Result<&'a [u8], Error> {
        self.optional(id).ok_or(Error::TemplateIncomplete(id))
    }

    /// Returns the number of the parameter set.
    pub(crate) fn parameter_set(self) -> Result<u64, Error> {
        let value = self.required(AttributeType::PARAMETER_SET)?;
        let bytes = value.try_into();
        bytes
            .map(u64::from_le_bytes)
            .map_err(|_| Error::AttributeInvalid(AttributeType::PARAMETER_SET))
    }

    /// Returns a number, unless it is absent.
    pub(crate) fn optional_number(self, id: AttributeType) -> Result<Option<BigNum>, Error> {
        let Some(value) = self.optional(id) else {
            return Ok(None);
        };
        if value.len() > NUMBER_MAX {
            return Err(Error::AttributeInvalid(id));
        }
        Ok(Some(BigNum::from_bytes(value)?))
    }

    /// Returns a number that the key cannot do without.
    pub(crate) fn number(self, id: AttributeType) -> Result<BigNum, Error> {
        self.optional_number(id)?
            .ok_or(Error::TemplateIncomplete(id))
    }
}
