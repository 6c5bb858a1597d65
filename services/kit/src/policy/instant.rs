//! Dates as conditions write them.

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// Characters of a date without a time.
const DATE_CHARS: usize = "2025-01-23".len();

/// Reads a date of ISO 8601 in UTC, `2025-01-23T12:00:00Z` (with a fraction of a second or none) or `2025-01-23`, as
/// milliseconds after 1970.
pub(super) fn parse_ms(text: &str) -> Option<i64> {
    let moment = if text.contains('T') {
        text.to_owned()
    } else {
        format!("{text}T00:00:00Z")
    };
    // RFC 3339 takes any character between date and time, and other offsets than that of UTC.
    if moment.find('T') != Some(DATE_CHARS) || !moment.ends_with('Z') {
        return None;
    }
    let moment = OffsetDateTime::parse(&moment, &Rfc3339).ok()?;
    i64::try_from(moment.unix_timestamp_nanos().div_euclid(1_000_000)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::{Fraction, rfc3339};

    #[test]
    fn what_the_clock_writes_is_read() {
        for ms in [0, -1, 1_737_633_600_250, 253_402_300_799_999] {
            for fraction in [Fraction::Micros, Fraction::Millis, Fraction::Shortest] {
                assert_eq!(parse_ms(&rfc3339(ms, fraction).unwrap()), Some(ms));
            }
        }
    }

    #[test]
    fn dates_are_read_to_the_millisecond() {
        // The seconds are those of GNU date.
        let cases = [
            ("1970-01-01T00:00:00Z", Some(0)),
            ("2025-01-23T12:00:00Z", Some(1_737_633_600_000)),
            ("2025-01-23T12:00:00.250000Z", Some(1_737_633_600_250)),
            ("2025-01-23T12:00:00.5Z", Some(1_737_633_600_500)),
            ("2024-02-29", Some(1_709_164_800_000)),
            ("2025-02-29", None),
            ("2025-01-23T12:00:00", None),
            ("2025-01-23T24:00:00Z", None),
            ("2025-01-23T12:00:00+01:00", None),
            ("2025-1-23", None),
            ("+025-01-23", None),
            ("2025-01-23-01", None),
            ("2025-01-23 12:00:00Z", None),
            ("2025-01-23t12:00:00Z", None),
            ("2025-01-23T12:00:00z", None),
            ("2025-01-23T12:00Z", None),
            ("2025-01-23T12:60:00Z", None),
            ("2025-01-23T12:00:00.Z", None),
            ("", None),
        ];
        for (text, expected) in cases {
            assert_eq!(parse_ms(text), expected, "{text}");
        }
    }
}
