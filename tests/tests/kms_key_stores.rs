//! Key stores: a second HSM, of another vendor, behind the same server.

use kit::db::{Database, Value as Sql};
use serde_json::{Value, json};
use tests::{Ahead, Chain, Client, Partition, Server, Setup, SoftHsm, code, text};

/// A server whose keys live in Dew's HSM, with SoftHSM2 as a cluster that key stores can name.
struct World {
    server: Server,
    hsm: SoftHsm,
    _chain: Chain,
}

impl World {
    fn new() -> Self {
        Self::with("")
    }

    /// The same with further lines about the cluster.
    fn with(cluster_lines: &str) -> Self {
        let chain = Chain::start();
        let hsm = SoftHsm::start();
        let setup = Setup {
            cluster: Some(("annex".to_owned(), hsm.token())),
            cluster_lines: cluster_lines.to_owned(),
            ..Setup::default()
        };
        let server = Server::start_as(&chain.token(Partition::Compat), &setup);
        Self {
            server,
            hsm,
            _chain: chain,
        }
    }

    fn client(&self) -> Client {
        self.server.client(0)
    }
}

/// The path of a key store of the client's project, or of all of them.
fn path(client: &Client, rest: &str) -> String {
    client.kms_path(rest).replace("/kms/", "/")
}

fn make_store(client: &Client, name: &str) -> String {
    let body = json!({"keystore_alias": name, "hsm_cluster_id": "annex", "keystore_type": "DHSM"});
    let (status, made) = client.call("POST", &path(client, "keystores"), &body);
    assert_eq!(status, 200, "{made}");
    made["keystore"]["keystore_id"]
        .as_str()
        .expect("a key store has an identifier")
        .to_owned()
}

#[test]
fn keys_live_in_the_hsm_that_their_store_names() {
    let world = World::new();
    let client = world.client();
    let store = make_store(&client, "annex-store");
    let before = objects(&world.hsm);
    let key = client.create_key("annexed", json!({"keystore_id": store}));
    assert_eq!(
        client.describe(&key)["keystore_id"],
        Value::from(store.as_str())
    );
    // The account's key-encryption key is made in the second HSM, which had none of this account before.
    assert!(
        objects(&world.hsm) > before,
        "nothing was made in the second HSM"
    );
    let cipher = client.encrypt(&key, "in the annex");
    assert_eq!(client.decrypt(&cipher), "in the annex");
}

#[test]
fn a_store_that_is_switched_off_takes_its_keys_with_it_until_it_is_on_again() {
    let world = World::new();
    let client = world.client();
    let store = make_store(&client, "annex-store");
    let key = client.create_key("annexed", json!({"keystore_id": store}));
    let cipher = client.encrypt(&key, "kept");
    let switch = |to: &str| {
        let path = path(&client, &format!("keystores/{store}/{to}"));
        client.call("POST", &path, &Value::Null)
    };
    let (status, answer) = switch("disable");
    assert_eq!(
        (status, &answer["keystore"]["keystore_state"]),
        (200, &json!("3"))
    );
    let (status, refused) = client.kms("decrypt-data", json!({"cipher_text": cipher}));
    assert_eq!((status, code(&refused)), (400, "KMS.0340"));
    assert_eq!(switch("enable").0, 200);
    assert_eq!(client.decrypt(&cipher), "kept");
}

#[test]
fn what_a_key_store_does_not_do_is_refused_in_its_own_words() {
    let world = World::new();
    let client = world.client();
    let store = make_store(&client, "annex-store");
    let key = client.create_key("annexed", json!({"keystore_id": store}));
    let refused = |operation: &str, body: Value| {
        let (status, answer) = client.kms(operation, body);
        (status, code(&answer).to_owned())
    };
    let says = |number: &str| (400, format!("KMS.{number}"));
    assert_eq!(
        refused("enable-key-rotation", json!({"key_id": key})),
        says("0338")
    );
    let external = json!({"key_alias": "x", "keystore_id": store, "origin": "external"});
    assert_eq!(refused("create-key", external), says("0339"));
    let absent = json!({"key_alias": "y", "keystore_id": "0d0466b0-e727-4d9c-b35d-f84bb474a37f"});
    assert_eq!(refused("create-key", absent), says("8003"));
    // The second HSM has no Ed25519 in this version, and says so instead of making something else.
    let (status, answer) = client.kms(
        "create-key",
        json!({"key_alias": "z", "keystore_id": store, "key_spec": "ED25519", "key_usage": "SIGN_VERIFY"}),
    );
    assert_eq!((status, code(&answer)), (400, "KMS.1110"), "{answer}");
}

#[test]
fn a_store_that_holds_keys_is_not_given_up_and_one_of_another_account_is_not_there() {
    let world = World::new();
    let client = world.client();
    let store = make_store(&client, "annex-store");
    let _held = client.create_key("annexed", json!({"keystore_id": store}));
    let one = path(&client, &format!("keystores/{store}"));
    let (status, answer) = client.call("DELETE", &one, &Value::Null);
    assert_eq!((status, code(&answer)), (400, "KMS.0308"), "{answer}");
    let stranger = world.server.client(1);
    let theirs = path(&stranger, &format!("keystores/{store}"));
    let (status, answer) = stranger.call("GET", &theirs, &Value::Null);
    assert_eq!((status, code(&answer)), (400, "KMS.8003"), "{answer}");
    let (status, answer) = stranger.kms(
        "create-key",
        json!({"key_alias": "s", "keystore_id": store}),
    );
    assert_eq!((status, code(&answer)), (400, "KMS.8003"), "{answer}");
}

#[test]
fn a_cluster_of_other_accounts_is_not_there() {
    let world = World::with("accounts = [\"acme\"]");
    let body = |cluster: &str| json!({"keystore_alias": "mine", "hsm_cluster_id": cluster});
    let stranger = world.server.client(1);
    let target = path(&stranger, "keystores");
    let (status, refused) = stranger.call("POST", &target, &body("annex"));
    assert_eq!((status, code(&refused)), (400, "KMS.0308"), "{refused}");
    // It reads as of one that the configuration does not name.
    let (status, absent) = stranger.call("POST", &target, &body("xenna"));
    let told = text(&refused["error"]["error_msg"]).replace("annex", "xenna");
    assert_eq!((status, text(&absent["error"]["error_msg"])), (400, told));
    make_store(&world.client(), "annex-store");
}

#[test]
fn a_store_of_another_project_is_not_there() {
    let mut world = World::new();
    let client = world.client();
    let store = make_store(&client, "annex-store");
    let mut account = client.account().clone();
    let values = [
        Sql::from("5e0ad86ad3f34db9a5ac1b1f0ae4d9d2"),
        Sql::from(account.domain_id.as_str()),
    ];
    world.server.stop();
    let database = Database::open(world.server.database(), &[]).expect("the database is there");
    let made: Result<_, kit::db::Error> = database.write(|tx| {
        tx.execute(
            "INSERT INTO iam_projects (id, account_id, name, description, enabled, created_ms)
             VALUES ($1, $2, 'cn-north-4_second', '', 1, 0)",
            &values,
        )
    });
    made.expect("the statement is right");
    drop(database);
    world.server.run();
    account.project_id = "5e0ad86ad3f34db9a5ac1b1f0ae4d9d2".to_owned();
    let second = Client::new(world.server.address(), account, Ahead::default());
    let wanted = json!({"key_alias": "s", "keystore_id": store});
    let (status, answer) = second.kms("create-key", wanted.clone());
    assert_eq!((status, code(&answer)), (400, "KMS.8003"), "{answer}");
    let (status, answer) = world.client().kms("create-key", wanted);
    assert_eq!(status, 200, "{answer}");
}

/// Counts the objects of the second HSM.
fn objects(hsm: &SoftHsm) -> usize {
    let token = hsm.token();
    let listed = token.pkcs11_tool_as_user().arg("--list-objects").succeed();
    listed.text().matches("Object;").count()
}
