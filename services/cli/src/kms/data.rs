//! Short texts, encrypted in the service.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use clap::Args;
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::{Key, body, naming, post};
use crate::Context;
use crate::error::Error;
use crate::input::{Input, Out};

/// The most bytes of a text.
const MAX_TEXT: usize = 4096;
/// The most characters of a ciphertext, and some space.
const MAX_CIPHERTEXT: usize = 16 * 1024;

/// What a ciphertext is bound to.
#[derive(Debug, Args)]
pub(crate) struct Aad {
    /// Additional authenticated data: a text that must be given again, the same, to decrypt.
    #[arg(long, value_name = "TEXT")]
    aad: Option<String>,
}

impl Aad {
    /// Gives the member of a request.
    pub(super) fn member(&self) -> (&'static str, Value) {
        ("additional_authenticated_data", json!(self.aad))
    }
}

/// What to encrypt.
#[derive(Debug, Args)]
pub(crate) struct Encrypt {
    #[command(flatten)]
    key: Key,
    #[command(flatten)]
    input: Input,
    /// How an asymmetric key encrypts: RSAES_OAEP_SHA_256 or SM2_ENCRYPT.
    #[arg(long)]
    algorithm: Option<String>,
    #[command(flatten)]
    aad: Aad,
    #[command(flatten)]
    out: Out,
}

impl Encrypt {
    pub(super) fn run(&self, context: &Context) -> Result<(), Error> {
        let instead = "encrypt it with `dew kms encrypt-file`";
        let bytes = self.input.read(MAX_TEXT, instead)?;
        let text = str::from_utf8(&bytes).map_err(|_| {
            let name = self.input.name();
            Error::Usage(format!("{name} is no text in UTF-8; {instead}"))
        })?;
        if text.is_empty() {
            let text = format!(
                "{} is empty: there is nothing to encrypt",
                self.input.name()
            );
            return Err(Error::Usage(text));
        }
        let request = body([
            ("key_id", json!(self.key.usable(&context.client)?)),
            ("plain_text", json!(text)),
            ("encryption_algorithm", json!(self.algorithm)),
            self.aad.member(),
        ]);
        let reply = post(&context.client, "encrypt-data", &request)?;
        ciphertext(context, &reply, &self.out)
    }
}

/// What to decrypt.
#[derive(Debug, Args)]
pub(crate) struct Decrypt {
    #[command(flatten)]
    input: Input,
    /// The key, where it is asymmetric; a symmetric one is named by the ciphertext.
    #[arg(long)]
    key: Option<String>,
    /// How the asymmetric key encrypted: RSAES_OAEP_SHA_256 or SM2_ENCRYPT.
    #[arg(long, requires = "key")]
    algorithm: Option<String>,
    #[command(flatten)]
    aad: Aad,
    #[command(flatten)]
    out: Out,
}

impl Decrypt {
    pub(super) fn run(&self, context: &Context) -> Result<(), Error> {
        let client = &context.client;
        let key = self.key.as_deref().map(|key| naming::usable(client, key));
        let request = body([
            ("cipher_text", json!(self.input.read_text(MAX_CIPHERTEXT)?)),
            ("key_id", json!(key.transpose()?)),
            ("encryption_algorithm", json!(self.algorithm)),
            self.aad.member(),
        ]);
        let reply = post(client, "decrypt-data", &request)?;
        let plain = client.text(&reply, "/plain_text_base64")?;
        let plain = BASE64.decode(plain).map_err(|_| client.lacks("Base64"))?;
        let plain = Zeroizing::new(plain);
        if self.out.write(&plain)? {
            return Ok(());
        }
        context.output.bytes(&reply, &plain)
    }
}

/// What to encrypt again.
#[derive(Debug, Args)]
pub(crate) struct ReEncrypt {
    #[command(flatten)]
    input: Input,
    /// The key to encrypt with.
    #[arg(long, value_name = "KEY")]
    to: String,
    /// The key to decrypt with, where it is asymmetric.
    #[arg(long, value_name = "KEY")]
    from: Option<String>,
    /// What the ciphertext was bound to.
    #[arg(long, value_name = "TEXT")]
    from_aad: Option<String>,
    /// What the new ciphertext is bound to.
    #[arg(long, value_name = "TEXT")]
    to_aad: Option<String>,
    /// How the asymmetric key encrypted.
    #[arg(long, value_name = "ALGORITHM", requires = "from")]
    from_algorithm: Option<String>,
    /// How an asymmetric key is to encrypt.
    #[arg(long, value_name = "ALGORITHM")]
    to_algorithm: Option<String>,
    #[command(flatten)]
    out: Out,
}

impl ReEncrypt {
    pub(super) fn run(&self, context: &Context) -> Result<(), Error> {
        let client = &context.client;
        let from = self.from.as_deref().map(|key| naming::usable(client, key));
        let request = body([
            ("cipher_text", json!(self.input.read_text(MAX_CIPHERTEXT)?)),
            (
                "destination_key_id",
                json!(naming::usable(client, &self.to)?),
            ),
            ("source_key_id", json!(from.transpose()?)),
            ("source_additional_authenticated_data", json!(self.from_aad)),
            (
                "destination_additional_authenticated_data",
                json!(self.to_aad),
            ),
            ("source_encryption_algorithm", json!(self.from_algorithm)),
            ("destination_encryption_algorithm", json!(self.to_algorithm)),
        ]);
        let reply = post(client, "re-encrypt", &request)?;
        ciphertext(context, &reply, &self.out)
    }
}

/// Gives the ciphertext of a reply to whoever asked.
pub(super) fn ciphertext(context: &Context, reply: &Value, out: &Out) -> Result<(), Error> {
    let text = context.client.text(reply, "/cipher_text")?;
    if out.write(format!("{text}\n").as_bytes())? {
        return Ok(());
    }
    context.output.show(reply, text)
}
