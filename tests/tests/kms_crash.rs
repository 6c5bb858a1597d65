//! What was acknowledged outlives a kill of dew-server, whatever it was doing: nothing is lost, nothing is half done, and
//! nothing is left behind in the HSM.

#![forbid(unsafe_code)]

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use cryptoki::object::{Attribute, AttributeType, ObjectClass};
use cryptoki::session::UserType;
use kit::db::{Database, Row};
use serde_json::{Value, json};
use tests::{
    Application, Chain, Client, PATIENCE, Partition, Server, Setup, Token, alone, code, setting,
    text,
};

/// How often the server is killed where `DEW_KILL_CYCLES` does not say.
const CYCLES: usize = 15;
/// Threads that work through all the kills, each on keys of its own.
const WORKERS: usize = 4;
/// How many changes are acknowledged between two kills, at least.
const CHANGES: usize = 10;

/// What a worker knows of a key: as it was last acknowledged, and as it may be if the change that was under way was kept.
#[derive(Clone, Debug)]
struct Known {
    id: String,
    now: Facts,
    maybe: Option<Facts>,
    /// Texts that were encrypted under it.
    ciphers: Vec<(String, String)>,
}

/// What can be seen of a key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Facts {
    state: &'static str,
    rotations: usize,
    tags: BTreeSet<String>,
    grants: usize,
    is_external: bool,
}

/// What all threads share.
struct Ledger {
    stop: AtomicBool,
    changes: AtomicUsize,
    lives: Mutex<u64>,
    born: Condvar,
    attempted: Mutex<BTreeSet<String>>,
}

impl Ledger {
    fn new() -> Self {
        Self {
            stop: AtomicBool::new(false),
            changes: AtomicUsize::new(0),
            lives: Mutex::new(0),
            born: Condvar::new(),
            attempted: Mutex::new(BTreeSet::new()),
        }
    }

    fn life(&self) -> u64 {
        *self.lives.lock().expect("nobody panics with it")
    }

    fn next_life(&self) {
        *self.lives.lock().expect("nobody panics with it") += 1;
        self.born.notify_all();
    }

    /// Waits until the server has another life than the one that failed.
    fn wait_beyond(&self, failed: u64) {
        let lives = self.lives.lock().expect("nobody panics with it");
        drop(
            self.born
                .wait_while(lives, |life| *life <= failed)
                .expect("nobody panics with it"),
        );
    }
}

struct StopOnDrop<'a>(&'a Ledger);

impl Drop for StopOnDrop<'_> {
    fn drop(&mut self) {
        self.0.stop.store(true, Ordering::SeqCst);
        self.0.next_life();
    }
}

/// How a request ended, as far as the worker can know.
enum Outcome {
    Done(Value),
    /// The server was killed: it may have been done.
    Open,
}

/// One that changes keys over and over.
struct Worker<'a> {
    ledger: &'a Ledger,
    client: Client,
    number: usize,
    known: Vec<Known>,
}

impl Worker<'_> {
    fn run(&mut self) {
        for step in 0.. {
            if self.ledger.stop.load(Ordering::SeqCst) {
                return;
            }
            let life = self.ledger.life();
            if self.step(step) {
                self.ledger.changes.fetch_add(1, Ordering::SeqCst);
            } else {
                self.client = self.client.clone();
                self.ledger.wait_beyond(life);
                self.check();
            }
        }
    }

    /// Makes a change, and tells whether it was acknowledged.
    fn step(&mut self, step: usize) -> bool {
        match step % 6 {
            0 => self.create(step),
            1 => self.change("rotate-on-demand", json!({}), |facts| facts.rotations += 1),
            2 => {
                let tag = format!("tag-{step}");
                let body = json!({"action": "create", "tags": [{"key": tag, "value": "v"}]});
                self.change("tags/action", body, |facts| {
                    facts.tags.insert(tag.clone());
                })
            }
            3 => {
                let body = json!({"grantee_principal": "somebody", "operations": ["describe-key"]});
                self.change("create-grant", body, |facts| facts.grants += 1)
            }
            4 if step % 12 == 4 => self.change(
                "schedule-key-deletion",
                json!({"pending_days": "7"}),
                |facts| facts.state = "4",
            ),
            4 => self.change("disable-key", json!({}), |facts| facts.state = "3"),
            _ => self.import(step),
        }
    }

    fn send(&self, path: &str, body: &Value) -> Outcome {
        match self.client.send("POST", path, body) {
            Err(_) => Outcome::Open,
            Ok(answer) if answer.status < 300 => Outcome::Done(answer.json()),
            Ok(answer) => panic!("{path}: {answer}"),
        }
    }

    fn create(&mut self, step: usize) -> bool {
        let name = format!("worker-{}-{step}", self.number);
        self.make(&name, false)
    }

    fn make(&mut self, name: &str, is_external: bool) -> bool {
        self.ledger
            .attempted
            .lock()
            .expect("nobody panics with it")
            .insert(name.to_owned());
        let origin = if is_external { "external" } else { "kms" };
        let body = json!({"key_alias": name, "origin": origin});
        let Outcome::Done(made) = self.send(&self.client.kms_path("create-key"), &body) else {
            return false;
        };
        self.known.push(Known {
            id: text(&made["key_info"]["key_id"]),
            now: Facts {
                state: if is_external { "5" } else { "2" },
                is_external,
                ..Facts::default()
            },
            maybe: None,
            ciphers: Vec::new(),
        });
        is_external || self.encrypt(name)
    }

    /// Encrypts under the newest key.
    fn encrypt(&mut self, plain: &str) -> bool {
        let Some(known) = self.known.last_mut().filter(|known| known.now.state == "2") else {
            return true;
        };
        let body = json!({"key_id": known.id, "plain_text": plain});
        match self
            .client
            .send("POST", &self.client.kms_path("encrypt-data"), &body)
        {
            Err(_) => false,
            Ok(answer) => {
                assert_eq!(answer.status, 200, "{answer}");
                known
                    .ciphers
                    .push((plain.to_owned(), text(&answer.json()["cipher_text"])));
                true
            }
        }
    }

    /// Changes the newest key, where it is one that can be changed so.
    fn change(&mut self, operation: &str, mut body: Value, change: impl Fn(&mut Facts)) -> bool {
        let Some(known) = self.known.last().cloned() else {
            return true;
        };
        if known.now.state != "2" || (known.now.is_external && operation == "rotate-on-demand") {
            return true;
        }
        let path = match operation {
            "tags/action" => self.client.kms_path(&format!("{}/tags/action", known.id)),
            _ => {
                body["key_id"] = known.id.clone().into();
                self.client.kms_path(operation)
            }
        };
        let mut after = known.now.clone();
        change(&mut after);
        let outcome = self.send(&path, &body);
        let known = self.known.last_mut().expect("it was there");
        match outcome {
            Outcome::Done(_) => {
                known.now = after;
                self.encrypt("after a change")
            }
            Outcome::Open => {
                known.maybe = Some(after);
                false
            }
        }
    }

    /// Makes an external key and imports its material.
    fn import(&mut self, step: usize) -> bool {
        let name = format!("worker-{}-{step}", self.number);
        if !self.make(&name, true) {
            return false;
        }
        let known = self.known.last().expect("it was just made").clone();
        let body = json!({"key_id": known.id, "wrapping_algorithm": "RSAES_OAEP_SHA_256"});
        let path = self.client.kms_path("get-parameters-for-import");
        let Outcome::Done(parameters) = self.send(&path, &body) else {
            return false;
        };
        let wrapping = tests::Wrapping::of(&known.id, &parameters);
        let outcome = self.send(
            &self.client.kms_path("import-key-material"),
            &wrapping.body(&[3; 32]),
        );
        let known = self.known.last_mut().expect("it was there");
        let mut after = known.now.clone();
        after.state = "2";
        match outcome {
            Outcome::Done(_) => {
                known.now = after;
                self.encrypt("after an import")
            }
            Outcome::Open => {
                known.maybe = Some(after);
                false
            }
        }
    }

    /// Looks at the newest keys after a kill: each is as it was acknowledged, or as the open change would have made it.
    fn check(&mut self) {
        if self.ledger.stop.load(Ordering::SeqCst) {
            return;
        }
        let (client, life) = (self.client.clone(), self.ledger.life());
        let from = self.known.len().saturating_sub(4);
        for known in &mut self.known[from..] {
            let Some(seen) = look(&client, known) else {
                // Killed again while looking: the next look is after the next start.
                self.ledger.wait_beyond(life);
                return self.check();
            };
            let fits = seen == known.now || known.maybe.as_ref() == Some(&seen);
            assert!(fits, "{known:#?} is now {seen:#?}");
            known.now = seen;
            known.maybe = None;
        }
    }
}

/// Reads what can be seen of a key and uses it; nothing if the server is killed meanwhile.
fn look(client: &Client, known: &Known) -> Option<Facts> {
    let get = |operation: &str, body: Value| {
        let answer = client
            .send("POST", &client.kms_path(operation), &body)
            .ok()?;
        Some((answer.status, answer.json()))
    };
    let id = json!({"key_id": known.id});
    let (status, key) = get("describe-key", id.clone())?;
    assert_eq!(status, 200, "{known:?} is lost: {key}");
    let (_, rotation) = get("get-key-rotation-status", id.clone())?;
    let (_, grants) = get("list-grants", id)?;
    let tags = client
        .send(
            "GET",
            &client.kms_path(&format!("{}/tags", known.id)),
            &Value::Null,
        )
        .ok()?;
    let tags = tags.json()["tags"].as_array().expect("a list").clone();
    let number = |value: &Value| usize::try_from(value.as_u64().expect("a number")).expect("few");
    let states = ["2", "3", "4", "5"];
    let state = text(&key["key_info"]["key_state"]);
    let facts = Facts {
        state: states
            .into_iter()
            .find(|known| **known == *state)
            .expect("a state"),
        rotations: number(&rotation["number_of_rotations"]),
        tags: tags.iter().map(|tag| text(&tag["key"])).collect(),
        grants: number(&grants["total"]),
        is_external: known.now.is_external,
    };
    if facts.state == "2" {
        let (status, answer) = get(
            "encrypt-data",
            json!({"key_id": known.id, "plain_text": "x"}),
        )?;
        assert_eq!(status, 200, "{known:?} cannot be used: {answer}");
        for (plain, cipher) in &known.ciphers {
            let (status, answer) = get("decrypt-data", json!({"cipher_text": cipher}))?;
            assert_eq!(
                (status, answer["plain_text"].as_str()),
                (200, Some(plain.as_str())),
                "{known:?} {answer}"
            );
        }
    }
    Some(facts)
}

fn run(name: &str, hsm_section: &str) {
    alone(name, || {
        let cycles =
            setting("DEW_KILL_CYCLES").map_or(CYCLES, |text| text.parse().expect("a number"));
        let chain = Chain::start();
        let token = chain.token(Partition::Compat);
        let setup = Setup {
            top: "[quota]\nkeys = 1000000\n".to_owned(),
            hsm: hsm_section.to_owned(),
            ..Setup::default()
        };
        let mut server = Server::start_as(&token, &setup);
        let ledger = Ledger::new();
        thread::scope(|scope| {
            for number in 0..WORKERS {
                let (client, ledger) = (server.client(number % 2), &ledger);
                scope.spawn(move || {
                    let known = Vec::new();
                    Worker {
                        ledger,
                        client,
                        number,
                        known,
                    }
                    .run();
                });
            }
            let _stop = StopOnDrop(&ledger);
            for cycle in 0..cycles {
                wait_for_changes(&ledger, cycle);
                server.kill();
                check_rows(&server);
                server.run();
                ledger.next_life();
            }
            wait_for_changes(&ledger, cycles);
        });
        for account in 0..2 {
            check_all_keys(&server.client(account), &ledger);
        }
        check_objects(&mut server, &token);
    });
}

/// Waits for work to be done, then a moment by chance, so that the kill comes anywhere.
fn wait_for_changes(ledger: &Ledger, cycle: usize) {
    let begun = Instant::now();
    ledger.changes.store(0, Ordering::SeqCst);
    while ledger.changes.load(Ordering::SeqCst) < CHANGES + cycle % 7 {
        assert!(
            begun.elapsed() < PATIENCE,
            "nothing is done in cycle {cycle}"
        );
        thread::sleep(Duration::from_millis(1));
    }
    thread::sleep(Duration::from_micros(
        u64::try_from(cycle * 977 % 5_000).expect("small"),
    ));
}

fn rows(database: &Database, sql: &'static str) -> Vec<Row> {
    let rows: Result<_, kit::db::Error> = database.read(|tx| tx.rows(sql, &[]));
    rows.expect("the statement is right")
}

/// Looks for what is half done in the database of the dead server.
fn check_rows(server: &Server) {
    let database = Database::open(server.database(), &[]).expect("the database opens after a kill");
    for sql in [
        "SELECT key_id FROM kms_key WHERE version > 0 AND NOT EXISTS
            (SELECT 1 FROM kms_version WHERE kms_version.key_id = kms_key.key_id AND kms_version.version = kms_key.version)",
        "SELECT key_id FROM kms_key WHERE state IN (2, 3) AND version = 0",
        "SELECT key_id FROM kms_key WHERE origin = 'kms' AND rotations + 1 <>
            (SELECT COUNT(*) FROM kms_version WHERE kms_version.key_id = kms_key.key_id)",
        "SELECT key_id FROM kms_version WHERE key_id NOT IN (SELECT key_id FROM kms_key)",
        "SELECT key_id FROM kms_version WHERE wrapped IS NULL AND resident_id IS NULL",
        "SELECT key_id FROM kms_grant WHERE key_id NOT IN (SELECT key_id FROM kms_key)",
        "SELECT key_id FROM kms_tag WHERE key_id NOT IN (SELECT key_id FROM kms_key)",
        "SELECT key_id FROM kms_import WHERE key_id NOT IN (SELECT key_id FROM kms_key WHERE state = 5)",
        "SELECT key_id FROM kms_key WHERE key_id NOT IN (SELECT resource_id FROM trail WHERE name = 'createKey')",
    ] {
        let found = rows(&database, sql);
        let ids: Vec<_> = found.iter().filter_map(|row| row.text("key_id").ok()).collect();
        assert!(ids.is_empty(), "{sql} finds {ids:?}");
    }
}

/// Every key that is there was asked for, is whole, and can be used, acknowledged or not.
fn check_all_keys(client: &Client, ledger: &Ledger) {
    let mut marker = String::from("0");
    while !marker.is_empty() {
        let page = client.kms_ok(
            "list-keys",
            json!({"key_spec": "ALL", "limit": "500", "marker": marker}),
        );
        for key in page["key_details"].as_array().expect("a list") {
            let attempted = ledger.attempted.lock().expect("nobody panics with it");
            assert!(
                attempted.contains(&text(&key["key_alias"])),
                "nobody asked for {key}"
            );
            drop(attempted);
            let (status, answer) = client.kms(
                "encrypt-data",
                json!({"key_id": key["key_id"], "plain_text": "x"}),
            );
            let expected = match key["key_state"].as_str() {
                Some("2") => (200, ""),
                Some("3") => (400, "KMS.0209"),
                Some("4") => (400, "KMS.0210"),
                _ => (400, "KMS.1301"),
            };
            assert_eq!((status, code(&answer)), expected, "{key} {answer}");
        }
        marker = text(&page["next_marker"]);
    }
}

/// After the sweep the HSM holds the keys of the accounts and those that versions name, and nothing else.
fn check_objects(server: &mut Server, token: &Token) {
    let client = server.client(0);
    // Beyond the lease of the killed server, and the age from which something counts as left behind.
    client.advance(120);
    client.advance(120);
    server.stop();
    let database = Database::open(server.database(), &[]).expect("the database is there");
    let expected: BTreeSet<String> = rows(
        &database,
        "SELECT resident_id FROM kms_version WHERE resident_id IS NOT NULL",
    )
    .iter()
    .map(|row| format!("dew/key/{}", row.text("resident_id").expect("a text")))
    .collect();
    let application = Application::start(token);
    let session = application
        .pkcs11
        .open_ro_session(application.slot)
        .expect("a session");
    session
        .login(UserType::User, Some(&application.pin()))
        .expect("a login");
    let (mut keys, mut accounts) = (BTreeSet::new(), BTreeSet::new());
    for class in [ObjectClass::SECRET_KEY, ObjectClass::PRIVATE_KEY] {
        let found = session.find_objects(&[Attribute::Class(class), Attribute::Token(true)]);
        for handle in found.expect("C_FindObjects") {
            let kinds = [AttributeType::Id, AttributeType::Label];
            let attributes = session
                .get_attributes(handle, &kinds)
                .expect("C_GetAttributeValue");
            let mut texts = attributes.iter().map(|attribute| match attribute {
                Attribute::Id(bytes) | Attribute::Label(bytes) => {
                    String::from_utf8_lossy(bytes).into_owned()
                }
                other => panic!("no text: {other:?}"),
            });
            let (id, label) = (texts.next().expect("an id"), texts.next().expect("a label"));
            if id.starts_with("dew/key/") {
                assert!(keys.insert(id), "twice: {label}");
            } else {
                assert!(
                    accounts.insert(label.clone()),
                    "two keys of an account: {label}"
                );
            }
        }
    }
    let orphans: Vec<_> = keys.difference(&expected).collect();
    assert!(orphans.is_empty(), "left behind in the HSM: {orphans:?}");
    let missing: Vec<_> = expected.difference(&keys).collect();
    assert!(missing.is_empty(), "named, but not in the HSM: {missing:?}");
    let intents = rows(&database, "SELECT resident_id FROM kms_resident_intent");
    assert_eq!(intents.len(), 0, "intents are left");
    for label in &accounts {
        assert!(label.starts_with("dew/"), "what is {label}?");
    }
}

#[test]
fn wrapped_keys_survive_kills() {
    run("wrapped_keys_survive_kills", "");
}

#[test]
fn resident_keys_survive_kills_and_none_is_left_behind() {
    run(
        "resident_keys_survive_kills_and_none_is_left_behind",
        "resident = true\n",
    );
}
