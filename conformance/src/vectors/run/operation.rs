//! Encryption, decryption, digests, signatures: in one part, and in several.

use std::rc::Rc;

use cryptoki_sys::*;

use super::{Runner, Step, accepted, compare, refusal};
use crate::c::{Out, Output, Rv};
use crate::vectors::{Answer, Expect, Key, Vector};

/// How much longer than its input an output may be.
const MORE: usize = 1024;
/// The sizes of parts, again and again: they fit no block.
const PART_SIZES: &[usize] = &[1, 7, 16, 33, 64, 500];

impl Runner<'_, '_> {
    pub(super) fn digest(&mut self, vector: &Vector, message: &[u8], digest: &[u8]) -> Step {
        let c = self.c();
        let session = self.session;
        self.judge(
            vector,
            c.digest_init(session, Some(&vector.mechanism)),
            &refusal::INIT,
        )?;
        let output = c.digest(session, message, Out::Room(MORE));
        if self.judge(vector, output.rv, &refusal::SIGN)? {
            compare("the digest", digest, &output.bytes)?;
        }
        if self.parts {
            self.judge(
                vector,
                c.digest_init(session, Some(&vector.mechanism)),
                &refusal::INIT,
            )?;
            for part in parts(message) {
                self.judge(vector, c.digest_update(session, part), &refusal::SIGN)?;
            }
            let output = c.digest_final(session, Out::Room(MORE));
            self.judge(vector, output.rv, &refusal::SIGN)?;
            compare("the digest in parts", digest, &output.bytes)?;
        }
        Ok(())
    }

    pub(super) fn cipher(
        &mut self,
        vector: &Vector,
        key: &Rc<Key>,
        plaintext: &[u8],
        ciphertext: &[u8],
    ) -> Step {
        let uses = [(CKF_ENCRYPT, CKA_ENCRYPT), (CKF_DECRYPT, CKA_DECRYPT)];
        let usage: Vec<_> = uses
            .iter()
            .filter(|(flag, _)| self.flags & flag != 0)
            .map(|(_, usage)| *usage)
            .collect();
        // What cannot even be encrypted has no ciphertext; of anything else that is wrong, the ciphertext is.
        let encrypts =
            vector.expect == Expect::Valid || (ciphertext.is_empty() && !plaintext.is_empty());
        let decrypts = !ciphertext.is_empty() || plaintext.is_empty();
        self.import(vector, key, &usage)?;
        if encrypts && usage.contains(&CKA_ENCRYPT) {
            self.encrypt(vector, key, &usage, plaintext, ciphertext)?;
        }
        if decrypts && usage.contains(&CKA_DECRYPT) {
            self.decrypt_with(vector, key, &usage, plaintext, ciphertext)?;
        }
        Ok(())
    }

    fn encrypt(
        &mut self,
        vector: &Vector,
        key: &Rc<Key>,
        usage: &[CK_ATTRIBUTE_TYPE],
        plaintext: &[u8],
        ciphertext: &[u8],
    ) -> Step {
        let c = self.c();
        let session = self.session;
        let object = self.import(vector, key, usage)?;
        if !self.judge(
            vector,
            c.encrypt_init(session, Some(&vector.mechanism), object),
            &refusal::INIT,
        )? {
            return Ok(());
        }
        let output = c.encrypt(session, plaintext, Out::Room(plaintext.len() + MORE));
        if !self.judge(vector, output.rv, &refusal::ENCRYPT)? {
            return Ok(());
        }
        if vector.expect == Expect::Invalid {
            return Err(accepted("encrypting this").into());
        }
        compare("the ciphertext", ciphertext, &output.bytes)?;
        if self.parts {
            self.judge(
                vector,
                c.encrypt_init(session, Some(&vector.mechanism), object),
                &refusal::INIT,
            )?;
            let update =
                |part: &[u8]| c.encrypt_update(session, part, Out::Room(plaintext.len() + MORE));
            let last = || c.encrypt_final(session, Out::Room(plaintext.len() + MORE));
            let output = in_parts(plaintext, update, last);
            let bytes =
                output.map_err(|rv| Answer::refused("encrypting in parts answers CKR_OK", rv))?;
            compare("the ciphertext in parts", ciphertext, &bytes)?;
        }
        Ok(())
    }

    pub(super) fn decrypt(
        &mut self,
        vector: &Vector,
        key: &Rc<Key>,
        plaintext: &[u8],
        ciphertext: &[u8],
    ) -> Step {
        self.decrypt_with(vector, key, &[CKA_DECRYPT], plaintext, ciphertext)
    }

    fn decrypt_with(
        &mut self,
        vector: &Vector,
        key: &Rc<Key>,
        usage: &[CK_ATTRIBUTE_TYPE],
        plaintext: &[u8],
        ciphertext: &[u8],
    ) -> Step {
        let c = self.c();
        let session = self.session;
        let object = self.import(vector, key, usage)?;
        if !self.judge(
            vector,
            c.decrypt_init(session, Some(&vector.mechanism), object),
            &refusal::INIT,
        )? {
            return Ok(());
        }
        let output = c.decrypt(session, ciphertext, Out::Room(ciphertext.len() + MORE));
        if self.judge(vector, output.rv, &refusal::DECRYPT)? {
            decrypted(vector, plaintext, &output.bytes)?;
        }
        if self.parts {
            self.judge(
                vector,
                c.decrypt_init(session, Some(&vector.mechanism), object),
                &refusal::INIT,
            )?;
            let update =
                |part: &[u8]| c.decrypt_update(session, part, Out::Room(ciphertext.len() + MORE));
            let last = || c.decrypt_final(session, Out::Room(ciphertext.len() + MORE));
            match in_parts(ciphertext, update, last) {
                Ok(bytes) => decrypted(vector, plaintext, &bytes)?,
                Err(rv) => {
                    self.judge(vector, rv, &refusal::DECRYPT)?;
                }
            }
        }
        Ok(())
    }

    pub(super) fn mac(
        &mut self,
        vector: &Vector,
        key: &Rc<Key>,
        message: &[u8],
        mac: &[u8],
    ) -> Step {
        let uses = [(CKF_SIGN, CKA_SIGN), (CKF_VERIFY, CKA_VERIFY)];
        let usage: Vec<_> = uses
            .iter()
            .filter(|(flag, _)| self.flags & flag != 0)
            .map(|(_, usage)| *usage)
            .collect();
        self.import(vector, key, &usage)?;
        if vector.expect == Expect::Valid && usage.contains(&CKA_SIGN) {
            self.sign_with(vector, key, &usage, message, mac)?;
        }
        if usage.contains(&CKA_VERIFY) {
            self.verify_with(vector, key, &usage, message, mac)?;
        }
        Ok(())
    }

    pub(super) fn sign(
        &mut self,
        vector: &Vector,
        key: &Rc<Key>,
        message: &[u8],
        signature: &[u8],
    ) -> Step {
        self.sign_with(vector, key, &[CKA_SIGN], message, signature)
    }

    fn sign_with(
        &mut self,
        vector: &Vector,
        key: &Rc<Key>,
        usage: &[CK_ATTRIBUTE_TYPE],
        message: &[u8],
        signature: &[u8],
    ) -> Step {
        let c = self.c();
        let session = self.session;
        let object = self.import(vector, key, usage)?;
        if !self.judge(
            vector,
            c.sign_init(session, Some(&vector.mechanism), object),
            &refusal::INIT,
        )? {
            return Ok(());
        }
        let output = c.sign(session, message, Out::Room(signature.len() + MORE));
        if !self.judge(vector, output.rv, &refusal::SIGN)? {
            return Ok(());
        }
        if matches!(vector.expect, Expect::Invalid | Expect::InvalidKey) {
            return Err(accepted("signing this").into());
        }
        compare("the signature", signature, &output.bytes)?;
        if self.parts {
            self.judge(
                vector,
                c.sign_init(session, Some(&vector.mechanism), object),
                &refusal::INIT,
            )?;
            for part in parts(message) {
                self.judge(vector, c.sign_update(session, part), &refusal::SIGN)?;
            }
            let output = c.sign_final(session, Out::Room(signature.len() + MORE));
            self.judge(vector, output.rv, &refusal::SIGN)?;
            compare("the signature in parts", signature, &output.bytes)?;
        }
        Ok(())
    }

    pub(super) fn verify(
        &mut self,
        vector: &Vector,
        key: &Rc<Key>,
        message: &[u8],
        signature: &[u8],
    ) -> Step {
        self.verify_with(vector, key, &[CKA_VERIFY], message, signature)
    }

    fn verify_with(
        &mut self,
        vector: &Vector,
        key: &Rc<Key>,
        usage: &[CK_ATTRIBUTE_TYPE],
        message: &[u8],
        signature: &[u8],
    ) -> Step {
        let c = self.c();
        let session = self.session;
        let object = self.import(vector, key, usage)?;
        if !self.judge(
            vector,
            c.verify_init(session, Some(&vector.mechanism), object),
            &refusal::INIT,
        )? {
            return Ok(());
        }
        if self.judge(
            vector,
            c.verify(session, message, signature),
            &refusal::VERIFY,
        )? {
            verified(vector)?;
        }
        if self.parts {
            self.judge(
                vector,
                c.verify_init(session, Some(&vector.mechanism), object),
                &refusal::INIT,
            )?;
            for part in parts(message) {
                let rv = c.verify_update(session, part);
                if !rv.is_ok() {
                    return Err(Answer::refused("C_VerifyUpdate answers CKR_OK", rv).into());
                }
            }
            if self.judge(vector, c.verify_final(session, signature), &refusal::VERIFY)? {
                verified(vector)?;
            }
        }
        Ok(())
    }
}

/// Judges a plaintext that came out.
fn decrypted(vector: &Vector, plaintext: &[u8], got: &[u8]) -> Step {
    match vector.expect {
        Expect::Valid | Expect::Acceptable => compare("the plaintext", plaintext, got),
        // A module that answers other bytes, the same each time, gives an attacker no oracle; this is its right with PKCS#1 v1.5 alone.
        Expect::Invalid if vector.mechanism.kind() == CKM_RSA_PKCS && got != plaintext => {
            Err(Answer::RightBut("C_Decrypt gives other bytes instead of refusing, so that nobody learns of the padding".to_owned()).into())
        }
        Expect::Invalid | Expect::InvalidKey => Err(accepted("decrypting this").into()),
    }
}

/// Judges a signature that was accepted.
fn verified(vector: &Vector) -> Step {
    match vector.expect {
        Expect::Valid => Ok(()),
        Expect::Acceptable => {
            Err(Answer::RightBut("accepts what may be refused".to_owned()).into())
        }
        Expect::Invalid | Expect::InvalidKey => Err(accepted("this signature").into()),
    }
}

/// Cuts data into parts of uneven sizes.
fn parts(mut data: &[u8]) -> Vec<&[u8]> {
    let mut parts = Vec::new();
    for size in PART_SIZES.iter().cycle() {
        if data.is_empty() {
            break;
        }
        let (part, rest) = data.split_at((*size).min(data.len()));
        parts.push(part);
        data = rest;
    }
    parts
}

/// Runs an operation in parts and joins what comes out.
fn in_parts(
    data: &[u8],
    update: impl Fn(&[u8]) -> Output,
    last: impl Fn() -> Output,
) -> Result<Vec<u8>, Rv> {
    let mut bytes = Vec::new();
    for output in parts(data).into_iter().map(update) {
        if !output.rv.is_ok() {
            return Err(output.rv);
        }
        bytes.extend(output.bytes);
    }
    let output = last();
    if !output.rv.is_ok() {
        return Err(output.rv);
    }
    bytes.extend(output.bytes);
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_make_the_whole() {
        let data: Vec<u8> = (0..=255).cycle().take(1500).collect();
        assert_eq!(parts(&data).concat(), data);
        assert_eq!(parts(&data)[1].len(), 7);
        assert!(parts(&[]).is_empty());
    }
}
