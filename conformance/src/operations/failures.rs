//! Rules of what cannot be started: wrong mechanisms, parameters and keys.

use cryptoki_sys::*;

use super::family::{Family, Step};
use super::material::{Keys, Wanted, keys};
use super::mechanisms::{KeyKind, Row};
use super::operation::Operation;
use crate::c::{Mechanism, Object, Rv, Session, Template};
use crate::case::{Case, Outcome, case, spec};
use crate::context::{Context, not_applicable};

/// A number that no version of the standard gives to a mechanism.
const UNKNOWN: CK_MECHANISM_TYPE = 0x7FFF_FFF1;
/// A handle that no module gives out.
const WILD: CK_OBJECT_HANDLE = 0x7FFF_FFF3;

/// Returns the cases of a family with the mechanisms of a table.
pub(crate) fn cases(family: Family, table: &'static [Row]) -> Vec<Case> {
    let mut cases = of_family(family);
    cases.extend(
        table
            .iter()
            .filter_map(|row| without_parameter(family, row)),
    );
    cases.extend(table.iter().filter_map(|row| of_wrong_length(family, row)));
    cases.extend(table.iter().filter_map(|row| with_parameter(family, row)));
    if family == Family::Digest {
        return cases;
    }
    cases.extend(table.iter().map(|row| of_usage(family, row)));
    cases.extend(table.iter().map(|row| of_key_type(family, row)));
    let mut typical = table.iter().filter(|row| row.typical);
    cases.extend(typical.clone().flat_map(|row| of_allowed(family, row)));
    cases.extend(
        typical
            .next()
            .into_iter()
            .flat_map(|row| of_handle(family, row)),
    );
    cases
}

fn of_family(family: Family) -> Vec<Case> {
    let init = family.function(Step::Init);
    let id = |rule: &str| format!("{}.init.{rule}", family.area());
    vec![
        case(
            id("unknown-mechanism"),
            family.section(Step::Init),
            format!("{init} with a mechanism that does not exist answers CKR_MECHANISM_INVALID and starts nothing."),
        )
        .run(move |cx| {
            let session = cx.session()?;
            let key = some_key(cx, session, family)?;
            let rv = family.init(cx.c, session, Some(&Mechanism::new(UNKNOWN)), key);
            refused(cx, family, session, rv, &[CKR_MECHANISM_INVALID])
        }),
        case(
            id("unfit-mechanism"),
            family.section(Step::Init),
            format!("{init} with a mechanism of another kind answers CKR_MECHANISM_INVALID and starts nothing."),
        )
        .run(move |cx| {
            let session = cx.session()?;
            let key = some_key(cx, session, family)?;
            let other = if family == Family::Digest { CKM_AES_ECB } else { CKM_AES_KEY_GEN };
            let rv = family.init(cx.c, session, Some(&Mechanism::new(other)), key);
            refused(cx, family, session, rv, &[CKR_MECHANISM_INVALID])
        }),
        case(
            id("nothing-to-cancel"),
            family.section(Step::Init),
            format!("{init} with a null pointer for the mechanism starts nothing."),
        )
        .run(move |cx| {
            let session = cx.session()?;
            // What it answers is not specified, nor that it has nothing to end.
            family.cancel(cx.c, session);
            let rv = family.try_step(cx.c, session, Step::Single);
            cx.expect(rv, CKR_OPERATION_NOT_INITIALIZED)
        }),
    ]
}

/// Returns a key that may be used for everything that a family does; none for digests.
fn some_key(cx: &Context<'_>, session: Session, family: Family) -> Outcome<Object> {
    if family == Family::Digest {
        return Ok(Object(CK_INVALID_HANDLE));
    }
    let usage = vec![family.usage()];
    let wanted = Wanted {
        forward: usage,
        ..Wanted::default()
    };
    Ok(keys(cx, session, KeyKind::Aes(16), &wanted)?.forward)
}

/// Requires that a start was refused and nothing is active.
fn refused(cx: &Context<'_>, family: Family, session: Session, rv: Rv, codes: &[CK_RV]) -> Outcome {
    cx.expect_one_of(rv, codes)?;
    let rv = family.try_step(cx.c, session, Step::Single);
    cx.expect(rv, CKR_OPERATION_NOT_INITIALIZED)
}

fn without_parameter(family: Family, row: &'static Row) -> Option<Case> {
    if !row.mechanism(0).has_parameter() {
        return None;
    }
    let made = case(
        format!("{}.init.no-parameter.{}", family.area(), row.id),
        family.section(Step::Init),
        format!(
            "{} refuses {} without its parameter.",
            family.function(Step::Init),
            row.name()
        ),
    );
    Some(made.run(move |cx| {
        let operation = Operation::new(cx, row, family)?;
        let rv = operation.init_with(cx, &Mechanism::new(row.kind));
        refused(
            cx,
            family,
            operation.session,
            rv,
            &[CKR_MECHANISM_PARAM_INVALID, CKR_ARGUMENTS_BAD],
        )
    }))
}

fn of_wrong_length(family: Family, row: &'static Row) -> Option<Case> {
    if !row.mechanism(0).has_parameter() {
        return None;
    }
    let made = case(
        format!("{}.init.short-parameter.{}", family.area(), row.id),
        family.section(Step::Init),
        format!(
            "{} with {} and a parameter of the wrong length answers CKR_MECHANISM_PARAM_INVALID.",
            family.function(Step::Init),
            row.name()
        ),
    );
    Some(made.run(move |cx| {
        let operation = Operation::new(cx, row, family)?;
        let short = operation.mechanism().size() - 1;
        let rv = operation.init_with(cx, &operation.mechanism().length(short));
        // An argument that is said to be too short is a bad argument too.
        refused(
            cx,
            family,
            operation.session,
            rv,
            &[CKR_MECHANISM_PARAM_INVALID, CKR_ARGUMENTS_BAD],
        )
    }))
}

fn with_parameter(family: Family, row: &'static Row) -> Option<Case> {
    if row.mechanism(0).has_parameter() || !row.typical {
        return None;
    }
    let made = case(
        format!("{}.init.extra-parameter.{}", family.area(), row.id),
        row.section(),
        format!(
            "{} with {}, which has no parameter, and one answers CKR_MECHANISM_PARAM_INVALID.",
            family.function(Step::Init),
            row.name()
        ),
    );
    Some(made.should().run(move |cx| {
        let operation = Operation::new(cx, row, family)?;
        let rv = operation.init_with(cx, &Mechanism::with_bytes(row.kind, &[7; 5]));
        cx.expect(rv, CKR_MECHANISM_PARAM_INVALID)
    }))
}

fn of_usage(family: Family, row: &'static Row) -> Case {
    let usage = crate::c::names::name(crate::c::names::ATTRIBUTES, family.usage());
    case(
        format!("{}.init.usage.{}", family.area(), row.id),
        family.section(Step::Init),
        format!(
            "{} with {} and a key whose {usage} is false answers CKR_KEY_FUNCTION_NOT_PERMITTED.",
            family.function(Step::Init),
            row.name()
        ),
    )
    .run(move |cx| {
        let extra = Template::new().flag(family.usage(), false);
        let (session, key) = key_with(cx, row, family, &extra)?;
        let rv = family.init(cx.c, session, Some(&row.mechanism(row.data().len())), key);
        refused(cx, family, session, rv, &[CKR_KEY_FUNCTION_NOT_PERMITTED])
    })
}

/// Makes the key of an operation with attributes that replace its usual ones.
fn key_with(
    cx: &mut Context<'_>,
    row: &'static Row,
    family: Family,
    extra: &Template,
) -> Outcome<(Session, Object)> {
    cx.mechanism(row.kind, family.flag())?;
    let session = cx.session()?;
    let mut wanted = Wanted::default();
    let first = matches!(family, Family::Encrypt | Family::Sign);
    if first {
        wanted.forward = vec![family.usage()];
        wanted.forward_extra = extra.clone();
    } else {
        wanted.back = vec![family.usage()];
        wanted.back_extra = extra.clone();
    }
    let Keys { forward, back, .. } = keys(cx, session, row.key, &wanted)?;
    Ok((session, if first { forward } else { back }))
}

fn of_key_type(family: Family, row: &'static Row) -> Case {
    case(
        format!("{}.init.key-type.{}", family.area(), row.id),
        family.section(Step::Init),
        format!(
            "{} with {} and a key of another type answers CKR_KEY_TYPE_INCONSISTENT.",
            family.function(Step::Init),
            row.name()
        ),
    )
    .run(move |cx| {
        cx.mechanism(row.kind, family.flag())?;
        let session = cx.session()?;
        let kind = match row.key {
            KeyKind::Aes(_) | KeyKind::Xts | KeyKind::Des3 | KeyKind::ChaCha20 => KeyKind::Generic,
            KeyKind::Generic => KeyKind::P256,
            _ => KeyKind::Aes(16),
        };
        let usage = vec![family.usage()];
        let wanted = if matches!(family, Family::Encrypt | Family::Sign) {
            Wanted {
                forward: usage,
                ..Wanted::default()
            }
        } else {
            Wanted {
                back: usage,
                ..Wanted::default()
            }
        };
        let made = keys(cx, session, kind, &wanted)?;
        let key = if wanted.forward.is_empty() {
            made.back
        } else {
            made.forward
        };
        let rv = family.init(cx.c, session, Some(&row.mechanism(row.data().len())), key);
        refused(cx, family, session, rv, &[CKR_KEY_TYPE_INCONSISTENT])
    })
}

fn of_allowed(family: Family, row: &'static Row) -> [Case; 2] {
    let init = family.function(Step::Init);
    let name = row.name();
    let id = |rule: &str| format!("{}.init.{rule}.{}", family.area(), row.id);
    [
        case(
            id("mechanism-not-allowed"),
            spec("4.8"),
            format!(
                "{init} refuses {name} where CKA_ALLOWED_MECHANISMS of the key does not name it."
            ),
        )
        .run(move |cx| {
            let extra = Template::new().numbers(CKA_ALLOWED_MECHANISMS, &[CKM_SHA_1]);
            let (session, key) = key_with(cx, row, family, &extra)?;
            let rv = family.init(cx.c, session, Some(&row.mechanism(row.data().len())), key);
            refused(
                cx,
                family,
                session,
                rv,
                &[CKR_MECHANISM_INVALID, CKR_KEY_FUNCTION_NOT_PERMITTED],
            )
        }),
        case(
            id("mechanism-allowed"),
            spec("4.8"),
            format!("{init} accepts {name} where CKA_ALLOWED_MECHANISMS of the key names it."),
        )
        .run(move |cx| {
            let extra = Template::new().numbers(CKA_ALLOWED_MECHANISMS, &[CKM_SHA_1, row.kind]);
            let (session, key) = key_with(cx, row, family, &extra)?;
            cx.ok(family.init(cx.c, session, Some(&row.mechanism(row.data().len())), key))
        }),
    ]
}

/// Handles that are no keys, with one mechanism for its family.
fn of_handle(family: Family, row: &'static Row) -> Vec<Case> {
    let init = family.function(Step::Init);
    let id = |rule: &str| format!("{}.init.{rule}", family.area());
    let mut cases = vec![
        case(
            id("not-a-key"),
            spec("5.1.6"),
            format!(
                "{init} with the handle of an object that is no key answers CKR_KEY_HANDLE_INVALID."
            ),
        )
        .should()
        .run(move |cx| not_a_key(cx, row, family)),
    ];
    for (rule, handle) in [("key-zero", CK_INVALID_HANDLE), ("key-wild", WILD)] {
        cases.push(
            case(
                id(rule),
                family.section(Step::Init),
                format!(
                    "{init} with a handle of nothing ({handle:#x}) answers CKR_KEY_HANDLE_INVALID."
                ),
            )
            .should()
            .run(move |cx| {
                cx.mechanism(row.kind, family.flag())?;
                let session = cx.session()?;
                let mechanism = row.mechanism(row.data().len());
                let rv = family.init(cx.c, session, Some(&mechanism), Object(handle));
                refused(cx, family, session, rv, &[CKR_KEY_HANDLE_INVALID])
            }),
        );
    }
    cases
}

fn not_a_key(cx: &mut Context<'_>, row: &'static Row, family: Family) -> Outcome {
    cx.mechanism(row.kind, family.flag())?;
    let session = cx.session()?;
    let data = Template::class(CKO_DATA)
        .flag(CKA_TOKEN, false)
        .bytes(CKA_VALUE, b"no key");
    let (rv, object) = cx.c.create_object(session, &data);
    if !rv.is_ok() {
        return not_applicable(format!("the module creates no data objects: {rv}"));
    }
    let rv = family.init(
        cx.c,
        session,
        Some(&row.mechanism(row.data().len())),
        object,
    );
    refused(
        cx,
        family,
        session,
        rv,
        &[CKR_KEY_HANDLE_INVALID, CKR_KEY_TYPE_INCONSISTENT],
    )
}
