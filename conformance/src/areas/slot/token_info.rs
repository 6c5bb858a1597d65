//! `C_GetTokenInfo` (PKCS#11 3.1 sections 5.5.3 and 3.2).

use cryptoki_sys::*;

use crate::areas::field::padded;
use crate::c::{Arg, Function, Out, names};
use crate::case::{Case, Draft, Outcome, Stage, case, spec};
use crate::context::{Context, not_applicable};

/// Returns the cases about a token's information.
pub(super) fn cases() -> Vec<Case> {
    [texts(), flags(), numbers(), counters()]
        .into_iter()
        .flatten()
        .collect()
}

fn draft(id: &str, requirement: &str) -> Draft {
    case(format!("slot.token.{id}"), spec("3.2"), requirement).stage(Stage::Public)
}

fn info(cx: &Context<'_>) -> Outcome<CK_TOKEN_INFO> {
    let (rv, info) = cx.c.token_info(cx.slot);
    cx.ok(rv)?;
    Ok(info)
}

fn texts() -> Vec<Case> {
    vec![
        case(
            "slot.token.null",
            spec("5.5.3"),
            "C_GetTokenInfo with a null pointer answers CKR_ARGUMENTS_BAD.",
        )
        .stage(Stage::Public)
        .run(|cx| {
            let args = vec![Arg::Number(cx.slot), Arg::Null];
            cx.expect(cx.c.call(Function::C_GetTokenInfo, args), CKR_ARGUMENTS_BAD)
        }),
        draft(
            "label",
            "A token's label is UTF-8 and padded with blanks, without a null character.",
        )
        .run(|cx| padded("label", &info(cx)?.label)),
        draft(
            "manufacturer",
            "manufacturerID of a token is UTF-8 and padded with blanks, without a null character.",
        )
        .run(|cx| padded("manufacturerID", &info(cx)?.manufacturerID)),
        draft(
            "model",
            "A token's model is UTF-8 and padded with blanks, without a null character.",
        )
        .run(|cx| padded("model", &info(cx)?.model)),
        draft(
            "serial",
            "A token's serial number is padded with blanks, without a null character.",
        )
        .run(|cx| padded("serialNumber", &info(cx)?.serialNumber)),
        draft("serial-said", "A token has a serial number.")
            .should()
            .explain("Applications and PKCS#11 URIs tell tokens apart by it.")
            .run(|cx| {
                let serial = info(cx)?.serialNumber;
                cx.check(serial != [b' '; 16], "a serial number", "blanks")
            }),
        draft(
            "serial-unique",
            "No two initialised tokens of a module have the same manufacturer, model and serial number.",
        )
        .should()
        .run(|cx| {
            let mut seen = Vec::new();
            for slot in super::list::slots(cx, true)? {
                let (rv, info) = cx.c.token_info(slot);
                if rv.is_ok() && info.flags & CKF_TOKEN_INITIALIZED != 0 {
                    let name = (info.manufacturerID, info.model, info.serialNumber);
                    cx.check(!seen.contains(&name), "another serial number", format!("the same in slot {slot}"))?;
                    seen.push(name);
                }
            }
            Ok(())
        }),
        draft(
            "time",
            "A token with a clock tells the time as sixteen digits: year, month, day, hour, minute, second and two zeros.",
        )
        .run(|cx| {
            let info = info(cx)?;
            if info.flags & CKF_CLOCK_ON_TOKEN == 0 {
                return not_applicable("the token does not set CKF_CLOCK_ON_TOKEN");
            }
            let time = String::from_utf8_lossy(&info.utcTime).into_owned();
            cx.check(is_time(&info.utcTime), "YYYYMMDDhhmmss00", time)
        }),
    ]
}

/// Tells whether sixteen characters are a time of this century.
fn is_time(text: &[u8; 16]) -> bool {
    let number = |range: std::ops::Range<usize>| {
        let digits = &text[range];
        let all = digits.iter().all(u8::is_ascii_digit);
        all.then(|| {
            digits
                .iter()
                .fold(0u32, |number, digit| number * 10 + u32::from(digit - b'0'))
        })
    };
    let within =
        |range, least, most| number(range).is_some_and(|one| (least..=most).contains(&one));
    within(0..4, 2000, 2099)
        && within(4..6, 1, 12)
        && within(6..8, 1, 31)
        && within(8..10, 0, 23)
        && within(10..12, 0, 59)
        && within(12..14, 0, 60)
        && &text[14..] == b"00"
}

fn flags() -> Vec<Case> {
    let set = |id: &str, flag: CK_FLAGS, requirement: &str| {
        draft(id, requirement).stage(Stage::User).run(move |cx| {
            let flags = info(cx)?.flags;
            let name = names::flags(names::TOKEN_FLAGS, flag).join("");
            let got = names::flags(names::TOKEN_FLAGS, flags).join(" | ");
            cx.check(flags & flag != 0, name, got)
        })
    };
    let clear = |id: &str, flag: CK_FLAGS, requirement: &str| {
        draft(id, requirement).stage(Stage::User).run(move |cx| {
            let flags = info(cx)?.flags & flag;
            let got = names::flags(names::TOKEN_FLAGS, flags).join(" | ");
            cx.check(flags == 0, "the flag clear", got)
        })
    };
    vec![
        draft("flags", "A token has no flags that are not defined.").run(|cx| {
            let known = names::TOKEN_FLAGS.iter().fold(0, |all, flag| all | flag.0);
            let rest = info(cx)?.flags & !known;
            cx.check(rest == 0, "no other flag", format!("{rest:#x}"))
        }),
        set("initialized", CKF_TOKEN_INITIALIZED, "A token that a user can log in to sets CKF_TOKEN_INITIALIZED."),
        set("user-pin-initialized", CKF_USER_PIN_INITIALIZED, "A token that a user can log in to sets CKF_USER_PIN_INITIALIZED."),
        clear("user-pin-not-locked", CKF_USER_PIN_LOCKED, "A token that the user is logged in to does not set CKF_USER_PIN_LOCKED."),
        clear("user-pin-tries", CKF_USER_PIN_COUNT_LOW | CKF_USER_PIN_FINAL_TRY, "A successful login of the user clears CKF_USER_PIN_COUNT_LOW and CKF_USER_PIN_FINAL_TRY."),
        clear("secondary", CKF_SECONDARY_AUTHENTICATION, "A token does not set the deprecated CKF_SECONDARY_AUTHENTICATION."),
        clear("error-state", CKF_ERROR_STATE, "A token that works does not set CKF_ERROR_STATE."),
        draft(
            "dual",
            "A token that sets CKF_DUAL_CRYPTO_OPERATIONS serves the functions that do two things at once.",
        )
        .run(|cx| {
            if info(cx)?.flags & CKF_DUAL_CRYPTO_OPERATIONS == 0 {
                return not_applicable("the token does not set CKF_DUAL_CRYPTO_OPERATIONS");
            }
            let session = cx.session()?;
            let rv = cx.c.digest_encrypt_update(session, b"abc", Out::Room(64)).rv;
            cx.check(rv.0 == CKR_OPERATION_NOT_INITIALIZED, "CKR_OPERATION_NOT_INITIALIZED, as no operation was begun", rv.to_string())
        }),
        draft("stable", "A token's flags stay when nothing happens to it.").run(|cx| {
            let (first, second) = (info(cx)?, info(cx)?);
            cx.equal("flags", &first.flags, &second.flags)?;
            cx.equal("label", &first.label, &second.label)?;
            cx.equal("serialNumber", &first.serialNumber, &second.serialNumber)
        }),
    ]
}

fn numbers() -> Vec<Case> {
    let memory = |id: &str, pick: fn(&CK_TOKEN_INFO) -> (CK_ULONG, CK_ULONG), what: &str| {
        draft(
            id,
            &format!("The free {what} memory of a token is not more than all of it."),
        )
        .run(move |cx| {
            let (free, total) = pick(&info(cx)?);
            if [free, total].contains(&CK_UNAVAILABLE_INFORMATION) {
                return not_applicable("the token does not tell");
            }
            cx.check(free <= total, format!("at most {total}"), free.to_string())
        })
    };
    vec![
        draft("pin-lengths", "The shortest PIN of a token is not longer than the longest, which has a length.").run(|cx| {
            let info = info(cx)?;
            let (min, max) = (info.ulMinPinLen, info.ulMaxPinLen);
            cx.check(min <= max && max > 0, "the shortest at most as long as the longest", format!("{min} and {max}"))
        }),
        draft("pin-fits", "The PINs that are in use are of a length that the token tells to be allowed.").run(|cx| {
            let info = info(cx)?;
            let range = info.ulMinPinLen..=info.ulMaxPinLen;
            let length = cx.user_pin()?.len() as CK_ULONG;
            cx.check(range.contains(&length), format!("{range:?}"), length.to_string())
        }),
        memory("public-memory", |info| (info.ulFreePublicMemory, info.ulTotalPublicMemory), "public"),
        memory("private-memory", |info| (info.ulFreePrivateMemory, info.ulTotalPrivateMemory), "private"),
        draft("session-limits", "A token allows no more read/write sessions than sessions.").run(|cx| {
            let info = info(cx)?;
            let (all, writing) = (info.ulMaxSessionCount, info.ulMaxRwSessionCount);
            let open = |limit| [CK_UNAVAILABLE_INFORMATION, CK_EFFECTIVELY_INFINITE].contains(&limit);
            if open(all) || open(writing) {
                return not_applicable("the token tells no limits");
            }
            cx.check(writing <= all, format!("at most {all}"), writing.to_string())
        }),
        draft("null-session-limit", "A token that lets sessions be opened does not tell that it allows fewer than are open.").run(|cx| {
            let _session = cx.session()?;
            let info = info(cx)?;
            let open = |limit| [CK_UNAVAILABLE_INFORMATION, CK_EFFECTIVELY_INFINITE].contains(&limit);
            let limit = info.ulMaxSessionCount;
            // The session of the case and the one that holds its stage.
            cx.check(open(limit) || limit >= 2, "at least 2, or CK_EFFECTIVELY_INFINITE (0)", limit.to_string())
        }),
    ]
}

fn counters() -> Vec<Case> {
    vec![
        draft("no-sessions", "A token tells that no session is open when none is.")
            .stage(Stage::Initialized)
            .run(|cx| counted(cx, 0, 0)),
        draft("sessions", "A token counts the sessions that the application has open, and the read/write sessions among them.")
            .stage(Stage::Initialized)
            .run(|cx| {
                cx.session()?;
                counted(cx, 1, 1)?;
                cx.read_only()?;
                counted(cx, 2, 1)?;
                cx.session()?;
                counted(cx, 3, 2)
            }),
        draft("sessions-closed", "A token counts a session no more when it was closed.")
            .stage(Stage::Initialized)
            .run(|cx| {
                let writing = cx.session()?;
                cx.read_only()?;
                cx.ok(cx.c.close_session(writing))?;
                counted(cx, 1, 0)?;
                cx.ok(cx.c.close_all_sessions(cx.slot))?;
                counted(cx, 0, 0)
            }),
    ]
}

/// Requires the counts of sessions, which a token may keep to itself.
fn counted(cx: &Context<'_>, all: CK_ULONG, writing: CK_ULONG) -> Outcome {
    let info = info(cx)?;
    let told = [info.ulSessionCount, info.ulRwSessionCount];
    if told == [CK_UNAVAILABLE_INFORMATION; 2] {
        return not_applicable("the token does not tell how many sessions are open");
    }
    let expected = [all, writing];
    let fits = told
        .iter()
        .zip(expected)
        .all(|(told, expected)| [CK_UNAVAILABLE_INFORMATION, expected].contains(told));
    cx.check(
        fits,
        format!("sessions and read/write sessions: {expected:?}"),
        format!("{told:?}"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_sixteen_digits_within_their_ranges() {
        let check = |text: &[u8; 16], expected| assert_eq!(is_time(text), expected);
        check(b"2024022923595900", true);
        check(b"2024132923595900", false);
        check(b"2024022924595900", false);
        check(b"2024022923595901", false);
        check(b"2024-02-29 23:59", false);
        check(b"                ", false);
    }
}
