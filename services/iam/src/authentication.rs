//! Who calls: from a request's signature or token to a caller with their policies.
//!
//! What has been resolved is kept in memory together with the epoch of the database. The epoch is read with every
//! request, so a change that another server made counts with the next request here.

mod failure;
mod resolved;
mod sign_in;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use aws_lc_rs::constant_time;
use kit::caller::{Caller, Credential};
use kit::clock::Clock;
use kit::db::{Database, Tx};

pub use failure::AuthFailure;
pub use sign_in::Who;

use crate::error::IamError;
use crate::password::{Cost, Hasher};
use crate::sealing::Sealer;
use crate::signature::{Authorization, SignatureError, SignedRequest};
use crate::store::failure::Failures;
use crate::store::{epoch, failure as failures, project, token, token_hash};
use resolved::{Proof, Resolved, Resolver};

/// The service of identities.
pub struct Iam {
    db: Database,
    sealer: Arc<dyn Sealer>,
    hasher: Hasher,
    resolver: Resolver,
}

impl Iam {
    /// Makes the service over a database that has its tables.
    #[must_use]
    pub fn new(db: Database, sealer: Arc<dyn Sealer>, cost: Cost) -> Self {
        Self {
            db,
            sealer,
            hasher: Hasher::new(cost),
            resolver: Resolver::default(),
        }
    }

    /// Tells who sends a request, by a clock that may have been moved: a signature may be of either time, because nobody
    /// moves the clocks of clients.
    ///
    /// # Errors
    /// [`AuthFailure`] says how the request is to be answered.
    pub fn authenticate_by(
        &self,
        request: &SignedRequest<'_>,
        clock: &Clock,
    ) -> Result<Caller, AuthFailure> {
        let (now_ms, unmoved_ms) = (clock.now_ms(), clock.unmoved_ms());
        self.authenticate_at(request, now_ms, unmoved_ms)
    }

    /// Tells who sends a request. If it has a signature and a token, the signature counts and the token is not looked at.
    ///
    /// # Errors
    /// [`AuthFailure`] says how the request is to be answered.
    pub fn authenticate(
        &self,
        request: &SignedRequest<'_>,
        now_ms: i64,
    ) -> Result<Caller, AuthFailure> {
        self.authenticate_at(request, now_ms, now_ms)
    }

    fn authenticate_at(
        &self,
        request: &SignedRequest<'_>,
        now_ms: i64,
        unmoved_ms: i64,
    ) -> Result<Caller, AuthFailure> {
        if let Some(authorization) = header(request, "authorization")? {
            let text = str::from_utf8(authorization).map_err(|_| SignatureError::Malformed)?;
            let authorization = Authorization::parse(text)?;
            return self.by_signature(request, &authorization, (now_ms, unmoved_ms));
        }
        match header(request, "x-auth-token")? {
            Some(token) => self.by_token(token, now_ms),
            None => Err(AuthFailure::NoCredentials),
        }
    }

    /// Tells whether a caller may come into a project: it is their account's, and the one that their token, or the token
    /// that made their temporary access key, is for.
    ///
    /// The caller is one whom this request's [`authenticate`](Self::authenticate) gave: what is kept in memory is then as
    /// new as the request.
    ///
    /// # Errors
    /// The database does not answer.
    pub fn reaches(&self, caller: &Caller, project_id: &str) -> Result<bool, IamError> {
        let bound = caller.credential == Credential::Token || caller.project_id.is_some();
        if bound && caller.project_id.as_deref() != Some(project_id) {
            return Ok(false);
        }
        if self.resolver.knows_project(&caller.account_id, project_id) {
            return Ok(true);
        }
        let (epoch, found) = self.db.read(|tx| {
            let found = project::find(tx, &caller.account_id, project_id)?;
            Ok::<_, IamError>((epoch::current(tx)?, found))
        })?;
        let enabled = found.is_some_and(|project| project.enabled);
        if enabled {
            self.resolver
                .keep_project(epoch, &caller.account_id, project_id);
        }
        Ok(enabled)
    }

    /// The hasher of passwords.
    pub(crate) fn hasher(&self) -> &Hasher {
        &self.hasher
    }

    /// What seals secrets.
    pub(crate) fn sealer(&self) -> &dyn Sealer {
        &*self.sealer
    }

    fn by_signature(
        &self,
        request: &SignedRequest<'_>,
        authorization: &Authorization,
        (now_ms, unmoved_ms): (i64, i64),
    ) -> Result<Caller, AuthFailure> {
        let access_key = authorization.access_key();
        let subject = failures::of_access_key(access_key);
        let (epoch, failed) = self.db.read(|tx| failures::with_epoch(tx, &subject))?;
        if failed.is_locked(now_ms) {
            return Err(AuthFailure::Locked);
        }
        let resolved = self.resolver.get(access_key, epoch, || {
            let sealer = &*self.sealer;
            self.db
                .read(|tx| resolved::access_key(tx, sealer, access_key))
        })?;
        let resolved = resolved.ok_or_else(|| AuthFailure::UnknownKey(access_key.to_owned()))?;
        let verified = match authorization.verify(request, resolved.secret(), now_ms) {
            Err(SignatureError::Expired) if unmoved_ms != now_ms => {
                authorization.verify(request, resolved.secret(), unmoved_ms)
            }
            verified => verified,
        };
        if verified == Err(SignatureError::Mismatch) {
            self.db.write(|tx| failures::count(tx, &subject, now_ms))?;
        }
        verified?;
        let security_token = header(request, "x-security-token")?;
        check_security_token(&resolved, security_token, now_ms)?;
        self.forget_failures(&subject, failed)?;
        Ok(resolved.caller.clone())
    }

    /// Tells whose a token is.
    ///
    /// # Errors
    /// [`AuthFailure`] says why it is nobody's.
    pub(crate) fn caller_of_token(&self, text: &str, now_ms: i64) -> Result<Caller, AuthFailure> {
        self.by_token(text.as_bytes(), now_ms)
    }

    fn by_token(&self, text: &[u8], now_ms: i64) -> Result<Caller, AuthFailure> {
        let text = str::from_utf8(text).map_err(|_| AuthFailure::TokenMalformed)?;
        let visible = text.bytes().all(|byte| byte.is_ascii_graphic());
        if text.is_empty() || text.len() > token::MAX_CHARS || !visible {
            return Err(AuthFailure::TokenMalformed);
        }
        let epoch = self.db.read(epoch::current)?;
        let key = format!("token {}", hex::encode(token_hash(text)));
        let resolved = self
            .resolver
            .get(&key, epoch, || self.db.read(|tx| resolved::token(tx, text)))?
            .ok_or(AuthFailure::TokenUnknown)?;
        match resolved.proof {
            Proof::Token { expires_ms } if now_ms < expires_ms => Ok(resolved.caller.clone()),
            _ => Err(AuthFailure::TokenExpired),
        }
    }

    /// Success ends the row of failures; most often there is none, and nothing is written.
    fn forget_failures(&self, subject: &str, failed: Failures) -> Result<(), kit::db::Error> {
        if failed == Failures::default() {
            return Ok(());
        }
        self.db
            .write(|tx: &mut Tx<'_>| failures::forget(tx, subject))
    }
}

fn check_security_token(
    resolved: &Resolved,
    token: Option<&[u8]>,
    now_ms: i64,
) -> Result<(), AuthFailure> {
    let token = token.filter(|token| !token.is_empty());
    match (&resolved.proof, token) {
        (Proof::AccessKey { .. }, None) => Ok(()),
        (
            Proof::Temporary {
                token_hash: kept,
                expires_ms,
                ..
            },
            Some(token),
        ) => {
            let token = str::from_utf8(token).map_err(|_| AuthFailure::SecurityToken)?;
            let same = constant_time::verify_slices_are_equal(&token_hash(token), kept).is_ok();
            match same && now_ms < *expires_ms {
                true => Ok(()),
                false => Err(AuthFailure::SecurityToken),
            }
        }
        _ => Err(AuthFailure::SecurityToken),
    }
}

/// Finds a header that may come once at most.
fn header<'a>(request: &SignedRequest<'a>, name: &str) -> Result<Option<&'a [u8]>, SignatureError> {
    let mut values = request
        .headers
        .iter()
        .filter(|header| header.0.eq_ignore_ascii_case(name))
        .map(|header| header.1.trim_ascii());
    let value = values.next();
    match values.next() {
        Some(_) => Err(SignatureError::HeaderRepeated),
        None => Ok(value),
    }
}
