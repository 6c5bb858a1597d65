//! A loaded PKCS#11 module.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::error::{Error as Pkcs11Error, RvError};
use cryptoki::slot::Slot;

use super::error::{Fault, code};
use super::{Error, TokenChoice};

/// The modules that are loaded: initialisation is the process's, so those who use the same module share it.
static LOADED: Mutex<Vec<(PathBuf, Weak<Module>)>> = Mutex::new(Vec::new());

/// A loaded module. It is finalised when its last user goes.
#[derive(Debug)]
pub(super) struct Module {
    pub(super) pkcs11: Pkcs11,
}

impl Module {
    /// Loads a module, or finds it loaded.
    pub(super) fn load(path: &Path) -> Result<Arc<Self>, Error> {
        let mut loaded = LOADED.lock().unwrap_or_else(PoisonError::into_inner);
        loaded.retain(|(_, module)| module.strong_count() > 0);
        let known = loaded.iter().find(|(known, _)| known == path);
        if let Some(module) = known.and_then(|(_, module)| module.upgrade()) {
            return Ok(module);
        }
        let pkcs11 = Pkcs11::new(path).map_err(|error| Error::Module {
            path: path.display().to_string(),
            why: error.to_string(),
        })?;
        let module = Arc::new(Self { pkcs11 });
        loaded.push((path.to_owned(), Arc::downgrade(&module)));
        Ok(module)
    }

    /// Initialises the module, unless it is.
    pub(super) fn initialize(&self) -> Result<(), Pkcs11Error> {
        let arguments = CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK);
        match self.pkcs11.initialize(arguments) {
            Err(error) if code(&error) == Some(RvError::CryptokiAlreadyInitialized) => Ok(()),
            other => other,
        }
    }

    /// Finalises the module, so that it is initialised anew, if nobody else uses it.
    ///
    /// Its users must have no call under way.
    pub(super) fn reset(self: &Arc<Self>) {
        if Arc::strong_count(self) == 1 {
            // What it answers does not matter: the next initialisation tells.
            drop(self.pkcs11.clone().finalize());
        }
    }

    /// Finds a token. A module without any token is one whose HSM is away.
    pub(super) fn find(&self, wanted: &TokenChoice) -> Result<Slot, Fault> {
        let mut found = Vec::new();
        for slot in self.pkcs11.get_slots_with_token()? {
            // A token that cannot be asked is not the one, or not yet.
            let Ok(info) = self.pkcs11.get_token_info(slot) else {
                continue;
            };
            let fits = match wanted {
                TokenChoice::Label(label) => info.label().trim_end() == label,
                TokenChoice::Serial(serial) => info.serial_number().trim_end() == serial,
            };
            if fits {
                return Ok(slot);
            }
            found.push(format!(
                "`{}` (serial {})",
                info.label(),
                info.serial_number()
            ));
        }
        Err(Fault::Own(Error::NoToken {
            wanted: wanted.to_string(),
            found: found.join(", "),
        }))
    }
}

impl Drop for Module {
    fn drop(&mut self) {
        // Nobody is left to be told.
        drop(self.pkcs11.clone().finalize());
    }
}
