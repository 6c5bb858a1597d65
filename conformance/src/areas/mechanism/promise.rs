//! Mechanism information against reality: a function takes a mechanism exactly where the mechanism's flags say so.

use cryptoki_sys::*;

use super::known::{KNOWN, Known};
use super::trial;
use crate::case::{Case, case};

/// A flag, what its cases are named by, and the function that it is about.
const FLAGS: &[(CK_FLAGS, &str, &str)] = &[
    (CKF_ENCRYPT, "encrypt", "C_EncryptInit"),
    (CKF_DECRYPT, "decrypt", "C_DecryptInit"),
    (CKF_DIGEST, "digest", "C_DigestInit"),
    (CKF_SIGN, "sign", "C_SignInit"),
    (CKF_SIGN_RECOVER, "sign-recover", "C_SignRecoverInit"),
    (CKF_VERIFY, "verify", "C_VerifyInit"),
    (CKF_VERIFY_RECOVER, "verify-recover", "C_VerifyRecoverInit"),
    (CKF_GENERATE, "generate", "C_GenerateKey"),
    (CKF_GENERATE_KEY_PAIR, "generate-pair", "C_GenerateKeyPair"),
    (CKF_WRAP, "wrap", "C_WrapKey"),
    (CKF_UNWRAP, "unwrap", "C_UnwrapKey"),
    (CKF_DERIVE, "derive", "C_DeriveKey"),
];

/// Returns one case for each mechanism and each function that the standard gives it.
pub(super) fn cases() -> Vec<Case> {
    let cases = KNOWN.iter().flat_map(|row| {
        let flags = FLAGS.iter().filter(|flag| row.functions & flag.0 != 0);
        flags.map(move |flag| of(row, *flag))
    });
    cases.collect()
}

fn of(row: &'static Known, (flag, id, function): (CK_FLAGS, &'static str, &'static str)) -> Case {
    case(
        format!("mechanism.{}.{id}", row.id()),
        row.section,
        format!("{function} takes {} if its flags say so, and answers CKR_MECHANISM_INVALID if not.", row.name),
    )
    .deadline(120)
    .explain("Applications choose mechanisms by C_GetMechanismInfo. A flag that promises too much fails them later; a function that works without its flag escapes whoever limits a token by its mechanisms.")
    .run(move |cx| {
        let listed = cx.mechanism(row.kind, 0)?;
        let session = cx.session()?;
        let rv = trial::answer(cx, session, row, &listed, flag)?;
        if listed.flags & flag != 0 {
            return cx.check(rv.is_ok(), format!("{function} answers CKR_OK"), rv.to_string());
        }
        cx.expect(rv, CKR_MECHANISM_INVALID)
    })
}
