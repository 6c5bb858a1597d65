//! A tenancy: what one application has of one token: its sessions' number, its login and its session objects.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, RwLock};

use audit::Text;
use proto::admin::Duty;

use crate::Error;
use crate::hsm::{Core, SESSION_OBJECTS};
use crate::lock::{read, write};
use crate::object::Object;
use crate::objects::Objects;
use crate::partition::Partition;
use crate::record::UserId;
use crate::saved::SavedStates;

/// The most sessions that one application may have with one token: far above any pool, and bounded in memory.
const SESSIONS_MAX: usize = 65_536;

/// Where the number of a login stands in the handle of a private token object: above all that handles count.
const LOGIN_SHIFT: u32 = 49;
/// How many logins are told apart before the numbers come again: a handle stays positive where it is read as signed.
const LOGINS: u64 = 1 << 14;

/// Who is logged in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Login {
    /// Nobody.
    Public,
    /// The security officer.
    SecurityOfficer,
    /// The normal user.
    User,
}

/// A user who is logged in by a name.
#[derive(Clone, Debug)]
pub(crate) struct Named {
    /// Which.
    pub(crate) id: UserId,
    /// The name.
    pub(crate) name: Text,
    /// What the user may do.
    pub(crate) duty: Duty,
}

/// What one application has of one token.
pub(crate) struct Tenancy {
    /// The token.
    pub(crate) partition: Arc<Partition>,
    /// The objects of the application's sessions.
    pub(crate) objects: Objects,
    /// The states of operations that the application saved.
    pub(crate) saved: SavedStates,
    occupancy: RwLock<Occupancy>,
    /// How often the user has logged out: a handle of a private object does not outlive the login (5.6.10).
    logouts: AtomicU64,
    /// Whether a login was lost with the HSM that had it, and none has taken its place.
    bereft: AtomicBool,
}

struct Occupancy {
    login: Login,
    /// Who the user is, where logged in by a name.
    named: Option<Named>,
    read_only: usize,
    read_write: usize,
}

impl Tenancy {
    /// Starts without sessions.
    pub(crate) fn new(partition: Arc<Partition>) -> Self {
        Self {
            partition,
            objects: Objects::default(),
            saved: SavedStates::default(),
            occupancy: RwLock::new(Occupancy {
                login: Login::Public,
                named: None,
                read_only: 0,
                read_write: 0,
            }),
            logouts: AtomicU64::new(0),
            bereft: AtomicBool::new(false),
        }
    }

    /// How often the user has logged out.
    pub(crate) fn logouts(&self) -> u64 {
        self.logouts.load(Ordering::Relaxed)
    }

    /// Goes on counting logouts where the application left off, so that its handles mean what they meant.
    pub(crate) fn resume_logouts(&self, logouts: u64) {
        self.logouts.store(logouts, Ordering::Relaxed);
    }

    /// Notes that a login was lost, of which the application knows nothing yet.
    pub(crate) fn lose_login(&self) {
        self.bereft.store(true, Ordering::Relaxed);
    }

    /// Says why an object is not there: where a login was lost, an object of the token may well be.
    pub(crate) fn why_missing(&self, handle: u64, otherwise: Error) -> Error {
        let of_token = handle & ((1 << LOGIN_SHIFT) - 1) < SESSION_OBJECTS;
        if of_token && self.bereft.load(Ordering::Relaxed) {
            Error::UserNotLoggedIn
        } else {
            otherwise
        }
    }

    /// Who is logged in. A named user who was deleted meanwhile is nobody.
    pub(crate) fn login(&self) -> Login {
        let occupancy = read(&self.occupancy);
        match &occupancy.named {
            Some(named) if self.partition.ledger.view().user(named.id).is_none() => Login::Public,
            _ => occupancy.login,
        }
    }

    /// Tells whether a login has to be ended, though it may be worth nothing any more.
    pub(crate) fn is_occupied(&self) -> bool {
        read(&self.occupancy).login != Login::Public
    }

    /// The user who is logged in by a name.
    pub(crate) fn named(&self) -> Option<Named> {
        read(&self.occupancy).named.clone()
    }

    /// Tells whether who is logged in may make, change and destroy objects of the token. For a crypto user it is
    /// write-protected.
    pub(crate) fn may_write(&self) -> bool {
        !matches!(
            read(&self.occupancy).named,
            Some(Named {
                duty: Duty::CryptoUser,
                ..
            })
        )
    }

    /// How many sessions there are: all, and those that may write.
    pub(crate) fn sessions(&self) -> (usize, usize) {
        let occupancy = read(&self.occupancy);
        (
            occupancy.read_only + occupancy.read_write,
            occupancy.read_write,
        )
    }

    /// Counts a new session.
    pub(crate) fn admit(&self, writable: bool) -> Result<(), Error> {
        let mut occupancy = write(&self.occupancy);
        if !writable && occupancy.login == Login::SecurityOfficer {
            return Err(Error::SessionSecurityOfficerExists);
        }
        if occupancy.read_only + occupancy.read_write >= SESSIONS_MAX {
            return Err(Error::TooMany {
                what: "sessions of one application",
                limit: SESSIONS_MAX,
                rv: ck::Rv::SESSION_COUNT,
            });
        }
        *occupancy.count(writable) += 1;
        Ok(())
    }

    /// Counts a session that was closed. Tells whether it was the last: then the application is logged out.
    pub(crate) fn dismiss(&self, writable: bool) -> bool {
        let mut occupancy = write(&self.occupancy);
        *occupancy.count(writable) -= 1;
        occupancy.read_only + occupancy.read_write == 0
    }

    /// Checks that a user may log in now (5.6.8), without a name or by one, which may be nobody's.
    pub(crate) fn check_login(
        &self,
        wanted: Login,
        named: Option<Option<UserId>>,
    ) -> Result<(), Error> {
        read(&self.occupancy).check_login(wanted, named)
    }

    /// Logs a user in, once the PIN has proved right; `enter` opens what the login opens.
    pub(crate) fn log_in(
        &self,
        wanted: Login,
        named: Option<Named>,
        enter: impl FnOnce() -> Result<(), Error>,
    ) -> Result<(), Error> {
        let mut occupancy = write(&self.occupancy);
        occupancy.check_login(wanted, named.as_ref().map(|named| Some(named.id)))?;
        enter()?;
        occupancy.login = wanted;
        self.bereft.store(false, Ordering::Relaxed);
        occupancy.named = named;
        Ok(())
    }

    /// Ends the login and tells whose it was.
    pub(crate) fn log_out(&self) -> Login {
        let mut occupancy = write(&self.occupancy);
        let left = std::mem::replace(&mut occupancy.login, Login::Public);
        occupancy.named = None;
        if left == Login::User {
            self.logouts.fetch_add(1, Ordering::Relaxed);
        }
        left
    }

    /// Adds an object of a session; a private one only while the user is logged in.
    pub(crate) fn add(&self, object: Object) -> Result<(), Error> {
        let occupancy = read(&self.occupancy);
        if object.private && occupancy.login != Login::User {
            return Err(Error::UserNotLoggedIn);
        }
        self.objects.insert(Arc::new(object));
        Ok(())
    }

    /// Tells whether the application may see an object.
    pub(crate) fn sees(&self, object: &Object) -> bool {
        !object.private || self.login() == Login::User
    }

    /// The handle under which the application knows an object in this login.
    ///
    /// Private token objects outlive a login, which other applications may share; their handles do not, even if the user logs in
    /// again (5.6.10). Those of all other objects stay or go with the objects.
    pub(crate) fn handle_of(&self, object: &Object) -> u64 {
        let private = object.private && object.session.is_none();
        self.handle_of_kept(object.handle, private)
    }

    /// The handle under which the application knows an object of the token in this login.
    pub(crate) fn handle_of_kept(&self, handle: u64, private: bool) -> u64 {
        if private {
            handle | (self.login_number() << LOGIN_SHIFT)
        } else {
            handle
        }
    }

    /// Finds an object by its handle, of a session or of the token, as far as the application may see it.
    ///
    /// # Errors
    /// The object is there and cannot be read.
    pub(crate) fn object(&self, core: &Core, handle: u64) -> Result<Option<Arc<Object>>, Error> {
        let inside = handle & ((1 << LOGIN_SHIFT) - 1);
        let partition = &self.partition;
        let here = self.objects.get(handle);
        let found = match here.or_else(|| partition.standing.get(handle)) {
            None => partition.object(core, inside)?,
            found => found,
        };
        Ok(found.filter(|object| self.sees(object) && self.handle_of(object) == handle))
    }

    fn login_number(&self) -> u64 {
        self.logouts.load(Ordering::Relaxed) % LOGINS
    }
}

impl Occupancy {
    fn count(&mut self, writable: bool) -> &mut usize {
        if writable {
            &mut self.read_write
        } else {
            &mut self.read_only
        }
    }

    fn check_login(&self, wanted: Login, named: Option<Option<UserId>>) -> Result<(), Error> {
        let same = self.named.as_ref().map(|named| Some(named.id)) == named;
        match (self.login, wanted) {
            (login, wanted) if login == wanted && same => Err(Error::AlreadyLoggedIn),
            (Login::User | Login::SecurityOfficer, _) => Err(Error::AnotherLoggedIn),
            (Login::Public, Login::SecurityOfficer) if self.read_only > 0 => {
                Err(Error::SessionReadOnlyExists)
            }
            (Login::Public, _) if self.read_only + self.read_write == 0 => {
                Err(Error::SessionHandleInvalid)
            }
            (Login::Public, _) => Ok(()),
        }
    }
}
