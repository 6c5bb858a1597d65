//! Key pairs and signatures.

use tests::{Host, Partition, Token};

use super::{
    MESSAGE, export_ec_public_key, export_public_key, make_key_pair, offers, unhex, write_digest,
};

/// A way to sign: the tool's arguments, what it is given, and how OpenSSL is to check it.
struct Case {
    mechanism: &'static str,
    options: &'static str,
    input: Input,
    hash: &'static str,
    check: &'static str,
}

/// What a mechanism signs.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Input {
    Digest,
    /// The digest with the ASN.1 of RFC 8017, 9.2, around it.
    DigestInfo,
    Message,
}

/// The DER that stands before a SHA-256 digest (RFC 8017, 9.2, note 1).
const SHA256_DIGEST_INFO: &str = "3031300d060960864801650304020105000420";

const fn case(
    mechanism: &'static str,
    options: &'static str,
    input: Input,
    hash: &'static str,
    check: &'static str,
) -> Case {
    Case {
        mechanism,
        options,
        input,
        hash,
        check,
    }
}

const PSS_32: &str = "-sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:32";
const PSS_48: &str = "-sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:48";
const PSS_64: &str = "-sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:64";
const RAW_PSS: &str = "--hash-algorithm SHA256 --mgf MGF1-SHA256 --salt-len 32";
const DER: &str = "--signature-format openssl";

const RSA: &[Case] = &[
    case("RSA-PKCS", "", Input::DigestInfo, "sha256", ""),
    case("SHA1-RSA-PKCS", "", Input::Message, "sha1", ""),
    case("SHA224-RSA-PKCS", "", Input::Message, "sha224", ""),
    case("SHA256-RSA-PKCS", "", Input::Message, "sha256", ""),
    case("SHA384-RSA-PKCS", "", Input::Message, "sha384", ""),
    case("SHA512-RSA-PKCS", "", Input::Message, "sha512", ""),
    case("RSA-PKCS-PSS", RAW_PSS, Input::Digest, "sha256", PSS_32),
    case(
        "SHA256-RSA-PKCS-PSS",
        "--salt-len 32",
        Input::Message,
        "sha256",
        PSS_32,
    ),
    case(
        "SHA384-RSA-PKCS-PSS",
        "--salt-len 48",
        Input::Message,
        "sha384",
        PSS_48,
    ),
    case(
        "SHA512-RSA-PKCS-PSS",
        "--salt-len 64",
        Input::Message,
        "sha512",
        PSS_64,
    ),
];

const EC: &[Case] = &[
    case("ECDSA", DER, Input::Digest, "sha256", ""),
    case("ECDSA-SHA256", DER, Input::Message, "sha256", ""),
    case("ECDSA-SHA384", DER, Input::Message, "sha384", ""),
];

#[test]
fn rsa_signatures_verify_with_openssl() {
    let host = Host::start();
    let token = host.token(Partition::Compat);
    make_key_pair(&token, "rsa:2048", "01", "--usage-sign").says(&["Key pair generated"]);
    let public_key = export_public_key(&token, "01");
    check_all(&host, &token, "01", &public_key, RSA);
}

#[test]
fn ec_signatures_of_all_curves_verify_with_openssl() {
    let host = Host::start();
    let token = host.token(Partition::Strict);
    for (key_type, id) in [
        ("EC:secp256r1", "02"),
        ("EC:secp384r1", "03"),
        ("EC:secp521r1", "04"),
    ] {
        make_key_pair(&token, key_type, id, "--usage-sign").says(&["Key pair generated"]);
        let public_key = export_ec_public_key(&token, id);
        check_all(&host, &token, id, &public_key, EC);
    }
}

fn check_all(host: &Host, token: &Token, id: &str, public_key: &str, cases: &[Case]) {
    for case in cases
        .iter()
        .filter(|case| offers(host, token, case.mechanism))
    {
        let digest = write_digest(token, case.hash);
        let input = match case.input {
            Input::Digest => digest,
            Input::DigestInfo => [unhex(SHA256_DIGEST_INFO), digest].concat(),
            Input::Message => MESSAGE.to_vec(),
        };
        token.write("input", input);
        sign(token, id, case);
        check_with_openssl(token, public_key, case);
        check_in_token(token, id, case);
    }
}

fn sign(token: &Token, id: &str, case: &Case) {
    token
        .pkcs11_tool_as_user()
        .args(&format!(
            "--sign --mechanism {} {} --id {id}",
            case.mechanism, case.options
        ))
        .args("--input-file input --output-file signature")
        .succeed();
}

fn check_with_openssl(token: &Token, public_key: &str, case: &Case) {
    token
        .openssl()
        .args(&format!(
            "dgst -{} -verify {public_key} {}",
            case.hash, case.check
        ))
        .args("-signature signature message")
        .succeed()
        .says(&["Verified OK"]);
}

fn check_in_token(token: &Token, id: &str, case: &Case) {
    let verify = |input: &str| {
        token
            .pkcs11_tool_as_user()
            .args(&format!(
                "--verify --mechanism {} {} --id {id}",
                case.mechanism, case.options
            ))
            .args(&format!("--signature-file signature --input-file {input}"))
            .finish()
    };
    verify("input").says(&["Signature is valid"]);
    let mut other = token.read("input");
    let last = other.len() - 1;
    other[last] ^= 1;
    token.write("other", other);
    verify("other")
        .says(&["Invalid signature"])
        .never_says(&["Signature is valid"]);
}
