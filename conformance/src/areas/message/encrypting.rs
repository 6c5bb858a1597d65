//! Encrypting messages (PKCS#11 3.1 section 5.9).

use cryptoki_sys::*;

use super::ciphers::{CIPHERS, Cipher, Message, Process};
use crate::c::Out;
use crate::c::function::Version;
use crate::case::{Case, Outcome, case, spec};
use crate::context::Context;
use crate::operations::mechanisms::pattern;
use crate::operations::parameters::AAD;

/// Returns the cases.
pub(crate) fn cases() -> Vec<Case> {
    CIPHERS.iter().flat_map(of).collect()
}

fn of(cipher: &'static Cipher) -> Vec<Case> {
    let name = cipher.name();
    let id = |rule: &str| format!("message.encrypt.{rule}.{}", cipher.id);
    let made = vec![
        case(id("single"), spec("5.9.2"), format!("C_EncryptMessage with {name} gives the ciphertext and the tag that C_Encrypt gives."))
            .run(move |cx| {
                let process = Process::started_with_vectors(cx, cipher)?;
                let (ciphertext, tag) = process.encrypt(cx, &pattern(37))?;
                process.end(cx)?;
                let (expected, expected_tag) = process.plain(cx, &pattern(37))?;
                cx.equal_bytes("the ciphertext", &expected, &ciphertext)?;
                cx.equal_bytes("the tag", &expected_tag, &tag)
            }),
        case(id("many"), spec("5.9.1"), format!("One process with {name} encrypts one message after another."))
            .run(move |cx| {
                let process = Process::started_with_vectors(cx, cipher)?;
                let mut sealed = Vec::new();
                for length in [1, 16, 37, 100] {
                    sealed.push((length, process.encrypt(cx, &pattern(length))?));
                }
                process.end(cx)?;
                for (length, (ciphertext, tag)) in sealed {
                    let (expected, expected_tag) = process.plain(cx, &pattern(length))?;
                    cx.equal_bytes("the ciphertext", &expected, &ciphertext)?;
                    cx.equal_bytes("the tag", &expected_tag, &tag)?;
                }
                Ok(())
            }),
        case(id("nothing"), spec("5.9.2"), format!("C_EncryptMessage with {name} authenticates a message of no bytes."))
            .run(move |cx| {
                let process = Process::started_with_vectors(cx, cipher)?;
                let (ciphertext, tag) = process.encrypt(cx, &[])?;
                process.end(cx)?;
                let (_, expected) = process.plain(cx, &[])?;
                cx.equal("bytes of ciphertext", &0, &ciphertext.len())?;
                cx.equal_bytes("the tag", &expected, &tag)
            }),
        case(id("query"), spec("5.2"), format!("C_EncryptMessage with {name} and without a buffer tells a sufficient length."))
            .run(move |cx| {
                let process = Process::started_with_vectors(cx, cipher)?;
                let parameter = cipher.parameter(&Message::new(37));
                let asked = cx.c.encrypt_message(process.session, Some(&parameter), AAD, &pattern(37), Out::Length);
                cx.ok(asked.rv)?;
                cx.check(asked.length >= 37, "at least 37 bytes are told", asked.length.to_string())?;
                process.encrypt(cx, &pattern(37))?;
                process.end(cx)
            }),
        case(id("small"), spec("5.2"), format!("C_EncryptMessage with {name} and too small a buffer answers CKR_BUFFER_TOO_SMALL, and the process goes on."))
            .run(move |cx| {
                let process = Process::started_with_vectors(cx, cipher)?;
                let parameter = cipher.parameter(&Message::new(37));
                let short = cx.c.encrypt_message(process.session, Some(&parameter), AAD, &pattern(37), Out::Room(36));
                cx.expect(short.rv, CKR_BUFFER_TOO_SMALL)?;
                process.encrypt(cx, &pattern(37))?;
                process.end(cx)
            }),
        case(id("parts"), spec("5.9.4"), format!("A message in parts with {name} gives the ciphertext and the tag of a message in one."))
            .run(move |cx| in_parts(cx, cipher)),
    ];
    made.into_iter().map(since).collect()
}

/// All of this came with version 3.0.
pub(super) fn since(mut case: Case) -> Case {
    case.since = Version::V3_0;
    case
}

fn in_parts(cx: &mut Context<'_>, cipher: &'static Cipher) -> Outcome {
    cx.mechanism(cipher.kind, CKF_MULTI_MESSAGE)?;
    let process = Process::started_with_vectors(cx, cipher)?;
    let data = pattern(100);
    for size in [1, 15, 16, 33, 100] {
        let parameter = cipher.parameter(&Message::new(data.len()));
        cx.ok(cx
            .c
            .encrypt_message_begin(process.session, Some(&parameter), AAD))?;
        let parts: Vec<_> = data.chunks(size).collect();
        let mut given = Vec::new();
        for (index, part) in parts.iter().enumerate() {
            let flags = if index + 1 == parts.len() {
                CKF_END_OF_MESSAGE
            } else {
                0
            };
            let room = Out::Room(part.len() + 32);
            let output =
                cx.c.encrypt_message_next(process.session, Some(&parameter), part, room, flags);
            cx.ok(output.rv)?;
            given.extend(output.bytes);
        }
        let (ciphertext, tag) = process.encrypt(cx, &data)?;
        cx.equal_bytes(
            &format!("the ciphertext in parts of {size}"),
            &ciphertext,
            &given,
        )?;
        cx.equal_bytes("the tag", &tag, cipher.tag_of(&parameter))?;
    }
    process.end(cx)
}
