//! GMAC: the tag of Galois/counter mode over data that is authenticated only (SP 800-38D, 3; PKCS#11 3.1, Mechanisms 6.13).

use aws_lc_rs::constant_time::verify_slices_are_equal;
use ck::Params;

use crate::aes_gcm;
use crate::ffi::{CipherContext, Direction};
use crate::{Error, Key, Signer, Verifier};

/// A MAC in the making, or under scrutiny.
pub(crate) struct Gmac {
    context: CipherContext,
    len: usize,
}

impl Gmac {
    /// Starts a MAC. All of the data comes through the calls: the parameter has none.
    pub(crate) fn new(params: &Params<'_>, key: &Key) -> Result<Self, Error> {
        if !matches!(params, Params::Gcm { aad: [], .. }) {
            return Err(Error::MechanismParamInvalid);
        }
        let (context, len) = aes_gcm::start(key, params, Direction::Encrypt)?;
        Ok(Self { context, len })
    }
}

impl Signer for Gmac {
    fn update(&mut self, part: &[u8]) -> Result<(), Error> {
        Ok(self.context.authenticate(part)?)
    }

    fn finish(self: Box<Self>) -> Result<Vec<u8>, Error> {
        Ok(self.context.tag(self.len)?)
    }

    fn output_len(&self) -> usize {
        self.len
    }
}

impl Verifier for Gmac {
    fn update(&mut self, part: &[u8]) -> Result<(), Error> {
        Ok(self.context.authenticate(part)?)
    }

    fn finish(self: Box<Self>, signature: &[u8]) -> Result<(), Error> {
        if signature.len() != self.len {
            return Err(Error::SignatureLenRange);
        }
        let mac = self.context.tag(self.len)?;
        verify_slices_are_equal(&mac, signature).map_err(|_| Error::SignatureInvalid)
    }
}
