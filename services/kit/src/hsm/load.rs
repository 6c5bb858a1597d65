//! From a stored key to a handle.

use std::sync::Arc;

use aws_lc_rs::digest::{Context, SHA256};
use cryptoki::error::RvError;
use cryptoki::mechanism::Mechanism;
use cryptoki::object::ObjectHandle;
use cryptoki::session::Session;

use super::account::{self, ID_BYTES, Role};
use super::cache::{Loaded, Print};
use super::epoch::Epoch;
use super::error::Fault;
use super::key::canonical;
use super::lease::Lease;
use super::make::wrapping;
use super::template::{self, Purpose};
use super::{Binding, Error, Hsm, Material, Stored, Usage, resident};

/// What verifying and unwrapping ask for, as errors name it.
const OPENING: &str = "opening a stored key";

impl Hsm {
    /// Checks that a stored key, its public half included, is as it was made, and for that binding.
    ///
    /// # Errors
    /// [`Error::Refused`] if it is not; see [`Error`] for the others.
    pub fn check(&self, binding: &Binding<'_>, material: &Material) -> Result<(), Error> {
        self.pool
            .call(OPENING, |lease| load(lease, binding, material).map(drop))
    }

    /// Does something with a key.
    pub(super) fn with_key<T>(
        &self,
        what: &'static str,
        (binding, material): (&Binding<'_>, &Material),
        usage: Usage,
        call: impl Fn(&Lease<'_>, ObjectHandle) -> Result<T, Fault>,
    ) -> Result<T, Error> {
        if material.usage() != usage {
            let made_for = material.usage();
            return Err(Error::invalid(format!(
                "{what}: the key was made to {made_for}, not to {usage}"
            )));
        }
        self.pool.call(what, |lease| {
            let loaded = load(lease, binding, material)?;
            call(lease, loaded.handle)
        })
    }
}

/// Returns a handle of the key, from the cache if it is there.
pub(super) fn load(
    lease: &Lease<'_>,
    binding: &Binding<'_>,
    material: &Material,
) -> Result<Arc<Loaded>, Fault> {
    let epoch = lease.epoch();
    let print = print_of(binding, material);
    if let Some(loaded) = epoch.cache().find(&print) {
        return Ok(loaded);
    }
    let loaded = epoch.with_keeper(|keeper| {
        // Another thread may have been faster.
        if let Some(loaded) = epoch.cache().find(&print) {
            return Ok(loaded);
        }
        let loaded = match material {
            Material::Resident(key) => {
                let handle = resident::find(keeper, binding, key.kind)?;
                Loaded::resident(handle)
            }
            Material::Wrapped(stored) => {
                verify(epoch, keeper, binding, stored)?;
                let handle = unwrap(epoch, keeper, binding, stored)?;
                Loaded::unwrapped(handle, &epoch.doomed)
            }
        };
        let loaded = Arc::new(loaded);
        epoch
            .cache()
            .insert(print, binding.key, Arc::clone(&loaded));
        Ok(loaded)
    })?;
    epoch.bury(lease.session())?;
    Ok(loaded)
}

/// Computes what a key is found by in the cache.
pub(super) fn print_of(binding: &Binding<'_>, material: &Material) -> Print {
    let mut context = Context::new(&SHA256);
    match material {
        Material::Resident(key) => {
            context.update(key.kind.to_string().as_bytes());
            context.update(&resident::id(binding));
        }
        Material::Wrapped(stored) => {
            context.update(&canonical(binding, stored));
            context.update(&stored.seal);
        }
    }
    let digest = context.finish();
    Print::try_from(digest.as_ref()).expect("SHA-256 gives 32 bytes")
}

fn refused() -> Fault {
    Fault::Own(Error::Refused { what: OPENING })
}

/// Verifies a seal.
fn verify(
    epoch: &Epoch,
    session: &Session,
    binding: &Binding<'_>,
    stored: &Stored,
) -> Result<(), Fault> {
    let (id, mac) = stored.seal.split_at_checked(ID_BYTES).ok_or_else(refused)?;
    let sealer = account::named(epoch, session, (Role::Seal, binding.account), id, OPENING)?;
    let sealed = canonical(binding, stored);
    let verified = session.verify(&Mechanism::Sha256Hmac, sealer, &sealed, mac);
    verified.map_err(|error| {
        let fault = Fault::from(error);
        match fault.code() {
            Some(RvError::SignatureInvalid | RvError::SignatureLenRange) => refused(),
            _ => fault,
        }
    })
}

/// Unwraps a key whose seal was verified.
fn unwrap(
    epoch: &Epoch,
    session: &Session,
    binding: &Binding<'_>,
    stored: &Stored,
) -> Result<ObjectHandle, Fault> {
    let (id, blob) = stored
        .wrapped
        .split_at_checked(ID_BYTES)
        .ok_or_else(refused)?;
    let kek = account::named(epoch, session, (Role::Kek, binding.account), id, OPENING)?;
    let template = template::unwrapped(stored.kind, Purpose::Of(stored.usage), false);
    Ok(session.unwrap_key(&wrapping(stored.kind), kek, blob, &template)?)
}
