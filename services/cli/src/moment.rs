//! Times, as people write and read them.

use std::str::FromStr;

use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};

/// A time on the command line: a date, or a distance from now.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Moment {
    /// A date.
    At(OffsetDateTime),
    /// A distance; the option's meaning says in which direction.
    Distance(Duration),
}

impl Moment {
    /// Gives the time, taking a distance as one into the past.
    pub(crate) fn before(self, now: OffsetDateTime) -> OffsetDateTime {
        match self {
            Self::At(moment) => moment,
            Self::Distance(distance) => now.saturating_sub(distance),
        }
    }

    /// Gives the time, taking a distance as one into the future.
    pub(crate) fn after(self, now: OffsetDateTime) -> OffsetDateTime {
        match self {
            Self::At(moment) => moment,
            Self::Distance(distance) => now.saturating_add(distance),
        }
    }
}

impl FromStr for Moment {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong =
            || "write a date like 2026-01-31T12:00:00Z, or a time like 30m, 12h, 7d".to_owned();
        if let Ok(moment) = OffsetDateTime::parse(text, &Rfc3339) {
            return Ok(Self::At(moment));
        }
        let unit = text.chars().last().ok_or_else(wrong)?;
        let seconds: u32 = match unit {
            'm' => 60,
            'h' => 60 * 60,
            'd' => 24 * 60 * 60,
            _ => return Err(wrong()),
        };
        let count: u32 = text[..text.len() - 1].parse().map_err(|_| wrong())?;
        let seconds = i64::from(seconds) * i64::from(count);
        Ok(Self::Distance(Duration::seconds(seconds)))
    }
}

/// Gives a time in milliseconds after 1970.
pub(crate) fn to_millis(moment: OffsetDateTime) -> i128 {
    moment.unix_timestamp_nanos() / 1_000_000
}

/// Writes a time in milliseconds after 1970 as RFC 3339 does, in UTC, to the second.
pub(crate) fn from_millis(millis: i64) -> String {
    OffsetDateTime::from_unix_timestamp(millis.div_euclid(1_000))
        .ok()
        .and_then(|moment| moment.format(&Rfc3339).ok())
        .unwrap_or_else(|| format!("{millis} ms after 1970"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_a_date_or_a_distance() {
        let now = OffsetDateTime::from_unix_timestamp(1_700_000_000).unwrap();
        let at = |text: &str| text.parse::<Moment>().unwrap().before(now).unix_timestamp();
        assert_eq!(at("2023-11-14T22:13:20Z"), 1_700_000_000);
        assert_eq!(at("90m"), 1_700_000_000 - 5_400);
        assert_eq!(at("2d"), 1_700_000_000 - 172_800);
        let later = "1h".parse::<Moment>().unwrap().after(now);
        assert_eq!(to_millis(later), 1_700_003_600_000);
        for wrong in ["", "d", "5", "5w", "-1h", "2026-01-31", "5é"] {
            assert!(wrong.parse::<Moment>().is_err(), "{wrong}");
        }
    }
}
