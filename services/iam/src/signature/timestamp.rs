//! The date of a signed request, `YYYYMMDDTHHMMSSZ`.

use time::format_description::well_known::Iso8601;
use time::format_description::well_known::iso8601::{Config, EncodedConfig, TimePrecision};
use time::{OffsetDateTime, UtcOffset};

/// The basic format of ISO 8601, to the second.
const BASIC: EncodedConfig = Config::DEFAULT
    .set_use_separators(false)
    .set_time_precision(TimePrecision::Second {
        decimal_digits: None,
    })
    .encode();

/// Reads the date as milliseconds after 1970; none where it is not exactly of that form.
pub(super) fn parse_ms(text: &str) -> Option<i64> {
    let moment = OffsetDateTime::parse(text, &Iso8601::<BASIC>).ok()?;
    // ISO 8601 has many forms, and all of them are read: the one is what is written.
    (write(moment) == text).then(|| moment.unix_timestamp() * 1_000)
}

/// Writes a moment as `X-Sdk-Date` has it; nothing for a year before 0.
#[must_use]
pub fn write(moment: OffsetDateTime) -> String {
    let utc = moment.to_offset(UtcOffset::UTC);
    utc.format(&Iso8601::<BASIC>).unwrap_or_default()
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
            ("20250123T120000+0000", None),
            ("20250123T120000.0Z", None),
            ("20250123T1200Z", None),
            ("20250123", None),
            ("2025023T120000Z", None),
            ("2025W044T120000Z", None),
            ("20161231T235960Z", None),
            ("", None),
        ];
        for (text, expected) in cases {
            assert_eq!(parse_ms(text), expected, "{text}");
        }
    }
}
