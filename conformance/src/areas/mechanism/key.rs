//! A key that fits a mechanism, made or imported for one use.

use cryptoki_sys::*;

use super::known::Key;
use crate::c::{Object, Session, Template};
use crate::case::Outcome;
use crate::context::{Context, not_applicable};
use crate::facts::Listed;
use crate::keys::{Pair, private, public, secret, unhex};

/// Ways to name edwards25519: RFC 8410's identifier, the name, and the identifier that was there before both.
pub(super) const EDWARDS: [&str; 3] = [
    "06032b6570",
    "130c656477617264733235353139",
    "06092b06010401da470f01",
];
/// Ways to name curve25519, likewise.
pub(super) const MONTGOMERY: [&str; 3] = [
    "06032b656e",
    "130a63757276653235353139",
    "060a2b060104019755010501",
];

/// The attribute that allows a key what a flag promises.
fn usage(flag: CK_FLAGS) -> CK_ATTRIBUTE_TYPE {
    match flag {
        CKF_ENCRYPT => CKA_ENCRYPT,
        CKF_DECRYPT => CKA_DECRYPT,
        CKF_SIGN => CKA_SIGN,
        CKF_VERIFY => CKA_VERIFY,
        CKF_SIGN_RECOVER => CKA_SIGN_RECOVER,
        CKF_VERIFY_RECOVER => CKA_VERIFY_RECOVER,
        CKF_WRAP => CKA_WRAP,
        CKF_UNWRAP => CKA_UNWRAP,
        _ => CKA_DERIVE,
    }
}

/// Tells whether a function takes the public key of a pair.
fn is_public(flag: CK_FLAGS) -> bool {
    flag & (CKF_ENCRYPT | CKF_VERIFY | CKF_VERIFY_RECOVER | CKF_WRAP) != 0
}

/// How many bytes a generic secret has that a mechanism takes: 64, or what is nearest to it.
fn generic_length(listed: &Listed) -> usize {
    let most = if listed.max == 0 {
        64
    } else {
        listed.max.min(512)
    };
    let length = 64.clamp(listed.min.min(most), most);
    usize::try_from(length).unwrap_or(64)
}

/// Gives the key that a function of a mechanism takes, allowed for that function only.
///
/// # Errors
/// The case does not apply where the module makes and imports none.
pub(super) fn fitting(
    cx: &Context<'_>,
    session: Session,
    key: Key,
    listed: &Listed,
    flag: CK_FLAGS,
) -> Outcome<Object> {
    let usages = [usage(flag)];
    match key {
        Key::None => not_applicable("there is no key"),
        Key::Aes => cx.aes(session, 16, &usages),
        Key::AesXts => cx.import_secret(session, CKK_AES_XTS, &distinct(64), &usages),
        Key::ChaCha20 => cx.import_secret(session, CKK_CHACHA20, &distinct(32), &usages),
        Key::Des2 => cx.import_secret(session, CKK_DES2, &odd(16), &usages),
        Key::Des3 => cx.import_secret(session, CKK_DES3, &odd(24), &usages),
        Key::Hkdf => cx
            .import_secret(session, CKK_HKDF, &distinct(32), &usages)
            .or_else(|_| cx.import_secret(session, CKK_GENERIC_SECRET, &distinct(32), &usages)),
        Key::Poly1305 => cx.import_secret(session, CKK_POLY1305, &distinct(32), &usages),
        Key::Generic => {
            let value = distinct(generic_length(listed));
            cx.import_secret(session, CKK_GENERIC_SECRET, &value, &usages)
        }
        _ => half(cx, session, key, flag),
    }
}

/// The half of a new pair that a function takes.
fn half(cx: &Context<'_>, session: Session, key: Key, flag: CK_FLAGS) -> Outcome<Object> {
    let pair = pair(cx, session, key, flag)?;
    Ok(if is_public(flag) {
        pair.public
    } else {
        pair.private
    })
}

/// A pair of which each half is allowed its side of a function only.
pub(super) fn pair(cx: &Context<'_>, session: Session, key: Key, flag: CK_FLAGS) -> Outcome<Pair> {
    let (publics, privates): (&[_], &[_]) = match flag {
        CKF_ENCRYPT | CKF_DECRYPT => (&[CKA_ENCRYPT], &[CKA_DECRYPT]),
        CKF_SIGN_RECOVER | CKF_VERIFY_RECOVER => (&[CKA_VERIFY_RECOVER], &[CKA_SIGN_RECOVER]),
        CKF_WRAP | CKF_UNWRAP => (&[CKA_WRAP], &[CKA_UNWRAP]),
        CKF_DERIVE => (&[], &[CKA_DERIVE]),
        _ => (&[CKA_VERIFY], &[CKA_SIGN]),
    };
    match key {
        Key::Rsa => cx.rsa(session, publics, privates),
        Key::Curve => cx
            .p256(session, publics, privates)
            .or_else(|_| cx.known_p256(session, publics, privates)),
        _ => {
            let (rv, pair) = generate(cx, session, key, publics, privates)?;
            cx.prepared(rv)?;
            Ok(pair)
        }
    }
}

/// Generates a pair of the newer kinds, whose parameters can be named in several ways.
pub(super) fn generate(
    cx: &Context<'_>,
    session: Session,
    key: Key,
    publics: &[CK_ATTRIBUTE_TYPE],
    privates: &[CK_ATTRIBUTE_TYPE],
) -> Outcome<(crate::c::Rv, Pair)> {
    let (kind, mechanism, templates) = match key {
        Key::Edwards => (CKK_EC_EDWARDS, CKM_EC_EDWARDS_KEY_PAIR_GEN, named(&EDWARDS)),
        Key::Montgomery => (
            CKK_EC_MONTGOMERY,
            CKM_EC_MONTGOMERY_KEY_PAIR_GEN,
            named(&MONTGOMERY),
        ),
        Key::MlDsa => {
            let template = Template::new().number(CKA_PARAMETER_SET, CKP_ML_DSA_44);
            (CKK_ML_DSA, CKM_ML_DSA_KEY_PAIR_GEN, vec![template])
        }
        _ => return not_applicable("no such pair is made here"),
    };
    let private = private(kind, privates);
    let mut last = None;
    for template in templates {
        let public = public(kind, publics).and(&template);
        let mechanism = crate::c::Mechanism::new(mechanism);
        let (rv, public, private) =
            cx.c.generate_key_pair(session, &mechanism, &public, &private);
        let made = (rv, Pair { public, private });
        if rv.is_ok() {
            return Ok(made);
        }
        last.get_or_insert(made);
    }
    Ok(last.expect("every kind has a template"))
}

fn named(names: &[&str]) -> Vec<Template> {
    let templates = names
        .iter()
        .map(|name| Template::new().bytes(CKA_EC_PARAMS, &unhex(name)));
    templates.collect()
}

/// A key that may be wrapped.
pub(super) fn wrappable(cx: &Context<'_>, session: Session) -> Outcome<Object> {
    let template = secret(CKK_AES, &[CKA_ENCRYPT]).flag(CKA_EXTRACTABLE, true);
    cx.aes_with(session, 16, &template)
}

/// Bytes that differ from each other, so that no check of weak keys strikes.
fn distinct(count: usize) -> Vec<u8> {
    (0..count)
        .map(|index| u8::try_from(index * 73 % 251).unwrap_or(0))
        .collect()
}

/// Such bytes with odd parity, as DES keys have.
pub(super) fn odd(count: usize) -> Vec<u8> {
    let parity = |byte: u8| {
        if byte.count_ones().is_multiple_of(2) {
            byte ^ 1
        } else {
            byte
        }
    };
    distinct(count).into_iter().map(parity).collect()
}
