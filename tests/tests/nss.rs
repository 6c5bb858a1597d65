//! Mozilla's NSS: `modutil`, `certutil` and `cmsutil` with keys and certificates in the token.

#![forbid(unsafe_code)]

use tests::{Host, Partition};

const MESSAGE: &[u8] = b"A message that NSS signs in the token.\n";

#[test]
fn a_certificate_is_made_in_the_token_and_signs_a_message() {
    let host = Host::start_with_one_token();
    let token = host.token(Partition::Compat);
    let run = |program: &str, arguments: &str| token.client(program).args(arguments).succeed();
    token.write("pin", format!("{}\n", token.pin));
    token.write("noise", [0x5a; 64]);
    token.write("message", MESSAGE);
    run("certutil", "-N -d sql:. --empty-password");
    token
        .client("modutil")
        .args("-dbdir sql:. -force -add dew -libfile")
        .arg(&token.module)
        .succeed();
    run("modutil", "-dbdir sql:. -list").says(&["dew", &token.label]);
    eprintln!("NSS {}", run("dpkg-query", "-W libnss3-tools"));
    let label = &token.label;
    for (name, kind) in [("rsa", "-k rsa -g 2048"), ("ec", "-k ec -q nistp256")] {
        run(
            "certutil",
            &format!(
                "-S -d sql:. -h {label} -f pin -s CN={name} -n {name} -x -t CTu,CTu,CTu {kind} -z noise -m 7 -Z SHA256"
            ),
        );
        run("certutil", &format!("-K -d sql:. -h {label} -f pin")).says(&[name]);
        let pem = run(
            "certutil",
            &format!("-L -d sql:. -h {label} -f pin -n {label}:{name} -a"),
        );
        token.write("signer.pem", pem.bytes());
        run(
            "cmsutil",
            &format!("-S -d sql:. -f pin -N {label}:{name} -H SHA256 -i message -o signed"),
        );
        run(
            "openssl",
            "cms -verify -binary -inform DER -in signed -CAfile signer.pem -purpose any -out opened",
        );
    }
}
