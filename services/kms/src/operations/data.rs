//! Short texts: encrypted, decrypted, and carried from one key to another inside the server.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use kit::api::{Call, Failure, Operation, Reply, Route};
use kit::hsm::Hash;
use serde_json::json;
use zeroize::Zeroizing;

use super::{ROW, data, secret, text};
use crate::access::Right;
use crate::fields::{
    AAD, ANY_CIPHER_TEXT, CIPHER_TEXT, DATAKEY_CIPHER_LENGTH, DESTINATION_AAD,
    DESTINATION_ALGORITHM, DESTINATION_KEY, ENCRYPTION_ALGORITHM, ENCRYPTION_CONTEXT, KEY,
    PLAIN_TEXT, PROJECT_ID, SEQUENCE, SOURCE_AAD, SOURCE_ALGORITHM, SOURCE_KEY, cipher_text,
    context, key_reference, plain_text,
};
use crate::header::{Context, Header, Kind};
use crate::key::Key;
use crate::spec::Family;
use crate::vault::Held;
use crate::{Kms, access, choices, vault, version};

/// How symmetric keys encrypt.
const SYMMETRIC: &str = choices::ENCRYPTION_ALGORITHM;

pub(super) static ROUTES: &[Route<Arc<Kms>>] = &[
    Route {
        operation: Operation {
            name: "encrypt-data",
            summary: "Encrypts a text of 1 to 4,096 bytes.",
            path: "/v1.0/{project_id}/kms/encrypt-data",
            takes: &[
                PROJECT_ID.path(),
                KEY.required(),
                PLAIN_TEXT.required(),
                SEQUENCE.optional(),
                ENCRYPTION_ALGORITHM.optional(),
                AAD.optional(),
                ENCRYPTION_CONTEXT.optional(),
            ],
            checks: &[key_reference, plain_text, context],
            gives: &[text("key_id"), secret("cipher_text")],
            actions: &["kms:cmk:crypto", "kms:cmk:encryptData"],
            grant: Some("encrypt-data"),
            audit: data("encryptData"),
            read_only: true,
            ..ROW
        },
        run: encrypt,
    },
    Route {
        operation: Operation {
            name: "decrypt-data",
            summary: "Decrypts a text.",
            path: "/v1.0/{project_id}/kms/decrypt-data",
            takes: &[
                PROJECT_ID.path(),
                CIPHER_TEXT.required(),
                KEY.optional(),
                SEQUENCE.optional(),
                ENCRYPTION_ALGORITHM.optional(),
                AAD.optional(),
                ENCRYPTION_CONTEXT.optional(),
            ],
            checks: &[key_reference, cipher_text, context],
            gives: &[
                text("key_id"),
                secret("plain_text"),
                secret("plain_text_base64"),
            ],
            actions: &["kms:cmk:crypto", "kms:cmk:decryptData"],
            grant: Some("decrypt-data"),
            audit: data("decryptData"),
            read_only: true,
            ..ROW
        },
        run: decrypt,
    },
    Route {
        operation: Operation {
            name: "re-encrypt",
            summary: "Decrypts under one key and encrypts under another, without showing the text.",
            path: "/v1.0/{project_id}/kms/re-encrypt",
            takes: &[
                PROJECT_ID.path(),
                ANY_CIPHER_TEXT.required(),
                DESTINATION_KEY.required(),
                SOURCE_KEY.optional(),
                SOURCE_AAD.optional(),
                DESTINATION_AAD.optional(),
                SOURCE_ALGORITHM.optional(),
                DESTINATION_ALGORITHM.optional(),
                DATAKEY_CIPHER_LENGTH.optional(),
            ],
            checks: &[key_reference, context],
            gives: &[
                text("key_id"),
                text("source_key_id"),
                text("source_encryption_algorithm"),
                text("destination_encryption_algorithm"),
                secret("cipher_text"),
            ],
            // Which right is needed on which key is asked where the keys are known.
            actions: &[
                "kms:cmk:crypto",
                "kms:cmk:decryptData",
                "kms:cmk:encryptData",
            ],
            grant: Some("decrypt-data"),
            audit: Some(kit::api::Audit {
                name: "reEncrypt",
                resource: super::CMK,
                about: Some("destination_key_id"),
                kind: kit::api::TraceKind::Management,
            }),
            ..ROW
        },
        run: re_encrypt,
    },
];

/// How a text is encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Algorithm {
    Symmetric,
    Oaep(Hash),
}

impl Algorithm {
    /// Decides how a key encrypts when a request says so, or says nothing.
    fn of(key: &Key, named: Option<&str>) -> Result<Self, Failure> {
        key.need_encrypting()?;
        match (key.spec.family, named.unwrap_or(SYMMETRIC)) {
            (Family::Symmetric, SYMMETRIC) => Ok(Self::Symmetric),
            (Family::Symmetric, _) => Err(Failure::refused(2105)),
            (Family::Rsa, "RSAES_OAEP_SHA_256") => Ok(Self::Oaep(Hash::Sha256)),
            (Family::Rsa, "RSAES_OAEP_SHA_1") => Ok(Self::Oaep(Hash::Sha1)),
            (Family::Rsa, _) => Err(Failure::refused(2106)),
            _ => Err(Failure::refused(1114)),
        }
    }
}

fn encrypt(kms: &Arc<Kms>, call: &Call<'_>) -> Result<Reply, Failure> {
    let (key, held, algorithm) = call.db.read(|tx| {
        let key = access::key(tx, call, call.args.need(&KEY)?)?;
        let algorithm = Algorithm::of(&key, call.args.text(&ENCRYPTION_ALGORITHM))?;
        key.state.use_material()?;
        let held = version::load(tx, &key, key.version)?;
        Ok::<_, Failure>((key, held, algorithm))
    })?;
    let plain = call.args.need(&PLAIN_TEXT)?.as_bytes();
    let context = Context::of(call.args.text(&AAD), call.args.object(&ENCRYPTION_CONTEXT));
    let cipher = seal(kms, &held, algorithm, Kind::Data, &context, plain)?;
    let body = json!({"key_id": key.id, "cipher_text": BASE64.encode(cipher)});
    Ok(Reply::new(body).on(key.subject()))
}

fn seal(
    kms: &Kms,
    held: &Held,
    algorithm: Algorithm,
    kind: Kind,
    context: &Context<'_>,
    plain: &[u8],
) -> Result<Vec<u8>, Failure> {
    match algorithm {
        Algorithm::Symmetric => kms.vault.encrypt(held, kind, context, plain),
        Algorithm::Oaep(hash) => kms.vault.encrypt_oaep(held, hash, plain),
    }
}

/// A ciphertext with everything that is needed to open it.
struct Opening<'a> {
    key: Key,
    held: Held,
    algorithm: Algorithm,
    kind: Kind,
    sealed: &'a [u8],
}

impl Opening<'_> {
    fn open(&self, kms: &Kms, context: &Context<'_>) -> Result<Zeroizing<Vec<u8>>, Failure> {
        match self.algorithm {
            Algorithm::Symmetric => kms
                .vault
                .decrypt(&self.held, self.kind, context, self.sealed),
            Algorithm::Oaep(hash) => kms.vault.decrypt_oaep(&self.held, hash, self.sealed),
        }
    }
}

/// What says how a ciphertext is to be opened.
struct Source<'a> {
    key: Option<&'a str>,
    algorithm: Option<&'a str>,
    kind: Kind,
    right: Right<'a>,
}

/// Finds the key of a ciphertext: as its front says, or as the request says where it has none.
fn find<'a>(call: &Call<'_>, bytes: &'a [u8], source: &Source<'_>) -> Result<Opening<'a>, Failure> {
    let header = Header::decode(bytes).map(|(header, _)| header);
    let is_symmetric = matches!(source.algorithm, None | Some(SYMMETRIC));
    let named = match (&header, source.key) {
        (Some(header), None) if is_symmetric => header.key_id.as_str(),
        (_, Some(given)) => given,
        (_, None) if is_symmetric => return Err(Failure::refused(choices::CIPHERTEXT)),
        (_, None) => {
            return Err(Failure::because(
                204,
                "An asymmetric ciphertext does not name its key: give the key's ID.",
            ));
        }
    };
    call.db.read(|tx| {
        let key = access::key_for(tx, call, named, source.right)?;
        let algorithm = Algorithm::of(&key, source.algorithm)?;
        key.state.use_material()?;
        let (held, sealed) = match algorithm {
            Algorithm::Oaep(_) => (version::load(tx, &key, key.version)?, bytes),
            Algorithm::Symmetric => {
                let (header, sealed) = vault::header_of(bytes, &key, source.kind)?;
                (version::load_used(tx, &key, header.version)?, sealed)
            }
        };
        Ok(Opening {
            key,
            held,
            algorithm,
            kind: source.kind,
            sealed,
        })
    })
}

fn decrypt(kms: &Arc<Kms>, call: &Call<'_>) -> Result<Reply, Failure> {
    let bytes = call
        .args
        .base64(&CIPHER_TEXT)
        .ok_or_else(|| Failure::refused(choices::CIPHERTEXT))?;
    let source = Source {
        key: call.args.text(&KEY),
        algorithm: call.args.text(&ENCRYPTION_ALGORITHM),
        kind: Kind::Data,
        right: Right::of(call),
    };
    let opening = find(call, &bytes, &source)?;
    let context = Context::of(call.args.text(&AAD), call.args.object(&ENCRYPTION_CONTEXT));
    let plain = opening.open(kms, &context)?;
    let key = &opening.key;
    let body = json!({
        "key_id": key.id,
        "plain_text": String::from_utf8_lossy(&plain),
        "plain_text_base64": BASE64.encode(&*plain),
    });
    Ok(Reply::new(body).on(key.subject()))
}

/// Reads a ciphertext of either sort: hexadecimal digits are a data key, anything else is Base64 of a text.
fn read_either(text: &str) -> Option<(Zeroizing<Vec<u8>>, Kind)> {
    let bytes = hex::decode(text).ok().map(Zeroizing::new);
    if let Some(bytes) = bytes
        && Header::decode(&bytes).is_some_and(|(header, _)| header.kind == Kind::DataKey)
    {
        return Some((bytes, Kind::DataKey));
    }
    let bytes = BASE64.decode(text).ok().map(Zeroizing::new)?;
    Some((bytes, Kind::Data))
}

/// The rights that are needed on the source and on the destination, with their algorithms: those for doing the same in
/// two requests.
const fn rights<'a>(kind: Kind, algorithms: [&'a str; 2]) -> [Right<'a>; 2] {
    let [decrypting, encrypting]: [(&[&str], &str); 2] = match kind {
        Kind::Data => [
            (&["kms:cmk:crypto", "kms:cmk:decryptData"], "decrypt-data"),
            (&["kms:cmk:crypto", "kms:cmk:encryptData"], "encrypt-data"),
        ],
        Kind::DataKey => [
            (
                &["kms:dek:crypto", "kms:cmk:decryptDataKey"],
                "decrypt-datakey",
            ),
            (
                &["kms:dek:crypto", "kms:cmk:encryptDataKey"],
                "encrypt-datakey",
            ),
        ],
    };
    [
        Right {
            actions: decrypting.0,
            grant: Some(decrypting.1),
            algorithm: Some(algorithms[0]),
        },
        Right {
            actions: encrypting.0,
            grant: Some(encrypting.1),
            algorithm: Some(algorithms[1]),
        },
    ]
}

fn re_encrypt(kms: &Arc<Kms>, call: &Call<'_>) -> Result<Reply, Failure> {
    let (bytes, kind) = read_either(call.args.need(&ANY_CIPHER_TEXT)?)
        .ok_or_else(|| Failure::refused(choices::CIPHERTEXT))?;
    let source_algorithm = call.args.text(&SOURCE_ALGORITHM);
    let destination_algorithm = call.args.text(&DESTINATION_ALGORITHM);
    let algorithms =
        [source_algorithm, destination_algorithm].map(|name| name.unwrap_or(SYMMETRIC));
    let [decrypting, encrypting] = rights(kind, algorithms);
    let source = Source {
        key: call.args.text(&SOURCE_KEY),
        algorithm: source_algorithm,
        kind,
        right: decrypting,
    };
    let opening = find(call, &bytes, &source)?;
    let (key, held, algorithm) = call.db.read(|tx| {
        let given = call.args.need(&DESTINATION_KEY)?;
        let key = access::key_for(tx, call, given, encrypting)?;
        let algorithm = Algorithm::of(&key, destination_algorithm)?;
        key.state.use_material()?;
        let held = version::load(tx, &key, key.version)?;
        Ok::<_, Failure>((key, held, algorithm))
    })?;
    let plain = opening.open(kms, &Context::of(call.args.text(&SOURCE_AAD), None))?;
    let stated = call
        .args
        .int(&DATAKEY_CIPHER_LENGTH)
        .and_then(|length| usize::try_from(length).ok());
    if stated.is_some_and(|length| length != plain.len()) {
        return Err(Failure::refused(2204));
    }
    let context = Context::of(call.args.text(&DESTINATION_AAD), None);
    let cipher = seal(kms, &held, algorithm, kind, &context, &plain)?;
    let body = json!({
        "key_id": key.id,
        "source_key_id": opening.key.id,
        "source_encryption_algorithm": algorithms[0],
        "destination_encryption_algorithm": algorithms[1],
        "cipher_text": match kind {
            Kind::Data => BASE64.encode(cipher),
            Kind::DataKey => hex::encode_upper(cipher),
        },
    });
    Ok(Reply::new(body)
        .on(key.subject())
        .using(opening.key.subject()))
}
