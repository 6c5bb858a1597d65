//! Profile objects: what a token claims (PKCS#11 3.1 section 4.13; Profiles section 2).

use cryptoki_sys::*;

use crate::c::function::Version;
use crate::c::{Object, Session, Template, names};
use crate::case::{Case, Outcome, Stage, case, profiles, spec};
use crate::context::{Context, fail, not_applicable};

const PROFILES: &[(&str, CK_PROFILE_ID, &str)] = &[
    ("baseline", CKP_BASELINE_PROVIDER, "5.1"),
    ("extended", CKP_EXTENDED_PROVIDER, "5.3"),
    ("authentication", CKP_AUTHENTICATION_TOKEN, "5.4"),
    ("certificates", CKP_PUBLIC_CERTIFICATES_TOKEN, "5.5"),
    ("complete", CKP_COMPLETE_PROVIDER, "5.2"),
    ("hkdf-tls", CKP_HKDF_TLS_TOKEN, "5.6"),
];

pub(super) fn cases() -> Vec<Case> {
    [claims(), stated(), kept()].into_iter().flatten().collect()
}

fn claims() -> Vec<Case> {
    let claim = |(name, id, section): &(&str, CK_PROFILE_ID, &'static str)| {
        let id = *id;
        let requirement = format!(
            "A token that claims {} has one profile object that says so, and shows it without a login.",
            names::name(names::PROFILES, id)
        );
        case(
            format!("profile.claim.{name}"),
            profiles(section),
            requirement,
        )
        .since(Version::V3_0)
        .stage(Stage::Public)
        .run(move |cx| {
            let session = cx.session()?;
            let template = Template::class(CKO_PROFILE).number(CKA_PROFILE_ID, id);
            match cx.matching(session, &template)?.as_slice() {
                [] if cx.facts.claims(id) => fail("the profile object that was there", "none"),
                [] => not_applicable("the token does not claim this profile"),
                [object] => cx.equal("CKA_PROFILE_ID", &id, &identifier(cx, session, *object)?),
                several => fail("one profile object", several.len().to_string()),
            }
        })
    };
    PROFILES.iter().map(claim).collect()
}

fn identifier(cx: &Context<'_>, session: Session, object: Object) -> Outcome<CK_PROFILE_ID> {
    let value = cx.read(session, object, CKA_PROFILE_ID)?;
    match value.try_into() {
        Ok(bytes) => Ok(CK_PROFILE_ID::from_ne_bytes(bytes)),
        Err(value) => fail("a CK_PROFILE_ID", hex::encode(value)),
    }
}

/// Returns every profile object.
fn objects(cx: &Context<'_>, session: Session) -> Outcome<Vec<Object>> {
    let found = cx.matching(session, &Template::class(CKO_PROFILE))?;
    if found.is_empty() {
        return not_applicable("the token has no profile objects");
    }
    Ok(found)
}

/// What the claims have to say.
fn stated() -> Vec<Case> {
    vec![
        case(
            "profile.claim.known",
            profiles("2.3"),
            "Every profile object names a profile of the standard, or one of the vendor's own range.",
        )
        .since(Version::V3_0)
        .stage(Stage::Public)
        .run(|cx| {
            let session = cx.session()?;
            for object in objects(cx, session)? {
                let id = identifier(cx, session, object)?;
                let known = PROFILES.iter().any(|profile| profile.1 == id);
                let allowed = known || id >= CKP_VENDOR_DEFINED;
                cx.check(allowed, "a profile that exists", format!("{id:#x}"))?;
            }
            Ok(())
        }),
        case(
            "profile.claim.with-baseline",
            profiles("5.1"),
            "A token that claims a profile of the standard claims the Baseline Provider, on which all of them are built.",
        )
        .since(Version::V3_0)
        .stage(Stage::Public)
        .run(|cx| {
            if cx.facts.profiles.iter().all(|id| *id >= CKP_VENDOR_DEFINED) {
                return not_applicable("the token claims no profile of the standard");
            }
            let claims: Vec<_> = cx.facts.profiles.iter().collect();
            let named = claims.iter().map(|id| names::name(names::PROFILES, **id));
            cx.check(
                cx.facts.claims(CKP_BASELINE_PROVIDER),
                "CKP_BASELINE_PROVIDER among them",
                named.collect::<Vec<_>>().join(", "),
            )
        }),
    ]
}

/// How the claims stay what they are.
fn kept() -> Vec<Case> {
    vec![
        case(
            "profile.claim.logged-in",
            spec("4.13.2"),
            "The same profile objects are found by a user who is logged in as by anybody.",
        )
        .since(Version::V3_0)
        .run(|cx| {
            let session = cx.session()?;
            let mut ids = Vec::new();
            for object in objects(cx, session)? {
                ids.push(identifier(cx, session, object)?);
            }
            ids.sort_unstable();
            let mut expected = cx.facts.profiles.clone();
            expected.sort_unstable();
            cx.equal("profiles", &expected, &ids)
        }),
        case(
            "profile.claim.unchangeable",
            spec("4.13.2"),
            "CKA_PROFILE_ID of a profile object cannot be changed.",
        )
        .since(Version::V3_0)
        .run(|cx| {
            let session = cx.session()?;
            let object = objects(cx, session)?[0];
            let id = identifier(cx, session, object)?;
            let other = Template::new().number(CKA_PROFILE_ID, CKP_VENDOR_DEFINED);
            let rv = cx.c.set_attribute_values(session, object, &other);
            let codes = [
                CKR_ATTRIBUTE_READ_ONLY,
                CKR_ACTION_PROHIBITED,
                CKR_TEMPLATE_INCONSISTENT,
            ];
            cx.expect_one_of(rv, &codes)?;
            cx.equal("CKA_PROFILE_ID", &id, &identifier(cx, session, object)?)
        }),
    ]
}
