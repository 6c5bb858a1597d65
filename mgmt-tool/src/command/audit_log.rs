//! `dew-mgmt audit`: reads the audit log, and believes none of it before it is verified.

use std::fs::OpenOptions;
use std::io::{BufWriter, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use audit::{Broken, Chain, Entry, HASH_LEN, Why};
use proto::admin::{Command, Reply};
use serde_json::json;

use crate::Error;
use crate::cli::AuditCommand;
use crate::connection::Connection;
use crate::output::{Output, write_line};
use crate::settings::Settings;

/// How many entries are asked for at once: some 300 bytes each, well below what a frame holds.
const PAGE: u32 = 10_000;

pub(super) fn execute(
    command: AuditCommand,
    settings: &Settings,
    output: &Output,
) -> Result<(), Error> {
    match command {
        AuditCommand::Verify { known } => {
            let known = known.as_deref().map(parse_end).transpose()?;
            let mut connection = Connection::open(settings)?;
            let end = walk(&mut connection, known, |_| Ok(()))?;
            let head = hex::encode(end.head);
            let value = json!({ "verified": true, "entries": end.seq, "head": head });
            let text = format!(
                "{} entries verify; keep this end of the log for the next time: --known {}:{head}",
                end.seq, end.seq
            );
            output.show(&value, &text)
        }
        AuditCommand::Export { out: None } => {
            walk(&mut Connection::open(settings)?, None, |entry| {
                write_line(&entry.to_string())
            })?;
            Ok(())
        }
        AuditCommand::Export { out: Some(path) } => {
            let end = export(&mut Connection::open(settings)?, &path)?;
            output.done(&format!(
                "{} entries are written to {}",
                end.seq,
                path.display()
            ))
        }
    }
}

fn export(connection: &mut Connection, path: &Path) -> Result<Chain, Error> {
    let mut options = OpenOptions::new();
    let file = options.write(true).create_new(true).mode(0o600).open(path);
    let mut file = BufWriter::new(file.map_err(Error::file("make", path))?);
    let end = walk(connection, None, |entry| {
        writeln!(file, "{entry}").map_err(Error::file("write", path))
    })?;
    let file = file
        .into_inner()
        .map_err(|error| Error::file("write", path)(error.into_error()))?;
    file.sync_all().map_err(Error::file("write", path))?;
    Ok(end)
}

/// Reads the whole log, verifies that each entry follows the one before it, and hands it over.
fn walk(
    connection: &mut Connection,
    known: Option<Chain>,
    mut each: impl FnMut(&Entry) -> Result<(), Error>,
) -> Result<Chain, Error> {
    let mut chain = Chain::default();
    loop {
        let command = Command::AuditRead {
            from: chain.seq + 1,
            limit: PAGE,
        };
        let Reply::Audit(entries) = connection.command(&command)? else {
            return Err(Error::UnexpectedReply);
        };
        if entries.is_empty() {
            return match known {
                Some(known) if known.seq > chain.seq => Err(broken(chain.seq + 1, Why::Missing)),
                _ => Ok(chain),
            };
        }
        for bytes in entries {
            let seq = chain.seq + 1;
            let entry = chain.follow(&bytes).map_err(|why| broken(seq, why))?;
            if known.is_some_and(|known| known.seq == seq && known.head != chain.head) {
                return Err(Error::AuditReplaced { seq });
            }
            each(&entry)?;
        }
    }
}

fn broken(seq: u64, why: Why) -> Error {
    Error::AuditBroken(Broken { seq, why })
}

/// Reads an end of the log as `verify` printed it.
fn parse_end(text: &str) -> Result<Chain, Error> {
    let parse = || {
        let (seq, hash) = text.split_once(':')?;
        let mut head = [0; HASH_LEN];
        hex::decode_to_slice(hash, &mut head).ok()?;
        Some(Chain {
            seq: seq.parse().ok()?,
            head,
        })
    };
    parse().ok_or_else(|| {
        let text = format!("--known is NUMBER:HASH as `audit verify` printed it, not '{text}'");
        Error::Usage(text)
    })
}
