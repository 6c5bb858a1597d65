//! What must be known to reach a token.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use zeroize::Zeroizing;

/// How a token is chosen among those of a module.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum TokenChoice {
    /// By its label.
    Label(String),
    /// By its serial number.
    Serial(String),
}

impl fmt::Display for TokenChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Label(label) => write!(f, "with the label `{label}`"),
            Self::Serial(serial) => write!(f, "with the serial number `{serial}`"),
        }
    }
}

/// How to reach a token, and the limits of its use.
pub struct Settings {
    /// The path of the PKCS#11 module.
    pub module: PathBuf,
    /// Which of its tokens.
    pub token: TokenChoice,
    /// The user's PIN.
    pub pin: Zeroizing<String>,
    /// The most sessions that calls use at once; one more is kept for the unwrapped keys.
    pub sessions_max: usize,
    /// The most unwrapped keys that are kept in the HSM.
    pub keys_max: usize,
    /// How long a call may wait and try again before it fails.
    pub patience: Duration,
}

impl Settings {
    /// Sessions unless told otherwise: as many as there are threads that serve requests.
    pub const SESSIONS_MAX: usize = 128;
    /// Unwrapped keys unless told otherwise: a few kilobytes each in the HSM.
    pub const KEYS_MAX: usize = 4_096;
    /// The patience unless told otherwise: longer than a restart of the agent, shorter than a client's own timeout.
    pub const PATIENCE: Duration = Duration::from_secs(2);

    /// Makes settings with the usual limits.
    #[must_use]
    pub fn new(module: PathBuf, token: TokenChoice, pin: Zeroizing<String>) -> Self {
        Self {
            module,
            token,
            pin,
            sessions_max: Self::SESSIONS_MAX,
            keys_max: Self::KEYS_MAX,
            patience: Self::PATIENCE,
        }
    }
}
