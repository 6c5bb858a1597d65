//! RSA signatures that give their data back (PKCS#11 `C_VerifyRecover`), after PKCS#1 v1.5 (RFC 8017, 9.2) or without
//! padding.

use std::sync::Arc;

use crate::accumulator::Accumulator;
use crate::rsa_pkcs1::{self, OVERHEAD};
use crate::{Cipher, Error, Key};

/// How the data stands in the block that was signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// After the padding of PKCS#1 v1.5.
    Pkcs1,
    /// It is the block.
    Raw,
}

/// A recovery in the making: one signature goes in, its data comes out at the end.
pub(crate) struct Recovery {
    key: Arc<Key>,
    form: Form,
    signature: Accumulator,
    modulus_len: usize,
}

impl Recovery {
    pub(crate) fn new(key: &Arc<Key>, form: Form) -> Result<Self, Error> {
        let modulus_len = key.rsa_public()?.modulus_len();
        Ok(Self {
            key: Arc::clone(key),
            form,
            signature: Accumulator::kept(modulus_len, Error::SignatureLenRange),
            modulus_len,
        })
    }

    const fn longest(&self) -> usize {
        match self.form {
            Form::Pkcs1 => self.modulus_len - OVERHEAD,
            Form::Raw => self.modulus_len,
        }
    }
}

impl Cipher for Recovery {
    fn update(&mut self, part: &[u8], _out: &mut Vec<u8>) -> Result<(), Error> {
        self.signature.update(part)
    }

    fn finish(self: Box<Self>, out: &mut Vec<u8>) -> Result<(), Error> {
        let signature = self.signature.finish()?;
        if signature.len() != self.modulus_len {
            return Err(Error::SignatureLenRange);
        }
        let block = self
            .key
            .rsa_public()?
            .public_transform(&signature)
            .map_err(|_| Error::SignatureInvalid)?;
        let data = match self.form {
            Form::Pkcs1 => payload(&block).ok_or(Error::SignatureInvalid)?,
            Form::Raw => &block,
        };
        out.extend_from_slice(data);
        Ok(())
    }

    fn update_len(&self, _part_len: usize) -> usize {
        0
    }

    fn finish_len(&self) -> usize {
        self.longest()
    }

    fn whole_len(&self, _len: usize) -> usize {
        self.longest()
    }
}

/// Finds what was signed in a block. It is padded again and compared whole, so that only the one right padding passes.
pub(crate) fn payload(block: &[u8]) -> Option<&[u8]> {
    let padding = block.get(2..)?.iter().position(|byte| *byte != 0xff)?;
    let payload = block.get(padding + 3..)?;
    let fits = payload.len() <= block.len().checked_sub(OVERHEAD)?;
    (fits && block == rsa_pkcs1::padded(payload, block.len())).then_some(payload)
}
