//! The thread that does what is due.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use kit::clock::Clock;
use kit::db::Database;
use kms::Due;

/// How often is looked for what is due. What a client may notice is right without it: this only tidies up behind.
const TICK: Duration = Duration::from_secs(1);

/// How many ticks lie between two looks for traces that are past their seven days.
const FORGETTING_TICKS: u32 = 60;

/// The running schedule.
pub(crate) struct Schedule {
    stop: Sender<()>,
    thread: JoinHandle<()>,
}

impl Schedule {
    /// Starts the thread.
    pub(crate) fn start(due: Arc<Due>, db: Database, clock: Clock) -> std::io::Result<Self> {
        let (stop, stopped) = channel();
        let thread = thread::Builder::new()
            .name("schedule".to_owned())
            .spawn(move || run(&due, (&db, &clock), &stopped))?;
        Ok(Self { stop, thread })
    }

    /// Stops the thread after what it is doing.
    pub(crate) fn stop(self) {
        drop(self.stop);
        if self.thread.join().is_err() {
            tracing::error!("the schedule has panicked");
        }
    }
}

fn run(due: &Due, (db, clock): (&Database, &Clock), stopped: &Receiver<()>) {
    let mut ticks: u32 = 0;
    while stopped.recv_timeout(TICK) == Err(RecvTimeoutError::Timeout) {
        // A panic has been reported; what is due tomorrow must not wait for a restart.
        match catch_unwind(AssertUnwindSafe(|| due.run())) {
            Ok(Ok(_)) => {}
            Ok(Err(failure)) => tracing::warn!(?failure, "what is due will be tried again"),
            Err(_) => tracing::error!("the schedule has panicked, and goes on"),
        }
        if ticks.is_multiple_of(FORGETTING_TICKS)
            && let Err(error) = trace::forget(db, clock.now_ms())
        {
            tracing::warn!(%error, "old traces will be deleted later");
        }
        ticks = ticks.wrapping_add(1);
    }
}
