//! Over SoftHSM2, which is not ours.

mod breaks;
mod claims;
mod limits;

use std::path::Path;

use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::object::{Attribute, ObjectClass};
use cryptoki::session::{Session, UserType};
use cryptoki::types::AuthPin;

use super::{Hsm, Kind, Material, Settings, TokenChoice, Usage};
use crate::testing::hsm_suite::BINDING;

const AES: Kind = Kind::Aes { bits: 256 };

fn connect(settings: Settings) -> Hsm {
    Hsm::connect(settings).expect("SoftHSM2 lets us in")
}

fn again(settings: &Settings) -> Settings {
    Settings::new(
        settings.module.clone(),
        settings.token.clone(),
        settings.pin.clone(),
    )
}

fn aes_key(hsm: &Hsm) -> Material {
    hsm.generate(&BINDING, AES, Usage::Encrypt).unwrap().into()
}

/// Somebody else in this process who uses the same module.
struct Intruder {
    pkcs11: Pkcs11,
    token: TokenChoice,
    pin: AuthPin,
}

impl Intruder {
    fn new(settings: &Settings) -> Self {
        let path: &Path = &settings.module;
        Self {
            pkcs11: Pkcs11::new(path).unwrap(),
            token: settings.token.clone(),
            pin: AuthPin::from(settings.pin.as_str()),
        }
    }

    fn slot(&self) -> cryptoki::slot::Slot {
        let TokenChoice::Label(label) = &self.token else {
            panic!("tests choose by label")
        };
        let mut slots = self.pkcs11.get_slots_with_token().unwrap().into_iter();
        let has_label = |slot: &_| self.pkcs11.get_token_info(*slot).unwrap().label() == label;
        slots.find(has_label).unwrap()
    }

    fn session(&self) -> Session {
        let session = self.pkcs11.open_rw_session(self.slot()).unwrap();
        // The login is the process's; it may be there.
        drop(session.login(UserType::User, Some(&self.pin)));
        session
    }

    /// Closes everybody's sessions.
    fn close_all(&self) {
        self.pkcs11.clone().finalize().unwrap();
        let arguments = CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK);
        self.pkcs11.initialize(arguments).unwrap();
    }

    fn session_keys(&self) -> usize {
        let wanted = [
            Attribute::Class(ObjectClass::SECRET_KEY),
            Attribute::Token(false),
        ];
        self.session().find_objects(&wanted).unwrap().len()
    }
}
