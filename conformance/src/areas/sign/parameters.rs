//! The parameters of signatures: lengths of MACs, hashes and salts of PSS.

use cryptoki_sys::*;

use crate::c::{Mechanism, Out};
use crate::case::{Case, Outcome, case, spec, spec32};
use crate::context::{Context, fail, not_applicable};
use crate::operations::mechanisms::{Row, SIGNATURES, row};
use crate::operations::parameters::{IV, NONCE, gcm_structure, pss};
use crate::operations::{Family, Operation};

/// A parameter that does not fit: its name, the mechanism's row, what is wrong, and the mechanism.
struct Wrong {
    id: &'static str,
    row: &'static str,
    what: &'static str,
    mechanism: fn() -> Mechanism,
}

#[rustfmt::skip] // A table reads by its columns.
const WRONG: &[Wrong] = &[
    Wrong { id: "hmac-general.too-long", row: "sha256-hmac-general", what: "33 bytes of 32", mechanism: || Mechanism::with_number(CKM_SHA256_HMAC_GENERAL, 33) },
    Wrong { id: "hmac-general.huge", row: "sha256-hmac-general", what: "2^40 bytes of 32", mechanism: || Mechanism::with_number(CKM_SHA256_HMAC_GENERAL, 1 << 40) },
    Wrong { id: "gmac.tag-136", row: "aes-gmac", what: "a tag of 136 bits", mechanism: || Mechanism::with(CKM_AES_GMAC, gcm_structure(&IV[..NONCE], b"", 136)) },
    Wrong { id: "pss.other-hash", row: "sha256-rsa-pss", what: "a hash that is not the mechanism's", mechanism: || pss(CKM_SHA256_RSA_PKCS_PSS, CKM_SHA512, CKG_MGF1_SHA512, 32) },
    Wrong { id: "pss.no-hash", row: "rsa-pss", what: "a hash that is none", mechanism: || pss(CKM_RSA_PKCS_PSS, CKM_AES_ECB, CKG_MGF1_SHA256, 32) },
    Wrong { id: "pss.no-mgf", row: "sha256-rsa-pss", what: "a mask generation function that is none", mechanism: || pss(CKM_SHA256_RSA_PKCS_PSS, CKM_SHA256, 0x7FFF_FFF5, 32) },
    Wrong { id: "pss.salt-223", row: "sha256-rsa-pss", what: "a salt longer than the modulus leaves room for", mechanism: || pss(CKM_SHA256_RSA_PKCS_PSS, CKM_SHA256, CKG_MGF1_SHA256, 223) },
    Wrong { id: "pss.salt-huge", row: "sha256-rsa-pss", what: "a salt of 2^40 bytes", mechanism: || pss(CKM_SHA256_RSA_PKCS_PSS, CKM_SHA256, CKG_MGF1_SHA256, 1 << 40) },
];

/// Returns the cases.
pub(crate) fn cases() -> Vec<Case> {
    let none = case(
        "sign.parameter.hmac-general.none",
        spec("6.22.3"),
        "CKM_SHA256_HMAC_GENERAL with a length of 0 answers CKR_MECHANISM_PARAM_INVALID.",
    );
    let mut cases = wrong(Family::Sign);
    cases.push(none.should().run(|cx| {
        let operation = Operation::new(cx, general(), Family::Sign)?;
        let mechanism = Mechanism::with_number(CKM_SHA256_HMAC_GENERAL, 0);
        cx.expect(
            operation.init_with(cx, &mechanism),
            CKR_MECHANISM_PARAM_INVALID,
        )
    }));
    cases.extend([1, 16, 31, 32].map(length));
    cases.extend([0, 1, 20, 64, 222].map(salt));
    cases
}

fn general() -> &'static Row {
    row(SIGNATURES, "sha256-hmac-general")
}

/// Returns the cases of parameters that do not fit, for signing or verifying.
pub(crate) fn wrong(family: Family) -> Vec<Case> {
    WRONG.iter().map(|wrong| of(family, wrong)).collect()
}

fn of(family: Family, wrong: &'static Wrong) -> Case {
    let row = row(SIGNATURES, wrong.row);
    case(
        format!("{}.parameter.{}", family.area(), wrong.id),
        row.section(),
        format!(
            "{} with {} answers CKR_MECHANISM_PARAM_INVALID.",
            row.name(),
            wrong.what
        ),
    )
    .run(move |cx| {
        let operation = Operation::new(cx, row, family)?;
        let mechanism = (wrong.mechanism)();
        // A bad value is a bad argument too.
        let codes = [CKR_MECHANISM_PARAM_INVALID, CKR_ARGUMENTS_BAD];
        cx.expect_one_of(operation.init_with(cx, &mechanism), &codes)?;
        operation.ended(cx)
    })
}

fn length(bytes: usize) -> Case {
    case(
        format!("sign.hmac-general.{bytes}"),
        spec("6.22.3"),
        format!("CKM_SHA256_HMAC_GENERAL with a length of {bytes} gives the first {bytes} bytes of CKM_SHA256_HMAC, and verifies them."),
    )
    .run(move |cx| {
        let operation = Operation::new(cx, general(), Family::Sign)?;
        let mechanism = Mechanism::with_number(CKM_SHA256_HMAC_GENERAL, bytes as u64);
        cx.ok(operation.init_with(cx, &mechanism))?;
        let given = operation.single(cx, Out::Room(64));
        cx.ok(given.rv)?;
        cx.mechanism(CKM_SHA256_HMAC, CKF_SIGN)?;
        cx.ok(operation.init_with(cx, &Mechanism::new(CKM_SHA256_HMAC)))?;
        let full = operation.single(cx, Out::Room(64));
        cx.ok(full.rv)?;
        cx.equal_bytes("the MAC", &full.bytes[..bytes], &given.bytes)?;
        cx.ok(cx.c.verify_init(operation.session, Some(&mechanism), operation.keys.back))?;
        cx.ok(cx.c.verify(operation.session, &operation.data, &given.bytes))
    })
}

fn salt(bytes: usize) -> Case {
    case(
        format!("sign.pss.salt-{bytes}"),
        spec32("6.1.15"),
        format!("CKM_SHA256_RSA_PKCS_PSS signs and verifies with a salt of {bytes} bytes, or answers CKR_MECHANISM_PARAM_INVALID."),
    )
    .run(move |cx| salted(cx, bytes as u64))
}

fn salted(cx: &mut Context<'_>, bytes: u64) -> Outcome {
    let operation = Operation::new(cx, row(SIGNATURES, "sha256-rsa-pss"), Family::Sign)?;
    let mechanism = |salt| pss(CKM_SHA256_RSA_PKCS_PSS, CKM_SHA256, CKG_MGF1_SHA256, salt);
    let rv = operation.init_with(cx, &mechanism(bytes));
    if rv.0 == CKR_MECHANISM_PARAM_INVALID {
        return not_applicable("the token does not work with this salt");
    }
    cx.ok(rv)?;
    let given = operation.single(cx, Out::Room(256));
    cx.ok(given.rv)?;
    cx.mechanism(CKM_SHA256_RSA_PKCS_PSS, CKF_VERIFY)?;
    let verified = |salt| {
        cx.ok(cx.c.verify_init(
            operation.session,
            Some(&mechanism(salt)),
            operation.keys.back,
        ))?;
        Ok(cx
            .c
            .verify(operation.session, &operation.data, &given.bytes))
    };
    cx.ok(verified(bytes)?)?;
    match verified(32)?.0 {
        CKR_SIGNATURE_INVALID => Ok(()),
        CKR_OK => fail(
            "the signature does not verify with a salt of 32 bytes",
            "CKR_OK",
        ),
        other => fail(
            "CKR_SIGNATURE_INVALID",
            crate::c::Rv::new(other).to_string(),
        ),
    }
}
