//! What a session sees: its own objects and others', private ones after the login only (sections 4.4 and 5.7.7).

use cryptoki_sys::*;

use crate::areas::object::kinds::Kind;
use crate::c::{Session, Template};
use crate::case::{Case, Outcome, Stage, case, other, spec};
use crate::context::{Context, not_applicable};

pub(super) fn cases() -> Vec<Case> {
    private()
        .into_iter()
        .chain(sessions())
        .chain(classes())
        .chain(only_when_asked_for())
        .collect()
}

/// A private token object, found by the user alone.
fn private() -> Vec<Case> {
    vec![
        case(
            "find.sight.private-logged-out",
            spec("5.7.7"),
            "Nobody finds a private object without being logged in.",
        )
        .run(|cx| seen_logged_out(cx, "label", |label| Template::new().text(CKA_LABEL, label))),
        case(
            "find.sight.private-asked-for",
            spec("5.7.7"),
            "Asking for private objects does not find them without being logged in.",
        )
        .run(|cx| {
            seen_logged_out(cx, "CKA_PRIVATE", |_| {
                Template::new().flag(CKA_PRIVATE, true)
            })
        }),
        case(
            "find.sight.private-by-everything",
            spec("5.7.7"),
            "A search for everything finds no private object without being logged in.",
        )
        .run(|cx| seen_logged_out(cx, "everything", |_| Template::new())),
        case(
            "find.sight.officer",
            spec("5.7.7"),
            "The SO finds no private object.",
        )
        .stage(Stage::Officer)
        .run(|cx| {
            let session = cx.session()?;
            let by = Template::new().flag(CKA_PRIVATE, true);
            cx.equal("private objects", &Vec::new(), &cx.matching(session, &by)?)
        }),
        case(
            "find.sight.public-before-login",
            spec("5.7.7"),
            "Public objects are found before anybody logs in.",
        )
        .stage(Stage::Public)
        .run(|cx| {
            let session = cx.session()?;
            let by = Template::new()
                .flag(CKA_PRIVATE, false)
                .text(CKA_LABEL, &cx.label());
            let object = cx.data_object(session, &by)?;
            cx.equal("found", &vec![object], &cx.matching(session, &by)?)
        }),
        case(
            "find.sight.private-in-read-only",
            spec("5.7.7"),
            "A read-only session of the user finds private objects.",
        )
        .run(|cx| {
            let writing = cx.session()?;
            let reading = cx.read_only()?;
            let by = Template::new()
                .flag(CKA_PRIVATE, true)
                .text(CKA_LABEL, &cx.label());
            let object = cx.data_object(writing, &by)?;
            cx.equal("found", &vec![object], &cx.matching(reading, &by)?)
        }),
    ]
}

/// Makes a private token object, logs out, and searches by a template.
fn seen_logged_out(cx: &mut Context<'_>, what: &str, by: impl Fn(&str) -> Template) -> Outcome {
    cx.login_required()?;
    let pin = cx.user_pin()?;
    let session = cx.session()?;
    let (object, label) = cx.token_data(session, &Template::new().flag(CKA_PRIVATE, true))?;
    let logged_in = cx.matching(session, &by(&label))?;
    cx.ok(cx.c.logout(session))?;
    let found = cx.matching(session, &by(&label));
    let private = found.and_then(|found| private_among(cx, session, &found, &label));
    cx.ok(cx.c.login(session, CKU_USER, pin))?;
    for left in cx.labelled(session, &label)? {
        cx.ok(cx.c.destroy_object(session, left))?;
    }
    let seen = logged_in.contains(&object);
    cx.check(seen, format!("the object, searching by {what}"), "nothing")?;
    cx.equal("private objects found while logged out", &0, &private?)
}

/// Counts what is private among objects, or has the label of one that is.
fn private_among(
    cx: &Context<'_>,
    session: Session,
    found: &[crate::c::Object],
    label: &str,
) -> Outcome<usize> {
    let is_private = |object: &&crate::c::Object| {
        let value = |one| cx.c.attribute(session, **object, one);
        value(CKA_PRIVATE).is_ok_and(|value| value == [1])
            || value(CKA_LABEL).is_ok_and(|value| value == label.as_bytes())
    };
    Ok(found.iter().filter(is_private).count())
}

fn sessions() -> Vec<Case> {
    vec![
        case(
            "find.sight.of-other-session",
            spec("5.7.7"),
            "A session finds the session objects of the application's other sessions.",
        )
        .run(|cx| {
            let (one, two) = (cx.session()?, cx.session()?);
            let by = Template::new().text(CKA_LABEL, &cx.label());
            let object = cx.data_object(one, &by)?;
            cx.equal("found", &vec![object], &cx.matching(two, &by)?)
        }),
        case(
            "find.sight.token-and-session",
            spec("5.7.7"),
            "A search finds token and session objects, and CKA_TOKEN tells them apart.",
        )
        .run(|cx| {
            let session = cx.session()?;
            let (token, label) = cx.token_data(session, &Template::new())?;
            let by = Template::new().text(CKA_LABEL, &label);
            let volatile = cx.data_object(session, &by)?;
            let both = cx.matching(session, &by);
            let tokens = cx.matching(session, &by.clone().flag(CKA_TOKEN, true));
            let sessions = cx.matching(session, &by.flag(CKA_TOKEN, false));
            cx.ok(cx.c.destroy_object(session, token))?;
            let mut both = both?;
            both.sort_unstable();
            let mut expected = vec![token, volatile];
            expected.sort_unstable();
            cx.equal("found", &expected, &both)?;
            cx.equal("found by CKA_TOKEN CK_TRUE", &vec![token], &tokens?)?;
            cx.equal("found by CKA_TOKEN CK_FALSE", &vec![volatile], &sessions?)
        }),
    ]
}

/// Objects that old applications do not know are found by those alone that ask for them.
fn only_when_asked_for() -> impl Iterator<Item = Case> {
    let rows = [
        ("hw-feature", "10.3", CKO_HW_FEATURE),
        ("mechanism", "10.12", CKO_MECHANISM),
    ];
    rows.into_iter().map(|(name, section, class)| {
        case(
            format!("find.class.only-asked-for.{name}"),
            other("PKCS#11 2.20", section),
            "Such objects are found only if CKA_CLASS asks for them.",
        )
        .should()
        .explain("Later versions do not repeat it, but applications that search for everything still do not expect them.")
        .run(move |cx| {
            let session = cx.session()?;
            let asked = cx.matching(session, &Template::class(class))?;
            if asked.is_empty() {
                return not_applicable("the token has no such object");
            }
            let all = cx.matching(session, &Template::new())?;
            let seen: Vec<_> = asked.iter().filter(|one| all.contains(one)).collect();
            cx.equal("found without asking", &Vec::new(), &seen)
        })
    })
}

/// Every class is found by its class, and by no other.
fn classes() -> Vec<Case> {
    let kinds = [
        "data",
        "certificate",
        "rsa-public",
        "rsa-private",
        "aes",
        "dh-parameters",
    ];
    let all = [
        CKO_DATA,
        CKO_CERTIFICATE,
        CKO_PUBLIC_KEY,
        CKO_PRIVATE_KEY,
        CKO_SECRET_KEY,
        CKO_DOMAIN_PARAMETERS,
    ];
    kinds
        .map(|name| {
            case(
                format!("find.class.{name}"),
                spec("5.7.7"),
                "An object is found by its class, and by no other class.",
            )
            .run(move |cx| {
                let session = cx.session()?;
                let kind = Kind::named(name);
                let label = cx.label();
                let by = Template::new().text(CKA_LABEL, &label);
                let object = cx.object(session, kind, &by)?;
                let own = cx.read(session, object, CKA_CLASS)?;
                for class in all {
                    let expected = if own == class.to_ne_bytes() {
                        vec![object]
                    } else {
                        Vec::new()
                    };
                    let found = cx.matching(session, &by.clone().number(CKA_CLASS, class))?;
                    cx.equal(&format!("found by class {class}"), &expected, &found)?;
                }
                Ok(())
            })
        })
        .into()
}
