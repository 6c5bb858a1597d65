use kit::caller::{Caller, Credential, Scope};
use kit::policy::{Question, system};

use super::*;
use crate::store::temporary::{self, Temporary};
use crate::store::token::Token;
use crate::store::{access_key, attachment, group, user};
use crate::testing::{ACCESS_KEY, Headers, NOW_MS, PASSWORD, World, on_both};

const WRONG: &str = "0000000000000000000000000000000000000000000000000000000000000000";
const MINUTE_MS: i64 = 60_000;

fn message(outcome: Result<Caller, AuthFailure>) -> String {
    let failure = outcome.expect_err("nobody should be known");
    match (failure.gateway_message(), failure) {
        (Some(message), _) => message,
        (None, failure) => failure.to_string(),
    }
}

fn check(world: &World, headers: &Headers, expected: &str) {
    let outcome = world.iam.authenticate(&headers.request(), NOW_MS);
    let expected = if expected.starts_with("the token") {
        expected.to_owned()
    } else {
        format!("Incorrect IAM authentication information: {expected}")
    };
    assert_eq!(message(outcome), expected);
}

fn issue(world: &World, text: &str, user_id: &str, project_id: Option<&str>) {
    let token = Token {
        user_id: user_id.to_owned(),
        project_id: project_id.map(str::to_owned),
        methods: "password".to_owned(),
        mfa: false,
        issued_ms: NOW_MS,
        expires_ms: NOW_MS + token::LIFE_MS,
    };
    world.write(|tx| token::create(tx, text, &token));
}

#[test]
fn a_signature_tells_who_calls() {
    let world = World::new();
    let caller = world
        .iam
        .authenticate(&Headers::signed().request(), NOW_MS)
        .unwrap();
    assert_eq!(caller.account_id, world.made.account.id);
    assert_eq!(caller.account_name, "acct");
    assert_eq!(
        (&*caller.user_id, &*caller.user_name),
        (&*world.alice, "alice")
    );
    assert_eq!(caller.access_key_id.as_deref(), Some(ACCESS_KEY));
    assert_eq!(caller.credential, Credential::AccessKey);
    assert!(!caller.is_root && caller.project_id.is_none() && caller.policies.is_empty());
    assert!(world.iam.reaches(&caller, &world.made.project_id).unwrap());
    assert!(!world.iam.reaches(&caller, "{project_id}").unwrap());
}

#[test]
fn failures_have_the_published_texts() {
    let world = World::new();
    let mut unknown = Headers::signed();
    let text = String::from_utf8(unknown.0[3].1.clone()).unwrap();
    unknown.0[3].1 = text.replace(ACCESS_KEY, "NOBODY").into_bytes();
    check(
        &world,
        &unknown,
        "Get secretKey failed,ak:NOBODY,err:ak not exist",
    );
    check(&world, &Headers::new(&[]), "no credentials");
    check(
        &world,
        &Headers::signed_as(WRONG),
        "verify aksk signature fail",
    );
    check(
        &world,
        &Headers::new(&[("Authorization", "Bearer x")]),
        "verify aksk signature fail",
    );
    let twice = Headers::signed().with("authorization", "x");
    check(&world, &twice, "verify aksk signature fail");
    let late = world
        .iam
        .authenticate(&Headers::signed().request(), NOW_MS + 16 * MINUTE_MS);
    assert!(message(late).ends_with("signature expired"));
    for (token, number) in [
        ("", "the token is malformed"),
        ("ab cd", "the token is malformed"),
        ("é", "the token is malformed"),
        ("unknown", "the token is not valid"),
    ] {
        check(&world, &Headers::new(&[("X-Auth-Token", token)]), number);
    }
    check(
        &world,
        &Headers::new(&[("X-Auth-Token", &"a".repeat(4_097))]),
        "the token is malformed",
    );
}

#[test]
fn with_both_a_signature_and_a_token_the_token_is_not_looked_at() {
    let world = World::new();
    let both = Headers::signed().with("X-Auth-Token", "nobody's");
    assert!(world.iam.authenticate(&both.request(), NOW_MS).is_ok());
    issue(&world, "a-token", &world.alice, None);
    let both = Headers::signed_as(WRONG).with("X-Auth-Token", "a-token");
    check(&world, &both, "verify aksk signature fail");
}

#[test]
fn the_sixth_wrong_signature_in_a_row_locks_the_key_on_every_server() {
    let world = World::new();
    let (good, wrong) = (Headers::signed(), Headers::signed_as(WRONG));
    for _ in 0..2 {
        for _ in 0..5 {
            check(&world, &wrong, "verify aksk signature fail");
        }
        // A success in between: they are no longer in a row.
        assert!(world.iam.authenticate(&good.request(), NOW_MS).is_ok());
    }
    for _ in 0..6 {
        check(&world, &wrong, "verify aksk signature fail");
    }
    check(
        &world,
        &good,
        "AK access failed to reach the limit,forbidden",
    );
    let other = world.other_server();
    let outcome = other.authenticate(&good.request(), NOW_MS + 5 * MINUTE_MS - 1);
    assert!(matches!(outcome, Err(AuthFailure::Locked)));
    assert!(
        other
            .authenticate(&good.request(), NOW_MS + 5 * MINUTE_MS)
            .is_ok()
    );
}

#[test]
fn a_late_or_incomplete_request_is_no_attempt_at_the_secret() {
    let world = World::new();
    let good = Headers::signed();
    for _ in 0..10 {
        let late = world
            .iam
            .authenticate(&good.request(), NOW_MS + 16 * MINUTE_MS);
        assert!(matches!(
            late,
            Err(AuthFailure::Signature(SignatureError::Expired))
        ));
    }
    assert!(world.iam.authenticate(&good.request(), NOW_MS).is_ok());
}

#[test]
fn every_change_counts_with_the_next_request_on_every_server() {
    let world = World::new();
    let other = world.other_server();
    let good = Headers::signed();
    let account = world.made.account.id.clone();
    let ask = |server: &Iam| server.authenticate(&good.request(), NOW_MS);
    let may = |server: &Iam| {
        let caller = ask(server).unwrap();
        let context = caller.context(NOW_MS, "");
        let question = Question {
            actions: &["kms:cmk:create"],
            resource: None,
            context: &context,
        };
        caller
            .decide(&world.made.project_id, &question)
            .is_allowed()
    };
    assert!(!may(&world.iam) && !may(&other));

    let role = system::by_name("KMS CMKFullAccess").unwrap().id;
    let scope = Scope::Project(world.made.project_id.clone());
    let users = world.write(|tx| {
        let users = group::create(tx, &account, "users", "", NOW_MS)?;
        group::add(tx, &account, &users.id, &world.alice)?;
        Ok(users.id)
    });
    world.write(|tx| attachment::attach(tx, &account, &users, role, &scope));
    assert!(may(&world.iam) && may(&other));
    world.write(|tx| group::remove(tx, &account, &users, &world.alice));
    assert!(!may(&world.iam) && !may(&other));
    world.write(|tx| group::add(tx, &account, &users, &world.alice));
    assert!(may(&world.iam) && may(&other));
    world.write(|tx| attachment::detach(tx, &account, &users, role, &scope));
    assert!(!may(&world.iam) && !may(&other));

    let gone = |server: &Iam| matches!(ask(server), Err(AuthFailure::UnknownKey(_)));
    let enable = |enabled| user::Change {
        enabled: Some(enabled),
        ..user::Change::default()
    };
    world.write(|tx| user::update(tx, &account, &world.alice, &enable(false)));
    assert!(gone(&world.iam) && gone(&other));
    world.write(|tx| user::update(tx, &account, &world.alice, &enable(true)));
    assert!(ask(&world.iam).is_ok() && ask(&other).is_ok());
    world.write(|tx| access_key::update(tx, ACCESS_KEY, false, ""));
    assert!(gone(&world.iam) && gone(&other));
    world.write(|tx| user::delete(tx, &account, &world.alice));
    assert!(gone(&world.iam) && gone(&other));
}

#[test]
fn a_project_that_is_known_is_still_closed_to_other_accounts() {
    let world = World::new();
    let caller = world
        .iam
        .authenticate(&Headers::signed().request(), NOW_MS)
        .unwrap();
    let project_id = &world.made.project_id;
    assert!(world.iam.reaches(&caller, project_id).unwrap());
    assert!(world.iam.reaches(&caller, project_id).unwrap());
    let stranger = Caller {
        account_id: "0".repeat(32),
        ..caller
    };
    assert!(!world.iam.reaches(&stranger, project_id).unwrap());
}

#[test]
fn a_token_is_good_for_its_day_and_its_project() {
    let world = World::new();
    issue(
        &world,
        "a-token",
        &world.alice,
        Some(&world.made.project_id),
    );
    let headers = Headers::new(&[("x-auth-token", "a-token")]);
    let at = |now_ms| world.iam.authenticate(&headers.request(), now_ms);
    let caller = at(NOW_MS).unwrap();
    assert_eq!(caller.credential, Credential::Token);
    assert_eq!(caller.access_key_id, None);
    assert!(world.iam.reaches(&caller, &world.made.project_id).unwrap());
    let second =
        world.write(|tx| project::create(tx, &world.made.account.id, "cn-south-1", "", NOW_MS));
    assert!(!world.iam.reaches(&caller, &second.id).unwrap());
    assert!(at(NOW_MS + 24 * 60 * MINUTE_MS - 1).is_ok());
    assert_eq!(
        message(at(NOW_MS + 24 * 60 * MINUTE_MS)),
        "the token expired"
    );
    assert_eq!(
        message(
            world
                .other_server()
                .authenticate(&headers.request(), i64::MAX)
        ),
        "the token expired"
    );
}

#[test]
fn a_new_password_ends_tokens_and_temporary_keys() {
    let world = World::new();
    issue(&world, "a-token", &world.alice, None);
    let headers = Headers::new(&[("x-auth-token", "a-token")]);
    assert!(world.iam.authenticate(&headers.request(), NOW_MS).is_ok());
    let password = world.iam.hasher().hash("another password").unwrap();
    let change = user::Change {
        password: Some(&password),
        ..user::Change::default()
    };
    world.write(|tx| user::update(tx, &world.made.account.id, &world.alice, &change));
    check(&world, &headers, "the token is not valid");
}

#[test]
fn the_database_holds_no_token() {
    let world = World::new();
    issue(&world, "a-token", &world.alice, None);
    let hash = world.write(|tx| {
        let row = tx.row("SELECT hash FROM iam_tokens", &[])?;
        Ok(row.unwrap().blob("hash")?)
    });
    // By sha256sum.
    let expected = "1f6076e3a47ba1ded08025ffe06e57af217c14f9407f33fba50f99b1c7019387";
    assert_eq!(hex::encode(hash), expected);
}

#[test]
fn a_temporary_key_needs_its_security_token() {
    let world = World::new();
    let good = Headers::signed();
    // A permanent key has none, so one that comes with it is another's.
    let foreign = Headers::signed().with("X-Security-Token", "tokEN==");
    check(&world, &foreign, "decrypt token fail");
    world.write(|tx| access_key::delete(tx, ACCESS_KEY));
    let temporary = Temporary {
        user_id: world.alice.clone(),
        project_id: None,
        sealed: world.seal(&temporary::context(ACCESS_KEY)),
        token_hash: token_hash("tokEN=="),
        mfa: true,
        expires_ms: NOW_MS + MINUTE_MS,
    };
    world.write(|tx| temporary::create(tx, ACCESS_KEY, &temporary, NOW_MS));
    let right = Headers::signed().with("X-Security-Token", "tokEN==");
    let caller = world.iam.authenticate(&right.request(), NOW_MS).unwrap();
    assert_eq!(caller.credential, Credential::Temporary);
    assert!(caller.mfa);
    check(&world, &good, "decrypt token fail");
    check(
        &world,
        &Headers::signed().with("X-Security-Token", "other"),
        "decrypt token fail",
    );
    let late = world.iam.authenticate(&right.request(), NOW_MS + MINUTE_MS);
    assert!(message(late).ends_with("decrypt token fail"));
}

#[test]
fn a_secret_that_was_moved_to_another_key_is_not_used() {
    let world = World::new();
    let sealed = world.seal(&access_key::context("ANOTHER"));
    world.write(|tx| access_key::delete(tx, ACCESS_KEY));
    world.write(|tx| access_key::create(tx, &world.alice, ACCESS_KEY, &sealed, "", NOW_MS));
    let outcome = world.iam.authenticate(&Headers::signed().request(), NOW_MS);
    assert!(matches!(
        outcome,
        Err(AuthFailure::Internal(IamError::Sealing(_)))
    ));
}

/// Every way to name a user.
fn ways<'a>(world: &'a World, id: &'a str, name: &'a str) -> [Who<'a>; 3] {
    let account_id = &world.made.account.id;
    let account = "acct";
    [
        Who::Id(id),
        Who::NameIn { name, account_id },
        Who::NameInNamed { name, account },
    ]
}

#[test]
fn passwords_open_the_door_until_too_many_were_wrong() {
    on_both(|world| {
        let sign_in = |who, password, now_ms| world.iam.sign_in(who, password, now_ms);
        let alice = ways(world, &world.alice, "alice");
        for who in alice {
            assert_eq!(sign_in(who, PASSWORD, NOW_MS).unwrap().id, world.alice);
        }
        for who in alice.iter().chain(&alice) {
            assert!(sign_in(*who, "wrong password", NOW_MS).is_err());
        }
        for who in alice {
            assert!(sign_in(who, PASSWORD, NOW_MS).is_err());
            assert!(sign_in(who, PASSWORD, NOW_MS + 5 * MINUTE_MS - 1).is_err());
        }
        assert!(sign_in(alice[0], PASSWORD, NOW_MS + 5 * MINUTE_MS).is_ok());
    });
}

#[test]
fn no_answer_to_a_wrong_password_tells_who_exists() {
    on_both(|world| {
        let answer = |who, password: &str| {
            let refused = world.iam.sign_in(who, password, NOW_MS);
            refused.err().unwrap().to_string()
        };
        let expected = answer(Who::Id("nobody"), PASSWORD);
        assert!(expected.contains("wrong") && expected.contains("locked"));
        let alice = ways(world, &world.alice, "alice");
        let nobody = ways(world, "nobody", "nobody");
        // Eight rounds of three: long after the lock.
        for _ in 0..8 {
            for who in alice.iter().chain(&nobody) {
                assert_eq!(answer(*who, "wrong password"), expected);
            }
        }
        for who in alice.iter().chain(&nobody) {
            assert_eq!(answer(*who, PASSWORD), expected);
        }
        // However many names were tried, unknown ones fill one row, and are counted as known ones are.
        let rows = world.write(|tx| Ok(tx.rows("SELECT * FROM iam_failures", &[])?));
        let counts = rows.iter().map(|row| row.int("count").unwrap());
        assert_eq!(counts.collect::<Vec<_>>(), [6, 6]);
    });
}

#[test]
fn too_many_sign_ins_at_once_are_sent_away_whoever_they_are_for() {
    let world = World::new();
    let mut full = world.other_server();
    let light = Cost {
        memory_kib: 64,
        passes: 1,
    };
    full.hasher = Hasher::with_room(light, 0, 0);
    let alice = Who::Id(&world.alice);
    let check = |who| {
        let error = full.sign_in(who, PASSWORD, NOW_MS).err().unwrap();
        let rendered = crate::error::KEYSTONE.render(&error.into(), "r");
        assert_eq!((rendered.status, rendered.retry_after_s), (503, Some(1)));
    };
    check(alice);
    check(Who::Id("nobody"));
    for _ in 0..6 {
        let wrong = world.iam.sign_in(alice, "wrong password", NOW_MS);
        assert!(matches!(wrong, Err(IamError::Unauthorized(_))));
    }
    // A locked user's password is hashed like everybody's.
    check(alice);
}
