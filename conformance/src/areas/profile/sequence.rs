//! The mandatory test cases of the profiles, call by call (Profiles sections 5.1.1, 5.3.1, 5.4.1 and 5.5.1).
//!
//! They begin and end with a module that is not initialised. Where the test cases show the answers of a module that they make
//! up, the cases here ask for what every module's answer has to say.

use cryptoki_sys::*;

use crate::areas::object::kinds::certificate;
use crate::c::{Mechanism, Object, Out, Query, Session, Template};
use crate::case::{Case, Draft, Outcome, Stage, case, profiles};
use crate::context::{Context, fail, not_applicable};
use crate::keys::{private, public};
use crate::operations::peer::rsa_verifies;
use crate::users::labelled;

/// What the private key signs.
const MESSAGE: &[u8] = b"what the holder of the key has been asked to sign";
/// How many objects one search asks for.
const MOST: usize = 64;

pub(super) fn cases() -> Vec<Case> {
    vec![
        draft(
            "baseline",
            "5.1.1.1",
            "BL-M-1: a module tells of itself, its slot and its token, and what the token holds.",
        )
        .run(|cx| {
            begin(cx)?;
            informed(cx)?;
            let session = opened(cx, CKF_SERIAL_SESSION)?;
            searched(cx, session)?;
            end(cx, session)
        }),
        draft(
            "extended",
            "5.3.1.1",
            "EXT-M-1: a module tells of its mechanisms as well, and a user logs in and out.",
        )
        .run(|cx| {
            let pin = cx.user_pin()?;
            begin(cx)?;
            informed(cx)?;
            mechanisms(cx)?;
            let session = opened(cx, CKF_SERIAL_SESSION | CKF_RW_SESSION)?;
            cx.ok(cx.c.login(session, CKU_USER, pin))?;
            searched(cx, session)?;
            cx.ok(cx.c.logout(session))?;
            end(cx, session)
        }),
        draft(
            "authentication",
            "5.4.1.1",
            "AUTH-M-1: a user logs in, finds a key pair by its label and signs with it.",
        )
        .run(|cx| {
            cx.with_objects(
                |session, label| rsa_pair(cx, session, label),
                |label| signed(cx, label),
            )
        }),
        draft(
            "certificates",
            "5.5.1.1",
            "CERT-M-1: anybody finds a certificate, and reads its label and its value.",
        )
        .run(|cx| {
            cx.with_objects(
                |session, label| public_certificate(cx, session, label),
                |label| read(cx, label),
            )
        }),
    ]
}

fn draft(profile: &str, section: &'static str, requirement: &str) -> Draft {
    let id = format!("profile.{profile}.sequence-1");
    case(id, profiles(section), requirement)
        .stage(Stage::Loaded)
        .deadline(60)
}

/// `C_Initialize`, `C_GetInfo` and the list of slots.
fn begin(cx: &Context<'_>) -> Outcome {
    cx.ok(cx.c.initialize(None))?;
    let (rv, info) = cx.c.info();
    cx.ok(rv)?;
    cx.equal("flags of CK_INFO", &0, &info.flags)?;
    let counted = cx.c.slot_list(true, Out::Length);
    cx.ok(counted.rv)?;
    let room = usize::try_from(counted.count)
        .unwrap_or(usize::MAX)
        .min(1 << 16);
    let listed = cx.c.slot_list(true, Out::Room(room));
    cx.ok(listed.rv)?;
    cx.check(
        listed.list.contains(&cx.slot),
        format!("slot {} among them", cx.slot),
        format!("{:?}", listed.list),
    )
}

/// What is told of the slot and of the token.
fn informed(cx: &Context<'_>) -> Outcome {
    let (rv, slot) = cx.c.slot_info(cx.slot);
    cx.ok(rv)?;
    cx.check(
        slot.flags & CKF_TOKEN_PRESENT != 0,
        "CKF_TOKEN_PRESENT",
        format!("{:#x}", slot.flags),
    )?;
    let (rv, token) = cx.c.token_info(cx.slot);
    cx.ok(rv)?;
    cx.check(
        token.flags & CKF_TOKEN_INITIALIZED != 0,
        "CKF_TOKEN_INITIALIZED",
        format!("{:#x}", token.flags),
    )
}

fn mechanisms(cx: &Context<'_>) -> Outcome {
    let counted = cx.c.mechanism_list(cx.slot, Out::Length);
    cx.ok(counted.rv)?;
    let room = usize::try_from(counted.count)
        .unwrap_or(usize::MAX)
        .min(1 << 16);
    let listed = cx.c.mechanism_list(cx.slot, Out::Room(room));
    cx.ok(listed.rv)?;
    cx.check(!listed.list.is_empty(), "at least one mechanism", "none")?;
    for kind in listed.list {
        let (rv, info) = cx.c.mechanism_info(cx.slot, kind);
        cx.ok(rv)?;
        cx.check(
            info.ulMinKeySize <= info.ulMaxKeySize,
            "a smallest key that is not larger than the largest",
            format!("{} and {}", info.ulMinKeySize, info.ulMaxKeySize),
        )?;
    }
    Ok(())
}

fn opened(cx: &Context<'_>, flags: CK_FLAGS) -> Outcome<Session> {
    let (rv, session) = cx.c.open_session(cx.slot, flags);
    cx.ok(rv)?;
    Ok(session)
}

/// A search for one object of the token, of which there may be none.
fn searched(cx: &Context<'_>, session: Session) -> Outcome {
    let template = Template::new().flag(CKA_TOKEN, true);
    cx.ok(cx.c.find_objects_init(session, &template))?;
    let found = cx.c.find_objects(session, 1);
    cx.ok(found.rv)?;
    cx.check(
        found.count <= 1,
        "at most one object",
        found.count.to_string(),
    )?;
    cx.ok(cx.c.find_objects_final(session))
}

fn end(cx: &Context<'_>, session: Session) -> Outcome {
    cx.ok(cx.c.close_session(session))?;
    cx.ok(cx.c.close_all_sessions(cx.slot))?;
    cx.ok(cx.c.finalize())
}

/// Makes an RSA key pair in the token.
fn rsa_pair(cx: &Context<'_>, session: Session, label: &str) -> Outcome {
    cx.mechanism(CKM_SHA256_RSA_PKCS, CKF_SIGN)?;
    cx.mechanism(CKM_RSA_PKCS_KEY_PAIR_GEN, CKF_GENERATE_KEY_PAIR)?;
    let placed = |template: Template| template.flag(CKA_TOKEN, true).text(CKA_LABEL, label);
    let public = placed(public(CKK_RSA, &[CKA_VERIFY]))
        .number(CKA_MODULUS_BITS, 2048)
        .bytes(CKA_PUBLIC_EXPONENT, &[1, 0, 1]);
    let private = placed(private(CKK_RSA, &[CKA_SIGN]));
    cx.pair(session, CKM_RSA_PKCS_KEY_PAIR_GEN, &public, &private)?;
    Ok(())
}

/// Finds the one object of a class with a label, as the test cases do: by one search for one object.
fn found(
    cx: &Context<'_>,
    session: Session,
    class: CK_OBJECT_CLASS,
    label: &str,
) -> Outcome<Object> {
    let template = labelled(label)
        .flag(CKA_TOKEN, true)
        .number(CKA_CLASS, class);
    cx.ok(cx.c.find_objects_init(session, &template))?;
    let found = cx.c.find_objects(session, 1);
    cx.ok(found.rv)?;
    cx.ok(cx.c.find_objects_final(session))?;
    match found.list.first() {
        Some(object) => Ok(*object),
        None => fail("the object with the label", "none"),
    }
}

fn signed(cx: &Context<'_>, label: &str) -> Outcome {
    let pin = cx.user_pin()?;
    begin(cx)?;
    let session = opened(cx, CKF_SERIAL_SESSION | CKF_RW_SESSION)?;
    cx.ok(cx.c.login(session, CKU_USER, pin))?;
    let public = found(cx, session, CKO_PUBLIC_KEY, label)?;
    let mut query = Query::values(&[(CKA_MODULUS, 1024), (CKA_PUBLIC_EXPONENT, 1024)]);
    cx.ok(cx.c.attribute_values(session, public, &mut query))?;
    let part = |index| query.value(index).unwrap_or_default().to_vec();
    let private = found(cx, session, CKO_PRIVATE_KEY, label)?;
    let mechanism = Mechanism::new(CKM_SHA256_RSA_PKCS);
    cx.ok(cx.c.sign_init(session, Some(&mechanism), private))?;
    let signature = cx.c.sign(session, MESSAGE, Out::Room(256));
    cx.ok(signature.rv)?;
    let good = rsa_verifies(
        CKM_SHA256_RSA_PKCS,
        &part(0),
        &part(1),
        MESSAGE,
        &signature.bytes,
    );
    cx.check(
        good == Some(true),
        "a signature that another implementation verifies with the public key",
        hex::encode(&signature.bytes),
    )?;
    cx.ok(cx.c.logout(session))?;
    end(cx, session)
}

/// Makes a public certificate in the token.
fn public_certificate(cx: &Context<'_>, session: Session, label: &str) -> Outcome {
    let template = Template::class(CKO_CERTIFICATE)
        .flag(CKA_TOKEN, true)
        .flag(CKA_PRIVATE, false)
        .text(CKA_LABEL, label);
    cx.import(session, &template.and(&certificate()))?;
    Ok(())
}

fn read(cx: &Context<'_>, label: &str) -> Outcome {
    begin(cx)?;
    let session = opened(cx, CKF_SERIAL_SESSION)?;
    let template = Template::new().flag(CKA_TOKEN, true);
    cx.ok(cx.c.find_objects_init(session, &template))?;
    let mut ours = None;
    loop {
        let batch = cx.c.find_objects(session, MOST);
        cx.ok(batch.rv)?;
        if batch.list.is_empty() {
            break;
        }
        // The attributes are read while the search is active, as the test case does.
        for object in batch.list {
            let has = |value: Vec<u8>| value == label.as_bytes();
            if cx.c.attribute(session, object, CKA_LABEL).is_ok_and(has) {
                ours = Some(object);
            }
        }
    }
    let Some(object) = ours else {
        return fail(
            "the certificate among the objects that anybody finds",
            "not there",
        );
    };
    let value = cx.read(session, object, CKA_VALUE)?;
    let Some(expected) = certificate().value(CKA_VALUE).map(<[u8]>::to_vec) else {
        return not_applicable("the certificate of this suite has no value");
    };
    cx.equal_bytes("CKA_VALUE", &expected, &value)?;
    cx.ok(cx.c.find_objects_final(session))?;
    end(cx, session)
}
