use kit::hsm::Hsm;
use kit::testing::soft_hsm::SoftHsm;

use super::*;
use crate::{Owner, Settings, Vault};

/// A worker with two HSMs that are one: the default one, and the cluster `annex`.
struct World {
    due: Due,
    kms: Arc<Kms>,
    db: Database,
    clock: Clock,
}

impl World {
    fn new(hsm: &SoftHsm) -> Self {
        let migrations = [crate::MIGRATIONS, trail::MIGRATIONS].concat();
        let db = Database::open("sqlite::memory:", &migrations).unwrap();
        let store = Store {
            hsm: Hsm::connect(hsm.token()).unwrap(),
            is_resident: false,
            accounts: None,
        };
        let clusters = BTreeMap::from([("annex".to_owned(), store.clone())]);
        let kms = Arc::new(Kms {
            vault: Vault::new(store, clusters),
            settings: Settings::default(),
        });
        let clock = Clock::fixed(400 * DAY_MS);
        let due = Due::new(Arc::clone(&kms), db.clone(), clock.clone());
        Self {
            due,
            kms,
            db,
            clock,
        }
    }

    fn change(&self, sql: &'static str, values: &[Value]) {
        let done: Result<_, Failure> = self.db.write(|tx| Ok(tx.execute(sql, values)?));
        done.unwrap();
    }

    fn count(&self, sql: &'static str) -> i64 {
        let count: Result<_, Failure> = self.db.read(|tx| Ok(tx.count(sql, &[])?));
        count.unwrap()
    }
}

#[test]
fn keys_that_do_not_rotate_leave_room_for_those_that_do() {
    SoftHsm::alone(
        "due::tests::keys_that_do_not_rotate_leave_room_for_those_that_do",
        |hsm| {
            let world = World::new(hsm);
            let owner = Owner {
                account_id: "account",
                project_id: "project",
            };
            let good = crate::ensure_default(&world.kms, &world.db, owner, "obs", 0).unwrap();
            world.change(
                "UPDATE kms_key SET rotates = 1, rotation_days = 30, rotation_from_ms = 2",
                &[],
            );
            // A whole batch whose key store is not there, and that is due sooner.
            for number in 0..BATCH {
                let values = [Value::from(format!("bad-{number}")), good.as_str().into()];
                world.change(
                    "INSERT INTO kms_key SELECT $1, account_id, project_id, $1, description, spec, purpose, origin,
                        state, is_default, enterprise_project, 'gone', created_ms, deletion_ms, expiration_ms, version,
                        public_key, rotates, rotation_days, 1, last_rotation_ms, rotations, material_salt,
                        material_check
                     FROM kms_key WHERE key_id = $2",
                    &values,
                );
            }
            assert!(world.due.run().is_err());
            assert_eq!(world.due.run().unwrap().rotated, 1);
            // They are left alone for a while, not for good.
            world.clock.advance_ms(RETRY_MS);
            assert!(world.due.run().is_err());
        },
    );
}

#[test]
fn an_hsm_that_cannot_be_swept_keeps_no_other_from_it() {
    SoftHsm::alone(
        "due::tests::an_hsm_that_cannot_be_swept_keeps_no_other_from_it",
        |hsm| {
            let world = World::new(hsm);
            for (name, cluster) in [("a/k/1", ""), ("a/k/2", "annex")] {
                world.change(
                    "INSERT INTO kms_resident_intent VALUES ($1, $2, 0)",
                    &[name.into(), cluster.into()],
                );
            }
            world.change(
                "CREATE TRIGGER away BEFORE DELETE ON kms_resident_intent WHEN old.keystore_id = ''
                 BEGIN SELECT RAISE(ABORT, 'away'); END",
                &[],
            );
            assert!(world.due.run().is_err());
            let [default, annex] = [
                world.count("SELECT COUNT(*) AS n FROM kms_resident_intent WHERE keystore_id = ''"),
                world.count(
                    "SELECT COUNT(*) AS n FROM kms_resident_intent WHERE keystore_id = 'annex'",
                ),
            ];
            assert_eq!((default, annex), (1, 0));
        },
    );
}
