//! An application: one initialised module instance, its sessions and its tenancies.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, RwLock};

use audit::Text;

use crate::hsm::Hsm;
use crate::identifier::PartitionId;
use crate::lock::{lock, read, write};
use crate::partition::Partition;
use crate::session::Session;
use crate::tenancy::Tenancy;
use crate::{Error, login};

/// What an access certificate lets an application reach.
#[derive(Clone, Debug)]
pub struct Access {
    /// The agent's name, for the audit log; none for an application in the same process.
    pub agent: Option<String>,
    /// Which partitions.
    pub reach: Reach,
}

/// Which partitions an application sees; the others do not exist for it.
#[derive(Clone, Debug)]
pub enum Reach {
    /// All.
    All,
    /// These. A partition that is deleted and made again under the same name is another one.
    Only(BTreeSet<PartitionId>),
}

impl Reach {
    fn includes(&self, partition: &Partition) -> bool {
        match self {
            Self::All => true,
            Self::Only(ids) => ids.contains(&partition.id),
        }
    }
}

/// One initialised module instance. It ends with [`Hsm::close`].
pub struct Application {
    reach: Reach,
    pub(crate) agent: Option<Text>,
    sessions: RwLock<Sessions>,
    tenancies: Mutex<HashMap<PartitionId, Arc<Tenancy>>>,
}

#[derive(Default)]
struct Sessions {
    open: HashMap<u64, Arc<Session>>,
    closed: bool,
}

impl Hsm {
    /// Starts an application.
    #[must_use]
    pub fn application(&self, access: Access) -> Arc<Application> {
        Arc::new(Application {
            reach: access.reach,
            agent: access.agent.map(Text::from),
            sessions: RwLock::default(),
            tenancies: Mutex::default(),
        })
    }

    /// Ends an application: its sessions, its logins, its session objects. Waits for its running calls.
    pub fn close(&self, application: &Application) {
        write(&application.sessions).closed = true;
        application.close_where(|_| true);
    }

    /// Lists the slots that an application sees, in order.
    pub(crate) fn slots_of(&self, application: &Application) -> Vec<u64> {
        let partitions = read(&self.partitions);
        let seen = partitions
            .values()
            .filter(|partition| application.reach.includes(partition));
        seen.map(|partition| partition.slot).collect()
    }

    /// Finds the partition in a slot that an application sees.
    pub(crate) fn partition_of(
        &self,
        application: &Application,
        slot: u64,
    ) -> Result<Arc<Partition>, Error> {
        self.partition(slot)
            .filter(|partition| application.reach.includes(partition))
            .ok_or(Error::SlotInvalid(slot))
    }
}

impl Application {
    /// Finds a session.
    pub(crate) fn session(&self, handle: u64) -> Result<Arc<Session>, Error> {
        read(&self.sessions)
            .open
            .get(&handle)
            .map(Arc::clone)
            .ok_or(Error::SessionHandleInvalid)
    }

    /// Finds or starts the application's tenancy of a partition.
    pub(crate) fn tenancy(&self, partition: Arc<Partition>) -> Arc<Tenancy> {
        let mut tenancies = lock(&self.tenancies);
        let tenancy = tenancies
            .entry(partition.id)
            .or_insert_with(|| Arc::new(Tenancy::new(partition)));
        Arc::clone(tenancy)
    }

    /// Opens a session.
    pub(crate) fn open_session(
        &self,
        handle: u64,
        partition: Arc<Partition>,
        writable: bool,
    ) -> Result<(), Error> {
        let tenancy = self.tenancy(Arc::clone(&partition));
        let mut tenants = partition.tenants();
        if partition.is_closed() {
            return Err(Error::SlotInvalid(partition.slot));
        }
        let mut sessions = write(&self.sessions);
        if sessions.closed {
            return Err(Error::SessionHandleInvalid);
        }
        tenancy.admit(writable)?;
        *tenants += 1;
        let session = Session::new(handle, writable, tenancy);
        sessions.open.insert(handle, Arc::new(session));
        Ok(())
    }

    /// Closes the sessions that `chosen` chooses, each after its running call.
    pub(crate) fn close_where(&self, chosen: impl Fn(&Session) -> bool) {
        let mut leaving = Vec::new();
        write(&self.sessions).open.retain(|_, session| {
            let leaves = chosen(session);
            if leaves {
                leaving.push(Arc::clone(session));
            }
            !leaves
        });
        for session in leaving {
            self.dismiss(&session);
        }
    }

    fn dismiss(&self, session: &Session) {
        if !session.end() {
            return;
        }
        let tenancy = &session.tenancy;
        tenancy
            .objects
            .remove_where(|object| object.session == Some(session.handle));
        // The number of sessions goes down last: with it goes the protection from C_InitToken.
        if tenancy.dismiss(session.writable) {
            login::leave(tenancy);
        }
        *tenancy.partition.tenants() -= 1;
    }

    /// Logs out: ends what goes on with private objects in every session of the tenancy.
    pub(crate) fn log_out(&self, tenancy: &Arc<Tenancy>) -> Result<(), Error> {
        if !tenancy.is_occupied() {
            return Err(Error::UserNotLoggedIn);
        }
        let sessions: Vec<_> = read(&self.sessions)
            .open
            .values()
            .filter(|session| Arc::ptr_eq(&session.tenancy, tenancy))
            .map(Arc::clone)
            .collect();
        login::leave(tenancy);
        for session in sessions {
            session.end_private();
        }
        Ok(())
    }
}
