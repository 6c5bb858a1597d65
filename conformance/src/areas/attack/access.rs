//! Attacks on access: without a login, after one, from another process, with the wrong PIN, past a key's end.

use cryptoki_sys::*;

use super::wrapping::Join as _;
use super::{Attempt, Halt, Story, breach, resists, weakness};
use crate::c::fork::{Child, in_child};
use crate::c::{Mechanism, Object, Query, Rv, Session, Template};
use crate::case::{Case, Draft, Outcome, Stage, spec};
use crate::child::renew;
use crate::context::{Context, not_applicable};
use crate::key_use::sealed;
use crate::keys::{private, rsa_private_parts, secret, unhex};
use crate::known_keys::{P256, P256_PRIVATE, RSA_2048};

const READ: Story = Story {
    does: "asks for the value of a key that is sensitive or not extractable.",
    gains: "the key.",
    cure: "C_GetAttributeValue answers CKR_ATTRIBUTE_SENSITIVE and writes nothing.",
    source: "PKCS#11 3.1, sections 4.9, 4.10 and 5.7.5.",
};

const LOGIN: Story = Story {
    does: "looks for private objects without a login, after a logout, as the security officer or in a child process.",
    gains: "the use of keys that are the user's, or the knowledge that they exist.",
    cure: "private objects are there for the user who is logged in, and handles to them end with the login.",
    source: "PKCS#11 3.1, sections 5.6.8 and 5.6.10; PKCS#11 Usage Guide 2.40, sections 2.4 and 2.6.",
};

const GUESS: Story = Story {
    does: "tries PIN after PIN.",
    gains: "the login: a PIN of four digits falls to 401 guesses a second within half a minute.",
    cure: "the PIN locks after some ten wrong ones, counted before it is checked, and kept over restarts.",
    source: "PKCS#11 3.1, section 5.6.8 (CKR_PIN_LOCKED); FIPS 140-3.",
};

pub(super) fn cases() -> Vec<Case> {
    [reading(), logins(), sessions(), others()].concat_cases()
}

type Part = (&'static str, CK_ATTRIBUTE_TYPE, fn() -> Template);

#[rustfmt::skip] // A table reads by its columns.
const PARTS: &[Part] = &[
    ("read.aes-value", CKA_VALUE, || secret(CKK_AES, &[CKA_ENCRYPT]).bytes(CKA_VALUE, &[0x13; 32])),
    ("read.generic-value", CKA_VALUE, || secret(CKK_GENERIC_SECRET, &[CKA_SIGN]).bytes(CKA_VALUE, &[0x13; 32])),
    ("read.ec-value", CKA_VALUE, || private(CKK_EC, &[CKA_SIGN]).bytes(CKA_EC_PARAMS, &unhex(P256)).bytes(CKA_VALUE, &unhex(P256_PRIVATE))),
    ("read.rsa-private-exponent", CKA_PRIVATE_EXPONENT, || private(CKK_RSA, &[CKA_SIGN]).and(&rsa_private_parts())),
    ("read.rsa-prime", CKA_PRIME_1, || private(CKK_RSA, &[CKA_SIGN]).and(&rsa_private_parts())),
    ("read.rsa-coefficient", CKA_COEFFICIENT, || private(CKK_RSA, &[CKA_SIGN]).and(&rsa_private_parts())),
];

fn reading() -> Vec<Case> {
    let sensitive = PARTS.iter().map(|(name, kind, template)| {
        let requirement = format!(
            "{} of a sensitive key is not read.",
            crate::key_use::attribute_name(*kind)
        );
        breach(name, spec("5.7.5"), &requirement, &READ).run(|cx| {
            read(
                cx,
                *kind,
                &template()
                    .flag(CKA_SENSITIVE, true)
                    .flag(CKA_EXTRACTABLE, true),
            )
        })
    });
    let unextractable = PARTS.iter().map(|(name, kind, template)| {
        let requirement = format!(
            "{} of a key that is not extractable is not read, sensitive or not.",
            crate::key_use::attribute_name(*kind)
        );
        breach(
            &format!("{name}-unextractable"),
            spec("5.7.5"),
            &requirement,
            &READ,
        )
        .run(|cx| {
            read(
                cx,
                *kind,
                &template()
                    .flag(CKA_SENSITIVE, false)
                    .flag(CKA_EXTRACTABLE, false),
            )
        })
    });
    sensitive.chain(unextractable).collect()
}

/// Asks for a part of a key that nobody may read, with room for it.
fn read(cx: &mut Context<'_>, kind: CK_ATTRIBUTE_TYPE, template: &Template) -> Attempt {
    let session = cx.session()?;
    let key = match cx.import(session, template) {
        Ok(key) => key,
        Err(stop) => {
            cx.import(session, &sealed(template.clone()))
                .map_err(|_| stop)?;
            return resists("such keys are imported sensitive and unextractable only");
        }
    };
    let mut query = Query::values(&[(kind, 512)]);
    let rv = cx.c.attribute_values(session, key, &mut query);
    let part = template.value(kind).unwrap_or_default();
    if query.value(0).is_some_and(|value| value == part) {
        return Ok("the value was read".into());
    }
    if query.touched(0) {
        return Ok("the module wrote into the buffer that it refuses to fill".into());
    }
    cx.allowed(rv)?;
    resists("the value is not given")
}

fn logins() -> Vec<Case> {
    [after_logout(), beyond_the_login()]
        .into_iter()
        .flatten()
        .collect()
}

fn after_logout() -> Vec<Case> {
    vec![
        breach(
            "login.found-after-logout",
            spec("5.6.10"),
            "Private objects are not found after a logout.",
            &LOGIN,
        )
        .run(|cx| {
            cx.login_required()?;
            let session = cx.session()?;
            let (label, _) = kept(cx, session)?;
            cx.prepared(cx.c.logout(session))?;
            let found = by_label(cx, session, &label);
            back(cx, session, &label)?;
            seen(found?)
        }),
        breach(
            "login.handle-after-logout",
            spec("5.6.10"),
            "A handle to a private object ends with the login.",
            &LOGIN,
        )
        .run(|cx| {
            cx.login_required()?;
            let session = cx.session()?;
            let (label, key) = kept(cx, session)?;
            cx.prepared(cx.c.logout(session))?;
            let mechanism = Mechanism::new(CKM_AES_ECB);
            let read = cx.c.attribute(session, key, CKA_LABEL);
            let rv = cx.c.encrypt_init(session, Some(&mechanism), key);
            let used = cx.allowed(rv);
            back(cx, session, &label)?;
            if read.is_ok() {
                return Ok("the object is read after the logout".into());
            }
            used?;
            Ok("the key is used after the logout".into())
        }),
        breach(
            "login.session-object-after-logout",
            spec("5.6.10"),
            "Private session objects are gone after a logout, also when the user is back.",
            &LOGIN,
        )
        .run(|cx| {
            cx.login_required()?;
            let session = cx.session()?;
            let label = cx.label();
            let template = private_key(&label).flag(CKA_TOKEN, false);
            cx.aes_with(session, 32, &template)?;
            cx.prepared(cx.c.logout(session))?;
            cx.prepared(cx.c.login(session, CKU_USER, cx.user_pin()?))?;
            seen(by_label(cx, session, &label)?)
        }),
    ]
}

fn beyond_the_login() -> Vec<Case> {
    vec![
        breach(
            "login.officer-sees",
            spec("5.6.8"),
            "The security officer does not find the user's private objects.",
            &LOGIN,
        )
        .run(officer),
        weakness(
            "login.child-process",
            spec("5.4.1"),
            "A child process does not inherit the login.",
            &LOGIN,
        )
        .with(Draft::solo)
        .run(child_process),
        weakness(
            "login.pin-guessing",
            spec("5.6.8"),
            "The user's PIN locks before its twentieth wrong try.",
            &GUESS,
        )
        .with(|draft| draft.stage(Stage::Public).destructive().deadline(120))
        .run(guess_pin),
    ]
}

fn private_key(label: &str) -> Template {
    sealed(secret(CKK_AES, &[CKA_ENCRYPT]))
        .flag(CKA_PRIVATE, true)
        .flag(CKA_TOKEN, true)
        .text(CKA_LABEL, label)
}

/// Makes a private token object that the case removes again.
fn kept(cx: &Context<'_>, session: Session) -> Result<(String, Object), Halt> {
    let label = cx.label();
    let key = cx.aes_with(session, 32, &private_key(&label))?;
    if by_label(cx, session, &label)? == [key] {
        return Ok((label, key));
    }
    not_applicable("the object is not found while the user is logged in").map_err(Halt::from)
}

fn by_label(cx: &Context<'_>, session: Session, label: &str) -> Outcome<Vec<Object>> {
    cx.had(cx.c.find(session, &Template::new().text(CKA_LABEL, label)))
}

/// Logs the user in again and removes what the case made.
fn back(cx: &Context<'_>, session: Session, label: &str) -> Outcome {
    cx.prepared(cx.c.login(session, CKU_USER, cx.user_pin()?))?;
    for object in by_label(cx, session, label)? {
        cx.prepared(cx.c.destroy_object(session, object))?;
    }
    Ok(())
}

fn seen(found: Vec<Object>) -> Attempt {
    if found.is_empty() {
        return resists("nothing is found");
    }
    Ok("the private object is found".into())
}

fn officer(cx: &mut Context<'_>) -> Attempt {
    let pin = cx.so_pin()?;
    let session = cx.session()?;
    let (label, _) = kept(cx, session)?;
    cx.prepared(cx.c.logout(session))?;
    let rv = cx.c.login(session, CKU_SO, pin);
    let found = if rv.is_ok() {
        let found = by_label(cx, session, &label);
        cx.c.logout(session);
        found
    } else {
        cx.prepared(rv).map(|()| Vec::new())
    };
    back(cx, session, &label)?;
    seen(found?)
}

fn child_process(cx: &mut Context<'_>) -> Attempt {
    cx.login_required()?;
    let session = cx.session()?;
    let (label, key) = kept(cx, session)?;
    let context = &*cx;
    let child = in_child(|| inherited(context, session, key, &label));
    cx.c.destroy_object(session, key);
    match child {
        Ok(Child::Said(said)) if said == "nothing" => resists("the child has nothing of the login"),
        Ok(Child::Said(said)) => Ok(format!("in the child, {said}")),
        Ok(Child::Died(how)) => {
            crate::context::fail("the child's calls return", how).map_err(Halt::from)
        }
        Err(error) => not_applicable(format!("no child process: {error}")).map_err(Halt::from),
    }
}

/// What a child can do with its parent's session, and with one of its own.
fn inherited(cx: &Context<'_>, session: Session, key: Object, label: &str) -> String {
    let mechanism = Mechanism::new(CKM_AES_ECB);
    if cx.c.encrypt_init(session, Some(&mechanism), key).is_ok() {
        return "the parent's key encrypts".into();
    }
    cx.c.initialize(None);
    let (rv, own) = cx.c.open_read_write(cx.slot);
    if rv.is_ok() {
        let found = cx.c.find(own, &Template::new().text(CKA_LABEL, label));
        if found.is_ok_and(|found| !found.is_empty()) {
            return "a session of its own finds the private object without a login".into();
        }
    }
    "nothing".into()
}

/// Tries wrong PINs, and then the right one; puts the PIN back where it locked.
fn guess_pin(cx: &mut Context<'_>) -> Attempt {
    let (pin, so_pin) = (cx.user_pin()?, cx.so_pin()?);
    let session = cx.session()?;
    let mut wrong = pin.to_vec();
    if let Some(last) = wrong.last_mut() {
        *last ^= 1;
    }
    let mut tries = 0;
    let mut rv = Rv::new(CKR_OK);
    while tries < 20 {
        rv = cx.c.login(session, CKU_USER, &wrong);
        if rv.0 != CKR_PIN_INCORRECT {
            break;
        }
        tries += 1;
    }
    let right = cx.c.login(session, CKU_USER, pin);
    if right.is_ok() {
        cx.c.logout(session);
        return Ok(format!("{tries} wrong PINs did not lock it"));
    }
    renew(cx.c, cx.facts, so_pin, pin)?;
    resists(format!("{rv} after {tries} wrong PINs"))
}

fn sessions() -> Vec<Case> {
    vec![
        breach("session.object-after-close", spec("5.6.2"), "A session object is gone with its session.", &Story {
            does: "keeps the handle of a session key whose session was closed, and uses it in another session.",
            gains: "a key that its user believes destroyed.",
            cure: "C_CloseSession destroys the objects of the session.",
            source: "PKCS#11 3.1, section 5.6.2.",
        })
        .run(|cx| {
            let (rv, first) = cx.c.open_read_write(cx.slot);
            cx.prepared(rv)?;
            let second = cx.session()?;
            let key = cx.aes(first, 32, &[CKA_ENCRYPT])?;
            cx.prepared(cx.c.attribute_values(second, key, &mut Query::lengths(&[CKA_CLASS])))?;
            cx.prepared(cx.c.close_session(first))?;
            let rv = cx.c.encrypt_init(second, Some(&Mechanism::new(CKM_AES_ECB)), key);
            cx.allowed(rv)?;
            Ok("the key of a closed session encrypts".into())
        }),
        breach("session.destroyed-key", spec("5.7.3"), "A handle of a destroyed key is worth nothing, also after others were made.", &Story {
            does: "keeps the handle of a key that was destroyed and waits until it names another.",
            gains: "the use of a key that he was not given.",
            cure: "handles are not used twice.",
            source: "PKCS#11 3.1, section 5.7.3.",
        })
        .run(|cx| {
            let session = cx.session()?;
            let key = cx.aes(session, 32, &[CKA_ENCRYPT])?;
            cx.prepared(cx.c.destroy_object(session, key))?;
            for _ in 0..8 {
                cx.aes(session, 32, &[CKA_ENCRYPT])?;
            }
            let rv = cx.c.encrypt_init(session, Some(&Mechanism::new(CKM_AES_ECB)), key);
            cx.allowed(rv)?;
            Ok("the handle of a destroyed key names another one".into())
        }),
    ]
}

fn others() -> Vec<Case> {
    vec![
        weakness("dates.expired", spec("4.7"), "A key past its CKA_END_DATE does not encrypt.", &Story {
            does: "uses a key whose end date has passed.",
            gains: "new data under a key that its owner has withdrawn.",
            cure: "a token with a clock refuses; the specification leaves the dates to applications.",
            source: "PKCS#11 3.1, section 4.7; NIST SP 800-57 part 1, section 5.3.",
        })
        .run(|cx| dated(cx, b"20010101", b"20011231")),
        weakness("dates.not-yet", spec("4.7"), "A key before its CKA_START_DATE does not encrypt.", &Story {
            does: "uses a key whose start date has not come.",
            gains: "data under a key before its owner has agreed to it.",
            cure: "a token with a clock refuses; the specification leaves the dates to applications.",
            source: "PKCS#11 3.1, section 4.7.",
        })
        .run(|cx| dated(cx, b"29990101", b"29991231")),
        weakness("public-key.swapped", spec("5.7.1"), "A private key is not imported with a public value that is another key's.", &Story {
            does: "imports a private key that names another key's public half.",
            gains: "encryption or trust by those who read the public key from the private one.",
            cure: "the parts of a key are checked against each other on import.",
            source: "PKCS#11 3.1, section 4.9 (CKA_PUBLIC_KEY_INFO).",
        })
        .run(|cx| {
            cx.mechanism(CKM_RSA_PKCS, CKF_SIGN)?;
            let session = cx.session()?;
            let sound = private(CKK_RSA, &[CKA_SIGN]).and(&rsa_private_parts());
            cx.import(session, &sound)?;
            let mut modulus = unhex(RSA_2048.modulus);
            modulus[128] ^= 1;
            cx.forge(session, &sound.bytes(CKA_MODULUS, &modulus))?;
            Ok("a private key with another modulus was imported".into())
        }),
    ]
}

fn dated(cx: &mut Context<'_>, start: &[u8], end: &[u8]) -> Attempt {
    cx.mechanism(CKM_AES_ECB, CKF_ENCRYPT)?;
    let session = cx.session()?;
    let template = secret(CKK_AES, &[CKA_ENCRYPT])
        .bytes(CKA_START_DATE, start)
        .bytes(CKA_END_DATE, end);
    let key = cx.aes_with(session, 32, &template)?;
    if cx.c.attribute(session, key, CKA_END_DATE) != Ok(end.to_vec()) {
        not_applicable("CKA_END_DATE is not kept")?;
    }
    cx.let_through(cx.encrypt_once(session, &Mechanism::new(CKM_AES_ECB), key, &[1; 16]))?;
    Ok("the key encrypts".into())
}
