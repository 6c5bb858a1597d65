//! What cases do with keys in one step: read an attribute, encrypt once, wrap, compare with an independent implementation.

use aws_lc_rs::cipher::{AES_128, AES_192, AES_256, EncryptingKey, UnboundCipherKey};
use cryptoki_sys::*;

use crate::c::{Mechanism, Object, Rv, Session, Structure, Template};
use crate::case::Outcome;
use crate::context::{Context, fail};
use crate::keys::{secret, unhex};
use crate::known_keys::RSA_2048;

/// The block that FIPS 197, appendix C, encrypts.
pub(crate) const BLOCK: &str = "00112233445566778899aabbccddeeff";

/// Makes a template one of a key that never leaves in the clear, but may be wrapped.
pub(crate) fn wrappable(template: Template) -> Template {
    template
        .flag(CKA_SENSITIVE, true)
        .flag(CKA_EXTRACTABLE, true)
}

/// Makes a template one of a key that never leaves.
pub(crate) fn sealed(template: Template) -> Template {
    template
        .flag(CKA_SENSITIVE, true)
        .flag(CKA_EXTRACTABLE, false)
}

/// A template of a secret key that may be read.
pub(crate) fn readable(kind: CK_KEY_TYPE, usages: &[CK_ATTRIBUTE_TYPE]) -> Template {
    open(secret(kind, usages))
}

/// Makes a template one of a key that may be read.
pub(crate) fn open(template: Template) -> Template {
    template
        .flag(CKA_SENSITIVE, false)
        .flag(CKA_EXTRACTABLE, true)
}

/// The AES key of FIPS 197, appendix C: 00 01 02 and so on.
pub(crate) fn counting_key(bytes: u8) -> Vec<u8> {
    (0..bytes).collect()
}

/// Encrypts one block with AES, by another implementation than the module's.
pub(crate) fn aes_block(key: &[u8], block: &[u8]) -> Option<Vec<u8>> {
    let cipher = match key.len() {
        16 => &AES_128,
        24 => &AES_192,
        32 => &AES_256,
        _ => return None,
    };
    let key = UnboundCipherKey::new(cipher, key).ok()?;
    let mut block = block.to_vec();
    EncryptingKey::ecb(key).ok()?.encrypt(&mut block).ok()?;
    Some(block)
}

/// The parameter of `CKM_RSA_PKCS_OAEP` with one hash for both uses.
pub(crate) fn oaep(hash: CK_MECHANISM_TYPE, mgf: CK_RSA_PKCS_MGF_TYPE) -> Mechanism {
    let structure = Structure::new()
        .number(hash)
        .number(mgf)
        .number(CKZ_DATA_SPECIFIED)
        .counted(&[]);
    Mechanism::with(CKM_RSA_PKCS_OAEP, structure)
}

/// `CKM_AES_GCM` with this initialisation vector, no additional data, and a tag of so many bits.
pub(crate) fn gcm(iv: &[u8], tag_bits: u64) -> Mechanism {
    let structure = Structure::new()
        .counted(iv)
        .number(iv.len() as u64 * 8)
        .counted(&[])
        .number(tag_bits);
    Mechanism::with(CKM_AES_GCM, structure)
}

/// `CKM_ECDH1_DERIVE` with the other party's point.
pub(crate) fn ecdh(kdf: CK_EC_KDF_TYPE, shared: &[u8], point: &[u8]) -> Mechanism {
    ecdh_of(CKM_ECDH1_DERIVE, kdf, shared, point)
}

/// A mechanism with `CK_ECDH1_DERIVE_PARAMS`.
pub(crate) fn ecdh_of(
    kind: CK_MECHANISM_TYPE,
    kdf: CK_EC_KDF_TYPE,
    shared: &[u8],
    point: &[u8],
) -> Mechanism {
    let shared_data = Structure::new()
        .number(kdf)
        .number(shared.len() as u64)
        .pointer(shared);
    Mechanism::with(kind, shared_data.number(point.len() as u64).pointer(point))
}

/// A mechanism with `CK_KEY_DERIVATION_STRING_DATA`.
pub(crate) fn with_data(kind: CK_MECHANISM_TYPE, data: &[u8]) -> Mechanism {
    Mechanism::with(kind, Structure::new().counted(data))
}

impl Context<'_> {
    /// Reads a `CK_BBOOL` of an object.
    ///
    /// # Errors
    /// If the module does not give one byte that is `CK_TRUE` or `CK_FALSE`.
    pub(crate) fn flag_of(
        &self,
        session: Session,
        object: Object,
        kind: CK_ATTRIBUTE_TYPE,
    ) -> Outcome<bool> {
        match self.bytes_of(session, object, kind)?.as_slice() {
            [0] => Ok(false),
            [1] => Ok(true),
            other => fail(
                format!("{} is a CK_BBOOL", attribute_name(kind)),
                hex::encode(other),
            ),
        }
    }

    /// Requires a `CK_BBOOL` of an object to have a value.
    ///
    /// # Errors
    /// If it has another.
    pub(crate) fn expect_flag(
        &self,
        session: Session,
        object: Object,
        kind: CK_ATTRIBUTE_TYPE,
        expected: bool,
    ) -> Outcome {
        let got = self.flag_of(session, object, kind)?;
        self.equal(&attribute_name(kind), &expected, &got)
    }

    /// Reads a `CK_ULONG` of an object.
    ///
    /// # Errors
    /// If the module gives none.
    pub(crate) fn number_of(
        &self,
        session: Session,
        object: Object,
        kind: CK_ATTRIBUTE_TYPE,
    ) -> Outcome<CK_ULONG> {
        let bytes = self.bytes_of(session, object, kind)?;
        match <[u8; size_of::<CK_ULONG>()]>::try_from(bytes.as_slice()) {
            Ok(bytes) => Ok(CK_ULONG::from_ne_bytes(bytes)),
            Err(_) => fail(
                format!("{} is a CK_ULONG", attribute_name(kind)),
                format!("{} bytes", bytes.len()),
            ),
        }
    }

    /// Reads an attribute of an object.
    ///
    /// # Errors
    /// If the module does not give it.
    pub(crate) fn bytes_of(
        &self,
        session: Session,
        object: Object,
        kind: CK_ATTRIBUTE_TYPE,
    ) -> Outcome<Vec<u8>> {
        match self.c.attribute(session, object, kind) {
            Ok(bytes) => Ok(bytes),
            Err(rv) => fail(
                format!("{} can be read", attribute_name(kind)),
                rv.to_string(),
            ),
        }
    }

    /// Encrypts once.
    ///
    /// # Errors
    /// The first return code that is not `CKR_OK`.
    pub(crate) fn encrypt_once(
        &self,
        session: Session,
        mechanism: &Mechanism,
        key: Object,
        data: &[u8],
    ) -> Result<Vec<u8>, Rv> {
        begun(self.c.encrypt_init(session, Some(mechanism), key))?;
        self.c.whole(|out| self.c.encrypt(session, data, out))
    }

    /// Decrypts once, into a buffer as long as the ciphertext, so that a refusal is one call.
    ///
    /// # Errors
    /// The first return code that is not `CKR_OK`.
    pub(crate) fn decrypt_once(
        &self,
        session: Session,
        mechanism: &Mechanism,
        key: Object,
        data: &[u8],
    ) -> Result<Vec<u8>, Rv> {
        begun(self.c.decrypt_init(session, Some(mechanism), key))?;
        let output = self
            .c
            .decrypt(session, data, crate::c::Out::Room(data.len()));
        begun(output.rv).map(|()| output.bytes)
    }

    /// Signs once.
    ///
    /// # Errors
    /// The first return code that is not `CKR_OK`.
    pub(crate) fn sign_once(
        &self,
        session: Session,
        mechanism: &Mechanism,
        key: Object,
        data: &[u8],
    ) -> Result<Vec<u8>, Rv> {
        begun(self.c.sign_init(session, Some(mechanism), key))?;
        self.c.whole(|out| self.c.sign(session, data, out))
    }

    /// Verifies once.
    pub(crate) fn verify_once(
        &self,
        session: Session,
        mechanism: &Mechanism,
        key: Object,
        data: &[u8],
        signature: &[u8],
    ) -> Rv {
        let rv = self.c.verify_init(session, Some(mechanism), key);
        if rv.is_ok() {
            self.c.verify(session, data, signature)
        } else {
            rv
        }
    }

    /// Wraps a key, the length first.
    ///
    /// # Errors
    /// The first return code that is not `CKR_OK`.
    pub(crate) fn wrap_once(
        &self,
        session: Session,
        mechanism: &Mechanism,
        wrapping: Object,
        key: Object,
    ) -> Result<Vec<u8>, Rv> {
        self.c
            .whole(|out| self.c.wrap_key(session, mechanism, wrapping, key, out))
    }

    /// Takes the value of a step that only prepares the case.
    ///
    /// # Errors
    /// The case does not apply where the module does not do it.
    pub(crate) fn had<T>(&self, result: Result<T, Rv>) -> Outcome<T> {
        match result {
            Ok(value) => Ok(value),
            Err(rv) => Err(self
                .prepared(rv)
                .expect_err("a return code that is not CKR_OK")),
        }
    }

    /// Takes the value of a step that has to succeed.
    ///
    /// # Errors
    /// If it did not.
    pub(crate) fn done<T>(&self, result: Result<T, Rv>) -> Outcome<T> {
        match result {
            Ok(value) => Ok(value),
            Err(rv) => Err(self.ok(rv).expect_err("a return code that is not CKR_OK")),
        }
    }

    /// Requires that an AES key in the token, which encrypts, has this value.
    ///
    /// # Errors
    /// If it has another.
    pub(crate) fn expect_aes(&self, session: Session, key: Object, value: &[u8]) -> Outcome {
        self.mechanism(CKM_AES_ECB, CKF_ENCRYPT)?;
        let block = unhex(BLOCK);
        let expected = aes_block(value, &block).expect("an AES key");
        let got = self.encrypt_once(session, &Mechanism::new(CKM_AES_ECB), key, &block);
        self.equal_bytes(
            "the block of FIPS 197 under that key",
            &expected,
            &self.done(got)?,
        )
    }

    /// Tells whether an AES key in the token, which encrypts, has this value.
    ///
    /// # Errors
    /// The case does not apply where the key does not encrypt.
    pub(crate) fn is_aes(&self, session: Session, key: Object, value: &[u8]) -> Outcome<bool> {
        self.mechanism(CKM_AES_ECB, CKF_ENCRYPT)?;
        let block = unhex(BLOCK);
        let got = self.encrypt_once(session, &Mechanism::new(CKM_AES_ECB), key, &block);
        Ok(aes_block(value, &block) == Some(self.had(got)?))
    }
}

/// The DER of a value: its tag, its length, its content.
pub(crate) fn der(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut bytes = vec![tag];
    match u8::try_from(content.len()) {
        Ok(short @ ..0x80) => bytes.push(short),
        Ok(length) => bytes.extend([0x81, length]),
        Err(_) => {
            let length = u16::try_from(content.len()).expect("a short value");
            bytes.push(0x82);
            bytes.extend(length.to_be_bytes());
        }
    }
    bytes.extend_from_slice(content);
    bytes
}

/// The DER of a number that is not negative, from its big-endian bytes.
pub(crate) fn der_integer(bytes: &[u8]) -> Vec<u8> {
    let start = bytes.iter().position(|byte| *byte != 0);
    let digits = start.map_or(&[0][..], |start| &bytes[start..]);
    let sign: &[u8] = if digits[0] < 0x80 { &[] } else { &[0] };
    der(0x02, &[sign, digits].concat())
}

/// The known RSA private key as a `PrivateKeyInfo`.
pub(crate) fn rsa_2048_info() -> Vec<u8> {
    let parts = [
        "00",
        RSA_2048.modulus,
        RSA_2048.public_exponent,
        RSA_2048.private_exponent,
        RSA_2048.prime_1,
        RSA_2048.prime_2,
        RSA_2048.exponent_1,
        RSA_2048.exponent_2,
        RSA_2048.coefficient,
    ];
    let parts: Vec<_> = parts.iter().map(|part| der_integer(&unhex(part))).collect();
    let key = der(0x04, &der(0x30, &parts.concat()));
    let algorithm = unhex("300d06092a864886f70d0101010500");
    der(0x30, &[der_integer(&[0]), algorithm, key].concat())
}

/// Returns the name of an attribute.
pub(crate) fn attribute_name(kind: CK_ATTRIBUTE_TYPE) -> String {
    crate::c::names::name(crate::c::names::ATTRIBUTES, kind)
}

fn begun(rv: Rv) -> Result<(), Rv> {
    if rv.is_ok() { Ok(()) } else { Err(rv) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_known_key_is_a_private_key_info() {
        let key = aws_lc_rs::rsa::KeyPair::from_pkcs8(&rsa_2048_info());
        assert_eq!(key.unwrap().public_modulus_len(), 256);
    }

    #[test]
    fn the_other_implementation_gives_the_examples_of_fips_197() {
        let check = |bytes, expected: &str| {
            let got = aes_block(&counting_key(bytes), &unhex(BLOCK));
            assert_eq!(got.map(hex::encode).as_deref(), Some(expected));
        };
        check(16, "69c4e0d86a7b0430d8cdb78070b4c55a");
        check(24, "dda97ca4864cdfe06eaf70a0ec0d7191");
        check(32, "8ea2b7ca516745bfeafc49904b496089");
    }
}
