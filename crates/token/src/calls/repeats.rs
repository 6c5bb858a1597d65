//! Calls that may have been served before, by an HSM that has been started anew since.

use proto::shape::SessionHandle;
use proto::{Call, Repeat};

use super::{Caller, Within};
use crate::Error;
use crate::hsm::SESSION_OBJECTS;
use crate::identifier::{self, ObjectId};
use crate::replies::Prior;

impl Caller<'_> {
    /// Refuses what must not be tried twice.
    pub(super) fn check_repeat(&self, call: Call) -> Result<(), Error> {
        match self.attempt {
            Some((_, Prior::Unknown)) if call.repeat() == Repeat::Never => Err(Error::AnswerLost),
            _ => Ok(()),
        }
    }

    /// Looks for the objects that the call has made, where it may have made some; gives their handles.
    ///
    /// # Errors
    /// [`Error::AnswerLost`] where they are there, but not all, or not in sight: the call must not make others.
    pub fn made_before(
        &self,
        call: Call,
        session: SessionHandle,
    ) -> Result<Option<Vec<u64>>, Error> {
        let (Repeat::Makes(count), Some((number, Prior::Unknown)), Some(application)) =
            (call.repeat(), self.attempt, self.application.name)
        else {
            return Ok(None);
        };
        let session = self.session(session)?;
        let tenancy = &session.tenancy;
        let partition = &tenancy.partition;
        let tickets = &self.hsm.core.keys.tickets;
        let names: Vec<ObjectId> = (0..count)
            .map(|place| identifier::of_call(tickets, &application, number, place))
            .collect();
        let core = &self.hsm.core;
        partition.read_public(core)?;
        let mut objects = Vec::with_capacity(count);
        for name in &names {
            if let Some(handle) = partition.objects.named(*name) {
                objects.extend(partition.object(core, handle)?);
            }
        }
        objects.retain(|object| tenancy.sees(object));
        if objects.len() == count {
            // In the order of their names, which is the order of the answers.
            let handles = names.iter().filter_map(|name| {
                let object = objects.iter().find(|object| object.id == *name)?;
                Some(tenancy.handle_of(object))
            });
            return Ok(Some(handles.collect()));
        }
        let mut stored = !objects.is_empty();
        for name in &names {
            stored |= core.store.row(partition.id.0, name.0)?.is_some();
        }
        if stored {
            Err(Error::AnswerLost)
        } else {
            Ok(None)
        }
    }
}

impl Within<'_> {
    /// Names an object that the call makes: after the call, where the call may come again.
    pub(super) fn new_name(&self, place: usize) -> ObjectId {
        match (self.attempt, self.application.name) {
            (Some((number, _)), Some(application)) => {
                identifier::of_call(&self.core.keys.tickets, &application, number, place)
            }
            _ => ObjectId(identifier::draw(&*self.core.env)),
        }
    }

    /// Tells whether an object of the token that is not there may have been destroyed by this very call.
    pub(super) fn may_have_destroyed(&self, handle: u64) -> bool {
        matches!(self.attempt, Some((_, Prior::Unknown)))
            && handle & (SESSION_OBJECTS - 1) == handle & ((1 << 49) - 1)
    }
}
