//! What threads do at the same time, each in sessions of its own.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use aws_lc_rs::{digest, hmac};
use cryptoki_sys::*;

use super::hammer::{Locking, Place, THREADS, good, hammer, initialize, log_in};
use crate::c::{Mechanism, Object, Out, Session, Template};
use crate::case::{Case, Outcome, Stage, case, spec};
use crate::context::{Context, fail};
use crate::keys::secret;

/// How often each thread does its work.
const ROUNDS: usize = 40;
/// Seconds that a case may take, where a module is a network away.
const DEADLINE: u64 = 180;

/// What a case does: its name, what has to hold, and how it is tried.
type Row = (
    &'static str,
    &'static str,
    fn(&mut Context<'_>, Locking) -> Outcome,
);

const ROWS: &[Row] = &[
    (
        "sessions",
        "open, ask about and close their own sessions",
        sessions,
    ),
    (
        "information",
        "ask for slots, token and mechanism information while sessions come and go",
        information,
    ),
    ("digest", "digest", digests),
    (
        "random",
        "generate random bytes, all of them different",
        randoms,
    ),
    ("mac", "sign with keys of their own", macs),
    ("shared-key", "sign with one key", shared_key),
    (
        "cipher",
        "encrypt and decrypt with keys of their own",
        ciphers,
    ),
    (
        "generate",
        "generate and destroy keys, all with handles of their own",
        generates,
    ),
    (
        "find",
        "create, find and destroy objects of their own",
        finds,
    ),
    (
        "attributes",
        "change and read attributes of their own objects",
        attributes,
    ),
    (
        "login",
        "log in at the same time: one succeeds, the others are told CKR_USER_ALREADY_LOGGED_IN",
        logins,
    ),
];

/// Returns one case for each kind of work and each kind of locking.
pub(super) fn cases() -> Vec<Case> {
    let kinds = [
        ("system", Locking::System, "the operating system's locks"),
        ("own", Locking::Own, "the application's mutexes"),
    ];
    let cases = kinds.into_iter().flat_map(|(id, locking, with)| {
        ROWS.iter().map(move |(name, what, body)| {
            case(
                format!("thread.{id}.{name}"),
                spec("5.4.1"),
                format!("With {with}, eight threads {what}."),
            )
            .stage(Stage::Loaded)
            .deadline(DEADLINE)
            .run(move |cx| body(cx, locking))
        })
    });
    cases.collect()
}

/// A message that no other thread and no other round has.
fn message(thread: usize, round: usize) -> Vec<u8> {
    format!("thread {thread}, round {round}")
        .repeat(5)
        .into_bytes()
}

/// Requires that bytes are the right ones.
fn same(what: &str, expected: &[u8], got: &[u8]) -> Outcome {
    if expected == got {
        return Ok(());
    }
    fail(
        format!("{what}: {}", hex::encode(expected)),
        hex::encode(got),
    )
}

fn sessions(cx: &mut Context<'_>, locking: Locking) -> Outcome {
    let place = initialize(cx, locking)?;
    hammer(ROUNDS, |_, _| {
        let session = place.session()?;
        let (rv, info) = place.c.session_info(session);
        good("C_GetSessionInfo", rv)?;
        if info.slotID != place.slot || info.state != CKS_RW_PUBLIC_SESSION {
            let got = format!("slot {}, state {}", info.slotID, info.state);
            return fail(format!("a public session of slot {}", place.slot), got);
        }
        place.close(session)
    })
}

fn information(cx: &mut Context<'_>, locking: Locking) -> Outcome {
    let place = initialize(cx, locking)?;
    let label = cx.c.token_info(cx.slot).1.label;
    let kind = cx.facts.mechanisms.first().map(|listed| listed.kind);
    hammer(ROUNDS, |thread, _| match thread % 4 {
        0 => {
            let session = place.session()?;
            place.close(session)
        }
        1 => {
            let (rv, info) = place.c.token_info(place.slot);
            good("C_GetTokenInfo", rv)?;
            same("label", &label, &info.label)
        }
        2 => match place.c.slots(true) {
            Ok(slots) if slots.contains(&place.slot) => Ok(()),
            other => fail(
                format!("a list with slot {}", place.slot),
                format!("{other:?}"),
            ),
        },
        _ => match kind {
            Some(kind) => good(
                "C_GetMechanismInfo",
                place.c.mechanism_info(place.slot, kind).0,
            ),
            None => Ok(()),
        },
    })
}

fn digests(cx: &mut Context<'_>, locking: Locking) -> Outcome {
    cx.mechanism(CKM_SHA256, CKF_DIGEST)?;
    let place = initialize(cx, locking)?;
    hammer(ROUNDS, |thread, round| {
        let session = place.session()?;
        let message = message(thread, round);
        good(
            "C_DigestInit",
            place
                .c
                .digest_init(session, Some(&Mechanism::new(CKM_SHA256))),
        )?;
        for part in message.chunks(7) {
            good("C_DigestUpdate", place.c.digest_update(session, part))?;
        }
        let got = place.c.digest_final(session, Out::Room(32));
        good("C_DigestFinal", got.rv)?;
        same(
            "SHA-256",
            digest::digest(&digest::SHA256, &message).as_ref(),
            &got.bytes,
        )?;
        place.close(session)
    })
}

fn randoms(cx: &mut Context<'_>, locking: Locking) -> Outcome {
    if cx.facts.token_flags & CKF_RNG == 0 {
        return crate::context::not_applicable("the token does not set CKF_RNG");
    }
    let place = initialize(cx, locking)?;
    let seen = Mutex::new(BTreeSet::new());
    hammer(ROUNDS, |_, _| {
        let session = place.session()?;
        let (rv, bytes) = place.c.generate_random(session, 16);
        good("C_GenerateRandom", rv)?;
        let mut seen = seen
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        if !seen.insert(bytes) {
            return fail("bytes that no other call gave", "the same bytes twice");
        }
        drop(seen);
        place.close(session)
    })
}

/// A key for HMAC-SHA-256 that is the thread's own.
fn mac_value(thread: usize) -> Vec<u8> {
    format!("the key of the thread {thread:02}, of 32 b").into_bytes()[..32].to_vec()
}

fn mac_key(place: &Place<'_>, session: Session, value: &[u8]) -> Outcome<Object> {
    let template = secret(CKK_GENERIC_SECRET, &[CKA_SIGN]).bytes(CKA_VALUE, value);
    let (rv, key) = place.c.create_object(session, &template);
    good("C_CreateObject", rv)?;
    Ok(key)
}

/// Signs with HMAC-SHA-256 and requires the right result.
fn sign(place: &Place<'_>, session: Session, key: Object, value: &[u8], message: &[u8]) -> Outcome {
    let mechanism = Mechanism::new(CKM_SHA256_HMAC);
    good(
        "C_SignInit",
        place.c.sign_init(session, Some(&mechanism), key),
    )?;
    let got = place.c.sign(session, message, Out::Room(32));
    good("C_Sign", got.rv)?;
    let expected = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, value), message);
    same("HMAC-SHA-256", expected.as_ref(), &got.bytes)
}

/// Requires that keys for HMAC can be imported at all.
fn macs_apply(cx: &mut Context<'_>) -> Outcome {
    cx.mechanism(CKM_SHA256_HMAC, CKF_SIGN)?;
    let session = cx.session()?;
    cx.import_secret(session, CKK_GENERIC_SECRET, &mac_value(0), &[CKA_SIGN])?;
    cx.prepared(cx.c.close_session(session))
}

fn macs(cx: &mut Context<'_>, locking: Locking) -> Outcome {
    let place = log_in(cx, locking)?;
    macs_apply(cx)?;
    hammer(ROUNDS, |thread, round| {
        let session = place.session()?;
        let value = mac_value(thread);
        let key = mac_key(&place, session, &value)?;
        sign(&place, session, key, &value, &message(thread, round))?;
        place.close(session)
    })
}

fn shared_key(cx: &mut Context<'_>, locking: Locking) -> Outcome {
    let place = log_in(cx, locking)?;
    macs_apply(cx)?;
    let session = cx.session()?;
    let value = mac_value(99);
    let key = mac_key(&place, session, &value)?;
    hammer(ROUNDS, |thread, round| {
        let session = place.session()?;
        sign(&place, session, key, &value, &message(thread, round))?;
        place.close(session)
    })
}

fn ciphers(cx: &mut Context<'_>, locking: Locking) -> Outcome {
    cx.mechanism(CKM_AES_KEY_GEN, CKF_GENERATE)?;
    cx.mechanism(CKM_AES_CBC_PAD, CKF_ENCRYPT | CKF_DECRYPT)?;
    let place = log_in(cx, locking)?;
    hammer(ROUNDS, |thread, round| {
        let session = place.session()?;
        let template = secret(CKK_AES, &[CKA_ENCRYPT, CKA_DECRYPT]).number(CKA_VALUE_LEN, 32);
        let generation = Mechanism::new(CKM_AES_KEY_GEN);
        let (rv, key) = place.c.generate_key(session, &generation, &template);
        good("C_GenerateKey", rv)?;
        let mechanism = Mechanism::with_bytes(CKM_AES_CBC_PAD, &[7; 16]);
        let message = message(thread, round);
        good(
            "C_EncryptInit",
            place.c.encrypt_init(session, Some(&mechanism), key),
        )?;
        let hidden = place.c.encrypt(session, &message, Out::Room(256));
        good("C_Encrypt", hidden.rv)?;
        good(
            "C_DecryptInit",
            place.c.decrypt_init(session, Some(&mechanism), key),
        )?;
        let shown = place.c.decrypt(session, &hidden.bytes, Out::Room(256));
        good("C_Decrypt", shown.rv)?;
        same("plaintext", &message, &shown.bytes)?;
        place.close(session)
    })
}

fn generates(cx: &mut Context<'_>, locking: Locking) -> Outcome {
    cx.mechanism(CKM_AES_KEY_GEN, CKF_GENERATE)?;
    let place = log_in(cx, locking)?;
    let held = Mutex::new(BTreeSet::new());
    hammer(ROUNDS, |_, _| {
        let session = place.session()?;
        let template = secret(CKK_AES, &[CKA_ENCRYPT]).number(CKA_VALUE_LEN, 16);
        let (rv, key) = place
            .c
            .generate_key(session, &Mechanism::new(CKM_AES_KEY_GEN), &template);
        good("C_GenerateKey", rv)?;
        let lock = || {
            held.lock()
                .unwrap_or_else(std::sync::PoisonError::into_inner)
        };
        if !lock().insert(key) {
            return fail("a handle that no other key has", format!("{key:?} twice"));
        }
        // The handle is given back before the key goes, as the module may give it to another key at once.
        lock().remove(&key);
        good("C_DestroyObject", place.c.destroy_object(session, key))?;
        place.close(session)
    })
}

/// A data object of a thread's own.
fn data(label: &str) -> Template {
    Template::class(CKO_DATA)
        .flag(CKA_TOKEN, false)
        .flag(CKA_PRIVATE, false)
        .text(CKA_LABEL, label)
}

fn finds(cx: &mut Context<'_>, locking: Locking) -> Outcome {
    let place = log_in(cx, locking)?;
    let prefix = cx.label();
    hammer(ROUNDS, |thread, round| {
        let session = place.session()?;
        let template = data(&format!("{prefix} {thread} {round}"));
        let (rv, object) = place.c.create_object(session, &template);
        good("C_CreateObject", rv)?;
        match place.c.find(session, &template) {
            Ok(found) if found == [object] => {}
            other => return fail(format!("[{object:?}] found"), format!("{other:?}")),
        }
        good("C_DestroyObject", place.c.destroy_object(session, object))?;
        match place.c.find(session, &template) {
            Ok(found) if found.is_empty() => {}
            other => return fail("nothing found", format!("{other:?}")),
        }
        place.close(session)
    })
}

fn attributes(cx: &mut Context<'_>, locking: Locking) -> Outcome {
    let place = log_in(cx, locking)?;
    hammer(ROUNDS, |thread, round| {
        let session = place.session()?;
        let (rv, object) = place.c.create_object(session, &data("before"));
        good("C_CreateObject", rv)?;
        let label = format!("thread {thread}, round {round}");
        let change = Template::new().text(CKA_LABEL, &label);
        good(
            "C_SetAttributeValue",
            place.c.set_attribute_values(session, object, &change),
        )?;
        match place.c.attribute(session, object, CKA_LABEL) {
            Ok(value) => same("CKA_LABEL", label.as_bytes(), &value)?,
            Err(rv) => return fail("C_GetAttributeValue answers CKR_OK", rv.to_string()),
        }
        place.close(session)
    })
}

fn logins(cx: &mut Context<'_>, locking: Locking) -> Outcome {
    let pin = cx.user_pin()?;
    let place = initialize(cx, locking)?;
    let sessions: Vec<Session> = (0..THREADS)
        .map(|_| place.session())
        .collect::<Outcome<_>>()?;
    let successes = AtomicUsize::new(0);
    hammer(1, |thread, _| {
        let rv = place.c.login(sessions[thread], CKU_USER, pin);
        match rv.0 {
            CKR_OK => {
                successes.fetch_add(1, Ordering::SeqCst);
                Ok(())
            }
            CKR_USER_ALREADY_LOGGED_IN => Ok(()),
            _ => fail("CKR_OK or CKR_USER_ALREADY_LOGGED_IN", rv.to_string()),
        }
    })?;
    cx.equal("logins that succeed", &1, &successes.load(Ordering::SeqCst))?;
    for session in sessions {
        let state = cx.c.session_info(session).1.state;
        cx.equal("state of every session", &CKS_RW_USER_FUNCTIONS, &state)?;
    }
    Ok(())
}
