//! Attributes that are templates: what a key says of the keys that are wrapped, unwrapped, derived or encapsulated with it
//! (4.8 to 4.10; 3.2).
//!
//! `CKA_WRAP_TEMPLATE` is what a wrapped key must have. What the others say is said of the new key, as if the caller's template
//! said it; a template that says otherwise contradicts it. They are kept as they were given.

use ck::{AttributeType as A, ValueKind};
use proto::shape::{Attribute, AttributeAnswer, AttributeRequest, Room, TemplateIn};

use crate::object::matches;
use crate::rules::{self, Template};
use crate::{Attributes, Error};

/// Checks a template that is to be an attribute's value.
pub(crate) fn check(id: A, value: &[u8]) -> Result<(), Error> {
    let wrong = |why| Error::AttributeValueInvalid { id, why };
    let inner = TemplateIn::read_value(value).map_err(|_| wrong("it is no template"))?;
    Template::new(&inner)?;
    for attribute in inner {
        match ck::value_kind(attribute.id) {
            None => return Err(wrong("it names an attribute that does not exist")),
            Some(ValueKind::Template) => return Err(wrong("a template in it is one too many")),
            Some(kind) => rules::check_value(attribute.id, kind, attribute.value)?,
        }
    }
    Ok(())
}

/// The attributes in a key's template; none where it has no such template.
pub(crate) fn inner(key: &Attributes, id: A) -> Vec<Attribute<'_>> {
    let value = key.get(id).unwrap_or_default();
    // What is kept was checked; a key that lacks the template has nothing there.
    TemplateIn::read_value(value).unwrap_or_default()
}

/// Tells whether a key has everything that a wrapping key asks for. Values that are hidden match nothing.
pub(crate) fn fits(wrapping: &Attributes, wrapped: &Attributes) -> bool {
    inner(wrapping, A::WRAP_TEMPLATE)
        .iter()
        .all(|wanted| matches(wrapped, wanted.id, wanted.value))
}

/// Reads a key's template (5.7.5): its length in attributes, or each of them as far as it fits.
pub(crate) fn read(
    key: &Attributes,
    request: &AttributeRequest,
) -> (AttributeAnswer, Result<(), Error>) {
    let kept = inner(key, request.id);
    match request.room {
        Room::Query => {
            let count = u64::try_from(kept.len()).unwrap_or(u64::MAX);
            return (AttributeAnswer::Length(count), Ok(()));
        }
        room if !room.fits(kept.len()) || request.inner.len() < kept.len() => {
            return (AttributeAnswer::Unavailable, Err(Error::BufferTooSmall));
        }
        Room::Items(_) => {}
    }
    let mut result = Ok(());
    let answers = kept.iter().zip(&request.inner).map(|(attribute, room)| {
        let answer = match room {
            Room::Query => {
                AttributeAnswer::Length(u64::try_from(attribute.value.len()).unwrap_or(u64::MAX))
            }
            room if room.fits(attribute.value.len()) => {
                AttributeAnswer::Value(attribute.value.to_vec())
            }
            Room::Items(_) => {
                result = Err(Error::BufferTooSmall);
                AttributeAnswer::Unavailable
            }
        };
        (attribute.id, answer)
    });
    let answers = answers.collect();
    (AttributeAnswer::Template(answers), result)
}
