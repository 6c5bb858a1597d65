//! The HSM goes away and comes back, under load: calls wait a little, then say that they may be tried again.

#![forbid(unsafe_code)]

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tests::{Answer, Chain, Client, PATIENCE, Partition, Server, Setup, code, text};

/// How long the server waits for the HSM: short, so that the outages may be.
const PATIENCE_MS: u64 = 1_000;
/// How long a refusal may take: the patience once for each step in the HSM that a request has, with room for a machine
/// that has other things to do.
const REFUSAL: Duration = Duration::from_secs(20);
/// Calls that must be refused in each outage, and be served after it.
const CALLS: usize = 24;

/// What the callers have seen since the last look.
#[derive(Default)]
struct Seen {
    done: AtomicUsize,
    refused: AtomicUsize,
    stop: AtomicBool,
    wrong: Mutex<Vec<String>>,
}

impl Seen {
    fn judge(&self, operation: &str, answer: &Answer, took: Duration) {
        let is_refusal = answer.status == 503
            && code(&answer.json()) == "KMS.0104"
            && answer.header("retry-after").is_some()
            && took < REFUSAL;
        let count = if answer.status == 200 {
            &self.done
        } else if is_refusal {
            &self.refused
        } else {
            let text = format!("{operation} after {took:?}: {answer}");
            self.wrong.lock().expect("nobody panics with it").push(text);
            return;
        };
        count.fetch_add(1, Ordering::SeqCst);
    }

    /// Waits until a counter has grown, and fails at once if something was wrong.
    fn wait_for(&self, counter: &AtomicUsize, what: &str) {
        counter.store(0, Ordering::SeqCst);
        let begun = Instant::now();
        while counter.load(Ordering::SeqCst) < CALLS {
            let wrong = self.wrong.lock().expect("nobody panics with it").clone();
            assert!(wrong.is_empty(), "{what}: {wrong:#?}");
            assert!(
                begun.elapsed() < PATIENCE,
                "{what}: calls are not what they should be"
            );
            thread::sleep(Duration::from_millis(5));
        }
    }
}

struct StopOnDrop<'a>(&'a Seen);

impl Drop for StopOnDrop<'_> {
    fn drop(&mut self) {
        self.0.stop.store(true, Ordering::SeqCst);
    }
}

/// Calls one operation over and over.
fn call(client: &Client, seen: &Seen, operation: &str, body: &Value) {
    while !seen.stop.load(Ordering::SeqCst) {
        let mut body = body.clone();
        if operation == "create-key" {
            body["key_alias"] = format!("key-{}", client.now_ms()).into();
        }
        let begun = Instant::now();
        match client.send("POST", &client.kms_path(operation), &body) {
            Ok(answer) if code(&answer.json()) == "KMS.1104" => {}
            Ok(answer) => {
                seen.judge(operation, &answer, begun.elapsed());
                if answer.status == 503 {
                    // Sooner than the server asks for, but not at once.
                    thread::sleep(Duration::from_millis(20));
                }
            }
            Err(error) => {
                let text = format!("{operation}: no answer: {error}");
                seen.wrong.lock().expect("nobody panics with it").push(text);
                return;
            }
        }
    }
}

#[test]
fn calls_fail_with_retry_after_while_the_hsm_is_away_and_work_again_by_themselves() {
    let mut chain = Chain::start();
    let setup = Setup {
        top: "[quota]\nkeys = 1000000\n".to_owned(),
        hsm: format!("patience_ms = {PATIENCE_MS}\n"),
        ..Setup::default()
    };
    let server = Server::start_as(&chain.token(Partition::Compat), &setup);
    let client = server.client(0);
    let key = client.create_key("aes", json!({}));
    let signer = client.create_key("p256", json!({"key_spec": "EC_P256"}));
    let cipher = client.encrypt(&key, "kept through it all");
    let digest = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
    let calls = [
        (
            "encrypt-data",
            json!({"key_id": key, "plain_text": "some text"}),
        ),
        ("decrypt-data", json!({"cipher_text": cipher})),
        ("create-datakey", json!({"key_id": key})),
        (
            "sign",
            json!({"key_id": signer, "message": digest, "signing_algorithm": "ECDSA_SHA_256"}),
        ),
        ("create-key", json!({})),
        ("gen-random", json!({"random_data_length": "256"})),
    ];
    let seen = Seen::default();
    thread::scope(|scope| {
        for (operation, body) in &calls {
            let (client, seen) = (client.clone(), &seen);
            scope.spawn(move || call(&client, seen, operation, body));
        }
        let _stop = StopOnDrop(&seen);
        seen.wait_for(&seen.done, "before");
        for round in 0..2 {
            chain.kill_hsmd();
            seen.wait_for(&seen.refused, &format!("hsmd away, round {round}"));
            chain.start_hsmd();
            seen.wait_for(&seen.done, &format!("hsmd back, round {round}"));
            chain.kill_agent();
            seen.wait_for(&seen.refused, &format!("agent away, round {round}"));
            chain.start_agent("agent");
            seen.wait_for(&seen.done, &format!("agent back, round {round}"));
        }
    });
    let wrong = seen.wrong.into_inner().expect("nobody panics with it");
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert_eq!(client.decrypt(&cipher), "kept through it all");
    let health = client
        .send("GET", "/healthz", &Value::Null)
        .expect("an answer");
    assert_eq!(health.status, 200, "{health}");
    assert_eq!(text(&client.describe(&key)["key_state"]), "2");
}
