//! Data keys: made by the service, wrapped by it, used elsewhere.

use aws_lc_rs::digest::{SHA256, digest};
use clap::Args;
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::data::{Aad, ciphertext};
use super::{Key, body, post};
use crate::Context;
use crate::error::Error;
use crate::input::{Input, Out};
use crate::output::{Column, Show};

/// The most bytes of a data key that can be encrypted.
const MAX_DATAKEY: usize = 1024;
/// The most characters of a data key's ciphertext.
const MAX_CIPHERTEXT: usize = 8 * 1024;

#[rustfmt::skip] // A table reads by its columns.
const DATAKEY: &[Column] = &[
    Column("key",        "key_id",      Show::Plain),
    Column("plaintext",  "plain_text",  Show::Plain),
    Column("ciphertext", "cipher_text", Show::Plain),
];

#[rustfmt::skip] // A table reads by its columns.
const PAIR: &[Column] = &[
    Column("key",                    "key_id",                  Show::Plain),
    Column("spec",                   "key_spec",                Show::Plain),
    Column("public key",             "public_key",              Show::Plain),
    Column("private key",            "private_key_plain_text",  Show::Plain),
    Column("private key ciphertext", "private_key_cipher_text", Show::Plain),
];

/// How to make a data key.
#[derive(Debug, Args)]
pub(crate) struct Create {
    #[command(flatten)]
    key: Key,
    /// Its kind: AES_256 (the default), AES_128, SM4, HMAC_256, HMAC_384, HMAC_512 or HMAC_SM3.
    #[arg(long, conflicts_with = "bytes")]
    spec: Option<String>,
    /// Its length, where no kind fits.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=1024))]
    bytes: Option<u32>,
    /// Gives only the ciphertext.
    #[arg(long)]
    without_plaintext: bool,
    #[command(flatten)]
    aad: Aad,
}

impl Create {
    pub(super) fn run(&self, context: &Context) -> Result<(), Error> {
        let operation = match self.without_plaintext {
            true => "create-datakey-without-plaintext",
            false => "create-datakey",
        };
        let bits = self.bytes.map(|bytes| (bytes * 8).to_string());
        let request = body([
            ("key_id", json!(self.key.usable(&context.client)?)),
            ("key_spec", json!(self.spec)),
            ("datakey_length", json!(bits)),
            self.aad.member(),
        ]);
        let reply = post(&context.client, operation, &request)?;
        context.output.facts(&reply, &reply, DATAKEY)
    }
}

/// How to make a pair of keys.
#[derive(Debug, Args)]
pub(crate) struct CreatePair {
    #[command(flatten)]
    key: Key,
    /// Its kind: RSA_2048, RSA_3072, RSA_4096, ECC_NIST_P256, ECC_NIST_P384, ECC_NIST_P521, ECC_SECG_P256K1 or SM2.
    #[arg(long)]
    spec: String,
    /// Gives the private key only as a ciphertext.
    #[arg(long)]
    without_plaintext: bool,
    #[command(flatten)]
    aad: Aad,
}

impl CreatePair {
    pub(super) fn run(&self, context: &Context) -> Result<(), Error> {
        let operation = match self.spec.starts_with("RSA_") {
            true => "create-rsa-datakey-pair",
            false => "create-ec-datakey-pair",
        };
        let request = body([
            ("key_id", json!(self.key.usable(&context.client)?)),
            ("key_spec", json!(self.spec)),
            ("with_plain_text", json!(!self.without_plaintext)),
            self.aad.member(),
        ]);
        let reply = post(&context.client, operation, &request)?;
        context.output.facts(&reply, &reply, PAIR)
    }
}

/// Which data key to encrypt.
#[derive(Debug, Args)]
pub(crate) struct Encrypt {
    #[command(flatten)]
    key: Key,
    #[command(flatten)]
    input: Input,
    #[command(flatten)]
    aad: Aad,
    #[command(flatten)]
    out: Out,
}

impl Encrypt {
    pub(super) fn run(&self, context: &Context) -> Result<(), Error> {
        let instead = "a data key is 1 to 1024 raw bytes";
        let datakey = self.input.read(MAX_DATAKEY, instead)?;
        if datakey.is_empty() {
            let text = format!("{} is empty; {instead}", self.input.name());
            return Err(Error::Usage(text));
        }
        let request = body([
            ("key_id", json!(self.key.usable(&context.client)?)),
            ("plain_text", json!(with_digest(&datakey).as_str())),
            ("datakey_plain_length", json!(datakey.len().to_string())),
            self.aad.member(),
        ]);
        let reply = post(&context.client, "encrypt-datakey", &request)?;
        ciphertext(context, &reply, &self.out)
    }
}

/// Writes a data key as the service takes it: with its digest behind it, in hexadecimal.
fn with_digest(datakey: &[u8]) -> Zeroizing<String> {
    let mut text = Zeroizing::new(hex::encode_upper(datakey));
    text.push_str(&hex::encode_upper(digest(&SHA256, datakey)));
    text
}

/// Which data key to decrypt.
#[derive(Debug, Args)]
pub(crate) struct Decrypt {
    #[command(flatten)]
    key: Key,
    #[command(flatten)]
    input: Input,
    /// How many bytes the data key has.
    #[arg(long, default_value_t = 32, value_parser = clap::value_parser!(u32).range(1..=1024))]
    bytes: u32,
    #[command(flatten)]
    aad: Aad,
    #[command(flatten)]
    out: Out,
}

impl Decrypt {
    pub(super) fn run(&self, context: &Context) -> Result<(), Error> {
        let cipher_text = self.input.read_text(MAX_CIPHERTEXT)?;
        let (reply, datakey) = decrypt(
            context,
            &self.key,
            &cipher_text,
            self.bytes,
            self.aad.member(),
        )?;
        if self.out.write(&datakey)? {
            return Ok(());
        }
        let text = context.client.text(&reply, "/data_key")?;
        context.output.show(&reply, text)
    }
}

/// Decrypts a data key of a known length; gives the reply and the data key.
pub(super) fn decrypt(
    context: &Context,
    key: &Key,
    cipher_text: &str,
    bytes: u32,
    aad: (&'static str, Value),
) -> Result<(Value, Zeroizing<Vec<u8>>), Error> {
    let request = body([
        ("key_id", json!(key.usable(&context.client)?)),
        ("cipher_text", json!(cipher_text)),
        ("datakey_cipher_length", json!(bytes.to_string())),
        aad,
    ]);
    let reply = post(&context.client, "decrypt-datakey", &request)?;
    let datakey = hex::decode(context.client.text(&reply, "/data_key")?);
    let datakey = datakey.map_err(|_| context.client.lacks("a data key in hexadecimal"))?;
    Ok((reply, Zeroizing::new(datakey)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_data_key_goes_with_its_digest() {
        // SHA-256 of "abc", FIPS 180-4, example B.1.
        let expected = "616263BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD";
        assert_eq!(with_digest(b"abc").as_str(), expected);
    }
}
