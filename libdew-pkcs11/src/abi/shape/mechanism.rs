//! Mechanisms with their parameters.

use ck::{KeyDerivation, MechanismType, Mgf, ParamShape, Params, Rv, mechanism};
use cryptoki_sys::CKZ_DATA_SPECIFIED;
use cryptoki_sys::{CK_AES_CTR_PARAMS, CK_GCM_PARAMS, CK_MECHANISM, CK_RSA_PKCS_OAEP_PARAMS};
use cryptoki_sys::{CK_ECDH1_DERIVE_PARAMS, CK_EDDSA_PARAMS, CK_RSA_PKCS_PSS_PARAMS, CK_ULONG};
use proto::shape::{self, MechanismArgument};
use proto::{Writer, limits};

use super::CArgument;
use crate::abi::memory::HostBytes;

/// How many bytes a mechanism takes in a request besides the byte strings among its parameters.
const MECHANISM_OVERHEAD: usize = 64;

/// A mechanism, or none where the host ends an operation (5.8.1 and its like).
pub(in crate::abi) struct MechanismIn(Option<CK_MECHANISM>);

impl CArgument for MechanismIn {
    type C = *mut CK_MECHANISM;

    unsafe fn read(mechanism: *mut CK_MECHANISM) -> Result<Self, Rv> {
        // SAFETY: the pointer is null or points to a mechanism.
        Ok(Self(
            (!mechanism.is_null()).then(|| unsafe { mechanism.read_unaligned() }),
        ))
    }

    fn size(&self) -> usize {
        // SAFETY: as in `encode`, which follows at once; the byte strings are only counted.
        MECHANISM_OVERHEAD
            + self
                .0
                .as_ref()
                .map_or(0, |mechanism| match unsafe { params(mechanism) } {
                    Params::Bytes(bytes) => bytes.len(),
                    Params::Gcm { iv, aad, .. } => iv.len() + aad.len(),
                    Params::Oaep { label, .. } => label.len(),
                    Params::Eddsa { context, .. } => context.len(),
                    Params::Ecdh {
                        shared_data,
                        public_data,
                        ..
                    } => shared_data.len() + public_data.len(),
                    _ => 0,
                })
    }

    unsafe fn encode(&self, writer: &mut Writer<'_>) {
        let argument = self.0.as_ref().map(|mechanism| MechanismArgument {
            id: MechanismType(mechanism.mechanism),
            // SAFETY: the caller's promise.
            params: unsafe { params(mechanism) },
        });
        shape::MechanismIn::encode(argument.as_ref(), writer);
    }
}

/// Reads the parameters in the shape that the mechanism's row names. The token says what it thinks of a mechanism without
/// a row, and of parameters that do not have the shape.
///
/// # Safety
/// The mechanism must be the host's, which must keep its parameters as long as the result is used.
unsafe fn params<'a>(host: &CK_MECHANISM) -> Params<'a> {
    let Some(row) = mechanism(MechanismType(host.mechanism)) else {
        return Params::None;
    };
    let bytes = HostBytes::new(
        host.pParameter.cast(),
        host.ulParameterLen,
        limits::ATTRIBUTE_BYTES,
        Rv::MECHANISM_PARAM_INVALID,
    );
    let Ok(bytes) = bytes else {
        return Params::Malformed;
    };
    // SAFETY: the caller's promise.
    let bytes: &'a [u8] = unsafe { bytes.get() };
    // SAFETY: the caller's promise covers what the structures point to.
    let params = unsafe {
        match row.params {
            ParamShape::Empty => bytes.is_empty().then_some(Params::None),
            ParamShape::Bytes(length) => (bytes.len() == length).then_some(Params::Bytes(bytes)),
            ParamShape::OptionalBytes(_) if bytes.is_empty() => Some(Params::None),
            ParamShape::OptionalBytes(length) => {
                (bytes.len() == length).then_some(Params::Bytes(bytes))
            }
            ParamShape::Length => structure::<CK_ULONG>(bytes).map(Params::Length),
            ParamShape::Counter => structure(bytes).map(counter),
            ParamShape::Ecdh => structure(bytes).and_then(|ecdh| ecdh_params(&ecdh)),
            ParamShape::Eddsa if bytes.is_empty() => Some(Params::None),
            ParamShape::Eddsa => structure(bytes).and_then(|eddsa| eddsa_params(&eddsa)),
            ParamShape::Gcm => structure(bytes).and_then(|gcm| gcm_params(&gcm)),
            ParamShape::Oaep => structure(bytes).and_then(|oaep| oaep_params(&oaep)),
            ParamShape::Pss => structure(bytes).map(pss),
        }
    };
    params.unwrap_or(Params::Malformed)
}

/// Takes the bytes for a C structure, where they are just as many.
///
/// # Safety
/// The structure must be one of C: numbers and pointers, of which every bit pattern is one.
unsafe fn structure<T: Copy>(bytes: &[u8]) -> Option<T> {
    // SAFETY: there are as many bytes as the structure has, and the caller answers for their being one.
    (bytes.len() == size_of::<T>()).then(|| unsafe { bytes.as_ptr().cast::<T>().read_unaligned() })
}

fn counter(counter: CK_AES_CTR_PARAMS) -> Params<'static> {
    Params::Counter {
        counter_bits: counter.ulCounterBits,
        block: counter.cb,
    }
}

fn pss(pss: CK_RSA_PKCS_PSS_PARAMS) -> Params<'static> {
    Params::Pss {
        digest: MechanismType(pss.hashAlg),
        mgf: Mgf(pss.mgf),
        salt_len: pss.sLen,
    }
}

/// The bytes that a structure points to.
///
/// # Safety
/// As for [`HostBytes::get`].
unsafe fn pointed<'a>(pointer: *const u8, length: CK_ULONG, limit: usize) -> Option<&'a [u8]> {
    let bytes = HostBytes::new(pointer, length, limit, Rv::MECHANISM_PARAM_INVALID).ok()?;
    // SAFETY: the caller's promise.
    Some(unsafe { bytes.get() })
}

/// Reads the parameters of AES-GCM. Hosts that follow older texts leave the IV's length in bits at 0.
///
/// # Safety
/// As for [`params`].
unsafe fn gcm_params<'a>(gcm: &CK_GCM_PARAMS) -> Option<Params<'a>> {
    if gcm.ulIvBits != 0 && Some(gcm.ulIvBits) != gcm.ulIvLen.checked_mul(8) {
        return None;
    }
    // SAFETY: the caller's promise.
    unsafe {
        Some(Params::Gcm {
            iv: pointed(gcm.pIv, gcm.ulIvLen, limits::ATTRIBUTE_BYTES)?,
            aad: pointed(gcm.pAAD, gcm.ulAADLen, limits::PAYLOAD_BYTES)?,
            tag_bits: gcm.ulTagBits,
        })
    }
}

/// Reads the parameters of OAEP. The label is given as it is or not at all; there is no other source.
///
/// # Safety
/// As for [`params`].
unsafe fn oaep_params<'a>(oaep: &CK_RSA_PKCS_OAEP_PARAMS) -> Option<Params<'a>> {
    let source_is_known =
        oaep.source == CKZ_DATA_SPECIFIED || (oaep.source == 0 && oaep.ulSourceDataLen == 0);
    if !source_is_known {
        return None;
    }
    Some(Params::Oaep {
        digest: MechanismType(oaep.hashAlg),
        mgf: Mgf(oaep.mgf),
        // SAFETY: the caller's promise.
        label: unsafe {
            pointed(
                oaep.pSourceData.cast(),
                oaep.ulSourceDataLen,
                limits::ATTRIBUTE_BYTES,
            )?
        },
    })
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

/// Reads the parameters of EdDSA.
///
/// # Safety
/// As for [`params`].
unsafe fn eddsa_params<'a>(eddsa: &CK_EDDSA_PARAMS) -> Option<Params<'a>> {
    Some(Params::Eddsa {
        prehash: eddsa.phFlag != 0,
        // SAFETY: the caller's promise.
        context: unsafe {
            pointed(
                eddsa.pContextData,
                eddsa.ulContextDataLen,
                limits::ATTRIBUTE_BYTES,
            )?
        },
    })
}
