//! The kinds of objects as the specification's attribute tables have them: what a template must, may and must not say.

use cryptoki_sys::*;

use super::material::*;
use crate::c::function::Version;
use crate::c::{Object, Session, Template, names};
use crate::case::{Outcome, Section, spec, spec32};
use crate::context::Context;
use crate::keys::{octet_string, rsa_private_parts, rsa_public_parts, unhex};
use crate::known_keys::{P256, P256_PRIVATE, P256_PUBLIC};

/// A kind of object: a class, and where it has one, a key type.
pub(in crate::areas) struct Kind {
    /// What cases call it.
    pub(in crate::areas) name: &'static str,
    /// Its table of attributes.
    pub(in crate::areas) section: Section,
    /// The first version that has it.
    pub(in crate::areas) since: Version,
    class: CK_OBJECT_CLASS,
    key_type: Option<CK_KEY_TYPE>,
    /// What makes it, besides class and key type.
    value: fn() -> Template,
    /// The same in another encoding that the specification has.
    other: Option<fn() -> Template>,
    /// Footnote 1: what `C_CreateObject` must be given, besides the class.
    pub(in crate::areas) required: &'static [CK_ATTRIBUTE_TYPE],
    /// Footnote 2: what it must not be given, each with a value that is not the object's.
    pub(in crate::areas) forbidden: &'static [(CK_ATTRIBUTE_TYPE, Given)],
    /// What it may be given.
    pub(in crate::areas) optional: &'static [(CK_ATTRIBUTE_TYPE, Given)],
    /// Footnote 7: what stays hidden where the object is sensitive.
    pub(in crate::areas) hidden: &'static [CK_ATTRIBUTE_TYPE],
}

/// A handle that no module has given.
pub(in crate::areas) const WILD: Object = Object(0x00de_adbe);

/// A number that the standard gives to nothing: no attribute, class or type of anything.
pub(in crate::areas) const NOWHERE: CK_ULONG = 0x0765_4321;

/// A value of an attribute as a table holds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::areas) enum Given {
    /// A `CK_BBOOL`.
    Flag(bool),
    /// A `CK_ULONG`.
    Number(CK_ULONG),
    /// Bytes or text.
    Text(&'static str),
}

use Given::{Flag, Number, Text};

impl Given {
    /// Returns its bytes.
    pub(in crate::areas) fn bytes(self) -> Vec<u8> {
        match self {
            Flag(value) => vec![u8::from(value)],
            Number(number) => number.to_ne_bytes().to_vec(),
            Text(text) => text.as_bytes().to_vec(),
        }
    }
}

/// Makes a template of a table's rows.
pub(in crate::areas) fn template(rows: &[(CK_ATTRIBUTE_TYPE, Given)]) -> Template {
    rows.iter()
        .fold(Template::new(), |template, (kind, value)| {
            template.bytes(*kind, &value.bytes())
        })
}

/// Turns the name of an attribute into a part of a case's name.
pub(in crate::areas) fn slug(attribute: CK_ATTRIBUTE_TYPE) -> String {
    let name = names::name(names::ATTRIBUTES, attribute);
    name.trim_start_matches("CKA_")
        .to_lowercase()
        .replace('_', "-")
}

/// Returns the name of an attribute.
pub(in crate::areas) fn attribute(attribute: CK_ATTRIBUTE_TYPE) -> String {
    names::name(names::ATTRIBUTES, attribute)
}

impl Kind {
    /// Finds a kind by its name.
    pub(in crate::areas) fn named(name: &str) -> &'static Self {
        let kind = KINDS.iter().find(|kind| kind.name == name);
        kind.expect("cases name kinds of the table")
    }

    /// Tells whether it is a private or secret key.
    pub(in crate::areas) fn is_secret(&self) -> bool {
        matches!(self.class, CKO_PRIVATE_KEY | CKO_SECRET_KEY)
    }

    /// Tells whether it has dates.
    pub(in crate::areas) fn is_dated(&self) -> bool {
        self.is_secret() || matches!(self.class, CKO_PUBLIC_KEY | CKO_CERTIFICATE)
    }

    /// The least template that makes one.
    pub(in crate::areas) fn least(&self) -> Template {
        self.of(self.value)
    }

    fn of(&self, value: fn() -> Template) -> Template {
        let template = Template::class(self.class);
        let template = match self.key_type {
            Some(key_type) => template.number(CKA_KEY_TYPE, key_type),
            None => template,
        };
        template.and(&value())
    }

    /// Tells whether two values of an attribute of such an object mean the same.
    pub(in crate::areas) fn same(&self, kind: CK_ATTRIBUTE_TYPE, a: &[u8], b: &[u8]) -> bool {
        let numbers = [
            CKA_MODULUS,
            CKA_PUBLIC_EXPONENT,
            CKA_PRIVATE_EXPONENT,
            CKA_PRIME_1,
            CKA_PRIME_2,
            CKA_EXPONENT_1,
            CKA_EXPONENT_2,
            CKA_COEFFICIENT,
            CKA_PRIME,
            CKA_SUBPRIME,
            CKA_BASE,
        ];
        let number = numbers.contains(&kind) || (kind == CKA_VALUE && self.has_number());
        match kind {
            _ if number => trimmed(a) == trimmed(b),
            CKA_EC_POINT => inner(a) == inner(b),
            _ => a == b,
        }
    }

    /// Tells whether its value is a big integer.
    fn has_number(&self) -> bool {
        matches!(self.key_type, Some(CKK_EC | CKK_DSA | CKK_DH))
    }
}

/// A big integer without leading zeros.
fn trimmed(bytes: &[u8]) -> &[u8] {
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    &bytes[zeros..]
}

/// A point without the octet string around it: versions differ in where they want one.
fn inner(bytes: &[u8]) -> &[u8] {
    match bytes {
        [4, length, point @ ..] if usize::from(*length) == point.len() => point,
        _ => bytes,
    }
}

impl Context<'_> {
    /// Finds the least template of a kind that the module takes.
    ///
    /// # Errors
    /// The case does not apply where it takes none.
    pub(in crate::areas) fn taken(&self, session: Session, kind: &Kind) -> Outcome<Template> {
        let (rv, _) = self.c.create_object(session, &kind.least());
        let other = kind.other.filter(|_| !rv.is_ok());
        let Some(other) = other.map(|other| kind.of(other)) else {
            self.prepared(rv)?;
            return Ok(kind.least());
        };
        self.import(session, &other)?;
        Ok(other)
    }

    /// Makes an object of a kind, a session object, which has these attributes too.
    ///
    /// # Errors
    /// The case does not apply where the module takes none.
    pub(in crate::areas) fn object(
        &self,
        session: Session,
        kind: &Kind,
        more: &Template,
    ) -> Outcome<Object> {
        let (rv, object) = self.c.create_object(session, &kind.least().and(more));
        match kind.other {
            Some(other) if !rv.is_ok() => self.import(session, &kind.of(other).and(more)),
            _ => self.prepared(rv).map(|()| object),
        }
    }
}

pub(in crate::areas) fn certificate() -> Template {
    Template::new()
        .number(CKA_CERTIFICATE_TYPE, CKC_X_509)
        .bytes(CKA_SUBJECT, &unhex(CERTIFICATE_NAME))
        .bytes(CKA_VALUE, &unhex(CERTIFICATE))
}

fn ec_public() -> Template {
    Template::new()
        .bytes(CKA_EC_PARAMS, &unhex(P256))
        .bytes(CKA_EC_POINT, &octet_string(&unhex(P256_PUBLIC)))
}

fn ec_private() -> Template {
    curve(P256, CKA_VALUE, unhex(P256_PRIVATE))
}

fn curve(params: &str, kind: CK_ATTRIBUTE_TYPE, value: Vec<u8>) -> Template {
    Template::new()
        .bytes(CKA_EC_PARAMS, &unhex(params))
        .bytes(kind, &value)
}

fn dsa_parameters() -> Template {
    Template::new()
        .bytes(CKA_PRIME, &unhex(DSA_PRIME))
        .bytes(CKA_SUBPRIME, &unhex(DSA_SUBPRIME))
        .bytes(CKA_BASE, &unhex(DSA_BASE))
}

fn dh_parameters() -> Template {
    Template::new()
        .bytes(CKA_PRIME, &unhex(DH_PRIME))
        .bytes(CKA_BASE, &unhex(DH_BASE))
}

/// The secret value of so many bytes that secret keys are made of.
pub(in crate::areas) fn secret_value(length: u8) -> Vec<u8> {
    (0..length).collect()
}

fn secret_of(length: u8) -> Template {
    Template::new().bytes(CKA_VALUE, &secret_value(length))
}

fn trust() -> Template {
    Template::new()
        .bytes(CKA_ISSUER, &unhex(CERTIFICATE_NAME))
        .bytes(CKA_SERIAL_NUMBER, &unhex(CERTIFICATE_SERIAL))
        .number(CKA_NAME_HASH_ALGORITHM, CKM_SHA_1)
        .bytes(CKA_HASH_OF_CERTIFICATE, &unhex(CERTIFICATE_SHA1))
        .number(CKA_TRUST_SERVER_AUTH, u64::from(CKT_TRUSTED))
}

/// A triple-length DES key of odd parity.
pub(in crate::areas) const DES3: &str = "0123456789abcdef23456789abcdef01456789abcdef0123";

const NOT_GENERATED: &[(CK_ATTRIBUTE_TYPE, Given)] = &[
    (CKA_LOCAL, Flag(true)),
    (CKA_KEY_GEN_MECHANISM, Number(CKM_AES_KEY_GEN)),
];
const NOT_GENERATED_RSA: &[(CK_ATTRIBUTE_TYPE, Given)] = &[
    (CKA_LOCAL, Flag(true)),
    (CKA_KEY_GEN_MECHANISM, Number(CKM_RSA_PKCS_KEY_PAIR_GEN)),
    (CKA_MODULUS_BITS, Number(1024)),
];
const NOT_GENERATED_SECRET: &[(CK_ATTRIBUTE_TYPE, Given)] = &[
    (CKA_LOCAL, Flag(true)),
    (CKA_KEY_GEN_MECHANISM, Number(CKM_AES_KEY_GEN)),
    (CKA_ALWAYS_SENSITIVE, Flag(true)),
    (CKA_NEVER_EXTRACTABLE, Flag(true)),
];
const NOT_GENERATED_LENGTH: &[(CK_ATTRIBUTE_TYPE, Given)] = &[
    (CKA_LOCAL, Flag(true)),
    (CKA_KEY_GEN_MECHANISM, Number(CKM_AES_KEY_GEN)),
    (CKA_ALWAYS_SENSITIVE, Flag(true)),
    (CKA_NEVER_EXTRACTABLE, Flag(true)),
    (CKA_VALUE_LEN, Number(24)),
];
const NOT_GENERATED_DH: &[(CK_ATTRIBUTE_TYPE, Given)] = &[
    (CKA_LOCAL, Flag(true)),
    (CKA_KEY_GEN_MECHANISM, Number(CKM_DH_PKCS_KEY_PAIR_GEN)),
    (CKA_ALWAYS_SENSITIVE, Flag(true)),
    (CKA_NEVER_EXTRACTABLE, Flag(true)),
    (CKA_VALUE_BITS, Number(512)),
];
const NOT_GENERATED_PARAMETERS: &[(CK_ATTRIBUTE_TYPE, Given)] =
    &[(CKA_LOCAL, Flag(true)), (CKA_PRIME_BITS, Number(1024))];

const LABEL: (CK_ATTRIBUTE_TYPE, Given) = (CKA_LABEL, Text("dew-conformance object"));
const ID: (CK_ATTRIBUTE_TYPE, Given) = (CKA_ID, Text("dew-conformance id"));
/// The DER of the name `CN=dew`.
const SUBJECT: (CK_ATTRIBUTE_TYPE, Given) = (
    CKA_SUBJECT,
    Text("\x30\x0e\x31\x0c\x30\x0a\x06\x03\x55\x04\x03\x0c\x03dew"),
);
const VERIFIES: &[(CK_ATTRIBUTE_TYPE, Given)] = &[LABEL, ID, SUBJECT, (CKA_VERIFY, Flag(true))];
const SIGNS: &[(CK_ATTRIBUTE_TYPE, Given)] = &[LABEL, ID, SUBJECT, (CKA_SIGN, Flag(true))];
const DERIVES: &[(CK_ATTRIBUTE_TYPE, Given)] = &[LABEL, ID, SUBJECT, (CKA_DERIVE, Flag(true))];
const AGREES: &[(CK_ATTRIBUTE_TYPE, Given)] = &[LABEL, ID, SUBJECT];
const ENCRYPTS: &[(CK_ATTRIBUTE_TYPE, Given)] = &[
    LABEL,
    ID,
    (CKA_ENCRYPT, Flag(true)),
    (CKA_DECRYPT, Flag(true)),
];
const AUTHENTICATES: &[(CK_ATTRIBUTE_TYPE, Given)] =
    &[LABEL, ID, (CKA_SIGN, Flag(true)), (CKA_VERIFY, Flag(true))];
const FOUND_BY_LABEL: &[(CK_ATTRIBUTE_TYPE, Given)] = &[LABEL];

const RSA_PARTS: &[CK_ATTRIBUTE_TYPE] = &[
    CKA_PRIVATE_EXPONENT,
    CKA_PRIME_1,
    CKA_PRIME_2,
    CKA_EXPONENT_1,
    CKA_EXPONENT_2,
    CKA_COEFFICIENT,
];

const fn kind(name: &'static str, section: Section, class: CK_OBJECT_CLASS) -> Kind {
    Kind {
        name,
        section,
        since: Version::V2_40,
        class,
        key_type: None,
        value: Template::new,
        other: None,
        required: &[],
        forbidden: &[],
        optional: &[],
        hidden: &[],
    }
}

const fn public(name: &'static str, number: &'static str, key_type: CK_KEY_TYPE) -> Kind {
    Kind {
        key_type: Some(key_type),
        forbidden: NOT_GENERATED,
        optional: VERIFIES,
        ..kind(name, spec(number), CKO_PUBLIC_KEY)
    }
}

const fn private(name: &'static str, number: &'static str, key_type: CK_KEY_TYPE) -> Kind {
    Kind {
        key_type: Some(key_type),
        forbidden: NOT_GENERATED_SECRET,
        optional: SIGNS,
        hidden: &[CKA_VALUE],
        ..kind(name, spec(number), CKO_PRIVATE_KEY)
    }
}

const fn secret(name: &'static str, number: &'static str, key_type: CK_KEY_TYPE) -> Kind {
    Kind {
        key_type: Some(key_type),
        required: &[CKA_KEY_TYPE, CKA_VALUE],
        forbidden: NOT_GENERATED_LENGTH,
        optional: ENCRYPTS,
        hidden: &[CKA_VALUE],
        ..kind(name, spec(number), CKO_SECRET_KEY)
    }
}

const fn parameters(name: &'static str, number: &'static str, key_type: CK_KEY_TYPE) -> Kind {
    Kind {
        key_type: Some(key_type),
        forbidden: NOT_GENERATED_PARAMETERS,
        optional: FOUND_BY_LABEL,
        ..kind(name, spec(number), CKO_DOMAIN_PARAMETERS)
    }
}

/// Every kind that the cases make.
#[rustfmt::skip] // A table reads by its rows.
pub(in crate::areas) static KINDS: &[Kind] = &[
    Kind {
        value: || Template::new().text(CKA_VALUE, "the value of a data object"),
        optional: &[LABEL, (CKA_APPLICATION, Text("dew-conformance")), (CKA_OBJECT_ID, Text("\x06\x03\x55\x04\x03"))],
        ..kind("data", spec("4.5.2"), CKO_DATA)
    },
    Kind {
        value: certificate,
        required: &[CKA_CERTIFICATE_TYPE, CKA_SUBJECT, CKA_VALUE],
        optional: &[
            LABEL, ID, (CKA_CERTIFICATE_CATEGORY, Number(CK_CERTIFICATE_CATEGORY_AUTHORITY)),
            (CKA_ISSUER, Text("0\x0e1\x0c0\x0a\x06\x03U\x04\x03\x0c\x03dew")), (CKA_SERIAL_NUMBER, Text("\x02\x01\x05")),
        ],
        ..kind("certificate", spec("4.6.3"), CKO_CERTIFICATE)
    },
    Kind {
        value: rsa_public_parts,
        required: &[CKA_KEY_TYPE, CKA_MODULUS, CKA_PUBLIC_EXPONENT],
        forbidden: NOT_GENERATED_RSA,
        ..public("rsa-public", "6.1.2", CKK_RSA)
    },
    Kind {
        value: rsa_private_parts,
        required: &[CKA_KEY_TYPE, CKA_MODULUS, CKA_PUBLIC_EXPONENT, CKA_PRIVATE_EXPONENT],
        hidden: RSA_PARTS,
        ..private("rsa-private", "6.1.3", CKK_RSA)
    },
    Kind {
        value: ec_public,
        required: &[CKA_KEY_TYPE, CKA_EC_PARAMS, CKA_EC_POINT],
        ..public("ec-public", "6.3.3", CKK_EC)
    },
    Kind {
        value: ec_private,
        required: &[CKA_KEY_TYPE, CKA_EC_PARAMS, CKA_VALUE],
        ..private("ec-private", "6.3.4", CKK_EC)
    },
    Kind {
        since: Version::V3_0,
        value: || curve(ED25519, CKA_EC_POINT, octet_string(&unhex(ED25519_PUBLIC))),
        other: Some(|| curve(ED25519_NAME, CKA_EC_POINT, unhex(ED25519_PUBLIC))),
        required: &[CKA_KEY_TYPE, CKA_EC_PARAMS, CKA_EC_POINT],
        ..public("edwards-public", "6.3.5", CKK_EC_EDWARDS)
    },
    Kind {
        since: Version::V3_0,
        value: || curve(ED25519, CKA_VALUE, unhex(ED25519_PRIVATE)),
        other: Some(|| curve(ED25519_NAME, CKA_VALUE, unhex(ED25519_PRIVATE))),
        required: &[CKA_KEY_TYPE, CKA_EC_PARAMS, CKA_VALUE],
        ..private("edwards-private", "6.3.6", CKK_EC_EDWARDS)
    },
    Kind {
        since: Version::V3_0,
        value: || curve(X25519, CKA_EC_POINT, octet_string(&unhex(X25519_PUBLIC))),
        other: Some(|| curve(X25519_NAME, CKA_EC_POINT, unhex(X25519_PUBLIC))),
        required: &[CKA_KEY_TYPE, CKA_EC_PARAMS, CKA_EC_POINT],
        optional: AGREES,
        ..public("montgomery-public", "6.3.7", CKK_EC_MONTGOMERY)
    },
    Kind {
        since: Version::V3_0,
        value: || curve(X25519, CKA_VALUE, unhex(X25519_PRIVATE)),
        other: Some(|| curve(X25519_NAME, CKA_VALUE, unhex(X25519_PRIVATE))),
        required: &[CKA_KEY_TYPE, CKA_EC_PARAMS, CKA_VALUE],
        optional: DERIVES,
        ..private("montgomery-private", "6.3.8", CKK_EC_MONTGOMERY)
    },
    Kind {
        value: || dsa_parameters().bytes(CKA_VALUE, &unhex(DSA_PUBLIC)),
        required: &[CKA_KEY_TYPE, CKA_PRIME, CKA_SUBPRIME, CKA_BASE, CKA_VALUE],
        ..public("dsa-public", "6.2.2", CKK_DSA)
    },
    Kind {
        value: || dsa_parameters().bytes(CKA_VALUE, &unhex(DSA_PRIVATE)),
        required: &[CKA_KEY_TYPE, CKA_PRIME, CKA_SUBPRIME, CKA_BASE, CKA_VALUE],
        ..private("dsa-private", "6.2.4", CKK_DSA)
    },
    Kind {
        value: || dh_parameters().bytes(CKA_VALUE, &unhex(DH_PUBLIC)),
        required: &[CKA_KEY_TYPE, CKA_PRIME, CKA_BASE, CKA_VALUE],
        optional: AGREES,
        ..public("dh-public", "6.4.2", CKK_DH)
    },
    Kind {
        value: || dh_parameters().bytes(CKA_VALUE, &unhex(DH_PRIVATE)),
        required: &[CKA_KEY_TYPE, CKA_PRIME, CKA_BASE, CKA_VALUE],
        forbidden: NOT_GENERATED_DH,
        optional: DERIVES,
        ..private("dh-private", "6.4.4", CKK_DH)
    },
    Kind { value: || secret_of(16), ..secret("aes", "6.10.2", CKK_AES) },
    Kind {
        value: || secret_of(32),
        optional: &[LABEL, ID, (CKA_DERIVE, Flag(true))],
        ..secret("generic", "6.8.2", CKK_GENERIC_SECRET)
    },
    Kind {
        value: || Template::new().bytes(CKA_VALUE, &unhex(DES3)),
        forbidden: NOT_GENERATED_SECRET,
        ..secret("des3", "6.18.3", CKK_DES3)
    },
    Kind { value: || secret_of(32), optional: AUTHENTICATES, ..secret("sha256-hmac", "6.22", CKK_SHA256_HMAC) },
    Kind {
        since: Version::V3_0,
        value: || secret_of(32),
        ..secret("chacha20", "6.58.2", CKK_CHACHA20)
    },
    Kind {
        value: dsa_parameters,
        required: &[CKA_KEY_TYPE, CKA_PRIME, CKA_SUBPRIME, CKA_BASE],
        ..parameters("dsa-parameters", "6.2.5", CKK_DSA)
    },
    Kind {
        value: dh_parameters,
        required: &[CKA_KEY_TYPE, CKA_PRIME, CKA_BASE],
        ..parameters("dh-parameters", "6.4.6", CKK_DH)
    },
    Kind {
        since: Version::V3_2,
        value: trust,
        required: &[CKA_ISSUER, CKA_SERIAL_NUMBER, CKA_HASH_OF_CERTIFICATE],
        optional: FOUND_BY_LABEL,
        ..kind("trust", spec32("4.7.2"), CKO_TRUST)
    },
];
