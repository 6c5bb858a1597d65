//! Attacks on ciphers, MACs and nonces: short tags, repeated initialisation vectors, keys that are guessed.

use std::collections::BTreeSet;

use aws_lc_rs::digest;
use cryptoki_sys::*;

use super::wrapping::Join as _;
use super::{Attempt, Halt, Story, breach, resists, weakness};
use crate::c::{Mechanism, Object, Out, Rv, Session, Structure};
use crate::case::{Case, spec};
use crate::context::{Context, not_applicable};
use crate::key_use::{gcm, sealed};
use crate::keys::secret;

const NONCE: Story = Story {
    does: "has the token encrypt twice with the same key and initialisation vector.",
    gains: "the difference of the plaintexts; with GCM also the key that authenticates, and so forgeries.",
    cure: "the token makes initialisation vectors for encryption itself, as C_EncryptMessage with a generator does.",
    source: "A. Joux, Authentication Failures in NIST Version of GCM, 2006; NIST SP 800-38D, section 8.",
};

const TAG: Story = Story {
    does: "asks for a tag or MAC of a few bits and guesses it.",
    gains: "a forgery after 2^n tries, with GCM the authentication key soon after.",
    cure: "tags of at least 96 bits (GCM) and MACs of at least 64 bits.",
    source: "N. Ferguson, Authentication Weaknesses in GCM, 2005; NIST SP 800-107, section 5.3.3.",
};

const SHORT: Story = Story {
    does: "makes a sensitive key of one byte and finds it by its MAC, its check value, its digest, or by a search.",
    gains: "the key; where a module derives or unwraps short pieces of long keys, those.",
    cure: "no key below 112 bits, and no check value or digest of a sensitive key that short.",
    source: "NIST SP 800-131A; J. Clulow, CHES 2003.",
};

const BROKEN: Story = Story {
    does: "makes a key of a cipher that is searched through in a day.",
    gains: "the key.",
    cure: "such mechanisms are not offered.",
    source: "NIST SP 800-131A; NIST SP 800-67 (withdrawn).",
};

pub(super) fn cases() -> Vec<Case> {
    [nonces(), tags(), short_keys(), broken()].concat_cases()
}

fn nonces() -> Vec<Case> {
    vec![
        weakness(
            "nonce.gcm-repeated",
            spec("6.13.2"),
            "CKM_AES_GCM does not encrypt twice under one initialisation vector of the caller's.",
            &NONCE,
        )
        .run(|cx| repeated(cx, || gcm(&[8; 12], 128))),
        weakness(
            "nonce.ctr-repeated",
            spec("6.11.3"),
            "CKM_AES_CTR does not encrypt twice with one counter of the caller's.",
            &NONCE,
        )
        .run(|cx| {
            repeated(cx, || {
                Mechanism::with(CKM_AES_CTR, Structure::new().number(128).inline(&[8; 16]))
            })
        }),
        weakness(
            "nonce.gcm-one-byte",
            spec("6.13.2"),
            "CKM_AES_GCM takes no initialisation vector of one byte.",
            &NONCE,
        )
        .run(|cx| {
            cx.mechanism(CKM_AES_GCM, CKF_ENCRYPT)?;
            let session = cx.session()?;
            let key = cx.aes(session, 32, &[CKA_ENCRYPT])?;
            cx.let_through(cx.encrypt_once(session, &gcm(&[1], 128), key, b"data"))?;
            Ok(
                "256 messages at most are encrypted before an initialisation vector comes again"
                    .into(),
            )
        }),
        breach(
            "nonce.ecdsa-repeated",
            spec("6.3.12"),
            "No two ECDSA signatures have the same first half.",
            &Story {
                does: "collects signatures of one key and looks for two with the same first half.",
                gains: "the private key, from two signatures with one nonce.",
                cure: "a fresh or derived nonce for each signature.",
                source: "FIPS 186-5, section 6.3; RFC 6979.",
            },
        )
        .run(ecdsa),
    ]
}

/// Encrypts two messages alike, and looks whether their difference shows.
fn repeated(cx: &mut Context<'_>, mechanism: impl Fn() -> Mechanism) -> Attempt {
    cx.mechanism(mechanism().kind(), CKF_ENCRYPT)?;
    let session = cx.session()?;
    let key = cx.aes(session, 32, &[CKA_ENCRYPT])?;
    let (known, hidden) = ([0x10_u8; 16], *b"nobody reads it!");
    let first = cx.encrypt_once(session, &mechanism(), key, &known);
    let first = cx.let_through(first)?;
    let second = cx.encrypt_once(session, &mechanism(), key, &hidden);
    let second = cx.let_through(second)?;
    let found: Vec<u8> = (0..16)
        .map(|at| first[at] ^ second[at] ^ known[at])
        .collect();
    if found == hidden {
        return Ok("a message was read without the key".into());
    }
    resists("the token does not use the same key stream twice")
}

fn ecdsa(cx: &mut Context<'_>) -> Attempt {
    cx.mechanism(CKM_ECDSA, CKF_SIGN)?;
    let session = cx.session()?;
    let pair = cx.p256(session, &[CKA_VERIFY], &[CKA_SIGN])?;
    let mut seen = BTreeSet::new();
    for number in 0..32 {
        let signature = cx.sign_once(
            session,
            &Mechanism::new(CKM_ECDSA),
            pair.private,
            &[number; 32],
        );
        let signature = cx.had(signature)?;
        if signature.len() != 64 {
            return not_applicable("a signature is not two numbers of 32 bytes")
                .map_err(Halt::from);
        }
        if !seen.insert(signature[..32].to_vec()) {
            return Ok("two signatures of different messages share their nonce".into());
        }
    }
    resists("32 signatures have 32 first halves")
}

fn tags() -> Vec<Case> {
    let macs: [(&str, &str, CK_MECHANISM_TYPE); 3] = [
        (
            "tag.hmac-sha256-one-byte",
            "6.22.3",
            CKM_SHA256_HMAC_GENERAL,
        ),
        ("tag.hmac-sha1-one-byte", "6.20.3", CKM_SHA_1_HMAC_GENERAL),
        ("tag.aes-cmac-one-byte", "6.14", CKM_AES_CMAC_GENERAL),
    ];
    let macs = macs.into_iter().map(|(name, section, kind)| {
        weakness(name, spec(section), "No MAC is cut down to one byte.", &TAG)
            .run(move |cx| forge_mac(cx, kind))
    });
    let gcm = weakness(
        "tag.gcm-32-bits",
        spec("6.13.2"),
        "CKM_AES_GCM takes no tag of 32 bits.",
        &TAG,
    )
    .run(|cx| {
        cx.mechanism(CKM_AES_GCM, CKF_ENCRYPT | CKF_DECRYPT)?;
        let session = cx.session()?;
        let key = cx.aes(session, 32, &[CKA_ENCRYPT, CKA_DECRYPT])?;
        let sealed = cx.encrypt_once(session, &gcm(&[9; 12], 128), key, b"data");
        // A tag of 128 bits, cut down to its first 32, is accepted where short tags are.
        let sealed = cx.had(sealed)?;
        cx.let_through(cx.decrypt_once(session, &gcm(&[9; 12], 32), key, &sealed[..8]))?;
        Ok("a message with a tag of 32 bits was accepted".into())
    });
    macs.chain([gcm]).collect()
}

/// Forges a MAC of one byte for a message that was never signed.
fn forge_mac(cx: &mut Context<'_>, kind: CK_MECHANISM_TYPE) -> Attempt {
    cx.mechanism(kind, CKF_SIGN | CKF_VERIFY)?;
    let session = cx.session()?;
    let key = if kind == CKM_AES_CMAC_GENERAL {
        cx.aes(session, 32, &[CKA_SIGN, CKA_VERIFY])?
    } else {
        let template = sealed(secret(CKK_GENERIC_SECRET, &[CKA_SIGN, CKA_VERIFY]));
        cx.import(session, &template.bytes(CKA_VALUE, &[0x29; 64]))?
    };
    let mechanism = || Mechanism::with_number(kind, 1);
    for guess in 0..=u8::MAX {
        let rv = cx.verify_once(session, &mechanism(), key, b"never signed", &[guess]);
        if rv.is_ok() {
            return Ok(format!(
                "a forged MAC was accepted after {} tries",
                u16::from(guess) + 1
            ));
        }
        if rv.0 != CKR_SIGNATURE_INVALID {
            return resists(format!("{} answers {rv}", cx.c.answered(rv)));
        }
    }
    resists("no MAC of one byte is accepted")
}

fn short_keys() -> Vec<Case> {
    vec![
        weakness("short-key.generate", spec("6.8.2"), "No generic secret of one byte is made.", &SHORT)
            .run(|cx| {
                let session = cx.session()?;
                let key = tiny(cx, session)?;
                found(cx.confirm(session, key)?)
        }),
        weakness("short-key.check-value", spec("4.10"), "The check value of a sensitive key of one byte does not tell it.", &SHORT)
            .run(|cx| {
                let session = cx.session()?;
                let key = tiny(cx, session)?;
                let told = cx.let_through(cx.c.attribute(session, key, CKA_CHECK_VALUE))?;
                if told.is_empty() {
                    return resists("there is no check value");
                }
                let hash = |value: &[u8]| digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, value);
                found(|value| hash(value).as_ref().starts_with(&told))
            }),
        weakness("short-key.digest", spec("5.12.4"), "C_DigestKey does not tell a sensitive key of one byte.", &SHORT)
            .run(|cx| {
                cx.mechanism(CKM_SHA256, CKF_DIGEST)?;
                let session = cx.session()?;
                let key = tiny(cx, session)?;
                cx.prepared(cx.c.digest_init(session, Some(&Mechanism::new(CKM_SHA256))))?;
                cx.allowed(cx.c.digest_key(session, key))?;
                let output = cx.c.digest_final(session, Out::Room(32));
                cx.allowed(output.rv)?;
                found(|value| digest::digest(&digest::SHA256, value).as_ref() == output.bytes)
            }),
        weakness("short-key.find-by-value", spec("5.7.7"), "A search by CKA_VALUE does not find a sensitive key.", &Story {
            does: "searches for objects with a value that he guesses.",
            gains: "a yes or no for each guess, and so short keys, passwords, and parts of keys where a module compares less than all.",
            cure: "attributes that cannot be read do not take part in a search.",
            source: "PKCS#11 3.1, sections 4.10 and 5.7.7.",
        })
        .run(|cx| {
            let session = cx.session()?;
            let label = cx.label();
            let value = [0x57_u8; 16];
            let template = sealed(secret(CKK_AES, &[CKA_ENCRYPT])).text(CKA_LABEL, &label);
            let key = cx.import(session, &template.bytes(CKA_VALUE, &value))?;
            let guess = crate::c::Template::new().bytes(CKA_VALUE, &value);
            let hits = cx.let_through(cx.c.find(session, &guess.text(CKA_LABEL, &label)))?;
            if hits.contains(&key) {
                return Ok("a guess at the value was confirmed".into());
            }
            resists("the search finds nothing")
        }),
    ]
}

/// A sensitive generic secret of one byte.
fn tiny(cx: &Context<'_>, session: Session) -> Result<Object, Halt> {
    cx.mechanism(CKM_GENERIC_SECRET_KEY_GEN, CKF_GENERATE)?;
    let template = sealed(secret(CKK_GENERIC_SECRET, &[CKA_SIGN])).number(CKA_VALUE_LEN, 1);
    let mechanism = Mechanism::new(CKM_GENERIC_SECRET_KEY_GEN);
    let (rv, key): (Rv, Object) = cx.c.generate_key(session, &mechanism, &template);
    cx.allowed(rv)?;
    Ok(key)
}

fn found(test: impl Fn(&[u8]) -> bool) -> Attempt {
    if (0..=u8::MAX).any(|byte| test(&[byte])) {
        return Ok("the key was found by 256 guesses".into());
    }
    resists("none of the 256 values fits")
}

fn broken() -> Vec<Case> {
    let kinds: [(&str, &str, CK_MECHANISM_TYPE, CK_KEY_TYPE, u64); 4] = [
        (
            "broken-cipher.des",
            "No single DES key is made.",
            CKM_DES_KEY_GEN,
            CKK_DES,
            0,
        ),
        (
            "broken-cipher.des2",
            "No DES key of two parts is made.",
            CKM_DES2_KEY_GEN,
            CKK_DES2,
            0,
        ),
        (
            "broken-cipher.rc4-40",
            "No RC4 key of 40 bits is made.",
            CKM_RC4_KEY_GEN,
            CKK_RC4,
            5,
        ),
        (
            "broken-cipher.rc2-40",
            "No RC2 key of 40 bits is made.",
            CKM_RC2_KEY_GEN,
            CKK_RC2,
            5,
        ),
    ];
    kinds
        .into_iter()
        .map(|(name, requirement, generation, kind, length)| {
            weakness(name, spec("5.18.1"), requirement, &BROKEN).run(move |cx| {
                if cx.mechanism(generation, CKF_GENERATE).is_err() {
                    return resists("the slot does not list the mechanism");
                }
                let session = cx.session()?;
                let template = secret(kind, &[CKA_ENCRYPT]);
                let template = if length == 0 {
                    template
                } else {
                    template.number(CKA_VALUE_LEN, length)
                };
                let (rv, _) =
                    cx.c.generate_key(session, &Mechanism::new(generation), &template);
                cx.allowed(rv)?;
                Ok("a key that is searched for in a day was made".into())
            })
        })
        .collect()
}
