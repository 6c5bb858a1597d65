//! An agent that is not there, goes away, or says nothing.

use std::os::fd::AsRawFd;
use std::os::unix::net::{UnixListener, UnixStream};

use ck::Rv;
use nix::sys::socket::{
    AddressFamily, Backlog, SockFlag, SockType, UnixAddr, bind, connect, listen, socket,
};

use crate::host::{Host, ck};
use crate::hsm::{Hsm, spell};

#[test]
fn without_an_agent_there_are_no_slots_and_no_sessions() {
    let host = Host::initialized();
    assert_eq!(host.slots(), Ok(0));
    let (mut slots, mut count) = ([7; 2], 2);
    assert_eq!(
        ck!(host, C_GetSlotList, 1, slots.as_mut_ptr(), &raw mut count),
        Rv::OK
    );
    assert_eq!((slots, count), ([7; 2], 0));
    assert_eq!(host.open_session(), Err(Rv::DEVICE_ERROR));
}

#[test]
fn an_agent_that_comes_later_is_found() {
    let host = Host::initialized();
    assert_eq!(host.slots(), Ok(0));
    let (_hsm, _events) = Hsm::start(&host.socket());
    assert_eq!(host.slots(), Ok(1));
}

#[test]
fn a_call_whose_connection_breaks_is_not_repeated() {
    let host = Host::initialized();
    let (hsm, _events) = Hsm::start(&host.socket());
    let session = host.open_session().unwrap();
    assert_eq!(host.sign(session, spell::BREAK), Err(Rv::DEVICE_REMOVED));
    assert_eq!(hsm.opened(), 1);
    assert_eq!(host.slots(), Ok(1));
    assert_eq!(hsm.opened(), 2);
}

#[test]
fn a_connection_that_broke_while_idle_is_replaced_unnoticed() {
    let host = Host::initialized();
    let (hsm, _events) = Hsm::start(&host.socket());
    assert_eq!(host.slots(), Ok(1));
    hsm.break_connections();
    assert!(host.open_session().is_ok());
    assert_eq!(hsm.opened(), 2);
}

#[test]
fn an_agent_that_says_nothing_is_given_up() {
    let host = Host::impatient();
    let (_hsm, events) = Hsm::start(&host.socket());
    let session = host.open_session().unwrap();
    assert_eq!(host.sign(session, spell::HANG), Err(Rv::DEVICE_ERROR));
    assert_eq!(events.recv().unwrap(), "hanging");
    assert_eq!(events.recv().unwrap(), "ended");
    assert_eq!(host.slots(), Ok(1));
}

#[test]
fn an_agent_that_says_no_hello_is_given_up() {
    let host = Host::impatient();
    let _silent = UnixListener::bind(host.socket()).unwrap();
    assert_eq!(host.open_session(), Err(Rv::DEVICE_ERROR));
}

#[test]
fn an_agent_that_accepts_nobody_is_given_up() {
    let host = Host::impatient();
    let address = UnixAddr::new(&host.socket()).unwrap();
    let socket = |flags| socket(AddressFamily::Unix, SockType::Stream, flags, None).unwrap();
    let busy = socket(SockFlag::SOCK_CLOEXEC);
    bind(busy.as_raw_fd(), &address).unwrap();
    listen(&busy, Backlog::new(1).unwrap()).unwrap();
    let mut queued = Vec::new();
    loop {
        let client = socket(SockFlag::SOCK_NONBLOCK);
        if connect(client.as_raw_fd(), &address).is_err() {
            break;
        }
        queued.push(UnixStream::from(client));
    }
    assert_eq!(host.open_session(), Err(Rv::DEVICE_ERROR));
}
