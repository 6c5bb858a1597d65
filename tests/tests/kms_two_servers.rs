//! Two servers on one database: what one has changed the other knows at once, and what is due is done once.

#![forbid(unsafe_code)]

use std::sync::Barrier;
use std::thread;
use std::time::Duration;

use kit::db::Database;
use kit::testing::postgres_url;
use serde_json::{Value, json};
use tests::{Chain, Client, Partition, Server, Setup, SoftHsm, Token, code, text};

const DAY: i64 = 86_400;
/// Threads that ask for the same at once, on each server.
const THREADS: usize = 4;

/// A server with one beside it on the same PostgreSQL database.
struct Pair {
    first: Server,
    second: Server,
}

impl Pair {
    fn start(token: &Token) -> Self {
        let url = postgres_url();
        let first = Server::start_as(token, &Setup::on(&url));
        let second = first.start_beside(token, &url);
        Self { first, second }
    }

    fn clients(&self) -> [Client; 2] {
        [self.first.client(0), self.second.client(0)]
    }
}

/// Runs work on many threads at once, over all the clients, and returns what each said.
fn at_once<T: Send>(clients: &[Client], work: impl Fn(&Client, usize) -> T + Sync) -> Vec<T> {
    let count = THREADS * 2;
    let barrier = Barrier::new(count);
    thread::scope(|scope| {
        let threads: Vec<_> = (0..count)
            .map(|number| {
                let client = clients[number % clients.len()].clone();
                let (barrier, work) = (&barrier, &work);
                scope.spawn(move || {
                    barrier.wait();
                    work(&client, number)
                })
            })
            .collect();
        let join = |thread: thread::ScopedJoinHandle<'_, T>| thread.join().expect("it ends");
        threads.into_iter().map(join).collect()
    })
}

/// Sends a request until the answer is something else than "try again".
fn insist(client: &Client, method: &str, path: &str, body: &Value) -> (u16, Value) {
    loop {
        let (status, answer) = client.call(method, path, body);
        if status != 503 {
            return (status, answer);
        }
    }
}

fn rotations(client: &Client, key: &str) -> i64 {
    let status = client.kms_ok("get-key-rotation-status", json!({"key_id": key}));
    status["number_of_rotations"].as_i64().expect("a number")
}

/// Counts rows with one value in their condition.
fn count(database: &Database, sql: &'static str, value: &str) -> i64 {
    let row = database.read(|tx| tx.row(sql, &[value.into()]));
    row.expect("the statement is right")
        .expect("a count")
        .int("n")
        .expect("a number")
}

#[test]
fn a_change_on_one_server_binds_the_other_at_once() {
    let hsm = SoftHsm::start();
    let pair = Pair::start(&hsm.token());
    let [one, other] = pair.clients();
    let key = one.create_key("shared", json!({}));
    for round in 0..10 {
        let cipher = other.encrypt(&key, "before");
        one.kms_ok("disable-key", json!({"key_id": key}));
        for (operation, body) in [
            ("encrypt-data", json!({"key_id": key, "plain_text": "x"})),
            ("decrypt-data", json!({"cipher_text": cipher})),
        ] {
            let (status, body) = other.kms(operation, body);
            assert_eq!(
                (status, code(&body)),
                (400, "KMS.0209"),
                "{operation}, round {round}"
            );
        }
        other.kms_ok("enable-key", json!({"key_id": key}));
        one.kms_ok("rotate-on-demand", json!({"key_id": key}));
        let newer = one.encrypt(&key, "after");
        assert_eq!(other.decrypt(&newer), "after");
        assert_eq!(other.decrypt(&cipher), "before");
        assert_eq!(rotations(&other, &key), round + 1);
    }
    other.kms_ok(
        "schedule-key-deletion",
        json!({"key_id": key, "pending_days": "7"}),
    );
    let (_, body) = one.kms("encrypt-data", json!({"key_id": key, "plain_text": "x"}));
    assert_eq!(code(&body), "KMS.0210");
}

/// The first key of an account makes the account's keys in the HSM; two servers may do that in the same moment. This holds
/// over the whole chain; over SoftHSM2, whose token two processes share as files, one server now and then does not find
/// what the other has just made.
#[test]
fn the_first_keys_of_an_account_are_made_on_both_servers_at_once() {
    for _ in 0..3 {
        let chain = Chain::start();
        let pair = Pair::start(&chain.token(Partition::Compat));
        let clients = pair.clients();
        let made = at_once(&clients, |client, number| {
            let key = client.create_key(&format!("key-{number}"), json!({}));
            let cipher = client.encrypt(&key, "first");
            (key, cipher)
        });
        for (key, cipher) in made {
            for client in &clients {
                assert_eq!(client.decrypt(&cipher), "first");
                let again = client.encrypt(&key, "again");
                assert_eq!(client.decrypt(&again), "again");
            }
        }
    }
}

#[test]
fn what_is_due_is_done_once_whoever_leads_and_whoever_dies() {
    let hsm = SoftHsm::start();
    let mut pair = Pair::start(&hsm.token());
    let clients = pair.clients();
    let keys: Vec<String> = (0..6)
        .map(|number| {
            let key = clients[0].create_key(&format!("key-{number}"), json!({}));
            clients[0].kms_ok("enable-key-rotation", json!({"key_id": key}));
            key
        })
        .collect();
    let database = Database::open(pair.first.database(), &[]).expect("the database is there");
    let check = |client: &Client, expected: i64, when: &str| {
        for key in &keys {
            assert_eq!(rotations(client, key), expected, "{when}");
            let traces =
                "SELECT COUNT(*) AS n FROM trail WHERE resource_id = $1 AND name = 'rotateKey'";
            assert_eq!(count(&database, traces, key), expected, "traces, {when}");
            let versions = "SELECT COUNT(*) AS n FROM kms_version WHERE key_id = $1";
            assert_eq!(
                count(&database, versions, key),
                expected + 1,
                "versions, {when}"
            );
        }
    };
    // Both clocks come to the date at once, and both servers want to do the work.
    thread::scope(|scope| {
        for client in clients.clone() {
            scope.spawn(move || insist_advance(&client, 365 * DAY));
        }
    });
    insist_advance(&clients[0], 0);
    insist_advance(&clients[1], 0);
    check(&clients[1], 1, "both at once");
    // One dies at its work, and the other finishes it.
    thread::scope(|scope| {
        let doomed = clients[0].clone();
        let path = "/dew/v1/clock";
        let body = json!({"advance_seconds": 365 * DAY});
        scope.spawn(move || doomed.send("POST", path, &body).err());
        thread::sleep(Duration::from_millis(15));
        pair.first.kill();
    });
    insist_advance(&clients[1], 366 * DAY);
    check(&clients[1], 2, "after a death");
    pair.first.run();
    check(&pair.first.client(0), 2, "the dead one is back");
    insist_advance(&clients[1], 366 * DAY);
    check(&clients[1], 3, "the other goes on");
}

fn insist_advance(client: &Client, seconds: i64) {
    // Whoever finds the lease taken in the middle of its work says "try again".
    let (status, answer) = client.call(
        "POST",
        "/dew/v1/clock",
        &json!({"advance_seconds": seconds}),
    );
    assert!(status == 200 || status == 503, "{status} {answer}");
    if status == 503 {
        // Its clock has moved all the same.
        client.set_ahead(client.ahead_ms() + seconds * 1_000);
    } else {
        client.set_ahead(answer["ahead_ms"].as_i64().expect("it says so"));
    }
}

/// Runs a check on two servers over PostgreSQL, and on one over SQLite, which has no second.
fn on_both(token: &Token, check: impl Fn(&[Client])) {
    let server = Server::start(token);
    check(&[server.client(0)]);
    drop(server);
    let pair = Pair::start(token);
    check(&pair.clients());
}

#[test]
fn a_name_is_given_once_however_many_ask() {
    let hsm = SoftHsm::start();
    on_both(&hsm.token(), |clients| {
        let key = clients[0].create_key("named", json!({}));
        for round in 0..5 {
            let name = format!("alias/wanted-{round}");
            let body = json!({"key_id": key, "alias": name});
            let answers = at_once(clients, |client, _| {
                insist(client, "POST", &client.kms_path("aliases"), &body)
            });
            let won = answers.iter().filter(|(status, _)| *status == 201).count();
            let lost = answers
                .iter()
                .filter(|(_, body)| code(body) == "KMS.1104")
                .count();
            assert_eq!((won, lost), (1, 2 * THREADS - 1), "{answers:?}");
            let body = json!({"key_alias": format!("key-{round}")});
            let answers = at_once(clients, |client, _| {
                insist(client, "POST", &client.kms_path("create-key"), &body)
            });
            let won = answers.iter().filter(|(status, _)| *status == 200).count();
            let lost = answers
                .iter()
                .filter(|(_, body)| code(body) == "KMS.1104")
                .count();
            assert_eq!((won, lost), (1, 2 * THREADS - 1), "{answers:?}");
        }
    });
}

/// Asks for more than the limit on all threads, and returns how many were given and what the others were told.
fn race(
    clients: &[Client],
    each: usize,
    (method, path): (&str, &str),
    body: impl Fn(usize) -> Value + Sync,
) -> (usize, Vec<String>) {
    let answers = at_once(clients, |client, number| {
        (0..each)
            .map(|index| {
                insist(
                    client,
                    method,
                    &client.kms_path(path),
                    &body(number * each + index),
                )
            })
            .collect::<Vec<_>>()
    });
    let answers = answers.concat();
    let given = answers.iter().filter(|(status, _)| *status < 300).count();
    let mut codes: Vec<String> = answers
        .iter()
        .filter(|(status, _)| *status >= 300)
        .map(|(_, body)| code(body).to_owned())
        .collect();
    codes.sort();
    codes.dedup();
    (given, codes)
}

#[test]
fn no_limit_is_exceeded_however_many_ask() {
    let hsm = SoftHsm::start();
    on_both(&hsm.token(), |clients| {
        let key = clients[0].create_key("limits", json!({}));
        let aliases = race(
            clients,
            8,
            ("POST", "aliases"),
            |number| json!({"key_id": key, "alias": format!("alias/name-{number}")}),
        );
        assert_eq!(aliases, (50, vec!["KMS.0308".to_owned()]));
        let grants = race(clients, 14, ("POST", "create-grant"), |number| {
            let grantee = format!("user{number}");
            json!({"key_id": key, "grantee_principal": grantee, "operations": ["describe-key"]})
        });
        assert_eq!(grants, (100, vec!["KMS.2404".to_owned()]));
        let tags = race(
            clients,
            4,
            ("POST", &format!("{key}/tags")),
            |number| json!({"tag": {"key": format!("tag-{number}"), "value": "v"}}),
        );
        assert_eq!(tags, (20, vec!["KMS.0409".to_owned()]));
        let keys = race(
            clients,
            14,
            ("POST", "create-key"),
            |number| json!({"key_alias": format!("key-{number}")}),
        );
        assert_eq!(keys, (99, vec!["KMS.1105".to_owned()]), "one was there");
        // What is counted is what is there.
        let client = &clients[0];
        let page = client.kms_path(&format!("aliases?key_id={key}&limit=100"));
        let (_, listed) = client.call("GET", &page, &Value::Null);
        assert_eq!(listed["page_info"]["current_count"], 50);
        let listed = client.kms_ok("list-grants", json!({"key_id": key}));
        assert_eq!(listed["total"], 100);
        let (_, listed) = client.call(
            "GET",
            &client.kms_path(&format!("{key}/tags")),
            &Value::Null,
        );
        assert_eq!(listed["existTagsNum"], 20);
        let (_, listed) = client.call("GET", &client.kms_path("user-instances"), &Value::Null);
        assert_eq!(listed["instance_num"], 100);
    });
}

#[test]
fn an_import_token_is_used_once_however_many_use_it() {
    let chain = Chain::start();
    on_both(&chain.token(Partition::Compat), |clients| {
        for round in 0..3 {
            let name = format!("external-{round}");
            let key = clients[0].create_key(&name, json!({"origin": "external"}));
            let wrapping = clients[0].wrapping(&key).expect("it waits for material");
            let body = wrapping.body(&[9; 32]);
            let answers = at_once(clients, |client, _| {
                insist(
                    client,
                    "POST",
                    &client.kms_path("import-key-material"),
                    &body,
                )
            });
            let used = answers.iter().filter(|(status, _)| *status == 200).count();
            assert_eq!(used, 1, "{answers:?}");
            let told = |(status, body): &(u16, Value)| {
                *status == 200 || ["KMS.0310", "KMS.2605"].contains(&code(body))
            };
            assert!(answers.iter().all(told), "{answers:?}");
            let cipher = clients[0].encrypt(&key, "imported once");
            assert_eq!(clients[clients.len() - 1].decrypt(&cipher), "imported once");
        }
    });
}

#[test]
fn rotations_at_once_are_counted_and_every_ciphertext_stays_readable() {
    let hsm = SoftHsm::start();
    on_both(&hsm.token(), |clients| {
        let key = clients[0].create_key("rotates", json!({}));
        let done = at_once(clients, |client, number| {
            let before = client.encrypt(&key, &format!("before {number}"));
            let path = client.kms_path("rotate-on-demand");
            let (status, body) = insist(client, "POST", &path, &json!({"key_id": key}));
            assert_eq!(status, 200, "{body}");
            (
                number,
                before,
                client.encrypt(&key, &format!("after {number}")),
            )
        });
        let expected = i64::try_from(done.len()).expect("few");
        for client in clients {
            assert_eq!(rotations(client, &key), expected);
            for (number, before, after) in &done {
                assert_eq!(client.decrypt(before), format!("before {number}"));
                assert_eq!(client.decrypt(after), format!("after {number}"));
            }
        }
        assert_eq!(text(&clients[0].describe(&key)["key_state"]), "2");
    });
}
