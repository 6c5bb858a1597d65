//! From `C_Initialize` to `C_Finalize`.

use std::ptr::null_mut;
use std::sync::mpsc::channel;
use std::thread;

use ck::Rv;
use cryptoki_sys::{CK_C_INITIALIZE_ARGS, CK_RV, CK_VOID_PTR, CK_VOID_PTR_PTR, CKF_OS_LOCKING_OK};

use crate::host::{Host, ck};
use crate::hsm::{Hsm, spell};

unsafe extern "C" fn create(_: CK_VOID_PTR_PTR) -> CK_RV {
    panic!("the module makes no use of the host's locks")
}

unsafe extern "C" fn other(_: CK_VOID_PTR) -> CK_RV {
    panic!("the module makes no use of the host's locks")
}

/// Initialises with these callbacks and flags, and ends again where that worked.
fn initialize(callbacks: [bool; 4], flags: u64, reserved: bool) -> Rv {
    let host = Host::load();
    let mut byte = 0_u8;
    let mut arguments = CK_C_INITIALIZE_ARGS {
        CreateMutex: callbacks[0].then_some(create),
        DestroyMutex: callbacks[1].then_some(other),
        LockMutex: callbacks[2].then_some(other),
        UnlockMutex: callbacks[3].then_some(other),
        flags,
        pReserved: if reserved {
            (&raw mut byte).cast()
        } else {
            null_mut()
        },
    };
    host.initialize_with((&raw mut arguments).cast())
}

#[test]
fn locking_is_the_systems_or_none() {
    for (callbacks, flags, reserved, rv) in [
        ([false; 4], 0, false, Rv::OK),
        ([false; 4], CKF_OS_LOCKING_OK, false, Rv::OK),
        ([true; 4], CKF_OS_LOCKING_OK, false, Rv::OK),
        ([true; 4], 0, false, Rv::CANT_LOCK),
        (
            [true, false, true, true],
            CKF_OS_LOCKING_OK,
            false,
            Rv::ARGUMENTS_BAD,
        ),
        ([false; 4], CKF_OS_LOCKING_OK, true, Rv::ARGUMENTS_BAD),
    ] {
        assert_eq!(
            initialize(callbacks, flags, reserved),
            rv,
            "{callbacks:?} {flags}"
        );
    }
}

#[test]
fn initializing_twice_and_finalizing_twice_are_refused() {
    let host = Host::load();
    assert_eq!(
        ck!(host, C_Finalize, null_mut()),
        Rv::CRYPTOKI_NOT_INITIALIZED
    );
    for _ in 0..2 {
        assert_eq!(host.initialize(), Rv::OK);
        assert_eq!(host.initialize(), Rv::CRYPTOKI_ALREADY_INITIALIZED);
        let mut byte = 0_u8;
        assert_eq!(
            ck!(host, C_Finalize, (&raw mut byte).cast()),
            Rv::ARGUMENTS_BAD
        );
        assert_eq!(host.slots(), Ok(0));
        assert_eq!(ck!(host, C_Finalize, null_mut()), Rv::OK);
        assert_eq!(host.slots(), Err(Rv::CRYPTOKI_NOT_INITIALIZED));
        assert_eq!(
            ck!(host, C_Finalize, null_mut()),
            Rv::CRYPTOKI_NOT_INITIALIZED
        );
    }
}

#[test]
fn a_configuration_that_cannot_be_used_fails_the_initialization() {
    let host = Host::load();
    host.configure("sockets = \"/tmp/a.sock\"");
    assert_eq!(host.initialize(), Rv::FUNCTION_FAILED);
    std::fs::remove_file(host.configuration()).unwrap();
    assert_eq!(host.initialize(), Rv::FUNCTION_FAILED);
    host.configure("");
    assert_eq!(host.initialize(), Rv::OK);
}

#[test]
fn finalizing_ends_the_calls_of_other_threads() {
    let host = Host::initialized();
    let (_hsm, events) = Hsm::start(&host.socket());
    let session = host.open_session().unwrap();
    thread::scope(|scope| {
        let caller = scope.spawn(|| host.sign(session, spell::HANG));
        assert_eq!(events.recv().unwrap(), "hanging");
        assert_eq!(ck!(host, C_Finalize, null_mut()), Rv::OK);
        assert_eq!(caller.join().unwrap(), Err(Rv::CRYPTOKI_NOT_INITIALIZED));
    });
    assert_eq!(events.recv().unwrap(), "ended");
}

#[test]
fn finalizing_ends_the_wait_for_a_slot_event() {
    let host = Host::initialized();
    let (started, start) = channel();
    thread::scope(|scope| {
        let waiting = scope.spawn(|| {
            let mut slot = 0;
            started.send(()).unwrap();
            ck!(host, C_WaitForSlotEvent, 0, &raw mut slot, null_mut())
        });
        start.recv().unwrap();
        assert_eq!(ck!(host, C_Finalize, null_mut()), Rv::OK);
        assert_eq!(waiting.join().unwrap(), Rv::CRYPTOKI_NOT_INITIALIZED);
    });
}

#[test]
fn calls_that_race_with_finalizing_end_with_codes() {
    let host = Host::initialized();
    let (_hsm, _events) = Hsm::start(&host.socket());
    let (started, start) = channel();
    thread::scope(|scope| {
        for _ in 0..8 {
            let (host, started) = (&host, started.clone());
            scope.spawn(move || {
                let session = host.open_session().unwrap();
                started.send(()).unwrap();
                let end = loop {
                    if let Err(rv) = host.sign(session, b"abc") {
                        break rv;
                    }
                };
                assert_eq!(end, Rv::CRYPTOKI_NOT_INITIALIZED);
            });
        }
        (0..8).for_each(|_| start.recv().unwrap());
        assert_eq!(ck!(host, C_Finalize, null_mut()), Rv::OK);
    });
}
