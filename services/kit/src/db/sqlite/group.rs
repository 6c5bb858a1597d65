//! Group commit: writers take turns in one open transaction, and one flush of the disk keeps the work of all of them.
//!
//! A writer's work runs in a savepoint, so that its failure undoes nothing of the others'. Whoever finds nobody waiting
//! behind him commits; meanwhile the next writers gather before the door. There is no extra thread: one writer alone pays
//! for a lock and a commit and nothing else.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rusqlite::{Connection, ErrorCode};

use super::super::{Error, Tx};
use super::door::Door;
use super::statement::{control, explain};

/// The most works that share a commit, and the longest that the first of them waits for the others.
const BATCH: usize = 256;
const BATCH_AGE: Duration = Duration::from_millis(20);

/// The writers of one database.
pub(super) struct Group {
    seat: Door<Seat>,
    /// How many stand before the door.
    queued: AtomicUsize,
    commits: AtomicU64,
}

/// What the writer whose turn it is holds.
struct Seat {
    connection: Connection,
    batch: Option<Batch>,
    /// A commit failed so that nobody knows what is on disk.
    doubtful: bool,
    limit: usize,
    patience: Duration,
}

/// Works that will be committed together.
struct Batch {
    fate: Arc<Fate>,
    opened: Instant,
    works: usize,
    changes: usize,
}

/// What becomes of a batch; its writers wait for it.
#[derive(Default)]
struct Fate {
    verdict: Mutex<Option<Result<(), Error>>>,
    decided: Condvar,
}

/// How one turn ended.
enum Turn<T, E> {
    /// The work is done, or undone; its result counts if its batch is kept.
    Ended(Result<T, E>, Option<Arc<Fate>>),
    Panicked(Box<dyn Any + Send>),
    Refused(Error),
}

impl Group {
    /// Makes the group around the connection that writes.
    pub(super) fn new(connection: Connection, memory: bool) -> Self {
        let seat = Seat {
            connection,
            batch: None,
            doubtful: false,
            // Memory has nothing to flush, and readers wait for the commit.
            limit: if memory { 1 } else { BATCH },
            patience: BATCH_AGE,
        };
        Self {
            seat: Door::new(seat),
            queued: AtomicUsize::new(0),
            commits: AtomicU64::new(0),
        }
    }

    /// Counts the commits so far.
    pub(super) fn commits(&self) -> u64 {
        self.commits.load(Ordering::Relaxed)
    }

    /// Runs the work and returns when it is on disk.
    pub(super) fn write<T, E: From<Error>>(
        &self,
        mut work: impl FnMut(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.queued.fetch_add(1, Ordering::SeqCst);
        let seat = self.seat.enter();
        self.queued.fetch_sub(1, Ordering::SeqCst);
        let mut seat = seat?;
        let turn = seat.run(&mut work);
        if seat.is_full() || self.queued.load(Ordering::SeqCst) == 0 {
            let committed = seat.settle();
            self.commits.fetch_add(committed.into(), Ordering::Relaxed);
        }
        drop(seat);
        match turn {
            Turn::Ended(result, fate) => {
                fate.map_or(Ok(()), |fate| fate.wait())?;
                result
            }
            Turn::Panicked(payload) => resume_unwind(payload),
            Turn::Refused(error) => Err(error.into()),
        }
    }
}

impl Seat {
    fn is_full(&self) -> bool {
        let full =
            |batch: &Batch| batch.works >= self.limit || batch.opened.elapsed() >= self.patience;
        self.batch.as_ref().is_some_and(full)
    }

    /// Runs one work in the open batch, or opens one.
    fn run<T, E: From<Error>>(
        &mut self,
        work: &mut impl FnMut(&mut Tx<'_>) -> Result<T, E>,
    ) -> Turn<T, E> {
        if let Err(error) = self.open().and_then(|()| self.control("SAVEPOINT work")) {
            return Turn::Refused(error);
        }
        let mut tx = Tx::on_sqlite(&self.connection);
        let outcome = catch_unwind(AssertUnwindSafe(|| tx.run(work)));
        let failure = tx.failure().cloned();
        match outcome {
            Ok(Ok(value)) => match self.control("RELEASE work") {
                Ok(()) => Turn::Ended(Ok(value), self.count(1)),
                Err(error) => {
                    self.undo(Some(error.clone()));
                    Turn::Refused(error)
                }
            },
            Ok(Err(error)) => {
                self.undo(failure);
                // The work may have failed because of what others did before it in this batch.
                Turn::Ended(Err(error), self.count(0))
            }
            Err(payload) => {
                self.undo(failure);
                Turn::Panicked(payload)
            }
        }
    }

    /// Begins a transaction if none is open.
    fn open(&mut self) -> Result<(), Error> {
        if self.batch.is_some() {
            return Ok(());
        }
        if !self.connection.is_autocommit() {
            self.control("ROLLBACK")?;
        }
        if self.doubtful {
            self.rewrite_log()?;
        }
        self.control("BEGIN IMMEDIATE")?;
        self.batch = Some(Batch {
            fate: Arc::default(),
            opened: Instant::now(),
            works: 0,
            changes: 0,
        });
        Ok(())
    }

    /// Counts a work that ended and returns the fate that it shares, if it shares one.
    fn count(&mut self, changes: usize) -> Option<Arc<Fate>> {
        let batch = self.batch.as_mut()?;
        batch.works += 1;
        batch.changes += changes;
        (batch.changes > 0).then(|| Arc::clone(&batch.fate))
    }

    /// Undoes one work. Some errors (a full disk) make SQLite undo the whole transaction; then all of the batch failed.
    fn undo(&mut self, failure: Option<Error>) {
        let undone = self
            .control("ROLLBACK TO work")
            .and_then(|()| self.control("RELEASE work"));
        let Err(error) = undone else {
            return;
        };
        if !self.connection.is_autocommit() {
            // If not even this works, the next to open a batch tries again.
            let _ = self.control("ROLLBACK");
        }
        if let Some(batch) = self.batch.take() {
            batch.fate.decide(Err(failure.unwrap_or(error)));
        }
    }

    /// Commits the open batch, tells those who wait for it, and returns whether something was committed.
    fn settle(&mut self) -> bool {
        let Some(batch) = self.batch.take() else {
            return false;
        };
        if batch.changes == 0 {
            // Nobody waits; if it fails, the next to open a batch tries again.
            let _ = self.control("ROLLBACK");
            return false;
        }
        let verdict = self.commit();
        let committed = verdict.is_ok();
        batch.fate.decide(verdict);
        committed
    }

    fn commit(&mut self) -> Result<(), Error> {
        let committed = self
            .connection
            .prepare_cached("COMMIT")
            .and_then(|mut statement| statement.raw_execute());
        let Err(error) = committed else {
            return Ok(());
        };
        if !self.connection.is_autocommit() {
            // As in `undo`.
            let _ = self.control("ROLLBACK");
        }
        if error.sqlite_error_code() == Some(ErrorCode::SystemIoFailure) {
            self.doubtful = true;
            return Err(Error::Undecided {
                why: error.to_string(),
            });
        }
        Err(explain("COMMIT", &error))
    }

    /// Moves the log into the database and flushes both. After a failed flush the system may show us pages that are not on
    /// disk; writing them again is what makes it true.
    fn rewrite_log(&mut self) -> Result<(), Error> {
        const REWRITE: &str = "PRAGMA wal_checkpoint(TRUNCATE)";
        let busy: i64 = self
            .connection
            .query_row(REWRITE, [], |row| row.get(0))
            .map_err(|error| explain(REWRITE, &error))?;
        if busy != 0 {
            return Err(Error::unavailable("a failed flush is being repaired"));
        }
        self.doubtful = false;
        Ok(())
    }

    fn control(&self, sql: &str) -> Result<(), Error> {
        control(&self.connection, sql)
    }
}

impl Fate {
    fn wait(&self) -> Result<(), Error> {
        let verdict = self.verdict.lock().unwrap_or_else(PoisonError::into_inner);
        let verdict = self
            .decided
            .wait_while(verdict, |verdict| verdict.is_none())
            .unwrap_or_else(PoisonError::into_inner);
        verdict.clone().expect("it was waited for")
    }

    fn decide(&self, verdict: Result<(), Error>) {
        *self.verdict.lock().unwrap_or_else(PoisonError::into_inner) = Some(verdict);
        self.decided.notify_all();
    }
}

#[cfg(test)]
mod tests;
