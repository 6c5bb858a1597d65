//! Users, groups, policies, what is attached, access keys.

use serde_json::json;

use super::*;
use crate::testing::{ACCESS_KEY, PASSWORD};

fn policy(effect: &str, actions: &[&str]) -> Value {
    json!({"Version": "1.1", "Statement": [{"Effect": effect, "Action": actions}]})
}

fn role(name: &str, policy: &Value) -> Value {
    json!({"role": {"display_name": name, "type": "XA", "description": "d", "policy": policy}})
}

fn make_group(world: &World, name: &str) -> String {
    let made = world
        .root()
        .post("/v3/groups", json!({"group": {"name": name}}));
    made.expect(201).text("/group/id")
}

/// Asks whether a user may do something in the project.
fn may(world: &World, user_id: &str, action: &str) -> bool {
    let caller = world.caller_of(user_id).unwrap();
    let context = caller.context(NOW_MS, "");
    let question = kit::policy::Question {
        actions: &[action],
        resource: None,
        context: &context,
    };
    caller
        .decide(&world.made.project_id, &question)
        .is_allowed()
}

#[test]
fn policies_are_managed_through_groups() {
    on_both(|world| {
        let root = world.root();
        let group = make_group(world, "users");
        let made = root.post(
            "/v3.0/OS-ROLE/roles",
            role("readers", &policy("Allow", &["kms:cmk:list"])),
        );
        let made = made.expect(201);
        let id = made.text("/role/id");
        assert_eq!(
            made.text("/role/policy/Statement/0/Action/0"),
            "kms:cmk:list"
        );
        root.put(&format!("/v3/groups/{group}/users/{}", world.alice))
            .expect(204);
        let project = &world.made.project_id;
        let at = format!("/v3/projects/{project}/groups/{group}/roles/{id}");
        root.head(&at).expect(404);
        assert!(!may(world, &world.alice, "kms:cmk:list"));
        root.put(&at).expect(204);
        root.put(&at).expect(204);
        root.head(&at).expect(204);
        assert!(may(world, &world.alice, "kms:cmk:list"));
        let listed = root
            .get(&format!("/v3/projects/{project}/groups/{group}/roles"))
            .expect(200);
        assert_eq!(listed.text("/roles/0/display_name"), "readers");
        let changed = role("readers", &policy("Allow", &["kms:cmk:get"]));
        root.call("PATCH", &format!("/v3.0/OS-ROLE/roles/{id}"), changed)
            .expect(200);
        assert!(!may(world, &world.alice, "kms:cmk:list"));
        assert!(may(world, &world.alice, "kms:cmk:get"));
        root.delete(&format!("/v3.0/OS-ROLE/roles/{id}"))
            .expect(409);
        root.delete(&at).expect(204);
        root.delete(&at).expect(404);
        assert!(!may(world, &world.alice, "kms:cmk:get"));
        root.delete(&format!("/v3.0/OS-ROLE/roles/{id}"))
            .expect(200);
        root.get(&format!("/v3.0/OS-ROLE/roles/{id}")).expect(404);
    });
}

#[test]
fn system_roles_are_found_by_name_and_attached_in_each_scope() {
    on_both(|world| {
        let root = world.root();
        let found = root
            .get("/v3/roles?display_name=KMS Administrator")
            .expect(200);
        assert_eq!(found.body["total_number"], 1);
        let role = found.text("/roles/0/id");
        assert_eq!(found.text("/roles/0/type"), "XA");
        root.get(&format!("/v3/roles/{role}")).expect(200);
        let group = make_group(world, "admins");
        root.put(&format!("/v3/groups/{group}/users/{}", world.alice))
            .expect(204);
        let account = &world.made.account.id;
        let in_account = format!("/v3/domains/{account}/groups/{group}/roles/{role}");
        let everywhere = format!(
            "/v3/OS-INHERIT/domains/{account}/groups/{group}/roles/{role}/inherited_to_projects"
        );
        for (target, expected) in [(&in_account, false), (&everywhere, true)] {
            root.put(target).expect(204);
            root.head(target).expect(204);
            assert_eq!(
                may(world, &world.alice, "kms:cmk:create"),
                expected,
                "{target}"
            );
            root.delete(target).expect(204);
            root.head(target).expect(404);
        }
        root.put(&format!("/v3/domains/{group}/groups/{group}/roles/{role}"))
            .expect(403);
        root.put(&format!("/v3/domains/{account}/groups/{group}/roles/x"))
            .expect(404);
        root.put(&format!("/v3/projects/x/groups/{group}/roles/{role}"))
            .expect(404);
        root.put(&format!("/v3/projects/x/groups/x/roles/{role}"))
            .expect(404);
    });
}

#[test]
fn users_are_made_changed_and_deleted() {
    on_both(|world| {
        let root = world.root();
        let new =
            json!({"user": {"name": "bob", "password": "bob's password", "description": "b"}});
        let made = root.post("/v3/users", new.clone()).expect(201);
        let id = made.text("/user/id");
        assert_eq!(made.text("/user/domain_id"), world.made.account.id);
        assert!(!made.body.to_string().contains("bob's password"));
        let taken = root.post("/v3.0/OS-USER/users", new).expect(409);
        assert_eq!(taken.text("/error_code"), "IAM.0005");
        let listed = root.get("/v3/users?name=bob").expect(200);
        assert_eq!(listed.body["users"].as_array().unwrap().len(), 1);
        let target = format!("/v3/users/{id}");
        let change = json!({"user": {"name": "robert", "enabled": false}});
        let changed = root.call("PATCH", &target, change).expect(200);
        assert_eq!(changed.text("/user/name"), "robert");
        assert_eq!(changed.text("/user/description"), "b");
        assert_eq!(changed.body["user"]["enabled"], false);
        let clash = json!({"user": {"name": "alice"}});
        root.call("PATCH", &target, clash).expect(409);
        root.delete(&target).expect(204);
        root.get(&target).expect(404);
        let own = format!("/v3/users/{}", world.made.root_user_id);
        root.delete(&own).expect(403);
        root.call("PATCH", &own, json!({"user": {"enabled": false}}))
            .expect(403);
    });
}

#[test]
fn groups_are_made_changed_and_deleted() {
    on_both(|world| {
        let root = world.root();
        let group = make_group(world, "g");
        root.post("/v3/groups", json!({"group": {"name": "g"}}))
            .expect(409);
        let target = format!("/v3/groups/{group}");
        let change = json!({"group": {"description": "d"}});
        let changed = root.call("PATCH", &target, change).expect(200);
        assert_eq!(
            (
                changed.text("/group/name"),
                changed.text("/group/description")
            ),
            ("g".into(), "d".into())
        );
        let member = format!("{target}/users/{}", world.alice);
        root.head(&member).expect(404);
        root.put(&member).expect(204);
        root.head(&member).expect(204);
        let members = root.get(&format!("{target}/users")).expect(200);
        assert_eq!(members.text("/users/0/name"), "alice");
        let groups = world
            .alice()
            .get(&format!("/v3/users/{}/groups", world.alice))
            .expect(200);
        assert_eq!(groups.text("/groups/0/id"), group);
        root.delete(&member).expect(204);
        root.delete(&member).expect(404);
        root.put(&format!("{target}/users/nobody")).expect(404);
        root.delete(&target).expect(204);
        root.get(&target).expect(404);
    });
}

#[test]
fn access_keys_are_ones_own_and_two_at_most() {
    on_both(|world| {
        let (root, alice) = (world.root(), world.alice());
        let keys = "/v3.0/OS-CREDENTIAL/credentials";
        let ask = |user: &str| json!({"credential": {"user_id": user, "description": "d"}});
        let made = alice.post(keys, ask(&world.alice)).expect(201);
        let (access, secret) = (
            made.text("/credential/access"),
            made.text("/credential/secret"),
        );
        assert_eq!(made.text("/credential/status"), "active");
        assert_eq!(
            made.text("/credential/create_time"),
            "2025-01-23T12:00:00.000000Z"
        );
        let headers = signed(&access, &secret, None);
        assert!(caller_of(world, &headers.request(), NOW_MS).is_some());
        alice.post(keys, ask(&world.alice)).expect(409);
        alice.post(keys, ask(&world.made.root_user_id)).expect(403);
        let listed = alice.get(keys).expect(200);
        assert_eq!(listed.body["credentials"].as_array().unwrap().len(), 2);
        assert!(!listed.body.to_string().contains(&secret));
        alice
            .get(&format!("{keys}?user_id={}", world.made.root_user_id))
            .expect(403);
        let target = format!("{keys}/{access}");
        let off = json!({"credential": {"status": "inactive"}});
        let shown = root.call("PUT", &target, off).expect(200);
        assert_eq!(shown.text("/credential/status"), "inactive");
        assert!(caller_of(world, &headers.request(), NOW_MS).is_none());
        let odd = json!({"credential": {"status": "x"}});
        root.call("PUT", &target, odd).expect(400);
        alice.delete(&target).expect(204);
        root.get(&target).expect(404);
        alice.get(&target).expect(403);
    });
}

/// Who has no policy can do nothing but look up and mind their own; a denial takes even that.
#[test]
fn administration_needs_permission() {
    let world = World::new();
    let alice = world.alice();
    let account = &world.made.account.id;
    let group = make_group(&world, "g");
    let root_id = &world.made.root_user_id;
    let body = json!({"user": {"name": "x"}, "group": {"name": "x"}});
    let calls = [
        ("POST", "/v3/users".to_owned()),
        ("GET", "/v3/users".to_owned()),
        ("GET", format!("/v3/users/{root_id}")),
        ("PATCH", format!("/v3/users/{}", world.alice)),
        ("DELETE", format!("/v3/users/{root_id}")),
        ("POST", "/v3/groups".to_owned()),
        ("GET", "/v3/groups".to_owned()),
        ("DELETE", format!("/v3/groups/{group}")),
        ("PUT", format!("/v3/groups/{group}/users/{}", world.alice)),
        ("GET", "/v3/roles".to_owned()),
        (
            "PUT",
            format!("/v3/domains/{account}/groups/{group}/roles/x"),
        ),
        ("GET", "/v3.0/OS-ROLE/roles".to_owned()),
        (
            "DELETE",
            format!("/v3.0/OS-CREDENTIAL/credentials/{}", "OTHER"),
        ),
    ];
    for (method, target) in &calls {
        let answer = alice.call(method, target, body.clone());
        assert_eq!(answer.status, 403, "{method} {target}: {answer:?}");
    }
    alice.get(&format!("/v3/users/{}", world.alice)).expect(200);

    let root = world.root();
    root.put(&format!("/v3/groups/{group}/users/{}", world.alice))
        .expect(204);
    let administrator = kit::policy::system::by_name("Security Administrator")
        .unwrap()
        .id;
    root.put(&format!(
        "/v3/domains/{account}/groups/{group}/roles/{administrator}"
    ))
    .expect(204);
    let alice = world.alice();
    alice.get("/v3/users").expect(200);
    // Not even who administers IAM becomes the account's own user.
    let password = json!({"user": {"password": "taken over"}});
    alice
        .call("PATCH", &format!("/v3/users/{root_id}"), password)
        .expect(403);
    let key = json!({"credential": {"user_id": root_id}});
    alice
        .post("/v3.0/OS-CREDENTIAL/credentials", key)
        .expect(403);

    let mut deny = role("no keys", &policy("Deny", &["iam:credentials:*"]));
    deny["role"]["type"] = json!("AX");
    let deny = root
        .post("/v3.0/OS-ROLE/roles", deny)
        .expect(201)
        .text("/role/id");
    root.put(&format!(
        "/v3/domains/{account}/groups/{group}/roles/{deny}"
    ))
    .expect(204);
    world
        .alice()
        .get("/v3.0/OS-CREDENTIAL/credentials")
        .expect(403);
}

#[test]
fn ones_own_password_is_changed_with_the_old_one() {
    let world = World::new();
    let target = format!("/v3/users/{}/password", world.alice);
    let change =
        |old: &str, new: &str| json!({"user": {"original_password": old, "password": new}});
    world
        .alice()
        .post(&target, change("wrong password", "another one"))
        .expect(401);
    world
        .root()
        .post(&target, change(PASSWORD, "another one"))
        .expect(403);
    world
        .alice()
        .post(&target, change(PASSWORD, "short"))
        .expect(400);
    world
        .alice()
        .post(&target, change(PASSWORD, "another one"))
        .expect(204);
    world
        .alice()
        .post(&target, change(PASSWORD, "a third one"))
        .expect(401);
}

#[test]
fn bad_policies_are_refused_with_their_place() {
    let world = World::new();
    let mut bad = role(
        "bad",
        &policy("Allow", &["kms:cmk:get", "no action at all"]),
    );
    let answer = world
        .root()
        .post("/v3.0/OS-ROLE/roles", bad.clone())
        .expect(400);
    assert_eq!(answer.text("/error_code"), "IAM.0007");
    assert!(
        answer.text("/error_msg").contains("Statement[0].Action[1]"),
        "{answer:?}"
    );
    bad = role("big", &policy("Allow", &vec!["kms:cmk:get"; 129]));
    world.root().post("/v3.0/OS-ROLE/roles", bad).expect(400);
    let taken = role("KMS Administrator", &policy("Allow", &["kms:cmk:get"]));
    world.root().post("/v3.0/OS-ROLE/roles", taken).expect(409);
    for member in ["display_name", "type", "policy"] {
        let mut incomplete = role("x", &policy("Allow", &["kms:cmk:get"]));
        incomplete["role"].as_object_mut().unwrap().remove(member);
        world
            .root()
            .post("/v3.0/OS-ROLE/roles", incomplete)
            .expect(400);
    }
}

#[test]
fn nothing_of_another_account_can_be_seen() {
    on_both(|world| {
        let new = crate::store::account::NewAccount {
            name: "other",
            password: None,
            project: "cn-north-4",
        };
        let other = world.write(|tx| crate::store::account::create(tx, &new, NOW_MS));
        let stranger = world.client(world.caller_of(&other.root_user_id));
        let group = make_group(world, "g");
        let policy = role("p", &policy("Allow", &["kms:cmk:list"]));
        let own = world
            .root()
            .post("/v3.0/OS-ROLE/roles", policy)
            .expect(201)
            .text("/role/id");
        let account = &world.made.account.id;
        let targets = [
            format!("/v3/users/{}", world.alice),
            format!("/v3/groups/{group}"),
            format!("/v3/groups/{group}/users"),
            format!("/v3/roles/{own}"),
            format!("/v3.0/OS-ROLE/roles/{own}"),
            format!("/v3.0/OS-CREDENTIAL/credentials/{ACCESS_KEY}"),
            format!("/v3/projects/{}", world.made.project_id),
            format!("/v3.0/OS-CREDENTIAL/credentials?user_id={}", world.alice),
            format!(
                "/v3/projects/{}/groups/{group}/roles",
                world.made.project_id
            ),
        ];
        for target in targets {
            let answer = stranger.get(&target);
            assert_eq!(answer.status, 404, "{target}: {answer:?}");
        }
        stranger
            .get(&format!("/v3/roles?domain_id={account}"))
            .expect(403);
        stranger
            .get(&format!("/v3/users?domain_id={account}"))
            .expect(403);
        stranger
            .put(&format!("/v3/groups/{group}/users/{}", world.alice))
            .expect(404);
        assert_eq!(
            stranger.get("/v3/users").body["users"]
                .as_array()
                .unwrap()
                .len(),
            1
        );
    });
}

#[test]
fn a_change_and_its_trace_are_kept_together_without_secrets() {
    let world = World::new();
    let new = json!({"user": {"name": "bob", "password": "bob's password"}});
    world.root().post("/v3/users", new).expect(201);
    let key = json!({"credential": {"user_id": world.alice}});
    let secret = world
        .alice()
        .post("/v3.0/OS-CREDENTIAL/credentials", key)
        .expect(201);
    let traces = world.write(|tx| {
        let rows = tx.rows("SELECT name, details FROM trail ORDER BY name", &[])?;
        let read = |row: &kit::db::Row| Ok((row.text("name")?, row.text("details")?));
        rows.iter()
            .map(read)
            .collect::<Result<Vec<_>, crate::error::IamError>>()
    });
    let names: Vec<&str> = traces.iter().map(|trace| trace.0.as_str()).collect();
    assert_eq!(names, ["createCredential", "createUser"]);
    for (_, details) in &traces {
        assert!(!details.contains("bob's password"));
        assert!(!details.contains(&secret.text("/credential/secret")));
    }
}
