//! Signing in with a password.

use kit::db::Tx;

use super::Iam;
use crate::error::IamError;
use crate::store::user::User;
use crate::store::{account, failure as failures, user};

/// The same for everybody, so it has to tell of the lock too.
const WRONG: &str =
    "The username or password is wrong. After repeated failures a user is locked for 5 minutes.";
/// Whose failures those of unknown users are, all in one row; no user has this identifier.
const NOBODY: &str = "";

/// Who signs in.
#[derive(Clone, Copy, Debug)]
pub enum Who<'a> {
    /// A user by identifier.
    Id(&'a str),
    /// A user by name, in an account by identifier.
    NameIn {
        /// The user's name.
        name: &'a str,
        /// The account's identifier.
        account_id: &'a str,
    },
    /// A user by name, in an account by name.
    NameInNamed {
        /// The user's name.
        name: &'a str,
        /// The account's name.
        account: &'a str,
    },
}

impl Iam {
    /// Verifies a password. Neither the answer nor the work for it tells whether the user or the password was wrong, or
    /// whether the user is locked: every attempt is hashed, and every failed one is counted, if only as nobody's.
    ///
    /// # Errors
    /// [`IamError::Unauthorized`]; [`IamError::Hashing`] where too many sign in at once.
    pub fn sign_in(&self, who: Who<'_>, password: &str, now_ms: i64) -> Result<User, IamError> {
        let found = self.db.read(|tx| find(tx, who))?;
        let kept = found.as_ref().and_then(|user| user.password.as_ref());
        let right = self.hasher.verify(password, kept)?;
        let subject = failures::of_user(found.as_ref().map_or(NOBODY, |user| &user.id));
        // The lock is looked at after the hash: many guesses at once do not slip in before it.
        let open = self.db.write(|tx| {
            let open = right && !failures::of(tx, &subject)?.is_locked(now_ms);
            match open {
                true => failures::forget(tx, &subject)?,
                false => failures::count(tx, &subject, now_ms)?,
            }
            Ok::<_, IamError>(open)
        })?;
        let user = found.filter(|user| open && user.enabled);
        user.ok_or(IamError::Unauthorized(WRONG))
    }
}

fn find(tx: &mut Tx<'_>, who: Who<'_>) -> Result<Option<User>, IamError> {
    match who {
        Who::Id(id) => user::by_id(tx, id),
        Who::NameIn { name, account_id } => user::by_name(tx, account_id, name),
        Who::NameInNamed { name, account } => match account::by_name(tx, account)? {
            Some(account) => user::by_name(tx, &account.id, name),
            None => Ok(None),
        },
    }
}
