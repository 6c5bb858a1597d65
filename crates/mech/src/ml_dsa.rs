//! ML-DSA and HashML-DSA (FIPS 204; PKCS#11 3.2, Mechanisms 6.67).
//!
//! What the library signs is the representative of the message (FIPS 204, algorithm 7, line 6), which is hashed here as the
//! message comes: so that a message of any length is signed in parts, and one that was hashed before needs nothing else.

use std::sync::Arc;

use ck::{Params, Prehash};

use crate::ffi::{DsaKey, DsaSet, ShakeContext};
use crate::prehash::{Hashing, SignContext};
use crate::{Error, Key, Signer, Verifier};

/// Where the message is hashed before it is signed.
#[derive(Clone, Copy)]
pub(crate) enum Form {
    /// Nowhere.
    Pure,
    /// At the caller's, who names the function.
    Given,
    /// Here.
    Hashed(Prehash),
}

impl Form {
    /// Reads the row of a mechanism of digests.
    pub(crate) const fn of(prehash: Option<Prehash>) -> Self {
        match prehash {
            None => Self::Given,
            Some(function) => Self::Hashed(function),
        }
    }
}

/// A signature in the making, or under scrutiny.
struct Operation {
    key: Arc<Key>,
    representative: ShakeContext,
    hashing: Option<Hashing>,
    hedged: bool,
    len: usize,
}

/// Starts a signature.
pub(crate) fn signer(
    key: &Arc<Key>,
    form: Form,
    params: &Params<'_>,
) -> Result<Box<dyn Signer>, Error> {
    let half = key.dsa_private()?;
    Ok(Box::new(Operation::new(key, half, form, params)?))
}

/// Starts a verification.
pub(crate) fn verifier(
    key: &Arc<Key>,
    form: Form,
    params: &Params<'_>,
) -> Result<Box<dyn Verifier>, Error> {
    let half = key.dsa_public()?;
    Ok(Box::new(Operation::new(key, half, form, params)?))
}

impl Operation {
    fn new(key: &Arc<Key>, half: &DsaKey, form: Form, params: &Params<'_>) -> Result<Self, Error> {
        let context = SignContext::new(params)?;
        let (prefix, hashing) = match form {
            Form::Pure => (context.pure()?, None),
            Form::Given => {
                let function = context.given()?;
                (context.prehashed(function)?, Some(Hashing::given(function)))
            }
            Form::Hashed(function) => (context.prehashed(function)?, Some(Hashing::new(function)?)),
        };
        let mut representative = ShakeContext::shake256()?;
        representative.update(&key_hash(half)?)?;
        representative.update(&prefix)?;
        Ok(Self {
            key: Arc::clone(key),
            representative,
            hashing,
            hedged: context.hedged,
            len: half.set().signature_len(),
        })
    }

    fn take(&mut self, part: &[u8]) -> Result<(), Error> {
        match &mut self.hashing {
            Some(hashing) => hashing.update(part),
            None => Ok(self.representative.update(part)?),
        }
    }

    /// Returns the representative of the message: mu.
    fn representative(self) -> Result<[u8; DsaSet::MU_LEN], Error> {
        let mut representative = self.representative;
        if let Some(hashing) = self.hashing {
            representative.update(&hashing.finish()?)?;
        }
        let mut mu = [0; DsaSet::MU_LEN];
        representative.finish(&mut mu)?;
        Ok(mu)
    }
}

/// The hash of the public key, with which every representative begins: tr.
fn key_hash(key: &DsaKey) -> Result<[u8; 64], Error> {
    let mut hash = [0; 64];
    let mut context = ShakeContext::shake256()?;
    context.update(&key.public_bytes()?)?;
    context.finish(&mut hash)?;
    Ok(hash)
}

impl Signer for Operation {
    fn update(&mut self, part: &[u8]) -> Result<(), Error> {
        self.take(part)
    }

    fn finish(self: Box<Self>) -> Result<Vec<u8>, Error> {
        let (key, hedged) = (Arc::clone(&self.key), self.hedged);
        let mu = self.representative()?;
        let key = key.dsa_private()?;
        Ok(if hedged {
            key.sign(&mu)?
        } else {
            key.sign_deterministic(&mu)?
        })
    }

    fn output_len(&self) -> usize {
        self.len
    }
}

impl Verifier for Operation {
    fn update(&mut self, part: &[u8]) -> Result<(), Error> {
        self.take(part)
    }

    fn finish(self: Box<Self>, signature: &[u8]) -> Result<(), Error> {
        let (key, len) = (Arc::clone(&self.key), self.len);
        let mu = self.representative()?;
        if signature.len() != len {
            return Err(Error::SignatureLenRange);
        }
        if key.dsa_public()?.verify(&mu, signature)? {
            Ok(())
        } else {
            Err(Error::SignatureInvalid)
        }
    }
}
