//! Rows, read by the names of their columns.

use std::sync::Arc;

use super::{Error, Value};

const MISSING: &str = "is not in the row";
const EMPTY: &str = "is NULL, but a value is expected";
const OTHER_TYPE: &str = "has another type than the program reads";

/// A row that a statement found.
#[derive(Clone, Debug)]
pub struct Row {
    names: Arc<[String]>,
    values: Vec<Value>,
}

impl Row {
    /// Puts a row together from the names that all rows of a statement share, and its values.
    pub(super) fn new(names: Arc<[String]>, values: Vec<Value>) -> Self {
        Self { names, values }
    }

    /// Reads a number.
    pub fn int(&self, column: &str) -> Result<i64, Error> {
        self.maybe_int(column)?.ok_or_else(|| wrong(column, EMPTY))
    }

    /// Reads a text.
    pub fn text(&self, column: &str) -> Result<String, Error> {
        self.maybe_text(column)?.ok_or_else(|| wrong(column, EMPTY))
    }

    /// Reads bytes.
    pub fn blob(&self, column: &str) -> Result<Vec<u8>, Error> {
        self.maybe_blob(column)?.ok_or_else(|| wrong(column, EMPTY))
    }

    /// Reads a flag, which is the number 0 or 1.
    pub fn flag(&self, column: &str) -> Result<bool, Error> {
        match self.int(column)? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(wrong(column, "is neither 0 nor 1")),
        }
    }

    /// Reads a number that may be absent.
    pub fn maybe_int(&self, column: &str) -> Result<Option<i64>, Error> {
        match self.value(column)? {
            Value::Null => Ok(None),
            Value::Int(number) => Ok(Some(*number)),
            Value::Text(_) | Value::Blob(_) => Err(wrong(column, OTHER_TYPE)),
        }
    }

    /// Reads a text that may be absent.
    pub fn maybe_text(&self, column: &str) -> Result<Option<String>, Error> {
        match self.value(column)? {
            Value::Null => Ok(None),
            Value::Text(text) => Ok(Some(text.clone())),
            Value::Int(_) | Value::Blob(_) => Err(wrong(column, OTHER_TYPE)),
        }
    }

    /// Reads bytes that may be absent.
    pub fn maybe_blob(&self, column: &str) -> Result<Option<Vec<u8>>, Error> {
        match self.value(column)? {
            Value::Null => Ok(None),
            Value::Blob(bytes) => Ok(Some(bytes.clone())),
            Value::Int(_) | Value::Text(_) => Err(wrong(column, OTHER_TYPE)),
        }
    }

    fn value(&self, column: &str) -> Result<&Value, Error> {
        let at = self.names.iter().position(|name| name == column);
        at.and_then(|at| self.values.get(at))
            .ok_or_else(|| wrong(column, MISSING))
    }
}

/// Makes the error that names a column.
pub(super) fn wrong(column: &str, why: &'static str) -> Error {
    Error::Column {
        name: column.to_owned(),
        why,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(value: Value) -> Row {
        Row::new(Arc::from(["a".to_owned()]), vec![value])
    }

    #[test]
    fn a_value_is_read_as_what_it_is_only() {
        assert_eq!(row(Value::from(7)).int("a"), Ok(7));
        assert_eq!(row(Value::from("x")).text("a"), Ok("x".to_owned()));
        assert_eq!(row(Value::from(vec![1, 2])).blob("a"), Ok(vec![1, 2]));
        assert_eq!(row(Value::from(true)).flag("a"), Ok(true));
        assert_eq!(row(Value::from("7")).int("a"), Err(wrong("a", OTHER_TYPE)));
        assert_eq!(row(Value::from(7)).blob("a"), Err(wrong("a", OTHER_TYPE)));
        assert_eq!(row(Value::from(7)).text("b"), Err(wrong("b", MISSING)));
        assert!(row(Value::from(2)).flag("a").is_err());
    }

    #[test]
    fn a_value_may_be_absent_where_the_reader_says_so() {
        let row = row(Value::from(None::<i64>));
        assert_eq!(row.maybe_int("a"), Ok(None));
        assert_eq!(row.maybe_text("a"), Ok(None));
        assert_eq!(row.maybe_blob("a"), Ok(None));
        assert_eq!(row.int("a"), Err(wrong("a", EMPTY)));
    }

    #[test]
    fn what_a_row_holds_is_not_printed() {
        let shown = format!("{:?}", row(Value::from("secret")));
        assert!(!shown.contains("secret"), "{shown}");
    }
}
