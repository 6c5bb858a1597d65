//! Signing in with a password.

use kit::db::Tx;

use super::Iam;
use crate::error::IamError;
use crate::store::user::User;
use crate::store::{account, failure as failures, user};

const WRONG: &str = "The username or password is wrong.";
const LOCKED: &str = "The user is locked after repeated failures. Try again after 5 minutes.";

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
    /// Verifies a password. Whether the user or the password was wrong cannot be told from the answer or its time.
    ///
    /// # Errors
    /// [`IamError::Unauthorized`].
    pub fn sign_in(&self, who: Who<'_>, password: &str, now_ms: i64) -> Result<User, IamError> {
        let found = self.db.read(|tx| {
            let Some(user) = find(tx, who)? else {
                return Ok(None);
            };
            let failed = failures::of(tx, &failures::of_user(&user.id))?;
            Ok::<_, IamError>(Some((user, failed)))
        })?;
        let Some((user, failed)) = found else {
            let _ = self.hasher.verify(password, None);
            return Err(IamError::Unauthorized(WRONG));
        };
        if failed.is_locked(now_ms) {
            return Err(IamError::Unauthorized(LOCKED));
        }
        let subject = failures::of_user(&user.id);
        if !self.hasher.verify(password, user.password.as_ref()) {
            self.db.write(|tx| failures::count(tx, &subject, now_ms))?;
            return Err(IamError::Unauthorized(WRONG));
        }
        self.forget_failures(&subject, failed)?;
        match user.enabled {
            true => Ok(user),
            false => Err(IamError::Unauthorized(WRONG)),
        }
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
