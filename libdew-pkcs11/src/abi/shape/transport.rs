//! Parameters of key wraps by an AES key of the moment.

use ck::{KeyDerivation, Params};
use cryptoki_sys::{CK_ECDH_AES_KEY_WRAP_PARAMS, CK_RSA_AES_KEY_WRAP_PARAMS};
use proto::limits;

use super::mechanism::{oaep_params, pointed};

/// Reads the parameters of a key wrap by RSA and AES.
///
/// # Safety
/// The structure must be the host's, which must keep what it points to as long as the result is used.
pub(super) unsafe fn rsa<'a>(rsa: &CK_RSA_AES_KEY_WRAP_PARAMS) -> Option<Params<'a>> {
    if rsa.pOAEPParams.is_null() {
        return None;
    }
    // SAFETY: the caller's promise; the host's structure may lie anywhere.
    let oaep = unsafe { oaep_params(&rsa.pOAEPParams.read_unaligned())? };
    let Params::Oaep { digest, mgf, label } = oaep else {
        return None;
    };
    Some(Params::RsaAes {
        aes_bits: rsa.ulAESKeyBits,
        digest,
        mgf,
        label,
    })
}

/// Reads the parameters of a key wrap by ECDH and AES.
///
/// # Safety
/// The structure must be the host's, which must keep what it points to as long as the result is used.
pub(super) unsafe fn ecdh<'a>(ecdh: &CK_ECDH_AES_KEY_WRAP_PARAMS) -> Option<Params<'a>> {
    // SAFETY: the caller's promise.
    let shared_data = unsafe {
        pointed(
            ecdh.pSharedData,
            ecdh.ulSharedDataLen,
            limits::ATTRIBUTE_BYTES,
        )?
    };
    Some(Params::EcdhAes {
        aes_bits: ecdh.ulAESKeyBits,
        kdf: KeyDerivation(ecdh.kdf),
        shared_data,
    })
}
