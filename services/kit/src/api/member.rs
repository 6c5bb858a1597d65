//! What an operation takes: members of the body, of the query and of the path, with their forms.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::Value;

use crate::id;

/// A set of characters, with the regular expression that describes it to readers of the OpenAPI document.
#[derive(Clone, Copy, Debug)]
pub struct Charset {
    /// The class, as in `[a-z]`.
    pub class: &'static str,
    /// Tells whether a character is in the set.
    pub has: fn(char) -> bool,
}

/// Letters, digits and `:/_-`: names of keys, grants and aliases.
pub const NAME: Charset = Charset {
    class: "[a-zA-Z0-9:/_-]",
    has: |c| c.is_ascii_alphanumeric() || matches!(c, ':' | '/' | '_' | '-'),
};
/// Letters and digits: identifiers of users and accounts.
pub const ALNUM: Charset = Charset {
    class: "[a-zA-Z0-9]",
    has: |c| c.is_ascii_alphanumeric(),
};
/// Any character.
pub const ANY_TEXT: Charset = Charset {
    class: r"[\s\S]",
    has: |_| true,
};

/// The form of a member.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// Anything; the operation looks itself.
    Any,
    /// Standard Base64 with padding, of so many bytes.
    Base64 {
        /// The fewest bytes behind it.
        min: usize,
        /// The most bytes behind it.
        max: usize,
    },
    /// One of these texts.
    Choice(&'static [&'static str]),
    /// True or false.
    Flag,
    /// Hexadecimal digits in either case, of so many bytes.
    Hex {
        /// The fewest bytes behind them.
        min: usize,
        /// The most bytes behind them.
        max: usize,
    },
    /// A whole number, as a JSON number or as a decimal string.
    Int {
        /// The smallest.
        min: i64,
        /// The largest.
        max: i64,
    },
    /// A list of so many items.
    List {
        /// What each item is.
        of: &'static Self,
        /// The fewest items.
        min: usize,
        /// The most items.
        max: usize,
    },
    /// An object.
    Object,
    /// A text of so many characters.
    Text {
        /// The fewest characters.
        min: usize,
        /// The most characters.
        max: usize,
        /// What characters.
        of: Charset,
    },
    /// A UUID in the contract's form.
    Uuid,
}

impl Kind {
    /// Tells whether a value has this form.
    #[must_use]
    pub fn fits(&self, value: &Value) -> bool {
        match self {
            Self::Any => true,
            Self::Base64 { min, max } => value
                .as_str()
                .and_then(|text| BASE64.decode(text).ok())
                .is_some_and(|bytes| (*min..=*max).contains(&bytes.len())),
            Self::Choice(choices) => value.as_str().is_some_and(|text| choices.contains(&text)),
            Self::Flag => flag(value).is_some(),
            Self::Hex { min, max } => value.as_str().is_some_and(|text| {
                text.len() % 2 == 0
                    && (*min..=*max).contains(&(text.len() / 2))
                    && text.bytes().all(|byte| byte.is_ascii_hexdigit())
            }),
            Self::Int { min, max } => {
                int(value).is_some_and(|number| (*min..=*max).contains(&number))
            }
            Self::List { of, min, max } => value.as_array().is_some_and(|items| {
                (*min..=*max).contains(&items.len()) && items.iter().all(|item| of.fits(item))
            }),
            Self::Object => value.is_object(),
            Self::Text { min, max, of } => value.as_str().is_some_and(|text| {
                (*min..=*max).contains(&text.chars().count()) && text.chars().all(of.has)
            }),
            Self::Uuid => value.as_str().is_some_and(id::is_uuid),
        }
    }
}

/// Reads a whole number from a JSON number or a decimal string, since clients send either.
pub(super) fn int(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number.as_i64(),
        Value::String(text)
            if text.len() <= 20 && text.bytes().skip(1).all(|byte| byte.is_ascii_digit()) =>
        {
            text.parse().ok()
        }
        _ => None,
    }
}

/// Reads true or false from a JSON boolean or its name.
pub(super) fn flag(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(flag) => Some(*flag),
        Value::String(text) => text.parse().ok(),
        _ => None,
    }
}

/// A member that operations take: its name, its form, and the number of the error that a bad value gets.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// The name in the contract.
    pub name: &'static str,
    /// The form.
    pub kind: Kind,
    /// The number in the service's catalogue for a value of another form.
    pub code: u16,
    /// Whether its value must not be seen in traces and logs.
    pub secret: bool,
}

impl Field {
    /// Makes a field.
    #[must_use]
    pub const fn new(name: &'static str, kind: Kind, code: u16) -> Self {
        Self {
            name,
            kind,
            code,
            secret: false,
        }
    }

    /// The same field, with a value that traces mask.
    #[must_use]
    pub const fn secret(mut self) -> Self {
        self.secret = true;
        self
    }

    /// A member of the body that must be there.
    #[must_use]
    pub const fn required(self) -> Member {
        Member {
            field: self,
            required: true,
            place: Place::Body,
        }
    }

    /// A member of the body that may be absent.
    #[must_use]
    pub const fn optional(self) -> Member {
        Member {
            field: self,
            required: false,
            place: Place::Body,
        }
    }

    /// A member of the query that may be absent.
    #[must_use]
    pub const fn query(self) -> Member {
        Member {
            field: self,
            required: false,
            place: Place::Query,
        }
    }

    /// A part of the path.
    #[must_use]
    pub const fn path(self) -> Member {
        Member {
            field: self,
            required: true,
            place: Place::Path,
        }
    }
}

/// Where a member stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In the JSON body.
    Body,
    /// In the path, between `{` and `}` of the row's template.
    Path,
    /// In the query.
    Query,
}

/// A field as one operation takes it.
#[derive(Clone, Copy, Debug)]
pub struct Member {
    /// The field.
    pub field: Field,
    /// Whether a request without it is refused.
    pub required: bool,
    /// Where it stands.
    pub place: Place,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn numbers_come_as_numbers_and_as_strings() {
        let kind = Kind::Int { min: 7, max: 1_096 };
        for value in [json!(7), json!("7"), json!("1096")] {
            assert!(kind.fits(&value), "{value}");
        }
        for value in [
            json!(6),
            json!("6"),
            json!(7.5),
            json!("7.0"),
            json!(" 7"),
            json!("99999999999999999999999"),
            json!(1e30),
            json!(true),
            json!([7]),
        ] {
            assert!(!kind.fits(&value), "{value}");
        }
    }

    #[test]
    fn base64_is_standard_and_padded() {
        let kind = Kind::Base64 { min: 1, max: 3 };
        assert!(kind.fits(&json!("/+8=")));
        for text in ["", "_-8=", "/+8", "AAAAAA==", "A A="] {
            assert!(!kind.fits(&json!(text)), "{text}");
        }
    }

    #[test]
    fn lengths_are_counted_in_characters() {
        let kind = Kind::Text {
            min: 0,
            max: 2,
            of: ANY_TEXT,
        };
        assert!(kind.fits(&json!("中文")));
        assert!(!kind.fits(&json!("abc")));
    }
}
