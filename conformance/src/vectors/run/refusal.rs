//! Return codes that refuse, and what they mean for a vector.

use cryptoki_sys::*;

use super::{End, Step};
use crate::c::{Function, Rv};
use crate::vectors::{Answer, Expect};

/// The codes of one kind of call.
pub(super) struct Refusals {
    /// What has to be refused is refused with one of these.
    proper: &'static [CK_RV],
    /// What would be valid, but is not offered, is refused with one of these.
    not_offered: &'static [CK_RV],
}

/// Codes that refuse without a reason: whoever must not accept has not accepted, but a caller learns less than the standard has words for.
const VAGUE: &[CK_RV] = &[
    CKR_GENERAL_ERROR,
    CKR_FUNCTION_FAILED,
    CKR_DEVICE_ERROR,
    CKR_ARGUMENTS_BAD,
    CKR_DATA_INVALID,
    CKR_DATA_LEN_RANGE,
];

/// Codes for parameters, sizes and curves that a token need not serve.
const NOT_SERVED: &[CK_RV] = &[
    CKR_MECHANISM_PARAM_INVALID,
    CKR_KEY_SIZE_RANGE,
    CKR_CURVE_NOT_SUPPORTED,
    CKR_PARAMETER_SET_NOT_SUPPORTED,
    CKR_KEY_FUNCTION_NOT_PERMITTED,
    CKR_ACTION_PROHIBITED,
    CKR_FUNCTION_NOT_SUPPORTED,
];

/// `C_EncryptInit` and its like.
pub(super) static INIT: Refusals = Refusals {
    proper: &[
        CKR_MECHANISM_PARAM_INVALID,
        CKR_KEY_SIZE_RANGE,
        CKR_ARGUMENTS_BAD,
    ],
    not_offered: &[
        CKR_MECHANISM_PARAM_INVALID,
        CKR_KEY_SIZE_RANGE,
        CKR_KEY_FUNCTION_NOT_PERMITTED,
        CKR_CURVE_NOT_SUPPORTED,
        CKR_PARAMETER_SET_NOT_SUPPORTED,
        CKR_ACTION_PROHIBITED,
        // Some modules say so of parameters that they do not serve.
        CKR_ARGUMENTS_BAD,
    ],
};

/// `C_Encrypt` and its like.
pub(super) static ENCRYPT: Refusals = Refusals {
    proper: &[
        CKR_DATA_LEN_RANGE,
        CKR_DATA_INVALID,
        CKR_MECHANISM_PARAM_INVALID,
    ],
    not_offered: &[CKR_MECHANISM_PARAM_INVALID],
};

/// `C_Decrypt` and its like.
pub(super) static DECRYPT: Refusals = Refusals {
    proper: &[
        CKR_ENCRYPTED_DATA_INVALID,
        CKR_ENCRYPTED_DATA_LEN_RANGE,
        CKR_AEAD_DECRYPT_FAILED,
        CKR_MECHANISM_PARAM_INVALID,
    ],
    not_offered: &[CKR_MECHANISM_PARAM_INVALID],
};

/// `C_Sign` and `C_Digest`.
pub(super) static SIGN: Refusals = Refusals {
    proper: &[
        CKR_DATA_LEN_RANGE,
        CKR_DATA_INVALID,
        CKR_MECHANISM_PARAM_INVALID,
    ],
    not_offered: &[CKR_MECHANISM_PARAM_INVALID],
};

/// `C_Verify` and its like.
pub(super) static VERIFY: Refusals = Refusals {
    proper: &[CKR_SIGNATURE_INVALID, CKR_SIGNATURE_LEN_RANGE],
    not_offered: &[CKR_MECHANISM_PARAM_INVALID],
};

/// `C_DeriveKey`, `C_GenerateKey` and `C_DecapsulateKey`.
pub(super) static DERIVE: Refusals = Refusals {
    proper: &[
        CKR_MECHANISM_PARAM_INVALID,
        CKR_PUBLIC_KEY_INVALID,
        CKR_DOMAIN_PARAMS_INVALID,
        CKR_KEY_SIZE_RANGE,
        CKR_ATTRIBUTE_VALUE_INVALID,
        CKR_TEMPLATE_INCONSISTENT,
        CKR_ENCRYPTED_DATA_INVALID,
        CKR_ENCRYPTED_DATA_LEN_RANGE,
        CKR_WRAPPED_KEY_INVALID,
        CKR_WRAPPED_KEY_LEN_RANGE,
    ],
    not_offered: NOT_SERVED,
};

/// `C_WrapKey`.
pub(super) static WRAP: Refusals = Refusals {
    proper: &[CKR_KEY_SIZE_RANGE, CKR_KEY_NOT_WRAPPABLE],
    not_offered: &[
        CKR_KEY_NOT_WRAPPABLE,
        CKR_KEY_SIZE_RANGE,
        CKR_MECHANISM_PARAM_INVALID,
        CKR_ACTION_PROHIBITED,
    ],
};

/// `C_UnwrapKey`.
pub(super) static UNWRAP: Refusals = Refusals {
    proper: &[
        CKR_WRAPPED_KEY_INVALID,
        CKR_WRAPPED_KEY_LEN_RANGE,
        CKR_ENCRYPTED_DATA_INVALID,
        CKR_ENCRYPTED_DATA_LEN_RANGE,
    ],
    not_offered: &[
        CKR_MECHANISM_PARAM_INVALID,
        CKR_ACTION_PROHIBITED,
        // What is in the wrapped key is longer than the token's keys are.
        CKR_KEY_SIZE_RANGE,
        CKR_TEMPLATE_INCONSISTENT,
        CKR_ATTRIBUTE_VALUE_INVALID,
    ],
};

/// `C_CreateObject` of a key that is wrong itself.
pub(super) const WRONG_KEY: &[CK_RV] = &[
    CKR_ATTRIBUTE_VALUE_INVALID,
    CKR_TEMPLATE_INCONSISTENT,
    CKR_KEY_SIZE_RANGE,
    CKR_PUBLIC_KEY_INVALID,
    CKR_DOMAIN_PARAMS_INVALID,
];

impl Refusals {
    /// Judges a return code: whether the call succeeded and its output is to be looked at, or what the answer is.
    pub(super) fn judge(&self, expect: Expect, function: Function, rv: Rv) -> Step<bool> {
        match (expect, rv.0) {
            (_, CKR_OK) => Ok(true),
            (_, CKR_OPERATION_ACTIVE) => Err(End::Stuck),
            (Expect::Valid, code) if self.not_offered.contains(&code) => {
                Err(Answer::NotOffered(format!("{function} answers {rv}")).into())
            }
            (Expect::Valid, _) => {
                Err(Answer::refused(&format!("{function} answers CKR_OK"), rv).into())
            }
            (Expect::Acceptable, code) if self.known(code) => {
                Err(Answer::RightBut(format!("{function} refuses what may be refused")).into())
            }
            (_, code) if self.proper.contains(&code) => Ok(false),
            (Expect::InvalidKey, CKR_MECHANISM_INVALID | CKR_KEY_TYPE_INCONSISTENT) => {
                Err(Answer::RightBut(format!(
                    "{function} refuses a wrong key with {rv}, after C_CreateObject has taken it"
                ))
                .into())
            }
            (_, code) if VAGUE.contains(&code) => Err(Answer::RightBut(format!(
                "{function} refuses with {rv}, which gives no reason"
            ))
            .into()),
            (Expect::Acceptable, _) => Err(Answer::refused(
                &format!("{function} answers CKR_OK, or a reason to refuse"),
                rv,
            )
            .into()),
            (Expect::Invalid | Expect::InvalidKey, _) => {
                let names: Vec<_> = self
                    .proper
                    .iter()
                    .map(|code| Rv::new(*code).to_string())
                    .collect();
                Err(
                    Answer::refused(&format!("{function} answers {}", names.join(" or ")), rv)
                        .into(),
                )
            }
        }
    }

    fn known(&self, code: CK_RV) -> bool {
        self.proper.contains(&code) || self.not_offered.contains(&code) || VAGUE.contains(&code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(refusals: &Refusals, expect: Expect, code: CK_RV, expected: &str) {
        let judged = match refusals.judge(expect, Function::C_Decrypt, Rv::new(code)) {
            Ok(true) => "goes on".to_owned(),
            Ok(false) => "refused".to_owned(),
            Err(End::Stuck) => "stuck".to_owned(),
            Err(End::Answer(Answer::NotOffered(_))) => "not offered".to_owned(),
            Err(End::Answer(Answer::RightBut(_))) => "right, but".to_owned(),
            Err(End::Answer(Answer::Right)) => "right".to_owned(),
            Err(End::Answer(Answer::Wrong { .. })) => "wrong".to_owned(),
        };
        assert_eq!(judged, expected, "{expect:?} {}", Rv::new(code));
    }

    #[test]
    fn a_valid_vector_may_not_be_refused_once_its_parameters_are_taken() {
        check(&DECRYPT, Expect::Valid, CKR_OK, "goes on");
        check(&DECRYPT, Expect::Valid, CKR_ENCRYPTED_DATA_INVALID, "wrong");
        check(&DECRYPT, Expect::Valid, CKR_GENERAL_ERROR, "wrong");
        check(
            &INIT,
            Expect::Valid,
            CKR_MECHANISM_PARAM_INVALID,
            "not offered",
        );
        check(&INIT, Expect::Valid, CKR_MECHANISM_INVALID, "wrong");
        check(&INIT, Expect::Valid, CKR_OPERATION_ACTIVE, "stuck");
    }

    #[test]
    fn an_invalid_vector_is_refused_for_its_own_reason() {
        check(&DECRYPT, Expect::Invalid, CKR_OK, "goes on");
        check(
            &DECRYPT,
            Expect::Invalid,
            CKR_ENCRYPTED_DATA_INVALID,
            "refused",
        );
        check(&DECRYPT, Expect::Invalid, CKR_GENERAL_ERROR, "right, but");
        check(&DECRYPT, Expect::Invalid, CKR_KEY_HANDLE_INVALID, "wrong");
        check(
            &DECRYPT,
            Expect::Invalid,
            CKR_OPERATION_NOT_INITIALIZED,
            "wrong",
        );
        check(&VERIFY, Expect::Invalid, CKR_SIGNATURE_INVALID, "refused");
        check(
            &VERIFY,
            Expect::Invalid,
            CKR_ENCRYPTED_DATA_INVALID,
            "wrong",
        );
    }

    #[test]
    fn what_is_acceptable_is_refused_with_a_reason_or_accepted() {
        check(&VERIFY, Expect::Acceptable, CKR_OK, "goes on");
        check(
            &VERIFY,
            Expect::Acceptable,
            CKR_SIGNATURE_INVALID,
            "right, but",
        );
        check(
            &VERIFY,
            Expect::Acceptable,
            CKR_SESSION_HANDLE_INVALID,
            "wrong",
        );
    }
}
