//! What stays hidden of keys that are sensitive or not extractable (footnote 7 of section 4.2).

use cryptoki_sys::*;

use crate::areas::object::kinds::{KINDS, Kind, attribute, slug};
use crate::c::{Object, Query, Session, Template};
use crate::case::{Case, Outcome, case};
use crate::context::Context;

/// Why it is hidden: a name, `CKA_SENSITIVE`, `CKA_EXTRACTABLE`.
const REASONS: &[(&str, bool, bool)] = &[
    ("sensitive", true, true),
    ("unextractable", false, false),
    ("both", true, false),
];

pub(super) fn cases() -> Vec<Case> {
    let secret = KINDS.iter().filter(|kind| !kind.hidden.is_empty());
    secret
        .flat_map(|kind| {
            let reasons = REASONS.iter();
            reasons
                .flat_map(|reason| kind.hidden.iter().map(|one| hidden(kind, reason, *one)))
                .chain([rest(kind)])
        })
        .collect()
}

fn key(
    cx: &Context<'_>,
    session: Session,
    kind: &Kind,
    (_, sensitive, extractable): &(&str, bool, bool),
) -> Outcome<Object> {
    let more = Template::new()
        .flag(CKA_SENSITIVE, *sensitive)
        .flag(CKA_EXTRACTABLE, *extractable);
    cx.object(session, kind, &more)
}

fn hidden(
    kind: &'static Kind,
    reason: &'static (&str, bool, bool),
    one: CK_ATTRIBUTE_TYPE,
) -> Case {
    case(
        format!("attribute.hidden.{}.{}.{}", kind.name, reason.0, slug(one)),
        kind.section,
        format!(
            "{} of a key that is sensitive or not extractable answers CKR_ATTRIBUTE_SENSITIVE.",
            attribute(one)
        ),
    )
    .since(kind.since)
    .run(move |cx| {
        let session = cx.session()?;
        let key = key(cx, session, kind, reason)?;
        let mut query = Query::values(&[(one, 1024)]);
        let rv = cx.c.attribute_values(session, key, &mut query);
        cx.expect(rv, CKR_ATTRIBUTE_SENSITIVE)?;
        cx.equal(
            "ulValueLen (None: CK_UNAVAILABLE_INFORMATION)",
            &None,
            &query.length(0),
        )?;
        cx.check(!query.touched(0), "an untouched buffer", "bytes in it")
    })
}

/// What is not secret about a sensitive key can be read.
fn rest(kind: &'static Kind) -> Case {
    case(
        format!("attribute.shown.{}", kind.name),
        kind.section,
        "What is public of a sensitive key can be read.",
    )
    .since(kind.since)
    .run(|cx| {
        let session = cx.session()?;
        let given = cx.taken(session, kind)?;
        let key = key(cx, session, kind, &REASONS[0])?;
        let shown = given.kinds().filter(|one| !kind.hidden.contains(one));
        for one in shown {
            let got = cx.read(session, key, one)?;
            let expected = given.value(one).unwrap_or_default();
            if !kind.same(one, expected, &got) {
                cx.equal_bytes(&attribute(one), expected, &got)?;
            }
        }
        for (one, value) in [(CKA_SENSITIVE, 1), (CKA_EXTRACTABLE, 1)] {
            let got = cx.read(session, key, one)?;
            cx.equal_bytes(&attribute(one), &[value], &got)?;
        }
        Ok(())
    })
}
