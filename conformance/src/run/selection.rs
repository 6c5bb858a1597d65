//! Which cases to run.

use crate::catalogue::matches;

/// Patterns of the cases to run, and of those to leave out.
#[derive(Clone, Debug, Default)]
pub(crate) struct Selection {
    /// All cases where there is none.
    pub(crate) only: Vec<String>,
    /// None of these.
    pub(crate) skip: Vec<String>,
}

impl Selection {
    /// Tells whether a case is chosen.
    pub(crate) fn chooses(&self, id: &str) -> bool {
        let named = |patterns: &[String]| patterns.iter().any(|pattern| matches(pattern, id));
        (self.only.is_empty() || named(&self.only)) && !named(&self.skip)
    }
}
