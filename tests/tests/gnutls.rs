//! GnuTLS's p11tool, certtool and gnutls-cli against the whole chain.

#![forbid(unsafe_code)]

use tests::{Daemon, Host, Partition, Run, Token};

#[test]
fn tokens_and_objects_are_listed() {
    let host = Host::start();
    let token = host.token(Partition::Compat);
    p11tool(&token).arg("--list-tokens").succeed().says(&[
        &format!("Label: {}", token.label),
        "Requires login",
        "RNG",
    ]);
    p11tool(&token)
        .args("--list-mechanisms")
        .arg(url(&token, ""))
        .succeed()
        .says(
            &["CKM_SHA256_RSA_PKCS ", "CKM_ECDSA_SHA256 ", "CKM_AES_GCM "]
                .map(|name| if host.is_dew() { name } else { "CKM_" }),
        );
    generate(&token);
    as_user(&token)
        .arg("--list-all")
        .arg(url(&token, ""))
        .succeed()
        .says(&[
            "Type: Private key (RSA-2048)",
            "Type: Private key (EC/ECDSA-SECP256R1)",
            "Type: Public key",
        ])
        .says(&["CKA_PRIVATE", "CKA_SENSITIVE", "CKA_NEVER_EXTRACTABLE"]);
}

#[test]
fn generated_keys_sign_and_verify() {
    let host = Host::start();
    let token = host.token(Partition::Compat);
    generate(&token);
    for label in ["rsa", "ec"] {
        as_user(&token)
            .arg("--test-sign")
            .arg(url(&token, &format!(";object={label};type=private")))
            .succeed()
            .says(&[
                "Signing using",
                "Verifying against public key in the token... ok",
            ])
            .never_says(&["error"]);
        let export = as_user(&token)
            .arg("--export")
            .arg(url(&token, &format!(";object={label};type=public")))
            .succeed();
        let made = token.read(&format!("{label}.pem"));
        assert!(
            export
                .text()
                .contains(String::from_utf8_lossy(&made).trim()),
            "{export}"
        );
    }
}

#[test]
fn a_certificate_is_signed_written_and_deleted() {
    let host = Host::start();
    let token = host.token(Partition::Compat);
    generate(&token);
    certify(&token, "ec");
    token
        .openssl()
        .args("verify -CAfile ec.crt ec.crt")
        .succeed()
        .says(&["OK"]);

    as_user(&token)
        .args("--write --load-certificate ec.crt --label kept")
        .arg(url(&token, ""))
        .succeed();
    let certificate = url(&token, ";object=kept;type=cert");
    let exported = p11tool(&token).arg("--export").arg(&certificate).succeed();
    assert!(exported.text().contains("BEGIN CERTIFICATE"), "{exported}");
    as_user(&token)
        .args("--batch --delete")
        .arg(&certificate)
        .succeed();
    p11tool(&token)
        .args("--list-all")
        .arg(&certificate)
        .finish()
        .never_says(&["kept;"]);
}

#[test]
fn tls_clients_prove_themselves_with_keys_in_the_token() {
    let host = Host::start();
    let token = host.token(Partition::Compat);
    generate(&token);
    token
        .openssl()
        .args("req -new -x509 -newkey rsa:2048 -nodes -keyout server.key -out server.crt -days 7")
        .args("-subj /CN=localhost -addext subjectAltName=DNS:localhost")
        .succeed();
    for label in ["rsa", "ec"] {
        certify(&token, label);
        let server = token
            .openssl()
            .args("s_server -accept 127.0.0.1:0 -rev -key server.key -cert server.crt")
            .args(&format!(
                "-Verify 1 -verify_return_error -CAfile {label}.crt"
            ));
        let (_server, line) =
            Daemon::start_until("openssl s_server", server.into_command(), "ACCEPT 127");
        let port = line.rsplit(':').next().unwrap().trim();
        for version in ["TLS1.3", "TLS1.2"] {
            let connect = || {
                token
                    .client("gnutls-cli")
                    .args("--x509cafile server.crt --verify-hostname localhost 127.0.0.1 --port")
                    .arg(port)
                    .arg(format!("--priority=NORMAL:-VERS-ALL:+VERS-{version}"))
                    .input("hello, token\nCLOSE\n")
            };
            connect().finish().never_says(&["nekot ,olleh"]);
            connect()
                .env("GNUTLS_PIN", &token.pin)
                .arg("--provider")
                .arg(&token.module)
                .args(&format!("--x509certfile {label}.crt --x509keyfile"))
                .arg(url(&token, &format!(";object={label};type=private")))
                .finish()
                .says(&["nekot ,olleh"]);
        }
    }
}

/// Makes a certificate of a key in the token, signed by that key.
fn certify(token: &Token, label: &str) {
    token.write(
        "template",
        "cn = \"from the token\"\nserial = 7\nexpiration_days = 7\nca\ncert_signing_key\nsigning_key\ntls_www_client\n",
    );
    token
        .client("certtool")
        .env("GNUTLS_PIN", &token.pin)
        .args(&format!(
            "--generate-self-signed --template template --outfile {label}.crt --provider"
        ))
        .arg(&token.module)
        .arg("--load-privkey")
        .arg(url(token, &format!(";object={label};type=private")))
        .arg("--load-pubkey")
        .arg(url(token, &format!(";object={label};type=public")))
        .succeed();
}

fn generate(token: &Token) {
    for (options, label, id) in [
        ("--generate-rsa --bits 2048", "rsa", "21"),
        ("--generate-ecc --curve secp256r1", "ec", "22"),
    ] {
        as_user(token)
            .args(&format!(
                "{options} --label {label} --id {id} --outfile {label}.pem"
            ))
            .arg(url(token, ""))
            .succeed();
    }
}

fn p11tool(token: &Token) -> Run {
    token.client("p11tool").arg("--provider").arg(&token.module)
}

fn as_user(token: &Token) -> Run {
    p11tool(token).args("--login --set-pin").arg(&token.pin)
}

fn url(token: &Token, path: &str) -> String {
    format!("pkcs11:token={}{path}", token.label)
}
