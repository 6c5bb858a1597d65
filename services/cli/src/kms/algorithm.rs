//! How keys sign: the algorithms, what they hash with, and which one a key takes when nobody says.

use aws_lc_rs::digest::{Algorithm, SHA256, SHA384, SHA512};
use serde_json::json;

use super::post;
use crate::client::Client;
use crate::error::Error;

/// A signing algorithm, and the digest that can be made here; none, where the service must see the message itself.
struct Row(&'static str, Option<&'static Algorithm>);

#[rustfmt::skip] // A table reads by its columns.
const SIGNING: &[Row] = &[
    Row("RSASSA_PSS_SHA_256",        Some(&SHA256)),
    Row("RSASSA_PSS_SHA_384",        Some(&SHA384)),
    Row("RSASSA_PSS_SHA_512",        Some(&SHA512)),
    Row("RSASSA_PKCS1_V1_5_SHA_256", Some(&SHA256)),
    Row("RSASSA_PKCS1_V1_5_SHA_384", Some(&SHA384)),
    Row("RSASSA_PKCS1_V1_5_SHA_512", Some(&SHA512)),
    Row("ECDSA_SHA_256",             Some(&SHA256)),
    Row("ECDSA_SHA_384",             Some(&SHA384)),
    Row("ECDSA_SHA_512",             Some(&SHA512)),
    Row("ED25519_PH_SHA_512",        Some(&SHA512)),
    Row("ED25519_SHA_512",           None),
    Row("SM2DSA_SM3",                None),
];

/// A kind of key, and the algorithm that it uses by default.
#[rustfmt::skip] // A table reads by its columns.
const DEFAULTS: &[(&str, &str)] = &[
    ("RSA_2048",  "RSASSA_PSS_SHA_256"),
    ("RSA_3072",  "RSASSA_PSS_SHA_256"),
    ("RSA_4096",  "RSASSA_PSS_SHA_256"),
    ("EC_P256",   "ECDSA_SHA_256"),
    ("EC_P384",   "ECDSA_SHA_384"),
    ("SECP256K1", "ECDSA_SHA_256"),
    ("SM2",       "SM2DSA_SM3"),
    ("ED25519",   "ED25519_SHA_512"),
    ("HMAC_256",  "HMAC_SHA_256"),
    ("HMAC_384",  "HMAC_SHA_384"),
    ("HMAC_512",  "HMAC_SHA_512"),
    ("HMAC_SM3",  "HMAC_SM3"),
];

/// Gives the algorithm that was named, or asks for the key's kind and takes its default.
pub(super) fn choose(client: &Client, key: &str, named: Option<&str>) -> Result<String, Error> {
    if let Some(name) = named {
        return Ok(name.to_owned());
    }
    let reply = post(client, "describe-key", &json!({ "key_id": key }))?;
    let spec = client.text(&reply, "/key_info/key_spec")?;
    let default = DEFAULTS.iter().find(|default| default.0 == spec);
    default.map(|default| default.1.to_owned()).ok_or_else(|| {
        Error::Usage(format!(
            "a key of the kind {spec} neither signs nor makes MACs; use another"
        ))
    })
}

/// Finds the digest that a message can be hashed with before it is signed.
pub(super) fn digest_of(algorithm: &str) -> Option<&'static Algorithm> {
    SIGNING.iter().find(|row| row.0 == algorithm)?.1
}
