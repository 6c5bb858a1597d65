//! Objects: written, listed, read back, changed, deleted.

use tests::{Host, Partition, Token};

use super::{MESSAGE, make_key_pair};

#[test]
fn objects_are_kept_until_deleted() {
    let host = Host::start();
    let token = host.token(Partition::Compat);
    write_certificate_and_data(&token);
    make_key_pair(&token, "EC:secp256r1", "05", "--usage-sign");
    token
        .pkcs11_tool_as_user()
        .args("--keygen --key-type AES:32 --id 06 --label aes")
        .succeed();

    let all = [
        "Certificate Object",
        "Data object",
        "Private Key Object; EC",
        "Public Key Object; EC",
        "AES length 32",
    ];
    list_as_user(&token).says(&all);
    assert_eq!(
        read_back(&token, "cert", "--id 07"),
        token.read("certificate.der")
    );
    assert_eq!(read_back(&token, "data", "--label secret"), MESSAGE);

    for (kind, which) in [
        ("cert", "--id 07"),
        ("data", "--label secret"),
        ("privkey", "--id 05"),
        ("pubkey", "--id 05"),
        ("secrkey", "--id 06"),
    ] {
        as_user(&token, &format!("--delete-object --type {kind} {which}"));
    }
    // What is left are the profile objects, which every token has.
    let objects = ["Certificate Object", "Data object", "Key Object", "AES"];
    list_as_user(&token).never_says(&objects);
}

#[test]
fn private_objects_show_only_to_the_user() {
    let host = Host::start();
    let token = host.token(Partition::Compat);
    write_certificate_and_data(&token);
    make_key_pair(&token, "EC:secp256r1", "05", "--usage-sign");
    token
        .pkcs11_tool()
        .arg("--token-label")
        .arg(&token.label)
        .arg("--list-objects")
        .succeed()
        .says(&["Certificate Object", "Public Key Object"])
        .never_says(&["Private Key Object", "Data object"]);
}

#[test]
fn keys_are_renamed_and_secrets_stay_inside() {
    let host = Host::start();
    let token = host.token(Partition::Compat);
    make_key_pair(&token, "EC:secp256r1", "05", "--usage-sign")
        .says(&["sensitive, always sensitive, never extractable, local"]);
    as_user(&token, "--set-id 0a0b --type privkey --id 05");
    as_user(&token, "--set-id 0a0b --type pubkey --id 05");
    list_as_user(&token)
        .says(&["ID:         0a0b"])
        .never_says(&["ID:         05"]);

    token
        .pkcs11_tool_as_user()
        .args("--keygen --key-type AES:32 --id 06 --label aes --sensitive")
        .succeed();
    token
        .pkcs11_tool_as_user()
        .args("--read-object --type secrkey --id 06 --output-file leaked")
        .finish()
        .says(&["CKR_ATTRIBUTE_SENSITIVE"]);
    assert!(
        !token.file("leaked").exists() || token.read("leaked").is_empty(),
        "a sensitive value came out"
    );
}

#[test]
fn an_imported_rsa_key_signs_as_the_original() {
    let host = Host::start();
    let token = host.token(Partition::Compat);
    token.write("message", MESSAGE);
    token
        .openssl()
        .args("genrsa -traditional -out key.pem 2048")
        .succeed();
    token
        .openssl()
        .args("rsa -in key.pem -outform DER -traditional -out key.der")
        .succeed();
    as_user(
        &token,
        "--write-object key.der --type privkey --id 08 --label imported --usage-sign",
    );
    as_user(
        &token,
        "--sign --mechanism SHA256-RSA-PKCS --id 08 --input-file message --output-file signature",
    );
    token
        .openssl()
        .args("dgst -sha256 -sign key.pem -out expected message")
        .succeed();
    // RSASSA-PKCS1-v1_5 is deterministic (RFC 8017, 8.2): both must sign alike.
    assert_eq!(token.read("signature"), token.read("expected"));
}

fn write_certificate_and_data(token: &Token) {
    token
        .openssl()
        .args("req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout other.key -subj /CN=kept")
        .args("-outform DER -out certificate.der")
        .succeed();
    token.write("data", MESSAGE);
    as_user(
        token,
        "--write-object certificate.der --type cert --id 07 --label kept",
    );
    as_user(
        token,
        "--write-object data --type data --label secret --application-label tests --private",
    );
}

fn as_user(token: &Token, arguments: &str) {
    token.pkcs11_tool_as_user().args(arguments).succeed();
}

fn list_as_user(token: &Token) -> tests::Finished {
    token.pkcs11_tool_as_user().arg("--list-objects").succeed()
}

fn read_back(token: &Token, kind: &str, which: &str) -> Vec<u8> {
    as_user(
        token,
        &format!("--read-object --type {kind} {which} --output-file read"),
    );
    token.read("read")
}
