//! strongSwan's `pki`: certificates signed by a key in the token.

#![forbid(unsafe_code)]

use tests::{Host, Partition, Run, Token};

#[test]
fn certificates_are_signed_in_the_token() {
    let host = Host::start_with_one_token();
    let token = host.token(Partition::Compat);
    let module = token.module.display();
    token.write(
        "strongswan.conf",
        format!("pki {{ load = pkcs11 x509 openssl pem pkcs1 pkcs8 pubkey random\n plugins {{ pkcs11 {{ modules {{ dew {{ path = {module} }} }} }} }} }}\n"),
    );
    for (kind, key_type, id) in [("rsa", "rsa:2048", "31"), ("ecdsa", "EC:secp256r1", "32")] {
        token
            .pkcs11_tool_as_user()
            .args(&format!(
                "--keypairgen --key-type {key_type} --id {id} --label {kind} --usage-sign"
            ))
            .succeed();
        let finished = pki(&token)
            .args(&format!(
                "--self --ca --keyid {id} --type {kind} --digest sha256 --outform pem --dn"
            ))
            .arg("CN=strongSwan test")
            .input(format!("{}\n", token.pin))
            .succeed();
        eprintln!("{}", pki(&token).arg("--help").finish());
        token.write("ca.pem", finished.bytes());
        token
            .openssl()
            .args("verify -CAfile ca.pem ca.pem")
            .succeed()
            .says(&["OK"]);
    }
}

fn pki(token: &Token) -> Run {
    token
        .client("pki")
        .env("STRONGSWAN_CONF", token.file("strongswan.conf"))
}
