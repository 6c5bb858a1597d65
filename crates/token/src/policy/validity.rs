//! Policy of a key's dates (4.7): in `strict` a key protects nothing before `CKA_START_DATE` and after `CKA_END_DATE`.
//!
//! What it protected in its time can still be read and verified.

use ck::AttributeType as A;

use super::{Decision, Profile, Refusal, Usage};
use crate::Attributes;

const DAY_MS: u64 = 24 * 60 * 60 * 1000;

/// A day in UTC, written as `CK_DATE` is: eight digits, so that days compare as they follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Date([u8; 8]);

impl Date {
    /// The day of a time in milliseconds since 1970; the last day of 9999 for all that follows.
    pub(crate) fn of(time_ms: u64) -> Self {
        let (year, month, day) = civil(time_ms / DAY_MS);
        let number = if year > 9999 {
            99_991_231
        } else {
            year * 10_000 + month * 100 + day
        };
        let mut rest = number;
        let mut digits = [b'0'; 8];
        for digit in digits.iter_mut().rev() {
            *digit += u8::try_from(rest % 10).expect("a digit is below ten");
            rest /= 10;
        }
        Self(digits)
    }
}

impl Date {
    /// A time as the clock of a token tells it (4.3.3): year to second, and two zeros.
    pub(crate) fn time_text(time_ms: u64) -> [u8; 16] {
        let second = time_ms % DAY_MS / 1000;
        let mut text = [b'0'; 16];
        text[..8].copy_from_slice(&Self::of(time_ms).0);
        for (place, number) in [
            (8, second / 3600),
            (10, second / 60 % 60),
            (12, second % 60),
        ] {
            let digits = u8::try_from(number).expect("hours, minutes and seconds are below sixty");
            text[place] += digits / 10;
            text[place + 1] += digits % 10;
        }
        text
    }
}

impl Date {
    /// Reads a time that is written so, with the two zeros or without, as seconds since 1970.
    pub(crate) fn read_time(text: &[u8]) -> Option<u64> {
        let digits = text.get(..14)?;
        if !matches!(text.len(), 14 | 16) || !text.iter().all(u8::is_ascii_digit) {
            return None;
        }
        let number = |from: usize, to: usize| {
            let digits = digits[from..to].iter();
            digits.fold(0, |number, digit| number * 10 + u64::from(digit - b'0'))
        };
        let days = days(number(0, 4), number(4, 6), number(6, 8))?;
        let seconds = (number(8, 10) * 60 + number(10, 12)) * 60 + number(12, 14);
        let seconds = days * (DAY_MS / 1000) + seconds;
        // What is no time of day, or no day of its month, is written otherwise.
        (Self::time_text(seconds * 1000)[..14] == *digits).then_some(seconds)
    }
}

/// The days from the first of 1970 to a date, the other way round than [`civil`].
fn days(year: u64, month: u64, day: u64) -> Option<u64> {
    let year = year.checked_sub(u64::from(month <= 2))?;
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day.checked_sub(1)?;
    let leaps = year / 4 - year / 100 + year / 400;
    (year * 365 + leaps + of_year).checked_sub(719_468)
}

/// Year, month and day that lie so many days after the first of 1970, in the Gregorian calendar.
///
/// Years are counted from March here, so that the leap day is the last of its year; an era is the 400 years after which
/// the calendar comes again.
const fn civil(days: u64) -> (u64, u64, u64) {
    /// From the first of March of the year 0 to 1970.
    const TO_1970: u64 = 719_468;
    const ERA: u64 = 146_097;
    let days = days + TO_1970;
    let (era, day_of_era) = (days / ERA, days % ERA);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let months = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * months + 2) / 5 + 1;
    let month = if months < 10 { months + 3 } else { months - 9 };
    let year = era * 400 + year_of_era;
    (if month <= 2 { year + 1 } else { year }, month, day)
}

/// Decides whether a key may be used today.
pub(crate) fn decide_date(
    profile: Profile,
    usage: Usage,
    key: &Attributes,
    today: Date,
) -> Decision {
    let protects = match usage {
        Usage::Derive
        | Usage::Encapsulate
        | Usage::Encrypt
        | Usage::Sign
        | Usage::SignRecover
        | Usage::Wrap => true,
        Usage::Decapsulate
        | Usage::Decrypt
        | Usage::Unwrap
        | Usage::Verify
        | Usage::VerifyRecover => false,
    };
    if profile == Profile::Compat || !protects {
        return Decision::Allow;
    }
    let date = |id| key.get(id).filter(|date| !date.is_empty());
    if date(A::START_DATE).is_some_and(|start| today.0.as_slice() < start) {
        return Decision::Deny(Refusal::OutOfDate(A::START_DATE));
    }
    if date(A::END_DATE).is_some_and(|end| today.0.as_slice() > end) {
        return Decision::Deny(Refusal::OutOfDate(A::END_DATE));
    }
    Decision::Allow
}
