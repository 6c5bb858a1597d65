//! Brings the module to the stage that a case begins with, and back to order after it.

use cryptoki_sys::{
    CK_STATE, CKF_LOGIN_REQUIRED, CKR_OK, CKR_TOKEN_WRITE_PROTECTED, CKS_RO_PUBLIC_SESSION,
    CKS_RO_USER_FUNCTIONS, CKS_RW_PUBLIC_SESSION, CKS_RW_SO_FUNCTIONS, CKS_RW_USER_FUNCTIONS,
    CKU_SO, CKU_USER,
};

use super::probe::initialize;
use crate::c::{Module, Rv, Session, Template};
use crate::case::{Case, Outcome, Stage, Stop};
use crate::context::{LABEL, not_applicable};
use crate::facts::Facts;
use crate::target::{Pin, Target};

/// How many calls of `C_Finalize` a module gets that counts those of `C_Initialize`.
const FINALIZED: usize = 16;

/// Where the module stands.
pub(super) struct Standing<'a> {
    pub(super) module: &'a Module,
    pub(super) facts: &'a Facts,
    pub(super) target: &'a Target,
    /// The stage that was reached and not disturbed since, with the session that holds the login.
    reached: Option<(Stage, Option<Session>)>,
}

impl<'a> Standing<'a> {
    pub(super) fn new(module: &'a Module, facts: &'a Facts, target: &'a Target) -> Self {
        Self {
            module,
            facts,
            target,
            reached: None,
        }
    }

    /// Brings the module to a stage.
    ///
    /// # Errors
    /// If it does not get there: a case of that stage cannot be tried.
    pub(super) fn reach(&mut self, stage: Stage) -> Outcome {
        if self
            .reached
            .as_ref()
            .is_some_and(|reached| reached.0 == stage && self.holds(reached.1))
        {
            return Ok(());
        }
        self.reached = None;
        self.finalize();
        if stage == Stage::Loaded {
            self.reached = Some((stage, None));
            return Ok(());
        }
        reached("C_Initialize", initialize(self.module))?;
        let anchor = if stage == Stage::Initialized {
            None
        } else {
            Some(self.anchor(stage)?)
        };
        self.reached = Some((stage, anchor));
        Ok(())
    }

    /// Puts things back in order after a case: its sessions go, and with them its session objects.
    pub(super) fn tidy(&mut self, case: &Case, sessions: &[Session], failed: bool) {
        for session in sessions {
            self.module.close_session(*session);
        }
        if failed || case.solo || case.destructive || case.stage <= Stage::Initialized {
            self.reached = None;
        }
    }

    /// Removes what cases may have left in the token, and finalises.
    pub(super) fn leave(&self) {
        if let Some((Stage::User, Some(session))) = self.reached {
            self.sweep(session);
        }
        self.finalize();
    }

    /// Finalises until the module answers that it is not initialised: some count how often they were.
    fn finalize(&self) {
        let finalized = |_: &usize| self.module.finalize().is_ok();
        (0..FINALIZED).take_while(finalized).count();
    }

    /// Destroys token objects that the suite made: their labels begin with its name.
    fn sweep(&self, session: Session) {
        let everything = Template::new().flag(cryptoki_sys::CKA_TOKEN, true);
        for object in self.module.find(session, &everything).unwrap_or_default() {
            let label = self
                .module
                .attribute(session, object, cryptoki_sys::CKA_LABEL);
            if label.is_ok_and(|label| label.starts_with(LABEL.as_bytes())) {
                self.module.destroy_object(session, object);
            }
        }
    }

    /// Tells whether the session that holds the login is still as it was.
    fn holds(&self, anchor: Option<Session>) -> bool {
        let Some(anchor) = anchor else { return false };
        let (rv, info) = self.module.session_info(anchor);
        let stage = self.reached.as_ref().map(|reached| reached.0);
        let states: &[CK_STATE] = match stage {
            Some(Stage::Officer) => &[CKS_RW_SO_FUNCTIONS],
            Some(Stage::User) if !self.without_login() => {
                &[CKS_RW_USER_FUNCTIONS, CKS_RO_USER_FUNCTIONS]
            }
            _ => &[CKS_RW_PUBLIC_SESSION, CKS_RO_PUBLIC_SESSION],
        };
        rv.is_ok() && states.contains(&info.state)
    }

    /// Tells whether the token lets everybody do what a user may do, and no PIN is known for it.
    fn without_login(&self) -> bool {
        self.facts.token_flags & CKF_LOGIN_REQUIRED == 0 && self.target.user_pin.is_none()
    }

    /// Leaves out a case that is about logging in, where nobody has to and no PIN is known.
    ///
    /// # Errors
    /// The case is skipped.
    pub(super) fn suits(&self, case: &Case) -> Outcome {
        let about_login = ["login", "pin", "session"].contains(&case.area());
        if case.stage == Stage::User && about_login && self.without_login() {
            needed(None, "the user's PIN: --pin-file")?;
        }
        Ok(())
    }

    /// Opens the session that stays open, and logs in with it.
    fn anchor(&self, stage: Stage) -> Outcome<Session> {
        let (mut rv, mut session) = self.module.open_read_write(self.facts.slot);
        if rv.0 == CKR_TOKEN_WRITE_PROTECTED {
            if stage == Stage::Officer {
                return not_applicable("the token is write-protected");
            }
            (rv, session) = self.module.open_read_only(self.facts.slot);
        }
        reached("C_OpenSession", rv)?;
        match stage {
            Stage::User if self.without_login() => {}
            Stage::User => self.login_user(session)?,
            Stage::Officer => {
                let pin = needed(self.target.so_pin.as_ref(), "the SO's PIN: --so-pin-file")?;
                reached("C_Login", self.module.login(session, CKU_SO, pin))?;
            }
            _ => {}
        }
        Ok(session)
    }

    /// Logs the user in; where the token may be initialised again and its PIN is not the one that we know, it is.
    fn login_user(&self, session: Session) -> Outcome {
        let pin = needed(self.target.user_pin.as_ref(), "the user's PIN: --pin-file")?;
        let rv = self.module.login(session, CKU_USER, pin);
        if rv.is_ok() || !self.target.destructive {
            return reached("C_Login", rv);
        }
        let so_pin = needed(self.target.so_pin.as_ref(), "the SO's PIN: --so-pin-file")?;
        renew(self.module, self.facts, so_pin, pin)?;
        let (rv, again) = self.module.open_read_write(self.facts.slot);
        reached("C_OpenSession", rv)?;
        reached("C_Login", self.module.login(again, CKU_USER, pin))
    }
}

/// Initialises a token again, with its label and these PINs.
///
/// # Errors
/// If the module does not do it.
pub(crate) fn renew(module: &Module, facts: &Facts, so_pin: &[u8], user_pin: &[u8]) -> Outcome {
    let slot = facts.slot;
    module.close_all_sessions(slot);
    reached("C_InitToken", module.init_token(slot, so_pin, &facts.label))?;
    let (rv, session) = module.open_read_write(slot);
    reached("C_OpenSession", rv)?;
    reached("C_Login", module.login(session, CKU_SO, so_pin))?;
    reached("C_InitPIN", module.init_pin(session, user_pin))?;
    reached("C_CloseSession", module.close_session(session))
}

fn needed<'a>(pin: Option<&'a Pin>, what: &str) -> Outcome<&'a [u8]> {
    pin.map(Pin::expose)
        .ok_or_else(|| Stop::Skipped(format!("needs {what}")))
}

fn reached(function: &str, rv: Rv) -> Outcome {
    if rv.0 == CKR_OK {
        return Ok(());
    }
    Err(Stop::Fail {
        expected: format!("{function} answers CKR_OK, to begin the case with"),
        got: rv.to_string(),
    })
}
