//! `dew kms rotate`, `dew kms rotation`: new material under the same key.

use clap::Subcommand;
use serde_json::json;

use super::{Key, keys, post};
use crate::Context;
use crate::error::Error;
use crate::output::{Column, Show};

/// What to do with the rotation of a key.
#[derive(Debug, Subcommand)]
pub(crate) enum RotationCommand {
    /// Lets a key rotate by itself, every 365 days until `set` says otherwise.
    Enable(Key),
    /// Stops the rotation of a key.
    Disable(Key),
    /// Sets how often a key rotates.
    Set {
        #[command(flatten)]
        key: Key,
        /// Every so many days: 30 to 365.
        #[arg(long, value_parser = clap::value_parser!(u16).range(30..=365))]
        days: u16,
    },
    /// Shows whether and when a key rotates.
    Show(Key),
}

#[rustfmt::skip] // A table reads by its columns.
const FACTS: &[Column] = &[
    Column("rotates",       "key_rotation_enabled", Show::YesNo),
    Column("interval/days", "rotation_interval",    Show::Plain),
    Column("last rotation", "last_rotation_time",   Show::Millis),
    Column("rotations",     "number_of_rotations",  Show::Plain),
];

pub(super) fn rotate(key: &Key, context: &Context) -> Result<(), Error> {
    keys::simple(key, context, "rotate-on-demand", "is rotated")
}

pub(super) fn execute(command: RotationCommand, context: &Context) -> Result<(), Error> {
    match command {
        RotationCommand::Enable(key) => {
            keys::simple(&key, context, "enable-key-rotation", "rotates by itself")
        }
        RotationCommand::Disable(key) => {
            let done = "does not rotate by itself any more";
            keys::simple(&key, context, "disable-key-rotation", done)
        }
        RotationCommand::Set { key, days } => {
            let id = key.id(&context.client)?;
            let request = json!({ "key_id": id, "rotation_interval": days });
            let reply = post(&context.client, "update-key-rotation-interval", &request)?;
            let text = format!("key {id} rotates every {days} days");
            context.output.show(&reply, &text)
        }
        RotationCommand::Show(key) => {
            let id = key.id(&context.client)?;
            let request = json!({ "key_id": id });
            let reply = post(&context.client, "get-key-rotation-status", &request)?;
            context.output.facts(&reply, &reply, FACTS)
        }
    }
}
