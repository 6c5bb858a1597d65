//! dew-server as its operator sees it.

use serde_json::{Value, json};
use tests::{Chain, Client, Partition, Server, SoftHsm, code};

#[test]
fn starts_over_the_whole_chain_and_stops_cleanly() {
    let chain = Chain::start();
    let mut server = Server::start(&chain.token(Partition::Compat));
    assert_eq!(server.accounts().len(), 2);
    server.stop();
    server.run();
    server.stop();
}

#[test]
fn starts_over_another_vendors_module() {
    let hsm = SoftHsm::start();
    let mut server = Server::start(&hsm.token());
    server.stop();
}

#[test]
fn a_name_is_given_to_one_account() {
    let hsm = SoftHsm::start();
    let server = Server::start(&hsm.token());
    server
        .command("add-account")
        .arg("acme")
        .fail()
        .says(&["acme", "exists"]);
}

/// The traces of refused `createKey`s that an account sees, the newest first.
fn refused(client: &Client) -> Vec<Value> {
    let path = format!("/v3/{}/traces", client.account().project_id);
    let (status, answer) = client.call("GET", &path, &Value::Null);
    assert_eq!(status, 200, "{answer}");
    let traces = answer["traces"].as_array().expect("a list");
    let of_interest = traces
        .iter()
        .filter(|trace| trace["trace_name"] == "createKey" && trace["trace_rating"] == "warning");
    of_interest.cloned().collect()
}

#[test]
fn whoever_knocks_at_anothers_project_leaves_a_trace_at_home() {
    let hsm = SoftHsm::start();
    let server = Server::start(&hsm.token());
    let (one, two) = (server.client(0), server.client(1));
    let path = one.kms_path("create-key");
    let (status, answer) = two.call("POST", &path, &json!({"key_alias": "mine"}));
    assert_eq!((status, code(&answer)), (403, "KMS.0321"), "{answer}");
    let [trace] = &refused(&two)[..] else {
        panic!("{:?}", refused(&two));
    };
    assert_eq!(trace["code"], "403");
    assert_eq!(trace["project_id"], "");
    assert_eq!(trace["user"]["name"], two.account().name.as_str());
    assert_eq!(trace["resource_url"], path.as_str());
    assert!(
        trace["response"].to_string().contains("KMS.0321"),
        "{trace}"
    );
    assert_eq!(refused(&one), Vec::<Value>::new());
}

#[test]
fn a_body_that_is_no_object_leaves_a_trace() {
    let hsm = SoftHsm::start();
    let server = Server::start(&hsm.token());
    let client = server.client(0);
    let (status, answer) = client.kms("create-key", json!(["key_alias"]));
    assert_eq!(status, 400, "{answer}");
    let [trace] = &refused(&client)[..] else {
        panic!("{:?}", refused(&client));
    };
    assert_eq!(trace["code"], "400");
    assert_eq!(trace["project_id"], client.account().project_id.as_str());
    assert!(
        trace["response"].to_string().contains(code(&answer)),
        "{trace}"
    );
}
