//! Encryption, hashes and random bytes. (This release of the tool has no AES-GCM; the `cryptoki` tests have.)

use tests::{Host, Partition, Token};

use super::{MESSAGE, export_public_key, make_key_pair, offers, unhex, write_digest};

const IV: &str = "000102030405060708090a0b0c0d0e0f";
const KEY: &str = "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4";

#[test]
fn an_imported_aes_key_does_as_openssl_does() {
    let host = Host::start();
    let token = host.token(Partition::Compat);
    token.write("key", unhex(KEY));
    token
        .pkcs11_tool_as_user()
        .args("--write-object key --type secrkey --key-type AES:32 --id 10 --label imported --usage-decrypt")
        .succeed();
    let blocks = [0x5a; 64];
    check_aes(&token, "AES-CBC-PAD", "", MESSAGE);
    check_aes(&token, "AES-CBC", "-nopad", &blocks);
}

fn check_aes(token: &Token, mechanism: &str, openssl_option: &str, plain: &[u8]) {
    token.write("plain", plain);
    let pkcs11_tool = |operation: &str, from: &str, to: &str| {
        token
            .pkcs11_tool_as_user()
            .args(&format!(
                "--{operation} --mechanism {mechanism} --iv {IV} --id 10"
            ))
            .args(&format!("--input-file {from} --output-file {to}"))
            .succeed();
    };
    let openssl = |option: &str, from: &str, to: &str| {
        token
            .openssl()
            .args(&format!(
                "enc {option} -aes-256-cbc -K {KEY} -iv {IV} {openssl_option} -in {from} -out {to}"
            ))
            .succeed();
    };
    pkcs11_tool("encrypt", "plain", "sealed");
    openssl("-d", "sealed", "opened");
    assert_eq!(
        token.read("opened"),
        plain,
        "{mechanism}: OpenSSL opens what the token sealed"
    );
    openssl("-e", "plain", "sealed");
    pkcs11_tool("decrypt", "sealed", "opened");
    assert_eq!(
        token.read("opened"),
        plain,
        "{mechanism}: the token opens what OpenSSL sealed"
    );
}

#[test]
fn rsa_opens_what_openssl_sealed() {
    let host = Host::start();
    let token = host.token(Partition::Compat);
    make_key_pair(&token, "rsa:2048", "01", "--usage-decrypt");
    let public_key = export_public_key(&token, "01");
    token.write("plain", MESSAGE);
    let sha1_oaep = "-pkeyopt rsa_padding_mode:oaep";
    let sha256_oaep =
        "-pkeyopt rsa_padding_mode:oaep -pkeyopt rsa_oaep_md:sha256 -pkeyopt rsa_mgf1_md:sha256";
    let mut cases = vec![
        ("RSA-PKCS", "", ""),
        (
            "RSA-PKCS-OAEP",
            "--hash-algorithm SHA-1 --mgf MGF1-SHA1",
            sha1_oaep,
        ),
    ];
    if host.is_dew() {
        cases.push((
            "RSA-PKCS-OAEP",
            "--hash-algorithm SHA256 --mgf MGF1-SHA256",
            sha256_oaep,
        ));
    }
    for (mechanism, options, openssl_options) in cases {
        token
            .openssl()
            .args(&format!("pkeyutl -encrypt -pubin -inkey {public_key} {openssl_options} -in plain -out sealed"))
            .succeed();
        token
            .pkcs11_tool_as_user()
            .args(&format!(
                "--decrypt --mechanism {mechanism} {options} --id 01"
            ))
            .args("--input-file sealed --output-file opened")
            .succeed();
        assert_eq!(token.read("opened"), MESSAGE, "{mechanism} {options}");
    }
}

#[test]
fn hashes_and_random_bytes() {
    let host = Host::start();
    let token = host.token(Partition::Compat);
    for (mechanism, hash) in [
        ("SHA-1", "sha1"),
        ("SHA224", "sha224"),
        ("SHA256", "sha256"),
        ("SHA384", "sha384"),
        ("SHA512", "sha512"),
        ("SHA3-256", "sha3-256"),
    ] {
        if !offers(&host, &token, mechanism) {
            continue;
        }
        let expected = write_digest(&token, hash);
        in_token(
            &token,
            &format!("--hash --mechanism {mechanism} --input-file message --output-file hash"),
        );
        assert_eq!(token.read("hash"), expected, "{mechanism}");
    }
    in_token(&token, "--generate-random 64 --output-file first");
    in_token(&token, "--generate-random 64 --output-file second");
    assert_eq!(token.read("first").len(), 64);
    assert_ne!(token.read("first"), token.read("second"));
}

fn in_token(token: &Token, arguments: &str) {
    token
        .pkcs11_tool()
        .arg("--token-label")
        .arg(&token.label)
        .args(arguments)
        .succeed();
}
