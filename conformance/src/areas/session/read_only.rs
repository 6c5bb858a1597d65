//! What a read-only session may do, and what not.

use cryptoki_sys::{
    CK_ATTRIBUTE_TYPE, CKA_LABEL, CKA_SIGN, CKA_TOKEN, CKA_VALUE, CKA_VALUE_LEN, CKF_GENERATE,
    CKF_GENERATE_KEY_PAIR, CKF_UNWRAP, CKK_AES, CKK_EC, CKM_AES_KEY_GEN, CKM_AES_KEY_WRAP,
    CKM_EC_KEY_PAIR_GEN, CKM_SHA256_HMAC, CKR_SESSION_READ_ONLY, CKS_RO_USER_FUNCTIONS,
};

use crate::c::{Mechanism, Object, Out, Session, Template};
use crate::case::{Case, Outcome, Stage, case, spec};
use crate::context::Context;
use crate::keys::{private, public, secret, unhex};
use crate::known_keys::P256;
use crate::users::{VALUE, data, labelled};

pub(super) fn cases() -> Vec<Case> {
    [objects(), keys(), allowed(), uses()]
        .into_iter()
        .flatten()
        .collect()
}

/// Runs something with a public token object, which is destroyed afterwards.
fn with_token_object(
    cx: &mut Context<'_>,
    body: impl FnOnce(&Context<'_>, Session, Object) -> Outcome,
) -> Outcome {
    let (writer, reader) = (cx.session()?, cx.read_only()?);
    let object = cx.data(writer, true, false)?;
    let outcome = body(cx, reader, object);
    let destroyed = cx.c.destroy_object(writer, object);
    outcome?;
    cx.ok(destroyed)
}

fn value(cx: &Context<'_>, session: Session, object: Object) -> Outcome {
    has(cx, session, object, CKA_VALUE, VALUE)
}

fn has(
    cx: &Context<'_>,
    session: Session,
    object: Object,
    kind: CK_ATTRIBUTE_TYPE,
    expected: &[u8],
) -> Outcome {
    match cx.c.attribute(session, object, kind) {
        Ok(value) => cx.equal_bytes("the attribute", expected, &value),
        Err(rv) => cx.ok(rv),
    }
}

fn objects() -> Vec<Case> {
    let create = |id: &str, stage: Stage, requirement: &str| {
        case(
            format!("session.read-only.{id}"),
            spec("5.7.1"),
            requirement,
        )
        .stage(stage)
        .run(|cx| {
            let reader = cx.read_only()?;
            // The same object as a session object shows that the template is not what is refused.
            cx.data(reader, false, false)?;
            let label = cx.label();
            let (rv, object) = cx.c.create_object(reader, &data(true, false, &label));
            if rv.is_ok() {
                let writer = cx.session()?;
                cx.c.destroy_object(writer, object);
            }
            cx.expect(rv, CKR_SESSION_READ_ONLY)?;
            cx.equal("objects found", &0, &cx.count_labelled(reader, &label)?)
        })
    };
    vec![
        create(
            "create-token-object",
            Stage::User,
            "Creating a token object in a read-only session answers CKR_SESSION_READ_ONLY.",
        ),
        create(
            "create-token-object-public",
            Stage::Public,
            "Creating a public token object in a read-only public session answers CKR_SESSION_READ_ONLY.",
        ),
        case(
            "session.read-only.destroy-token-object",
            spec("5.7.3"),
            "Destroying a token object in a read-only session answers CKR_SESSION_READ_ONLY, and it stays.",
        )
        .run(|cx| {
            with_token_object(cx, |cx, reader, object| {
                cx.expect(cx.c.destroy_object(reader, object), CKR_SESSION_READ_ONLY)?;
                value(cx, reader, object)
            })
        }),
        case(
            "session.read-only.modify-token-object",
            spec("5.7.6"),
            "Changing a token object in a read-only session answers CKR_SESSION_READ_ONLY, and it stays as it is.",
        )
        .run(|cx| {
            with_token_object(cx, |cx, reader, object| {
                let before = cx.c.attribute(reader, object, CKA_LABEL).unwrap_or_default();
                let change = labelled("another label");
                let rv = cx.c.set_attribute_values(reader, object, &change);
                cx.expect(rv, CKR_SESSION_READ_ONLY)?;
                has(cx, reader, object, CKA_LABEL, &before)
            })
        }),
        case(
            "session.read-only.copy-to-token",
            spec("5.7.2"),
            "Copying a session object to a token object in a read-only session answers CKR_SESSION_READ_ONLY.",
        )
        .run(|cx| {
            let reader = cx.read_only()?;
            let object = cx.data(reader, false, false)?;
            let template = Template::new().text(CKA_LABEL, &cx.label());
            let (rv, _) = cx.c.copy_object(reader, object, &template);
            cx.prepared(rv)?;
            let template = template.flag(CKA_TOKEN, true);
            let (rv, _) = cx.c.copy_object(reader, object, &template);
            cx.expect(rv, CKR_SESSION_READ_ONLY)
        }),
    ]
}

fn keys() -> Vec<Case> {
    vec![
        case(
            "session.read-only.generate-token-key",
            spec("5.18.1"),
            "Generating a secret key as a token object in a read-only session answers CKR_SESSION_READ_ONLY.",
        )
        .run(|cx| {
            cx.mechanism(CKM_AES_KEY_GEN, CKF_GENERATE)?;
            let reader = cx.read_only()?;
            cx.aes(reader, 16, &[])?;
            let template = secret(CKK_AES, &[])
                .number(CKA_VALUE_LEN, 16)
                .flag(CKA_TOKEN, true)
                .text(CKA_LABEL, &cx.label());
            let mechanism = Mechanism::new(CKM_AES_KEY_GEN);
            let (rv, _) = cx.c.generate_key(reader, &mechanism, &template);
            cx.expect(rv, CKR_SESSION_READ_ONLY)
        }),
        pair("generate-token-private-key", false, true),
        pair("generate-token-public-key", true, false),
        pair("generate-token-pair", true, true),
        case(
            "session.read-only.unwrap-token-key",
            spec("5.18.4"),
            "Unwrapping a key to a token object in a read-only session answers CKR_SESSION_READ_ONLY.",
        )
        .run(|cx| {
            cx.mechanism(CKM_AES_KEY_WRAP, CKF_UNWRAP)?;
            let reader = cx.read_only()?;
            let usages = [cryptoki_sys::CKA_UNWRAP];
            let kek = unhex("000102030405060708090a0b0c0d0e0f");
            let kek = cx.import_secret(reader, CKK_AES, &kek, &usages)?;
            // RFC 3394, section 4.1.
            let wrapped = unhex("1fa68b0a8112b447aef34bd8fb5a7b829d3e862371d2cfe5");
            let mechanism = Mechanism::new(CKM_AES_KEY_WRAP);
            let template = secret(CKK_AES, &[]).text(CKA_LABEL, &cx.label());
            let unwrap = |template: &Template| cx.c.unwrap_key(reader, &mechanism, kek, &wrapped, template).0;
            cx.prepared(unwrap(&template))?;
            let template = template.flag(CKA_TOKEN, true);
            cx.expect(unwrap(&template), CKR_SESSION_READ_ONLY)
        }),
    ]
}

fn pair(id: &str, public_stays: bool, private_stays: bool) -> Case {
    let which = match (public_stays, private_stays) {
        (true, true) => "both keys",
        (true, false) => "the public key",
        _ => "the private key",
    };
    case(
        format!("session.read-only.{id}"),
        spec("5.18.2"),
        format!("Generating a key pair with {which} as token objects in a read-only session answers CKR_SESSION_READ_ONLY."),
    )
    .run(move |cx| {
        cx.mechanism(CKM_EC_KEY_PAIR_GEN, CKF_GENERATE_KEY_PAIR)?;
        let reader = cx.read_only()?;
        cx.p256(reader, &[], &[CKA_SIGN])?;
        let label = cx.label();
        let public = public(CKK_EC, &[])
            .bytes(cryptoki_sys::CKA_EC_PARAMS, &unhex(P256))
            .flag(CKA_TOKEN, public_stays)
            .text(CKA_LABEL, &label);
        let private = private(CKK_EC, &[CKA_SIGN])
            .flag(CKA_TOKEN, private_stays)
            .text(CKA_LABEL, &label);
        let mechanism = Mechanism::new(CKM_EC_KEY_PAIR_GEN);
        let (rv, _, _) = cx.c.generate_key_pair(reader, &mechanism, &public, &private);
        cx.expect(rv, CKR_SESSION_READ_ONLY)?;
        cx.equal("objects found", &0, &cx.count_labelled(reader, &label)?)
    })
}

fn allowed() -> Vec<Case> {
    vec![
        case(
            "session.read-only.create-session-object",
            spec("5.7.1"),
            "A read-only session creates, changes and destroys session objects.",
        )
        .run(|cx| {
            let writer = cx.session()?;
            // A module without data objects at all is not what this case is about.
            cx.data(writer, false, false)?;
            let reader = cx.read_only()?;
            let (rv, object) = cx.c.create_object(reader, &data(false, false, "first"));
            cx.ok(rv)?;
            cx.ok(cx
                .c
                .set_attribute_values(reader, object, &labelled("second")))?;
            has(cx, reader, object, CKA_LABEL, b"second")?;
            cx.ok(cx.c.destroy_object(reader, object))
        }),
        case(
            "session.read-only.create-private-session-object",
            spec("5.7.1"),
            "A read-only session of the user creates private session objects.",
        )
        .run(|cx| {
            let writer = cx.session()?;
            cx.data(writer, false, true)?;
            let reader = cx.read_only()?;
            let (rv, object) = cx.c.create_object(reader, &data(false, true, "private"));
            cx.ok(rv)?;
            value(cx, reader, object)
        }),
        case(
            "session.read-only.generate-session-key",
            spec("5.18.1"),
            "A read-only session generates keys as session objects.",
        )
        .run(|cx| {
            cx.mechanism(CKM_AES_KEY_GEN, CKF_GENERATE)?;
            let (writer, reader) = (cx.session()?, cx.read_only()?);
            cx.aes(writer, 16, &[])?;
            let template = secret(CKK_AES, &[]).number(CKA_VALUE_LEN, 16);
            let mechanism = Mechanism::new(CKM_AES_KEY_GEN);
            cx.ok(cx.c.generate_key(reader, &mechanism, &template).0)
        }),
        case(
            "session.read-only.copy-to-session",
            spec("5.7.2"),
            "A read-only session copies a token object to a session object.",
        )
        .run(|cx| {
            with_token_object(cx, |cx, reader, object| {
                let template = Template::new().flag(CKA_TOKEN, false);
                let (rv, copy) = cx.c.copy_object(reader, object, &template);
                cx.prepared(rv)?;
                has(cx, reader, copy, CKA_TOKEN, &[0])?;
                value(cx, reader, copy)
            })
        }),
    ]
}

fn uses() -> Vec<Case> {
    vec![
        case(
            "session.read-only.read-token-object",
            spec("5.7.5"),
            "A read-only session finds and reads token objects.",
        )
        .run(|cx| {
            with_token_object(cx, |cx, reader, object| {
                let label =
                    cx.c.attribute(reader, object, CKA_LABEL)
                        .unwrap_or_default();
                let template = Template::new().bytes(CKA_LABEL, &label);
                let found = cx.c.find(reader, &template);
                cx.equal("objects found", &Ok(vec![object]), &found)?;
                value(cx, reader, object)
            })
        }),
        case(
            "session.read-only.use-key",
            spec("5.13.1"),
            "A read-only session signs with a key that a read/write session has made.",
        )
        .run(|cx| {
            let (writer, reader) = (cx.session()?, cx.read_only()?);
            let key = super::mac_key(cx, writer)?;
            let mechanism = Mechanism::new(CKM_SHA256_HMAC);
            cx.ok(cx.c.sign_init(reader, Some(&mechanism), key))?;
            let output = cx.c.sign(reader, super::TEXT, Out::Room(32));
            cx.ok(output.rv)?;
            cx.equal_bytes("the MAC", &unhex(super::MAC), &output.bytes)
        }),
        case(
            "session.read-only.login",
            spec("5.6.8"),
            "The user logs in through a read-only session.",
        )
        .stage(Stage::Public)
        .run(|cx| {
            let reader = cx.read_only()?;
            cx.as_user(reader)?;
            cx.in_state(reader, CKS_RO_USER_FUNCTIONS)
        }),
    ]
}
