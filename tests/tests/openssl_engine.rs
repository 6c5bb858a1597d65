//! OpenSSL with libp11's engine: certificates, signed messages and a TLS server, all with keys in the token.

#![forbid(unsafe_code)]

use tests::{Daemon, Finished, Host, Partition, Run, Token};

const MESSAGE: &[u8] = b"A message that is signed in the token.";

/// The kinds of key that certificates are made of here.
const KEYS: [(&str, &str); 2] = [("rsa", "rsa:2048"), ("ec", "EC:secp256r1")];

#[test]
fn certificates_and_requests_are_signed_in_the_token() {
    let host = Host::start();
    let token = prepare(&host);
    for (key, _) in KEYS {
        make_certificate(&token, key);
        let certificate = format!("{key}.crt");
        openssl(
            &token,
            &format!("verify -CAfile {certificate} {certificate}"),
        )
        .says(&["OK"]);
        let request = with_key(&token, "req -new -sha256 -subj /CN=requested -key", key);
        request.args(&format!("-out {key}.csr")).succeed();
        openssl(&token, &format!("req -verify -noout -in {key}.csr")).says(&["verify OK"]);
    }
}

#[test]
fn signed_messages_verify() {
    let host = Host::start();
    let token = prepare(&host);
    token.write("message", MESSAGE);
    for (key, _) in KEYS {
        make_certificate(&token, key);
        with_key(
            &token,
            "cms -sign -binary -nodetach -in message -outform DER -inkey",
            key,
        )
        .args(&format!("-signer {key}.crt -out {key}.cms"))
        .succeed();
        openssl(
            &token,
            &format!(
                "cms -verify -binary -inform DER -in {key}.cms -CAfile {key}.crt -purpose any -out opened"
            ),
        );
        assert_eq!(token.read("opened"), MESSAGE, "{key}");
    }
}

#[test]
fn a_tls_server_proves_itself_with_a_key_in_the_token() {
    let host = Host::start();
    let token = prepare(&host);
    for (key, _) in KEYS {
        make_certificate(&token, key);
        let server = with_key(&token, "s_server -accept 127.0.0.1:0 -rev -key", key);
        let server = server.args(&format!("-cert {key}.crt")).into_command();
        let (_server, line) = Daemon::start_until("openssl s_server", server, "ACCEPT 127");
        let address = line.trim_start_matches("ACCEPT ").trim();
        for version in ["-tls1_3", "-tls1_2"] {
            token
                .openssl()
                .args(&format!(
                    "s_client -connect {address} {version} -CAfile {key}.crt"
                ))
                .args("-verify_return_error -quiet")
                .input("hello, token\nCLOSE\n")
                .finish()
                .says(&["nekot ,olleh"]);
        }
    }
}

/// Makes the keys, and the configuration in which OpenSSL finds the engine and the module.
fn prepare(host: &Host) -> Token {
    let token = host.token(Partition::Compat);
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
    let module = token.module.display();
    token.write(
        "engine.cnf",
        format!(
            "openssl_conf = init\n[init]\nengines = engines\n[engines]\npkcs11 = engine\n\
             [engine]\nengine_id = pkcs11\nMODULE_PATH = {module}\ninit = 0\n\
             [req]\ndistinguished_name = name\n[name]\n"
        ),
    );
    token
}

fn make_certificate(token: &Token, key: &str) {
    with_key(
        token,
        "req -new -x509 -sha256 -days 7 -subj /CN=localhost -key",
        key,
    )
    .args(&format!("-out {key}.crt"))
    .succeed();
}

/// Prepares an OpenSSL command whose last option takes the URI of a private key.
fn with_key(token: &Token, command: &str, key: &str) -> Run {
    token
        .openssl()
        .env("OPENSSL_CONF", token.file("engine.cnf"))
        .args(command)
        .arg(token.uri(&format!(";object={key};type=private")))
        .args("-engine pkcs11 -keyform engine")
}

fn openssl(token: &Token, arguments: &str) -> Finished {
    token.openssl().args(arguments).succeed()
}
