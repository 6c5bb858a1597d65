//! Decrypting messages (PKCS#11 3.1 section 5.11).

use cryptoki_sys::*;

use super::ciphers::{CIPHERS, Cipher, Message, Process};
use super::encrypting::since;
use crate::c::{Out, Output};
use crate::case::{Case, Outcome, case, spec};
use crate::context::Context;
use crate::operations::mechanisms::pattern;
use crate::operations::parameters::AAD;

/// Something to change: its name, what it is, and how.
type Change = (&'static str, &'static str, fn(&mut Sealed));

const CHANGES: &[Change] = &[
    ("ciphertext", "a changed ciphertext", |sealed| {
        sealed.ciphertext[0] ^= 1;
    }),
    ("tag", "a changed tag", |sealed| sealed.message.tag[15] ^= 1),
    ("aad", "other associated data", |sealed| sealed.aad[0] ^= 1),
    ("iv", "another initialisation vector", |sealed| {
        sealed.message.iv[0] ^= 1;
    }),
];

/// A message that was encrypted by `C_Encrypt`.
struct Sealed {
    message: Message,
    aad: Vec<u8>,
    ciphertext: Vec<u8>,
}

/// Returns the cases.
pub(crate) fn cases() -> Vec<Case> {
    let changes = |cipher| CHANGES.iter().map(move |change| changed(cipher, change));
    CIPHERS
        .iter()
        .flat_map(|cipher| of(cipher).into_iter().chain(changes(cipher)))
        .map(since)
        .collect()
}

/// Seals a message, and starts decrypting.
fn sealed(cx: &mut Context<'_>, cipher: &'static Cipher) -> Outcome<(Process, Sealed)> {
    let process = Process::new(cx, cipher, false)?;
    let (ciphertext, tag) = process.plain(cx, &pattern(37))?;
    cx.ok(process.init(cx))?;
    let message = Message::tagged(37, &tag);
    Ok((
        process,
        Sealed {
            message,
            aad: AAD.to_vec(),
            ciphertext,
        },
    ))
}

fn open(cx: &Context<'_>, process: &Process, sealed: &Sealed, out: Out) -> Output {
    let parameter = process.cipher.parameter(&sealed.message);
    cx.c.decrypt_message(
        process.session,
        Some(&parameter),
        &sealed.aad,
        &sealed.ciphertext,
        out,
    )
}

fn opens(cx: &Context<'_>, process: &Process, sealed: &Sealed) -> Outcome {
    let given = open(cx, process, sealed, Out::Room(64));
    cx.ok(given.rv)?;
    cx.equal_bytes("the plaintext", &pattern(37), &given.bytes)
}

fn of(cipher: &'static Cipher) -> Vec<Case> {
    let name = cipher.name();
    let id = |rule: &str| format!("message.decrypt.{rule}.{}", cipher.id);
    vec![
        case(id("single"), spec("5.11.2"), format!("C_DecryptMessage with {name} decrypts what C_Encrypt made, as often as it is asked to."))
            .run(move |cx| {
                let (process, sealed) = sealed(cx, cipher)?;
                opens(cx, &process, &sealed)?;
                opens(cx, &process, &sealed)?;
                process.end(cx)
            }),
        case(id("query"), spec("5.2"), format!("C_DecryptMessage with {name} and without a buffer tells a sufficient length."))
            .run(move |cx| {
                let (process, sealed) = sealed(cx, cipher)?;
                let asked = open(cx, &process, &sealed, Out::Length);
                cx.ok(asked.rv)?;
                cx.check(asked.length >= 37, "at least 37 bytes are told", asked.length.to_string())?;
                opens(cx, &process, &sealed)?;
                process.end(cx)
            }),
        case(id("small"), spec("5.2"), format!("C_DecryptMessage with {name} and too small a buffer answers CKR_BUFFER_TOO_SMALL, and the process goes on."))
            .run(move |cx| {
                let (process, sealed) = sealed(cx, cipher)?;
                let short = open(cx, &process, &sealed, Out::Room(36));
                cx.expect(short.rv, CKR_BUFFER_TOO_SMALL)?;
                opens(cx, &process, &sealed)?;
                process.end(cx)
            }),
        case(id("parts"), spec("5.11.4"), format!("A message in parts with {name} decrypts to the same plaintext."))
            .run(move |cx| {
                cx.mechanism(cipher.kind, CKF_MULTI_MESSAGE)?;
                let (process, sealed) = sealed(cx, cipher)?;
                for size in [1, 16, 37] {
                    let last = in_parts(cx, &process, &sealed, size)?;
                    cx.ok(last.rv)?;
                    cx.equal_bytes("the plaintext", &pattern(37), &last.bytes)?;
                }
                process.end(cx)
            }),
        case(id("changed-in-parts"), spec("5.11.4"), format!("The last part of a message with {name} and a wrong tag answers CKR_AEAD_DECRYPT_FAILED."))
            .run(move |cx| {
                cx.mechanism(cipher.kind, CKF_MULTI_MESSAGE)?;
                let (process, mut sealed) = sealed(cx, cipher)?;
                sealed.message.tag[15] ^= 1;
                let last = in_parts(cx, &process, &sealed, 16)?;
                cx.expect(last.rv, CKR_AEAD_DECRYPT_FAILED)?;
                sealed.message.tag[15] ^= 1;
                opens(cx, &process, &sealed)?;
                process.end(cx)
            }),
    ]
}

/// Decrypts in parts; returns the last call's code with all the bytes that were given.
fn in_parts(cx: &Context<'_>, process: &Process, sealed: &Sealed, size: usize) -> Outcome<Output> {
    let parameter = process.cipher.parameter(&sealed.message);
    cx.ok(cx
        .c
        .decrypt_message_begin(process.session, Some(&parameter), &sealed.aad))?;
    let parts: Vec<_> = sealed.ciphertext.chunks(size).collect();
    let (last, first) = parts.split_last().expect("a message has a part");
    let mut given = Vec::new();
    for part in first {
        let output =
            cx.c.decrypt_message_next(process.session, Some(&parameter), part, Out::Room(64), 0);
        cx.ok(output.rv)?;
        given.extend(output.bytes);
    }
    let end = CKF_END_OF_MESSAGE;
    let mut output =
        cx.c.decrypt_message_next(process.session, Some(&parameter), last, Out::Room(64), end);
    output.bytes = [given, output.bytes].concat();
    Ok(output)
}

fn changed(cipher: &'static Cipher, change: &'static Change) -> Case {
    case(
        format!("message.decrypt.changed-{}.{}", change.0, cipher.id),
        spec("5.11.2"),
        format!("C_DecryptMessage with {} and {} answers CKR_AEAD_DECRYPT_FAILED, and the process goes on.", cipher.name(), change.1),
    )
    .run(move |cx| {
        let (process, good) = sealed(cx, cipher)?;
        let mut bad = Sealed {
            message: Message::tagged(37, &good.message.tag),
            aad: good.aad.clone(),
            ciphertext: good.ciphertext.clone(),
        };
        (change.2)(&mut bad);
        let refused = open(cx, &process, &bad, Out::Room(64));
        cx.expect(refused.rv, CKR_AEAD_DECRYPT_FAILED)?;
        opens(cx, &process, &good)?;
        process.end(cx)
    })
}
