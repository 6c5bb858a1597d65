//! Random calls from a seed: the same calls again for the same seed, whatever the module answers.

mod actions;
mod rng;
mod templates;

use serde::{Deserialize, Serialize};

pub(crate) use rng::Rng;

use crate::c::{Module, Object, Rv, Session};

/// How many sessions the calls use.
const SESSIONS: usize = 3;
/// How many places for objects they have.
const OBJECTS: usize = 10;

/// One call as it went.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub(crate) struct Step {
    /// The function's name.
    pub(crate) function: String,
    /// What was asked, in words that are the same for every module.
    pub(crate) call: String,
    /// What it returned.
    pub(crate) rv: String,
    /// What it gave, where every right module gives the same.
    pub(crate) gave: String,
    /// The things whose state the answer depends on, such as `object 3` or `session 1 sign`.
    pub(crate) uses: Vec<String>,
    /// The things whose state it changes.
    pub(crate) changes: Vec<String>,
}

/// Plays random calls on a module where the user is logged in.
pub(crate) struct Player<'a> {
    module: &'a Module,
    slot: u64,
    rng: Rng,
    sessions: [Session; SESSIONS],
    objects: [Object; OBJECTS],
    /// Whether arguments may be wrong in ways that no application means.
    wild: bool,
}

impl<'a> Player<'a> {
    /// A player for a module; with `wild`, arguments are wrong now and then in ways that no application means.
    pub(crate) fn new(module: &'a Module, slot: u64, seed: u64, wild: bool) -> Self {
        Self {
            module,
            slot,
            rng: Rng::new(seed),
            sessions: [Session(0); SESSIONS],
            objects: [Object(0); OBJECTS],
            wild,
        }
    }

    /// Makes one random call, or two that belong together.
    pub(crate) fn play(&mut self) -> Step {
        let action = actions::pick(&mut self.rng);
        action(self)
    }

    /// Opens the sessions that a game begins with.
    pub(crate) fn begin(&mut self) -> Vec<Step> {
        (0..SESSIONS)
            .map(|index| actions::open(self, index, true))
            .collect()
    }

    /// Closes every session, and with them the objects.
    pub(crate) fn end(&mut self) {
        for session in self.sessions {
            self.module.close_session(session);
        }
    }
}

/// Writes a step down.
fn step(function: &str, call: impl Into<String>, rv: Rv) -> Step {
    Step {
        function: function.to_owned(),
        call: call.into(),
        rv: rv.to_string(),
        gave: String::new(),
        uses: Vec::new(),
        changes: Vec::new(),
    }
}

impl Step {
    fn gave(mut self, gave: impl Into<String>) -> Self {
        self.gave = gave.into();
        self
    }

    fn uses(mut self, what: impl Into<String>) -> Self {
        self.uses.push(what.into());
        self
    }

    fn changes(mut self, what: impl Into<String>) -> Self {
        self.changes.push(what.into());
        self
    }
}
