//! Who may copy what, and wrong arguments (section 5.7.2).

use cryptoki_sys::*;

use crate::areas::object::kinds::{Kind, WILD};
use crate::c::{Arg, Function, Object, Session, Template};
use crate::case::{Case, Stage, case, spec};

pub(super) fn cases() -> Vec<Case> {
    prohibited()
        .into_iter()
        .chain(sessions())
        .chain(arguments())
        .collect()
}

fn prohibited() -> Vec<Case> {
    ["data", "certificate", "rsa-public", "ec-private", "aes"]
        .map(|name| {
            case(
                format!("copy.prohibited.{name}"),
                spec("5.7.2"),
                "An object with CKA_COPYABLE CK_FALSE cannot be copied: CKR_ACTION_PROHIBITED.",
            )
            .run(move |cx| {
                let session = cx.session()?;
                let label = cx.label();
                let more = Template::new()
                    .flag(CKA_COPYABLE, false)
                    .text(CKA_LABEL, &label);
                let object = cx.object(session, Kind::named(name), &more)?;
                let (rv, _) = cx.c.copy_object(session, object, &Template::new());
                cx.expect(rv, CKR_ACTION_PROHIBITED)?;
                cx.equal("found", &vec![object], &cx.labelled(session, &label)?)
            })
        })
        .into()
}

fn sessions() -> Vec<Case> {
    vec![
        not_modifiable(),
        token_in_read_only(),
        session_in_read_only(),
        private_before_login(),
        public_before_login(),
        of_other_session(),
    ]
}

fn not_modifiable() -> Case {
    case(
        "copy.rights.not-modifiable",
        spec("4.1.3"),
        "An object that cannot be modified can be copied.",
    )
    .run(|cx| {
        let session = cx.session()?;
        let object = cx.data_object(session, &Template::new().flag(CKA_MODIFIABLE, false))?;
        let copy = cx.copied(session, object, &Template::new())?;
        cx.read(session, copy, CKA_VALUE).map(drop)
    })
}

fn token_in_read_only() -> Case {
    case(
        "copy.rights.token-in-read-only",
        spec("5.7.2"),
        "A read-only session cannot copy into the token: CKR_SESSION_READ_ONLY.",
    )
    .run(|cx| {
        let session = cx.read_only()?;
        let object = cx.data_object(session, &Template::new())?;
        let more = Template::new()
            .flag(CKA_TOKEN, true)
            .text(CKA_LABEL, &cx.label());
        let (rv, _) = cx.c.copy_object(session, object, &more);
        cx.expect(rv, CKR_SESSION_READ_ONLY)
    })
}

fn session_in_read_only() -> Case {
    case(
        "copy.rights.session-in-read-only",
        spec("5.7.2"),
        "A read-only session can copy a token object into a session object.",
    )
    .run(|cx| {
        let session = cx.session()?;
        let (object, label) = cx.token_data(session, &Template::new())?;
        let reading = cx.read_only()?;
        let more = Template::new().flag(CKA_TOKEN, false);
        let (rv, copy) = cx.c.copy_object(reading, object, &more);
        let read = cx.c.attribute(reading, copy, CKA_LABEL);
        cx.ok(cx.c.destroy_object(session, object))?;
        cx.ok(rv)?;
        cx.equal_bytes("CKA_LABEL", label.as_bytes(), &read.unwrap_or_default())
    })
}

fn private_before_login() -> Case {
    case(
        "copy.rights.private-before-login",
        spec("5.7.2"),
        "Nobody makes a private copy before the user logs in: CKR_USER_NOT_LOGGED_IN.",
    )
    .stage(Stage::Public)
    .run(|cx| {
        cx.login_required()?;
        let session = cx.session()?;
        let object = cx.data_object(session, &Template::new().flag(CKA_PRIVATE, false))?;
        let more = Template::new().flag(CKA_PRIVATE, true);
        let (rv, _) = cx.c.copy_object(session, object, &more);
        cx.expect(rv, CKR_USER_NOT_LOGGED_IN)
    })
}

fn public_before_login() -> Case {
    case(
        "copy.rights.public-before-login",
        spec("5.7.2"),
        "A public object can be copied before anybody logs in.",
    )
    .stage(Stage::Public)
    .run(|cx| {
        let session = cx.session()?;
        let object = cx.data_object(session, &Template::new().flag(CKA_PRIVATE, false))?;
        let copy = cx.copied(session, object, &Template::new())?;
        cx.read(session, copy, CKA_VALUE).map(drop)
    })
}

fn of_other_session() -> Case {
    case(
        "copy.rights.of-other-session",
        spec("5.7.2"),
        "A session can copy another session's object, and the copy lives in its own.",
    )
    .run(|cx| {
        let session = cx.session()?;
        let (rv, other) = cx.c.open_read_write(cx.slot);
        cx.ok(rv)?;
        let made = cx.data_object(other, &Template::new());
        let copied = made
            .clone()
            .and_then(|object| cx.copied(session, object, &Template::new()));
        cx.ok(cx.c.close_session(other))?;
        cx.invalid(session, made?)?;
        cx.read(session, copied?, CKA_VALUE).map(drop)
    })
}

fn arguments() -> Vec<Case> {
    let objects = [("zero", CK_INVALID_HANDLE), ("wild", WILD.0)];
    let objects = objects.map(|(name, handle)| {
        case(
            format!("copy.arguments.object-{name}"),
            spec("5.7.2"),
            "C_CopyObject of a handle that was never given answers CKR_OBJECT_HANDLE_INVALID.",
        )
        .run(move |cx| {
            let session = cx.session()?;
            let (rv, _) = cx.c.copy_object(session, Object(handle), &Template::new());
            cx.expect(rv, CKR_OBJECT_HANDLE_INVALID)
        })
    });
    let others = [
        destroyed(),
        session_invalid(),
        null_template(),
        null_handle(),
        null_empty_template(),
    ];
    objects.into_iter().chain(others).collect()
}

fn destroyed() -> Case {
    case(
        "copy.arguments.destroyed",
        spec("5.7.2"),
        "C_CopyObject of an object that was destroyed answers CKR_OBJECT_HANDLE_INVALID.",
    )
    .run(|cx| {
        let session = cx.session()?;
        let object = cx.data_object(session, &Template::new())?;
        cx.ok(cx.c.destroy_object(session, object))?;
        let (rv, _) = cx.c.copy_object(session, object, &Template::new());
        cx.expect(rv, CKR_OBJECT_HANDLE_INVALID)
    })
}

fn session_invalid() -> Case {
    case(
        "copy.arguments.session-invalid",
        spec("5.1.2"),
        "C_CopyObject in a session that does not exist answers CKR_SESSION_HANDLE_INVALID.",
    )
    .run(|cx| {
        let session = cx.session()?;
        let object = cx.data_object(session, &Template::new())?;
        let nowhere = Session(CK_INVALID_HANDLE);
        let (rv, _) = cx.c.copy_object(nowhere, object, &Template::new());
        cx.expect(rv, CKR_SESSION_HANDLE_INVALID)
    })
}

fn null_template() -> Case {
    case(
        "copy.arguments.null-template",
        spec("5.7.2"),
        "C_CopyObject with a null template of one attribute answers CKR_ARGUMENTS_BAD.",
    )
    .run(|cx| {
        let session = cx.session()?;
        let object = cx.data_object(session, &Template::new())?;
        let mut handle: CK_ULONG = 0;
        let args = vec![
            Arg::Number(session.0),
            Arg::Number(object.0),
            Arg::Null,
            Arg::Number(1),
            Arg::Place(&mut handle),
        ];
        let rv = cx.c.call(Function::C_CopyObject, args);
        cx.expect(rv, CKR_ARGUMENTS_BAD)
    })
}

fn null_handle() -> Case {
    case(
        "copy.arguments.null-handle",
        spec("5.7.2"),
        "C_CopyObject with nowhere to put the handle answers CKR_ARGUMENTS_BAD.",
    )
    .run(|cx| {
        let session = cx.session()?;
        let object = cx.data_object(session, &Template::new())?;
        let more = Template::new().text(CKA_LABEL, "copy");
        let args = vec![
            Arg::Number(session.0),
            Arg::Number(object.0),
            Arg::Template(&more),
            Arg::Number(1),
            Arg::Null,
        ];
        let rv = cx.c.call(Function::C_CopyObject, args);
        cx.expect(rv, CKR_ARGUMENTS_BAD)
    })
}

fn null_empty_template() -> Case {
    case(
        "copy.arguments.null-empty-template",
        spec("5.7.2"),
        "C_CopyObject with a null template of no attributes copies without changes.",
    )
    .should()
    .run(|cx| {
        let session = cx.session()?;
        let object = cx.data_object(session, &Template::new())?;
        let mut handle: CK_ULONG = 0;
        let args = vec![
            Arg::Number(session.0),
            Arg::Number(object.0),
            Arg::Null,
            Arg::Number(0),
            Arg::Place(&mut handle),
        ];
        cx.ok(cx.c.call(Function::C_CopyObject, args))?;
        cx.read(session, Object(handle), CKA_VALUE).map(drop)
    })
}
