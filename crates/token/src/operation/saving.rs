//! Copies of what goes on in a session (5.6.6, 5.6.7): of digests, and of signatures whose mechanism can be copied.

use super::{Kind, Operation, Operations, Stage, Work};
use crate::Error;

/// What was active in a session. Signatures that give their data back are no part of it (5.6.6).
pub(crate) struct Saved(Vec<(Kind, Operation)>);

impl Operations {
    /// Copies what is active.
    pub(crate) fn save(&self) -> Result<Saved, Error> {
        let mut saved = Vec::new();
        for (kind, _) in Kind::ALL {
            if matches!(kind, Kind::SignRecover | Kind::VerifyRecover) {
                continue;
            }
            if let Some(operation) = &self.0[kind as usize] {
                saved.push((kind, operation.duplicate().ok_or(Error::StateUnsaveable)?));
            }
        }
        let keys = saved
            .iter()
            .filter(|(_, operation)| operation.key.is_some());
        match (saved.len(), keys.count()) {
            (0, _) => Err(Error::OperationNotInitialized),
            // There is one place for the key of a signature when the state comes back.
            (_, 0 | 1) => Ok(Saved(saved)),
            _ => Err(Error::StateUnsaveable),
        }
    }

    /// Puts a saved state in the place of what is active.
    pub(crate) fn restore(&mut self, saved: Saved) {
        *self = Self::default();
        for (kind, operation) in saved.0 {
            self.start(kind, operation);
        }
    }
}

impl Saved {
    /// The kind of the operation that has a key, and the key's object.
    pub(crate) fn key(&self) -> Option<(Kind, u64)> {
        self.0
            .iter()
            .find_map(|(kind, operation)| Some((*kind, operation.key?.object)))
    }

    /// Copies it.
    pub(crate) fn duplicate(&self) -> Result<Self, Error> {
        let copy = |(kind, operation): &(Kind, Operation)| Some((*kind, operation.duplicate()?));
        let copies: Option<_> = self.0.iter().map(copy).collect();
        copies.map(Self).ok_or(Error::StateUnsaveable)
    }

    /// Tells whether it uses a private object.
    pub(crate) fn is_private(&self) -> bool {
        self.0.iter().any(|(_, operation)| operation.is_private())
    }
}

impl Operation {
    fn duplicate(&self) -> Option<Self> {
        if self.is_locked() {
            return None;
        }
        let stage = match &self.stage {
            Stage::Fresh(work) => Stage::Fresh(work.duplicate()?),
            Stage::Parts(work) => Stage::Parts(work.duplicate()?),
            Stage::Waiting { .. } => return None,
        };
        Some(Self { stage, ..*self })
    }
}

impl Work {
    fn duplicate(&self) -> Option<Self> {
        match self {
            Self::Digest(digester) => Some(Self::Digest(digester.duplicate())),
            Self::Sign(signer) => signer.duplicate().map(Self::Sign),
            Self::Verify(verifier) => verifier.duplicate().map(Self::Verify),
            Self::Cipher(_) | Self::OneTime(_) | Self::VerifySignature(..) => None,
        }
    }
}
