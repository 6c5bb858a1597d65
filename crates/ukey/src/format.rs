//! The bytes of a UKey file: a CBOR map (RFC 8949), in one encoding only.
//!
//! | key | value |
//! |---|---|
//! | `ver` | 1 |
//! | `uuid` | 16 bytes |
//! | `role` | text |
//! | `label` | text |
//! | `kdf` | `["argon2id", memory KiB, passes, lanes, salt of 16 bytes]` |
//! | `seal` | X25519 public key, 32 bytes |
//! | `cert` | certificate, DER |
//! | `nonce` | 12 bytes |
//! | `ct` | AES-256-GCM over X25519 seed ‖ P-256 key in PKCS#8 |
//! | `sum` | SHA-256 of the same map without `sum` |
//!
//! The associated data of `ct` is the same map without `ct` and `sum`. The sum protects against
//! accidents alone: it lets a damaged file be told from a wrong PIN. A file that is not, byte for
//! byte, what this module would write is refused, so that no two files mean the same UKey.

use std::path::Path;

use aws_lc_rs::aead::NONCE_LEN;
use aws_lc_rs::digest::{SHA256, digest};
use ciborium::Value;

use crate::kdf::SALT_LEN;
use crate::{Error, KdfCost, Role};

/// The version of the format.
const VERSION: u64 = 1;

/// The only key derivation there is.
const KDF_NAME: &str = "argon2id";

/// The most bytes of a file: a certificate and a few hundred bytes more.
pub(crate) const MAX_LEN: usize = 16 * 1024;

/// The most bytes of a label.
const MAX_LABEL_LEN: usize = 64;

/// How deep the map may nest: the map, the list in it, and one to spare.
const MAX_DEPTH: usize = 3;

/// Everything that stands in a file.
#[derive(Clone)]
pub(crate) struct Contents {
    pub(crate) uuid: [u8; 16],
    pub(crate) role: Role,
    pub(crate) label: String,
    pub(crate) cost: KdfCost,
    pub(crate) salt: [u8; SALT_LEN],
    pub(crate) sealing_public: [u8; 32],
    pub(crate) certificate: Vec<u8>,
    pub(crate) nonce: [u8; NONCE_LEN],
    pub(crate) ciphertext: Vec<u8>,
}

impl Contents {
    /// Writes the bytes of a file.
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut entries = self.header();
        entries.push(("ct", Value::Bytes(self.ciphertext.clone())));
        let sum = digest(&SHA256, &encode_map(&entries));
        entries.push(("sum", Value::Bytes(sum.as_ref().to_vec())));
        encode_map(&entries)
    }

    /// Writes what the ciphertext is bound to: everything else.
    pub(crate) fn associated_data(&self) -> Vec<u8> {
        encode_map(&self.header())
    }

    fn header(&self) -> Vec<(&'static str, Value)> {
        let kdf = vec![
            Value::from(KDF_NAME),
            Value::from(self.cost.memory_kib()),
            Value::from(self.cost.passes()),
            Value::from(self.cost.lanes()),
            Value::Bytes(self.salt.to_vec()),
        ];
        vec![
            ("ver", Value::from(VERSION)),
            ("uuid", Value::Bytes(self.uuid.to_vec())),
            ("role", Value::from(self.role.name())),
            ("label", Value::from(self.label.as_str())),
            ("kdf", Value::Array(kdf)),
            ("seal", Value::Bytes(self.sealing_public.to_vec())),
            ("cert", Value::Bytes(self.certificate.clone())),
            ("nonce", Value::Bytes(self.nonce.to_vec())),
        ]
    }

    /// Reads the bytes of a file; `path` is for messages.
    pub(crate) fn decode(bytes: &[u8], path: &Path) -> Result<Self, Error> {
        let mut fields = Fields::parse(bytes, path)?;
        let version = fields.number("ver")?;
        if version != VERSION {
            return Err(Error::Version {
                path: path.to_owned(),
                version,
                known: VERSION,
            });
        }
        let (cost, salt) = fields.kdf()?;
        let contents = Self {
            uuid: fields.array("uuid")?,
            role: fields
                .text("role")?
                .parse()
                .map_err(|_| fields.damaged("role"))?,
            label: fields.text("label")?,
            cost,
            salt,
            sealing_public: fields.array("seal")?,
            certificate: fields.bytes("cert")?,
            nonce: fields.array("nonce")?,
            ciphertext: fields.bytes("ct")?,
        };
        let sum = fields.bytes("sum")?;
        if contents.encode() != bytes {
            let field = if sum.len() == 32 { "sum" } else { "encoding" };
            return Err(fields.damaged(field));
        }
        require_label(&contents.label)?;
        Ok(contents)
    }
}

/// Checks a label: it is shown on terminals and in tables.
pub(crate) fn require_label(label: &str) -> Result<(), Error> {
    let fits = (1..=MAX_LABEL_LEN).contains(&label.len()) && !label.chars().any(char::is_control);
    if fits { Ok(()) } else { Err(Error::Label) }
}

fn encode_map(entries: &[(&'static str, Value)]) -> Vec<u8> {
    let map = entries
        .iter()
        .map(|(key, value)| (Value::from(*key), value.clone()))
        .collect();
    let mut bytes = Vec::new();
    ciborium::into_writer(&Value::Map(map), &mut bytes)
        .expect("writing to memory cannot fail, and every value here has an encoding");
    bytes
}

/// The entries of a map that have not been asked for yet.
struct Fields<'a> {
    path: &'a Path,
    entries: Vec<(Value, Value)>,
}

impl<'a> Fields<'a> {
    fn parse(bytes: &[u8], path: &'a Path) -> Result<Self, Error> {
        match ciborium::de::from_reader_with_recursion_limit(bytes, MAX_DEPTH) {
            Ok(Value::Map(entries)) => Ok(Self { path, entries }),
            _ => Err(Error::Damaged {
                path: path.to_owned(),
                field: "encoding",
            }),
        }
    }

    fn damaged(&self, field: &'static str) -> Error {
        Error::Damaged {
            path: self.path.to_owned(),
            field,
        }
    }

    fn take(&mut self, field: &'static str) -> Result<Value, Error> {
        let place = self
            .entries
            .iter()
            .position(|(key, _)| key.as_text() == Some(field));
        place
            .map(|place| self.entries.swap_remove(place).1)
            .ok_or_else(|| self.damaged(field))
    }

    fn number(&mut self, field: &'static str) -> Result<u64, Error> {
        let value = self.take(field)?;
        let number = value
            .as_integer()
            .and_then(|integer| u64::try_from(integer).ok());
        number.ok_or_else(|| self.damaged(field))
    }

    fn text(&mut self, field: &'static str) -> Result<String, Error> {
        self.take(field)?
            .into_text()
            .map_err(|_| self.damaged(field))
    }

    fn bytes(&mut self, field: &'static str) -> Result<Vec<u8>, Error> {
        self.take(field)?
            .into_bytes()
            .map_err(|_| self.damaged(field))
    }

    fn array<const N: usize>(&mut self, field: &'static str) -> Result<[u8; N], Error> {
        self.bytes(field)?
            .try_into()
            .map_err(|_| self.damaged(field))
    }

    fn kdf(&mut self) -> Result<(KdfCost, [u8; SALT_LEN]), Error> {
        let value = self.take("kdf")?;
        let number = |value: &Value| u32::try_from(value.as_integer()?).ok();
        let parse = || match value.as_array()?.as_slice() {
            [name, memory, passes, lanes, salt] if name.as_text() == Some(KDF_NAME) => Some((
                [number(memory)?, number(passes)?, number(lanes)?],
                salt.as_bytes()?.as_slice().try_into().ok()?,
            )),
            _ => None,
        };
        let ([memory, passes, lanes], salt) = parse().ok_or_else(|| self.damaged("kdf"))?;
        Ok((KdfCost::new(memory, passes, lanes)?, salt))
    }
}
