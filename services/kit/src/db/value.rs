//! Values that go into a statement and come out of it.

use std::fmt;

/// A value of a column.
#[derive(Clone, PartialEq, Eq)]
pub enum Value {
    /// No value; it fits every column.
    Null,
    /// A BIGINT.
    Int(i64),
    /// A TEXT.
    Text(String),
    /// A BYTEA.
    Blob(Vec<u8>),
}

/// Tells kind and size only: a value may be somebody's secret, and errors and logs are for everybody.
impl fmt::Debug for Value {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => formatter.write_str("Null"),
            Self::Int(_) => formatter.write_str("Int"),
            Self::Text(text) => write!(formatter, "Text({} bytes)", text.len()),
            Self::Blob(bytes) => write!(formatter, "Blob({} bytes)", bytes.len()),
        }
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&[u8]> for Value {
    fn from(bytes: &[u8]) -> Self {
        Self::Blob(bytes.to_vec())
    }
}

impl From<Vec<u8>> for Value {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Blob(bytes)
    }
}

/// A flag is the number 0 or 1, which both databases compare alike.
impl From<bool> for Value {
    fn from(flag: bool) -> Self {
        Self::Int(flag.into())
    }
}

impl<T: Into<Self>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}
