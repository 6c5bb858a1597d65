//! The connection against an HSM that checks what it should check.

use super::*;
use crate::fake::{Desk, FakeHsm, status};

fn open(desk: &Desk, address: &str) -> Result<Connection, Error> {
    Connection::open(&Settings::new(desk.globals(address)).unwrap())
}

fn refusal(result: Result<Connection, Error>) -> Error {
    result.err().expect("the connection is refused")
}

#[test]
fn each_command_carries_a_signature_for_its_turn() {
    let desk = Desk::new();
    let replies = vec![Reply::Failed("no".to_owned()), Reply::Done, Reply::Done];
    let hsm = FakeHsm::answering(&desk, replies);
    let mut connection = open(&desk, &hsm.address).unwrap();
    // A refused command takes its turn, too.
    let refused = connection.order(&Command::PartitionList).unwrap_err();
    assert!(
        matches!(&refused, Error::Refused(why) if why == "no"),
        "{refused}"
    );
    assert_eq!(refused.exit_code(), 4);
    connection
        .order(&Command::Claim {
            label: "cellar".to_owned(),
        })
        .unwrap();
    assert_eq!(connection.status().unwrap().version, status().version);
    connection.order(&Command::AccessCertificateList).unwrap();
    drop(connection);
    let commands = hsm.commands();
    assert!(
        matches!(
            &commands[..],
            [Command::PartitionList, Command::Claim { label }, Command::AccessCertificateList]
                if label == "cellar"
        ),
        "{commands:?}"
    );
}

#[test]
fn answer_to_another_question_is_refused() {
    let desk = Desk::new();
    let hsm = FakeHsm::answering(&desk, vec![Reply::Partitions(Vec::new())]);
    let mut connection = open(&desk, &hsm.address).unwrap();
    let error = connection
        .order(&Command::AccessCertificateList)
        .unwrap_err();
    assert!(matches!(error, Error::UnexpectedReply), "{error}");
    drop(connection);
    hsm.commands();
}

#[test]
fn ukey_that_is_not_admitted_is_told_so() {
    let desk = Desk::new();
    let hsm = FakeHsm::admitting_nobody(&desk);
    let error = refusal(open(&desk, &hsm.address));
    assert!(matches!(error, Error::NotAdmitted { .. }), "{error:?}");
    assert_eq!(error.exit_code(), 3);
    hsm.commands();
}

#[test]
fn hsm_of_another_ca_is_not_trusted() {
    let (desk, other) = (Desk::new(), Desk::new());
    let hsm = FakeHsm::answering(&other, Vec::new());
    let error = refusal(open(&desk, &hsm.address));
    assert!(matches!(error, Error::Handshake { .. }), "{error:?}");
    assert!(error.to_string().contains("--ca"), "{error}");
    hsm.commands();
}

#[test]
fn hsm_of_another_name_is_not_trusted() {
    let desk = Desk::new();
    let hsm = FakeHsm::answering(&desk, Vec::new());
    let mut globals = desk.globals(&hsm.address);
    globals.server_name = Some("other".to_owned());
    let error = refusal(Connection::open(&Settings::new(globals).unwrap()));
    assert!(matches!(error, Error::Handshake { .. }), "{error:?}");
    hsm.commands();
}

#[test]
fn hsm_that_is_not_there_is_named() {
    let desk = Desk::new();
    let free = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let error = refusal(open(&desk, &free.to_string()));
    assert!(
        error
            .to_string()
            .starts_with(&format!("cannot reach the HSM at {free}")),
        "{error}"
    );
    assert_eq!(error.exit_code(), 3);
}

#[test]
fn wrong_pin_never_reaches_the_network() {
    let desk = Desk::new();
    desk.secret("pin", "wrong horse");
    let error = refusal(open(&desk, "127.0.0.1:1"));
    assert!(
        matches!(error, Error::Ukey(ukey::Error::WrongPin { .. })),
        "{error}"
    );
    assert_eq!(error.exit_code(), 5);
}
