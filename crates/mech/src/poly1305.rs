//! Poly1305 by itself, under keys that are used once (RFC 8439, 2.5; PKCS#11 3.1, Mechanisms 6.60).

use aws_lc_rs::constant_time::verify_slices_are_equal;
use ck::Params;

use crate::ffi::Poly1305;
use crate::{Error, Key, Signer, Verifier, param};

/// A MAC in the making, or under scrutiny.
pub(crate) struct OneTimeMac(Poly1305);

impl OneTimeMac {
    /// Starts a MAC.
    pub(crate) fn new(params: &Params<'_>, key: &Key) -> Result<Self, Error> {
        param::none(params)?;
        Ok(Self(Poly1305::new(key.poly1305()?)))
    }
}

impl Signer for OneTimeMac {
    fn update(&mut self, part: &[u8]) -> Result<(), Error> {
        self.0.update(part);
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<Vec<u8>, Error> {
        Ok(self.0.finish().to_vec())
    }

    fn output_len(&self) -> usize {
        Poly1305::LEN
    }
}

impl Verifier for OneTimeMac {
    fn update(&mut self, part: &[u8]) -> Result<(), Error> {
        self.0.update(part);
        Ok(())
    }

    fn finish(self: Box<Self>, signature: &[u8]) -> Result<(), Error> {
        if signature.len() != Poly1305::LEN {
            return Err(Error::SignatureLenRange);
        }
        let mac = self.0.finish();
        verify_slices_are_equal(&mac, signature).map_err(|_| Error::SignatureInvalid)
    }
}
