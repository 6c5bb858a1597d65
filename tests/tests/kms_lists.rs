//! Lists: keys found by their tags, and the grants that a caller may retire, page by page; on both databases.

#![forbid(unsafe_code)]

use std::collections::BTreeSet;

use kit::testing::postgres_url;
use serde_json::{Value, json};
use tests::{Server, Setup, SoftHsm, text};

/// Runs a check against a server on each of the databases.
fn on_both(check: impl Fn(&Server)) {
    let hsm = SoftHsm::start();
    for setup in [Setup::default(), Setup::on(postgres_url())] {
        check(&Server::start_as(&hsm.token(), &setup));
    }
}

#[test]
fn keys_are_found_by_their_tags() {
    on_both(|server| {
        let client = server.client(0);
        let keys = ["one", "two", "three"].map(|name| client.create_key(name, json!({})));
        let tag = |key: &str, tags: &Value| {
            let body = json!({"action": "create", "tags": tags});
            let (status, answer) = client.kms(&format!("{key}/tags/action"), body);
            assert_eq!(status, 204, "{answer}");
        };
        let both = json!([{"key": "a", "value": "1"}, {"key": "b", "value": "2"}]);
        tag(&keys[0], &both);
        tag(&keys[1], &json!([{"key": "a", "value": "2"}]));
        let find = |tags: Value| {
            let body = json!({"action": "filter", "tags": tags});
            client.kms_ok("resource_instances/action", body)
        };
        let found = find(json!([{"key": "a", "values": ["1"]}, {"key": "b"}]));
        assert_eq!(found["total_count"], 1, "{found}");
        assert_eq!(text(&found["resources"][0]["resource_id"]), keys[0]);
        assert_eq!(found["resources"][0]["tags"], both);
        assert_eq!(find(json!([{"key": "a"}]))["total_count"], 2);
        assert_eq!(find(json!([]))["total_count"], 3);
    });
}

#[test]
fn grants_to_retire_come_in_pages() {
    on_both(|server| {
        let (owner, other) = (server.client(0), server.client(1));
        let keys = ["one", "two", "three"].map(|name| owner.create_key(name, json!({})));
        let account = other.account();
        let with = ["describe-key", "retire-grant"];
        // The first does not let its grantee retire it, and the last is for a user of which there is none.
        for (key, grantee, kind, operations) in [
            (&keys[0], &account.user_id, "user", &with[..1]),
            (&keys[0], &account.user_id, "user", &with[..]),
            (&keys[1], &account.domain_id, "domain", &with[..]),
            (&keys[2], &account.domain_id, "user", &with[..]),
        ] {
            let grant = json!({
                "key_id": key,
                "grantee_principal": grantee,
                "grantee_principal_type": kind,
                "operations": operations,
            });
            owner.kms_ok("create-grant", grant);
        }
        let page = |marker: &str| {
            let asked = json!({"limit": "1", "marker": marker});
            other.kms_ok("list-retirable-grants", asked)
        };
        let pages = ["0", "1"].map(page);
        let seen = pages.each_ref().map(|page| {
            assert_eq!(page["total"], 2, "{page}");
            (text(&page["next_marker"]), text(&page["truncated"]))
        });
        let expected = [("1", "true"), ("", "false")];
        assert_eq!(seen, expected.map(|(a, b)| (a.to_owned(), b.to_owned())));
        let shown = pages.map(|page| text(&page["grants"][0]["key_id"]));
        let expected = BTreeSet::from([keys[0].clone(), keys[1].clone()]);
        assert_eq!(BTreeSet::from(shown), expected);
        let own = owner.kms_ok("list-retirable-grants", json!({}));
        assert_eq!(own["total"], 4, "who made a grant may retire it");
    });
}
