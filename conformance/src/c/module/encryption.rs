//! Encryption and decryption (PKCS#11 3.1 sections 5.8 and 5.10), and the functions that do two things at once (5.17).

use super::Module;
use crate::c::{Arg, Function, Mechanism, Object, Out, Output, Rv, Session};

impl Module {
    /// `C_EncryptInit`; a null pointer for no mechanism.
    pub fn encrypt_init(&self, session: Session, mechanism: Option<&Mechanism>, key: Object) -> Rv {
        self.begin(Function::C_EncryptInit, session, mechanism, key)
    }

    /// `C_Encrypt`.
    pub fn encrypt(&self, session: Session, data: &[u8], out: Out) -> Output {
        self.transform(Function::C_Encrypt, session, data, out)
    }

    /// `C_EncryptUpdate`.
    pub fn encrypt_update(&self, session: Session, data: &[u8], out: Out) -> Output {
        self.transform(Function::C_EncryptUpdate, session, data, out)
    }

    /// `C_EncryptFinal`.
    pub fn encrypt_final(&self, session: Session, out: Out) -> Output {
        self.produce(Function::C_EncryptFinal, vec![Arg::Number(session.0)], out)
    }

    /// `C_DecryptInit`; a null pointer for no mechanism.
    pub fn decrypt_init(&self, session: Session, mechanism: Option<&Mechanism>, key: Object) -> Rv {
        self.begin(Function::C_DecryptInit, session, mechanism, key)
    }

    /// `C_Decrypt`.
    pub fn decrypt(&self, session: Session, data: &[u8], out: Out) -> Output {
        self.transform(Function::C_Decrypt, session, data, out)
    }

    /// `C_DecryptUpdate`.
    pub fn decrypt_update(&self, session: Session, data: &[u8], out: Out) -> Output {
        self.transform(Function::C_DecryptUpdate, session, data, out)
    }

    /// `C_DecryptFinal`.
    pub fn decrypt_final(&self, session: Session, out: Out) -> Output {
        self.produce(Function::C_DecryptFinal, vec![Arg::Number(session.0)], out)
    }

    /// `C_DigestEncryptUpdate`.
    pub fn digest_encrypt_update(&self, session: Session, data: &[u8], out: Out) -> Output {
        self.transform(Function::C_DigestEncryptUpdate, session, data, out)
    }

    /// `C_DecryptDigestUpdate`.
    pub fn decrypt_digest_update(&self, session: Session, data: &[u8], out: Out) -> Output {
        self.transform(Function::C_DecryptDigestUpdate, session, data, out)
    }

    /// `C_SignEncryptUpdate`.
    pub fn sign_encrypt_update(&self, session: Session, data: &[u8], out: Out) -> Output {
        self.transform(Function::C_SignEncryptUpdate, session, data, out)
    }

    /// `C_DecryptVerifyUpdate`.
    pub fn decrypt_verify_update(&self, session: Session, data: &[u8], out: Out) -> Output {
        self.transform(Function::C_DecryptVerifyUpdate, session, data, out)
    }
}
