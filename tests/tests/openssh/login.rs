//! Logging in to OpenSSH's server, with keys, certificates and a host key in the token.

use std::fs;

use tests::{Host, Run, Token};

use super::sshd::Sshd;
use super::{KEYS, asking, prepare, ssh_keygen, start_agent};

#[test]
fn users_log_in_with_keys_in_the_token() {
    let host = Host::start_with_one_token();
    let token = prepare(&host);
    let server = Sshd::start(&token, &with_authorized_keys(&token));
    let log_in = || with_module(&token, ssh(&token, &server)).arg("echo logged in");
    token.write("authorized", "");
    log_in()
        .fail()
        .says(&["Permission denied (publickey)"])
        .never_says(&["logged in"]);
    for (label, _) in KEYS {
        token.write("authorized", token.read(&format!("{label}.pub")));
        log_in().succeed().says(&["logged in"]);
    }
}

#[test]
fn users_log_in_with_keys_that_an_agent_reaches() {
    let host = Host::start_with_one_token();
    let token = prepare(&host);
    let server = Sshd::start(&token, &with_authorized_keys(&token));
    let (_agent, socket) = start_agent(&token);
    let at_agent = |run: Run| run.env("SSH_AUTH_SOCK", &socket);
    let log_in = || at_agent(ssh(&token, &server)).arg("echo logged in");
    for (label, _) in KEYS {
        token.write("authorized", token.read(&format!("{label}.pub")));
        log_in().fail().says(&["Permission denied (publickey)"]);
        at_agent(asking(&token, "ssh-add"))
            .arg("-s")
            .arg(&token.module)
            .succeed();
        log_in().succeed().says(&["logged in"]);
        at_agent(asking(&token, "ssh-add"))
            .arg("-e")
            .arg(&token.module)
            .succeed();
    }
}

#[test]
fn users_log_in_with_certificates_that_a_key_in_the_token_signed() {
    let host = Host::start_with_one_token();
    let token = prepare(&host);
    make_key(&token, "user");
    let user = Run::new("id").args("-un").succeed().text();
    for (authority, own) in [("rsa", "ec"), ("ec", "rsa")] {
        let trusted = token.file(&format!("{authority}.pub"));
        let server = Sshd::start(
            &token,
            &format!(
                "HostKey {}\nTrustedUserCAKeys {}\nAuthorizedKeysFile none",
                host_key(&token),
                trusted.display()
            ),
        );
        let log_in_with_file = || ssh(&token, &server).args("-i user echo logged in");
        certify(&token, authority, "someone-else", "user.pub");
        log_in_with_file().fail().says(&["Permission denied"]);
        certify(&token, authority, user.trim(), "user.pub");
        log_in_with_file().succeed().says(&["logged in"]);

        // And for a key that is in the token itself.
        certify(&token, authority, user.trim(), &format!("{own}.pub"));
        with_module(&token, ssh(&token, &server))
            .args(&format!("-o CertificateFile={own}-cert.pub echo logged in"))
            .succeed()
            .says(&["logged in"]);
    }
}

#[test]
fn a_server_proves_itself_with_a_host_key_in_the_token() {
    let host = Host::start_with_one_token();
    let token = prepare(&host);
    make_key(&token, "user");
    let (_agent, socket) = start_agent(&token);
    asking(&token, "ssh-add")
        .env("SSH_AUTH_SOCK", &socket)
        .arg("-s")
        .arg(&token.module)
        .succeed();
    let authorized = token.file("user.pub");
    for (label, known) in [("rsa", true), ("ec", true), ("ec", false)] {
        let public = token.file(&format!("{label}.pub"));
        let server = Sshd::start(
            &token,
            &format!(
                "HostKey {}\nHostKeyAgent {}\nAuthorizedKeysFile {}",
                public.display(),
                socket.display(),
                authorized.display()
            ),
        );
        let expected = if known { &public } else { &authorized };
        let key = fs::read_to_string(expected).expect("prepared above");
        token.write("known", format!("[127.0.0.1]:{} {key}", server.port()));
        let log_in = token
            .client("ssh")
            .args("-F none -o BatchMode=yes -o IdentityAgent=none -o UserKnownHostsFile=known -i user")
            .args(&format!("-p {} 127.0.0.1 echo logged in", server.port()));
        if known {
            log_in.succeed().says(&["logged in"]);
        } else {
            log_in.fail().says(&["Host key verification failed"]);
        }
    }
}

/// Returns the settings of a server that takes the keys in the file `authorized`.
fn with_authorized_keys(token: &Token) -> String {
    format!(
        "HostKey {}\nAuthorizedKeysFile {}",
        host_key(token),
        token.file("authorized").display()
    )
}

/// Makes the server's own key, if it has none, and returns its path.
fn host_key(token: &Token) -> String {
    let path = token.file("host");
    if !path.exists() {
        make_key(token, "host");
    }
    path.display().to_string()
}

/// Makes a key pair in a file.
fn make_key(token: &Token, name: &str) {
    ssh_keygen(token)
        .args(&format!("-q -t ed25519 -f {name} -N"))
        .arg("")
        .succeed();
}

/// Lets a key of the token certify `public` for one user's name.
fn certify(token: &Token, authority: &str, user: &str, public: &str) {
    ssh_keygen(token)
        .args(&format!("-s {authority}.pub -I someone -n {user} -D"))
        .arg(&token.module)
        .arg(public)
        .succeed();
}

/// Prepares a login.
fn ssh(token: &Token, server: &Sshd) -> Run {
    asking(token, "ssh")
        .env("SSH_AUTH_SOCK", "")
        .args("-F none -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null")
        .args(&format!("-p {} 127.0.0.1", server.port()))
}

/// Lets it take the keys of the token.
fn with_module(token: &Token, ssh: Run) -> Run {
    ssh.arg("-o")
        .arg(format!("PKCS11Provider={}", token.module.display()))
}
