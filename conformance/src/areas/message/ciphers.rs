//! The ciphers that work on messages, their parameters, and a process with one of them.

use cryptoki_sys::*;

use crate::c::{Mechanism, Out, Rv, Session, Structure, names};
use crate::case::Outcome;
use crate::context::{Context, not_applicable};
use crate::operations::material::{Keys, Wanted, keys};
use crate::operations::mechanisms::{KeyKind, pattern};
use crate::operations::parameters::{AAD, IV, NONCE, TAG, ccm, chacha20_poly1305, gcm};

/// A cipher for messages.
pub(crate) struct Cipher {
    pub(crate) kind: CK_MECHANISM_TYPE,
    pub(crate) id: &'static str,
    pub(crate) key: KeyKind,
    /// The position of the tag among the pointers of its parameter.
    pub(crate) tag: usize,
}

pub(crate) static CIPHERS: &[Cipher] = &[
    Cipher {
        kind: CKM_AES_GCM,
        id: "aes-gcm",
        key: KeyKind::Aes(32),
        tag: 1,
    },
    Cipher {
        kind: CKM_AES_CCM,
        id: "aes-ccm",
        key: KeyKind::Aes(16),
        tag: 1,
    },
    Cipher {
        kind: CKM_CHACHA20_POLY1305,
        id: "chacha20-poly1305",
        key: KeyKind::ChaCha20,
        tag: 1,
    },
];

/// What a message's parameter holds.
pub(crate) struct Message {
    pub(crate) length: usize,
    pub(crate) iv: Vec<u8>,
    pub(crate) fixed_bits: u64,
    pub(crate) generator: CK_GENERATOR_FUNCTION,
    pub(crate) tag: Vec<u8>,
}

impl Message {
    /// A message of so many bytes with the usual vector and room for a tag.
    pub(crate) fn new(length: usize) -> Self {
        Self {
            length,
            iv: IV[..NONCE].to_vec(),
            fixed_bits: 0,
            generator: CKG_NO_GENERATE,
            tag: vec![0; TAG],
        }
    }

    /// The same with a tag to check.
    pub(crate) fn tagged(length: usize, tag: &[u8]) -> Self {
        Self {
            tag: tag.to_vec(),
            ..Self::new(length)
        }
    }
}

impl Cipher {
    /// Returns the mechanism's name.
    pub(crate) fn name(&self) -> String {
        names::name(names::MECHANISMS, self.kind)
    }

    /// Makes the parameter of a message.
    pub(crate) fn parameter(&self, message: &Message) -> Structure {
        match self.kind {
            CKM_AES_GCM => Structure::new()
                .counted(&message.iv)
                .number(message.fixed_bits)
                .number(message.generator)
                .pointer(&message.tag)
                .number(message.tag.len() as u64 * 8),
            CKM_AES_CCM => Structure::new()
                .number(message.length as u64)
                .counted(&message.iv)
                .number(message.fixed_bits)
                .number(message.generator)
                .pointer(&message.tag)
                .number(message.tag.len() as u64),
            _ => {
                // The length of the nonce is in bits: its memory is long enough for a module that takes it for bytes.
                let mut nonce = message.iv.clone();
                nonce.resize(message.iv.len() * 8, 0);
                let bits = message.iv.len() as u64 * 8;
                Structure::new()
                    .pointer(&nonce)
                    .number(bits)
                    .pointer(&message.tag)
            }
        }
    }

    /// Returns the tag that a call wrote into a parameter.
    pub(crate) fn tag_of<'a>(&self, parameter: &'a Structure) -> &'a [u8] {
        parameter.read(self.tag)
    }

    /// The same cipher's mechanism for `C_EncryptInit`, with the usual vector and associated data.
    pub(crate) fn plain_mechanism(&self, length: usize) -> Mechanism {
        match self.kind {
            CKM_AES_GCM => gcm(&IV[..NONCE], AAD, TAG as u64 * 8),
            CKM_AES_CCM => ccm(length, &IV[..NONCE], AAD, TAG as u64),
            _ => chacha20_poly1305(AAD),
        }
    }
}

/// A process: a session with a key, started for encrypting or decrypting.
pub(crate) struct Process {
    pub(crate) cipher: &'static Cipher,
    pub(crate) session: Session,
    pub(crate) keys: Keys,
    pub(crate) encrypts: bool,
}

impl Process {
    /// Makes the key.
    ///
    /// # Errors
    /// The case does not apply where the slot does not list the cipher for messages.
    pub(crate) fn new(
        cx: &mut Context<'_>,
        cipher: &'static Cipher,
        encrypts: bool,
    ) -> Outcome<Self> {
        let flag = if encrypts {
            CKF_MESSAGE_ENCRYPT
        } else {
            CKF_MESSAGE_DECRYPT
        };
        cx.mechanism(cipher.kind, flag)?;
        let session = cx.session()?;
        let usages = vec![CKA_ENCRYPT, CKA_DECRYPT];
        let wanted = Wanted {
            forward: usages,
            ..Wanted::default()
        };
        let keys = keys(cx, session, cipher.key, &wanted)?;
        Ok(Self {
            cipher,
            session,
            keys,
            encrypts,
        })
    }

    /// Starts the process; with the parameter of a message, or without where the module wants none then.
    pub(crate) fn init(&self, cx: &Context<'_>) -> Rv {
        let mechanism = Mechanism::with(self.cipher.kind, self.cipher.parameter(&Message::new(64)));
        let rv = self.init_with(cx, Some(&mechanism));
        let unwanted = [CKR_MECHANISM_PARAM_INVALID, CKR_ARGUMENTS_BAD];
        if !unwanted.contains(&rv.0) {
            return rv;
        }
        let without = self.init_with(cx, Some(&Mechanism::new(self.cipher.kind)));
        if unwanted.contains(&without.0) {
            rv
        } else {
            without
        }
    }

    /// Starts the process with a mechanism, or cancels it with none.
    pub(crate) fn init_with(&self, cx: &Context<'_>, mechanism: Option<&Mechanism>) -> Rv {
        if self.encrypts {
            cx.c.message_encrypt_init(self.session, mechanism, self.keys.forward)
        } else {
            cx.c.message_decrypt_init(self.session, mechanism, self.keys.back)
        }
    }

    /// Makes the key and starts the process.
    ///
    /// # Errors
    /// As [`Process::new`], or if it does not start.
    pub(crate) fn started(
        cx: &mut Context<'_>,
        cipher: &'static Cipher,
        encrypts: bool,
    ) -> Outcome<Self> {
        let process = Self::new(cx, cipher, encrypts)?;
        cx.ok(process.init(cx))?;
        Ok(process)
    }

    /// The same for encrypting under vectors of the application's.
    ///
    /// # Errors
    /// As [`Process::started`]; the case does not apply where the token takes no vector but its own.
    pub(crate) fn started_with_vectors(
        cx: &mut Context<'_>,
        cipher: &'static Cipher,
    ) -> Outcome<Self> {
        let process = Self::started(cx, cipher, true)?;
        let parameter = cipher.parameter(&Message::new(16));
        let tried = cx.c.encrypt_message(
            process.session,
            Some(&parameter),
            AAD,
            &pattern(16),
            Out::Room(64),
        );
        if tried.rv.0 == CKR_MECHANISM_PARAM_INVALID {
            return not_applicable("the token encrypts under vectors of its own alone");
        }
        cx.ok(tried.rv)?;
        Ok(process)
    }

    /// Encrypts a message with the usual vector and associated data; returns ciphertext and tag.
    ///
    /// # Errors
    /// If that fails.
    pub(crate) fn encrypt(&self, cx: &Context<'_>, data: &[u8]) -> Outcome<(Vec<u8>, Vec<u8>)> {
        let parameter = self.cipher.parameter(&Message::new(data.len()));
        let room = Out::Room(data.len() + 64);
        let given =
            cx.c.encrypt_message(self.session, Some(&parameter), AAD, data, room);
        cx.ok(given.rv)?;
        Ok((given.bytes, self.cipher.tag_of(&parameter).to_vec()))
    }

    /// Encrypts by `C_Encrypt` what a message would hold; returns ciphertext and tag.
    ///
    /// # Errors
    /// The case does not apply where the module does not do that.
    pub(crate) fn plain(&self, cx: &Context<'_>, data: &[u8]) -> Outcome<(Vec<u8>, Vec<u8>)> {
        cx.mechanism(self.cipher.kind, CKF_ENCRYPT)?;
        let mechanism = self.cipher.plain_mechanism(data.len());
        cx.prepared(cx.c.encrypt_init(self.session, Some(&mechanism), self.keys.forward))?;
        let made =
            cx.c.encrypt(self.session, data, Out::Room(data.len() + TAG));
        cx.prepared(made.rv)?;
        if made.bytes.len() != data.len() + TAG {
            return not_applicable("C_Encrypt does not append the tag");
        }
        let (ciphertext, tag) = made.bytes.split_at(data.len());
        Ok((ciphertext.to_vec(), tag.to_vec()))
    }

    /// Ends the process.
    ///
    /// # Errors
    /// If that fails.
    pub(crate) fn end(&self, cx: &Context<'_>) -> Outcome {
        cx.ok(if self.encrypts {
            cx.c.message_encrypt_final(self.session)
        } else {
            cx.c.message_decrypt_final(self.session)
        })
    }
}
