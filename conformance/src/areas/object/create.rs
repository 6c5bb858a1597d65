//! `C_CreateObject` by the tables of attributes: what each kind of object must, may and must not be given.

use cryptoki_sys::*;

use super::kinds::{Given, KINDS, Kind, attribute, slug, template};
use crate::c::function::Version;
use crate::case::{Case, case, spec};
use crate::context::Context;
use crate::{c::Object, c::Session, c::Template, case::Outcome};

pub(super) fn cases() -> Vec<Case> {
    let secret = KINDS.iter().filter(|kind| !kind.hidden.is_empty());
    let created = KINDS.iter().map(created);
    let required = KINDS.iter().flat_map(required);
    let forbidden = KINDS.iter().flat_map(forbidden);
    created
        .chain(secret.map(revealed))
        .chain(required)
        .chain(forbidden)
        .chain(unique_ids())
        .chain(dates())
        .collect()
}

/// All attributes that are not hidden come back as they were given.
fn created(kind: &'static Kind) -> Case {
    case(
        format!("object.create.{}", kind.name),
        kind.section,
        "An object made from a full template has every attribute of it.",
    )
    .since(kind.since)
    .run(|cx| {
        let session = cx.session()?;
        let given = cx.taken(session, kind)?.and(&template(kind.optional));
        let (rv, object) = cx.c.create_object(session, &given);
        cx.ok(rv)?;
        let told = object.0 != CK_INVALID_HANDLE;
        cx.check(told, "a handle", "CK_INVALID_HANDLE")?;
        let shown = given.kinds().filter(|one| !kind.hidden.contains(one));
        read_back(cx, session, object, kind, &given, shown)
    })
}

/// What footnote 7 hides comes back where the object is neither sensitive nor unextractable.
fn revealed(kind: &'static Kind) -> Case {
    case(
        format!("object.secret.{}", kind.name),
        kind.section,
        "The secret attributes of a key that is extractable and not sensitive can be read.",
    )
    .since(kind.since)
    .run(|cx| {
        let session = cx.session()?;
        let open = Template::new()
            .flag(CKA_SENSITIVE, false)
            .flag(CKA_EXTRACTABLE, true);
        let given = cx.taken(session, kind)?.and(&open);
        let object = cx.import(session, &given)?;
        let (must, may): (Vec<_>, Vec<_>) = kind
            .hidden
            .iter()
            .copied()
            .partition(|one| kind.required.contains(one));
        read_back(cx, session, object, kind, &given, must.into_iter())?;
        // An RSA key may keep less than it was given (6.1.3).
        let kept = may.into_iter();
        let kept = kept.filter(|one| cx.c.attribute(session, object, *one).is_ok());
        read_back(cx, session, object, kind, &given, kept)
    })
}

fn read_back(
    cx: &Context<'_>,
    session: Session,
    object: Object,
    kind: &Kind,
    given: &Template,
    attributes: impl Iterator<Item = CK_ATTRIBUTE_TYPE>,
) -> Outcome {
    for one in attributes {
        let expected = given.value(one).unwrap_or_default();
        let got = cx.read(session, object, one)?;
        if !kind.same(one, expected, &got) {
            cx.equal_bytes(&attribute(one), expected, &got)?;
        }
    }
    Ok(())
}

impl Context<'_> {
    /// Reads an attribute that an object must have.
    ///
    /// # Errors
    /// If it has none.
    pub(in crate::areas) fn read(
        &self,
        session: Session,
        object: Object,
        kind: CK_ATTRIBUTE_TYPE,
    ) -> Outcome<Vec<u8>> {
        match self.c.attribute(session, object, kind) {
            Ok(value) => Ok(value),
            Err(rv) => crate::context::fail(
                format!("the object has {}", attribute(kind)),
                format!("{} answers {rv}", self.c.answered(rv)),
            ),
        }
    }
}

/// Footnote 1.
fn required(kind: &'static Kind) -> impl Iterator<Item = Case> {
    kind.required.iter().map(|one| {
        // A private key of RSA has to have its public exponent since version 3.0.
        let since = match (kind.name, *one) {
            ("rsa-private", CKA_PUBLIC_EXPONENT) => Version::V3_0,
            _ => kind.since,
        };
        case(
            format!("object.required.{}.{}", kind.name, slug(*one)),
            kind.section,
            format!(
                "C_CreateObject without {} answers CKR_TEMPLATE_INCOMPLETE.",
                attribute(*one)
            ),
        )
        .since(since)
        .explain("Footnote 1 of the attribute tables (section 4.2), and rule 4 of section 4.1.1.")
        .run(|cx| {
            let session = cx.session()?;
            let lacking = cx.taken(session, kind)?.without(*one);
            let (rv, _) = cx.c.create_object(session, &lacking);
            cx.expect(rv, CKR_TEMPLATE_INCOMPLETE)
        })
    })
}

/// Footnote 2. Each value is one that the object cannot have, so no rule lets the template pass.
fn forbidden(kind: &'static Kind) -> impl Iterator<Item = Case> {
    kind.forbidden.iter().map(|(one, value)| {
        case(
            format!("object.forbidden.{}.{}", kind.name, slug(*one)),
            kind.section,
            format!("C_CreateObject does not take {}.", attribute(*one)),
        )
        .since(kind.since)
        .explain(
            "Footnote 2 of the attribute tables (section 4.2): the module alone says it. The application may be told so \
             with CKR_ATTRIBUTE_READ_ONLY, CKR_TEMPLATE_INCONSISTENT, CKR_ATTRIBUTE_VALUE_INVALID or CKR_ATTRIBUTE_TYPE_INVALID (section 4.1.1).",
        )
        .run(|cx| refused(cx, kind, *one, *value))
    })
}

fn refused(cx: &mut Context<'_>, kind: &Kind, one: CK_ATTRIBUTE_TYPE, value: Given) -> Outcome {
    let session = cx.session()?;
    let given = cx.taken(session, kind)?.bytes(one, &value.bytes());
    let (rv, _) = cx.c.create_object(session, &given);
    let codes = [
        CKR_ATTRIBUTE_READ_ONLY,
        CKR_TEMPLATE_INCONSISTENT,
        CKR_ATTRIBUTE_VALUE_INVALID,
        CKR_ATTRIBUTE_TYPE_INVALID,
    ];
    cx.expect_one_of(rv, &codes)
}

/// Section 4.4.1, which names the code.
fn unique_ids() -> impl Iterator<Item = Case> {
    let names = ["data", "certificate", "rsa-public", "ec-private", "aes"];
    names.into_iter().map(Kind::named).map(|kind| {
        case(
            format!("object.forbidden.{}.unique-id", kind.name),
            spec("4.4.1"),
            "C_CreateObject with CKA_UNIQUE_ID answers CKR_ATTRIBUTE_READ_ONLY.",
        )
        .since(Version::V3_0)
        .run(|cx| {
            let session = cx.session()?;
            let given = cx.taken(session, kind)?.text(CKA_UNIQUE_ID, "mine");
            let (rv, _) = cx.c.create_object(session, &given);
            cx.expect(rv, CKR_ATTRIBUTE_READ_ONLY)
        })
    })
}

/// Dates are for reference only, which is no reason to lose them (sections 4.6.2 and 4.7.2).
fn dates() -> impl Iterator<Item = Case> {
    let dated = KINDS.iter().filter(|kind| kind.is_dated());
    dated.map(|kind| {
        case(
            format!("object.dates.{}", kind.name),
            spec(if kind.name == "certificate" {
                "4.6.2"
            } else {
                "4.7.2"
            }),
            "CKA_START_DATE and CKA_END_DATE read back as they were given.",
        )
        .since(kind.since)
        .run(|cx| {
            let session = cx.session()?;
            let given = cx
                .taken(session, kind)?
                .text(CKA_START_DATE, "20260102")
                .text(CKA_END_DATE, "20361231");
            let (rv, object) = cx.c.create_object(session, &given);
            cx.ok(rv)?;
            let both = [CKA_START_DATE, CKA_END_DATE].into_iter();
            read_back(cx, session, object, kind, &given, both)
        })
    })
}
