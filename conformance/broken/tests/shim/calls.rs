//! The calls of the client, which are the same every time.

mod keys;
mod objects;
mod operations;
mod sessions;
mod slots;

use broken_module::Function::*;
use cryptoki_sys::*;

use crate::client::{Client, bytes, say, template};

const T: &[u8] = &[1];
const F: &[u8] = &[0];
const PIN: &[u8] = b"1234";
const SO_PIN: &[u8] = b"12345678";

/// What is read of a key.
const BITS: &[CK_ULONG] = &[
    CKA_SENSITIVE,
    CKA_EXTRACTABLE,
    CKA_ALWAYS_SENSITIVE,
    CKA_NEVER_EXTRACTABLE,
    CKA_LOCAL,
    CKA_TOKEN,
    CKA_PRIVATE,
    CKA_MODIFIABLE,
    CKA_COPYABLE,
    CKA_DESTROYABLE,
    CKA_TRUSTED,
    CKA_LABEL,
    CKA_KEY_TYPE,
    CKA_VALUE_LEN,
    CKA_KEY_GEN_MECHANISM,
    CKA_WRAP_WITH_TRUSTED,
    CKA_SIGN,
    CKA_VERIFY,
    CKA_ENCRYPT,
    CKA_DECRYPT,
    CKA_WRAP,
    CKA_UNWRAP,
    CKA_DERIVE,
];

/// Makes the calls.
pub(crate) fn make() {
    let p11 = Client::load();
    slots::before(&p11);
    let slot = slots::slots(&p11);
    sessions::sessions(&p11, slot);
    sessions::logins(&p11, slot);
    objects::objects(&p11, slot);
    objects::searches(&p11, slot);
    operations::operations(&p11, slot);
    keys::keys(&p11, slot);
    keys::tokens(&p11, slot);
    say("the end");
}

fn open(p11: &Client, slot: usize, flags: usize) -> usize {
    p11.number(OpenSession, &[slot, flags, 0, 0])
}

fn info(p11: &Client, session: usize) {
    p11.structure::<4>(GetSessionInfo, &[session]);
}

fn login(p11: &Client, session: usize, user: usize, pin: &[u8]) {
    let [place, length] = bytes(pin);
    p11.call(Login, &[session, user, place, length]);
}

fn user(p11: &Client, slot: usize) -> usize {
    let session = open(p11, slot, 6);
    login(p11, session, 1, PIN);
    session
}

fn word(number: CK_ULONG) -> [u8; 8] {
    number.to_ne_bytes()
}

fn create(p11: &Client, session: usize, rows: &[(CK_ULONG, &[u8])]) -> usize {
    let [place, count] = template(rows);
    p11.number(CreateObject, &[session, place, count])
}

/// Makes an AES key that is known, with more attributes.
fn aes(p11: &Client, session: usize, more: &[(CK_ULONG, &[u8])]) -> usize {
    let (class, kind) = (word(CKO_SECRET_KEY), word(CKK_AES));
    let mut rows: Vec<(CK_ULONG, &[u8])> = vec![
        (CKA_CLASS, &class),
        (CKA_KEY_TYPE, &kind),
        (CKA_VALUE, &[7; 16]),
    ];
    rows.extend(more);
    create(p11, session, &rows)
}

/// Reads attributes into buffers of a size, or asks for their lengths.
fn read(p11: &Client, session: usize, object: usize, kinds: &[CK_ULONG], room: usize) {
    let value = vec![0; room];
    let rows: Vec<_> = kinds.iter().map(|kind| (*kind, &value[..])).collect();
    let [place, count] = template(&rows);
    let attributes = std::ptr::with_exposed_provenance_mut::<CK_ATTRIBUTE>(place);
    // SAFETY: the template that was just made.
    let attributes = unsafe { std::slice::from_raw_parts_mut(attributes, count) };
    if room == 0 {
        attributes
            .iter_mut()
            .for_each(|one| one.pValue = std::ptr::null_mut());
    }
    p11.call(GetAttributeValue, &[session, object, place, count]);
    for one in attributes {
        let shown = usize::try_from(one.ulValueLen).map_or(0, |length| length.min(room));
        let value = if shown == 0 {
            &[]
        } else {
            // SAFETY: a value of the template, and no more than it has room for.
            unsafe { std::slice::from_raw_parts(one.pValue.cast::<u8>(), shown) }
        };
        say(&format!(
            "    {:x} {} {value:x?}",
            one.type_, one.ulValueLen
        ));
    }
}
