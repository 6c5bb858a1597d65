//! GnuTLS's p11tool and certtool against the whole chain.

#![forbid(unsafe_code)]

use tests::{Host, Partition, Run, Token};

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
    token.write(
        "template",
        "cn = \"from the token\"\nserial = 7\nexpiration_days = 7\nca\ncert_signing_key\n",
    );
    token
        .client("certtool")
        .env("GNUTLS_PIN", &token.pin)
        .args("--generate-self-signed --template template --outfile ec.crt --provider")
        .arg(&token.module)
        .arg("--load-privkey")
        .arg(url(&token, ";object=ec;type=private"))
        .arg("--load-pubkey")
        .arg(url(&token, ";object=ec;type=public"))
        .succeed();
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
