//! Keys of known answers, as templates for `C_CreateObject`.

use std::rc::Rc;

use cryptoki_sys::*;

use super::curve::Curve;
use super::der;
use crate::c::Template;

/// A key. Where versions of the standard write the same key differently, it has several forms; the first that the module takes is used.
pub struct Key {
    /// Templates without class-independent attributes such as `CKA_TOKEN` and without usage.
    pub forms: Vec<Template>,
    /// The class of the object.
    pub class: CK_OBJECT_CLASS,
}

/// The numbers of an RSA private key.
#[derive(Clone, Debug, Default)]
pub struct RsaPrivate {
    /// The modulus.
    pub n: Vec<u8>,
    /// The public exponent.
    pub e: Vec<u8>,
    /// The private exponent.
    pub d: Vec<u8>,
    /// The first prime.
    pub p: Vec<u8>,
    /// The second prime.
    pub q: Vec<u8>,
    /// The private exponent modulo the first prime less one.
    pub dp: Vec<u8>,
    /// The private exponent modulo the second prime less one.
    pub dq: Vec<u8>,
    /// The inverse of the second prime modulo the first.
    pub qi: Vec<u8>,
}

impl Key {
    /// Tells whether another is the same key, so that it need not be imported again.
    #[must_use]
    pub fn same(&self, other: &Self) -> bool {
        std::ptr::eq(self, other) || self.attributes().eq(other.attributes())
    }

    fn attributes(&self) -> impl Iterator<Item = (CK_ATTRIBUTE_TYPE, Option<&[u8]>)> {
        self.forms
            .iter()
            .flat_map(|form| form.kinds().map(|kind| (kind, form.value(kind))))
    }

    /// A secret key.
    #[must_use]
    pub fn secret(key_type: CK_KEY_TYPE, value: &[u8]) -> Rc<Self> {
        Self::one(CKO_SECRET_KEY, key_type, |template| {
            template.bytes(CKA_VALUE, value)
        })
    }

    /// An RSA public key.
    #[must_use]
    pub fn rsa_public(n: &[u8], e: &[u8]) -> Rc<Self> {
        Self::one(CKO_PUBLIC_KEY, CKK_RSA, |template| {
            template
                .bytes(CKA_MODULUS, der::trimmed(n))
                .bytes(CKA_PUBLIC_EXPONENT, der::trimmed(e))
        })
    }

    /// An RSA private key.
    #[must_use]
    pub fn rsa_private(key: &RsaPrivate) -> Rc<Self> {
        let numbers = [
            (CKA_MODULUS, &key.n),
            (CKA_PUBLIC_EXPONENT, &key.e),
            (CKA_PRIVATE_EXPONENT, &key.d),
            (CKA_PRIME_1, &key.p),
            (CKA_PRIME_2, &key.q),
            (CKA_EXPONENT_1, &key.dp),
            (CKA_EXPONENT_2, &key.dq),
            (CKA_COEFFICIENT, &key.qi),
        ];
        Self::one(CKO_PRIVATE_KEY, CKK_RSA, |template| {
            let numbers = numbers.iter().filter(|(_, number)| !number.is_empty());
            numbers.fold(template, |template, (kind, number)| {
                template.bytes(*kind, der::trimmed(number))
            })
        })
    }

    /// A DSA public key.
    #[must_use]
    pub fn dsa_public(p: &[u8], q: &[u8], g: &[u8], y: &[u8]) -> Rc<Self> {
        Self::one(CKO_PUBLIC_KEY, CKK_DSA, |template| {
            template
                .bytes(CKA_PRIME, der::trimmed(p))
                .bytes(CKA_SUBPRIME, der::trimmed(q))
                .bytes(CKA_BASE, der::trimmed(g))
                .bytes(CKA_VALUE, der::trimmed(y))
        })
    }

    /// A public key on a curve: an encoded point for `CKK_EC`, and the bytes of RFC 8032 or RFC 7748 for the others.
    ///
    /// PKCS#11 2.40 and 3.0 put those bytes into an `OCTET STRING` as well; 3.1 and 3.2 do not.
    #[must_use]
    pub fn curve_public(curve: &Curve, point: &[u8]) -> Rc<Self> {
        let template = |value: &[u8]| {
            Self::of(CKO_PUBLIC_KEY, curve.key_type)
                .bytes(CKA_EC_PARAMS, &curve.parameters())
                .bytes(CKA_EC_POINT, value)
        };
        let mut forms = vec![template(&der::octet_string(point))];
        if curve.key_type != CKK_EC {
            forms.push(template(point));
        }
        Rc::new(Self {
            forms,
            class: CKO_PUBLIC_KEY,
        })
    }

    /// A private key on a curve.
    #[must_use]
    pub fn curve_private(curve: &Curve, value: &[u8]) -> Rc<Self> {
        Self::one(CKO_PRIVATE_KEY, curve.key_type, |template| {
            template
                .bytes(CKA_EC_PARAMS, &curve.parameters())
                .bytes(CKA_VALUE, value)
        })
    }

    /// A key of PKCS#11 3.2 that names its parameters by a number.
    #[must_use]
    pub fn parameter_set(
        class: CK_OBJECT_CLASS,
        key_type: CK_KEY_TYPE,
        set: CK_ULONG,
        value: &[u8],
    ) -> Rc<Self> {
        Self::one(class, key_type, |template| {
            template
                .number(CKA_PARAMETER_SET, set)
                .bytes(CKA_VALUE, value)
        })
    }

    /// A private key of PKCS#11 3.2 that is given by its seed.
    #[must_use]
    pub fn seeded(key_type: CK_KEY_TYPE, set: CK_ULONG, seed: &[u8]) -> Rc<Self> {
        Self::one(CKO_PRIVATE_KEY, key_type, |template| {
            template
                .number(CKA_PARAMETER_SET, set)
                .bytes(CKA_SEED, seed)
        })
    }

    fn of(class: CK_OBJECT_CLASS, key_type: CK_KEY_TYPE) -> Template {
        Template::class(class).number(CKA_KEY_TYPE, key_type)
    }

    fn one(
        class: CK_OBJECT_CLASS,
        key_type: CK_KEY_TYPE,
        fill: impl FnOnce(Template) -> Template,
    ) -> Rc<Self> {
        Rc::new(Self {
            forms: vec![fill(Self::of(class, key_type))],
            class,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_the_same_numbers_are_the_same() {
        let key = Key::secret(CKK_AES, &[1; 16]);
        assert!(key.same(&Key::secret(CKK_AES, &[1; 16])));
        assert!(!key.same(&Key::secret(CKK_AES, &[2; 16])));
        assert!(!key.same(&Key::secret(CKK_AES, &[1; 24])));
        assert!(!key.same(&Key::secret(CKK_GENERIC_SECRET, &[1; 16])));
        let curve = Curve::named("Ed25519").unwrap();
        assert_eq!(Key::curve_public(curve, &[3; 32]).forms.len(), 2);
        assert!(!Key::curve_public(curve, &[3; 32]).same(&Key::curve_private(curve, &[3; 32])));
    }
}
