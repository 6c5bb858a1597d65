//! The functions of encrypting, decrypting, digesting, signing and verifying, seen as one: start, all at once, a part, the end.

use cryptoki_sys::*;

use crate::c::{Arg, Function, Mechanism, Module, Object, Out, Output, Rv, Session};
use crate::case::{Section, spec};

/// A family of functions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Family {
    /// `C_DecryptInit` and its like.
    Decrypt,
    /// `C_DigestInit` and its like.
    Digest,
    /// `C_EncryptInit` and its like.
    Encrypt,
    /// `C_SignInit` and its like.
    Sign,
    /// `C_VerifyInit` and its like.
    Verify,
}

/// What a call of a family does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// Starts the operation.
    Init,
    /// All at once.
    Single,
    /// A part.
    Update,
    /// The end.
    Final,
}

impl Family {
    /// Returns the area of its cases.
    pub(crate) fn area(self) -> &'static str {
        match self {
            Self::Decrypt => "decrypt",
            Self::Digest => "digest",
            Self::Encrypt => "encrypt",
            Self::Sign => "sign",
            Self::Verify => "verify",
        }
    }

    /// Returns the flag of mechanisms that it works with, which `C_SessionCancel` knows it by too.
    pub(crate) fn flag(self) -> CK_FLAGS {
        match self {
            Self::Decrypt => CKF_DECRYPT,
            Self::Digest => CKF_DIGEST,
            Self::Encrypt => CKF_ENCRYPT,
            Self::Sign => CKF_SIGN,
            Self::Verify => CKF_VERIFY,
        }
    }

    /// Returns the attribute that allows a key to be used for it.
    pub(crate) fn usage(self) -> CK_ATTRIBUTE_TYPE {
        match self {
            Self::Decrypt => CKA_DECRYPT,
            Self::Encrypt | Self::Digest => CKA_ENCRYPT,
            Self::Sign => CKA_SIGN,
            Self::Verify => CKA_VERIFY,
        }
    }

    /// Returns the family that makes what it takes, or takes what it makes.
    pub(crate) fn partner(self) -> Self {
        match self {
            Self::Decrypt => Self::Encrypt,
            Self::Digest => Self::Digest,
            Self::Encrypt => Self::Decrypt,
            Self::Sign => Self::Verify,
            Self::Verify => Self::Sign,
        }
    }

    /// Tells whether a part gives output at once.
    pub(crate) fn streams(self) -> bool {
        matches!(self, Self::Decrypt | Self::Encrypt)
    }

    /// Returns the function of a step.
    pub(crate) fn function(self, step: Step) -> Function {
        use Function::*;

        match (self, step) {
            (Self::Decrypt, Step::Init) => C_DecryptInit,
            (Self::Decrypt, Step::Single) => C_Decrypt,
            (Self::Decrypt, Step::Update) => C_DecryptUpdate,
            (Self::Decrypt, Step::Final) => C_DecryptFinal,
            (Self::Digest, Step::Init) => C_DigestInit,
            (Self::Digest, Step::Single) => C_Digest,
            (Self::Digest, Step::Update) => C_DigestUpdate,
            (Self::Digest, Step::Final) => C_DigestFinal,
            (Self::Encrypt, Step::Init) => C_EncryptInit,
            (Self::Encrypt, Step::Single) => C_Encrypt,
            (Self::Encrypt, Step::Update) => C_EncryptUpdate,
            (Self::Encrypt, Step::Final) => C_EncryptFinal,
            (Self::Sign, Step::Init) => C_SignInit,
            (Self::Sign, Step::Single) => C_Sign,
            (Self::Sign, Step::Update) => C_SignUpdate,
            (Self::Sign, Step::Final) => C_SignFinal,
            (Self::Verify, Step::Init) => C_VerifyInit,
            (Self::Verify, Step::Single) => C_Verify,
            (Self::Verify, Step::Update) => C_VerifyUpdate,
            (Self::Verify, Step::Final) => C_VerifyFinal,
        }
    }

    /// Returns the section of a step.
    pub(crate) fn section(self, step: Step) -> Section {
        spec(match (self, step) {
            (Self::Decrypt, Step::Init) => "5.10.1",
            (Self::Decrypt, Step::Single) => "5.10.2",
            (Self::Decrypt, Step::Update) => "5.10.3",
            (Self::Decrypt, Step::Final) => "5.10.4",
            (Self::Digest, Step::Init) => "5.12.1",
            (Self::Digest, Step::Single) => "5.12.2",
            (Self::Digest, Step::Update) => "5.12.3",
            (Self::Digest, Step::Final) => "5.12.5",
            (Self::Encrypt, Step::Init) => "5.8.1",
            (Self::Encrypt, Step::Single) => "5.8.2",
            (Self::Encrypt, Step::Update) => "5.8.3",
            (Self::Encrypt, Step::Final) => "5.8.4",
            (Self::Sign, Step::Init) => "5.13.1",
            (Self::Sign, Step::Single) => "5.13.2",
            (Self::Sign, Step::Update) => "5.13.3",
            (Self::Sign, Step::Final) => "5.13.4",
            (Self::Verify, Step::Init) => "5.15.1",
            (Self::Verify, Step::Single) => "5.15.2",
            (Self::Verify, Step::Update) => "5.15.3",
            (Self::Verify, Step::Final) => "5.15.4",
        })
    }

    /// Starts an operation; with a null pointer for no mechanism. A digest takes no key.
    pub(crate) fn init(
        self,
        c: &Module,
        session: Session,
        mechanism: Option<&Mechanism>,
        key: Object,
    ) -> Rv {
        match self {
            Self::Decrypt => c.decrypt_init(session, mechanism, key),
            Self::Digest => c.digest_init(session, mechanism),
            Self::Encrypt => c.encrypt_init(session, mechanism, key),
            Self::Sign => c.sign_init(session, mechanism, key),
            Self::Verify => c.verify_init(session, mechanism, key),
        }
    }

    /// All at once; verifying takes the signature instead of room for an output.
    pub(crate) fn single(
        self,
        c: &Module,
        session: Session,
        data: &[u8],
        signature: &[u8],
        out: Out,
    ) -> Output {
        match self {
            Self::Decrypt => c.decrypt(session, data, out),
            Self::Digest => c.digest(session, data, out),
            Self::Encrypt => c.encrypt(session, data, out),
            Self::Sign => c.sign(session, data, out),
            Self::Verify => silent(c.verify(session, data, signature)),
        }
    }

    /// A part; only ciphers give output.
    pub(crate) fn update(self, c: &Module, session: Session, part: &[u8], out: Out) -> Output {
        match self {
            Self::Decrypt => c.decrypt_update(session, part, out),
            Self::Digest => silent(c.digest_update(session, part)),
            Self::Encrypt => c.encrypt_update(session, part, out),
            Self::Sign => silent(c.sign_update(session, part)),
            Self::Verify => silent(c.verify_update(session, part)),
        }
    }

    /// The end.
    pub(crate) fn finish(self, c: &Module, session: Session, signature: &[u8], out: Out) -> Output {
        match self {
            Self::Decrypt => c.decrypt_final(session, out),
            Self::Digest => c.digest_final(session, out),
            Self::Encrypt => c.encrypt_final(session, out),
            Self::Sign => c.sign_final(session, out),
            Self::Verify => silent(c.verify_final(session, signature)),
        }
    }

    /// Calls a step with plain arguments, for cases in which it must not get far.
    pub(crate) fn try_step(self, c: &Module, session: Session, step: Step) -> Rv {
        const DATA: &[u8] = &[0x11; 32];
        const ROOM: Out = Out::Room(512);
        match step {
            Step::Init => self.init(c, session, Some(&Mechanism::new(self.some())), Object(1)),
            Step::Single => self.single(c, session, DATA, DATA, ROOM).rv,
            Step::Update => self.update(c, session, DATA, ROOM).rv,
            Step::Final => self.finish(c, session, DATA, ROOM).rv,
        }
    }

    /// Cancels its operation the way that version 3.0 brought: by a start without a mechanism and a key.
    pub(crate) fn cancel(self, c: &Module, session: Session) -> Rv {
        let session = Arg::Number(session.0);
        let args = match self {
            Self::Digest => vec![session, Arg::Null],
            _ => vec![session, Arg::Null, Arg::Number(CK_INVALID_HANDLE)],
        };
        c.call(self.function(Step::Init), args)
    }

    /// Returns a mechanism without a parameter that fits the family.
    fn some(self) -> CK_MECHANISM_TYPE {
        match self {
            Self::Decrypt | Self::Encrypt => CKM_AES_ECB,
            Self::Digest => CKM_SHA256,
            Self::Sign | Self::Verify => CKM_SHA256_HMAC,
        }
    }
}

/// The output of a function that has none.
fn silent(rv: Rv) -> Output {
    Output {
        rv,
        length: 0,
        bytes: Vec::new(),
        touched: false,
    }
}
