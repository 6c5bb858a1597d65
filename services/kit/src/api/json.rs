//! Reading a request's JSON: bounded in depth, and strict where a lenient reader would let two readers disagree.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

/// How deep values may be nested: the deepest request of the contract, a tag filter, has four levels; the rest is room
/// for policies.
pub const JSON_DEPTH_MAX: usize = 16;

/// Reads a JSON object. An empty body is an empty object, as the SDKs send it for requests without members.
///
/// # Errors
/// Says what is wrong: no JSON, no object, invalid UTF-8, a member that stands twice, or more than
/// [`JSON_DEPTH_MAX`] levels.
pub fn parse_object(body: &[u8]) -> Result<Map<String, Value>, String> {
    if body.is_empty() {
        return Ok(Map::new());
    }
    let mut reader = serde_json::Deserializer::from_slice(body);
    let value = Strict { depth: 0 }
        .deserialize(&mut reader)
        .and_then(|value| reader.end().map(|()| value))
        .map_err(|error| error.to_string())?;
    match value {
        Value::Object(members) => Ok(members),
        _ => Err("the body is not a JSON object".to_owned()),
    }
}

/// Reads one value at a depth.
#[derive(Clone, Copy)]
struct Strict {
    depth: usize,
}

impl Strict {
    fn deeper<E: serde::de::Error>(self) -> Result<Self, E> {
        if self.depth == JSON_DEPTH_MAX {
            return Err(E::custom(format_args!(
                "values are nested more than {JSON_DEPTH_MAX} levels deep"
            )));
        }
        Ok(Self {
            depth: self.depth + 1,
        })
    }
}

impl<'de> DeserializeSeed<'de> for Strict {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let deeper = self.deeper()?;
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(deeper)? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let deeper = self.deeper()?;
        let mut map = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            let value = members.next_value_seed(deeper)?;
            if map.contains_key(&name) {
                return Err(A::Error::custom(format_args!("`{name}` stands twice")));
            }
            map.insert(name, value);
        }
        Ok(Value::Object(map))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_an_empty_object() {
        assert!(parse_object(b"").unwrap().is_empty());
    }

    #[test]
    fn what_two_readers_could_read_differently_is_refused() {
        for body in [
            &br#"{"key_id":"a","key_id":"b"}"#[..],
            br#"{"a":{"b":1,"b":2}}"#,
            b"{\"a\":\"\xff\"}",
            br#"{"a":1} {"b":2}"#,
            br#"{"a":1,}"#,
            br#"[{}]"#,
            b"null",
        ] {
            assert!(parse_object(body).is_err(), "{}", body.escape_ascii());
        }
    }

    #[test]
    fn depth_is_bounded() {
        let nested = |levels: usize| format!("{}1{}", "{\"a\":".repeat(levels), "}".repeat(levels));
        assert!(parse_object(nested(JSON_DEPTH_MAX).as_bytes()).is_ok());
        assert!(parse_object(nested(JSON_DEPTH_MAX + 1).as_bytes()).is_err());
        assert!(parse_object(nested(100_000).as_bytes()).is_err());
    }
}
