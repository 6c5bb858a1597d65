//! SLH-DSA and HashSLH-DSA (FIPS 205; PKCS#11 3.2, Mechanisms 6.69).

use std::sync::Arc;

use ck::Params;

use crate::ml_dsa::Form;
use crate::prehash::{Hashing, SignContext, oid_of};
use crate::slh_library::{Content, sign, verify};
use crate::{Error, Key, Signer, Verifier};

/// The longest message that is not hashed first: it is read twice, and therefore kept.
const LONGEST: usize = 1 << 20;

/// A signature in the making, or under scrutiny.
struct Operation {
    key: Arc<Key>,
    message: Message,
    context: Vec<u8>,
    hedged: bool,
    len: usize,
}

/// What is to be signed, as far as it came.
enum Message {
    Kept(Vec<u8>),
    Hashed { hashing: Hashing, oid: Vec<u8> },
}

/// Starts a signature.
pub(crate) fn signer(
    key: &Arc<Key>,
    form: Form,
    params: &Params<'_>,
) -> Result<Box<dyn Signer>, Error> {
    let len = key.slh_private()?.set().signature_len();
    Ok(Box::new(Operation::new(key, len, form, params)?))
}

/// Starts a verification.
pub(crate) fn verifier(
    key: &Arc<Key>,
    form: Form,
    params: &Params<'_>,
) -> Result<Box<dyn Verifier>, Error> {
    let len = key.slh_public()?.set().signature_len();
    Ok(Box::new(Operation::new(key, len, form, params)?))
}

impl Operation {
    fn new(key: &Arc<Key>, len: usize, form: Form, params: &Params<'_>) -> Result<Self, Error> {
        let context = SignContext::new(params)?;
        let hashed = |hashing, function| {
            Ok::<_, Error>(Message::Hashed {
                hashing,
                oid: oid_of(function)?,
            })
        };
        let message = match form {
            Form::Pure => {
                context.pure()?;
                Message::Kept(Vec::new())
            }
            Form::Given => {
                let function = context.given()?;
                hashed(Hashing::given(function), function)?
            }
            Form::Hashed(function) => hashed(Hashing::new(function)?, function)?,
        };
        Ok(Self {
            key: Arc::clone(key),
            message,
            context: context.context().to_vec(),
            hedged: context.hedged,
            len,
        })
    }

    fn take(&mut self, part: &[u8]) -> Result<(), Error> {
        match &mut self.message {
            Message::Kept(message) if part.len() <= LONGEST - message.len() => {
                message.extend_from_slice(part);
                Ok(())
            }
            Message::Kept(_) => Err(Error::DataLenRange),
            Message::Hashed { hashing, .. } => hashing.update(part),
        }
    }
}

impl Message {
    fn with<T>(self, use_it: impl FnOnce(Content<'_>) -> Result<T, Error>) -> Result<T, Error> {
        match self {
            Self::Kept(message) => use_it(Content::Message(&message)),
            Self::Hashed { hashing, oid } => use_it(Content::Digest {
                digest: &hashing.finish()?,
                oid: &oid,
            }),
        }
    }
}

impl Signer for Operation {
    fn update(&mut self, part: &[u8]) -> Result<(), Error> {
        self.take(part)
    }

    fn finish(self: Box<Self>) -> Result<Vec<u8>, Error> {
        let Self {
            key,
            message,
            context,
            hedged,
            ..
        } = *self;
        let key = key.slh_private()?;
        message.with(|content| sign(key.set(), key.bytes(), content, &context, hedged))
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
        let Self {
            key,
            message,
            context,
            len,
            ..
        } = *self;
        let key = key.slh_public()?;
        let valid = message.with(|content| {
            if signature.len() != len {
                return Err(Error::SignatureLenRange);
            }
            verify(key.set(), key.bytes(), content, &context, signature)
        })?;
        if valid {
            Ok(())
        } else {
            Err(Error::SignatureInvalid)
        }
    }
}
