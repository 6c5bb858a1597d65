//! `dew kms alias`: further names of keys, which can move.

use clap::Subcommand;
use serde_json::json;

use super::{Key, at, post};
use crate::Context;
use crate::client::query;
use crate::error::Error;
use crate::http::Method;
use crate::output::{Column, Show};
use crate::paging;

#[rustfmt::skip] // A table reads by its columns.
const LIST: &[Column] = &[
    Column("ALIAS",   "alias",       Show::Plain),
    Column("KEY",     "key_id",      Show::Plain),
    Column("CREATED", "create_time", Show::Plain),
    Column("MOVED",   "update_time", Show::Plain),
];

/// What to do with aliases.
#[derive(Debug, Subcommand)]
pub(crate) enum AliasCommand {
    /// Gives a key an alias.
    Create {
        #[command(flatten)]
        key: Key,
        /// The alias, with or without alias/ before it.
        alias: String,
    },
    /// Takes aliases away from a key.
    Delete {
        #[command(flatten)]
        key: Key,
        /// The aliases.
        #[arg(required = true, value_name = "ALIAS")]
        aliases: Vec<String>,
    },
    /// Moves an alias to another key.
    Move {
        /// The alias.
        alias: String,
        #[command(flatten)]
        key: Key,
    },
    /// Lists the aliases of a key, or of the project.
    List {
        /// The key: its id, its name, or alias/NAME.
        #[arg(value_name = "KEY")]
        key: Option<String>,
    },
}

pub(super) fn execute(command: AliasCommand, context: &Context) -> Result<(), Error> {
    let client = &context.client;
    match command {
        AliasCommand::Create { key, alias } => {
            let (id, alias) = (key.id(client)?, full(&alias));
            let request = json!({ "key_id": id, "alias": alias });
            let reply = post(client, "aliases", &request)?;
            context.output.show(&reply, &format!("{alias} is key {id}"))
        }
        AliasCommand::Delete { key, aliases } => {
            let aliases: Vec<_> = aliases.iter().map(|alias| full(alias)).collect();
            let request = json!({ "key_id": key.id(client)?, "aliases": aliases });
            let reply = at(client, Method::Delete, "aliases", Some(&request))?;
            let text = format!("no more alias: {}", aliases.join(", "));
            context.output.show(&reply, &text)
        }
        AliasCommand::Move { alias, key } => {
            let (id, alias) = (key.id(client)?, full(&alias));
            let request = json!({ "alias": alias, "target_key_id": id });
            let reply = post(client, "alias/associate", &request)?;
            context.output.show(&reply, &format!("{alias} is key {id}"))
        }
        AliasCommand::List { key } => list(key, context),
    }
}

fn list(key: Option<String>, context: &Context) -> Result<(), Error> {
    let client = &context.client;
    let id = key.map(|key| Key { key }.id(client)).transpose()?;
    let reply = paging::all(&["aliases"], |marker| {
        let parts = [
            ("key_id", id.as_deref()),
            ("limit", Some("100")),
            ("marker", marker),
        ];
        at(
            client,
            Method::Get,
            &format!("aliases{}", query(&parts)),
            None,
        )
    })?;
    context
        .output
        .list(&reply, "aliases", LIST, "there are no aliases")
}

/// Writes an alias with the prefix that tells it from a name.
fn full(alias: &str) -> String {
    match alias.strip_prefix("alias/") {
        Some(_) => alias.to_owned(),
        None => format!("alias/{alias}"),
    }
}
