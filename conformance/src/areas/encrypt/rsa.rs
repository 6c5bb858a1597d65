//! Encryption with RSA: random padding, labels, and numbers that are too large.

use cryptoki_sys::*;

use crate::c::{Mechanism, Out};
use crate::case::{Case, Outcome, case, spec};
use crate::context::{Context, fail, not_applicable};
use crate::operations::mechanisms::{CIPHERS, Row, pattern, row};
use crate::operations::parameters::oaep;
use crate::operations::{Family, Operation};

/// Returns the cases.
pub(crate) fn cases() -> Vec<Case> {
    let random = CIPHERS.iter().filter(|row| row.is_random_padding());
    let longest = case(
        "encrypt.rsa-x-509.at-the-modulus",
        spec("6.1.12"),
        "C_Encrypt with CKM_RSA_X_509 and a number that is not below the modulus answers CKR_DATA_INVALID.",
    )
    .should();
    let short = case(
        "encrypt.rsa-x-509.short",
        spec("6.1.12"),
        "C_Encrypt with CKM_RSA_X_509 pads shorter data with zeros in front.",
    );
    let update = case(
        "encrypt.rsa-pkcs.no-parts",
        spec("6.1.6"),
        "An operation in parts with CKM_RSA_PKCS, which works in a single part only, gives no other result than a single call.",
    );
    random
        .flat_map(|row| [differs(row), longest_data(row)])
        .chain([
            longest.run(at_the_modulus),
            short.run(zeros_in_front),
            update.run(in_parts),
            label_matters(),
        ])
        .collect()
}

fn in_parts(cx: &mut Context<'_>) -> Outcome {
    let operation = Operation::new(cx, row(CIPHERS, "rsa-pkcs"), Family::Encrypt)?;
    operation.start(cx)?;
    // A module that gathers the parts does more than it must, and has to do it right.
    let first = operation.update(cx, &operation.input, operation.room());
    if !first.rv.is_ok() {
        return Ok(());
    }
    let last = operation.finish(cx, operation.room());
    if !last.rv.is_ok() {
        return Ok(());
    }
    operation.right(cx, &[first.bytes, last.bytes].concat())
}

fn differs(row: &'static Row) -> Case {
    case(
        format!("encrypt.random.{}", row.id),
        row.section(),
        format!(
            "Two encryptions of the same data with {} differ and both decrypt.",
            row.name()
        ),
    )
    .run(move |cx| {
        let operation = Operation::new(cx, row, Family::Encrypt)?;
        operation.start(cx)?;
        let first = operation.single(cx, operation.room());
        cx.ok(first.rv)?;
        operation.start(cx)?;
        let second = operation.single(cx, operation.room());
        cx.ok(second.rv)?;
        cx.check(
            first.bytes != second.bytes,
            "two ciphertexts",
            "the same one twice",
        )?;
        operation.right(cx, &first.bytes)?;
        operation.right(cx, &second.bytes)
    })
}

fn longest_data(row: &'static Row) -> Case {
    case(
        format!("encrypt.lengths.{}", row.id),
        row.section(),
        format!("C_Encrypt with {} takes data from one byte up to the longest that its padding leaves room for.", row.name()),
    )
    .run(move |cx| {
        let mut operation = Operation::new(cx, row, Family::Encrypt)?;
        let longest = (0..=256).rev().find(|length| row.accepts(*length));
        for length in [1, 16, longest.expect("some length is accepted")] {
            operation.data = pattern(length);
            operation.input = operation.data.clone();
            operation.start(cx)?;
            let given = operation.single(cx, operation.room());
            cx.ok(given.rv)?;
            operation.right(cx, &given.bytes)?;
        }
        Ok(())
    })
}

fn at_the_modulus(cx: &mut Context<'_>) -> Outcome {
    let operation = Operation::new(cx, row(CIPHERS, "rsa-x-509"), Family::Encrypt)?;
    operation.start(cx)?;
    let refused =
        cx.c.encrypt(operation.session, &[0xFF; 256], Out::Room(256));
    cx.expect(refused.rv, CKR_DATA_INVALID)?;
    operation.ended(cx)
}

fn zeros_in_front(cx: &mut Context<'_>) -> Outcome {
    let mut operation = Operation::new(cx, row(CIPHERS, "rsa-x-509"), Family::Encrypt)?;
    let short = pattern(40);
    operation.start(cx)?;
    let given = cx.c.encrypt(operation.session, &short, Out::Room(256));
    cx.ok(given.rv)?;
    operation.data = [vec![0; 216], short].concat();
    operation.right(cx, &given.bytes)
}

fn label_matters() -> Case {
    case(
        "encrypt.oaep.label",
        spec("6.1.8"),
        "What CKM_RSA_PKCS_OAEP encrypts with a label decrypts with that label and with no other.",
    )
    .run(|cx| {
        let operation = Operation::new(cx, row(CIPHERS, "rsa-oaep-sha1"), Family::Encrypt)?;
        let labelled = || oaep(CKM_SHA_1, CKG_MGF1_SHA1, b"a label");
        let rv = operation.init_with(cx, &labelled());
        if [CKR_MECHANISM_PARAM_INVALID, CKR_ARGUMENTS_BAD].contains(&rv.0) {
            return not_applicable(format!("the token works without labels only: {rv}"));
        }
        cx.ok(rv)?;
        let given = operation.single(cx, operation.room());
        cx.ok(given.rv)?;
        let decrypted = |mechanism: &Mechanism| {
            cx.ok(cx
                .c
                .decrypt_init(operation.session, Some(mechanism), operation.keys.back))?;
            Ok(cx
                .c
                .decrypt(operation.session, &given.bytes, Out::Room(256)))
        };
        let same = decrypted(&labelled())?;
        cx.ok(same.rv)?;
        cx.equal_bytes("the plaintext", &operation.data, &same.bytes)?;
        let other = decrypted(&oaep(CKM_SHA_1, CKG_MGF1_SHA1, b"another"))?;
        if other.rv.is_ok() {
            return fail("another label is refused", "CKR_OK");
        }
        cx.expect(other.rv, CKR_ENCRYPTED_DATA_INVALID)
    })
}
