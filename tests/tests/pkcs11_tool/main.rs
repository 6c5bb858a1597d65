//! OpenSC's pkcs11-tool against the whole chain, its results checked with the `openssl` command.

#![forbid(unsafe_code)]

mod ciphers;
mod objects;
mod signatures;
mod slots;
mod wrapping;

use tests::{Finished, Host, Token};

/// A message of no particular length.
const MESSAGE: &[u8] = b"The quick brown fox jumps over the lazy dog, and is signed for it.";

/// Makes a key pair in the token.
fn make_key_pair(token: &Token, key_type: &str, id: &str, usage: &str) -> Finished {
    token
        .pkcs11_tool_as_user()
        .args("--keypairgen --key-type")
        .arg(key_type)
        .args("--id")
        .arg(id)
        .args("--label")
        .arg(format!("key-{id}"))
        .args(usage)
        .succeed()
}

/// Reads an RSA public key out of the token into `<id>.pem`, and returns that name.
fn export_public_key(token: &Token, id: &str) -> String {
    token
        .pkcs11_tool()
        .arg("--token-label")
        .arg(&token.label)
        .args("--read-object --type pubkey --id")
        .arg(id)
        .args("--output-file public.der")
        .succeed();
    to_pem(token, id)
}

/// Writes an EC public key of the token into `<id>.pem`, and returns that name.
///
/// It is put together from the listing: with OpenSSL 3 this release of the tool reads out no curve but P-256.
fn export_ec_public_key(token: &Token, id: &str) -> String {
    let text = token
        .pkcs11_tool()
        .arg("--token-label")
        .arg(&token.label)
        .args("--list-objects --type pubkey")
        .succeed()
        .text();
    let mut objects = text.split("Public Key Object;");
    let object = objects
        .find(|object| object.contains(&format!("ID:         {id}\n")))
        .unwrap_or_else(|| panic!("no public key {id} in:\n{text}"));
    let field = |name: &str| {
        let mut lines = object.lines();
        let value = lines.find_map(|line| line.trim().strip_prefix(name));
        unhex(
            value
                .unwrap_or_else(|| {
                    panic!(
                        "no {name} in:
{text}"
                    )
                })
                .trim(),
        )
    };
    // CKA_EC_POINT is an OCTET STRING around what the BIT STRING of RFC 5480, 2, holds.
    let octets = field("EC_POINT:");
    let header = if octets[1] < 0x80 { 2 } else { 3 };
    let point = [&[0], &octets[header..]].concat();
    let ec_public_key = unhex("06072a8648ce3d0201");
    let algorithm = der(0x30, &[ec_public_key, field("EC_PARAMS:")].concat());
    token.write(
        "public.der",
        der(0x30, &[algorithm, der(0x03, &point)].concat()),
    );
    to_pem(token, id)
}

fn to_pem(token: &Token, id: &str) -> String {
    let pem = format!("{id}.pem");
    token
        .openssl()
        .args("pkey -pubin -inform DER -in public.der -out")
        .arg(&pem)
        .succeed();
    pem
}

/// Encodes one element of DER, up to 255 bytes long.
fn der(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = u8::try_from(content.len()).expect("keys here are short");
    let header = if length < 0x80 {
        vec![tag, length]
    } else {
        vec![tag, 0x81, length]
    };
    [&header, content].concat()
}

fn unhex(digits: &str) -> Vec<u8> {
    hex::decode(digits).expect("hexadecimal digits")
}

/// Writes the digest of [`MESSAGE`] into the file `digest`.
fn write_digest(token: &Token, hash: &str) -> Vec<u8> {
    token.write("message", MESSAGE);
    token
        .openssl()
        .args(&format!("dgst -{hash} -binary -out digest message"))
        .succeed();
    token.read("digest")
}

/// Tells whether the token offers a mechanism: Dew has to, a peer may not.
fn offers(host: &Host, token: &Token, mechanism: &str) -> bool {
    if host.is_dew() {
        return true;
    }
    let list = token
        .pkcs11_tool()
        .arg("--token-label")
        .arg(&token.label)
        .arg("-M")
        .succeed()
        .text();
    list.lines()
        .any(|line| line.trim_start().starts_with(&format!("{mechanism},")))
}
