//! BIND 9: `dnssec-keyfromlabel` and `dnssec-signzone` sign a zone with keys in the token, through OpenSSL's engine.

#![forbid(unsafe_code)]

use tests::{Host, Partition, Run, Token};

#[test]
fn a_zone_is_signed_in_the_token() {
    let host = Host::start_with_one_token();
    let token = host.token(Partition::Compat);
    let module = token.module.display();
    token.write(
        "engine.cnf",
        format!(
            "openssl_conf = init\n[init]\nengines = engines\n[engines]\npkcs11 = engine\n\
             [engine]\nengine_id = pkcs11\nMODULE_PATH = {module}\ninit = 0\n"
        ),
    );
    token.write(
        "zone",
        "$TTL 60\n@ IN SOA ns.example.test. root.example.test. 1 60 60 60 60\n@ IN NS ns\nns IN A 192.0.2.1\n",
    );
    println!("{}", token.client("dnssec-signzone").arg("-V").finish());
    for (algorithm, key_type) in [
        ("RSASHA256", "rsa:2048"),
        ("ECDSAP256SHA256", "EC:secp256r1"),
    ] {
        for (role, flag) in [("ksk", "-f KSK"), ("zsk", "")] {
            let label = format!("{algorithm}-{role}");
            token
                .pkcs11_tool_as_user()
                .args(&format!(
                    "--keypairgen --key-type {key_type} --label {label} --id {} --usage-sign",
                    hex::encode(&label)
                ))
                .succeed();
            bind(&token, "dnssec-keyfromlabel")
                .args(&format!(
                    "-a {algorithm} {flag} -l pkcs11:token={};object={label};pin-value={}",
                    token.label, token.pin
                ))
                .arg("example.test")
                .succeed();
        }
        bind(&token, "dnssec-signzone")
            .args("-S -o example.test -f signed zone")
            .succeed();
        token
            .client("dnssec-verify")
            .args("-o example.test signed")
            .succeed();
    }
}

fn bind(token: &Token, program: &str) -> Run {
    token
        .client(program)
        .env("OPENSSL_CONF", token.file("engine.cnf"))
        .args("-E pkcs11")
}
