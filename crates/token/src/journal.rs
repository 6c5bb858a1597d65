//! Who did what: the events that go into the audit log with every change.

use audit::{Actor, Event, Outcome, Text};
use ck::Rv;
use proto::Call;

use crate::hsm::Core;
use crate::identifier::{ObjectId, PartitionId};

/// Who asks for something.
#[derive(Clone, Debug)]
pub(crate) struct Who {
    /// In which role.
    pub(crate) actor: Actor,
    /// The name on the access certificate that it came through.
    pub(crate) agent: Option<Text>,
}

/// What is being done, as the log will name it.
#[derive(Clone, Debug)]
pub(crate) struct Act<'a> {
    pub(crate) who: &'a Who,
    pub(crate) operation: &'static str,
    pub(crate) partition: PartitionId,
}

impl<'a> Act<'a> {
    /// A call of PKCS#11.
    pub(crate) fn call(who: &'a Who, call: Call, partition: PartitionId) -> Self {
        Self {
            who,
            operation: call.row().name,
            partition,
        }
    }

    /// It succeeded.
    pub(crate) fn done(&self, core: &Core, object: Option<ObjectId>) -> Event {
        self.event(core, object, Outcome::OK, None)
    }

    /// It succeeded, and the log should say more.
    pub(crate) fn done_with(
        &self,
        core: &Core,
        object: Option<ObjectId>,
        detail: impl Into<Text>,
    ) -> Event {
        self.event(core, object, Outcome::OK, Some(detail.into()))
    }

    /// It was refused.
    pub(crate) fn refused(&self, core: &Core, rv: Rv) -> Event {
        self.event(core, None, Outcome::Returned(rv.0), None)
    }

    /// A PIN is about to be tried. The log has this before the result: an attempt that is cut off shows, too.
    pub(crate) fn attempt(&self, core: &Core) -> Event {
        let outcome = Outcome::Failed(Text::from(
            "counted as a failure until the PIN proves right",
        ));
        Event {
            operation: Text::from("PIN attempt"),
            ..self.event(core, None, outcome, Some(self.operation.into()))
        }
    }

    fn event(
        &self,
        core: &Core,
        object: Option<ObjectId>,
        outcome: Outcome,
        detail: Option<Text>,
    ) -> Event {
        Event {
            time_ms: core.env.now_ms(),
            actor: self.who.actor.clone(),
            agent: self.who.agent.clone(),
            partition: Some(self.partition.0),
            operation: Text::from(self.operation),
            object: object.map(|id| id.0),
            outcome,
            detail,
            signature: None,
        }
    }
}
