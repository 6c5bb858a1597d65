//! Objects and searches.

use broken_module::Function::*;
use cryptoki_sys::*;

use super::{BITS, F, T, aes, create, open, read, user, word};
use crate::client::{Client, say, template};

pub(crate) fn objects(p11: &Client, slot: usize) {
    let public = open(p11, slot, 4);
    let data = word(CKO_DATA);
    create(p11, public, &[(CKA_CLASS, &data), (CKA_PRIVATE, T)]);
    create(
        p11,
        public,
        &[(CKA_CLASS, &data), (CKA_PRIVATE, F), (CKA_TOKEN, T)],
    );
    create(
        p11,
        public,
        &[(CKA_CLASS, &data), (CKA_PRIVATE, F), (CKA_LABEL, b"data")],
    );
    let kept = open(p11, slot, 6);
    create(
        p11,
        kept,
        &[
            (CKA_CLASS, &data),
            (CKA_PRIVATE, F),
            (CKA_TOKEN, F),
            (CKA_LABEL, b"s"),
        ],
    );
    create(
        p11,
        kept,
        &[
            (CKA_CLASS, &data),
            (CKA_PRIVATE, F),
            (CKA_TOKEN, T),
            (CKA_LABEL, b"t"),
        ],
    );
    p11.call(CloseAllSessions, &[slot]);
    let public = open(p11, slot, 6);
    find(p11, public, &[], 10);
    let session = user(p11, slot);
    let secret = made(p11, session);
    changed(p11, session, secret);
    forbidden(p11, session);
    hidden(p11, slot, session);
}

/// Makes objects that are refused, and some that are not; returns a key that is sensitive.
fn made(p11: &Client, session: usize) -> usize {
    create(p11, session, &[(CKA_LABEL, b"no class")]);
    aes(p11, session, &[(CKA_VALUE_LEN, &word(16))]);
    aes(p11, session, &[(CKA_MODULUS, b"m")]);
    aes(p11, session, &[(CKA_ENCRYPT, &[])]);
    aes(p11, session, &[(CKA_LOCAL, T)]);
    aes(p11, session, &[(CKA_TRUSTED, T)]);
    let secret = aes(
        p11,
        session,
        &[
            (CKA_SENSITIVE, T),
            (CKA_EXTRACTABLE, F),
            (CKA_LABEL, b"secret"),
        ],
    );
    let open = aes(
        p11,
        session,
        &[
            (CKA_SENSITIVE, F),
            (CKA_EXTRACTABLE, T),
            (CKA_LABEL, b"open"),
        ],
    );
    for key in [secret, open, 999] {
        read(p11, session, key, BITS, 8);
        read(
            p11,
            session,
            key,
            &[CKA_LABEL, CKA_VALUE, CKA_MODULUS, CKA_LABEL],
            40,
        );
        read(p11, session, key, &[CKA_MODULUS, CKA_LABEL], 40);
        read(p11, session, key, &[CKA_LABEL], 0);
        read(p11, session, key, &[CKA_LABEL], 1);
        p11.number(GetObjectSize, &[session, key]);
    }
    p11.call(DestroyObject, &[session, open]);
    p11.call(DestroyObject, &[session, open]);
    secret
}

/// Changes and copies an object.
fn changed(p11: &Client, session: usize, secret: usize) {
    for row in [
        (CKA_SENSITIVE, F),
        (CKA_EXTRACTABLE, T),
        (CKA_CLASS, &word(CKO_DATA)[..]),
        (CKA_LABEL, b"new"),
        (CKA_TRUSTED, T),
    ] {
        let [place, count] = template(&[(CKA_ID, b"id"), row]);
        p11.call(SetAttributeValue, &[session, secret, place, count]);
        read(p11, session, secret, &[CKA_ID, CKA_LABEL], 40);
    }
    for row in [
        (CKA_LABEL, &b"copy"[..]),
        (CKA_SENSITIVE, F),
        (CKA_CLASS, b"12345678"),
    ] {
        let [place, count] = template(&[row]);
        let copy = p11.number(CopyObject, &[session, secret, place, count]);
        read(p11, session, copy, &[CKA_LABEL], 40);
        p11.number(CopyObject, &[session, 999, place, count]);
    }
}

/// Does what an object forbids.
fn forbidden(p11: &Client, session: usize) {
    let fixed = aes(
        p11,
        session,
        &[(CKA_MODIFIABLE, F), (CKA_COPYABLE, F), (CKA_DESTROYABLE, F)],
    );
    let [place, count] = template(&[(CKA_LABEL, b"new")]);
    p11.call(SetAttributeValue, &[session, fixed, place, count]);
    p11.number(CopyObject, &[session, fixed, place, count]);
    p11.call(DestroyObject, &[session, fixed]);
}

/// Looks for what is not to be seen without a login.
fn hidden(p11: &Client, slot: usize, session: usize) {
    let hidden = aes(p11, session, &[(CKA_PRIVATE, T)]);
    p11.call(Logout, &[session]);
    read(p11, session, hidden, BITS, 8);
    let read_only = open(p11, slot, 4);
    find(p11, read_only, &[(CKA_LABEL, b"t")], 10);
    let [place, count] = template(&[(CKA_LABEL, b"u")]);
    for object in 1..40 {
        p11.call(SetAttributeValue, &[read_only, object, place, count]);
    }
    p11.call(CloseAllSessions, &[slot]);
}

fn find(p11: &Client, session: usize, rows: &[(CK_ULONG, &[u8])], room: usize) {
    let [place, count] = template(rows);
    p11.call(FindObjectsInit, &[session, place, count]);
    p11.call(FindObjectsInit, &[session, place, count]);
    for _ in 0..3 {
        let mut handles = [0 as CK_ULONG; 20];
        p11.number(
            FindObjects,
            &[session, handles.as_mut_ptr().expose_provenance(), room],
        );
        say(&format!("    {handles:?}"));
    }
    p11.call(FindObjectsFinal, &[session]);
    p11.call(FindObjectsFinal, &[session]);
    let mut handles = [0 as CK_ULONG; 20];
    p11.number(
        FindObjects,
        &[session, handles.as_mut_ptr().expose_provenance(), room],
    );
}

pub(crate) fn searches(p11: &Client, slot: usize) {
    let session = user(p11, slot);
    for label in [&b"one"[..], b"two", b"two"] {
        aes(p11, session, &[(CKA_LABEL, label), (CKA_ID, b"id")]);
    }
    for room in [1, 2, 10] {
        find(p11, session, &[(CKA_LABEL, b"two"), (CKA_ID, b"id")], room);
    }
    p11.call(CloseAllSessions, &[slot]);
}
