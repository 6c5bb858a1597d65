//! Two tenants: whatever one asks about the keys of the other, the answer is that there are none; and rows that somebody
//! has moved between keys in the database are good for nothing.

#![forbid(unsafe_code)]

use std::collections::BTreeSet;

use kit::db::{Database, Value as Sql};
use kit::testing::postgres_url;
use serde_json::{Map, Value, json};
use tests::{Account, Ahead, Client, Run, Server, Setup, SoftHsm, code, program, text};

/// The SHA-256 of nothing, in Base64.
const DIGEST: &str = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
/// A key that nobody has.
const NO_KEY: &str = "00000000-0000-4000-8000-000000000000";

/// What one tenant has.
struct Tenant {
    client: Client,
    key: String,
    rsa: String,
    signer: String,
    mac: String,
    external: String,
    cipher: String,
    datakey: String,
    grant: String,
    token: String,
    material: String,
}

impl Tenant {
    fn of(client: Client, name: &str) -> Self {
        let make = |suffix: &str, more| client.create_key(&format!("{name}-{suffix}"), more);
        let key = make("aes", json!({}));
        let rsa = make(
            "rsa",
            json!({"key_spec": "RSA_2048", "key_usage": "ENCRYPT_DECRYPT"}),
        );
        let signer = make("p256", json!({"key_spec": "EC_P256"}));
        let mac = make("hmac", json!({"key_spec": "HMAC_256"}));
        let external = make("external", json!({"origin": "external"}));
        let wrapped = client
            .wrapping(&external)
            .expect("it waits for material")
            .body(&[5; 32]);
        let alias = json!({"key_id": key, "alias": format!("alias/{name}")});
        client.kms_ok("aliases", alias);
        client.kms_ok(
            &format!("{key}/tags"),
            json!({"tag": {"key": "owner", "value": name}}),
        );
        let grant =
            json!({"key_id": key, "grantee_principal": "nobody", "operations": ["describe-key"]});
        Self {
            cipher: client.encrypt(&key, &format!("secret of {name}")),
            datakey: text(&client.kms_ok("create-datakey", json!({"key_id": key}))["cipher_text"]),
            grant: text(&client.kms_ok("create-grant", grant)["grant_id"]),
            token: text(&wrapped["import_token"]),
            material: text(&wrapped["encrypted_key_material"]),
            client,
            key,
            rsa,
            signer,
            mac,
            external,
        }
    }
}

/// A call that names something of a key: method, template of the path below the project, body.
type Row = (&'static str, &'static str, Value);

/// Every operation that names a key, with a body that would be right for the key's owner.
#[rustfmt::skip] // A table reads by its rows.
fn calls(of: &Tenant) -> Vec<Row> {
    let id = |more: Value| {
        let mut body = json!({"key_id": of.key});
        if let (Value::Object(body), Value::Object(more)) = (&mut body, more) {
            body.extend(more);
        }
        body
    };
    let (post, delete, get) = ("POST", "DELETE", "GET");
    let sealed = "AB".repeat(32) + "6DB65FD59FD356F6729140571B5BCD6BB3B83492A16E1BF0A3884442FC3C8A0E";
    vec![
        (post, "kms/enable-key", id(json!({}))),
        (post, "kms/disable-key", id(json!({}))),
        (post, "kms/schedule-key-deletion", id(json!({"pending_days": "7"}))),
        (post, "kms/cancel-key-deletion", id(json!({}))),
        (post, "kms/update-key-alias", id(json!({"key_alias": "mine"}))),
        (post, "kms/update-key-description", id(json!({"key_description": "mine"}))),
        (post, "kms/describe-key", id(json!({}))),
        (post, "kms/get-publickey", json!({"key_id": of.signer})),
        (post, "kms/create-datakey", id(json!({}))),
        (post, "kms/create-datakey-without-plaintext", id(json!({}))),
        (post, "kms/encrypt-datakey", id(json!({"plain_text": sealed, "datakey_plain_length": "32"}))),
        (post, "kms/decrypt-datakey", id(json!({"cipher_text": of.datakey, "datakey_cipher_length": "32"}))),
        (post, "kms/create-rsa-datakey-pair", id(json!({"key_spec": "RSA_2048"}))),
        (post, "kms/create-ec-datakey-pair", id(json!({"key_spec": "ECC_NIST_P256"}))),
        (post, "kms/encrypt-data", id(json!({"plain_text": "x"}))),
        (post, "kms/encrypt-data", json!({"key_id": of.rsa, "plain_text": "x", "encryption_algorithm": "RSAES_OAEP_SHA_256"})),
        (post, "kms/decrypt-data", json!({"cipher_text": of.cipher})),
        (post, "kms/decrypt-data", id(json!({"cipher_text": of.cipher}))),
        (post, "kms/re-encrypt", json!({"cipher_text": of.cipher, "destination_key_id": of.key})),
        (post, "kms/sign", json!({"key_id": of.signer, "message": DIGEST, "signing_algorithm": "ECDSA_SHA_256"})),
        (post, "kms/verify", json!({"key_id": of.signer, "message": DIGEST, "signature": DIGEST, "signing_algorithm": "ECDSA_SHA_256"})),
        (post, "kms/generate-mac", json!({"key_id": of.mac, "message": DIGEST, "mac_algorithm": "HMAC_SHA_256"})),
        (post, "kms/verify-mac", json!({"key_id": of.mac, "message": DIGEST, "mac": DIGEST, "mac_algorithm": "HMAC_SHA_256"})),
        (post, "kms/derive-shared-secret", json!({"key_id": of.signer, "key_agreement_algorithm": "ECDH", "public_key": DIGEST})),
        (post, "kms/get-parameters-for-import", json!({"key_id": of.external, "wrapping_algorithm": "RSAES_OAEP_SHA_256"})),
        (post, "kms/import-key-material", json!({"key_id": of.external, "import_token": of.token, "encrypted_key_material": of.material})),
        (post, "kms/delete-imported-key-material", json!({"key_id": of.external})),
        (post, "kms/enable-key-rotation", id(json!({}))),
        (post, "kms/disable-key-rotation", id(json!({}))),
        (post, "kms/update-key-rotation-interval", id(json!({"rotation_interval": 30}))),
        (post, "kms/get-key-rotation-status", id(json!({}))),
        (post, "kms/rotate-on-demand", id(json!({}))),
        (post, "kms/create-grant", id(json!({"grantee_principal": "x", "operations": ["describe-key"]}))),
        (post, "kms/revoke-grant", id(json!({"grant_id": of.grant}))),
        (post, "kms/retire-grant", id(json!({"grant_id": of.grant}))),
        (post, "kms/list-grants", id(json!({}))),
        (post, "kms/aliases", id(json!({"alias": "alias/mine"}))),
        (delete, "kms/aliases", id(json!({"aliases": ["alias/acme"]}))),
        (post, "kms/alias/associate", json!({"alias": "alias/acme", "target_key_id": of.key})),
        (get, "kms/aliases?key_id={key_id}", Value::Null),
        (post, "kms/{key_id}/tags", json!({"tag": {"key": "k", "value": "v"}})),
        (post, "kms/{key_id}/tags/action", json!({"action": "create", "tags": [{"key": "k", "value": "v"}]})),
        (delete, "kms/{key_id}/tags/{key}", Value::Null),
        (get, "kms/{key_id}/tags", Value::Null),
    ]
}

/// Operations that name no key.
fn others() -> Vec<Row> {
    vec![
        ("POST", "kms/create-key", json!({"key_alias": "mine"})),
        ("POST", "kms/list-keys", json!({})),
        (
            "POST",
            "kms/gen-random",
            json!({"random_data_length": "256"}),
        ),
        ("GET", "kms/user-instances", Value::Null),
        ("GET", "kms/user-quotas", Value::Null),
        ("POST", "kms/list-retirable-grants", json!({})),
        ("GET", "kms/tags", Value::Null),
        (
            "POST",
            "kms/resource_instances/action",
            json!({"action": "filter"}),
        ),
        (
            "POST",
            "keystores",
            json!({"keystore_alias": "mine", "hsm_cluster_id": "one"}),
        ),
        ("GET", "keystores", Value::Null),
        ("GET", "keystores/{keystore_id}", Value::Null),
        ("DELETE", "keystores/{keystore_id}", Value::Null),
        ("POST", "keystores/{keystore_id}/enable", Value::Null),
        ("POST", "keystores/{keystore_id}/disable", Value::Null),
    ]
}

/// Writes the path of a call in a project.
fn path(project: &str, template: &str, key: &str) -> String {
    let rest = template
        .replace("{key_id}", key)
        .replace("{keystore_id}", NO_KEY)
        .replace("{key}", "owner");
    format!("/v1.0/{project}/{rest}")
}

/// Every operation of the server's own document that has a project in its path is in one of the tables.
fn check_tables(tables: &[&[Row]]) {
    let document = Run::new(program("dew-server")).args("openapi").succeed();
    let document: Value = serde_json::from_slice(document.bytes()).expect("JSON");
    let known: BTreeSet<(String, String)> = tables
        .iter()
        .flat_map(|rows| rows.iter())
        .map(|(method, template, _)| {
            let template = template.split('?').next().unwrap_or_default();
            (
                method.to_ascii_lowercase(),
                format!("/v1.0/{{project_id}}/{template}"),
            )
        })
        .collect();
    let paths = document["paths"].as_object().expect("an object");
    let in_project = paths
        .iter()
        .filter(|(path, _)| path.starts_with("/v1.0/{project_id}/"));
    for (path, methods) in in_project {
        for method in methods.as_object().expect("an object").keys() {
            let row = (method.clone(), path.clone());
            assert!(known.contains(&row), "no test has {method} {path}");
        }
    }
}

/// Everything about a tenant's keys that the other must not have changed.
fn picture(tenant: &Tenant) -> Value {
    let client = &tenant.client;
    let get = |rest: &str| client.call("GET", &client.kms_path(rest), &Value::Null).1;
    json!({
        "keys": client.kms_ok("list-keys", json!({"key_spec": "ALL"})),
        "aliases": get("aliases"),
        "tags": get("tags"),
        "grants": client.kms_ok("list-grants", json!({"key_id": tenant.key})),
        "rotation": client.kms_ok("get-key-rotation-status", json!({"key_id": tenant.key})),
    })
}

fn swap_everything(server: &Server) {
    let one = Tenant::of(server.client(0), "acme");
    let two = Tenant::of(server.client(1), "globex");
    let before = picture(&one);
    check_tables(&[&calls(&one), &others()]);
    let project = &two.client.account().project_id;
    let mut absent = Tenant::of(server.client(1), "absent");
    for key in [
        &mut absent.key,
        &mut absent.rsa,
        &mut absent.signer,
        &mut absent.mac,
        &mut absent.external,
    ] {
        NO_KEY.clone_into(key);
    }
    let unknown = calls(&absent);
    for (index, (method, template, body)) in calls(&one).iter().enumerate() {
        // Another's key, in the caller's own project.
        let (status, answer) = two
            .client
            .call(method, &path(project, template, &one.key), body);
        assert_eq!(
            (status, code(&answer)),
            (404, "KMS.0207"),
            "{method} {template} {answer}"
        );
        // The same as for a key that nobody has, to the letter.
        if !template.ends_with("decrypt-data") && !template.ends_with("re-encrypt") {
            let (_, template, body) = &unknown[index];
            let same = two
                .client
                .call(method, &path(project, template, NO_KEY), body);
            assert_eq!((status, answer), same, "{method} {template}");
        }
    }
    for (method, template, body) in calls(&one).iter().chain(&others()) {
        // The other's project.
        let path = path(&one.client.account().project_id, template, &one.key);
        let (status, answer) = two.client.call(method, &path, body);
        assert_eq!(
            (status, code(&answer)),
            (403, "KMS.0321"),
            "{method} {template} {answer}"
        );
    }
    cross(&one, &two);
    assert_eq!(picture(&one), before, "the other tenant changed something");
    assert_eq!(one.client.decrypt(&one.cipher), "secret of acme");
}

/// A key of one's own with something of the other's beside it.
fn cross(one: &Tenant, two: &Tenant) {
    let refused = |operation: &str, body: Value, expected: &str| {
        let (status, answer) = two.client.kms(operation, body);
        assert!(status >= 400, "{operation}: {answer}");
        assert_eq!(code(&answer), expected, "{operation}: {answer}");
    };
    let own = |more: Value| {
        let mut body = Map::new();
        body.insert("key_id".to_owned(), two.key.clone().into());
        body.extend(more.as_object().expect("an object").clone());
        Value::Object(body)
    };
    refused(
        "decrypt-data",
        own(json!({"cipher_text": one.cipher})),
        "KMS.2201",
    );
    refused(
        "decrypt-datakey",
        own(json!({"cipher_text": one.datakey, "datakey_cipher_length": "32"})),
        "KMS.2201",
    );
    let there = json!({"cipher_text": one.cipher, "destination_key_id": two.key});
    refused("re-encrypt", there, "KMS.0207");
    let here = json!({"cipher_text": two.cipher, "destination_key_id": one.key});
    refused("re-encrypt", here, "KMS.0207");
    // A grant of the other's key, and one that nobody has.
    for grant in [&one.grant, &"ab".repeat(32)] {
        for operation in ["revoke-grant", "retire-grant"] {
            refused(operation, own(json!({"grant_id": grant})), "KMS.2501");
        }
    }
    let urn = format!(
        "kms:cn-north-4:{}:alias:acme",
        one.client.account().domain_id
    );
    for name in ["alias/acme", urn.as_str()] {
        refused(
            "encrypt-data",
            json!({"key_id": name, "plain_text": "x"}),
            "KMS.0207",
        );
    }
    refused(
        "alias/associate",
        json!({"alias": "alias/acme", "target_key_id": two.key}),
        "KMS.0308",
    );
    // The same name is free in another account.
    let (status, answer) = two
        .client
        .kms("aliases", own(json!({"alias": "alias/acme"})));
    assert_eq!(status, 201, "{answer}");
    let listed = two.client.kms_ok("list-keys", json!({"key_spec": "ALL"}));
    let listed = listed.to_string()
        + &two
            .client
            .kms_ok("list-retirable-grants", json!({}))
            .to_string();
    for id in [
        &one.key,
        &one.rsa,
        &one.signer,
        &one.mac,
        &one.external,
        &one.grant,
    ] {
        assert!(!listed.contains(id.as_str()), "{listed}");
    }
}

#[test]
fn whatever_is_another_tenants_is_not_there() {
    let hsm = SoftHsm::start();
    for setup in [Setup::default(), Setup::on(postgres_url())] {
        swap_everything(&Server::start_as(&hsm.token(), &setup));
    }
}

/// Changes the database behind the stopped server's back.
fn tamper(server: &mut Server, statements: &[Change]) {
    server.stop();
    let database = Database::open(server.database(), &[]).expect("the database is there");
    let changed: Result<(), kit::db::Error> = database.write(|tx| {
        for (sql, values) in statements {
            assert!(tx.execute(sql, values)? > 0, "{sql}");
        }
        Ok(())
    });
    changed.expect("the statements are right");
    drop(database);
    server.run();
}

/// Makes a user of an account to whom no policy lets anything.
fn nobody(server: &Server, account: usize) -> Client {
    let root = server.client(account);
    let owner = root.account().clone();
    let user = json!({"user": {"name": "nobody", "domain_id": owner.domain_id, "enabled": true}});
    let (status, made) = root.call("POST", "/v3/users", &user);
    assert_eq!(status, 201, "{made}");
    let user_id = text(&made["user"]["id"]);
    let wanted = json!({"credential": {"user_id": user_id}});
    let (status, made) = root.call("POST", "/v3.0/OS-CREDENTIAL/credentials", &wanted);
    assert_eq!(status, 201, "{made}");
    let account = Account {
        access: text(&made["credential"]["access"]),
        secret: text(&made["credential"]["secret"]),
        user_id,
        ..owner
    };
    Client::new(server.address(), account, Ahead::default())
}

/// Also to a user without any permission, a key of another account and one that nobody has are alike.
#[test]
fn who_may_do_nothing_learns_nothing_either() {
    let hsm = SoftHsm::start();
    let server = Server::start(&hsm.token());
    let one = Tenant::of(server.client(0), "acme");
    let mut absent = Tenant::of(server.client(0), "absent");
    for key in [
        &mut absent.key,
        &mut absent.rsa,
        &mut absent.signer,
        &mut absent.mac,
        &mut absent.external,
    ] {
        NO_KEY.clone_into(key);
    }
    let client = nobody(&server, 1);
    let project = client.account().project_id.clone();
    let unknown = calls(&absent);
    for (index, (method, template, body)) in calls(&one).iter().enumerate() {
        let seen = client.call(method, &path(&project, template, &one.key), body);
        assert!(
            seen.0 == 403 || seen.0 == 404,
            "{method} {template} {seen:?}"
        );
        let (_, template, body) = &unknown[index];
        let same = client.call(method, &path(&project, template, NO_KEY), body);
        assert_eq!(
            seen.0, same.0,
            "{method} {template}: {} and {}",
            seen.1, same.1
        );
        assert_eq!(code(&seen.1), code(&same.1), "{method} {template}");
    }
}

/// A change behind the server's back: a statement and its values.
type Change = (&'static str, Vec<Sql>);

/// Moves the wrapped key, with its seal, from one key's row to another's.
const MOVE: &str = "UPDATE kms_version SET
    wrapped = (SELECT other.wrapped FROM kms_version AS other WHERE other.key_id = $1 AND other.version = 1),
    seal = (SELECT other.seal FROM kms_version AS other WHERE other.key_id = $1 AND other.version = 1)
    WHERE key_id = $2 AND version = 1";

/// What somebody may try who can write to the database: `rotated` is a key of the second tenant with two versions.
fn changes(one: &Tenant, two: &Tenant, third: &str, rotated: &str) -> Vec<Change> {
    let text = |id: &str| Sql::from(id);
    let account = two.client.account();
    vec![
        // A key of the other account into an own one, and into a second.
        (MOVE, vec![text(&one.key), text(&two.key)]),
        (MOVE, vec![text(&one.key), text(third)]),
        // Another version number.
        (
            "UPDATE kms_version SET version = 9 WHERE key_id = $1 AND version = 2",
            vec![text(rotated)],
        ),
        (
            "UPDATE kms_key SET version = 9 WHERE key_id = $1",
            vec![text(rotated)],
        ),
        // Another owner.
        (
            "UPDATE kms_key SET account_id = $2, project_id = $3 WHERE key_id = $1",
            vec![
                text(&one.mac),
                text(&account.domain_id),
                text(&account.project_id),
            ],
        ),
        // A public key whose private half somebody else has.
        (
            "UPDATE kms_key SET public_key =
                (SELECT other.public_key FROM kms_key AS other WHERE other.key_id = $1) WHERE key_id = $2",
            vec![text(&one.signer), text(&two.signer)],
        ),
        (
            "UPDATE kms_version SET public_key =
                (SELECT other.public_key FROM kms_key AS other WHERE other.key_id = $1) WHERE key_id = $2",
            vec![text(&one.signer), text(&two.signer)],
        ),
    ]
}

#[test]
fn rows_that_were_moved_or_changed_are_refused() {
    let hsm = SoftHsm::start();
    for setup in [Setup::default(), Setup::on(postgres_url())] {
        let mut server = Server::start_as(&hsm.token(), &setup);
        let one = Tenant::of(server.client(0), "acme");
        let two = Tenant::of(server.client(1), "globex");
        let third = two.client.create_key("third", json!({}));
        let third_cipher = two.client.encrypt(&third, "third");
        let rotated = two.client.create_key("rotated", json!({}));
        let old = two.client.encrypt(&rotated, "old");
        two.client
            .kms_ok("rotate-on-demand", json!({"key_id": rotated}));
        let signed = |key: &str| json!({"key_id": key, "message": DIGEST, "signing_algorithm": "ECDSA_SHA_256"});
        let forged = one.client.kms_ok("sign", signed(&one.signer));
        let mut verify = signed(&two.signer);
        verify["signature"] = forged["signature"].clone();
        assert_eq!(
            two.client.kms_ok("verify", verify.clone())["signature_valid"],
            "false"
        );
        tamper(&mut server, &changes(&one, &two, &third, &rotated));
        let client = server.client(1);
        let encrypt = |key: &str| json!({"key_id": key, "plain_text": "x"});
        for (operation, body) in [
            ("encrypt-data", encrypt(&two.key)),
            ("decrypt-data", json!({"cipher_text": two.cipher})),
            ("create-datakey", json!({"key_id": two.key})),
            ("encrypt-data", encrypt(&third)),
            ("decrypt-data", json!({"cipher_text": third_cipher})),
            ("encrypt-data", encrypt(&rotated)),
            (
                "generate-mac",
                json!({"key_id": one.mac, "message": DIGEST, "mac_algorithm": "HMAC_SHA_256"}),
            ),
            ("get-publickey", json!({"key_id": two.signer})),
            ("verify", verify),
            ("sign", signed(&two.signer)),
        ] {
            let (status, answer) = client.kms(operation, body);
            assert!(status >= 400, "{operation} worked: {answer}");
            assert_ne!(
                status, 503,
                "{operation}: trying again does not help: {answer}"
            );
        }
        // What was left alone works on.
        assert_eq!(client.decrypt(&old), "old");
        assert_eq!(server.client(0).decrypt(&one.cipher), "secret of acme");
    }
}

/// The traces of a project with that name: identifier and name of the resource, and the user.
fn traces(client: &Client, name: &str) -> BTreeSet<[String; 3]> {
    let project = &client.account().project_id;
    let target = format!("/v3/{project}/traces?limit=200&trace_name={name}&trace_type=system");
    let (status, found) = client.call("GET", &target, &Value::Null);
    assert_eq!(status, 200, "{found}");
    let found = found["traces"].as_array().expect("a list");
    let shown = found.iter().map(|trace| {
        let member = |name: &str| trace[name].as_str().unwrap_or_default().to_owned();
        let user = trace["user"]["name"].as_str().unwrap_or_default();
        [
            member("resource_id"),
            member("resource_name"),
            user.to_owned(),
        ]
    });
    shown.collect()
}

/// What a grantee of another account does is in the owner's traces, and its own do not tell how the owner calls the key.
#[test]
fn the_use_of_a_granted_key_is_traced_for_its_owner() {
    let hsm = SoftHsm::start();
    let server = Server::start(&hsm.token());
    let (owner, grantee) = (server.client(0), server.client(1));
    let user = grantee.account().user_id.clone();
    let key = owner.create_key("our-name", json!({}));
    let operations = [
        "encrypt-data",
        "decrypt-data",
        "create-grant",
        "retire-grant",
    ];
    let grant = json!({"key_id": key, "grantee_principal": user, "operations": operations});
    let grant = text(&owner.kms_ok("create-grant", grant)["grant_id"]);
    let cipher = grantee.encrypt(&key, "x");
    let own = grantee.create_key("own", json!({}));
    let move_it = json!({"cipher_text": cipher, "destination_key_id": own});
    grantee.kms_ok("re-encrypt", move_it);
    grantee.kms_ok("retire-grant", json!({"key_id": key, "grant_id": grant}));
    let row = |id: &str, name: &str| {
        let user = &grantee.account().name;
        BTreeSet::from([[id.to_owned(), name.to_owned(), user.clone()]])
    };
    for name in ["encryptData", "retireGrant"] {
        assert_eq!(traces(&owner, name), row(&key, "our-name"), "{name}");
        assert_eq!(traces(&grantee, name), row(&key, ""), "{name}");
    }
    // The source of a re-encryption was used too, though the trace is about the destination.
    assert_eq!(traces(&owner, "reEncrypt"), row(&key, "our-name"));
    assert_eq!(traces(&grantee, "reEncrypt"), row(&own, "own"));
}

/// Makes a user of the first account with a policy of its own in the account's project.
fn user_with(server: &Server, statements: &Value) -> Client {
    let root = server.client(0);
    let user = nobody(server, 0);
    let made = |target: &str, body: Value| {
        let (status, made) = root.call("POST", target, &body);
        assert_eq!(status, 201, "{made}");
        made
    };
    let group = made("/v3/groups", json!({"group": {"name": "limited"}}));
    let policy = json!({"Version": "1.1", "Statement": statements});
    let role =
        json!({"display_name": "limited", "type": "XA", "description": "d", "policy": policy});
    let role = made("/v3.0/OS-ROLE/roles", json!({"role": role}));
    let (group, role) = (text(&group["group"]["id"]), text(&role["role"]["id"]));
    let account = user.account();
    for target in [
        format!("/v3/groups/{group}/users/{}", account.user_id),
        format!(
            "/v3/projects/{}/groups/{group}/roles/{role}",
            account.project_id
        ),
    ] {
        let (status, answer) = root.call("PUT", &target, &Value::Null);
        assert_eq!(status, 204, "{target}: {answer}");
    }
    user
}

#[test]
fn a_policy_sees_the_algorithms_of_a_re_encryption_and_the_tags_of_a_request() {
    let hsm = SoftHsm::start();
    let server = Server::start(&hsm.token());
    let root = server.client(0);
    let aes = root.create_key("aes", json!({}));
    let pair = json!({"key_spec": "RSA_2048", "key_usage": "ENCRYPT_DECRYPT"});
    let rsa = root.create_key("rsa", pair);
    let cipher = root.encrypt(&aes, "x");
    let user = user_with(
        &server,
        &json!([
            {"Effect": "Allow", "Action": ["kms:*:*"]},
            {"Effect": "Deny", "Action": ["kms:cmk:encryptData"],
             "Condition": {"StringEquals": {"kms:EncryptionAlgorithm": ["SYMMETRIC_DEFAULT"]}}},
            {"Effect": "Deny", "Action": ["kms:cmk:tagResource"],
             "Condition": {"StringEquals": {"g:RequestTag/stage": ["live"]}}},
            {"Effect": "Deny", "Action": ["kms:cmk:untagResource"],
             "Condition": {"ForAnyValue:StringEquals": {"g:TagKeys": ["stage"]}}},
        ]),
    );
    let seen = |operation: &str, body: Value| {
        let (status, answer) = user.kms(operation, body);
        (status, code(&answer).to_owned())
    };
    let denied = || (403, "KMS.0306".to_owned());
    let to = |key: &str| json!({"cipher_text": cipher, "destination_key_id": key});
    assert_eq!(seen("re-encrypt", to(&aes)), denied());
    // Only the destination encrypts: that the source decrypts in the denied way does not count.
    let mut other = to(&rsa);
    other["destination_encryption_algorithm"] = "RSAES_OAEP_SHA_1".into();
    assert_eq!(seen("re-encrypt", other), (200, String::new()));
    let (one, many) = (format!("{aes}/tags"), format!("{aes}/tags/action"));
    let tag = |value: &str| json!({"key": "stage", "value": value});
    assert_eq!(seen(&one, json!({"tag": tag("live")})), denied());
    assert_eq!(seen(&one, json!({"tag": tag("test")})).0, 204);
    for (action, value, free) in [("create", "live", "test"), ("delete", "test", "")] {
        let change = |tags: Value| seen(&many, json!({"action": action, "tags": tags}));
        assert_eq!(
            change(json!([{"key": "a"}, tag(value)])),
            denied(),
            "{action}"
        );
        let tags = if free.is_empty() {
            json!([{"key": "a"}])
        } else {
            json!([{"key": "a"}, tag(free)])
        };
        assert_eq!(change(tags).0, 204, "{action}");
    }
    let (status, answer) = user.call(
        "DELETE",
        &user.kms_path(&format!("{one}/stage")),
        &Value::Null,
    );
    assert_eq!((status, code(&answer)), (403, "KMS.0306"), "{answer}");
}
