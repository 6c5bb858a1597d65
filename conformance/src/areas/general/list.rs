//! `C_GetFunctionList` (PKCS#11 3.1 sections 5.4.4 and 3.6).

use cryptoki_sys::{CK_ULONG, CKR_ARGUMENTS_BAD};

use crate::c::function::Version;
use crate::c::library::List;
use crate::c::{Arg, Function};
use crate::case::{Case, Outcome, Stage, case, spec};
use crate::context::{Context, fail};

/// Returns the cases about the function list of version 2.40.
pub(super) fn cases() -> Vec<Case> {
    [contents(), places()].into_iter().flatten().collect()
}

fn contents() -> Vec<Case> {
    vec![
        case(
            "general.function-list.null",
            spec("5.4.4"),
            "C_GetFunctionList with a null pointer answers CKR_ARGUMENTS_BAD.",
        )
        .stage(Stage::Loaded)
        .run(|cx| {
            let rv = cx.c.call(Function::C_GetFunctionList, vec![Arg::Null]);
            cx.expect(rv, CKR_ARGUMENTS_BAD)
        }),
        case(
            "general.function-list.before-initialize",
            spec("5.4.4"),
            "C_GetFunctionList gives the function list before C_Initialize has been called.",
        )
        .stage(Stage::Loaded)
        .explain("An application calls C_Initialize through the list, so it has nothing to call before it has the list.")
        .run(|cx| oldest(cx).map(drop)),
        case(
            "general.function-list.complete",
            spec("3.6"),
            "The list of C_GetFunctionList has no null pointer among the functions of version 2.40.",
        )
        .stage(Stage::Loaded)
        .explain("An application calls through these pointers without looking. A function that is not served still needs a stub, which answers CKR_FUNCTION_NOT_SUPPORTED.")
        .run(|cx| complete("C_GetFunctionList", &oldest(cx)?, Version::V2_40)),
        case(
            "general.function-list.major",
            spec("3.6"),
            "The list of C_GetFunctionList says that it is of major version 2.",
        )
        .stage(Stage::Loaded)
        .explain("Its structure ends with C_WaitForSlotEvent. An application that believes a higher version reads pointers behind its end.")
        .run(|cx| {
            let (major, minor) = oldest(cx)?.version;
            cx.check(major == 2, "major version 2", format!("{major}.{minor}"))
        }),
        case(
            "general.function-list.version",
            spec("3.6"),
            "Beside newer interfaces the list of C_GetFunctionList says that it is of version 2.40.",
        )
        .stage(Stage::Loaded)
        .since(Version::V3_0)
        .run(|cx| cx.equal("version of the list", &(2, 40), &oldest(cx)?.version)),
        case(
            "general.function-list.distinct",
            spec("3.6"),
            "Each of the functions that every module serves has code of its own in the function list.",
        )
        .stage(Stage::Loaded)
        .explain("Two functions of one address cannot both do their work: one pointer of the list has been put into the wrong place.")
        .run(|cx| {
            let list = oldest(cx)?;
            let mut seen: Vec<(usize, Function)> = Vec::new();
            for function in Function::ALL.iter().filter(|function| function.is_basic()) {
                let address = list.addresses[*function as usize];
                if let Some((_, other)) = seen.iter().find(|one| one.0 == address) {
                    return fail("an address for each function", format!("{other} and {function} are one"));
                }
                seen.push((address, *function));
            }
            Ok(())
        }),
    ]
}

/// Where the list lies. A module may hand out copies, which surprises those who keep the pointer.
fn places() -> Vec<Case> {
    vec![
        case(
            "general.function-list.stable",
            spec("3.6"),
            "C_GetFunctionList gives the same list each time, and gives it whether the module is initialised or not.",
        )
        .should()
        .stage(Stage::Loaded)
        .run(|cx| {
            let first = address(cx)?;
            cx.ok(cx.c.initialize(None))?;
            let second = address(cx)?;
            cx.ok(cx.c.finalize())?;
            let third = address(cx)?;
            cx.equal("addresses of the list", &[first; 2], &[second, third])
        }),
        case(
            "general.function-list.own-entry",
            spec("5.4.4"),
            "The C_GetFunctionList in the list gives the list that the exported C_GetFunctionList gives.",
        )
        .should()
        .stage(Stage::Loaded)
        .run(|cx| {
            let exported = cx.c.library().function_list_address();
            cx.equal("address of the list", &exported, &Some(address(cx)?))
        }),
    ]
}

/// The list that the exported function gives.
fn oldest(cx: &Context<'_>) -> Outcome<List> {
    let list = cx.c.library().function_list(cx.c.path());
    list.or_else(|error| fail("a function list", error.to_string()))
}

/// Where the list lies that the function in the list gives.
fn address(cx: &Context<'_>) -> Outcome<CK_ULONG> {
    let mut place: CK_ULONG = 0;
    let rv =
        cx.c.call(Function::C_GetFunctionList, vec![Arg::Place(&mut place)]);
    cx.ok(rv)?;
    cx.check(place != 0, "a function list", "a null pointer")?;
    Ok(place)
}

/// Requires that a list has every function of its version.
pub(super) fn complete(whose: &str, list: &List, version: Version) -> Outcome {
    let missing: Vec<_> = Function::ALL
        .iter()
        .filter(|function| function.since() <= version)
        .filter(|function| list.addresses[**function as usize] == 0)
        .map(|function| function.name())
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    fail(
        format!("no null pointer in the list of {whose}"),
        format!("null: {}", missing.join(", ")),
    )
}
