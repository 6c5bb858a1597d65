//! What goes to standard output.

use std::io::{self, Write as _};

use anyhow::{Context as _, Result};

/// Writes a text and the end of its line. Whoever reads it may stop reading early: that is no failure.
pub(super) fn print(text: &str) -> Result<()> {
    let mut stdout = io::stdout().lock();
    let written = writeln!(stdout, "{}", text.trim_end()).and_then(|()| stdout.flush());
    match written {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(error).context("cannot write to standard output")
        }
        _ => Ok(()),
    }
}
