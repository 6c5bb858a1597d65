//! Why two modules may answer differently and both be right, and which is wrong where only one can be.

use crate::catalogue::matches;

/// A kind of difference that has been looked into.
struct Known {
    /// The functions, with `*` for any characters.
    functions: &'static [&'static str],
    /// One module's answers, with `*` for any characters.
    one: &'static [&'static str],
    /// The other's; which of the two modules gives which does not matter.
    other: &'static [&'static str],
    text: &'static str,
}

/// Makes a row of the table.
const fn row(
    functions: &'static [&'static str],
    one: &'static [&'static str],
    other: &'static [&'static str],
    text: &'static str,
) -> Known {
    Known {
        functions,
        one,
        other,
        text,
    }
}

/// What the start of an operation may find wrong.
const AT_START: &[&str] = &[
    "CKR_KEY_FUNCTION_NOT_PERMITTED",
    "CKR_KEY_HANDLE_INVALID",
    "CKR_KEY_SIZE_RANGE",
    "CKR_KEY_TYPE_INCONSISTENT",
    "CKR_MECHANISM_INVALID",
    "CKR_MECHANISM_PARAM_INVALID",
    "CKR_OBJECT_HANDLE_INVALID",
    "CKR_OPERATION_ACTIVE",
];
/// What wrapping may find wrong with one key or the other.
const IN_WRAPPING: &[&str] = &[
    "CKR_BUFFER_TOO_SMALL",
    "CKR_KEY_FUNCTION_NOT_PERMITTED",
    "CKR_KEY_HANDLE_INVALID",
    "CKR_KEY_NOT_WRAPPABLE",
    "CKR_KEY_UNEXTRACTABLE",
    "CKR_WRAPPING_KEY_HANDLE_INVALID",
    "CKR_WRAPPING_KEY_TYPE_INCONSISTENT",
];
/// What a template may be refused with.
const TEMPLATE: &[&str] = &[
    "CKR_ATTRIBUTE_READ_ONLY",
    "CKR_ATTRIBUTE_TYPE_INVALID",
    "CKR_ATTRIBUTE_VALUE_INVALID",
    "CKR_CURVE_NOT_SUPPORTED",
    "CKR_DOMAIN_PARAMS_INVALID",
    "CKR_KEY_SIZE_RANGE",
    "CKR_TEMPLATE_INCOMPLETE",
    "CKR_TEMPLATE_INCONSISTENT",
];
/// A flag that is clear, and one that is set.
const CLEAR: &[&str] = &["CKR_OK (1 bytes 00)"];
const SET: &[&str] = &["CKR_OK (1 bytes 01)"];
/// The functions that do an operation in one call.
const WHOLE: &[&str] = &["C_Decrypt", "C_Digest", "C_Encrypt", "C_Sign", "C_Verify"];
const ACTIVE: &[&str] = &["CKR_OPERATION_ACTIVE"];
const IDLE: &[&str] = &["CKR_OPERATION_NOT_INITIALIZED"];
const OK: &[&str] = &["CKR_OK", "CKR_OK (*"];
const PARAMETER: &[&str] = &["CKR_MECHANISM_PARAM_INVALID"];
/// What ciphertext that is not one is refused with.
const WRONG_CIPHERTEXT: &[&str] = &["CKR_ENCRYPTED_DATA_INVALID", "CKR_ENCRYPTED_DATA_LEN_RANGE"];

/// The first row that fits explains, so a narrow one stands before a wide one.
#[rustfmt::skip] // A table reads by its columns.
const KNOWN: &[Known] = &[
    // Several operations in one session.
    row(&["C_FindObjects"], OK, ACTIVE,
        "Both are right: a search is begun while a cryptographic operation is active. What prevents what is for the token to say (§5.1.6, CKR_OPERATION_ACTIVE); one that does one thing at a time refuses."),
    row(&["C_*Init"], OK, ACTIVE,
        "Both are right: an operation is begun while one of another kind is active. A token without dual operations may refuse, one with them need not (§5.1.6, CKR_OPERATION_ACTIVE)."),
    // What an operation is begun with.
    row(&["C_*Init"], &["CKR_KEY_HANDLE_INVALID"], &["CKR_OBJECT_HANDLE_INVALID"],
        "CKR_KEY_HANDLE_INVALID is right: the handle stands in the place of a key, and the functions that begin operations list that code and not CKR_OBJECT_HANDLE_INVALID (§5.1.6)."),
    row(&["C_*Init"], PARAMETER, &["CKR_MECHANISM_INVALID", "CKR_ARGUMENTS_BAD"],
        "CKR_MECHANISM_PARAM_INVALID is right: the mechanism is there, its parameter has a length that it cannot have (§5.1.6)."),
    row(&["C_*Init"], PARAMETER, OK,
        "CKR_MECHANISM_PARAM_INVALID is right: the mechanism takes no parameter, and the call says that there is one. A module that ignores it does no harm."),
    row(&["C_SignInit", "C_VerifyInit"], &["CKR_KEY_TYPE_INCONSISTENT"], OK,
        "CKR_KEY_TYPE_INCONSISTENT is right: the key's type does not fit the mechanism (§5.1.6). A module that begins all the same fails later, or signs with a key for something else."),
    row(&["C_*Init"], &["CKR_KEY_SIZE_RANGE"], OK,
        "Both are right: which sizes of keys are served is the token's affair, and C_GetMechanismInfo tells it (§5.5.6)."),
    row(&["C_*Init"], &["CKR_KEY_FUNCTION_NOT_PERMITTED"], OK,
        "Both are right: the template left the key's use out, and what it is then is the token's choice (§4.8, defaults)."),
    row(&["C_*Init"], AT_START, AT_START,
        "Both are right: more than one thing is wrong with the call, and which of them is found first is open (§5.1.7)."),
    // Parts, and all in one.
    row(WHOLE, ACTIVE, &["CKR_OK*", "CKR_BUFFER_TOO_SMALL", "CKR_ENCRYPTED_DATA*", "CKR_GENERAL_ERROR", "CKR_OPERATION_NOT_INITIALIZED"],
        "Refusing is right: a single-part call must not follow parts of the same operation (§5.8.2 and its like). The specification names no code for it; a module that answers as if the parts had not been loses them, or stumbles over them."),
    row(&["C_*Update", "C_*Final", "C_Sign", "C_Verify", "C_Digest", "C_Encrypt", "C_Decrypt"], IDLE, &["CKR_OK*", "CKR_DATA_LEN_RANGE", "CKR_SIGNATURE_LEN_RANGE", "CKR_SIGNATURE_INVALID", "CKR_ENCRYPTED_DATA*"],
        "Both are right where the mechanism signs all at once only, as CKM_RSA_PKCS and CKM_ECDSA do: parts need not be served. Elsewhere the module whose operation has outlived an error is wrong: a failing call ends it (§5.8 to §5.13)."),
    // Ciphertext.
    row(&["C_Decrypt*"], WRONG_CIPHERTEXT, &["CKR_GENERAL_ERROR"],
        "CKR_ENCRYPTED_DATA_INVALID and CKR_ENCRYPTED_DATA_LEN_RANGE are right: the ciphertext is wrong, and the token is not (§5.1.6)."),
    row(&["C_Decrypt*"], WRONG_CIPHERTEXT, &["CKR_BUFFER_TOO_SMALL"],
        "Both are right where the room is small as well; where there is room enough, CKR_BUFFER_TOO_SMALL misleads: more room does not help."),
    // Templates.
    row(&["C_GenerateKey"], &["CKR_KEY_SIZE_RANGE"], &["CKR_ATTRIBUTE_VALUE_INVALID"],
        "Both refuse a length that no AES key has. CKR_ATTRIBUTE_VALUE_INVALID is the code of values in templates; CKR_KEY_SIZE_RANGE is about keys that are there (§5.1.6)."),
    row(&["C_GenerateKey"], &["CKR_KEY_SIZE_RANGE", "CKR_ATTRIBUTE_VALUE_INVALID"], &["CKR_TEMPLATE_INCOMPLETE"],
        "Both refuse a length of 0. The template has CKA_VALUE_LEN, so it is not incomplete: its value is wrong (§4.1.1)."),
    row(&["C_CreateObject"], &["CKR_TEMPLATE_INCONSISTENT"], &["CKR_ATTRIBUTE_TYPE_INVALID"],
        "CKR_TEMPLATE_INCONSISTENT is the literal reading: an attribute that the specification describes is valid, and does not go with the others here (§4.1.1). CKR_ATTRIBUTE_TYPE_INVALID is the common reading: valid for this class."),
    row(&["C_CreateObject"], &["CKR_TEMPLATE_INCOMPLETE", "CKR_KEY_SIZE_RANGE", "CKR_ATTRIBUTE_VALUE_INVALID"], OK,
        "Refusing is right where the value is no AES key, which has 16, 24 or 32 bytes, or no point (§6.13, §6.3); whether a generic secret may have no bytes is open. CKR_ATTRIBUTE_VALUE_INVALID says it best; a value of no bytes is there, so the template is not incomplete."),
    row(&["C_CreateObject"], &["CKR_CURVE_NOT_SUPPORTED", "CKR_DOMAIN_PARAMS_INVALID"], OK,
        "Refusing is right: CKA_EC_PARAMS names no curve (§6.3.3). CKR_CURVE_NOT_SUPPORTED is of curves that there are; CKR_ATTRIBUTE_VALUE_INVALID or CKR_DOMAIN_PARAMS_INVALID would say more."),
    row(&["C_CreateObject"], TEMPLATE, TEMPLATE,
        "Both refuse: the template is wrong in more than one way, such as an attribute that does not belong there with a value of the wrong length, and the order of looking is open (§4.1.1)."),
    row(&["C_SetAttributeValue"], &["CKR_ATTRIBUTE_READ_ONLY"], OK,
        "CKR_ATTRIBUTE_READ_ONLY is right where the attribute cannot be changed, even to the value that it has (§4.1.2). Where it is CKA_SENSITIVE or CKA_EXTRACTABLE, both are right: the defaults differ (§4.9), and only one direction is open."),
    row(&["C_CopyObject"], &["CKR_ATTRIBUTE_READ_ONLY"], OK,
        "Both are right where the attribute is the value of a data object, or one whose default differs between the tokens (§4.1.3, §4.5, §4.9). Elsewhere CKR_ATTRIBUTE_READ_ONLY is right: a copy changes what could be changed in place, and little more."),
    // Defaults that are the token's choice.
    row(&["C_GetAttributeValue"], CLEAR, SET,
        "Both are right: the template left the attribute out, and its default is the token's choice (§4.8 to §4.10)."),
    row(&["C_GetAttributeValue"], &["CKR_ATTRIBUTE_SENSITIVE*"], &["CKR_OK*", "CKR_BUFFER_TOO_SMALL*"],
        "Both are right: the template left CKA_SENSITIVE out, and its default is the token's choice (§4.9, §4.10)."),
    row(&["C_WrapKey"], &["CKR_KEY_FUNCTION_NOT_PERMITTED", "CKR_KEY_UNEXTRACTABLE"], OK,
        "Both are right: the template left CKA_WRAP or CKA_EXTRACTABLE out, and its default is the token's choice (§4.8, §4.10)."),
    row(&["C_WrapKey"], IN_WRAPPING, IN_WRAPPING,
        "Both refuse: the keys do not fit in more than one way, and the order of looking is open (§5.1.7)."),
];

/// Explains a difference; empty where nobody has looked into it.
pub(super) fn explain(function: &str, this: &str, other: &str) -> &'static str {
    let known = KNOWN.iter().find(|known| known.fits(function, this, other));
    known.map_or("", |known| known.text)
}

impl Known {
    fn fits(&self, function: &str, this: &str, other: &str) -> bool {
        let among = |patterns: &[&str], answer| patterns.iter().any(|one| matches(one, answer));
        let pair = |this, other| among(self.one, this) && among(self.other, other);
        among(self.functions, function) && (pair(this, other) || pair(other, this))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn which_module_answered_what_makes_no_difference() {
        for known in KNOWN {
            for one in known.one {
                for other in known.other {
                    let (one, other) = (one.replace('*', ""), other.replace('*', ""));
                    let function = known.functions[0].replace('*', "Sign");
                    let text = explain(&function, &one, &other);
                    assert_eq!(text, explain(&function, &other, &one));
                    assert!(!text.is_empty(), "{function} {one} {other}");
                }
            }
        }
    }

    #[test]
    fn what_nobody_looked_into_has_no_explanation() {
        assert_eq!(explain("C_Sign", "CKR_OK", "CKR_HOST_MEMORY"), "");
        assert_eq!(explain("C_Logout", "CKR_OK", "CKR_OPERATION_ACTIVE"), "");
    }

    #[test]
    fn every_explanation_is_of_one_or_more_sentences() {
        for known in KNOWN {
            assert!(known.text.ends_with('.'), "{}", known.text);
        }
    }
}
