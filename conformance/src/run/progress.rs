//! What a person sees while it runs.

use std::io::{self, IsTerminal as _, Write as _};

use crate::report::model::{CaseResult, Verdict};

/// Progress on standard error: one line that is written over on a terminal, a line for each failure elsewhere.
pub(crate) struct Progress {
    quiet: bool,
    terminal: bool,
    total: usize,
    done: usize,
    failed: usize,
}

impl Progress {
    pub(crate) fn new(quiet: bool) -> Self {
        Self {
            quiet,
            terminal: io::stderr().is_terminal(),
            total: 0,
            done: 0,
            failed: 0,
        }
    }

    pub(crate) fn begin(&mut self, total: usize) {
        self.total = total;
    }

    pub(crate) fn ended(&mut self, result: &CaseResult) {
        self.done += 1;
        let failed = result.verdict == Verdict::Fail;
        self.failed += usize::from(failed);
        if self.quiet {
            return;
        }
        if failed {
            self.clear();
            say(&format!(
                "FAIL {}: expected {}, got {}\n",
                result.case, result.expected, result.got
            ));
        }
        if self.terminal {
            say(&format!(
                "\r\x1b[K{}/{} cases, {} failed  {}",
                self.done, self.total, self.failed, result.case
            ));
        }
    }

    pub(crate) fn end(&self) {
        self.clear();
    }

    fn clear(&self) {
        if self.terminal && !self.quiet {
            say("\r\x1b[K");
        }
    }
}

/// Writes to standard error; a run goes on where nobody reads it.
fn say(text: &str) {
    let mut stderr = io::stderr().lock();
    let _ = stderr
        .write_all(text.as_bytes())
        .and_then(|()| stderr.flush());
}
