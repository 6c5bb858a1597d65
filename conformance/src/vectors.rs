//! Known answers: inputs and outputs that others have published, run through the C functions of a module.
//!
//! Three sources are read into one form, a list of [`Vector`]s for one mechanism, and one runner tries them:
//!
//! | module | what it is |
//! |---|---|
//! | [`wycheproof`] | edge cases and attacks, part of this program |
//! | [`nist`] | NIST's validation files, from a folder that the user names |
//! | [`published`] | examples of standards, part of this program: `conformance/vectors/*.toml` |
//! | [`cavp`] | the `key = value` form that NIST's files have |
//! | [`catalogue`] | which set is run with which mechanism |
//! | [`run`] | keys are imported, operations run, answers compared |
//! | [`key`], [`hash`], [`curve`], [`der`], [`parameter`] | what keys, hash functions, curves, signatures and parameters look like in PKCS#11 |

pub mod catalogue;
pub mod cavp;
pub mod curve;
pub mod der;
pub mod hash;
pub mod key;
pub mod nist;
pub mod parameter;
pub mod published;
pub mod run;
#[cfg(feature = "wycheproof")]
pub mod wycheproof;

use std::rc::Rc;

use crate::c::{Mechanism, Rv};

pub use key::Key;

/// One known answer.
pub struct Vector {
    /// Its name within its set, such as `tcId 17`.
    pub id: String,
    /// What it is about, in the words of its source.
    pub comment: String,
    /// What the module has to make of it.
    pub expect: Expect,
    /// The mechanism with its parameter.
    pub mechanism: Mechanism,
    /// What is done.
    pub test: Test,
}

/// What a module has to make of a known answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expect {
    /// It has to give this answer.
    Valid,
    /// It has to refuse.
    Invalid,
    /// It has to refuse the key, or whatever is done with it.
    InvalidKey,
    /// It may do either, but no other answer is right.
    Acceptable,
}

/// What is done with a known answer.
pub enum Test {
    /// The message has this digest.
    Digest {
        /// What is digested.
        message: Vec<u8>,
        /// What comes out.
        digest: Vec<u8>,
    },
    /// Encrypting gives the ciphertext, decrypting gives the plaintext.
    Cipher {
        /// The secret key.
        key: Rc<Key>,
        /// What goes in.
        plaintext: Vec<u8>,
        /// What comes out, with its tag behind it.
        ciphertext: Vec<u8>,
    },
    /// Decrypting gives the plaintext; encrypting is random.
    Decrypt {
        /// The private or secret key.
        key: Rc<Key>,
        /// What comes out.
        plaintext: Vec<u8>,
        /// What goes in.
        ciphertext: Vec<u8>,
    },
    /// Signing gives the code, and verifying accepts it.
    Mac {
        /// The secret key.
        key: Rc<Key>,
        /// What is authenticated.
        message: Vec<u8>,
        /// The code.
        mac: Vec<u8>,
    },
    /// Verifying accepts the signature.
    Verify {
        /// The public key.
        key: Rc<Key>,
        /// What is signed.
        message: Vec<u8>,
        /// The signature.
        signature: Vec<u8>,
    },
    /// Signing, which is not random, gives the signature.
    Sign {
        /// The private key.
        key: Rc<Key>,
        /// What is signed.
        message: Vec<u8>,
        /// The signature.
        signature: Vec<u8>,
    },
    /// Deriving gives a secret key of this value.
    Derive {
        /// The base key.
        key: Rc<Key>,
        /// The derived key's value.
        secret: Vec<u8>,
    },
    /// Generating, from a parameter that says it all, gives a secret key of this value.
    Generate {
        /// The generated key's value.
        secret: Vec<u8>,
    },
    /// Wrapping a key of this value gives the wrapped form, and unwrapping that gives the value.
    Wrap {
        /// The wrapping key.
        key: Rc<Key>,
        /// The value of the wrapped key.
        payload: Vec<u8>,
        /// Its wrapped form.
        wrapped: Vec<u8>,
    },
    /// Decapsulating gives a secret key of this value.
    Decapsulate {
        /// The private key.
        key: Rc<Key>,
        /// What was encapsulated.
        ciphertext: Vec<u8>,
        /// The shared secret.
        secret: Vec<u8>,
    },
    /// PKCS#11 has no way to ask this, for this reason.
    Inexpressible(&'static str),
}

/// Where sets that are not part of this program are found, and how much of a set is run.
#[derive(Clone, Debug)]
pub struct Source {
    /// The folder of NIST's files: `cryptography_vectors` of the Python package of that name, or a Python environment with it.
    pub folder: Option<std::path::PathBuf>,
    /// Every how manieth vector of a set is run; 1 runs them all.
    pub stride: usize,
}

/// Why a set cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The set is not part of this program, and no folder was named.
    #[error("these known answers are read from a folder, and --vectors names none")]
    NoFolder,
    /// A file cannot be read.
    #[error("cannot read {path}: {source}")]
    File {
        /// The file.
        path: String,
        /// What the system says.
        source: std::io::Error,
    },
    /// A set is not what it should be.
    #[error("{0}")]
    Form(String),
}

/// What a module did with one known answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// What it has to.
    Right,
    /// What it may, or what it has to in an unusual way.
    RightBut(String),
    /// Something else.
    Wrong {
        /// What was expected.
        expected: String,
        /// What came.
        got: String,
    },
    /// It does not offer what the vector needs.
    NotOffered(String),
}

impl Answer {
    /// Says that a refusal came where it has to do something.
    #[must_use]
    pub fn refused(what: &str, rv: Rv) -> Self {
        Self::Wrong {
            expected: what.to_owned(),
            got: rv.to_string(),
        }
    }
}
