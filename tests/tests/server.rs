//! dew-server as its operator sees it.

use tests::{Chain, Partition, Server, SoftHsm};

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
