//! The application's own mutexes (PKCS#11 3.1 sections 3.7 and 5.4.1).

use std::fs;

use cryptoki_sys::{
    CKF_LIBRARY_CANT_CREATE_OS_THREADS, CKF_OS_LOCKING_OK, CKR_NEED_TO_CREATE_THREADS,
};

use super::hammer::{Locking, Place, hammer, initialize};
use crate::c::{Structure, locks};
use crate::case::{Case, Draft, Outcome, Stage, case, spec};
use crate::context::{Context, not_applicable};

fn draft(id: &str, requirement: &str) -> Draft {
    let id = format!("thread.mutex.{id}");
    case(id, spec("3.7"), requirement)
        .stage(Stage::Loaded)
        .deadline(120)
}

/// Initialises with the application's mutexes, works in many threads, finalises, and tells how the mutexes were used.
fn life(cx: &Context<'_>) -> Outcome<locks::Uses> {
    locks::take_uses();
    let place = initialize(cx, Locking::Own)?;
    hammer(10, |_, _| work(&place))?;
    cx.ok(cx.c.finalize())?;
    Ok(locks::take_uses())
}

fn work(place: &Place<'_>) -> Outcome {
    let session = place.session()?;
    super::hammer::good("C_GetSessionInfo", place.c.session_info(session).0)?;
    place.close(session)
}

/// Returns the cases about mutexes.
pub(super) fn cases() -> Vec<Case> {
    vec![
        draft("destroyed", "After C_Finalize as many mutexes were destroyed as were created.").should().run(|cx| {
            let uses = life(cx)?;
            cx.equal("mutexes destroyed", &uses.created, &uses.destroyed)
        }),
        draft("unlocked", "After C_Finalize mutexes were unlocked as often as they were locked.").run(|cx| {
            let uses = life(cx)?;
            cx.equal("times unlocked", &uses.locked, &uses.unlocked)
        }),
        draft("proper", "No mutex function is given a null pointer, and none unlocks what is not locked.").run(|cx| {
            let uses = life(cx)?;
            cx.equal("calls that are wrong", &0, &uses.misused)
        }),
        draft("used", "A module that accepts the application's mutexes and may not use the system's creates and locks them.").should().run(|cx| {
            let uses = life(cx)?;
            cx.check(uses.created > 0 && uses.locked > 0, "mutexes created and locked", format!("{uses:?}"))
        }),
        draft("created-before-locked", "No mutex is locked in a module that created none.").run(|cx| {
            let uses = life(cx)?;
            cx.check(uses.created > 0 || uses.locked + uses.unlocked + uses.destroyed == 0, "mutexes of the application", format!("{uses:?}"))
        }),
        draft("not-after-finalize", "After C_Finalize the module uses the application's mutexes no more.").run(|cx| {
            life(cx)?;
            cx.c.info();
            cx.c.finalize();
            cx.ok(cx.c.initialize(Some(&locks::without_functions(CKF_OS_LOCKING_OK, 0))))?;
            let (rv, session) = cx.c.open_read_only(cx.slot);
            cx.prepared(rv)?;
            cx.ok(cx.c.close_session(session))?;
            cx.ok(cx.c.finalize())?;
            cx.equal("uses", &locks::Uses::default(), &locks::take_uses())
        }),
        draft("either", "With CKF_OS_LOCKING_OK as well, mutexes that were created are destroyed, and those that were locked are unlocked.").run(|cx| {
            locks::take_uses();
            let rv = cx.c.initialize(Some(&locks::arguments(CKF_OS_LOCKING_OK, 0)));
            cx.prepared(rv)?;
            let place = Place { c: cx.c, slot: cx.slot };
            hammer(10, |_, _| work(&place))?;
            cx.ok(cx.c.finalize())?;
            let uses = locks::take_uses();
            cx.equal("calls that are wrong", &0, &uses.misused)?;
            cx.equal("times unlocked", &uses.locked, &uses.unlocked)
        }),
        no_threads("no-threads", 0),
        no_threads("no-threads-locking", CKF_OS_LOCKING_OK),
    ]
}

fn no_threads(id: &str, flags: u64) -> Case {
    draft(
        id,
        "A module that accepts CKF_LIBRARY_CANT_CREATE_OS_THREADS creates no thread.",
    )
    .run(move |cx| {
        let before = threads()?;
        let arguments: Structure =
            locks::without_functions(CKF_LIBRARY_CANT_CREATE_OS_THREADS | flags, 0);
        let rv = cx.c.initialize(Some(&arguments));
        if rv.0 == CKR_NEED_TO_CREATE_THREADS {
            return not_applicable("the module needs threads, and says so");
        }
        cx.prepared(rv)?;
        let session = cx.session()?;
        cx.ok(cx.c.session_info(session).0)?;
        cx.equal("threads of the process", &before, &threads()?)
    })
}

/// How many threads this process has.
fn threads() -> Outcome<usize> {
    match fs::read_dir("/proc/self/task") {
        Ok(entries) => Ok(entries.count()),
        Err(error) => not_applicable(format!(
            "the system does not tell the threads of a process: {error}"
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::context::fail;

    #[test]
    fn what_fails_in_a_thread_fails_the_case() {
        let outcome = hammer(3, |thread, round| {
            if (thread, round) == (5, 2) {
                return fail("nothing", "something");
            }
            Ok(())
        });
        assert!(outcome.is_err());
        assert!(hammer(3, |_, _| Ok(())).is_ok());
    }
}
