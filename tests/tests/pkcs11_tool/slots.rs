//! Slots, tokens and PINs, and the tool's own test.

use tests::{Host, Partition, Token};

use super::make_key_pair;

const NEW_SO_PIN: &str = "so-pin-of-the-new-1";
const NEW_PIN: &str = "user-pin-of-the-new-1";
const CHANGED_PIN: &str = "changed-pin-of-the-new-1";

#[test]
fn slots_mechanisms_and_library_are_shown() {
    let host = Host::start();
    let token = host.token(Partition::Compat);
    token
        .pkcs11_tool()
        .arg("-I")
        .succeed()
        .says(&["Cryptoki version", "Library"]);
    let flags = [
        "login required",
        "rng",
        "token initialized",
        "PIN initialized",
    ];
    token
        .pkcs11_tool()
        .arg("-L")
        .succeed()
        .says(&flags)
        .says(&[&token.label, "uninitialized"]);
    token
        .pkcs11_tool()
        .arg("--token-label")
        .arg(&token.label)
        .arg("-M")
        .succeed()
        .says(&[
            "SHA256-RSA-PKCS",
            "ECDSA, ",
            "AES-GCM",
            "RSA-PKCS-KEY-PAIR-GEN",
            "SHA256, digest",
        ]);
}

#[test]
fn a_token_is_initialised_and_its_pins_are_set_and_changed() {
    let host = Host::start();
    let token = host.token(Partition::Compat);
    let index = uninitialised_slot(&token);
    token
        .pkcs11_tool()
        .args(&format!(
            "--init-token --slot-index {index} --label new --so-pin {NEW_SO_PIN}"
        ))
        .succeed();
    let new = Token {
        label: "new".into(),
        so_pin: NEW_SO_PIN.into(),
        pin: NEW_PIN.into(),
        ..token
    };
    new.pkcs11_tool()
        .args("--token-label new --init-pin --login --login-type so")
        .args(&format!("--so-pin {NEW_SO_PIN} --new-pin {NEW_PIN}"))
        .succeed();
    make_key_pair(&new, "EC:secp256r1", "01", "--usage-sign");

    new.pkcs11_tool()
        .args(&format!(
            "--token-label new --login --pin {NEW_PIN} --change-pin --new-pin {CHANGED_PIN}"
        ))
        .succeed();
    new.pkcs11_tool_as_user()
        .arg("--list-objects")
        .fail()
        .says(&["CKR_PIN_INCORRECT"]);
    let changed = Token {
        pin: CHANGED_PIN.into(),
        ..new
    };
    // Private objects are sealed under the PIN: after a change they still open.
    changed
        .pkcs11_tool_as_user()
        .arg("--list-objects")
        .succeed()
        .says(&["Private Key Object"]);
}

#[test]
fn the_tools_own_test_finds_no_error() {
    let host = Host::start();
    let token = host.token(Partition::Compat);
    make_key_pair(&token, "rsa:2048", "01", "");
    make_key_pair(&token, "EC:secp256r1", "02", "--usage-sign");
    let finished = token
        .pkcs11_tool_as_user()
        .arg("--test")
        .finish()
        .says(&["seems to be OK"]);
    // SoftHSM2 refuses the label that the tool passes to OAEP; everything before that is worth the comparison.
    if host.is_dew() {
        assert!(finished.succeeded(), "{finished}");
        finished
            .says(&["RSA-PKCS: OK", "RSA-PKCS-OAEP: ", "No errors"])
            .never_says(&["ERR:", "failed"]);
    }
}

#[test]
fn wrong_pins_are_counted_shown_and_end_in_a_lock() {
    let host = Host::start();
    if !host.is_dew() {
        return; // SoftHSM2 counts nothing.
    }
    let token = host.token(Partition::Strict);
    let wrong = Token {
        pin: "not-the-pin-of-anyone-1".into(),
        ..token.clone()
    };
    wrong
        .pkcs11_tool_as_user()
        .arg("--list-objects")
        .fail()
        .says(&["CKR_PIN_INCORRECT"]);
    flags(&token).says(&["user PIN count low"]);
    token.pkcs11_tool_as_user().arg("--list-objects").succeed();
    flags(&token).never_says(&["user PIN count low"]);

    let mut guesses = 1;
    while !wrong
        .pkcs11_tool_as_user()
        .arg("--list-objects")
        .fail()
        .text()
        .contains("CKR_PIN_LOCKED")
    {
        guesses += 1;
        assert!(guesses <= 11, "a PIN may be guessed at most ten times");
    }
    flags(&token).says(&["user PIN locked"]);
    token
        .pkcs11_tool_as_user()
        .arg("--list-objects")
        .fail()
        .says(&["CKR_PIN_LOCKED"]);

    token
        .pkcs11_tool()
        .arg("--token-label")
        .arg(&token.label)
        .args("--init-pin --login --login-type so --so-pin")
        .arg(&token.so_pin)
        .args("--new-pin")
        .arg(&token.pin)
        .succeed();
    token.pkcs11_tool_as_user().arg("--list-objects").succeed();
}

fn flags(token: &Token) -> tests::Finished {
    token.pkcs11_tool().arg("-L").succeed()
}

/// Returns the position of the first slot without an initialised token, in the tool's own counting.
fn uninitialised_slot(token: &Token) -> usize {
    let text = token.pkcs11_tool().arg("-L").succeed().text();
    let slots: Vec<&str> = text.split("\nSlot ").skip(1).collect();
    slots
        .iter()
        .position(|slot| slot.contains("uninitialized"))
        .unwrap_or_else(|| panic!("no slot is without a token:\n{text}"))
}
