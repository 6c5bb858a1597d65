//! Mechanisms that wrap, the keys they need, and keys to be wrapped whose values are known.

use aws_lc_rs::hmac;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey,
};
use cryptoki_sys::*;

use crate::c::{Mechanism, Object, Session, Structure, Template};
use crate::case::Outcome;
use crate::context::{Context, fail, not_applicable};
use crate::key_use::{counting_key, gcm, oaep, wrappable};
use crate::keys::{Pair, private, rsa_private_parts, secret, unhex};
use crate::known_keys::{P256, P256_PRIVATE, P256_PUBLIC, RSA_2048};

/// What kind of key a mechanism wraps with.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::areas) enum With {
    Aes,
    Des3,
    Rsa,
}

/// A mechanism that wraps.
#[derive(Clone, Copy)]
pub(in crate::areas) struct Carrier {
    pub(in crate::areas) name: &'static str,
    pub(in crate::areas) section: &'static str,
    pub(in crate::areas) kind: CK_MECHANISM_TYPE,
    pub(in crate::areas) with: With,
    make: fn() -> Mechanism,
}

#[rustfmt::skip] // A table reads by its columns.
pub(in crate::areas) const CARRIERS: &[Carrier] = &[
    Carrier { name: "aes-key-wrap", section: "6.16.3", kind: CKM_AES_KEY_WRAP, with: With::Aes, make: || Mechanism::new(CKM_AES_KEY_WRAP) },
    Carrier { name: "aes-key-wrap-kwp", section: "6.16.3", kind: CKM_AES_KEY_WRAP_KWP, with: With::Aes, make: || Mechanism::new(CKM_AES_KEY_WRAP_KWP) },
    Carrier { name: "aes-key-wrap-pad", section: "6.16.3", kind: CKM_AES_KEY_WRAP_PAD, with: With::Aes, make: || Mechanism::new(CKM_AES_KEY_WRAP_PAD) },
    Carrier { name: "aes-key-wrap-pkcs7", section: "6.16.3", kind: CKM_AES_KEY_WRAP_PKCS7, with: With::Aes, make: || Mechanism::new(CKM_AES_KEY_WRAP_PKCS7) },
    Carrier { name: "aes-cbc", section: "6.10.4", kind: CKM_AES_CBC, with: With::Aes, make: || Mechanism::with_bytes(CKM_AES_CBC, &[3; 16]) },
    Carrier { name: "aes-cbc-pad", section: "6.10.5", kind: CKM_AES_CBC_PAD, with: With::Aes, make: || Mechanism::with_bytes(CKM_AES_CBC_PAD, &[3; 16]) },
    Carrier { name: "aes-gcm", section: "6.13.2", kind: CKM_AES_GCM, with: With::Aes, make: || gcm(&[3; 12], 128) },
    Carrier { name: "des3-cbc", section: "6.18", kind: CKM_DES3_CBC, with: With::Des3, make: || Mechanism::with_bytes(CKM_DES3_CBC, &[3; 8]) },
    Carrier { name: "des3-cbc-pad", section: "6.18", kind: CKM_DES3_CBC_PAD, with: With::Des3, make: || Mechanism::with_bytes(CKM_DES3_CBC_PAD, &[3; 8]) },
    Carrier { name: "rsa-pkcs", section: "6.1.6", kind: CKM_RSA_PKCS, with: With::Rsa, make: || Mechanism::new(CKM_RSA_PKCS) },
    Carrier { name: "rsa-pkcs-oaep", section: "6.1.8", kind: CKM_RSA_PKCS_OAEP, with: With::Rsa, make: || oaep(CKM_SHA_1, CKG_MGF1_SHA1) },
    Carrier { name: "rsa-aes-key-wrap", section: "6.1", kind: CKM_RSA_AES_KEY_WRAP, with: With::Rsa, make: rsa_aes },
];

fn rsa_aes() -> Mechanism {
    let inner = Structure::new()
        .number(CKM_SHA_1)
        .number(CKG_MGF1_SHA1)
        .number(CKZ_DATA_SPECIFIED)
        .counted(&[]);
    Mechanism::with(
        CKM_RSA_AES_KEY_WRAP,
        Structure::new().number(256).nested(inner),
    )
}

impl Carrier {
    /// Returns the mechanism; the case does not apply where the slot does not list it with these flags.
    pub(in crate::areas) fn mechanism(
        self,
        cx: &Context<'_>,
        flags: CK_FLAGS,
    ) -> Outcome<Mechanism> {
        cx.mechanism(self.kind, flags)?;
        Ok((self.make)())
    }

    /// Makes a key that wraps, and the one that unwraps: the same for secret keys.
    pub(in crate::areas) fn keys(self, cx: &Context<'_>, session: Session) -> Outcome<Pair> {
        match self.with {
            With::Aes => {
                let key = cx.aes(session, 32, &[CKA_WRAP, CKA_UNWRAP])?;
                Ok(Pair {
                    public: key,
                    private: key,
                })
            }
            With::Des3 => {
                cx.mechanism(CKM_DES3_KEY_GEN, CKF_GENERATE)?;
                let template = secret(CKK_DES3, &[CKA_WRAP, CKA_UNWRAP]);
                let (rv, key) =
                    cx.c.generate_key(session, &Mechanism::new(CKM_DES3_KEY_GEN), &template);
                cx.prepared(rv)?;
                Ok(Pair {
                    public: key,
                    private: key,
                })
            }
            With::Rsa => cx.rsa(session, &[CKA_WRAP], &[CKA_UNWRAP]),
        }
    }

    /// Tells whether it takes values of any length, as encoded private keys have.
    pub(in crate::areas) fn takes_any(self) -> bool {
        !matches!(
            self.kind,
            CKM_AES_KEY_WRAP | CKM_AES_CBC | CKM_DES3_CBC | CKM_RSA_PKCS | CKM_RSA_PKCS_OAEP
        )
    }
}

/// Gives the first mechanism that wraps and unwraps with a secret key, and such a key.
pub(in crate::areas) fn first(cx: &Context<'_>, session: Session) -> Outcome<(Mechanism, Object)> {
    first_for(cx, session, Payload::Aes(32))
}

/// Gives the first mechanism that wraps and unwraps such a key with a secret key, and that secret key.
pub(in crate::areas) fn first_for(
    cx: &Context<'_>,
    session: Session,
    payload: Payload,
) -> Outcome<(Mechanism, Object)> {
    let carriers = CARRIERS.iter().filter(|carrier| carrier.with == With::Aes);
    for carrier in carriers.filter(|carrier| payload.fits(**carrier)) {
        if let Ok(mechanism) = carrier.mechanism(cx, CKF_WRAP | CKF_UNWRAP) {
            return Ok((mechanism, carrier.keys(cx, session)?.public));
        }
    }
    not_applicable("no mechanism wraps and unwraps such a key with AES")
}

/// A key to be wrapped.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::areas) enum Payload {
    Aes(u8),
    Generic(u8),
    Ec,
    Rsa,
}

impl Payload {
    pub(in crate::areas) const ALL: &[Self] = &[
        Self::Aes(16),
        Self::Aes(24),
        Self::Aes(32),
        Self::Generic(40),
        Self::Generic(33),
        Self::Ec,
        Self::Rsa,
    ];

    pub(in crate::areas) fn name(self) -> String {
        match self {
            Self::Aes(bytes) => format!("aes-{}", u32::from(bytes) * 8),
            Self::Generic(bytes) => format!("generic-of-{bytes}"),
            Self::Ec => "ec-private-key".into(),
            Self::Rsa => "rsa-private-key".into(),
        }
    }

    /// Tells whether a mechanism is made for it.
    pub(in crate::areas) fn fits(self, carrier: Carrier) -> bool {
        match self {
            Self::Aes(24) => !matches!(carrier.kind, CKM_AES_CBC),
            Self::Aes(_) => true,
            Self::Generic(40) => !matches!(carrier.kind, CKM_AES_CBC),
            Self::Generic(_) => carrier.takes_any() || carrier.with == With::Rsa,
            Self::Ec | Self::Rsa => carrier.takes_any(),
        }
    }

    /// What unwrapping it is given.
    pub(in crate::areas) fn template(self) -> Template {
        match self {
            Self::Aes(_) => secret(CKK_AES, &[CKA_ENCRYPT]),
            Self::Generic(_) => secret(CKK_GENERIC_SECRET, &[CKA_SIGN]),
            Self::Ec => private(CKK_EC, &[CKA_SIGN]),
            Self::Rsa => private(CKK_RSA, &[CKA_SIGN]),
        }
    }

    /// Imports it, sensitive and extractable.
    pub(in crate::areas) fn import(self, cx: &Context<'_>, session: Session) -> Outcome<Object> {
        let template = wrappable(self.template());
        let template = match self {
            Self::Aes(bytes) | Self::Generic(bytes) => {
                template.bytes(CKA_VALUE, &counting_key(bytes))
            }
            Self::Ec => template
                .bytes(CKA_EC_PARAMS, &unhex(P256))
                .bytes(CKA_VALUE, &unhex(P256_PRIVATE)),
            Self::Rsa => template.and(&rsa_private_parts()),
        };
        cx.import(session, &template)
    }

    /// Requires that a key in the token is this one, by what it does.
    pub(in crate::areas) fn expect(
        self,
        cx: &Context<'_>,
        session: Session,
        key: Object,
    ) -> Outcome {
        match self {
            Self::Aes(bytes) => cx.expect_aes(session, key, &counting_key(bytes)),
            Self::Generic(bytes) => {
                cx.mechanism(CKM_SHA256_HMAC, CKF_SIGN)?;
                let mac = cx.sign_once(session, &Mechanism::new(CKM_SHA256_HMAC), key, b"data");
                let own = hmac::Key::new(hmac::HMAC_SHA256, &counting_key(bytes));
                let expected = hmac::sign(&own, b"data");
                cx.equal_bytes("the HMAC", expected.as_ref(), &cx.done(mac)?)
            }
            Self::Ec => {
                cx.mechanism(CKM_ECDSA, CKF_SIGN)?;
                let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, b"data");
                let signature =
                    cx.sign_once(session, &Mechanism::new(CKM_ECDSA), key, digest.as_ref());
                let own = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, unhex(P256_PUBLIC));
                verified(own.verify(b"data", &cx.done(signature)?).is_ok())
            }
            Self::Rsa => {
                cx.mechanism(CKM_SHA256_RSA_PKCS, CKF_SIGN)?;
                let signature =
                    cx.sign_once(session, &Mechanism::new(CKM_SHA256_RSA_PKCS), key, b"data");
                let own = RsaPublicKeyComponents {
                    n: unhex(RSA_2048.modulus),
                    e: unhex(RSA_2048.public_exponent),
                };
                let signature = cx.done(signature)?;
                verified(
                    own.verify(&RSA_PKCS1_2048_8192_SHA256, b"data", &signature)
                        .is_ok(),
                )
            }
        }
    }
}

fn verified(verified: bool) -> Outcome {
    if verified {
        return Ok(());
    }
    fail(
        "a signature that the public key of the wrapped key verifies",
        "another",
    )
}
