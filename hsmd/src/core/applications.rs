//! The applications behind the agents: how one begins, comes back, stays away and ends.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use ck::Rv;
use proto::attach::{Attach, Attached, Outcome};
use proto::shape::SessionHandle;
use proto::{Reader, Writer};
use token::{Access, Application, PartitionId, Reach};
use zeroize::Zeroizing;

use super::instance::Core;
use super::register::Agent;
use super::roll::{Claim, Refused};

/// An application in the hands of a connection.
#[derive(Clone)]
pub(crate) struct Held {
    pub(crate) application: Arc<Application>,
    /// What tells it from the same application in other hands; none where it cannot come back.
    claim: Option<Claim>,
}

impl Held {
    /// Tells whether both are the same application in the same hands.
    pub(crate) fn is(&self, other: &Self) -> bool {
        self.claim == other.claim && Arc::ptr_eq(&self.application, &other.application)
    }

    /// Tells whether the application is not in other hands by now: then its owner has given these up, and what still comes by them
    /// was sent again by the others.
    pub(crate) fn stands(&self) -> bool {
        self.claim.as_ref().is_none_or(Claim::stands)
    }
}

/// How an application leaves a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Leaving {
    /// It has ended.
    Ended,
    /// The connection broke: it may come back.
    Cut,
}

impl Core {
    /// Opens an application that never comes back.
    pub(crate) fn open_application(&self, agent: &Agent) -> Held {
        self.applications.fetch_add(1, Ordering::Relaxed);
        Held {
            application: self.hsm().application(access(agent)),
            claim: None,
        }
    }

    /// Lets an application go. What is to be ended is ended, which may have to wait for a call that is under way.
    pub(crate) fn let_go(&self, held: &Held, leaving: Leaving) {
        let ended = match (&held.claim, leaving) {
            (None, _) => Some(Arc::clone(&held.application)),
            (Some(claim), Leaving::Ended) => self.roll.leave(claim),
            (Some(claim), Leaving::Cut) => self.roll.wait(claim),
        };
        if let Some(application) = ended {
            self.end(&application);
        }
    }

    /// Ends the applications that have stayed away too long.
    pub(crate) fn end_overdue(&self) {
        for application in self.roll.overdue() {
            self.end(&application);
        }
    }

    fn end(&self, application: &Application) {
        self.hsm().close(application);
        self.applications.fetch_sub(1, Ordering::Relaxed);
    }

    /// Serves an application that asks for its place by a request of that number; `current` is the one that the connection has it
    /// in, if any. Gives the place that it has from now on, and the payload of the reply.
    pub(crate) fn attach(
        &self,
        agent: &Agent,
        current: Option<&Held>,
        request: u64,
        payload: &[u8],
    ) -> (Option<Held>, Zeroizing<Vec<u8>>) {
        let attach = match Attach::decode(&mut Reader::new(SessionHandle(0), payload)) {
            Ok(attach) => attach,
            Err(error) => {
                tracing::warn!(agent = agent.record.name, %error, "attachment cannot be read");
                return (None, refusal(Rv::ARGUMENTS_BAD));
            }
        };
        if agent.is_revoked() {
            return (None, refusal(Rv::DEVICE_REMOVED));
        }
        let (held, outcome) = match &attach {
            Attach::New => (self.begin(agent, request), Outcome::Fresh),
            Attach::Renew => match current {
                Some(held) => (held.clone(), Outcome::Kept),
                None => return (None, refusal(Rv::DEVICE_ERROR)),
            },
            Attach::Resume {
                ticket,
                login,
                sessions,
            } => {
                let fingerprint = &agent.record.fingerprint;
                match self.hsm().read_ticket(ticket, *fingerprint) {
                    None => (self.begin(agent, request), Outcome::Fresh),
                    Some(ticket) => match self.roll.take(ticket.name(), fingerprint, request) {
                        Ok((claim, application)) => {
                            let claim = Some(claim);
                            (Held { application, claim }, Outcome::Kept)
                        }
                        Err(Refused::Late) => return (None, refusal(Rv::DEVICE_REMOVED)),
                        Err(Refused::Unknown) => {
                            let access = access(agent);
                            let rebuilt = self.hsm().rebuild(access, &ticket, *login, sessions);
                            (self.enrol(agent, request, rebuilt), Outcome::Rebuilt)
                        }
                    },
                }
            }
        };
        match self
            .hsm()
            .ticket(&held.application, agent.record.fingerprint)
        {
            Ok(ticket) => {
                let mut reply = Zeroizing::new(vec![0; size_of::<u32>()]);
                let ticket = &ticket;
                Attached { outcome, ticket }.encode(&mut Writer::new(&mut reply));
                (Some(held), reply)
            }
            Err(error) => {
                tracing::error!(%error, "no ticket for an application");
                (Some(held), refusal(error.rv()))
            }
        }
    }

    fn begin(&self, agent: &Agent, request: u64) -> Held {
        let application = self.hsm().returning_application(access(agent));
        self.enrol(agent, request, application)
    }

    fn enrol(&self, agent: &Agent, request: u64, application: Arc<Application>) -> Held {
        self.applications.fetch_add(1, Ordering::Relaxed);
        let claim = application.name().map(|name| {
            let (claim, before) =
                self.roll
                    .enter(name, agent.record.fingerprint, request, &application);
            if let Some(before) = before {
                self.end(&before);
            }
            claim
        });
        Held { application, claim }
    }
}

/// What an agent's applications may reach.
fn access(agent: &Agent) -> Access {
    let partitions = agent.record.partitions.iter().copied();
    Access {
        agent: Some(agent.record.name.clone()),
        reach: Reach::Only(partitions.map(PartitionId).collect()),
    }
}

/// The payload of a reply that says no.
pub(crate) fn refusal(rv: Rv) -> Zeroizing<Vec<u8>> {
    let rv = u32::try_from(rv.0).unwrap_or(u32::MAX);
    Zeroizing::new(rv.to_le_bytes().to_vec())
}
