//! Processes that work on one message after another (3.0; 5.9, 5.11, 5.14, 5.16).
//!
//! A process has a key and goes on until it is ended; each message has parameters of its own. What fails with a message ends that
//! message and leaves the process.

use std::sync::Arc;

use ck::Mechanism;
use ck::flags::mechanism as ckf;

use super::KeyInUse;
use crate::policy::Usage;
use crate::{Attributes, Error};

/// The kinds of process, of which a session may have one each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MessageKind {
    Encrypt,
    Decrypt,
    Sign,
    Verify,
}

impl MessageKind {
    const COUNT: usize = 4;

    /// Every kind.
    pub(crate) const ALL: [Self; Self::COUNT] =
        [Self::Encrypt, Self::Decrypt, Self::Sign, Self::Verify];

    /// Its bit in `C_SessionCancel` and in `CK_MECHANISM_INFO`.
    pub(crate) const fn flag(self) -> u64 {
        match self {
            Self::Encrypt => ckf::MESSAGE_ENCRYPT,
            Self::Decrypt => ckf::MESSAGE_DECRYPT,
            Self::Sign => ckf::MESSAGE_SIGN,
            Self::Verify => ckf::MESSAGE_VERIFY,
        }
    }

    /// What it does with its key.
    pub(crate) const fn usage(self) -> Usage {
        match self {
            Self::Encrypt => Usage::Encrypt,
            Self::Decrypt => Usage::Decrypt,
            Self::Sign => Usage::Sign,
            Self::Verify => Usage::Verify,
        }
    }
}

/// A message that comes in parts.
pub(crate) enum Parts {
    Cipher {
        cipher: Box<dyn mech::Cipher>,
        tag_len: usize,
    },
    Sign(Box<dyn mech::Signer>),
    Verify(Box<dyn mech::Verifier>),
}

/// What a process works with, for the length of a call.
#[derive(Clone)]
pub(crate) struct Means {
    /// The mechanism.
    pub(crate) row: &'static Mechanism,
    /// Its parameters as they travel, where they are those of all messages.
    pub(crate) argument: Arc<[u8]>,
    /// The key.
    pub(crate) key: Arc<mech::Key>,
    /// The key's attributes at the start of the process.
    pub(crate) attributes: Arc<Attributes>,
}

/// A process.
pub(crate) struct Process {
    means: Means,
    key: KeyInUse,
    /// Whether each message needs the PIN (`CKA_ALWAYS_AUTHENTICATE`).
    always: bool,
    parts: Option<Parts>,
}

impl Process {
    /// Starts a process, without a message.
    pub(crate) fn new(means: Means, key: KeyInUse) -> Self {
        Self {
            means,
            always: key.locked,
            key,
            parts: None,
        }
    }
}

/// The processes of one session.
#[derive(Default)]
pub(crate) struct Messages([Option<Process>; MessageKind::COUNT]);

impl Messages {
    /// Checks that no process of a kind goes on.
    pub(crate) fn check_free(&self, kind: MessageKind) -> Result<(), Error> {
        match self.0[kind as usize] {
            None => Ok(()),
            Some(_) => Err(Error::OperationActive),
        }
    }

    /// Tells whether there is none.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.iter().all(Option::is_none)
    }

    /// Puts a new process in its place.
    pub(crate) fn start(&mut self, kind: MessageKind, process: Process) {
        self.0[kind as usize] = Some(process);
    }

    /// Ends a process, with its message; that there is none is no error.
    pub(crate) fn cancel(&mut self, kind: MessageKind) {
        self.0[kind as usize] = None;
    }

    /// Ends a process as its user asks.
    pub(crate) fn end(&mut self, kind: MessageKind) -> Result<(), Error> {
        let process = self.0[kind as usize].take();
        process.map(drop).ok_or(Error::OperationNotInitialized)
    }

    /// Ends those that use private objects.
    pub(crate) fn cancel_private(&mut self) {
        for place in &mut self.0 {
            if place.as_ref().is_some_and(|process| process.key.private) {
                *place = None;
            }
        }
    }

    /// Tells whether a process waits for the PIN.
    pub(crate) fn any_locked(&self) -> bool {
        self.0.iter().flatten().any(|process| process.key.locked)
    }

    /// Lets the processes that wait for the PIN work on their next message.
    pub(crate) fn unlock(&mut self) {
        for process in self.0.iter_mut().flatten() {
            process.key.locked = false;
        }
    }

    /// What a process works with that is between two messages.
    pub(crate) fn between(&self, kind: MessageKind) -> Result<Means, Error> {
        let process = self.process(kind)?;
        match process.parts {
            None => Ok(process.means.clone()),
            Some(_) => Err(Error::OperationActive),
        }
    }

    /// What a process works with that is inside of a message.
    pub(crate) fn inside(&self, kind: MessageKind) -> Result<Means, Error> {
        let process = self.process(kind)?;
        match process.parts {
            Some(_) => Ok(process.means.clone()),
            None => Err(Error::OperationNotInitialized),
        }
    }

    /// Uses the key for one message: it is locked for the next, where each needs the PIN.
    pub(crate) fn use_key(&mut self, kind: MessageKind) -> Result<(), Error> {
        let process = self.process_mut(kind)?;
        if process.key.locked {
            return Err(Error::UserNotLoggedIn);
        }
        process.key.locked = process.always;
        Ok(())
    }

    /// Begins a message in parts, or goes on with it.
    pub(crate) fn put(&mut self, kind: MessageKind, parts: Parts) -> Result<(), Error> {
        self.process_mut(kind)?.parts = Some(parts);
        Ok(())
    }

    /// Takes the message in parts out, so that whatever fails ends it.
    pub(crate) fn take(&mut self, kind: MessageKind) -> Result<Parts, Error> {
        let parts = self.process_mut(kind)?.parts.take();
        parts.ok_or(Error::OperationNotInitialized)
    }

    fn process(&self, kind: MessageKind) -> Result<&Process, Error> {
        self.0[kind as usize]
            .as_ref()
            .ok_or(Error::OperationNotInitialized)
    }

    fn process_mut(&mut self, kind: MessageKind) -> Result<&mut Process, Error> {
        self.0[kind as usize]
            .as_mut()
            .ok_or(Error::OperationNotInitialized)
    }
}
