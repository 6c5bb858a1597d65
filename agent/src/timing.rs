//! How long the agent waits for what.

use std::time::Duration;

/// The agent's waits. Only the silence is configuration: of the others only tests need others.
#[derive(Clone, Copy, Debug)]
pub struct Timing {
    /// How long connecting, the TLS handshake and the hello of an HSM may take, each.
    pub connect: Duration,
    /// How often an HSM is asked whether it is alive.
    pub keepalive: Duration,
    /// After how much silence an HSM counts as lost: three questions without an answer.
    pub silence: Duration,
    /// The shortest wait before connecting again; a call from an application cuts longer ones down to it.
    pub retry_min: Duration,
    /// The longest wait before connecting again, short enough that nobody restarts the agent instead.
    pub retry_max: Duration,
    /// How long an application that went under its own calls may take to come back: it has given the agent up, and looks for it
    /// again as long as calls wait for a lost agent by default, and a little more.
    pub linger: Duration,
    /// How long calls in flight may take to finish when the agent stops.
    pub drain: Duration,
}

impl Timing {
    /// The waits for an HSM that may be silent for so long.
    #[must_use]
    pub fn of(silence: Duration) -> Self {
        Self {
            keepalive: (silence / 3).min(Self::default().keepalive),
            silence,
            ..Self::default()
        }
    }
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            keepalive: Duration::from_secs(5),
            silence: Duration::from_secs(15),
            retry_min: Duration::from_millis(100),
            retry_max: Duration::from_secs(5),
            linger: Duration::from_secs(15),
            drain: Duration::from_secs(3),
        }
    }
}
