//! Examples of standards: `conformance/vectors/*.toml`, each checked against an implementation that is not ours.

use std::rc::Rc;

use cryptoki_sys::*;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

use super::curve::Curve;
use super::hash::Hash;
use super::{Error, Expect, Key, Test, Vector, parameter};
use crate::c::Mechanism;

/// The files, by name.
static FILES: &[(&str, &str)] = &[
    ("aes.toml", include_str!("../../vectors/aes.toml")),
    ("digests.toml", include_str!("../../vectors/digests.toml")),
    ("gcm.toml", include_str!("../../vectors/gcm.toml")),
    ("rfc3394.toml", include_str!("../../vectors/rfc3394.toml")),
    ("rfc3686.toml", include_str!("../../vectors/rfc3686.toml")),
    ("rfc4231.toml", include_str!("../../vectors/rfc4231.toml")),
    ("rfc4493.toml", include_str!("../../vectors/rfc4493.toml")),
    ("rfc5649.toml", include_str!("../../vectors/rfc5649.toml")),
    ("rfc5869.toml", include_str!("../../vectors/rfc5869.toml")),
    ("rfc6070.toml", include_str!("../../vectors/rfc6070.toml")),
    ("rfc6979.toml", include_str!("../../vectors/rfc6979.toml")),
    ("rfc7748.toml", include_str!("../../vectors/rfc7748.toml")),
    ("rfc8032.toml", include_str!("../../vectors/rfc8032.toml")),
    ("rfc8439.toml", include_str!("../../vectors/rfc8439.toml")),
    ("gmt.toml", include_str!("../../vectors/gmt.toml")),
];

/// A file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    source: String,
    set: Vec<Set>,
}

/// A set of examples for one mechanism.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Set {
    /// The name of its case, behind `vector.`.
    pub id: String,
    /// The mechanism: the standard's name, or a name of ours where vendors have numbers of their own.
    pub mechanism: String,
    /// Where it is from.
    #[serde(default)]
    pub source: String,
    /// The examples.
    vector: Vec<Row>,
}

/// An example as it is written down. Which members it has depends on its kind.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    id: String,
    kind: Kind,
    #[serde(default)]
    expect: Outcome,
    #[serde(default, deserialize_with = "hexadecimal")]
    key: Vec<u8>,
    #[serde(default, deserialize_with = "hexadecimal")]
    iv: Vec<u8>,
    #[serde(default, deserialize_with = "hexadecimal")]
    aad: Vec<u8>,
    #[serde(default, deserialize_with = "hexadecimal")]
    plaintext: Vec<u8>,
    #[serde(default, deserialize_with = "hexadecimal")]
    ciphertext: Vec<u8>,
    #[serde(default, deserialize_with = "hexadecimal")]
    message: Vec<u8>,
    #[serde(default, deserialize_with = "hexadecimal")]
    digest: Vec<u8>,
    #[serde(default, deserialize_with = "hexadecimal")]
    mac: Vec<u8>,
    #[serde(default, deserialize_with = "hexadecimal")]
    signature: Vec<u8>,
    #[serde(default, deserialize_with = "hexadecimal")]
    private: Vec<u8>,
    #[serde(default, deserialize_with = "hexadecimal")]
    public: Vec<u8>,
    #[serde(default, deserialize_with = "hexadecimal")]
    salt: Vec<u8>,
    #[serde(default, deserialize_with = "hexadecimal")]
    info: Vec<u8>,
    #[serde(default, deserialize_with = "hexadecimal")]
    secret: Vec<u8>,
    #[serde(default)]
    iterations: u64,
    #[serde(default)]
    curve: String,
    #[serde(default)]
    hash: String,
}

/// What is done with an example.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Kind {
    Agree,
    #[serde(rename = "chacha20-poly1305")]
    ChaCha20Poly1305,
    Cipher,
    Counter,
    Digest,
    EcdsaVerify,
    EddsaSign,
    EddsaVerify,
    Gcm,
    Hkdf,
    Mac,
    Pbkdf2,
    Wrap,
}

/// What has to come of an example.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Outcome {
    #[default]
    Valid,
    Invalid,
}

/// Returns all sets.
///
/// # Panics
/// If a file of this program is not of its form; a test reads them all.
#[must_use]
pub fn sets() -> Vec<Set> {
    let mut sets = Vec::new();
    for (name, text) in FILES {
        let file: File = toml::from_str(text).unwrap_or_else(|error| panic!("{name}: {error}"));
        sets.extend(file.set.into_iter().map(|set| Set {
            source: file.source.clone(),
            ..set
        }));
    }
    sets
}

impl Set {
    /// Makes the vectors for a mechanism of this number.
    ///
    /// # Errors
    /// If an example lacks what its kind needs.
    pub fn vectors(&self, mechanism: CK_MECHANISM_TYPE) -> Result<Vec<Vector>, Error> {
        self.vector
            .iter()
            .map(|row| row.vector(mechanism))
            .collect()
    }
}

impl Row {
    fn vector(&self, kind: CK_MECHANISM_TYPE) -> Result<Vector, Error> {
        let (mechanism, test) = match self.kind {
            Kind::Agree | Kind::Hkdf | Kind::Pbkdf2 => self.derivation()?,
            Kind::ChaCha20Poly1305 | Kind::Cipher | Kind::Counter | Kind::Gcm => self.cipher(kind),
            Kind::EcdsaVerify | Kind::EddsaSign | Kind::EddsaVerify => self.signature(kind)?,
            Kind::Digest => {
                let (message, digest) = (self.message.clone(), self.digest.clone());
                (Mechanism::new(kind), Test::Digest { message, digest })
            }
            Kind::Mac => {
                let (message, mac) = (self.message.clone(), self.mac.clone());
                let (mechanism, key_type) = match kind {
                    CKM_AES_CMAC => (Mechanism::new(kind), CKK_AES),
                    _ if is_general(kind) => (
                        Mechanism::with_number(kind, mac.len() as u64),
                        CKK_GENERIC_SECRET,
                    ),
                    _ => (Mechanism::new(kind), CKK_GENERIC_SECRET),
                };
                (
                    mechanism,
                    Test::Mac {
                        key: Key::secret(key_type, &self.key),
                        message,
                        mac,
                    },
                )
            }
            Kind::Wrap => {
                let (payload, wrapped) = (self.plaintext.clone(), self.ciphertext.clone());
                (
                    Mechanism::new(kind),
                    Test::Wrap {
                        key: self.aes(),
                        payload,
                        wrapped,
                    },
                )
            }
        };
        Ok(Vector {
            id: self.id.clone(),
            comment: format!("{:?}", self.kind),
            expect: match self.expect {
                Outcome::Valid => Expect::Valid,
                Outcome::Invalid => Expect::Invalid,
            },
            mechanism,
            test,
        })
    }

    fn cipher(&self, kind: CK_MECHANISM_TYPE) -> (Mechanism, Test) {
        let (mechanism, key) = match self.kind {
            Kind::ChaCha20Poly1305 => (
                parameter::chacha20_poly1305(&self.iv, &self.aad),
                Key::secret(CKK_CHACHA20, &self.key),
            ),
            Kind::Gcm => (
                Mechanism::with(kind, parameter::gcm(&self.iv, &self.aad, 128)),
                self.aes(),
            ),
            Kind::Counter => (parameter::counter(&self.iv), self.aes()),
            _ if self.iv.is_empty() => (Mechanism::new(kind), self.aes()),
            _ => (Mechanism::with_bytes(kind, &self.iv), self.aes()),
        };
        let (plaintext, ciphertext) = (self.plaintext.clone(), self.ciphertext.clone());
        (
            mechanism,
            Test::Cipher {
                key,
                plaintext,
                ciphertext,
            },
        )
    }

    fn signature(&self, kind: CK_MECHANISM_TYPE) -> Result<(Mechanism, Test), Error> {
        let curve = self.curve()?;
        let signature = self.signature.clone();
        let message = match kind {
            CKM_ECDSA => self
                .hash()?
                .of(&self.message)
                .ok_or_else(|| self.lacks("hash"))?,
            _ => self.message.clone(),
        };
        let mechanism = if kind == CKM_EDDSA {
            parameter::eddsa(curve)
        } else {
            Mechanism::new(kind)
        };
        let test = match self.kind {
            Kind::EddsaSign => Test::Sign {
                key: Key::curve_private(curve, &self.private),
                message,
                signature,
            },
            _ => Test::Verify {
                key: Key::curve_public(curve, &self.public),
                message,
                signature,
            },
        };
        Ok((mechanism, test))
    }

    fn derivation(&self) -> Result<(Mechanism, Test), Error> {
        let secret = self.secret.clone();
        Ok(match self.kind {
            Kind::Agree => {
                let key = Key::curve_private(self.curve()?, &self.private);
                (parameter::ecdh(&self.public), Test::Derive { key, secret })
            }
            Kind::Hkdf => {
                let key = Key::secret(CKK_GENERIC_SECRET, &self.key);
                (
                    parameter::hkdf(self.hash()?, &self.salt, &self.info),
                    Test::Derive { key, secret },
                )
            }
            _ => {
                let mechanism =
                    parameter::pbkdf2(self.hash()?, &self.message, &self.salt, self.iterations);
                (mechanism, Test::Generate { secret })
            }
        })
    }

    fn aes(&self) -> Rc<Key> {
        Key::secret(CKK_AES, &self.key)
    }

    fn curve(&self) -> Result<&'static Curve, Error> {
        Curve::named(&self.curve).ok_or_else(|| self.lacks("curve"))
    }

    fn hash(&self) -> Result<&'static Hash, Error> {
        Hash::named(&self.hash).ok_or_else(|| self.lacks("hash"))
    }

    fn lacks(&self, member: &str) -> Error {
        Error::Form(format!(
            "the example {} has no {member} that is known",
            self.id
        ))
    }
}

fn hexadecimal<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
    let text = String::deserialize(deserializer)?;
    hex::decode(text).map_err(D::Error::custom)
}

/// Tells whether a mechanism is told the length of its code.
fn is_general(kind: CK_MECHANISM_TYPE) -> bool {
    super::hash::ALL
        .iter()
        .any(|hash| hash.hmac_general == kind)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::c::names;

    #[test]
    fn every_example_has_what_its_kind_needs() {
        for set in sets() {
            let number = names::number(names::MECHANISMS, &set.mechanism);
            assert_eq!(number.is_none(), set.id.starts_with("gmt."), "{}", set.id);
            let vectors = set.vectors(number.unwrap_or(CKM_VENDOR_DEFINED));
            let vectors = vectors.unwrap_or_else(|error| panic!("{}: {error}", set.id));
            assert_eq!(vectors.len(), set.vector.len());
            assert!(!set.source.is_empty(), "{} has no source", set.id);
        }
    }

    #[test]
    fn what_a_file_may_not_say_is_refused() {
        let file = |row: &str| {
            let head = "source = \"s\"\n[[set]]\nid = \"i\"\nmechanism = \"CKM_SHA256\"\n[[set.vector]]\nid = \"v\"\n";
            toml::from_str::<File>(&format!("{head}{row}")).is_ok()
        };
        assert!(file("kind = \"digest\"\nmessage = \"00\""));
        assert!(!file("kind = \"digest\"\nmessage = \"0\""));
        assert!(!file("kind = \"digest\"\nnonsense = \"00\""));
        assert!(!file("kind = \"other\""));
    }
}
