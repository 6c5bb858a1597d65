//! Policies and the decision over them: pure functions, so that what a policy allows can be asked without a server.
//!
//! A document has statements; a statement allows or denies actions, on resources, under conditions. A call is denied as
//! soon as one statement denies it, otherwise allowed as soon as one allows it, otherwise not allowed. An operation
//! has a name in each of two vocabularies (`kms:dek:create`, `kms:cmk:createDataKey`); a statement speaks of the
//! operation if it speaks of either name.
//!
//! | module | what it is |
//! |---|---|
//! | `condition`, `operator`, `context`, `instant` | when a statement applies |
//! | `decision` | the answer, with the statement that gave it |
//! | `parse` | from JSON, with limits and the place of every error |
//! | `pattern` | wildcards |
//! | `statement` | actions and resources |
//! | [`system`] | the roles and policies that every account has |

mod condition;
mod context;
mod decision;
mod instant;
mod operator;
mod parse;
mod pattern;
mod statement;
pub mod system;

#[cfg(test)]
mod tests;

use serde_json::Value;
use thiserror::Error;

pub use context::Context;
pub use decision::{Decision, Question, Reason, Verdict, decide, mentions};
pub use parse::{MAX_CONDITIONS, MAX_DOCUMENT_BYTES, MAX_LIST, MAX_STATEMENTS, MAX_TEXT};
pub use statement::Effect;

use statement::Statement;

/// A policy that has been read and checked.
#[derive(Clone, Debug)]
pub struct Policy {
    statements: Vec<Statement>,
}

/// A thing with the name that people know it by.
#[derive(Clone, Debug)]
pub struct Named<T> {
    /// The name.
    pub name: String,
    /// The thing.
    pub value: T,
}

/// A document is not a policy.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
#[error("{at}: {problem}")]
pub struct PolicyError {
    /// Where in the document, such as `Statement[2].Action[0]`.
    pub at: String,
    /// What is wrong there.
    pub problem: String,
}

impl Policy {
    /// Reads a document of version 1.0, 1.1 or 5.0.
    ///
    /// # Errors
    /// [`PolicyError`] names the first thing that is not understood, and its place.
    pub fn parse(document: &Value) -> Result<Self, PolicyError> {
        parse::document(document)
    }

    /// Reads a document from its text.
    ///
    /// # Errors
    /// [`PolicyError`] if it is too long, no JSON, or [`Self::parse`] refuses it.
    pub fn parse_text(text: &[u8]) -> Result<Self, PolicyError> {
        let whole = |problem: String| PolicyError {
            at: "the document".to_owned(),
            problem,
        };
        if text.len() > MAX_DOCUMENT_BYTES {
            let problem = format!("is longer than {MAX_DOCUMENT_BYTES} bytes");
            return Err(whole(problem));
        }
        let value = serde_json::from_slice(text).map_err(|error| whole(error.to_string()))?;
        Self::parse(&value)
    }
}
