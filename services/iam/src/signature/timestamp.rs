//! The date of a signed request, `YYYYMMDDTHHMMSSZ`.

use time::{Date, Month, PrimitiveDateTime, Time};

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
