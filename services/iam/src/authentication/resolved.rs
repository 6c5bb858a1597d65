//! Callers that have been resolved, in memory for as long as the database's epoch stays.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use kit::caller::{Caller, Credential};
use kit::db::Tx;
use zeroize::Zeroizing;

use super::AuthFailure;
use crate::error::IamError;
use crate::sealing::Sealer;
use crate::store::{access_key as keys, account, attachment, temporary, token as tokens, user};

/// Callers that are kept, and projects: some kilobytes each; when there are more, all are forgotten and resolved again.
const MAX_KEPT: usize = 4_096;

/// A caller, and what proves to be them.
pub(super) struct Resolved {
    pub(super) caller: Caller,
    pub(super) proof: Proof,
}

/// What proves to be a caller.
pub(super) enum Proof {
    /// The secret of a permanent access key.
    AccessKey { secret: Zeroizing<Vec<u8>> },
    /// The secret of a temporary access key, together with its security token.
    Temporary {
        secret: Zeroizing<Vec<u8>>,
        token_hash: Vec<u8>,
        expires_ms: i64,
    },
    /// A token, already found.
    Token { expires_ms: i64 },
}

impl Resolved {
    /// The secret to verify a signature with.
    pub(super) fn secret(&self) -> &[u8] {
        match &self.proof {
            Proof::AccessKey { secret } | Proof::Temporary { secret, .. } => secret,
            Proof::Token { .. } => &[],
        }
    }
}

/// Remembers what was resolved.
#[derive(Default)]
pub(super) struct Resolver {
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    epoch: i64,
    callers: HashMap<String, Arc<Resolved>>,
    /// Projects that can be used, and the account of each.
    projects: HashMap<String, String>,
}

impl Kept {
    /// Forgets everything if this epoch is newer, or if there is too much.
    fn enter(&mut self, epoch: i64) {
        let full = self.callers.len() >= MAX_KEPT || self.projects.len() >= MAX_KEPT;
        if self.epoch < epoch || full {
            self.callers.clear();
            self.projects.clear();
            self.epoch = self.epoch.max(epoch);
        }
    }
}

impl Resolver {
    /// Returns what was resolved in this epoch, or resolves it. What is not found is not remembered.
    pub(super) fn get(
        &self,
        key: &str,
        epoch: i64,
        resolve: impl FnOnce() -> Result<Option<Resolved>, IamError>,
    ) -> Result<Option<Arc<Resolved>>, AuthFailure> {
        {
            let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
            if kept.epoch == epoch
                && let Some(found) = kept.callers.get(key)
            {
                return Ok(Some(Arc::clone(found)));
            }
        }
        // What is resolved now is at least as new as the epoch that was read before.
        let Some(found) = resolve()?.map(Arc::new) else {
            return Ok(None);
        };
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.enter(epoch);
        if kept.epoch == epoch {
            kept.callers.insert(key.to_owned(), Arc::clone(&found));
        }
        Ok(Some(found))
    }

    /// Tells whether a project is known to be an account's and in use. Who has got a caller for a request has brought
    /// this to the epoch of the request, or a newer one.
    pub(super) fn knows_project(&self, account_id: &str, project_id: &str) -> bool {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let account = kept.projects.get(project_id);
        account.is_some_and(|account| account == account_id)
    }

    /// Remembers a project that was found in this epoch.
    pub(super) fn keep_project(&self, epoch: i64, account_id: &str, project_id: &str) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.enter(epoch);
        if kept.epoch == epoch {
            kept.projects
                .insert(project_id.to_owned(), account_id.to_owned());
        }
    }
}

/// Resolves an access key, permanent or temporary.
pub(super) fn access_key(
    tx: &mut Tx<'_>,
    sealer: &dyn Sealer,
    id: &str,
) -> Result<Option<Resolved>, IamError> {
    if let Some((key, sealed)) = keys::sealed(tx, id)? {
        let found = caller(tx, &key.user_id, Credential::AccessKey)?;
        let Some(mut caller) = found.filter(|_| key.active) else {
            return Ok(None);
        };
        caller.access_key_id = Some(key.id);
        let secret = sealer.open(&keys::context(id), &sealed)?;
        let proof = Proof::AccessKey { secret };
        return Ok(Some(Resolved { caller, proof }));
    }
    let Some(key) = temporary::find(tx, id)? else {
        return Ok(None);
    };
    let Some(mut caller) = caller(tx, &key.user_id, Credential::Temporary)? else {
        return Ok(None);
    };
    caller.access_key_id = Some(id.to_owned());
    caller.project_id = key.project_id;
    caller.mfa = key.mfa;
    let proof = Proof::Temporary {
        secret: sealer.open(&temporary::context(id), &key.sealed)?,
        token_hash: key.token_hash,
        expires_ms: key.expires_ms,
    };
    Ok(Some(Resolved { caller, proof }))
}

/// Resolves a token.
pub(super) fn token(tx: &mut Tx<'_>, text: &str) -> Result<Option<Resolved>, IamError> {
    let Some(token) = tokens::find(tx, text)? else {
        return Ok(None);
    };
    let Some(mut caller) = caller(tx, &token.user_id, Credential::Token)? else {
        return Ok(None);
    };
    caller.project_id = token.project_id;
    caller.mfa = token.mfa;
    let proof = Proof::Token {
        expires_ms: token.expires_ms,
    };
    Ok(Some(Resolved { caller, proof }))
}

/// Puts a caller together; none where the user is gone or disabled.
fn caller(
    tx: &mut Tx<'_>,
    user_id: &str,
    credential: Credential,
) -> Result<Option<Caller>, IamError> {
    let Some(user) = user::by_id(tx, user_id)?.filter(|user| user.enabled) else {
        return Ok(None);
    };
    let Some(account) = account::by_id(tx, &user.account_id)? else {
        return Ok(None);
    };
    Ok(Some(Caller {
        account_id: account.id,
        account_name: account.name,
        policies: attachment::policies_of_user(tx, &user.id)?.into(),
        user_id: user.id,
        user_name: user.name,
        is_root: user.is_root,
        project_id: None,
        access_key_id: None,
        credential,
        mfa: false,
    }))
}
