//! The mechanisms of the operations, one row each.

use cryptoki_sys::*;

use self::Content::{DigestInfo, Hash, Number, Pattern};
use self::KeyKind::{Aes, ChaCha20, Des3, Ed25519, Generic, P256, RsaCipher, RsaSignature, Xts};
use self::Takes::{Any, AtLeast, AtMost, Blocks, Exactly};
use super::parameters::{
    AAD, IV, NONCE, TAG, ccm, chacha20_poly1305, ctr, gcm, gcm_structure, oaep, pss,
};
use super::peer;
use crate::c::Mechanism;
use crate::case::{Section, spec};

/// Which keys a mechanism works with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KeyKind {
    /// None: a digest.
    None,
    /// AES of so many bytes.
    Aes(usize),
    /// Two AES keys in one.
    Xts,
    /// Triple-length DES.
    Des3,
    /// ChaCha20.
    ChaCha20,
    /// A generic secret.
    Generic,
    /// An RSA pair: the public key encrypts, the private key decrypts.
    RsaCipher,
    /// An RSA pair: the private key signs, the public key verifies.
    RsaSignature,
    /// A pair on P-256.
    P256,
    /// A pair on edwards25519.
    Ed25519,
}

/// Which lengths of data a mechanism takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Takes {
    /// Any.
    Any,
    /// Whole blocks of so many bytes.
    Blocks(usize),
    /// This many bytes or more.
    AtLeast(usize),
    /// This many bytes or fewer.
    AtMost(usize),
    /// Exactly this many.
    Exactly(usize),
}

/// What the data of a case is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Content {
    /// A pattern of so many bytes.
    Pattern(usize),
    /// The same with a leading zero, so that it is a number below any modulus of its length.
    Number(usize),
    /// The SHA-256 of the pattern of 100 bytes.
    Hash,
    /// That hash with the prefix of PKCS #1.
    DigestInfo,
}

/// A mechanism: what it needs and what it gives.
pub(crate) struct Row {
    /// Which.
    pub(crate) kind: CK_MECHANISM_TYPE,
    /// Its part of the names of cases.
    pub(crate) id: &'static str,
    /// The section that defines it; none where its number was not the same in all versions.
    pub(crate) section: &'static str,
    /// Its keys.
    pub(crate) key: KeyKind,
    /// Makes its parameter for so many bytes of data.
    pub(crate) parameter: fn(usize) -> Mechanism,
    /// The data of a case.
    pub(crate) content: Content,
    /// How many bytes the output of that data has.
    pub(crate) output: usize,
    /// Which other lengths of data there may be.
    pub(crate) takes: Takes,
    /// Whether the data may come in parts.
    pub(crate) parts: bool,
    /// Whether it stands for its likes where one mechanism is enough.
    pub(crate) typical: bool,
}

impl Row {
    /// Returns the section that defines it.
    pub(crate) fn section(&self) -> Section {
        spec(self.section)
    }

    /// Makes the mechanism for so many bytes of data.
    pub(crate) fn mechanism(&self, length: usize) -> Mechanism {
        (self.parameter)(length)
    }

    /// Returns the mechanism's name.
    pub(crate) fn name(&self) -> String {
        crate::c::names::name(crate::c::names::MECHANISMS, self.kind)
    }

    /// Returns the data of a case.
    pub(crate) fn data(&self) -> Vec<u8> {
        match self.content {
            Pattern(length) => pattern(length),
            Number(length) => {
                let mut number = pattern(length);
                number[0] = 0;
                number
            }
            Hash => peer::sha256(&pattern(MESSAGE)),
            DigestInfo => {
                let mut info = DIGEST_INFO.to_vec();
                info.extend(peer::sha256(&pattern(MESSAGE)));
                info
            }
        }
    }

    /// Tells whether it takes data of this length.
    pub(crate) fn accepts(&self, length: usize) -> bool {
        match self.takes {
            Any => true,
            Blocks(size) => length.is_multiple_of(size),
            AtLeast(least) => length >= least,
            AtMost(most) => length <= most,
            Exactly(exact) => length == exact,
        }
    }

    /// Returns how many bytes the ciphertext of so many bytes has.
    pub(crate) fn output_of(&self, length: usize) -> usize {
        match self.kind {
            CKM_AES_CBC_PAD | CKM_DES3_CBC_PAD => length + self.step() - length % self.step(),
            _ if self.key == RsaCipher => self.output,
            _ if self.authenticates() => length + TAG,
            _ => length,
        }
    }

    /// Returns the size of the steps that it works in, where it has some.
    pub(crate) fn step(&self) -> usize {
        match (self.key, self.takes) {
            (_, Blocks(size)) => size,
            (Des3, _) => 8,
            _ => 16,
        }
    }

    /// Tells whether the output ends with padding that hides how long the data is.
    pub(crate) fn pads(&self) -> bool {
        matches!(self.kind, CKM_AES_CBC_PAD | CKM_DES3_CBC_PAD) || self.is_random_padding()
    }

    /// Tells whether it is an RSA encryption with random padding.
    pub(crate) fn is_random_padding(&self) -> bool {
        self.key == RsaCipher && self.kind != CKM_RSA_X_509
    }

    /// Tells whether it authenticates what it encrypts.
    pub(crate) fn authenticates(&self) -> bool {
        matches!(self.kind, CKM_AES_GCM | CKM_AES_CCM | CKM_CHACHA20_POLY1305)
    }

    /// Tells whether two signatures of the same data differ.
    pub(crate) fn is_randomised(&self) -> bool {
        self.key == P256 || self.id.contains("pss")
    }
}

/// How long the message of a signature is.
const MESSAGE: usize = 100;
/// The prefix of a SHA-256 hash in PKCS #1 signatures (RFC 8017 section 9.2).
const DIGEST_INFO: [u8; 19] = [
    0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05,
    0x00, 0x04, 0x20,
];

/// Bytes that are easy to tell from zeros and from each other.
pub(crate) fn pattern(length: usize) -> Vec<u8> {
    (0u8..=250)
        .cycle()
        .map(|byte| byte ^ 0x5A)
        .take(length)
        .collect()
}

/// The mechanisms that encrypt and decrypt.
#[rustfmt::skip] // A table reads by its columns.
pub(crate) static CIPHERS: &[Row] = &[
    Row { kind: CKM_AES_ECB, id: "aes-ecb", section: "6.10.3", key: Aes(32), parameter: |_| Mechanism::new(CKM_AES_ECB), content: Pattern(64), output: 64, takes: Blocks(16), parts: true, typical: false },
    Row { kind: CKM_AES_CBC, id: "aes-cbc", section: "6.10.4", key: Aes(16), parameter: |_| Mechanism::with_bytes(CKM_AES_CBC, &IV), content: Pattern(64), output: 64, takes: Blocks(16), parts: true, typical: true },
    Row { kind: CKM_AES_CBC_PAD, id: "aes-cbc-pad", section: "6.10.5", key: Aes(32), parameter: |_| Mechanism::with_bytes(CKM_AES_CBC_PAD, &IV), content: Pattern(37), output: 48, takes: Any, parts: true, typical: true },
    Row { kind: CKM_AES_CTR, id: "aes-ctr", section: "6.11.3", key: Aes(16), parameter: |_| ctr(128), content: Pattern(37), output: 37, takes: Any, parts: true, typical: false },
    Row { kind: CKM_AES_GCM, id: "aes-gcm", section: "6.13.2", key: Aes(32), parameter: |_| gcm(&IV[..NONCE], AAD, TAG as u64 * 8), content: Pattern(37), output: 53, takes: Any, parts: true, typical: true },
    Row { kind: CKM_AES_CCM, id: "aes-ccm", section: "6.13", key: Aes(16), parameter: |length| ccm(length, &IV[..NONCE], AAD, TAG as u64), content: Pattern(37), output: 53, takes: Any, parts: true, typical: false },
    Row { kind: CKM_AES_CTS, id: "aes-cts", section: "6.12", key: Aes(16), parameter: |_| Mechanism::with_bytes(CKM_AES_CTS, &IV), content: Pattern(37), output: 37, takes: AtLeast(16), parts: true, typical: false },
    Row { kind: CKM_AES_XTS, id: "aes-xts", section: "6.15", key: Xts, parameter: |_| Mechanism::with_bytes(CKM_AES_XTS, &IV), content: Pattern(64), output: 64, takes: AtLeast(16), parts: true, typical: false },
    Row { kind: CKM_DES3_ECB, id: "des3-ecb", section: "6.18", key: Des3, parameter: |_| Mechanism::new(CKM_DES3_ECB), content: Pattern(64), output: 64, takes: Blocks(8), parts: true, typical: false },
    Row { kind: CKM_DES3_CBC, id: "des3-cbc", section: "6.18", key: Des3, parameter: |_| Mechanism::with_bytes(CKM_DES3_CBC, &IV[..8]), content: Pattern(64), output: 64, takes: Blocks(8), parts: true, typical: false },
    Row { kind: CKM_DES3_CBC_PAD, id: "des3-cbc-pad", section: "6.18", key: Des3, parameter: |_| Mechanism::with_bytes(CKM_DES3_CBC_PAD, &IV[..8]), content: Pattern(37), output: 40, takes: Any, parts: true, typical: false },
    Row { kind: CKM_CHACHA20_POLY1305, id: "chacha20-poly1305", section: "6.61.2", key: ChaCha20, parameter: |_| chacha20_poly1305(AAD), content: Pattern(37), output: 53, takes: Any, parts: true, typical: false },
    Row { kind: CKM_RSA_PKCS, id: "rsa-pkcs", section: "6.1.6", key: RsaCipher, parameter: |_| Mechanism::new(CKM_RSA_PKCS), content: Pattern(32), output: 256, takes: AtMost(245), parts: false, typical: true },
    Row { kind: CKM_RSA_X_509, id: "rsa-x-509", section: "6.1.12", key: RsaCipher, parameter: |_| Mechanism::new(CKM_RSA_X_509), content: Number(256), output: 256, takes: AtMost(256), parts: false, typical: false },
    Row { kind: CKM_RSA_PKCS_OAEP, id: "rsa-oaep-sha1", section: "6.1.8", key: RsaCipher, parameter: |_| oaep(CKM_SHA_1, CKG_MGF1_SHA1, b""), content: Pattern(32), output: 256, takes: AtMost(214), parts: false, typical: false },
    Row { kind: CKM_RSA_PKCS_OAEP, id: "rsa-oaep-sha256", section: "6.1.8", key: RsaCipher, parameter: |_| oaep(CKM_SHA256, CKG_MGF1_SHA256, b""), content: Pattern(32), output: 256, takes: AtMost(190), parts: false, typical: false },
];

/// The mechanisms that sign and verify.
#[rustfmt::skip] // A table reads by its columns.
pub(crate) static SIGNATURES: &[Row] = &[
    Row { kind: CKM_SHA_1_HMAC, id: "sha1-hmac", section: "6.20.4", key: Generic, parameter: |_| Mechanism::new(CKM_SHA_1_HMAC), content: Pattern(100), output: 20, takes: Any, parts: true, typical: false },
    Row { kind: CKM_SHA224_HMAC, id: "sha224-hmac", section: "6.21.4", key: Generic, parameter: |_| Mechanism::new(CKM_SHA224_HMAC), content: Pattern(100), output: 28, takes: Any, parts: true, typical: false },
    Row { kind: CKM_SHA256_HMAC, id: "sha256-hmac", section: "6.22.4", key: Generic, parameter: |_| Mechanism::new(CKM_SHA256_HMAC), content: Pattern(100), output: 32, takes: Any, parts: true, typical: true },
    Row { kind: CKM_SHA384_HMAC, id: "sha384-hmac", section: "6.23.4", key: Generic, parameter: |_| Mechanism::new(CKM_SHA384_HMAC), content: Pattern(100), output: 48, takes: Any, parts: true, typical: false },
    Row { kind: CKM_SHA512_HMAC, id: "sha512-hmac", section: "6.24.4", key: Generic, parameter: |_| Mechanism::new(CKM_SHA512_HMAC), content: Pattern(100), output: 64, takes: Any, parts: true, typical: false },
    Row { kind: CKM_SHA3_256_HMAC, id: "sha3-256-hmac", section: "6.29.4", key: Generic, parameter: |_| Mechanism::new(CKM_SHA3_256_HMAC), content: Pattern(100), output: 32, takes: Any, parts: true, typical: false },
    Row { kind: CKM_SHA256_HMAC_GENERAL, id: "sha256-hmac-general", section: "6.22.3", key: Generic, parameter: |_| Mechanism::with_number(CKM_SHA256_HMAC_GENERAL, 20), content: Pattern(100), output: 20, takes: Any, parts: true, typical: false },
    Row { kind: CKM_AES_CMAC, id: "aes-cmac", section: "6.14", key: Aes(16), parameter: |_| Mechanism::new(CKM_AES_CMAC), content: Pattern(100), output: 16, takes: Any, parts: true, typical: false },
    Row { kind: CKM_AES_GMAC, id: "aes-gmac", section: "6.13", key: Aes(16), parameter: |_| Mechanism::with(CKM_AES_GMAC, gcm_structure(&IV[..NONCE], b"", TAG as u64 * 8)), content: Pattern(100), output: 16, takes: Any, parts: true, typical: false },
    Row { kind: CKM_RSA_PKCS, id: "rsa-pkcs", section: "6.1.6", key: RsaSignature, parameter: |_| Mechanism::new(CKM_RSA_PKCS), content: DigestInfo, output: 256, takes: AtMost(245), parts: false, typical: true },
    Row { kind: CKM_RSA_X_509, id: "rsa-x-509", section: "6.1.12", key: RsaSignature, parameter: |_| Mechanism::new(CKM_RSA_X_509), content: Number(256), output: 256, takes: AtMost(256), parts: false, typical: false },
    Row { kind: CKM_SHA1_RSA_PKCS, id: "sha1-rsa-pkcs", section: "6.1.14", key: RsaSignature, parameter: |_| Mechanism::new(CKM_SHA1_RSA_PKCS), content: Pattern(100), output: 256, takes: Any, parts: true, typical: false },
    Row { kind: CKM_SHA256_RSA_PKCS, id: "sha256-rsa-pkcs", section: "6.1.14", key: RsaSignature, parameter: |_| Mechanism::new(CKM_SHA256_RSA_PKCS), content: Pattern(100), output: 256, takes: Any, parts: true, typical: true },
    Row { kind: CKM_SHA384_RSA_PKCS, id: "sha384-rsa-pkcs", section: "6.1.14", key: RsaSignature, parameter: |_| Mechanism::new(CKM_SHA384_RSA_PKCS), content: Pattern(100), output: 256, takes: Any, parts: true, typical: false },
    Row { kind: CKM_SHA512_RSA_PKCS, id: "sha512-rsa-pkcs", section: "6.1.14", key: RsaSignature, parameter: |_| Mechanism::new(CKM_SHA512_RSA_PKCS), content: Pattern(100), output: 256, takes: Any, parts: true, typical: false },
    Row { kind: CKM_SHA3_256_RSA_PKCS, id: "sha3-256-rsa-pkcs", section: "6.1", key: RsaSignature, parameter: |_| Mechanism::new(CKM_SHA3_256_RSA_PKCS), content: Pattern(100), output: 256, takes: Any, parts: true, typical: false },
    Row { kind: CKM_RSA_PKCS_PSS, id: "rsa-pss", section: "6.1.10", key: RsaSignature, parameter: |_| pss(CKM_RSA_PKCS_PSS, CKM_SHA256, CKG_MGF1_SHA256, 32), content: Hash, output: 256, takes: Exactly(32), parts: false, typical: false },
    Row { kind: CKM_SHA256_RSA_PKCS_PSS, id: "sha256-rsa-pss", section: "6.1", key: RsaSignature, parameter: |_| pss(CKM_SHA256_RSA_PKCS_PSS, CKM_SHA256, CKG_MGF1_SHA256, 32), content: Pattern(100), output: 256, takes: Any, parts: true, typical: false },
    Row { kind: CKM_SHA384_RSA_PKCS_PSS, id: "sha384-rsa-pss", section: "6.1", key: RsaSignature, parameter: |_| pss(CKM_SHA384_RSA_PKCS_PSS, CKM_SHA384, CKG_MGF1_SHA384, 48), content: Pattern(100), output: 256, takes: Any, parts: true, typical: false },
    Row { kind: CKM_SHA512_RSA_PKCS_PSS, id: "sha512-rsa-pss", section: "6.1", key: RsaSignature, parameter: |_| pss(CKM_SHA512_RSA_PKCS_PSS, CKM_SHA512, CKG_MGF1_SHA512, 64), content: Pattern(100), output: 256, takes: Any, parts: true, typical: false },
    Row { kind: CKM_ECDSA, id: "ecdsa", section: "6.3.12", key: P256, parameter: |_| Mechanism::new(CKM_ECDSA), content: Hash, output: 64, takes: Any, parts: false, typical: true },
    Row { kind: CKM_ECDSA_SHA1, id: "ecdsa-sha1", section: "6.3.13", key: P256, parameter: |_| Mechanism::new(CKM_ECDSA_SHA1), content: Pattern(100), output: 64, takes: Any, parts: true, typical: false },
    Row { kind: CKM_ECDSA_SHA256, id: "ecdsa-sha256", section: "6.3.13", key: P256, parameter: |_| Mechanism::new(CKM_ECDSA_SHA256), content: Pattern(100), output: 64, takes: Any, parts: true, typical: false },
    Row { kind: CKM_ECDSA_SHA384, id: "ecdsa-sha384", section: "6.3.13", key: P256, parameter: |_| Mechanism::new(CKM_ECDSA_SHA384), content: Pattern(100), output: 64, takes: Any, parts: true, typical: false },
    Row { kind: CKM_EDDSA, id: "eddsa", section: "6.3.14", key: Ed25519, parameter: |_| Mechanism::new(CKM_EDDSA), content: Pattern(100), output: 64, takes: Any, parts: false, typical: false },
];

/// The mechanisms that digest.
#[rustfmt::skip] // A table reads by its columns.
pub(crate) static DIGESTS: &[Row] = &[
    digest(CKM_MD5, "md5", "", |_| Mechanism::new(CKM_MD5), 16, false),
    digest(CKM_SHA_1, "sha1", "6.20.2", |_| Mechanism::new(CKM_SHA_1), 20, false),
    digest(CKM_SHA224, "sha224", "6.21.2", |_| Mechanism::new(CKM_SHA224), 28, false),
    digest(CKM_SHA256, "sha256", "6.22.2", |_| Mechanism::new(CKM_SHA256), 32, true),
    digest(CKM_SHA384, "sha384", "6.23.2", |_| Mechanism::new(CKM_SHA384), 48, false),
    digest(CKM_SHA512, "sha512", "6.24.2", |_| Mechanism::new(CKM_SHA512), 64, false),
    digest(CKM_SHA512_224, "sha512-224", "6.25.2", |_| Mechanism::new(CKM_SHA512_224), 28, false),
    digest(CKM_SHA512_256, "sha512-256", "6.26.2", |_| Mechanism::new(CKM_SHA512_256), 32, false),
    digest(CKM_SHA3_224, "sha3-224", "6.28.2", |_| Mechanism::new(CKM_SHA3_224), 28, false),
    digest(CKM_SHA3_256, "sha3-256", "6.29.2", |_| Mechanism::new(CKM_SHA3_256), 32, false),
    digest(CKM_SHA3_384, "sha3-384", "6.30.2", |_| Mechanism::new(CKM_SHA3_384), 48, false),
    digest(CKM_SHA3_512, "sha3-512", "6.31.2", |_| Mechanism::new(CKM_SHA3_512), 64, false),
    digest(CKM_BLAKE2B_160, "blake2b-160", "6.33.2", |_| Mechanism::new(CKM_BLAKE2B_160), 20, false),
    digest(CKM_BLAKE2B_256, "blake2b-256", "6.34.2", |_| Mechanism::new(CKM_BLAKE2B_256), 32, false),
    digest(CKM_BLAKE2B_384, "blake2b-384", "6.35.2", |_| Mechanism::new(CKM_BLAKE2B_384), 48, false),
    digest(CKM_BLAKE2B_512, "blake2b-512", "6.36.2", |_| Mechanism::new(CKM_BLAKE2B_512), 64, false),
];

const fn digest(
    kind: CK_MECHANISM_TYPE,
    id: &'static str,
    section: &'static str,
    parameter: fn(usize) -> Mechanism,
    output: usize,
    typical: bool,
) -> Row {
    Row {
        kind,
        id,
        section,
        key: KeyKind::None,
        parameter,
        content: Pattern(100),
        output,
        takes: Any,
        parts: true,
        typical,
    }
}

/// Finds a row by its name.
pub(crate) fn row(table: &'static [Row], id: &str) -> &'static Row {
    table
        .iter()
        .find(|row| row.id == id)
        .expect("a name that stands in the table")
}
