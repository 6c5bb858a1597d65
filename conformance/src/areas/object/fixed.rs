//! Objects that the token brings: hardware features, mechanisms, profiles, validations (sections 4.3, 4.12, 4.13).

use cryptoki_sys::*;

use super::kinds::Kind;
use crate::c::function::Version;
use crate::c::{Object, Session, Template};
use crate::case::{Case, Outcome, Section, case, spec, spec32};
use crate::context::{Context, fail, not_applicable};

pub(super) fn cases() -> Vec<Case> {
    let topics = [made_by_nobody(), read(), validated()];
    topics.into_iter().flatten().collect()
}

fn made_by_nobody() -> Vec<Case> {
    let rows: [(
        &str,
        Section,
        Version,
        CK_OBJECT_CLASS,
        CK_ATTRIBUTE_TYPE,
        CK_ULONG,
    ); 4] = [
        (
            "hw-feature",
            spec("4.3.2"),
            Version::V2_40,
            CKO_HW_FEATURE,
            CKA_HW_FEATURE_TYPE,
            CKH_MONOTONIC_COUNTER,
        ),
        (
            "mechanism",
            spec("4.12.2"),
            Version::V2_40,
            CKO_MECHANISM,
            CKA_MECHANISM_TYPE,
            CKM_AES_KEY_GEN,
        ),
        (
            "profile",
            spec("4.13.2"),
            Version::V3_0,
            CKO_PROFILE,
            CKA_PROFILE_ID,
            1,
        ),
        (
            "validation",
            spec32("4.15.2"),
            Version::V3_2,
            CKO_VALIDATION,
            CKA_VALIDATION_TYPE,
            1,
        ),
    ];
    rows.map(|(name, section, since, class, one, value)| {
        case(
            format!("object.fixed.{name}"),
            section,
            "The token alone says what it is: an application cannot make such an object.",
        )
        .since(since)
        .should()
        .run(move |cx| {
            let session = cx.session()?;
            let template = Template::class(class).number(one, value);
            let (rv, _) = cx.c.create_object(session, &template);
            let codes = [
                CKR_ATTRIBUTE_VALUE_INVALID,
                CKR_ATTRIBUTE_READ_ONLY,
                CKR_TEMPLATE_INCONSISTENT,
                CKR_ATTRIBUTE_TYPE_INVALID,
            ];
            cx.expect_one_of(rv, &codes)
        })
    })
    .into()
}

/// Finds what the token has of a class.
fn those(cx: &Context<'_>, session: Session, template: &Template) -> Outcome<Vec<Object>> {
    let found = cx.matching(session, template)?;
    if found.is_empty() {
        return not_applicable("the token has no such object");
    }
    Ok(found)
}

fn read() -> Vec<Case> {
    vec![
        case(
            "object.fixed.clock-value",
            spec("4.3.3"),
            "The value of a clock is sixteen digits, the time and two zeros.",
        )
        .run(|cx| {
            let session = cx.session()?;
            let template = Template::class(CKO_HW_FEATURE).number(CKA_HW_FEATURE_TYPE, CKH_CLOCK);
            for clock in those(cx, session, &template)? {
                let value = cx.read(session, clock, CKA_VALUE)?;
                let text = String::from_utf8_lossy(&value).into_owned();
                let digits = value.len() == 16 && value.iter().all(u8::is_ascii_digit);
                cx.check(digits && text.ends_with("00"), "YYYYMMDDhhmmss00", text)?;
            }
            Ok(())
        }),
        case(
            "object.fixed.counter-increases",
            spec("4.3.4"),
            "The value of a monotonic counter grows each time it is read.",
        )
        .run(|cx| {
            let session = cx.session()?;
            let template =
                Template::class(CKO_HW_FEATURE).number(CKA_HW_FEATURE_TYPE, CKH_MONOTONIC_COUNTER);
            for counter in those(cx, session, &template)? {
                let first = cx.read(session, counter, CKA_VALUE)?;
                let second = cx.read(session, counter, CKA_VALUE)?;
                let (shown, bound) = (hex::encode(&second), hex::encode(&first));
                cx.check(second > first, format!("more than {bound}"), shown)?;
            }
            Ok(())
        }),
        case(
            "object.fixed.mechanism-listed",
            spec("4.12.2"),
            "Every mechanism object is about a mechanism of the slot.",
        )
        .run(|cx| {
            let session = cx.session()?;
            for object in those(cx, session, &Template::class(CKO_MECHANISM))? {
                let kind = number(cx, session, object, CKA_MECHANISM_TYPE)?;
                let listed = cx.facts.mechanism(kind).is_some();
                cx.check(listed, "a mechanism of the slot", format!("{kind:#x}"))?;
            }
            Ok(())
        }),
        case(
            "object.fixed.profile-id",
            spec("4.13.2"),
            "Every profile object has a CKA_PROFILE_ID, and no two have the same.",
        )
        .since(Version::V3_0)
        .run(|cx| {
            let session = cx.session()?;
            let mut seen = Vec::new();
            for object in those(cx, session, &Template::class(CKO_PROFILE))? {
                let id = number(cx, session, object, CKA_PROFILE_ID)?;
                cx.check(!seen.contains(&id), "another profile", format!("{id:#x}"))?;
                seen.push(id);
            }
            Ok(())
        }),
    ]
}

/// What keys say of validations.
fn validated() -> Vec<Case> {
    let flags = case(
        "object.validation-flags.known",
        spec32("4.15.3"),
        "The CKA_OBJECT_VALIDATION_FLAGS of a key are those of validation objects.",
    )
    .run(|cx| {
        let session = cx.session()?;
        let key = cx.object(session, Kind::named("aes"), &Template::new())?;
        let flags = validation_flags(cx, session, key)?;
        let mut known = 0;
        for validation in cx.matching(session, &Template::class(CKO_VALIDATION))? {
            known |= number(cx, session, validation, CKA_VALIDATION_FLAG)?;
        }
        cx.equal("flags of no validation object", &0, &(flags & !known))
    });
    let claimed = case(
        "object.validation-flags.claimed",
        spec32("4.8.2"),
        "An application does not give a key its CKA_OBJECT_VALIDATION_FLAGS.",
    )
    .run(|cx| {
        let session = cx.session()?;
        let kind = Kind::named("aes");
        let key = cx.object(session, kind, &Template::new())?;
        validation_flags(cx, session, key)?;
        let claim = Template::new().number(CKA_OBJECT_VALIDATION_FLAGS, 1);
        let (rv, _) = cx.c.create_object(session, &kind.least().and(&claim));
        let codes = [
            CKR_ATTRIBUTE_READ_ONLY,
            CKR_ATTRIBUTE_TYPE_INVALID,
            CKR_ATTRIBUTE_VALUE_INVALID,
            CKR_TEMPLATE_INCONSISTENT,
        ];
        cx.expect_one_of(rv, &codes)
    });
    [flags, claimed]
        .map(|mut case| {
            case.since = Version::V3_2;
            case
        })
        .into()
}

/// The validation flags of a key, where the module keeps them.
fn validation_flags(cx: &Context<'_>, session: Session, key: Object) -> Outcome<CK_ULONG> {
    match cx.c.attribute(session, key, CKA_OBJECT_VALIDATION_FLAGS) {
        Err(rv) if rv.0 == CKR_ATTRIBUTE_TYPE_INVALID => {
            not_applicable("the module keeps no CKA_OBJECT_VALIDATION_FLAGS")
        }
        _ => number(cx, session, key, CKA_OBJECT_VALIDATION_FLAGS),
    }
}

fn number(
    cx: &Context<'_>,
    session: Session,
    object: Object,
    kind: CK_ATTRIBUTE_TYPE,
) -> Outcome<CK_ULONG> {
    let value = cx.read(session, object, kind)?;
    match value.try_into() {
        Ok(bytes) => Ok(CK_ULONG::from_ne_bytes(bytes)),
        Err(value) => fail("a CK_ULONG", hex::encode(value)),
    }
}
