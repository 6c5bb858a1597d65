//! Keys and parameters for tests: read from the vector files, and run through the public interface.

use std::collections::BTreeMap;
use std::sync::Arc;

use ck::{
    AttributeType, Hedge, KeyDerivation, KeyType, MOST_PIECES, Mechanism, MechanismType, Mgf,
    ObjectClass, OneTime, Params, Password, Piece, Salt, Width,
};

use crate::{Error, Key, encryptor, signer, verifier};

/// The attributes of a key, by the names of the standard without their prefix.
pub(super) type Attributes = BTreeMap<String, String>;

/// One file of vectors.
#[derive(serde::Deserialize)]
pub(super) struct VectorFile {
    pub(super) source: String,
    #[serde(default)]
    pub(super) keys: BTreeMap<String, Attributes>,
    pub(super) cases: Vec<Case>,
}

/// One vector.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Case {
    pub(super) mechanism: String,
    pub(super) operation: String,
    #[serde(default)]
    pub(super) params: CaseParams,
    pub(super) key: Option<String>,
    pub(super) value: Option<String>,
    /// The values of other keys, which the parameters name.
    #[serde(default)]
    pub(super) other: Vec<String>,
    #[serde(default)]
    pub(super) input: String,
    pub(super) length: Option<u64>,
    pub(super) output: Option<String>,
    pub(super) signature: Option<String>,
    pub(super) error: Option<String>,
}

/// The parameter of a vector, as names and hexadecimal digits.
#[derive(Default, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct CaseParams {
    aad: Option<String>,
    block: Option<String>,
    bytes: Option<String>,
    context: Option<String>,
    counter_bits: Option<u64>,
    data: Option<String>,
    data_len: Option<u64>,
    digest: Option<String>,
    expand: Option<bool>,
    extract: Option<bool>,
    function: Option<u64>,
    hedge: Option<u64>,
    info: Option<String>,
    iterations: Option<u64>,
    iv: Option<String>,
    aes_bits: Option<u64>,
    kdf: Option<String>,
    label: Option<String>,
    length: Option<u64>,
    mac_len: Option<u64>,
    mgf: Option<String>,
    /// Whether the length is that of a one-time password.
    one_time: bool,
    /// Whether the other key is the parameter.
    other_key: bool,
    /// Whether it is the salt.
    other_is_salt: bool,
    password: Option<String>,
    /// Each is `block`, or `counter` or `length` or `blocks` with a width in bits (`-` for the least significant byte first), or bytes.
    pieces: Vec<String>,
    prehash: bool,
    randoms: Option<String>,
    session_hash: Option<String>,
    /// The lengths in bits of keys of MACs, of keys of ciphers, and of initialisation vectors.
    sizes: Option<[u64; 3]>,
    side: Option<u64>,
    public_data: Option<String>,
    salt: Option<String>,
    salt_len: Option<u64>,
    shared_data: Option<String>,
    tag_bits: Option<u64>,
}

pub(super) const FILES: &[(&str, &str)] = &[
    ("blake2b", include_str!("../../vectors/blake2b.json")),
    ("des", include_str!("../../vectors/des.json")),
    ("md5", include_str!("../../vectors/md5.json")),
    ("dsa", include_str!("../../vectors/dsa.json")),
    ("dh", include_str!("../../vectors/dh.json")),
    (
        "transport_wrap",
        include_str!("../../vectors/transport_wrap.json"),
    ),
    ("tls", include_str!("../../vectors/tls.json")),
    ("password", include_str!("../../vectors/password.json")),
    (
        "chained_kdf",
        include_str!("../../vectors/chained_kdf.json"),
    ),
    (
        "aes_key_wrap_pkcs7",
        include_str!("../../vectors/aes_key_wrap_pkcs7.json"),
    ),
    ("curve448", include_str!("../../vectors/curve448.json")),
    ("brainpool", include_str!("../../vectors/brainpool.json")),
    (
        "encryption_derivation",
        include_str!("../../vectors/encryption_derivation.json"),
    ),
    ("sm2", include_str!("../../vectors/sm2.json")),
    ("sm3", include_str!("../../vectors/sm3.json")),
    ("sm4", include_str!("../../vectors/sm4.json")),
    ("chacha20", include_str!("../../vectors/chacha20.json")),
    (
        "digest_derivation",
        include_str!("../../vectors/digest_derivation.json"),
    ),
    ("cbc_mac", include_str!("../../vectors/cbc_mac.json")),
    (
        "aes_feedback",
        include_str!("../../vectors/aes_feedback.json"),
    ),
    ("des3", include_str!("../../vectors/des3.json")),
    ("slh_dsa", include_str!("../../vectors/slh_dsa.json")),
    ("ml_dsa", include_str!("../../vectors/ml_dsa.json")),
    ("ml_kem", include_str!("../../vectors/ml_kem.json")),
    (
        "counter_kdf",
        include_str!("../../vectors/counter_kdf.json"),
    ),
    ("p224", include_str!("../../vectors/p224.json")),
    ("x25519", include_str!("../../vectors/x25519.json")),
    ("aes_ccm", include_str!("../../vectors/aes_ccm.json")),
    ("aes_cmac", include_str!("../../vectors/aes_cmac.json")),
    ("aes_cts", include_str!("../../vectors/aes_cts.json")),
    ("aes_gmac", include_str!("../../vectors/aes_gmac.json")),
    ("aes_xts", include_str!("../../vectors/aes_xts.json")),
    ("hkdf", include_str!("../../vectors/hkdf.json")),
    ("rearrange", include_str!("../../vectors/rearrange.json")),
    ("hotp", include_str!("../../vectors/hotp.json")),
    (
        "aes_cbc_pad",
        include_str!("../../vectors/aes_cbc_pad.json"),
    ),
    ("aes_gcm", include_str!("../../vectors/aes_gcm.json")),
    ("aes_modes", include_str!("../../vectors/aes_modes.json")),
    ("digest", include_str!("../../vectors/digest.json")),
    ("ecdsa", include_str!("../../vectors/ecdsa.json")),
    ("hmac", include_str!("../../vectors/hmac.json")),
    ("rsa_oaep", include_str!("../../vectors/rsa_oaep.json")),
    ("rsa_pkcs1", include_str!("../../vectors/rsa_pkcs1.json")),
    (
        "rsa_pkcs1_decrypt",
        include_str!("../../vectors/rsa_pkcs1_decrypt.json"),
    ),
    ("rsa_raw", include_str!("../../vectors/rsa_raw.json")),
    ("rsa_pss", include_str!("../../vectors/rsa_pss.json")),
    (
        "aes_key_wrap",
        include_str!("../../vectors/aes_key_wrap.json"),
    ),
    ("eddsa", include_str!("../../vectors/eddsa.json")),
    ("ecdh", include_str!("../../vectors/ecdh.json")),
    (
        "ecdsa_secp256k1",
        include_str!("../../vectors/ecdsa_secp256k1.json"),
    ),
];

pub(super) fn load(text: &str) -> VectorFile {
    serde_json::from_str(text).unwrap()
}

pub(super) fn row(id: MechanismType) -> &'static Mechanism {
    ck::mechanism(id).unwrap()
}

pub(super) fn row_named(name: &str) -> &'static Mechanism {
    ck::MECHANISMS
        .iter()
        .find(|row| row.id.name() == Some(name))
        .unwrap_or_else(|| panic!("{name} is not in the table"))
}

/// Finds an attribute type by its name without prefix.
pub(super) fn attribute(name: &str) -> AttributeType {
    AttributeType::ALL
        .iter()
        .find(|(_, known)| known.strip_prefix("CKA_") == Some(name))
        .unwrap_or_else(|| panic!("CKA_{name} does not exist"))
        .0
}

/// A key object with decoded attributes.
#[derive(Clone)]
pub(super) struct Object(pub(super) BTreeMap<AttributeType, Vec<u8>>);

impl Object {
    pub(super) fn of(attributes: &Attributes) -> Self {
        Self(
            attributes
                .iter()
                .filter(|(name, _)| *name != "type")
                .map(|(name, value)| (attribute(name), hex::decode(value).unwrap()))
                .collect(),
        )
    }

    pub(super) fn secret(value: &[u8]) -> Self {
        Self([(AttributeType::VALUE, value.to_vec())].into())
    }

    pub(super) fn material(material: &crate::Material) -> Self {
        Self(
            material
                .iter()
                .map(|(id, value)| (*id, value.to_vec()))
                .collect(),
        )
    }

    pub(super) fn without(mut self, ids: &[AttributeType]) -> Self {
        self.0.retain(|id, _| !ids.contains(id));
        self
    }

    pub(super) fn with(mut self, id: AttributeType, value: &[u8]) -> Self {
        self.0.insert(id, value.to_vec());
        self
    }

    pub(super) fn get<'a>(&'a self) -> impl Fn(AttributeType) -> Option<&'a [u8]> {
        |id| self.0.get(&id).map(Vec::as_slice)
    }

    pub(super) fn parse(&self, class: ObjectClass, key_type: KeyType) -> Result<Key, Error> {
        Key::parse(class, key_type, &self.get())
    }

    pub(super) fn key(&self, class: ObjectClass, key_type: KeyType) -> Arc<Key> {
        Arc::new(self.parse(class, key_type).unwrap())
    }
}

/// A pair of named test keys.
pub(super) struct Pair {
    pub(super) public: Arc<Key>,
    pub(super) private: Arc<Key>,
}

/// Reads the attributes of a named key from the vector files.
pub(super) fn object(name: &str) -> Object {
    let file = match key_type(name) {
        KeyType::DH => "dh",
        KeyType::DSA => "dsa",
        KeyType::RSA => "rsa_pkcs1",
        KeyType::DEW_SM2 => "sm2",
        KeyType::EC_EDWARDS => "eddsa",
        KeyType::EC_MONTGOMERY => "x25519",
        KeyType::SLH_DSA => "slh_dsa",
        KeyType::ML_DSA => "ml_dsa",
        KeyType::ML_KEM => "ml_kem",
        _ => "ecdsa",
    };
    let text = FILES.iter().find(|(known, _)| *known == file).unwrap().1;
    Object::of(&load(text).keys[name])
}

fn key_type(name: &str) -> KeyType {
    match name {
        name if name.starts_with("dsa") => KeyType::DSA,
        name if name.starts_with("ffdhe") => KeyType::DH,
        name if name.starts_with("rsa") => KeyType::RSA,
        name if name.starts_with("sm2") => KeyType::DEW_SM2,
        name if name.starts_with("ed") => KeyType::EC_EDWARDS,
        name if name.starts_with('x') => KeyType::EC_MONTGOMERY,
        name if name.starts_with("mlkem") => KeyType::ML_KEM,
        name if name.starts_with("sha") => KeyType::SLH_DSA,
        name if name.starts_with("mldsa") => KeyType::ML_DSA,
        _ => KeyType::EC,
    }
}

/// Keys over lattices, of Diffie-Hellman and of DSA have their value under one name in both halves, so that their public half is another object.
pub(super) fn pair(name: &str) -> Pair {
    let key_type = key_type(name);
    let object = object(name);
    let public = match key_type {
        KeyType::DH | KeyType::DSA | KeyType::ML_DSA | KeyType::ML_KEM | KeyType::SLH_DSA => {
            self::object(&format!("{name}-public"))
        }
        _ => object.clone(),
    };
    Pair {
        public: public.key(ObjectClass::PUBLIC_KEY, key_type),
        private: object.key(ObjectClass::PRIVATE_KEY, key_type),
    }
}

pub(super) fn secret(key_type: KeyType, value: &[u8]) -> Arc<Key> {
    let class = match key_type {
        KeyType::HOTP => ObjectClass::OTP_KEY,
        _ => ObjectClass::SECRET_KEY,
    };
    Object::secret(value).key(class, key_type)
}

/// The decoded bytes that parameters borrow from.
pub(super) struct Owned {
    bytes: Vec<u8>,
    second: Vec<u8>,
    pieces: Vec<Vec<u8>>,
}

impl Case {
    /// The type of the secret key: the mechanism's own, or AES for a function over it.
    pub(super) fn key_type(&self, row: &Mechanism) -> KeyType {
        match self.params.digest.as_deref() {
            Some("CKM_AES_CMAC") => KeyType::AES,
            _ => match (row.key_type.unwrap(), self.value.as_ref().map(String::len)) {
                (KeyType::DES3, Some(32)) => KeyType::DES2,
                (key_type, _) => key_type,
            },
        }
    }
}

impl CaseParams {
    pub(super) fn decode(&self) -> Owned {
        let first = [
            &self.bytes,
            &self.salt,
            &self.iv,
            &self.label,
            &self.block,
            &self.context,
            &self.public_data,
            &self.session_hash,
            &self.randoms,
        ];
        let bytes = first.into_iter().find_map(Option::as_ref);
        let second = [
            &self.aad,
            &self.data,
            &self.shared_data,
            &self.info,
            &self.password,
        ];
        let second = second.into_iter().find_map(Option::as_ref);
        let decode = |text: Option<&String>| {
            text.map(|text| hex::decode(text).unwrap())
                .unwrap_or_default()
        };
        Owned {
            bytes: decode(bytes),
            second: decode(second),
            pieces: self
                .pieces
                .iter()
                .map(|piece| hex::decode(piece).unwrap_or_default())
                .collect(),
        }
    }

    pub(super) fn params<'a>(&self, owned: &'a Owned) -> Params<'a> {
        if let Some(params) = self.derivation(owned) {
            return params;
        }
        if let Some(salt_len) = self.salt_len {
            return Params::Pss {
                digest: self.digest(),
                mgf: self.mgf(),
                salt_len,
            };
        }
        if let Some(data_len) = self.data_len {
            return Params::Ccm {
                data_len,
                nonce: &owned.bytes,
                aad: &owned.second,
                mac_len: self.mac_len.unwrap(),
            };
        }
        if let Some(hedge) = self.hedge {
            return Params::SignContext {
                hedge: Hedge(hedge),
                context: &owned.bytes,
                digest: self.digest.as_ref().map(|_| self.digest()),
            };
        }
        if self.prehash || self.context.is_some() {
            return Params::Eddsa {
                prehash: self.prehash,
                context: &owned.bytes,
            };
        }
        if let (Some(aes_bits), Some(_)) = (self.aes_bits, &self.label) {
            return Params::RsaAes {
                aes_bits,
                digest: self.digest(),
                mgf: self.mgf(),
                label: &owned.bytes,
            };
        }
        if self.label.is_some() {
            return Params::Oaep {
                digest: self.digest(),
                mgf: self.mgf(),
                label: &owned.bytes,
            };
        }
        if let Some(tag_bits) = self.tag_bits {
            return Params::Gcm {
                iv: &owned.bytes,
                aad: &owned.second,
                tag_bits,
            };
        }
        if let Some(counter_bits) = self.counter_bits {
            return Params::Counter {
                counter_bits,
                block: owned.bytes.as_slice().try_into().unwrap(),
            };
        }
        match (self.length, &self.bytes) {
            (Some(length), _) if self.one_time => Params::Otp(OneTime {
                length: Some(length),
                ..OneTime::default()
            }),
            (Some(length), _) => Params::Length(length),
            (None, Some(_)) => Params::Bytes(&owned.bytes),
            (None, None) if self.other_key => Params::Key(7),
            (None, None) => Params::None,
        }
    }

    fn derivation<'a>(&self, owned: &'a Owned) -> Option<Params<'a>> {
        if self.data.is_some() {
            return Some(Params::VectorAndData {
                vector: &owned.bytes,
                data: &owned.second,
            });
        }
        if let Some(params) = self.tls(owned) {
            return Some(params);
        }
        if let Some(function) = self.function {
            return Some(Params::Password {
                function,
                salt: &owned.bytes,
                iterations: self.iterations.unwrap(),
                password: Password(&owned.second),
            });
        }
        if !self.pieces.is_empty() {
            let mut pieces = [Piece::Absent; MOST_PIECES];
            for (index, text) in self.pieces.iter().enumerate() {
                pieces[index] = piece(text, &owned.pieces[index]);
            }
            let function = self.digest();
            return Some(match self.iv {
                Some(_) => Params::FeedbackKdf {
                    function,
                    vector: &owned.bytes,
                    pieces,
                },
                None => Params::CounterKdf { function, pieces },
            });
        }
        if let Some(extract) = self.extract {
            return Some(Params::Hkdf {
                extract,
                expand: self.expand.unwrap(),
                digest: self.digest(),
                salt: if self.other_is_salt {
                    Salt::Key(7)
                } else {
                    Salt::Bytes(&owned.bytes)
                },
                info: &owned.second,
            });
        }
        if let Some(name) = &self.kdf {
            let mut all = KeyDerivation::ALL.iter();
            let kdf = all.find(|(_, known)| known == name).unwrap().0;
            if let Some(aes_bits) = self.aes_bits {
                return Some(Params::EcdhAes {
                    aes_bits,
                    kdf,
                    shared_data: &owned.second,
                });
            }
            return Some(Params::Ecdh {
                kdf,
                shared_data: &owned.second,
                public_data: &owned.bytes,
            });
        }
        None
    }

    /// Parameters of TLS: both randoms stand one after the other; an exported secret has its label first among the pieces, and
    /// its context second, if it has one.
    fn tls<'a>(&self, owned: &'a Owned) -> Option<Params<'a>> {
        if self.session_hash.is_some() {
            return Some(Params::TlsExtendedMaster {
                digest: self.digest(),
                session_hash: &owned.bytes,
                version: false,
            });
        }
        if let Some(side) = self.side {
            return Some(Params::TlsMac {
                digest: self.digest(),
                len: self.length.unwrap(),
                side,
            });
        }
        self.randoms.as_ref()?;
        let (client_random, server_random) = owned.bytes.split_at(owned.bytes.len() / 2);
        let digest = self.digest();
        if let Some([mac_bits, key_bits, vector_bits]) = self.sizes {
            return Some(Params::TlsKeys {
                digest,
                client_random,
                server_random,
                mac_bits,
                key_bits,
                vector_bits,
            });
        }
        Some(match owned.pieces.first() {
            None => Params::TlsMaster {
                digest,
                client_random,
                server_random,
                version: false,
            },
            Some(label) => Params::TlsExport {
                digest,
                label,
                client_random,
                server_random,
                context: owned.pieces.get(1).map(Vec::as_slice),
            },
        })
    }

    fn digest(&self) -> MechanismType {
        row_named(self.digest.as_deref().unwrap()).id
    }

    fn mgf(&self) -> Mgf {
        let name = self.mgf.as_deref().unwrap();
        Mgf::ALL
            .iter()
            .find(|(_, known)| *known == name)
            .map_or(Mgf(0x77), |(mgf, _)| *mgf)
    }
}

fn piece<'a>(text: &str, bytes: &'a [u8]) -> Piece<'a> {
    if text == "block" {
        return Piece::Block;
    }
    let Some((kind, bits)) = text.split_once(' ') else {
        return Piece::Bytes(bytes);
    };
    let bits: i64 = bits.parse().unwrap();
    let width = Width {
        bits: bits.unsigned_abs(),
        little_endian: bits < 0,
    };
    match kind {
        "counter" => Piece::Counter(width),
        kind => Piece::Length {
            blocks: kind == "blocks",
            width,
        },
    }
}

pub(super) fn sign(
    row: &Mechanism,
    params: &Params<'_>,
    key: &Arc<Key>,
    parts: &[&[u8]],
) -> Result<Vec<u8>, Error> {
    let mut signing = signer(row, params, key)?;
    let len = signing.output_len();
    for part in parts {
        signing.update(part)?;
    }
    let signature = signing.finish()?;
    assert_eq!(signature.len(), len, "{}", row.id);
    Ok(signature)
}

pub(super) fn verify(
    row: &Mechanism,
    params: &Params<'_>,
    key: &Arc<Key>,
    parts: &[&[u8]],
    signature: &[u8],
) -> Result<(), Error> {
    let mut verifying = verifier(row, params, key)?;
    for part in parts {
        verifying.update(part)?;
    }
    verifying.finish(signature)
}

pub(super) fn encrypt(
    row: &Mechanism,
    params: &Params<'_>,
    key: &Arc<Key>,
    parts: &[&[u8]],
) -> Result<Vec<u8>, Error> {
    run(encryptor(row, params, key)?, parts)
}

pub(super) fn decrypt(
    row: &Mechanism,
    params: &Params<'_>,
    key: &Arc<Key>,
    parts: &[&[u8]],
) -> Result<Vec<u8>, Error> {
    run(crate::decryptor(row, params, key)?, parts)
}

/// Runs a cipher and holds it to the lengths that it announces.
fn run(mut cipher: Box<dyn crate::Cipher>, parts: &[&[u8]]) -> Result<Vec<u8>, Error> {
    let whole = cipher.whole_len(parts.iter().map(|part| part.len()).sum());
    let mut out = Vec::new();
    for part in parts {
        let (before, announced) = (out.len(), cipher.update_len(part.len()));
        cipher.update(part, &mut out)?;
        assert_eq!(out.len() - before, announced);
    }
    let (before, bound) = (out.len(), cipher.finish_len());
    cipher.finish(&mut out)?;
    assert!(out.len() - before <= bound);
    assert!(out.len() <= whole);
    Ok(out)
}
