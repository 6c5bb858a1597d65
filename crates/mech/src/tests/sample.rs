//! For each row of the mechanism table: a key, a parameter and a message that it takes.

use std::sync::Arc;

use ck::{
    Algorithm, Digest, Hedge, KeyDerivation, KeyType, MOST_PIECES, Mechanism, MechanismType, Mgf,
    OneTime, Params, Password, Piece, Rearrangement, Salt, Sm, Width,
};

use super::fixture::{pair, secret};
use crate::Key;

const BLOCK: [u8; 16] = [7; 16];
/// The generator of P-256 (SP 800-186, 3.2.1.3).
const POINT: [u8; 65] = *b"\x04\
    \x6b\x17\xd1\xf2\xe1\x2c\x42\x47\xf8\xbc\xe6\xe5\x63\xa4\x40\xf2\
    \x77\x03\x7d\x81\x2d\xeb\x33\xa0\xf4\xa1\x39\x45\xd8\x98\xc2\x96\
    \x4f\xe3\x42\xe2\xfe\x1a\x7f\x9b\x8e\xe7\xeb\x4a\x7c\x0f\x9e\x16\
    \x2b\xce\x33\x57\x6b\x31\x5e\xce\xcb\xb6\x40\x68\x37\xbf\x51\xf5";
/// The length of the messages that CCM is told of.
const CCM_DATA: u64 = 96;
/// The digest that signatures of the caller's digest are told of.
const GIVEN_DIGEST: Digest = Digest::Sha3_384;
/// The digest that PSS without hashing is told of.
const PSS_DIGEST: Digest = Digest::Sha384;

/// What a mechanism takes.
pub(super) struct Sample {
    pub(super) params: Params<'static>,
    /// Signs and decrypts.
    pub(super) private: Arc<Key>,
    /// Verifies and encrypts.
    pub(super) public: Arc<Key>,
}

/// The test keys, parsed once.
pub(super) struct Keys {
    dh: Sample,
    field_dsa: Sample,
    rsa: Sample,
    ec: Sample,
    sm2: Sample,
    edwards: Sample,
    montgomery: Sample,
    kem: Sample,
    slh: Sample,
    dsa: Sample,
}

impl Keys {
    pub(super) fn new() -> Self {
        let sample = |name| {
            let pair = pair(name);
            Sample {
                params: Params::None,
                private: pair.private,
                public: pair.public,
            }
        };
        Self {
            dh: sample("ffdhe2048"),
            field_dsa: sample("dsa2048"),
            rsa: sample("rsa2048"),
            ec: sample("p256"),
            sm2: sample("sm2"),
            edwards: sample("ed25519"),
            montgomery: sample("x25519"),
            kem: sample("mlkem768"),
            dsa: sample("mldsa44"),
            slh: sample("sha2_128f"),
        }
    }

    /// Lists every key, for whoever looks for one that does not fit.
    pub(super) fn all(&self) -> Vec<Arc<Key>> {
        vec![
            Arc::clone(&self.dh.private),
            Arc::clone(&self.dh.public),
            Arc::clone(&self.field_dsa.private),
            Arc::clone(&self.field_dsa.public),
            Arc::clone(&self.rsa.private),
            Arc::clone(&self.rsa.public),
            Arc::clone(&self.ec.private),
            Arc::clone(&self.ec.public),
            Arc::clone(&self.sm2.private),
            Arc::clone(&self.sm2.public),
            Arc::clone(&self.edwards.private),
            Arc::clone(&self.edwards.public),
            Arc::clone(&self.montgomery.private),
            Arc::clone(&self.montgomery.public),
            Arc::clone(&self.kem.private),
            Arc::clone(&self.kem.public),
            Arc::clone(&self.dsa.private),
            Arc::clone(&self.dsa.public),
            Arc::clone(&self.slh.private),
            Arc::clone(&self.slh.public),
            secret(KeyType::AES, &[1; 32]),
            secret(KeyType::SHA256_HMAC, &[2; 32]),
        ]
    }

    /// Finds what this mechanism takes; `None` if it has no key.
    pub(super) fn sample(&self, row: &Mechanism) -> Option<Sample> {
        let keys = match row.key_type? {
            KeyType::DSA => [&self.field_dsa.private, &self.field_dsa.public].map(Arc::clone),
            KeyType::DH => [&self.dh.private, &self.dh.public].map(Arc::clone),
            KeyType::RSA => [&self.rsa.private, &self.rsa.public].map(Arc::clone),
            KeyType::EC => [&self.ec.private, &self.ec.public].map(Arc::clone),
            KeyType::DEW_SM2 => [&self.sm2.private, &self.sm2.public].map(Arc::clone),
            KeyType::EC_EDWARDS => [&self.edwards.private, &self.edwards.public].map(Arc::clone),
            KeyType::EC_MONTGOMERY => {
                [&self.montgomery.private, &self.montgomery.public].map(Arc::clone)
            }
            KeyType::SLH_DSA => [&self.slh.private, &self.slh.public].map(Arc::clone),
            KeyType::ML_DSA => [&self.dsa.private, &self.dsa.public].map(Arc::clone),
            KeyType::ML_KEM => [&self.kem.private, &self.kem.public].map(Arc::clone),
            KeyType::AES_XTS => {
                let value: Vec<u8> = (0..64).collect();
                let key = secret(KeyType::AES_XTS, &value);
                [Arc::clone(&key), key]
            }
            KeyType::DES | KeyType::DES2 | KeyType::DES3 => {
                let len = usize::try_from(row.key_sizes.range().1).unwrap();
                let value: Vec<u8> = [[0x5b; 8], [0x01; 8], [0x2c; 8]].concat();
                let key = secret(row.key_type?, &value[..len]);
                [Arc::clone(&key), key]
            }
            key_type => {
                let (least, most) = row.key_sizes.range();
                let len = usize::try_from(32.clamp(least, most)).unwrap();
                let key = secret(key_type, &vec![0x5a; len]);
                [Arc::clone(&key), key]
            }
        };
        let [private, public] = keys;
        Some(Sample {
            params: params(row),
            private,
            public,
        })
    }

    /// Finds what this mechanism takes for encapsulating.
    pub(super) fn encapsulation(&self, row: &Mechanism) -> Sample {
        let sample = self.sample(row).unwrap();
        let params = match sample.params {
            Params::Ecdh {
                kdf, shared_data, ..
            } => Params::Ecdh {
                kdf,
                shared_data,
                public_data: &[],
            },
            other => other,
        };
        Sample { params, ..sample }
    }
}

/// Gives a parameter of the shape that the algorithm takes.
pub(super) fn params(row: &Mechanism) -> Params<'static> {
    match row.algorithm {
        Algorithm::AesEncryptData { .. }
        | Algorithm::CounterKdf
        | Algorithm::Des3EncryptData { .. }
        | Algorithm::Dh
        | Algorithm::DoublePipelineKdf
        | Algorithm::Ecdh
        | Algorithm::FeedbackKdf
        | Algorithm::Hkdf
        | Algorithm::HkdfData
        | Algorithm::Rearrange(_)
        | Algorithm::Pbkdf2 => derivation(row.algorithm),
        Algorithm::AesCbc { .. } | Algorithm::AesCts | Algorithm::AesXts => Params::Bytes(&BLOCK),
        Algorithm::AesCcm
        | Algorithm::AesCfb { .. }
        | Algorithm::AesCmac { .. }
        | Algorithm::AesCtr
        | Algorithm::AesGcm
        | Algorithm::AesGmac
        | Algorithm::AesMac { .. }
        | Algorithm::AesOfb
        | Algorithm::ChaCha20
        | Algorithm::ChaCha20Poly1305
        | Algorithm::Des3Cbc { .. }
        | Algorithm::Des3Cmac { .. }
        | Algorithm::Des3Mac { .. } => block_cipher(row.algorithm),
        Algorithm::Sm(sm) => chinese(sm),
        Algorithm::TlsExport
        | Algorithm::TlsKeys { .. }
        | Algorithm::TlsMac
        | Algorithm::TlsMaster { .. }
        | Algorithm::TlsPreMasterKeyGen => tls(row.algorithm),
        Algorithm::Blake2bHmac { general: true, .. } | Algorithm::Hmac { general: true, .. } => {
            Params::Length(11)
        }
        Algorithm::EcdhAesKeyWrap
        | Algorithm::HashMlDsa(None)
        | Algorithm::HashSlhDsa(_)
        | Algorithm::RsaAesKeyWrap
        | Algorithm::SlhDsa
        | Algorithm::SlhDsaKeyPairGen
        | Algorithm::RsaOaep
        | Algorithm::RsaPss(_) => asymmetric(row.algorithm),
        Algorithm::Hotp(_) => Params::Otp(OneTime {
            length: Some(8),
            ..OneTime::default()
        }),
        // The others take none; a test tries each of them.
        _ => Params::None,
    }
}

fn asymmetric(algorithm: Algorithm) -> Params<'static> {
    match algorithm {
        Algorithm::RsaAesKeyWrap => Params::RsaAes {
            aes_bits: 256,
            digest: MechanismType::SHA256,
            mgf: Mgf::MGF1_SHA256,
            label: b"",
        },
        Algorithm::EcdhAesKeyWrap => Params::EcdhAes {
            aes_bits: 256,
            kdf: KeyDerivation::SHA256_KDF,
            shared_data: b"shared",
        },
        Algorithm::RsaOaep => Params::Oaep {
            digest: MechanismType::SHA256,
            mgf: Mgf::MGF1_SHA1,
            label: b"label",
        },
        Algorithm::HashMlDsa(None) | Algorithm::HashSlhDsa(None) => Params::SignContext {
            hedge: Hedge::HEDGE_REQUIRED,
            context: b"context",
            digest: Some(digest_mechanism(GIVEN_DIGEST)),
        },
        Algorithm::RsaPss(digest) => Params::Pss {
            digest: digest_mechanism(digest.unwrap_or(PSS_DIGEST)),
            mgf: Mgf::MGF1_SHA256,
            salt_len: 20,
        },
        _ => Params::None,
    }
}

fn tls(algorithm: Algorithm) -> Params<'static> {
    let digest = MechanismType::SHA256;
    match algorithm {
        Algorithm::TlsExport => Params::TlsExport {
            digest,
            label: b"EXPORTER-test",
            client_random: &[1; 32],
            server_random: &[2; 32],
            context: None,
        },
        Algorithm::TlsKeys { .. } => Params::TlsKeys {
            digest,
            client_random: &[1; 32],
            server_random: &[2; 32],
            mac_bits: 160,
            key_bits: 128,
            vector_bits: 128,
        },
        Algorithm::TlsMac => Params::TlsMac {
            digest,
            len: 12,
            side: 1,
        },
        Algorithm::TlsMaster { extended: true, .. } => Params::TlsExtendedMaster {
            digest,
            session_hash: &[3; 32],
            version: false,
        },
        Algorithm::TlsMaster { .. } => Params::TlsMaster {
            digest,
            client_random: &[1; 32],
            server_random: &[2; 32],
            version: false,
        },
        _ => Params::Bytes(&[3, 3]),
    }
}

fn block_cipher(algorithm: Algorithm) -> Params<'static> {
    match algorithm {
        Algorithm::AesCfb { .. } | Algorithm::AesOfb => Params::Bytes(&BLOCK),
        Algorithm::AesCmac { general: true } | Algorithm::AesMac { general: true } => {
            Params::Length(11)
        }
        Algorithm::AesCcm => Params::Ccm {
            data_len: CCM_DATA,
            nonce: &BLOCK[..13],
            aad: b"associated",
            mac_len: 16,
        },
        Algorithm::AesGmac => Params::Gcm {
            iv: &BLOCK,
            aad: &[],
            tag_bits: 128,
        },
        Algorithm::AesGcm => Params::Gcm {
            iv: &BLOCK,
            aad: b"associated",
            tag_bits: 128,
        },
        Algorithm::ChaCha20 => Params::Counter {
            counter_bits: 32,
            block: BLOCK,
        },
        Algorithm::ChaCha20Poly1305 => Params::Gcm {
            iv: &BLOCK[..12],
            aad: b"associated",
            tag_bits: 128,
        },
        Algorithm::Des3Cbc { .. } => Params::Bytes(&BLOCK[..8]),
        Algorithm::AesCtr => Params::Counter {
            counter_bits: 64,
            block: BLOCK,
        },
        Algorithm::Des3Cmac { general: true } | Algorithm::Des3Mac { general: true } => {
            Params::Length(7)
        }
        _ => Params::None,
    }
}

fn chinese(sm: Sm) -> Params<'static> {
    match sm {
        Sm::Sm3Hmac { general: true } | Sm::Sm4Cmac { general: true } => Params::Length(11),
        Sm::Sm2Sm3 => Params::Bytes(b"somebody"),
        Sm::Sm4Cbc { .. } => Params::Bytes(&BLOCK),
        Sm::Sm4Ctr => Params::Counter {
            counter_bits: 64,
            block: BLOCK,
        },
        Sm::Sm4Gcm => Params::Gcm {
            iv: &BLOCK[..12],
            aad: b"associated",
            tag_bits: 128,
        },
        Sm::Sm2
        | Sm::Sm2Encrypt
        | Sm::Sm2KeyPairGen
        | Sm::Sm3
        | Sm::Sm3Hmac { general: false }
        | Sm::Sm4Cmac { general: false }
        | Sm::Sm4Ecb => Params::None,
    }
}

fn derivation(algorithm: Algorithm) -> Params<'static> {
    match algorithm {
        Algorithm::CounterKdf | Algorithm::DoublePipelineKdf | Algorithm::FeedbackKdf => {
            let function = MechanismType::SHA256_HMAC;
            let mut pieces = [Piece::Absent; MOST_PIECES];
            pieces[0] = match algorithm {
                Algorithm::CounterKdf => Piece::Counter(Width {
                    bits: 32,
                    little_endian: false,
                }),
                _ => Piece::Block,
            };
            pieces[1] = Piece::Bytes(b"label");
            match algorithm {
                Algorithm::FeedbackKdf => Params::FeedbackKdf {
                    function,
                    vector: &BLOCK,
                    pieces,
                },
                _ => Params::CounterKdf { function, pieces },
            }
        }
        // The base squared is a public value of any group.
        Algorithm::Dh => Params::Bytes(&[4]),
        Algorithm::Ecdh => Params::Ecdh {
            kdf: KeyDerivation::SHA256_KDF,
            shared_data: b"shared",
            public_data: &POINT,
        },
        Algorithm::Pbkdf2 => Params::Password {
            function: 4,
            salt: &BLOCK,
            iterations: 3,
            password: Password(b"password"),
        },
        Algorithm::Rearrange(Rearrangement::BaseAndKey) => Params::Key(7),
        Algorithm::Rearrange(Rearrangement::Extract) => Params::Length(21),
        Algorithm::Rearrange(_) => Params::Bytes(&[3; 48]),
        Algorithm::Hkdf | Algorithm::HkdfData => Params::Hkdf {
            extract: true,
            expand: true,
            digest: MechanismType::SHA384,
            salt: Salt::Bytes(b"salt"),
            info: b"info",
        },
        Algorithm::AesEncryptData { chained: true } => Params::VectorAndData {
            vector: &BLOCK,
            data: &[3; 48],
        },
        Algorithm::Des3EncryptData { chained: true } => Params::VectorAndData {
            vector: &BLOCK[..8],
            data: &[3; 48],
        },
        Algorithm::AesEncryptData { .. } | Algorithm::Des3EncryptData { .. } => {
            Params::Bytes(&[3; 48])
        }
        _ => Params::None,
    }
}

fn digest_mechanism(digest: Digest) -> MechanismType {
    ck::MECHANISMS
        .iter()
        .find(|row| row.algorithm == Algorithm::Digest(digest))
        .unwrap()
        .id
}

/// Cuts or stretches a message to what the mechanism takes.
pub(super) fn fitting(row: &Mechanism, mut message: Vec<u8>) -> Vec<u8> {
    let len = message.len();
    match row.algorithm {
        Algorithm::Sm(Sm::Sm2) => message.resize(32, 2),
        Algorithm::Sm(Sm::Sm2Encrypt) => message.resize(len.max(1), 3),
        Algorithm::Sm(Sm::Sm4Cbc { padded: false } | Sm::Sm4Ecb) => message.truncate(len / 16 * 16),
        Algorithm::AesCbc { padded: false } | Algorithm::AesEcb => message.truncate(len / 16 * 16),
        Algorithm::Des3Cbc { padded: false } | Algorithm::Des3Ecb => message.truncate(len / 8 * 8),
        Algorithm::AesCcm => message.resize(usize::try_from(CCM_DATA).unwrap(), 4),
        Algorithm::AesCts | Algorithm::AesXts => message.resize(len.max(16), 5),
        Algorithm::AesKeyWrap { padded: false } => message.resize((len / 8 * 8).max(16), 3),
        Algorithm::AesKeyWrapPkcs7 => message.resize(len.max(8), 3),
        Algorithm::AesKeyWrap { padded: true } => message.resize(len.max(1), 3),
        Algorithm::Dsa(None) | Algorithm::Ecdsa(None) => message.resize(len.clamp(1, 64), 1),
        Algorithm::HashMlDsa(None) | Algorithm::HashSlhDsa(None) => {
            message.resize(GIVEN_DIGEST.len(), 2);
        }
        Algorithm::Hotp(_) => message.resize(8, 1),
        Algorithm::RsaOaep => message.truncate(190),
        Algorithm::RsaPkcs1(None) => message.truncate(245),
        Algorithm::RsaPss(None) => message.resize(PSS_DIGEST.len(), 2),
        Algorithm::RsaRaw => {
            // As long as the modulus, and below it.
            message.resize(256, 6);
            message[0] = 0;
        }
        _ => {}
    }
    message
}
