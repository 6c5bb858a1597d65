//! The attributes of what is made.
//!
//! Every purpose is said, the unwanted ones as false: modules differ in what they take for granted.

use cryptoki::object::{Attribute, KeyType, ObjectClass};
use cryptoki::types::Ulong;

use super::spki;
use super::{Curve, Error, Kind, Usage};

/// The public exponent of RSA keys, 65537.
const EXPONENT: [u8; 3] = [1, 0, 1];

/// Where an object lives.
#[derive(Clone, Debug)]
pub(super) enum Home {
    /// In the token, found by label and identifier.
    Token { label: String, id: Vec<u8> },
    /// With the session that made it.
    Session,
}

impl Home {
    fn attributes(&self) -> Vec<Attribute> {
        match self {
            Self::Session => vec![Attribute::Token(false), Attribute::Private(true)],
            Self::Token { label, id } => vec![
                Attribute::Token(true),
                Attribute::Private(true),
                Attribute::Label(label.clone().into_bytes()),
                Attribute::Id(id.clone()),
            ],
        }
    }
}

/// What a wrapping key of ours, or a key that is made, may do: the purposes of one object.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Purpose {
    /// A purpose of the caller's.
    Of(Usage),
    /// Wrap and unwrap keys.
    Wrap,
}

fn secret_purposes(purpose: Purpose) -> [Attribute; 7] {
    let encrypts = purpose == Purpose::Of(Usage::Encrypt);
    let signs = purpose == Purpose::Of(Usage::Mac);
    let wraps = purpose == Purpose::Wrap;
    [
        Attribute::Encrypt(encrypts),
        Attribute::Decrypt(encrypts),
        Attribute::Sign(signs),
        Attribute::Verify(signs),
        Attribute::Wrap(wraps),
        Attribute::Unwrap(wraps),
        Attribute::Derive(false),
    ]
}

fn private_purposes(usage: Usage) -> [Attribute; 4] {
    [
        Attribute::Decrypt(usage == Usage::Encrypt),
        Attribute::Sign(usage == Usage::Sign),
        Attribute::Unwrap(usage == Usage::Import),
        Attribute::Derive(usage == Usage::Agree),
    ]
}

fn kept(extractable: bool) -> [Attribute; 2] {
    [
        Attribute::Sensitive(true),
        Attribute::Extractable(extractable),
    ]
}

fn key_type(kind: Kind) -> KeyType {
    match kind {
        Kind::Aes { .. } => KeyType::AES,
        Kind::Hmac { .. } => KeyType::GENERIC_SECRET,
        Kind::Rsa { .. } => KeyType::RSA,
        Kind::Ec(_) => KeyType::EC,
        Kind::Ed25519 => KeyType::EC_EDWARDS,
    }
}

/// The attributes of a secret key that is generated with that many bytes.
pub(super) fn secret(
    home: &Home,
    kind: Kind,
    bytes: u16,
    purpose: Purpose,
    extractable: bool,
) -> Vec<Attribute> {
    let mut template = home.attributes();
    template.push(Attribute::Class(ObjectClass::SECRET_KEY));
    template.push(Attribute::KeyType(key_type(kind)));
    template.push(Attribute::ValueLen(Ulong::new(bytes.into())));
    template.extend(secret_purposes(purpose));
    template.extend(kept(extractable));
    template
}

/// The attributes of the two halves of a pair that is generated.
pub(super) fn pair(
    home: &Home,
    kind: Kind,
    usage: Usage,
    extractable: bool,
) -> Result<(Vec<Attribute>, Vec<Attribute>), Error> {
    let mut public = vec![
        Attribute::Token(false),
        Attribute::Class(ObjectClass::PUBLIC_KEY),
        Attribute::KeyType(key_type(kind)),
        Attribute::Verify(usage == Usage::Sign),
        Attribute::Encrypt(usage == Usage::Encrypt),
        Attribute::Wrap(usage == Usage::Import),
    ];
    match kind {
        Kind::Rsa { bits } => {
            public.push(Attribute::ModulusBits(Ulong::new(bits.into())));
            public.push(Attribute::PublicExponent(EXPONENT.to_vec()));
        }
        Kind::Ec(curve) => public.push(Attribute::EcParams(curve_params(curve)?)),
        Kind::Ed25519 => public.push(Attribute::EcParams(spki::ed25519_params()?)),
        Kind::Aes { .. } | Kind::Hmac { .. } => {
            return Err(Error::invalid(format!("{kind} is no pair of keys")));
        }
    }
    let mut private = home.attributes();
    private.push(Attribute::Class(ObjectClass::PRIVATE_KEY));
    private.push(Attribute::KeyType(key_type(kind)));
    private.extend(private_purposes(usage));
    private.extend(kept(extractable));
    Ok((public, private))
}

/// The attributes of a key that is unwrapped: it may do one thing, and leaves only if that is said.
pub(super) fn unwrapped(kind: Kind, purpose: Purpose, extractable: bool) -> Vec<Attribute> {
    let mut template = Home::Session.attributes();
    template.push(Attribute::KeyType(key_type(kind)));
    match purpose {
        Purpose::Of(usage) if kind.is_pair() => {
            template.push(Attribute::Class(ObjectClass::PRIVATE_KEY));
            template.extend(private_purposes(usage));
        }
        _ => {
            template.push(Attribute::Class(ObjectClass::SECRET_KEY));
            template.extend(secret_purposes(purpose));
        }
    }
    template.extend(kept(extractable));
    template
}

fn curve_params(curve: Curve) -> Result<Vec<u8>, Error> {
    spki::curve_params(curve)
}
