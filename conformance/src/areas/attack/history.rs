//! Attacks that falsify what a key says of its past, so that a key that was in the open passes for one that never was.

use cryptoki_sys::*;

use super::{Attempt, Story, breach, resists};
use crate::c::{Object, Session, Template};
use crate::case::{Case, spec};
use crate::context::Context;
use crate::key_use::{attribute_name, sealed};
use crate::keys::secret;

const PAST: Story = Story {
    does: "brings a key that he knows and has it say that it was made in the token, was always sensitive or never extractable.",
    gains: "the trust of those who look at these attributes before they use a key.",
    cure: "CKA_LOCAL, CKA_ALWAYS_SENSITIVE and CKA_NEVER_EXTRACTABLE are the token's to set (footnotes 2, 4 and 6).",
    source: "PKCS#11 3.1, sections 4.7, 4.9, 4.10 and 5.18.4.",
};

const CLAIMS: &[(&str, CK_ATTRIBUTE_TYPE)] = &[
    ("local", CKA_LOCAL),
    ("always-sensitive", CKA_ALWAYS_SENSITIVE),
    ("never-extractable", CKA_NEVER_EXTRACTABLE),
];

pub(super) fn cases() -> Vec<Case> {
    CLAIMS
        .iter()
        .flat_map(|(name, kind)| {
            let kind = *kind;
            let attribute = attribute_name(kind);
            vec![
                breach(
                    &format!("history.{name}.claimed-by-import"),
                    spec("5.7.1"),
                    &format!("An imported key does not claim {attribute}."),
                    &PAST,
                )
                .run(move |cx| claim_by_import(cx, kind)),
                breach(
                    &format!("history.{name}.gained-by-import"),
                    spec("5.7.1"),
                    &format!("An imported key does not get {attribute} from its other attributes."),
                    &PAST,
                )
                .run(move |cx| gain_by_import(cx, kind)),
                breach(
                    &format!("history.{name}.gained-by-unwrap"),
                    spec("5.18.4"),
                    &format!("An unwrapped key does not get {attribute}."),
                    &PAST,
                )
                .run(move |cx| gain_by_unwrap(cx, kind)),
                breach(
                    &format!("history.{name}.set-later"),
                    spec("5.7.6"),
                    &format!("{attribute} is not turned on by C_SetAttributeValue."),
                    &PAST,
                )
                .run(move |cx| set_later(cx, kind)),
            ]
        })
        .collect()
}

fn claims(cx: &Context<'_>, session: Session, key: Object, kind: CK_ATTRIBUTE_TYPE) -> Attempt {
    if cx.flag_of(session, key, kind)? {
        return Ok(format!("the key says {}", attribute_name(kind)));
    }
    resists("the key does not say so")
}

fn imported() -> Template {
    sealed(secret(CKK_AES, &[CKA_ENCRYPT])).bytes(CKA_VALUE, &[0x21; 32])
}

fn claim_by_import(cx: &mut Context<'_>, kind: CK_ATTRIBUTE_TYPE) -> Attempt {
    let session = cx.session()?;
    let key = cx.forge(session, &imported().flag(kind, true))?;
    claims(cx, session, key, kind)
}

fn gain_by_import(cx: &mut Context<'_>, kind: CK_ATTRIBUTE_TYPE) -> Attempt {
    let session = cx.session()?;
    let key = cx.import(session, &imported())?;
    claims(cx, session, key, kind)
}

fn gain_by_unwrap(cx: &mut Context<'_>, kind: CK_ATTRIBUTE_TYPE) -> Attempt {
    let mechanism = cx.wrapping_mechanism()?;
    let session = cx.session()?;
    let victim = cx.victim(session, 32)?;
    let carrier = cx.aes(session, 32, &[CKA_WRAP, CKA_UNWRAP])?;
    let wrapped = cx.let_through(cx.wrap_once(session, &mechanism, carrier, victim))?;
    let template = sealed(secret(CKK_AES, &[CKA_ENCRYPT]));
    let (rv, key) =
        cx.c.unwrap_key(session, &mechanism, carrier, &wrapped, &template);
    cx.allowed(rv)?;
    claims(cx, session, key, kind)
}

fn set_later(cx: &mut Context<'_>, kind: CK_ATTRIBUTE_TYPE) -> Attempt {
    let session = cx.session()?;
    let key = cx.import(session, &imported())?;
    let on = Template::new().flag(kind, true);
    cx.allowed(cx.c.set_attribute_values(session, key, &on))?;
    claims(cx, session, key, kind)
}
