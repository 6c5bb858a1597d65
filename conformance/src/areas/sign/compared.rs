//! Signatures and MACs as another implementation sees them.

use cryptoki_sys::*;

use crate::c::Out;
use crate::case::{Case, Outcome, case};
use crate::context::{Context, fail, not_applicable};
use crate::operations::mechanisms::{KeyKind, Row, SIGNATURES, pattern};
use crate::operations::peer;
use crate::operations::{Family, Operation};

/// Returns the cases.
pub(crate) fn cases() -> Vec<Case> {
    SIGNATURES
        .iter()
        .filter(|row| has_peer(row))
        .map(compared)
        .collect()
}

/// Tells whether the other implementation has the mechanism.
fn has_peer(row: &Row) -> bool {
    match row.key {
        KeyKind::Generic | KeyKind::Aes(_) => peer::mac(row.kind, &[0; 16], b"").is_some(),
        KeyKind::P256 => matches!(row.kind, CKM_ECDSA | CKM_ECDSA_SHA256),
        KeyKind::Ed25519 => true,
        _ => peer::rsa_verifies(row.kind, &[0; 256], &[3], b"", b"").is_some(),
    }
}

fn compared(row: &'static Row) -> Case {
    case(
        format!("sign.compared.{}", row.id),
        row.section(),
        format!(
            "Another implementation agrees with what C_Sign with {} makes.",
            row.name()
        ),
    )
    .run(move |cx| {
        let mut operation = Operation::new(cx, row, Family::Sign)?;
        if row.kind == CKM_RSA_X_509 {
            operation.input = padded_digest_info();
        }
        operation.start(cx)?;
        let given = operation.single(cx, Out::Room(512));
        cx.ok(given.rv)?;
        match row.key {
            KeyKind::Generic | KeyKind::Aes(_) => same_mac(cx, &operation, &given.bytes),
            _ => verifies(cx, &operation, &given.bytes),
        }
    })
}

/// The block that a PKCS #1 signature encrypts, which `CKM_RSA_X_509` leaves to the application.
fn padded_digest_info() -> Vec<u8> {
    let info = crate::operations::mechanisms::row(SIGNATURES, "rsa-pkcs").data();
    let filler = vec![0xFF; 256 - 3 - info.len()];
    [vec![0, 1], filler, vec![0], info].concat()
}

fn same_mac(cx: &Context<'_>, operation: &Operation, given: &[u8]) -> Outcome {
    let Some(key) = &operation.keys.value else {
        return not_applicable("the module imports no keys of this type");
    };
    let expected = peer::mac(operation.row.kind, key, &operation.input);
    let mut expected = expected.expect("it has this MAC");
    expected.truncate(operation.row.output);
    cx.equal_bytes("the MAC", &expected, given)
}

fn verifies(cx: &Context<'_>, operation: &Operation, signature: &[u8]) -> Outcome {
    let message = pattern(100);
    let read = |kind| match cx.c.attribute(operation.session, operation.keys.back, kind) {
        Ok(value) => Ok(value),
        Err(rv) => not_applicable(format!(
            "cannot be prepared: C_GetAttributeValue answers {rv}"
        )),
    };
    let good = match operation.row.key {
        KeyKind::P256 => peer::p256_verifies(&point(&read(CKA_EC_POINT)?, 65), &message, signature),
        KeyKind::Ed25519 => {
            peer::ed25519_verifies(&point(&read(CKA_EC_POINT)?, 32), &message, signature)
        }
        _ => {
            let (modulus, exponent) = (read(CKA_MODULUS)?, read(CKA_PUBLIC_EXPONENT)?);
            peer::rsa_verifies(operation.row.kind, &modulus, &exponent, &message, signature)
                .expect("it has this signature")
        }
    };
    if good {
        Ok(())
    } else {
        fail(
            "the other implementation verifies the signature",
            "it does not",
        )
    }
}

/// Takes a point out of its octet string; some modules give it bare.
fn point(value: &[u8], length: usize) -> Vec<u8> {
    value[value.len().saturating_sub(length)..].to_vec()
}
