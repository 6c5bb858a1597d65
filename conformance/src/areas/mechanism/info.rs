//! `C_GetMechanismInfo` (PKCS#11 3.1 sections 5.5.6 and 3.5).

use cryptoki_sys::*;

use super::known::{self, KNOWN, Key};
use crate::c::{Arg, Function, names};
use crate::case::{Case, Draft, Outcome, Section, Stage, case, spec};
use crate::context::{Context, not_applicable};
use crate::facts::Listed;

/// A mechanism of nobody: it lies in the standard's own range, at its end.
const NOBODY: CK_MECHANISM_TYPE = 0x7FFF_FFF0;

fn draft(id: &str, section: Section, requirement: &str) -> Draft {
    let id = format!("mechanism.info.{id}");
    case(id, section, requirement).stage(Stage::Public)
}

/// Returns the cases about a mechanism's information.
pub(super) fn cases() -> Vec<Case> {
    [calls(), flags(), curves(), sizes(), plausible()]
        .into_iter()
        .flatten()
        .collect()
}

/// Judges every listed mechanism.
fn every(cx: &Context<'_>, judge: impl Fn(&Listed, &str) -> Outcome) -> Outcome {
    for listed in &cx.facts.mechanisms {
        judge(listed, &names::name(names::MECHANISMS, listed.kind))?;
    }
    Ok(())
}

fn calls() -> Vec<Case> {
    let section = spec("5.5.6");
    vec![
        draft("every", section, "C_GetMechanismInfo tells about every mechanism of C_GetMechanismList.").run(|cx| {
            every(cx, |listed, name| {
                let (rv, _) = cx.c.mechanism_info(cx.slot, listed.kind);
                cx.check(rv.is_ok(), format!("CKR_OK for {name}"), rv.to_string())
            })
        }),
        draft("null", section, "C_GetMechanismInfo with a null pointer answers CKR_ARGUMENTS_BAD.").run(|cx| {
            let Some(listed) = cx.facts.mechanisms.first() else {
                return not_applicable("the slot lists no mechanism");
            };
            let args = vec![Arg::Number(cx.slot), Arg::Number(listed.kind), Arg::Null];
            cx.expect(cx.c.call(Function::C_GetMechanismInfo, args), CKR_ARGUMENTS_BAD)
        }),
        draft("unknown", section, "C_GetMechanismInfo of a mechanism that does not exist answers CKR_MECHANISM_INVALID.")
            .run(|cx| cx.expect(cx.c.mechanism_info(cx.slot, NOBODY).0, CKR_MECHANISM_INVALID)),
        draft("highest", section, "C_GetMechanismInfo of the mechanism with the highest number answers CKR_MECHANISM_INVALID.")
            .run(|cx| cx.expect(cx.c.mechanism_info(cx.slot, CK_MECHANISM_TYPE::MAX).0, CKR_MECHANISM_INVALID)),
        draft("unlisted", section, "C_GetMechanismInfo of a mechanism of the standard that is not listed answers CKR_MECHANISM_INVALID.").run(|cx| {
            let unlisted = names::MECHANISMS.iter().filter(|one| cx.facts.mechanism(one.0).is_none());
            for (kind, name) in unlisted.filter(|one| one.0 < CKM_VENDOR_DEFINED) {
                let (rv, _) = cx.c.mechanism_info(cx.slot, *kind);
                cx.check(rv.0 == CKR_MECHANISM_INVALID, format!("CKR_MECHANISM_INVALID for {name}"), rv.to_string())?;
            }
            Ok(())
        }),
        draft("every-field", section, "C_GetMechanismInfo writes every field, whatever the structure held before.").explain("A module that adds flags to what the application's memory happens to hold tells something else on every call.").run(|cx| {
            every(cx, |listed, name| {
                let (_, zeros) = cx.c.mechanism_info_over(cx.slot, listed.kind, 0);
                let (_, ones) = cx.c.mechanism_info_over(cx.slot, listed.kind, CK_ULONG::MAX);
                cx.check(zeros == ones, format!("{zeros:x?} for {name}"), format!("{ones:x?} over a structure of ones"))
            })
        }),
        draft("stable", section, "C_GetMechanismInfo tells the same each time.").run(|cx| {
            every(cx, |listed, name| {
                let (_, info) = cx.c.mechanism_info(cx.slot, listed.kind);
                let before = (listed.min, listed.max, listed.flags);
                cx.equal(name, &before, &(info.ulMinKeySize, info.ulMaxKeySize, info.flags))
            })
        }),
    ]
}

fn flags() -> Vec<Case> {
    let section = spec("3.5");
    vec![
        draft(
            "flags",
            section,
            "A mechanism has no flags that are not defined.",
        )
        .run(|cx| {
            let known = names::MECHANISM_FLAGS
                .iter()
                .fold(0, |all, flag| all | flag.0);
            every(cx, |listed, name| {
                let rest = listed.flags & !known;
                cx.check(
                    rest == 0,
                    format!("no other flag for {name}"),
                    format!("{rest:#x}"),
                )
            })
        }),
        draft(
            "extension",
            section,
            "CKF_EXTENSION is clear for every mechanism.",
        )
        .run(|cx| {
            every(cx, |listed, name| {
                let clear = listed.flags & CKF_EXTENSION == 0;
                cx.check(
                    clear,
                    format!("CKF_EXTENSION clear for {name}"),
                    "it is set",
                )
            })
        }),
        draft(
            "purpose",
            section,
            "Every listed mechanism says what it is for.",
        )
        .run(|cx| {
            every(cx, |listed, name| {
                let some = listed.flags & (known::FUNCTIONS | known::MESSAGES) != 0;
                cx.check(
                    some,
                    format!("a function for {name}"),
                    format!("flags {:#x}", listed.flags),
                )
            })
        }),
        draft(
            "multi-message",
            section,
            "A mechanism that sets CKF_MULTI_MESSAGE sets another CKF_MESSAGE flag as well.",
        )
        .since(crate::c::function::Version::V3_0)
        .run(|cx| {
            every(cx, |listed, name| {
                let alone =
                    listed.flags & CKF_MULTI_MESSAGE != 0 && listed.flags & known::MESSAGES == 0;
                cx.check(
                    !alone,
                    format!("a CKF_MESSAGE flag for {name}"),
                    "only CKF_MULTI_MESSAGE",
                )
            })
        }),
    ]
}

/// Flags of which every mechanism on short Weierstrass curves sets at least one of each group.
fn curves() -> Vec<Case> {
    let group = |id: &str, flags: CK_FLAGS, requirement: &str| {
        draft(id, spec("6.3"), requirement).run(move |cx| {
            let curves: Vec<_> = KNOWN
                .iter()
                .filter(|row| row.key == Key::Curve)
                .filter_map(|row| Some((row, cx.facts.mechanism(row.kind)?)))
                .collect();
            if curves.is_empty() {
                return not_applicable("the slot lists no mechanism on elliptic curves");
            }
            for (row, listed) in curves {
                let expected = names::flags(names::MECHANISM_FLAGS, flags).join(" or ");
                let got = names::flags(names::MECHANISM_FLAGS, listed.flags).join(" | ");
                cx.check(
                    listed.flags & flags != 0,
                    format!("{expected} for {}", row.name),
                    got,
                )?;
            }
            Ok(())
        })
    };
    vec![
        group(
            "curve-field",
            CKF_EC_F_P | CKF_EC_F_2M,
            "A mechanism on elliptic curves says over which fields: CKF_EC_F_P or CKF_EC_F_2M.",
        ),
        group(
            "curve-parameters",
            CKF_EC_ECPARAMETERS | CKF_EC_OID | CKF_EC_CURVENAME,
            "A mechanism on elliptic curves says in which form it takes domain parameters.",
        ),
        group(
            "curve-points",
            CKF_EC_UNCOMPRESS | CKF_EC_COMPRESS,
            "A mechanism on elliptic curves says in which form it takes points: CKF_EC_UNCOMPRESS or CKF_EC_COMPRESS.",
        ),
    ]
}

fn sizes() -> Vec<Case> {
    let unit = |id: &str,
                key: Key,
                section: &'static str,
                requirement: &str,
                fits: fn(CK_ULONG, CK_ULONG) -> bool,
                expected: &'static str| {
        draft(id, spec(section), requirement).run(move |cx| {
            // Sections 6.16 and 6.17 do not say what the sizes of their mechanisms are sizes of.
            let silent = [spec("6.16"), spec("6.17")];
            let rows = KNOWN
                .iter()
                .filter(|row| row.key == key && !silent.contains(&row.section));
            let listed: Vec<_> = rows
                .filter_map(|row| Some((row.name, cx.facts.mechanism(row.kind)?)))
                .collect();
            if listed.is_empty() {
                return not_applicable("the slot lists no such mechanism");
            }
            for (name, listed) in listed {
                let got = format!("{} to {}", listed.min, listed.max);
                cx.check(
                    fits(listed.min, listed.max),
                    format!("{expected} for {name}"),
                    got,
                )?;
            }
            Ok(())
        })
    };
    vec![
        draft(
            "sizes",
            spec("3.5"),
            "The smallest key of a mechanism is not larger than the largest.",
        )
        .run(|cx| {
            every(cx, |listed, name| {
                let got = format!("{} to {}", listed.min, listed.max);
                cx.check(
                    listed.min <= listed.max,
                    format!("an order for {name}"),
                    got,
                )
            })
        }),
        unit(
            "aes-bytes",
            Key::Aes,
            "6.10",
            "The key sizes of AES mechanisms are in bytes: 16 to 32.",
            |min, max| [16, 24, 32].contains(&min) && [16, 24, 32].contains(&max),
            "16, 24 or 32 bytes",
        ),
        unit(
            "rsa-bits",
            Key::Rsa,
            "6.1",
            "The key sizes of RSA mechanisms are in bits.",
            |min, max| min >= 256 && (1024..=65_536).contains(&max),
            "sizes of moduli in bits",
        ),
        unit(
            "curve-bits",
            Key::Curve,
            "6.3",
            "The key sizes of mechanisms on elliptic curves are in bits.",
            |min, max| min >= 100 && (192..=1024).contains(&max),
            "sizes of fields in bits",
        ),
    ]
}

/// One case for each mechanism: its flags name functions that the standard gives it, and no others.
fn plausible() -> Vec<Case> {
    let cases = KNOWN.iter().map(|row| {
        case(
            format!("mechanism.{}.functions", row.id()),
            row.section,
            format!(
                "{} is listed for functions only that the standard gives it.",
                row.name
            ),
        )
        .should()
        .stage(Stage::Public)
        .run(move |cx| {
            let listed = cx.mechanism(row.kind, 0)?;
            let extra = listed.flags & known::FUNCTIONS & !row.permitted();
            let got = names::flags(names::MECHANISM_FLAGS, extra).join(" | ");
            cx.check(extra == 0, "no other function", got)
        })
    });
    cases.collect()
}
