//! Material from outside: parameters to wrap it with, the import, and taking it away again.
//!
//! The pair that material is wrapped for is made in the HSM, its private key can only unwrap, and what it unwraps stays
//! in the HSM. A key is bound for its life to the first material that it had.

use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use kit::api::{Call, Failure, Operation, Reply, Route};
use kit::db::{Tx, Value};
use kit::hsm::SALT_BYTES;
use kit::id;
use kit::sql;
use serde_json::json;

use super::{ROW, given, management, secret, text};
use crate::fields::{
    ENCRYPTED_MATERIAL, ENCRYPTED_PRIVATE_KEY, EXPIRATION_TIME, IMPORT_TOKEN, KEY_ID, PROJECT_ID,
    SEQUENCE, WRAPPING_ALGORITHM, import_token,
};
use crate::key::{Key, Material};
use crate::state::State;
use crate::vault::{Imported, Pair};
use crate::{Kms, access, choices, version};

pub(super) static ROUTES: &[Route<Arc<Kms>>] = &[
    Route {
        operation: Operation {
            name: "get-parameters-for-import",
            summary: "Gives the public key to wrap material with, and the token for its import.",
            path: "/v1.0/{project_id}/kms/get-parameters-for-import",
            takes: &[
                PROJECT_ID.path(),
                KEY_ID.required(),
                WRAPPING_ALGORITHM.required(),
                SEQUENCE.optional(),
            ],
            gives: &[
                text("key_id"),
                secret("import_token"),
                given("expiration_time", "integer"),
                text("public_key"),
            ],
            actions: &["kms:cmk:getMaterial"],
            audit: management("getParametersForImport"),
            ..ROW
        },
        run: parameters,
    },
    Route {
        operation: Operation {
            name: "import-key-material",
            summary: "Imports the material of a key.",
            path: "/v1.0/{project_id}/kms/import-key-material",
            takes: &[
                PROJECT_ID.path(),
                KEY_ID.required(),
                IMPORT_TOKEN.required(),
                ENCRYPTED_MATERIAL.required(),
                SEQUENCE.optional(),
                ENCRYPTED_PRIVATE_KEY.optional(),
                EXPIRATION_TIME.optional(),
            ],
            checks: &[import_token],
            actions: &["kms:cmk:importMaterial"],
            audit: management("importKeyMaterial"),
            ..ROW
        },
        run: import,
    },
    Route {
        operation: Operation {
            name: "delete-imported-key-material",
            summary: "Takes the material away from a key; the same can be imported again.",
            path: "/v1.0/{project_id}/kms/delete-imported-key-material",
            takes: &[PROJECT_ID.path(), KEY_ID.required(), SEQUENCE.optional()],
            actions: &["kms:cmk:deleteMaterial"],
            audit: management("deleteImportedKeyMaterial"),
            ..ROW
        },
        run: delete,
    },
];

/// Finds the external key that the request names.
fn external(tx: &mut Tx<'_>, call: &Call<'_>) -> Result<Key, Failure> {
    let key = access::key(tx, call, call.args.need(&KEY_ID)?)?;
    key.refuse_default()?;
    if key.is_external {
        Ok(key)
    } else {
        Err(Failure::refused(309))
    }
}

/// Finds the external key that the request names, which waits for material.
fn waiting(tx: &mut Tx<'_>, call: &Call<'_>) -> Result<Key, Failure> {
    let key = external(tx, call)?;
    if key.state == State::PendingImport {
        Ok(key)
    } else {
        Err(Failure::refused(310))
    }
}

fn parameters(kms: &Arc<Kms>, call: &Call<'_>) -> Result<Reply, Failure> {
    if call.args.need(&WRAPPING_ALGORITHM)? != "RSAES_OAEP_SHA_256" {
        return Err(Failure::because(
            308,
            "The HSM offers no SM2 to wrap with: use RSAES_OAEP_SHA_256.",
        ));
    }
    let key = call.db.read(|tx| waiting(tx, call))?;
    let pair = kms.vault.import_pair(&key)?;
    let token = id::random::<{ choices::IMPORT_TOKEN_BYTES }>();
    let expires_ms = call.now_ms + choices::IMPORT_PARAMETERS_MS;
    call.change(|tx| {
        let key = waiting(tx, call)?;
        tx.execute(
            sql!("put_import"),
            &[
                Value::from(key.id.as_str()),
                Value::from(digest(&SHA256, &token).as_ref()),
                Value::from(expires_ms),
                Value::from(pair.wrapped.as_slice()),
                Value::from(pair.seal.as_slice()),
                Value::from(pair.public.as_slice()),
            ],
        )?;
        let body = json!({
            "key_id": key.id,
            "import_token": BASE64.encode(token),
            "expiration_time": expires_ms / 1_000,
            "public_key": BASE64.encode(&pair.public),
        });
        Ok(Reply::new(body).on(key.subject()))
    })
}

/// Finds the pair that a token belongs to, and checks that it is this key's and still good.
fn pair_of(tx: &mut Tx<'_>, call: &Call<'_>, key: &Key) -> Result<Pair, Failure> {
    let token = call.args.base64(&IMPORT_TOKEN).unwrap_or_default();
    let hash = digest(&SHA256, &token);
    let row = tx
        .row(sql!("select_import"), &[Value::from(hash.as_ref())])?
        .ok_or_else(|| Failure::refused(2605))?;
    if row.text("key_id")? != key.id {
        return Err(Failure::refused(2603));
    }
    if row.int("expires_ms")? <= call.now_ms {
        return Err(Failure::refused(2601));
    }
    Ok(Pair {
        wrapped: row.blob("wrapped")?,
        seal: row.blob("seal")?,
        public: row.blob("public_key")?,
    })
}

/// When the material shall expire, in milliseconds after 1970, if at all.
fn expiration(call: &Call<'_>) -> Result<Option<i64>, Failure> {
    match call.args.int(&EXPIRATION_TIME) {
        None | Some(0) => Ok(None),
        Some(seconds) if seconds * 1_000 > call.now_ms => Ok(Some(seconds * 1_000)),
        Some(_) => Err(Failure::refused(2602)),
    }
}

fn import(kms: &Arc<Kms>, call: &Call<'_>) -> Result<Reply, Failure> {
    let (key, pair) = call.db.read(|tx| {
        let key = waiting(tx, call)?;
        let pair = pair_of(tx, call, &key)?;
        Ok::<_, Failure>((key, pair))
    })?;
    let expiration_ms = expiration(call)?;
    let material = call.args.base64(&ENCRYPTED_MATERIAL).unwrap_or_default();
    let imported = if key.spec.family.is_asymmetric() {
        let private = call
            .args
            .base64(&ENCRYPTED_PRIVATE_KEY)
            .ok_or_else(|| Failure::refused(2608))?;
        kms.vault.import_private(&key, &pair, &material, &private)?
    } else {
        let salt = key.first_material.as_ref().map_or_else(
            || id::random::<SALT_BYTES>().to_vec(),
            |first| first.salt.clone(),
        );
        kms.vault.import_symmetric(&key, &pair, &material, salt)?
    };
    refuse_other_material(&key, &imported)?;
    call.change(|tx| {
        let mut key = waiting(tx, call)?;
        // The token is good once: whoever deletes its row has it.
        pair_of(tx, call, &key)?;
        refuse_other_material(&key, &imported)?;
        tx.execute(sql!("delete_import"), &[Value::from(key.id.as_str())])?;
        version::replace(tx, &imported.held, call.now_ms)?;
        key.version = imported.held.version;
        key.public_key = imported.held.public_key().map(<[u8]>::to_vec);
        key.first_material = Some(imported.material.clone());
        key.state = State::Enabled;
        key.expiration_ms = expiration_ms;
        key.update(tx)?;
        Ok(Reply::empty().on(key.subject()))
    })
}

/// Refuses material that is not the key's first.
fn refuse_other_material(key: &Key, imported: &Imported) -> Result<(), Failure> {
    let is_same = key.first_material.as_ref().is_none_or(|first: &Material| {
        first.salt == imported.material.salt && first.check == imported.material.check
    });
    if is_same {
        Ok(())
    } else {
        Err(Failure::refused(2606))
    }
}

fn delete(kms: &Arc<Kms>, call: &Call<'_>) -> Result<Reply, Failure> {
    let reply = call.change(|tx| {
        let mut key = external(tx, call)?;
        if key.spec.family.is_asymmetric() {
            return Err(Failure::refused(2702));
        }
        if !matches!(key.state, State::Enabled | State::Disabled) {
            return Err(Failure::refused(2701));
        }
        version::delete_all(tx, &key.id)?;
        key.version = 0;
        key.expiration_ms = None;
        key.state = State::PendingImport;
        key.update(tx)?;
        Ok(Reply::empty().on(key.subject()))
    })?;
    kms.vault.forget(call.args.need(&KEY_ID)?);
    Ok(reply)
}
