//! Which cases to run.

use crate::catalogue::matches;

/// Patterns of the cases to run, and of those to leave out.
#[derive(Clone, Debug, Default)]
pub(crate) struct Selection {
    /// All cases where there is none.
    pub(crate) only: Vec<String>,
    /// And of these, where there is one: what a profile rests on.
    pub(crate) profile: Vec<String>,
    /// None of these.
    pub(crate) skip: Vec<String>,
}

impl Selection {
    /// Tells whether a case is chosen.
    pub(crate) fn chooses(&self, id: &str) -> bool {
        let named = |patterns: &[String]| patterns.iter().any(|pattern| matches(pattern, id));
        let allowed = |patterns: &[String]| patterns.is_empty() || named(patterns);
        allowed(&self.only) && allowed(&self.profile) && !named(&self.skip)
    }
}
