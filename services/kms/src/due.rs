//! What happens by itself when its time comes: deletion, the expiry of imported material, rotation, and the sweep of
//! what crashes left behind.
//!
//! Of several servers on one database, one holds the lease and does the work. Each piece of work is one transaction that
//! checks the lease's fence where it commits, so a server that lost the lease without noticing changes nothing.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use kit::api::Failure;
use kit::clock::{Clock, DAY_MS, SECOND_MS};
use kit::db::{Database, Row, Tx, Value};
use kit::hsm::Binding;
use kit::id;
use kit::sql;
use kit::trail::{self, Record};

use crate::key::Key;
use crate::state::State;
use crate::{Kms, Store, version};

/// The name of the lease.
const LEASE: &str = "kms";
/// How long a lease is good without being renewed: several ticks, so that a slow one does not lose it.
const LEASE_MS: i64 = 15 * SECOND_MS;
/// How old a version that was to be made in an HSM must be before it counts as left behind.
const ORPHAN_MS: i64 = 60 * SECOND_MS;
/// The most pieces of one kind of work in one run, so that no run outlives the lease.
const BATCH: i64 = 200;
/// How long a key whose rotation failed is left alone, so that such keys do not take the places of the others in each run.
const RETRY_MS: i64 = 60 * SECOND_MS;
/// How long the parameters of an import are kept after they expired, so that a late import is told so.
const EXPIRED_IMPORT_MS: i64 = 7 * DAY_MS;

/// The traces of what is done here: resource type and name.
pub const SYSTEM_TRACES: &[(&str, &str)] = &[
    ("CMK", "deleteKey"),
    ("CMK", "deleteImportedKeyMaterial"),
    ("CMK", "rotateKey"),
];

/// How many pieces of work a run did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Work {
    /// Keys deleted.
    pub deleted: usize,
    /// Materials expired.
    pub expired: usize,
    /// Keys rotated.
    pub rotated: usize,
    /// Objects swept out of HSMs.
    pub swept: usize,
}

/// The keys whose rotation failed, and the moments from which it is tried again.
type Retries = BTreeMap<String, i64>;

/// Does what is due.
pub struct Due {
    kms: Arc<Kms>,
    db: Database,
    clock: Clock,
    holder: String,
    /// Held by the run that there is, so that the next one finds its work done.
    running: Mutex<Retries>,
}

/// A key that something is due for, with who owns it.
struct Candidate {
    key_id: String,
    account_id: String,
    project_id: String,
    name: String,
}

impl Candidate {
    fn of_row(row: &Row) -> Result<Self, Failure> {
        Ok(Self {
            key_id: row.text("key_id")?,
            account_id: row.text("account_id")?,
            project_id: row.text("project_id")?,
            name: row.text("name")?,
        })
    }

    /// Writes the trace of what the system did to the key.
    fn trace(&self, tx: &mut Tx<'_>, name: &'static str, now_ms: i64) -> Result<(), Failure> {
        let owner = (self.account_id.as_str(), self.project_id.as_str());
        let about = (self.key_id.as_str(), self.name.as_str());
        trail::append(
            tx,
            &Record::of_system("KMS", name, "CMK", now_ms, owner, about),
        )?;
        Ok(())
    }
}

impl Due {
    /// Makes a worker with a name of its own.
    #[must_use]
    pub fn new(kms: Arc<Kms>, db: Database, clock: Clock) -> Self {
        Self {
            kms,
            db,
            clock,
            holder: id::hex32(),
            running: Mutex::default(),
        }
    }

    /// Does everything that is due, if this worker has the lease or can get it.
    ///
    /// # Errors
    /// The database or an HSM fails; what was done is done, the rest stays due.
    pub fn run(&self) -> Result<Work, Failure> {
        let mut retries = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(fence) = self.lease()? else {
            return Ok(Work::default());
        };
        // What fails must not keep the rest from being done.
        let deleted = self.delete(fence);
        let expired = self.expire(fence);
        let forgotten = self.forget_imports(fence);
        let rotated = self.rotate(fence, &mut retries);
        let swept = self.sweep(fence);
        forgotten?;
        Ok(Work {
            deleted: deleted?,
            expired: expired?,
            rotated: rotated?,
            swept: swept?,
        })
    }

    /// Takes or renews the lease, and returns its fence.
    fn lease(&self) -> Result<Option<i64>, Failure> {
        let now_ms = self.clock.now_ms();
        self.db.write(|tx| {
            let row = tx.row(
                sql!("take_lease"),
                &[
                    Value::from(LEASE),
                    Value::from(self.holder.as_str()),
                    Value::from(now_ms),
                    Value::from(now_ms + LEASE_MS),
                ],
            )?;
            Ok(row.map(|row| row.int("fence")).transpose()?)
        })
    }

    /// Runs a piece of work while the lease is held.
    fn fenced<T>(
        &self,
        fence: i64,
        mut work: impl FnMut(&mut Tx<'_>) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        self.db.write(|tx| {
            let held = tx.row(
                sql!("check_lease"),
                &[
                    Value::from(LEASE),
                    Value::from(self.holder.as_str()),
                    Value::from(fence),
                ],
            )?;
            if held.is_none() {
                return Err(Failure::unavailable("another server has taken the lease"));
            }
            work(tx)
        })
    }

    fn candidates(
        &self,
        sql: &'static str,
        now_ms: i64,
        most: i64,
    ) -> Result<Vec<Candidate>, Failure> {
        let values = [Value::from(now_ms), Value::from(most)];
        let rows = self
            .db
            .read(|tx| Ok::<_, Failure>(tx.rows(sql, &values)?))?;
        rows.iter().map(Candidate::of_row).collect()
    }

    /// Deletes the keys whose date has come, with all that belongs to them.
    fn delete(&self, fence: i64) -> Result<usize, Failure> {
        let now_ms = self.clock.now_ms();
        let mut done = 0;
        for one in self.candidates(sql!("due_deletions"), now_ms, BATCH)? {
            let gone = self.fenced(fence, |tx| {
                let due = [Value::from(one.key_id.as_str()), Value::from(now_ms)];
                tx.execute(sql!("doom_residents_of"), &due)?;
                let gone = tx.execute(sql!("delete_due_key"), &due)?;
                if gone > 0 {
                    one.trace(tx, "deleteKey", now_ms)?;
                }
                Ok(gone > 0)
            })?;
            if gone {
                self.kms.vault.forget(&one.key_id);
                done += 1;
            }
        }
        Ok(done)
    }

    /// Takes away imported material whose time has come.
    fn expire(&self, fence: i64) -> Result<usize, Failure> {
        let now_ms = self.clock.now_ms();
        let mut done = 0;
        for one in self.candidates(sql!("due_expirations"), now_ms, BATCH)? {
            self.fenced(fence, |tx| {
                // Read as of now, the key is without its material; what is left is to write that down.
                let Some(mut key) = Key::load(tx, &one.key_id, now_ms)? else {
                    return Ok(());
                };
                if key.version == 0 {
                    key.expiration_ms = None;
                    version::delete_all(tx, &key.id)?;
                    key.update(tx)?;
                    one.trace(tx, "deleteImportedKeyMaterial", now_ms)?;
                }
                Ok(())
            })?;
            self.kms.vault.forget(&one.key_id);
            done += 1;
        }
        Ok(done)
    }

    fn forget_imports(&self, fence: i64) -> Result<(), Failure> {
        let before_ms = self.clock.now_ms() - EXPIRED_IMPORT_MS;
        self.fenced(fence, |tx| {
            tx.execute(sql!("delete_old_imports"), &[Value::from(before_ms)])?;
            Ok(())
        })
    }

    /// Rotates the keys whose interval has passed. One that fails is left due for later, and the others go on.
    fn rotate(&self, fence: i64, retries: &mut Retries) -> Result<usize, Failure> {
        let now_ms = self.clock.now_ms();
        retries.retain(|_, when| *when > now_ms);
        let waiting = i64::try_from(retries.len()).unwrap_or(i64::MAX);
        let most = BATCH.saturating_add(waiting);
        let mut due = self.candidates(sql!("due_rotations"), now_ms, most)?;
        due.retain(|one| !retries.contains_key(&one.key_id));
        let mut done = 0;
        let mut failure = None;
        for one in due {
            match self.rotate_one(fence, &one, now_ms) {
                Ok(true) => done += 1,
                Ok(false) => {}
                Err(error) => {
                    failure = Some(error);
                    if !self.kms.vault.default_hsm().health().up {
                        // No key of it can rotate now, and none is to blame.
                        break;
                    }
                    retries.insert(one.key_id, now_ms + RETRY_MS);
                }
            }
        }
        failure.map_or(Ok(done), Err)
    }

    fn rotate_one(&self, fence: i64, one: &Candidate, now_ms: i64) -> Result<bool, Failure> {
        let Some(key) = self.db.read(|tx| Key::load(tx, &one.key_id, now_ms))? else {
            return Ok(false);
        };
        let next = self.kms.vault.next_version(&self.db, &key, now_ms)?;
        self.fenced(fence, |tx| {
            let Some(mut now) = Key::load(tx, &one.key_id, now_ms)? else {
                return Ok(false);
            };
            let is_due = now.rotation.is_on
                && now.state == State::Enabled
                && now.version == key.version
                && now.rotation.from_ms + now.rotation.days * DAY_MS <= now_ms;
            if is_due {
                version::advance(tx, &mut now, &next, now_ms)?;
                one.trace(tx, "rotateKey", now_ms)?;
            }
            Ok(is_due)
        })
    }

    /// Destroys objects in HSMs whose names stand as given up: those of deleted keys, and those that a crash left behind.
    /// What the database does not know at all is somebody else's and is left alone.
    fn sweep(&self, fence: i64) -> Result<usize, Failure> {
        let before_ms = self.clock.now_ms() - ORPHAN_MS;
        let mut done = 0;
        let mut failure = None;
        for (cluster, store) in self.kms.vault.stores() {
            // An HSM that is away keeps none of the others from being swept.
            match self.sweep_store(fence, cluster.unwrap_or_default(), store, before_ms) {
                Ok(swept) => done += swept,
                Err(error) => failure = Some(error),
            }
        }
        failure.map_or(Ok(done), Err)
    }

    fn sweep_store(
        &self,
        fence: i64,
        cluster: &str,
        store: &Store,
        before_ms: i64,
    ) -> Result<usize, Failure> {
        let values = [
            Value::from(cluster),
            Value::from(before_ms),
            Value::from(BATCH),
        ];
        let rows = self
            .db
            .read(|tx| Ok::<_, Failure>(tx.rows(sql!("select_old_intents"), &values)?))?;
        for row in &rows {
            self.sweep_one(fence, store, &row.text("resident_id")?)?;
        }
        Ok(rows.len())
    }

    fn sweep_one(&self, fence: i64, store: &Store, name: &str) -> Result<(), Failure> {
        // From here on no version can take the name; it stands until the object is gone.
        self.fenced(fence, |tx| {
            Ok(tx.execute(sql!("doom_intended"), &[Value::from(name)])?)
        })?;
        if let Some(binding) = binding_of(name) {
            let destroyed = store.hsm.destroy_resident(&binding);
            destroyed.map_err(crate::vault::fault)?;
        }
        self.fenced(fence, |tx| {
            tx.execute(sql!("delete_intent"), &[Value::from(name)])?;
            Ok(())
        })
    }
}

/// Reads the name of an object: `<account>/<key>/<version>`.
fn binding_of(name: &str) -> Option<Binding<'_>> {
    let mut parts = name.split('/');
    let binding = Binding {
        account: parts.next()?,
        key: parts.next()?,
        version: parts.next()?.parse().ok()?,
    };
    parts.next().is_none().then_some(binding)
}

#[cfg(test)]
mod tests;
