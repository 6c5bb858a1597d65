//! The parameters of mechanisms, with the values that the cases use.

use cryptoki_sys::*;

use crate::c::{Mechanism, Structure};

/// The initialisation vector of block ciphers; shorter ones are its beginning.
pub(crate) const IV: [u8; 16] = [
    0xF0, 0xF1, 0xF2, 0xF3, 0xF4, 0xF5, 0xF6, 0xF7, 0xF8, 0xF9, 0xFA, 0xFB, 0xFC, 0xFD, 0xFE, 0xFF,
];
/// The associated data of authenticated ciphers.
pub(crate) const AAD: &[u8] = b"associated data";
/// The length of tags in bytes, unless a case is about it.
pub(crate) const TAG: usize = 16;
/// The length of nonces in bytes, unless a case is about it.
pub(crate) const NONCE: usize = 12;

/// `CK_GCM_PARAMS`.
pub(crate) fn gcm(iv: &[u8], aad: &[u8], tag_bits: u64) -> Mechanism {
    Mechanism::with(CKM_AES_GCM, gcm_structure(iv, aad, tag_bits))
}

/// `CK_GCM_PARAMS` alone, which GMAC has too.
pub(crate) fn gcm_structure(iv: &[u8], aad: &[u8], tag_bits: u64) -> Structure {
    let bits = iv.len() as u64 * 8;
    let structure = Structure::new().counted(iv).number(bits);
    structure.counted(aad).number(tag_bits)
}

/// `CK_CCM_PARAMS` for so many bytes of plaintext.
pub(crate) fn ccm(length: usize, nonce: &[u8], aad: &[u8], tag: u64) -> Mechanism {
    let structure = Structure::new().number(length as u64).counted(nonce);
    Mechanism::with(CKM_AES_CCM, structure.counted(aad).number(tag))
}

/// `CK_AES_CTR_PARAMS`.
pub(crate) fn ctr(bits: u64) -> Mechanism {
    Mechanism::with(CKM_AES_CTR, Structure::new().number(bits).inline(&IV))
}

/// `CK_SALSA20_CHACHA20_POLY1305_PARAMS`; the length of the nonce is in bits there, so it lies in memory that is long enough for
/// a module that takes it for bytes.
pub(crate) fn chacha20_poly1305(aad: &[u8]) -> Mechanism {
    let mut nonce = IV[..NONCE].to_vec();
    let bits = nonce.len() as u64 * 8;
    nonce.resize(NONCE * 8, 0);
    let structure = Structure::new().pointer(&nonce).number(bits);
    Mechanism::with(CKM_CHACHA20_POLY1305, structure.counted(aad))
}

/// `CK_RSA_PKCS_OAEP_PARAMS`.
pub(crate) fn oaep(hash: CK_MECHANISM_TYPE, mgf: CK_ULONG, label: &[u8]) -> Mechanism {
    let structure = Structure::new().number(hash).number(mgf);
    let structure = structure.number(CKZ_DATA_SPECIFIED).counted(label);
    Mechanism::with(CKM_RSA_PKCS_OAEP, structure)
}

/// `CK_RSA_PKCS_PSS_PARAMS` of a mechanism.
pub(crate) fn pss(
    kind: CK_MECHANISM_TYPE,
    hash: CK_MECHANISM_TYPE,
    mgf: CK_ULONG,
    salt: u64,
) -> Mechanism {
    Mechanism::with(kind, Structure::new().number(hash).number(mgf).number(salt))
}
