//! What must hold over every HSM: the tests of [`crate::hsm`] that any PKCS#11 module can be held to.
//!
//! Expected values come from other implementations: AWS-LC verifies what the HSM signs, and encrypts and wraps what it opens;
//! the OpenSSL command does the same where its command line is simple.

mod imports;
mod stored;
mod uses;

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::{fs, io::Write as _};

use crate::hsm::{Binding, Hsm, Kind, Material, Usage};

/// The binding of the key under test.
pub const BINDING: Binding<'static> = Binding {
    account: "0a1b2c3d4e5f60718293a4b5c6d7e8f9",
    key: "0d0466b0-e727-4d9c-b35d-f84bb474a37f",
    version: 1,
};

/// An HSM under test.
#[derive(Debug)]
pub struct Suite {
    /// The HSM.
    pub hsm: Hsm,
    /// Whether the module takes RSA-OAEP with another hash function than SHA-1; where not, that must be said.
    pub oaep_sha256: bool,
    /// Whether the module has ECDH; where not, that must be said.
    pub ecdh: bool,
    /// Whether the module has Ed25519; where not, that must be said.
    pub ed25519: bool,
    /// A folder for files.
    pub folder: PathBuf,
}

/// A claim, by its name.
pub type Claim = (&'static str, fn(&Suite));

/// All claims.
pub const CLAIMS: &[Claim] = &[
    (
        "aes_keys_encrypt_and_decrypt",
        uses::aes_keys_encrypt_and_decrypt,
    ),
    (
        "hmac_keys_make_and_check_codes",
        uses::hmac_keys_make_and_check_codes,
    ),
    ("rsa_keys_sign", uses::rsa_keys_sign),
    ("ec_keys_sign", uses::ec_keys_sign),
    (
        "ed25519_keys_sign_or_are_not_offered",
        uses::ed25519_keys_sign_or_are_not_offered,
    ),
    ("openssl_verifies", uses::openssl_verifies),
    ("rsa_keys_decrypt", uses::rsa_keys_decrypt),
    ("ec_keys_agree", uses::ec_keys_agree),
    ("random_bytes_differ", uses::random_bytes_differ),
    ("keys_do_one_thing", uses::keys_do_one_thing),
    (
        "whatever_is_changed_is_refused",
        stored::whatever_is_changed_is_refused,
    ),
    (
        "a_key_of_another_binding_is_refused",
        stored::a_key_of_another_binding_is_refused,
    ),
    (
        "resident_keys_are_used_listed_and_destroyed",
        stored::resident_keys_are_used_listed_and_destroyed,
    ),
    (
        "secrets_open_in_their_context_only",
        stored::secrets_open_in_their_context_only,
    ),
    (
        "symmetric_keys_are_imported",
        imports::symmetric_keys_are_imported,
    ),
    (
        "private_keys_are_imported",
        imports::private_keys_are_imported,
    ),
];

impl Suite {
    /// Holds the HSM to one claim.
    ///
    /// # Panics
    /// If it does not hold, or there is no such claim.
    pub fn claim(&self, name: &str) {
        let claim = CLAIMS.iter().find(|claim| claim.0 == name);
        claim.unwrap_or_else(|| panic!("no claim `{name}`")).1(self);
    }

    fn generate(&self, kind: Kind, usage: Usage) -> Material {
        let stored = self.hsm.generate(&BINDING, kind, usage);
        Material::from(stored.unwrap_or_else(|error| panic!("{kind}: {error}")))
    }

    fn file(&self, name: &str, content: &[u8]) -> String {
        let path = self.folder.join(name);
        fs::write(&path, content).expect("the folder is ours");
        path.into_os_string()
            .into_string()
            .expect("the folder's name is text")
    }
}

/// Runs OpenSSL, with words split at spaces; returns what it writes, if it succeeds.
fn openssl(arguments: &str, input: &[u8]) -> Option<Vec<u8>> {
    let mut child = Command::new("openssl")
        .args(arguments.split_whitespace())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("OpenSSL is installed: `apt install openssl`");
    let mut stdin = child.stdin.take().expect("it was asked for");
    // It may end without reading.
    drop(stdin.write_all(input));
    drop(stdin);
    let output = child.wait_with_output().expect("a child can be waited for");
    output.status.success().then_some(output.stdout)
}
