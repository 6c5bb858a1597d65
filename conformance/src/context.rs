//! What a case works with: the module at its stage, the facts, and the words to judge by.

use std::sync::atomic::{AtomicU32, Ordering};

use cryptoki_sys::{
    CK_FLAGS, CK_MECHANISM_TYPE, CK_RV, CK_SLOT_ID, CKF_LOGIN_REQUIRED, CKF_WRITE_PROTECTED,
    CKR_FUNCTION_NOT_SUPPORTED, CKR_OK, CKR_TOKEN_WRITE_PROTECTED,
};

use crate::c::{Function, Module, Rv, Session, names};
use crate::case::{Outcome, Stop};
use crate::facts::{Facts, Listed};
use crate::report::model::Vectors;
use crate::target::Target;

/// What every label that the suite gives to an object begins with.
pub const LABEL: &str = "dew-conformance";

/// The surroundings of one case.
pub struct Context<'a> {
    /// The module: one method for each C function.
    pub c: &'a Module,
    /// The slot.
    pub slot: CK_SLOT_ID,
    /// What the module says of itself.
    pub facts: &'a Facts,
    /// What the run may do.
    pub target: &'a Target,
    sessions: Vec<Session>,
    remark: String,
    vectors: Option<Vectors>,
    labels: AtomicU32,
}

impl<'a> Context<'a> {
    pub(crate) fn new(c: &'a Module, facts: &'a Facts, target: &'a Target) -> Self {
        Self {
            c,
            slot: facts.slot,
            facts,
            target,
            sessions: Vec::new(),
            remark: String::new(),
            vectors: None,
            labels: AtomicU32::new(0),
        }
    }

    /// Opens a read/write session, which is closed after the case.
    ///
    /// # Errors
    /// If the module gives none; the case does not apply to a token that is write-protected.
    pub fn session(&mut self) -> Outcome<Session> {
        let (rv, session) = self.c.open_read_write(self.slot);
        if rv.0 == CKR_TOKEN_WRITE_PROTECTED {
            return not_applicable("the token is write-protected");
        }
        self.keep(rv, session)
    }

    /// Opens a read-only session, which is closed after the case.
    ///
    /// # Errors
    /// If the module gives none.
    pub fn read_only(&mut self) -> Outcome<Session> {
        let (rv, session) = self.c.open_read_only(self.slot);
        self.keep(rv, session)
    }

    fn keep(&mut self, rv: Rv, session: Session) -> Outcome<Session> {
        self.ok(rv)?;
        self.sessions.push(session);
        Ok(session)
    }

    /// Returns the user's PIN.
    ///
    /// # Errors
    /// The case is skipped without one.
    pub fn user_pin(&self) -> Outcome<&'a [u8]> {
        let pin = self.target.user_pin.as_ref();
        pin.map(|pin| pin.expose())
            .ok_or_else(|| Stop::Skipped("needs the user's PIN: --pin-file".into()))
    }

    /// Returns the security officer's PIN.
    ///
    /// # Errors
    /// The case is skipped without one.
    pub fn so_pin(&self) -> Outcome<&'a [u8]> {
        let pin = self.target.so_pin.as_ref();
        pin.map(|pin| pin.expose())
            .ok_or_else(|| Stop::Skipped("needs the SO's PIN: --so-pin-file".into()))
    }

    /// Requires that the slot lists a mechanism with all of these flags.
    ///
    /// # Errors
    /// The case does not apply otherwise.
    pub fn mechanism(&self, kind: CK_MECHANISM_TYPE, flags: CK_FLAGS) -> Outcome<Listed> {
        let name = || names::name(names::MECHANISMS, kind);
        let Some(listed) = self.facts.mechanism(kind) else {
            return not_applicable(format!("the slot does not list {}", name()));
        };
        if listed.flags & flags != flags {
            let flags = names::flags(names::MECHANISM_FLAGS, flags).join(" | ");
            return not_applicable(format!("{} is not listed with {flags}", name()));
        }
        Ok(*listed)
    }

    /// Requires that the token has a user PIN to log in with.
    ///
    /// # Errors
    /// The case does not apply otherwise.
    pub fn login_required(&self) -> Outcome {
        if self.facts.token_flags & CKF_LOGIN_REQUIRED == 0 {
            return not_applicable("the token does not set CKF_LOGIN_REQUIRED");
        }
        Ok(())
    }

    /// Returns a label that no other object has.
    pub fn label(&self) -> String {
        let count = self.labels.fetch_add(1, Ordering::Relaxed);
        format!("{LABEL} {} {count}", std::process::id())
    }

    /// Adds a remark that stands in the report beside the verdict.
    pub fn remark(&mut self, text: impl Into<String>) {
        self.remark = text.into();
    }

    /// Says how many known answers were tried.
    pub fn count(&mut self, vectors: Vectors) {
        self.vectors = Some(vectors);
    }

    /// Requires a return code.
    ///
    /// # Errors
    /// If it is another. A function that the module may lack, and does, makes the case not applicable.
    pub fn expect(&self, rv: Rv, code: CK_RV) -> Outcome {
        self.expect_one_of(rv, &[code])
    }

    /// Requires `CKR_OK`.
    ///
    /// # Errors
    /// As [`Context::expect`].
    pub fn ok(&self, rv: Rv) -> Outcome {
        self.expect(rv, CKR_OK)
    }

    /// Requires one of several return codes, where the specification leaves the choice.
    ///
    /// # Errors
    /// As [`Context::expect`].
    pub fn expect_one_of(&self, rv: Rv, codes: &[CK_RV]) -> Outcome {
        let protected = self.facts.token_flags & CKF_WRITE_PROTECTED != 0;
        if protected && rv.0 == CKR_TOKEN_WRITE_PROTECTED && !codes.contains(&rv.0) {
            return not_applicable("the token is write-protected");
        }
        one_of(self.c.answered(rv), rv, codes)
    }

    /// Requires `CKR_OK` of a call that only prepares the case.
    ///
    /// # Errors
    /// The case does not apply otherwise; whether the module has to serve that call is another case.
    pub fn prepared(&self, rv: Rv) -> Outcome {
        if rv.is_ok() {
            return Ok(());
        }
        not_applicable(format!(
            "cannot be prepared: {} answers {rv}",
            self.c.answered(rv)
        ))
    }

    /// Requires that two things are equal.
    ///
    /// # Errors
    /// If they are not; `what` says what they are.
    pub fn equal<T: PartialEq + std::fmt::Debug>(
        &self,
        what: &str,
        expected: &T,
        got: &T,
    ) -> Outcome {
        if expected == got {
            return Ok(());
        }
        fail(format!("{what}: {expected:?}"), format!("{got:?}"))
    }

    /// Requires that two byte strings are equal.
    ///
    /// # Errors
    /// If they are not; `what` says what they are.
    pub fn equal_bytes(&self, what: &str, expected: &[u8], got: &[u8]) -> Outcome {
        if expected == got {
            return Ok(());
        }
        fail(
            format!("{what}: {}", hex::encode(expected)),
            hex::encode(got),
        )
    }

    /// Requires that something holds.
    ///
    /// # Errors
    /// If it does not: what was expected, and what came.
    pub fn check(
        &self,
        holds: bool,
        expected: impl Into<String>,
        got: impl Into<String>,
    ) -> Outcome {
        if holds { Ok(()) } else { fail(expected, got) }
    }

    pub(crate) fn take_sessions(&mut self) -> Vec<Session> {
        std::mem::take(&mut self.sessions)
    }

    pub(crate) fn said(&self) -> (&str, Option<Vectors>) {
        (&self.remark, self.vectors)
    }
}

/// Judges the code that a function returned by those that it may return.
fn one_of(function: Function, rv: Rv, codes: &[CK_RV]) -> Outcome {
    if codes.contains(&rv.0) {
        return Ok(());
    }
    if rv.0 == CKR_FUNCTION_NOT_SUPPORTED && !function.is_basic() {
        return not_applicable(format!("the module does not support {function}"));
    }
    let names: Vec<_> = codes
        .iter()
        .map(|code| Rv::new(*code).to_string())
        .collect();
    fail(
        format!("{function} answers {}", names.join(" or ")),
        rv.to_string(),
    )
}

/// The case failed: what was expected, and what came.
///
/// # Errors
/// Always.
pub fn fail<T>(expected: impl Into<String>, got: impl Into<String>) -> Outcome<T> {
    Err(Stop::Fail {
        expected: expected.into(),
        got: got.into(),
    })
}

/// The case does not apply, for this reason.
///
/// # Errors
/// Always.
pub fn not_applicable<T>(reason: impl Into<String>) -> Outcome<T> {
    Err(Stop::NotApplicable(reason.into()))
}

#[cfg(test)]
mod tests {
    use cryptoki_sys::CKR_SESSION_PARALLEL_NOT_SUPPORTED;

    use super::*;

    #[test]
    fn a_failure_names_the_function_whose_code_it_is() {
        let judged = one_of(
            Function::C_OpenSession,
            Rv::of(Function::C_OpenSession, CKR_OK),
            &[CKR_SESSION_PARALLEL_NOT_SUPPORTED],
        );
        let expected = fail(
            "C_OpenSession answers CKR_SESSION_PARALLEL_NOT_SUPPORTED",
            "CKR_OK",
        );
        assert_eq!(judged, expected);
    }

    #[test]
    fn only_a_function_that_may_be_missing_makes_a_case_not_applicable() {
        let missing = |function| {
            one_of(
                function,
                Rv::of(function, CKR_FUNCTION_NOT_SUPPORTED),
                &[CKR_OK],
            )
        };
        let expected = not_applicable("the module does not support C_DigestKey");
        assert_eq!(missing(Function::C_DigestKey), expected);
        assert!(matches!(
            missing(Function::C_OpenSession),
            Err(Stop::Fail { .. })
        ));
    }
}
