//! A host: it loads a copy of the module for itself, so that tests in one process do not share its state.

use std::env;
use std::ffi::c_void;
use std::fs;
use std::path::{Path, PathBuf};
use std::ptr::null_mut;
use std::sync::{Mutex, MutexGuard, PoisonError};

use ck::Rv;
use cryptoki_sys::{CK_FUNCTION_LIST_3_2, CK_INTERFACE, CK_RV, CK_ULONG, CKF_SERIAL_SESSION};
use libloading::Library;
use tempfile::TempDir;

use crate::hsm::SLOT;

/// Calls a function of a host's list and gives its return code as a [`Rv`].
macro_rules! ck {
    ($host:expr, $function:ident $(, $argument:expr)* $(,)?) => {
        // SAFETY: the tests pass pointers that are null or true.
        ck::Rv(unsafe { ($host.list().$function.unwrap())($($argument),*) })
    };
}
pub(crate) use ck;

/// The environment is the process's: whoever changes it or initialises a module by it holds this.
static ENVIRONMENT: Mutex<()> = Mutex::new(());

/// Where cargo has put the module that belongs to this test.
pub(crate) fn built_module() -> PathBuf {
    let test = env::current_exe().unwrap();
    let deps = test.parent().unwrap();
    let module = deps.join("libdew_pkcs11.so");
    assert!(module.exists(), "{} is not built", module.display());
    module
}

/// A loaded module with a configuration of its own.
pub(crate) struct Host {
    directory: TempDir,
    library: Library,
    list: *const CK_FUNCTION_LIST_3_2,
}

// SAFETY: the list is constant, and the module is made to be called from many threads.
unsafe impl Sync for Host {}

impl Host {
    /// Loads the module.
    pub(crate) fn load() -> Self {
        let directory = TempDir::new().unwrap();
        let module = directory.path().join("libdew-pkcs11.so");
        fs::copy(built_module(), &module).unwrap();
        // SAFETY: loading the module runs no code of it.
        let library = unsafe { Library::new(&module) }.unwrap();
        let mut interface: *mut CK_INTERFACE = null_mut();
        // SAFETY: the symbol has this type, and the interface is as the standard says.
        let list = unsafe {
            type GetInterface = unsafe extern "C" fn(
                *mut u8,
                *mut c_void,
                *mut *mut CK_INTERFACE,
                CK_ULONG,
            ) -> CK_RV;
            let get = library.get::<GetInterface>(b"C_GetInterface").unwrap();
            assert_eq!(get(null_mut(), null_mut(), &raw mut interface, 0), 0);
            (*interface).pFunctionList.cast::<CK_FUNCTION_LIST_3_2>()
        };
        let host = Self {
            directory,
            library,
            list,
        };
        // Long enough that only a bug reaches it.
        host.configure_timeout(60);
        host
    }

    /// Loads and initialises the module.
    pub(crate) fn initialized() -> Self {
        let host = Self::load();
        assert_eq!(host.initialize(), Rv::OK);
        host
    }

    /// Loads and initialises a module that gives an agent up after a second.
    pub(crate) fn impatient() -> Self {
        let host = Self::load();
        host.configure_timeout(1);
        assert_eq!(host.initialize(), Rv::OK);
        host
    }

    /// The 3.2 list.
    pub(crate) fn list(&self) -> &CK_FUNCTION_LIST_3_2 {
        // SAFETY: the list is static in the library, which stays loaded as long as the host.
        unsafe { &*self.list }
    }

    /// The library.
    pub(crate) const fn library(&self) -> &Library {
        &self.library
    }

    /// Where the agent should listen.
    pub(crate) fn socket(&self) -> PathBuf {
        self.directory.path().join("agent.sock")
    }

    /// Where the configuration is.
    pub(crate) fn configuration(&self) -> PathBuf {
        self.directory.path().join("pkcs11.toml")
    }

    /// Writes the configuration.
    pub(crate) fn configure(&self, text: &str) {
        fs::write(self.configuration(), text).unwrap();
    }

    fn configure_timeout(&self, seconds: u32) {
        self.configure(&format!(
            "socket = {:?}\ntimeout_seconds = {seconds}\nlog = \"off\"\n",
            self.socket()
        ));
    }

    /// Makes the environment name a configuration, as long as the result lives.
    pub(crate) fn environment(&self) -> MutexGuard<'static, ()> {
        name_configuration(&self.configuration())
    }

    /// Calls `C_Initialize` without arguments.
    pub(crate) fn initialize(&self) -> Rv {
        self.initialize_with(null_mut())
    }

    /// Calls `C_Initialize`.
    pub(crate) fn initialize_with(&self, arguments: *mut c_void) -> Rv {
        let _environment = self.environment();
        ck!(self, C_Initialize, arguments)
    }

    /// Opens a session.
    pub(crate) fn open_session(&self) -> Result<CK_ULONG, Rv> {
        let mut session = 0;
        match ck!(
            self,
            C_OpenSession,
            SLOT,
            CKF_SERIAL_SESSION,
            null_mut(),
            None,
            &raw mut session
        ) {
            Rv::OK => Ok(session),
            rv => Err(rv),
        }
    }

    /// Signs with room for 64 bytes.
    pub(crate) fn sign(&self, session: CK_ULONG, data: &[u8]) -> Result<Vec<u8>, Rv> {
        let mut signature = vec![0; 64];
        let mut length = 64;
        let (data, data_length) = (
            data.as_ptr().cast_mut(),
            CK_ULONG::try_from(data.len()).unwrap(),
        );
        match ck!(
            self,
            C_Sign,
            session,
            data,
            data_length,
            signature.as_mut_ptr(),
            &raw mut length
        ) {
            Rv::OK => {
                signature.truncate(usize::try_from(length).unwrap());
                Ok(signature)
            }
            rv => Err(rv),
        }
    }

    /// Asks how many slots there are.
    pub(crate) fn slots(&self) -> Result<CK_ULONG, Rv> {
        let mut count = CK_ULONG::MAX;
        match ck!(self, C_GetSlotList, 1, null_mut(), &raw mut count) {
            Rv::OK => Ok(count),
            rv => Err(rv),
        }
    }
}

/// Makes the environment name a configuration, as long as the result lives.
pub(crate) fn name_configuration(file: &Path) -> MutexGuard<'static, ()> {
    let guard = ENVIRONMENT.lock().unwrap_or_else(PoisonError::into_inner);
    // SAFETY: nobody else in this process changes the environment or reads it outside the standard library's lock.
    unsafe { env::set_var("DEW_PKCS11_CONF", file) };
    guard
}
