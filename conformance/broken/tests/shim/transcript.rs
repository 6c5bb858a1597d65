//! Every rule changes what a client sees.

use std::env::{current_exe, var_os};
use std::sync::Mutex;
use std::thread;

use broken_module::rules;

use crate::{Under, calls, module};

/// How many clients run beside each other.
const AT_ONCE: usize = 4;

/// Tells the test that it is the client.
const CLIENT: &str = "CLIENT_MODULE";

/// Rules that this client does not notice, and why.
const UNNOTICED: &[(&str, &str)] = &[
    (
        "create-inconsistent-accepted",
        "SoftHSM2 answers otherwise to what contradicts itself",
    ),
    ("logout-without-login-accepted", "SoftHSM2 breaks this rule"),
    ("refuses-threads", "the client has one thread"),
    ("set-half", "SoftHSM2 breaks this rule"),
    ("interface-list-nowhere", "SoftHSM2 has no interfaces"),
    (
        "token-info-blames-so",
        "the client never guesses at the SO's PIN",
    ),
    (
        "session-operations-shared",
        "the client has one session at work",
    ),
    (
        "always-authenticate-ignored",
        "the client has no key that asks for the PIN each time",
    ),
    (
        "allowed-mechanisms-ignored",
        "the client names no mechanisms for a key",
    ),
    ("value-can-be-set", "the client sets no value"),
    ("unwrap-cuts", "the client does not use what it unwraps"),
    ("rsa-fault", "the client does not open its signatures"),
    ("rsa-exponent-one", "the client brings no such key"),
    (
        "ecdsa-nonce-repeated",
        "the client does not compare its signatures",
    ),
];

#[test]
fn every_rule_is_noticed() {
    if var_os(CLIENT).is_some() {
        return calls::make();
    }
    let under = Under::new();
    let transcript = |rule: &str| {
        let own = under.copy();
        let mut command = own.command("timeout");
        command
            .env(CLIENT, module())
            .env("BROKEN_MODULE_UNDER", crate::soft_hsm());
        command.env("BROKEN_MODULE_RULE", rule).arg("5");
        command.arg(current_exe().unwrap());
        command.args([
            "--exact",
            "transcript::every_rule_is_noticed",
            "--nocapture",
        ]);
        let output = command.output().unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        text.lines()
            .filter(|line| !line.starts_with("test result"))
            .collect::<Vec<_>>()
            .join("\n")
    };
    let right = transcript("");
    assert!(right.contains("the end"), "{right}");
    assert_eq!(
        transcript(""),
        right,
        "the client is not the same every time"
    );
    let dead = Mutex::new(Vec::new());
    let names = rules().map(|rule| rule.name);
    let waiting = Mutex::new(names.filter(|name| !UNNOTICED.iter().any(|row| row.0 == *name)));
    let next = || waiting.lock().unwrap().next();
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some(name) = next() {
                    if transcript(name) == right {
                        dead.lock().unwrap().push(name);
                    }
                }
            });
        }
    });
    let dead = dead.into_inner().unwrap();
    assert!(dead.is_empty(), "nobody notices {dead:?}");
    assert_eq!(
        transcript(""),
        right,
        "the client is not the same every time"
    );
}
