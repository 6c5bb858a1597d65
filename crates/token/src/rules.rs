//! The attribute rules of the standard (4.1): what a template may say when an object is made, copied or changed.

use std::slice;

use ck::{
    Access, AttributeRow, AttributeType, CertificateType, KeyType, ObjectClass, Presence, ValueKind,
};
use proto::shape::Attribute;

use crate::{Attributes, Error};

/// The rows of one kind of object.
#[derive(Clone)]
pub(crate) struct Rows(Vec<&'static [AttributeRow]>);

impl Rows {
    /// Finds the rows of a class and key type.
    pub(crate) fn of(class: ObjectClass, key_type: Option<KeyType>) -> Result<Self, Error> {
        let rows = ck::object_rows(class, key_type);
        if !rows.is_empty() {
            return Ok(Self(rows));
        }
        let invalid = |id, why| Err(Error::AttributeValueInvalid { id, why });
        match key_type {
            None if has_key_type(class) => Err(Error::TemplateIncomplete(AttributeType::KEY_TYPE)),
            Some(_) if has_key_type(class) => invalid(
                AttributeType::KEY_TYPE,
                "the token keeps no such keys of this class",
            ),
            _ => invalid(
                AttributeType::CLASS,
                "the token keeps no objects of this class",
            ),
        }
    }

    /// Finds the row of one attribute.
    pub(crate) fn find(&self, id: AttributeType) -> Option<&'static AttributeRow> {
        self.iter().find(|row| row.id == id)
    }

    /// Goes through all rows.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &'static AttributeRow> {
        self.0.iter().copied().flatten()
    }

    /// Finds the row that a template's attribute must have.
    ///
    /// An attribute that the standard has, but not for this kind of object, contradicts the template (4.1.1, 5); any
    /// other does not exist (4.1.1, 1).
    fn require(&self, id: AttributeType) -> Result<&'static AttributeRow, Error> {
        self.find(id).ok_or_else(|| match ck::value_kind(id) {
            Some(_) => Error::TemplateInconsistent {
                id,
                why: "objects of this kind do not have it",
            },
            None => Error::AttributeTypeInvalid(id),
        })
    }
}

/// Tells whether objects of a class are keys.
pub(crate) fn is_key(class: ObjectClass) -> bool {
    is_secret(class) || class == ObjectClass::PUBLIC_KEY
}

/// Tells whether objects of a class have a type of key: keys, and what they are generated from.
pub(crate) fn has_key_type(class: ObjectClass) -> bool {
    is_key(class) || class == ObjectClass::DOMAIN_PARAMETERS
}

/// Tells whether objects of a class are keys that are kept secret.
pub(crate) fn is_secret(class: ObjectClass) -> bool {
    matches!(
        class,
        ObjectClass::OTP_KEY | ObjectClass::PRIVATE_KEY | ObjectClass::SECRET_KEY
    )
}

/// A template in which each attribute stands once.
pub(crate) struct Template<'a>(Vec<Attribute<'a>>);

impl<'a> Template<'a> {
    /// Reads a template.
    pub(crate) fn new(given: &[Attribute<'a>]) -> Result<Self, Error> {
        let mut attributes: Vec<Attribute<'a>> = Vec::with_capacity(given.len());
        for attribute in given {
            match attributes.iter().find(|known| known.id == attribute.id) {
                None => attributes.push(*attribute),
                Some(known) if known.value == attribute.value => {}
                Some(_) => {
                    let why = "it has two values";
                    return Err(Error::TemplateInconsistent {
                        id: attribute.id,
                        why,
                    });
                }
            }
        }
        Ok(Self(attributes))
    }

    /// Adds what a key of the token says of the key that is made with it.
    pub(crate) fn with(mut self, more: &[Attribute<'a>]) -> Result<Self, Error> {
        for attribute in more {
            match self.get(attribute.id) {
                None => self.0.push(*attribute),
                Some(known) if known == attribute.value => {}
                Some(_) => {
                    return Err(Error::TemplateInconsistent {
                        id: attribute.id,
                        why: "the key that it is made with has it otherwise",
                    });
                }
            }
        }
        Ok(self)
    }

    /// Leaves an attribute out.
    pub(crate) fn without(mut self, id: AttributeType) -> Self {
        self.0.retain(|attribute| attribute.id != id);
        self
    }

    /// The value of an attribute, where the template names it.
    pub(crate) fn get(&self, id: AttributeType) -> Option<&'a [u8]> {
        self.0
            .iter()
            .find(|attribute| attribute.id == id)
            .map(|attribute| attribute.value)
    }

    /// The number of an attribute, where the template names it.
    pub(crate) fn number(&self, id: AttributeType) -> Result<Option<u64>, Error> {
        let Some(value) = self.get(id) else {
            return Ok(None);
        };
        check_value(id, ValueKind::Ulong, value)?;
        Ok(value.try_into().ok().map(u64::from_le_bytes))
    }

    /// Goes through all of them.
    pub(crate) fn iter(&self) -> slice::Iter<'_, Attribute<'a>> {
        self.0.iter()
    }
}

/// How an object comes to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// By `C_CreateObject`.
    Import,
    /// By a mechanism of the token.
    Generation,
    /// By unwrapping or deriving: as for a key that is generated, but its length may follow from its value.
    Transfer,
}

/// Takes a template's values for a new object.
pub(crate) fn take(
    template: &Template<'_>,
    rows: &Rows,
    origin: Origin,
) -> Result<Attributes, Error> {
    let presence = |row: &AttributeRow| match origin {
        Origin::Import => row.create,
        Origin::Generation => row.generate,
        Origin::Transfer if row.generate == Presence::Required => Presence::Optional,
        Origin::Transfer => row.generate,
    };
    let mut attributes = Attributes::default();
    for given in template.iter() {
        let row = rows.require(given.id)?;
        if presence(row) == Presence::Forbidden {
            return Err(Error::AttributeReadOnly(given.id));
        }
        check_value(given.id, row.kind, given.value)?;
        attributes.set(given.id, canonical(row.kind, given.value));
    }
    if let Some(missing) = rows
        .iter()
        .find(|row| presence(row) == Presence::Required && attributes.get(row.id).is_none())
    {
        return Err(Error::TemplateIncomplete(missing.id));
    }
    check_numbers(&attributes)?;
    Ok(attributes)
}

/// Checks how a value is written, before anything reads it.
pub(crate) fn check_value(id: AttributeType, kind: ValueKind, value: &[u8]) -> Result<(), Error> {
    let why = match kind {
        ValueKind::Bool if !matches!(value, [0 | 1]) => "a CK_BBOOL is one byte, 0 or 1",
        ValueKind::Ulong if value.len() != 8 => "a CK_ULONG has 8 bytes here",
        ValueKind::Ulongs if !value.len().is_multiple_of(8) => {
            "a list of CK_ULONG has 8 bytes for each"
        }
        ValueKind::Date if !is_date(value) => "a CK_DATE is the eight digits of a day, or nothing",
        ValueKind::Template => return crate::templates::check(id, value),
        _ => return Ok(()),
    };
    Err(Error::AttributeValueInvalid { id, why })
}

fn is_date(value: &[u8]) -> bool {
    let two = |at: usize| {
        value[at..at + 2]
            .iter()
            .fold(0, |sum, digit| sum * 10 + digit - b'0')
    };
    value.is_empty()
        || (value.len() == 8
            && value.iter().all(u8::is_ascii_digit)
            && (1..=12).contains(&two(4))
            && (1..=31).contains(&two(6)))
}

/// Brings a value into the form in which it is kept and compared: big integers without leading zeros.
pub(crate) fn canonical(kind: ValueKind, value: &[u8]) -> &[u8] {
    if kind != ValueKind::BigInteger {
        return value;
    }
    let zeros = value.iter().take_while(|byte| **byte == 0).count();
    &value[zeros..]
}

/// The numbers that attributes of certificates and trust objects may have (4.6.2, 4.6.3; 3.2, 4.7): X.509 is the only type;
/// categories, security domains and degrees of trust are those of the standard.
#[rustfmt::skip] // A table reads by its columns.
const NUMBERS: &[(AttributeType, u64, &str)] = &[
    (AttributeType::CERTIFICATE_TYPE,          CertificateType::X_509.0, "the token keeps X.509 certificates only"),
    (AttributeType::CERTIFICATE_CATEGORY,      3,                        "the categories are 0 to 3"),
    (AttributeType::JAVA_MIDP_SECURITY_DOMAIN, 3,                        "the security domains are 0 to 3"),
    (AttributeType::TRUST_SERVER_AUTH,         TRUST_MOST,               TRUST_RANGE),
    (AttributeType::TRUST_CLIENT_AUTH,         TRUST_MOST,               TRUST_RANGE),
    (AttributeType::TRUST_CODE_SIGNING,        TRUST_MOST,               TRUST_RANGE),
    (AttributeType::TRUST_EMAIL_PROTECTION,    TRUST_MOST,               TRUST_RANGE),
    (AttributeType::TRUST_IPSEC_IKE,           TRUST_MOST,               TRUST_RANGE),
    (AttributeType::TRUST_TIME_STAMPING,       TRUST_MOST,               TRUST_RANGE),
    (AttributeType::TRUST_OCSP_SIGNING,        TRUST_MOST,               TRUST_RANGE),
];

const TRUST_MOST: u64 = ck::Trust::TRUST_MUST_VERIFY_TRUST.0;
const TRUST_RANGE: &str = "the degrees of trust are 0 to 4";

/// The attributes that say how far a certificate is trusted.
pub(crate) fn trusts() -> impl Iterator<Item = AttributeType> {
    let rows = NUMBERS.iter().filter(|(_, _, why)| *why == TRUST_RANGE);
    rows.map(|(id, _, _)| *id)
}

/// Tells whether an attribute says how far a certificate is trusted.
pub(crate) fn is_trust(id: AttributeType) -> bool {
    trusts().any(|known| known == id)
}

fn check_numbers(attributes: &Attributes) -> Result<(), Error> {
    let wrong = NUMBERS
        .iter()
        .find(|(id, most, _)| attributes.number(*id).is_some_and(|number| number > *most));
    match wrong {
        Some((id, _, why)) => Err(Error::AttributeValueInvalid { id: *id, why }),
        None => Ok(()),
    }
}

/// How an existing object is to change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    /// By `C_CopyObject`: the copy may differ.
    Copy,
    /// By `C_SetAttributeValue`.
    Set,
}

/// Puts a template's values into an object, where the rows let them change.
pub(crate) fn change(
    attributes: &mut Attributes,
    template: &Template<'_>,
    rows: &Rows,
    change: Change,
    by_security_officer: bool,
) -> Result<(), Error> {
    for given in template.iter() {
        let row = rows
            .find(given.id)
            .ok_or(Error::AttributeTypeInvalid(given.id))?;
        check_value(given.id, row.kind, given.value)?;
        let value = canonical(row.kind, given.value);
        let same = attributes.get(given.id) == Some(value);
        let may = match row.access {
            Access::Erase => same || value.is_empty(),
            Access::Free => true,
            Access::OnCopy => change == Change::Copy || same,
            // A copy may repeat what it does not change.
            Access::Fixed => change == Change::Copy && same,
            Access::Raise => same || value == [1],
            Access::Lower => same || value == [0],
            Access::SecurityOfficer => same || by_security_officer,
        };
        if !may {
            return Err(Error::AttributeReadOnly(given.id));
        }
        attributes.set(given.id, value);
    }
    check_numbers(attributes)
}
