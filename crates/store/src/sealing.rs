//! The one way anything is sealed: a fresh key per write, AES-256-GCM, and a commitment to the key.
//!
//! `OKM = HKDF-SHA-256(ikm, salt = 32 random bytes, info)` gives key, nonce and commitment. A fresh
//! salt means a fresh key, so a nonce cannot repeat under one; the commitment means that a ciphertext opens under one
//! key only, which plain GCM does not promise (partitioning-oracle attacks on passphrases).

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::hkdf::{HKDF_SHA256, KeyType, Salt};
use zeroize::Zeroizing;

use crate::error::SealError;
use crate::secret::{KEY_LEN, Secret, fill_random};

/// The length of a salt, in bytes.
pub(crate) const SALT_LEN: usize = 32;
/// The length of a commitment, in bytes.
pub(crate) const COMMITMENT_LEN: usize = 32;
/// The length of an authentication tag, in bytes.
pub(crate) const TAG_LEN: usize = 16;

/// A key, a commitment or a tag did not match. Callers say what was being opened.
pub(crate) struct Mismatch;

/// The key of one write.
pub(crate) struct WriteKey {
    key: LessSafeKey,
    nonce: [u8; NONCE_LEN],
    /// The bytes that tie the ciphertext to this key.
    pub(crate) commitment: [u8; COMMITMENT_LEN],
}

impl WriteKey {
    /// Derives the key of one write from key material, its salt, and what is being written.
    pub(crate) fn derive(ikm: &[u8], salt: &[u8; SALT_LEN], info: &[&[u8]]) -> Self {
        let mut okm = Zeroizing::new([0; KEY_LEN + NONCE_LEN + COMMITMENT_LEN]);
        expand(ikm, salt, info, okm.as_mut_slice());
        let (key, rest) = okm.split_at(KEY_LEN);
        let (nonce_bytes, commitment_bytes) = rest.split_at(NONCE_LEN);
        let mut nonce = [0; NONCE_LEN];
        nonce.copy_from_slice(nonce_bytes);
        let mut commitment = [0; COMMITMENT_LEN];
        commitment.copy_from_slice(commitment_bytes);
        let key = UnboundKey::new(&AES_256_GCM, key).expect("the key has the cipher's length");
        Self {
            key: LessSafeKey::new(key),
            nonce,
            commitment,
        }
    }

    /// Encrypts a buffer in place and appends the tag. The buffer must have room for it, so that no copy is left.
    pub(crate) fn seal(self, header: &[u8], buffer: &mut Vec<u8>) {
        debug_assert!(buffer.capacity() - buffer.len() >= TAG_LEN);
        self.key
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(self.nonce),
                Aad::from(header),
                buffer,
            )
            .expect("bodies are far below the cipher's limit");
    }

    /// Checks the commitment, then the tag, and decrypts a buffer in place, leaving the plaintext in it.
    pub(crate) fn open(
        self,
        commitment: &[u8],
        header: &[u8],
        buffer: &mut Vec<u8>,
    ) -> Result<(), Mismatch> {
        verify_slices_are_equal(&self.commitment, commitment).map_err(|_| Mismatch)?;
        let nonce = Nonce::assume_unique_for_key(self.nonce);
        let opened = self
            .key
            .open_in_place(nonce, Aad::from(header), buffer)
            .map_err(|_| Mismatch)?;
        let length = opened.len();
        buffer.truncate(length);
        Ok(())
    }
}

/// Draws the salt of one write.
pub(crate) fn fresh_salt() -> Result<[u8; SALT_LEN], SealError> {
    let mut salt = [0; SALT_LEN];
    fill_random(&mut salt)?;
    Ok(salt)
}

/// Derives a key for one purpose from another key. The label names the purpose; the context names its owner.
pub(crate) fn derive_key(ikm: &[u8], label: &[u8], context: &[u8]) -> Secret {
    Secret::filled(|bytes| expand(ikm, &[], &[label, context], bytes))
}

fn expand(ikm: &[u8], salt: &[u8], info: &[&[u8]], out: &mut [u8]) {
    Salt::new(HKDF_SHA256, salt)
        .extract(ikm)
        .expand(info, Length(out.len()))
        .and_then(|okm| okm.fill(out))
        .expect("HKDF-SHA-256 gives up to 8,160 bytes");
}

/// How many bytes HKDF is to give.
struct Length(usize);

impl KeyType for Length {
    fn len(&self) -> usize {
        self.0
    }
}
