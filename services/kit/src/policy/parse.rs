//! From JSON to a policy; whatever is not understood is refused, because a condition that is skipped opens a door.

use serde_json::{Map, Value};

use super::condition::Condition;
use super::operator::Operator;
use super::pattern::{Case, Pattern};
use super::statement::{Effect, Resource, Selection, Statement};
use super::{Policy, PolicyError};

/// A document's bytes. The console takes 6,144 characters; this leaves room for any of them in UTF-8.
pub const MAX_DOCUMENT_BYTES: usize = 24 * 1024;
/// Statements of a document: more than the console's 8, few enough to be looked at with every call.
pub const MAX_STATEMENTS: usize = 32;
/// Entries of one `Action` or `Resource`: every operation of a service by name fits.
pub const MAX_LIST: usize = 128;
/// Characters of an action, a resource, a key or a value: the longest tag value or alias, and room for the rest of it.
pub const MAX_TEXT: usize = 512;
/// Conditions of a statement, and values of a condition: the console offers 10 of each.
pub const MAX_CONDITIONS: usize = 20;

const VERSIONS: &[&str] = &["1.0", "1.1", "5.0"];

/// Reads a document.
pub(super) fn document(value: &Value) -> Result<Policy, PolicyError> {
    let top = object(value, "the document")?;
    only(top, "", &["Version", "Statement", "Depends"])?;
    let version = member(top, "", "Version")?;
    let version = text(version, "Version")?;
    if !VERSIONS.contains(&version) {
        let known = VERSIONS.join(", ");
        return Err(bad("Version", format!("`{version}` is not one of {known}")));
    }
    let statements = match member(top, "", "Statement")? {
        Value::Array(list) => list.as_slice(),
        one => std::slice::from_ref(one),
    };
    bounded(statements.len(), MAX_STATEMENTS, "Statement", "statements")?;
    let statements = statements
        .iter()
        .enumerate()
        .map(|(index, value)| statement(value, &format!("Statement[{index}]")))
        .collect::<Result<_, _>>()?;
    Ok(Policy { statements })
}

fn statement(value: &Value, at: &str) -> Result<Statement, PolicyError> {
    const MEMBERS: &[&str] = &[
        "Sid",
        "Effect",
        "Action",
        "NotAction",
        "Resource",
        "NotResource",
        "Condition",
    ];
    let map = object(value, at)?;
    only(map, at, MEMBERS)?;
    if let Some(sid) = map.get("Sid") {
        text(sid, &join(at, "Sid"))?;
    }
    Ok(Statement {
        effect: effect(member(map, at, "Effect")?, &join(at, "Effect"))?,
        actions: selection(map, at, ["Action", "NotAction"], action)?
            .ok_or_else(|| bad(at, "has neither `Action` nor `NotAction`"))?,
        resources: resources(map, at)?,
        conditions: match map.get("Condition") {
            None | Some(Value::Null) => Vec::new(),
            Some(value) => conditions(value, &join(at, "Condition"))?,
        },
    })
}

fn effect(value: &Value, at: &str) -> Result<Effect, PolicyError> {
    match text(value, at)? {
        "Allow" => Ok(Effect::Allow),
        "Deny" => Ok(Effect::Deny),
        other => Err(bad(at, format!("`{other}` is neither `Allow` nor `Deny`"))),
    }
}

/// Reads the one or the other of two members that exclude each other.
fn selection<T>(
    map: &Map<String, Value>,
    at: &str,
    names: [&str; 2],
    read: fn(&str, &str) -> Result<T, PolicyError>,
) -> Result<Option<Selection<T>>, PolicyError> {
    let [these, all_but] = names.map(|name| map.get(name).filter(|value| !value.is_null()));
    let (name, value) = match (these, all_but) {
        (None, None) => return Ok(None),
        (Some(_), Some(_)) => {
            let text = format!(
                "has both `{}` and `{}`: one of them only",
                names[0], names[1]
            );
            return Err(bad(at, text));
        }
        (Some(value), None) => (names[0], value),
        (None, Some(value)) => (names[1], value),
    };
    let list = texts(value, &join(at, name), MAX_LIST)?
        .into_iter()
        .map(|(at, text)| read(text, &at))
        .collect::<Result<_, _>>()?;
    Ok(Some(if these.is_some() {
        Selection::These(list)
    } else {
        Selection::AllBut(list)
    }))
}

fn action(text: &str, at: &str) -> Result<Pattern, PolicyError> {
    let parts = text.split(':').count();
    let letters = |letter: char| letter.is_ascii_alphanumeric() || "*?:_-.".contains(letter);
    if text.is_empty() || parts > 3 || !text.chars().all(letters) {
        let problem = format!("`{text}` is no action such as `kms:cmk:get`");
        return Err(bad(at, problem));
    }
    Ok(Pattern::new(text, Case::Ignore))
}

fn resources(map: &Map<String, Value>, at: &str) -> Result<Selection<Resource>, PolicyError> {
    if let Some(by_kind) = map.get("Resource").and_then(Value::as_object) {
        let at = join(at, "Resource");
        only(by_kind, &at, &["uri"])?;
        let list = texts(member(by_kind, &at, "uri")?, &join(&at, "uri"), MAX_LIST)?;
        let uri = |(_, text)| Resource::Uri(Pattern::new(text, Case::Exact));
        return Ok(Selection::These(list.into_iter().map(uri).collect()));
    }
    let found = selection(map, at, ["Resource", "NotResource"], resource)?;
    Ok(found.unwrap_or_else(|| Selection::These(vec![Resource::Any])))
}

fn resource(text: &str, at: &str) -> Result<Resource, PolicyError> {
    without_variable(text, at)?;
    Resource::parse(text).ok_or_else(|| {
        let form = "`service:region:account:type:path`, such as `kms:*:*:KeyId:*`";
        bad(
            at,
            format!("`{text}` is neither `*` nor of the form {form}"),
        )
    })
}

fn conditions(value: &Value, at: &str) -> Result<Vec<Condition>, PolicyError> {
    let mut all = Vec::new();
    for (name, keys) in object(value, at)? {
        let at = join(at, &shortened(name));
        let operator = Operator::parse(name).ok_or_else(|| bad(&at, "is no operator"))?;
        for (key, values) in object(keys, &at)? {
            let at = join(&at, &shortened(key));
            if key.is_empty() || key.chars().count() > MAX_TEXT {
                return Err(bad(&at, format!("a key has 1 to {MAX_TEXT} characters")));
            }
            let values = scalars(values, &at)?;
            let condition = Condition::new(operator, key, &values);
            all.push(condition.map_err(|problem| bad(&at, problem))?);
        }
    }
    if all.len() > MAX_CONDITIONS {
        return Err(bad(
            at,
            format!("has more than {MAX_CONDITIONS} conditions"),
        ));
    }
    Ok(all)
}

/// Reads a condition's values; numbers and truth values may stand without quotation marks.
fn scalars(value: &Value, at: &str) -> Result<Vec<String>, PolicyError> {
    let list = match value {
        Value::Array(list) => list.as_slice(),
        one => std::slice::from_ref(one),
    };
    bounded(list.len(), MAX_CONDITIONS, at, "values")?;
    let read = |one: &Value| match one {
        Value::Bool(flag) => Ok(flag.to_string()),
        Value::Number(number) => Ok(number.to_string()),
        other => {
            let text = text(other, at)?;
            without_variable(text, at)?;
            Ok(text.to_owned())
        }
    };
    list.iter().map(read).collect()
}

/// Refuses `${..}`: a variable that stays as it is written would make a condition mean something else.
fn without_variable(text: &str, at: &str) -> Result<(), PolicyError> {
    match text.contains("${") {
        true => Err(bad(
            at,
            "variables `${..}` are not known here: write the value",
        )),
        false => Ok(()),
    }
}

/// Reads a text or a list of texts, each with its place.
fn texts<'a>(
    value: &'a Value,
    at: &str,
    most: usize,
) -> Result<Vec<(String, &'a str)>, PolicyError> {
    let Value::Array(list) = value else {
        return Ok(vec![(at.to_owned(), text(value, at)?)]);
    };
    bounded(list.len(), most, at, "entries")?;
    let read = |(index, one)| {
        let at = format!("{at}[{index}]");
        let text = text(one, &at)?;
        Ok((at, text))
    };
    list.iter().enumerate().map(read).collect()
}

fn text<'a>(value: &'a Value, at: &str) -> Result<&'a str, PolicyError> {
    let text = value.as_str().ok_or_else(|| bad(at, "must be a text"))?;
    match text.chars().count() > MAX_TEXT {
        true => Err(bad(at, format!("is longer than {MAX_TEXT} characters"))),
        false => Ok(text),
    }
}

fn object<'a>(value: &'a Value, at: &str) -> Result<&'a Map<String, Value>, PolicyError> {
    value
        .as_object()
        .ok_or_else(|| bad(at, "must be an object"))
}

fn member<'a>(map: &'a Map<String, Value>, at: &str, name: &str) -> Result<&'a Value, PolicyError> {
    map.get(name)
        .ok_or_else(|| bad(&join(at, name), "is missing"))
}

/// Refuses members that are not known: a misspelt `Condition` must not be a statement without one.
fn only(map: &Map<String, Value>, at: &str, names: &[&str]) -> Result<(), PolicyError> {
    match map.keys().find(|key| !names.contains(&key.as_str())) {
        None => Ok(()),
        Some(key) => {
            let known = names.join(", ");
            Err(bad(
                &join(at, &shortened(key)),
                format!("is not one of {known}"),
            ))
        }
    }
}

fn bounded(count: usize, most: usize, at: &str, what: &str) -> Result<(), PolicyError> {
    match count {
        0 => Err(bad(at, format!("has no {what}"))),
        count if count > most => Err(bad(at, format!("has more than {most} {what}"))),
        _ => Ok(()),
    }
}

fn join(at: &str, name: &str) -> String {
    match at {
        "" => name.to_owned(),
        at => format!("{at}.{name}"),
    }
}

/// Cuts a name of the document's own, so that no message grows with what was sent.
fn shortened(name: &str) -> String {
    name.chars().take(64).collect()
}

fn bad(at: &str, problem: impl Into<String>) -> PolicyError {
    PolicyError {
        at: at.to_owned(),
        problem: problem.into(),
    }
}
