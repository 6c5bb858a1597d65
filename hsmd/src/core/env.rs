//! Time and randomness, as the token gets them.

use std::time::{SystemTime, UNIX_EPOCH};

/// The machine's clock and the provider's random numbers.
pub(crate) struct SystemEnv;

/// The time in milliseconds since 1970, 0 before.
pub(crate) fn now_ms() -> u64 {
    #[expect(clippy::disallowed_methods, reason = "the daemon's one place that reads the clock")]
    let now = SystemTime::now();
    now.duration_since(UNIX_EPOCH)
        .ok()
        .and_then(|elapsed| u64::try_from(elapsed.as_millis()).ok())
        .unwrap_or_default()
}
