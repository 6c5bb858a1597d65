//! Keys themselves: made, listed, shown, named.

use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use super::{Key, at, body, post};
use crate::Context;
use crate::error::Error;
use crate::http::Method;
use crate::input::Out;
use crate::output::{Column, Show};
use crate::paging;

#[rustfmt::skip] // A table reads by its columns.
const LIST: &[Column] = &[
    Column("ID",      "key_id",        Show::Plain),
    Column("NAME",    "key_alias",     Show::Plain),
    Column("STATE",   "key_state",     Show::State),
    Column("SPEC",    "key_spec",      Show::Plain),
    Column("USAGE",   "key_usage",     Show::Plain),
    Column("ORIGIN",  "origin",        Show::Plain),
    Column("CREATED", "creation_date", Show::Millis),
];

#[rustfmt::skip] // A table reads by its columns.
const FACTS: &[Column] = &[
    Column("id",                 "key_id",                    Show::Plain),
    Column("name",               "key_alias",                 Show::Plain),
    Column("description",        "key_description",           Show::Plain),
    Column("state",              "key_state",                 Show::State),
    Column("spec",               "key_spec",                  Show::Plain),
    Column("usage",              "key_usage",                 Show::Plain),
    Column("origin",             "origin",                    Show::Plain),
    Column("created",            "creation_date",             Show::Millis),
    Column("to be deleted",      "scheduled_deletion_date",   Show::Millis),
    Column("material expires",   "expiration_time",           Show::Millis),
    Column("rotates",            "key_rotation_enabled",      Show::YesNo),
    Column("default key",        "default_key_flag",          Show::YesNo),
    Column("account",            "domain_id",                 Show::Plain),
    Column("region",             "realm",                     Show::Plain),
    Column("enterprise project", "sys_enterprise_project_id", Show::Plain),
    Column("key store",          "keystore_id",               Show::Plain),
];

/// How to make a key.
#[derive(Debug, Args)]
pub(crate) struct Create {
    /// Its name.
    name: String,
    /// Its kind: AES_256, SM4, RSA_2048, RSA_3072, RSA_4096, EC_P256, EC_P384, SM2, HMAC_256, ... AES_256 by default.
    #[arg(long)]
    spec: Option<String>,
    /// What it is for: ENCRYPT_DECRYPT, SIGN_VERIFY or GENERATE_VERIFY_MAC; by default what its kind is mostly for.
    #[arg(long)]
    usage: Option<String>,
    /// What it is about.
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,
    /// Leaves it without material, which `import` brings.
    #[arg(long)]
    external: bool,
    /// The enterprise project that it belongs to.
    #[arg(long, value_name = "ID")]
    enterprise_project: Option<String>,
    /// The key store that it lives in.
    #[arg(long, value_name = "ID")]
    keystore: Option<String>,
}

impl Create {
    pub(super) fn run(&self, context: &Context) -> Result<(), Error> {
        let request = body([
            ("key_alias", json!(self.name)),
            ("key_spec", json!(self.spec)),
            ("key_usage", json!(self.usage)),
            ("key_description", json!(self.description)),
            ("origin", json!(self.external.then_some("external"))),
            ("enterprise_project_id", json!(self.enterprise_project)),
            ("keystore_id", json!(self.keystore)),
        ]);
        let reply = post(&context.client, "create-key", &request)?;
        let id = context.client.text(&reply, "/key_info/key_id")?;
        context.output.show(&reply, id)
    }
}

/// Which keys to list.
#[derive(Debug, Args)]
pub(crate) struct List {
    /// Only keys of this state.
    #[arg(long, value_enum)]
    state: Option<State>,
    /// Only keys of this kind.
    #[arg(long, default_value = "ALL")]
    spec: String,
    /// Only keys of this enterprise project.
    #[arg(long, value_name = "ID")]
    enterprise_project: Option<String>,
}

/// A state that keys can be listed by.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum State {
    /// In use.
    Enabled,
    /// Not in use, until enabled.
    Disabled,
    /// To be deleted on a date.
    PendingDeletion,
    /// Without material.
    PendingImport,
}

impl State {
    fn number(self) -> &'static str {
        match self {
            Self::Enabled => "2",
            Self::Disabled => "3",
            Self::PendingDeletion => "4",
            Self::PendingImport => "5",
        }
    }
}

impl List {
    pub(super) fn run(&self, context: &Context) -> Result<(), Error> {
        let reply = paging::all(&["keys", "key_details"], |marker| {
            let request = body([
                ("limit", json!("1000")),
                ("marker", json!(marker)),
                ("key_spec", json!(self.spec)),
                ("key_state", json!(self.state.map(State::number))),
                ("enterprise_project_id", json!(self.enterprise_project)),
            ]);
            post(&context.client, "list-keys", &request)
        })?;
        let empty = "there are no such keys; `dew kms create NAME` makes one";
        context.output.list(&reply, "key_details", LIST, empty)
    }
}

pub(super) fn show(key: &Key, context: &Context) -> Result<(), Error> {
    let key = key.usable(&context.client)?;
    let reply = post(&context.client, "describe-key", &json!({ "key_id": key }))?;
    context.output.facts(&reply, &reply["key_info"], FACTS)
}

pub(super) fn enable(key: &Key, context: &Context) -> Result<(), Error> {
    simple(key, context, "enable-key", "is enabled")
}

pub(super) fn disable(key: &Key, context: &Context) -> Result<(), Error> {
    simple(key, context, "disable-key", "is disabled")
}

/// Calls an operation that needs a key's id and nothing else.
pub(super) fn simple(
    key: &Key,
    context: &Context,
    operation: &str,
    done: &str,
) -> Result<(), Error> {
    let id = key.id(&context.client)?;
    let reply = post(&context.client, operation, &json!({ "key_id": id }))?;
    context.output.show(&reply, &format!("key {id} {done}"))
}

/// How to rename a key.
#[derive(Debug, Args)]
pub(crate) struct Rename {
    #[command(flatten)]
    key: Key,
    /// The new name.
    name: String,
}

impl Rename {
    pub(super) fn run(&self, context: &Context) -> Result<(), Error> {
        let id = self.key.id(&context.client)?;
        let request = json!({ "key_id": id, "key_alias": self.name });
        let reply = post(&context.client, "update-key-alias", &request)?;
        let text = format!("key {id} is named {}", self.name);
        context.output.show(&reply, &text)
    }
}

/// How to describe a key.
#[derive(Debug, Args)]
pub(crate) struct Describe {
    #[command(flatten)]
    key: Key,
    /// The new description; an empty one takes it away.
    text: String,
}

impl Describe {
    pub(super) fn run(&self, context: &Context) -> Result<(), Error> {
        let id = self.key.id(&context.client)?;
        let request = json!({ "key_id": id, "key_description": self.text });
        let reply = post(&context.client, "update-key-description", &request)?;
        context
            .output
            .show(&reply, &format!("key {id} is described"))
    }
}

/// Which public key to print.
#[derive(Debug, Args)]
pub(crate) struct PublicKey {
    #[command(flatten)]
    key: Key,
    #[command(flatten)]
    out: Out,
}

impl PublicKey {
    pub(super) fn run(&self, context: &Context) -> Result<(), Error> {
        let key = self.key.usable(&context.client)?;
        let reply = post(&context.client, "get-publickey", &json!({ "key_id": key }))?;
        let pem = context.client.text(&reply, "/public_key")?;
        if self.out.write(pem.as_bytes())? {
            return Ok(());
        }
        context.output.bytes(&reply, pem.as_bytes())
    }
}

/// How many random bytes to print.
#[derive(Debug, Args)]
pub(crate) struct Random {
    /// How many bytes.
    #[arg(long, default_value_t = 32, value_parser = clap::value_parser!(u32).range(1..=1024))]
    bytes: u32,
    #[command(flatten)]
    out: Out,
}

impl Random {
    pub(super) fn run(&self, context: &Context) -> Result<(), Error> {
        let bits = (self.bytes * 8).to_string();
        let request = json!({ "random_data_length": bits });
        let reply = post(&context.client, "gen-random", &request)?;
        let text = context.client.text(&reply, "/random_data")?;
        if self.out.out.is_some() {
            let bytes = hex::decode(text).map_err(|_| context.client.lacks("hexadecimal"))?;
            self.out.write(&bytes)?;
            return Ok(());
        }
        context.output.show(&reply, text)
    }
}

pub(super) fn quotas(context: &Context) -> Result<(), Error> {
    #[rustfmt::skip] // A table reads by its columns.
    const QUOTAS: &[Column] = &[
        Column("WHAT",  "type",  Show::Plain),
        Column("USED",  "used",  Show::Plain),
        Column("QUOTA", "quota", Show::Plain),
    ];
    let reply = at(&context.client, Method::Get, "user-quotas", None)?;
    let resources = reply.pointer("/quotas/resources").and_then(Value::as_array);
    let rows = resources.map(Vec::as_slice).unwrap_or_default();
    let text = crate::output::table(QUOTAS, rows, "there are no quotas");
    context.output.show(&reply, &text)
}
