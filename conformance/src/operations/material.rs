//! The keys of the mechanisms: imported where the module allows it, so that another implementation can check what it does with
//! them; generated where it does not.

use cryptoki_sys::*;

use super::mechanisms::{KeyKind, pattern};
use crate::c::{Mechanism, Object, Session, Template};
use crate::case::Outcome;
use crate::context::{Context, not_applicable};
use crate::keys::{
    octet_string, private, public, rsa_private_parts, rsa_public_parts, secret, unhex,
};
use crate::known_keys::{P256, P256_PRIVATE, P256_PUBLIC};

/// The three halves of a DES key with odd parity (NIST SP 800-67's example).
const DES3: &str = "0123456789abcdef23456789abcdef01456789abcdef0123";
/// A private key on edwards25519: RFC 8032 section 7.1, test 3.
const ED25519_PRIVATE: &str = "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7";
/// Its public key.
const ED25519_PUBLIC: &str = "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025";
/// The two ways in which `CKA_EC_PARAMS` names edwards25519: its object identifier, and its name.
const ED25519: [&str; 2] = ["06032b6570", "130c656477617264733235353139"];

/// What the keys are made with.
#[derive(Clone, Default)]
pub(crate) struct Wanted {
    /// The usage of the key that encrypts or signs.
    pub(crate) forward: Vec<CK_ATTRIBUTE_TYPE>,
    /// The usage of the key that decrypts or verifies.
    pub(crate) back: Vec<CK_ATTRIBUTE_TYPE>,
    /// Attributes that the first of them has besides, or instead.
    pub(crate) forward_extra: Template,
    /// The same of the second.
    pub(crate) back_extra: Template,
}

/// The keys of an operation and of its inverse; a secret key is both.
#[derive(Clone, Debug)]
pub(crate) struct Keys {
    /// Encrypts or signs.
    pub(crate) forward: Object,
    /// Decrypts or verifies.
    pub(crate) back: Object,
    /// The value of a secret key, where it is known.
    pub(crate) value: Option<Vec<u8>>,
}

/// Makes the keys of a kind.
///
/// # Errors
/// The case does not apply where the module neither imports nor generates them.
pub(crate) fn keys(
    cx: &Context<'_>,
    session: Session,
    kind: KeyKind,
    wanted: &Wanted,
) -> Outcome<Keys> {
    match kind {
        KeyKind::None => Ok(Keys {
            forward: Object(CK_INVALID_HANDLE),
            back: Object(CK_INVALID_HANDLE),
            value: None,
        }),
        KeyKind::Aes(size) => secret_key(
            cx,
            session,
            wanted,
            CKK_AES,
            CKM_AES_KEY_GEN,
            &pattern(size),
        ),
        KeyKind::Xts => secret_key(
            cx,
            session,
            wanted,
            CKK_AES_XTS,
            CKM_AES_XTS_KEY_GEN,
            &pattern(32),
        ),
        KeyKind::Des3 => secret_key(
            cx,
            session,
            wanted,
            CKK_DES3,
            CKM_DES3_KEY_GEN,
            &unhex(DES3),
        ),
        KeyKind::ChaCha20 => secret_key(
            cx,
            session,
            wanted,
            CKK_CHACHA20,
            CKM_CHACHA20_KEY_GEN,
            &pattern(32),
        ),
        KeyKind::Generic => secret_key(
            cx,
            session,
            wanted,
            CKK_GENERIC_SECRET,
            CKM_GENERIC_SECRET_KEY_GEN,
            &pattern(64),
        ),
        KeyKind::RsaCipher => rsa(cx, session, wanted, true),
        KeyKind::RsaSignature => rsa(cx, session, wanted, false),
        KeyKind::P256 => p256(cx, session, wanted),
        KeyKind::Ed25519 => ed25519(cx, session, wanted),
    }
}

fn secret_key(
    cx: &Context<'_>,
    session: Session,
    wanted: &Wanted,
    kind: CK_KEY_TYPE,
    generator: CK_MECHANISM_TYPE,
    value: &[u8],
) -> Outcome<Keys> {
    let template = secret(kind, &wanted.forward);
    let template = wanted
        .back
        .iter()
        .fold(template, |template, usage| template.flag(*usage, true));
    let template = template.and(&wanted.forward_extra).and(&wanted.back_extra);
    let (rv, imported) =
        cx.c.create_object(session, &template.clone().bytes(CKA_VALUE, value));
    let (key, known) = if rv.is_ok() {
        (imported, Some(value.to_vec()))
    } else {
        cx.mechanism(generator, CKF_GENERATE)?;
        let template = match kind {
            CKK_DES3 | CKK_CHACHA20 => template,
            _ => template.number(CKA_VALUE_LEN, value.len() as CK_ULONG),
        };
        let (rv, made) =
            cx.c.generate_key(session, &Mechanism::new(generator), &template);
        cx.prepared(rv)?;
        (made, None)
    };
    Ok(Keys {
        forward: key,
        back: key,
        value: known,
    })
}

/// Imports or generates a pair; `forward` tells whether the public key is the one that goes first.
fn pair(
    cx: &Context<'_>,
    session: Session,
    public: (&Template, &Template),
    private: (&Template, &Template),
    generator: CK_MECHANISM_TYPE,
    more: &Template,
) -> Outcome<(Object, Object)> {
    let (imported, private_key) =
        cx.c.create_object(session, &private.0.clone().and(private.1));
    if imported.is_ok() {
        return Ok((
            cx.import(session, &public.0.clone().and(public.1))?,
            private_key,
        ));
    }
    cx.mechanism(generator, CKF_GENERATE_KEY_PAIR)?;
    let public = public.0.clone().and(more);
    let made = cx.pair(session, generator, &public, private.0)?;
    Ok((made.public, made.private))
}

fn rsa(cx: &Context<'_>, session: Session, wanted: &Wanted, cipher: bool) -> Outcome<Keys> {
    let (publics, privates) = sides(wanted, CKK_RSA, cipher);
    let more = Template::new()
        .number(CKA_MODULUS_BITS, 2048)
        .bytes(CKA_PUBLIC_EXPONENT, &[1, 0, 1]);
    let (public, private) = pair(
        cx,
        session,
        (&publics, &rsa_public_parts()),
        (&privates, &rsa_private_parts()),
        CKM_RSA_PKCS_KEY_PAIR_GEN,
        &more,
    )?;
    let (forward, back) = if cipher {
        (public, private)
    } else {
        (private, public)
    };
    Ok(Keys {
        forward,
        back,
        value: None,
    })
}

fn p256(cx: &Context<'_>, session: Session, wanted: &Wanted) -> Outcome<Keys> {
    let (publics, privates) = sides(wanted, CKK_EC, false);
    let params = Template::new().bytes(CKA_EC_PARAMS, &unhex(P256));
    let point = params
        .clone()
        .bytes(CKA_EC_POINT, &octet_string(&unhex(P256_PUBLIC)));
    let value = params.clone().bytes(CKA_VALUE, &unhex(P256_PRIVATE));
    let (back, forward) = pair(
        cx,
        session,
        (&publics, &point),
        (&privates, &value),
        CKM_EC_KEY_PAIR_GEN,
        &params,
    )?;
    Ok(Keys {
        forward,
        back,
        value: None,
    })
}

fn ed25519(cx: &Context<'_>, session: Session, wanted: &Wanted) -> Outcome<Keys> {
    let (publics, privates) = sides(wanted, CKK_EC_EDWARDS, false);
    for name in ED25519 {
        let params = Template::new().bytes(CKA_EC_PARAMS, &unhex(name));
        let point = params
            .clone()
            .bytes(CKA_EC_POINT, &octet_string(&unhex(ED25519_PUBLIC)));
        let value = params.clone().bytes(CKA_VALUE, &unhex(ED25519_PRIVATE));
        let made = pair(
            cx,
            session,
            (&publics, &point),
            (&privates, &value),
            CKM_EC_EDWARDS_KEY_PAIR_GEN,
            &params,
        );
        if let Ok((back, forward)) = made {
            return Ok(Keys {
                forward,
                back,
                value: None,
            });
        }
    }
    not_applicable("the module neither imports nor generates keys on edwards25519")
}

/// Returns the templates of the public and the private key, without their values.
fn sides(wanted: &Wanted, kind: CK_KEY_TYPE, public_first: bool) -> (Template, Template) {
    let forward = (&wanted.forward, &wanted.forward_extra);
    let back = (&wanted.back, &wanted.back_extra);
    let (of_public, of_private) = if public_first {
        (forward, back)
    } else {
        (back, forward)
    };
    (
        public(kind, of_public.0).and(of_public.1),
        private(kind, of_private.0).and(of_private.1),
    )
}
