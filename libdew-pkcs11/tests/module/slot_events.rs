//! Slot events: what comes and goes is told once, to who asks and to who waits.

use std::ptr::null_mut;
use std::thread;

use ck::Rv;
use cryptoki_sys::{CK_ULONG, CKF_DONT_BLOCK};

use crate::host::{Host, ck};
use crate::hsm::{Hsm, SLOT};

fn next(host: &Host, flags: CK_ULONG) -> (Rv, u64) {
    let mut slot = 0;
    let rv = ck!(host, C_WaitForSlotEvent, flags, &raw mut slot, null_mut());
    (rv, slot)
}

#[test]
fn slots_that_come_and_go_are_told_once() {
    let host = Host::load();
    let (hsm, _events) = Hsm::start(&host.socket());
    assert_eq!(host.initialize(), Rv::OK);
    let quiet = (Rv::NO_EVENT, 0);
    assert_eq!(next(&host, CKF_DONT_BLOCK), quiet);
    *hsm.slots.lock().unwrap() = vec![SLOT, 9];
    assert_eq!(next(&host, CKF_DONT_BLOCK), (Rv::OK, 9));
    assert_eq!(next(&host, CKF_DONT_BLOCK), quiet);
    *hsm.slots.lock().unwrap() = vec![];
    assert_eq!(next(&host, CKF_DONT_BLOCK), (Rv::OK, SLOT));
    // One that comes back before it was told of has had its event all the same.
    *hsm.slots.lock().unwrap() = vec![9];
    assert_eq!(next(&host, CKF_DONT_BLOCK), (Rv::OK, 9));
    assert_eq!(next(&host, CKF_DONT_BLOCK), quiet);
}

#[test]
fn a_slot_event_ends_the_wait_for_it() {
    let host = Host::load();
    let (hsm, _events) = Hsm::start(&host.socket());
    assert_eq!(host.initialize(), Rv::OK);
    assert_eq!(next(&host, CKF_DONT_BLOCK).0, Rv::NO_EVENT);
    thread::scope(|scope| {
        let waiting = scope.spawn(|| next(&host, 0));
        *hsm.slots.lock().unwrap() = vec![SLOT, 11];
        assert_eq!(waiting.join().unwrap(), (Rv::OK, 11));
    });
}

#[test]
fn without_an_agent_there_is_no_token_and_with_one_there_is() {
    let host = Host::load();
    assert_eq!(host.initialize(), Rv::OK);
    assert_eq!(next(&host, CKF_DONT_BLOCK).0, Rv::NO_EVENT);
    let (_hsm, _events) = Hsm::start(&host.socket());
    assert_eq!(next(&host, 0), (Rv::OK, SLOT));
}
