//! Mechanisms of authenticated encryption whose parameters are filled in.

use ck::{MechanismType, Mgf, Params, Rv};
use cryptoki_sys::CK_SALSA20_CHACHA20_POLY1305_MSG_PARAMS;
use cryptoki_sys::{CK_CCM_MESSAGE_PARAMS, CK_CCM_WRAP_PARAMS, CK_GCM_MESSAGE_PARAMS};
use cryptoki_sys::{CK_GCM_WRAP_PARAMS, CK_MECHANISM, CK_ULONG};
use proto::shape::{self, MechanismArgument};
use proto::{DecodeError, Reader, Writer, limits};

use super::mechanism::{pointed, structure};
use super::{CArgument, OVERFLOW};
use crate::abi::memory::{HostBytes, copy_out};

/// How many bytes a mechanism takes in a request besides the byte strings among its parameters.
const OVERHEAD: usize = 128;
/// The longest initialisation vector and the longest tag, in bytes.
const NONCE_BYTES: usize = 256;
const TAG_BYTES: usize = 16;
/// What stands for an initialisation vector that the token makes: the host's memory need not be written yet.
const BLANK: [u8; NONCE_BYTES] = [0; NONCE_BYTES];

/// The parameters as the host gave them.
pub(super) struct Aead {
    nonce: *mut u8,
    nonce_len: CK_ULONG,
    fixed_bits: CK_ULONG,
    generator: CK_ULONG,
    data_len: CK_ULONG,
    aad: *mut u8,
    aad_len: CK_ULONG,
    /// Where the tag stands, unless it stands behind the ciphertext.
    tag: Option<*mut u8>,
    tag_bits: CK_ULONG,
}

/// Which way a mechanism goes.
#[derive(Clone, Copy)]
pub(super) enum Direction {
    Open,
    Seal,
}

impl Aead {
    /// Reads the structure that the mechanism and the length tell.
    ///
    /// # Safety
    /// The mechanism must be the host's.
    unsafe fn read(host: &CK_MECHANISM) -> Option<Self> {
        let bytes = HostBytes::new(
            host.pParameter.cast(),
            host.ulParameterLen,
            limits::ATTRIBUTE_BYTES,
            Rv::MECHANISM_PARAM_INVALID,
        );
        // SAFETY: the caller's promise; the structures are numbers and pointers.
        unsafe {
            let bytes = bytes.ok()?.get();
            match MechanismType(host.mechanism) {
                MechanismType::AES_GCM => structure(bytes)
                    .map(Self::of_gcm_message)
                    .or_else(|| structure(bytes).map(Self::of_gcm_wrap)),
                MechanismType::AES_CCM => structure(bytes)
                    .map(Self::of_ccm_message)
                    .or_else(|| structure(bytes).map(Self::of_ccm_wrap)),
                _ => None,
            }
        }
    }

    /// Reads the structure of a message, which its length tells.
    ///
    /// # Safety
    /// The bytes must be the host's structure of that length.
    pub(super) unsafe fn of_message(bytes: &[u8]) -> Option<Self> {
        // SAFETY: the caller's promise; the structures are numbers and pointers.
        unsafe {
            structure(bytes)
                .map(Self::of_gcm_message)
                .or_else(|| structure(bytes).map(Self::of_ccm_message))
                .or_else(|| structure(bytes).and_then(Self::of_chacha_message))
        }
    }

    /// The length of the nonce is in bits (6.61.2), or as elsewhere in bytes: the one length that there is tells which.
    fn of_chacha_message(chacha: CK_SALSA20_CHACHA20_POLY1305_MSG_PARAMS) -> Option<Self> {
        matches!(chacha.ulNonceLen, 12 | 96).then_some(Self {
            nonce: chacha.pNonce,
            nonce_len: 12,
            fixed_bits: 0,
            generator: Mgf::NO_GENERATE.0,
            data_len: 0,
            aad: std::ptr::null_mut(),
            aad_len: 0,
            tag: Some(chacha.pTag),
            tag_bits: 128,
        })
    }

    const fn of_gcm_message(gcm: CK_GCM_MESSAGE_PARAMS) -> Self {
        Self {
            nonce: gcm.pIv,
            nonce_len: gcm.ulIvLen,
            fixed_bits: gcm.ulIvFixedBits,
            generator: gcm.ivGenerator,
            data_len: 0,
            aad: std::ptr::null_mut(),
            aad_len: 0,
            tag: Some(gcm.pTag),
            tag_bits: gcm.ulTagBits,
        }
    }

    const fn of_gcm_wrap(gcm: CK_GCM_WRAP_PARAMS) -> Self {
        Self {
            nonce: gcm.pIv,
            nonce_len: gcm.ulIvLen,
            fixed_bits: gcm.ulIvFixedBits,
            generator: gcm.ivGenerator,
            data_len: 0,
            aad: gcm.pAAD,
            aad_len: gcm.ulAADLen,
            tag: None,
            tag_bits: gcm.ulTagBits,
        }
    }

    const fn of_ccm_message(ccm: CK_CCM_MESSAGE_PARAMS) -> Self {
        Self {
            nonce: ccm.pNonce,
            nonce_len: ccm.ulNonceLen,
            fixed_bits: ccm.ulNonceFixedBits,
            generator: ccm.nonceGenerator,
            data_len: ccm.ulDataLen,
            aad: std::ptr::null_mut(),
            aad_len: 0,
            tag: Some(ccm.pMAC),
            tag_bits: ccm.ulMACLen.saturating_mul(8),
        }
    }

    const fn of_ccm_wrap(ccm: CK_CCM_WRAP_PARAMS) -> Self {
        Self {
            nonce: ccm.pNonce,
            nonce_len: ccm.ulNonceLen,
            fixed_bits: ccm.ulNonceFixedBits,
            generator: ccm.nonceGenerator,
            data_len: ccm.ulDataLen,
            aad: ccm.pAAD,
            aad_len: ccm.ulAADLen,
            tag: None,
            tag_bits: ccm.ulMACLen.saturating_mul(8),
        }
    }

    /// Looks at what the parameters point to.
    ///
    /// # Safety
    /// The host must keep the memory as long as the result is used.
    pub(super) unsafe fn params<'a>(&self, direction: Direction) -> Option<Params<'a>> {
        let generated = self.generator != Mgf::NO_GENERATE.0 && self.fixed_bits == 0;
        let nonce_len = usize::try_from(self.nonce_len).ok()?;
        // SAFETY: the caller's promise.
        unsafe {
            let nonce = match direction {
                Direction::Seal if generated && !self.nonce.is_null() => BLANK.get(..nonce_len)?,
                _ => pointed(self.nonce, self.nonce_len, NONCE_BYTES)?,
            };
            let tag = match (self.tag, direction) {
                (None, _) => None,
                (Some(place), Direction::Open) => {
                    Some(pointed(place, self.tag_bits / 8, TAG_BYTES)?)
                }
                (Some(place), Direction::Seal) if place.is_null() => return None,
                (Some(_), Direction::Seal) => Some(&[][..]),
            };
            Some(Params::Aead {
                nonce,
                fixed_bits: self.fixed_bits,
                generator: Mgf(self.generator),
                data_len: self.data_len,
                aad: pointed(self.aad, self.aad_len, limits::PAYLOAD_BYTES)?,
                tag,
                tag_bits: self.tag_bits,
            })
        }
    }
}

impl Aead {
    /// How many bytes the parameters take in a request at most.
    pub(super) fn size(&self) -> usize {
        let aad = usize::try_from(self.aad_len).unwrap_or(0);
        OVERHEAD + NONCE_BYTES + TAG_BYTES + aad.min(limits::PAYLOAD_BYTES)
    }

    /// Puts what the token made where the parameters point to.
    ///
    /// # Safety
    /// The host must have as much room there as it said.
    pub(super) unsafe fn put(&self, sealed: &shape::Sealed) -> Result<(), DecodeError> {
        if !sealed.nonce.is_empty() {
            if usize::try_from(self.nonce_len) != Ok(sealed.nonce.len()) || self.nonce.is_null() {
                return Err(OVERFLOW);
            }
            // SAFETY: the host has as much room for the vector as it said.
            unsafe { copy_out(&sealed.nonce, self.nonce) };
        }
        if !sealed.tag.is_empty() {
            let place = self.tag.filter(|place| !place.is_null()).ok_or(OVERFLOW)?;
            if usize::try_from(self.tag_bits / 8) != Ok(sealed.tag.len()) {
                return Err(OVERFLOW);
            }
            // SAFETY: the host has as much room for the tag as it said.
            unsafe { copy_out(&sealed.tag, place) };
        }
        Ok(())
    }
}

/// Looks at a mechanism; of others than those of authenticated encryption the token is told the number alone.
///
/// # Safety
/// The mechanism must be the host's, which must keep what it points to as long as the result is used.
unsafe fn argument<'a>(host: &CK_MECHANISM, direction: Direction) -> MechanismArgument<'a> {
    let id = MechanismType(host.mechanism);
    let served = matches!(id, MechanismType::AES_CCM | MechanismType::AES_GCM);
    // SAFETY: the caller's promise.
    let params = unsafe { Aead::read(host).and_then(|aead| aead.params(direction)) };
    let otherwise = if served {
        Params::Malformed
    } else {
        Params::None
    };
    MechanismArgument {
        id,
        params: params.unwrap_or(otherwise),
    }
}

/// How many bytes a mechanism takes in a request at most.
fn size(host: Option<&CK_MECHANISM>) -> usize {
    // SAFETY: as in `encode`, which follows at once; the lengths alone are looked at.
    let aead = host.and_then(|host| unsafe { Aead::read(host) });
    aead.map_or(OVERHEAD, |aead| aead.size())
}

/// A mechanism that seals: the token may put an initialisation vector and a tag into its parameters.
pub(in crate::abi) struct SealingMechanism(Option<CK_MECHANISM>);

impl CArgument for SealingMechanism {
    type C = *mut CK_MECHANISM;

    unsafe fn read(mechanism: *mut CK_MECHANISM) -> Result<Self, Rv> {
        // SAFETY: the pointer is null or points to a mechanism.
        let host = (!mechanism.is_null()).then(|| unsafe { mechanism.read_unaligned() });
        Ok(Self(host))
    }

    fn size(&self) -> usize {
        size(self.0.as_ref())
    }

    unsafe fn encode(&self, writer: &mut Writer<'_>) {
        let host = self.0.as_ref();
        // SAFETY: the caller's promise.
        let argument = host.map(|host| unsafe { argument(host, Direction::Seal) });
        shape::SealingMechanism::encode(argument.as_ref(), writer);
    }

    unsafe fn write_back(&self, reader: &mut Reader<'_>) -> Result<(), DecodeError> {
        let sealed = shape::SealingMechanism::read_reply(reader)?;
        // SAFETY: the caller's promise.
        let aead = self.0.as_ref().and_then(|host| unsafe { Aead::read(host) });
        // SAFETY: as above.
        aead.map_or(Ok(()), |aead| unsafe { aead.put(&sealed) })
    }
}

/// A mechanism that opens.
pub(in crate::abi) struct OpeningMechanism(Option<CK_MECHANISM>);

impl CArgument for OpeningMechanism {
    type C = *mut CK_MECHANISM;

    unsafe fn read(mechanism: *mut CK_MECHANISM) -> Result<Self, Rv> {
        // SAFETY: the pointer is null or points to a mechanism.
        let host = (!mechanism.is_null()).then(|| unsafe { mechanism.read_unaligned() });
        Ok(Self(host))
    }

    fn size(&self) -> usize {
        size(self.0.as_ref())
    }

    unsafe fn encode(&self, writer: &mut Writer<'_>) {
        let host = self.0.as_ref();
        // SAFETY: the caller's promise.
        let argument = host.map(|host| unsafe { argument(host, Direction::Open) });
        shape::OpeningMechanism::encode(argument.as_ref(), writer);
    }
}
