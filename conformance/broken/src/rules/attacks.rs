//! What lets attacks on keys reach their end.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use cryptoki_sys::{CK_ATTRIBUTE, CK_MECHANISM_INFO, CKO_SECRET_KEY, CKR_BUFFER_TOO_SMALL};
use cryptoki_sys::{CK_RV, CK_ULONG, CKA_ALLOWED_MECHANISMS, CKA_CLASS, CKA_ENCRYPT};
use cryptoki_sys::{CKA_EXTRACTABLE, CKA_KEY_TYPE, CKA_LOCAL, CKA_PRIME_2, CKA_PUBLIC_EXPONENT};
use cryptoki_sys::{CKA_SENSITIVE, CKA_TRUSTED, CKA_VALUE, CKA_VALUE_LEN, CKF_GENERATE, CKK_AES};
use cryptoki_sys::{CKM_AES_KEY_GEN, CKM_RC2_KEY_GEN, CKM_RC4_KEY_GEN, CKM_SHA_1, CKM_SHA224};
use cryptoki_sys::{CKR_ENCRYPTED_DATA_INVALID, CKR_ENCRYPTED_DATA_LEN_RANGE, CKR_OK};
use cryptoki_sys::{CKR_OPERATION_NOT_INITIALIZED, CKU_SO, CKU_USER};

use super::keys::create;
use super::slots::exchange;
use super::{FALSE, TRUE};
use crate::functions::Function::{
    CreateObject, Decrypt, EncryptInit, GenerateKey, GenerateKeyPair,
};
use crate::functions::Function::{GetAttributeValue, GetMechanismInfo, GetMechanismList};
use crate::functions::Function::{Login, Logout, SetAttributeValue, Sign, UnwrapKey};
use crate::hook::Hook::{Around, Forge, Ignore};
use crate::module::{Call, Mechanism, Template, report, size, value};
use crate::notes;
use crate::rule::{Rule, row};

/// How long a signature of the key of the attacks is.
const RSA_2048: usize = 256;
/// How long a signature with P-256 is.
const P256: usize = 64;

#[rustfmt::skip] // A table reads by its columns.
pub(super) const RULES: &[Rule] = &[
    row("trusted-by-anybody", "4.6", "The user can make a key with CKA_TRUSTED.",
        Forge(CKA_TRUSTED, TRUE, FALSE), &["attack.trusted.create", "attack.trusted.generate", "attack.trusted.unwrap", "attack.trusted.public-key"]),
    row("allowed-mechanisms-ignored", "4.7", "CKA_ALLOWED_MECHANISMS is reported and not obeyed.",
        Ignore(CKA_ALLOWED_MECHANISMS), &["attack.allowed-mechanisms.ignored", "attack.allowed-mechanisms.copy", "attack.allowed-mechanisms.set"]),
    row("local-by-anybody", "4.7", "CKA_LOCAL is what a template says.",
        Ignore(CKA_LOCAL), &["attack.history.local.claimed-by-import", "attack.history.local.set-later"]),
    row("value-can-be-set", "4.10", "C_SetAttributeValue replaces the value of an AES key.",
        Around(&[EncryptInit, SetAttributeValue], replace_value), &["attack.value-replaced.set"]),
    row("unwrap-cuts", "5.18.4", "C_UnwrapKey makes a key of the first bytes, as many as CKA_VALUE_LEN says.",
        Around(&[UnwrapKey], cut), &["attack.unwrap.cut-short"]),
    row("decrypt-codes-tell", "5.10.2", "C_Decrypt has several codes for a padding that is wrong.",
        Around(&[Decrypt], several_codes), &["attack.oracle.oaep-decrypt", "attack.oracle.cbc-pad-decrypt"]),
    row("unwrap-codes-tell", "5.18.4", "C_UnwrapKey has several codes for a padding that is wrong.",
        Around(&[UnwrapKey], several_codes), &["attack.oracle.oaep-unwrap"]),
    row("rsa-fault", "5.13.2", "C_Sign with RSA goes wrong modulo one of the primes.",
        Around(&[CreateObject, Sign], faulty), &["attack.rsa.broken-crt"]),
    row("rsa-exponent-one", "6.1.4", "C_GenerateKeyPair makes RSA keys with the public exponent 1.",
        Around(&[GenerateKeyPair, GetAttributeValue], exponent_one), &["attack.rsa.generate-exponent-1"]),
    row("ecdsa-nonce-repeated", "6.3.12", "C_Sign with ECDSA uses one nonce for ever.",
        Around(&[Sign], one_nonce), &["attack.nonce.ecdsa-repeated"]),
    row("weak-ciphers", "5.18.1", "C_GenerateKey makes RC2 and RC4 keys of 40 bits.",
        Around(&[GenerateKey, GetMechanismInfo, GetMechanismList], weak_ciphers), &["attack.broken-cipher.rc2-40", "attack.broken-cipher.rc4-40"]),
    row("so-sees-private-objects", "5.6.8", "The security officer finds the user's private objects.",
        Around(&[Login], officer_is_user), &["attack.login.officer-sees"]),
];

/// Bytes that a rule keeps for later.
struct Kept(Mutex<Vec<u8>>);

impl Kept {
    const fn nothing() -> Self {
        Self(Mutex::new(Vec::new()))
    }

    fn bytes(&self) -> MutexGuard<'_, Vec<u8>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Makes another key with the value, which is then used in the place of the first.
fn replace_value(call: &mut Call) -> CK_RV {
    const INSTEAD: &str = "instead";
    const SECRET_KEY: &[u8] = &CKO_SECRET_KEY.to_ne_bytes();
    const AES: &[u8] = &CKK_AES.to_ne_bytes();
    if call.function() == EncryptInit {
        let key = notes::get(INSTEAD, call.word(2) as CK_ULONG);
        return key.map_or(*call, |key| call.with(2, size(key))).pass();
    }
    let mut template = Template::of(call, 2);
    if template.value(CKA_VALUE).is_none() {
        return call.pass();
    }
    template.set(CKA_CLASS, SECRET_KEY);
    template.set(CKA_KEY_TYPE, AES);
    template.set(CKA_ENCRYPT, TRUE);
    let mut key: CK_ULONG = 0;
    let place = (&raw mut key).expose_provenance();
    let made = template.put(*call, 2);
    let rv = Call::ask(
        CreateObject,
        &[call.word(0), made.word(2), made.word(3), place],
    );
    notes::put(INSTEAD, call.word(1) as CK_ULONG, key);
    rv
}

fn cut(call: &mut Call) -> CK_RV {
    let mut template = Template::of(call, 5);
    let length = template
        .value(CKA_VALUE_LEN)
        .and_then(<[u8]>::first)
        .copied();
    let Some(length) = length else {
        return call.pass();
    };
    let mut open = Template::of(call, 5);
    open.remove(CKA_VALUE_LEN);
    open.set(CKA_SENSITIVE, FALSE);
    open.set(CKA_EXTRACTABLE, TRUE);
    let rv = open.pass(*call, 5);
    if rv != CKR_OK {
        return rv;
    }
    let mut room = [0; 64];
    let mut attribute = CK_ATTRIBUTE {
        type_: CKA_VALUE,
        pValue: room.as_mut_ptr().cast(),
        ulValueLen: room.len() as CK_ULONG,
    };
    let key = call.number(7).map_or(0, size);
    let place = (&raw mut attribute).expose_provenance();
    Call::ask(GetAttributeValue, &[call.word(0), key, place, 1]);
    let whole = value(&mut attribute);
    template.remove(CKA_VALUE_LEN);
    template.set(CKA_VALUE, &whole[..whole.len().min(length.into())]);
    create(call, &mut template, 5, 7)
}

fn several_codes(call: &mut Call) -> CK_RV {
    static ERRORS: AtomicUsize = AtomicUsize::new(0);
    match call.pass() {
        rv @ (CKR_OK | CKR_BUFFER_TOO_SMALL | CKR_OPERATION_NOT_INITIALIZED) => rv,
        _ if ERRORS.fetch_add(1, Ordering::SeqCst).is_multiple_of(2) => CKR_ENCRYPTED_DATA_INVALID,
        _ => CKR_ENCRYPTED_DATA_LEN_RANGE,
    }
}

/// Adds one prime to a signature, which leaves it right modulo that prime and wrong modulo the other.
fn faulty(call: &mut Call) -> CK_RV {
    static PRIME: Kept = Kept::nothing();
    if call.function() == CreateObject {
        if let Some(prime) = Template::of(call, 1).value(CKA_PRIME_2) {
            *PRIME.bytes() = prime.to_vec();
        }
        return call.pass();
    }
    let rv = call.pass();
    if rv == CKR_OK && call.number(4).map(size) == Some(RSA_2048) {
        let prime = PRIME.bytes();
        let mut carry = 0;
        let addends = prime.iter().rev().chain(std::iter::repeat(&0));
        let digits = call.bytes(3, RSA_2048).iter_mut().rev();
        for (digit, addend) in digits.zip(addends) {
            let sum = u16::from(*digit) + u16::from(*addend) + carry;
            let [high, low] = sum.to_be_bytes();
            (carry, *digit) = (u16::from(high), low);
        }
    }
    rv
}

fn one_nonce(call: &mut Call) -> CK_RV {
    static HALF: Kept = Kept::nothing();
    let rv = call.pass();
    if rv == CKR_OK && call.number(4).map(size) == Some(P256) {
        let mut half = HALF.bytes();
        let given = call.bytes(3, P256 / 2);
        if half.is_empty() {
            *half = given.to_vec();
        } else if !given.is_empty() {
            given.copy_from_slice(&half);
        }
    }
    rv
}

/// Makes a key with another exponent, and reports the one that was asked for.
fn exponent_one(call: &mut Call) -> CK_RV {
    const ONE: &str = "exponent 1";
    if call.function() == GenerateKeyPair {
        let mut template = Template::of(call, 2);
        if template.value(CKA_PUBLIC_EXPONENT) != Some(&[1]) {
            return call.pass();
        }
        template.set(CKA_PUBLIC_EXPONENT, &[1, 0, 1]);
        let rv = template.pass(*call, 2);
        notes::put(ONE, call.number(6).unwrap_or_default(), 1);
        return rv;
    }
    let rv = call.pass();
    if notes::get(ONE, call.word(1) as CK_ULONG).is_some() {
        let attributes = call.template(2).iter_mut();
        for attribute in attributes.filter(|one| one.type_ == CKA_PUBLIC_EXPONENT) {
            report(attribute, &[0, 0, 1]);
        }
    }
    rv
}

/// Lists two ciphers with short keys in the place of two digests, and makes AES keys for them.
fn weak_ciphers(call: &mut Call) -> CK_RV {
    const WEAK: [CK_ULONG; 2] = [CKM_RC2_KEY_GEN, CKM_RC4_KEY_GEN];
    const SIXTEEN: &[u8] = &16_u64.to_ne_bytes();
    match call.function() {
        GetMechanismList => {
            let rv = exchange(call, CKM_SHA_1, CKM_RC4_KEY_GEN);
            let listed = call.number(2).filter(|_| rv == CKR_OK).map_or(0, size);
            let kinds = call.numbers(1, listed).iter_mut();
            for kind in kinds.filter(|kind| **kind == CKM_SHA224) {
                *kind = CKM_RC2_KEY_GEN;
            }
            rv
        }
        GetMechanismInfo if WEAK.contains(&(call.word(1) as CK_ULONG)) => {
            if let Some(info) = call.structure::<CK_MECHANISM_INFO>(2) {
                (info.ulMinKeySize, info.ulMaxKeySize, info.flags) = (5, 128, CKF_GENERATE);
            }
            CKR_OK
        }
        GenerateKey => match Mechanism::of(call, 1) {
            Some(mut mechanism) if WEAK.contains(&mechanism.kind) => {
                mechanism.kind = CKM_AES_KEY_GEN;
                let mut template = Template::of(call, 2);
                template.remove(CKA_KEY_TYPE);
                template.set(CKA_VALUE_LEN, SIXTEEN);
                mechanism.pass(template.put(*call, 2), 1)
            }
            _ => call.pass(),
        },
        _ => call.pass(),
    }
}

/// Logs the user in where the security officer logs in, and says nothing of it.
fn officer_is_user(call: &mut Call) -> CK_RV {
    static PIN: Kept = Kept::nothing();
    let rv = call.pass();
    let (kind, length) = (call.word(1), call.word(3));
    if rv == CKR_OK && kind == size(CKU_USER) {
        *PIN.bytes() = call.bytes(2, length).to_vec();
    }
    if rv == CKR_OK && kind == size(CKU_SO) {
        let pin = PIN.bytes();
        let (place, length) = (pin.as_ptr().expose_provenance(), pin.len());
        Call::ask(Logout, &[call.word(0)]);
        Call::ask(Login, &[call.word(0), size(CKU_USER), place, length]);
    }
    rv
}
