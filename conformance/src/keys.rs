//! Keys for the cases: made or imported, session objects unless a case says otherwise.

use cryptoki_sys::*;

use crate::c::{Mechanism, Object, Session, Template};
use crate::case::Outcome;
use crate::context::Context;
use crate::known_keys::{P256, P256_PRIVATE, P256_PUBLIC, RSA_2048};

/// A public key and its private key.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pair {
    pub(crate) public: Object,
    pub(crate) private: Object,
}

/// Reads hexadecimal that stands in this program.
pub(crate) fn unhex(text: &str) -> Vec<u8> {
    hex::decode(text).expect("hexadecimal of this program")
}

/// A template of a secret key, a session object, with these usages.
pub(crate) fn secret(kind: CK_KEY_TYPE, usages: &[CK_ATTRIBUTE_TYPE]) -> Template {
    usages
        .iter()
        .fold(of(CKO_SECRET_KEY, kind), |template, usage| {
            template.flag(*usage, true)
        })
}

/// A template of a public key, a session object, with these usages.
pub(crate) fn public(kind: CK_KEY_TYPE, usages: &[CK_ATTRIBUTE_TYPE]) -> Template {
    let template = of(CKO_PUBLIC_KEY, kind).flag(CKA_PRIVATE, false);
    usages
        .iter()
        .fold(template, |template, usage| template.flag(*usage, true))
}

/// A template of a private key, a session object, with these usages.
pub(crate) fn private(kind: CK_KEY_TYPE, usages: &[CK_ATTRIBUTE_TYPE]) -> Template {
    usages
        .iter()
        .fold(of(CKO_PRIVATE_KEY, kind), |template, usage| {
            template.flag(*usage, true)
        })
}

fn of(class: CK_OBJECT_CLASS, kind: CK_KEY_TYPE) -> Template {
    Template::class(class)
        .number(CKA_KEY_TYPE, kind)
        .flag(CKA_TOKEN, false)
}

/// The parts of the known RSA public key.
pub(crate) fn rsa_public_parts() -> Template {
    Template::new()
        .bytes(CKA_MODULUS, &unhex(RSA_2048.modulus))
        .bytes(CKA_PUBLIC_EXPONENT, &unhex(RSA_2048.public_exponent))
}

/// The parts of the known RSA private key.
pub(crate) fn rsa_private_parts() -> Template {
    rsa_public_parts()
        .bytes(CKA_PRIVATE_EXPONENT, &unhex(RSA_2048.private_exponent))
        .bytes(CKA_PRIME_1, &unhex(RSA_2048.prime_1))
        .bytes(CKA_PRIME_2, &unhex(RSA_2048.prime_2))
        .bytes(CKA_EXPONENT_1, &unhex(RSA_2048.exponent_1))
        .bytes(CKA_EXPONENT_2, &unhex(RSA_2048.exponent_2))
        .bytes(CKA_COEFFICIENT, &unhex(RSA_2048.coefficient))
}

/// The DER of an octet string of fewer than 128 bytes, as `CKA_EC_POINT` is.
pub(crate) fn octet_string(bytes: &[u8]) -> Vec<u8> {
    let length = u8::try_from(bytes.len())
        .ok()
        .filter(|length| *length < 0x80);
    let mut der = vec![0x04, length.expect("a short octet string")];
    der.extend_from_slice(bytes);
    der
}

impl Context<'_> {
    /// Makes an AES key of so many bytes.
    ///
    /// # Errors
    /// The case does not apply where the slot makes none.
    pub(crate) fn aes(
        &self,
        session: Session,
        bytes: u64,
        usages: &[CK_ATTRIBUTE_TYPE],
    ) -> Outcome<Object> {
        self.aes_with(session, bytes, &secret(CKK_AES, usages))
    }

    /// Makes an AES key of so many bytes by a template.
    ///
    /// # Errors
    /// As [`Context::aes`].
    pub(crate) fn aes_with(
        &self,
        session: Session,
        bytes: u64,
        template: &Template,
    ) -> Outcome<Object> {
        self.mechanism(CKM_AES_KEY_GEN, CKF_GENERATE)?;
        let template = template.clone().number(CKA_VALUE_LEN, bytes);
        let (rv, key) = self
            .c
            .generate_key(session, &Mechanism::new(CKM_AES_KEY_GEN), &template);
        self.prepared(rv)?;
        Ok(key)
    }

    /// Imports a secret key.
    ///
    /// # Errors
    /// The case does not apply where the module forbids that.
    pub(crate) fn import_secret(
        &self,
        session: Session,
        kind: CK_KEY_TYPE,
        value: &[u8],
        usages: &[CK_ATTRIBUTE_TYPE],
    ) -> Outcome<Object> {
        self.import(session, &secret(kind, usages).bytes(CKA_VALUE, value))
    }

    /// Creates an object that only prepares the case.
    ///
    /// # Errors
    /// The case does not apply where the module forbids that.
    pub(crate) fn import(&self, session: Session, template: &Template) -> Outcome<Object> {
        let (rv, object) = self.c.create_object(session, template);
        self.prepared(rv)?;
        Ok(object)
    }

    /// Gives an RSA key pair of 2,048 bits: the known one where the module takes it, else a new one.
    ///
    /// # Errors
    /// The case does not apply where the module neither imports nor makes one.
    pub(crate) fn rsa(
        &self,
        session: Session,
        publics: &[CK_ATTRIBUTE_TYPE],
        privates: &[CK_ATTRIBUTE_TYPE],
    ) -> Outcome<Pair> {
        let public = public(CKK_RSA, publics);
        let private = private(CKK_RSA, privates);
        let (imported, private_key) = self
            .c
            .create_object(session, &private.clone().and(&rsa_private_parts()));
        if imported.is_ok() {
            let public_key = self.import(session, &public.and(&rsa_public_parts()))?;
            return Ok(Pair {
                public: public_key,
                private: private_key,
            });
        }
        self.mechanism(CKM_RSA_PKCS_KEY_PAIR_GEN, CKF_GENERATE_KEY_PAIR)?;
        let public = public
            .number(CKA_MODULUS_BITS, 2048)
            .bytes(CKA_PUBLIC_EXPONENT, &[1, 0, 1]);
        self.pair(session, CKM_RSA_PKCS_KEY_PAIR_GEN, &public, &private)
    }

    /// Makes a key pair on P-256.
    ///
    /// # Errors
    /// The case does not apply where the slot makes none.
    pub(crate) fn p256(
        &self,
        session: Session,
        publics: &[CK_ATTRIBUTE_TYPE],
        privates: &[CK_ATTRIBUTE_TYPE],
    ) -> Outcome<Pair> {
        self.mechanism(CKM_EC_KEY_PAIR_GEN, CKF_GENERATE_KEY_PAIR)?;
        let public = public(CKK_EC, publics).bytes(CKA_EC_PARAMS, &unhex(P256));
        self.pair(
            session,
            CKM_EC_KEY_PAIR_GEN,
            &public,
            &private(CKK_EC, privates),
        )
    }

    /// Imports the known key pair on P-256.
    ///
    /// # Errors
    /// The case does not apply where the module forbids that.
    pub(crate) fn known_p256(
        &self,
        session: Session,
        publics: &[CK_ATTRIBUTE_TYPE],
        privates: &[CK_ATTRIBUTE_TYPE],
    ) -> Outcome<Pair> {
        let private = private(CKK_EC, privates)
            .bytes(CKA_EC_PARAMS, &unhex(P256))
            .bytes(CKA_VALUE, &unhex(P256_PRIVATE));
        let public = public(CKK_EC, publics)
            .bytes(CKA_EC_PARAMS, &unhex(P256))
            .bytes(CKA_EC_POINT, &octet_string(&unhex(P256_PUBLIC)));
        Ok(Pair {
            public: self.import(session, &public)?,
            private: self.import(session, &private)?,
        })
    }

    /// Makes a key pair that only prepares the case.
    ///
    /// # Errors
    /// The case does not apply where the module does not make it.
    pub(crate) fn pair(
        &self,
        session: Session,
        kind: CK_MECHANISM_TYPE,
        public: &Template,
        private: &Template,
    ) -> Outcome<Pair> {
        let (rv, public, private) =
            self.c
                .generate_key_pair(session, &Mechanism::new(kind), public, private);
        self.prepared(rv)?;
        Ok(Pair { public, private })
    }
}
