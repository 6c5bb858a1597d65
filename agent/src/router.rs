//! Which HSM a call goes to.
//!
//! For now an application's calls go to the first HSM that is up, and stay there while it is: sessions and logins live
//! on one HSM. What else there may be to weigh, such as load and the session in the header, belongs here.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::{Notify, watch};
use transport::frames::FrameSender;

/// A connection to an HSM, from its hello to its loss.
#[derive(Clone)]
pub(crate) struct Link {
    /// Unique in this process, so that the calls of a lost connection are told from those of the next.
    pub(crate) number: u64,
    /// The version of the protocol that both sides speak.
    pub(crate) version: u32,
    /// Where calls are queued.
    pub(crate) sender: FrameSender,
}

/// What is known of an HSM.
#[derive(Clone)]
enum Status {
    /// The first attempt to connect is not over.
    Starting,
    /// Not connected.
    Down,
    /// Connected.
    Up(Arc<Link>),
}

/// The HSMs, and which of them are up.
pub(crate) struct Router {
    statuses: watch::Sender<Vec<Status>>,
    /// Per HSM: somebody wants it to be up.
    wanted: Vec<Notify>,
    closed: AtomicBool,
}

impl Router {
    /// Makes a router for so many HSMs.
    pub(crate) fn new(hsms: usize) -> Self {
        Self {
            statuses: watch::Sender::new(vec![Status::Starting; hsms]),
            wanted: (0..hsms).map(|_| Notify::new()).collect(),
            closed: AtomicBool::new(false),
        }
    }

    /// Finds the connection for an application's next call; `current` is the one that its last call took, and becomes
    /// this one's. Without any, the HSMs are connected to again as soon as may be, but not waited for, save once at the
    /// start.
    pub(crate) async fn route<'a>(&self, current: &'a mut Option<Arc<Link>>) -> Option<&'a Link> {
        if self.closed.load(Ordering::Relaxed) {
            return None;
        }
        if !current.as_ref().is_some_and(|link| link.sender.is_open()) {
            *current = self.first_up().await;
        }
        if current.is_none() {
            self.wanted.iter().for_each(Notify::notify_one);
        }
        current.as_deref()
    }

    /// Waits until an HSM is up.
    pub(crate) async fn until_up(&self) {
        let mut statuses = self.statuses.subscribe();
        // The sender is ours, so it cannot be gone.
        let _ = statuses.wait_for(|all| up(all).is_some()).await;
    }

    /// Waits until somebody wants an HSM that is down.
    pub(crate) async fn until_wanted(&self, hsm: usize) {
        self.wanted[hsm].notified().await;
    }

    /// Notes that an HSM is up.
    pub(crate) fn set_up(&self, hsm: usize, link: Link) {
        let status = Status::Up(Arc::new(link));
        self.statuses.send_modify(|all| all[hsm] = status);
    }

    /// Notes that an HSM is down.
    pub(crate) fn set_down(&self, hsm: usize) {
        self.statuses.send_modify(|all| all[hsm] = Status::Down);
    }

    /// Gives out no connection any more.
    pub(crate) fn close(&self) {
        self.closed.store(true, Ordering::Relaxed);
    }

    /// All connections that are up.
    pub(crate) fn links(&self) -> Vec<Arc<Link>> {
        let statuses = self.statuses.borrow();
        statuses.iter().filter_map(Status::link).cloned().collect()
    }

    async fn first_up(&self) -> Option<Arc<Link>> {
        let mut statuses = self.statuses.subscribe();
        let settled = statuses
            .wait_for(|all| {
                up(all).is_some() || !all.iter().any(|one| matches!(one, Status::Starting))
            })
            .await;
        settled.ok().as_deref().and_then(|all| up(all).cloned())
    }
}

fn up(statuses: &[Status]) -> Option<&Arc<Link>> {
    statuses.iter().find_map(Status::link)
}

impl Status {
    const fn link(&self) -> Option<&Arc<Link>> {
        match self {
            Self::Up(link) => Some(link),
            Self::Starting | Self::Down => None,
        }
    }
}
