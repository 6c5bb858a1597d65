//! Return codes for arguments and keys that do not fit.

use cryptoki_sys::{
    CKA_DECRYPT, CKA_DERIVE, CKA_ENCRYPT, CKA_SIGN, CKA_UNWRAP, CKA_VERIFY, CKA_WRAP,
};
use cryptoki_sys::{CKR_ARGUMENTS_BAD, CKR_DATA_LEN_RANGE, CKR_ENCRYPTED_DATA_LEN_RANGE};
use cryptoki_sys::{CKR_ENCRYPTED_DATA_INVALID, CKR_GENERAL_ERROR, CKR_KEY_FUNCTION_NOT_PERMITTED};
use cryptoki_sys::{CKR_KEY_TYPE_INCONSISTENT, CKR_MECHANISM_PARAM_INVALID};

use super::{FALSE, TRUE};
use crate::functions::Function::{self, DecryptInit, EncryptInit, SignInit, VerifyInit};
use crate::hook::ALL;
use crate::hook::Hook::{Around, Forge, Instead};
use crate::rule::{Rule, row};

/// The functions that start an operation with a key.
const WITH_KEY: &[Function] = &[DecryptInit, EncryptInit, SignInit, VerifyInit];

#[rustfmt::skip] // A table reads by its columns.
pub(super) const RULES: &[Rule] = &[
    row("arguments-bad-general-error", "5.1.6", "A NULL pointer where there must be none answers CKR_GENERAL_ERROR.",
        Instead(ALL, CKR_ARGUMENTS_BAD, CKR_GENERAL_ERROR), &["encrypt.buffer.no-length.aes-cbc", "encrypt.buffer.no-length.aes-cbc-pad"]),
    row("arguments-bad-crash", "5.1.6", "A NULL pointer where there must be none ends the process.",
        Around(ALL, |call| match call.pass() {
            CKR_ARGUMENTS_BAD => std::process::abort(),
            rv => rv,
        }), &["robustness.null.C_GetInfo"]),
    row("encrypt-usage-ignored", "4.10", "A key with CKA_ENCRYPT false encrypts.",
        Forge(CKA_ENCRYPT, FALSE, TRUE), &["encrypt.init.usage.aes-ecb", "encrypt.init.usage.aes-cbc"]),
    row("decrypt-usage-ignored", "4.10", "A key with CKA_DECRYPT false decrypts.",
        Forge(CKA_DECRYPT, FALSE, TRUE), &["decrypt.init.usage.aes-ecb", "decrypt.init.usage.aes-cbc"]),
    row("sign-usage-ignored", "4.10", "A key with CKA_SIGN false signs.",
        Forge(CKA_SIGN, FALSE, TRUE), &["sign.init.usage.sha1-hmac", "sign.init.usage.sha224-hmac"]),
    row("verify-usage-ignored", "4.10", "A key with CKA_VERIFY false verifies.",
        Forge(CKA_VERIFY, FALSE, TRUE), &["verify.init.usage.sha1-hmac", "verify.init.usage.sha224-hmac"]),
    row("wrap-usage-ignored", "4.10", "A key with CKA_WRAP false wraps.",
        Forge(CKA_WRAP, FALSE, TRUE), &["wrap.not-permitted"]),
    row("unwrap-usage-ignored", "4.10", "A key with CKA_UNWRAP false unwraps.",
        Forge(CKA_UNWRAP, FALSE, TRUE), &["unwrap.not-permitted"]),
    row("derive-usage-ignored", "4.7", "A key with CKA_DERIVE false derives.",
        Forge(CKA_DERIVE, FALSE, TRUE), &["derive.not-permitted"]),
    row("usage-general-error", "5.1.6", "A key that may not do something answers CKR_GENERAL_ERROR.",
        Instead(ALL, CKR_KEY_FUNCTION_NOT_PERMITTED, CKR_GENERAL_ERROR), &["encrypt.init.usage.aes-ecb"]),
    row("key-type-general-error", "5.1.6", "A key of the wrong type answers CKR_GENERAL_ERROR.",
        Instead(ALL, CKR_KEY_TYPE_INCONSISTENT, CKR_GENERAL_ERROR), &["encrypt.init.key-type.aes-ecb"]),
    row("parameter-general-error", "5.1.6", "A parameter that is wrong answers CKR_GENERAL_ERROR.",
        Around(WITH_KEY, |call| match call.pass() {
            CKR_ARGUMENTS_BAD | CKR_MECHANISM_PARAM_INVALID => CKR_GENERAL_ERROR,
            rv => rv,
        }), &["encrypt.parameter.ctr.bits-0", "encrypt.parameter.ctr.bits-129"]),
    row("data-length-general-error", "5.1.6", "Data of a length that does not fit answers CKR_GENERAL_ERROR.",
        Instead(ALL, CKR_DATA_LEN_RANGE, CKR_GENERAL_ERROR), &["encrypt.partial-end.aes-ecb", "encrypt.partial-end.aes-cbc"]),
    row("encrypted-length-as-data", "5.1.6", "A ciphertext of a length that does not fit answers CKR_DATA_LEN_RANGE.",
        Around(ALL, |call| match call.pass() {
            CKR_ENCRYPTED_DATA_INVALID | CKR_ENCRYPTED_DATA_LEN_RANGE => CKR_DATA_LEN_RANGE,
            rv => rv,
        }), &["decrypt.partial-end.aes-ecb", "decrypt.partial-end.aes-cbc"]),
];
