//! What a daemon writes, line by line, for tests to wait for.

use std::io::{BufRead, BufReader, Read};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// How long a test waits for anything that should happen soon: far longer than it takes on a loaded machine, so that
/// only what never happens fails.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// The lines that a daemon has written so far.
#[derive(Clone, Default)]
pub struct Log(Arc<Shared>);

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    lines: Vec<String>,
    /// How many streams have not ended.
    open: usize,
}

impl Log {
    /// Collects what comes out of `stream`, on a thread of its own, until it ends.
    pub fn follow(&self, stream: impl Read + Send + 'static) {
        let log = self.clone();
        log.lock().open += 1;
        thread::spawn(move || {
            for line in BufReader::new(stream).split(b'\n').map_while(Result::ok) {
                log.lock()
                    .lines
                    .push(String::from_utf8_lossy(&line).into_owned());
                log.0.changed.notify_all();
            }
            log.lock().open -= 1;
            log.0.changed.notify_all();
        });
    }

    /// Returns the number of lines so far: a place to wait from.
    #[must_use]
    pub fn len(&self) -> usize {
        self.lock().lines.len()
    }

    /// Tells whether nothing has been written yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns the whole text so far.
    #[must_use]
    pub fn text(&self) -> String {
        self.lock().lines.join("\n")
    }

    /// Waits until a line from `start` on contains one of `texts`, in any case, and returns it; nothing if the daemon ended
    /// or `patience` ran out first.
    #[must_use]
    pub fn wait_for(&self, start: usize, texts: &[&str], patience: Duration) -> Option<String> {
        let deadline = Instant::now() + patience;
        let mut seen = start;
        let mut state = self.lock();
        loop {
            while let Some(line) = state.lines.get(seen) {
                let lower = line.to_lowercase();
                if texts
                    .iter()
                    .any(|text| lower.contains(&text.to_lowercase()))
                {
                    return Some(line.clone());
                }
                seen += 1;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if state.open == 0 || left.is_zero() {
                return None;
            }
            let waited = self.0.changed.wait_timeout(state, left);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Waits until the daemon has closed its log, and tells whether it did before `patience` ran out.
    #[must_use]
    pub fn wait_for_end(&self, patience: Duration) -> bool {
        let waited = self
            .0
            .changed
            .wait_timeout_while(self.lock(), patience, |state| state.open > 0);
        waited.unwrap_or_else(PoisonError::into_inner).0.open == 0
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
