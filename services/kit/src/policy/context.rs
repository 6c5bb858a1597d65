//! What is known about a request, for the conditions of policies.

use std::collections::BTreeMap;

/// The condition keys of a request and their values; a key may have several.
///
/// Keys are compared without regard to case, but for what follows a `/`: a tag's key is the user's own text.
#[derive(Clone, Debug, Default)]
pub struct Context {
    values: BTreeMap<String, Vec<String>>,
}

impl Context {
    /// Makes a context without any key.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a value to those that a key has.
    pub fn add(&mut self, key: &str, value: impl Into<String>) {
        self.values
            .entry(normal(key))
            .or_default()
            .push(value.into());
    }

    /// Adds a value and returns the context, to write several in a row.
    #[must_use]
    pub fn with(mut self, key: &str, value: impl Into<String>) -> Self {
        self.add(key, value);
        self
    }

    /// Finds the values of a key that [`normal`] has written; none where the request has no such key.
    pub(super) fn values(&self, normal_key: &str) -> &[String] {
        self.values.get(normal_key).map_or(&[], Vec::as_slice)
    }
}

/// Writes a condition key in the one form in which keys are compared.
pub(super) fn normal(key: &str) -> String {
    match key.split_once('/') {
        Some((name, rest)) => format!("{}/{rest}", name.to_ascii_lowercase()),
        None => key.to_ascii_lowercase(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_found_in_any_case_but_a_tag_is_not() {
        let context = Context::new()
            .with("g:UserName", "alice")
            .with("g:ResourceTag/Team", "a")
            .with("G:resourcetag/Team", "b");
        assert_eq!(context.values(&normal("G:USERNAME")), ["alice"]);
        assert_eq!(context.values(&normal("g:ResourceTag/Team")), ["a", "b"]);
        assert!(context.values(&normal("g:ResourceTag/team")).is_empty());
    }
}
