//! Which areas of the suite are about a function, and so can notice what it does wrong.
//!
//! Other areas call many of the functions too, to prepare something; that a case does not get so far is no sign that it bites.

use broken_module::Function;

/// The areas that are about every function: uninitialised, in unknown sessions, with null and wild arguments.
pub(crate) const EVERYTHING: &[&str] = &["general", "session", "robustness", "profile"];

/// The areas in which attributes matter.
pub(crate) const OF_ATTRIBUTES: &[&str] = &[
    "object",
    "attribute",
    "find",
    "copy",
    "login",
    "generate",
    "wrap",
    "unwrap",
    "derive",
    "attack",
];

/// Returns the areas that are about a function.
pub(crate) fn about(function: Function) -> &'static [&'static str] {
    match function.name() {
        "C_Initialize" | "C_Finalize" => &["general", "thread"],
        "C_GetInfo" | "C_GetFunctionList" | "C_GetInterfaceList" | "C_GetInterface" => &["general"],
        "C_GetSlotList" | "C_GetSlotInfo" | "C_WaitForSlotEvent" => &["slot"],
        "C_GetTokenInfo" => &["slot", "pin", "session", "login"],
        "C_GetMechanismList" | "C_GetMechanismInfo" => &["mechanism"],
        "C_InitToken" => &["slot", "pin"],
        "C_InitPIN" | "C_SetPIN" => &["pin"],
        "C_OpenSession" => &["session", "login", "thread"],
        "C_CloseSession" | "C_CloseAllSessions" | "C_GetSessionInfo" => {
            &["session", "login", "slot"]
        }
        "C_Login" | "C_Logout" | "C_LoginUser" => &["login", "session", "pin"],
        "C_GetFunctionStatus" | "C_CancelFunction" => &["general", "session"],
        "C_SessionCancel" => &["session", "encrypt", "decrypt", "digest", "sign", "verify"],
        name => by_kind(name),
    }
}

fn by_kind(name: &str) -> &'static [&'static str] {
    match name {
        "C_CreateObject" => &["object", "attribute", "copy", "attack"],
        "C_CopyObject" => &["copy", "attack"],
        "C_DestroyObject" => &["object"],
        "C_GetObjectSize" => &["copy"],
        "C_GetAttributeValue" => &[
            "attribute",
            "object",
            "copy",
            "generate",
            "unwrap",
            "derive",
            "attack",
        ],
        "C_SetAttributeValue" => &["attribute", "copy", "attack"],
        "C_GenerateKey" | "C_GenerateKeyPair" => &["generate", "mechanism", "attack"],
        "C_WrapKey" => &["wrap", "mechanism", "attack"],
        "C_UnwrapKey" => &["unwrap", "mechanism", "attack"],
        "C_DeriveKey" => &["derive", "mechanism", "attack", "vector"],
        "C_SeedRandom" | "C_GenerateRandom" => &["random", "thread"],
        "C_GetOperationState" | "C_SetOperationState" => &["recover"],
        _ if name.ends_with("EncryptUpdate") && name != "C_EncryptUpdate" => &["recover"],
        "C_DecryptDigestUpdate" | "C_DecryptVerifyUpdate" => &["recover"],
        _ if name.contains("Recover") => &["recover"],
        _ if name.contains("Message") => &["message", "attack"],
        _ if name.starts_with("C_FindObjects") => &["find"],
        _ if name.starts_with("C_Encrypt") => {
            &["encrypt", "attack", "vector", "mechanism", "session"]
        }
        _ if name.starts_with("C_Decrypt") => &["decrypt", "attack", "vector", "mechanism"],
        _ if name.starts_with("C_Digest") => {
            &["digest", "vector", "mechanism", "thread", "session", "find"]
        }
        _ if name.starts_with("C_Sign") => &["sign", "attack", "vector", "mechanism", "thread"],
        _ if name.starts_with("C_VerifySignature") => &["encapsulate"],
        _ if name.starts_with("C_Verify") => &["verify", "vector", "mechanism"],
        _ => &["encapsulate"],
    }
}
