//! What a run is pointed at, and what it may do there.

use std::path::PathBuf;
use std::time::Duration;

use cryptoki_sys::CK_SLOT_ID;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// A PIN, which no report shows and which is wiped when it goes.
#[derive(Clone, Deserialize, Serialize)]
#[serde(transparent)]
pub struct Pin(Zeroizing<String>);

impl Pin {
    /// Takes a PIN.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// Shows it to the module.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

/// Which slot to use.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq, Serialize)]
pub enum Choice {
    /// The first slot with an initialised token.
    #[default]
    First,
    /// This slot.
    Slot(CK_SLOT_ID),
    /// The slot whose token has this label.
    Label(String),
}

/// A module, a slot and what may be done with them.
#[derive(Clone, Deserialize, Serialize)]
pub struct Target {
    /// The module's file.
    pub module: PathBuf,
    /// Which slot.
    pub choice: Choice,
    /// The user's PIN; cases that need it are skipped without.
    pub user_pin: Option<Pin>,
    /// The security officer's PIN.
    pub so_pin: Option<Pin>,
    /// Whether the token may be initialised again, its PINs changed and its objects destroyed.
    pub destructive: bool,
    /// How long a case may take at least, for slow devices.
    pub deadline: Duration,
    /// The seed of everything random.
    pub seed: u64,
    /// The folder of the NIST vectors.
    pub vectors: Option<PathBuf>,
    /// Every how many vectors one is tried.
    pub stride: usize,
    /// How many rounds the random cases run.
    pub rounds: u64,
    /// A second module for differential runs.
    pub other: Option<Box<Self>>,
}
