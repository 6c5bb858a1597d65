//! The members of a request, read and checked by its row.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use super::member::{self, Field, Member, Place};
use super::{Failure, Matched};

/// What a request brought. Members that are absent or `null` are not there; members that the row does not name are
/// ignored, as the contract asks.
#[derive(Default)]
pub struct Args {
    members: Map<String, Value>,
}

impl Args {
    /// Gathers what the row names from body, query and path. The body wins nothing over the path: each member is read
    /// where its row says.
    #[must_use]
    pub fn gather(
        takes: &[Member],
        mut body: Map<String, Value>,
        query: &[(String, String)],
        path: &Matched,
    ) -> Self {
        let mut members = Map::new();
        for member in takes {
            let name = member.field.name;
            let value = match member.place {
                Place::Body => body.remove(name),
                Place::Query => query
                    .iter()
                    .find(|(key, _)| key == name)
                    .map(|(_, value)| value.as_str().into()),
                Place::Path => path.get(name).map(Value::from),
            };
            match value {
                None | Some(Value::Null) => {}
                Some(value) => {
                    members.insert(name.to_owned(), value);
                }
            }
        }
        Self { members }
    }

    /// Finds the first required member that is absent.
    #[must_use]
    pub fn missing(&self, takes: &[Member]) -> Option<&'static str> {
        takes
            .iter()
            .find(|member| member.required && !self.members.contains_key(member.field.name))
            .map(|member| member.field.name)
    }

    /// Finds the first member whose value has not the form of its field.
    ///
    /// # Errors
    /// The field's number, with its name.
    pub fn check(&self, takes: &[Member]) -> Result<(), Failure> {
        for member in takes {
            if let Some(value) = self.members.get(member.field.name)
                && !member.field.kind.fits(value)
            {
                return Err(Failure::field(member.field.code, member.field.name));
            }
        }
        Ok(())
    }

    /// Returns a member as it came.
    #[must_use]
    pub fn value(&self, field: &Field) -> Option<&Value> {
        self.members.get(field.name)
    }

    /// Returns a text.
    #[must_use]
    pub fn text(&self, field: &Field) -> Option<&str> {
        self.value(field)?.as_str()
    }

    /// Returns a text that the row requires.
    ///
    /// # Errors
    /// The field's number, if the row does not require it after all and it is absent.
    pub fn need(&self, field: &Field) -> Result<&str, Failure> {
        self.text(field)
            .ok_or_else(|| Failure::field(field.code, field.name))
    }

    /// Returns a whole number.
    #[must_use]
    pub fn int(&self, field: &Field) -> Option<i64> {
        member::int(self.value(field)?)
    }

    /// Returns true or false.
    #[must_use]
    pub fn flag(&self, field: &Field) -> Option<bool> {
        member::flag(self.value(field)?)
    }

    /// Returns the items of a list, or none.
    #[must_use]
    pub fn list(&self, field: &Field) -> &[Value] {
        self.value(field)
            .and_then(Value::as_array)
            .map_or(&[], Vec::as_slice)
    }

    /// Returns an object.
    #[must_use]
    pub fn object(&self, field: &Field) -> Option<&Map<String, Value>> {
        self.value(field)?.as_object()
    }

    /// Returns the bytes behind a Base64 text.
    #[must_use]
    pub fn base64(&self, field: &Field) -> Option<Zeroizing<Vec<u8>>> {
        BASE64.decode(self.text(field)?).ok().map(Zeroizing::new)
    }

    /// Returns the bytes behind hexadecimal digits.
    #[must_use]
    pub fn hex(&self, field: &Field) -> Option<Zeroizing<Vec<u8>>> {
        hex::decode(self.text(field)?).ok().map(Zeroizing::new)
    }

    /// Returns all members for a trace, with the secret ones masked.
    #[must_use]
    pub fn masked(&self, takes: &[Member]) -> Map<String, Value> {
        takes
            .iter()
            .filter_map(|member| {
                let value = self.value(&member.field)?;
                let shown = if member.field.secret {
                    Value::from("***")
                } else {
                    value.clone()
                };
                Some((member.field.name.to_owned(), shown))
            })
            .collect()
    }
}
