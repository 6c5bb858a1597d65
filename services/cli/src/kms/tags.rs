//! `dew kms tag`: tags of keys, and keys by their tags.

use std::collections::BTreeMap;

use clap::Subcommand;
use serde_json::{Value, json};

use super::{Key, at, body, post};
use crate::Context;
use crate::client::encode;
use crate::error::Error;
use crate::http::Method;
use crate::output::{Column, Show};

/// How many keys are asked for at a time.
const PAGE: usize = 1000;

#[rustfmt::skip] // A table reads by its columns.
const OF_KEY: &[Column] = &[
    Column("TAG",   "key",   Show::Plain),
    Column("VALUE", "value", Show::Plain),
];

#[rustfmt::skip] // A table reads by its columns.
const OF_PROJECT: &[Column] = &[
    Column("TAG",    "key",    Show::Plain),
    Column("VALUES", "values", Show::Plain),
];

#[rustfmt::skip] // A table reads by its columns.
const FOUND: &[Column] = &[
    Column("ID",    "resource_id",                Show::Plain),
    Column("NAME",  "resource_name",              Show::Plain),
    Column("STATE", "/resource_detail/key_state", Show::State),
    Column("SPEC",  "/resource_detail/key_spec",  Show::Plain),
];

/// What to do with tags.
#[derive(Debug, Subcommand)]
pub(crate) enum TagCommand {
    /// Tags a key; a tag that it has gets the new value.
    Set {
        #[command(flatten)]
        key: Key,
        /// The tags.
        #[arg(required = true, value_name = "TAG=VALUE", value_parser = tag)]
        tags: Vec<(String, String)>,
    },
    /// Takes tags away from a key.
    Unset {
        #[command(flatten)]
        key: Key,
        /// The tags.
        #[arg(required = true, value_name = "TAG")]
        tags: Vec<String>,
    },
    /// Lists the tags of a key, or of the project.
    List {
        /// The key: its id, its name, or alias/NAME.
        #[arg(value_name = "KEY")]
        key: Option<String>,
    },
    /// Finds keys that have all of some tags.
    Search {
        /// The tags; TAG alone means any value, and several values of one tag mean any of them.
        #[arg(required = true, value_name = "TAG[=VALUE]")]
        tags: Vec<String>,
    },
}

pub(super) fn execute(command: TagCommand, context: &Context) -> Result<(), Error> {
    match command {
        TagCommand::Set { key, tags } => set(&key, &tags, context),
        TagCommand::Unset { key, tags } => unset(&key, &tags, context),
        TagCommand::List { key } => list(key, context),
        TagCommand::Search { tags } => search(&tags, context),
    }
}

fn tag(text: &str) -> Result<(String, String), String> {
    let (key, value) = text.split_once('=').ok_or("write TAG=VALUE")?;
    Ok((key.to_owned(), value.to_owned()))
}

/// Sets one tag, or several in one step: then all or none.
fn set(key: &Key, tags: &[(String, String)], context: &Context) -> Result<(), Error> {
    let id = key.id(&context.client)?;
    let all: Vec<_> = tags
        .iter()
        .map(|(key, value)| json!({ "key": key, "value": value }))
        .collect();
    let reply = match all.as_slice() {
        [one] => post(
            &context.client,
            &format!("{id}/tags"),
            &json!({ "tag": one }),
        ),
        _ => batch(&id, "create", &json!(all), context),
    }?;
    context.output.show(&reply, &format!("key {id} is tagged"))
}

fn unset(key: &Key, tags: &[String], context: &Context) -> Result<(), Error> {
    let id = key.id(&context.client)?;
    let reply = match tags {
        [one] => {
            let path = format!("{id}/tags/{}", encode(one));
            at(&context.client, Method::Delete, &path, None)
        }
        _ => {
            let all: Vec<_> = tags.iter().map(|key| json!({ "key": key })).collect();
            batch(&id, "delete", &json!(all), context)
        }
    }?;
    let text = format!("key {id} has no more tag {}", tags.join(", "));
    context.output.show(&reply, &text)
}

fn batch(id: &str, action: &str, tags: &Value, context: &Context) -> Result<Value, Error> {
    let request = json!({ "action": action, "tags": tags });
    post(&context.client, &format!("{id}/tags/action"), &request)
}

fn list(key: Option<String>, context: &Context) -> Result<(), Error> {
    let client = &context.client;
    let Some(key) = key else {
        let reply = at(client, Method::Get, "tags", None)?;
        return context
            .output
            .list(&reply, "tags", OF_PROJECT, "there are no tags");
    };
    let id = Key { key }.id(client)?;
    let reply = at(client, Method::Get, &format!("{id}/tags"), None)?;
    context
        .output
        .list(&reply, "tags", OF_KEY, "the key has no tags")
}

/// Reads page after page by the number of keys before it.
fn search(tags: &[String], context: &Context) -> Result<(), Error> {
    let wanted = wanted(tags);
    let mut found: Vec<Value> = Vec::new();
    let mut reply = loop {
        let request = body([
            ("action", json!("filter")),
            ("limit", json!(PAGE.to_string())),
            ("offset", json!(found.len().to_string())),
            ("tags", wanted.clone()),
        ]);
        let mut reply = post(&context.client, "resource_instances/action", &request)?;
        let page = reply["resources"].as_array_mut().map(std::mem::take);
        let page = page.unwrap_or_default();
        let is_last = page.len() < PAGE;
        found.extend(page);
        if is_last {
            break reply;
        }
    };
    reply["resources"] = Value::Array(found);
    context
        .output
        .list(&reply, "resources", FOUND, "no key has these tags")
}

/// Gathers the values that are wanted of each tag.
fn wanted(tags: &[String]) -> Value {
    let mut wanted: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for tag in tags {
        let (key, value) = match tag.split_once('=') {
            Some((key, value)) => (key, Some(value)),
            None => (tag.as_str(), None),
        };
        wanted.entry(key).or_default().extend(value);
    }
    let tag = |(key, values)| json!({ "key": key, "values": values });
    wanted.into_iter().map(tag).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_one_tag_go_together() {
        let tags = ["b=1", "a", "b=2", "c=x=y"].map(str::to_owned);
        let expected = json!([
            {"key": "a", "values": []},
            {"key": "b", "values": ["1", "2"]},
            {"key": "c", "values": ["x=y"]},
        ]);
        assert_eq!(wanted(&tags), expected);
    }
}
