//! The provider profiles and their conditions ("PKCS #11 Profiles Version 3.2", sections 5.1 to 5.6).
//!
//! Profiles of consumers are about applications, and none can be judged here.

use cryptoki_sys::{
    CK_PROFILE_ID, CKP_AUTHENTICATION_TOKEN, CKP_BASELINE_PROVIDER, CKP_COMPLETE_PROVIDER,
    CKP_EXTENDED_PROVIDER, CKP_HKDF_TLS_TOKEN, CKP_PUBLIC_CERTIFICATES_TOKEN,
};

/// A profile.
pub(super) struct Definition {
    /// What the document calls it.
    pub(super) name: &'static str,
    /// What `--profile` calls it.
    pub(super) short: &'static str,
    /// The value of `CKA_PROFILE_ID`.
    pub(super) id: CK_PROFILE_ID,
    /// Where its conditions are written.
    pub(super) section: &'static str,
    /// Its conditions.
    pub(super) conditions: &'static [Condition],
}

/// A condition of a profile.
pub(super) struct Condition {
    /// Its number in the section; empty for the test cases, which are a section below.
    pub(super) number: &'static str,
    /// What it asks for.
    pub(super) requirement: &'static str,
    /// How it is judged.
    pub(super) rests: Rests,
}

/// What a condition rests on.
#[derive(Clone, Copy)]
pub(super) enum Rests {
    /// Cases about the token's claim itself.
    Claim(&'static [&'static str]),
    /// Cases: of every pattern one has to pass, and none may fail.
    Cases(&'static [&'static str]),
    /// Other profiles, all of them.
    Profiles(&'static [&'static str]),
}

/// Returns the profile that `--profile` calls so.
pub(super) fn find(short: &str) -> Option<&'static Definition> {
    PROFILES.iter().find(|profile| profile.short == short)
}

const fn on(
    number: &'static str,
    requirement: &'static str,
    patterns: &'static [&'static str],
) -> Condition {
    Condition {
        number,
        requirement,
        rests: Rests::Cases(patterns),
    }
}

const fn claim(
    number: &'static str,
    requirement: &'static str,
    patterns: &'static [&'static str],
) -> Condition {
    Condition {
        number,
        requirement,
        rests: Rests::Claim(patterns),
    }
}

const fn built_on(
    number: &'static str,
    requirement: &'static str,
    shorts: &'static [&'static str],
) -> Condition {
    Condition {
        number,
        requirement,
        rests: Rests::Profiles(shorts),
    }
}

/// The profiles, in the order of their numbers.
pub(super) const PROFILES: &[Definition] = &[
    Definition {
        name: "Baseline Provider",
        short: "baseline",
        id: CKP_BASELINE_PROVIDER,
        section: "5.1",
        conditions: BASELINE,
    },
    Definition {
        name: "Extended Provider",
        short: "extended",
        id: CKP_EXTENDED_PROVIDER,
        section: "5.3",
        conditions: EXTENDED,
    },
    Definition {
        name: "Authentication Token",
        short: "authentication",
        id: CKP_AUTHENTICATION_TOKEN,
        section: "5.4",
        conditions: AUTHENTICATION,
    },
    Definition {
        name: "Public Certificates Token",
        short: "certificates",
        id: CKP_PUBLIC_CERTIFICATES_TOKEN,
        section: "5.5",
        conditions: CERTIFICATES,
    },
    Definition {
        name: "Complete Provider",
        short: "complete",
        id: CKP_COMPLETE_PROVIDER,
        section: "5.2",
        conditions: COMPLETE,
    },
    Definition {
        name: "HKDF TLS Token",
        short: "hkdf-tls",
        id: CKP_HKDF_TLS_TOKEN,
        section: "5.6",
        conditions: HKDF_TLS,
    },
];

#[rustfmt::skip] // A table reads by its columns.
const BASELINE: &[Condition] = &[
    on("1", "The module speaks PKCS#11 3.1 or later.", &["profile.baseline.specification"]),
    on("2", "The information structures and the session's information are as the standard lays them out.",
        &["general.info", "slot.info", "slot.token", "session.info", "profile.baseline.interface"]),
    on("3", "Applications can read the attributes that every object or kind of object has.", &[
        "profile.baseline.attribute.class", "profile.baseline.attribute.token", "profile.baseline.attribute.value",
        "profile.baseline.attribute.id", "profile.baseline.attribute.private", "profile.baseline.attribute.modifiable",
        "profile.baseline.attribute.label", "profile.baseline.attribute.unique-id"]),
    claim("4", "The token holds a profile object that says CKP_BASELINE_PROVIDER.",
        &["profile.claim.baseline", "profile.baseline.attribute.profile-id"]),
    on("5", "The sixteen functions by which a module tells what it is and what it holds are served.", &[
        "general.function-list", "general.interface-list", "general.interface", "general.initialize.null",
        "general.initialize.os-locking", "general.finalize.twice", "general.info.version", "slot.list", "slot.info.flags",
        "slot.token.flags", "session.open.read-only", "session.open.read-write", "session.close.once", "session.info.slot",
        "find.portion", "find.state", "attribute.get.exact", "attribute.get.length"]),
    on("7", "Errors in the use of these functions are answered as the standard says.", &[
        "general.before-initialize.C_GetInfo", "general.before-initialize.C_GetSlotList",
        "general.before-initialize.C_OpenSession", "general.initialize.twice", "slot.invalid.C_GetSlotInfo",
        "slot.invalid.C_GetTokenInfo", "slot.invalid.C_OpenSession", "session.open.serial-required",
        "session.handle.*.C_CloseSession", "session.handle.*.C_GetSessionInfo", "session.handle.*.C_GetAttributeValue",
        "session.handle.*.C_FindObjectsInit", "session.handle.*.C_FindObjects", "session.handle.*.C_FindObjectsFinal",
        "attribute.get.alone", "attribute.get.too-small", "attribute.get.object-zero"]),
    on("", "The module goes through the calls of the mandatory test case BL-M-1.", &["profile.baseline.sequence-1"]),
];

#[rustfmt::skip] // A table reads by its columns.
const EXTENDED: &[Condition] = &[
    built_on("2", "The module meets the conditions of a Baseline Provider.", &["baseline"]),
    on("3", "Mechanisms and what is told of them are as the standard lays them out.",
        &["mechanism.info.every", "mechanism.info.every-field", "mechanism.list.distinct"]),
    claim("5", "The token holds a profile object that says CKP_EXTENDED_PROVIDER.",
        &["profile.claim.extended", "profile.claim.with-baseline"]),
    on("6", "Mechanisms are listed and described, and users log in and out, by their names as well.", &[
        "mechanism.list", "mechanism.info.stable", "login.user.right-pin", "login.user.read-only", "login.logout.user",
        "login.named.already-logged-in"]),
    on("8", "Errors in the use of these functions are answered as the standard says.", &[
        "slot.invalid.C_GetMechanismList", "slot.invalid.C_GetMechanismInfo", "mechanism.info.unknown",
        "session.handle.*.C_Login", "session.handle.*.C_Logout", "login.user.wrong-pin", "login.user.twice", "login.kind",
        "login.logout.not-logged-in"]),
    on("", "The module goes through the calls of the mandatory test case EXT-M-1.", &["profile.extended.sequence-1"]),
];

#[rustfmt::skip] // A table reads by its columns.
const AUTHENTICATION: &[Condition] = &[
    built_on("2", "The module meets the conditions of a Baseline Provider.", &["baseline"]),
    claim("5 c", "The token holds a profile object that says CKP_AUTHENTICATION_TOKEN.",
        &["profile.claim.authentication", "profile.claim.with-baseline"]),
    on("5", "The token holds private keys and public keys.", &["profile.authentication.keys"]),
    on("6", "Users log in and out, by their names as well, and private keys sign.", &[
        "login.user.right-pin", "login.logout.user", "login.named.already-logged-in", "profile.authentication.signature"]),
    on("8", "Errors in the use of these functions are answered as the standard says.", &[
        "session.handle.*.C_Login", "session.handle.*.C_Logout", "session.handle.*.C_SignInit", "session.handle.*.C_Sign",
        "login.user.wrong-pin"]),
    on("", "The module goes through the calls of the mandatory test case AUTH-M-1.", &["profile.authentication.sequence-1"]),
];

#[rustfmt::skip] // A table reads by its columns.
const CERTIFICATES: &[Condition] = &[
    built_on("2", "The module meets the conditions of a Baseline Provider.", &["baseline"]),
    claim("5 b", "The token holds a profile object that says CKP_PUBLIC_CERTIFICATES_TOKEN.",
        &["profile.claim.certificates", "profile.claim.with-baseline"]),
    on("5", "The token holds certificates.", &["profile.certificates.held"]),
    on("8 a", "Certificates are found and read without a login.", &["profile.certificates.public"]),
    on("8 c", "By a certificate's CKA_ID its private or its public key is found without a login.",
        &["profile.certificates.key-found"]),
    on("", "The module goes through the calls of the mandatory test case CERT-M-1.", &["profile.certificates.sequence-1"]),
];

#[rustfmt::skip] // A table reads by its columns.
const COMPLETE: &[Condition] = &[
    claim("", "The token holds a profile object that says CKP_COMPLETE_PROVIDER.",
        &["profile.claim.complete", "profile.claim.with-baseline"]),
    on("3", "Every attribute that an object of its kind has by default is there.", &["object.default"]),
    on("4", "Objects of every kind can be created.", &[
        "object.create.data", "object.create.certificate", "object.create.rsa-public", "object.create.rsa-private",
        "object.create.ec-public", "object.create.ec-private", "object.create.edwards-public",
        "object.create.edwards-private", "object.create.montgomery-public", "object.create.montgomery-private",
        "object.create.dsa-public", "object.create.dsa-private", "object.create.dh-public", "object.create.dh-private",
        "object.create.aes", "object.create.generic", "object.create.des3", "object.create.sha256-hmac",
        "object.create.chacha20", "object.create.dsa-parameters", "object.create.dh-parameters"]),
    on("5", "Every function is served.", &["profile.complete.functions"]),
    on("6", "Every mechanism of the specification is listed.", &["profile.complete.mechanisms"]),
    on("7", "Errors in the use of all functions are answered as the standard says.",
        &["general.before-initialize", "session.handle", "slot.invalid"]),
    built_on("", "The module meets every other profile of providers.",
        &["baseline", "extended", "authentication", "certificates", "hkdf-tls"]),
];

#[rustfmt::skip] // A table reads by its columns.
const HKDF_TLS: &[Condition] = &[
    built_on("2", "The module meets the conditions of a Baseline Provider.", &["baseline"]),
    claim("5 c", "The token holds a profile object that says CKP_HKDF_TLS_TOKEN.",
        &["profile.claim.hkdf-tls", "profile.claim.with-baseline"]),
    on("5", "The token holds data objects and secret keys.", &["object.create.data", "object.create.generic"]),
    on("7 i", "CKM_HKDF_DATA derives the initialisation vector of TLS 1.3.", &["profile.hkdf-tls.iv"]),
    on("7 ii", "CKM_HKDF_DATA derives the initialisation vector of QUIC.", &["profile.hkdf-tls.quic-iv"]),
    on("8", "Errors in the use of C_DeriveKey are answered as the standard says.", &["session.handle.*.C_DeriveKey"]),
];
