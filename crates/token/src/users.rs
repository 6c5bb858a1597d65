//! Named users: who logs in to a partition by a name, and what for.
//!
//! The PIN of each opens the same user key, so all of them see the same private objects. It takes the PIN of the partition's
//! user to let another one in: nobody else has that key.

use audit::{Actor, Signature};
use proto::admin::{Duty, User};

use crate::Error;
use crate::administration::management;
use crate::hsm::Hsm;
use crate::identifier;
use crate::journal::{Act, Who};
use crate::ledger::Entry;
use crate::pin::{self, NewPin};
use crate::record::{PartitionRecord, Role, USERS_MAX, UserId, UserRecord};

/// The longest name of a user, in bytes.
const NAME_MAX: usize = 64;

/// A user who is to have a name.
pub struct NewUser<'a> {
    /// The name.
    pub name: &'a str,
    /// What the user may do.
    pub duty: Duty,
    /// The user's PIN.
    pub pin: &'a [u8],
    /// The PIN of the partition's user.
    pub user_pin: &'a [u8],
}

impl Hsm {
    /// Lets somebody log in to a partition by a name.
    ///
    /// # Errors
    /// There is no such partition, the name is taken or none, a PIN is not acceptable or not right, or the store failed.
    pub fn create_user(
        &self,
        partition: &str,
        new: &NewUser<'_>,
        actor: Actor,
        signature: Option<Signature>,
    ) -> Result<(), Error> {
        let partition = self.partition_named(partition)?;
        let core = &self.core;
        // Whatever is wrong costs no try of the PIN, so it is looked at first, and again when it counts.
        check(&partition.ledger.view(), new.name)?;
        pin::check_new(partition.profile, new.pin)?;
        let who = Who { actor, agent: None };
        let act = Act {
            who: &who,
            operation: "user create",
            partition: partition.id,
        };
        let proven = pin::prove(core, &partition.ledger, Role::User, new.user_pin, &act)?;
        let id = UserId(identifier::draw(&*core.env));
        let pin = NewPin::new(core, partition.id, Role::Named(id), new.pin)?;
        proven.accept(core, |proof, record| {
            check(record, new.name)?;
            record.users.push(UserRecord {
                id,
                name: new.name.to_owned(),
                duty: new.duty,
                pin: pin.record(&proof.opened)?,
            });
            let mut event = act.done_with(core, None, format!("{}, {}", new.name, text(new.duty)));
            event.signature = signature;
            Ok(Entry::logged(event))
        })?;
        Ok(())
    }

    /// Takes a user's name away. Who is logged in by it sees no private object any more.
    ///
    /// # Errors
    /// There is no such partition or no such user, or the store failed.
    pub fn delete_user(
        &self,
        partition: &str,
        name: &str,
        actor: Actor,
        signature: Option<Signature>,
    ) -> Result<(), Error> {
        let partition = self.partition_named(partition)?;
        let who = Who { actor, agent: None };
        let act = Act {
            who: &who,
            operation: "user delete",
            partition: partition.id,
        };
        partition.ledger.change(&self.core, |record| {
            let before = record.users.len();
            record.users.retain(|user| user.name != name);
            if record.users.len() == before {
                return Err(wrong(name, "does not exist; list them to see their names"));
            }
            let mut event = act.done_with(&self.core, None, name);
            event.signature = signature;
            Ok(Entry::logged(event))
        })
    }

    /// Lists the named users of a partition.
    ///
    /// # Errors
    /// There is no such partition.
    pub fn users(&self, partition: &str) -> Result<Vec<User>, Error> {
        let record = self.partition_named(partition)?.ledger.view();
        let user = |user: &UserRecord| User {
            name: user.name.clone(),
            duty: user.duty,
            locked: user.pin.failures >= pin::GUESSES,
        };
        Ok(record.users.iter().map(user).collect())
    }
}

const fn text(duty: Duty) -> &'static str {
    match duty {
        Duty::CryptoOfficer => "crypto officer",
        Duty::CryptoUser => "crypto user",
    }
}

/// Checks that somebody may get a name.
fn check(record: &PartitionRecord, name: &str) -> Result<(), Error> {
    if name.is_empty() || name.len() > NAME_MAX || name.chars().any(char::is_control) {
        return Err(wrong(
            name,
            "is no name: 1 to 64 bytes without control characters",
        ));
    }
    if record.label.is_none() {
        return Err(management(
            &record.name,
            "is not initialised: C_InitToken or dew-mgmt does that",
        ));
    }
    if record.user_named(name.as_bytes()).is_some() {
        return Err(wrong(name, "exists already; choose another name"));
    }
    if record.users.len() >= USERS_MAX {
        return Err(wrong(
            name,
            "is one too many: a partition has 256 named users at most",
        ));
    }
    Ok(())
}

fn wrong(name: &str, why: &'static str) -> Error {
    Error::Management {
        what: "user",
        name: name.to_owned(),
        why,
    }
}
