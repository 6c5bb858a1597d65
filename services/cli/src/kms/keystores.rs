//! `dew kms keystore`: the HSMs that keys can live in.

use clap::Subcommand;
use serde_json::{Value, json};

use super::body;
use crate::Context;
use crate::client::{Service, encode, query};
use crate::error::Error;
use crate::http::Method;
use crate::input::confirm;
use crate::output::{Column, Show};

/// How many key stores are asked for at a time.
const PAGE: usize = 100;

#[rustfmt::skip] // A table reads by its columns.
const COLUMNS: &[Column] = &[
    Column("ID",      "keystore_id",    Show::Plain),
    Column("NAME",    "keystore_alias", Show::Plain),
    Column("TYPE",    "keystore_type",  Show::Plain),
    Column("CLUSTER", "hsm_cluster_id", Show::Plain),
    Column("CREATED", "create_time",    Show::Millis),
];

/// What to do with key stores.
#[derive(Debug, Subcommand)]
pub(crate) enum KeystoreCommand {
    /// Takes an HSM of the server's configuration into use.
    Create {
        /// The key store's name.
        name: String,
        /// The HSM, as the server's configuration names it.
        #[arg(long, value_name = "ID")]
        cluster: Option<String>,
    },
    /// Lists the key stores.
    List,
    /// Shows a key store.
    Show {
        /// Its id.
        id: String,
    },
    /// Gives a key store up.
    Delete {
        /// Its id.
        id: String,
        /// Does not ask.
        #[arg(long)]
        yes: bool,
    },
    /// Lets keys be made in a key store.
    Enable {
        /// Its id.
        id: String,
    },
    /// Keeps keys from being made in a key store.
    Disable {
        /// Its id.
        id: String,
    },
}

pub(super) fn execute(command: KeystoreCommand, context: &Context) -> Result<(), Error> {
    match command {
        KeystoreCommand::Create { name, cluster } => {
            let request = body([
                ("keystore_alias", json!(name)),
                ("hsm_cluster_id", json!(cluster)),
            ]);
            let reply = call(context, Method::Post, "", Some(&request))?;
            let id = context.client.text(&reply, "/keystore/keystore_id")?;
            context.output.show(&reply, id)
        }
        KeystoreCommand::List => list(context),
        KeystoreCommand::Show { id } => {
            let reply = call(context, Method::Get, &format!("/{}", encode(&id)), None)?;
            context.output.facts(&reply, &reply["keystore"], COLUMNS)
        }
        KeystoreCommand::Delete { id, yes } => {
            confirm(&format!("Give key store {id} up"), yes)?;
            act(context, Method::Delete, &id, "", "is given up")
        }
        KeystoreCommand::Enable { id } => act(context, Method::Post, &id, "/enable", "is enabled"),
        KeystoreCommand::Disable { id } => {
            act(context, Method::Post, &id, "/disable", "is disabled")
        }
    }
}

fn call(
    context: &Context,
    method: Method,
    rest: &str,
    body: Option<&Value>,
) -> Result<Value, Error> {
    let path = format!("/v1.0/{{project_id}}/keystores{rest}");
    context.client.call(Service::Kms, method, &path, body)
}

fn act(context: &Context, method: Method, id: &str, action: &str, done: &str) -> Result<(), Error> {
    let reply = call(context, method, &format!("/{}{action}", encode(id)), None)?;
    context
        .output
        .show(&reply, &format!("key store {id} {done}"))
}

fn list(context: &Context) -> Result<(), Error> {
    let mut found: Vec<Value> = Vec::new();
    let mut reply = loop {
        let (limit, offset) = (PAGE.to_string(), found.len().to_string());
        let parts = [("limit", Some(limit.as_str())), ("offset", Some(&offset))];
        let mut reply = call(context, Method::Get, &query(&parts), None)?;
        let page = reply["keystores"].as_array_mut().map(std::mem::take);
        let page = page.unwrap_or_default();
        let is_last = page.len() < PAGE;
        found.extend(page);
        if is_last {
            break reply;
        }
    };
    reply["keystores"] = Value::Array(found);
    context
        .output
        .list(&reply, "keystores", COLUMNS, "there are no key stores")
}
