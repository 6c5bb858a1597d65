//! The decision over a call, and why it fell so.

use std::fmt;

use super::context::Context;
use super::statement::{Effect, Statement};
use super::{Named, Policy};

/// What is asked: may this be called?
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// The operation's names, one in each vocabulary.
    pub actions: &'a [&'a str],
    /// The resource that is acted on, `kms:<region>:<account>:KeyId:<id>`; none where the operation has none.
    pub resource: Option<&'a str>,
    /// What conditions can ask for.
    pub context: &'a Context,
}

/// The answer.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Verdict {
    /// A statement allows the call, and none denies it.
    Allow,
    /// A statement denies the call.
    Deny,
    /// No statement speaks of the call, so it is not allowed.
    NoMatch,
}

/// What the answer rests on.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Reason {
    /// The caller is the account's administrator, whom no policy binds.
    Administrator,
    /// No statement speaks of the call.
    Nothing,
    /// A statement of a policy.
    Statement {
        /// The policy's name.
        policy: String,
        /// The statement's place in it, from 0.
        index: usize,
        /// What the statement does.
        effect: Effect,
    },
}

/// An answer with its reason.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Decision {
    /// The answer.
    pub verdict: Verdict,
    /// Why.
    pub reason: Reason,
}

impl Decision {
    /// The decision for the account's administrator.
    pub const ADMINISTRATOR: Self = Self {
        verdict: Verdict::Allow,
        reason: Reason::Administrator,
    };

    /// Tells whether the call may go on.
    #[must_use]
    pub fn is_allowed(&self) -> bool {
        self.verdict == Verdict::Allow
    }
}

impl fmt::Display for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.reason {
            Reason::Administrator => write!(f, "allowed: the caller administers the account"),
            Reason::Nothing => write!(
                f,
                "not allowed: no statement of the caller's policies allows it"
            ),
            Reason::Statement {
                policy,
                index,
                effect,
            } => {
                let verb = match effect {
                    Effect::Allow => "allowed",
                    Effect::Deny => "denied",
                };
                write!(f, "{verb} by Statement[{index}] of policy `{policy}`")
            }
        }
    }
}

/// Decides a call over all policies of a caller.
pub fn decide<'a>(
    policies: impl IntoIterator<Item = &'a Named<Policy>>,
    question: &Question<'_>,
) -> Decision {
    let mut allowed = None;
    for (policy, index, statement) in statements(policies) {
        if allowed.is_some() && statement.effect == Effect::Allow {
            continue;
        }
        if !statement.applies(question.actions, question.resource, question.context) {
            continue;
        }
        let reason = Reason::Statement {
            policy: policy.name.clone(),
            index,
            effect: statement.effect,
        };
        match statement.effect {
            Effect::Allow => allowed = Some(reason),
            Effect::Deny => {
                return Decision {
                    verdict: Verdict::Deny,
                    reason,
                };
            }
        }
    }
    match allowed {
        Some(reason) => Decision {
            verdict: Verdict::Allow,
            reason,
        },
        None => Decision {
            verdict: Verdict::NoMatch,
            reason: Reason::Nothing,
        },
    }
}

/// Tells whether an operation can be allowed at all: some statement allows it, on whatever resource and condition, and
/// none denies it always.
///
/// This is the check before the resource is known; it never refuses what [`decide`] allows.
pub fn mentions<'a>(
    policies: impl IntoIterator<Item = &'a Named<Policy>>,
    actions: &[&str],
) -> bool {
    let mut allowed = false;
    for (_, _, statement) in statements(policies) {
        if statement.is_about(actions) {
            match statement.effect {
                Effect::Allow => allowed = true,
                Effect::Deny if statement.is_unconditional() => return false,
                Effect::Deny => (),
            }
        }
    }
    allowed
}

fn statements<'a>(
    policies: impl IntoIterator<Item = &'a Named<Policy>>,
) -> impl Iterator<Item = (&'a Named<Policy>, usize, &'a Statement)> {
    policies.into_iter().flat_map(|policy| {
        let statements = policy.value.statements.iter().enumerate();
        statements.map(move |(index, statement)| (policy, index, statement))
    })
}
