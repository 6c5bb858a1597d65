//! What a person sees while it runs.

use std::io::{self, IsTerminal as _, Write as _};
use std::time::{Duration, Instant};

use crate::report::model::{CaseResult, Verdict};

/// Progress on standard error: one line that is written over on a terminal; a line for each failure and each area elsewhere.
pub(crate) struct Progress {
    quiet: bool,
    terminal: bool,
    began: Instant,
    total: usize,
    done: usize,
    failed: usize,
    area: String,
}

impl Progress {
    pub(crate) fn new(quiet: bool) -> Self {
        Self {
            quiet,
            terminal: io::stderr().is_terminal(),
            began: Instant::now(),
            total: 0,
            done: 0,
            failed: 0,
            area: String::new(),
        }
    }

    /// Begins with so many cases, some of which are not run at all.
    pub(crate) fn begin(&mut self, total: usize, kept_back: usize) {
        self.total = total;
        self.done = kept_back;
        self.began = Instant::now();
    }

    pub(crate) fn ended(&mut self, result: &CaseResult) {
        let failed = result.verdict == Verdict::Fail;
        if !self.quiet {
            self.show(result, failed);
        }
        self.done += 1;
        self.failed += usize::from(failed);
    }

    fn show(&mut self, result: &CaseResult, failed: bool) {
        let entered = result.area() != self.area;
        if entered {
            result.area().clone_into(&mut self.area);
        }
        if failed {
            self.clear();
            say(&format!(
                "FAIL {}: expected {}, got {}\n",
                result.case, result.expected, result.got
            ));
        }
        if self.terminal {
            say(&format!("\r\x1b[K{}  {}", self.standing(), result.case));
        } else if entered {
            say(&format!("{}  {}\n", self.standing(), self.area));
        }
    }

    /// Says how far it is and for how long it has been running.
    fn standing(&self) -> String {
        format!(
            "{} {}/{} cases, {} failed",
            clock(self.began.elapsed()),
            self.done,
            self.total,
            self.failed
        )
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

/// Writes a time in minutes and seconds.
fn clock(time: Duration) -> String {
    let seconds = time.as_secs();
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

/// Writes to standard error; a run goes on where nobody reads it.
pub(super) fn say(text: &str) {
    let mut stderr = io::stderr().lock();
    let _ = stderr
        .write_all(text.as_bytes())
        .and_then(|()| stderr.flush());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_has_two_digits_of_seconds() {
        assert_eq!(clock(Duration::from_secs(7)), "0:07");
        assert_eq!(clock(Duration::from_secs(3725)), "62:05");
    }
}
