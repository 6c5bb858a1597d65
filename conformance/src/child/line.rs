//! What a child tells its parent, a JSON object on each line.

use serde::{Deserialize, Serialize};

use super::Probe;
use crate::random::Step;
use crate::report::model::{CaseResult, Measurement};

/// A line.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) enum Line {
    /// What the module says of itself.
    Probed(Box<Probe>),
    /// A case begins.
    Begin(String),
    /// It ended.
    End(Box<CaseResult>),
    /// The calls of a game as they went.
    Played(Vec<Step>),
    /// What was measured.
    Measured(Vec<Measurement>),
    /// All cases are done.
    Done,
}
