//! The calls that a game is made of.

use cryptoki_sys::*;

use super::templates::{ASKED, change, object};
use super::{OBJECTS, Player, Rng, SESSIONS, Step, step};
use crate::c::{
    Arg, Function, Mechanism, Object, Out, Query, Rv, Session, Structure, Template, names,
};

/// One call of a game.
pub(super) type Action = fn(&mut Player<'_>) -> Step;

#[rustfmt::skip] // A table reads by its columns.
const ACTIONS: &[(usize, Action)] = &[
    (2,  reopen),
    (10, create),
    (4,  generate),
    (3,  copy),
    (2,  destroy),
    (8,  ask),
    (4,  set),
    (3,  find),
    (12, start),
    (10, update),
    (10, finish),
    (8,  single),
    (3,  wrap),
    (2,  random),
    (2,  session_info),
];

/// Picks a call by its weight.
pub(super) fn pick(rng: &mut Rng) -> Action {
    let total = ACTIONS.iter().map(|row| row.0).sum();
    let mut at = rng.below(total);
    for (weight, action) in ACTIONS {
        if at < *weight {
            return *action;
        }
        at -= weight;
    }
    unreachable!("the number is below the sum of the weights")
}

/// The operations that have a start, parts and an end.
#[derive(Clone, Copy)]
enum Family {
    Decrypt,
    Digest,
    Encrypt,
    Sign,
    Verify,
}

const FAMILIES: &[Family] = &[
    Family::Decrypt,
    Family::Digest,
    Family::Encrypt,
    Family::Sign,
    Family::Verify,
];

impl Family {
    fn name(self) -> &'static str {
        match self {
            Self::Decrypt => "Decrypt",
            Self::Digest => "Digest",
            Self::Encrypt => "Encrypt",
            Self::Sign => "Sign",
            Self::Verify => "Verify",
        }
    }
}

/// Opens a session in a place.
pub(super) fn open(player: &mut Player<'_>, index: usize, read_write: bool) -> Step {
    let flags = CKF_SERIAL_SESSION | if read_write { CKF_RW_SESSION } else { 0 };
    let (rv, session) = player.module.open_session(player.slot, flags);
    player.sessions[index] = session;
    let changed = step(
        "C_OpenSession",
        format!("session {index}, read/write {read_write}"),
        rv,
    );
    changed.changes(format!("session {index}"))
}

fn reopen(player: &mut Player<'_>) -> Step {
    let (index, session) = session(player);
    let read_write = !player.rng.once_in(4);
    player.module.close_session(session);
    let opened = open(player, index, read_write);
    // Objects and operations of the closed session are gone; which they are depends on earlier answers.
    FAMILIES.iter().fold(opened, |step, family| {
        step.changes(format!("session {index} {}", family.name()))
    })
}

fn session(player: &mut Player<'_>) -> (usize, Session) {
    let index = player.rng.below(SESSIONS);
    let wild = player.wild && player.rng.once_in(20);
    (
        index,
        if wild {
            Session(player.rng.next())
        } else {
            player.sessions[index]
        },
    )
}

fn place(player: &mut Player<'_>) -> (usize, Object) {
    let index = player.rng.below(OBJECTS);
    let wild = player.wild && player.rng.once_in(20);
    (
        index,
        if wild {
            Object(player.rng.next())
        } else {
            player.objects[index]
        },
    )
}

/// An object that dies with its session is no longer what both modules have when sessions are reopened, so all live in the first.
fn home(player: &Player<'_>) -> Session {
    player.sessions[0]
}

fn create(player: &mut Player<'_>) -> Step {
    let (index, _) = place(player);
    let (template, words) = object(&mut player.rng);
    let (rv, made) = player.module.create_object(home(player), &template);
    player.objects[index] = if rv.is_ok() { made } else { Object(0) };
    step("C_CreateObject", format!("{words} as object {index}"), rv)
        .uses("session 0")
        .changes(format!("object {index}"))
}

fn generate(player: &mut Player<'_>) -> Step {
    let (index, _) = place(player);
    let size = player.rng.pick(&[16, 24, 32, 17, 0]);
    let encrypts = player.rng.once_in(2);
    let template = Template::new()
        .flag(CKA_TOKEN, false)
        .number(CKA_VALUE_LEN, size)
        .flag(CKA_ENCRYPT, encrypts)
        .flag(CKA_DECRYPT, encrypts)
        .flag(CKA_EXTRACTABLE, true);
    let (rv, key) =
        player
            .module
            .generate_key(home(player), &Mechanism::new(CKM_AES_KEY_GEN), &template);
    player.objects[index] = if rv.is_ok() { key } else { Object(0) };
    step(
        "C_GenerateKey",
        format!("AES of {size} bytes as object {index}"),
        rv,
    )
    .uses("session 0")
    .changes(format!("object {index}"))
    .changes(format!("value {index}"))
}

fn copy(player: &mut Player<'_>) -> Step {
    let (from, object) = place(player);
    let (to, _) = place(player);
    let (template, words) = change(&mut player.rng);
    let (rv, made) = player.module.copy_object(home(player), object, &template);
    player.objects[to] = if rv.is_ok() { made } else { Object(0) };
    step(
        "C_CopyObject",
        format!("object {from} to {to} with {words}"),
        rv,
    )
    .uses("session 0")
    .uses(format!("object {from}"))
    .changes(format!("object {to}"))
}

fn destroy(player: &mut Player<'_>) -> Step {
    let (index, object) = place(player);
    let rv = player.module.destroy_object(home(player), object);
    step("C_DestroyObject", format!("object {index}"), rv)
        .uses("session 0")
        .uses(format!("object {index}"))
        .changes(format!("object {index}"))
}

/// Codes of `C_GetAttributeValue` that tell of single attributes, beside `CKR_OK`.
const ANSWERS: &[CK_RV] = &[
    CKR_ATTRIBUTE_SENSITIVE,
    CKR_ATTRIBUTE_TYPE_INVALID,
    CKR_BUFFER_TOO_SMALL,
];

fn ask(player: &mut Player<'_>) -> Step {
    let (at, session) = session(player);
    let (index, object) = place(player);
    let kind = player.rng.pick(ASKED);
    let room = player.rng.pick(&[None, Some(0), Some(1), Some(512)]);
    let mut query = Query::of([(kind, room)]);
    let rv = player.module.attribute_values(session, object, &mut query);
    let name = names::name(names::ATTRIBUTES, kind);
    let gave = match (rv.is_ok(), query.length(0)) {
        (true, Some(length)) => format!(
            "{length} bytes {}",
            query.value(0).map(hex::encode).unwrap_or_default()
        ),
        // Other codes are errors, after which nothing is promised of what was asked for.
        (_, length) if ANSWERS.contains(&rv.0) => format!("length {length:?}"),
        _ => String::new(),
    };
    let asked = step(
        "C_GetAttributeValue",
        format!("{name} of object {index}, room {room:?}"),
        rv,
    );
    // A key that was generated has a value of its own.
    let gave = if kind == CKA_VALUE {
        String::new()
    } else {
        gave
    };
    asked
        .gave(gave)
        .uses(format!("session {at}"))
        .uses(format!("object {index}"))
}

fn set(player: &mut Player<'_>) -> Step {
    let (index, object) = place(player);
    let (template, words) = change(&mut player.rng);
    let rv = player
        .module
        .set_attribute_values(home(player), object, &template);
    step(
        "C_SetAttributeValue",
        format!("{words} of object {index}"),
        rv,
    )
    .uses("session 0")
    .uses(format!("object {index}"))
    .changes(format!("object {index}"))
}

fn find(player: &mut Player<'_>) -> Step {
    let (at, session) = session(player);
    let odd = player.rng.once_in(3);
    let rv = if odd {
        player.module.find_objects(session, 4).rv
    } else {
        let found = player
            .module
            .find(session, &Template::class(CKO_SECRET_KEY));
        Rv::of_result(Function::C_FindObjects, found)
    };
    step(
        "C_FindObjects",
        format!("session {at}, without a start {odd}"),
        rv,
    )
    .uses(format!("session {at}"))
}

/// A mechanism that most modules have, and the families that it serves.
fn mechanism(player: &mut Player<'_>, family: Family) -> (Mechanism, String) {
    let rng = &mut player.rng;
    let mechanism = match (family, rng.below(4)) {
        (Family::Digest, 0) => Mechanism::new(CKM_SHA_1),
        (Family::Digest, 1) => Mechanism::new(CKM_SHA512),
        (Family::Digest, _) => Mechanism::new(CKM_SHA256),
        (Family::Encrypt | Family::Decrypt, 0) => Mechanism::new(CKM_AES_ECB),
        (Family::Encrypt | Family::Decrypt, 1) => Mechanism::with_bytes(CKM_AES_CBC, &[7; 16]),
        (Family::Encrypt | Family::Decrypt, 2) => Mechanism::with_bytes(CKM_AES_CBC_PAD, &[7; 16]),
        (Family::Encrypt | Family::Decrypt, _) => Mechanism::with(CKM_AES_GCM, gcm()),
        (Family::Sign | Family::Verify, 0) => Mechanism::new(CKM_SHA256_HMAC),
        (Family::Sign | Family::Verify, 1) => Mechanism::new(CKM_SHA256_RSA_PKCS),
        (Family::Sign | Family::Verify, 2) => Mechanism::new(CKM_ECDSA),
        (Family::Sign | Family::Verify, _) => Mechanism::new(CKM_RSA_PKCS),
    };
    let mut words = mechanism.name();
    let mechanism = match rng.below(12) {
        0 => {
            words.push_str(" with a parameter that is cut");
            mechanism.length(3)
        }
        1 => {
            words = "CKM_RC4".to_owned();
            Mechanism::new(CKM_RC4)
        }
        _ => mechanism,
    };
    (mechanism, words)
}

fn gcm() -> Structure {
    Structure::new()
        .counted(&[5; 12])
        .number(96)
        .counted(b"header")
        .number(128)
}

fn start(player: &mut Player<'_>) -> Step {
    let (at, session) = session(player);
    let (index, key) = place(player);
    let family = player.rng.pick(FAMILIES);
    let (mechanism, words) = mechanism(player, family);
    let rv = match family {
        Family::Decrypt => player.module.decrypt_init(session, Some(&mechanism), key),
        Family::Digest => player.module.digest_init(session, Some(&mechanism)),
        Family::Encrypt => player.module.encrypt_init(session, Some(&mechanism), key),
        Family::Sign => player.module.sign_init(session, Some(&mechanism), key),
        Family::Verify => player.module.verify_init(session, Some(&mechanism), key),
    };
    let name = family.name();
    step(
        &format!("C_{name}Init"),
        format!("{words} with object {index} in session {at}"),
        rv,
    )
    .uses(format!("session {at}"))
    .uses(format!("session {at} {name}"))
    .uses(format!("object {index}"))
    .changes(format!("session {at} {name}"))
}

fn out(rng: &mut Rng) -> Out {
    match rng.below(8) {
        0 => Out::Length,
        1 => Out::Room(rng.below(20)),
        _ => Out::Room(600),
    }
}

fn data(rng: &mut Rng) -> Vec<u8> {
    let size = rng.pick(&[0, 1, 15, 16, 17, 32, 32, 100]);
    vec![0x61; size]
}

/// Notes a step of an operation.
fn operation(
    at: usize,
    family: Family,
    suffix: &str,
    words: String,
    rv: Rv,
    length: Option<u64>,
) -> Step {
    let name = family.name();
    let gave = length
        .map(|length| format!("length {length}"))
        .unwrap_or_default();
    step(&format!("C_{name}{suffix}"), words, rv)
        .gave(gave)
        .uses(format!("session {at}"))
        .uses(format!("session {at} {name}"))
        .changes(format!("session {at} {name}"))
}

fn update(player: &mut Player<'_>) -> Step {
    let (at, session) = session(player);
    let family = player.rng.pick(FAMILIES);
    let data = data(&mut player.rng);
    let out = out(&mut player.rng);
    let words = format!("{} bytes in session {at}, {out:?}", data.len());
    let c = player.module;
    let rv = match family {
        Family::Decrypt => c.decrypt_update(session, &data, out).rv,
        Family::Encrypt => c.encrypt_update(session, &data, out).rv,
        Family::Digest => c.digest_update(session, &data),
        Family::Sign => c.sign_update(session, &data),
        Family::Verify => c.verify_update(session, &data),
    };
    // How much a module holds back is its own affair until the end.
    operation(at, family, "Update", words, rv, None)
}

fn finish(player: &mut Player<'_>) -> Step {
    let (at, session) = session(player);
    let family = player.rng.pick(FAMILIES);
    let out = out(&mut player.rng);
    let words = format!("session {at}, {out:?}");
    let c = player.module;
    let rv = match family {
        Family::Decrypt => c.decrypt_final(session, out).rv,
        Family::Encrypt => c.encrypt_final(session, out).rv,
        Family::Digest => c.digest_final(session, out).rv,
        Family::Sign => c.sign_final(session, out).rv,
        Family::Verify => c.verify_final(session, &[0; 32]),
    };
    operation(at, family, "Final", words, rv, None)
}

fn single(player: &mut Player<'_>) -> Step {
    let (at, session) = session(player);
    let family = player.rng.pick(FAMILIES);
    let data = data(&mut player.rng);
    let out = out(&mut player.rng);
    let words = format!("{} bytes in session {at}, {out:?}", data.len());
    let c = player.module;
    let (rv, length) = match family {
        Family::Decrypt => answer(&c.decrypt(session, &data, out)),
        Family::Encrypt => answer(&c.encrypt(session, &data, out)),
        Family::Digest => answer(&c.digest(session, &data, out)),
        Family::Sign => answer(&c.sign(session, &data, out)),
        Family::Verify => (c.verify(session, &data, &[0; 32]), None),
    };
    operation(
        at,
        family,
        "",
        words,
        rv,
        length.filter(|_| rv.is_ok() && out != Out::Length),
    )
}

fn answer(output: &crate::c::Output) -> (Rv, Option<u64>) {
    (output.rv, Some(output.length))
}

fn wrap(player: &mut Player<'_>) -> Step {
    let (wrapping, first) = place(player);
    let (wrapped, second) = place(player);
    let mechanism = Mechanism::new(CKM_AES_KEY_WRAP);
    let output = player
        .module
        .wrap_key(home(player), &mechanism, first, second, Out::Room(256));
    step(
        "C_WrapKey",
        format!("object {wrapped} under object {wrapping}"),
        output.rv,
    )
    .uses("session 0")
    .uses(format!("object {wrapping}"))
    .uses(format!("object {wrapped}"))
}

fn random(player: &mut Player<'_>) -> Step {
    let (at, session) = session(player);
    let size = player.rng.pick(&[0, 1, 32, 1000]);
    let null = player.wild && player.rng.once_in(4);
    let rv = if null {
        player.module.call(
            Function::C_GenerateRandom,
            vec![Arg::Number(session.0), Arg::Null, Arg::Number(16)],
        )
    } else {
        player.module.generate_random(session, size).0
    };
    step(
        "C_GenerateRandom",
        format!("{size} bytes in session {at}"),
        rv,
    )
    .uses(format!("session {at}"))
}

fn session_info(player: &mut Player<'_>) -> Step {
    let (at, session) = session(player);
    let (rv, info) = player.module.session_info(session);
    let gave = if rv.is_ok() {
        format!(
            "{} {:#x}",
            names::name(names::STATES, info.state),
            info.flags
        )
    } else {
        String::new()
    };
    step("C_GetSessionInfo", format!("session {at}"), rv)
        .gave(gave)
        .uses(format!("session {at}"))
}
