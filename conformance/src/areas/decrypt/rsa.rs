//! Decryption with RSA: what another implementation encrypted, and what nobody did.

use cryptoki_sys::*;

use crate::c::Out;
use crate::case::{Case, Outcome, case, spec};
use crate::context::{Context, fail, not_applicable};
use crate::operations::mechanisms::{CIPHERS, row};
use crate::operations::peer::{self, Padding};
use crate::operations::{Family, Operation};

/// Returns the cases.
pub(crate) fn cases() -> Vec<Case> {
    let of = [
        ("rsa-pkcs", Padding::Pkcs1),
        ("rsa-oaep-sha1", Padding::OaepSha1),
        ("rsa-oaep-sha256", Padding::OaepSha256),
    ];
    let at = case(
        "decrypt.rsa-x-509.at-the-modulus",
        spec("6.1.12"),
        "C_Decrypt with CKM_RSA_X_509 and a number that is not below the modulus answers CKR_ENCRYPTED_DATA_INVALID.",
    )
    .should();
    let noise = case(
        "decrypt.oaep.noise",
        spec("6.1.8"),
        "C_Decrypt with CKM_RSA_PKCS_OAEP and bytes that nobody encrypted answers CKR_ENCRYPTED_DATA_INVALID.",
    );
    let mut cases: Vec<Case> = of
        .into_iter()
        .map(|(id, padding)| compared(id, padding))
        .collect();
    cases.push(at.run(|cx| refused(cx, "rsa-x-509", 0xFF)));
    cases.push(noise.run(|cx| refused(cx, "rsa-oaep-sha1", 0x2A)));
    cases
}

fn compared(id: &'static str, padding: Padding) -> Case {
    let row = row(CIPHERS, id);
    case(
        format!("decrypt.compared.{id}"),
        row.section(),
        format!("C_Decrypt with {} decrypts what another implementation encrypted for the key ({padding:?}).", row.name()),
    )
    .run(move |cx| {
        let operation = Operation::new(cx, row, Family::Encrypt)?;
        cx.mechanism(row.kind, CKF_DECRYPT)?;
        let (modulus, exponent) = public_parts(cx, &operation)?;
        for plain in [&b"x"[..], b"a message of some length"] {
            let Some(made) = peer::rsa_encrypts(padding, &modulus, &exponent, None, plain) else {
                return not_applicable("the other implementation does not take this key");
            };
            match operation.inverse(cx, &made, &[]) {
                Ok(got) => cx.equal_bytes("the plaintext", plain, &got)?,
                Err(rv) if rv.0 == CKR_MECHANISM_PARAM_INVALID || rv.0 == CKR_ARGUMENTS_BAD => {
                    return not_applicable(format!("the token does not work with this hash: {rv}"));
                }
                Err(rv) => return fail("C_Decrypt answers CKR_OK", rv.to_string()),
            }
        }
        Ok(())
    })
}

/// Reads the modulus and the exponent of the public key.
fn public_parts(cx: &Context<'_>, operation: &Operation) -> Outcome<(Vec<u8>, Vec<u8>)> {
    let read = |kind| {
        cx.c.attribute(operation.session, operation.keys.forward, kind)
    };
    match (read(CKA_MODULUS), read(CKA_PUBLIC_EXPONENT)) {
        (Ok(modulus), Ok(exponent)) => Ok((modulus, exponent)),
        (Err(rv), _) | (_, Err(rv)) => not_applicable(format!(
            "cannot be prepared: C_GetAttributeValue answers {rv}"
        )),
    }
}

fn refused(cx: &mut Context<'_>, id: &str, byte: u8) -> Outcome {
    let operation = Operation::new(cx, row(CIPHERS, id), Family::Decrypt)?;
    operation.start(cx)?;
    let given =
        cx.c.decrypt(operation.session, &[byte; 256], Out::Room(256));
    cx.expect(given.rv, CKR_ENCRYPTED_DATA_INVALID)?;
    operation.ended(cx)
}
