//! Tickets: what an application comes back with, to an HSM that still has it or to one that was started anew.
//!
//! A ticket is sealed under a key of the HSM, so that an application can neither read nor write one. It is good for the
//! agent through which it was given out, and only there. A login comes back with it in a partition of the profile `compat`, for
//! a short time after the HSM's start, as long as the PIN is the same; in `strict` it takes the PIN.

use std::sync::Arc;

use ck::flags::session;
use proto::attach::{OpenSession, TICKET_BYTES};
use proto::shape::SessionHandle;
use proto::{DecodeError, Reader, Writer};
use store::record::RecordKeys;
use zeroize::Zeroizing;

use crate::Error;
use crate::application::{Access, Application};
use crate::hsm::Hsm;
use crate::identifier::PartitionId;
use crate::journal::{Act, Who};
use crate::lock::read;
use crate::partition::Partition;
use crate::policy::Profile;
use crate::record::Role;
use crate::tenancy::{Login, Tenancy};

/// How long after the HSM's start logins come back, in milliseconds: ten minutes, as applications come at once.
const AFTER_START_MS: u64 = 10 * 60 * 1000;

/// How old a ticket may be whose login comes back, in milliseconds: a day.
const LIFE_MS: u64 = 24 * 60 * 60 * 1000;

/// The most logins that one ticket tells of.
const LOGINS_MAX: usize = 128;

/// The longest wrapped key in a ticket, in bytes.
const KEY_MAX: usize = 256;

/// What a ticket says.
pub struct Ticket {
    /// The application's name.
    name: [u8; 16],
    /// Through which agent it was given out: the fingerprint of its certificate.
    agent: [u8; 32],
    issued_ms: u64,
    logins: Vec<PastLogin>,
}

/// What an application had of one token.
struct PastLogin {
    partition: PartitionId,
    logouts: u64,
    /// Whether somebody was logged in.
    any: bool,
    /// What brings the user's login back, where anything does.
    user: Option<PastUser>,
}

/// The user's login.
struct PastUser {
    /// The salt of the PIN: another one means another PIN.
    salt: [u8; 16],
    /// The user key, wrapped under the root key.
    key: Vec<u8>,
}

impl Ticket {
    /// The application's name.
    #[must_use]
    pub const fn name(&self) -> [u8; 16] {
        self.name
    }

    /// Writes what is sealed.
    #[must_use]
    pub fn encode(&self) -> Zeroizing<Vec<u8>> {
        let mut bytes = Zeroizing::new(Vec::new());
        let mut writer = Writer::new(&mut bytes);
        writer.raw(&self.name);
        writer.raw(&self.agent);
        writer.u64(self.issued_ms);
        writer.count(self.logins.len());
        for login in &self.logins {
            writer.raw(&login.partition.0);
            writer.u64(login.logouts);
            writer.u8(u8::from(login.any));
            writer.u8(u8::from(login.user.is_some()));
            if let Some(user) = &login.user {
                writer.raw(&user.salt);
                writer.bytes(&user.key);
            }
        }
        bytes
    }

    /// Reads what a ticket says, once it is unsealed.
    ///
    /// # Errors
    /// [`DecodeError`] where it says nothing, or more than that.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(SessionHandle(0), bytes);
        let mut ticket = Self {
            name: reader.array("a ticket")?,
            agent: reader.array("a ticket")?,
            issued_ms: reader.u64("a ticket")?,
            logins: Vec::new(),
        };
        for _ in 0..reader.count(LOGINS_MAX, "the logins of a ticket")? {
            ticket.logins.push(PastLogin {
                partition: PartitionId(reader.array("a ticket")?),
                logouts: reader.u64("a ticket")?,
                any: reader.u8("a ticket")? != 0,
                user: match reader.u8("a ticket")? {
                    0 => None,
                    _ => Some(PastUser {
                        salt: reader.array("a ticket")?,
                        key: reader.bytes(KEY_MAX, "a ticket")?.to_vec(),
                    }),
                },
            });
        }
        reader.finish()?;
        Ok(ticket)
    }
}

impl Hsm {
    /// Gives an application that may come back a ticket; empty for any other.
    ///
    /// # Errors
    /// The system has no random numbers, or a key cannot be wrapped.
    pub fn ticket(&self, application: &Application, agent: [u8; 32]) -> Result<Vec<u8>, Error> {
        let Some(name) = application.name else {
            return Ok(Vec::new());
        };
        let mut logins = Vec::new();
        for tenancy in application.all_tenancies() {
            if logins.len() < LOGINS_MAX && tenancy.sessions().0 > 0 {
                logins.push(self.past_login(&tenancy)?);
            }
        }
        let ticket = Ticket {
            name,
            agent,
            issued_ms: self.core.env.now_ms(),
            logins,
        };
        let sealed = self.core.keys.tickets.seal(&ticket.encode())?;
        debug_assert!(sealed.len() <= TICKET_BYTES, "128 logins are far below");
        Ok(sealed)
    }

    fn past_login(&self, tenancy: &Tenancy) -> Result<PastLogin, Error> {
        let partition = &tenancy.partition;
        let login = tenancy.login();
        let mut user = None;
        // A user by name is looked up with the PIN; without it, nobody knows whether the name still stands.
        if login == Login::User
            && tenancy.named().is_none()
            && partition.profile == Profile::Compat
            && let Some(pin) = partition.ledger.view().pin(Role::User)
        {
            let wrapped = partition.vault.with_keys(|keys| {
                let wrap = |key| self.core.keys.wrap.wrap_user_key(&partition.id.0, key);
                keys.user.map(wrap).transpose()
            })?;
            let salt = pin.salt;
            user = wrapped.map(|key| PastUser { salt, key });
        }
        Ok(PastLogin {
            partition: partition.id,
            logouts: tenancy.logouts(),
            any: login != Login::Public,
            user,
        })
    }

    /// Reads a ticket; none that is not of this HSM, or was given out through another agent.
    #[must_use]
    pub fn read_ticket(&self, ticket: &[u8], agent: [u8; 32]) -> Option<Ticket> {
        let body = self.core.keys.tickets.open(ticket)?;
        let ticket = Ticket::decode(&body).ok()?;
        (ticket.agent == agent).then_some(ticket)
    }

    /// Puts an application together again that this HSM does not have: its sessions as it lists them, and its logins as far as
    /// `logins` wants them and the ticket brings them back.
    #[must_use]
    pub fn rebuild(
        &self,
        access: Access,
        ticket: &Ticket,
        logins: bool,
        sessions: &[OpenSession],
    ) -> Arc<Application> {
        let application = Arc::new(Application::new(access, Some(ticket.name), true));
        for past in sessions {
            // A slot that is gone, or a token that is not initialised any more: the session is gone, too.
            let _ = self.reopen(&application, *past);
        }
        for past in &ticket.logins {
            let partition = read(&self.partitions)
                .values()
                .find(|partition| partition.id == past.partition)
                .map(Arc::clone);
            let Some(partition) = partition.filter(|found| application.reaches(found)) else {
                continue;
            };
            let tenancy = application.tenancy(Arc::clone(&partition));
            tenancy.resume_logouts(past.logouts);
            if past.any
                && logins
                && self
                    .log_in_again(&application, &tenancy, past, ticket)
                    .is_err()
            {
                tenancy.lose_login();
            }
        }
        application
    }

    fn reopen(&self, application: &Application, past: OpenSession) -> Result<(), Error> {
        let partition = self.partition_of(application, past.slot)?;
        if past.handle == 0 || partition.ledger.view().label.is_none() {
            return Err(Error::SessionHandleInvalid);
        }
        let writable = past.flags & session::RW_SESSION != 0;
        application.open_session(past.handle, partition, writable)
    }

    fn log_in_again(
        &self,
        application: &Application,
        tenancy: &Tenancy,
        past: &PastLogin,
        ticket: &Ticket,
    ) -> Result<(), Error> {
        let partition = &tenancy.partition;
        let user = past.user.as_ref().ok_or(Error::UserNotLoggedIn)?;
        self.check_fresh(partition, user, ticket)?;
        let wrap = &self.core.keys.wrap;
        let key = wrap.unwrap_user_key(&partition.id.0, &user.key)?;
        let who = Who {
            actor: audit::Actor::User,
            agent: application.agent.clone(),
        };
        let act = Act {
            who: &who,
            operation: "login resumed",
            partition: partition.id,
        };
        tenancy.check_login(Login::User, None)?;
        self.core.log(act.done(&self.core, None))?;
        tenancy.log_in(Login::User, None, || {
            partition.vault.enter_user(key, |partition_key, user| {
                let keys = RecordKeys {
                    partition: partition_key,
                    user: Some(user),
                };
                partition.read_private(&self.core, keys)
            })
        })
    }

    /// Checks that a login may come back: soon after the start, not long after the ticket, with the PIN as it was.
    fn check_fresh(
        &self,
        partition: &Partition,
        user: &PastUser,
        ticket: &Ticket,
    ) -> Result<(), Error> {
        let now = self.core.env.now_ms();
        let salt = partition.ledger.view().pin(Role::User).map(|pin| pin.salt);
        let fresh = partition.profile == Profile::Compat
            && ticket.issued_ms < self.opened_ms
            && now.saturating_sub(self.opened_ms) <= AFTER_START_MS
            && now.saturating_sub(ticket.issued_ms) <= LIFE_MS
            && salt == Some(user.salt);
        if fresh {
            Ok(())
        } else {
            Err(Error::UserNotLoggedIn)
        }
    }
}
