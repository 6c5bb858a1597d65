//! `C_Initialize` (PKCS#11 3.1 section 5.4.1).

use cryptoki_sys::{
    CK_RV, CKF_LIBRARY_CANT_CREATE_OS_THREADS, CKF_OS_LOCKING_OK, CKR_ARGUMENTS_BAD, CKR_CANT_LOCK,
    CKR_CRYPTOKI_ALREADY_INITIALIZED, CKR_CRYPTOKI_NOT_INITIALIZED, CKR_NEED_TO_CREATE_THREADS,
    CKR_OK,
};

use crate::c::{Structure, locks};
use crate::case::{Case, Draft, Outcome, Stage, case, spec};
use crate::context::Context;

/// Memory for a reserved pointer that must not be used, should a module use it.
static NOTHING: [u8; 64] = [0; 64];

/// The address of [`NOTHING`].
pub(super) fn nothing() -> usize {
    NOTHING.as_ptr().expose_provenance()
}

/// Returns the cases about `C_Initialize`.
pub(super) fn cases() -> Vec<Case> {
    [arguments(), mutexes(), reserved(), again()]
        .into_iter()
        .flatten()
        .collect()
}

fn draft(id: &str, requirement: impl Into<String>) -> Draft {
    let id = format!("general.initialize.{id}");
    case(id, spec("5.4.1"), requirement).stage(Stage::Loaded)
}

/// Requires one of the codes, and that the module says accordingly whether it is initialised.
fn initialize(cx: &Context<'_>, arguments: Option<&Structure>, codes: &[CK_RV]) -> Outcome {
    let rv = cx.c.initialize(arguments);
    cx.expect_one_of(rv, codes)?;
    let (now, _) = cx.c.info();
    let code = if rv.is_ok() {
        CKR_OK
    } else {
        CKR_CRYPTOKI_NOT_INITIALIZED
    };
    cx.expect(now, code)
}

fn arguments() -> Vec<Case> {
    const LOCKED: &[CK_RV] = &[CKR_OK, CKR_CANT_LOCK];
    const THREADS: &[CK_RV] = &[CKR_OK, CKR_NEED_TO_CREATE_THREADS];
    vec![
        draft("null", "C_Initialize with a null pointer answers CKR_OK.")
            .run(|cx| initialize(cx, None, &[CKR_OK])),
        draft(
            "plain",
            "C_Initialize for an application of one thread, without flags and functions, answers CKR_OK.",
        )
        .run(|cx| initialize(cx, Some(&locks::without_functions(0, 0)), &[CKR_OK])),
        draft(
            "os-locking",
            "C_Initialize with CKF_OS_LOCKING_OK answers CKR_OK, or CKR_CANT_LOCK.",
        )
        .run(|cx| initialize(cx, Some(&locks::without_functions(CKF_OS_LOCKING_OK, 0)), LOCKED)),
        draft(
            "own-mutexes",
            "C_Initialize with the application's mutexes answers CKR_OK, or CKR_CANT_LOCK.",
        )
        .run(|cx| initialize(cx, Some(&locks::arguments(0, 0)), LOCKED)),
        draft(
            "either",
            "C_Initialize with CKF_OS_LOCKING_OK and the application's mutexes answers CKR_OK, or CKR_CANT_LOCK.",
        )
        .run(|cx| initialize(cx, Some(&locks::arguments(CKF_OS_LOCKING_OK, 0)), LOCKED)),
        draft(
            "no-threads",
            "C_Initialize with CKF_LIBRARY_CANT_CREATE_OS_THREADS answers CKR_OK, or CKR_NEED_TO_CREATE_THREADS.",
        )
        .run(|cx| {
            let arguments = locks::without_functions(CKF_LIBRARY_CANT_CREATE_OS_THREADS, 0);
            initialize(cx, Some(&arguments), THREADS)
        }),
        draft(
            "no-threads-locking",
            "C_Initialize with both of its flags answers CKR_OK, CKR_CANT_LOCK or CKR_NEED_TO_CREATE_THREADS.",
        )
        .run(|cx| {
            let flags = CKF_LIBRARY_CANT_CREATE_OS_THREADS | CKF_OS_LOCKING_OK;
            let codes = &[CKR_OK, CKR_CANT_LOCK, CKR_NEED_TO_CREATE_THREADS];
            initialize(cx, Some(&locks::without_functions(flags, 0)), codes)
        }),
    ]
}

/// Some of the four functions, but not all: every choice of them.
fn mutexes() -> Vec<Case> {
    const NAMES: [&str; 4] = ["create", "destroy", "lock", "unlock"];
    let choices = (1..15).map(|bits: u32| std::array::from_fn(|index| bits >> index & 1 == 1));
    let cases = choices.map(|present: [bool; 4]| {
        let names = NAMES.iter().zip(present).filter(|one| one.1);
        let names: Vec<_> = names.map(|(name, _)| *name).collect();
        draft(
            &format!("some-mutexes.{}", names.join("-")),
            format!(
                "C_Initialize with no other mutex function than {} answers CKR_ARGUMENTS_BAD.",
                names.join(", ")
            ),
        )
        .should()
        .run(move |cx| {
            let arguments = locks::with_functions(present, 0, 0);
            initialize(cx, Some(&arguments), &[CKR_ARGUMENTS_BAD])
        })
    });
    cases.collect()
}

fn reserved() -> Vec<Case> {
    let refused = |id: &str, flags, present: [bool; 4]| {
        draft(
            id,
            "C_Initialize with a reserved pointer that is not null answers CKR_ARGUMENTS_BAD.",
        )
        .should()
        .run(move |cx| {
            let arguments = locks::with_functions(present, flags, nothing());
            initialize(cx, Some(&arguments), &[CKR_ARGUMENTS_BAD])
        })
    };
    vec![
        refused("reserved", 0, [false; 4]),
        refused("reserved-os-locking", CKF_OS_LOCKING_OK, [false; 4]),
        refused("reserved-own-mutexes", 0, [true; 4]),
        draft(
            "after-refusal",
            "C_Initialize succeeds after one that was refused.",
        )
        .run(|cx| {
            let arguments = locks::with_functions([true, false, false, false], 0, 0);
            if cx.c.initialize(Some(&arguments)).is_ok() {
                return crate::context::not_applicable("the module refuses none");
            }
            initialize(cx, None, &[CKR_OK])
        }),
    ]
}

/// Requires that a second `C_Initialize` is refused. One that counts is finalised, so that later cases begin where they have to.
fn already(cx: &Context<'_>, arguments: Option<&Structure>) -> Outcome {
    let rv = cx.c.initialize(arguments);
    let refused = cx.expect(rv, CKR_CRYPTOKI_ALREADY_INITIALIZED);
    if rv.is_ok() {
        cx.c.finalize();
    }
    refused
}

fn again() -> Vec<Case> {
    vec![
        draft(
            "twice",
            "A second C_Initialize answers CKR_CRYPTOKI_ALREADY_INITIALIZED.",
        )
        .run(|cx| {
            cx.ok(cx.c.initialize(None))?;
            already(cx, None)
        }),
        draft(
            "twice-with-arguments",
            "A second C_Initialize with other arguments answers CKR_CRYPTOKI_ALREADY_INITIALIZED.",
        )
        .run(|cx| {
            cx.ok(cx.c.initialize(None))?;
            let arguments = locks::without_functions(CKF_OS_LOCKING_OK, 0);
            already(cx, Some(&arguments))
        }),
        draft(
            "twice-harmless",
            "A second C_Initialize leaves the sessions of the application alone.",
        )
        .run(|cx| {
            cx.ok(cx.c.initialize(None))?;
            let session = cx.session()?;
            already(cx, None)?;
            cx.ok(cx.c.session_info(session).0)
        }),
        draft("again", "C_Initialize succeeds after C_Finalize.").run(|cx| {
            cx.ok(cx.c.initialize(None))?;
            cx.ok(cx.c.finalize())?;
            initialize(cx, None, &[CKR_OK])
        }),
        draft(
            "often",
            "C_Initialize and C_Finalize succeed as often as they are called in turn.",
        )
        .run(|cx| {
            for _ in 0..20 {
                cx.ok(cx.c.initialize(None))?;
                cx.check(cx.c.slots(true).is_ok(), "a list of slots", "none")?;
                cx.ok(cx.c.finalize())?;
            }
            Ok(())
        }),
        draft(
            "other-arguments",
            "C_Initialize succeeds with other arguments than before C_Finalize.",
        )
        .run(|cx| {
            cx.ok(cx.c.initialize(None))?;
            cx.ok(cx.c.finalize())?;
            let arguments = locks::without_functions(CKF_OS_LOCKING_OK, 0);
            initialize(cx, Some(&arguments), &[CKR_OK, CKR_CANT_LOCK])
        }),
    ]
}
