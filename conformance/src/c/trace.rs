//! What was called, for whoever has to reproduce a failure.

use std::fs::File;
use std::io::{Seek as _, Write as _};
use std::os::unix::fs::FileExt as _;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use super::printed;

/// How many of the last calls are kept: more does not help a reader.
const KEPT: usize = 60;

/// The calls since the last [`Trace::clear`], and what was wrong with them whatever they were about.
#[derive(Default)]
pub struct Trace {
    inner: Mutex<Inner>,
    paused: AtomicBool,
}

#[derive(Default)]
struct Inner {
    calls: Vec<String>,
    dropped: usize,
    faults: Vec<String>,
    journal: Option<File>,
    printed: Option<File>,
    /// How much was printed before the last [`Trace::clear`].
    before: u64,
}

/// How much of what a module prints is shown.
const SHOWN: u64 = 200;

impl Trace {
    /// Forgets everything.
    pub fn clear(&self) {
        let mut inner = self.lock();
        let mut journal = inner.journal.take();
        if let Some(file) = &mut journal {
            let emptied = file.set_len(0).and_then(|()| file.rewind());
            emptied.expect("the journal is a file of our own in memory or on a disk with room");
        }
        let printed = inner.printed.take();
        *inner = Inner {
            journal,
            before: length(printed.as_ref()),
            printed,
            ..Inner::default()
        };
    }

    /// Writes every call into this file before it is made, for the process that looks after this one.
    pub fn keep_journal(&self, file: File) {
        self.lock().journal = Some(file);
    }

    /// Looks at this file for what the module prints, which is where standard output goes.
    pub fn watch_printed(&self, file: File) {
        self.lock().printed = Some(file);
    }

    /// Returns the beginning of what was printed to standard output since the last [`Trace::clear`].
    #[must_use]
    pub fn printed(&self) -> String {
        printed::flush();
        let inner = self.lock();
        let size = length(inner.printed.as_ref()).saturating_sub(inner.before);
        let mut text = vec![0; usize::try_from(size.min(SHOWN)).unwrap_or(0)];
        let read = inner
            .printed
            .as_ref()
            .map(|file| file.read_at(&mut text, inner.before));
        text.truncate(read.and_then(Result::ok).unwrap_or(0));
        String::from_utf8_lossy(&text).into_owned()
    }

    /// Returns the calls, oldest first.
    #[must_use]
    pub fn calls(&self) -> Vec<String> {
        let inner = self.lock();
        let dropped = (inner.dropped > 0).then(|| format!("… {} earlier calls", inner.dropped));
        dropped
            .into_iter()
            .chain(inner.calls.iter().cloned())
            .collect()
    }

    /// Returns the last call.
    #[must_use]
    pub fn last(&self) -> Option<String> {
        self.lock().calls.last().cloned()
    }

    /// Returns what no call may do, such as writing behind a buffer.
    #[must_use]
    pub fn faults(&self) -> Vec<String> {
        self.lock().faults.clone()
    }

    /// Writes nothing down from here on, so that what is measured is the module.
    pub fn pause(&self) {
        self.paused.store(true, Ordering::Relaxed);
    }

    pub(super) fn is_paused(&self) -> bool {
        self.paused.load(Ordering::Relaxed)
    }

    pub(super) fn starting(&self, text: &str) {
        if let Some(file) = &mut self.lock().journal {
            // A journal that cannot be written costs the reader of a crash some lines, and nothing else.
            let _ = file.write_all(format!("{text}\n").as_bytes());
        }
    }

    pub(super) fn call(&self, text: String) {
        let mut inner = self.lock();
        if inner.calls.len() == KEPT {
            inner.calls.remove(0);
            inner.dropped += 1;
        }
        inner.calls.push(text);
    }

    pub(super) fn fault(&self, text: String) {
        self.lock().faults.push(text);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Inner> {
        self.inner
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

fn length(file: Option<&File>) -> u64 {
    file.and_then(|file| file.metadata().ok())
        .map_or(0, |metadata| metadata.len())
}
