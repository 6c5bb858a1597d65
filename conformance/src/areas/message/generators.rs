//! Initialisation vectors that the module makes (PKCS#11 3.1 section 6.13).

use cryptoki_sys::*;

use super::ciphers::{CIPHERS, Cipher, Message, Process};
use super::encrypting::since;
use crate::c::Out;
use crate::case::{Case, Outcome, case, spec};
use crate::context::{Context, not_applicable};
use crate::operations::mechanisms::pattern;
use crate::operations::parameters::{AAD, IV, NONCE};

/// The generators; a module must know the first.
const GENERATORS: &[(CK_GENERATOR_FUNCTION, &str, &str)] = &[
    (CKG_GENERATE, "any", "CKG_GENERATE"),
    (CKG_GENERATE_COUNTER, "counter", "CKG_GENERATE_COUNTER"),
    (
        CKG_GENERATE_COUNTER_XOR,
        "counter-xor",
        "CKG_GENERATE_COUNTER_XOR",
    ),
    (CKG_GENERATE_RANDOM, "random", "CKG_GENERATE_RANDOM"),
];

/// How many bits of a vector stay as the application gave them, in the cases that are about it.
const FIXED: usize = 32;

/// Returns the cases.
pub(crate) fn cases() -> Vec<Case> {
    let with = CIPHERS
        .iter()
        .filter(|cipher| cipher.kind != CKM_CHACHA20_POLY1305);
    with.flat_map(|cipher| GENERATORS.iter().flat_map(move |row| of(cipher, *row)))
        .map(since)
        .collect()
}

fn of(cipher: &'static Cipher, row: (CK_GENERATOR_FUNCTION, &str, &str)) -> [Case; 2] {
    let (generator, id, constant) = row;
    let name = cipher.name();
    [
        case(
            format!("message.generate.{id}.{}", cipher.id),
            spec("6.13"),
            format!("C_EncryptMessage with {name} and {constant} makes another initialisation vector for each message, tells it, and the message decrypts with it."),
        )
        .run(move |cx| generated(cx, cipher, generator, 0)),
        case(
            format!("message.generate.{id}-fixed.{}", cipher.id),
            spec("6.13"),
            format!("C_EncryptMessage with {name}, {constant} and {FIXED} fixed bits leaves those bits alone."),
        )
        .run(move |cx| generated(cx, cipher, generator, FIXED)),
    ]
}

fn generated(
    cx: &mut Context<'_>,
    cipher: &'static Cipher,
    generator: CK_GENERATOR_FUNCTION,
    fixed: usize,
) -> Outcome {
    let process = Process::started(cx, cipher, true)?;
    cx.mechanism(cipher.kind, CKF_MESSAGE_DECRYPT)?;
    let data = pattern(37);
    let mut made: Vec<(Vec<u8>, Vec<u8>, Vec<u8>)> = Vec::new();
    for _ in 0..4 {
        let message = Message {
            generator,
            fixed_bits: fixed as u64,
            ..Message::new(data.len())
        };
        let parameter = cipher.parameter(&message);
        let given =
            cx.c.encrypt_message(process.session, Some(&parameter), AAD, &data, Out::Room(64));
        let optional = generator != CKG_GENERATE || fixed != 0;
        let refused = [CKR_MECHANISM_PARAM_INVALID, CKR_ARGUMENTS_BAD];
        if optional && refused.contains(&given.rv.0) {
            return not_applicable("the token does not generate vectors this way");
        }
        cx.ok(given.rv)?;
        let iv = parameter.read(0).to_vec();
        cx.equal_bytes("the fixed bits", &IV[..fixed / 8], &iv[..fixed / 8])?;
        cx.check(
            !made.iter().any(|one| one.0 == iv),
            "another vector",
            hex::encode(&iv),
        )?;
        made.push((iv, given.bytes, cipher.tag_of(&parameter).to_vec()));
    }
    process.end(cx)?;
    let decrypting = Process {
        encrypts: false,
        ..process
    };
    cx.ok(decrypting.init(cx))?;
    for (iv, ciphertext, tag) in made {
        cx.equal("the vector's length", &NONCE, &iv.len())?;
        let message = Message {
            iv,
            ..Message::tagged(data.len(), &tag)
        };
        let parameter = cipher.parameter(&message);
        let opened = cx.c.decrypt_message(
            decrypting.session,
            Some(&parameter),
            AAD,
            &ciphertext,
            Out::Room(64),
        );
        cx.ok(opened.rv)?;
        cx.equal_bytes("the plaintext", &data, &opened.bytes)?;
    }
    decrypting.end(cx)
}
