//! Nothing secret is left behind: not in the database, not beside it, and not in the log at its most talkative.

#![forbid(unsafe_code)]

use std::collections::HashMap;
use std::fs;
use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD as BASE64, URL_SAFE_NO_PAD};
use kit::testing::postgres_url;
use serde_json::{Value, json};
use tests::{Chain, Client, Partition, Server, Setup, text};

/// A secret with a name by which a failure tells it.
struct Secret {
    name: String,
    bytes: Vec<u8>,
}

#[derive(Default)]
struct Secrets(Vec<Secret>);

impl Secrets {
    fn add(&mut self, name: &str, bytes: impl Into<Vec<u8>>) {
        let bytes = bytes.into();
        assert!(
            bytes.len() >= 12,
            "{name} is too short to be found by chance alone"
        );
        let name = name.to_owned();
        self.0.push(Secret { name, bytes });
    }

    /// Takes a text out of an answer, and what it is the hexadecimal or Base64 form of.
    fn add_text(&mut self, name: &str, value: &Value) {
        let given = text(value);
        let bytes = hex::decode(&given)
            .ok()
            .or_else(|| BASE64.decode(&given).ok());
        self.add(name, given.into_bytes());
        if let Some(bytes) = bytes {
            self.add(&format!("{name}, decoded"), bytes);
        }
    }

    /// Every form of every secret, by its first bytes.
    fn forms(&self) -> HashMap<[u8; 8], Vec<(Vec<u8>, String)>> {
        let mut forms: HashMap<_, Vec<_>> = HashMap::new();
        for Secret { name, bytes } in &self.0 {
            for (form, wanted) in [
                ("as it is", bytes.clone()),
                ("hex", hex::encode(bytes).into_bytes()),
                ("HEX", hex::encode_upper(bytes).into_bytes()),
                ("Base64", whole_base64(bytes)),
                (
                    "Base64 for URLs",
                    URL_SAFE_NO_PAD.encode(bytes).into_bytes(),
                ),
                ("a list of numbers", format!("{bytes:?}").into_bytes()),
            ] {
                let first = *wanted.first_chunk().expect("a secret is longer");
                forms
                    .entry(first)
                    .or_default()
                    .push((wanted, format!("{name}, {form}")));
            }
        }
        forms
    }

    /// Fails if a text or file holds a secret in any form.
    fn check(&self, place: &str, content: &[u8]) {
        let forms = self.forms();
        for start in 0..content.len().saturating_sub(8) {
            let rest = &content[start..];
            let Some(first) = rest.first_chunk::<8>() else {
                break;
            };
            for (wanted, what) in forms.get(first).into_iter().flatten() {
                assert!(!rest.starts_with(wanted), "{place} holds {what}");
            }
        }
    }
}

/// Base64 without its end, which depends on what follows.
fn whole_base64(bytes: &[u8]) -> Vec<u8> {
    BASE64.encode(&bytes[..bytes.len() / 3 * 3]).into_bytes()
}

/// Uses everything, and collects what must not be seen anywhere.
fn work(client: &Client, secrets: &mut Secrets) {
    let key = client.create_key("aes", json!({}));
    let rsa = client.create_key(
        "rsa",
        json!({"key_spec": "RSA_2048", "key_usage": "ENCRYPT_DECRYPT"}),
    );
    for round in 0..8 {
        let plain = format!("plain-text-marker-{round}-{}", client.now_ms());
        let cipher = client.encrypt(&key, &plain);
        client.kms_ok("decrypt-data", json!({"cipher_text": cipher}));
        let body = json!({"cipher_text": cipher, "destination_key_id": key, "destination_additional_authenticated_data": "d"});
        client.kms_ok("re-encrypt", body);
        let oaep = json!({"key_id": rsa, "plain_text": plain, "encryption_algorithm": "RSAES_OAEP_SHA_256"});
        let block = client.kms_ok("encrypt-data", oaep)["cipher_text"].clone();
        let oaep = json!({"key_id": rsa, "cipher_text": block, "encryption_algorithm": "RSAES_OAEP_SHA_256"});
        client.kms_ok("decrypt-data", oaep);
        // Refusals are traced and logged too.
        let _ = client.kms("encrypt-data", json!({"key_id": rsa, "plain_text": plain}));
        let _ = client.kms("encrypt-data", json!({"plain_text": plain}));
        let broken = json!({"key_id": key, "plain_text": [plain]});
        let _ = client.kms("encrypt-data", broken);
        secrets.add("a text", plain);
        secrets.add_text("a ciphertext", &cipher.into());
        let made = client.kms_ok(
            "create-datakey",
            json!({"key_id": key, "datakey_length": "512"}),
        );
        secrets.add_text("a data key", &made["plain_text"]);
        let body = json!({"key_id": key, "cipher_text": made["cipher_text"], "datakey_cipher_length": "64"});
        client.kms_ok("decrypt-datakey", body);
        let random = client.kms_ok("gen-random", json!({"random_data_length": "256"}));
        secrets.add_text("random data", &random["random_data"]);
        if round % 3 == 0 {
            client.kms_ok("rotate-on-demand", json!({"key_id": key}));
        }
    }
    pairs_and_macs(client, &key, secrets);
    imports(client, secrets);
}

fn pairs_and_macs(client: &Client, key: &str, secrets: &mut Secrets) {
    for (operation, spec) in [
        ("create-rsa-datakey-pair", "RSA_2048"),
        ("create-ec-datakey-pair", "ECC_NIST_P256"),
    ] {
        let made = client.kms_ok(operation, json!({"key_id": key, "key_spec": spec}));
        secrets.add_text("a private key", &made["private_key_plain_text"]);
    }
    let mac = client.create_key("hmac", json!({"key_spec": "HMAC_256"}));
    let message = BASE64.encode("a message that is to stay with us");
    let body = json!({"key_id": mac, "message": message, "mac_algorithm": "HMAC_SHA_256"});
    let made = client.kms_ok("generate-mac", body.clone());
    secrets.add("a message", "a message that is to stay with us");
    secrets.add_text("a MAC", &made["mac"]);
    let signer = client.create_key("p256", json!({"key_spec": "EC_P256"}));
    client.kms_ok("sign", json!({"key_id": signer, "message": message, "message_type": "RAW", "signing_algorithm": "ECDSA_SHA_256"}));
}

fn imports(client: &Client, secrets: &mut Secrets) {
    for round in 0..3_u8 {
        let material: [u8; 32] = std::array::from_fn(|at| {
            round.wrapping_mul(31) ^ u8::try_from(at * 7).unwrap_or(0) ^ 0x5a
        });
        let key = client.create_key(&format!("external-{round}"), json!({"origin": "external"}));
        let wrapping = client.wrapping(&key).expect("it waits for material");
        let body = wrapping.body(&material);
        if round > 0 {
            client.kms_ok("import-key-material", body.clone());
            client.kms_ok("delete-imported-key-material", json!({"key_id": key}));
        }
        let _ = client.kms("import-key-material", body);
        secrets.add("imported material", material);
        secrets.add_text("an import token", &wrapping.token.into());
    }
}

/// Gets tokens and temporary keys, where the server has them.
fn tokens(server: &Server, client: &Client, secrets: &mut Secrets) {
    let account = client.account();
    let environment = server.client_environment();
    let password = environment
        .iter()
        .find(|(name, _)| name == "DEW_ADMIN_PASSWORD");
    let password = &password.expect("it is there").1;
    secrets.add("a password", password.as_bytes());
    let identity = |password: &str| {
        json!({"auth": {
            "identity": {
                "methods": ["password"],
                "password": {"user": {"name": account.name, "password": password, "domain": {"name": account.name}}}
            },
            "scope": {"project": {"id": account.project_id}}
        }})
    };
    let wrong = "a-wrong-Password-marker-1";
    secrets.add("a wrong password", wrong);
    let _ = client.send("POST", "/v3/auth/tokens", &identity(wrong));
    let answer = client
        .send("POST", "/v3/auth/tokens", &identity(password))
        .expect("an answer");
    if let Some(token) = answer.header("x-subject-token") {
        secrets.add("a token", token);
        let body = json!({"auth": {"identity": {"methods": ["token"], "token": {"id": token, "duration_seconds": 900}}}});
        let (_, made) = client.call("POST", "/v3.0/OS-CREDENTIAL/securitytokens", &body);
        for name in ["secret", "securitytoken"] {
            if made["credential"][name].is_string() {
                secrets.add_text(name, &made["credential"][name]);
            }
        }
    }
}

fn run(setup: &Setup, dump: impl Fn(&Server) -> Vec<(String, Vec<u8>)>) {
    let chain = Chain::start();
    let token = chain.token(Partition::Compat);
    let mut server = Server::start_as(&token, setup);
    let mut secrets = Secrets::default();
    secrets.add("the PIN", token.pin.as_bytes());
    for account in server.accounts() {
        secrets.add("a secret access key", account.secret.as_bytes());
    }
    let client = server.client(0);
    work(&client, &mut secrets);
    tokens(&server, &client, &mut secrets);
    client.advance(86_400);
    let log = server.log();
    assert!(log.contains("ready"), "the log says nothing: {log}");
    secrets.check("the log", log.as_bytes());
    // With the server running there is a write-ahead log, with the last pages of everything.
    for (place, content) in dump(&server) {
        assert!(content.len() > 10_000, "{place} is nearly empty");
        secrets.check(&place, &content);
    }
    server.stop();
    for (place, content) in dump(&server) {
        secrets.check(&place, &content);
    }
}

const TALKATIVE: &str = "log = \"debug\"\n";

#[test]
fn sqlite_and_the_log_hold_no_secrets() {
    let setup = Setup {
        top: TALKATIVE.to_owned(),
        ..Setup::default()
    };
    run(&setup, |server| {
        let files = ["server.db", "server.db-wal"].into_iter();
        files
            .filter_map(|name| Some((name.to_owned(), fs::read(server.file(name)).ok()?)))
            .filter(|(_, content)| !content.is_empty())
            .collect()
    });
}

#[test]
fn postgresql_and_the_log_hold_no_secrets() {
    let setup = Setup {
        top: TALKATIVE.to_owned(),
        ..Setup::on(postgres_url())
    };
    run(&setup, |server| {
        let dump = Command::new("pg_dump")
            .arg(server.database())
            .output()
            .expect("pg_dump is part of the package postgresql-client");
        assert!(
            dump.status.success(),
            "{}",
            String::from_utf8_lossy(&dump.stderr)
        );
        vec![("the dump".to_owned(), dump.stdout)]
    });
}
