//! p11-kit's server: the token, passed on through a socket of p11-kit's own to clients that load p11-kit's module.

#![forbid(unsafe_code)]

use tests::{Daemon, Host, Partition, Run, Token};

/// The module that speaks to p11-kit's server, where Debian has it.
const CLIENT: &str = "/usr/lib/x86_64-linux-gnu/pkcs11/p11-kit-client.so";

/// What is signed, as long as a digest by SHA-256: p11-kit 0.24 passes on no mechanism that hashes for ECDSA.
const DIGEST: [u8; 32] = [0x5a; 32];

#[test]
fn clients_of_the_server_of_p11_kit_use_the_token() {
    let host = Host::start();
    let token = host.token(Partition::Compat);
    token.write("digest", DIGEST);
    let socket = token.file("p11-kit.sock");
    let server = token
        .client("p11-kit")
        .args("server --foreground --sh --name")
        .arg(&socket)
        .arg("--provider")
        .arg(&token.module)
        .arg(token.uri("").split('?').next().unwrap());
    let (_server, _) = Daemon::start_until(
        "p11-kit server",
        server.into_command(),
        "P11_KIT_SERVER_PID",
    );
    tool(&token)
        .args("--list-slots")
        .succeed()
        .says(&[&token.label]);
    for (label, key_type, mechanism) in [
        ("rsa", "rsa:2048", "RSA-PKCS"),
        ("ec", "EC:secp256r1", "ECDSA"),
    ] {
        let id = hex::encode(label);
        as_user(&token)
            .args(&format!("--keypairgen --key-type {key_type} --usage-sign"))
            .args(&format!("--label {label} --id {id}"))
            .succeed();
        as_user(&token)
            .args(&format!("--sign --mechanism {mechanism} --id {id}"))
            .args("--signature-format openssl --input-file digest --output-file signature")
            .succeed();
        // Who loads Dew's module sees the same key.
        token
            .pkcs11_tool()
            .arg("--token-label")
            .arg(&token.label)
            .args(&format!(
                "--read-object --type pubkey --label {label} --output-file public"
            ))
            .succeed();
        token
            .openssl()
            .args("pkeyutl -verify -pubin -inkey public -keyform DER -in digest -sigfile signature")
            .succeed()
            .says(&["Verified Successfully"]);
    }
}

/// Prepares pkcs11-tool with the module of p11-kit, which finds the server by its address.
fn tool(token: &Token) -> Run {
    let address = format!("unix:path={}", token.file("p11-kit.sock").display());
    token
        .client("pkcs11-tool")
        .env("P11_KIT_SERVER_ADDRESS", &address)
        .arg("--module")
        .arg(CLIENT)
}

fn as_user(token: &Token) -> Run {
    tool(token)
        .arg("--token-label")
        .arg(&token.label)
        .args("--login --pin")
        .arg(&token.pin)
}
