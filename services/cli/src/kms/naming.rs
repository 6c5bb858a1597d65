//! How people name keys: by id, by alias, by name.

use serde_json::{Value, json};

use super::{body, post};
use crate::client::Client;
use crate::error::Error;
use crate::paging;

/// How many keys are asked for at a time when one is looked up by its name.
const PAGE: &str = "1000";

/// What a text names a key by.
#[derive(Debug, PartialEq)]
enum Naming<'a> {
    Alias(&'a str),
    Id(&'a str),
    Name(&'a str),
}

impl<'a> Naming<'a> {
    fn of(text: &'a str) -> Self {
        let is_urn = text.starts_with("kms:") && text.contains(":alias:");
        if is_id(text) {
            Self::Id(text)
        } else if text.starts_with("alias/") || is_urn {
            Self::Alias(text)
        } else {
            Self::Name(text)
        }
    }
}

/// Finds the id of a key.
pub(super) fn id(client: &Client, text: &str) -> Result<String, Error> {
    match Naming::of(text) {
        Naming::Id(id) => Ok(id.to_owned()),
        Naming::Alias(alias) => {
            let reply = post(client, "describe-key", &json!({ "key_id": alias }))?;
            Ok(client.text(&reply, "/key_info/key_id")?.to_owned())
        }
        Naming::Name(name) => by_name(client, name),
    }
}

/// Finds what the operations that use a key take: its id, or an alias as it is.
pub(super) fn usable(client: &Client, text: &str) -> Result<String, Error> {
    match Naming::of(text) {
        Naming::Alias(alias) => Ok(alias.to_owned()),
        Naming::Id(_) | Naming::Name(_) => id(client, text),
    }
}

/// Finds the key of a name among all keys.
fn by_name(client: &Client, name: &str) -> Result<String, Error> {
    let reply = paging::all(&["key_details"], |marker| {
        let marker = json!(marker);
        let members = [
            ("limit", json!(PAGE)),
            ("marker", marker),
            ("key_spec", json!("ALL")),
        ];
        post(client, "list-keys", &body(members))
    })?;
    let keys = reply["key_details"].as_array().map(Vec::as_slice);
    choose(keys.unwrap_or_default(), name)
}

fn choose(keys: &[Value], name: &str) -> Result<String, Error> {
    let named = keys.iter().filter(|key| key["key_alias"] == name);
    let ids: Vec<_> = named.filter_map(|key| key["key_id"].as_str()).collect();
    match ids.as_slice() {
        [id] => Ok((*id).to_owned()),
        [] => Err(Error::Usage(format!(
            "no key of this project is named {name}; `dew kms list --spec ALL` shows them, and alias/{name} would be an alias"
        ))),
        several => Err(Error::Usage(format!(
            "several keys are named {name}; give the id of one: {}",
            several.join(", ")
        ))),
    }
}

/// Tells whether a text has the form of a key's id.
fn is_id(text: &str) -> bool {
    let lengths = [8, 4, 4, 4, 12];
    let parts: Vec<_> = text.split('-').collect();
    let alphabet = |byte: u8| byte.is_ascii_digit() || byte.is_ascii_lowercase();
    parts.len() == lengths.len()
        && parts
            .iter()
            .zip(lengths)
            .all(|(part, length)| part.len() == length && part.bytes().all(alphabet))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_aliases_and_names_are_told_apart() {
        let id = "0d0466b0-e727-4d9c-b35d-f84bb474a37f";
        assert_eq!(Naming::of(id), Naming::Id(id));
        for alias in ["alias/a", "kms:cn-north-4:d:alias:a"] {
            assert_eq!(Naming::of(alias), Naming::Alias(alias));
        }
        for name in [
            "a",
            "0D0466B0-e727-4d9c-b35d-f84bb474a37f",
            "kms:a",
            "0d0466b0-e727-4d9c-b35d",
        ] {
            assert_eq!(Naming::of(name), Naming::Name(name));
        }
    }

    #[test]
    fn a_name_must_be_one_keys() {
        let key = |id: &str, name: &str| json!({"key_id": id, "key_alias": name});
        let keys = [key("1", "a"), key("2", "b"), key("3", "b")];
        assert_eq!(choose(&keys, "a").unwrap(), "1");
        let several = choose(&keys, "b").unwrap_err();
        assert!(several.to_string().ends_with("give the id of one: 2, 3"));
        let none = choose(&keys, "c").unwrap_err();
        assert_eq!(none.exit_code(), 2);
    }
}
