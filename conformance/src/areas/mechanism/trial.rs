//! Tries whether a function takes a mechanism.

use cryptoki_sys::*;

use super::key::{fitting, generate, odd, wrappable};
use super::known::{Key, Known};
use crate::c::{Object, Out, Rv, Session};
use crate::case::Outcome;
use crate::context::{Context, not_applicable};
use crate::facts::Listed;
use crate::keys::{private, public, secret, unhex};
use crate::known_keys::P256;

/// Calls the function that a flag is about, with a key that fits, and returns what it answers.
///
/// # Errors
/// The case does not apply where no such key can be had.
pub(super) fn answer(
    cx: &Context<'_>,
    session: Session,
    row: &Known,
    listed: &Listed,
    flag: CK_FLAGS,
) -> Outcome<Rv> {
    let mechanism = (row.make)(row.kind);
    match flag {
        CKF_DIGEST => return Ok(cx.c.digest_init(session, Some(&mechanism))),
        CKF_GENERATE => return making(cx, session, row),
        CKF_GENERATE_KEY_PAIR => return pairing(cx, session, row),
        CKF_UNWRAP => return unwrapping(cx, session, row, listed),
        _ => {}
    }
    let key = fitting(cx, session, row.key, listed, flag)?;
    let some = Some(&mechanism);
    Ok(match flag {
        CKF_ENCRYPT => cx.c.encrypt_init(session, some, key),
        CKF_DECRYPT => cx.c.decrypt_init(session, some, key),
        CKF_SIGN => cx.c.sign_init(session, some, key),
        CKF_VERIFY => cx.c.verify_init(session, some, key),
        CKF_SIGN_RECOVER => cx.c.sign_recover_init(session, some, key),
        CKF_VERIFY_RECOVER => cx.c.verify_recover_init(session, some, key),
        CKF_WRAP => {
            let wrapped = wrappable(cx, session)?;
            cx.c.wrap_key(session, &mechanism, key, wrapped, Out::Room(512))
                .rv
        }
        _ => deriving(cx, session, row, key),
    })
}

/// `C_GenerateKey`, with the length that the kind of key asks for.
fn making(cx: &Context<'_>, session: Session, row: &Known) -> Outcome<Rv> {
    let (kind, usage, length) = match row.key {
        Key::Aes => (CKK_AES, CKA_ENCRYPT, Some(16)),
        Key::AesXts => (CKK_AES_XTS, CKA_ENCRYPT, Some(64)),
        Key::ChaCha20 => (CKK_CHACHA20, CKA_ENCRYPT, None),
        Key::Des2 => (CKK_DES2, CKA_ENCRYPT, None),
        Key::Des3 => (CKK_DES3, CKA_ENCRYPT, None),
        Key::Hkdf => (CKK_HKDF, CKA_DERIVE, Some(32)),
        Key::Poly1305 => (CKK_POLY1305, CKA_SIGN, None),
        _ => (CKK_GENERIC_SECRET, CKA_SIGN, Some(32)),
    };
    let template = secret(kind, &[usage]);
    let template = match length {
        Some(length) => template.number(CKA_VALUE_LEN, length),
        None => template,
    };
    let mechanism = (row.make)(row.kind);
    Ok(cx.c.generate_key(session, &mechanism, &template).0)
}

/// `C_GenerateKeyPair`.
fn pairing(cx: &Context<'_>, session: Session, row: &Known) -> Outcome<Rv> {
    let mechanism = (row.make)(row.kind);
    let (kind, parts) = match row.key {
        Key::Rsa => {
            let parts = public(CKK_RSA, &[CKA_VERIFY]).number(CKA_MODULUS_BITS, 2048);
            (CKK_RSA, parts.bytes(CKA_PUBLIC_EXPONENT, &[1, 0, 1]))
        }
        Key::Curve => {
            let parts = public(CKK_EC, &[CKA_VERIFY]);
            (CKK_EC, parts.bytes(CKA_EC_PARAMS, &unhex(P256)))
        }
        Key::Montgomery => return Ok(generate(cx, session, row.key, &[], &[CKA_DERIVE])?.0),
        _ => return Ok(generate(cx, session, row.key, &[CKA_VERIFY], &[CKA_SIGN])?.0),
    };
    let private = private(kind, &[CKA_SIGN]);
    let made =
        cx.c.generate_key_pair(session, &mechanism, &parts, &private);
    Ok(made.0)
}

/// `C_UnwrapKey` of what the same mechanism wrapped; of nonsense, where it wraps nothing.
fn unwrapping(cx: &Context<'_>, session: Session, row: &Known, listed: &Listed) -> Outcome<Rv> {
    let mechanism = (row.make)(row.kind);
    let (wrapping, unwrapping) = match row.key {
        Key::Rsa => {
            let pair = cx.rsa(session, &[CKA_WRAP], &[CKA_UNWRAP])?;
            (pair.public, pair.private)
        }
        Key::Aes => {
            let key = cx.aes(session, 16, &[CKA_WRAP, CKA_UNWRAP])?;
            (key, key)
        }
        Key::Des3 => {
            let usages = [CKA_WRAP, CKA_UNWRAP];
            let key = cx.import_secret(session, CKK_DES3, &odd(24), &usages)?;
            (key, key)
        }
        _ => return not_applicable("needs a key that wraps and unwraps"),
    };
    let template = secret(CKK_AES, &[CKA_ENCRYPT]);
    if listed.flags & CKF_UNWRAP == 0 {
        let unwrapped =
            cx.c.unwrap_key(session, &mechanism, unwrapping, &[7; 256], &template);
        return Ok(unwrapped.0);
    }
    let key = wrappable(cx, session)?;
    let wrapped =
        cx.c.wrap_key(session, &mechanism, wrapping, key, Out::Room(512));
    cx.prepared(wrapped.rv)?;
    // Raw RSA gives a number of the modulus' length, which tells nothing of the key's.
    let template = if row.kind == CKM_RSA_X_509 {
        template.number(CKA_VALUE_LEN, 16)
    } else {
        template
    };
    let unwrapped =
        cx.c.unwrap_key(session, &mechanism, unwrapping, &wrapped.bytes, &template);
    Ok(unwrapped.0)
}

/// `C_DeriveKey` of a generic secret.
fn deriving(cx: &Context<'_>, session: Session, row: &Known, base: Object) -> Rv {
    // A length that every one of these mechanisms can give: the shortest hash has 20 bytes.
    let template = secret(CKK_GENERIC_SECRET, &[CKA_SIGN]).number(CKA_VALUE_LEN, 16);
    let mechanism = (row.make)(row.kind);
    cx.c.derive_key(session, &mechanism, base, &template).0
}
