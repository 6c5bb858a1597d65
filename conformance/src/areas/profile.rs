//! Clauses of the OASIS profiles: what no other area asks for, and the test cases that the profiles make mandatory.
//!
//! Whether a module meets a profile is judged from these and from cases of other areas together (`crate::profiles`). Here a
//! module that lacks what a profile asks for fails only where its token claims that profile; else the case does not apply.

mod authentication;
mod baseline;
mod certificates;
mod claim;
mod complete;
mod hkdf_tls;
mod sequence;

use cryptoki_sys::{CK_PROFILE_ID, CKU_USER};

use crate::c::{Session, names};
use crate::case::{Case, Outcome};
use crate::context::{Context, fail, not_applicable};
use crate::users::labelled;

/// Returns the cases of this area.
pub(crate) fn cases() -> Vec<Case> {
    let topics = [
        claim::cases,
        baseline::cases,
        sequence::cases,
        authentication::cases,
        certificates::cases,
        complete::cases,
        hkdf_tls::cases,
    ];
    topics.iter().flat_map(|cases| cases()).collect()
}

impl Context<'_> {
    /// The module lacks what a profile asks for: a failure where the token claims the profile.
    fn lacking<T>(&self, profile: CK_PROFILE_ID, expected: &str, got: &str) -> Outcome<T> {
        if self.facts.claims(profile) {
            let name = names::name(names::PROFILES, profile);
            return fail(
                format!("{expected}, as the token claims {name}"),
                got.to_owned(),
            );
        }
        not_applicable(format!("the profile asks for more: {expected}, not {got}"))
    }

    /// Initialises the module and logs the user in, to prepare a case that begins with a module that is not initialised.
    fn prepare_user(&self) -> Outcome<Session> {
        let pin = self.user_pin()?;
        self.prepared(self.c.initialize(None))?;
        let (rv, session) = self.c.open_read_write(self.slot);
        self.prepared(rv)?;
        self.prepared(self.c.login(session, CKU_USER, pin))?;
        Ok(session)
    }

    /// Makes token objects of a label, does something with a module that is not initialised, and takes them away again.
    fn with_objects(
        &self,
        make: impl Fn(Session, &str) -> Outcome,
        judge: impl Fn(&str) -> Outcome,
    ) -> Outcome {
        let label = self.label();
        let session = self.prepare_user()?;
        let made = make(session, &label);
        self.c.finalize();
        let outcome = made.and_then(|()| judge(&label));
        self.c.finalize();
        // What the case found is the verdict, whatever becomes of the objects.
        if let Ok(session) = self.prepare_user() {
            for object in self.c.find(session, &labelled(&label)).unwrap_or_default() {
                self.c.destroy_object(session, object);
            }
        }
        self.c.finalize();
        outcome
    }
}
