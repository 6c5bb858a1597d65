//! `dew kms grant`: letting others use keys.

use clap::{Args, Subcommand};
use serde_json::json;

use super::{Key, body, post};
use crate::Context;
use crate::error::Error;
use crate::output::{Column, Show};
use crate::paging;

#[rustfmt::skip] // A table reads by its columns.
const LIST: &[Column] = &[
    Column("GRANT",      "grant_id",               Show::Plain),
    Column("KEY",        "key_id",                 Show::Plain),
    Column("NAME",       "name",                   Show::Plain),
    Column("TO",         "grantee_principal",      Show::Plain),
    Column("KIND",       "grantee_principal_type", Show::Plain),
    Column("OPERATIONS", "operations",             Show::Plain),
    Column("CREATED",    "creation_date",          Show::Millis),
];

/// What to do with grants.
#[derive(Debug, Subcommand)]
pub(crate) enum GrantCommand {
    /// Lets a user or an account use a key.
    Create(Create),
    /// Lists the grants of a key, or those that you may retire.
    List {
        /// The key: its id, its name, or alias/NAME.
        #[arg(value_name = "KEY", required_unless_present = "retirable")]
        key: Option<String>,
        /// Lists the grants of any key that you may retire.
        #[arg(long, conflicts_with = "key")]
        retirable: bool,
    },
    /// Takes a grant back, as the key's owner.
    Revoke(Grant),
    /// Gives a grant back, as the one who has it or the one who may retire it.
    Retire(Grant),
}

/// What to grant.
#[derive(Debug, Args)]
pub(crate) struct Create {
    #[command(flatten)]
    key: Key,
    /// The id of the user, or of the account with --account, who may use the key.
    #[arg(long, value_name = "ID")]
    to: String,
    /// Says that --to is an account.
    #[arg(long)]
    account: bool,
    /// What is allowed: encrypt-data, decrypt-data, create-datakey, decrypt-datakey, describe-key, sign, ... in a list.
    #[arg(
        long = "operation",
        value_name = "OPERATION",
        required = true,
        value_delimiter = ','
    )]
    operations: Vec<String>,
    /// A name for the grant.
    #[arg(long)]
    name: Option<String>,
    /// The id of a user who may retire the grant.
    #[arg(long, value_name = "ID")]
    retiring: Option<String>,
}

/// A grant of a key.
#[derive(Debug, Args)]
pub(crate) struct Grant {
    #[command(flatten)]
    key: Key,
    /// The grant's id.
    grant: String,
}

pub(super) fn execute(command: GrantCommand, context: &Context) -> Result<(), Error> {
    match command {
        GrantCommand::Create(command) => command.run(context),
        GrantCommand::List { key, .. } => list(key, context),
        GrantCommand::Revoke(grant) => grant.end(context, "revoke-grant", "revoked"),
        GrantCommand::Retire(grant) => grant.end(context, "retire-grant", "retired"),
    }
}

impl Create {
    fn run(&self, context: &Context) -> Result<(), Error> {
        let request = body([
            ("key_id", json!(self.key.id(&context.client)?)),
            ("grantee_principal", json!(self.to)),
            (
                "grantee_principal_type",
                json!(self.account.then_some("domain")),
            ),
            ("operations", json!(self.operations)),
            ("name", json!(self.name)),
            ("retiring_principal", json!(self.retiring)),
        ]);
        let reply = post(&context.client, "create-grant", &request)?;
        let id = context.client.text(&reply, "/grant_id")?;
        context.output.show(&reply, id)
    }
}

impl Grant {
    fn end(&self, context: &Context, operation: &str, done: &str) -> Result<(), Error> {
        let request = json!({ "key_id": self.key.id(&context.client)?, "grant_id": self.grant });
        let reply = post(&context.client, operation, &request)?;
        let text = format!("grant {} is {done}", self.grant);
        context.output.show(&reply, &text)
    }
}

fn list(key: Option<String>, context: &Context) -> Result<(), Error> {
    let client = &context.client;
    let id = key.map(|key| Key { key }.id(client)).transpose()?;
    let operation = match id {
        Some(_) => "list-grants",
        None => "list-retirable-grants",
    };
    let reply = paging::all(&["grants"], |marker| {
        let request = body([
            ("key_id", json!(id)),
            ("limit", json!("100")),
            ("marker", json!(marker)),
        ]);
        post(client, operation, &request)
    })?;
    context
        .output
        .list(&reply, "grants", LIST, "there are no grants")
}
