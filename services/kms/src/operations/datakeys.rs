//! Data keys: drawn in the HSM, given in the clear or only encrypted, encrypted and decrypted later.

use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};
use kit::api::{Args, Call, Failure, Operation, Reply, Route};
use serde_json::json;
use zeroize::Zeroizing;

use super::{ROW, data, secret, text};
use crate::fields::{
    AAD, DATAKEY_CIPHER, DATAKEY_CIPHER_LENGTH, DATAKEY_LENGTH, DATAKEY_PLAIN,
    DATAKEY_PLAIN_LENGTH, DATAKEY_SPEC, ENCRYPTION_CONTEXT, KEY, PROJECT_ID, SEQUENCE, context,
    key_reference, whole_bytes,
};
use crate::header::{Context, Kind};
use crate::key::Key;
use crate::vault::Held;
use crate::{Kms, access, vault, version};

/// Bytes of the digest that stands behind a data key which is to be encrypted.
const DIGEST_BYTES: usize = 32;

pub(super) static ROUTES: &[Route<Arc<Kms>>] = &[
    Route {
        operation: Operation {
            name: "create-datakey",
            summary: "Makes a data key and gives it in the clear and encrypted.",
            path: "/v1.0/{project_id}/kms/create-datakey",
            takes: CREATE,
            checks: &[key_reference, whole_bytes, context],
            gives: &[text("key_id"), secret("plain_text"), secret("cipher_text")],
            actions: &["kms:dek:create", "kms:cmk:createDataKey"],
            grant: Some("create-datakey"),
            audit: data("createDataKey"),
            read_only: true,
            ..ROW
        },
        run: create,
    },
    Route {
        operation: Operation {
            name: "create-datakey-without-plaintext",
            summary: "Makes a data key and gives it encrypted only.",
            path: "/v1.0/{project_id}/kms/create-datakey-without-plaintext",
            takes: CREATE,
            checks: &[key_reference, whole_bytes, context],
            gives: &[text("key_id"), secret("cipher_text")],
            actions: &["kms:dek:create", "kms:cmk:createDataKeyWithoutPlaintext"],
            grant: Some("create-datakey-without-plaintext"),
            audit: data("createDataKeyWithoutPlaintext"),
            read_only: true,
            ..ROW
        },
        run: create_encrypted,
    },
    Route {
        operation: Operation {
            name: "encrypt-datakey",
            summary: "Encrypts a data key.",
            path: "/v1.0/{project_id}/kms/encrypt-datakey",
            takes: &[
                PROJECT_ID.path(),
                KEY.required(),
                DATAKEY_PLAIN.required(),
                DATAKEY_PLAIN_LENGTH.required(),
                SEQUENCE.optional(),
                AAD.optional(),
                ENCRYPTION_CONTEXT.optional(),
            ],
            checks: &[key_reference, context, plain_length],
            gives: &[
                text("key_id"),
                secret("cipher_text"),
                text("datakey_length"),
            ],
            actions: &["kms:dek:crypto", "kms:cmk:encryptDataKey"],
            grant: Some("encrypt-datakey"),
            audit: data("encryptDatakey"),
            read_only: true,
            ..ROW
        },
        run: encrypt,
    },
    Route {
        operation: Operation {
            name: "decrypt-datakey",
            summary: "Decrypts a data key.",
            path: "/v1.0/{project_id}/kms/decrypt-datakey",
            takes: &[
                PROJECT_ID.path(),
                KEY.required(),
                DATAKEY_CIPHER.required(),
                DATAKEY_CIPHER_LENGTH.required(),
                SEQUENCE.optional(),
                AAD.optional(),
                ENCRYPTION_CONTEXT.optional(),
            ],
            checks: &[key_reference, context],
            gives: &[
                secret("data_key"),
                text("datakey_length"),
                secret("datakey_dgst"),
            ],
            actions: &[
                "kms:dek:crypto",
                "kms:dek:decrypt",
                "kms:cmk:decryptDataKey",
            ],
            grant: Some("decrypt-datakey"),
            audit: data("decryptDatakey"),
            read_only: true,
            ..ROW
        },
        run: decrypt,
    },
];

const CREATE: &[kit::api::Member] = &[
    PROJECT_ID.path(),
    KEY.required(),
    SEQUENCE.optional(),
    DATAKEY_SPEC.optional(),
    DATAKEY_LENGTH.optional(),
    AAD.optional(),
    ENCRYPTION_CONTEXT.optional(),
];

/// Checks that the length a request gives is that of the data key it brings.
fn plain_length(args: &Args) -> Result<(), Failure> {
    let digits = args.text(&DATAKEY_PLAIN).map_or(0, str::len);
    let length = args
        .int(&DATAKEY_PLAIN_LENGTH)
        .and_then(|length| usize::try_from(length).ok());
    match length {
        Some(length) if digits == (length + DIGEST_BYTES) * 2 => Ok(()),
        _ => Err(Failure::refused(2104)),
    }
}

/// How many bytes a new data key has: as the length says, else as the kind says, else 32.
fn wanted_bytes(args: &Args) -> usize {
    let named = args.text(&DATAKEY_SPEC).map_or(32, |name| match name {
        "AES_128" | "SM4" => 16,
        "HMAC_384" => 48,
        "HMAC_512" => 64,
        _ => 32,
    });
    args.int(&DATAKEY_LENGTH)
        .and_then(|bits| usize::try_from(bits / 8).ok())
        .unwrap_or(named)
}

/// Finds the symmetric key that the request names, in use, with its newest material.
fn newest(call: &Call<'_>) -> Result<(Key, Held), Failure> {
    call.db.read(|tx| {
        let key = access::key(tx, call, call.args.need(&KEY)?)?;
        key.need_symmetric()?;
        key.state.use_material()?;
        let held = version::load(tx, &key, key.version)?;
        Ok((key, held))
    })
}

/// What the request authenticates.
fn authenticated(args: &Args) -> Context<'_> {
    Context::of(args.text(&AAD), args.object(&ENCRYPTION_CONTEXT))
}

/// Draws a data key and encrypts it under the key that the request names.
fn draw(kms: &Kms, call: &Call<'_>) -> Result<(Key, Zeroizing<Vec<u8>>, String), Failure> {
    let (key, held) = newest(call)?;
    let plain = kms.vault.random_of(&held, wanted_bytes(&call.args))?;
    let cipher = kms
        .vault
        .encrypt(&held, Kind::DataKey, &authenticated(&call.args), &plain)?;
    Ok((key, plain, hex::encode_upper(cipher)))
}

fn create(kms: &Arc<Kms>, call: &Call<'_>) -> Result<Reply, Failure> {
    let (key, plain, cipher) = draw(kms, call)?;
    let body = json!({
        "key_id": key.id,
        "plain_text": hex::encode_upper(&*plain),
        "cipher_text": cipher,
    });
    Ok(Reply::new(body).on(key.subject()))
}

fn create_encrypted(kms: &Arc<Kms>, call: &Call<'_>) -> Result<Reply, Failure> {
    let (key, _, cipher) = draw(kms, call)?;
    let body = json!({"key_id": key.id, "cipher_text": cipher});
    Ok(Reply::new(body).on(key.subject()))
}

fn encrypt(kms: &Arc<Kms>, call: &Call<'_>) -> Result<Reply, Failure> {
    let (key, held) = newest(call)?;
    let given = call
        .args
        .hex(&DATAKEY_PLAIN)
        .ok_or_else(|| Failure::refused(2101))?;
    let (plain, stated) = given
        .split_at_checked(given.len().saturating_sub(DIGEST_BYTES))
        .ok_or_else(|| Failure::refused(2104))?;
    if digest(&SHA256, plain).as_ref() != stated {
        return Err(Failure::refused(2103));
    }
    let cipher = kms
        .vault
        .encrypt(&held, Kind::DataKey, &authenticated(&call.args), plain)?;
    let body = json!({
        "key_id": key.id,
        "cipher_text": hex::encode_upper(cipher),
        "datakey_length": plain.len().to_string(),
    });
    Ok(Reply::new(body).on(key.subject()))
}

fn decrypt(kms: &Arc<Kms>, call: &Call<'_>) -> Result<Reply, Failure> {
    let cipher = call
        .args
        .hex(&DATAKEY_CIPHER)
        .ok_or_else(|| Failure::refused(2201))?;
    let (key, held, sealed) = call.db.read(|tx| {
        let key = access::key(tx, call, call.args.need(&KEY)?)?;
        key.need_symmetric()?;
        key.state.use_material()?;
        let (header, sealed) = vault::header_of(&cipher, &key, Kind::DataKey)?;
        let held = version::load_used(tx, &key, header.version)?;
        Ok::<_, Failure>((key, held, sealed))
    })?;
    let plain = kms
        .vault
        .decrypt(&held, Kind::DataKey, &authenticated(&call.args), sealed)?;
    let length = call.args.int(&DATAKEY_CIPHER_LENGTH);
    if length.and_then(|length| usize::try_from(length).ok()) != Some(plain.len()) {
        return Err(Failure::refused(2204));
    }
    let body = json!({
        "data_key": hex::encode_upper(&*plain),
        "datakey_length": plain.len().to_string(),
        "datakey_dgst": hex::encode_upper(digest(&SHA256, &plain)),
    });
    Ok(Reply::new(body).on(key.subject()))
}
