//! What holds from one break of the connection to the next: handles, sessions, knowledge of the token.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use cryptoki::error::RvError;
use cryptoki::mechanism::MechanismType;
use cryptoki::session::{Session, UserType};
use cryptoki::slot::Slot;
use cryptoki::types::AuthPin;

use super::account::AccountKeys;
use super::cache::{Cache, Doomed};
use super::error::{Fault, answer, bars, code};
use super::module::Module;
use super::{Curve, Error, Hash, Kind, Settings, Usage};

/// Everything that is worth nothing after the connection broke.
#[derive(Debug)]
pub(super) struct Epoch {
    pub(super) number: u64,
    pub(super) slot: Slot,
    pub(super) offers: Offers,
    pub(super) accounts: Mutex<AccountKeys>,
    pub(super) doomed: Arc<Doomed>,
    /// Which hash functions RSA-OAEP decrypts with, as far as that was tried.
    oaep: Mutex<HashMap<Hash, bool>>,
    cache: Mutex<Cache>,
    /// Held while a resident key is made.
    residents: Mutex<()>,
    /// The session that owns the unwrapped keys, which live as long as it does, and the login with it.
    keeper: Mutex<Option<Session>>,
}

impl Epoch {
    /// Initialises the module if need be, finds the token, logs in.
    pub(super) fn begin(number: u64, module: &Module, settings: &Settings) -> Result<Self, Fault> {
        module.initialize()?;
        let slot = module.find(&settings.token)?;
        let keeper = module.pkcs11.open_rw_session_no_drop(slot)?;
        let begun = log_in(&keeper, settings).and_then(|()| Offers::learn(module, slot));
        let offers = match begun {
            Ok(offers) => offers,
            Err(fault) => {
                drop(keeper.close());
                return Err(fault);
            }
        };
        Ok(Self {
            number,
            slot,
            offers,
            accounts: Mutex::default(),
            doomed: Arc::default(),
            oaep: Mutex::default(),
            residents: Mutex::default(),
            cache: Mutex::new(Cache::new(settings.keys_max)),
            keeper: Mutex::new(Some(keeper)),
        })
    }

    pub(super) fn cache(&self) -> MutexGuard<'_, Cache> {
        self.cache.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does something with the keeper session, one thread at a time.
    pub(super) fn with_keeper<T>(
        &self,
        call: impl FnOnce(&Session) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        let keeper = self.keeper.lock().unwrap_or_else(PoisonError::into_inner);
        call(
            keeper
                .as_ref()
                .expect("an epoch ends when no call is under way"),
        )
    }

    pub(super) fn residents(&self) -> MutexGuard<'_, ()> {
        self.residents
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn oaep(&self, hash: Hash) -> Option<bool> {
        let known = self.oaep.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(&hash).copied()
    }

    pub(super) fn learn_oaep(&self, hash: Hash, works: bool) {
        let mut known = self.oaep.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert(hash, works);
    }

    /// Destroys the objects that nobody uses any more.
    pub(super) fn bury(&self, session: &Session) -> Result<(), Fault> {
        for handle in self.doomed.take() {
            match session.destroy_object(handle) {
                // Gone is what it should be.
                Err(error) if code(&error) == Some(RvError::ObjectHandleInvalid) => {}
                other => other?,
            }
        }
        Ok(())
    }

    /// Ends it when no call is under way: its last session is closed, and with it its objects go.
    pub(super) fn end(&self) {
        let mut keeper = self.keeper.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(session) = keeper.take() {
            // A session that is gone need not be closed.
            drop(session.close());
        }
    }
}

fn log_in(session: &Session, settings: &Settings) -> Result<(), Fault> {
    let pin = AuthPin::from(settings.pin.as_str());
    let Err(error) = session.login(UserType::User, Some(&pin)) else {
        return Ok(());
    };
    match code(&error) {
        Some(RvError::UserAlreadyLoggedIn) => Ok(()),
        Some(code) if bars(code) => Err(Fault::Own(Error::Pin {
            answer: answer(&error),
        })),
        _ => Err(error.into()),
    }
}

/// What the token can do, as far as its mechanisms tell.
#[derive(Debug)]
pub(super) struct Offers {
    mechanisms: Vec<MechanismType>,
    rsa_bits: (usize, usize),
    ec_bits: (usize, usize),
}

impl Offers {
    fn learn(module: &Module, slot: Slot) -> Result<Self, Fault> {
        let mechanisms = module.pkcs11.get_mechanism_list(slot)?;
        let range = |mechanism| {
            let info = module.pkcs11.get_mechanism_info(slot, mechanism);
            info.map_or((0, 0), |info| (info.min_key_size(), info.max_key_size()))
        };
        Ok(Self {
            rsa_bits: range(MechanismType::RSA_PKCS_KEY_PAIR_GEN),
            ec_bits: range(MechanismType::ECC_KEY_PAIR_GEN),
            mechanisms,
        })
    }

    /// Tells whether keys of that kind can be made, wrapped and used.
    pub(super) fn has(&self, kind: Kind) -> bool {
        let all = |needed: &[MechanismType]| needed.iter().all(|one| self.mechanisms.contains(one));
        let wraps = all(&[MechanismType::AES_KEY_WRAP, MechanismType::SHA256_HMAC]);
        let wraps_pairs = wraps && all(&[MechanismType::AES_KEY_WRAP_PAD]);
        let within = |range: (usize, usize), size: usize| range.0 <= size && size <= range.1;
        match kind {
            Kind::Aes { bits } => {
                wraps
                    && matches!(bits, 128 | 192 | 256)
                    && all(&[MechanismType::AES_KEY_GEN, MechanismType::AES_GCM])
            }
            Kind::Hmac { bytes } => {
                wraps
                    && (16..=512).contains(&bytes)
                    && all(&[MechanismType::GENERIC_SECRET_KEY_GEN])
            }
            Kind::Rsa { bits } => {
                wraps_pairs
                    && within(self.rsa_bits, usize::from(bits))
                    && all(&[
                        MechanismType::RSA_PKCS_KEY_PAIR_GEN,
                        MechanismType::RSA_PKCS,
                    ])
            }
            Kind::Ec(curve) => {
                let bits = if curve == Curve::P521 {
                    521
                } else {
                    curve.bytes() * 8
                };
                wraps_pairs
                    && within(self.ec_bits, bits)
                    && all(&[MechanismType::ECC_KEY_PAIR_GEN, MechanismType::ECDSA])
            }
            Kind::Ed25519 => {
                wraps_pairs
                    && all(&[
                        MechanismType::ECC_EDWARDS_KEY_PAIR_GEN,
                        MechanismType::EDDSA,
                    ])
            }
        }
    }

    /// Tells whether there is a mechanism for a usage, besides those that its kinds need anyway.
    pub(super) fn serves(&self, usage: Usage) -> bool {
        let needed = match usage {
            Usage::Agree => MechanismType::ECDH1_DERIVE,
            Usage::Import => MechanismType::RSA_PKCS_OAEP,
            Usage::Encrypt | Usage::Mac | Usage::Sign => return true,
        };
        self.mechanisms.contains(&needed)
    }
}
