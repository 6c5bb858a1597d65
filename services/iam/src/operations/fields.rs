//! What the operations take, and reading what stands inside an object of the body.

use kit::api::{ANY_TEXT, Args, Failure, Field, Kind};
use serde_json::{Map, Value};

use crate::error::{INVALID, IamError};

/// An identifier of 32 digits, or of the clouds' other forms.
const ID: Kind = Kind::Text {
    min: 1,
    max: 64,
    of: ANY_TEXT,
};
const TEXT: Kind = Kind::Text {
    min: 0,
    max: 255,
    of: ANY_TEXT,
};

pub(super) const ACCESS_KEY: Field = Field::new("access_key", ID, INVALID);
pub(super) const AUTH: Field = Field::new("auth", Kind::Object, INVALID).secret();
pub(super) const CREDENTIAL: Field = Field::new("credential", Kind::Object, INVALID);
pub(super) const DISPLAY_NAME: Field = Field::new("display_name", TEXT, INVALID);
pub(super) const DOMAIN_ID: Field = Field::new("domain_id", TEXT, INVALID);
pub(super) const ENABLED: Field = Field::new("enabled", Kind::Flag, INVALID);
pub(super) const GROUP: Field = Field::new("group", Kind::Object, INVALID);
pub(super) const GROUP_ID: Field = Field::new("group_id", ID, INVALID);
pub(super) const NAME: Field = Field::new("name", TEXT, INVALID);
pub(super) const NOCATALOG: Field = Field::new("nocatalog", TEXT, INVALID);
pub(super) const PERMISSION_TYPE: Field = Field::new("permission_type", TEXT, INVALID);
pub(super) const ROLE: Field = Field::new("role", Kind::Object, INVALID);
pub(super) const ROLE_ID: Field = Field::new("role_id", ID, INVALID);
/// A project that is spoken of, not called in: permissions for these operations are those of the account.
pub(super) const TARGET_PROJECT_ID: Field = Field::new("target_project_id", ID, INVALID);
pub(super) const USER: Field = Field::new("user", Kind::Object, INVALID).secret();
pub(super) const USER_ID: Field = Field::new("user_id", ID, INVALID);

/// An object of the body, with its name for errors.
#[derive(Clone, Copy)]
pub(super) struct Object<'a> {
    name: &'static str,
    map: &'a Map<String, Value>,
}

impl<'a> Object<'a> {
    /// Takes an object that the row requires.
    pub(super) fn of(args: &'a Args, field: &Field) -> Result<Self, Failure> {
        let map = args.object(field);
        Ok(Self {
            name: field.name,
            map: map.ok_or_else(|| Failure::field(INVALID, field.name))?,
        })
    }

    /// Takes a member that is an object; none where it is absent or `null`.
    pub(super) fn object(&self, name: &'static str) -> Result<Option<Self>, IamError> {
        match self.value(name) {
            None => Ok(None),
            Some(Value::Object(map)) => Ok(Some(Self { name, map })),
            Some(_) => Err(self.invalid(name, "must be an object")),
        }
    }

    /// Takes a member that must be an object.
    pub(super) fn need_object(&self, name: &'static str) -> Result<Self, IamError> {
        let object = self.object(name)?;
        object.ok_or_else(|| self.invalid(name, "is missing"))
    }

    /// Takes a text; none where it is absent or `null`.
    pub(super) fn text(&self, name: &str) -> Result<Option<&'a str>, IamError> {
        match self.value(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(self.invalid(name, "must be a text")),
        }
    }

    /// Takes a text that must be there.
    pub(super) fn need(&self, name: &str) -> Result<&'a str, IamError> {
        let text = self.text(name)?;
        text.ok_or_else(|| self.invalid(name, "is missing"))
    }

    /// Takes a name: 1 to `max` characters, none of them a control character, no space around it.
    pub(super) fn name(&self, name: &str, max: usize) -> Result<Option<&'a str>, IamError> {
        let text = self.text(name)?;
        let good = |text: &&str| {
            (1..=max).contains(&text.chars().count())
                && text.trim() == *text
                && !text.chars().any(char::is_control)
        };
        if !text.iter().all(good) {
            return Err(self.invalid(name, &format!("must have 1 to {max} visible characters")));
        }
        Ok(text)
    }

    /// Takes a name that must be there.
    pub(super) fn need_name(&self, name: &str, max: usize) -> Result<&'a str, IamError> {
        let text = self.name(name, max)?;
        text.ok_or_else(|| self.invalid(name, "is missing"))
    }

    /// Takes a description of at most 255 characters.
    pub(super) fn description(&self) -> Result<Option<&'a str>, IamError> {
        let text = self.text("description")?;
        if text.is_some_and(|text| text.chars().count() > 255) {
            return Err(self.invalid("description", "has more than 255 characters"));
        }
        Ok(text)
    }

    /// Takes true or false.
    pub(super) fn flag(&self, name: &str) -> Result<Option<bool>, IamError> {
        match self.value(name) {
            None => Ok(None),
            Some(Value::Bool(flag)) => Ok(Some(*flag)),
            Some(_) => Err(self.invalid(name, "must be true or false")),
        }
    }

    /// Takes a member as it came; none where it is absent or `null`.
    pub(super) fn value(&self, name: &str) -> Option<&'a Value> {
        self.map.get(name).filter(|value| !value.is_null())
    }

    /// Makes the error of a member.
    pub(super) fn invalid(&self, name: &str, problem: &str) -> IamError {
        IamError::Invalid(format!("{}.{name} {problem}.", self.name))
    }
}
