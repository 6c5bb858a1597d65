//! A report as large and as mixed as a real one.

use conformance::report::model::{
    CaseResult, Clause, Difference, Differential, FORMAT, Level, Measurement, Mechanism, Module,
    Profile, Report, Token, Vectors, Verdict,
};

/// An area: its name, the chapter that it is about, and the functions or mechanisms whose rules it tests.
type Area = (&'static str, &'static str, &'static [&'static str]);

#[rustfmt::skip] // A table reads by its columns.
const AREAS: [Area; 18] = [
    ("general",    "PKCS#11 3.1 §5.4",  &["C_Initialize", "C_Finalize", "C_GetInfo", "C_GetFunctionList", "C_GetInterfaceList", "C_GetInterface"]),
    ("slot",       "PKCS#11 3.1 §5.5",  &["C_GetSlotList", "C_GetSlotInfo", "C_GetTokenInfo", "C_WaitForSlotEvent", "C_GetMechanismList", "C_GetMechanismInfo"]),
    ("session",    "PKCS#11 3.1 §5.6",  &["C_OpenSession", "C_CloseSession", "C_CloseAllSessions", "C_GetSessionInfo", "C_GetOperationState", "C_SetOperationState", "C_SessionCancel"]),
    ("login",      "PKCS#11 3.1 §5.6.8", &["C_Login", "C_LoginUser", "C_Logout"]),
    ("pin",        "PKCS#11 3.1 §5.5.8", &["C_InitToken", "C_InitPIN", "C_SetPIN"]),
    ("object",     "PKCS#11 3.1 §5.7",  &["C_CreateObject", "C_CopyObject", "C_DestroyObject", "C_GetObjectSize", "C_GetAttributeValue", "C_SetAttributeValue"]),
    ("find",       "PKCS#11 3.1 §5.7.7", &["C_FindObjectsInit", "C_FindObjects", "C_FindObjectsFinal"]),
    ("encrypt",    "PKCS#11 3.1 §5.8",  &["C_EncryptInit", "C_Encrypt", "C_EncryptUpdate", "C_EncryptFinal", "C_DecryptInit", "C_Decrypt", "C_DecryptUpdate", "C_DecryptFinal"]),
    ("digest",     "PKCS#11 3.1 §5.12", &["C_DigestInit", "C_Digest", "C_DigestUpdate", "C_DigestKey", "C_DigestFinal"]),
    ("sign",       "PKCS#11 3.1 §5.13", &["C_SignInit", "C_Sign", "C_SignUpdate", "C_SignFinal", "C_VerifyInit", "C_Verify", "C_VerifyUpdate", "C_VerifyFinal"]),
    ("wrap",       "PKCS#11 3.1 §5.18.3", &["C_WrapKey", "C_UnwrapKey"]),
    ("derive",     "PKCS#11 3.1 §5.18.5", &["C_DeriveKey"]),
    ("random",     "PKCS#11 3.1 §5.19", &["C_SeedRandom", "C_GenerateRandom"]),
    ("message",    "PKCS#11 3.1 §5.9",  &["C_MessageEncryptInit", "C_EncryptMessage", "C_MessageDecryptInit", "C_DecryptMessage", "C_MessageSignInit", "C_SignMessage"]),
    ("profile",    "PKCS#11 3.1 §4.15", &["CKP_BASELINE_PROVIDER", "CKP_EXTENDED_PROVIDER"]),
    ("robustness", "PKCS#11 3.1 §5.1",  &["C_Sign", "C_Encrypt", "C_CreateObject", "C_GetAttributeValue", "C_UnwrapKey", "C_DeriveKey"]),
    ("vector",     "PKCS#11 3.1 §6",    &["CKM_AES_GCM", "CKM_AES_CBC_PAD", "CKM_RSA_PKCS_PSS", "CKM_ECDSA_SHA256", "CKM_EDDSA", "CKM_SHA256_HMAC", "CKM_SM3"]),
    ("attack",     "PKCS#11 3.1 §5.18", &["wrap", "derive", "oracle", "template"]),
];

#[rustfmt::skip]
const RULES: [(&str, &str, Level); 10] = [
    ("length-first",   "With no buffer, {} tells the length and leaves the operation as it is.", Level::Must),
    ("short-buffer",   "With a buffer that is too short, {} returns CKR_BUFFER_TOO_SMALL and tells the length that it takes.", Level::Must),
    ("null-argument",  "{} returns CKR_ARGUMENTS_BAD for a null pointer where it needs a value.", Level::Must),
    ("wrong-handle",   "{} refuses a handle that names nothing.", Level::Must),
    ("not-logged-in",  "{} returns CKR_USER_NOT_LOGGED_IN where the object is private and nobody has logged in.", Level::Must),
    ("twice",          "{} called a second time returns CKR_OPERATION_ACTIVE, and the first operation goes on.", Level::Must),
    ("not-started",    "{} returns CKR_OPERATION_NOT_INITIALIZED without an operation that was started.", Level::Must),
    ("ends-operation", "After {} has failed, no operation is active.", Level::Must),
    ("read-only",      "{} changes no token object in a session that is for reading only.", Level::Must),
    ("padding",        "What {} fills in is padded with blanks and ends without a null character.", Level::Should),
];

/// What is particular about a sample: which cases fail and what the module is called.
pub(crate) struct Flavour {
    name: &'static str,
    manufacturer: &'static str,
    version: &'static str,
    /// Every so many cases fail.
    fails: usize,
    /// How fast it is.
    speed: f64,
}

/// A module that does well.
pub(crate) const CAREFUL: Flavour = Flavour {
    name: "Harbour HSM",
    manufacturer: "Harbour Works",
    version: "4.2",
    fails: 97,
    speed: 1.0,
};

/// A module that does less well.
pub(crate) const CARELESS: Flavour = Flavour {
    name: "Paper Token",
    manufacturer: "Stationery Ltd",
    version: "2.6",
    fails: 31,
    speed: 2.4,
};

/// Makes the report of one run.
pub(crate) fn report(flavour: &Flavour) -> Report {
    Report {
        format: FORMAT,
        suite: "0.1.0".to_owned(),
        started: "2026-03-04T05:06:07Z".to_owned(),
        seconds: 372.4,
        command: format!(
            "dew-conformance run --module /usr/lib/pkcs11/{}.so --token conformance --performance",
            flavour.name.to_lowercase().replace(' ', "-")
        ),
        module: module(flavour),
        results: results(flavour),
        profiles: profiles(flavour),
        performance: performance(flavour),
        differential: Some(differential()),
    }
}

fn module(flavour: &Flavour) -> Module {
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    let mechanisms = [
        (
            "CKM_RSA_PKCS_KEY_PAIR_GEN",
            1024,
            4096,
            "CKF_GENERATE_KEY_PAIR",
        ),
        ("CKM_RSA_PKCS_PSS", 1024, 4096, "CKF_SIGN CKF_VERIFY"),
        (
            "CKM_EC_KEY_PAIR_GEN",
            256,
            521,
            "CKF_GENERATE_KEY_PAIR CKF_EC_F_P CKF_EC_NAMEDCURVE",
        ),
        (
            "CKM_ECDSA",
            256,
            521,
            "CKF_SIGN CKF_VERIFY CKF_EC_F_P CKF_EC_NAMEDCURVE CKF_EC_UNCOMPRESS",
        ),
        (
            "CKM_AES_GCM",
            16,
            32,
            "CKF_ENCRYPT CKF_DECRYPT CKF_WRAP CKF_UNWRAP",
        ),
        ("CKM_SHA256", 0, 0, "CKF_DIGEST"),
    ];
    Module {
        name: flavour.name.to_owned(),
        path: "/usr/lib/pkcs11/module.so".to_owned(),
        manufacturer: flavour.manufacturer.to_owned(),
        description: "PKCS#11 module".to_owned(),
        library_version: flavour.version.to_owned(),
        cryptoki_version: "3.1".to_owned(),
        interfaces: words(&["PKCS 11 3.1", "PKCS 11 3.0", "PKCS 11 2.40"]),
        slot: 1_729_382_256,
        token: Token {
            label: "conformance".to_owned(),
            manufacturer: flavour.manufacturer.to_owned(),
            model: "Mark II".to_owned(),
            serial: "00c0ffee".to_owned(),
            flags: words(&["CKF_RNG", "CKF_LOGIN_REQUIRED", "CKF_TOKEN_INITIALIZED"]),
        },
        mechanisms: mechanisms
            .map(|(name, min, max, flags)| Mechanism {
                name: name.to_owned(),
                min,
                max,
                flags: flags.split(' ').map(str::to_owned).collect(),
            })
            .to_vec(),
    }
}

fn results(flavour: &Flavour) -> Vec<CaseResult> {
    let mut results = Vec::new();
    for (area, section, subjects) in AREAS {
        for subject in subjects {
            for rule in RULES {
                results.push(result(
                    flavour,
                    results.len(),
                    (area, section, subject),
                    rule,
                ));
            }
        }
    }
    results
}

fn result(
    flavour: &Flavour,
    number: usize,
    (area, section, subject): (&str, &str, &str),
    (rule, requirement, level): (&str, &str, Level),
) -> CaseResult {
    let verdict = verdict(flavour, number);
    let short = subject
        .trim_start_matches("C_")
        .trim_start_matches("CKM_")
        .to_lowercase();
    let failed = matches!(verdict, Verdict::Fail | Verdict::Known);
    let text = |text: &str| {
        if failed {
            text.to_owned()
        } else {
            String::new()
        }
    };
    CaseResult {
        case: format!("{area}.{}.{rule}", short.replace('_', "-")),
        requirement: requirement.replace("{}", subject),
        section: format!("{section}.{}", number % 7 + 1),
        level,
        verdict,
        expected: text("CKR_BUFFER_TOO_SMALL (0x150) and a length of 256"),
        got: text("CKR_OK (0x0) and a length of 0"),
        note: note(area, verdict).to_owned(),
        calls: if failed { calls(subject) } else { Vec::new() },
        vectors: (area == "vector").then_some(Vectors {
            passed: 40 + u64::try_from(number).unwrap(),
            failed: u64::from(verdict == Verdict::Fail) * 3,
            not_applicable: u64::try_from(number % 5).unwrap(),
        }),
        milliseconds: f64::from(u32::try_from(number * 37 % 400).unwrap()) / 10.0,
    }
}

fn verdict(flavour: &Flavour, number: usize) -> Verdict {
    match number * 7 + 3 {
        number if number.is_multiple_of(flavour.fails) => Verdict::Fail,
        number if number.is_multiple_of(83) => Verdict::Known,
        number if number.is_multiple_of(13) => Verdict::NotApplicable,
        number if number.is_multiple_of(29) => Verdict::Skipped,
        _ => Verdict::Pass,
    }
}

fn note(area: &str, verdict: Verdict) -> &'static str {
    match (area, verdict) {
        ("attack", Verdict::Pass) => {
            "The key's template is checked again after unwrapping, and CKA_SENSITIVE stays true."
        }
        ("attack", Verdict::Fail) => {
            "The key is wrapped under one that may also decrypt, so its value comes out as a plaintext: whoever holds a \
             session reads every extractable key. A module prevents it by refusing CKA_WRAP and CKA_DECRYPT together."
        }
        (_, Verdict::Fail) => {
            "An application that asks first (\"length & < 256\") reserves nothing, and writes past it."
        }
        (_, Verdict::Known) => {
            "The vendor does not support multi-part operations; see the release notes of 4.2."
        }
        (_, Verdict::NotApplicable) => "The slot does not list CKM_AES_GCM.",
        (_, Verdict::Skipped) => "It needs --destructive.",
        (_, Verdict::Pass) => "",
    }
}

fn calls(subject: &str) -> Vec<String> {
    let calls = [
        "C_Initialize({flags: CKF_OS_LOCKING_OK}) = CKR_OK",
        "C_OpenSession(slot 0, CKF_SERIAL_SESSION | CKF_RW_SESSION) = CKR_OK, session 1",
        "C_Login(session 1, CKU_USER, PIN) = CKR_OK",
        "C_GenerateKeyPair(session 1, CKM_RSA_PKCS_KEY_PAIR_GEN, {CKA_MODULUS_BITS: 2048, CKA_PUBLIC_EXPONENT: 010001, \
         CKA_VERIFY: true}, {CKA_SIGN: true, CKA_SENSITIVE: true}) = CKR_OK, objects 2 and 3",
    ];
    let mut calls: Vec<String> = calls.map(str::to_owned).to_vec();
    calls.push(format!(
        "{subject}(session 1, 32 bytes, null, length 0) = CKR_OK, length 256"
    ));
    calls.push(format!(
        "{subject}(session 1, 32 bytes, buffer of 16, length 16) = CKR_OK, length 0"
    ));
    calls
}

fn profiles(flavour: &Flavour) -> Vec<Profile> {
    let careful = flavour.fails > 50;
    let profiles = [
        ("Baseline Provider", "CKP_BASELINE_PROVIDER", true, true),
        ("Extended Provider", "CKP_EXTENDED_PROVIDER", true, careful),
        (
            "Authentication Token",
            "CKP_AUTHENTICATION_TOKEN",
            false,
            careful,
        ),
        (
            "Public Certificates Token",
            "CKP_PUBLIC_CERTIFICATES_TOKEN",
            false,
            false,
        ),
    ];
    let make = |(name, id, claimed, met): (&str, &str, bool, bool)| Profile {
        name: name.to_owned(),
        id: id.to_owned(),
        claimed,
        met,
        clauses: (1..5)
            .map(|number| clause(number, met || number < 4))
            .collect(),
    };
    profiles.map(make).to_vec()
}

fn clause(number: usize, met: bool) -> Clause {
    Clause {
        section: format!("Profiles 3.1 §3.{number}"),
        requirement: format!(
            "Supports the functions of list {number}, and answers their documented return codes."
        ),
        verdict: if met { Verdict::Pass } else { Verdict::Fail },
        cases: vec![
            "general.getinfo.padding".to_owned(),
            "session.opensession.wrong-handle".to_owned(),
        ],
    }
}

fn performance(flavour: &Flavour) -> Vec<Measurement> {
    let operations = [
        ("CKM_RSA_PKCS_PSS", "sign", Some(2048), 1_150.0, &[32][..]),
        ("CKM_ECDSA", "sign", Some(256), 14_200.0, &[32]),
        (
            "CKM_AES_GCM",
            "encrypt",
            Some(256),
            88_000.0,
            &[64, 4096, 1 << 20],
        ),
        ("CKM_SHA256", "digest", None, 91_000.0, &[4096]),
        ("CKM_EC_KEY_PAIR_GEN", "generate", Some(256), 3_100.0, &[0]),
    ];
    let mut measurements = Vec::new();
    for (mechanism, operation, key_bits, rate, sizes) in operations {
        for bytes in sizes {
            for threads in [1, 2, 4, 8] {
                let size = 1.0 + f64::from(u32::try_from(*bytes).unwrap()) / 6000.0;
                let rate = rate * flavour.speed / size;
                measurements.push(Measurement {
                    mechanism: mechanism.to_owned(),
                    operation: operation.to_owned(),
                    key_bits,
                    threads,
                    bytes: *bytes,
                    per_second: (rate * f64::from(threads).powf(0.7)).round(),
                    p50_us: (1e6 / rate * f64::from(threads).powf(0.3)).round(),
                    p99_us: (4e6 / rate * f64::from(threads)).round(),
                });
            }
        }
    }
    measurements
}

fn differential() -> Differential {
    let differences = [
        (
            "C_GetAttributeValue",
            "CKR_ATTRIBUTE_TYPE_INVALID",
            "CKR_OK",
            212,
            "The other module has CKA_UNIQUE_ID.",
        ),
        (
            "C_FindObjectsInit",
            "CKR_OK",
            "CKR_TEMPLATE_INCONSISTENT",
            40,
            "",
        ),
        (
            "C_Sign",
            "CKR_KEY_HANDLE_INVALID",
            "CKR_OPERATION_NOT_INITIALIZED",
            3,
            "Both are allowed: the order of checks is not fixed.",
        ),
    ];
    let make =
        |(function, this, other, count, explanation): (&str, &str, &str, u64, &str)| Difference {
            function: function.to_owned(),
            this: this.to_owned(),
            other: other.to_owned(),
            count,
            explanation: explanation.to_owned(),
            example: format!(
                "call 1042: {function}(session 3, object 7, {{CKA_UNIQUE_ID: buffer of 0}})"
            ),
        };
    Differential {
        other: "Reference Token".to_owned(),
        seed: 20_260_304,
        calls: 100_000,
        same: 99_745,
        differences: differences.map(make).to_vec(),
    }
}
