//! Users for the cases: who is logged in, PINs right and wrong, and objects that only some of them see.

use cryptoki_sys::{
    CK_FLAGS, CK_OBJECT_CLASS, CK_STATE, CK_TOKEN_INFO, CK_USER_TYPE, CKA_LABEL, CKA_PRIVATE,
    CKA_TOKEN, CKA_VALUE, CKF_PROTECTED_AUTHENTICATION_PATH, CKF_SO_PIN_COUNT_LOW,
    CKF_SO_PIN_FINAL_TRY, CKF_SO_PIN_LOCKED, CKF_USER_PIN_COUNT_LOW, CKF_USER_PIN_FINAL_TRY,
    CKF_USER_PIN_LOCKED, CKO_DATA, CKU_SO, CKU_USER,
};

use crate::c::{Object, Session, Template, names};
use crate::case::{Outcome, Stop};
use crate::context::{Context, not_applicable};

/// Flags by which a token says that few tries of the user's PIN are left.
pub(crate) const USER_TRIES: CK_FLAGS =
    CKF_USER_PIN_COUNT_LOW | CKF_USER_PIN_FINAL_TRY | CKF_USER_PIN_LOCKED;
/// Flags by which a token says that few tries of the SO's PIN are left.
pub(crate) const SO_TRIES: CK_FLAGS =
    CKF_SO_PIN_COUNT_LOW | CKF_SO_PIN_FINAL_TRY | CKF_SO_PIN_LOCKED;

/// The value of the data objects.
pub(crate) const VALUE: &[u8] = b"a value that nobody needs";

/// Returns a PIN of the same length that is not this one.
pub(crate) fn wrong(pin: &[u8]) -> Vec<u8> {
    let mut other = pin.to_vec();
    match other.last_mut() {
        Some(last) if *last == b'0' => *last = b'1',
        Some(last) if last.is_ascii() => *last = b'0',
        _ => other.push(b'0'),
    }
    other
}

/// The template of a data object.
pub(crate) fn data(token: bool, private: bool, label: &str) -> Template {
    let class: CK_OBJECT_CLASS = CKO_DATA;
    Template::class(class)
        .flag(CKA_TOKEN, token)
        .flag(CKA_PRIVATE, private)
        .text(CKA_LABEL, label)
        .bytes(CKA_VALUE, VALUE)
}

/// The template that finds an object by its label.
pub(crate) fn labelled(label: &str) -> Template {
    Template::new().text(CKA_LABEL, label)
}

impl Context<'_> {
    /// Requires that a session is in this state.
    ///
    /// # Errors
    /// If it is in another.
    pub(crate) fn in_state(&self, session: Session, state: CK_STATE) -> Outcome {
        let (rv, info) = self.c.session_info(session);
        self.ok(rv)?;
        let name = |state| names::name(names::STATES, state);
        self.check(
            info.state == state,
            format!("a session in state {}", name(state)),
            name(info.state),
        )
    }

    /// Logs the user in.
    ///
    /// # Errors
    /// If the module does not, and without a PIN.
    pub(crate) fn as_user(&self, session: Session) -> Outcome {
        self.ok(self.c.login(session, CKU_USER, self.user_pin()?))
    }

    /// Logs the security officer in.
    ///
    /// # Errors
    /// If the module does not, and without a PIN.
    pub(crate) fn as_officer(&self, session: Session) -> Outcome {
        self.ok(self.c.login(session, CKU_SO, self.so_pin()?))
    }

    /// Returns what the token says of itself now.
    ///
    /// # Errors
    /// If it says nothing.
    pub(crate) fn token(&self) -> Outcome<CK_TOKEN_INFO> {
        let (rv, info) = self.c.token_info(self.slot);
        self.ok(rv)?;
        Ok(info)
    }

    /// Requires that a wrong PIN does no harm: that PINs are given by the call, and enough tries are left.
    ///
    /// # Errors
    /// The case does not apply, or is skipped, otherwise.
    pub(crate) fn may_err(&self, user: CK_USER_TYPE) -> Outcome {
        self.pin_by_call()?;
        let low = if user == CKU_SO { SO_TRIES } else { USER_TRIES };
        if self.token()?.flags & low != 0 {
            return Err(Stop::Skipped(
                "the token says that few tries of the PIN are left".into(),
            ));
        }
        Ok(())
    }

    /// Requires that PINs are given by the call.
    ///
    /// # Errors
    /// The case does not apply where the token has another way.
    pub(crate) fn pin_by_call(&self) -> Outcome {
        if self.facts.token_flags & CKF_PROTECTED_AUTHENTICATION_PATH != 0 {
            return not_applicable("the token has a protected authentication path");
        }
        Ok(())
    }

    /// Creates a data object that only prepares the case.
    ///
    /// # Errors
    /// The case does not apply where the module has none.
    pub(crate) fn data(&self, session: Session, token: bool, private: bool) -> Outcome<Object> {
        self.import(session, &data(token, private, &self.label()))
    }

    /// Counts the objects that a session finds by a label.
    ///
    /// # Errors
    /// If the search fails.
    pub(crate) fn count_labelled(&self, session: Session, label: &str) -> Outcome<usize> {
        match self.c.find(session, &labelled(label)) {
            Ok(found) => Ok(found.len()),
            Err(rv) => self.ok(rv).map(|()| 0),
        }
    }
}
