//! A request that has passed the checks before its operation.

use super::{Args, Failure, Operation, Reply};
use crate::caller::Caller;
use crate::db::{Database, Tx};
use crate::trail::{self, Outcome, Record};

/// Where a request came from and how it is known.
#[derive(Clone, Debug, Default)]
pub struct Origin {
    /// The identifier on the response, unique.
    pub request_id: String,
    /// The client's address.
    pub source_ip: String,
    /// The server's name as the client wrote it.
    pub host: String,
    /// The path as the client wrote it.
    pub raw_path: String,
    /// What the client says that it is.
    pub user_agent: String,
    /// `http` or `https`.
    pub scheme: &'static str,
    /// The token that the request asks about (`X-Subject-Token`), or an empty text.
    pub subject_token: String,
}

/// A request, ready for its operation.
pub struct Call<'a> {
    /// The row.
    pub operation: &'static Operation,
    /// The service's name in traces.
    pub service: &'static str,
    /// Who calls; nobody for open operations.
    pub caller: Option<&'a Caller>,
    /// The project of the path, or an empty text.
    pub project_id: &'a str,
    /// What it brought.
    pub args: Args,
    /// When it came, in milliseconds after 1970.
    pub now_ms: i64,
    /// Where it came from.
    pub origin: Origin,
    /// The region that this server is.
    pub region: &'a str,
    /// The database.
    pub db: &'a Database,
}

impl Call<'_> {
    /// Returns who calls.
    ///
    /// # Errors
    /// An internal error for an open operation, which has no caller.
    pub fn caller(&self) -> Result<&Caller, Failure> {
        self.caller
            .ok_or_else(|| Failure::internal("an open operation asked who calls"))
    }

    /// Makes a change and writes its trace in the same transaction: either both are on disk, or neither.
    ///
    /// `work` may run more than once and must have no other effects.
    ///
    /// # Errors
    /// What `work` says, or that the database does not take it.
    pub fn change(
        &self,
        mut work: impl FnMut(&mut Tx<'_>) -> Result<Reply, Failure>,
    ) -> Result<Reply, Failure> {
        self.db.write(|tx| {
            let mut reply = work(tx)?;
            for record in self.records(Outcome::Done(&reply)) {
                trail::append(tx, &record)?;
            }
            reply.traced = true;
            Ok(reply)
        })
    }

    /// Makes the audit records of an outcome, if the operation is traced: the caller's, and one for each other owner of
    /// what was used.
    #[must_use]
    pub fn records(&self, outcome: Outcome<'_>) -> Vec<Record> {
        let actor = match outcome {
            Outcome::Done(reply) => reply.actor.as_ref(),
            Outcome::Failed(_) => None,
        };
        let (Some(audit), Some(caller)) = (self.operation.audit, self.caller.or(actor)) else {
            return Vec::new();
        };
        let mut own = Record::of_call(self, audit, caller, outcome);
        let mut records = Vec::new();
        if let Outcome::Done(reply) = outcome {
            let foreign = reply
                .subjects
                .iter()
                .filter(|subject| !own.is_with(subject));
            records.extend(foreign.map(|subject| own.for_owner(subject)));
            own.hide_names(&reply.subjects);
        }
        records.insert(0, own);
        records
    }
}
