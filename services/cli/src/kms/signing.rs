//! Signatures.

use std::io::Read;

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use clap::{Args, ValueEnum};
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::{Key, algorithm, post};
use crate::Context;
use crate::error::Error;
use crate::input::{Input, Out};

/// The most bytes that the service itself hashes.
const MAX_MESSAGE: usize = 4095;
/// The most bytes of a signature's file: an RSA_4096 signature has 512, and Base64 makes that longer.
const MAX_SIGNATURE: usize = 4096;

/// What is signed.
#[derive(Debug, Args)]
pub(crate) struct Message {
    #[command(flatten)]
    key: Key,
    #[command(flatten)]
    input: Input,
    /// The signing algorithm; by default one that suits the key, RSASSA_PSS_SHA_256 for RSA.
    #[arg(long)]
    algorithm: Option<String>,
    /// What the input is.
    #[arg(long = "as", value_enum, default_value_t = Form::File)]
    form: Form,
}

/// What the input of a signature is.
#[derive(Clone, Copy, Debug, PartialEq, ValueEnum)]
enum Form {
    /// A file of any size, hashed here.
    File,
    /// A digest, in raw bytes.
    Digest,
    /// A message of less than 4,096 bytes, hashed by the service.
    Raw,
}

impl Message {
    /// Makes the request, all but what is said of a signature.
    fn request(&self, context: &Context) -> Result<Value, Error> {
        let key = self.key.usable(&context.client)?;
        let named = self.algorithm.as_deref();
        let algorithm = algorithm::choose(&context.client, &key, named)?;
        let hash = algorithm::digest_of(&algorithm).filter(|_| self.form == Form::File);
        let (kind, message) = match (self.form, hash) {
            (Form::Digest, _) => {
                let instead = "a digest has 32, 48 or 64 raw bytes";
                ("DIGEST", self.input.read(64, instead)?)
            }
            (_, Some(hash)) => ("DIGEST", self.hashed(hash)?),
            (_, None) => {
                let instead = "hash it, and give --as digest";
                ("RAW", self.input.read(MAX_MESSAGE, instead)?)
            }
        };
        Ok(json!({
            "key_id": key,
            "signing_algorithm": algorithm,
            "message_type": kind,
            "message": BASE64.encode(&message),
        }))
    }

    fn hashed(&self, hash: &'static digest::Algorithm) -> Result<Zeroizing<Vec<u8>>, Error> {
        let mut input = self.input.open()?;
        let mut context = digest::Context::new(hash);
        let mut buffer = Zeroizing::new(vec![0; 64 * 1024]);
        loop {
            match input.read(&mut buffer) {
                Ok(0) => return Ok(Zeroizing::new(context.finish().as_ref().to_vec())),
                Ok(length) => context.update(&buffer[..length]),
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) => return Err(self.input.failed(error)),
            }
        }
    }
}

/// What to sign.
#[derive(Debug, Args)]
pub(crate) struct Sign {
    #[command(flatten)]
    message: Message,
    /// The file to write the signature to, in raw bytes; standard output in Base64 by default.
    #[arg(long, value_name = "FILE")]
    out: Option<std::path::PathBuf>,
}

impl Sign {
    pub(super) fn run(&self, context: &Context) -> Result<(), Error> {
        let request = self.message.request(context)?;
        let reply = post(&context.client, "sign", &request)?;
        let text = context.client.text(&reply, "/signature")?;
        let out = self.out.clone();
        if out.is_some() {
            let raw = BASE64
                .decode(text)
                .map_err(|_| context.client.lacks("Base64"))?;
            Out { out }.write(&raw)?;
            return Ok(());
        }
        context.output.show(&reply, text)
    }
}

/// What to verify.
#[derive(Debug, Args)]
pub(crate) struct Verify {
    #[command(flatten)]
    message: Message,
    /// The file with the signature, in raw bytes or Base64.
    #[arg(long, value_name = "FILE")]
    signature: std::path::PathBuf,
}

impl Verify {
    pub(super) fn run(&self, context: &Context) -> Result<(), Error> {
        let path = &self.signature;
        let bytes = std::fs::read(path).map_err(Error::file("read the signature in", path))?;
        if bytes.len() > MAX_SIGNATURE {
            let text = format!("{} is too long for a signature", path.display());
            return Err(Error::Usage(text));
        }
        let mut request = self.message.request(context)?;
        request["signature"] = json!(in_base64(&bytes));
        let reply = post(&context.client, "verify", &request)?;
        let valid = reply["signature_valid"] == "true";
        if valid || context.output.is_json() {
            context.output.show(&reply, "the signature is right")?;
        }
        match valid {
            true => Ok(()),
            false => Err(Error::NotGenuine(
                "the signature is not right: the message, the key or the algorithm is another"
                    .to_owned(),
            )),
        }
    }
}

/// Writes a signature in Base64, unless it is that already.
fn in_base64(bytes: &[u8]) -> String {
    let text = str::from_utf8(bytes).map(str::trim);
    match text {
        Ok(text) if BASE64.decode(text).is_ok() => text.to_owned(),
        _ => BASE64.encode(bytes),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures_are_taken_raw_or_in_base64() {
        // RFC 4648, section 10; and a byte that no UTF-8 begins with.
        assert_eq!(in_base64(b"Zm9vYmFy\n"), "Zm9vYmFy");
        assert_eq!(in_base64(b"foobar"), "Zm9vYmFy");
        assert_eq!(in_base64(&[0xff]), "/w==");
    }
}
