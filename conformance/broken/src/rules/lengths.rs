//! The convention for results of variable length.

use cryptoki_sys::{CK_RV, CK_ULONG, CKR_BUFFER_TOO_SMALL, CKR_GENERAL_ERROR, CKR_OK};

use crate::functions::Function::{self, Decrypt, Digest, DigestFinal, Encrypt, Sign, SignFinal};
use crate::functions::Function::{EncryptUpdate, WrapKey};
use crate::hook::Hook::{Around, Instead};
use crate::module::{Call, size};
use crate::operation::into_scratch;
use crate::rule::{Rule, row};

/// The functions that give a result at once.
const AT_ONCE: &[Function] = &[Decrypt, Digest, Encrypt, Sign];

#[rustfmt::skip] // A table reads by its columns.
pub(super) const RULES: &[Rule] = &[
    row("encrypt-length-query-short", "5.2", "C_Encrypt asked for the length says one byte less than it gives.",
        Around(&[Encrypt], query_short), &[]),
    row("decrypt-length-query-zero", "5.2", "C_Decrypt asked for the length says 0.",
        Around(&[Decrypt], query_zero), &[]),
    row("digest-length-query-short", "5.2", "C_Digest asked for the length says one byte less than it gives.",
        Around(&[Digest], query_short), &[]),
    row("sign-length-query-short", "5.2", "C_Sign asked for the length says one byte less than it gives.",
        Around(&[Sign], query_short), &[]),
    row("sign-final-length-query-zero", "5.2", "C_SignFinal asked for the length says 0.",
        Around(&[SignFinal], query_zero), &[]),
    row("wrap-length-query-short", "5.2", "C_WrapKey asked for the length says one byte less than it gives.",
        Around(&[WrapKey], query_short), &[]),
    row("encrypt-length-query-ends", "5.2", "C_Encrypt asked for the length ends the operation.",
        Around(&[Encrypt], query_ends), &[]),
    row("decrypt-length-query-ends", "5.2", "C_Decrypt asked for the length ends the operation.",
        Around(&[Decrypt], query_ends), &[]),
    row("digest-length-query-ends", "5.2", "C_Digest asked for the length ends the operation.",
        Around(&[Digest], query_ends), &[]),
    row("digest-final-length-query-ends", "5.2", "C_DigestFinal asked for the length ends the operation.",
        Around(&[DigestFinal], query_ends), &[]),
    row("sign-length-query-ends", "5.2", "C_Sign asked for the length ends the operation.",
        Around(&[Sign], query_ends), &[]),
    row("encrypt-short-buffer-ends", "5.2", "A buffer that is too small for C_Encrypt ends the operation.",
        Around(&[Encrypt], short_ends), &[]),
    row("decrypt-short-buffer-ends", "5.2", "A buffer that is too small for C_Decrypt ends the operation.",
        Around(&[Decrypt], short_ends), &[]),
    row("digest-short-buffer-ends", "5.2", "A buffer that is too small for C_Digest ends the operation.",
        Around(&[Digest], short_ends), &[]),
    row("sign-short-buffer-ends", "5.2", "A buffer that is too small for C_Sign ends the operation.",
        Around(&[Sign], short_ends), &[]),
    row("sign-final-short-buffer-ends", "5.2", "A buffer that is too small for C_SignFinal ends the operation.",
        Around(&[SignFinal], short_ends), &[]),
    row("short-buffer-general-error", "5.2", "A buffer that is too small answers CKR_GENERAL_ERROR.",
        Instead(AT_ONCE, CKR_BUFFER_TOO_SMALL, CKR_GENERAL_ERROR), &[]),
    row("wrap-short-buffer-general-error", "5.2", "A buffer that is too small for C_WrapKey answers CKR_GENERAL_ERROR.",
        Instead(&[WrapKey], CKR_BUFFER_TOO_SMALL, CKR_GENERAL_ERROR), &[]),
    row("sign-short-buffer-overrun", "5.2", "C_Sign writes a byte behind a buffer that is too small.",
        Around(&[Sign], overrun), &[]),
    row("encrypt-short-buffer-overrun", "5.2", "C_Encrypt writes a byte behind a buffer that is too small.",
        Around(&[Encrypt], overrun), &[]),
    row("digest-short-buffer-truncates", "5.2", "C_Digest gives the start of the digest where the buffer is too small.",
        Around(&[Digest], truncate), &[]),
    row("sign-short-buffer-length-kept", "5.2", "C_Sign does not say the length where the buffer is too small.",
        Around(&[Sign], |call| length_kept(call, CKR_BUFFER_TOO_SMALL)), &[]),
    row("encrypt-length-not-updated", "5.2", "C_Encrypt leaves the length as the size of the buffer.",
        Around(&[Encrypt], |call| length_kept(call, CKR_OK)), &[]),
    row("decrypt-length-not-updated", "5.2", "C_Decrypt leaves the length as the size of the buffer.",
        Around(&[Decrypt], |call| length_kept(call, CKR_OK)), &[]),
    row("digest-length-not-updated", "5.2", "C_Digest leaves the length as the size of the buffer.",
        Around(&[Digest], |call| length_kept(call, CKR_OK)), &[]),
    row("sign-length-not-updated", "5.2", "C_Sign leaves the length as the size of the buffer.",
        Around(&[Sign], |call| length_kept(call, CKR_OK)), &[]),
    row("encrypt-update-length-not-updated", "5.2", "C_EncryptUpdate leaves the length as the size of the buffer.",
        Around(&[EncryptUpdate], |call| length_kept(call, CKR_OK)), &[]),
];

/// Returns the argument with the buffer of a function that has one.
fn output(call: &Call) -> usize {
    call.function()
        .output()
        .expect("the rows name functions with a buffer")
}

fn query_short(call: &mut Call) -> CK_RV {
    query(call, |length| length.saturating_sub(1))
}

fn query_zero(call: &mut Call) -> CK_RV {
    query(call, |_| 0)
}

fn query(call: &mut Call, change: impl Fn(CK_ULONG) -> CK_ULONG) -> CK_RV {
    let rv = call.pass();
    let output = output(call);
    if rv == CKR_OK && call.is_null(output) {
        let length = call.number(output + 1).unwrap_or_default();
        call.set_number(output + 1, change(length));
    }
    rv
}

fn query_ends(call: &mut Call) -> CK_RV {
    let rv = call.pass();
    let output = output(call);
    if rv == CKR_OK && call.is_null(output) {
        into_scratch(call, output);
    }
    rv
}

fn short_ends(call: &mut Call) -> CK_RV {
    let rv = call.pass();
    if rv == CKR_BUFFER_TOO_SMALL {
        into_scratch(call, output(call));
    }
    rv
}

fn overrun(call: &mut Call) -> CK_RV {
    let output = output(call);
    let room = call.number(output + 1).map_or(0, size);
    let rv = call.pass();
    if rv == CKR_BUFFER_TOO_SMALL
        && let Some(behind) = call.bytes(output, room + 1).last_mut()
    {
        *behind = !*behind;
    }
    rv
}

fn truncate(call: &mut Call) -> CK_RV {
    let output = output(call);
    let room = call.number(output + 1).map_or(0, size);
    match call.pass() {
        CKR_BUFFER_TOO_SMALL => {
            let (rv, whole) = into_scratch(call, output);
            call.bytes(output, room).copy_from_slice(&whole[..room]);
            call.set_number(output + 1, room as CK_ULONG);
            rv
        }
        rv => rv,
    }
}

/// Leaves the length as it was where a call with a buffer answers with a code.
fn length_kept(call: &mut Call, code: CK_RV) -> CK_RV {
    let output = output(call);
    let before = call.number(output + 1).unwrap_or_default();
    let rv = call.pass();
    if rv == code && !call.is_null(output) {
        call.set_number(output + 1, before);
    }
    rv
}
