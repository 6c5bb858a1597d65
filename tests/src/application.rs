//! An application in the test's own process, on top of the `cryptoki` crate.

use std::path::Path;

use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::session::{Session, UserType};
use cryptoki::slot::Slot;
use cryptoki::types::AuthPin;

use crate::Token;

/// An initialised module and the slot of one token: only inside [`alone`](crate::alone).
pub struct Application {
    /// The module.
    pub pkcs11: Pkcs11,
    /// Where the token is.
    pub slot: Slot,
    token: Token,
}

impl Application {
    /// Loads the module and initialises it for many threads.
    ///
    /// # Panics
    /// If that fails, or the token is not there.
    #[must_use]
    pub fn start(token: &Token) -> Self {
        Self::start_from(&token.module, token)
    }

    /// Loads the module from another file: a copy of it is a second application in the same process.
    ///
    /// # Panics
    /// If that fails, or the token is not there.
    #[must_use]
    pub fn start_from(module: &Path, token: &Token) -> Self {
        let pkcs11 = Pkcs11::new(module)
            .unwrap_or_else(|error| panic!("cannot load {}: {error}", module.display()));
        pkcs11
            .initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK))
            .unwrap_or_else(|error| panic!("C_Initialize: {error}"));
        let slot = find_slot(&pkcs11, &token.label);
        Self {
            pkcs11,
            slot,
            token: token.clone(),
        }
    }

    /// Opens a session that may change the token.
    ///
    /// # Panics
    /// If that fails.
    #[must_use]
    pub fn session(&self) -> Session {
        self.pkcs11
            .open_rw_session(self.slot)
            .expect("C_OpenSession")
    }

    /// Opens a session that may change the token, and logs the application in as the user.
    ///
    /// # Panics
    /// If that fails.
    #[must_use]
    pub fn user_session(&self) -> Session {
        let session = self.session();
        session
            .login(UserType::User, Some(&self.pin()))
            .expect("C_Login as the user");
        session
    }

    /// Returns the user's PIN.
    #[must_use]
    pub fn pin(&self) -> AuthPin {
        AuthPin::new(self.token.pin.clone().into())
    }
}

fn find_slot(pkcs11: &Pkcs11, label: &str) -> Slot {
    let slots = pkcs11
        .get_slots_with_initialized_token()
        .expect("C_GetSlotList");
    let has_label = |slot: &Slot| {
        pkcs11
            .get_token_info(*slot)
            .is_ok_and(|info| info.label() == label)
    };
    slots
        .into_iter()
        .find(has_label)
        .unwrap_or_else(|| panic!("no slot holds a token called {label}"))
}
