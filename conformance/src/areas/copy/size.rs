//! `C_GetObjectSize`, whose meaning the specification leaves open (section 5.7.4).

use cryptoki_sys::*;

use crate::areas::object::kinds::{Kind, WILD};
use crate::c::{Arg, Function, Object, Session, Template};
use crate::case::{Case, case, spec};
use crate::context::not_applicable;

pub(super) fn cases() -> Vec<Case> {
    sizes().into_iter().chain(arguments()).collect()
}

fn sizes() -> Vec<Case> {
    ["data", "certificate", "rsa-public", "ec-private", "aes"]
        .map(|name| {
            case(
                format!("copy.size.{name}"),
                spec("5.7.4"),
                "C_GetObjectSize tells a size, none that is known, or that it is sensitive.",
            )
            .run(move |cx| {
                let session = cx.session()?;
                let object = cx.object(session, Kind::named(name), &Template::new())?;
                let (rv, size) = cx.c.object_size(session, object);
                if rv.0 == CKR_INFORMATION_SENSITIVE {
                    return not_applicable("the module keeps sizes to itself");
                }
                cx.ok(rv)?;
                // A size in bytes of an object of less than a kilobyte.
                let sane = size == CK_ULONG::MAX || (1..1 << 20).contains(&size);
                cx.check(
                    sane,
                    "a size, or CK_UNAVAILABLE_INFORMATION",
                    size.to_string(),
                )
            })
        })
        .into()
}

fn arguments() -> Vec<Case> {
    let objects = [("zero", CK_INVALID_HANDLE), ("wild", WILD.0)];
    let objects = objects.map(|(name, handle)| {
        case(
            format!("copy.size.object-{name}"),
            spec("5.7.4"),
            "C_GetObjectSize of a handle that was never given answers CKR_OBJECT_HANDLE_INVALID.",
        )
        .run(move |cx| {
            let session = cx.session()?;
            let (rv, _) = cx.c.object_size(session, Object(handle));
            cx.expect(rv, CKR_OBJECT_HANDLE_INVALID)
        })
    });
    let others = [
        case(
            "copy.size.session-invalid",
            spec("5.1.2"),
            "C_GetObjectSize in a session that does not exist answers CKR_SESSION_HANDLE_INVALID.",
        )
        .run(|cx| {
            let session = cx.session()?;
            let object = cx.data_object(session, &Template::new())?;
            let nowhere = Session(CK_INVALID_HANDLE);
            let (rv, _) = cx.c.object_size(nowhere, object);
            cx.expect(rv, CKR_SESSION_HANDLE_INVALID)
        }),
        case(
            "copy.size.null",
            spec("5.7.4"),
            "C_GetObjectSize with nowhere to put the size answers CKR_ARGUMENTS_BAD.",
        )
        .run(|cx| {
            let session = cx.session()?;
            let object = cx.data_object(session, &Template::new())?;
            let args = vec![Arg::Number(session.0), Arg::Number(object.0), Arg::Null];
            let rv = cx.c.call(Function::C_GetObjectSize, args);
            cx.expect(rv, CKR_ARGUMENTS_BAD)
        }),
    ];
    objects.into_iter().chain(others).collect()
}
