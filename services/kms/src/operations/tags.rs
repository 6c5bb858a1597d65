//! Tags of keys, and finding keys by them.

use std::collections::BTreeMap;
use std::sync::Arc;

use kit::api::{
    ANY_TEXT, Audit, Call, Failure, Field, Kind, Method, Operation, Reply, Route, TraceKind,
};
use kit::db::{Row, Tx, Value};
use kit::policy::Context;
use kit::sql;
use serde_json::{Value as Json, json};

use super::{CMK, ROW, given};
use crate::access::Right;
use crate::fields::{KEY_ID, PROJECT_ID, SEQUENCE};
use crate::key::Key;
use crate::state::State;
use crate::{Kms, access, choices};

/// The longest key and value of a tag, in characters.
const LENGTHS_MAX: (usize, usize) = (128, 255);
/// What the keys of the system's own tags begin with.
const SYSTEM_PREFIX: &str = "_sys_";
/// The most values of one key in a search.
const SEARCH_VALUES_MAX: usize = 20;

const TAG: Field = Field::new("tag", Kind::Object, 401);
const TAGS: Field = Field::new("tags", Kind::Any, 401);
const ACTION: Field = Field::new("action", Kind::Choice(&["create", "delete"]), 404);
const SEARCH: Field = Field::new("action", Kind::Choice(&["filter", "count"]), 404);
const TAG_KEY: Field = Field::new(
    "key",
    Kind::Text {
        min: 1,
        max: 1_024,
        of: ANY_TEXT,
    },
    416,
);
const LIMIT: Field = Field::new("limit", Kind::Int { min: 1, max: 1_000 }, 1601);
const OFFSET: Field = Field::new(
    "offset",
    Kind::Int {
        min: 0,
        max: i64::MAX,
    },
    417,
);
const MATCHES: Field = Field::new("matches", Kind::Any, 415);

const fn dealt() -> Option<Audit> {
    Some(Audit {
        name: "dealUnifiedTags",
        resource: CMK,
        about: Some("key_id"),
        kind: TraceKind::Management,
    })
}

pub(super) static ROUTES: &[Route<Arc<Kms>>] = &[
    Route {
        operation: Operation {
            name: "list-project-tags",
            summary: "Lists the tags of all keys of the project.",
            method: Method::Get,
            path: "/v1.0/{project_id}/kms/tags",
            takes: &[PROJECT_ID.path()],
            gives: &[given("tags", "array")],
            actions: &["kms:cmkTag:list", "kms:cmk:getTags"],
            ..ROW
        },
        run: of_project,
    },
    Route {
        operation: Operation {
            name: "search-keys-by-tags",
            summary: "Finds or counts keys by their tags and names.",
            path: "/v1.0/{project_id}/kms/resource_instances/action",
            takes: &[
                PROJECT_ID.path(),
                SEARCH.required(),
                SEQUENCE.optional(),
                LIMIT.optional(),
                OFFSET.optional(),
                TAGS.optional(),
                MATCHES.optional(),
            ],
            gives: &[given("resources", "array"), given("total_count", "integer")],
            actions: &["kms:cmkTag:listInstance", "kms:cmk:listKeysByTag"],
            ..ROW
        },
        run: search,
    },
    Route {
        operation: Operation {
            name: "create-tag",
            summary: "Tags a key.",
            path: "/v1.0/{project_id}/kms/{key_id}/tags",
            takes: &[
                PROJECT_ID.path(),
                KEY_ID.path(),
                TAG.required(),
                SEQUENCE.optional(),
            ],
            status: 204,
            actions: &["kms:cmkTag:create", "kms:cmk:tagResource"],
            audit: dealt(),
            ..ROW
        },
        run: create,
    },
    Route {
        operation: Operation {
            name: "batch-tags",
            summary: "Adds or removes several tags of a key.",
            path: "/v1.0/{project_id}/kms/{key_id}/tags/action",
            takes: &[
                PROJECT_ID.path(),
                KEY_ID.path(),
                ACTION.required(),
                TAGS.optional(),
                SEQUENCE.optional(),
            ],
            status: 204,
            actions: &[
                "kms:cmkTag:batch",
                "kms:cmk:tagResource",
                "kms:cmk:untagResource",
            ],
            audit: dealt(),
            ..ROW
        },
        run: batch,
    },
    Route {
        operation: Operation {
            name: "delete-tag",
            summary: "Removes a tag of a key.",
            method: Method::Delete,
            path: "/v1.0/{project_id}/kms/{key_id}/tags/{key}",
            takes: &[PROJECT_ID.path(), KEY_ID.path(), TAG_KEY.path()],
            status: 204,
            actions: &["kms:cmkTag:delete", "kms:cmk:untagResource"],
            audit: dealt(),
            ..ROW
        },
        run: delete,
    },
    Route {
        operation: Operation {
            name: "list-tags",
            summary: "Lists the tags of a key.",
            method: Method::Get,
            path: "/v1.0/{project_id}/kms/{key_id}/tags",
            takes: &[PROJECT_ID.path(), KEY_ID.path()],
            gives: &[given("tags", "array"), given("existTagsNum", "integer")],
            actions: &["kms:cmkTag:list", "kms:cmk:getTags"],
            ..ROW
        },
        run: list,
    },
];

/// What policies may ask of the tags that a request brings or takes away: `g:TagKeys`, and for those that it brings
/// `g:RequestTag/<key>`.
pub(crate) fn describe(call: &Call<'_>, context: &mut Context) {
    let adds = match call.operation.name {
        "batch-tags" => call.args.text(&ACTION) == Some("create"),
        "create-tag" => true,
        "delete-tag" => false,
        _ => return,
    };
    if let Some(key) = call.args.text(&TAG_KEY) {
        context.add("g:TagKeys", key);
    }
    for item in call
        .args
        .value(&TAG)
        .into_iter()
        .chain(call.args.list(&TAGS))
    {
        let text = |name: &str| item.get(name).and_then(Json::as_str).unwrap_or_default();
        context.add("g:TagKeys", text("key"));
        if adds {
            context.add(&format!("g:RequestTag/{}", text("key")), text("value"));
        }
    }
}

/// A tag of a request.
struct Tag {
    key: String,
    value: String,
}

impl Tag {
    /// Reads a tag and checks it.
    fn of(item: &Json) -> Result<Self, Failure> {
        let text = |name: &str| match item.get(name) {
            None | Some(Json::Null) => Some(""),
            Some(value) => value.as_str(),
        };
        let key = text("key").ok_or_else(|| Failure::refused(406))?;
        let value = text("value").ok_or_else(|| Failure::refused(405))?;
        check_key(key)?;
        check_value(value)?;
        Ok(Self {
            key: key.to_owned(),
            value: value.to_owned(),
        })
    }
}

/// Letters of all scripts, digits, the space, and `_ . : / = + - @`.
fn is_tag_character(character: char) -> bool {
    character.is_alphanumeric()
        || matches!(
            character,
            ' ' | '_' | '.' | ':' | '/' | '=' | '+' | '-' | '@'
        )
}

fn check_key(key: &str) -> Result<(), Failure> {
    if key.chars().count() > LENGTHS_MAX.0 {
        return Err(Failure::refused(411));
    }
    let is_fine = !key.is_empty()
        && key.trim() == key
        && !key.starts_with(SYSTEM_PREFIX)
        && key.chars().all(is_tag_character);
    if is_fine {
        Ok(())
    } else {
        Err(Failure::refused(406))
    }
}

fn check_value(value: &str) -> Result<(), Failure> {
    if value.chars().count() > LENGTHS_MAX.1 {
        return Err(Failure::refused(410));
    }
    if value.chars().all(is_tag_character) {
        Ok(())
    } else {
        Err(Failure::refused(405))
    }
}

/// Finds a key whose tags may change.
fn taggable(tx: &mut Tx<'_>, call: &Call<'_>, actions: &[&str]) -> Result<Key, Failure> {
    let right = Right {
        actions,
        ..Right::of(call)
    };
    let key = access::key_for(tx, call, call.args.need(&KEY_ID)?, right)?;
    key.refuse_default()?;
    key.state
        .among(&[State::Enabled, State::Disabled, State::PendingImport])?;
    Ok(key)
}

/// Writes tags; one that is there gets the new value.
fn put(tx: &mut Tx<'_>, key: &Key, tags: &[Tag]) -> Result<(), Failure> {
    for tag in tags {
        tx.execute(
            sql!("put_tag"),
            &[
                Value::from(key.id.as_str()),
                Value::from(tag.key.as_str()),
                Value::from(tag.value.as_str()),
            ],
        )?;
    }
    let count = tx
        .rows(sql!("select_tags"), &[Value::from(key.id.as_str())])?
        .len();
    if count > choices::TAGS_MAX {
        return Err(Failure::refused(409));
    }
    Ok(())
}

fn create(_: &Arc<Kms>, call: &Call<'_>) -> Result<Reply, Failure> {
    let tag = call
        .args
        .value(&TAG)
        .ok_or_else(|| Failure::refused(401))
        .and_then(Tag::of)?;
    call.change(|tx| {
        let key = taggable(tx, call, call.operation.actions)?;
        put(tx, &key, std::slice::from_ref(&tag))?;
        Ok(Reply::none().on(key.subject()))
    })
}

fn batch(_: &Arc<Kms>, call: &Call<'_>) -> Result<Reply, Failure> {
    let items = match call.args.value(&TAGS) {
        Some(Json::Array(items)) if !items.is_empty() => items,
        _ => return Err(Failure::refused(401)),
    };
    if items.len() > choices::TAGS_MAX {
        return Err(Failure::refused(407));
    }
    let tags: Vec<Tag> = items.iter().map(Tag::of).collect::<Result<_, _>>()?;
    let mut keys: Vec<&str> = tags.iter().map(|tag| tag.key.as_str()).collect();
    keys.sort_unstable();
    if keys.windows(2).any(|pair| pair[0] == pair[1]) {
        return Err(Failure::refused(412));
    }
    let adds = call.args.need(&ACTION)? == "create";
    let actions = if adds {
        ["kms:cmkTag:batch", "kms:cmk:tagResource"]
    } else {
        ["kms:cmkTag:batch", "kms:cmk:untagResource"]
    };
    call.change(|tx| {
        let key = taggable(tx, call, &actions)?;
        if adds {
            put(tx, &key, &tags)?;
        } else {
            for tag in &tags {
                remove(tx, &key, &tag.key)?;
            }
        }
        Ok(Reply::none().on(key.subject()))
    })
}

/// Removes a tag and tells whether it was there.
fn remove(tx: &mut Tx<'_>, key: &Key, tag: &str) -> Result<bool, Failure> {
    let gone = tx.execute(
        sql!("delete_tag"),
        &[Value::from(key.id.as_str()), Value::from(tag)],
    )?;
    Ok(gone > 0)
}

fn delete(_: &Arc<Kms>, call: &Call<'_>) -> Result<Reply, Failure> {
    call.change(|tx| {
        let key = taggable(tx, call, call.operation.actions)?;
        if !remove(tx, &key, call.args.need(&TAG_KEY)?)? {
            return Err(Failure::refused(416));
        }
        Ok(Reply::none().on(key.subject()))
    })
}

/// Reads the tags of a key, as the contract writes them.
fn tags_of(tx: &mut Tx<'_>, key_id: &str) -> Result<Vec<Json>, Failure> {
    let rows = tx.rows(sql!("select_tags"), &[Value::from(key_id)])?;
    rows.iter().map(tag_of).collect()
}

/// Reads the tags of all custom keys of a project, by key.
fn tags_by_key(tx: &mut Tx<'_>, project_id: &str) -> Result<BTreeMap<String, Vec<Json>>, Failure> {
    let mut tags: BTreeMap<String, Vec<Json>> = BTreeMap::new();
    for row in tx.rows(sql!("select_custom_key_tags"), &[Value::from(project_id)])? {
        let of_key = tags.entry(row.text("key_id")?).or_default();
        of_key.push(tag_of(&row)?);
    }
    Ok(tags)
}

fn tag_of(row: &Row) -> Result<Json, Failure> {
    Ok(json!({"key": row.text("tag")?, "value": row.text("value")?}))
}

fn list(_: &Arc<Kms>, call: &Call<'_>) -> Result<Reply, Failure> {
    let tags = call.db.read(|tx| {
        let key = access::key(tx, call, call.args.need(&KEY_ID)?)?;
        tags_of(tx, &key.id)
    })?;
    Ok(Reply::new(
        json!({"existTagsNum": tags.len(), "tags": tags}),
    ))
}

fn of_project(_: &Arc<Kms>, call: &Call<'_>) -> Result<Reply, Failure> {
    access::project(call)?;
    let rows = call.db.read(|tx| {
        Ok::<_, Failure>(tx.rows(sql!("select_project_tags"), &[Value::from(call.project_id)])?)
    })?;
    let mut values: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for row in &rows {
        values
            .entry(row.text("tag")?)
            .or_default()
            .push(row.text("value")?);
    }
    let tags: Vec<Json> = values
        .into_iter()
        .map(|(key, values)| json!({"key": key, "values": values}))
        .collect();
    Ok(Reply::new(json!({"tags": tags})))
}

/// What a search looks for.
struct Search {
    /// Keys of tags with the values of which one must be there; no values is any value.
    tags: Vec<(String, Vec<String>)>,
    /// What the name of the key contains.
    name: Option<String>,
}

impl Search {
    fn of(call: &Call<'_>) -> Result<Self, Failure> {
        let items = |field, number| match call.args.value(field) {
            None => Ok(&[][..]),
            Some(Json::Array(items)) => Ok(items.as_slice()),
            Some(_) => Err(Failure::refused(number)),
        };
        let tags = items(&TAGS, 414)?;
        if tags.len() > choices::TAGS_MAX {
            return Err(Failure::refused(407));
        }
        let tags = tags.iter().map(search_tag).collect::<Result<Vec<_>, _>>()?;
        let mut keys: Vec<&str> = tags.iter().map(|(key, _)| key.as_str()).collect();
        keys.sort_unstable();
        if keys.windows(2).any(|pair| pair[0] == pair[1]) {
            return Err(Failure::refused(412));
        }
        let mut name = None;
        for item in items(&MATCHES, 415)? {
            if item.get("key").and_then(Json::as_str) != Some("resource_name") {
                return Err(Failure::refused(403));
            }
            let value = item.get("value").and_then(Json::as_str);
            let value = value.filter(|value| value.chars().count() <= LENGTHS_MAX.1);
            name = Some(value.ok_or_else(|| Failure::refused(402))?.to_owned());
        }
        Ok(Self { tags, name })
    }

    /// Tells whether a key with that name and those tags is meant.
    fn finds(&self, name: &str, tags: &[Json]) -> bool {
        let named = self.name.as_deref().is_none_or(|part| name.contains(part));
        named
            && self.tags.iter().all(|(key, values)| {
                tags.iter().any(|tag| {
                    tag["key"] == *key
                        && (values.is_empty() || values.iter().any(|value| tag["value"] == *value))
                })
            })
    }
}

fn search_tag(item: &Json) -> Result<(String, Vec<String>), Failure> {
    let key = item
        .get("key")
        .and_then(Json::as_str)
        .ok_or_else(|| Failure::refused(406))?;
    check_key(key)?;
    let values = match item.get("values") {
        None | Some(Json::Null) => &[][..],
        Some(Json::Array(values)) => values,
        Some(_) => return Err(Failure::refused(414)),
    };
    if values.len() > SEARCH_VALUES_MAX {
        return Err(Failure::refused(413));
    }
    let values = values
        .iter()
        .map(|value| {
            let value = value.as_str().ok_or_else(|| Failure::refused(405))?;
            check_value(value)?;
            Ok(value.to_owned())
        })
        .collect::<Result<_, Failure>>()?;
    Ok((key.to_owned(), values))
}

fn search(_: &Arc<Kms>, call: &Call<'_>) -> Result<Reply, Failure> {
    access::project(call)?;
    let counts = call.args.need(&SEARCH)? == "count";
    if counts && call.args.value(&OFFSET).is_some() {
        return Err(Failure::refused(418));
    }
    let search = Search::of(call)?;
    let found = call.db.read(|tx| {
        let mut found = Vec::new();
        let mut tags_by_key = tags_by_key(tx, call.project_id)?;
        for row in tx.rows(sql!("select_custom_keys"), &[Value::from(call.project_id)])? {
            let Some(key) = Key::of_row(&row, call.now_ms)? else {
                continue;
            };
            let tags = tags_by_key.remove(&key.id).unwrap_or_default();
            if search.finds(&key.name, &tags) {
                found.push((key, tags));
            }
        }
        Ok::<_, Failure>(found)
    })?;
    if counts {
        return Ok(Reply::new(json!({"total_count": found.len()})));
    }
    let size = |field, default| {
        usize::try_from(call.args.int(field).unwrap_or(default)).unwrap_or(usize::MAX)
    };
    let resources: Vec<Json> = found
        .iter()
        .skip(size(&OFFSET, 0))
        .take(size(&LIMIT, 10))
        .map(|(key, tags)| {
            json!({
                "resource_id": key.id,
                "resource_name": key.name,
                "resource_detail": key.describe(call.region),
                "tags": tags,
            })
        })
        .collect();
    Ok(Reply::new(
        json!({"resources": resources, "total_count": found.len()}),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Tables 1-14 and 5-1 of the guide.
    #[test]
    fn keys_and_values_follow_the_guide() {
        let code =
            |outcome: Result<(), Failure>| outcome.err().and_then(|failure| failure.number());
        for key in ["a", "中文", "a b", "a_.:/=+-@", &"k".repeat(128)] {
            assert_eq!(code(check_key(key)), None, "{key}");
        }
        for key in ["", " a", "a ", "_sys_a", "a*", "a<b", "a\n"] {
            assert_eq!(code(check_key(key)), Some(406), "{key}");
        }
        assert_eq!(code(check_key(&"k".repeat(129))), Some(411));
        assert_eq!(code(check_value("")), None);
        assert_eq!(code(check_value(&"值".repeat(255))), None);
        assert_eq!(code(check_value(&"v".repeat(256))), Some(410));
        assert_eq!(code(check_value("a&b")), Some(405));
    }
}
