//! Wrapped keys compared with those of another implementation.

use aws_lc_rs::key_wrap::{
    AES_128, AES_256, AesBlockCipher, AesKek, KeyWrap as _, KeyWrapPadded as _,
};
use aws_lc_rs::rsa::{OAEP_SHA1_MGF1SHA1, OaepPrivateDecryptingKey, PrivateDecryptingKey};
use cryptoki_sys::*;

use super::carriers::Payload;
use crate::c::Mechanism;
use crate::case::{Case, Outcome, case, other, spec};
use crate::context::{Context, fail};
use crate::key_use::{counting_key, oaep, rsa_2048_info};
use crate::keys::{public, rsa_public_parts, secret};

pub(super) fn cases() -> Vec<Case> {
    let payloads = [
        Payload::Aes(16),
        Payload::Aes(24),
        Payload::Aes(32),
        Payload::Generic(40),
        Payload::Generic(33),
    ];
    let mut cases = Vec::new();
    for (bytes, cipher) in [(16, &AES_128), (32, &AES_256)] {
        for payload in payloads {
            if payload != Payload::Generic(33) {
                cases.push(key_wrap(bytes, cipher, payload));
            }
            cases.push(kwp(bytes, cipher, payload));
        }
    }
    cases.extend(rsa());
    cases.extend(vectors());
    cases
}

fn value(payload: Payload) -> Vec<u8> {
    match payload {
        Payload::Aes(bytes) | Payload::Generic(bytes) => counting_key(bytes),
        Payload::Ec | Payload::Rsa => Vec::new(),
    }
}

/// Wraps an imported key under an imported key.
fn wrapped(
    cx: &mut Context<'_>,
    mechanism: &Mechanism,
    under: &[u8],
    payload: Payload,
) -> Outcome<Vec<u8>> {
    cx.mechanism(mechanism.kind(), CKF_WRAP)?;
    let session = cx.session()?;
    let wrapping = cx.import_secret(session, CKK_AES, under, &[CKA_WRAP])?;
    let key = payload.import(cx, session)?;
    cx.done(cx.wrap_once(session, mechanism, wrapping, key))
}

fn key_wrap(bytes: u8, cipher: &'static AesBlockCipher, payload: Payload) -> Case {
    case(
        format!(
            "wrap.known.key-wrap.aes-{}.{}",
            u32::from(bytes) * 8,
            payload.name()
        ),
        other("RFC 3394", "2.2.1"),
        "CKM_AES_KEY_WRAP gives what another implementation gives.",
    )
    .run(move |cx| {
        let under = vec![0xc3; usize::from(bytes)];
        let got = wrapped(cx, &Mechanism::new(CKM_AES_KEY_WRAP), &under, payload)?;
        let mut room = [0; 64];
        let own = AesKek::new(cipher, &under).expect("an AES key");
        let expected = own.wrap(&value(payload), &mut room).expect("room enough");
        cx.equal_bytes("the wrapped key", expected, &got)
    })
}

fn kwp(bytes: u8, cipher: &'static AesBlockCipher, payload: Payload) -> Case {
    case(
        format!(
            "wrap.known.kwp.aes-{}.{}",
            u32::from(bytes) * 8,
            payload.name()
        ),
        other("RFC 5649", "4.1"),
        "CKM_AES_KEY_WRAP_KWP gives what another implementation gives.",
    )
    .run(move |cx| {
        let under = vec![0xc3; usize::from(bytes)];
        let got = wrapped(cx, &Mechanism::new(CKM_AES_KEY_WRAP_KWP), &under, payload)?;
        let mut room = [0; 64];
        let own = AesKek::new(cipher, &under).expect("an AES key");
        let expected = own
            .wrap_with_padding(&value(payload), &mut room)
            .expect("room enough");
        cx.equal_bytes("the wrapped key", expected, &got)
    })
}

fn rsa() -> Vec<Case> {
    vec![
        case(
            "wrap.known.oaep",
            other("RFC 8017", "7.1"),
            "What CKM_RSA_PKCS_OAEP wraps, another implementation opens.",
        )
        .run(|cx| {
            cx.mechanism(CKM_RSA_PKCS_OAEP, CKF_WRAP)?;
            let session = cx.session()?;
            let wrapping = cx.import(
                session,
                &public(CKK_RSA, &[CKA_WRAP]).and(&rsa_public_parts()),
            )?;
            let key = Payload::Aes(32).import(cx, session)?;
            let mechanism = oaep(CKM_SHA_1, CKG_MGF1_SHA1);
            let wrapped = cx.done(cx.wrap_once(session, &mechanism, wrapping, key))?;
            let own = PrivateDecryptingKey::from_pkcs8(&rsa_2048_info()).expect("a known key");
            let own = OaepPrivateDecryptingKey::new(own).expect("a known key");
            let mut room = vec![0; own.min_output_size()];
            match own.decrypt(&OAEP_SHA1_MGF1SHA1, &wrapped, &mut room, None) {
                Ok(plain) => cx.equal_bytes("the key", &counting_key(32), plain),
                Err(_) => fail("a ciphertext of OAEP", hex::encode(&wrapped)),
            }
        }),
        case(
            "wrap.known.oaep-fresh",
            other("RFC 8017", "7.1"),
            "Wrapping twice with CKM_RSA_PKCS_OAEP gives two ciphertexts.",
        )
        .run(|cx| twice(cx, &oaep(CKM_SHA_1, CKG_MGF1_SHA1))),
        case(
            "wrap.known.pkcs1-fresh",
            other("RFC 8017", "7.2"),
            "Wrapping twice with CKM_RSA_PKCS gives two ciphertexts.",
        )
        .run(|cx| twice(cx, &Mechanism::new(CKM_RSA_PKCS))),
    ]
}

fn twice(cx: &mut Context<'_>, mechanism: &Mechanism) -> Outcome {
    cx.mechanism(mechanism.kind(), CKF_WRAP)?;
    let session = cx.session()?;
    let wrapping = cx.import(
        session,
        &public(CKK_RSA, &[CKA_WRAP]).and(&rsa_public_parts()),
    )?;
    let key = Payload::Aes(32).import(cx, session)?;
    let first = cx.done(cx.wrap_once(session, mechanism, wrapping, key))?;
    let second = cx.done(cx.wrap_once(session, mechanism, wrapping, key))?;
    cx.check(first != second, "two ciphertexts", "the same one twice")
}

#[rustfmt::skip] // A table reads by its columns.
const RFC_3394: &[(&str, usize, usize, &str)] = &[
    ("4.1", 16, 16, "1fa68b0a8112b447aef34bd8fb5a7b829d3e862371d2cfe5"),
    ("4.3", 32, 16, "64e8c3f9ce0f5ba263e9777905818a2a93c8191e7d6e8ae7"),
    ("4.6", 32, 32, "28c9f404c4b810f4cbccb35cfb87f8263f5786e2d80ed326cbc7f0e71a99f43bfb988b9b7a02dd21"),
];

fn vectors() -> Vec<Case> {
    let examples = RFC_3394.iter().map(|(section, under, size, expected)| {
        let (under, size) = (*under, *size);
        case(
            format!("wrap.known.rfc-3394.{section}"),
            other("RFC 3394", section),
            "CKM_AES_KEY_WRAP gives the example of RFC 3394.",
        )
        .run(move |cx| {
            cx.mechanism(CKM_AES_KEY_WRAP, CKF_WRAP)?;
            let session = cx.session()?;
            let under = counting_key(u8::try_from(under).expect("a short key"));
            let wrapping = cx.import_secret(session, CKK_AES, &under, &[CKA_WRAP])?;
            let value = crate::keys::unhex(
                "00112233445566778899aabbccddeeff000102030405060708090a0b0c0d0e0f",
            );
            let template = crate::key_use::wrappable(secret(CKK_AES, &[CKA_ENCRYPT]));
            let key = cx.import(session, &template.bytes(CKA_VALUE, &value[..size]))?;
            let got =
                cx.done(cx.wrap_once(session, &Mechanism::new(CKM_AES_KEY_WRAP), wrapping, key))?;
            cx.equal_bytes("the wrapped key", &crate::keys::unhex(expected), &got)
        })
    });
    let initial = [
        (
            "default",
            vec![0xa6; 8],
            true,
            "The standard's initial value as a parameter gives what no parameter gives.",
        ),
        (
            "other",
            vec![0x5b; 8],
            false,
            "Another initial value gives another wrapped key.",
        ),
    ];
    let initial = initial.map(|(name, value, same, requirement)| {
        case(
            format!("wrap.known.initial-value.{name}"),
            spec("6.16.2"),
            requirement,
        )
        .run(move |cx| {
            let plain = wrapped(
                cx,
                &Mechanism::new(CKM_AES_KEY_WRAP),
                &[0xc3; 32],
                Payload::Aes(32),
            )?;
            let with = Mechanism::with_bytes(CKM_AES_KEY_WRAP, &value);
            let with = wrapped(cx, &with, &[0xc3; 32], Payload::Aes(32))?;
            cx.equal("the same wrapped key", &same, &(plain == with))
        })
    });
    examples.chain(initial).collect()
}
