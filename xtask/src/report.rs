//! What a task says: steps on standard error, results on standard output.

use std::io::Write as _;

/// Says on standard error what is done now.
pub(crate) fn step(what: &str) {
    eprintln!("==> {what}");
}

/// Writes a result to standard output; a reader that went away (`| head`) is no error.
pub(crate) fn result(text: &str) {
    let mut stdout = std::io::stdout().lock();
    let _ = writeln!(stdout, "{text}").and_then(|()| stdout.flush());
}
