//! The time, as the services see it.

use std::num::NonZero;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::SystemTime;

use time::OffsetDateTime;
use time::format_description::well_known::iso8601::{Config, EncodedConfig, TimePrecision};
use time::format_description::well_known::{Iso8601, Rfc3339};

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

/// How many digits of a second's fraction are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fraction {
    /// Six.
    Micros,
    /// Three.
    Millis,
    /// As few as say it, or no fraction.
    Shortest,
}

/// Writes milliseconds after 1970 as RFC 3339 does, in UTC: `2025-01-23T12:00:00Z`; none for a year that has not four
/// digits.
#[must_use]
pub fn rfc3339(unix_ms: i64, fraction: Fraction) -> Option<String> {
    const MICROS: EncodedConfig = digits(6);
    const MILLIS: EncodedConfig = digits(3);
    let nanos = i128::from(unix_ms) * 1_000_000;
    let moment = OffsetDateTime::from_unix_timestamp_nanos(nanos).ok()?;
    let written = match fraction {
        Fraction::Micros => moment.format(&Iso8601::<MICROS>),
        Fraction::Millis => moment.format(&Iso8601::<MILLIS>),
        Fraction::Shortest => moment.format(&Rfc3339),
    };
    written.ok()
}

const fn digits(count: u8) -> EncodedConfig {
    let decimal_digits = NonZero::new(count);
    let precision = TimePrecision::Second { decimal_digits };
    Config::DEFAULT.set_time_precision(precision).encode()
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

    #[test]
    fn moments_are_written_with_the_digits_asked_for() {
        // The seconds are those of GNU date.
        let cases = [
            (
                1_737_633_600_000,
                Fraction::Micros,
                "2025-01-23T12:00:00.000000Z",
            ),
            (
                1_737_633_600_042,
                Fraction::Micros,
                "2025-01-23T12:00:00.042000Z",
            ),
            (
                1_737_633_600_250,
                Fraction::Millis,
                "2025-01-23T12:00:00.250Z",
            ),
            (
                1_737_633_600_250,
                Fraction::Shortest,
                "2025-01-23T12:00:00.25Z",
            ),
            (
                1_709_251_199_000,
                Fraction::Shortest,
                "2024-02-29T23:59:59Z",
            ),
            (-1, Fraction::Millis, "1969-12-31T23:59:59.999Z"),
            (
                253_402_300_799_999,
                Fraction::Millis,
                "9999-12-31T23:59:59.999Z",
            ),
        ];
        for (unix_ms, fraction, expected) in cases {
            assert_eq!(rfc3339(unix_ms, fraction).as_deref(), Some(expected));
        }
    }

    #[test]
    fn years_of_other_than_four_digits_are_not_written() {
        for fraction in [Fraction::Micros, Fraction::Millis, Fraction::Shortest] {
            for unix_ms in [253_402_300_800_000, -62_167_219_200_001, i64::MIN, i64::MAX] {
                assert_eq!(rfc3339(unix_ms, fraction), None, "{unix_ms}");
            }
        }
    }
}
