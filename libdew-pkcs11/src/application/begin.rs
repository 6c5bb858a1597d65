//! What is done to a session before a call can be made in it: operations are begun again that an HSM forgot, and one is ended of
//! which nobody knows whether it is active.

use std::time::Instant;

use ck::Rv;
use client::{Error, Outgoing};
use proto::frame::Kind;
use proto::shape::SessionHandle;
use proto::{Call, Writer};

use super::Application;
use crate::link::Way;
use crate::mirror;

impl Application {
    /// Begins again what was begun in a session, where the HSM forgot it. What cannot be begun again names the return code of a call
    /// that needs it.
    pub(super) fn begin_again(
        &self,
        call: Call,
        session: SessionHandle,
        deadline: Instant,
        way: &Way,
    ) -> Result<Result<(), Error>, Rv> {
        let all = self.mirror().begin_again(session.0);
        for begun in all {
            let outgoing = Outgoing {
                kind: Kind::Request,
                call: begun.call.number(),
                correlation: self.next_call(),
                deadline,
            };
            let encode = |writer: &mut Writer<'_>| {
                writer.name_session(session);
                writer.raw(&begun.arguments);
            };
            let size = begun.arguments.len();
            match way.connection.call(outgoing, size, encode, |rv, _| rv) {
                // It may have been begun by an attempt whose answer was lost.
                Ok(Rv::OK | Rv::OPERATION_ACTIVE) => {}
                Ok(rv) => {
                    self.mirror().forget(session.0, begun.call);
                    if mirror::needs(call, begun.call) {
                        return Err(rv);
                    }
                }
                Err(error) => {
                    self.mirror().strip_one(session.0);
                    return Ok(Err(error));
                }
            }
        }
        Ok(Ok(()))
    }

    /// Ends the operation that a call is about to begin, where a call on it was given up: to the application it has failed, and the
    /// HSM may have carried it out all the same.
    pub(super) fn settle(
        &self,
        call: Call,
        session: SessionHandle,
        deadline: Instant,
        way: &Way,
    ) -> Result<(), Error> {
        let Some(flag) = self.mirror().take_doubt(session.0, call) else {
            return Ok(());
        };
        let outgoing = Outgoing {
            kind: Kind::Request,
            call: Call::SessionCancel.number(),
            correlation: self.next_call(),
            deadline,
        };
        let encode = |writer: &mut Writer<'_>| {
            writer.name_session(session);
            writer.u64(flag);
        };
        // A session that is gone is the call's own affair.
        let cancelled = way
            .connection
            .call(outgoing, size_of::<u64>(), encode, |_, _| ());
        if cancelled.is_err() {
            self.mirror().doubt(session.0, call);
        }
        cancelled
    }
}
