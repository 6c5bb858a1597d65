//! The order of the calls that encrypt and decrypt messages.

use cryptoki_sys::*;

use super::ciphers::{CIPHERS, Cipher, Message, Process};
use super::encrypting::since;
use crate::c::{Arg, Function, Mechanism, Object, Out, Rv, Session};
use crate::case::{Case, Outcome, Section, case, spec};
use crate::context::Context;
use crate::operations::material::{Wanted, keys};
use crate::operations::mechanisms::{KeyKind, pattern};
use crate::operations::parameters::AAD;

/// Every function that needs a process, with its section.
const FUNCTIONS: &[(Function, &str)] = &[
    (Function::C_EncryptMessage, "5.9.2"),
    (Function::C_EncryptMessageBegin, "5.9.3"),
    (Function::C_EncryptMessageNext, "5.9.4"),
    (Function::C_MessageEncryptFinal, "5.9.5"),
    (Function::C_DecryptMessage, "5.11.2"),
    (Function::C_DecryptMessageBegin, "5.11.3"),
    (Function::C_DecryptMessageNext, "5.11.4"),
    (Function::C_MessageDecryptFinal, "5.11.5"),
    (Function::C_SignMessage, "5.14.2"),
    (Function::C_SignMessageBegin, "5.14.3"),
    (Function::C_SignMessageNext, "5.14.4"),
    (Function::C_MessageSignFinal, "5.14.5"),
    (Function::C_VerifyMessage, "5.16.2"),
    (Function::C_VerifyMessageBegin, "5.16.3"),
    (Function::C_VerifyMessageNext, "5.16.4"),
    (Function::C_MessageVerifyFinal, "5.16.5"),
];

/// Returns the cases.
pub(crate) fn cases() -> Vec<Case> {
    let unstarted = FUNCTIONS.iter().map(|(function, section)| {
        case(
            format!("message.unstarted.{function}"),
            spec(section),
            format!("{function} without a process answers CKR_OPERATION_NOT_INITIALIZED."),
        )
        .run(move |cx| {
            let session = cx.session()?;
            cx.expect(call(cx, session, *function), CKR_OPERATION_NOT_INITIALIZED)
        })
    });
    let both = [true, false].into_iter();
    unstarted
        .chain(both.flat_map(|encrypts| of(&CIPHERS[0], encrypts)))
        .chain(keys_of())
        .map(since)
        .collect()
}

/// Calls a function with plain arguments.
fn call(cx: &Context<'_>, session: Session, function: Function) -> Rv {
    use Function::*;

    const DATA: &[u8] = &[0x11; 32];
    const ROOM: Out = Out::Room(512);
    let parameter = CIPHERS[0].parameter(&Message::new(32));
    let some = Some(&parameter);
    match function {
        C_EncryptMessage => cx.c.encrypt_message(session, some, AAD, DATA, ROOM).rv,
        C_EncryptMessageBegin => cx.c.encrypt_message_begin(session, some, AAD),
        C_EncryptMessageNext => cx.c.encrypt_message_next(session, some, DATA, ROOM, 0).rv,
        C_MessageEncryptFinal => cx.c.message_encrypt_final(session),
        C_DecryptMessage => cx.c.decrypt_message(session, some, AAD, DATA, ROOM).rv,
        C_DecryptMessageBegin => cx.c.decrypt_message_begin(session, some, AAD),
        C_DecryptMessageNext => cx.c.decrypt_message_next(session, some, DATA, ROOM, 0).rv,
        C_MessageDecryptFinal => cx.c.message_decrypt_final(session),
        C_SignMessage => cx.c.sign_message(session, None, DATA, ROOM).rv,
        C_SignMessageBegin => cx.c.sign_message_begin(session, None),
        C_SignMessageNext => cx.c.sign_message_more(session, None, DATA),
        C_MessageSignFinal => cx.c.message_sign_final(session),
        C_VerifyMessage => cx.c.verify_message(session, None, DATA, DATA),
        C_VerifyMessageBegin => cx.c.verify_message_begin(session, None),
        C_VerifyMessageNext => cx.c.verify_message_next(session, None, DATA, &[]),
        _ => cx.c.message_verify_final(session),
    }
}

/// The functions of one direction: start, all at once, begin, next, end.
struct Side {
    word: &'static str,
    encrypts: bool,
    init: Function,
    single: Function,
    begin: Function,
    next: Function,
    finish: Function,
}

fn side(encrypts: bool) -> Side {
    use Function::*;

    let (word, [init, single, begin, next, finish]) = if encrypts {
        (
            "encrypt",
            [
                C_MessageEncryptInit,
                C_EncryptMessage,
                C_EncryptMessageBegin,
                C_EncryptMessageNext,
                C_MessageEncryptFinal,
            ],
        )
    } else {
        (
            "decrypt",
            [
                C_MessageDecryptInit,
                C_DecryptMessage,
                C_DecryptMessageBegin,
                C_DecryptMessageNext,
                C_MessageDecryptFinal,
            ],
        )
    };
    Side {
        word,
        encrypts,
        init,
        single,
        begin,
        next,
        finish,
    }
}

fn section(side: &Side, part: u8) -> Section {
    match (side.encrypts, part) {
        (true, 1) => spec("5.9.1"),
        (true, 3) => spec("5.9.3"),
        (true, 4) => spec("5.9.4"),
        (true, 5) => spec("5.9.5"),
        (true, _) => spec("5.9.2"),
        (false, 1) => spec("5.11.1"),
        (false, 3) => spec("5.11.3"),
        (false, 4) => spec("5.11.4"),
        (false, 5) => spec("5.11.5"),
        (false, _) => spec("5.11.2"),
    }
}

/// A rule of the order of calls: its name, the section's last number, what it says, the calls, and how the last of them answers.
type Rule = (&'static str, u8, fn(&Side) -> String, &'static [u8], CK_RV);

#[rustfmt::skip] // A table reads by its columns.
const RULES: &[Rule] = &[
    ("next-first", 4, |one| format!("{} without {} answers CKR_OPERATION_NOT_INITIALIZED.", one.next, one.begin), b"n", CKR_OPERATION_NOT_INITIALIZED),
    ("begin-twice", 3, |one| format!("A second {} in the middle of a message answers CKR_OPERATION_ACTIVE.", one.begin), b"bb", CKR_OPERATION_ACTIVE),
    ("single-inside", 2, |one| format!("{} in the middle of a message in parts answers CKR_OPERATION_ACTIVE.", one.single), b"bs", CKR_OPERATION_ACTIVE),
    ("final-ends", 5, |one| format!("{} ends the process: {} answers CKR_OPERATION_NOT_INITIALIZED.", one.finish, one.single), b"fs", CKR_OPERATION_NOT_INITIALIZED),
    ("final-twice", 5, |one| format!("A second {} answers CKR_OPERATION_NOT_INITIALIZED.", one.finish), b"ff", CKR_OPERATION_NOT_INITIALIZED),
    ("twice", 1, |one| format!("A second {} answers CKR_OPERATION_ACTIVE.", one.init), b"i", CKR_OPERATION_ACTIVE),
    ("unlike-plain", 1, |one| format!("{} does not start what the functions without messages work on.", one.init), b"p", CKR_OPERATION_NOT_INITIALIZED),
];

fn of(cipher: &'static Cipher, encrypts: bool) -> Vec<Case> {
    let one = side(encrypts);
    let id = |rule: &str| format!("message.state.{}.{rule}", one.word);
    let ruled = RULES.iter().map(|(rule, part, requirement, calls, code)| {
        case(id(rule), section(&one, *part), requirement(&one))
            .run(move |cx| sequence(cx, cipher, encrypts, calls, *code))
    });
    let mut cases: Vec<Case> = ruled.collect();
    for (rule, by_session) in [("cancel-null", false), ("cancel-session", true)] {
        let (how, from) = if by_session {
            ("C_SessionCancel", spec("5.6.5"))
        } else {
            (
                "A start with a null pointer for the mechanism",
                section(&one, 1),
            )
        };
        let requirement = format!("{how} ends the process, a message in parts with it.");
        cases.push(
            case(id(rule), from, requirement)
                .run(move |cx| cancelled(cx, cipher, encrypts, by_session)),
        );
    }
    cases
}

/// Makes calls of a process, each by its letter; all but the last have to succeed, and that answers with the code.
fn sequence(
    cx: &mut Context<'_>,
    cipher: &'static Cipher,
    encrypts: bool,
    calls: &[u8],
    code: CK_RV,
) -> Outcome {
    let process = if encrypts {
        Process::started_with_vectors(cx, cipher)?
    } else {
        Process::started(cx, cipher, encrypts)?
    };
    let one = side(encrypts);
    let (last, first) = calls.split_last().expect("a sequence has calls");
    let made = |letter: u8| match letter {
        b'b' => call(cx, process.session, one.begin),
        b'f' => call(cx, process.session, one.finish),
        b'i' => process.init(cx),
        b'n' => call(cx, process.session, one.next),
        b'p' if encrypts => {
            cx.c.encrypt(process.session, &pattern(16), Out::Room(64))
                .rv
        }
        b'p' => {
            cx.c.decrypt(process.session, &pattern(32), Out::Room(64))
                .rv
        }
        _ => call(cx, process.session, one.single),
    };
    for letter in first {
        cx.ok(made(*letter))?;
    }
    cx.expect(made(*last), code)
}

fn cancelled(
    cx: &mut Context<'_>,
    cipher: &'static Cipher,
    encrypts: bool,
    by_session: bool,
) -> Outcome {
    let process = if encrypts {
        Process::started_with_vectors(cx, cipher)?
    } else {
        Process::started(cx, cipher, encrypts)?
    };
    let one = side(encrypts);
    cx.ok(call(cx, process.session, one.begin))?;
    let rv = if by_session {
        let flag = if encrypts {
            CKF_MESSAGE_ENCRYPT
        } else {
            CKF_MESSAGE_DECRYPT
        };
        cx.c.session_cancel(process.session, flag)
    } else {
        let args = vec![
            Arg::Number(process.session.0),
            Arg::Null,
            Arg::Number(CK_INVALID_HANDLE),
        ];
        cx.c.call(one.init, args)
    };
    cx.expect_one_of(rv, &[CKR_OK, CKR_OPERATION_CANCEL_FAILED])?;
    if !rv.is_ok() {
        return Ok(());
    }
    cx.expect(
        call(cx, process.session, one.next),
        CKR_OPERATION_NOT_INITIALIZED,
    )?;
    cx.expect(
        call(cx, process.session, one.single),
        CKR_OPERATION_NOT_INITIALIZED,
    )?;
    cx.ok(process.init(cx))
}

/// Keys that cannot start a process.
fn keys_of() -> Vec<Case> {
    let mut cases = Vec::new();
    for encrypts in [true, false] {
        let one = side(encrypts);
        let (init, word) = (one.init, one.word);
        let id = |rule: &str| format!("message.init.{word}.{rule}");
        cases.extend([
            case(id("usage"), section(&one, 1), format!("{init} with a key that may not be used for it answers CKR_KEY_FUNCTION_NOT_PERMITTED."))
                .run(move |cx| {
                    let mut process = Process::new(cx, &CIPHERS[0], encrypts)?;
                    let usage = if encrypts { CKA_ENCRYPT } else { CKA_DECRYPT };
                    let extra = crate::c::Template::new().flag(usage, false);
                    let wanted = Wanted { forward_extra: extra, ..Wanted::default() };
                    process.keys = keys(cx, process.session, KeyKind::Aes(16), &wanted)?;
                    cx.expect(process.init(cx), CKR_KEY_FUNCTION_NOT_PERMITTED)
                }),
            case(id("key-type"), section(&one, 1), format!("{init} with CKM_AES_GCM and a generic secret answers CKR_KEY_TYPE_INCONSISTENT."))
                .run(move |cx| {
                    let mut process = Process::new(cx, &CIPHERS[0], encrypts)?;
                    let wanted = Wanted { forward: vec![CKA_ENCRYPT, CKA_DECRYPT], ..Wanted::default() };
                    process.keys = keys(cx, process.session, KeyKind::Generic, &wanted)?;
                    cx.expect(process.init(cx), CKR_KEY_TYPE_INCONSISTENT)
                }),
            case(id("key-zero"), section(&one, 1), format!("{init} with a handle of nothing answers CKR_KEY_HANDLE_INVALID."))
                .run(move |cx| {
                    let mut process = Process::new(cx, &CIPHERS[0], encrypts)?;
                    process.keys.forward = Object(CK_INVALID_HANDLE);
                    process.keys.back = Object(CK_INVALID_HANDLE);
                    cx.expect(process.init(cx), CKR_KEY_HANDLE_INVALID)
                }),
            case(id("mechanism"), section(&one, 1), format!("{init} with a mechanism that does not work on messages answers CKR_MECHANISM_INVALID."))
                .run(move |cx| {
                    let process = Process::new(cx, &CIPHERS[0], encrypts)?;
                    let rv = process.init_with(cx, Some(&Mechanism::new(CKM_AES_KEY_GEN)));
                    cx.expect(rv, CKR_MECHANISM_INVALID)
                }),
        ]);
    }
    cases
}
