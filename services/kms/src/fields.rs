//! The members that KMS operations take: name, form, and the number that a bad value gets.

use kit::api::{ALNUM, ANY_TEXT, Args, Failure, Field, Kind, NAME};

use crate::{choices, spec};

const INVALID: u16 = 308;

/// The kinds of keys, and before them the word for any.
const ANY_SPEC: [&str; spec::NAMES.len() + 1] = {
    let mut any = ["ALL"; spec::NAMES.len() + 1];
    any.split_at_mut(1).1.copy_from_slice(&spec::NAMES);
    any
};

const fn text(name: &'static str, min: usize, max: usize, code: u16) -> Field {
    Field::new(
        name,
        Kind::Text {
            min,
            max,
            of: ANY_TEXT,
        },
        code,
    )
}

const fn int(name: &'static str, min: i64, max: i64, code: u16) -> Field {
    Field::new(name, Kind::Int { min, max }, code)
}

const fn choice(name: &'static str, choices: &'static [&'static str], code: u16) -> Field {
    Field::new(name, Kind::Choice(choices), code)
}

const fn name(name: &'static str, code: u16) -> Field {
    Field::new(
        name,
        Kind::Text {
            min: 1,
            max: 255,
            of: NAME,
        },
        code,
    )
}

const fn base64(name: &'static str, min: usize, max: usize, code: u16) -> Field {
    Field::new(name, Kind::Base64 { min, max }, code)
}

/// The part of the path that names the project.
pub(crate) const PROJECT_ID: Field = text("project_id", 1, 64, INVALID);
/// A key, by its identifier alone.
pub(crate) const KEY_ID: Field = Field::new("key_id", Kind::Uuid, 205);
/// A key, by its identifier or an alias of it; see [`key_reference`].
pub(crate) const KEY: Field = text("key_id", 1, 400, 205);
/// A number that clients may give a request; it has no effect.
pub(crate) const SEQUENCE: Field = Field::new("sequence", Kind::Uuid, 206);

/// The name of a key.
pub(crate) const KEY_ALIAS: Field = name("key_alias", 1101);
/// The description of a key.
pub(crate) const KEY_DESCRIPTION: Field = text("key_description", 0, 255, 1103);
/// The kind of a key.
pub(crate) const KEY_SPEC: Field = choice("key_spec", &spec::NAMES, 1110);
/// What a key is for.
pub(crate) const KEY_USAGE: Field = choice(
    "key_usage",
    &[
        "ENCRYPT_DECRYPT",
        "SIGN_VERIFY",
        "GENERATE_VERIFY_MAC",
        "KEY_AGREEMENT",
    ],
    INVALID,
);
/// Where the material comes from.
pub(crate) const ORIGIN: Field = choice("origin", &["kms", "external"], INVALID);
/// The enterprise project of a key, or `all` in filters; see [`enterprise_project`].
pub(crate) const ENTERPRISE_PROJECT: Field = text("enterprise_project_id", 1, 36, INVALID);
/// The key store of a key.
pub(crate) const KEYSTORE_ID: Field = text("keystore_id", 1, 36, INVALID);
/// Days until a deletion.
pub(crate) const PENDING_DAYS: Field = int(
    "pending_days",
    choices::DELETION_DAYS.0,
    choices::DELETION_DAYS.1,
    1401,
);
/// Filters keys by their state.
pub(crate) const KEY_STATE: Field = choice("key_state", &["1", "2", "3", "4", "5"], INVALID);
/// Filters keys by their kind.
pub(crate) const SPEC_FILTER: Field = choice("key_spec", &ANY_SPEC, 1110);
/// Items on a page.
pub(crate) const LIMIT: Field = int("limit", 1, choices::KEYS_PAGE.1, 1601);
/// Where a page begins: the number of items before it.
pub(crate) const MARKER: Field = int("marker", 0, i64::MAX, 1602);
/// Bits of random data.
pub(crate) const RANDOM_LENGTH: Field = int("random_data_length", 8, 8_192, 1801);

/// The kind of a data key.
pub(crate) const DATAKEY_SPEC: Field = choice(
    "key_spec",
    &[
        "AES_256", "AES_128", "SM4", "HMAC_256", "HMAC_384", "HMAC_512", "HMAC_SM3",
    ],
    1902,
);
/// Bits of a data key.
pub(crate) const DATAKEY_LENGTH: Field = int("datakey_length", 8, 8_192, 1901);
/// A data key and its digest.
pub(crate) const DATAKEY_PLAIN: Field = Field::new(
    "plain_text",
    Kind::Hex {
        min: 33,
        max: 1_056,
    },
    2101,
)
.secret();
/// Bytes of a data key to encrypt.
pub(crate) const DATAKEY_PLAIN_LENGTH: Field = int("datakey_plain_length", 1, 1_024, 2102);
/// An encrypted data key.
pub(crate) const DATAKEY_CIPHER: Field =
    Field::new("cipher_text", Kind::Hex { min: 1, max: 4_096 }, 2201).secret();
/// Bytes of a data key to decrypt.
pub(crate) const DATAKEY_CIPHER_LENGTH: Field = int("datakey_cipher_length", 1, 1_024, 2202);
/// The kind of an RSA data-key pair.
pub(crate) const RSA_PAIR_SPEC: Field =
    choice("key_spec", &["RSA_2048", "RSA_3072", "RSA_4096"], INVALID);
/// The kind of an EC data-key pair.
pub(crate) const EC_PAIR_SPEC: Field = choice(
    "key_spec",
    &[
        "ECC_NIST_P256",
        "ECC_NIST_P384",
        "ECC_NIST_P521",
        "ECC_SECG_P256K1",
        "SM2",
    ],
    INVALID,
);
/// Whether a data-key pair comes with its private key in the clear.
pub(crate) const WITH_PLAIN_TEXT: Field = Field::new("with_plain_text", Kind::Flag, INVALID);

/// Data that is authenticated with the ciphertext, see [`context`].
pub(crate) const AAD: Field = text(
    "additional_authenticated_data",
    0,
    choices::AAD_BYTES_MAX,
    INVALID,
);
/// The same as a map, as older clients have it.
pub(crate) const ENCRYPTION_CONTEXT: Field = Field::new("encryption_context", Kind::Object, 208);
/// A short text to encrypt.
pub(crate) const PLAIN_TEXT: Field = Field::new("plain_text", Kind::Any, INVALID).secret();
/// An encrypted short text.
pub(crate) const CIPHER_TEXT: Field = text("cipher_text", 128, 5_648, 2201).secret();
/// A ciphertext of either sort.
pub(crate) const ANY_CIPHER_TEXT: Field = text("cipher_text", 128, 9_000, 2201).secret();
/// How short data is encrypted.
pub(crate) const ENCRYPTION_ALGORITHM: Field =
    choice("encryption_algorithm", ENCRYPTION_ALGORITHMS, INVALID);
/// The key that a ciphertext is for.
pub(crate) const DESTINATION_KEY: Field = text("destination_key_id", 1, 400, 205);
/// The key that a ciphertext was made by.
pub(crate) const SOURCE_KEY: Field = text("source_key_id", 1, 400, 205);
/// What was authenticated with a ciphertext.
pub(crate) const SOURCE_AAD: Field = text(
    "source_additional_authenticated_data",
    0,
    choices::AAD_BYTES_MAX,
    INVALID,
);
/// What is to be authenticated with a ciphertext.
pub(crate) const DESTINATION_AAD: Field = text(
    "destination_additional_authenticated_data",
    0,
    choices::AAD_BYTES_MAX,
    INVALID,
);
/// How a ciphertext was made.
pub(crate) const SOURCE_ALGORITHM: Field = choice(
    "source_encryption_algorithm",
    RE_ENCRYPTION_ALGORITHMS,
    INVALID,
);
/// How a ciphertext is to be made.
pub(crate) const DESTINATION_ALGORITHM: Field = choice(
    "destination_encryption_algorithm",
    RE_ENCRYPTION_ALGORITHMS,
    INVALID,
);

const ENCRYPTION_ALGORITHMS: &[&str] = &["SYMMETRIC_DEFAULT", "RSAES_OAEP_SHA_256", "SM2_ENCRYPT"];
const RE_ENCRYPTION_ALGORITHMS: &[&str] = &[
    "SYMMETRIC_DEFAULT",
    "RSAES_OAEP_SHA_256",
    "RSAES_OAEP_SHA_1",
    "SM2_ENCRYPT",
];

/// A message or its digest.
pub(crate) const MESSAGE: Field = base64("message", 1, 4_095, INVALID).secret();
/// A message for a MAC.
pub(crate) const MAC_MESSAGE: Field = base64("message", 1, 4_096, INVALID).secret();
/// What the message is.
pub(crate) const MESSAGE_TYPE: Field = choice("message_type", &["DIGEST", "RAW"], INVALID);
/// A signature.
pub(crate) const SIGNATURE: Field = base64("signature", 1, 1_024, INVALID);
/// How a signature is made.
pub(crate) const SIGNING_ALGORITHM: Field = choice(
    "signing_algorithm",
    &[
        "RSASSA_PSS_SHA_256",
        "RSASSA_PSS_SHA_384",
        "RSASSA_PSS_SHA_512",
        "RSASSA_PKCS1_V1_5_SHA_256",
        "RSASSA_PKCS1_V1_5_SHA_384",
        "RSASSA_PKCS1_V1_5_SHA_512",
        "ECDSA_SHA_256",
        "ECDSA_SHA_384",
        "ECDSA_SHA_512",
        "SM2DSA_SM3",
        "ED25519_SHA_512",
        "ED25519_PH_SHA_512",
    ],
    INVALID,
);
/// How a MAC is made.
pub(crate) const MAC_ALGORITHM: Field = choice(
    "mac_algorithm",
    &["HMAC_SHA_256", "HMAC_SHA_384", "HMAC_SHA_512", "HMAC_SM3"],
    INVALID,
);
/// A MAC, in hexadecimal digits or Base64.
pub(crate) const MAC: Field = text("mac", 1, 256, INVALID);
/// How a secret is agreed on.
pub(crate) const AGREEMENT_ALGORITHM: Field = choice("key_agreement_algorithm", &["ECDH"], INVALID);
/// The other side's public key.
pub(crate) const PEER_KEY: Field = base64("public_key", 1, 1_024, INVALID);

/// How imported material travels.
pub(crate) const WRAPPING_ALGORITHM: Field = choice(
    "wrapping_algorithm",
    &["RSAES_OAEP_SHA_256", "SM2_ENCRYPT"],
    INVALID,
);
/// The token that goes with the import parameters.
pub(crate) const IMPORT_TOKEN: Field = text("import_token", 200, 6_144, 2605).secret();
/// Wrapped material.
pub(crate) const ENCRYPTED_MATERIAL: Field =
    base64("encrypted_key_material", 1, 270, INVALID).secret();
/// A wrapped private key.
pub(crate) const ENCRYPTED_PRIVATE_KEY: Field =
    base64("encrypted_privatekey", 1, 4_608, INVALID).secret();
/// When imported material expires, in seconds after 1970; 0 is never.
pub(crate) const EXPIRATION_TIME: Field = int("expiration_time", 0, 253_402_300_799, 2602);

/// Days between rotations.
pub(crate) const ROTATION_INTERVAL: Field = int(
    "rotation_interval",
    choices::ROTATION_DAYS.0,
    choices::ROTATION_DAYS.1,
    3001,
);

/// Who is granted something.
pub(crate) const GRANTEE: Field = Field::new(
    "grantee_principal",
    Kind::Text {
        min: 1,
        max: 64,
        of: ALNUM,
    },
    2402,
);
/// Whether the grantee is a user or an account.
pub(crate) const GRANTEE_TYPE: Field =
    choice("grantee_principal_type", &["user", "domain"], INVALID);
/// What is granted.
pub(crate) const OPERATIONS: Field = Field::new(
    "operations",
    Kind::List {
        of: &Kind::Choice(GRANTABLE),
        min: 1,
        max: 64,
    },
    INVALID,
);
/// The name of a grant.
pub(crate) const GRANT_NAME: Field = name("name", INVALID);
/// Who may retire a grant.
pub(crate) const RETIRING: Field = Field::new(
    "retiring_principal",
    Kind::Text {
        min: 1,
        max: 64,
        of: ALNUM,
    },
    2402,
);
/// A grant.
pub(crate) const GRANT_ID: Field = Field::new("grant_id", Kind::Hex { min: 32, max: 32 }, 2501);

/// What a grant can permit.
pub(crate) const GRANTABLE: &[&str] = &[
    "create-datakey",
    "create-datakey-without-plaintext",
    "encrypt-datakey",
    "decrypt-datakey",
    "describe-key",
    "create-grant",
    "retire-grant",
    "encrypt-data",
    "decrypt-data",
    "create-datakey-pair",
    "get-publickey",
    "sign",
    "verify",
    "generate-mac",
    "verify-mac",
];

/// An alias.
pub(crate) const ALIAS: Field = name("alias", INVALID);
/// Aliases to delete.
pub(crate) const ALIASES: Field = Field::new(
    "aliases",
    Kind::List {
        of: &Kind::Text {
            min: 1,
            max: 255,
            of: NAME,
        },
        min: 1,
        max: 50,
    },
    INVALID,
);
/// The key that an alias is moved to.
pub(crate) const TARGET_KEY_ID: Field = Field::new("target_key_id", Kind::Uuid, 205);
/// Filters aliases by their key.
pub(crate) const KEY_FILTER: Field = Field::new("key_id", Kind::Uuid, 205);
/// Aliases on a page.
pub(crate) const ALIAS_LIMIT: Field = int("limit", 1, choices::ALIASES_PAGE.1, 1601);
/// Where a page of aliases begins.
pub(crate) const ALIAS_MARKER: Field = text("marker", 0, 255, 1602);

/// A key's name in the form of the contract does not end in this: it is for the keys that KMS makes itself.
pub(crate) const DEFAULT_SUFFIX: &str = "/default";

/// Checks that a key is named by its identifier or by an alias.
///
/// # Errors
/// `KMS.0205`.
pub(crate) fn key_reference(args: &Args) -> Result<(), Failure> {
    for field in [&KEY, &SOURCE_KEY, &DESTINATION_KEY] {
        if let Some(given) = args.text(field)
            && !kit::id::is_uuid(given)
            && alias_name(given).is_none()
        {
            return Err(Failure::field(205, field.name));
        }
    }
    Ok(())
}

/// Returns the bare name and, in a URN, the region and the account that a reference to an alias gives.
#[must_use]
pub(crate) fn alias_name(given: &str) -> Option<(&str, Option<[&str; 2]>)> {
    let valid =
        |name: &str| !name.is_empty() && name.chars().count() <= 255 && name.chars().all(NAME.has);
    if let Some(name) = given.strip_prefix("alias/") {
        return valid(name).then_some((name, None));
    }
    let mut parts = given.strip_prefix("kms:")?.splitn(4, ':');
    let (region, account, kind, name) =
        (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let name = name.strip_prefix("alias/").unwrap_or(name);
    (kind == "alias" && valid(name)).then_some((name, Some([region, account])))
}

/// Checks an enterprise project: `0` is the default one, others are UUIDs.
///
/// # Errors
/// `KMS.0308`.
pub(crate) fn enterprise_project(args: &Args) -> Result<(), Failure> {
    match args.text(&ENTERPRISE_PROJECT) {
        None | Some("0") => Ok(()),
        Some(id) if kit::id::is_uuid(id) => Ok(()),
        Some(_) => Err(Failure::field(INVALID, ENTERPRISE_PROJECT.name)),
    }
}

/// Checks an enterprise project in a filter, where `all` is one too.
///
/// # Errors
/// `KMS.0308`.
pub(crate) fn enterprise_project_filter(args: &Args) -> Result<(), Failure> {
    match args.text(&ENTERPRISE_PROJECT) {
        Some("all") => Ok(()),
        _ => enterprise_project(args),
    }
}

/// Checks the name of a new or renamed key.
///
/// # Errors
/// `KMS.1101`.
pub(crate) fn key_name(args: &Args) -> Result<(), Failure> {
    match args.text(&KEY_ALIAS) {
        Some(name) if name.ends_with(DEFAULT_SUFFIX) => Err(Failure::field(1101, KEY_ALIAS.name)),
        _ => Ok(()),
    }
}

/// Checks that a number of bits is one of bytes.
///
/// # Errors
/// `KMS.1802` or `KMS.1903`.
pub(crate) fn whole_bytes(args: &Args) -> Result<(), Failure> {
    for (field, number) in [(&RANDOM_LENGTH, 1802), (&DATAKEY_LENGTH, 1903)] {
        if args.int(field).is_some_and(|bits| bits % 8 != 0) {
            return Err(Failure::refused(number));
        }
    }
    Ok(())
}

/// Checks what is authenticated with a ciphertext: at most so many bytes, a map of texts, and one of both.
///
/// # Errors
/// `KMS.0308` or `KMS.0208`.
pub(crate) fn context(args: &Args) -> Result<(), Failure> {
    for field in [&AAD, &SOURCE_AAD, &DESTINATION_AAD] {
        if args
            .text(field)
            .is_some_and(|text| text.len() > choices::AAD_BYTES_MAX)
        {
            return Err(Failure::field(INVALID, field.name));
        }
    }
    let Some(map) = args.object(&ENCRYPTION_CONTEXT) else {
        return Ok(());
    };
    let length = serde_json::Value::Object(map.clone())
        .to_string()
        .chars()
        .count();
    if length > choices::CONTEXT_CHARS_MAX || map.values().any(|value| !value.is_string()) {
        return Err(Failure::refused(208));
    }
    if args.text(&AAD).is_some_and(|text| !text.is_empty()) {
        return Err(Failure::field(INVALID, ENCRYPTION_CONTEXT.name));
    }
    Ok(())
}

/// Checks a short text: 1 to 4,096 bytes of UTF-8.
///
/// # Errors
/// `KMS.2101` for nothing, `KMS.0308` for too much.
pub(crate) fn plain_text(args: &Args) -> Result<(), Failure> {
    match args.text(&PLAIN_TEXT).map(str::len) {
        Some(0) => Err(Failure::refused(2101)),
        Some(1..=4_096) => Ok(()),
        _ => Err(Failure::field(INVALID, PLAIN_TEXT.name)),
    }
}

/// Checks that a ciphertext is written in the characters of Base64.
///
/// # Errors
/// `KMS.2201`.
pub(crate) fn cipher_text(args: &Args) -> Result<(), Failure> {
    let fits = args.text(&CIPHER_TEXT).is_none_or(|text| {
        text.bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'='))
    });
    if fits {
        Ok(())
    } else {
        Err(Failure::refused(2201))
    }
}

/// Checks that an import token is written in the characters of Base64.
///
/// # Errors
/// `KMS.2605`.
pub(crate) fn import_token(args: &Args) -> Result<(), Failure> {
    match args.base64(&IMPORT_TOKEN) {
        None if args.text(&IMPORT_TOKEN).is_some() => Err(Failure::refused(2605)),
        _ => Ok(()),
    }
}
