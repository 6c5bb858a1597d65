//! What the module knows of its process: whether it was initialised here, or only in a parent.
//!
//! After a fork the child has copies of the parent's memory, with its locks in whatever state other threads left them, and
//! of its socket. The child must not use either. So each process that initialises the module gets its own [`Process`], and
//! a process that finds another's at the end of the chain is a child that has not initialised yet: it touches nothing of
//! it but atomics.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use ck::Rv;

use crate::abi::close_inherited;
use crate::application::Application;
use crate::config::{Config, Environment};
use crate::socket::{Descriptor, NONE};

/// The module's state in one process.
struct Process {
    /// Whose it is; 0 until the module is initialised for the first time.
    id: AtomicU32,
    application: RwLock<Option<Arc<Application>>>,
    descriptor: Descriptor,
    /// The state of a child that has initialised the module itself.
    child: OnceLock<Box<Self>>,
}

/// The state of the process that loaded the module. It is static so that a module which is loaded and unloaded many
/// times leaves nothing behind.
static FIRST: Process = Process::new(0);

impl Process {
    const fn new(id: u32) -> Self {
        Self {
            id: AtomicU32::new(id),
            application: RwLock::new(None),
            descriptor: Descriptor::new(NONE),
            child: OnceLock::new(),
        }
    }

    /// The newest state. It is this process's, or that of the nearest ancestor which initialised the module.
    fn newest() -> &'static Self {
        let mut newest = &FIRST;
        while let Some(child) = newest.child.get() {
            newest = child;
        }
        newest
    }

    /// The state of this process, where it has one.
    fn current() -> Option<&'static Self> {
        let newest = Self::newest();
        if newest.is_ours() {
            return Some(newest);
        }
        newest.drop_socket();
        None
    }

    /// The state of this process, made if there is none.
    fn claim() -> &'static Self {
        let newest = Self::newest();
        let id = std::process::id();
        let free = newest
            .id
            .compare_exchange(0, id, Ordering::AcqRel, Ordering::Acquire);
        if free.is_ok() || newest.is_ours() {
            return newest;
        }
        newest.drop_socket();
        newest.child.get_or_init(|| Box::new(Self::new(id)))
    }

    fn is_ours(&self) -> bool {
        self.id.load(Ordering::Acquire) == std::process::id()
    }

    /// Closes this process's copy of a parent's socket, so that the agent sees when the parent goes.
    fn drop_socket(&self) {
        let inherited = self.descriptor.swap(NONE, Ordering::AcqRel);
        if inherited != NONE {
            close_inherited(inherited);
        }
    }
}

/// Returns the initialised application.
///
/// # Errors
/// `CKR_CRYPTOKI_NOT_INITIALIZED` where there is none, as in a child of the process that has one.
pub(crate) fn application() -> Result<Arc<Application>, Rv> {
    let process = Process::current().ok_or(Rv::CRYPTOKI_NOT_INITIALIZED)?;
    let application = process
        .application
        .read()
        .unwrap_or_else(PoisonError::into_inner);
    application.clone().ok_or(Rv::CRYPTOKI_NOT_INITIALIZED)
}

/// Initialises the module in this process. No agent need be there: it is sought at the first call.
///
/// # Errors
/// `CKR_CRYPTOKI_ALREADY_INITIALIZED`, or `CKR_FUNCTION_FAILED` where the configuration cannot be used; a line on standard
/// error then says why.
pub(crate) fn initialize() -> Result<(), Rv> {
    let process = Process::claim();
    let mut application = process
        .application
        .write()
        .unwrap_or_else(PoisonError::into_inner);
    if application.is_some() {
        return Err(Rv::CRYPTOKI_ALREADY_INITIALIZED);
    }
    let environment = Environment::of_process();
    let config = Config::load(&environment).map_err(|error| {
        environment.log.unwrap_or_default().error(error);
        Rv::FUNCTION_FAILED
    })?;
    *application = Some(Arc::new(Application::new(config, &process.descriptor)));
    Ok(())
}

/// Ends the application: its connection is closed, and calls of other threads return.
///
/// # Errors
/// `CKR_CRYPTOKI_NOT_INITIALIZED`.
pub(crate) fn finalize() -> Result<(), Rv> {
    let process = Process::current().ok_or(Rv::CRYPTOKI_NOT_INITIALIZED)?;
    let application = process
        .application
        .write()
        .unwrap_or_else(PoisonError::into_inner)
        .take()
        .ok_or(Rv::CRYPTOKI_NOT_INITIALIZED)?;
    application.close();
    Ok(())
}
