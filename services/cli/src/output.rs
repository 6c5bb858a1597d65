//! What the user sees: tables and sentences for people, the service's JSON for machines.

use std::io::{self, IsTerminal, Write};

use comfy_table::{ContentArrangement, Table, presets};
use serde_json::{Value, json};

use crate::error::Error;
use crate::moment;

/// A column of a table, or a line of facts: its title, where its value stands, and how it is shown.
pub(crate) struct Column(
    pub(crate) &'static str,
    pub(crate) &'static str,
    pub(crate) Show,
);

/// How a value is shown.
#[derive(Clone, Copy)]
pub(crate) enum Show {
    /// As it is.
    Plain,
    /// A time, in milliseconds after 1970.
    Millis,
    /// A key's state.
    State,
    /// Whether, in any of the forms that the contract has.
    YesNo,
}

/// Writes results to standard output and failures to standard error.
#[derive(Clone, Copy)]
pub(crate) struct Output {
    json: bool,
}

impl Output {
    pub(crate) fn new(json: bool) -> Self {
        Self { json }
    }

    /// Tells whether machines read along.
    pub(crate) fn is_json(self) -> bool {
        self.json
    }

    /// Shows a reply, as it is or as text.
    pub(crate) fn show(self, reply: &Value, text: &str) -> Result<(), Error> {
        if self.json {
            write_line(&format!("{reply:#}"))
        } else {
            write_line(text)
        }
    }

    /// Shows a list that stands in a reply.
    pub(crate) fn list(
        self,
        reply: &Value,
        member: &str,
        columns: &[Column],
        empty: &str,
    ) -> Result<(), Error> {
        let items = reply[member].as_array().map(Vec::as_slice);
        self.show(reply, &table(columns, items.unwrap_or_default(), empty))
    }

    /// Shows facts about one thing that stands in a reply.
    pub(crate) fn facts(
        self,
        reply: &Value,
        thing: &Value,
        columns: &[Column],
    ) -> Result<(), Error> {
        self.show(reply, &facts(columns, thing))
    }

    /// Shows bytes: as they are, or the reply that they come from. A terminal gets a line end.
    pub(crate) fn bytes(self, reply: &Value, bytes: &[u8]) -> Result<(), Error> {
        if self.json {
            return write_line(&format!("{reply:#}"));
        }
        let mut stdout = io::stdout().lock();
        let end: &[u8] = if stdout.is_terminal() && !bytes.ends_with(b"\n") {
            b"\n"
        } else {
            b""
        };
        let written = stdout.write_all(bytes).and_then(|()| stdout.write_all(end));
        unless_closed(written.and_then(|()| stdout.flush()))
    }

    /// Shows why nothing was done.
    pub(crate) fn failure(self, error: &Error) {
        let text = printable(&error.chain());
        if !self.json {
            eprintln!("dew: {text}");
            return;
        }
        let mut value = json!({ "error": text, "exit_code": error.exit_code() });
        if let Error::Refused(refusal) = error {
            value["error_code"] = json!(refusal.code);
            value["error_msg"] = json!(refusal.message);
            value["request_id"] = json!(refusal.request_id);
            value["status"] = json!(refusal.status);
        }
        eprintln!("{value}");
    }
}

/// Writes a line to standard output.
pub(crate) fn write_line(text: &str) -> Result<(), Error> {
    unless_closed(writeln!(io::stdout().lock(), "{text}"))
}

/// Whoever reads the output may stop reading early: that is no failure.
fn unless_closed(written: io::Result<()>) -> Result<(), Error> {
    match written {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Error::machine("write to standard output")(error))
        }
        _ => Ok(()),
    }
}

/// Lays out rows under a header, or says that there are none.
pub(crate) fn table(columns: &[Column], items: &[Value], empty: &str) -> String {
    if items.is_empty() {
        return empty.to_owned();
    }
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(columns.iter().map(|column| column.0));
    for item in items {
        table.add_row(columns.iter().map(|column| cell(column, item)));
    }
    table.trim_fmt()
}

/// Lays out facts, one per line, with their names aligned; what is empty is left out.
fn facts(columns: &[Column], thing: &Value) -> String {
    let width = columns.iter().map(|column| column.0.len()).max();
    let width = width.unwrap_or_default();
    let lines: Vec<_> = columns
        .iter()
        .map(|column| (column.0, cell(column, thing)))
        .filter(|(_, value)| !value.is_empty())
        .map(|(title, value)| format!("{title:width$}  {value}"))
        .collect();
    lines.join("\n")
}

/// Shows one value. Its place is a pointer when it begins with a slash, else a member's name.
fn cell(Column(_, place, show): &Column, item: &Value) -> String {
    let found = match place.starts_with('/') {
        true => item.pointer(place),
        false => item.get(place),
    };
    let text = plain(found.unwrap_or(&Value::Null));
    let text = match show {
        Show::Plain => text,
        Show::Millis => text.parse().map_or(text, moment::from_millis),
        Show::State => state(&text).to_owned(),
        Show::YesNo => match text.as_str() {
            "true" | "1" => "yes".to_owned(),
            "false" | "0" => "no".to_owned(),
            _ => text,
        },
    };
    printable(&text)
}

fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

/// Names a key's state.
fn state(number: &str) -> &str {
    match number {
        "1" => "pending activation",
        "2" => "enabled",
        "3" => "disabled",
        "4" => "pending deletion",
        "5" => "pending import",
        "7" => "frozen",
        other => other,
    }
}

/// Replaces control characters: what others named must not command this terminal.
fn printable(text: &str) -> String {
    let safe = |c: char| {
        if c.is_control() {
            char::REPLACEMENT_CHARACTER
        } else {
            c
        }
    };
    text.chars().map(safe).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: &[Column] = &[
        Column("NAME", "key_alias", Show::Plain),
        Column("STATE", "key_state", Show::State),
        Column("CREATED", "creation_date", Show::Millis),
        Column("DEFAULT", "default_key_flag", Show::YesNo),
        Column("OWNER", "/owner/id", Show::Plain),
    ];

    #[test]
    fn values_are_shown_for_people() {
        let key = json!({
            "key_alias": "a", "key_state": "4", "creation_date": "1700000000000",
            "default_key_flag": "0", "owner": {"id": ["x", "y"]},
        });
        // The time is what `date -u -d @1700000000 +%FT%TZ` prints.
        let expected = "NAME     a\nSTATE    pending deletion\nCREATED  2023-11-14T22:13:20Z\n\
                        DEFAULT  no\nOWNER    x, y";
        assert_eq!(facts(COLUMNS, &key), expected);
        assert_eq!(facts(COLUMNS, &json!({"key_alias": "a"})), "NAME     a");
    }

    #[test]
    fn names_cannot_command_the_terminal() {
        let text = table(COLUMNS, &[json!({"key_alias": "a\u{1b}[2Jb\n"})], "none");
        let safe = text.contains("a\u{FFFD}[2Jb\u{FFFD}");
        assert!(!text.contains('\u{1b}') && safe, "{text}");
        assert_eq!(table(COLUMNS, &[], "none"), "none");
    }
}
