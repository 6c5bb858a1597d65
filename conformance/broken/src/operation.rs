//! What is known of the operations of a session, to start one again or to end it.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use cryptoki_sys::{CK_MECHANISM_TYPE, CK_RV, CK_ULONG, CKR_OK};

use crate::functions::Function;
use crate::module::{Call, Mechanism, size};

/// A session and the function that starts the operation.
type Key = (usize, usize);
/// The call that started it, and its mechanism.
type Start = (Call, Mechanism);

fn starts() -> MutexGuard<'static, BTreeMap<Key, Start>> {
    static STARTS: Mutex<BTreeMap<Key, Start>> = Mutex::new(BTreeMap::new());
    STARTS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Passes on a call that starts an operation, and remembers it.
pub(crate) fn start(call: &mut Call) -> CK_RV {
    let rv = call.pass();
    if rv == CKR_OK {
        let key = key_of(call);
        match Mechanism::of(call, 1) {
            Some(mechanism) => starts().insert(key, (*call, mechanism)),
            None => starts().remove(&key),
        };
    }
    rv
}

/// Starts the operation that a call belongs to once more.
pub(crate) fn restart(call: &Call) {
    let start = starts().get(&key_of(call)).cloned();
    if let Some((start, mechanism)) = start {
        mechanism.pass(start, 1);
    }
}

/// Returns the mechanism of the operation that a call belongs to.
pub(crate) fn mechanism(call: &Call) -> Option<CK_MECHANISM_TYPE> {
    starts().get(&key_of(call)).map(|start| start.1.kind)
}

fn key_of(call: &Call) -> Key {
    (call.word(0), starter(call.function()).index())
}

/// Returns the function that starts the operation of another.
const fn starter(function: Function) -> Function {
    match function {
        Function::Decrypt | Function::DecryptFinal | Function::DecryptUpdate => {
            Function::DecryptInit
        }
        Function::Digest | Function::DigestFinal | Function::DigestUpdate => Function::DigestInit,
        Function::Encrypt | Function::EncryptFinal | Function::EncryptUpdate => {
            Function::EncryptInit
        }
        Function::Sign | Function::SignFinal | Function::SignUpdate => Function::SignInit,
        Function::Verify | Function::VerifyFinal | Function::VerifyUpdate => Function::VerifyInit,
        other => other,
    }
}

/// Tells whether a function starts an operation.
pub(crate) fn starts_one(function: Function) -> bool {
    use Function::{DecryptInit, DigestInit, EncryptInit, SignInit, VerifyInit};
    [DecryptInit, DigestInit, EncryptInit, SignInit, VerifyInit].contains(&function)
}

/// Passes a call on with a buffer of our own that is surely large enough, and returns what is written there.
pub(crate) fn into_scratch(call: &Call, output: usize) -> (CK_RV, Vec<u8>) {
    let mut scratch = vec![0; 1 << 17];
    let mut length = scratch.len() as CK_ULONG;
    let aside = call
        .with(output, scratch.as_mut_ptr().expose_provenance())
        .with(output + 1, (&raw mut length).expose_provenance());
    let rv = aside.pass();
    scratch.truncate(size(length));
    (rv, scratch)
}
