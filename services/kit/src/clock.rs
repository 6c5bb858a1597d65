//! The time, as the services see it.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::SystemTime;

/// Milliseconds in a second.
pub const SECOND_MS: i64 = 1_000;
/// Milliseconds in a day.
pub const DAY_MS: i64 = 86_400 * SECOND_MS;

/// A clock: the system's, moved forward by an offset that tests and the development mode set.
///
/// Clones share the offset.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    offset_ms: Arc<AtomicI64>,
    fixed_ms: Option<i64>,
}

impl Clock {
    /// Makes the system's clock.
    #[must_use]
    pub fn system() -> Self {
        Self::default()
    }

    /// Makes a clock that stands still at that many milliseconds after 1970 until it is moved.
    #[must_use]
    pub fn fixed(unix_ms: i64) -> Self {
        Self {
            offset_ms: Arc::default(),
            fixed_ms: Some(unix_ms),
        }
    }

    /// Tells the time in milliseconds after 1970-01-01, UTC.
    #[must_use]
    pub fn now_ms(&self) -> i64 {
        self.fixed_ms.unwrap_or_else(system_ms) + self.offset_ms.load(Ordering::SeqCst)
    }

    /// Tells the time as if the clock had never been moved: what clients, whose clocks nobody moves, sign with.
    #[must_use]
    pub fn unmoved_ms(&self) -> i64 {
        self.fixed_ms.unwrap_or_else(system_ms)
    }

    /// Moves the clock forward by that many milliseconds and returns how far it is ahead now.
    ///
    /// It never goes back: a negative number moves nothing.
    pub fn advance_ms(&self, by_ms: i64) -> i64 {
        let by_ms = by_ms.max(0);
        self.offset_ms.fetch_add(by_ms, Ordering::SeqCst) + by_ms
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "this is the one place where the services read the system's clock"
)]
fn system_ms() -> i64 {
    let elapsed = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    elapsed.map_or(0, |time| {
        i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clones_share_the_offset_and_time_never_goes_back() {
        let clock = Clock::fixed(1_000);
        let other = clock.clone();
        assert_eq!(other.advance_ms(DAY_MS), DAY_MS);
        assert_eq!(clock.now_ms(), 1_000 + DAY_MS);
        assert_eq!(clock.advance_ms(-5), DAY_MS);
        assert_eq!(clock.now_ms(), 1_000 + DAY_MS);
    }
}
