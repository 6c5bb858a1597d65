//! Public keys, signatures, MACs and shared secrets.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use kit::api::{Call, Failure, Operation, Reply, Route};
use kit::hsm::{self, Hash, Message, SignAlgorithm};
use serde_json::json;

use super::{ROW, data, given, secret, text};
use crate::fields::{
    AGREEMENT_ALGORITHM, KEY, MAC, MAC_ALGORITHM, MAC_MESSAGE, MESSAGE, MESSAGE_TYPE, PEER_KEY,
    PROJECT_ID, SEQUENCE, SIGNATURE, SIGNING_ALGORITHM, key_reference,
};
use crate::key::Key;
use crate::spec::{Family, Purpose};
use crate::state::State;
use crate::vault::Held;
use crate::{Kms, access, choices, vault, version};

pub(super) static ROUTES: &[Route<Arc<Kms>>] = &[
    Route {
        operation: Operation {
            name: "get-publickey",
            summary: "Shows the public key of an asymmetric key as PEM.",
            path: "/v1.0/{project_id}/kms/get-publickey",
            takes: &[PROJECT_ID.path(), KEY.required(), SEQUENCE.optional()],
            checks: &[key_reference],
            gives: &[text("key_id"), text("public_key")],
            actions: &["kms:cmk:getPublicKey"],
            grant: Some("get-publickey"),
            audit: data("getPublicKey"),
            read_only: true,
            ..ROW
        },
        run: public_key,
    },
    Route {
        operation: Operation {
            name: "sign",
            summary: "Signs a message or its digest.",
            path: "/v1.0/{project_id}/kms/sign",
            takes: &[
                PROJECT_ID.path(),
                KEY.required(),
                MESSAGE.required(),
                SIGNING_ALGORITHM.required(),
                SEQUENCE.optional(),
                MESSAGE_TYPE.optional(),
            ],
            checks: &[key_reference],
            gives: &[text("key_id"), text("signature")],
            actions: &["kms:cmk:sign"],
            grant: Some("sign"),
            audit: data("sign"),
            read_only: true,
            ..ROW
        },
        run: sign,
    },
    Route {
        operation: Operation {
            name: "verify",
            summary: "Tells whether a signature is right.",
            path: "/v1.0/{project_id}/kms/verify",
            takes: &[
                PROJECT_ID.path(),
                KEY.required(),
                MESSAGE.required(),
                SIGNATURE.required(),
                SIGNING_ALGORITHM.required(),
                SEQUENCE.optional(),
                MESSAGE_TYPE.optional(),
            ],
            checks: &[key_reference],
            gives: &[text("key_id"), text("signature_valid")],
            actions: &["kms:cmk:verify"],
            grant: Some("verify"),
            audit: data("verify"),
            read_only: true,
            ..ROW
        },
        run: verify,
    },
    Route {
        operation: Operation {
            name: "generate-mac",
            summary: "Makes a message authentication code.",
            path: "/v1.0/{project_id}/kms/generate-mac",
            takes: &[
                PROJECT_ID.path(),
                KEY.required(),
                MAC_ALGORITHM.required(),
                MAC_MESSAGE.required(),
            ],
            checks: &[key_reference],
            gives: &[text("key_id"), text("mac_algorithm"), secret("mac")],
            actions: &["kms:cmk:generateMac"],
            grant: Some("generate-mac"),
            audit: data("generateMac"),
            read_only: true,
            ..ROW
        },
        run: generate_mac,
    },
    Route {
        operation: Operation {
            name: "verify-mac",
            summary: "Tells whether a message authentication code is right.",
            path: "/v1.0/{project_id}/kms/verify-mac",
            takes: &[
                PROJECT_ID.path(),
                KEY.required(),
                MAC_ALGORITHM.required(),
                MAC_MESSAGE.required(),
                MAC.required(),
            ],
            checks: &[key_reference],
            gives: &[
                text("key_id"),
                text("mac_algorithm"),
                given("mac_valid", "boolean"),
            ],
            actions: &["kms:cmk:verifyMac"],
            grant: Some("verify-mac"),
            audit: data("verifyMac"),
            read_only: true,
            ..ROW
        },
        run: verify_mac,
    },
    Route {
        operation: Operation {
            name: "derive-shared-secret",
            summary: "Derives the secret shared with the owner of another key on the same curve.",
            path: "/v1.0/{project_id}/kms/derive-shared-secret",
            takes: &[
                PROJECT_ID.path(),
                KEY.required(),
                AGREEMENT_ALGORITHM.required(),
                PEER_KEY.required(),
            ],
            checks: &[key_reference],
            gives: &[
                text("key_id"),
                text("key_agreement_algorithm"),
                secret("shared_secret"),
            ],
            actions: &["kms:cmk:deriveSharedSecret"],
            audit: data("deriveSharedSecret"),
            read_only: true,
            ..ROW
        },
        run: derive,
    },
];

/// Finds the key that the request names, for one purpose, with its material.
fn find(
    call: &Call<'_>,
    fits: impl Fn(&Key) -> Result<(), Failure>,
) -> Result<(Key, Held), Failure> {
    call.db.read(|tx| {
        let key = access::key(tx, call, call.args.need(&KEY)?)?;
        fits(&key)?;
        key.state.use_material()?;
        let held = version::load(tx, &key, key.version)?;
        Ok((key, held))
    })
}

fn public_key(kms: &Arc<Kms>, call: &Call<'_>) -> Result<Reply, Failure> {
    let (key, held) = call.db.read(|tx| {
        let key = access::key(tx, call, call.args.need(&KEY)?)?;
        match key.spec.family {
            Family::Curve | Family::Rsa => {}
            Family::Hmac => return Err(Failure::refused(341)),
            Family::Symmetric => return Err(Failure::refused(331)),
        }
        key.state.among(&[State::Enabled, State::Disabled])?;
        let held = version::load(tx, &key, key.version)?;
        Ok::<_, Failure>((key, held))
    })?;
    let der = kms.vault.public_key(&held)?;
    let body = json!({"key_id": key.id, "public_key": vault::pem(der)?});
    Ok(Reply::new(body).on(key.subject()))
}

/// Decides how the request's key signs, as the request says.
fn signing_algorithm(call: &Call<'_>, key: &Key) -> Result<SignAlgorithm, Failure> {
    key.need_signing()?;
    let name = call.args.need(&SIGNING_ALGORITHM)?;
    if !key.spec.algorithms.contains(&name) {
        return Err(Failure::refused(332));
    }
    Ok(match name {
        "RSASSA_PSS_SHA_256" => SignAlgorithm::RsaPss(Hash::Sha256),
        "RSASSA_PSS_SHA_384" => SignAlgorithm::RsaPss(Hash::Sha384),
        "RSASSA_PSS_SHA_512" => SignAlgorithm::RsaPss(Hash::Sha512),
        "RSASSA_PKCS1_V1_5_SHA_256" => SignAlgorithm::RsaPkcs1(Hash::Sha256),
        "RSASSA_PKCS1_V1_5_SHA_384" => SignAlgorithm::RsaPkcs1(Hash::Sha384),
        "RSASSA_PKCS1_V1_5_SHA_512" => SignAlgorithm::RsaPkcs1(Hash::Sha512),
        "ECDSA_SHA_256" => SignAlgorithm::Ecdsa(Hash::Sha256),
        "ECDSA_SHA_384" => SignAlgorithm::Ecdsa(Hash::Sha384),
        "ED25519_SHA_512" => SignAlgorithm::Ed25519,
        _ => return Err(Failure::refused(332)),
    })
}

/// The digest length that an algorithm takes; `None` if it takes whole messages only.
fn digest_bytes(algorithm: SignAlgorithm) -> Option<usize> {
    match algorithm {
        SignAlgorithm::RsaPss(hash)
        | SignAlgorithm::RsaPkcs1(hash)
        | SignAlgorithm::Ecdsa(hash) => Some(hash.bytes()),
        SignAlgorithm::Ed25519 => None,
    }
}

/// Reads the message as the request says what it is.
fn message<'a>(
    call: &Call<'_>,
    algorithm: SignAlgorithm,
    bytes: &'a [u8],
) -> Result<Message<'a>, Failure> {
    if call.args.text(&MESSAGE_TYPE) == Some("RAW") {
        return Ok(Message::Raw(bytes));
    }
    if digest_bytes(algorithm) == Some(bytes.len()) {
        Ok(Message::Digest(bytes))
    } else {
        Err(Failure::refused(329))
    }
}

/// Finds the key and the algorithm, and reads the message, in the contract's order.
fn prepare(call: &Call<'_>) -> Result<(Key, Held, SignAlgorithm), Failure> {
    let (key, held) = find(call, |key| signing_algorithm(call, key).map(drop))?;
    let algorithm = signing_algorithm(call, &key)?;
    Ok((key, held, algorithm))
}

fn sign(kms: &Arc<Kms>, call: &Call<'_>) -> Result<Reply, Failure> {
    let (key, held, algorithm) = prepare(call)?;
    let bytes = call.args.base64(&MESSAGE).unwrap_or_default();
    let message = message(call, algorithm, &bytes)?;
    let signature = kms.vault.sign(&held, algorithm, message)?;
    let body = json!({"key_id": key.id, "signature": BASE64.encode(signature)});
    Ok(Reply::new(body).on(key.subject()))
}

fn verify(kms: &Arc<Kms>, call: &Call<'_>) -> Result<Reply, Failure> {
    let (key, held, algorithm) = prepare(call)?;
    let bytes = call.args.base64(&MESSAGE).unwrap_or_default();
    let message = message(call, algorithm, &bytes)?;
    let signature = call.args.base64(&SIGNATURE).unwrap_or_default();
    let public = kms.vault.public_key(&held)?;
    let is_valid = hsm::verify(public, algorithm, message, &signature).map_err(vault::fault)?;
    let valid = if is_valid { "true" } else { "false" };
    let body = json!({"key_id": key.id, "signature_valid": valid});
    Ok(Reply::new(body).on(key.subject()))
}

/// Decides how the request's key makes MACs, as the request says.
fn mac_hash(call: &Call<'_>, key: &Key) -> Result<Hash, Failure> {
    key.need_mac()?;
    let name = call.args.need(&MAC_ALGORITHM)?;
    let hash = match name {
        "HMAC_SHA_256" => Some(Hash::Sha256),
        "HMAC_SHA_384" => Some(Hash::Sha384),
        "HMAC_SHA_512" => Some(Hash::Sha512),
        _ => None,
    };
    hash.filter(|_| key.spec.algorithms.contains(&name))
        .ok_or_else(|| Failure::refused(choices::MAC_ALGORITHM_MISMATCH))
}

fn generate_mac(kms: &Arc<Kms>, call: &Call<'_>) -> Result<Reply, Failure> {
    let (key, held) = find(call, |key| mac_hash(call, key).map(drop))?;
    let hash = mac_hash(call, &key)?;
    let bytes = call.args.base64(&MAC_MESSAGE).unwrap_or_default();
    let mac = kms.vault.mac(&held, hash, &bytes)?;
    let body = json!({
        "key_id": key.id,
        "mac_algorithm": call.args.need(&MAC_ALGORITHM)?,
        "mac": hex::encode(mac),
    });
    Ok(Reply::new(body).on(key.subject()))
}

fn verify_mac(kms: &Arc<Kms>, call: &Call<'_>) -> Result<Reply, Failure> {
    let (key, held) = find(call, |key| mac_hash(call, key).map(drop))?;
    let hash = mac_hash(call, &key)?;
    let bytes = call.args.base64(&MAC_MESSAGE).unwrap_or_default();
    let given = call.args.need(&MAC)?;
    let mac = hex::decode(given)
        .or_else(|_| BASE64.decode(given))
        .map_err(|_| Failure::field(308, MAC.name))?;
    let is_valid = kms.vault.mac_verify(&held, hash, &bytes, &mac)?;
    let body = json!({
        "key_id": key.id,
        "mac_algorithm": call.args.need(&MAC_ALGORITHM)?,
        "mac_valid": is_valid,
    });
    Ok(Reply::new(body).on(key.subject()))
}

/// Refuses keys that do not agree on secrets, in the words for what they are for.
fn need_agreeing(key: &Key) -> Result<(), Failure> {
    match (key.spec.family, key.purpose) {
        (Family::Curve, Purpose::Agree) => Ok(()),
        (Family::Hmac, _) => Err(Failure::refused(341)),
        (Family::Symmetric, _) => Err(Failure::refused(331)),
        (_, Purpose::Encrypt) => Err(Failure::refused(334)),
        _ => Err(Failure::refused(335)),
    }
}

fn derive(kms: &Arc<Kms>, call: &Call<'_>) -> Result<Reply, Failure> {
    let (key, held) = find(call, need_agreeing)?;
    let peer = call.args.base64(&PEER_KEY).unwrap_or_default();
    let secret = kms.vault.agree(&held, &peer)?;
    let body = json!({
        "key_id": key.id,
        "key_agreement_algorithm": call.args.need(&AGREEMENT_ALGORITHM)?,
        "shared_secret": BASE64.encode(&*secret),
    });
    Ok(Reply::new(body).on(key.subject()))
}
