//! `dew kms`: keys, and what is done with them.

mod algorithm;
mod aliases;
mod data;
mod datakeys;
mod deletion;
mod envelope;
mod files;
mod grants;
mod imports;
mod keys;
mod keystores;
mod macs;
mod naming;
mod rotation;
mod signing;
mod tags;
#[cfg(test)]
mod tests;
mod wrap;

use clap::{Args, Subcommand};
use serde_json::Value;

use crate::Context;
use crate::client::{Client, Service};
use crate::error::Error;
use crate::http::Method;

/// What to do with keys.
#[derive(Debug, Subcommand)]
pub(crate) enum KmsCommand {
    /// Makes a key.
    Create(keys::Create),
    /// Lists the keys of the project.
    List(keys::List),
    /// Shows a key.
    Show(Key),
    /// Enables a key.
    Enable(Key),
    /// Disables a key, until it is enabled again.
    Disable(Key),
    /// Gives a key another name.
    Rename(keys::Rename),
    /// Gives a key another description.
    Describe(keys::Describe),
    /// Schedules the deletion of a key, with all that only it can decrypt.
    ScheduleDeletion(deletion::Schedule),
    /// Cancels the deletion of a key; it is disabled then.
    CancelDeletion(Key),
    /// Encrypts a short text (up to 4,096 bytes).
    Encrypt(data::Encrypt),
    /// Decrypts what `encrypt` made.
    Decrypt(data::Decrypt),
    /// Encrypts a ciphertext again, under another key, without showing the plaintext.
    ReEncrypt(data::ReEncrypt),
    /// Encrypts a file of any size, here, with a data key that KMS makes and wraps.
    EncryptFile(files::EncryptFile),
    /// Decrypts what `encrypt-file` made.
    DecryptFile(files::DecryptFile),
    /// Makes a data key: its plaintext, and its ciphertext to keep.
    CreateDatakey(datakeys::Create),
    /// Makes a pair of keys, the private one also as a ciphertext to keep.
    CreateDatakeyPair(datakeys::CreatePair),
    /// Encrypts a data key that was made elsewhere.
    EncryptDatakey(datakeys::Encrypt),
    /// Decrypts a data key.
    DecryptDatakey(datakeys::Decrypt),
    /// Signs a file or a digest.
    Sign(signing::Sign),
    /// Verifies a signature.
    Verify(signing::Verify),
    /// Makes and verifies message authentication codes.
    #[command(subcommand)]
    Mac(macs::MacCommand),
    /// Prints the public key of an asymmetric key, in PEM.
    PublicKey(keys::PublicKey),
    /// Prints random bytes, in hexadecimal.
    Random(keys::Random),
    /// Imports material from a private file into a key made with `create --external`, wrapped on the way.
    Import(imports::Import),
    /// Takes the imported material away from a key; the same can be imported again.
    DeleteMaterial(imports::DeleteMaterial),
    /// Rotates a key now.
    Rotate(Key),
    /// Sets when keys rotate by themselves.
    #[command(subcommand)]
    Rotation(rotation::RotationCommand),
    /// Lets others use keys.
    #[command(subcommand)]
    Grant(grants::GrantCommand),
    /// Gives keys further names, which can move from key to key.
    #[command(subcommand)]
    Alias(aliases::AliasCommand),
    /// Tags keys, and finds keys by their tags.
    #[command(subcommand)]
    Tag(tags::TagCommand),
    /// Shows how many keys and grants there are, and may be.
    Quotas,
    /// Manages the HSMs that keys can live in.
    #[command(subcommand)]
    Keystore(keystores::KeystoreCommand),
}

/// A key, named.
#[derive(Debug, Args)]
pub(crate) struct Key {
    /// The key: its id, its name, or alias/NAME.
    #[arg(value_name = "KEY")]
    key: String,
}

impl Key {
    /// Finds the id.
    fn id(&self, client: &Client) -> Result<String, Error> {
        naming::id(client, &self.key)
    }

    /// Finds the id, or leaves an alias for the service to find, where it does that.
    fn usable(&self, client: &Client) -> Result<String, Error> {
        naming::usable(client, &self.key)
    }
}

/// Does what the command line says.
pub(crate) fn execute(command: KmsCommand, context: &Context) -> Result<(), Error> {
    match command {
        KmsCommand::Create(command) => command.run(context),
        KmsCommand::List(command) => command.run(context),
        KmsCommand::Show(key) => keys::show(&key, context),
        KmsCommand::Enable(key) => keys::enable(&key, context),
        KmsCommand::Disable(key) => keys::disable(&key, context),
        KmsCommand::Rename(command) => command.run(context),
        KmsCommand::Describe(command) => command.run(context),
        KmsCommand::ScheduleDeletion(command) => command.run(context),
        KmsCommand::CancelDeletion(key) => deletion::cancel(&key, context),
        KmsCommand::Encrypt(command) => command.run(context),
        KmsCommand::Decrypt(command) => command.run(context),
        KmsCommand::ReEncrypt(command) => command.run(context),
        KmsCommand::EncryptFile(command) => command.run(context),
        KmsCommand::DecryptFile(command) => command.run(context),
        KmsCommand::CreateDatakey(command) => command.run(context),
        KmsCommand::CreateDatakeyPair(command) => command.run(context),
        KmsCommand::EncryptDatakey(command) => command.run(context),
        KmsCommand::DecryptDatakey(command) => command.run(context),
        KmsCommand::Sign(command) => command.run(context),
        KmsCommand::Verify(command) => command.run(context),
        KmsCommand::Mac(command) => macs::execute(command, context),
        KmsCommand::PublicKey(command) => command.run(context),
        KmsCommand::Random(command) => command.run(context),
        KmsCommand::Import(command) => command.run(context),
        KmsCommand::DeleteMaterial(command) => command.run(context),
        KmsCommand::Rotate(key) => rotation::rotate(&key, context),
        KmsCommand::Rotation(command) => rotation::execute(command, context),
        KmsCommand::Grant(command) => grants::execute(command, context),
        KmsCommand::Alias(command) => aliases::execute(command, context),
        KmsCommand::Tag(command) => tags::execute(command, context),
        KmsCommand::Quotas => keys::quotas(context),
        KmsCommand::Keystore(command) => keystores::execute(command, context),
    }
}

/// Calls an operation of KMS that is a POST to its name.
fn post(client: &Client, operation: &str, body: &Value) -> Result<Value, Error> {
    at(client, Method::Post, operation, Some(body))
}

/// Calls an operation of KMS at a path below `/kms`.
fn at(client: &Client, method: Method, path: &str, body: Option<&Value>) -> Result<Value, Error> {
    let path = format!("/v1.0/{{project_id}}/kms/{path}");
    client.call(Service::Kms, method, &path, body)
}

/// Leaves out the members that have no value.
fn body<const N: usize>(members: [(&str, Value); N]) -> Value {
    let members = members.into_iter().filter(|(_, value)| !value.is_null());
    members
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}
