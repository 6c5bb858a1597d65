//! One-time passwords (RFC 4226). What is signed is the counter, in eight bytes; the signature is the password.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use ck::{Digest, OneTime, Params};
use zeroize::Zeroizing;

use crate::ffi::HmacContext;
use crate::{Error, Key, Signer, Verifier};

/// The length of a counter in bytes.
const COUNTER_LEN: usize = 8;
/// How many digits a password may have: fewer are guessed, and of more the first would hardly differ (RFC 4226, 5.3).
const DIGITS: std::ops::RangeInclusive<u64> = 6..=8;

/// A password in the making, or under scrutiny.
pub(crate) struct Hotp {
    digest: Digest,
    context: HmacContext,
    counter: Vec<u8>,
    digits: usize,
}

impl Hotp {
    pub(crate) fn new(digest: Digest, params: &Params<'_>, key: &Key) -> Result<Self, Error> {
        let Params::Otp(OneTime {
            length: Some(digits),
            ..
        }) = *params
        else {
            return Err(Error::MechanismParamInvalid);
        };
        if !DIGITS.contains(&digits) {
            return Err(Error::MechanismParamInvalid);
        }
        Ok(Self {
            digest,
            context: HmacContext::new(digest, key.hotp()?)?,
            counter: Vec::with_capacity(COUNTER_LEN),
            digits: usize::try_from(digits).map_err(|_| Error::MechanismParamInvalid)?,
        })
    }

    fn take(&mut self, part: &[u8]) -> Result<(), Error> {
        if self.counter.len() + part.len() > COUNTER_LEN {
            return Err(Error::DataLenRange);
        }
        self.counter.extend_from_slice(part);
        Ok(())
    }

    /// Cuts the password out of the MAC (RFC 4226, 5.3).
    fn password(mut self) -> Result<Zeroizing<Vec<u8>>, Error> {
        if self.counter.len() != COUNTER_LEN {
            return Err(Error::DataLenRange);
        }
        self.context.update(&self.counter)?;
        let mac = Zeroizing::new(self.context.finish()?);
        let last = mac.get(self.digest.len() - 1).copied().unwrap_or_default();
        let offset = usize::from(last & 0xf);
        let word = mac.get(offset..).and_then(<[u8]>::first_chunk);
        let word = word.ok_or(Error::Provider("HMAC_Final"))?;
        let mut rest = u32::from_be_bytes(*word) & 0x7fff_ffff;
        let mut password = Zeroizing::new(vec![b'0'; self.digits]);
        for digit in password.iter_mut().rev() {
            *digit += u8::try_from(rest % 10).unwrap_or_default();
            rest /= 10;
        }
        Ok(password)
    }
}

impl Signer for Hotp {
    fn update(&mut self, part: &[u8]) -> Result<(), Error> {
        self.take(part)
    }

    fn finish(self: Box<Self>) -> Result<Vec<u8>, Error> {
        Ok(self.password()?.to_vec())
    }

    fn output_len(&self) -> usize {
        self.digits
    }
}

impl Verifier for Hotp {
    fn update(&mut self, part: &[u8]) -> Result<(), Error> {
        self.take(part)
    }

    fn finish(self: Box<Self>, signature: &[u8]) -> Result<(), Error> {
        if signature.len() != self.digits {
            return Err(Error::SignatureLenRange);
        }
        let password = self.password()?;
        verify_slices_are_equal(&password, signature).map_err(|_| Error::SignatureInvalid)
    }
}
