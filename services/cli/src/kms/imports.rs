//! Material from outside, brought in by one command.

use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use clap::Args;
use serde_json::json;
use sys::file::read_private;

use super::{Key, body, keys, post, wrap};
use crate::Context;
use crate::error::Error;
use crate::input::confirm;
use crate::moment::Moment;

/// The most bytes of a file with material: a private key of RSA_4096 in PEM has a few thousand.
const MAX_FILE: usize = 16 * 1024;

/// What to import.
#[derive(Debug, Args)]
pub(crate) struct Import {
    #[command(flatten)]
    key: Key,
    /// The file with the material, which only its owner may read: 32 raw bytes, or a private key in PEM or DER.
    file: PathBuf,
    /// When the material goes away: a date like 2026-01-31T12:00:00Z, or in 12h, 30d. Never by default.
    #[arg(long, value_name = "WHEN")]
    expires: Option<Moment>,
}

impl Import {
    pub(super) fn run(&self, context: &Context) -> Result<(), Error> {
        let client = &context.client;
        let file = read_private(&self.file, MAX_FILE)?;
        let request = json!({ "key_id": self.key.usable(client)? });
        let key = post(client, "describe-key", &request)?;
        let id = client.text(&key, "/key_info/key_id")?;
        let spec = client.text(&key, "/key_info/key_spec")?;
        let request = json!({ "key_id": id, "wrapping_algorithm": "RSAES_OAEP_SHA_256" });
        let parameters = post(client, "get-parameters-for-import", &request)?;
        let public_key = BASE64.decode(client.text(&parameters, "/public_key")?);
        let public_key = public_key.map_err(|_| client.lacks("Base64"))?;
        let wrapped = wrap::wrap(spec, &file, &public_key)?;
        let expires = self
            .expires
            .map(|when| when.after(client.now()).unix_timestamp());
        let request = body([
            ("key_id", json!(id)),
            ("import_token", parameters["import_token"].clone()),
            ("encrypted_key_material", json!(wrapped.material)),
            ("encrypted_privatekey", json!(wrapped.private_key)),
            ("expiration_time", json!(expires)),
        ]);
        let reply = post(client, "import-key-material", &request)?;
        context
            .output
            .show(&reply, &format!("key {id} has its material and is enabled"))
    }
}

/// Whose material to take away.
#[derive(Debug, Args)]
pub(crate) struct DeleteMaterial {
    #[command(flatten)]
    key: Key,
    /// Does not ask.
    #[arg(long)]
    yes: bool,
}

impl DeleteMaterial {
    pub(super) fn run(&self, context: &Context) -> Result<(), Error> {
        let id = self.key.id(&context.client)?;
        let question = format!(
            "Take the material away from key {id}, which is of no use until the same is imported again"
        );
        confirm(&question, self.yes)?;
        let key = Key { key: id };
        keys::simple(
            &key,
            context,
            "delete-imported-key-material",
            "has no material",
        )
    }
}
