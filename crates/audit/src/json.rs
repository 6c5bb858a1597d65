//! Entries as lines of JSON, for export: one object, no line breaks, identifiers in hexadecimal.

use std::fmt::{self, Write};

use crate::entry::Entry;
use crate::event::{Actor, Outcome};

impl fmt::Display for Entry {
    /// Writes the entry as one JSON object on one line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let event = &self.event;
        write!(
            f,
            "{{\"seq\":{},\"time_ms\":{},\"actor\":",
            self.seq, event.time_ms
        )?;
        write_actor(f, &event.actor)?;
        write_text_field(f, "agent", event.agent.as_ref().map(|text| text.as_str()))?;
        write_bytes_field(
            f,
            "partition",
            event.partition.as_ref().map(<[u8; 16]>::as_slice),
        )?;
        write_text_field(f, "operation", Some(event.operation.as_str()))?;
        write_bytes_field(f, "object", event.object.as_ref().map(<[u8; 16]>::as_slice))?;
        match &event.outcome {
            Outcome::Returned(code) => write!(f, ",\"returned\":{code}")?,
            Outcome::Failed(why) => write_text_field(f, "failed", Some(why.as_str()))?,
        }
        write_text_field(f, "detail", event.detail.as_ref().map(|text| text.as_str()))?;
        write_bytes_field(
            f,
            "signature",
            event.signature.as_ref().map(|s| s.as_bytes()),
        )?;
        write_bytes_field(f, "prev", Some(&self.prev))?;
        write_bytes_field(f, "hash", Some(&self.hash))?;
        f.write_char('}')
    }
}

fn write_actor(f: &mut fmt::Formatter<'_>, actor: &Actor) -> fmt::Result {
    let plain = match actor {
        Actor::System => "system",
        Actor::Application => "application",
        Actor::User => "user",
        Actor::SecurityOfficer => "so",
        Actor::Named(name) => {
            write_text(f, "named")?;
            return write_text_field(f, "name", Some(name.as_str()));
        }
        Actor::Administrator { certificate, role } => {
            write_text(f, "administrator")?;
            write_text_field(f, "role", Some(role.as_str()))?;
            return write_bytes_field(f, "certificate", Some(certificate));
        }
    };
    write_text(f, plain)
}

fn write_text_field(f: &mut fmt::Formatter<'_>, name: &str, text: Option<&str>) -> fmt::Result {
    let Some(text) = text else { return Ok(()) };
    write!(f, ",\"{name}\":")?;
    write_text(f, text)
}

/// Quotes a text. Control characters cannot occur in [`crate::Text`], so quote and backslash are all there is.
fn write_text(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    f.write_char('"')?;
    for character in text.chars() {
        if matches!(character, '"' | '\\') {
            f.write_char('\\')?;
        }
        f.write_char(character)?;
    }
    f.write_char('"')
}

fn write_bytes_field(f: &mut fmt::Formatter<'_>, name: &str, bytes: Option<&[u8]>) -> fmt::Result {
    let Some(bytes) = bytes else { return Ok(()) };
    write!(f, ",\"{name}\":\"")?;
    for byte in bytes {
        write!(f, "{byte:02x}")?;
    }
    f.write_char('"')
}
