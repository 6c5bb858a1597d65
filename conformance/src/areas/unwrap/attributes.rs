//! What an unwrapped key says of itself.

use cryptoki_sys::*;

use super::Bench;
use crate::areas::wrap::carriers::{Payload, first};
use crate::c::{Object, Session, Template};
use crate::case::{Case, Outcome, case, spec};
use crate::context::{Context, not_applicable};
use crate::key_use::{attribute_name, sealed};
use crate::keys::secret;

pub(super) fn cases() -> Vec<Case> {
    [flags(), others(), templates()]
        .into_iter()
        .flatten()
        .collect()
}

/// Unwraps a key by its own template and more.
fn unwrapped(
    cx: &mut Context<'_>,
    payload: Payload,
    more: &Template,
) -> Outcome<(Session, Object)> {
    let bench = Bench::new(cx, payload)?;
    let (rv, key) = bench.unwrap(cx, &payload.template().and(more));
    cx.ok(rv)?;
    Ok((bench.session, key))
}

fn flags() -> Vec<Case> {
    let flags = [
        ("local", CKA_LOCAL, false),
        ("always-sensitive", CKA_ALWAYS_SENSITIVE, false),
        ("never-extractable", CKA_NEVER_EXTRACTABLE, false),
    ];
    let payloads = [
        ("secret-key", Payload::Aes(32)),
        ("private-key", Payload::Ec),
    ];
    let payloads = payloads.into_iter().flat_map(move |(kind, payload)| {
        flags.into_iter().map(move |(name, attribute, value)| {
            case(
                format!("unwrap.{kind}.{name}"),
                spec("5.18.4"),
                format!("{} of an unwrapped key is CK_FALSE, even where it is sensitive and unextractable.", attribute_name(attribute)),
            )
            .run(move |cx| {
                let (session, key) = unwrapped(cx, payload, &sealed(Template::new()))?;
                cx.expect_flag(session, key, attribute, value)
            })
        })
    });
    payloads.collect()
}

fn others() -> Vec<Case> {
    vec![
        case("unwrap.extractable-by-default", spec("5.18.4"), "CKA_EXTRACTABLE of an unwrapped key is CK_TRUE where the template does not say otherwise.")
            .run(|cx| {
                let (session, key) = unwrapped(cx, Payload::Aes(32), &Template::new())?;
                cx.expect_flag(session, key, CKA_EXTRACTABLE, true)
            }),
        case("unwrap.key-gen-mechanism", spec("4.7"), "CKA_KEY_GEN_MECHANISM of an unwrapped key is CK_UNAVAILABLE_INFORMATION.")
            .run(|cx| {
                let (session, key) = unwrapped(cx, Payload::Aes(32), &Template::new())?;
                let mechanism = cx.number_of(session, key, CKA_KEY_GEN_MECHANISM)?;
                cx.equal("CKA_KEY_GEN_MECHANISM", &CK_UNAVAILABLE_INFORMATION, &mechanism)
            }),
        case("unwrap.value-len", spec("6.10.1"), "CKA_VALUE_LEN of an unwrapped AES key is the length of its value.")
            .run(|cx| {
                let (session, key) = unwrapped(cx, Payload::Aes(24), &Template::new())?;
                cx.equal("CKA_VALUE_LEN", &24, &cx.number_of(session, key, CKA_VALUE_LEN)?)
            }),
        case("unwrap.template-kept", spec("5.18.4"), "An unwrapped key has the label, identifier and usages of the template.")
            .run(|cx| {
                let label = cx.label();
                let more = Template::new().text(CKA_LABEL, &label).bytes(CKA_ID, &[9]).flag(CKA_DECRYPT, false);
                let (session, key) = unwrapped(cx, Payload::Aes(32), &more)?;
                cx.equal_bytes("CKA_LABEL", label.as_bytes(), &cx.bytes_of(session, key, CKA_LABEL)?)?;
                cx.equal_bytes("CKA_ID", &[9], &cx.bytes_of(session, key, CKA_ID)?)?;
                cx.expect_flag(session, key, CKA_ENCRYPT, true)?;
                cx.expect_flag(session, key, CKA_DECRYPT, false)
            }),
        case("unwrap.sealed", spec("5.18.4"), "An unwrapped key is sensitive and unextractable where the template says so.")
            .run(|cx| {
                let (session, key) = unwrapped(cx, Payload::Aes(32), &sealed(Template::new()))?;
                cx.expect_flag(session, key, CKA_SENSITIVE, true)?;
                cx.expect_flag(session, key, CKA_EXTRACTABLE, false)
            }),
        case("unwrap.ec-params", spec("6.3.4"), "An unwrapped EC private key has the curve that was wrapped with it.")
            .run(|cx| {
                let (session, key) = unwrapped(cx, Payload::Ec, &Template::new())?;
                let parameters = cx.bytes_of(session, key, CKA_EC_PARAMS)?;
                cx.equal_bytes("CKA_EC_PARAMS", &crate::keys::unhex(crate::known_keys::P256), &parameters)
            }),
        case("unwrap.token-key", spec("5.18.4"), "An unwrapped token key is there for another session.")
            .run(|cx| {
                let label = cx.label();
                let more = Template::new().flag(CKA_TOKEN, true).text(CKA_LABEL, &label);
                unwrapped(cx, Payload::Aes(32), &more)?;
                let session = cx.session()?;
                let found = cx.had(cx.c.find(session, &Template::new().text(CKA_LABEL, &label)))?;
                let outcome = cx.equal("keys", &1, &found.len());
                let used = found.first().map_or(Ok(()), |key| Payload::Aes(32).expect(cx, session, *key));
                for key in found {
                    cx.c.destroy_object(session, key);
                }
                outcome.and(used)
            }),
    ]
}

fn templates() -> Vec<Case> {
    vec![
        case("unwrap.template.applied", spec("5.18.4"), "The CKA_UNWRAP_TEMPLATE of the unwrapping key is applied to what is unwrapped.")
            .run(|cx| {
                let (bench, key) = by_template(cx, &secret(CKK_AES, &[CKA_ENCRYPT]))?;
                cx.ok(key.0)?;
                cx.expect_flag(bench.session, key.1, CKA_EXTRACTABLE, false)
            }),
        case("unwrap.template.agrees", spec("5.18.4"), "A template that repeats the CKA_UNWRAP_TEMPLATE is taken.")
            .run(|cx| {
                let template = secret(CKK_AES, &[CKA_ENCRYPT]).flag(CKA_EXTRACTABLE, false);
                let (bench, key) = by_template(cx, &template)?;
                cx.ok(key.0)?;
                cx.expect_flag(bench.session, key.1, CKA_EXTRACTABLE, false)
            }),
        case("unwrap.template.conflicts", spec("5.18.4"), "A template that conflicts with the CKA_UNWRAP_TEMPLATE answers CKR_TEMPLATE_INCONSISTENT.")
            .run(|cx| {
                let template = secret(CKK_AES, &[CKA_ENCRYPT]).flag(CKA_EXTRACTABLE, true);
                let (_, key) = by_template(cx, &template)?;
                cx.expect(key.0, CKR_TEMPLATE_INCONSISTENT)
            }),
    ]
}

/// Unwraps with a key whose template says that nothing leaves again.
fn by_template(
    cx: &mut Context<'_>,
    template: &Template,
) -> Outcome<(Bench, (crate::c::Rv, Object))> {
    let session = cx.session()?;
    let (mechanism, _) = first(cx, session)?;
    let always = Template::new().flag(CKA_EXTRACTABLE, false);
    let carrier = secret(CKK_AES, &[CKA_WRAP, CKA_UNWRAP]).nested(CKA_UNWRAP_TEMPLATE, always);
    let carrier = cx.aes_with(session, 32, &carrier)?;
    if !cx
        .c
        .attribute_values(
            session,
            carrier,
            &mut crate::c::Query::lengths(&[CKA_UNWRAP_TEMPLATE]),
        )
        .is_ok()
    {
        return not_applicable("CKA_UNWRAP_TEMPLATE is not kept");
    }
    let bench = Bench::with(cx, session, mechanism, carrier, Payload::Aes(32))?;
    let key = bench.unwrap(cx, template);
    Ok((bench, key))
}
