//! The date of a signed request, `YYYYMMDDTHHMMSSZ`.

use time::{Date, Month, OffsetDateTime, PrimitiveDateTime, Time, UtcOffset};

/// Reads the date as milliseconds after 1970; none where it is not exactly of that form.
pub(super) fn parse_ms(text: &str) -> Option<i64> {
    let (date, time) = text.strip_suffix('Z')?.split_once('T')?;
    if date.len() != 8 || time.len() != 6 {
        return None;
    }
    let month = Month::try_from(number(date, 4)?).ok()?;
    let year = i32::from(number(date, 0)?) * 100 + i32::from(number(date, 2)?);
    let date = Date::from_calendar_date(year, month, number(date, 6)?).ok()?;
    let time = Time::from_hms(number(time, 0)?, number(time, 2)?, number(time, 4)?).ok()?;
    let seconds = PrimitiveDateTime::new(date, time)
        .assume_utc()
        .unix_timestamp();
    Some(seconds * 1_000)
}

/// Writes a moment as `X-Sdk-Date` has it.
#[must_use]
pub fn write(moment: OffsetDateTime) -> String {
    let utc = moment.to_offset(UtcOffset::UTC);
    let (year, month, day) = utc.to_calendar_date();
    let (hour, minute, second) = utc.to_hms();
    let month = u8::from(month);
    format!("{year:04}{month:02}{day:02}T{hour:02}{minute:02}{second:02}Z")
}

/// Reads the two digits at a place.
fn number(text: &str, at: usize) -> Option<u8> {
    let digits = text.get(at..at + 2)?;
    let all = digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse().ok().filter(|_| all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_written_in_utc() {
        // The seconds are those of GNU date.
        let moment = OffsetDateTime::from_unix_timestamp(1_709_251_199).unwrap();
        assert_eq!(write(moment), "20240229T235959Z");
        let east = UtcOffset::from_hms(8, 0, 0).unwrap();
        assert_eq!(write(moment.to_offset(east)), "20240229T235959Z");
    }

    #[test]
    fn only_the_one_form_is_a_date() {
        // The seconds are those of GNU date.
        let cases = [
            ("20250123T120000Z", Some(1_737_633_600_000)),
            ("20240229T235959Z", Some(1_709_251_199_000)),
            ("20250229T000000Z", None),
            ("20250123T240000Z", None),
            ("20250123T120000", None),
            ("2025-01-23T12:00:00Z", None),
            ("+0250123T120000Z", None),
            ("20250123T1200+0Z", None),
            ("2025é12T120000Z", None),
            ("20250123T120000ZZ", None),
            ("", None),
        ];
        for (text, expected) in cases {
            assert_eq!(parse_ms(text), expected, "{text}");
        }
    }
}
