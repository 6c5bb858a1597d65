//! The states of a key, and which refusal a state gives to what is asked of it.

use kit::api::Failure;

use crate::choices;

/// Where a key is in its life; the numbers are the contract's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// In use.
    Enabled = 2,
    /// Switched off.
    Disabled = 3,
    /// To be deleted when its date comes.
    PendingDeletion = 4,
    /// Without material, which a client is to import.
    PendingImport = 5,
    /// Frozen for an unpaid bill.
    Frozen = 7,
}

impl State {
    /// Every state.
    pub(crate) const ALL: [Self; 5] = [
        Self::Enabled,
        Self::Disabled,
        Self::PendingDeletion,
        Self::PendingImport,
        Self::Frozen,
    ];

    /// Reads a state as the database has it.
    #[must_use]
    pub(crate) fn from_number(number: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.number() == number)
    }

    /// The number in the contract.
    #[must_use]
    pub(crate) const fn number(self) -> i64 {
        self as i64
    }

    /// The number as the contract writes it.
    #[must_use]
    pub(crate) const fn text(self) -> &'static str {
        match self {
            Self::Enabled => "2",
            Self::Disabled => "3",
            Self::PendingDeletion => "4",
            Self::PendingImport => "5",
            Self::Frozen => "7",
        }
    }

    /// The refusal that a key in this state gives to a use of its material.
    ///
    /// # Errors
    /// Every state but [`State::Enabled`].
    pub(crate) fn use_material(self) -> Result<(), Failure> {
        self.among(&[Self::Enabled])
    }

    /// Allows some states, and refuses the others in the words for a use.
    ///
    /// # Errors
    /// The state is not among them.
    pub(crate) fn among(self, allowed: &[Self]) -> Result<(), Failure> {
        if allowed.contains(&self) {
            return Ok(());
        }
        Err(Failure::refused(match self {
            Self::Enabled => 1201,
            Self::Disabled => 209,
            Self::PendingDeletion => 210,
            Self::PendingImport => choices::USE_WHILE_PENDING_IMPORT,
            Self::Frozen => 320,
        }))
    }
}
