//! What no library for Python or Rust calls: logging in by a name, and waiting for slot events. The client is Python's ctypes.

#![forbid(unsafe_code)]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::fs::OpenOptions;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::mpsc::{Receiver, channel};
use std::thread;

use tests::{Chain, PATIENCE, Partition, Run, Token};

/// Prepares one of the scripts of `tests/ctypes`.
fn script(token: &Token, name: &str) -> Run {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("ctypes");
    let run = token.client("python3").arg("-B");
    run.arg(folder.join(name)).arg(&token.module)
}

fn secret(chain: &Chain, name: &str, text: &str) -> PathBuf {
    let path = chain.file(name);
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true).mode(0o600);
    let mut file = options.open(&path).unwrap();
    file.write_all(text.as_bytes()).unwrap();
    path
}

#[test]
fn a_crypto_user_signs_with_the_keys_of_the_crypto_officer_and_makes_none() {
    let mut chain = Chain::start();
    let token = chain.token(Partition::Compat);
    token
        .pkcs11_tool_as_user()
        .args("--keypairgen --key-type EC:prime256v1 --label shared")
        .succeed();
    for (name, role, pin) in [
        ("alice", "crypto-officer", "alice-pin-5150"),
        ("bob", "crypto-user", "bob-pin-90125"),
    ] {
        chain
            .management()
            .args("user create compat")
            .arg(name)
            .args("--role")
            .arg(role)
            .arg("--pin-file")
            .arg(secret(&chain, "new.pin", pin))
            .arg("--user-pin-file")
            .arg(secret(&chain, "partition.pin", &token.pin))
            .succeed();
    }
    let as_user = |name: &str, pin: &str| {
        let run = script(&token, "named_user.py").arg(&token.label);
        run.arg(name).arg(pin).succeed().text()
    };
    assert_eq!(as_user("bob", "alice-pin-5150"), "login 0xa0\nkeys 0\n");
    assert_eq!(
        as_user("bob", "bob-pin-90125"),
        "login 0x0\nkeys 1\nsign 0x0\ndestroy 0xe2\ngenerate 0xe2\n"
    );
    assert_eq!(
        as_user("alice", "alice-pin-5150"),
        "login 0x0\nkeys 1\nsign 0x0\ndestroy 0x0\ngenerate 0x0\n"
    );
    let listed = chain.management().args("user list compat").succeed();
    assert!(listed.text().contains("crypto-officer"));
    chain.management().args("user delete compat bob").succeed();
    assert_eq!(as_user("bob", "bob-pin-90125"), "login 0x103\nkeys 0\n");
    chain.stop_hsmd();
    chain.verify_audit();
}

/// Collects the lines of a program that goes on running.
fn lines(run: Run) -> (std::process::Child, Receiver<String>) {
    let mut command = run.into_command();
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    let output = BufReader::new(child.stdout.take().unwrap());
    let (sender, receiver) = channel();
    thread::spawn(move || {
        for line in output.lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                return;
            }
        }
    });
    (child, receiver)
}

/// Waits until every slot has had an event.
fn events(lines: &Receiver<String>, slots: &BTreeSet<String>) {
    let mut missing = slots.clone();
    while !missing.is_empty() {
        let line = lines.recv_timeout(PATIENCE).unwrap();
        missing.remove(line.strip_prefix("event ").unwrap());
    }
}

#[test]
fn losing_the_hsm_and_having_it_back_are_slot_events() {
    let mut chain = Chain::start();
    let token = chain.token(Partition::Compat);
    let (mut child, lines) = lines(script(&token, "slot_events.py"));
    let first = lines.recv_timeout(PATIENCE).unwrap();
    let slots: BTreeSet<String> = first.split(' ').skip(1).map(str::to_owned).collect();
    assert_eq!(slots.len(), 4, "{first}");
    chain.kill_hsmd();
    events(&lines, &slots);
    chain.start_hsmd();
    events(&lines, &slots);
    child.kill().unwrap();
    child.wait().unwrap();
}
