//! Logins and PINs.

use cryptoki_sys::{
    CK_RV, CKA_ALWAYS_AUTHENTICATE, CKR_GENERAL_ERROR, CKR_OK, CKR_PIN_INCORRECT, CKR_PIN_LEN_RANGE,
};
use cryptoki_sys::{CKR_SESSION_EXISTS, CKR_SESSION_READ_ONLY, CKR_SESSION_READ_ONLY_EXISTS};
use cryptoki_sys::{CKR_USER_ALREADY_LOGGED_IN, CKR_USER_ANOTHER_ALREADY_LOGGED_IN};
use cryptoki_sys::{CKR_USER_NOT_LOGGED_IN, CKR_USER_TYPE_INVALID, CKU_USER};

use super::sessions::{ask, info, public};
use super::{FALSE, TRUE};
use crate::functions::Function::{CloseAllSessions, Finalize, GetSessionInfo, InitPin};
use crate::functions::Function::{InitToken, Login, Logout, SetPin};
use crate::hook::ALL;
use crate::hook::Hook::{Around, Forge, Instead};
use crate::module::{Call, size};
use crate::notes;
use crate::rule::{Rule, row};

#[rustfmt::skip] // A table reads by its columns.
pub(super) const RULES: &[Rule] = &[
    row("login-twice-accepted", "5.6.8", "C_Login answers CKR_OK to a user who is logged in already.",
        Instead(&[Login], CKR_USER_ALREADY_LOGGED_IN, CKR_OK), &["login.user.twice", "login.user.twice-read-only"]),
    row("login-beside-another-accepted", "5.6.8", "C_Login answers CKR_OK while another kind of user is logged in.",
        Instead(&[Login], CKR_USER_ANOTHER_ALREADY_LOGGED_IN, CKR_OK), &["login.user.while-officer", "login.officer.while-user"]),
    row("login-beside-another-as-twice", "5.6.8", "C_Login mistakes another kind of user for the same.",
        Instead(&[Login], CKR_USER_ANOTHER_ALREADY_LOGGED_IN, CKR_USER_ALREADY_LOGGED_IN), &["login.user.while-officer", "login.officer.while-user"]),
    row("login-wrong-pin-accepted", "5.6.8", "C_Login answers CKR_OK to a wrong PIN.",
        Instead(&[Login], CKR_PIN_INCORRECT, CKR_OK), &["login.user.wrong-pin"]),
    row("login-wrong-pin-general-error", "5.6.8", "C_Login answers CKR_GENERAL_ERROR to a wrong PIN.",
        Instead(&[Login], CKR_PIN_INCORRECT, CKR_GENERAL_ERROR), &["login.user.wrong-pin"]),
    row("login-user-type-unchecked", "5.6.8", "C_Login takes an unknown kind of user for CKU_USER.",
        Around(&[Login], |call| match call.word(1) {
            0..=2 => call.pass(),
            _ => call.with(1, size(CKU_USER)).pass(),
        }), &["login.kind.three", "login.kind.hundred"]),
    row("login-user-type-general-error", "5.6.8", "C_Login answers CKR_GENERAL_ERROR to an unknown kind of user.",
        Instead(&[Login], CKR_USER_TYPE_INVALID, CKR_GENERAL_ERROR), &["login.kind.three", "login.kind.hundred"]),
    row("login-so-beside-read-only", "5.6.8", "The security officer can log in beside a read-only session.",
        Instead(&[Login], CKR_SESSION_READ_ONLY_EXISTS, CKR_OK), &["login.officer.read-only-exists", "login.officer.through-read-only"]),
    row("always-authenticate-ignored", "4.9", "CKA_ALWAYS_AUTHENTICATE is reported and not obeyed: one login does for all signatures.",
        Forge(CKA_ALWAYS_AUTHENTICATE, TRUE, FALSE), &["login.context.rsa.without-login", "login.context.ecdsa.without-login", "login.context.parts-without-login", "login.context.decrypt-without-login", "attack.always-authenticate.skipped"]),
    row("logout-does-nothing", "5.6.10", "C_Logout answers CKR_OK and leaves the user logged in.",
        Around(&[Logout], |_| CKR_OK), &["login.logout.user", "login.logout.through-read-only"]),
    row("logout-keeps-private-objects", "5.6.10", "Private objects stay usable after C_Logout.",
        Around(&[CloseAllSessions, Finalize, GetSessionInfo, Login, Logout], private_after_logout), &["login.private.not-found-without-login", "attack.login.found-after-logout"]),
    row("not-logged-in-general-error", "5.1.6", "Calls that need a login answer CKR_GENERAL_ERROR without it.",
        Instead(ALL, CKR_USER_NOT_LOGGED_IN, CKR_GENERAL_ERROR), &["login.officer.create-session-object", "login.officer.create-token-object"]),
    row("init-pin-without-so-accepted", "5.5.8", "C_InitPIN answers CKR_OK without a login of the security officer.",
        Instead(&[InitPin], CKR_USER_NOT_LOGGED_IN, CKR_OK), &["pin.init.needs-officer.read-write-user", "pin.init.needs-officer.read-only-user"]),
    row("init-pin-does-nothing", "5.5.8", "C_InitPIN answers CKR_OK and leaves the PIN as it was.",
        Around(&[InitPin], |_| CKR_OK), &["pin.init.sets"]),
    row("set-pin-ignores-old", "5.5.9", "C_SetPIN answers CKR_OK to a wrong old PIN.",
        Instead(&[SetPin], CKR_PIN_INCORRECT, CKR_OK), &["pin.set.wrong-old-public", "pin.set.officer-wrong-old"]),
    row("set-pin-does-nothing", "5.5.9", "C_SetPIN answers CKR_OK and leaves the PIN as it was.",
        Around(&[SetPin], |_| CKR_OK), &["pin.set.user"]),
    row("set-pin-read-only-accepted", "5.5.9", "C_SetPIN answers CKR_OK in a read-only session.",
        Instead(&[SetPin], CKR_SESSION_READ_ONLY, CKR_OK), &["pin.set.read-only-public", "pin.set.read-only-user"]),
    row("pin-length-unchecked", "5.5.9", "C_SetPIN and C_InitPIN answer CKR_OK to a PIN that is too short or too long.",
        Instead(&[InitPin, SetPin], CKR_PIN_LEN_RANGE, CKR_OK), &["pin.init.too-short", "pin.init.too-long"]),
    row("init-token-with-session-accepted", "5.5.7", "C_InitToken answers CKR_OK while a session is open.",
        Instead(&[InitToken], CKR_SESSION_EXISTS, CKR_OK), &["slot.init-token.session-exists"]),
    row("init-token-ignores-pin", "5.5.7", "C_InitToken answers CKR_OK to a wrong PIN of the security officer.",
        Instead(&[InitToken], CKR_PIN_INCORRECT, CKR_OK), &["slot.init-token.wrong-pin"]),
    row("init-token-does-nothing", "5.5.7", "C_InitToken answers CKR_OK and leaves the token as it was.",
        Around(&[InitToken], |_| CKR_OK), &["slot.init-token.full-label", "slot.init-token.label"]),
];

/// Only pretends a logout: the state is right, and the objects are still there.
fn private_after_logout(call: &mut Call) -> CK_RV {
    const PRETENDED: &str = "logged out";
    let pretended = notes::get(PRETENDED, 0).is_some();
    match call.function() {
        GetSessionInfo => info(call, |info| {
            if pretended {
                info.state = public(info.state);
            }
        }),
        Logout if pretended => CKR_USER_NOT_LOGGED_IN,
        Logout if ask(call.word(0)).is_some_and(|info| info.state != public(info.state)) => {
            notes::put(PRETENDED, 0, 1);
            CKR_OK
        }
        Login => {
            if notes::take(PRETENDED, 0).is_some() {
                Call::ask(Logout, &[call.word(0)]);
            }
            call.pass()
        }
        _ => {
            notes::take(PRETENDED, 0);
            call.pass()
        }
    }
}
