//! A template in our own hands: a copy of the host's, to be changed and passed on.

use std::marker::PhantomData;
use std::slice;

use cryptoki_sys::{CK_ATTRIBUTE, CK_ATTRIBUTE_TYPE, CK_RV, CK_ULONG, CK_UNAVAILABLE_INFORMATION};

use super::call::{Call, size};

/// A copy of a template; the values are still the host's, or ours for so long.
#[derive(Debug, Default)]
pub(crate) struct Template<'a>(Vec<CK_ATTRIBUTE>, PhantomData<&'a [u8]>);

impl<'a> Template<'a> {
    /// Copies the template that an argument points to.
    pub(crate) fn of(call: &mut Call, index: usize) -> Self {
        Self(call.template(index).to_vec(), PhantomData)
    }

    /// Returns a value, where the template has the attribute.
    pub(crate) fn value(&self, kind: CK_ATTRIBUTE_TYPE) -> Option<&[u8]> {
        let attribute = self.0.iter().find(|one| one.type_ == kind)?;
        if attribute.pValue.is_null() {
            return Some(&[]);
        }
        let (place, length) = (attribute.pValue.cast::<u8>(), size(attribute.ulValueLen));
        // SAFETY: the host owes a value of this length where the pointer is not null, for as long as the call lasts.
        Some(unsafe { slice::from_raw_parts(place, length) })
    }

    /// Gives an attribute another value, and adds it where it is missing.
    pub(crate) fn set(&mut self, kind: CK_ATTRIBUTE_TYPE, value: &'a [u8]) {
        self.remove(kind);
        self.0.push(CK_ATTRIBUTE {
            type_: kind,
            pValue: value.as_ptr().cast_mut().cast(),
            ulValueLen: value.len() as CK_ULONG,
        });
    }

    /// Removes an attribute.
    pub(crate) fn remove(&mut self, kind: CK_ATTRIBUTE_TYPE) {
        self.0.retain(|one| one.type_ != kind);
    }

    /// Tells whether nothing is left.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Puts the template in the place of the host's.
    pub(crate) fn put(&mut self, call: Call, index: usize) -> Call {
        let place = self.0.as_mut_ptr().expose_provenance();
        call.with(index, place).with(index + 1, self.0.len())
    }

    /// Passes the call on with this template instead of the host's.
    pub(crate) fn pass(mut self, call: Call, index: usize) -> CK_RV {
        self.put(call, index).pass()
    }
}

/// Writes a value into an attribute of the host, where there is room for it, and says its length.
pub(crate) fn report(attribute: &mut CK_ATTRIBUTE, value: &[u8]) {
    let room = size(attribute.ulValueLen);
    if !attribute.pValue.is_null() && room != usize::MAX && room >= value.len() {
        // SAFETY: the host owes as many bytes as it says, and they are no fewer than what is written.
        let place =
            unsafe { slice::from_raw_parts_mut(attribute.pValue.cast::<u8>(), value.len()) };
        place.copy_from_slice(value);
    }
    attribute.ulValueLen = value.len() as CK_ULONG;
}

/// Returns the value of an attribute of the host; none where there is no buffer or nothing in it.
pub(crate) fn value(attribute: &mut CK_ATTRIBUTE) -> &mut [u8] {
    if attribute.pValue.is_null() || attribute.ulValueLen == CK_UNAVAILABLE_INFORMATION {
        return &mut [];
    }
    // SAFETY: the host owes a value of this length where the pointer is not null, for as long as the call lasts.
    unsafe { slice::from_raw_parts_mut(attribute.pValue.cast(), size(attribute.ulValueLen)) }
}
