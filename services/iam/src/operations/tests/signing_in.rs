//! Tokens, temporary keys, and what a client looks up.

use serde_json::json;

use super::*;
use crate::store::project;
use crate::testing::PASSWORD;

const DAY_MS: i64 = 86_400_000;

fn password(user: &Value, scope: Option<Value>) -> Value {
    let identity = json!({"methods": ["password"], "password": {"user": user}});
    match scope {
        Some(scope) => json!({"auth": {"identity": identity, "scope": scope}}),
        None => json!({"auth": {"identity": identity}}),
    }
}

fn alice() -> Value {
    json!({"name": "alice", "password": PASSWORD, "domain": {"name": "acct"}})
}

fn subject_token(answer: &Answer) -> String {
    let header = answer
        .headers
        .iter()
        .find(|header| header.0 == "X-Subject-Token");
    header.expect("a token").1.clone()
}

#[test]
fn a_password_gives_a_token_for_a_project() {
    on_both(|world| {
        let scope = json!({"project": {"name": "cn-north-4"}});
        let answer = world
            .nobody()
            .post("/v3/auth/tokens", password(&alice(), Some(scope)));
        let answer = answer.expect(201);
        assert_eq!(
            answer.text("/token/issued_at"),
            "2025-01-23T12:00:00.000000Z"
        );
        assert_eq!(
            answer.text("/token/expires_at"),
            "2025-01-24T12:00:00.000000Z"
        );
        assert_eq!(answer.text("/token/user/name"), "alice");
        assert_eq!(answer.text("/token/user/domain/name"), "acct");
        assert_eq!(answer.text("/token/project/name"), "cn-north-4");
        assert_eq!(
            answer.text("/token/project/domain/id"),
            world.made.account.id
        );
        let url = format!("https://iam.test/v1.0/{}", world.made.project_id);
        assert_eq!(answer.text("/token/catalog/0/endpoints/0/url"), url);
        assert_eq!(answer.body["token"]["methods"], json!(["password"]));
        assert!(answer.body["token"].get("domain").is_none());

        let text = subject_token(&answer);
        let mut bearer = world.bearer(&text);
        let caller = bearer.caller.as_ref().unwrap();
        assert_eq!(caller.project_id.as_deref(), Some(&*world.made.project_id));
        bearer.subject_token.clone_from(&text);
        let shown = bearer.get("/v3/auth/tokens?nocatalog=true").expect(200);
        assert_eq!(shown.body["token"]["catalog"], json!([]));
        assert_eq!(
            shown.text("/token/expires_at"),
            "2025-01-24T12:00:00.000000Z"
        );
        assert_eq!(subject_token(&shown), text);
    });
}

#[test]
fn a_sign_in_leaves_a_trace_without_password_and_token() {
    on_both(|world| {
        let answer = world
            .nobody()
            .post("/v3/auth/tokens", password(&alice(), None))
            .expect(201);
        let row = world.write(|tx| {
            let sql = "SELECT user_name, account_id, details FROM trail WHERE name = $1";
            let row = tx.row(sql, &["createToken".into()])?.expect("a trace");
            let texts = (row.text("user_name")?, row.text("account_id")?);
            Ok::<_, crate::error::IamError>((texts, row.text("details")?))
        });
        let ((user, account), details) = row;
        assert_eq!((&*user, account), ("alice", world.made.account.id.clone()));
        assert!(!details.contains(PASSWORD));
        assert!(!details.contains(&subject_token(&answer)));
    });
}

#[test]
fn wrong_credentials_give_the_keystone_form() {
    let world = World::new();
    let users = [
        json!({"name": "alice", "password": "wrong password", "domain": {"name": "acct"}}),
        json!({"name": "nobody", "password": PASSWORD, "domain": {"name": "acct"}}),
        json!({"name": "alice", "password": PASSWORD, "domain": {"name": "other"}}),
        json!({"id": "nobody", "password": PASSWORD}),
    ];
    for user in users {
        let answer = world
            .nobody()
            .post("/v3/auth/tokens", password(&user, None))
            .expect(401);
        assert_eq!(answer.body["error"]["code"], 401);
        assert_eq!(answer.text("/error/title"), "Unauthorized");
        assert!(
            answer
                .text("/error/message")
                .contains("The username or password is wrong.")
        );
    }
}

#[test]
fn what_is_no_sign_in_is_refused() {
    let world = World::new();
    let auths = [
        json!({}),
        json!({"identity": {}}),
        json!({"identity": {"methods": ["password", "totp"]}}),
        json!({"identity": {"methods": ["assume_role"]}}),
        json!({"identity": {"methods": ["password"], "password": {"user": {"name": "alice"}}}}),
        json!({"identity": {"methods": ["password"], "password": {"user": {"id": 7}}}}),
        json!({"identity": {"methods": ["token"], "token": {}}}),
    ];
    for auth in auths {
        let answer = world
            .nobody()
            .post("/v3/auth/tokens", json!({"auth": auth}));
        answer.expect(400);
    }
    for scope in [json!({}), json!({"project": {}})] {
        world
            .nobody()
            .post("/v3/auth/tokens", password(&alice(), Some(scope)))
            .expect(400);
    }
    for scope in [
        json!({"project": {"name": "elsewhere"}}),
        json!({"domain": {"name": "other"}}),
    ] {
        world
            .nobody()
            .post("/v3/auth/tokens", password(&alice(), Some(scope)))
            .expect(401);
    }
}

#[test]
fn a_token_of_a_token_ends_with_it() {
    let world = World::new();
    let first = world
        .nobody()
        .post("/v3/auth/tokens", password(&alice(), None))
        .expect(201);
    assert_eq!(first.text("/token/domain/name"), "acct");
    let rescope = json!({"auth": {
        "identity": {"methods": ["token"], "token": {"id": subject_token(&first)}},
        "scope": {"project": {"id": world.made.project_id}},
    }});
    let mut later = world.nobody();
    later.now_ms = NOW_MS + DAY_MS / 2;
    let second = later.post("/v3/auth/tokens", rescope.clone()).expect(201);
    assert_eq!(
        second.text("/token/issued_at"),
        "2025-01-24T00:00:00.000000Z"
    );
    assert_eq!(
        second.text("/token/expires_at"),
        "2025-01-24T12:00:00.000000Z"
    );
    later.now_ms = NOW_MS + DAY_MS;
    later.post("/v3/auth/tokens", rescope).expect(401);
}

#[test]
fn a_projects_token_gives_no_token_for_more() {
    on_both(|world| {
        let account_id = &world.made.account.id;
        let second = world.write(|tx| project::create(tx, account_id, "cn-south-1", "", NOW_MS));
        let here = json!({"project": {"id": world.made.project_id}});
        let first = world
            .nobody()
            .post("/v3/auth/tokens", password(&alice(), Some(here.clone())))
            .expect(201);
        let token = json!({"id": subject_token(&first)});
        let identity = json!({"methods": ["token"], "token": token});
        for (scope, status) in [
            (here, 201),
            (json!({"project": {"id": second.id}}), 401),
            (json!({"domain": {"id": account_id}}), 401),
        ] {
            let body = json!({"auth": {"identity": identity, "scope": scope}});
            world.nobody().post("/v3/auth/tokens", body).expect(status);
        }
        let unscoped = json!({"auth": {"identity": identity}});
        world.nobody().post("/v3/auth/tokens", unscoped).expect(401);
    });
}

#[test]
fn a_token_is_shown_to_its_user_and_to_the_accounts_own_user() {
    let world = World::new();
    let answer = world
        .nobody()
        .post("/v3/auth/tokens", password(&alice(), None));
    let text = subject_token(&answer);
    for (mut client, status) in [(world.alice(), 200), (world.root(), 200)] {
        client.subject_token.clone_from(&text);
        client.get("/v3/auth/tokens").expect(status);
        client.subject_token = "unknown".to_owned();
        client.get("/v3/auth/tokens").expect(404);
    }
    let bob = world
        .root()
        .post("/v3/users", json!({"user": {"name": "bob"}}))
        .expect(201);
    let mut bob = world.client(world.caller_of(&bob.text("/user/id")));
    bob.subject_token = text;
    bob.get("/v3/auth/tokens").expect(404);
}

#[test]
fn a_client_with_nothing_but_a_key_finds_its_way() {
    on_both(|world| {
        let alice = world.alice();
        let projects = alice.get("/v3/projects?name=cn-north-4").expect(200);
        assert_eq!(projects.body["projects"].as_array().unwrap().len(), 1);
        assert_eq!(projects.text("/projects/0/id"), world.made.project_id);
        assert_eq!(
            projects.text("/projects/0/domain_id"),
            world.made.account.id
        );
        assert_eq!(projects.body["projects"][0]["is_domain"], false);
        let none = alice.get("/v3/projects?name=elsewhere").expect(200);
        assert_eq!(none.body["projects"], json!([]));
        let domains = alice.get("/v3/auth/domains").expect(200);
        assert_eq!(domains.text("/domains/0/id"), world.made.account.id);
        alice.get("/v3/auth/projects").expect(200);
        let identity = alice.get("/v5/caller-identity").expect(200);
        assert_eq!(identity.text("/account_id"), world.made.account.id);
        assert_eq!(identity.text("/principal_id"), world.alice);
        let catalog = alice.get("/v3/auth/catalog").expect(200);
        let url = format!("https://iam.test/v1.0/{}", world.made.project_id);
        assert_eq!(catalog.text("/catalog/0/endpoints/0/url"), url);
    });
}

#[test]
fn a_temporary_key_lives_as_long_as_asked_and_makes_no_other() {
    on_both(|world| {
        let ask = |seconds: Value| {
            let token = json!({"duration_seconds": seconds});
            json!({"auth": {"identity": {"methods": ["token"], "token": token}}})
        };
        let target = "/v3.0/OS-CREDENTIAL/securitytokens";
        let made = world.alice().post(target, ask(json!(1_000))).expect(201);
        assert_eq!(
            made.text("/credential/expires_at"),
            "2025-01-23T12:16:40.000000Z"
        );
        let (access, secret) = (
            made.text("/credential/access"),
            made.text("/credential/secret"),
        );
        let token = made.text("/credential/securitytoken");
        let headers = signed(&access, &secret, Some(&token));
        let caller = caller_of(world, &headers.request(), NOW_MS).unwrap();
        assert_eq!(caller.user_id, world.alice);
        // Its date is from 12:00, so 15 minutes is as late as a signature may be; the key itself ends before the next hour.
        let bare = signed(&access, &secret, None);
        assert!(caller_of(world, &bare.request(), NOW_MS).is_none());
        world
            .client(Some(caller))
            .post(target, ask(json!(900)))
            .expect(403);
        for seconds in [json!(899), json!(86_401), json!("900")] {
            world.alice().post(target, ask(seconds)).expect(400);
        }
        let plain = json!({"auth": {"identity": {"methods": ["token"]}}});
        let made = world.alice().post(target, plain).expect(201);
        assert_eq!(
            made.text("/credential/expires_at"),
            "2025-01-23T12:15:00.000000Z"
        );
        let foreign = json!({"auth": {"identity": {"methods": ["token"], "token": {"id": "x"}}}});
        world.alice().post(target, foreign).expect(401);
    });
}

#[test]
fn a_temporary_key_of_a_projects_token_stays_in_the_project() {
    on_both(|world| {
        let account_id = &world.made.account.id;
        let second = world.write(|tx| project::create(tx, account_id, "cn-south-1", "", NOW_MS));
        let scoped = |name: &str| {
            let scope = json!({"project": {"name": name}});
            let answer = world
                .nobody()
                .post("/v3/auth/tokens", password(&alice(), Some(scope)));
            subject_token(&answer.expect(201))
        };
        let (here, there) = (scoped("cn-north-4"), scoped("cn-south-1"));
        let by_body = |token: &str| {
            let identity = json!({"methods": ["token"], "token": {"id": token}});
            json!({"auth": {"identity": identity}})
        };
        let by_header = json!({"auth": {"identity": {"methods": ["token"]}}});
        let target = "/v3.0/OS-CREDENTIAL/securitytokens";
        for made in [
            world.bearer(&here).post(target, by_header.clone()),
            world.nobody().post(target, by_body(&here)),
            world.alice().post(target, by_body(&here)),
        ] {
            let caller = bearer_of_key(world, &made.expect(201));
            assert!(world.iam.reaches(&caller, &world.made.project_id).unwrap());
            assert!(!world.iam.reaches(&caller, &second.id).unwrap());
        }
        world
            .bearer(&there)
            .post(target, by_body(&here))
            .expect(401);
        let free = bearer_of_key(world, &world.alice().post(target, by_header).expect(201));
        assert!(world.iam.reaches(&free, &second.id).unwrap());
    });
}

/// Makes somebody of a temporary access key.
fn bearer_of_key(world: &World, made: &Answer) -> Caller {
    let [access, secret, token] = ["access", "secret", "securitytoken"]
        .map(|member| made.text(&format!("/credential/{member}")));
    let headers = signed(&access, &secret, Some(&token));
    caller_of(world, &headers.request(), NOW_MS).expect("a caller")
}
