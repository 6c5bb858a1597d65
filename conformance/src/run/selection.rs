//! Which cases to run.

use anyhow::{Result, bail};

use crate::catalogue::{self, matches};

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
    /// Requires that every pattern of the cases to run names one.
    ///
    /// # Errors
    /// If one does not: it would run nothing, and look well.
    pub(crate) fn check(&self) -> Result<()> {
        let cases = catalogue::cases();
        for pattern in &self.only {
            if !cases.iter().any(|case| matches(pattern, &case.id)) {
                bail!(
                    "--only {pattern} names no case; {}",
                    catalogue::advice(pattern)
                );
            }
        }
        Ok(())
    }

    /// Tells whether a case is chosen.
    pub(crate) fn chooses(&self, id: &str) -> bool {
        let named = |patterns: &[String]| patterns.iter().any(|pattern| matches(pattern, id));
        let allowed = |patterns: &[String]| patterns.is_empty() || named(patterns);
        allowed(&self.only) && allowed(&self.profile) && !named(&self.skip)
    }
}
