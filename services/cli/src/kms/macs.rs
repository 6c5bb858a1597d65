//! `dew kms mac`: message authentication codes.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::{Key, algorithm, post};
use crate::Context;
use crate::error::Error;
use crate::input::Input;

/// The most bytes of a message.
const MAX_MESSAGE: usize = 4096;

/// What to do with message authentication codes.
#[derive(Debug, Subcommand)]
pub(crate) enum MacCommand {
    /// Makes one, in hexadecimal.
    Generate(Message),
    /// Verifies one.
    Verify {
        #[command(flatten)]
        message: Message,
        /// The code, in hexadecimal.
        #[arg(long)]
        mac: String,
    },
}

/// What is authenticated.
#[derive(Debug, Args)]
pub(crate) struct Message {
    #[command(flatten)]
    key: Key,
    #[command(flatten)]
    input: Input,
    /// The algorithm; by default the key's.
    #[arg(long)]
    algorithm: Option<String>,
}

impl Message {
    fn request(&self, context: &Context) -> Result<Value, Error> {
        let key = self.key.usable(&context.client)?;
        let named = self.algorithm.as_deref();
        let algorithm = algorithm::choose(&context.client, &key, named)?;
        let message = self
            .input
            .read(MAX_MESSAGE, "hash it, and give its digest")?;
        Ok(json!({
            "key_id": key,
            "mac_algorithm": algorithm,
            "message": BASE64.encode(&message),
        }))
    }
}

pub(super) fn execute(command: MacCommand, context: &Context) -> Result<(), Error> {
    match command {
        MacCommand::Generate(message) => {
            let reply = post(&context.client, "generate-mac", &message.request(context)?)?;
            let mac = context.client.text(&reply, "/mac")?;
            context.output.show(&reply, mac)
        }
        MacCommand::Verify { message, mac } => {
            let mut request = message.request(context)?;
            request["mac"] = json!(mac);
            let reply = post(&context.client, "verify-mac", &request)?;
            let valid = reply["mac_valid"] == true;
            if valid || context.output.is_json() {
                context.output.show(&reply, "the MAC is right")?;
            }
            match valid {
                true => Ok(()),
                false => Err(Error::NotGenuine(
                    "the MAC is not right: the message or the key is another".to_owned(),
                )),
            }
        }
    }
}
