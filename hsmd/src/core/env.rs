//! Time and randomness, as the token gets them.

use std::time::{SystemTime, UNIX_EPOCH};

use token::Env;

/// The machine's clock and the provider's random numbers.
pub(crate) struct SystemEnv;

/// The time in milliseconds since 1970, 0 before.
pub(crate) fn now_ms() -> u64 {
    #[expect(
        clippy::disallowed_methods,
        reason = "the daemon's one place that reads the clock"
    )]
    let now = SystemTime::now();
    now.duration_since(UNIX_EPOCH)
        .ok()
        .and_then(|elapsed| u64::try_from(elapsed.as_millis()).ok())
        .unwrap_or_default()
}

impl Env for SystemEnv {
    fn now_ms(&self) -> u64 {
        now_ms()
    }

    fn random(&self, bytes: &mut [u8]) {
        // Without randomness no key may be made and no record sealed; a fresh process is the way out.
        mech::random(bytes).expect("the provider's generator never fails once seeded");
    }
}
