//! The end of keys: scheduled, and cancelled.

use clap::Args;
use serde_json::json;

use super::{Key, keys, post};
use crate::Context;
use crate::error::Error;
use crate::input::confirm;

/// When to delete a key.
#[derive(Debug, Args)]
pub(crate) struct Schedule {
    #[command(flatten)]
    key: Key,
    /// In how many days: 7 to 1096.
    #[arg(long, value_parser = clap::value_parser!(u16).range(7..=1096))]
    days: u16,
    /// Does not ask.
    #[arg(long)]
    yes: bool,
}

impl Schedule {
    pub(super) fn run(&self, context: &Context) -> Result<(), Error> {
        let id = self.key.id(&context.client)?;
        let days = self.days;
        let question = format!(
            "Delete key {id} in {days} days, after which nothing that it encrypted can be decrypted"
        );
        confirm(&question, self.yes)?;
        let request = json!({ "key_id": id, "pending_days": days.to_string() });
        let reply = post(&context.client, "schedule-key-deletion", &request)?;
        let text = format!(
            "key {id} will be deleted in {days} days; until then, `dew kms cancel-deletion {id}` brings it back"
        );
        context.output.show(&reply, &text)
    }
}

pub(super) fn cancel(key: &Key, context: &Context) -> Result<(), Error> {
    let done = "will not be deleted; `dew kms enable` brings it into use";
    keys::simple(key, context, "cancel-key-deletion", done)
}
