//! The way to the agent, and through it to an HSM that knows this application.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use client::Connection;

use crate::socket::Socket;

/// Not attached.
const STRANGER: u64 = 0;

/// On a connection that knows no attaching: calls go out as they are, and nothing is kept.
const WITHOUT: u64 = u64::MAX;

/// The way to the agent.
pub(crate) enum Link {
    /// `C_Finalize` was called.
    Closed,
    /// Nobody is connected; where it was tried, since when it is known that it fails.
    Down(Option<Instant>),
    /// There is a connection, alive or dead.
    Up(std::sync::Arc<Way>),
}

/// A connection, and whether the HSM behind it knows this application.
pub(crate) struct Way {
    pub(crate) connection: Connection<Socket>,
    /// Which attachment it is, so that one that was lost is not taken for the one that followed.
    attached: AtomicU64,
}

impl Way {
    pub(crate) const fn new(connection: Connection<Socket>) -> Self {
        Self {
            connection,
            attached: AtomicU64::new(STRANGER),
        }
    }

    /// The number of the attachment, where there is one.
    pub(crate) fn attachment(&self) -> Option<u64> {
        match self.attached.load(Ordering::Acquire) {
            STRANGER => None,
            number => Some(number),
        }
    }

    /// Notes an attachment.
    pub(crate) fn attach(&self, number: u64) {
        self.attached.store(number, Ordering::Release);
    }

    /// Notes that there is none, and never will be.
    pub(crate) fn do_without(&self) {
        self.attached.store(WITHOUT, Ordering::Release);
    }

    /// Tells whether what an application has outlives the connection.
    pub(crate) fn keeps(&self) -> bool {
        self.attached.load(Ordering::Acquire) != WITHOUT
    }

    /// Notes that an attachment was lost.
    pub(crate) fn lose(&self, number: u64) {
        let _ =
            self.attached
                .compare_exchange(number, STRANGER, Ordering::AcqRel, Ordering::Relaxed);
    }
}
