//! Whole command lines against an HSM whose answers are prepared.

use audit::{Actor, Event, Outcome};
use clap::Parser;
use proto::admin::{Command as Order, Reply};

use super::*;
use crate::fake::{Desk, FakeHsm, read};

/// Runs a command line on a desk; the words of `line` are split at spaces.
fn run(desk: &Desk, hsm: &str, line: &str) -> Result<(), Error> {
    let mut words = vec!["dew-mgmt".to_owned()];
    words.extend(
        line.split(' ')
            .map(|word| word.replace("DESK", desk.folder.path().to_str().unwrap())),
    );
    let cli = Cli::try_parse_from(words).unwrap();
    let settings = Settings::new(desk.globals(hsm)).unwrap();
    execute(cli.command, &settings, &Output::new(true))
}

/// Runs a command line against an HSM with prepared replies, and gives what it was ordered.
fn ordered(desk: &Desk, replies: Vec<Reply>, line: &str) -> (Result<(), Error>, Vec<Order>) {
    let hsm = FakeHsm::answering(desk, replies);
    let result = run(desk, &hsm.address, line);
    (result, hsm.commands())
}

#[test]
fn hsm_is_claimed_under_its_label() {
    let desk = Desk::new();
    let (result, orders) = ordered(&desk, vec![Reply::Done], "hsm init --label cellar");
    result.unwrap();
    assert!(
        matches!(&orders[..], [Order::Claim { label }] if label == "cellar"),
        "{orders:?}"
    );
}

#[test]
fn partition_is_made_with_its_token_and_pins() {
    let desk = Desk::new();
    desk.secret("so", "so-pin-1\n");
    desk.secret("user", "user-pin-1");
    let line = "partition create app --profile compat --label a --so-pin-file DESK/so --pin-file DESK/user";
    let (result, orders) = ordered(&desk, vec![Reply::Done], line);
    result.unwrap();
    let [
        Order::PartitionCreate {
            name,
            profile,
            token: Some(token),
        },
    ] = &orders[..]
    else {
        panic!("{orders:?}");
    };
    assert_eq!(
        (name.as_str(), *profile),
        ("app", proto::admin::Profile::Compat)
    );
    assert_eq!(token.label, "a");
    assert_eq!(token.so_pin.expose(), b"so-pin-1");
    assert_eq!(token.user_pin.as_ref().unwrap().expose(), b"user-pin-1");
}

#[test]
fn partition_is_strict_and_without_token_unless_asked() {
    let desk = Desk::new();
    let (result, orders) = ordered(&desk, vec![Reply::Done], "partition create app");
    result.unwrap();
    let [
        Order::PartitionCreate {
            profile,
            token: None,
            ..
        },
    ] = &orders[..]
    else {
        panic!("{orders:?}");
    };
    assert_eq!(*profile, proto::admin::Profile::Strict);
}

#[test]
fn user_gets_a_name_a_role_and_a_pin() {
    let desk = Desk::new();
    desk.secret("alice", "alice-pin-1\n");
    desk.secret("user", "user-pin-1");
    let line = "user create app alice --role crypto-officer --pin-file DESK/alice --user-pin-file DESK/user";
    let (result, orders) = ordered(&desk, vec![Reply::Done], line);
    result.unwrap();
    let [
        Order::UserCreate {
            partition,
            name,
            duty,
            pin,
            user_pin,
        },
    ] = &orders[..]
    else {
        panic!("{orders:?}");
    };
    assert_eq!((partition.as_str(), name.as_str()), ("app", "alice"));
    assert_eq!(*duty, proto::admin::Duty::CryptoOfficer);
    assert_eq!(pin.expose(), b"alice-pin-1");
    assert_eq!(user_pin.expose(), b"user-pin-1");
}

#[test]
fn users_are_listed_and_deleted_by_their_names() {
    let desk = Desk::new();
    let (result, orders) = ordered(&desk, vec![Reply::Users(Vec::new())], "user list app");
    result.unwrap();
    assert!(matches!(&orders[..], [Order::UserList { partition }] if partition == "app"));
    let (result, orders) = ordered(&desk, vec![Reply::Done], "user delete app bob");
    result.unwrap();
    let expected = matches!(&orders[..], [Order::UserDelete { partition, name }] if partition == "app" && name == "bob");
    assert!(expected, "{orders:?}");
}

#[test]
fn partition_is_destroyed_only_on_confirmation() {
    let desk = Desk::new();
    let error = run(&desk, "127.0.0.1:1", "partition delete app").unwrap_err();
    assert_eq!(error.exit_code(), 2);
    assert_eq!(
        error.to_string(),
        "every key in app would be lost for good; add --yes to do it"
    );
    let (result, orders) = ordered(&desk, vec![Reply::Done], "partition delete app --yes");
    result.unwrap();
    assert!(matches!(&orders[..], [Order::PartitionDelete { name }] if name == "app"));
}

#[test]
fn access_certificate_is_issued_for_a_key_made_here() {
    let desk = Desk::new();
    let reply = Reply::AccessCertificate {
        chain_pem: "CHAIN".to_owned(),
        serial: "4711".to_owned(),
    };
    let line = "access-cert issue web-1 --partition a --partition b --out DESK/web-1 --hours 72";
    let (result, orders) = ordered(&desk, vec![reply], line);
    result.unwrap();
    let [
        Order::AccessCertificateIssue {
            name,
            partitions,
            request,
            hours: 72,
        },
    ] = &orders[..]
    else {
        panic!("{orders:?}");
    };
    assert_eq!(name, "web-1");
    assert_eq!(partitions, &["a", "b"]);
    let request = rcgen::CertificateSigningRequestParams::from_der(&request.as_slice().into());
    let key = rcgen::KeyPair::from_pem(&read(&desk.path("web-1/agent.key"))).unwrap();
    let certified = rcgen::PublicKeyData::subject_public_key_info(&request.unwrap().public_key);
    assert_eq!(
        certified,
        rcgen::PublicKeyData::subject_public_key_info(&key)
    );
    assert_eq!(read(&desk.path("web-1/agent.pem")), "CHAIN");
    assert_eq!(read(&desk.path("web-1/ca.pem")), read(&desk.path("ca.pem")));
}

#[test]
fn refused_access_certificate_leaves_no_folder() {
    let desk = Desk::new();
    let replies = vec![Reply::Failed("there is no partition a".to_owned())];
    let line = "access-cert issue web-1 --partition a --out DESK/web-1";
    let (result, _) = ordered(&desk, replies, line);
    assert_eq!(result.unwrap_err().to_string(), "there is no partition a");
    assert!(!desk.path("web-1").exists());
}

#[test]
fn ukey_changes_its_pin() {
    let desk = Desk::new();
    desk.secret("new", "battery staple");
    run(&desk, "", "ukey change-pin --new-pin-file DESK/new").unwrap();
    let error = run(&desk, "", "ukey change-pin --new-pin-file DESK/new").unwrap_err();
    assert_eq!(error.exit_code(), 5);
    run(&desk, "", "ukey info").unwrap();
}

#[test]
fn ukey_is_made_once() {
    let desk = Desk::new();
    let line = "ukey create --label Bob --role auditor --out DESK/bob.ukey";
    run(&desk, "", line).unwrap();
    let file = ::ukey::UkeyFile::read(&desk.path("bob.ukey")).unwrap();
    assert_eq!((file.label(), file.role()), ("Bob", ::ukey::Role::Auditor));
    assert_eq!(file.kdf(), ::ukey::KdfCost::default());
    assert!(matches!(run(&desk, "", line), Err(Error::Exists(_))));
}

/// Makes a log of some entries, and the ends that it had.
fn log(length: u64) -> (Vec<Vec<u8>>, Vec<audit::Chain>) {
    let mut chain = audit::Chain::default();
    let entries = (0..length).map(|time_ms| {
        let event = Event {
            time_ms,
            actor: Actor::System,
            agent: None,
            partition: None,
            operation: "start".into(),
            object: None,
            outcome: Outcome::OK,
            detail: None,
            signature: None,
        };
        (chain.append(&event), chain)
    });
    entries.unzip()
}

fn page(entries: &[Vec<u8>]) -> Reply {
    Reply::Audit(entries.to_vec())
}

#[test]
fn audit_log_is_verified_page_by_page() {
    let desk = Desk::new();
    let (entries, _) = log(5);
    let replies = vec![page(&entries[..3]), page(&entries[3..]), page(&[])];
    let (result, orders) = ordered(&desk, replies, "audit verify");
    result.unwrap();
    let starts = orders.iter().map(|order| match order {
        Order::AuditRead { from, .. } => *from,
        other => panic!("{other:?}"),
    });
    assert_eq!(starts.collect::<Vec<_>>(), [1, 4, 6]);
}

#[test]
fn altered_audit_log_is_noticed() {
    let desk = Desk::new();
    let (entries, ends) = log(5);
    let mut altered = entries.clone();
    altered[2][20] ^= 1;
    let missing = [&entries[..2], &entries[3..]].concat();
    for bad in [altered, missing] {
        let (result, _) = ordered(&desk, vec![page(&bad), page(&[])], "audit verify");
        let error = result.unwrap_err();
        assert_eq!(error.exit_code(), 6);
        assert!(
            error.chain().contains("audit entry 3 does not verify"),
            "{}",
            error.chain()
        );
    }
    let cut = vec![page(&entries[..4]), page(&[])];
    let known = format!("audit verify --known 5:{}", hex::encode(ends[4].head));
    let error = ordered(&desk, cut, &known).0.unwrap_err();
    assert!(
        error.chain().contains("the log was cut"),
        "{}",
        error.chain()
    );
    let known = format!("audit verify --known 4:{}", hex::encode(ends[4].head));
    let error = ordered(&desk, vec![page(&entries), page(&[])], &known)
        .0
        .unwrap_err();
    assert!(matches!(error, Error::AuditReplaced { seq: 4 }), "{error}");
    let known = format!("audit verify --known 4:{}", hex::encode(ends[3].head));
    ordered(&desk, vec![page(&entries), page(&[])], &known)
        .0
        .unwrap();
    let error = run(&desk, "", "audit verify --known nonsense").unwrap_err();
    assert_eq!(error.exit_code(), 2);
}

#[test]
fn audit_log_is_exported_line_by_line() {
    let desk = Desk::new();
    let (entries, _) = log(3);
    let replies = vec![page(&entries), page(&[])];
    ordered(&desk, replies, "audit export --out DESK/log.jsonl")
        .0
        .unwrap();
    let text = read(&desk.path("log.jsonl"));
    let numbers = text.lines().map(|line| {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        line["seq"].as_u64().unwrap()
    });
    assert_eq!(numbers.collect::<Vec<_>>(), [1, 2, 3]);
}

#[test]
fn lists_and_status_are_shown() {
    let desk = Desk::new();
    ordered(&desk, vec![Reply::Partitions(Vec::new())], "partition list")
        .0
        .unwrap();
    ordered(
        &desk,
        vec![Reply::AccessCertificates(Vec::new())],
        "access-cert list",
    )
    .0
    .unwrap();
    ordered(&desk, Vec::new(), "status").0.unwrap();
    let (result, orders) = ordered(&desk, vec![Reply::Done], "access-cert revoke web-1");
    result.unwrap();
    assert!(matches!(
        &orders[..],
        [Order::AccessCertificateRevoke { serial_or_name }] if serial_or_name == "web-1"
    ));
}
