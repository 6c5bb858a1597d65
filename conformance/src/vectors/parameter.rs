//! Mechanisms with parameters that several sources make.

use cryptoki_sys::*;

use super::curve::Curve;
use super::hash::Hash;
use crate::c::{Mechanism, Structure};

/// Makes a `CK_GCM_PARAMS`.
#[must_use]
pub fn gcm(iv: &[u8], aad: &[u8], tag_bits: u64) -> Structure {
    Structure::new()
        .counted(iv)
        .number(iv.len() as u64 * 8)
        .counted(aad)
        .number(tag_bits)
}

/// Makes a `CK_CCM_PARAMS`.
#[must_use]
pub fn ccm(length: usize, nonce: &[u8], aad: &[u8], mac_bytes: u64) -> Structure {
    Structure::new()
        .number(length as u64)
        .counted(nonce)
        .counted(aad)
        .number(mac_bytes)
}

/// Makes `CKM_AES_CTR` with a counter of 128 bits.
#[must_use]
pub fn counter(block: &[u8]) -> Mechanism {
    Mechanism::with(CKM_AES_CTR, Structure::new().number(128).inline(block))
}

/// Makes `CKM_CHACHA20_POLY1305`.
#[must_use]
pub fn chacha20_poly1305(nonce: &[u8], aad: &[u8]) -> Mechanism {
    let parameter = Structure::new()
        .pointer(nonce)
        .number(nonce.len() as u64 * 8)
        .counted(aad);
    Mechanism::with(CKM_CHACHA20_POLY1305, parameter)
}

/// Makes `CKM_HKDF_DERIVE` that extracts and expands.
#[must_use]
pub fn hkdf(hash: &Hash, salt: &[u8], info: &[u8]) -> Mechanism {
    let salt_type = if salt.is_empty() {
        CKF_HKDF_SALT_NULL
    } else {
        CKF_HKDF_SALT_DATA
    };
    let parameter = Structure::new()
        .inline(&[CK_TRUE, CK_TRUE])
        .number(hash.digest)
        .number(salt_type)
        .counted(salt)
        .number(CK_INVALID_HANDLE)
        .counted(info);
    Mechanism::with(CKM_HKDF_DERIVE, parameter)
}

/// Makes `CKM_PKCS5_PBKD2` with its `CK_PKCS5_PBKD2_PARAMS2`.
#[must_use]
pub fn pbkdf2(hash: &Hash, password: &[u8], salt: &[u8], iterations: u64) -> Mechanism {
    let parameter = Structure::new()
        .number(CKZ_SALT_SPECIFIED)
        .counted(salt)
        .number(iterations)
        .number(hash.pbkdf2.unwrap_or_default())
        .counted(&[])
        .counted(password);
    Mechanism::with(CKM_PKCS5_PBKD2, parameter)
}

/// Makes a `CK_RSA_PKCS_PSS_PARAMS`.
#[must_use]
pub fn pss(
    kind: CK_MECHANISM_TYPE,
    hash: &Hash,
    mask: CK_RSA_PKCS_MGF_TYPE,
    salt: usize,
) -> Mechanism {
    Mechanism::with(
        kind,
        Structure::new()
            .number(hash.digest)
            .number(mask)
            .number(salt as u64),
    )
}

/// Makes `CKM_RSA_PKCS_OAEP`.
#[must_use]
pub fn oaep(hash: &Hash, mask: CK_RSA_PKCS_MGF_TYPE, label: &[u8]) -> Mechanism {
    let parameter = Structure::new()
        .number(hash.digest)
        .number(mask)
        .number(CKZ_DATA_SPECIFIED)
        .counted(label);
    Mechanism::with(CKM_RSA_PKCS_OAEP, parameter)
}

/// Makes `CKM_ECDH1_DERIVE` without a key derivation function.
#[must_use]
pub fn ecdh(public: &[u8]) -> Mechanism {
    let parameter = Structure::new()
        .number(CKD_NULL)
        .number(0)
        .null()
        .number(public.len() as u64)
        .pointer(public);
    Mechanism::with(CKM_ECDH1_DERIVE, parameter)
}

/// Makes `CKM_EDDSA`: Ed25519 takes no parameter, Ed448 needs one.
#[must_use]
pub fn eddsa(curve: &Curve) -> Mechanism {
    if curve.name == "edwards25519" {
        return Mechanism::new(CKM_EDDSA);
    }
    Mechanism::with(
        CKM_EDDSA,
        Structure::new().inline(&[CK_FALSE]).number(0).null(),
    )
}

/// Makes `CKM_ML_DSA` with its `CK_SIGN_ADDITIONAL_CONTEXT`.
#[must_use]
pub fn ml_dsa(context: &[u8], hedge: CK_HEDGE_TYPE) -> Mechanism {
    Mechanism::with(CKM_ML_DSA, Structure::new().number(hedge).counted(context))
}
