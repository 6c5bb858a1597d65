//! Unwrapping keys (PKCS#11 3.1 section 5.18.4).

mod attributes;
mod blobs;
mod refusals;

use crate::c::{Mechanism, Object, Rv, Session, Template};
use crate::case::{Case, Outcome};
use crate::context::Context;

use super::wrap::carriers::{Payload, first_for};

/// Returns the cases of this area.
pub(crate) fn cases() -> Vec<Case> {
    [attributes::cases(), blobs::cases(), refusals::cases()]
        .into_iter()
        .flatten()
        .collect()
}

/// A key that was wrapped, and what opens it.
struct Bench {
    session: Session,
    mechanism: Mechanism,
    carrier: Object,
    wrapped: Vec<u8>,
}

impl Bench {
    fn new(cx: &mut Context<'_>, payload: Payload) -> Outcome<Self> {
        let session = cx.session()?;
        let (mechanism, carrier) = first_for(cx, session, payload)?;
        Self::with(cx, session, mechanism, carrier, payload)
    }

    fn with(
        cx: &Context<'_>,
        session: Session,
        mechanism: Mechanism,
        carrier: Object,
        payload: Payload,
    ) -> Outcome<Self> {
        let key = payload.import(cx, session)?;
        let wrapped = cx.had(cx.wrap_once(session, &mechanism, carrier, key))?;
        cx.c.destroy_object(session, key);
        Ok(Self {
            session,
            mechanism,
            carrier,
            wrapped,
        })
    }

    fn unwrap(&self, cx: &Context<'_>, template: &Template) -> (Rv, Object) {
        self.open(cx, &self.wrapped, template)
    }

    fn open(&self, cx: &Context<'_>, wrapped: &[u8], template: &Template) -> (Rv, Object) {
        cx.c.unwrap_key(
            self.session,
            &self.mechanism,
            self.carrier,
            wrapped,
            template,
        )
    }
}
