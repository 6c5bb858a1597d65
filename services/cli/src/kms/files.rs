//! Files of any size, encrypted and decrypted here.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::json;
use tempfile::NamedTempFile;
use zeroize::Zeroizing;

use super::data::Aad;
use super::envelope::{self, EnvelopeError, Header};
use super::{Key, body, datakeys, post};
use crate::Context;
use crate::error::Error;
use crate::input::Input;

/// Bytes of the data key.
const DATAKEY_BYTES: u32 = 32;

/// From where to where.
#[derive(Debug, Args)]
pub(crate) struct Paths {
    /// The file to read; `-` is standard input.
    #[arg(value_name = "IN")]
    from: PathBuf,
    /// The file to write, which only its owner can read. It appears when it is whole, or not at all.
    #[arg(value_name = "OUT")]
    to: PathBuf,
    /// Replaces the file that may be there.
    #[arg(long)]
    force: bool,
}

impl Paths {
    fn check(&self) -> Result<(), Error> {
        match self.to.exists() && !self.force {
            true => Err(Error::Exists(self.to.clone())),
            false => Ok(()),
        }
    }

    /// Makes a file beside the one to write.
    fn create(&self) -> Result<NamedTempFile, Error> {
        let made = tempfile::Builder::new()
            .prefix(".dew-")
            .suffix(".new")
            .tempfile_in(self.folder());
        made.map_err(Error::file("create", &self.to))
    }

    /// Gives the file that was made its name, now that it is whole.
    fn publish(&self, file: NamedTempFile) -> Result<(), Error> {
        let synced = file.as_file().sync_all();
        synced.map_err(Error::file("write", &self.to))?;
        let published = match self.force {
            true => file.persist(&self.to),
            false => file.persist_noclobber(&self.to),
        };
        published.map_err(|failed| match failed.error.kind() {
            std::io::ErrorKind::AlreadyExists => Error::Exists(self.to.clone()),
            _ => Error::file("write", &self.to)(failed.error),
        })?;
        let folder = self.folder();
        let synced = File::open(folder).and_then(|folder| folder.sync_all());
        synced.map_err(Error::file("flush the directory", folder))
    }

    fn folder(&self) -> &Path {
        let parent = self.to.parent();
        parent
            .filter(|parent| !parent.as_os_str().is_empty())
            .unwrap_or_else(|| Path::new("."))
    }

    /// Says what went wrong with which file.
    fn failed(&self, error: EnvelopeError) -> Error {
        let input = Input::of(&self.from);
        match error {
            EnvelopeError::Read(source) => input.failed(source),
            EnvelopeError::Write(source) => Error::file("write", &self.to)(source),
            EnvelopeError::Foreign => Error::Usage(format!("cannot use {}: {error}", input.name())),
            EnvelopeError::Broken | EnvelopeError::DataKey | EnvelopeError::TooLong => {
                Error::NotGenuine(format!("cannot use {}: {error}", input.name()))
            }
        }
    }
}

/// Which file to encrypt.
#[derive(Debug, Args)]
pub(crate) struct EncryptFile {
    #[command(flatten)]
    key: Key,
    #[command(flatten)]
    paths: Paths,
    #[command(flatten)]
    aad: Aad,
}

impl EncryptFile {
    pub(super) fn run(&self, context: &Context) -> Result<(), Error> {
        self.paths.check()?;
        let client = &context.client;
        let mut input = Input::of(&self.paths.from).open()?;
        let request = body([
            ("key_id", json!(self.key.usable(client)?)),
            ("key_spec", json!("AES_256")),
            self.aad.member(),
        ]);
        let reply = post(client, "create-datakey", &request)?;
        let datakey = hex::decode(client.text(&reply, "/plain_text")?);
        let datakey = Zeroizing::new(datakey.map_err(|_| client.lacks("hexadecimal"))?);
        let wrapped = hex::decode(client.text(&reply, "/cipher_text")?);
        let wrapped = wrapped.map_err(|_| client.lacks("hexadecimal"))?;
        let key_id = client.text(&reply, "/key_id")?;
        let failed = |error| self.paths.failed(error);
        let header = Header::new(key_id, wrapped).map_err(failed)?;
        let mut file = self.paths.create()?;
        let mut output = BufWriter::new(file.as_file_mut());
        envelope::seal(&datakey, &header, &mut input, &mut output)
            .and_then(|()| output.flush().map_err(EnvelopeError::Write))
            .map_err(failed)?;
        drop(output);
        self.paths.publish(file)?;
        done(context, &self.paths, key_id, "encrypted")
    }
}

/// Which file to decrypt.
#[derive(Debug, Args)]
pub(crate) struct DecryptFile {
    #[command(flatten)]
    paths: Paths,
    #[command(flatten)]
    aad: Aad,
}

impl DecryptFile {
    pub(super) fn run(&self, context: &Context) -> Result<(), Error> {
        self.paths.check()?;
        let failed = |error| self.paths.failed(error);
        let mut input = Input::of(&self.paths.from).open()?;
        let header = Header::read(&mut input).map_err(failed)?;
        let key = Key {
            key: header.key_id.clone(),
        };
        let wrapped = hex::encode_upper(&header.wrapped);
        let aad = self.aad.member();
        let (_, datakey) = datakeys::decrypt(context, &key, &wrapped, DATAKEY_BYTES, aad)?;
        let mut file = self.paths.create()?;
        let mut output = BufWriter::new(file.as_file_mut());
        envelope::open(&datakey, &header, &mut input, &mut output)
            .and_then(|()| output.flush().map_err(EnvelopeError::Write))
            .map_err(failed)?;
        drop(output);
        self.paths.publish(file)?;
        done(context, &self.paths, &header.key_id, "decrypted")
    }
}

fn done(context: &Context, paths: &Paths, key_id: &str, what: &str) -> Result<(), Error> {
    let path = paths.to.display().to_string();
    let reply = json!({ "key_id": key_id, "file": path });
    context
        .output
        .show(&reply, &format!("{path} is {what} with key {key_id}"))
}
