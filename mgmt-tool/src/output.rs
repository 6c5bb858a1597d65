//! What the user sees: tables and sentences for people, JSON for machines.

use std::io::{self, Write};
use std::time::Duration;

use comfy_table::{ContentArrangement, Table, presets};
use serde_json::{Value, json};

use crate::Error;

/// Writes results to standard output and failures to standard error.
pub(crate) struct Output {
    json: bool,
}

impl Output {
    pub(crate) fn new(json: bool) -> Self {
        Self { json }
    }

    /// Shows a result, as JSON or as text; both are made from the same facts by the caller.
    pub(crate) fn show(&self, value: &Value, text: &str) -> Result<(), Error> {
        if self.json {
            write_line(&format!("{value:#}"))
        } else {
            write_line(text)
        }
    }

    /// Says that something is done, in a sentence for people and as JSON for machines.
    pub(crate) fn done(&self, text: &str) -> Result<(), Error> {
        self.show(&json!({ "done": text }), text)
    }

    /// Shows why nothing was done.
    pub(crate) fn failure(&self, error: &Error) {
        let text = error.chain();
        if self.json {
            eprintln!(
                "{}",
                json!({ "error": text, "exit_code": error.exit_code() })
            );
        } else {
            eprintln!("dew-mgmt: {text}");
        }
    }
}

/// Writes a line to standard output. Whoever reads it may stop reading early: that is no failure.
pub(crate) fn write_line(text: &str) -> Result<(), Error> {
    match writeln!(io::stdout().lock(), "{text}") {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Error::machine("write to standard output")(error))
        }
        _ => Ok(()),
    }
}

/// Lays out rows under a header, or says that there are none.
pub(crate) fn table<const N: usize>(
    header: [&str; N],
    rows: impl IntoIterator<Item = [String; N]>,
    empty: &str,
) -> String {
    let rows: Vec<_> = rows
        .into_iter()
        .map(|row| row.map(|cell| printable(&cell)))
        .collect();
    if rows.is_empty() {
        return empty.to_owned();
    }
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(header).add_rows(rows);
    table.trim_fmt()
}

/// Lays out facts, one per line, with their names aligned.
pub(crate) fn facts(facts: &[(&str, String)]) -> String {
    let width = facts
        .iter()
        .map(|(name, _)| name.len())
        .max()
        .unwrap_or_default();
    let lines: Vec<_> = facts
        .iter()
        .map(|(name, fact)| format!("{name:width$}  {}", printable(fact)))
        .collect();
    lines.join("\n")
}

/// Replaces control characters: what others named must not command this terminal.
fn printable(text: &str) -> String {
    text.chars()
        .map(|c| {
            if c.is_control() {
                char::REPLACEMENT_CHARACTER
            } else {
                c
            }
        })
        .collect()
}

/// Writes a time of Unix as RFC 3339 does, in UTC.
pub(crate) fn time(seconds: u64) -> String {
    match der::DateTime::from_unix_duration(Duration::from_secs(seconds)) {
        Ok(time) => time.to_string(),
        Err(_) => format!("{seconds} s after 1970"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_rfc_3339() {
        assert_eq!(time(0), "1970-01-01T00:00:00Z");
        // As `date -u -d @1700000000 +%FT%TZ` prints it.
        assert_eq!(time(1_700_000_000), "2023-11-14T22:13:20Z");
        assert_eq!(time(u64::MAX), "18446744073709551615 s after 1970");
    }

    #[test]
    fn names_cannot_command_the_terminal() {
        let text = table(["NAME"], [["a\x1b[2Jb\n".to_owned()]], "none");
        assert!(
            !text.contains('\x1b') && text.contains("a\u{FFFD}[2Jb\u{FFFD}"),
            "{text}"
        );
        assert_eq!(table(["NAME"], [], "none"), "none");
        assert_eq!(
            facts(&[("a", "1".to_owned()), ("long", "2\r".to_owned())]),
            "a     1\nlong  2\u{FFFD}"
        );
    }
}
