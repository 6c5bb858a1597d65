//! Keys: generated, wrapped, unwrapped, derived; and random numbers.

use cryptoki_sys::CKR_TEMPLATE_INCONSISTENT;
use cryptoki_sys::{CK_RV, CKA_CLASS, CKA_EXTRACTABLE, CKA_KEY_TYPE, CKA_SENSITIVE, CKA_VALUE};
use cryptoki_sys::{
    CKA_VALUE_LEN, CKA_WRAP_WITH_TRUSTED, CKK_AES, CKM_AES_KEY_GEN, CKO_SECRET_KEY,
};
use cryptoki_sys::{CKR_ARGUMENTS_BAD, CKR_ATTRIBUTE_VALUE_INVALID, CKR_FUNCTION_FAILED};
use cryptoki_sys::{CKR_GENERAL_ERROR, CKR_KEY_NOT_WRAPPABLE, CKR_KEY_SIZE_RANGE};
use cryptoki_sys::{CKR_KEY_UNEXTRACTABLE, CKR_OK, CKR_TEMPLATE_INCOMPLETE};

use super::objects::without_label;
use super::{FALSE, TRUE};
use crate::functions::Function::{CreateObject, DeriveKey, GenerateKey, GenerateKeyPair};
use crate::functions::Function::{GenerateRandom, UnwrapKey, WrapKey};
use crate::hook::Hook::{Around, Forge, Instead};
use crate::module::{Call, Mechanism, Template};
use crate::rule::{Rule, row};

/// A key's length: 16 bytes.
const SIXTEEN: &[u8] = &[16, 0, 0, 0, 0, 0, 0, 0];
/// A key that everybody knows.
const KNOWN: &[u8; 32] = &[0x42; 32];

#[rustfmt::skip] // A table reads by its columns.
pub(super) const RULES: &[Rule] = &[
    row("generate-constant", "5.18.1", "C_GenerateKey gives the same AES key every time.",
        Around(&[GenerateKey], known_key), &["generate.aes-128.fresh"]),
    row("generate-length-ignored", "5.18.1", "C_GenerateKey makes keys of 16 bytes, whatever CKA_VALUE_LEN says.",
        Around(&[GenerateKey], |call| {
            let mut template = Template::of(call, 2);
            if template.value(CKA_VALUE_LEN).is_none() {
                return call.pass();
            }
            template.set(CKA_VALUE_LEN, SIXTEEN);
            template.pass(*call, 2)
        }), &["generate.generic-512.fresh", "generate.aes-192.fresh"]),
    row("generate-without-length-accepted", "6.10.3", "C_GenerateKey makes AES keys without CKA_VALUE_LEN.",
        Around(&[GenerateKey], |call| match call.pass() {
            CKR_TEMPLATE_INCOMPLETE => {
                let mut template = Template::of(call, 2);
                template.set(CKA_VALUE_LEN, SIXTEEN);
                template.pass(*call, 2)
            }
            rv => rv,
        }), &["generate.aes-128.no-length", "generate.aes-192.no-length"]),
    row("generate-bad-length-accepted", "6.10.3", "C_GenerateKey makes an AES key of 16 bytes where another length is asked for that there is not.",
        Around(&[GenerateKey], |call| match call.pass() {
            CKR_ATTRIBUTE_VALUE_INVALID | CKR_KEY_SIZE_RANGE | CKR_TEMPLATE_INCONSISTENT => {
                let mut template = Template::of(call, 2);
                template.set(CKA_VALUE_LEN, SIXTEEN);
                template.pass(*call, 2)
            }
            rv => rv,
        }), &["generate.aes.length.1", "generate.aes.length.8"]),
    row("generate-drops-label", "5.18.1", "C_GenerateKey forgets CKA_LABEL.",
        Around(&[GenerateKey], without_label), &["generate.aes-128.attributes"]),
    row("generate-pair-drops-label", "5.18.2", "C_GenerateKeyPair forgets CKA_LABEL.",
        Around(&[GenerateKeyPair], without_label), &["generate.rsa-2048.attributes", "generate.ec-p224.attributes"]),
    row("generate-pair-swapped", "5.18.2", "C_GenerateKeyPair returns the handles in the wrong order.",
        Around(&[GenerateKeyPair], |call| {
            let rv = call.pass();
            if let (CKR_OK, Some(public), Some(private)) = (rv, call.number(6), call.number(7)) {
                call.set_number(6, private);
                call.set_number(7, public);
            }
            rv
        }), &["generate.rsa-2048.halves-fit", "generate.ec-p224.halves-fit"]),
    row("wrap-unextractable-accepted", "5.18.3", "C_WrapKey wraps keys with CKA_EXTRACTABLE false.",
        Forge(CKA_EXTRACTABLE, FALSE, TRUE), &["wrap.unextractable.secret-key", "wrap.unextractable.not-sensitive"]),
    row("wrap-unextractable-general-error", "5.18.3", "C_WrapKey answers CKR_GENERAL_ERROR for a key with CKA_EXTRACTABLE false.",
        Instead(&[WrapKey], CKR_KEY_UNEXTRACTABLE, CKR_GENERAL_ERROR), &["wrap.unextractable.after-set", "wrap.handle.key-is-public"]),
    row("wrap-with-trusted-ignored", "4.10", "A key with CKA_WRAP_WITH_TRUSTED is wrapped by a key that is not trusted.",
        Forge(CKA_WRAP_WITH_TRUSTED, TRUE, FALSE), &["wrap.with-trusted"]),
    row("wrap-with-trusted-general-error", "5.18.3", "C_WrapKey answers CKR_GENERAL_ERROR for a key that only a trusted key may wrap.",
        Instead(&[WrapKey], CKR_KEY_NOT_WRAPPABLE, CKR_GENERAL_ERROR), &["wrap.with-trusted"]),
    row("wrap-flips-a-bit", "5.18.3", "C_WrapKey gives a wrapped key with a bit that is wrong.",
        Around(&[WrapKey], |call| {
            let rv = call.pass();
            let length = call.number(5).map_or(0, crate::module::size);
            if let (CKR_OK, [first, ..]) = (rv, call.bytes(4, length)) {
                *first ^= 1;
            }
            rv
        }), &["wrap.aes-key-wrap.aes-128"]),
    row("unwrap-drops-label", "5.18.4", "C_UnwrapKey forgets CKA_LABEL.",
        Around(&[UnwrapKey], without_label), &["unwrap.template-kept", "unwrap.token-key"]),
    row("unwrap-sensitive-dropped", "5.18.4", "C_UnwrapKey makes keys readable, whatever its template says.",
        Around(&[UnwrapKey], |call| {
            let mut template = Template::of(call, 5);
            template.set(CKA_SENSITIVE, FALSE);
            template.set(CKA_EXTRACTABLE, TRUE);
            template.pass(*call, 5)
        }), &["unwrap.sealed", "unwrap.template.agrees"]),
    row("unwrap-anything", "5.18.4", "C_UnwrapKey makes a key of what is no wrapped key.",
        Around(&[UnwrapKey], |call| match call.pass() {
            CKR_OK => CKR_OK,
            CKR_ARGUMENTS_BAD => CKR_ARGUMENTS_BAD,
            _ => {
                let mut template = Template::of(call, 5);
                template.set(CKA_VALUE, &KNOWN[..16]);
                create(call, &mut template, 5, 7)
            }
        }), &["unwrap.template.conflicts", "unwrap.aes-key-wrap.first-byte"]),
    row("derive-drops-label", "5.18.5", "C_DeriveKey forgets CKA_LABEL.",
        Around(&[DeriveKey], without_label), &["derive.template-kept", "derive.arguments.no-template"]),
    row("derive-sensitive-dropped", "5.18.5", "C_DeriveKey makes keys readable, whatever its template says.",
        Around(&[DeriveKey], |call| {
            let mut template = Template::of(call, 3);
            template.set(CKA_SENSITIVE, FALSE);
            template.set(CKA_EXTRACTABLE, TRUE);
            template.pass(*call, 3)
        }), &["derive.sealed"]),
    row("derive-constant", "5.18.5", "C_DeriveKey gives the same key whatever it is derived from.",
        Around(&[DeriveKey], |call| match call.pass() {
            CKR_OK => {
                let mut template = Template::of(call, 3);
                template.set(CKA_VALUE, &KNOWN[..]);
                template.remove(CKA_VALUE_LEN);
                create(call, &mut template, 3, 5)
            }
            rv => rv,
        }), &["derive.ecdh.null-kdf.aes-128", "derive.ecdh.null-kdf.aes-192"]),
    row("random-constant", "5.19.2", "C_GenerateRandom gives the same bytes every time.",
        Around(&[GenerateRandom], |call| random(call, |bytes| bytes.fill(0x5a))), &["random.generate.differ", "random.generate.sessions-differ"]),
    row("random-stops-early", "5.19.2", "C_GenerateRandom fills no more than 32 bytes.",
        Around(&[GenerateRandom], |call| random(call, |bytes| {
            if let Some(rest) = bytes.get_mut(32..) {
                rest.fill(0);
            }
        })), &["random.generate.length-64", "random.generate.length-255"]),
    row("random-large-refused", "5.19.2", "C_GenerateRandom does not give more than 256 bytes at a time.",
        Around(&[GenerateRandom], |call| match call.word(2) {
            0..=256 => call.pass(),
            _ => CKR_FUNCTION_FAILED,
        }), &["random.generate.bits", "random.generate.length-1000"]),
    row("random-overruns", "5.19.2", "C_GenerateRandom writes a byte more than it was asked for.",
        Around(&[GenerateRandom], |call| {
            let rv = call.pass();
            let length = call.word(2);
            if let (CKR_OK, Some(behind)) = (rv, call.bytes(1, length + 1).last_mut()) {
                *behind = !*behind;
            }
            rv
        }), &["random.generate.flag", "random.generate.nothing"]),
];

fn random(call: &mut Call, change: impl Fn(&mut [u8])) -> CK_RV {
    let rv = call.pass();
    if rv == CKR_OK {
        let length = call.word(2);
        change(call.bytes(1, length));
    }
    rv
}

/// Creates a secret key in the place of one that another function would make.
pub(super) fn create(call: &Call, template: &mut Template<'_>, at: usize, handle: usize) -> CK_RV {
    const SECRET_KEY: &[u8] = &CKO_SECRET_KEY.to_ne_bytes();
    template.set(CKA_CLASS, SECRET_KEY);
    let call = template.put(*call, at);
    let words = [
        call.word(0),
        call.word(at),
        call.word(at + 1),
        call.word(handle),
    ];
    Call::ask(CreateObject, &words)
}

fn known_key(call: &mut Call) -> CK_RV {
    const AES: &[u8] = &CKK_AES.to_ne_bytes();
    let mut template = Template::of(call, 2);
    let length = template
        .value(CKA_VALUE_LEN)
        .and_then(|value| value.first())
        .copied();
    let length = length.map_or(0, usize::from);
    match Mechanism::of(call, 1) {
        Some(mechanism) if mechanism.kind == CKM_AES_KEY_GEN && [16, 24, 32].contains(&length) => {
            template.set(CKA_KEY_TYPE, AES);
            template.set(CKA_VALUE, &KNOWN[..length]);
            template.remove(CKA_VALUE_LEN);
            create(call, &mut template, 2, 4)
        }
        _ => call.pass(),
    }
}
