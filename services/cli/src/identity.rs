//! `dew iam`: who may do what.

use clap::Subcommand;

use crate::Context;
use crate::client::Service;
use crate::error::Error;
use crate::http::Method;
use crate::output::{Column, Show};

#[rustfmt::skip] // A table reads by its columns.
const CALLER: &[Column] = &[
    Column("account",   "account_id",    Show::Plain),
    Column("principal", "principal_id",  Show::Plain),
    Column("urn",       "principal_urn", Show::Plain),
];

#[rustfmt::skip] // A table reads by its columns.
const NAMED: &[Column] = &[
    Column("ID",          "id",          Show::Plain),
    Column("NAME",        "name",        Show::Plain),
    Column("ENABLED",     "enabled",     Show::YesNo),
    Column("DESCRIPTION", "description", Show::Plain),
];

#[rustfmt::skip] // A table reads by its columns.
const POLICIES: &[Column] = &[
    Column("ID",          "id",           Show::Plain),
    Column("NAME",        "display_name", Show::Plain),
    Column("TYPE",        "type",         Show::Plain),
    Column("DESCRIPTION", "description",  Show::Plain),
];

#[rustfmt::skip] // A table reads by its columns.
const ACCESS_KEYS: &[Column] = &[
    Column("ACCESS KEY", "access",      Show::Plain),
    Column("STATUS",     "status",      Show::Plain),
    Column("USER",       "user_id",     Show::Plain),
    Column("CREATED",    "create_time", Show::Plain),
];

/// What to show of users and permissions.
#[derive(Debug, Subcommand)]
pub(crate) enum IamCommand {
    /// Shows whose access key this is.
    Whoami,
    /// Lists the projects of the account.
    Projects,
    /// Lists the users of the account.
    Users,
    /// Lists the groups of the account.
    Groups,
    /// Lists the account's own policies, or those of the system.
    Policies {
        /// Lists those of the system.
        #[arg(long)]
        system: bool,
    },
    /// Lists the access keys of the account.
    AccessKeys,
}

/// Does what the command line says.
pub(crate) fn execute(command: IamCommand, context: &Context) -> Result<(), Error> {
    let (path, member, columns, empty) = match command {
        IamCommand::Whoami => return whoami(context),
        IamCommand::Projects => (
            "/v3/auth/projects",
            "projects",
            NAMED,
            "there are no projects",
        ),
        IamCommand::Users => ("/v3/users", "users", NAMED, "there are no users"),
        IamCommand::Groups => ("/v3/groups", "groups", NAMED, "there are no groups"),
        IamCommand::Policies { system: true } => (
            "/v3/roles",
            "roles",
            POLICIES,
            "there are no policies of the system",
        ),
        IamCommand::Policies { system: false } => {
            let empty = "the account has no policies of its own; --system shows the others";
            ("/v3.0/OS-ROLE/roles", "roles", POLICIES, empty)
        }
        IamCommand::AccessKeys => {
            let path = "/v3.0/OS-CREDENTIAL/credentials";
            (path, "credentials", ACCESS_KEYS, "there are no access keys")
        }
    };
    let reply = context.client.call(Service::Iam, Method::Get, path, None)?;
    context.output.list(&reply, member, columns, empty)
}

fn whoami(context: &Context) -> Result<(), Error> {
    let path = "/v5/caller-identity";
    let reply = context.client.call(Service::Iam, Method::Get, path, None)?;
    context.output.facts(&reply, &reply, CALLER)
}
