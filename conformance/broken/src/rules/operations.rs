//! Operations: their states, and what they compute.

use cryptoki_sys::CKR_SIGNATURE_LEN_RANGE;
use cryptoki_sys::{CK_RV, CK_ULONG, CKM_AES_CBC, CKM_AES_ECB, CKM_AES_GCM, CKR_BUFFER_TOO_SMALL};
use cryptoki_sys::{CKR_GENERAL_ERROR, CKR_OK, CKR_OPERATION_ACTIVE};
use cryptoki_sys::{CKR_OPERATION_NOT_INITIALIZED, CKR_SIGNATURE_INVALID};

use crate::functions::Function::VerifyUpdate;
use crate::functions::Function::{Decrypt, DecryptFinal, DecryptInit, DecryptUpdate, Digest};
use crate::functions::Function::{DigestFinal, DigestInit, DigestKey, DigestUpdate, Encrypt};
use crate::functions::Function::{EncryptFinal, EncryptInit, EncryptUpdate, Sign, SignFinal};
use crate::functions::Function::{SignInit, SignUpdate, Verify, VerifyFinal, VerifyInit};
use crate::hook::Hook::{Around, Instead};
use crate::module::{Call, Mechanism, size};
use crate::operation::{mechanism, restart, start, starts_one};
use crate::rule::{Rule, row};

/// The block of AES.
const BLOCK: usize = 16;

#[rustfmt::skip] // A table reads by its columns.
pub(super) const RULES: &[Rule] = &[
    row("encrypt-init-twice-accepted", "5.8.1", "A second C_EncryptInit answers CKR_OK.",
        Instead(&[EncryptInit], CKR_OPERATION_ACTIVE, CKR_OK), &["encrypt.state.twice.aes-gcm"]),
    row("decrypt-init-twice-accepted", "5.10.1", "A second C_DecryptInit answers CKR_OK.",
        Instead(&[DecryptInit], CKR_OPERATION_ACTIVE, CKR_OK), &["decrypt.state.twice.aes-gcm"]),
    row("digest-init-twice-accepted", "5.12.1", "A second C_DigestInit answers CKR_OK.",
        Instead(&[DigestInit], CKR_OPERATION_ACTIVE, CKR_OK), &["digest.state.init-after-update.sha256", "digest.state.twice.sha256"]),
    row("sign-init-twice-accepted", "5.13.1", "A second C_SignInit answers CKR_OK.",
        Instead(&[SignInit], CKR_OPERATION_ACTIVE, CKR_OK), &["sign.state.twice.sha256-hmac"]),
    row("verify-init-twice-accepted", "5.15.1", "A second C_VerifyInit answers CKR_OK.",
        Instead(&[VerifyInit], CKR_OPERATION_ACTIVE, CKR_OK), &["verify.state.beside-digest.sha256-hmac", "verify.state.beside-digest.sha256-rsa-pkcs"]),
    row("encrypt-survives", "5.8.2", "C_Encrypt leaves its operation active.",
        Around(&[EncryptInit, Encrypt, EncryptFinal], survive), &["encrypt.state.single-ends.aes-cbc"]),
    row("decrypt-survives", "5.10.2", "C_Decrypt leaves its operation active.",
        Around(&[DecryptInit, Decrypt, DecryptFinal], survive), &["decrypt.state.single-ends.aes-cbc"]),
    row("digest-survives", "5.12.2", "C_Digest leaves its operation active.",
        Around(&[DigestInit, Digest, DigestFinal], survive), &["digest.state.single-ends.sha256"]),
    row("sign-survives", "5.13.2", "C_Sign leaves its operation active.",
        Around(&[SignInit, Sign, SignFinal], survive), &["sign.state.single-ends.sha256-hmac"]),
    row("verify-survives", "5.15.2", "C_Verify leaves its operation active.",
        Around(&[VerifyInit, Verify, VerifyFinal], survive), &["verify.state.single-ends.sha256-hmac"]),
    row("verify-failure-survives", "5.15.2", "A signature that is refused leaves the operation active.",
        Around(&[VerifyInit, Verify, VerifyFinal], |call| match survive(call) {
            CKR_OK => CKR_OK,
            rv => {
                restart(call);
                rv
            }
        }), &["verify.wrong-length.sha1-hmac", "verify.wrong-length.sha224-hmac"]),
    row("encrypt-without-init-general-error", "5.8.2", "Encryption without C_EncryptInit answers CKR_GENERAL_ERROR.",
        Instead(&[Encrypt, EncryptUpdate, EncryptFinal], CKR_OPERATION_NOT_INITIALIZED, CKR_GENERAL_ERROR), &["encrypt.unstarted.C_Encrypt", "encrypt.unstarted.C_EncryptUpdate"]),
    row("decrypt-without-init-general-error", "5.10.2", "Decryption without C_DecryptInit answers CKR_GENERAL_ERROR.",
        Instead(&[Decrypt, DecryptUpdate, DecryptFinal], CKR_OPERATION_NOT_INITIALIZED, CKR_GENERAL_ERROR), &["decrypt.unstarted.C_Decrypt", "decrypt.unstarted.C_DecryptUpdate"]),
    row("digest-without-init-general-error", "5.12.2", "Digesting without C_DigestInit answers CKR_GENERAL_ERROR.",
        Instead(&[Digest, DigestUpdate, DigestKey, DigestFinal], CKR_OPERATION_NOT_INITIALIZED, CKR_GENERAL_ERROR), &["digest.unstarted.C_Digest", "digest.unstarted.C_DigestUpdate"]),
    row("sign-without-init-general-error", "5.13.2", "Signing without C_SignInit answers CKR_GENERAL_ERROR.",
        Instead(&[Sign, SignUpdate, SignFinal], CKR_OPERATION_NOT_INITIALIZED, CKR_GENERAL_ERROR), &["sign.unstarted.C_Sign", "sign.unstarted.C_SignUpdate"]),
    row("verify-without-init-accepted", "5.15.2", "C_Verify without C_VerifyInit answers CKR_OK.",
        Instead(&[Verify, VerifyUpdate, VerifyFinal], CKR_OPERATION_NOT_INITIALIZED, CKR_OK), &["verify.unstarted.C_Verify", "verify.unstarted.C_VerifyUpdate"]),
    row("sign-flips-a-bit", "5.13.2", "C_Sign gives a signature with a bit that is wrong.",
        Around(&[Sign, SignFinal], flip), &["sign.compared.sha1-hmac", "sign.compared.sha224-hmac", "profile.authentication.sequence-1", "profile.authentication.signature"]),
    row("encrypt-flips-a-bit", "5.8.2", "C_Encrypt gives a ciphertext with a bit that is wrong.",
        Around(&[Encrypt], flip), &["encrypt.compared.aes-gcm", "decrypt.nothing-early.aes-gcm"]),
    row("decrypt-flips-a-bit", "5.10.2", "C_Decrypt gives a plaintext with a bit that is wrong.",
        Around(&[Decrypt], flip), &["decrypt.compared.rsa-oaep-sha1", "encrypt.buffer.exact.aes-gcm"]),
    row("digest-flips-a-bit", "5.12.2", "C_Digest gives a digest with a bit that is wrong.",
        Around(&[Digest], flip), &["digest.buffer.exact.sha1", "digest.buffer.exact.sha224"]),
    row("digest-parts-differ", "5.12.3", "C_DigestUpdate does not digest the last byte of a part.",
        Around(&[DigestUpdate], shorten), &["digest.parts.md5", "digest.buffer.final-query.sha256"]),
    row("sign-parts-differ", "5.13.3", "C_SignUpdate does not sign the last byte of a part.",
        Around(&[SignUpdate], shorten), &["sign.parts.sha1-hmac", "sign.parts.sha224-hmac"]),
    row("encrypt-parts-differ", "5.8.3", "C_EncryptUpdate gives a ciphertext with a bit that is wrong.",
        Around(&[EncryptUpdate], flip), &["encrypt.parts.aes-gcm"]),
    row("decrypt-parts-differ", "5.10.3", "C_DecryptUpdate gives a plaintext with a bit that is wrong.",
        Around(&[DecryptUpdate], flip), &["decrypt.parts.aes-ecb"]),
    row("verify-accepts-all", "5.15.2", "C_Verify accepts every signature.",
        Around(&[Verify, VerifyFinal], |call| match call.pass() {
            CKR_SIGNATURE_INVALID | CKR_SIGNATURE_LEN_RANGE => CKR_OK,
            rv => rv,
        }), &["verify.changed-data.sha1-hmac", "verify.wrong-length.sha1-hmac"]),
    row("verify-final-accepts-all", "5.15.4", "C_VerifyFinal accepts every signature.",
        Instead(&[VerifyFinal], CKR_SIGNATURE_INVALID, CKR_OK), &["verify.changed-in-parts.sha1-hmac", "verify.changed-in-parts.sha224-hmac"]),
    row("verify-invalid-general-error", "5.15.2", "C_Verify answers CKR_GENERAL_ERROR to a wrong signature.",
        Instead(&[Verify, VerifyFinal], CKR_SIGNATURE_INVALID, CKR_GENERAL_ERROR), &["verify.changed-data.sha1-hmac", "verify.changed-data.sha224-hmac"]),
    row("verify-length-as-invalid", "5.15.2", "C_Verify answers CKR_SIGNATURE_INVALID to a signature of a wrong length.",
        Instead(&[Verify, VerifyFinal], CKR_SIGNATURE_LEN_RANGE, CKR_SIGNATURE_INVALID), &["verify.length-code.sha1-hmac", "verify.length-code.sha224-hmac"]),
    row("verify-refuses-all", "5.15.2", "C_Verify refuses every signature.",
        Instead(&[Verify], CKR_OK, CKR_SIGNATURE_INVALID), &["verify.good.sha1-hmac"]),
    row("cbc-part-of-a-block-encrypted", "6.10.5", "CBC and ECB without padding encrypt less than a block.",
        Around(&[EncryptInit, Encrypt], fill_block), &["encrypt.wrong-length.aes-ecb", "encrypt.wrong-length.aes-cbc"]),
    row("cbc-part-of-a-block-decrypted", "6.10.5", "CBC and ECB without padding decrypt less than a block.",
        Around(&[DecryptInit, Decrypt], cut_block), &["decrypt.wrong-length.aes-ecb", "decrypt.wrong-length.aes-cbc"]),
    row("cbc-iv-ignored", "6.10.5", "CBC starts from an IV of zeros, whatever the parameter says.",
        Around(&[EncryptInit, DecryptInit], without_iv), &["encrypt.compared.aes-cbc", "encrypt.compared.aes-cbc-pad"]),
    row("gcm-tag-unchecked", "6.13.2", "GCM gives a plaintext although the tag is wrong.",
        Around(&[DecryptInit, Decrypt], without_tag), &["decrypt.nothing-forged.aes-gcm", "decrypt.state.closed.aes-gcm"]),
    row("mechanism-parameter-unchecked", "5.8.1", "CBC without an IV starts from zeros.",
        Around(&[EncryptInit, DecryptInit], default_iv), &["encrypt.init.no-parameter.aes-cbc", "decrypt.init.no-parameter.aes-cbc"]),
];

fn survive(call: &mut Call) -> CK_RV {
    if starts_one(call.function()) {
        return start(call);
    }
    let rv = call.pass();
    let query = call
        .function()
        .output()
        .is_some_and(|output| call.is_null(output));
    if rv == CKR_OK && !query {
        restart(call);
    }
    rv
}

/// Flips the last bit of what a call gives.
fn flip(call: &mut Call) -> CK_RV {
    let rv = call.pass();
    if let (CKR_OK, Some(output)) = (rv, call.function().output()) {
        let length = call.number(output + 1).map_or(0, size);
        if let [.., last] = call.bytes(output, length) {
            *last ^= 1;
        }
    }
    rv
}

fn shorten(call: &mut Call) -> CK_RV {
    call.with(2, call.word(2).saturating_sub(1)).pass()
}

fn in_blocks(call: &Call) -> bool {
    matches!(mechanism(call), Some(CKM_AES_CBC | CKM_AES_ECB)) && !call.is_null(1)
}

fn fill_block(call: &mut Call) -> CK_RV {
    let length = call.word(2);
    if starts_one(call.function()) {
        return start(call);
    }
    if !in_blocks(call) || length.is_multiple_of(BLOCK) {
        return call.pass();
    }
    let mut data = call.bytes(1, length).to_vec();
    data.resize(length.next_multiple_of(BLOCK), 0);
    let place = data.as_mut_ptr().expose_provenance();
    call.with(1, place).with(2, data.len()).pass()
}

fn cut_block(call: &mut Call) -> CK_RV {
    let length = call.word(2);
    if starts_one(call.function()) {
        return start(call);
    }
    if !in_blocks(call) || length < BLOCK {
        return call.pass();
    }
    call.with(2, length - length % BLOCK).pass()
}

fn without_iv(call: &mut Call) -> CK_RV {
    match Mechanism::of(call, 1) {
        Some(mut mechanism) if mechanism.parameter.len() == BLOCK => {
            mechanism.parameter.fill(0);
            mechanism.pass(*call, 1)
        }
        _ => call.pass(),
    }
}

fn default_iv(call: &mut Call) -> CK_RV {
    match Mechanism::of(call, 1) {
        Some(mut mechanism) if mechanism.kind == CKM_AES_CBC => {
            mechanism.parameter.resize(BLOCK, 0);
            mechanism.pass(*call, 1)
        }
        _ => call.pass(),
    }
}

fn without_tag(call: &mut Call) -> CK_RV {
    const GCM: &str = "gcm";
    if starts_one(call.function()) {
        let kind = call
            .structure::<cryptoki_sys::CK_MECHANISM>(1)
            .map(|given| given.mechanism);
        crate::notes::put(GCM, call.word(0) as CK_ULONG, kind.unwrap_or_default());
        return call.pass();
    }
    let gcm = crate::notes::get(GCM, call.word(0) as CK_ULONG) == Some(CKM_AES_GCM);
    let length = call.word(2).saturating_sub(BLOCK);
    match call.pass() {
        rv @ (CKR_OK | CKR_BUFFER_TOO_SMALL | CKR_OPERATION_NOT_INITIALIZED) => rv,
        _ if gcm && !call.is_null(3) => {
            let room = call.number(4).map_or(0, size);
            call.bytes(3, length.min(room)).fill(0);
            call.set_number(4, length as CK_ULONG);
            CKR_OK
        }
        rv => rv,
    }
}
