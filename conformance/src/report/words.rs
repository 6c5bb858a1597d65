//! The words and the numbers that every form of the report uses.

use time::format_description::{self, well_known::Rfc3339};
use time::{OffsetDateTime, UtcOffset};

use super::model::{Level, Profile, Report, Verdict};

/// The area whose cases are attacks: there a pass is called resisting.
pub const ATTACK: &str = "attack";

/// Every verdict, in the order of the columns.
pub const VERDICTS: [Verdict; 5] = [
    Verdict::Pass,
    Verdict::Fail,
    Verdict::Known,
    Verdict::NotApplicable,
    Verdict::Skipped,
];

/// Returns what a verdict is called, in a case of the area.
#[must_use]
pub fn verdict(area: &str, verdict: Verdict) -> &'static str {
    match (verdict, area == ATTACK) {
        (Verdict::Pass, false) => "pass",
        (Verdict::Pass, true) => "resists",
        (Verdict::Fail, false) => "fail",
        (Verdict::Fail, true) => "falls",
        (Verdict::Known, _) => "known",
        (Verdict::NotApplicable, _) => "not applicable",
        (Verdict::Skipped, _) => "skipped",
    }
}

/// Returns the head of a column of numbers, which has little room.
#[must_use]
pub fn column(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => "pass",
        Verdict::Fail => "fail",
        Verdict::Known => "known",
        Verdict::NotApplicable => "n/a",
        Verdict::Skipped => "skipped",
    }
}

/// Returns the word of the specification.
#[must_use]
pub fn level(level: Level) -> &'static str {
    match level {
        Level::Must => "MUST",
        Level::Should => "SHOULD",
    }
}

/// Where a module stands with a profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// The token claims it, and keeps its word.
    Met,
    /// The token claims it, and does not keep its word.
    Broken,
    /// The token could claim it, and does not.
    Unclaimed,
    /// The token neither claims it nor meets it.
    Unmet,
}

impl Standing {
    /// Returns where the module stands.
    #[must_use]
    pub fn of(profile: &Profile) -> Self {
        match (profile.claimed, profile.met) {
            (true, true) => Self::Met,
            (true, false) => Self::Broken,
            (false, true) => Self::Unclaimed,
            (false, false) => Self::Unmet,
        }
    }

    /// Returns what that is called.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Met => "met",
            Self::Broken => "claimed, not met",
            Self::Unclaimed => "met, not claimed",
            Self::Unmet => "not met, not claimed",
        }
    }
}

/// Gives each report a title that no other one has: the module's name, with what else tells them apart.
#[must_use]
pub fn titles(reports: &[Report]) -> Vec<String> {
    let names = unique(
        reports
            .iter()
            .map(|report| report.module.name.clone())
            .collect(),
        |index| reports[index].module.library_version.clone(),
    );
    unique(names, |index| format!("#{}", index + 1))
}

/// Adds to every name that occurs twice what is told of its index.
fn unique(names: Vec<String>, more: impl Fn(usize) -> String) -> Vec<String> {
    let occurs = |name: &String| names.iter().filter(|other| *other == name).count();
    let titled = names
        .iter()
        .enumerate()
        .map(|(index, name)| match occurs(name) {
            1 => name.clone(),
            _ => format!("{name} {}", more(index)),
        });
    titled.collect()
}

/// Writes a number of things: `1 case`, `12 cases`.
#[must_use]
pub fn count(number: usize, thing: &str) -> String {
    match number {
        1 => format!("1 {thing}"),
        _ => format!("{} {thing}s", grouped(number)),
    }
}

/// Writes a number with a thin space between groups of three digits.
#[must_use]
pub fn grouped(number: impl std::fmt::Display) -> String {
    let digits = number.to_string();
    let first = digits.len() % 3;
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && index % 3 == first {
            text.push('\u{202f}');
        }
        text.push(digit);
    }
    text
}

/// Writes a measured number with three digits that count: `0.123`, `12.3`, `12 345`.
#[must_use]
pub fn measured(number: f64) -> String {
    match number {
        number if !number.is_finite() => "—".to_owned(),
        number if number >= 100.0 => grouped(format!("{number:.0}")),
        number if number >= 10.0 => format!("{number:.1}"),
        number if number >= 1.0 => format!("{number:.2}"),
        number => format!("{number:.3}"),
    }
}

/// Writes a moment as people do: `4 March 2026, 05:06 UTC`; what is no moment in RFC 3339 stays as it is.
#[must_use]
pub fn moment(text: &str) -> String {
    let form = "[day padding:none] [month repr:long] [year], [hour]:[minute] UTC";
    let moment = OffsetDateTime::parse(text, &Rfc3339).ok();
    let moment = moment.map(|moment| moment.to_offset(UtcOffset::UTC));
    let form = format_description::parse_borrowed::<2>(form).ok();
    let written = moment
        .zip(form)
        .and_then(|(moment, form)| moment.format(&form).ok());
    written.unwrap_or_else(|| text.to_owned())
}

/// Writes how long something took: `41.2 s`, `6 min 12 s`.
#[must_use]
pub fn duration(seconds: f64) -> String {
    if !seconds.is_finite() || seconds < 0.0 {
        return "—".to_owned();
    }
    if seconds < 60.0 {
        return format!("{seconds:.1} s");
    }
    let minutes = (seconds / 60.0).floor();
    format!(
        "{minutes:.0} min {:.0} s",
        (seconds - minutes * 60.0).floor()
    )
}

/// Writes how much a number of bytes is, such as `4 KiB`, in one piece.
#[must_use]
pub fn size(bytes: u64) -> String {
    match bytes {
        0 => "0\u{a0}B".to_owned(),
        bytes if bytes.is_multiple_of(1 << 20) => format!("{}\u{a0}MiB", grouped(bytes >> 20)),
        bytes if bytes.is_multiple_of(1 << 10) => format!("{}\u{a0}KiB", bytes >> 10),
        bytes => format!("{}\u{a0}B", grouped(bytes)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(123), "123");
        assert_eq!(grouped(1234), "1\u{202f}234");
        assert_eq!(grouped(1_234_567), "1\u{202f}234\u{202f}567");
        assert_eq!(measured(0.5), "0.500");
        assert_eq!(measured(12.34), "12.3");
        assert_eq!(measured(12_345.6), "12\u{202f}346");
        assert_eq!(measured(f64::NAN), "—");
        assert_eq!(duration(372.9), "6 min 12 s");
        assert_eq!(duration(3.25), "3.2 s");
        assert_eq!(
            moment("2026-03-04T05:06:07+01:00"),
            "4 March 2026, 04:06 UTC"
        );
        assert_eq!(moment("yesterday"), "yesterday");
        assert_eq!(size(4096), "4\u{a0}KiB");
        assert_eq!(size(1), "1\u{a0}B");
        assert_eq!(count(1, "case"), "1 case");
        assert_eq!(count(0, "case"), "0 cases");
    }
}
