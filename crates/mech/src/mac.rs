//! MACs that the C library does not have: HMAC over SM3 (GB/T 15852.2) and BLAKE2b, CMAC over SM4 (GB/T 15852.1).

use aws_lc_rs::constant_time::verify_slices_are_equal;
use ck::Params;
use cmac::Mac as Algorithm;
use cmac::digest::KeyInit;

use crate::{Error, Signer, Verifier, param};

/// A MAC in the making, or under scrutiny.
#[derive(Clone)]
pub(crate) struct Mac<A> {
    context: A,
    len: usize,
}

impl<A: Algorithm + KeyInit> Mac<A> {
    /// Starts a MAC; the parameter of a `general` mechanism is its length in bytes.
    pub(crate) fn new<'a>(
        general: bool,
        params: &Params<'_>,
        key: impl FnOnce() -> Result<&'a [u8], Error>,
    ) -> Result<Self, Error> {
        let len = if general {
            param::mac_len(params, A::output_size())?
        } else {
            param::none(params)?;
            A::output_size()
        };
        let context = <A as KeyInit>::new_from_slice(key()?).map_err(|_| Error::KeySizeRange)?;
        Ok(Self { context, len })
    }

    fn mac(self) -> Vec<u8> {
        let mut mac = self.context.finalize().into_bytes().to_vec();
        mac.truncate(self.len);
        mac
    }
}

impl<A: Algorithm + KeyInit + Clone + Send + 'static> Signer for Mac<A> {
    fn update(&mut self, part: &[u8]) -> Result<(), Error> {
        self.context.update(part);
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<Vec<u8>, Error> {
        Ok(self.mac())
    }

    fn output_len(&self) -> usize {
        self.len
    }

    fn duplicate(&self) -> Option<Box<dyn Signer>> {
        Some(Box::new(self.clone()))
    }
}

impl<A: Algorithm + KeyInit + Clone + Send + 'static> Verifier for Mac<A> {
    fn update(&mut self, part: &[u8]) -> Result<(), Error> {
        self.context.update(part);
        Ok(())
    }

    fn finish(self: Box<Self>, signature: &[u8]) -> Result<(), Error> {
        if signature.len() != self.len {
            return Err(Error::SignatureLenRange);
        }
        verify_slices_are_equal(&self.mac(), signature).map_err(|_| Error::SignatureInvalid)
    }

    fn duplicate(&self) -> Option<Box<dyn Verifier>> {
        Some(Box::new(self.clone()))
    }
}
