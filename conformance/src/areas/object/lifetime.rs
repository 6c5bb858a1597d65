//! How long objects and their handles live, and who sees them (sections 4.4, 5.6 and 5.7).

use std::collections::HashSet;

use cryptoki_sys::*;

use super::kinds::Kind;
use crate::c::function::Version;
use crate::c::{Object, Session, Template, locks};
use crate::case::{Case, Outcome, Stage, case, spec};
use crate::context::Context;

pub(super) fn cases() -> Vec<Case> {
    let topics = [sessions(), combinations(), logins(), restarts()];
    topics.into_iter().flatten().collect()
}

fn placed(token: bool, private: bool) -> Template {
    Template::new()
        .flag(CKA_TOKEN, token)
        .flag(CKA_PRIVATE, private)
}

fn sessions() -> Vec<Case> {
    vec![
        session_object_goes(),
        session_object_seen(),
        other_session_closed(),
        token_object_stays(),
        handles_unique(),
    ]
}

fn session_object_goes() -> Case {
    case(
        "object.lifetime.session-object-goes",
        spec("5.6.2"),
        "A session object is destroyed when its session is closed.",
    )
    .run(|cx| {
        let watching = cx.session()?;
        let (rv, session) = cx.c.open_read_write(cx.slot);
        cx.ok(rv)?;
        let label = cx.label();
        let made = cx.data_object(session, &Template::new().text(CKA_LABEL, &label));
        let object = made.inspect_err(|_| _ = cx.c.close_session(session))?;
        cx.equal("found", &vec![object], &cx.labelled(watching, &label)?)?;
        cx.ok(cx.c.close_session(session))?;
        cx.invalid(watching, object)?;
        cx.equal("found", &Vec::new(), &cx.labelled(watching, &label)?)
    })
}

fn session_object_seen() -> Case {
    case(
        "object.lifetime.session-object-seen",
        spec("5.7.5"),
        "A session object is seen by the application's other sessions, under the same handle.",
    )
    .run(|cx| {
        let (one, two) = (cx.session()?, cx.read_only()?);
        let object = cx.data_object(one, &Template::new().text(CKA_LABEL, "seen"))?;
        let label = cx.read(two, object, CKA_LABEL)?;
        cx.equal_bytes("CKA_LABEL", b"seen", &label)
    })
}

fn other_session_closed() -> Case {
    case(
        "object.lifetime.other-session-closed",
        spec("5.6.2"),
        "A session object stays when another session is closed.",
    )
    .run(|cx| {
        let session = cx.session()?;
        let object = cx.data_object(session, &Template::new())?;
        let (rv, other) = cx.c.open_read_write(cx.slot);
        cx.ok(rv)?;
        cx.ok(cx.c.close_session(other))?;
        cx.read(session, object, CKA_CLASS).map(drop)
    })
}

fn token_object_stays() -> Case {
    case(
        "object.lifetime.token-object-stays",
        spec("4.4"),
        "A token object stays when its session is closed, and its handle with it.",
    )
    .run(|cx| {
        let watching = cx.session()?;
        let (rv, session) = cx.c.open_read_write(cx.slot);
        cx.ok(rv)?;
        let made = cx.token_data(session, &Template::new());
        cx.ok(cx.c.close_session(session))?;
        let (object, label) = made?;
        let read = cx.read(watching, object, CKA_LABEL);
        cx.ok(cx.c.destroy_object(watching, object))?;
        cx.equal_bytes("CKA_LABEL", label.as_bytes(), &read?)
    })
}

fn handles_unique() -> Case {
    case(
        "object.lifetime.handles-unique",
        spec("5.7.1"),
        "Fifty objects have fifty handles, none of them CK_INVALID_HANDLE.",
    )
    .run(|cx| {
        let session = cx.session()?;
        let mut seen = HashSet::from([Object(CK_INVALID_HANDLE)]);
        for _ in 0..50 {
            let object = cx.data_object(session, &Template::new())?;
            let new = seen.insert(object);
            cx.check(new, "another handle", object.0.to_string())?;
        }
        Ok(())
    })
}

/// Token or session object, private or public: each says what it is.
fn combinations() -> Vec<Case> {
    let rows = [
        ("data", "4.5.2"),
        ("aes", "6.10.2"),
        ("ec-public", "6.3.3"),
        ("certificate", "4.6.3"),
    ];
    let places = [(false, false), (false, true), (true, false), (true, true)];
    let cases = rows.into_iter().flat_map(|(name, section)| {
        places.into_iter().map(move |(token, private)| {
            let where_to = if token { "token" } else { "session" };
            let how = if private { "private" } else { "public" };
            case(
                format!("object.place.{name}.{how}-{where_to}"),
                spec(section),
                format!("A {how} {where_to} object says that it is one, and is found as one."),
            )
            .run(move |cx| {
                let session = cx.session()?;
                let label = cx.label();
                let more = placed(token, private).text(CKA_LABEL, &label);
                let object = cx.object(session, Kind::named(name), &more)?;
                let outcome = says(cx, session, object, &more);
                cx.ok(cx.c.destroy_object(session, object))?;
                outcome
            })
        })
    });
    cases.collect()
}

fn says(cx: &Context<'_>, session: Session, object: Object, more: &Template) -> Outcome {
    for one in [CKA_TOKEN, CKA_PRIVATE] {
        let expected = more.value(one).unwrap_or_default();
        let got = cx.read(session, object, one)?;
        cx.equal_bytes(&super::kinds::attribute(one), expected, &got)?;
    }
    cx.equal("found", &vec![object], &cx.matching(session, more)?)
}

/// When a handle is looked at.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Moment {
    LoggedOut,
    LoggedInAgain,
}

/// A case about a handle and `C_Logout`: a name, private or not, token or session object, when it is looked at.
type Handle = (&'static str, bool, bool, Moment, &'static str);

#[rustfmt::skip] // A table reads by its columns.
const HANDLES: &[Handle] = &[
    ("private-session", true, false, Moment::LoggedOut, "The handle of a private session object is invalid after C_Logout."),
    ("private-token", true, true, Moment::LoggedOut, "The handle of a private token object is invalid after C_Logout."),
    ("private-session-again", true, false, Moment::LoggedInAgain, "The handle of a private session object stays invalid when the user logs in again."),
    ("private-token-again", true, true, Moment::LoggedInAgain, "The handle of a private token object from before C_Logout stays invalid when the user logs in again."),
    ("public-session", false, false, Moment::LoggedOut, "A public session object survives C_Logout."),
    ("public-token", false, true, Moment::LoggedOut, "A public token object survives C_Logout, and its handle with it."),
];

/// Logs out and in again, and looks at a handle in between or after.
fn around_logout(cx: &mut Context<'_>, (_, private, token, moment, _): &Handle) -> Outcome {
    cx.login_required()?;
    let pin = cx.user_pin()?;
    let session = cx.session()?;
    let label = cx.label();
    let more = placed(*token, *private).text(CKA_LABEL, &label);
    let object = cx.data_object(session, &more)?;
    cx.ok(cx.c.logout(session))?;
    let stays = !private;
    let found = cx.labelled(session, &label);
    let mut outcome = judge(cx, session, object, stays);
    cx.ok(cx.c.login(session, CKU_USER, pin))?;
    if *moment == Moment::LoggedInAgain {
        outcome = judge(cx, session, object, stays);
    }
    for left in cx.labelled(session, &label)? {
        cx.ok(cx.c.destroy_object(session, left))?;
    }
    let seen = found?.len();
    cx.equal("objects found while logged out", &usize::from(stays), &seen)?;
    outcome
}

fn judge(cx: &Context<'_>, session: Session, object: Object, stays: bool) -> Outcome {
    if stays {
        cx.read(session, object, CKA_CLASS).map(drop)
    } else {
        cx.invalid(session, object)
    }
}

fn logins() -> Vec<Case> {
    let handles = HANDLES.iter().map(|row| {
        case(format!("object.logout.{}", row.0), spec("5.6.10"), row.4)
            .run(|cx| around_logout(cx, row))
    });
    let mut cases: Vec<_> = handles.collect();
    cases.push(
        case(
            "object.logout.private-session-destroyed",
            spec("5.6.10"),
            "Private session objects are destroyed by C_Logout: a new login does not bring them back.",
        )
        .run(|cx| {
            cx.login_required()?;
            let pin = cx.user_pin()?;
            let session = cx.session()?;
            let label = cx.label();
            cx.data_object(session, &placed(false, true).text(CKA_LABEL, &label))?;
            cx.ok(cx.c.logout(session))?;
            cx.ok(cx.c.login(session, CKU_USER, pin))?;
            cx.equal("found", &Vec::new(), &cx.labelled(session, &label)?)
        }),
    );
    cases.push(
        case(
            "object.logout.private-token-found-again",
            spec("5.6.10"),
            "A private token object is found again after a new login.",
        )
        .run(|cx| {
            cx.login_required()?;
            let pin = cx.user_pin()?;
            let session = cx.session()?;
            let (_, label) = cx.token_data(session, &placed(true, true))?;
            cx.ok(cx.c.logout(session))?;
            cx.ok(cx.c.login(session, CKU_USER, pin))?;
            let found = cx.labelled(session, &label)?;
            cx.equal("objects found", &1, &found.len())?;
            cx.ok(cx.c.destroy_object(session, found[0]))
        }),
    );
    cases
}

/// Ends the library and begins again, logged in.
fn restart(cx: &mut Context<'_>) -> Outcome<Session> {
    let pin = cx.user_pin()?;
    cx.ok(cx.c.finalize())?;
    let arguments = locks::without_functions(CKF_OS_LOCKING_OK, 0);
    cx.ok(cx.c.initialize(Some(&arguments)))?;
    let session = cx.session()?;
    cx.ok(cx.c.login(session, CKU_USER, pin))?;
    Ok(session)
}

fn restarts() -> Vec<Case> {
    let kinds = ["data", "certificate", "rsa-public", "ec-private", "aes"];
    let kept = kinds.map(|name| {
        case(
            format!("object.persists.{name}"),
            spec("4.4"),
            "A token object is there after C_Finalize and C_Initialize, with all its attributes.",
        )
        .solo()
        .run(move |cx| persists(cx, Kind::named(name)))
    });
    let others = [
        not_session_objects(),
        unique_id(),
        destroyed_stays_away(),
        changed_label(),
    ];
    let public = case(
        "object.persists.before-login",
        spec("4.4"),
        "A private token object is not found before the user logs in.",
    )
    .stage(Stage::User)
    .solo()
    .run(|cx| {
        cx.login_required()?;
        let session = cx.session()?;
        let (_, label) = cx.token_data(session, &Template::new().flag(CKA_PRIVATE, true))?;
        cx.ok(cx.c.logout(session))?;
        let found = cx.labelled(session, &label)?;
        let session = restart(cx)?;
        for object in cx.labelled(session, &label)? {
            cx.ok(cx.c.destroy_object(session, object))?;
        }
        cx.equal("found before login", &Vec::new(), &found)
    });
    kept.into_iter().chain(others).chain([public]).collect()
}

fn not_session_objects() -> Case {
    case(
        "object.persists.not-session-objects",
        spec("5.4.2"),
        "A session object is not there after C_Finalize and C_Initialize.",
    )
    .solo()
    .run(|cx| {
        let session = cx.session()?;
        let label = cx.label();
        cx.data_object(session, &Template::new().text(CKA_LABEL, &label))?;
        let session = restart(cx)?;
        cx.equal("found", &Vec::new(), &cx.labelled(session, &label)?)
    })
}

fn unique_id() -> Case {
    case(
        "object.persists.unique-id",
        spec("4.4.1"),
        "CKA_UNIQUE_ID of a token object is the same after C_Finalize and C_Initialize.",
    )
    .since(Version::V3_0)
    .solo()
    .run(|cx| {
        let session = cx.session()?;
        let (object, label) = cx.token_data(session, &Template::new())?;
        let first = cx.read(session, object, CKA_UNIQUE_ID)?;
        let session = restart(cx)?;
        let found = cx.labelled(session, &label)?;
        cx.equal("objects found", &1, &found.len())?;
        let again = cx.read(session, found[0], CKA_UNIQUE_ID);
        cx.ok(cx.c.destroy_object(session, found[0]))?;
        cx.equal_bytes("CKA_UNIQUE_ID", &first, &again?)
    })
}

fn destroyed_stays_away() -> Case {
    case(
        "object.persists.destroyed-stays-away",
        spec("5.7.3"),
        "A token object that was destroyed is not there after C_Finalize and C_Initialize.",
    )
    .solo()
    .run(|cx| {
        let session = cx.session()?;
        let (object, label) = cx.token_data(session, &Template::new())?;
        cx.ok(cx.c.destroy_object(session, object))?;
        let session = restart(cx)?;
        cx.equal("found", &Vec::new(), &cx.labelled(session, &label)?)
    })
}

fn changed_label() -> Case {
    case(
        "object.persists.changed-label",
        spec("5.7.6"),
        "A token object whose label was changed has the new one after C_Finalize and C_Initialize.",
    )
    .solo()
    .run(|cx| {
        let session = cx.session()?;
        let (object, old) = cx.token_data(session, &Template::new())?;
        let new = cx.label();
        let change = Template::new().text(CKA_LABEL, &new);
        cx.prepared(cx.c.set_attribute_values(session, object, &change))?;
        let session = restart(cx)?;
        let found = cx.labelled(session, &new)?;
        let gone = cx.labelled(session, &old)?;
        for object in &found {
            cx.ok(cx.c.destroy_object(session, *object))?;
        }
        cx.equal("objects with the new label", &1, &found.len())?;
        cx.equal("objects with the old label", &0, &gone.len())
    })
}

fn persists(cx: &mut Context<'_>, kind: &'static Kind) -> Outcome {
    let session = cx.session()?;
    let label = cx.label();
    let more = super::kinds::template(kind.optional)
        .flag(CKA_TOKEN, true)
        .text(CKA_LABEL, &label);
    let given = cx.taken(session, kind)?.and(&more);
    cx.import(session, &given)?;
    let session = restart(cx)?;
    let found = cx.labelled(session, &label)?;
    cx.equal("objects found", &1, &found.len())?;
    let outcome = given
        .kinds()
        .filter(|one| !kind.hidden.contains(one))
        .try_for_each(|one| {
            let expected = given.value(one).unwrap_or_default();
            let got = cx.read(session, found[0], one)?;
            let same = kind.same(one, expected, &got);
            let what = super::kinds::attribute(one);
            cx.check(
                same,
                format!("{what}: {}", hex::encode(expected)),
                hex::encode(&got),
            )
        });
    cx.ok(cx.c.destroy_object(session, found[0]))?;
    outcome
}
