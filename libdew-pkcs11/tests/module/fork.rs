//! A host that forks.

use std::fs;

use ck::Rv;
use nix::libc::_exit;
use nix::sys::wait::{WaitStatus, waitpid};
use nix::unistd::{ForkResult, fork};

use crate::host::{Host, ck};
use crate::hsm::Hsm;

/// Runs `child` in a fork and gives its exit status. It may make no more of the process than the module does.
pub(crate) fn in_child(child: impl FnOnce() -> i32) -> i32 {
    // SAFETY: the child runs `child`, which neither waits for another thread nor returns from here.
    match unsafe { fork() }.unwrap() {
        ForkResult::Child => {
            let status =
                std::panic::catch_unwind(std::panic::AssertUnwindSafe(child)).unwrap_or(99);
            // SAFETY: it ends the process at once.
            unsafe { _exit(status) }
        }
        ForkResult::Parent { child } => match waitpid(child, None).unwrap() {
            WaitStatus::Exited(_, status) => status,
            other => panic!("the child ended by {other:?}"),
        },
    }
}

fn open_files() -> usize {
    fs::read_dir("/proc/self/fd").unwrap().count()
}

/// What a child sees: the number of the first thing that is not as it should be, or 0.
fn use_in_child(host: &Host, session: u64) -> i32 {
    let inherited = open_files();
    if host.slots() != Err(Rv::CRYPTOKI_NOT_INITIALIZED) {
        return 1;
    }
    if open_files() != inherited - 1 {
        return 2;
    }
    if host.sign(session, b"abc") != Err(Rv::CRYPTOKI_NOT_INITIALIZED) {
        return 3;
    }
    if ck!(host, C_Finalize, std::ptr::null_mut()) != Rv::CRYPTOKI_NOT_INITIALIZED {
        return 4;
    }
    if ck!(host, C_Initialize, std::ptr::null_mut()) != Rv::OK {
        return 5;
    }
    let Ok(session) = host.open_session() else {
        return 6;
    };
    if host.sign(session, b"abc").as_deref() != Ok(b"\x55cba\xaa") {
        return 7;
    }
    // A child of the child starts anew in its turn.
    let grandchild = in_child(|| {
        let before = host.slots() == Err(Rv::CRYPTOKI_NOT_INITIALIZED);
        let initialized = ck!(host, C_Initialize, std::ptr::null_mut()) == Rv::OK;
        i32::from(!(before && initialized && host.slots() == Ok(1)))
    });
    if grandchild != 0 || host.slots() != Ok(1) {
        return 8;
    }
    i32::from(ck!(host, C_Finalize, std::ptr::null_mut()) != Rv::OK) * 9
}

#[test]
fn a_child_starts_anew_and_its_parent_goes_on() {
    let host = Host::initialized();
    let (hsm, events) = Hsm::start(&host.socket());
    let session = host.open_session().unwrap();
    let environment = host.environment();
    assert_eq!(in_child(|| use_in_child(&host, session)), 0);
    drop(environment);
    // The connections of the grandchild and the child have ended, and the parent's is the one it was.
    assert_eq!((events.recv(), events.recv()), (Ok("ended"), Ok("ended")));
    assert_eq!(host.sign(session, b"abc").unwrap(), b"\x55cba\xaa");
    assert_eq!(hsm.opened(), 3);
    assert!(events.try_recv().is_err());
}

#[test]
fn a_child_may_initialize_where_its_parent_did_not() {
    let host = Host::load();
    let (_hsm, _events) = Hsm::start(&host.socket());
    let environment = host.environment();
    let status = in_child(|| {
        let initialized = ck!(host, C_Initialize, std::ptr::null_mut()) == Rv::OK;
        i32::from(!(initialized && host.slots() == Ok(1)))
    });
    drop(environment);
    assert_eq!(status, 0);
    assert_eq!(host.slots(), Err(Rv::CRYPTOKI_NOT_INITIALIZED));
}

#[test]
fn a_fork_while_other_threads_call_leaves_the_child_unharmed() {
    let host = Host::initialized();
    let (_hsm, _events) = Hsm::start(&host.socket());
    let environment = host.environment();
    std::thread::scope(|scope| {
        let callers: Vec<_> = (0..4)
            .map(|_| {
                scope.spawn(|| {
                    let session = host.open_session().unwrap();
                    for _ in 0..500 {
                        host.sign(session, b"abc").unwrap();
                    }
                })
            })
            .collect();
        while !callers
            .iter()
            .all(std::thread::ScopedJoinHandle::is_finished)
        {
            let status = in_child(|| {
                let before = host.slots() == Err(Rv::CRYPTOKI_NOT_INITIALIZED);
                let initialized = ck!(host, C_Initialize, std::ptr::null_mut()) == Rv::OK;
                i32::from(!(before && initialized && host.slots() == Ok(1)))
            });
            assert_eq!(status, 0);
        }
    });
    drop(environment);
}
