use std::collections::HashSet;

use serde_json::{Value, json};

use super::*;

fn read(document: &Value) -> Policy {
    Policy::parse(document).unwrap_or_else(|error| panic!("{error}: {document}"))
}

fn one(effect: &str, actions: &[&str]) -> Value {
    json!({"Effect": effect, "Action": actions})
}

fn named(name: &str, statements: &[Value]) -> Named<Policy> {
    Named {
        name: name.to_owned(),
        value: read(&json!({"Version": "1.1", "Statement": statements})),
    }
}

fn ask(policies: &[Named<Policy>], actions: &[&str], resource: Option<&str>) -> Decision {
    let context = Context::new();
    decide(
        policies,
        &Question {
            actions,
            resource,
            context: &context,
        },
    )
}

const KEY: Option<&str> = Some("kms:cn-north-4:acct:KeyId:0d0466b0-e727-4d9c-b35d-f84bb474a37f");

/// The guide's example of a policy to use keys (8.2).
fn users_of_keys() -> Named<Policy> {
    let actions = [
        "kms:dek:crypto",
        "kms:cmk:get",
        "kms:cmk:crypto",
        "kms:cmk:generate",
        "kms:cmk:list",
    ];
    named("use keys", &[one("Allow", &actions)])
}

#[test]
fn nothing_is_allowed_without_a_policy() {
    let decision = ask(&[], &["kms:cmk:get"], KEY);
    assert_eq!(decision.verdict, Verdict::NoMatch);
    assert!(!decision.is_allowed());
}

#[test]
fn an_operation_is_allowed_under_either_of_its_names() {
    let policies = [users_of_keys()];
    let cases: &[(&[&str], bool)] = &[
        (&["kms:dek:crypto", "kms:cmk:encryptDataKey"], true),
        (&["kms:cmk:encryptDataKey", "KMS:DEK:Crypto"], true),
        (&["kms:cmk:get"], true),
        (&["kms:dek:create", "kms:cmk:createDataKey"], false),
        (&["kms:cmk:getRotation"], false),
    ];
    for &(actions, expected) in cases {
        assert_eq!(
            ask(&policies, actions, KEY).is_allowed(),
            expected,
            "{actions:?}"
        );
    }
}

#[test]
fn a_denial_beats_what_is_allowed_wherever_it_stands() {
    let allow = named("all", &[one("Allow", &["kms:*:*"])]);
    // The guide's example: everything but the deletion of tags (8.2).
    let deny = named("no tag deletion", &[one("Deny", &["kms:cmkTag:delete"])]);
    for policies in [[allow.clone(), deny.clone()], [deny, allow]] {
        let decision = ask(
            &policies,
            &["kms:cmkTag:delete", "kms:cmk:untagResource"],
            KEY,
        );
        assert_eq!(decision.verdict, Verdict::Deny);
        assert_eq!(
            decision.to_string(),
            "denied by Statement[0] of policy `no tag deletion`"
        );
        let decision = ask(
            &policies,
            &["kms:cmkTag:create", "kms:cmk:tagResource"],
            KEY,
        );
        assert_eq!(
            decision.to_string(),
            "allowed by Statement[0] of policy `all`"
        );
    }
}

#[test]
fn not_action_exempts_an_operation_by_either_name() {
    let statement = json!({"Effect": "Deny", "NotAction": ["kms:dek:create"]});
    let policies = [named("p", &[one("Allow", &["*"]), statement])];
    assert!(ask(&policies, &["kms:dek:create", "kms:cmk:createDataKey"], KEY).is_allowed());
    assert_eq!(ask(&policies, &["kms:cmk:get"], KEY).verdict, Verdict::Deny);
}

#[test]
fn resources_and_conditions_narrow_a_statement() {
    let policies = [named(
        "p",
        &[
            json!({"Effect": "Allow", "Action": "kms:*:*", "Resource": ["kms:*:acct:KeyId:*"],
                "Condition": {"StringEquals": {"kms:KeySpec": ["AES_256"]},
                    "Bool": {"g:MFAPresent": true}}}),
            json!({"Effect": "Deny", "Action": ["kms:cmk:get"], "NotResource": ["kms:*:*:KeyId:0d04*"]}),
        ],
    )];
    let met = Context::new()
        .with("kms:KeySpec", "AES_256")
        .with("g:MFAPresent", "true");
    let half = Context::new().with("kms:KeySpec", "AES_256");
    let other = Some("kms:cn-north-4:acct:KeyId:1d0466b0-e727-4d9c-b35d-f84bb474a37f");
    let stranger = Some("kms:cn-north-4:other:KeyId:0d0466b0-e727-4d9c-b35d-f84bb474a37f");
    let cases = [
        ("kms:cmk:get", KEY, &met, Verdict::Allow),
        ("kms:cmk:get", KEY, &half, Verdict::NoMatch),
        ("kms:cmk:get", other, &met, Verdict::Deny),
        ("kms:cmk:crypto", other, &met, Verdict::Allow),
        ("kms:cmk:crypto", stranger, &met, Verdict::NoMatch),
        ("kms:cmk:list", None, &met, Verdict::NoMatch),
    ];
    for (action, resource, context, expected) in cases {
        let question = Question {
            actions: &[action],
            resource,
            context,
        };
        assert_eq!(
            decide(&policies, &question).verdict,
            expected,
            "{question:?}"
        );
    }
}

#[test]
fn an_operation_is_mentioned_unless_it_can_never_be_allowed() {
    let narrow =
        json!({"Effect": "Allow", "Action": ["kms:cmk:get"], "Resource": ["kms:*:*:KeyId:x"]});
    let narrow_deny =
        json!({"Effect": "Deny", "Action": ["kms:cmk:*"], "Resource": ["kms:*:*:KeyId:x"]});
    let dated_deny = json!({"Effect": "Deny", "Action": ["*"],
        "Condition": {"DateLessThan": {"g:CurrentTime": ["2025-01-01"]}}});
    let cases = [
        (vec![narrow.clone()], true),
        (vec![narrow.clone(), narrow_deny], true),
        (vec![narrow.clone(), dated_deny], true),
        (vec![narrow, one("Deny", &["kms:*:*"])], false),
        (vec![one("Deny", &["kms:cmk:get"])], false),
        (vec![one("Allow", &["kms:cmk:list"])], false),
    ];
    for (statements, expected) in cases {
        let policies = [named("p", &statements)];
        assert_eq!(
            mentions(&policies, &["kms:cmk:get", "other"]),
            expected,
            "{statements:?}"
        );
    }
}

#[test]
fn documents_as_the_official_clients_send_them_are_read() {
    let documents = [
        json!({"Version": "1.1", "Statement": [{"Effect": "Allow", "Action": ["kms:cmk:get"]}]}),
        json!({"Version": "5.0", "Statement": [{"Sid": "a", "Effect": "Deny", "Action": ["kms:cmk:get"]}]}),
        json!({"Version": "5.0", "Statement": {"Effect": "Deny", "Action": "kms::generateRandom"}}),
        json!({"Version": "1.0", "Statement": [{"Effect": "Allow", "Action": ["kms:*:*"]}],
            "Depends": [{"catalog": "BASE", "display_name": "Tenant Guest"}]}),
        json!({"Version": "1.1", "Statement": [{"Effect": "Allow", "Action": ["iam:agencies:assume"],
            "Resource": {"uri": ["/iam/agencies/07805acaba800fdd4fbdc0b8f888c7c7"]}}]}),
        json!({"Version": "1.1", "Statement": [{"Effect": "Allow", "Action": ["obs:bucket:ListBucket"],
            "Resource": null, "Condition": {"StringEndWithIfExists": {"g:UserName": ["x"]},
            "Bool": {"g:MFAPresent": ["true"]}, "NumberLessThan": {"obs:max-keys": 10}}}]}),
    ];
    for document in documents {
        read(&document);
    }
}

fn check_error(document: &Value, at: &str) {
    let error = Policy::parse(document).expect_err(&document.to_string());
    assert_eq!(error.at, at, "{error}");
}

#[test]
fn errors_of_a_document_tell_where() {
    let many = json!({"Version": "1.1", "Statement": vec![one("Allow", &["*"]); 33]});
    let cases = [
        (json!([]), "the document"),
        (json!({"Statement": []}), "Version"),
        (json!({"Version": "1.1"}), "Statement"),
        (json!({"Version": "2.0", "Statement": []}), "Version"),
        (json!({"Version": 1.1, "Statement": []}), "Version"),
        (json!({"Version": "1.1", "Statement": []}), "Statement"),
        (json!({"Version": "1.1", "Statement": [], "Id": "x"}), "Id"),
        (many, "Statement"),
    ];
    for (document, at) in cases {
        check_error(&document, at);
    }
}

#[test]
fn errors_of_a_statement_tell_where() {
    #[rustfmt::skip] // A table reads by its columns.
    let cases = [
        (json!("x"),                                              ""),
        (json!({"Action": ["*"]}),                                ".Effect"),
        (json!({"Effect": "allow", "Action": ["*"]}),             ".Effect"),
        (json!({"Effect": "Allow"}),                              ""),
        (json!({"Effect": "Allow", "Action": []}),                ".Action"),
        (json!({"Effect": "Allow", "Action": ["*", 1]}),          ".Action[1]"),
        (json!({"Effect": "Allow", "Action": ["a:b:c:d"]}),       ".Action[0]"),
        (json!({"Effect": "Allow", "Action": ["kms cmk"]}),       ".Action[0]"),
        (json!({"Effect": "Allow", "Action": [""]}),              ".Action[0]"),
        (json!({"Effect": "Allow", "NotAction": vec!["*"; 129]}), ".NotAction"),
    ];
    for (statement, at) in cases {
        let document = json!({"Version": "1.1", "Statement": [one("Allow", &["*"]), statement]});
        check_error(&document, &format!("Statement[1]{at}"));
    }
}

#[test]
fn errors_of_a_member_tell_where() {
    #[rustfmt::skip] // A table reads by its columns.
    let cases = [
        ("NotAction",  json!(["*"]),                          ""),
        ("Conditions", json!({}),                             ".Conditions"),
        ("Principal",  json!("*"),                            ".Principal"),
        ("Resource",   json!(["kms:*"]),                      ".Resource[0]"),
        ("Resource",   json!([]),                             ".Resource"),
        ("Resource",   json!({"url": ["x"]}),                 ".Resource.url"),
        ("Resource",   json!(["kms:*:*:KeyId:${g:UserId}"]),  ".Resource[0]"),
        ("Condition",  json!([]),                             ".Condition"),
        ("Condition",  json!({"StringIs": {"k": "v"}}),       ".Condition.StringIs"),
        ("Condition",  json!({"Bool": {"k": "v"}}),           ".Condition.Bool.k"),
        ("Condition",  json!({"Bool": {"k": []}}),            ".Condition.Bool.k"),
        ("Condition",  json!({"StringLike": {"k": [{}]}}),    ".Condition.StringLike.k"),
        ("Condition",  json!({"StringLike": {"k": "${x}"}}),  ".Condition.StringLike.k"),
        ("Sid",        json!("x".repeat(513)),                ".Sid"),
    ];
    for (member, value, at) in cases {
        let statement = json!({"Effect": "Allow", "Action": ["kms:cmk:get"], member: value});
        let document = json!({"Version": "1.1", "Statement": statement});
        check_error(&document, &format!("Statement[0]{at}"));
    }
}

#[test]
fn a_document_has_a_size() {
    let mut text =
        br#"{"Version": "1.1", "Statement": [{"Effect": "Allow", "Action": ["*"]}]}"#.to_vec();
    text.resize(MAX_DOCUMENT_BYTES, b' ');
    Policy::parse_text(&text).unwrap();
    text.push(b' ');
    let error = Policy::parse_text(&text).unwrap_err();
    assert!(error.problem.contains("longer"), "{error}");
    assert!(Policy::parse_text(&b"[".repeat(MAX_DOCUMENT_BYTES)).is_err());
    assert!(Policy::parse_text(b"\xff").is_err());
}

/// Numbers without a pattern, the same in every run (SplitMix64).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % limit as u64).unwrap()
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }
}

/// Makes JSON that is nearly a policy.
fn nearly(numbers: &mut Numbers, depth: usize) -> Value {
    const WORDS: &[&str] = &[
        "Version",
        "1.1",
        "5.0",
        "Statement",
        "Effect",
        "Allow",
        "Deny",
        "Action",
        "NotAction",
        "Resource",
        "NotResource",
        "Condition",
        "*",
        "kms:cmk:get",
        "kms:*:*:KeyId:*",
        "uri",
        "StringNotLikeIfExists",
        "ForAllValues:IpAddress",
        "Null",
        "Bool",
        "true",
        "10.0.0.0/8",
        "g:UserName",
        "2025-01-01",
        "DateLessThan",
        "",
        "é",
        "${x}",
        ":::::",
        "?",
    ];
    match numbers.below(if depth == 0 { 4 } else { 8 }) {
        0 => json!(numbers.below(99)),
        1 => json!(numbers.below(2) == 0),
        2 | 3 => json!(numbers.pick(WORDS)),
        4 | 5 => (0..numbers.below(4))
            .map(|_| nearly(numbers, depth - 1))
            .collect(),
        _ => {
            let members = (0..numbers.below(6)).map(|_| {
                (
                    (*numbers.pick(WORDS)).to_owned(),
                    nearly(numbers, depth - 1),
                )
            });
            Value::Object(members.collect())
        }
    }
}

#[test]
fn no_document_makes_the_reader_or_the_decision_panic() {
    let mut numbers = Numbers(1);
    let context = Context::new()
        .with("g:UserName", "é")
        .with("g:SourceIp", "x");
    let mut accepted = 0;
    for _ in 0..20_000 {
        let mut document =
            json!({"Version": "1.1", "Statement": [{"Effect": "Allow", "Action": ["*"]}]});
        let members = [
            "Action",
            "NotAction",
            "Resource",
            "NotResource",
            "Condition",
            "Effect",
        ];
        document["Statement"][0][*numbers.pick(&members)] = nearly(&mut numbers, 4);
        let mut text = document.to_string().into_bytes();
        if numbers.below(4) == 0 {
            let place = numbers.below(text.len());
            text[place] = u8::try_from(numbers.below(256)).unwrap();
        }
        let Ok(policy) = Policy::parse_text(&text) else {
            continue;
        };
        accepted += 1;
        let policies = [Named {
            name: "p".to_owned(),
            value: policy,
        }];
        for resource in [None, KEY, Some("é"), Some("")] {
            let question = Question {
                actions: &["kms:cmk:get", ""],
                resource,
                context: &context,
            };
            let decision = decide(&policies, &question);
            let mentioned = mentions(&policies, question.actions);
            assert!(
                mentioned || !decision.is_allowed(),
                "{}",
                String::from_utf8_lossy(&text)
            );
        }
    }
    assert!(
        accepted > 100,
        "only {accepted} documents were read: the test looks at nothing"
    );
}

#[test]
fn the_table_of_system_roles_is_sound() {
    let mut seen = HashSet::new();
    for role in system::SYSTEM_ROLES {
        assert!(crate::id::is_hex32(role.id), "{}", role.id);
        assert!(seen.insert(role.id) && seen.insert(role.name) && seen.insert(role.display_name));
        assert_eq!(system::policy(role.id).unwrap().name, role.display_name);
        assert_eq!(system::by_name(role.name).unwrap().id, role.id);
        assert_eq!(system::by_id(role.id).unwrap().name, role.name);
    }
    assert!(system::policy("0").is_none());
}

/// What the guide's chapter 8 says of each role: names of operations, in both vocabularies, and who may call them.
#[test]
fn system_roles_allow_what_the_guide_says() {
    let may = |role: &str, actions: &[&str]| {
        let policy = system::policy(system::by_name(role).unwrap().id).unwrap();
        ask(std::slice::from_ref(&*policy), actions, KEY).is_allowed()
    };
    const ROLES: [&str; 6] = [
        "KMS Administrator",
        "KMS CMKFullAccess",
        "KMS CMKReadOnlyAccess",
        "Tenant Guest",
        "DEW KeypairFullAccess",
        "Tenant Administrator",
    ];
    #[rustfmt::skip] // A table reads by its columns.
    let cases: &[(&[&str], [bool; 6])] = &[
        (&["kms:cmk:create"],                                             [true, true, false, true, false, true]),
        (&["kms:cmk:enable"],                                             [true, true, false, false, false, true]),
        (&["kms:cmk:update", "kms:cmk:scheduleKeyDeletion"],              [true, true, false, false, false, true]),
        (&["kms:cmk:generate", "kms::generateRandom"],                    [true, true, false, true, false, true]),
        (&["kms:dek:create", "kms:cmk:createDataKey"],                    [true, true, false, true, false, true]),
        (&["kms:dek:create", "kms:cmk:createDataKeyWithoutPlaintext"],    [true, true, false, true, false, true]),
        (&["kms:dek:create", "kms:cmk:createDataKeyPair"],                [true, true, false, false, false, true]),
        (&["kms:dek:crypto", "kms:cmk:encryptDataKey"],                   [true, true, false, true, false, true]),
        (&["kms:dek:crypto", "kms:cmk:decryptDataKey"],                   [true, true, false, true, false, true]),
        (&["kms:cmk:crypto", "kms:cmk:encryptData"],                      [true, true, false, true, false, true]),
        (&["kms:cmk:crypto", "kms:cmk:decryptData"],                      [true, true, false, true, false, true]),
        (&["kms:cmk:sign"],                                               [true, true, false, false, false, true]),
        (&["kms:cmk:verify"],                                             [true, true, false, false, false, true]),
        (&["kms:cmk:getMaterial"],                                        [true, true, false, false, false, true]),
        (&["kms:grant:create", "kms:cmk:createGrant"],                    [true, true, false, false, false, true]),
        (&["kms:grant:retire", "kms:cmk:retireGrant"],                    [true, true, false, true, false, true]),
        (&["kms:grant:list", "kms:cmk:listGrants"],                       [true, true, true, true, false, true]),
        (&["kms:cmkTag:list", "kms:cmk:getTags"],                         [true, true, true, true, false, true]),
        (&["kms:cmkTag:batch", "kms:cmk:tagResource"],                    [true, true, false, false, false, true]),
        (&["kms:cmk:list"],                                               [true, true, true, true, false, true]),
        (&["kms:cmk:get"],                                                [true, true, true, true, false, true]),
        (&["kms:cmk:getQuota"],                                           [true, true, true, true, false, true]),
        (&["kps:SSHKeyPair:bind", "kps:domainKeypairs:bind"],             [false, false, false, false, true, true]),
        (&["kps:SSHKeyPair:list", "kps:domainKeypairs:list"],             [false, false, false, true, true, true]),
        (&["iam:users:createUser"],                                       [false, false, false, false, false, false]),
        (&["iam:users:listUsers"],                                        [false, false, false, false, false, false]),
    ];
    for (actions, expected) in cases {
        for (role, expected) in ROLES.iter().zip(expected) {
            assert_eq!(may(role, actions), *expected, "{role}: {actions:?}");
        }
    }
    assert!(may("Security Administrator", &["iam:users:createUser"]));
}

#[test]
fn a_policy_of_ones_own_takes_the_nine_actions_from_tenant_guest() {
    let guest = system::policy(system::by_name("Tenant Guest").unwrap().id).unwrap();
    let policies = [
        (*guest).clone(),
        named("no creation", &[one("Deny", &["kms:cmk:create"])]),
    ];
    assert_eq!(
        ask(&policies, &["kms:cmk:create"], None).verdict,
        Verdict::Deny
    );
    assert!(ask(&policies, &["kms:cmk:list"], None).is_allowed());
}
