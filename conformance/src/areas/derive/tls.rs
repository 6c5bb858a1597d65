//! Secrets and keys of TLS 1.2, compared with the pseudorandom function of RFC 5246, section 5, over another HMAC.

use aws_lc_rs::hmac;
use cryptoki_sys::*;

use crate::c::{Mechanism, Object, Session, Structure, Template};
use crate::case::{Case, Outcome, case, spec};
use crate::context::Context;
use crate::keys::secret;

const CLIENT: [u8; 32] = [0x11; 32];
const SERVER: [u8; 32] = [0x22; 32];
const HASH: [u8; 32] = [0x33; 32];
const LABEL: &[u8] = b"EXPORTER-conformance";
/// The version that the secret which RSA carries begins with: that of TLS 1.2.
const VERSION: [u8; 2] = [3, 3];
/// The length of a master secret.
const MASTER: usize = 48;

pub(super) fn cases() -> Vec<Case> {
    let named = |name: &str, text| case(format!("derive.tls12.{name}"), spec("6.40"), text);
    vec![
        named(
            "master",
            "The master secret is that of RFC 5246, and the version of the secret before it comes out.",
        )
        .run(|cx| master(cx, CKM_TLS12_MASTER_KEY_DERIVE, true)),
        named(
            "master-dh",
            "The master secret is that of RFC 5246, whatever was agreed on before.",
        )
        .run(|cx| master(cx, CKM_TLS12_MASTER_KEY_DERIVE_DH, false)),
        named(
            "extended-master",
            "The master secret is that of RFC 7627, and the version of the secret before it comes out.",
        )
        .run(|cx| master(cx, CKM_TLS12_EXTENDED_MASTER_KEY_DERIVE, true)),
        named(
            "extended-master-dh",
            "The master secret is that of RFC 7627, whatever was agreed on before.",
        )
        .run(|cx| master(cx, CKM_TLS12_EXTENDED_MASTER_KEY_DERIVE_DH, false)),
        named(
            "keys",
            "The four keys and two initialisation vectors are those of RFC 5246, section 6.3.",
        )
        .run(|cx| keys(cx, CKM_TLS12_KEY_AND_MAC_DERIVE)),
        named(
            "keys-safe",
            "The four keys are those of RFC 5246, section 6.3, and no initialisation vector comes out.",
        )
        .run(|cx| keys(cx, CKM_TLS12_KEY_SAFE_DERIVE)),
        named(
            "exporter",
            "CKM_TLS_KDF exports what RFC 5705 has, with a context and without.",
        )
        .run(exporter),
        named(
            "finished",
            "CKM_TLS_MAC makes the verify data of RFC 5246, section 7.4.9, of either side.",
        )
        .run(finished),
    ]
}

/// The pseudorandom function of TLS 1.2 over SHA-256.
fn prf(secret: &[u8], label: &[u8], seed: &[&[u8]], len: usize) -> Vec<u8> {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
    let seed = [label, &seed.concat()].concat();
    let (mut last, mut output) = (seed.clone(), Vec::new());
    while output.len() < len {
        last = hmac::sign(&key, &last).as_ref().to_vec();
        let block = hmac::sign(&key, &[last.as_slice(), &seed].concat());
        output.extend_from_slice(block.as_ref());
    }
    output.truncate(len);
    output
}

/// A secret as RSA carries it.
fn pre_master() -> Vec<u8> {
    [&VERSION[..], &[0x44; MASTER - VERSION.len()]].concat()
}

fn aes(bytes: u64) -> Template {
    secret(CKK_AES, &[CKA_ENCRYPT]).number(CKA_VALUE_LEN, bytes)
}

fn randoms(structure: Structure) -> Structure {
    structure.counted(&CLIENT).counted(&SERVER)
}

/// The mechanism that exports under [`LABEL`].
fn export(context: Option<&[u8]>) -> Mechanism {
    let structure = randoms(Structure::new().number(CKM_SHA256).counted(LABEL));
    let structure = structure.counted(context.unwrap_or_default());
    Mechanism::with(CKM_TLS_KDF, structure)
}

/// Derives a master secret, and proves it by what is exported from it.
fn master(cx: &mut Context<'_>, kind: CK_MECHANISM_TYPE, carried: bool) -> Outcome {
    cx.mechanism(kind, CKF_DERIVE)?;
    cx.mechanism(CKM_TLS_KDF, CKF_DERIVE)?;
    let session = cx.session()?;
    let value = pre_master();
    let base = cx.import_secret(session, CKK_GENERIC_SECRET, &value, &[CKA_DERIVE])?;
    let place = |structure: Structure| match carried {
        true => structure.room(VERSION.len()),
        false => structure.null(),
    };
    let extended = matches!(
        kind,
        CKM_TLS12_EXTENDED_MASTER_KEY_DERIVE | CKM_TLS12_EXTENDED_MASTER_KEY_DERIVE_DH
    );
    let (structure, position) = if extended {
        let structure = Structure::new().number(CKM_SHA256).counted(&HASH);
        (place(structure), 1)
    } else {
        (place(randoms(Structure::new())).number(CKM_SHA256), 2)
    };
    let mechanism = Mechanism::with(kind, structure);
    let template = secret(CKK_GENERIC_SECRET, &[CKA_DERIVE]).number(CKA_VALUE_LEN, MASTER as u64);
    let (rv, master) = cx.c.derive_key(session, &mechanism, base, &template);
    cx.ok(rv)?;
    if let (true, Some(structure)) = (carried, mechanism.structure()) {
        cx.equal_bytes("the version", &VERSION, structure.read(position))?;
    }
    let (rv, key) = cx.c.derive_key(session, &export(None), master, &aes(32));
    cx.ok(rv)?;
    let expected = if extended {
        prf(&value, b"extended master secret", &[&HASH], MASTER)
    } else {
        prf(&value, b"master secret", &[&CLIENT, &SERVER], MASTER)
    };
    let expected = prf(&expected, LABEL, &[&CLIENT, &SERVER], 32);
    cx.expect_aes(session, key, &expected)
}

/// Derives the keys of a connection, and uses each.
fn keys(cx: &mut Context<'_>, kind: CK_MECHANISM_TYPE) -> Outcome {
    cx.mechanism(kind, CKF_DERIVE)?;
    let session = cx.session()?;
    let value = [0x55; MASTER];
    let base = cx.import_secret(session, CKK_GENERIC_SECRET, &value, &[CKA_DERIVE])?;
    let out = Structure::new().number(0).number(0).number(0).number(0);
    let structure = Structure::new().number(256).number(128).number(128);
    let structure = randoms(structure.inline(&[CK_FALSE]))
        .nested(out.room(16).room(16))
        .number(CKM_SHA256);
    let mechanism = Mechanism::with(kind, structure);
    let (rv, _) =
        cx.c.derive_key(session, &mechanism, base, &secret(CKK_AES, &[CKA_ENCRYPT]));
    cx.ok(rv)?;
    let safe = kind == CKM_TLS12_KEY_SAFE_DERIVE;
    let expected = prf(&value, b"key expansion", &[&SERVER, &CLIENT], 128);
    let (macs, rest) = expected.split_at(64);
    let (ciphers, vectors) = rest.split_at(32);
    let out = mechanism.structure().expect("it has a structure").inner(0);
    for (place, value) in macs.chunks(32).enumerate() {
        let mac = mac(cx, session, Object(out.word(place)))?;
        let key = hmac::Key::new(hmac::HMAC_SHA256, value);
        let expected = hmac::sign(&key, b"message");
        cx.equal_bytes("the MAC under that key", expected.as_ref(), &mac)?;
    }
    for (place, value) in ciphers.chunks(16).enumerate() {
        cx.expect_aes(session, Object(out.word(2 + place)), value)?;
    }
    for (place, value) in vectors.chunks(16).enumerate() {
        let expected = if safe { &[0; 16][..] } else { value };
        cx.equal_bytes("the initialisation vector", expected, out.read(place))?;
    }
    Ok(())
}

fn mac(cx: &mut Context<'_>, session: Session, key: Object) -> Outcome<Vec<u8>> {
    cx.mechanism(CKM_SHA256_HMAC, CKF_SIGN)?;
    let mechanism = Mechanism::new(CKM_SHA256_HMAC);
    cx.done(cx.sign_once(session, &mechanism, key, b"message"))
}

fn exporter(cx: &mut Context<'_>) -> Outcome {
    cx.mechanism(CKM_TLS_KDF, CKF_DERIVE)?;
    let session = cx.session()?;
    let value = [0x66; MASTER];
    let base = cx.import_secret(session, CKK_GENERIC_SECRET, &value, &[CKA_DERIVE])?;
    for (context, seed) in [(None, &[][..]), (Some(&b"context"[..]), b"\x00\x07context")] {
        let (rv, key) = cx.c.derive_key(session, &export(context), base, &aes(32));
        cx.ok(rv)?;
        let expected = prf(&value, LABEL, &[&CLIENT, &SERVER, seed], 32);
        cx.expect_aes(session, key, &expected)?;
    }
    Ok(())
}

fn finished(cx: &mut Context<'_>) -> Outcome {
    cx.mechanism(CKM_TLS_MAC, CKF_SIGN)?;
    let session = cx.session()?;
    let value = [0x77; MASTER];
    let key = cx.import_secret(session, CKK_GENERIC_SECRET, &value, &[CKA_SIGN])?;
    for (side, label) in [(1, b"server finished"), (2, b"client finished")] {
        let structure = Structure::new().number(CKM_SHA256).number(12).number(side);
        let mechanism = Mechanism::with(CKM_TLS_MAC, structure);
        let got = cx.sign_once(session, &mechanism, key, &HASH);
        let expected = prf(&value, label, &[&HASH], 12);
        cx.equal_bytes("the verify data", &expected, &cx.done(got)?)?;
    }
    Ok(())
}
