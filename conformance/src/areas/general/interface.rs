//! `C_GetInterfaceList` and `C_GetInterface` (PKCS#11 3.1 sections 5.4.5, 5.4.6 and 3.6).

use std::ffi::CStr;

use cryptoki_sys::{
    CK_FLAGS, CK_ULONG, CKF_INTERFACE_FORK_SAFE, CKR_ARGUMENTS_BAD, CKR_BUFFER_TOO_SMALL,
    CKR_FUNCTION_FAILED,
};

use super::list::complete;
use crate::c::function::Version;
use crate::c::library::{Interface, STANDARD};
use crate::c::{Arg, Function, Rv};
use crate::case::{Case, Draft, Outcome, Stage, case, spec};
use crate::context::{Context, fail, not_applicable};

/// The standard's interface, as C writes it.
const NAME: &CStr = c"PKCS 11";
/// Words of a `CK_INTERFACE`.
const WORDS: usize = 3;
/// What a word of a list holds that was not written.
const UNTOUCHED: CK_ULONG = 0xA5A5_A5A5_A5A5_A5A5;
/// The versions whose function lists differ, and those that were published beside them.
const PUBLISHED: [(u8, u8); 4] = [(2, 40), (3, 0), (3, 1), (3, 2)];
/// A flag of no interface.
const UNKNOWN_FLAG: CK_FLAGS = 0x4000_0000;
/// What a module may answer that has no such interface: the specification lists no code for exactly that.
const REFUSALS: [u64; 2] = [CKR_ARGUMENTS_BAD, CKR_FUNCTION_FAILED];

/// Returns the cases about interfaces.
pub(super) fn cases() -> Vec<Case> {
    [
        counting(),
        filling(),
        contents(),
        choosing(),
        matching(),
        refusing(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn listing(id: &str, requirement: &str) -> Draft {
    let id = format!("general.interface-list.{id}");
    case(id, spec("5.4.5"), requirement)
        .stage(Stage::Loaded)
        .since(Version::V3_0)
}

fn getting(id: &str, requirement: &str) -> Draft {
    let id = format!("general.interface.{id}");
    case(id, spec("5.4.6"), requirement)
        .stage(Stage::Loaded)
        .since(Version::V3_0)
}

fn counting() -> Vec<Case> {
    vec![
        listing(
            "count",
            "C_GetInterfaceList with a null list answers CKR_OK and tells at least one interface.",
        )
        .run(|cx| {
            let (rv, count, _) = list(cx, None);
            cx.ok(rv)?;
            cx.check(count >= 1, "at least one interface", count.to_string())
        }),
        listing(
            "exported",
            "A module that exports C_GetInterfaceList lists an interface that is named PKCS 11.",
        )
        .since(Version::V2_40)
        .run(|cx| {
            let found = standard(cx)?.len();
            cx.check(found > 0, "a standard interface", "none")
        }),
        listing(
            "readable",
            "Every listed interface that is named PKCS 11 points to a function list.",
        )
        .since(Version::V2_40)
        .run(|cx| {
            let lost = standard(cx)?.into_iter().find(|one| one.list.is_none());
            let lost = lost.map(|one| format!("{:#x}", one.address));
            cx.check(lost.is_none(), "a function list", lost.unwrap_or_default())
        }),
        listing(
            "null-count",
            "C_GetInterfaceList without a place for the count answers CKR_ARGUMENTS_BAD.",
        )
        .run(|cx| {
            let rv = cx
                .c
                .call(Function::C_GetInterfaceList, vec![Arg::Null, Arg::Null]);
            cx.expect(rv, CKR_ARGUMENTS_BAD)
        }),
        listing(
            "too-small",
            "C_GetInterfaceList with too little room answers CKR_BUFFER_TOO_SMALL and tells how many interfaces there are.",
        )
        .run(|cx| {
            let count = counted(cx)?;
            let (rv, told, _) = list(cx, Some(count - 1));
            cx.expect(rv, CKR_BUFFER_TOO_SMALL)?;
            cx.equal("count", &count, &as_usize(told))
        }),
    ]
}

fn filling() -> Vec<Case> {
    vec![
        listing(
            "exact",
            "C_GetInterfaceList with just enough room fills it.",
        )
        .run(|cx| {
            let count = counted(cx)?;
            let (rv, told, words) = list(cx, Some(count));
            cx.ok(rv)?;
            cx.equal("count", &count, &as_usize(told))?;
            let filled = words.iter().all(|word| *word != UNTOUCHED);
            cx.check(filled, "every field written", "fields left as they were")
        }),
        listing(
            "roomy",
            "C_GetInterfaceList with more room than it needs tells how many interfaces it wrote, and writes no more.",
        )
        .run(|cx| {
            let count = counted(cx)?;
            let (rv, told, words) = list(cx, Some(count + 2));
            cx.ok(rv)?;
            cx.equal("count", &count, &as_usize(told))?;
            let rest = words[count * WORDS..].iter().all(|word| *word == UNTOUCHED);
            cx.check(rest, "nothing written behind the interfaces", "it was")
        }),
        listing(
            "stable",
            "C_GetInterfaceList gives the same interfaces before and after C_Initialize.",
        )
        .should()
        .run(|cx| {
            let count = counted(cx)?;
            let (_, _, before) = list(cx, Some(count));
            cx.ok(cx.c.initialize(None))?;
            let (rv, _, after) = list(cx, Some(count));
            cx.ok(rv)?;
            cx.equal("interfaces", &before, &after)
        }),
    ]
}

fn contents() -> Vec<Case> {
    vec![
        listing("standard", "One of the interfaces is named PKCS 11.").run(|cx| {
            let names: Vec<_> = interfaces(cx)?.into_iter().map(|one| one.name).collect();
            let there = names.iter().any(|name| name == STANDARD);
            cx.check(there, STANDARD, names.join(", "))
        }),
        listing(
            "complete",
            "Every standard interface has a function list without a null pointer among the functions of its version.",
        )
        .run(|cx| {
            for one in standard(cx)? {
                let Some(list) = one.list else {
                    return fail("a function list", "a null pointer");
                };
                let (major, minor) = list.version;
                complete(&format!("{STANDARD} {major}.{minor}"), &list, Version::of(major, minor))?;
            }
            Ok(())
        }),
        listing(
            "versions",
            "The function list of a standard interface says a version of PKCS#11 that was published.",
        )
        .should()
        .run(|cx| {
            for one in standard(cx)? {
                let version = one.list.map(|list| list.version).unwrap_or_default();
                let known = PUBLISHED.contains(&version);
                cx.check(known, "2.40, 3.0, 3.1 or 3.2", format!("{version:?}"))?;
            }
            Ok(())
        }),
        listing(
            "names",
            "Interfaces that are not the standard's have names that begin with \"Vendor \".",
        )
        .should()
        .run(|cx| {
            for one in interfaces(cx)? {
                let good = one.name == STANDARD || one.name.starts_with("Vendor ");
                cx.check(good, "PKCS 11, or Vendor and a name", one.name)?;
            }
            Ok(())
        }),
        listing("distinct", "No interface is listed twice.").run(|cx| {
            let mut seen = Vec::new();
            for one in interfaces(cx)? {
                let what = (one.name, one.list.map(|list| list.version), one.flags, one.address);
                cx.check(!seen.contains(&what), "each interface once", format!("{what:?} again"))?;
                seen.push(what);
            }
            Ok(())
        }),
        listing(
            "flags",
            "Interfaces have no other flag than CKF_INTERFACE_FORK_SAFE.",
        )
        .should()
        .run(|cx| {
            for one in interfaces(cx)? {
                let rest = one.flags & !CKF_INTERFACE_FORK_SAFE;
                cx.check(rest == 0, "no other flag", format!("{rest:#x}"))?;
            }
            Ok(())
        }),
    ]
}

fn choosing() -> Vec<Case> {
    vec![
        getting(
            "default",
            "C_GetInterface without a name and a version gives one of the listed interfaces.",
        )
        .run(|cx| {
            let found = get(cx, None, None, 0)?;
            listed(cx, &found)
        }),
        getting(
            "default-named",
            "C_GetInterface with the name PKCS 11 and no version gives a listed interface of that name.",
        )
        .run(|cx| {
            let found = get(cx, Some(NAME), None, 0)?;
            cx.equal("name", &STANDARD.to_owned(), &found.name)?;
            listed(cx, &found)
        }),
        getting(
            "default-newest",
            "C_GetInterface without a version gives the newest standard interface.",
        )
        .should()
        .run(|cx| {
            let newest = standard(cx)?.into_iter().filter_map(|one| one.list).map(|list| list.version).max();
            let found = get(cx, None, None, 0)?;
            cx.equal("version", &newest, &found.list.map(|list| list.version))
        }),
        getting(
            "each",
            "C_GetInterface gives every listed standard interface by its name and version.",
        )
        .run(|cx| {
            for one in standard(cx)? {
                let version = one.list.map(|list| list.version);
                let found = get(cx, Some(NAME), version, one.flags)?;
                cx.equal("version", &version, &found.list.map(|list| list.version))?;
            }
            Ok(())
        }),
        getting(
            "by-version",
            "C_GetInterface without a name gives an interface of the version that is asked for.",
        )
        .run(|cx| {
            for one in standard(cx)? {
                let version = one.list.map(|list| list.version);
                let found = get(cx, None, version, 0)?;
                cx.equal("version", &version, &found.list.map(|list| list.version))?;
            }
            Ok(())
        }),
    ]
}

fn matching() -> Vec<Case> {
    vec![
        getting(
            "fork-safe",
            "C_GetInterface with CKF_INTERFACE_FORK_SAFE gives an interface that has the flag, or none where none has it.",
        )
        .run(|cx| {
            let any = interfaces(cx)?.iter().any(|one| one.flags & CKF_INTERFACE_FORK_SAFE != 0);
            if !any {
                return refused(cx, Some(NAME), None, CKF_INTERFACE_FORK_SAFE);
            }
            let found = get(cx, None, None, CKF_INTERFACE_FORK_SAFE)?;
            let has = found.flags & CKF_INTERFACE_FORK_SAFE != 0;
            cx.check(has, "an interface with the flag", format!("flags {:#x}", found.flags))
        }),
        getting(
            "initialized",
            "C_GetInterface gives the same interface before and after C_Initialize.",
        )
        .should()
        .run(|cx| {
            let before = get(cx, None, None, 0)?.address;
            cx.ok(cx.c.initialize(None))?;
            cx.equal("its function list", &before, &get(cx, None, None, 0)?.address)
        }),
    ]
}

fn refusing() -> Vec<Case> {
    let refusal = |id: &str, what: &str| {
        let requirement = format!("C_GetInterface gives no interface for {what}.");
        getting(id, &requirement)
    };
    vec![
        refusal("unknown-name", "a name that no interface has")
            .run(|cx| refused(cx, Some(c"Vendor Nobody"), None, 0)),
        refusal("longer-name", "a name that only begins like the standard's")
            .run(|cx| refused(cx, Some(c"PKCS 11 and more"), None, 0)),
        refusal(
            "shorter-name",
            "a name that is only the beginning of the standard's",
        )
        .run(|cx| refused(cx, Some(c"PKCS"), None, 0)),
        refusal("empty-name", "an empty name").run(|cx| refused(cx, Some(c""), None, 0)),
        refusal("other-case", "the standard's name in small letters")
            .run(|cx| refused(cx, Some(c"pkcs 11"), None, 0)),
        refusal("newer-version", "a version that does not exist yet")
            .run(|cx| refused(cx, Some(NAME), Some((9, 9)), 0)),
        refusal("newer-minor", "a minor version that does not exist yet")
            .run(|cx| refused(cx, Some(NAME), Some((3, 99)), 0)),
        refusal("zero-version", "the version 0.0")
            .run(|cx| refused(cx, Some(NAME), Some((0, 0)), 0)),
        refusal(
            "older-version",
            "the version 2.01, whose function list was another",
        )
        .run(|cx| refused(cx, Some(NAME), Some((2, 1)), 0)),
        refusal("unknown-flags", "a flag that no interface has").run(|cx| {
            let any = interfaces(cx)?
                .iter()
                .any(|one| one.flags & UNKNOWN_FLAG != 0);
            if any {
                return not_applicable("an interface has that flag");
            }
            refused(cx, Some(NAME), None, UNKNOWN_FLAG)
        }),
        getting(
            "null-place",
            "C_GetInterface without a place for the interface answers CKR_ARGUMENTS_BAD.",
        )
        .run(|cx| {
            let args = vec![Arg::Null, Arg::Null, Arg::Null, Arg::Number(0)];
            cx.expect(cx.c.call(Function::C_GetInterface, args), CKR_ARGUMENTS_BAD)
        }),
    ]
}

/// `C_GetInterfaceList` with room for so many interfaces: the code, the count and the words that were written.
fn list(cx: &Context<'_>, room: Option<usize>) -> (Rv, CK_ULONG, Vec<CK_ULONG>) {
    // One interface more than is told, so that a null pointer is never given by accident.
    let mut words = vec![UNTOUCHED; (room.unwrap_or(0) + 1) * WORDS];
    let mut count = room.unwrap_or(0) as CK_ULONG;
    let place = if room.is_some() {
        Arg::Numbers(&mut words)
    } else {
        Arg::Null
    };
    let rv = cx.c.call(
        Function::C_GetInterfaceList,
        vec![place, Arg::Place(&mut count)],
    );
    words.truncate(room.unwrap_or(0) * WORDS);
    (rv, count, words)
}

fn counted(cx: &Context<'_>) -> Outcome<usize> {
    let (rv, count, _) = list(cx, None);
    cx.ok(rv)?;
    let count = as_usize(count);
    cx.check(
        (1..1000).contains(&count),
        "a count of interfaces",
        count.to_string(),
    )?;
    Ok(count)
}

fn as_usize(count: CK_ULONG) -> usize {
    usize::try_from(count).unwrap_or(usize::MAX)
}

fn interfaces(cx: &Context<'_>) -> Outcome<Vec<Interface>> {
    match cx.c.library().interfaces() {
        None => not_applicable("the module does not export C_GetInterfaceList"),
        Some(Err(rv)) => fail("C_GetInterfaceList answers CKR_OK", rv.to_string()),
        Some(Ok(interfaces)) => Ok(interfaces),
    }
}

fn standard(cx: &Context<'_>) -> Outcome<Vec<Interface>> {
    let mut interfaces = interfaces(cx)?;
    interfaces.retain(|one| one.name == STANDARD);
    Ok(interfaces)
}

fn get(
    cx: &Context<'_>,
    name: Option<&CStr>,
    version: Option<(u8, u8)>,
    flags: CK_FLAGS,
) -> Outcome<Interface> {
    match cx.c.library().interface(name, version, flags) {
        None => not_applicable("the module does not export C_GetInterface"),
        Some(Err(rv)) => fail(
            format!("C_GetInterface({name:?}, {version:?}, {flags:#x}) gives an interface"),
            rv.to_string(),
        ),
        Some(Ok(interface)) => Ok(interface),
    }
}

fn listed(cx: &Context<'_>, found: &Interface) -> Outcome {
    let there = interfaces(cx)?
        .iter()
        .any(|one| one.name == found.name && one.address == found.address);
    cx.check(
        there,
        "an interface of C_GetInterfaceList",
        format!("{found:?}"),
    )
}

fn refused(
    cx: &Context<'_>,
    name: Option<&CStr>,
    version: Option<(u8, u8)>,
    flags: CK_FLAGS,
) -> Outcome {
    match cx.c.library().interface(name, version, flags) {
        None => not_applicable("the module does not export C_GetInterface"),
        Some(Err(rv)) if REFUSALS.contains(&rv.0) => Ok(()),
        Some(Err(rv)) => fail("CKR_ARGUMENTS_BAD or CKR_FUNCTION_FAILED", rv.to_string()),
        Some(Ok(interface)) => fail("no interface", format!("{interface:?}")),
    }
}
