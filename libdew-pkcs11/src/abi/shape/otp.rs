//! The parameters of one-time passwords: an array of typed values.

use ck::{OneTime, Params};
use cryptoki_sys::CK_ULONG;
use cryptoki_sys::{CK_OTP_CHALLENGE, CK_OTP_COUNTER, CK_OTP_FLAGS, CK_OTP_OUTPUT_FORMAT};
use cryptoki_sys::{CK_OTP_OUTPUT_LENGTH, CK_OTP_PARAM, CK_OTP_PARAMS, CK_OTP_PIN, CK_OTP_TIME};
use proto::limits;

use super::mechanism::{pointed, structure};

/// The most values: each of the standard's eight types once, and as many again.
const MOST: CK_ULONG = 16;

/// Reads the values. Challenge and PIN are no part of the passwords that the token makes, and are not read (6.57.6).
///
/// # Safety
/// As for the parameters of any mechanism: what the structures point to must be the host's, and stay.
pub(super) unsafe fn params<'a>(params: &CK_OTP_PARAMS) -> Option<Params<'a>> {
    if params.ulCount > MOST {
        return None;
    }
    let size = size_of::<CK_OTP_PARAM>();
    let length = params.ulCount.checked_mul(CK_ULONG::try_from(size).ok()?)?;
    // SAFETY: the caller's promise.
    let bytes = unsafe { pointed(params.pParams.cast(), length, limits::ATTRIBUTE_BYTES)? };
    let mut otp = OneTime::default();
    for bytes in bytes.chunks_exact(size) {
        // SAFETY: the structure is one of C, and the caller's promise covers what it points to.
        unsafe {
            let param: CK_OTP_PARAM = structure(bytes)?;
            let value = pointed(
                param.pValue.cast::<u8>(),
                param.ulValueLen,
                limits::ATTRIBUTE_BYTES,
            )?;
            match param.type_ {
                CK_OTP_CHALLENGE | CK_OTP_PIN => {}
                CK_OTP_COUNTER => otp.counter = Some(value),
                CK_OTP_FLAGS => otp.flags = structure::<CK_ULONG>(value)?,
                CK_OTP_OUTPUT_FORMAT => otp.format = Some(structure::<CK_ULONG>(value)?),
                CK_OTP_OUTPUT_LENGTH => otp.length = Some(structure::<CK_ULONG>(value)?),
                CK_OTP_TIME => otp.time = Some(value),
                _ => return None,
            }
        }
    }
    Some(Params::Otp(otp))
}
