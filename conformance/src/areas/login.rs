//! Logins of every kind of user, and what each of them may see (PKCS#11 3.1 sections 4.9 and 5.6.8 to 5.6.10).

mod context_specific;
mod logout;
mod named;
mod officer;
mod private;
mod public;
mod user;

use crate::case::Case;

/// Returns the cases of this area.
pub(crate) fn cases() -> Vec<Case> {
    [
        user::cases(),
        officer::cases(),
        logout::cases(),
        private::cases(),
        public::cases(),
        context_specific::cases(),
        named::cases(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
