//! CMAC over a block cipher (SP 800-38B; PKCS#11 3.1, Mechanisms 6.14 and 6.19).

use aws_lc_rs::constant_time::verify_slices_are_equal;
use ck::Params;

use crate::block_cipher::BlockCipher;
use crate::ffi::CmacContext;
use crate::{Error, Key, Signer, Verifier, param};

/// A MAC in the making, or under scrutiny.
pub(crate) struct Cmac {
    context: CmacContext,
    len: usize,
}

impl Cmac {
    /// Starts a MAC; the parameter of the `general` mechanism is its length in bytes.
    pub(crate) fn new(
        cipher: BlockCipher,
        general: bool,
        params: &Params<'_>,
        key: &Key,
    ) -> Result<Self, Error> {
        let len = if general {
            param::mac_len(params, cipher.block_len())?
        } else {
            param::none(params)?;
            cipher.block_len()
        };
        let context = match cipher {
            BlockCipher::Aes => CmacContext::new(key.aes()?)?,
            BlockCipher::TripleDes => CmacContext::triple_des(&*key.triple_des()?)?,
        };
        Ok(Self { context, len })
    }

    fn mac(self) -> Result<Vec<u8>, Error> {
        let mut mac = self.context.finish()?;
        mac.truncate(self.len);
        Ok(mac)
    }
}

impl Signer for Cmac {
    fn update(&mut self, part: &[u8]) -> Result<(), Error> {
        Ok(self.context.update(part)?)
    }

    fn finish(self: Box<Self>) -> Result<Vec<u8>, Error> {
        self.mac()
    }

    fn output_len(&self) -> usize {
        self.len
    }
}

impl Verifier for Cmac {
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
}
