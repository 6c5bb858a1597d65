//! Java's SunPKCS11: `keytool` makes keys and certificates in the token, and a program signs, encrypts and serves TLS with them.

#![forbid(unsafe_code)]

use std::path::Path;
use std::time::Duration;

use tests::{Host, Partition, Run, Token};

/// A virtual machine starts slowly where many tests run.
const PATIENCE: Duration = Duration::from_secs(110);

#[test]
fn java_makes_keys_signs_encrypts_and_serves_tls() {
    let host = Host::start_with_one_token();
    let token = host.token(Partition::Compat);
    let module = token.module.display();
    token.write(
        "dew.cfg",
        format!("name = Dew\nlibrary = {module}\nslotListIndex = 0\n"),
    );
    for (alias, kind) in [
        ("rsa", "-keyalg RSA -keysize 2048"),
        ("ec", "-keyalg EC -groupname secp256r1"),
    ] {
        keytool(&token)
            .args(&format!(
                "-genkeypair -alias {alias} {kind} -dname CN=localhost -validity 7"
            ))
            .succeed();
    }
    keytool(&token)
        .arg("-list")
        .succeed()
        .says(&["rsa, ", "ec, ", "PrivateKeyEntry"]);
    let finished = token
        .client("java")
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("clients/Keys.java"))
        .arg("dew.cfg")
        .arg(&token.pin)
        .patience(PATIENCE)
        .succeed()
        .says(&["all is well"]);
    eprintln!("{finished}");
}

fn keytool(token: &Token) -> Run {
    token
        .client("keytool")
        .args("-keystore NONE -storetype PKCS11 -providerClass sun.security.pkcs11.SunPKCS11 -providerArg dew.cfg -storepass")
        .arg(&token.pin)
        .patience(PATIENCE)
}
