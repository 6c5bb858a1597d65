//! Session objects: as long-lived as their session, and common to all sessions of the application.

use cryptoki_sys::{CKA_VALUE, CKM_SHA256_HMAC, CKR_OBJECT_HANDLE_INVALID};

use crate::c::{Mechanism, Object, Out, Session};
use crate::case::{Case, Outcome, Stage, case, spec};
use crate::context::{Context, fail};
use crate::keys::unhex;
use crate::users::{VALUE, data, labelled};

pub(super) fn cases() -> Vec<Case> {
    [shared(), ends()].into_iter().flatten().collect()
}

fn shared() -> Vec<Case> {
    vec![
        case(
            "session.object.visible-in-others",
            spec("4.4"),
            "A session object is found and read in the application's other sessions.",
        )
        .run(|cx| {
            let (maker, other) = (cx.session()?, cx.session()?);
            let label = cx.label();
            let object = cx.import(maker, &data(false, false, &label))?;
            let found = cx.c.find(other, &labelled(&label));
            cx.equal("objects found", &Ok(vec![object]), &found)?;
            reads(cx, other, object)
        }),
        case(
            "session.object.visible-in-read-only",
            spec("4.4"),
            "A session object of a read/write session is read in a read-only session.",
        )
        .run(|cx| {
            let (maker, other) = (cx.session()?, cx.read_only()?);
            let object = cx.data(maker, false, false)?;
            reads(cx, other, object)
        }),
        case(
            "session.object.usable-in-others",
            spec("4.4"),
            "A session key made in one session signs in another.",
        )
        .run(|cx| {
            let (maker, other) = (cx.session()?, cx.session()?);
            let key = super::mac_key(cx, maker)?;
            let mechanism = Mechanism::new(CKM_SHA256_HMAC);
            cx.ok(cx.c.sign_init(other, Some(&mechanism), key))?;
            let output = cx.c.sign(other, super::TEXT, Out::Room(32));
            cx.ok(output.rv)?;
            cx.equal_bytes("the MAC", &unhex(super::MAC), &output.bytes)
        }),
        case(
            "session.object.destroyed-by-others",
            spec("5.7.3"),
            "A session object can be destroyed in another session, and is gone in its own.",
        )
        .run(|cx| {
            let (maker, other) = (cx.session()?, cx.session()?);
            let object = cx.data(maker, false, false)?;
            cx.ok(cx.c.destroy_object(other, object))?;
            gone(cx, maker, object)
        }),
        case(
            "session.object.changed-by-others",
            spec("5.7.6"),
            "What another session changes in a session object is read in its own.",
        )
        .run(|cx| {
            let (maker, other) = (cx.session()?, cx.session()?);
            let object = cx.data(maker, false, false)?;
            let change = labelled("another label");
            cx.ok(cx.c.set_attribute_values(other, object, &change))?;
            match cx.c.attribute(maker, object, cryptoki_sys::CKA_LABEL) {
                Ok(label) => cx.equal_bytes("the label", b"another label", &label),
                Err(rv) => cx.ok(rv),
            }
        }),
    ]
}

fn ends() -> Vec<Case> {
    vec![
        case(
            "session.object.dies-with-its-session",
            spec("5.6.2"),
            "A session object is destroyed with the session that made it, even while others could see it.",
        )
        .run(|cx| {
            let (maker, other) = (cx.session()?, cx.session()?);
            let label = cx.label();
            let object = cx.import(maker, &data(false, false, &label))?;
            reads(cx, other, object)?;
            cx.ok(cx.c.close_session(maker))?;
            gone(cx, other, object)?;
            cx.equal("objects found", &0, &cx.count_labelled(other, &label)?)
        }),
        case(
            "session.object.private-dies-with-its-session",
            spec("5.6.2"),
            "A private session object is destroyed with the session that made it.",
        )
        .run(|cx| {
            let (maker, other) = (cx.session()?, cx.session()?);
            let object = cx.data(maker, false, true)?;
            reads(cx, other, object)?;
            cx.ok(cx.c.close_session(maker))?;
            gone(cx, other, object)
        }),
        case(
            "session.object.of-read-only-dies",
            spec("5.6.2"),
            "A session object of a read-only session is destroyed with that session.",
        )
        .run(|cx| {
            let (maker, other) = (cx.read_only()?, cx.session()?);
            let object = cx.data(maker, false, false)?;
            reads(cx, other, object)?;
            cx.ok(cx.c.close_session(maker))?;
            gone(cx, other, object)
        }),
        case(
            "session.object.outlives-others",
            spec("5.6.2"),
            "A session object outlives other sessions, even one that has used it.",
        )
        .run(|cx| {
            let (maker, other) = (cx.session()?, cx.session()?);
            let object = cx.data(maker, false, false)?;
            reads(cx, other, object)?;
            cx.ok(cx.c.close_session(other))?;
            reads(cx, maker, object)
        }),
        case(
            "session.object.token-object-stays",
            spec("4.4"),
            "A token object outlives the session that made it.",
        )
        .run(|cx| {
            let (maker, other) = (cx.session()?, cx.session()?);
            let object = cx.data(maker, true, false)?;
            cx.ok(cx.c.close_session(maker))?;
            reads(cx, other, object)?;
            cx.ok(cx.c.destroy_object(other, object))
        }),
        case(
            "session.object.gone-after-finalize",
            spec("4.4"),
            "A session object is gone after C_Finalize and C_Initialize.",
        )
        .stage(Stage::Initialized)
        .run(|cx| {
            let session = cx.session()?;
            let label = cx.label();
            cx.import(session, &data(false, false, &label))?;
            cx.ok(cx.c.finalize())?;
            cx.ok(cx.c.initialize(None))?;
            let session = cx.session()?;
            cx.equal("objects found", &0, &cx.count_labelled(session, &label)?)
        }),
    ]
}

fn reads(cx: &Context<'_>, session: Session, object: Object) -> Outcome {
    match cx.c.attribute(session, object, CKA_VALUE) {
        Ok(value) => cx.equal_bytes("the value", VALUE, &value),
        Err(rv) => cx.ok(rv),
    }
}

fn gone(cx: &Context<'_>, session: Session, object: Object) -> Outcome {
    match cx.c.attribute(session, object, CKA_VALUE) {
        Ok(_) => fail("the object is destroyed", "its value can be read"),
        Err(rv) => cx.expect(rv, CKR_OBJECT_HANDLE_INVALID),
    }
}
