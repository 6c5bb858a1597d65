//! Mechanisms with their parameters.

use ck::{Hedge, MOST_PIECES, MechanismType, Mgf, ParamShape, Params, Piece, Rv, Salt, mechanism};
use cryptoki_sys::CK_CCM_PARAMS;
use cryptoki_sys::CKZ_DATA_SPECIFIED;
use cryptoki_sys::{CK_AES_CTR_PARAMS, CK_GCM_PARAMS, CK_MECHANISM, CK_RSA_PKCS_OAEP_PARAMS};
use cryptoki_sys::{CK_CHACHA20_PARAMS, CK_SALSA20_CHACHA20_POLY1305_PARAMS};
use cryptoki_sys::{CK_EDDSA_PARAMS, CK_RSA_PKCS_PSS_PARAMS, CK_ULONG};
use cryptoki_sys::{CK_HASH_SIGN_ADDITIONAL_CONTEXT, CK_SIGN_ADDITIONAL_CONTEXT};
use proto::shape::{self, MechanismArgument};
use proto::{Writer, limits};

use super::{CArgument, derivation, otp, transport};
use crate::abi::memory::HostBytes;

/// How many bytes a mechanism takes in a request besides the byte strings among its parameters.
const MECHANISM_OVERHEAD: usize = 64;
/// The same for the numbers of a one-time password.
const OTP_OVERHEAD: usize = 64;
/// The initialisation vector of GMAC where it is the whole parameter, and the length of the tag that it then has.
const GMAC_IV: usize = 12;
const GMAC_TAG_BITS: u64 = 128;

/// The same for the pieces of a key derivation's input, whose numbers take up to 11 bytes each.
const PIECES_OVERHEAD: usize = 11 * MOST_PIECES;

/// A mechanism, or none where the host ends an operation (5.8.1 and its like).
pub(in crate::abi) struct MechanismIn(Option<CK_MECHANISM>);

impl MechanismIn {
    /// The mechanism as the host gave it.
    pub(super) const fn host(&self) -> Option<&CK_MECHANISM> {
        self.0.as_ref()
    }
}

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
                    Params::Ccm { nonce, aad, .. } => nonce.len() + aad.len(),
                    Params::Hkdf {
                        salt: Salt::Bytes(salt),
                        info,
                        ..
                    } => salt.len() + info.len(),
                    Params::Hkdf { info, .. } => info.len(),
                    Params::CounterKdf { pieces, .. } => PIECES_OVERHEAD + piece_bytes(&pieces),
                    Params::Oaep { label, .. } | Params::RsaAes { label, .. } => label.len(),
                    Params::EcdhAes { shared_data, .. } => shared_data.len(),
                    Params::FeedbackKdf { vector, pieces, .. } => {
                        PIECES_OVERHEAD + vector.len() + piece_bytes(&pieces)
                    }
                    Params::Password { salt, password, .. } => salt.len() + password.0.len(),
                    Params::TlsExport {
                        label,
                        client_random,
                        server_random,
                        context,
                        ..
                    } => {
                        let randoms = client_random.len() + server_random.len();
                        label.len() + randoms + context.unwrap_or_default().len()
                    }
                    Params::TlsExtendedMaster { session_hash, .. } => session_hash.len(),
                    Params::TlsKeys {
                        client_random,
                        server_random,
                        ..
                    }
                    | Params::TlsMaster {
                        client_random,
                        server_random,
                        ..
                    } => client_random.len() + server_random.len(),
                    Params::Otp(otp) => {
                        OTP_OVERHEAD
                            + otp.counter.map_or(0, <[u8]>::len)
                            + otp.time.map_or(0, <[u8]>::len)
                    }
                    Params::VectorAndData { vector, data } => vector.len() + data.len(),
                    Params::Eddsa { context, .. } | Params::SignContext { context, .. } => {
                        context.len()
                    }
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

fn piece_bytes(pieces: &[Piece<'_>]) -> usize {
    let len = |piece: &Piece<'_>| match piece {
        Piece::Bytes(bytes) => bytes.len(),
        Piece::Absent | Piece::Block | Piece::Counter(_) | Piece::Length { .. } => 0,
    };
    pieces.iter().map(len).sum()
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
            ParamShape::UserId if bytes.is_empty() => Some(Params::None),
            ParamShape::UserId => Some(Params::Bytes(bytes)),
            ParamShape::Length => structure::<CK_ULONG>(bytes).map(Params::Length),
            ParamShape::Key => structure::<CK_ULONG>(bytes).map(Params::Key),
            ParamShape::PublicValue => (!bytes.is_empty()).then_some(Params::Bytes(bytes)),
            ParamShape::ChaCha20 => structure(bytes).and_then(|chacha| chacha20(&chacha)),
            ParamShape::ChaCha20Poly1305 => {
                structure(bytes).and_then(|aead| chacha20_poly1305(&aead))
            }
            ParamShape::Counter => structure(bytes).map(counter),
            ParamShape::Eddsa if bytes.is_empty() => Some(Params::None),
            ParamShape::Eddsa => structure(bytes).and_then(|eddsa| eddsa_params(&eddsa)),
            ParamShape::Ccm => structure(bytes).and_then(|ccm| ccm_params(&ccm)),
            ParamShape::Gmac if bytes.len() == GMAC_IV => Some(Params::Gcm {
                iv: bytes,
                aad: &[],
                tag_bits: GMAC_TAG_BITS,
            }),
            ParamShape::Gcm | ParamShape::Gmac => structure(bytes).and_then(|gcm| gcm_params(&gcm)),
            ParamShape::Oaep => structure(bytes).and_then(|oaep| oaep_params(&oaep)),
            ParamShape::RsaAes => structure(bytes).and_then(|rsa| transport::rsa(&rsa)),
            ParamShape::EcdhAes => structure(bytes).and_then(|ecdh| transport::ecdh(&ecdh)),
            ParamShape::Pss => structure(bytes).map(pss),
            ParamShape::SignContext if bytes.is_empty() => Some(Params::None),
            ParamShape::SignContext => structure(bytes).and_then(|sign| sign_context(&sign)),
            ParamShape::HashSignContext => {
                structure(bytes).and_then(|sign| hash_sign_context(&sign))
            }
            ParamShape::Otp if bytes.is_empty() => Some(Params::None),
            ParamShape::Otp => structure(bytes).and_then(|params| otp::params(&params)),
            _ => derivation::params(row, bytes),
        }
    };
    params.unwrap_or(Params::Malformed)
}

/// Takes the bytes for a C structure, where they are just as many.
///
/// # Safety
/// The structure must be one of C: numbers and pointers, of which every bit pattern is one.
pub(super) unsafe fn structure<T: Copy>(bytes: &[u8]) -> Option<T> {
    // SAFETY: there are as many bytes as the structure has, and the caller answers for their being one.
    (bytes.len() == size_of::<T>()).then(|| unsafe { bytes.as_ptr().cast::<T>().read_unaligned() })
}

fn counter(counter: CK_AES_CTR_PARAMS) -> Params<'static> {
    Params::Counter {
        counter_bits: counter.ulCounterBits,
        block: counter.cb,
    }
}

/// Reads the parameters of ChaCha20: the end of the cipher's state, where counter and nonce have 16 bytes together.
///
/// # Safety
/// As for [`params`].
unsafe fn chacha20(chacha: &CK_CHACHA20_PARAMS) -> Option<Params<'static>> {
    if !matches!(
        (chacha.blockCounterBits, chacha.ulNonceBits),
        (32, 96) | (64, 64)
    ) {
        return None;
    }
    let mut block = [0; 16];
    // SAFETY: the caller's promise.
    let (counter, nonce) = unsafe {
        (
            pointed(chacha.pBlockCounter, chacha.blockCounterBits / 8, 8)?,
            pointed(chacha.pNonce, chacha.ulNonceBits / 8, 12)?,
        )
    };
    block.get_mut(..counter.len())?.copy_from_slice(counter);
    block.get_mut(counter.len()..)?.copy_from_slice(nonce);
    Some(Params::Counter {
        counter_bits: chacha.blockCounterBits,
        block,
    })
}

/// Reads the parameters of ChaCha20 with Poly1305, which are those of GCM with tags of one length.
///
/// The text counts the nonce in bits (6.61.2); applications written against NSS count bytes, as the field's name suggests. The one
/// nonce that we serve has 96 bits, which are 12 bytes: neither number can mean the other.
///
/// # Safety
/// As for [`params`].
unsafe fn chacha20_poly1305<'a>(aead: &CK_SALSA20_CHACHA20_POLY1305_PARAMS) -> Option<Params<'a>> {
    if !matches!(aead.ulNonceLen, 12 | 96) {
        return None;
    }
    // SAFETY: the caller's promise.
    unsafe {
        Some(Params::Gcm {
            iv: pointed(aead.pNonce, 12, 12)?,
            aad: pointed(aead.pAAD, aead.ulAADLen, limits::PAYLOAD_BYTES)?,
            tag_bits: 128,
        })
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
pub(super) unsafe fn pointed<'a>(
    pointer: *const u8,
    length: CK_ULONG,
    limit: usize,
) -> Option<&'a [u8]> {
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

/// Reads the parameters of AES-CCM.
///
/// # Safety
/// As for [`params`].
unsafe fn ccm_params<'a>(ccm: &CK_CCM_PARAMS) -> Option<Params<'a>> {
    // SAFETY: the caller's promise.
    unsafe {
        Some(Params::Ccm {
            data_len: ccm.ulDataLen,
            nonce: pointed(ccm.pNonce, ccm.ulNonceLen, limits::ATTRIBUTE_BYTES)?,
            aad: pointed(ccm.pAAD, ccm.ulAADLen, limits::PAYLOAD_BYTES)?,
            mac_len: ccm.ulMACLen,
        })
    }
}

/// Reads the parameters of OAEP. The label is given as it is or not at all; there is no other source.
///
/// # Safety
/// As for [`params`].
pub(super) unsafe fn oaep_params<'a>(oaep: &CK_RSA_PKCS_OAEP_PARAMS) -> Option<Params<'a>> {
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

/// Reads the parameters of a signature with a context.
///
/// # Safety
/// As for [`params`].
unsafe fn sign_context<'a>(sign: &CK_SIGN_ADDITIONAL_CONTEXT) -> Option<Params<'a>> {
    // SAFETY: the caller's promise.
    let context = unsafe { context(sign.pContext, sign.ulContextLen)? };
    Some(Params::SignContext {
        hedge: Hedge(sign.hedgeVariant),
        context,
        digest: None,
    })
}

/// Reads the parameters of a signature of the host's digest.
///
/// # Safety
/// As for [`params`].
unsafe fn hash_sign_context<'a>(sign: &CK_HASH_SIGN_ADDITIONAL_CONTEXT) -> Option<Params<'a>> {
    // SAFETY: the caller's promise.
    let context = unsafe { context(sign.pContext, sign.ulContextLen)? };
    Some(Params::SignContext {
        hedge: Hedge(sign.hedgeVariant),
        context,
        digest: Some(MechanismType(sign.hash)),
    })
}

/// The context of a signature; none may be at any pointer.
///
/// # Safety
/// As for [`params`].
unsafe fn context<'a>(pointer: *const u8, length: CK_ULONG) -> Option<&'a [u8]> {
    // SAFETY: the caller's promise.
    unsafe { pointed(pointer, length, limits::ATTRIBUTE_BYTES) }
}
