//! The one writer: takes batches from a queue and commits what is waiting with one flush.

use std::path::PathBuf;
use std::sync::mpsc::{Receiver, SyncSender};
use std::sync::{Arc, Mutex};

use super::database::Database;
use crate::error::StoreError;
use crate::marks::Marks;
use crate::store::{Batch, Committed};

/// The most batches that wait. Beyond it callers wait for room, so that a slow disk does not become a full memory.
pub(super) const QUEUE_MAX: usize = 1_024;

/// The most batches in one transaction: bounds how long the first of them waits for the others.
const GROUP_MAX: usize = 256;

/// A batch and where to answer.
pub(super) struct Job {
    pub(super) batch: Batch,
    pub(super) answer: SyncSender<Result<Committed, StoreError>>,
}

/// What the writer and the readers share.
pub(super) struct Shared {
    folder: PathBuf,
    marks: Arc<Marks>,
    /// `None` after a failure, until the database has been opened and verified again.
    database: Mutex<Option<Database>>,
}

impl Shared {
    pub(super) fn new(folder: PathBuf, marks: Arc<Marks>, database: Database) -> Self {
        Self {
            folder,
            marks,
            database: Mutex::new(Some(database)),
        }
    }

    /// Uses the database; after a failure only once it has been opened and verified again.
    pub(super) fn with<T>(
        &self,
        use_it: impl FnOnce(&mut Database) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let mut held = self.database.lock().map_err(|_| StoreError::Stopped)?;
        if held.is_none() {
            *held = Some(Database::open(&self.folder, Arc::clone(&self.marks))?);
        }
        use_it(held.as_mut().ok_or(StoreError::Stopped)?)
    }

    /// Whether the database is closed and waits to be verified.
    #[cfg(test)]
    pub(super) fn is_distrusted(&self) -> bool {
        self.database.lock().unwrap().is_none()
    }

    /// Closes the database, so that it is verified before its next use.
    fn distrust(&self) {
        if let Ok(mut held) = self.database.lock() {
            *held = None;
        }
    }
}

/// Commits what comes in until no sender is left.
pub(super) fn run(shared: &Shared, queue: &Receiver<Job>) {
    while let Ok(first) = queue.recv() {
        let (batches, answers): (Vec<_>, Vec<_>) = std::iter::once(first)
            .chain(queue.try_iter().take(GROUP_MAX - 1))
            .map(|job| (job.batch, job.answer))
            .unzip();
        for (answer, result) in answers.iter().zip(commit(shared, &batches)) {
            // A caller that is gone needs no answer.
            let _ = answer.send(result);
        }
    }
}

/// Commits a group. When the database fails, every batch of it gets that for an answer, also those that were refused:
/// they were refused in view of changes that may not exist.
fn commit(shared: &Shared, batches: &[Batch]) -> Vec<Result<Committed, StoreError>> {
    let outcome = shared.with(|database| {
        database
            .commit(batches)
            .map_err(|error| StoreError::Interrupted {
                doing: "committing to the store",
                reason: error.to_string(),
            })
    });
    match outcome {
        Ok(answers) => answers,
        Err(StoreError::Interrupted { doing, reason }) => {
            shared.distrust();
            let again = |_: &Batch| {
                Err(StoreError::Interrupted {
                    doing,
                    reason: reason.clone(),
                })
            };
            batches.iter().map(again).collect()
        }
        Err(error) => {
            let reason = error.to_string();
            let again = |_: &Batch| {
                Err(StoreError::Unusable {
                    reason: reason.clone(),
                })
            };
            batches.iter().map(again).collect()
        }
    }
}
