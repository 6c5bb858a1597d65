//! Attributes: read, set, and what they say.

use cryptoki_sys::CKR_SESSION_READ_ONLY;
use cryptoki_sys::{CK_RV, CK_ULONG, CK_UNAVAILABLE_INFORMATION, CKA_ALWAYS_SENSITIVE};
use cryptoki_sys::{CKA_CLASS, CKA_EXTRACTABLE, CKA_KEY_GEN_MECHANISM, CKA_KEY_TYPE, CKA_LABEL};
use cryptoki_sys::{CKA_LOCAL, CKA_MODULUS_BITS, CKA_NEVER_EXTRACTABLE, CKA_SENSITIVE};
use cryptoki_sys::{CKA_VALUE_LEN, CKR_ATTRIBUTE_READ_ONLY, CKR_ATTRIBUTE_SENSITIVE};
use cryptoki_sys::{CKR_ATTRIBUTE_TYPE_INVALID, CKR_BUFFER_TOO_SMALL, CKR_GENERAL_ERROR, CKR_OK};

use super::{FALSE, TRUE};
use crate::functions::Function::{GetAttributeValue, SetAttributeValue};
use crate::hook::Hook::{Around, Forge, Instead, Report};
use crate::module::{Call, Template};
use crate::rule::{Rule, row};

/// The number 7 as the value of an attribute.
const SEVEN: &[u8] = &[7, 0, 0, 0, 0, 0, 0, 0];

#[rustfmt::skip] // A table reads by its columns.
pub(super) const RULES: &[Rule] = &[
    row("sensitive-stripped", "4.10", "CKA_SENSITIVE is reported and not obeyed: the value can be read.",
        Forge(CKA_SENSITIVE, TRUE, FALSE), &["attribute.hidden.rsa-private.sensitive.private-exponent", "attribute.hidden.rsa-private.sensitive.prime-1", "attack.sensitive-off.copy", "attack.read.aes-value", "attack.read.generic-value", "attack.read.ec-value", "attack.read.rsa-private-exponent", "attack.read.rsa-prime", "attack.read.rsa-coefficient"]),
    row("extractable-forced", "4.10", "CKA_EXTRACTABLE false is reported and not obeyed: the key can be wrapped.",
        Forge(CKA_EXTRACTABLE, FALSE, TRUE), &["attribute.hidden.rsa-private.unextractable.private-exponent", "attribute.hidden.rsa-private.unextractable.prime-1", "attack.extractable-on.copy", "attack.extractable-on.copy-private-key", "attack.read.aes-value-unextractable", "attack.read.ec-value-unextractable", "attack.read.rsa-private-exponent-unextractable"]),
    row("sensitive-reset", "4.10", "C_SetAttributeValue answers CKR_OK where CKA_SENSITIVE is taken back.",
        Around(&[SetAttributeValue], |call| settable(call, CKA_SENSITIVE, FALSE)), &["attribute.one-way.aes.sensitive.no-way-back", "attribute.one-way.rsa-private.sensitive.no-way-back"]),
    row("extractable-reset", "4.10", "C_SetAttributeValue answers CKR_OK where CKA_EXTRACTABLE is given back.",
        Around(&[SetAttributeValue], |call| settable(call, CKA_EXTRACTABLE, TRUE)), &["attribute.one-way.aes.extractable.no-way-back", "attribute.one-way.rsa-private.extractable.no-way-back"]),
    row("set-class-accepted", "4.1.2", "C_SetAttributeValue answers CKR_OK to a change of CKA_CLASS or CKA_KEY_TYPE.",
        Around(&[SetAttributeValue], |call| {
            let template = Template::of(call, 2);
            let concerns = [CKA_CLASS, CKA_KEY_TYPE].into_iter().any(|kind| template.value(kind).is_some());
            match call.pass() {
                CKR_ATTRIBUTE_READ_ONLY if concerns => CKR_OK,
                rv => rv,
            }
        }), &["attribute.set.all-or-nothing.read-only-first", "attribute.fixed.data.class", "attribute.fixed.certificate.class"]),
    row("set-read-only-general-error", "4.1.2", "C_SetAttributeValue answers CKR_GENERAL_ERROR for an attribute that cannot be set.",
        Instead(&[SetAttributeValue], CKR_ATTRIBUTE_READ_ONLY, CKR_GENERAL_ERROR), &["attribute.fixed.data.class", "attribute.fixed.data.token"]),
    row("set-does-nothing", "5.7.6", "C_SetAttributeValue answers CKR_OK and changes nothing.",
        Around(&[SetAttributeValue], |call| match call.pass() {
            CKR_OK => undo_label(call),
            rv => rv,
        }), &["attribute.set.session-in-read-only", "attribute.set.seen-by-others", "attribute.change.data.label"]),
    row("set-read-only-session-accepted", "5.7.6", "C_SetAttributeValue answers CKR_OK for a token object in a read-only session.",
        Instead(&[SetAttributeValue], CKR_SESSION_READ_ONLY, CKR_OK), &["attribute.set.token-in-read-only"]),
    row("always-sensitive-wrong", "4.10", "CKA_ALWAYS_SENSITIVE is true for keys that came from outside.",
        Report(CKA_ALWAYS_SENSITIVE, TRUE), &["object.default.rsa-private.always-sensitive", "object.default.ec-private.always-sensitive", "attribute.history.open", "attack.history.always-sensitive.gained-by-import", "attack.history.always-sensitive.gained-by-unwrap"]),
    row("always-sensitive-never", "4.10", "CKA_ALWAYS_SENSITIVE is false for keys that always were.",
        Report(CKA_ALWAYS_SENSITIVE, FALSE), &["attribute.history.sensitive", "attribute.history.sensitive-extractable", "copy.carried.always-sensitive"]),
    row("never-extractable-wrong", "4.10", "CKA_NEVER_EXTRACTABLE is true for keys that came from outside.",
        Report(CKA_NEVER_EXTRACTABLE, TRUE), &["object.default.rsa-private.never-extractable", "object.default.ec-private.never-extractable", "attribute.history.open", "attack.history.never-extractable.gained-by-import", "attack.history.never-extractable.gained-by-unwrap"]),
    row("never-extractable-never", "4.10", "CKA_NEVER_EXTRACTABLE is false for keys that never were extractable.",
        Report(CKA_NEVER_EXTRACTABLE, FALSE), &["attribute.history.sensitive", "attribute.history.made-sensitive", "copy.carried.never-extractable"]),
    row("local-always", "4.7", "CKA_LOCAL is true for keys that came from outside.",
        Report(CKA_LOCAL, TRUE), &["object.default.rsa-public.local", "object.default.rsa-private.local", "attack.history.local.gained-by-import", "attack.history.local.gained-by-unwrap"]),
    row("local-never", "4.7", "CKA_LOCAL is false for keys that the token made.",
        Report(CKA_LOCAL, FALSE), &["copy.carried.local"]),
    row("key-gen-mechanism-wrong", "4.7", "CKA_KEY_GEN_MECHANISM names another mechanism than the key's.",
        Report(CKA_KEY_GEN_MECHANISM, SEVEN), &["object.default.rsa-public.key-gen-mechanism", "object.default.rsa-private.key-gen-mechanism"]),
    row("key-type-wrong", "4.7", "CKA_KEY_TYPE says CKK_X9_42_DH's neighbour for every key.",
        Report(CKA_KEY_TYPE, SEVEN), &["object.create.rsa-public", "object.create.rsa-private"]),
    row("value-len-wrong", "4.10", "CKA_VALUE_LEN is 7 for every key.",
        Report(CKA_VALUE_LEN, SEVEN), &["object.length.aes", "object.length.generic"]),
    row("modulus-bits-wrong", "6.1.2", "CKA_MODULUS_BITS is 7 for every key.",
        Report(CKA_MODULUS_BITS, SEVEN), &["object.length.rsa-public"]),
    row("get-stops-at-first", "5.7.5", "C_GetAttributeValue does not look at what follows an attribute that it cannot give.",
        Around(&[GetAttributeValue], each), &["attribute.get.among-others.too-small-first", "attribute.get.among-others.too-small-middle"]),
    row("get-unknown-ok", "5.7.5", "C_GetAttributeValue answers CKR_OK for an attribute that the object does not have.",
        Instead(&[GetAttributeValue], CKR_ATTRIBUTE_TYPE_INVALID, CKR_OK), &["attribute.get.alone.unknown", "attribute.get.alone.unknown-length"]),
    row("get-sensitive-ok", "5.7.5", "C_GetAttributeValue answers CKR_OK for a value that it does not give.",
        Instead(&[GetAttributeValue], CKR_ATTRIBUTE_SENSITIVE, CKR_OK), &["attribute.get.alone.sensitive", "attribute.get.alone.sensitive-length", "attribute.hidden.rsa-private.sensitive.private-exponent"]),
    row("get-sensitive-as-unknown", "5.7.5", "C_GetAttributeValue says that a sensitive attribute does not exist.",
        Instead(&[GetAttributeValue], CKR_ATTRIBUTE_SENSITIVE, CKR_ATTRIBUTE_TYPE_INVALID), &["attribute.get.alone.sensitive", "attribute.get.alone.sensitive-length", "attribute.hidden.rsa-private.sensitive.private-exponent"]),
    row("get-unavailable-length-kept", "5.7.5", "C_GetAttributeValue leaves the length of what it does not give as it was.",
        Around(&[GetAttributeValue], keep_lengths), &["attribute.get.too-small.one-short", "attribute.get.too-small.one-byte", "attribute.hidden.rsa-private.sensitive.private-exponent"]),
    row("get-short-buffer-ok", "5.7.5", "C_GetAttributeValue answers CKR_OK where a buffer is too small.",
        Instead(&[GetAttributeValue], CKR_BUFFER_TOO_SMALL, CKR_OK), &["attribute.get.too-small.one-short", "attribute.get.too-small.one-byte"]),
    row("get-short-buffer-general-error", "5.7.5", "C_GetAttributeValue answers CKR_GENERAL_ERROR where a buffer is too small.",
        Instead(&[GetAttributeValue], CKR_BUFFER_TOO_SMALL, CKR_GENERAL_ERROR), &["attribute.get.too-small.one-short", "attribute.get.too-small.one-byte"]),
    row("get-length-query-zero", "5.7.5", "C_GetAttributeValue asked for a length says 0.",
        Around(&[GetAttributeValue], |call| {
            let rv = call.pass();
            for one in call.template(2).iter_mut().filter(|one| one.pValue.is_null()) {
                one.ulValueLen = 0;
            }
            rv
        }), &["attribute.get.length", "attribute.get.length-ignores-room"]),
    row("get-length-not-updated", "5.7.5", "C_GetAttributeValue leaves the length of a buffer that is larger than the value.",
        Around(&[GetAttributeValue], |call| {
            let before: Vec<_> = call.template(2).iter().map(|one| one.ulValueLen).collect();
            let rv = call.pass();
            let filled = call.template(2).iter_mut().zip(before);
            for (one, length) in filled.filter(|(one, _)| rv == CKR_OK && !one.pValue.is_null()) {
                one.ulValueLen = length;
            }
            rv
        }), &["attribute.get.larger", "attribute.get.twice-in-one-call"]),
];

fn settable(call: &mut Call, kind: CK_ULONG, value: &[u8]) -> CK_RV {
    let concerns = Template::of(call, 2).value(kind) == Some(value);
    match call.pass() {
        CKR_OK => CKR_OK,
        _ if concerns => CKR_OK,
        rv => rv,
    }
}

/// Gives an object that was just changed a label that nobody asked for.
fn undo_label(call: &Call) -> CK_RV {
    let mut template = Template::default();
    template.set(CKA_LABEL, b"as it was");
    template.pass(*call, 2);
    CKR_OK
}

/// Passes the attributes of a template on one after the other, up to the first that is refused.
fn each(call: &mut Call) -> CK_RV {
    // A template that is empty or missing is the module's to judge.
    if call.template(2).is_empty() {
        return call.pass();
    }
    for index in 0..call.template(2).len() {
        let one = (&raw mut call.template(2)[index]).expose_provenance();
        let rv = call.with(2, one).with(3, 1).pass();
        if rv != CKR_OK {
            return rv;
        }
    }
    CKR_OK
}

fn keep_lengths(call: &mut Call) -> CK_RV {
    let before: Vec<_> = call.template(2).iter().map(|one| one.ulValueLen).collect();
    let rv = call.pass();
    let after = call.template(2).iter_mut().zip(before);
    for (one, length) in after.filter(|(one, _)| one.ulValueLen == CK_UNAVAILABLE_INFORMATION) {
        one.ulValueLen = length;
    }
    rv
}
