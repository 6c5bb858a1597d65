//! OpenSSH: keys of the token listed, certifying other keys, and signing through ssh-agent, and logging in.

#![forbid(unsafe_code)]

mod login;
mod sshd;

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use tests::{Daemon, Host, Partition, Run, Token};

const KEYS: [(&str, &str); 2] = [("rsa", "rsa:2048"), ("ec", "EC:secp256r1")];

#[test]
fn keys_are_listed_without_a_pin() {
    let host = Host::start();
    let token = prepare(&host);
    ssh_keygen(&token)
        .arg("-D")
        .arg(&token.module)
        .succeed()
        .says(&["ssh-rsa AAAA", " rsa", "ecdsa-sha2-nistp256 AAAA", " ec"]);
}

#[test]
fn a_key_in_the_token_certifies_users() {
    let host = Host::start_with_one_token();
    let token = prepare(&host);
    ssh_keygen(&token)
        .args("-q -t ed25519 -f user -N")
        .arg("")
        .succeed();
    for (label, _) in KEYS {
        ssh_keygen(&token)
            .args(&format!("-s {label}.pub -I someone -n root -D"))
            .arg(&token.module)
            .arg("user.pub")
            .succeed();
        // Reading a certificate checks its signature.
        ssh_keygen(&token)
            .args("-L -f user-cert.pub")
            .succeed()
            .says(&["Key ID: \"someone\""]);
    }
}

#[test]
fn ssh_agent_signs_with_keys_in_the_token() {
    let host = Host::start_with_one_token();
    let token = prepare(&host);
    let (_agent, socket) = start_agent(&token);
    let at_agent = |program: &str| asking(&token, program).env("SSH_AUTH_SOCK", &socket);

    at_agent("ssh-add").arg("-s").arg(&token.module).succeed();
    token.write("message", "signed by an agent\n");
    for (label, _) in KEYS {
        at_agent("ssh-keygen")
            .args(&format!("-Y sign -f {label}.pub -n file message"))
            .succeed();
        let key = fs::read_to_string(token.file(&format!("{label}.pub"))).expect("prepared above");
        token.write("allowed", format!("someone {key}"));
        ssh_keygen(&token)
            .args("-Y verify -f allowed -I someone -n file -s message.sig")
            .input(token.read("message"))
            .succeed()
            .says(&["Good \"file\" signature"]);
        fs::remove_file(token.file("message.sig")).expect("signed above");
    }
    at_agent("ssh-add").arg("-e").arg(&token.module).succeed();
}

/// Starts an agent that may load the module, and returns where it listens.
fn start_agent(token: &Token) -> (Daemon, PathBuf) {
    let socket = token.file("ssh-agent");
    // The agent allows what it finds behind symbolic links.
    let module = token.module.canonicalize().expect("the module is there");
    let agent = token
        .client("ssh-agent")
        .arg("-D")
        .arg("-a")
        .arg(&socket)
        .arg("-P")
        .arg(module)
        .into_command();
    let (agent, _) = Daemon::start_until("ssh-agent", agent, "SSH_AUTH_SOCK=");
    (agent, socket)
}

/// Makes the keys and writes each public key into `<label>.pub`.
fn prepare(host: &Host) -> Token {
    let token = host.token(Partition::Compat);
    eprintln!("{}", token.client("ssh").arg("-V").succeed());
    for (label, key_type) in KEYS {
        token
            .pkcs11_tool_as_user()
            .args(&format!(
                "--keypairgen --key-type {key_type} --label {label} --id {}",
                hex::encode(label)
            ))
            .arg("--usage-sign")
            .succeed();
    }
    let listed = ssh_keygen(&token)
        .arg("-D")
        .arg(&token.module)
        .succeed()
        .text();
    for (label, _) in KEYS {
        let ending = format!(" {label}");
        let key = listed.lines().find(|line| line.ends_with(&ending));
        let key =
            key.unwrap_or_else(|| panic!("ssh-keygen does not list the key {label}:\n{listed}"));
        token.write(&format!("{label}.pub"), format!("{key}\n"));
    }
    let answer = token.write("answer-pin", format!("#!/bin/sh\necho '{}'\n", token.pin));
    allow_running(&answer);
    token
}

/// Prepares a program that is told the PIN when it asks.
fn asking(token: &Token, program: &str) -> Run {
    token
        .client(program)
        .env("SSH_ASKPASS", token.file("answer-pin"))
        .env("SSH_ASKPASS_REQUIRE", "force")
}

fn ssh_keygen(token: &Token) -> Run {
    asking(token, "ssh-keygen")
}

fn allow_running(path: &Path) {
    fs::set_permissions(path, Permissions::from_mode(0o700)).expect("the test's folder is ours");
}
