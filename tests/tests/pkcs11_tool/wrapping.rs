//! Wrapping and unwrapping, and agreeing on a key.

use tests::{Host, Partition};

use super::unhex;

/// The key that wraps and the key that is wrapped of RFC 3394, 4.6.
const KEK: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
const PAYLOAD: &str = "00112233445566778899aabbccddeeff000102030405060708090a0b0c0d0e0f";

const IV: &str = "000102030405060708090a0b0c0d0e0f";

#[test]
fn openssl_unwraps_what_the_token_wraps_and_the_token_what_openssl_wraps() {
    let host = Host::start();
    let token = host.token(Partition::Compat);
    let run = |arguments: &str| token.pkcs11_tool_as_user().args(arguments).succeed();
    token.write("kek", unhex(KEK));
    run("--write-object kek --type secrkey --key-type AES:32 --id 50 --label kek --usage-wrap");
    token.write("payload", unhex(PAYLOAD));
    run(
        "--write-object payload --type secrkey --key-type AES:32 --id 51 --label payload --extractable",
    );
    run("--wrap --mechanism AES-KEY-WRAP --id 50 --application-id 51 --output-file wrapped");
    let openssl = |arguments: &str| token.openssl().args(arguments).succeed();
    let key_wrap = format!("enc -id-aes256-wrap -K {KEK} -iv a6a6a6a6a6a6a6a6");
    openssl(&format!("{key_wrap} -d -in wrapped -out unwrapped"));
    assert_eq!(token.read("unwrapped"), unhex(PAYLOAD));

    openssl(&format!("{key_wrap} -e -in payload -out brought"));
    run(
        "--unwrap --mechanism AES-KEY-WRAP --id 50 --input-file brought --key-type AES: \
         --application-id 52 --application-label back --usage-decrypt",
    );
    token.write("plain", [0x5a; 64]);
    run(&format!(
        "--encrypt --mechanism AES-CBC --iv {IV} --id 52 --input-file plain --output-file sealed"
    ));
    openssl(&format!(
        "enc -d -aes-256-cbc -K {PAYLOAD} -iv {IV} -nopad -in sealed -out opened"
    ));
    assert_eq!(token.read("opened"), [0x5a; 64]);
}

#[test]
fn the_token_and_openssl_agree_on_a_key() {
    let host = Host::start();
    let token = host.token(Partition::Compat);
    let run = |arguments: &str| token.pkcs11_tool_as_user().args(arguments).succeed();
    run("--keypairgen --key-type EC:prime256v1 --id 60 --label ours --usage-derive");
    let public = super::export_ec_public_key(&token, "60");
    let openssl = |arguments: &str| token.openssl().args(arguments).succeed();
    openssl("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out theirs.pem");
    openssl("pkey -in theirs.pem -pubout -outform DER -out theirs.der");
    openssl(&format!(
        "pkeyutl -derive -inkey theirs.pem -peerkey {public} -out expected"
    ));
    run("--derive --mechanism ECDH1-DERIVE --id 60 --input-file theirs.der --output-file secret");
    assert_eq!(token.read("secret"), token.read("expected"));
}
