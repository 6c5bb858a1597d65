//! HMAC (FIPS 198-1).

use aws_lc_rs::constant_time::verify_slices_are_equal;
use ck::{Digest, Params};

use crate::ffi::HmacContext;
use crate::{Error, Key, Signer, Verifier, param};

/// A MAC in the making, or under scrutiny.
pub(crate) struct Hmac {
    context: HmacContext,
    len: usize,
}

impl Hmac {
    /// Starts a MAC; the parameter of a `general` mechanism is its length in bytes.
    pub(crate) fn new(
        digest: Digest,
        general: bool,
        params: &Params<'_>,
        key: &Key,
    ) -> Result<Self, Error> {
        let len = if general {
            param::mac_len(params, digest.len())?
        } else {
            param::none(params)?;
            digest.len()
        };
        let context = HmacContext::new(digest, key.hmac(digest)?)?;
        Ok(Self { context, len })
    }

    fn copy(&self) -> Option<Box<Self>> {
        let context = self.context.duplicate().ok()?;
        Some(Box::new(Self {
            context,
            len: self.len,
        }))
    }

    fn mac(self) -> Result<Vec<u8>, Error> {
        let mut mac = self.context.finish()?;
        mac.truncate(self.len);
        Ok(mac)
    }
}

impl Signer for Hmac {
    fn update(&mut self, part: &[u8]) -> Result<(), Error> {
        Ok(self.context.update(part)?)
    }

    fn finish(self: Box<Self>) -> Result<Vec<u8>, Error> {
        self.mac()
    }

    fn output_len(&self) -> usize {
        self.len
    }

    fn duplicate(&self) -> Option<Box<dyn Signer>> {
        self.copy().map(|copy| copy as Box<dyn Signer>)
    }
}

impl Verifier for Hmac {
    fn update(&mut self, part: &[u8]) -> Result<(), Error> {
        Ok(self.context.update(part)?)
    }

    fn finish(self: Box<Self>, signature: &[u8]) -> Result<(), Error> {
        if signature.len() != self.len {
            return Err(Error::SignatureLenRange);
        }
        let mac = self.mac()?;
        verify_slices_are_equal(&mac, signature).map_err(|_| Error::SignatureInvalid)
    }

    fn duplicate(&self) -> Option<Box<dyn Verifier>> {
        self.copy().map(|copy| copy as Box<dyn Verifier>)
    }
}
