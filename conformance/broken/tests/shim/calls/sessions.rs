//! Sessions and logins.

use broken_module::Function::*;

use super::{PIN, SO_PIN, info, login, open};
use crate::client::{Client, bytes};

pub(crate) fn sessions(p11: &Client, slot: usize) {
    open(p11, slot, 0);
    open(p11, 99, 4);
    let one = open(p11, slot, 4);
    let two = open(p11, slot, 6);
    let three = open(p11, slot, 6);
    info(p11, one);
    info(p11, two);
    p11.call(GetFunctionStatus, &[two]);
    p11.call(CancelFunction, &[two]);
    p11.call(CloseSession, &[two]);
    info(p11, two);
    info(p11, three);
    p11.call(CloseSession, &[two]);
    p11.call(CloseAllSessions, &[99]);
    p11.call(CloseAllSessions, &[slot]);
    info(p11, one);
}

pub(crate) fn logins(p11: &Client, slot: usize) {
    let session = open(p11, slot, 4);
    login(p11, session, 17, PIN);
    login(p11, session, 1, b"9999");
    info(p11, session);
    p11.call(Logout, &[session]);
    login(p11, session, 0, SO_PIN);
    login(p11, session, 1, PIN);
    login(p11, session, 1, PIN);
    login(p11, session, 0, SO_PIN);
    info(p11, session);
    let other = open(p11, slot, 6);
    info(p11, other);
    let [pin, length] = bytes(PIN);
    p11.call(InitPin, &[other, pin, length]);
    for (session, old, new) in [
        (session, PIN, PIN),
        (other, b"9999", PIN),
        (other, PIN, b"1"),
    ] {
        let ([old, old_length], [new, new_length]) = (bytes(old), bytes(new));
        p11.call(SetPin, &[session, old, old_length, new, new_length]);
    }
    let [new, new_length] = bytes(b"123456");
    p11.call(SetPin, &[other, pin, length, new, new_length]);
    p11.call(Logout, &[other]);
    info(p11, other);
    login(p11, other, 1, b"123456");
    p11.call(SetPin, &[other, new, new_length, pin, length]);
    p11.call(CloseAllSessions, &[slot]);
    let session = open(p11, slot, 6);
    info(p11, session);
    login(p11, session, 0, SO_PIN);
    open(p11, slot, 4);
    p11.call(InitPin, &[session, new, new_length]);
    login(p11, session, 1, b"123456");
    p11.call(Logout, &[session]);
    login(p11, session, 1, b"123456");
    p11.call(SetPin, &[session, new, new_length, pin, length]);
    p11.call(CloseAllSessions, &[slot]);
}
