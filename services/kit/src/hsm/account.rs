//! The token keys of an account.
//!
//! They are found by their label and made on first use. Two servers may make the same one at the same moment, and PKCS#11
//! has no way to let one of them win before the other has wrapped something. So both keys stay: whatever is wrapped or
//! sealed names the key by its `CKA_ID`, and what is new is made with the key of the smallest one. A race costs an object in
//! the token, never a key.

use std::collections::HashMap;
use std::sync::PoisonError;

use cryptoki::mechanism::Mechanism;
use cryptoki::object::{Attribute, AttributeType, ObjectClass, ObjectHandle};
use cryptoki::session::Session;

use crate::id;

use super::epoch::Epoch;
use super::error::Fault;
use super::template::{self, Home, Purpose};
use super::{Error, Kind, Usage};

/// The length of the identifier of such a key.
pub(super) const ID_BYTES: usize = 16;

/// The identifier of such a key: its `CKA_ID`.
pub(super) type Id = [u8; ID_BYTES];

/// Accounts whose handles are remembered. When there are more, all are forgotten and found again.
const ACCOUNTS_MAX: usize = 65_536;

/// What a token key is for.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(super) enum Role {
    /// Wraps key versions.
    Kek,
    /// Seals what is stored.
    Seal,
    /// Encrypts small secrets of the services.
    Secrets,
}

impl Role {
    pub(super) fn label(self, account: &str) -> String {
        let role = match self {
            Self::Kek => "kek",
            Self::Seal => "seal",
            Self::Secrets => "secrets",
        };
        format!("dew/{role}/{account}")
    }

    fn generate(self, session: &Session, home: &Home) -> Result<ObjectHandle, Fault> {
        let (kind, purpose, mechanism) = match self {
            Self::Kek => (Kind::Aes { bits: 256 }, Purpose::Wrap, Mechanism::AesKeyGen),
            Self::Secrets => {
                let kind = Kind::Aes { bits: 256 };
                (kind, Purpose::Of(Usage::Encrypt), Mechanism::AesKeyGen)
            }
            Self::Seal => {
                let kind = Kind::Hmac { bytes: 32 };
                (
                    kind,
                    Purpose::Of(Usage::Mac),
                    Mechanism::GenericSecretKeyGen,
                )
            }
        };
        let template = template::secret(home, kind, 32, purpose, false);
        Ok(session.generate_key(&mechanism, &template)?)
    }
}

/// The handles of the token keys that were needed so far, smallest identifier first.
pub(super) type AccountKeys = HashMap<(Role, String), Vec<(Id, ObjectHandle)>>;

/// Returns the key for new work, which is made if there is none.
pub(super) fn current(
    epoch: &Epoch,
    session: &Session,
    role: Role,
    account: &str,
) -> Result<(Id, ObjectHandle), Fault> {
    // Held while one is looked for and made, so that the threads of one server make one.
    let mut accounts = epoch
        .accounts
        .lock()
        .unwrap_or_else(PoisonError::into_inner);
    let name = (role, account.to_owned());
    if let Some(first) = accounts.get(&name).and_then(|keys| keys.first()) {
        return Ok(*first);
    }
    let label = role.label(account);
    let mut keys = find(session, &label)?;
    if keys.is_empty() {
        let id = id::random::<ID_BYTES>();
        let home = Home::Token {
            label: label.clone(),
            id: id.to_vec(),
        };
        role.generate(session, &home)?;
        // Another server may have made one too.
        keys = find(session, &label)?;
    }
    let first = *keys.first().ok_or_else(|| {
        Error::not_offered(format!("finding a token key again by its label `{label}`"))
    })?;
    remember(&mut accounts, name, keys);
    Ok(first)
}

/// Returns the key of that identifier.
///
/// A key that is not there is `Refused`: then what names it was changed, or is of another account or another HSM.
pub(super) fn named(
    epoch: &Epoch,
    session: &Session,
    (role, account): (Role, &str),
    id: &[u8],
    what: &'static str,
) -> Result<ObjectHandle, Fault> {
    let mut accounts = epoch
        .accounts
        .lock()
        .unwrap_or_else(PoisonError::into_inner);
    let name = (role, account.to_owned());
    let pick = |keys: &[(Id, ObjectHandle)]| keys.iter().find(|key| key.0 == id).map(|key| key.1);
    if let Some(handle) = accounts.get(&name).and_then(|keys| pick(keys)) {
        return Ok(handle);
    }
    let keys = find(session, &role.label(account))?;
    let found = pick(&keys).ok_or(Fault::Own(Error::Refused { what }));
    remember(&mut accounts, name, keys);
    found
}

fn remember(accounts: &mut AccountKeys, name: (Role, String), keys: Vec<(Id, ObjectHandle)>) {
    if accounts.len() >= ACCOUNTS_MAX {
        accounts.clear();
    }
    accounts.insert(name, keys);
}

/// Finds the keys of a label that were made as we make them.
fn find(session: &Session, label: &str) -> Result<Vec<(Id, ObjectHandle)>, Fault> {
    let template = [
        Attribute::Class(ObjectClass::SECRET_KEY),
        Attribute::Token(true),
        Attribute::Label(label.as_bytes().to_vec()),
        Attribute::Sensitive(true),
        Attribute::Extractable(false),
    ];
    let mut keys = Vec::new();
    for handle in session.find_objects(&template)? {
        let attributes = session.get_attributes(handle, &[AttributeType::Id])?;
        if let [Attribute::Id(id)] = attributes.as_slice()
            && let Ok(id) = Id::try_from(id.as_slice())
        {
            keys.push((id, handle));
        }
    }
    keys.sort_by_key(|key| key.0);
    Ok(keys)
}
