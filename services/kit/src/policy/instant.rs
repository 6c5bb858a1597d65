//! Dates as conditions write them.

use time::{Date, Month, OffsetDateTime, PrimitiveDateTime, Time};

/// Writes milliseconds after 1970 as [`parse_ms`] reads them; none for a year that has not four digits.
pub(crate) fn write(ms: i64) -> Option<String> {
    let moment = OffsetDateTime::from_unix_timestamp(ms.div_euclid(1_000)).ok()?;
    let (year, month, day) = (moment.year(), u8::from(moment.month()), moment.day());
    let (hour, minute, second) = moment.to_hms();
    let fraction = ms.rem_euclid(1_000);
    (0..10_000).contains(&year).then(|| {
        format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{fraction:03}Z")
    })
}

/// Reads a date of ISO 8601 in UTC, `2025-01-23T12:00:00Z` (with a fraction of a second or none) or `2025-01-23`, as
/// milliseconds after 1970.
pub(super) fn parse_ms(text: &str) -> Option<i64> {
    let (date, time) = match text.split_once('T') {
        Some((date, time)) => (date, time.strip_suffix('Z')?),
        None => (text, "00:00:00"),
    };
    let [year, month, day] = fields(date, '-', [4, 2, 2])?;
    let (clock, fraction) = time.split_once('.').unwrap_or((time, "0"));
    let [hour, minute, second] = fields(clock, ':', [2, 2, 2])?;
    let month = Month::try_from(u8::try_from(month).ok()?).ok()?;
    let date = Date::from_calendar_date(year.into(), month, u8::try_from(day).ok()?).ok()?;
    let small = |number: u16| u8::try_from(number).ok();
    let time = Time::from_hms(small(hour)?, small(minute)?, small(second)?).ok()?;
    let seconds = PrimitiveDateTime::new(date, time)
        .assume_utc()
        .unix_timestamp();
    Some(seconds * 1_000 + milliseconds(fraction)?)
}

fn fields(text: &str, separator: char, widths: [usize; 3]) -> Option<[u16; 3]> {
    let mut parts = text.split(separator);
    let mut numbers = [0; 3];
    for (number, width) in numbers.iter_mut().zip(widths) {
        let part = parts.next().filter(|part| is_digits(part, width))?;
        *number = part.parse().ok()?;
    }
    parts.next().is_none().then_some(numbers)
}

fn is_digits(text: &str, width: usize) -> bool {
    text.len() == width && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Reads the first three digits of a fraction.
fn milliseconds(fraction: &str) -> Option<i64> {
    if fraction.is_empty() || fraction.len() > 9 || !is_digits(fraction, fraction.len()) {
        return None;
    }
    format!("{fraction:0<3}").get(..3)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        for ms in [0, -1, 1_737_633_600_250, 253_402_300_799_999] {
            assert_eq!(parse_ms(&write(ms).unwrap()), Some(ms));
        }
        assert_eq!(
            write(1_737_633_600_250).unwrap(),
            "2025-01-23T12:00:00.250Z"
        );
        assert_eq!(write(253_402_300_800_000), None);
        assert_eq!(write(i64::MIN), None);
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
            ("2025-01-23T12:00:00.Z", None),
            ("", None),
        ];
        for (text, expected) in cases {
            assert_eq!(parse_ms(text), expected, "{text}");
        }
    }
}
