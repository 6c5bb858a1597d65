//! `C_Finalize` while other threads are in the module (PKCS#11 3.1 sections 5.4.2 and 5.5.4).

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::channel;
use std::thread;

use cryptoki_sys::*;

use super::hammer::{Locking, THREADS, initialize};
use crate::c::Mechanism;
use crate::case::{Case, Outcome, Stage, case, spec};
use crate::context::{Context, fail, not_applicable};

/// Returns the cases about finalising under way.
pub(super) fn cases() -> Vec<Case> {
    vec![
        case(
            "thread.finalize.wakes-waiting",
            spec("5.5.4"),
            "C_Finalize ends a C_WaitForSlotEvent that another thread waits in: it answers CKR_CRYPTOKI_NOT_INITIALIZED.",
        )
        .stage(Stage::Loaded)
        .solo()
        .run(wakes),
        case(
            "thread.finalize.busy",
            spec("5.4.2"),
            "C_Finalize while other threads are in the module crashes nothing, and their calls answer what the specification knows.",
        )
        .stage(Stage::Loaded)
        .should()
        .solo()
        .explain("The specification leaves the behaviour undefined. Applications do it all the same when they exit, so a module that is robust survives it.")
        .run(busy),
    ]
}

fn wakes(cx: &mut Context<'_>) -> Outcome {
    let place = initialize(cx, Locking::System)?;
    let (sender, receiver) = channel();
    let rv = thread::scope(|scope| {
        let waiting = scope.spawn(move || {
            // Whether the wait or C_Finalize comes first, the answer has to be the same.
            let _ = sender.send(());
            place.c.wait_for_slot_event(0).0
        });
        let _ = receiver.recv();
        for _ in 0..1000 {
            thread::yield_now();
        }
        let finalized = cx.c.finalize();
        (finalized, waiting.join())
    });
    match rv {
        (_, Ok(rv)) if rv.0 == CKR_FUNCTION_NOT_SUPPORTED => {
            not_applicable("the module does not wait for slot events")
        }
        (finalized, Ok(waited)) => {
            cx.check(
                finalized.is_ok(),
                "C_Finalize answers CKR_OK",
                finalized.to_string(),
            )?;
            cx.check(
                waited.0 == CKR_CRYPTOKI_NOT_INITIALIZED,
                "C_WaitForSlotEvent answers CKR_CRYPTOKI_NOT_INITIALIZED",
                waited.to_string(),
            )
        }
        (_, Err(_)) => fail("a thread that returns", "a panic"),
    }
}

/// What a call may answer whose module is finalised under it.
const KNOWN: &[CK_RV] = &[
    CKR_OK,
    CKR_CRYPTOKI_NOT_INITIALIZED,
    CKR_SESSION_HANDLE_INVALID,
    CKR_SESSION_CLOSED,
    CKR_OPERATION_NOT_INITIALIZED,
    CKR_DEVICE_ERROR,
    CKR_DEVICE_REMOVED,
    CKR_FUNCTION_FAILED,
    CKR_GENERAL_ERROR,
];

fn busy(cx: &mut Context<'_>) -> Outcome {
    cx.mechanism(CKM_SHA256, CKF_DIGEST)?;
    let place = initialize(cx, Locking::System)?;
    let over = AtomicBool::new(false);
    let (sender, receiver) = channel();
    let over = &over;
    thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS)
            .map(|_| {
                let sender = sender.clone();
                scope.spawn(move || -> Outcome {
                    let mut first = Some(sender);
                    while !over.load(Ordering::SeqCst) {
                        let (rv, session) = place.c.open_read_only(place.slot);
                        let digest = place
                            .c
                            .digest_init(session, Some(&Mechanism::new(CKM_SHA256)));
                        let codes = [rv, digest, place.c.close_session(session)];
                        if let Some(rv) = codes.into_iter().find(|rv| !KNOWN.contains(&rv.0)) {
                            return fail("a code that fits", rv.to_string());
                        }
                        if let Some(sender) = first.take() {
                            let _ = sender.send(());
                        }
                    }
                    Ok(())
                })
            })
            .collect();
        for _ in 0..THREADS {
            // A thread that has failed already sends nothing, and its failure is told below.
            if receiver
                .recv_timeout(std::time::Duration::from_secs(10))
                .is_err()
            {
                break;
            }
        }
        let finalized = cx.c.finalize();
        over.store(true, Ordering::SeqCst);
        let ends = threads.into_iter().map(|thread| {
            thread
                .join()
                .unwrap_or_else(|_| fail("a thread that returns", "a panic"))
        });
        let ends: Vec<Outcome> = ends.collect();
        cx.ok(finalized)?;
        ends.into_iter().collect()
    })
}
