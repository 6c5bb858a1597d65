//! The parameters of mechanisms that derive keys, or make them of passwords.

use ck::{KeyDerivation, Mechanism, MechanismType, ParamShape, Params, Salt};
use cryptoki_sys::{CK_AES_CBC_ENCRYPT_DATA_PARAMS, CK_DES_CBC_ENCRYPT_DATA_PARAMS};
use cryptoki_sys::{CK_ECDH1_DERIVE_PARAMS, CK_HKDF_PARAMS, CK_KEY_DERIVATION_STRING_DATA};
use cryptoki_sys::{CKF_HKDF_SALT_DATA, CKF_HKDF_SALT_KEY, CKF_HKDF_SALT_NULL};
use proto::limits;

use super::mechanism::{pointed, structure};
use super::{block_kdf, password, tls};

/// Reads the parameters in the shape that the mechanism's row names; none where it is not one of these.
///
/// # Safety
/// As for the parameters of any mechanism: what the structures point to must be the host's, and stay.
pub(super) unsafe fn params<'a>(row: &Mechanism, bytes: &'a [u8]) -> Option<Params<'a>> {
    // SAFETY: the caller's promise covers what the structures point to.
    unsafe {
        match row.params {
            ParamShape::Data => structure(bytes).and_then(|data| string_data(&data)),
            ParamShape::VectorAndData(8) => structure(bytes).and_then(|des| des_data(bytes, &des)),
            ParamShape::VectorAndData(_) => structure(bytes).and_then(|aes| aes_data(bytes, &aes)),
            ParamShape::Ecdh => structure(bytes).and_then(|ecdh| ecdh_params(&ecdh)),
            ParamShape::Hkdf => structure(bytes).and_then(|hkdf| hkdf_params(&hkdf)),
            ParamShape::CounterKdf => structure(bytes)
                .and_then(|kdf| block_kdf::params(&kdf, block_kdf::Variable::Counter)),
            ParamShape::DoublePipelineKdf => {
                structure(bytes).and_then(|kdf| block_kdf::params(&kdf, block_kdf::Variable::Block))
            }
            ParamShape::FeedbackKdf => structure(bytes).and_then(|kdf| block_kdf::feedback(&kdf)),
            ParamShape::Password => structure(bytes).and_then(|pbkdf2| password::params(&pbkdf2)),
            ParamShape::TlsExport => structure(bytes).and_then(|kdf| tls::export(&kdf)),
            ParamShape::TlsExtendedMaster => {
                structure(bytes).and_then(|master| tls::extended(&master))
            }
            ParamShape::TlsKeys => structure(bytes).and_then(|keys| tls::keys(row.id, &keys)),
            ParamShape::TlsMac => structure(bytes).map(tls::mac),
            ParamShape::TlsMaster => structure(bytes).and_then(|master| tls::master(&master)),
            _ => None,
        }
    }
}

/// Reads the data that a key derivation works on.
///
/// # Safety
/// As for [`params`].
unsafe fn string_data<'a>(data: &CK_KEY_DERIVATION_STRING_DATA) -> Option<Params<'a>> {
    // SAFETY: the caller's promise.
    unsafe { pointed(data.pData, data.ulLen, limits::ATTRIBUTE_BYTES) }.map(Params::Bytes)
}

/// Reads the data that AES in CBC mode makes a key of. The vector is where the structure begins.
///
/// # Safety
/// As for [`params`].
unsafe fn aes_data<'a>(
    bytes: &'a [u8],
    data: &CK_AES_CBC_ENCRYPT_DATA_PARAMS,
) -> Option<Params<'a>> {
    Some(Params::VectorAndData {
        vector: bytes.get(..data.iv.len())?,
        // SAFETY: the caller's promise.
        data: unsafe { pointed(data.pData, data.length, limits::ATTRIBUTE_BYTES)? },
    })
}

/// Reads the same for triple DES.
///
/// # Safety
/// As for [`params`].
unsafe fn des_data<'a>(
    bytes: &'a [u8],
    data: &CK_DES_CBC_ENCRYPT_DATA_PARAMS,
) -> Option<Params<'a>> {
    Some(Params::VectorAndData {
        vector: bytes.get(..data.iv.len())?,
        // SAFETY: the caller's promise.
        data: unsafe { pointed(data.pData, data.length, limits::ATTRIBUTE_BYTES)? },
    })
}

/// Reads the parameters of HKDF.
///
/// # Safety
/// As for [`params`].
unsafe fn hkdf_params<'a>(hkdf: &CK_HKDF_PARAMS) -> Option<Params<'a>> {
    // SAFETY: the caller's promise; where there is no salt, what stands for it is not read.
    unsafe {
        let salt = match hkdf.ulSaltType {
            CKF_HKDF_SALT_NULL => Salt::Bytes(&[]),
            CKF_HKDF_SALT_DATA => Salt::Bytes(pointed(
                hkdf.pSalt,
                hkdf.ulSaltLen,
                limits::ATTRIBUTE_BYTES,
            )?),
            CKF_HKDF_SALT_KEY => Salt::Key(hkdf.hSaltKey),
            _ if hkdf.bExtract == 0 => Salt::Bytes(&[]),
            _ => return None,
        };
        Some(Params::Hkdf {
            extract: hkdf.bExtract != 0,
            expand: hkdf.bExpand != 0,
            digest: MechanismType(hkdf.prfHashMechanism),
            salt,
            info: pointed(hkdf.pInfo, hkdf.ulInfoLen, limits::ATTRIBUTE_BYTES)?,
        })
    }
}

/// Reads the parameters of Diffie-Hellman over elliptic curves.
///
/// # Safety
/// As for [`params`].
unsafe fn ecdh_params<'a>(ecdh: &CK_ECDH1_DERIVE_PARAMS) -> Option<Params<'a>> {
    // SAFETY: the caller's promise.
    unsafe {
        Some(Params::Ecdh {
            kdf: KeyDerivation(ecdh.kdf),
            shared_data: pointed(
                ecdh.pSharedData,
                ecdh.ulSharedDataLen,
                limits::ATTRIBUTE_BYTES,
            )?,
            public_data: pointed(
                ecdh.pPublicData,
                ecdh.ulPublicDataLen,
                limits::ATTRIBUTE_BYTES,
            )?,
        })
    }
}
