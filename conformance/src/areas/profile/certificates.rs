//! The Public Certificates Token: where certificates and their keys are found (Profiles section 5.5).

use cryptoki_sys::*;

use crate::areas::object::kinds::certificate;
use crate::areas::object::material::CERTIFICATE;
use crate::c::{Object, Session, Template};
use crate::case::{Case, Outcome, Stage, case, profiles};
use crate::context::{Context, not_applicable};
use crate::keys::{private, public, unhex};
use crate::known_keys::P256;

pub(super) fn cases() -> Vec<Case> {
    vec![
        case(
            "profile.certificates.held",
            profiles("5.5"),
            "A Public Certificates Token holds certificates, and finds them by their class.",
        )
        .run(|cx| {
            let session = cx.session()?;
            let ours = held(cx, session)?;
            let found = all(cx, session)?;
            cx.c.destroy_object(session, ours);
            cx.check(found.contains(&ours), "the new certificate among them", "not there")
        }),
        case(
            "profile.certificates.public",
            profiles("5.5"),
            "Whoever is not logged in finds every certificate of a Public Certificates Token, and reads it.",
        )
        .stage(Stage::Loaded)
        .run(|cx| {
            let make = |session, label: &str| cx.import(session, &template(label)).map(|_| ());
            cx.with_objects(make, |_| seen_by_all(cx))
        }),
        case(
            "profile.certificates.key-found",
            profiles("5.5"),
            "Whoever is not logged in finds, by a certificate's CKA_ID, its private key or its public key.",
        )
        .explain("The case makes a certificate and a key pair with the same CKA_ID, and looks at every other certificate of the token as well.")
        .stage(Stage::Loaded)
        .run(|cx| cx.with_objects(|session, label| with_key(cx, session, label), |_| found_by_identifier(cx))),
    ]
}

fn template(label: &str) -> Template {
    let template = Template::class(CKO_CERTIFICATE)
        .flag(CKA_TOKEN, true)
        .flag(CKA_PRIVATE, false)
        .text(CKA_LABEL, label);
    template.and(&certificate())
}

/// Makes a certificate in the token, so that there is at least one.
fn held(cx: &Context<'_>, session: Session) -> Outcome<Object> {
    cx.import(session, &template(&cx.label()))
}

fn all(cx: &Context<'_>, session: Session) -> Outcome<Vec<Object>> {
    let every = Template::class(CKO_CERTIFICATE).flag(CKA_TOKEN, true);
    cx.matching(session, &every)
}

/// Reads the values of all certificates that the session finds.
fn values(cx: &Context<'_>, session: Session) -> Outcome<Vec<Vec<u8>>> {
    let all = all(cx, session)?;
    all.into_iter()
        .map(|object| cx.read(session, object, CKA_VALUE))
        .collect()
}

/// Compares what the user and what anybody sees.
fn seen_by_all(cx: &Context<'_>) -> Outcome {
    let session = cx.prepare_user()?;
    let known = values(cx, session)?;
    let there = known.contains(&unhex(CERTIFICATE));
    cx.check(there, "the new certificate among them", "not there")?;
    cx.prepared(cx.c.logout(session))?;
    let seen = values(cx, session)?;
    let hidden = known.iter().filter(|value| !seen.contains(value)).count();
    if hidden == 0 {
        return Ok(());
    }
    let got = format!("{hidden} of {} hidden", known.len());
    let expected = "certificates that all can read";
    cx.lacking(CKP_PUBLIC_CERTIFICATES_TOKEN, expected, &got)
}

/// Makes a certificate and a key pair that belong together by their identifier.
fn with_key(cx: &Context<'_>, session: Session, label: &str) -> Outcome {
    cx.mechanism(CKM_EC_KEY_PAIR_GEN, CKF_GENERATE_KEY_PAIR)?;
    let placed = |template: Template| {
        let template = template.flag(CKA_TOKEN, true).text(CKA_LABEL, label);
        template.bytes(CKA_ID, label.as_bytes())
    };
    let public = placed(public(CKK_EC, &[CKA_VERIFY])).bytes(CKA_EC_PARAMS, &unhex(P256));
    let private = placed(private(CKK_EC, &[CKA_SIGN]));
    cx.pair(session, CKM_EC_KEY_PAIR_GEN, &public, &private)?;
    cx.import(session, &template(label).bytes(CKA_ID, label.as_bytes()))?;
    Ok(())
}

/// Looks for the keys of every certificate, first as the user, then as anybody.
fn found_by_identifier(cx: &Context<'_>) -> Outcome {
    let session = cx.prepare_user()?;
    let mut with_key = Vec::new();
    for object in all(cx, session)? {
        let id = cx.read(session, object, CKA_ID)?;
        let private = Template::class(CKO_PRIVATE_KEY).bytes(CKA_ID, &id);
        if !id.is_empty() && !cx.matching(session, &private)?.is_empty() {
            with_key.push(id);
        }
    }
    if with_key.is_empty() {
        return not_applicable("no certificate of the token has a private key");
    }
    cx.prepared(cx.c.logout(session))?;
    for id in with_key {
        let mut found = 0;
        for class in [CKO_PRIVATE_KEY, CKO_PUBLIC_KEY] {
            found += cx
                .matching(session, &Template::class(class).bytes(CKA_ID, &id))?
                .len();
        }
        if found == 0 {
            let got = format!("neither for the identifier {}", hex::encode(&id));
            return cx.lacking(
                CKP_PUBLIC_CERTIFICATES_TOKEN,
                "the private or the public key",
                &got,
            );
        }
    }
    Ok(())
}
