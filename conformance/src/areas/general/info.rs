//! `C_GetInfo` (PKCS#11 3.1 sections 5.4.3 and 3.1).

use cryptoki_sys::{CK_INFO, CKR_ARGUMENTS_BAD};

use crate::areas::field::padded;
use crate::c::function::Version;
use crate::c::{Arg, Function};
use crate::case::{Case, Draft, Outcome, Stage, case, spec};
use crate::context::Context;

/// Every version of Cryptoki that was published.
const PUBLISHED: [(u8, u8); 10] = [
    (1, 0),
    (2, 1),
    (2, 10),
    (2, 11),
    (2, 20),
    (2, 30),
    (2, 40),
    (3, 0),
    (3, 1),
    (3, 2),
];

fn field(id: &str, requirement: &str) -> Draft {
    case(format!("general.info.{id}"), spec("3.1"), requirement).stage(Stage::Initialized)
}

/// Returns the cases about `C_GetInfo`.
pub(super) fn cases() -> Vec<Case> {
    vec![
        case(
            "general.info.null",
            spec("5.4.3"),
            "C_GetInfo with a null pointer answers CKR_ARGUMENTS_BAD.",
        )
        .stage(Stage::Initialized)
        .run(|cx| {
            let rv = cx.c.call(Function::C_GetInfo, vec![Arg::Null]);
            cx.expect(rv, CKR_ARGUMENTS_BAD)
        }),
        field(
            "manufacturer",
            "manufacturerID is UTF-8 and padded with blanks, without a null character.",
        )
        .run(|cx| padded("manufacturerID", &info(cx)?.manufacturerID)),
        field(
            "description",
            "libraryDescription is UTF-8 and padded with blanks, without a null character.",
        )
        .run(|cx| padded("libraryDescription", &info(cx)?.libraryDescription)),
        field(
            "named",
            "manufacturerID and libraryDescription say something.",
        )
        .should()
        .run(|cx| {
            let info = info(cx)?;
            let blank = |text: &[u8]| text.iter().all(|byte| matches!(byte, b' ' | 0));
            let any = blank(&info.manufacturerID) || blank(&info.libraryDescription);
            cx.check(!any, "two texts", "one is blank")
        }),
        field("flags", "The flags of C_GetInfo are zero.")
            .run(|cx| cx.equal("flags", &0, &info(cx)?.flags)),
        field(
            "version",
            "cryptokiVersion is a version that was published.",
        )
        .run(|cx| {
            let version = info(cx)?.cryptokiVersion;
            let known = PUBLISHED.contains(&(version.major, version.minor));
            let says = format!("{}.{}", version.major, version.minor);
            cx.check(known, "a published version", says)
        }),
        field(
            "version-of-list",
            "cryptokiVersion is the version of the newest function list that the module hands out.",
        )
        .should()
        .explain("Applications decide by one or the other which functions they may call.")
        .run(|cx| {
            let version = info(cx)?.cryptokiVersion;
            let says = Version::of(version.major, version.minor);
            cx.equal("version", &cx.c.version(), &says)
        }),
        field("stable", "C_GetInfo says the same each time.").run(|cx| {
            let texts = |info: &CK_INFO| {
                (
                    info.manufacturerID,
                    info.libraryDescription,
                    info.flags,
                    (info.libraryVersion.major, info.libraryVersion.minor),
                    (info.cryptokiVersion.major, info.cryptokiVersion.minor),
                )
            };
            let first = info(cx)?;
            cx.equal("information", &texts(&first), &texts(&info(cx)?))
        }),
    ]
}

fn info(cx: &Context<'_>) -> Outcome<CK_INFO> {
    let (rv, info) = cx.c.info();
    cx.ok(rv)?;
    Ok(info)
}
