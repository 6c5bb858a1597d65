//! The mechanism table: what Dew's token can do, one row per mechanism.
//!
//! Everything said of a mechanism elsewhere (`C_GetMechanismInfo`, which parameter structure the module reads, which
//! code runs, the support matrix) is read from its row. Sections are those of PKCS#11 3.1, "Mechanisms"; those of 3.2 say so.

use crate::flags::mechanism as ckf;
use crate::{KeyType, MechanismType};

/// A hash function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Digest {
    /// MD5.
    Md5,
    /// SHA-1.
    Sha1,
    /// SHA-224.
    Sha224,
    /// SHA-256.
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512.
    Sha512,
    /// SHA-512/224.
    Sha512_224,
    /// SHA-512/256.
    Sha512_256,
    /// SHA3-224.
    Sha3_224,
    /// SHA3-256.
    Sha3_256,
    /// SHA3-384.
    Sha3_384,
    /// SHA3-512.
    Sha3_512,
}

impl Digest {
    /// Returns the length of the digest in bytes.
    #[must_use]
    pub const fn len(self) -> usize {
        match self {
            Self::Md5 => 16,
            Self::Sha1 => 20,
            Self::Sha224 | Self::Sha512_224 | Self::Sha3_224 => 28,
            Self::Sha256 | Self::Sha512_256 | Self::Sha3_256 => 32,
            Self::Sha384 | Self::Sha3_384 => 48,
            Self::Sha512 | Self::Sha3_512 => 64,
        }
    }

    /// Always false: no hash function has an empty digest.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        false
    }

    /// Finds the hash function that a digest mechanism stands for in a parameter. MD5 stands for nothing there: it is for what old
    /// peers do by name, and no scheme with a choice is to choose it.
    #[must_use]
    pub fn from_mechanism(id: MechanismType) -> Option<Self> {
        match mechanism(id)?.algorithm {
            Algorithm::Digest(Self::Md5) => None,
            Algorithm::Digest(digest) => Some(digest),
            _ => None,
        }
    }
}

/// A function that a message is hashed by before it is signed: a hash function, or one of any output length at the length that
/// its strength asks for (FIPS 204, 5.4.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Prehash {
    /// A hash function.
    Digest(Digest),
    /// SHAKE128, of which 32 bytes are taken.
    Shake128,
    /// SHAKE256, of which 64 bytes are taken.
    Shake256,
}

impl Prehash {
    /// Returns the length of its output in bytes.
    #[must_use]
    pub const fn len(self) -> usize {
        match self {
            Self::Digest(digest) => digest.len(),
            Self::Shake128 => 32,
            Self::Shake256 => 64,
        }
    }

    /// Always false: no output is empty.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        false
    }
}

/// What a mechanism computes: the key into the implementations in `mech`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// AES in cipher block chaining, without or with PKCS#7 padding.
    AesCbc {
        /// Whether the last block is padded.
        padded: bool,
    },
    /// AES that feeds back its ciphertext, in segments of 1, 8 or 128 bits.
    AesCfb {
        /// The length of a segment.
        bits: u8,
    },
    /// AES in counter mode with CBC-MAC.
    AesCcm,
    /// A MAC over AES (SP 800-38B); `general` takes its length as the parameter.
    AesCmac {
        /// Whether the caller chooses the length.
        general: bool,
    },
    /// AES in counter mode.
    AesCtr,
    /// AES in cipher block chaining with ciphertext stealing.
    AesCts,
    /// AES in electronic code book mode.
    AesEcb,
    /// Key derivation by encrypting data by AES.
    AesEncryptData {
        /// Whether its blocks are chained.
        chained: bool,
    },
    /// AES in Galois/counter mode.
    AesGcm,
    /// The tag of Galois/counter mode as a MAC.
    AesGmac,
    /// Generation of an AES key.
    AesKeyGen,
    /// AES key wrap, without (RFC 3394) or with (RFC 5649) padding of its own.
    AesKeyWrap {
        /// Whether any length is taken.
        padded: bool,
    },
    /// AES key wrap (RFC 3394) of data that is padded as PKCS#7 has it.
    AesKeyWrapPkcs7,
    /// A MAC by cipher block chaining of AES (FIPS 113); `general` takes its length as the parameter.
    AesMac {
        /// Whether the caller chooses the length.
        general: bool,
    },
    /// AES that feeds back its output.
    AesOfb,
    /// A MAC by cipher block chaining of AES with three keys out of one (RFC 3566).
    AesXcbcMac {
        /// Whether it is cut to 96 bits.
        short: bool,
    },
    /// AES over the sectors of a disk.
    AesXts,
    /// Generation of a key for AES over sectors.
    AesXtsKeyGen,
    /// BLAKE2b, with a digest of this many bits.
    Blake2b {
        /// The length of its digest.
        bits: u16,
    },
    /// Key derivation by BLAKE2b of the key.
    Blake2bDerivation {
        /// The length of its digest.
        bits: u16,
    },
    /// HMAC over BLAKE2b; `general` takes the length of the MAC as its parameter.
    Blake2bHmac {
        /// The length of its digest.
        bits: u16,
        /// Whether the caller chooses the length.
        general: bool,
    },
    /// ChaCha20.
    ChaCha20,
    /// ChaCha20 with Poly1305.
    ChaCha20Poly1305,
    /// Key derivation by a pseudorandom function in counter mode.
    CounterKdf,
    /// DES or triple DES, as the row's key has it, in cipher block chaining, without or with PKCS#7 padding.
    Des3Cbc {
        /// Whether the last block is padded.
        padded: bool,
    },
    /// A MAC over triple DES (SP 800-38B); `general` takes its length as the parameter.
    Des3Cmac {
        /// Whether the caller chooses the length.
        general: bool,
    },
    /// DES or triple DES in electronic code book mode.
    Des3Ecb,
    /// Key derivation by encrypting data by DES or triple DES.
    Des3EncryptData {
        /// Whether its blocks are chained.
        chained: bool,
    },
    /// A MAC by cipher block chaining of DES or triple DES (FIPS 113); `general` takes its length as the parameter.
    Des3Mac {
        /// Whether the caller chooses the length.
        general: bool,
    },
    /// Diffie-Hellman over finite fields.
    Dh,
    /// Generation of a key pair for that.
    DhKeyPairGen,
    /// Generation of domain parameters for that.
    DhParameterGen,
    /// A hash function.
    Digest(Digest),
    /// Key derivation by a hash of the key.
    DigestDerivation(Digest),
    /// DSA over the caller's digest or over a message hashed here.
    Dsa(Option<Digest>),
    /// Generation of a key pair for that.
    DsaKeyPairGen,
    /// Generation of domain parameters for that.
    DsaParameterGen,
    /// Diffie-Hellman over elliptic curves.
    Ecdh,
    /// Key derivation by a pseudorandom function in double pipeline mode.
    DoublePipelineKdf,
    /// A key wrapped by an AES key that is agreed upon with a key pair of the moment.
    EcdhAesKeyWrap,
    /// ECDSA over the caller's digest or over a message hashed here.
    Ecdsa(Option<Digest>),
    /// Generation of an EC key pair.
    EcKeyPairGen,
    /// EdDSA: pure, with a context, or over a message hashed here.
    Eddsa,
    /// Generation of a key pair on an Edwards curve.
    EdwardsKeyPairGen,
    /// Key derivation by a pseudorandom function in feedback mode.
    FeedbackKdf,
    /// Generation of a generic secret key.
    GenericKeyGen,
    /// HMAC; `general` takes the length of the MAC as its parameter.
    Hmac {
        /// The hash function underneath.
        digest: Digest,
        /// Whether the caller chooses the length.
        general: bool,
    },
    /// Key derivation over HMAC by extracting and expanding.
    Hkdf,
    /// The same, of which a data object is made.
    HkdfData,
    /// One-time passwords out of a counter (RFC 4226), over HMAC with this hash function.
    Hotp(Digest),
    /// Generation of a key for that.
    HotpKeyGen,
    /// Generation of a key for both.
    HkdfKeyGen,
    /// A signature over module lattices, of the message itself.
    MlDsa,
    /// The same of a digest: the caller's, or one of a message hashed here.
    HashMlDsa(Option<Prehash>),
    /// Generation of a key pair for both.
    MlDsaKeyPairGen,
    /// Key encapsulation over module lattices.
    MlKem,
    /// Generation of a key pair for that.
    MlKemKeyPairGen,
    /// Generation of a key pair on a Montgomery curve.
    MontgomeryKeyPairGen,
    /// A key out of a password.
    Pbkdf2,
    /// SLH-DSA (FIPS 205).
    SlhDsa,
    /// HashSLH-DSA (FIPS 205, 10.2.2): over the caller's digest, or over a message hashed here.
    HashSlhDsa(Option<Prehash>),
    /// Generation of an SLH-DSA key pair.
    SlhDsaKeyPairGen,
    /// Key derivation that computes nothing: it moves bytes of a key.
    Rearrange(Rearrangement),
    /// Poly1305 under a key that is used once.
    Poly1305,
    /// A key wrapped by an AES key of the moment, which is wrapped by RSA OAEP.
    RsaAesKeyWrap,
    /// RSA OAEP encryption.
    RsaOaep,
    /// RSA PKCS#1 v1.5: signatures over the caller's `DigestInfo` (and encryption), or over a message hashed here.
    RsaPkcs1(Option<Digest>),
    /// RSA PSS over the caller's digest or over a message hashed here.
    RsaPss(Option<Digest>),
    /// RSA without padding: signatures and encryption of numbers below the modulus.
    RsaRaw,
    /// Generation of an RSA key pair.
    RsaKeyPairGen,
    /// Generation of a secret key of the type that the row names.
    SecretKeyGen,
    /// One of the Chinese standards' algorithms.
    Sm(Sm),
    /// Key derivation by SHAKE of the key.
    ShakeDerivation {
        /// 128 or 256.
        bits: u16,
    },
    /// What an application exports from a TLS connection.
    TlsExport,
    /// The keys of a TLS connection.
    TlsKeys {
        /// Whether initialisation vectors come out as well.
        vectors: bool,
    },
    /// The MAC that ends a TLS handshake.
    TlsMac,
    /// The master secret of a TLS connection.
    TlsMaster {
        /// Whether RSA carried the secret before it; if not, Diffie-Hellman agreed on it.
        carried: bool,
        /// Whether it is bound to its handshake (RFC 7627).
        extended: bool,
    },
    /// Generation of the secret that RSA carries in a TLS handshake.
    TlsPreMasterKeyGen,
}

/// The algorithms of the Chinese standards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sm {
    /// Signatures of SM2 over a digest.
    Sm2,
    /// Encryption by SM2.
    Sm2Encrypt,
    /// Generation of a key pair of SM2.
    Sm2KeyPairGen,
    /// Signatures of SM2 over a message and the name of who signs it.
    Sm2Sm3,
    /// The hash function SM3.
    Sm3,
    /// HMAC over SM3; `general` takes its length as the parameter.
    Sm3Hmac {
        /// Whether the caller chooses the length.
        general: bool,
    },
    /// SM4 in cipher block chaining, without or with PKCS#7 padding.
    Sm4Cbc {
        /// Whether the last block is padded.
        padded: bool,
    },
    /// A MAC over SM4 (SP 800-38B); `general` takes its length as the parameter.
    Sm4Cmac {
        /// Whether the caller chooses the length.
        general: bool,
    },
    /// SM4 in counter mode.
    Sm4Ctr,
    /// SM4 in electronic code book mode.
    Sm4Ecb,
    /// SM4 in Galois/counter mode.
    Sm4Gcm,
}

/// How the bytes of a key become those of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rearrangement {
    /// Those of another key follow.
    BaseAndKey,
    /// Those of the caller follow.
    BaseAndData,
    /// Those of the caller come first.
    DataAndBase,
    /// Those of the caller are added bit by bit.
    Xor,
    /// They begin at a bit of the caller's choice.
    Extract,
}

/// Which parameter structure a mechanism takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParamShape {
    /// None; a parameter that is there anyway is malformed.
    Empty,
    /// Exactly this many bytes.
    Bytes(usize),
    /// Exactly this many bytes, or none.
    OptionalBytes(usize),
    /// The name of who signs, in any number of bytes; none for the one that the standard has for everybody.
    UserId,
    /// `CK_MAC_GENERAL_PARAMS` or `CK_EXTRACT_PARAMS`.
    Length,
    /// `CK_OBJECT_HANDLE`, of another key.
    Key,
    /// `CK_AES_CTR_PARAMS`.
    Counter,
    /// The public value of the other party, one byte at least.
    PublicValue,
    /// `CK_KEY_DERIVATION_STRING_DATA`.
    Data,
    /// `CK_AES_CBC_ENCRYPT_DATA_PARAMS` and its like: an initialisation vector of so many bytes, and data.
    VectorAndData(usize),
    /// `CK_CHACHA20_PARAMS`.
    ChaCha20,
    /// `CK_SALSA20_CHACHA20_POLY1305_PARAMS`.
    ChaCha20Poly1305,
    /// `CK_CCM_PARAMS`.
    Ccm,
    /// `CK_GCM_PARAMS`.
    Gcm,
    /// `CK_GCM_PARAMS`, or an initialisation vector of 12 bytes.
    Gmac,
    /// `CK_SP800_108_KDF_PARAMS`.
    CounterKdf,
    /// `CK_SP800_108_KDF_PARAMS`, of which the iteration variable is a block.
    DoublePipelineKdf,
    /// `CK_SP800_108_FEEDBACK_KDF_PARAMS`.
    FeedbackKdf,
    /// `CK_HKDF_PARAMS`.
    Hkdf,
    /// `CK_ECDH1_DERIVE_PARAMS`.
    Ecdh,
    /// `CK_ECDH_AES_KEY_WRAP_PARAMS`.
    EcdhAes,
    /// `CK_EDDSA_PARAMS`, or none.
    Eddsa,
    /// `CK_RSA_AES_KEY_WRAP_PARAMS`.
    RsaAes,
    /// `CK_RSA_PKCS_OAEP_PARAMS`.
    Oaep,
    /// `CK_PKCS5_PBKD2_PARAMS2`.
    Password,
    /// `CK_OTP_PARAMS`, or none.
    Otp,
    /// `CK_RSA_PKCS_PSS_PARAMS`.
    Pss,
    /// `CK_SIGN_ADDITIONAL_CONTEXT`, or none.
    SignContext,
    /// `CK_HASH_SIGN_ADDITIONAL_CONTEXT`.
    HashSignContext,
    /// `CK_TLS_KDF_PARAMS`.
    TlsExport,
    /// `CK_TLS12_EXTENDED_MASTER_KEY_DERIVE_PARAMS`.
    TlsExtendedMaster,
    /// `CK_TLS12_KEY_MAT_PARAMS`.
    TlsKeys,
    /// `CK_TLS_MAC_PARAMS`.
    TlsMac,
    /// `CK_TLS12_MASTER_KEY_DERIVE_PARAMS`.
    TlsMaster,
}

/// The key sizes that a mechanism takes, in the unit that the standard has for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeySizes {
    /// No key.
    None,
    /// Bits, both ends included.
    Bits(u64, u64),
    /// Bytes, both ends included.
    Bytes(u64, u64),
}

impl KeySizes {
    /// Returns the numbers that stand in `CK_MECHANISM_INFO`.
    #[must_use]
    pub const fn range(self) -> (u64, u64) {
        match self {
            Self::None => (0, 0),
            Self::Bits(min, max) | Self::Bytes(min, max) => (min, max),
        }
    }
}

/// What a mechanism may be used for; bits are those of `CK_MECHANISM_INFO.flags`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Operations(pub u64);

impl Operations {
    /// `C_EncryptInit` and `C_DecryptInit`.
    pub const CIPHER: Self = Self(ckf::ENCRYPT | ckf::DECRYPT);
    /// `C_EncryptInit` and `C_DecryptInit`, `C_WrapKey` and `C_UnwrapKey`.
    pub const CIPHER_AND_WRAP: Self = Self(Self::CIPHER.0 | ckf::WRAP | ckf::UNWRAP);
    /// `C_DeriveKey`.
    pub const DERIVE: Self = Self(ckf::DERIVE);
    /// `C_EncapsulateKey` and `C_DecapsulateKey`.
    pub const ENCAPSULATE: Self = Self(ckf::ENCAPSULATE | ckf::DECAPSULATE);
    /// `C_DeriveKey`, and encapsulation by a key of the moment.
    pub const AGREEMENT: Self = Self(Self::DERIVE.0 | Self::ENCAPSULATE.0);
    /// All of the families that RSA OAEP serves.
    pub const TRANSPORT: Self = Self(Self::CIPHER_AND_WRAP.0 | Self::ENCAPSULATE.0);
    /// `C_DigestInit`.
    pub const DIGEST: Self = Self(ckf::DIGEST);
    /// `C_GenerateKey`.
    pub const GENERATE: Self = Self(ckf::GENERATE);
    /// `C_GenerateKeyPair`.
    pub const GENERATE_PAIR: Self = Self(ckf::GENERATE_KEY_PAIR);
    /// `C_SignInit` and `C_VerifyInit`.
    pub const SIGN: Self = Self(ckf::SIGN | ckf::VERIFY);
    /// `C_SignInit` and `C_VerifyInit`, and their like for signatures that give their data back.
    pub const SIGN_AND_RECOVER: Self = Self(Self::SIGN.0 | ckf::SIGN_RECOVER | ckf::VERIFY_RECOVER);
    /// All of the families that RSA PKCS#1 serves.
    pub const SIGN_CIPHER_AND_WRAP: Self = Self(Self::SIGN_AND_RECOVER.0 | Self::CIPHER_AND_WRAP.0);
    /// All of the families that RSA without padding serves.
    pub const SIGN_AND_CIPHER: Self = Self(Self::SIGN_AND_RECOVER.0 | Self::CIPHER.0);
    /// `C_WrapKey` and `C_UnwrapKey`.
    pub const WRAP: Self = Self(ckf::WRAP | ckf::UNWRAP);

    /// Tells whether all of `flags` are among these operations.
    #[must_use]
    pub const fn contains(self, flags: u64) -> bool {
        self.0 & flags == flags
    }
}

/// One row of the mechanism table.
#[derive(Clone, Copy, Debug)]
pub struct Mechanism {
    /// Its number.
    pub id: MechanismType,
    /// The structure of its parameter.
    pub params: ParamShape,
    /// The type of the key it works with or makes, where it has one.
    pub key_type: Option<KeyType>,
    /// The sizes of that key.
    pub key_sizes: KeySizes,
    /// What it may be used for.
    pub operations: Operations,
    /// What it computes.
    pub algorithm: Algorithm,
    /// The section of "PKCS#11 3.1, Mechanisms" it follows, or its own standard.
    pub section: &'static str,
}

impl Mechanism {
    /// Returns `CK_MECHANISM_INFO.flags`: the operations, and for EC mechanisms what curves and points they take.
    #[must_use]
    pub fn flags(&self) -> u64 {
        let ec = match self.key_type {
            Some(KeyType::DEW_SM2 | KeyType::EC) => ckf::EC_F_P | ckf::EC_OID | ckf::EC_UNCOMPRESS,
            Some(KeyType::EC_EDWARDS | KeyType::EC_MONTGOMERY) => ckf::EC_F_P | ckf::EC_OID,
            _ => 0,
        };
        self.operations.0 | ec | self.message_flags()
    }

    /// What it does with messages (5.9, 5.11, 5.14, 5.16). Of what has an initialisation vector in its parameter, or a key for
    /// one message alone, there are no signatures of many messages.
    fn message_flags(&self) -> u64 {
        const CIPHER: u64 = ckf::MESSAGE_ENCRYPT | ckf::MESSAGE_DECRYPT;
        const SIGN: u64 = ckf::MESSAGE_SIGN | ckf::MESSAGE_VERIFY | ckf::MULTI_MESSAGE;
        match self.algorithm {
            Algorithm::AesGcm => CIPHER | ckf::MULTI_MESSAGE,
            // These have to know the whole message.
            Algorithm::AesCcm | Algorithm::ChaCha20Poly1305 => CIPHER,
            // Nor of what signs no message.
            Algorithm::AesGmac | Algorithm::Hotp(_) | Algorithm::Poly1305 => 0,
            _ if self.operations.contains(Operations::SIGN.0) => SIGN,
            _ => 0,
        }
    }
}

/// Finds a mechanism's row.
#[must_use]
pub fn mechanism(id: MechanismType) -> Option<&'static Mechanism> {
    MECHANISMS
        .binary_search_by_key(&id, |row| row.id)
        .ok()
        .map(|index| &MECHANISMS[index])
}

const RSA: Option<KeyType> = Some(KeyType::RSA);
const DSA: Option<KeyType> = Some(KeyType::DSA);
const DH: Option<KeyType> = Some(KeyType::DH);
const EC: Option<KeyType> = Some(KeyType::EC);
const EDWARDS: Option<KeyType> = Some(KeyType::EC_EDWARDS);
const AES: Option<KeyType> = Some(KeyType::AES);
const XTS: Option<KeyType> = Some(KeyType::AES_XTS);
const CHACHA20: Option<KeyType> = Some(KeyType::CHACHA20);
const POLY1305: Option<KeyType> = Some(KeyType::POLY1305);
const DES: Option<KeyType> = Some(KeyType::DES);
const DES2: Option<KeyType> = Some(KeyType::DES2);
const DES3: Option<KeyType> = Some(KeyType::DES3);
const ML_KEM: Option<KeyType> = Some(KeyType::ML_KEM);
const ML_DSA: Option<KeyType> = Some(KeyType::ML_DSA);
const HKDF: Option<KeyType> = Some(KeyType::HKDF);
const HOTP: Option<KeyType> = Some(KeyType::HOTP);
const GENERIC: Option<KeyType> = Some(KeyType::GENERIC_SECRET);
const SM2: Option<KeyType> = Some(KeyType::DEW_SM2);
const SM2_BITS: KeySizes = KeySizes::Bits(256, 256);
const SM4: Option<KeyType> = Some(KeyType::DEW_SM4);
const SM4_BYTES: KeySizes = KeySizes::Bytes(16, 16);
// From what old peers still have to what is generated in minutes; `strict` partitions begin at 2,048.
const RSA_BITS: KeySizes = KeySizes::Bits(1024, 8192);
// Old peers have the least; what is longer agrees too slowly to be of use.
const DH_BITS: KeySizes = KeySizes::Bits(1024, 4096);
const DSA_BITS: KeySizes = KeySizes::Bits(1024, 3072);
const EC_BITS: KeySizes = KeySizes::Bits(224, 521);
const MONTGOMERY: Option<KeyType> = Some(KeyType::EC_MONTGOMERY);
const EDWARDS_BITS: KeySizes = KeySizes::Bits(255, 448);
const AES_BYTES: KeySizes = KeySizes::Bytes(16, 32);
const AES128_BYTES: KeySizes = KeySizes::Bytes(16, 16);
const CHACHA_BYTES: KeySizes = KeySizes::Bytes(32, 32);
const SINGLE_DES_BYTES: KeySizes = KeySizes::Bytes(8, 8);
const DES2_BYTES: KeySizes = KeySizes::Bytes(16, 16);
const DES3_BYTES: KeySizes = KeySizes::Bytes(24, 24);
// Of two keys or three.
const DES_BYTES: KeySizes = KeySizes::Bytes(16, 24);
// The encapsulation keys of ML-KEM-512 and ML-KEM-1024 (FIPS 203, 8).
const ML_KEM_BYTES: KeySizes = KeySizes::Bytes(800, 1568);
// The public keys of ML-DSA-44 and ML-DSA-87 (FIPS 204, 4).
const SLH_DSA: Option<KeyType> = Some(KeyType::SLH_DSA);
const SLH_DSA_BYTES: KeySizes = KeySizes::Bytes(32, 64);
const ML_DSA_BYTES: KeySizes = KeySizes::Bytes(1312, 2592);
// Two keys of 256 bits.
const XTS_BYTES: KeySizes = KeySizes::Bytes(64, 64);
// HMAC keys: as short as the standard's own examples, as long as one object may sensibly be.
const MAC_BYTES: KeySizes = KeySizes::Bytes(1, 512);
// The same keys where they are generated, told in bits there (6.8.2).
const SECRET_BITS: KeySizes = KeySizes::Bits(8, 4096);
// The secrets of TLS (RFC 5246, 8.1).
const TLS_BYTES: KeySizes = KeySizes::Bytes(48, 48);

const MD5: Digest = Digest::Md5;
const SHA1: Digest = Digest::Sha1;
const SHA224: Digest = Digest::Sha224;
const SHA256: Digest = Digest::Sha256;
const SHA384: Digest = Digest::Sha384;
const SHA512: Digest = Digest::Sha512;
const SHA512_224: Digest = Digest::Sha512_224;
const SHA512_256: Digest = Digest::Sha512_256;
const SHA3_224: Digest = Digest::Sha3_224;
const SHA3_256: Digest = Digest::Sha3_256;
const SHA3_384: Digest = Digest::Sha3_384;
const SHA3_512: Digest = Digest::Sha3_512;

/// Writes the table with one short line per row.
macro_rules! mechanisms {
    ($($id:ident $params:expr, $key:expr, $sizes:expr, $operations:ident, $algorithm:expr, $section:literal;)*) => {
        /// Every mechanism that the token offers, in the order of the numbers.
        pub const MECHANISMS: &[Mechanism] = &[$(Mechanism {
            id: MechanismType::$id,
            params: { use ParamShape::*; $params },
            key_type: $key,
            key_sizes: $sizes,
            operations: Operations::$operations,
            algorithm: { use Algorithm::*; $algorithm },
            section: $section,
        }),*];
    };
}

#[rustfmt::skip] // A table reads by its columns.
mechanisms! {
    RSA_PKCS_KEY_PAIR_GEN   Empty    , RSA    , RSA_BITS      , GENERATE_PAIR  , RsaKeyPairGen                                  , "6.1.4";
    RSA_PKCS                Empty    , RSA    , RSA_BITS      , SIGN_CIPHER_AND_WRAP, RsaPkcs1(None)                                 , "6.1.6";
    RSA_X_509               Empty    , RSA    , RSA_BITS      , SIGN_AND_CIPHER, RsaRaw                                         , "6.1.12";
    MD5_RSA_PKCS            Empty    , RSA    , RSA_BITS      , SIGN           , RsaPkcs1(Some(MD5))                            , "RFC 8017, 8.2";
    SHA1_RSA_PKCS           Empty    , RSA    , RSA_BITS      , SIGN           , RsaPkcs1(Some(SHA1))                           , "6.1.14";
    RSA_PKCS_OAEP           Oaep     , RSA    , RSA_BITS      , TRANSPORT      , RsaOaep                                        , "6.1.8";
    // X9.31 wants primes whose neighbours have large factors. FIPS 186-5 (A.1) lets that go for primes of this size that are
    // drawn at random, since no attack gains by it, and so the pairs are made alike.
    RSA_X9_31_KEY_PAIR_GEN  Empty    , RSA    , RSA_BITS      , GENERATE_PAIR  , RsaKeyPairGen                                  , "6.1.5";
    RSA_PKCS_PSS            Pss      , RSA    , RSA_BITS      , SIGN           , RsaPss(None)                                   , "6.1.10";
    SHA1_RSA_PKCS_PSS       Pss      , RSA    , RSA_BITS      , SIGN           , RsaPss(Some(SHA1))                             , "6.1";
    ML_KEM_KEY_PAIR_GEN     Empty    , ML_KEM , ML_KEM_BYTES  , GENERATE_PAIR  , MlKemKeyPairGen                                , "3.2: 6.68";
    DSA_KEY_PAIR_GEN        Empty    , DSA    , DSA_BITS      , GENERATE_PAIR  , DsaKeyPairGen                                  , "6.2.6";
    DSA                     Empty    , DSA    , DSA_BITS      , SIGN           , Dsa(None)                                      , "6.2.10";
    DSA_SHA1                Empty    , DSA    , DSA_BITS      , SIGN           , Dsa(Some(SHA1))                                , "6.2.11";
    DSA_SHA224              Empty    , DSA    , DSA_BITS      , SIGN           , Dsa(Some(SHA224))                              , "6.2.11";
    DSA_SHA256              Empty    , DSA    , DSA_BITS      , SIGN           , Dsa(Some(SHA256))                              , "6.2.11";
    DSA_SHA384              Empty    , DSA    , DSA_BITS      , SIGN           , Dsa(Some(SHA384))                              , "6.2.11";
    DSA_SHA512              Empty    , DSA    , DSA_BITS      , SIGN           , Dsa(Some(SHA512))                              , "6.2.11";
    ML_KEM                  Empty    , ML_KEM , ML_KEM_BYTES  , ENCAPSULATE    , MlKem                                          , "3.2: 6.68";
    DSA_SHA3_224            Empty    , DSA    , DSA_BITS      , SIGN           , Dsa(Some(SHA3_224))                            , "6.2";
    DSA_SHA3_256            Empty    , DSA    , DSA_BITS      , SIGN           , Dsa(Some(SHA3_256))                            , "6.2";
    DSA_SHA3_384            Empty    , DSA    , DSA_BITS      , SIGN           , Dsa(Some(SHA3_384))                            , "6.2";
    DSA_SHA3_512            Empty    , DSA    , DSA_BITS      , SIGN           , Dsa(Some(SHA3_512))                            , "6.2";
    ML_DSA_KEY_PAIR_GEN     Empty    , ML_DSA , ML_DSA_BYTES  , GENERATE_PAIR  , MlDsaKeyPairGen                                , "3.2: 6.67";
        ML_DSA                  SignContext, ML_DSA, ML_DSA_BYTES , SIGN           , MlDsa                                          , "3.2: 6.67";
    HASH_ML_DSA             HashSignContext, ML_DSA, ML_DSA_BYTES, SIGN        , HashMlDsa(None)                                , "3.2: 6.67";
    DH_PKCS_KEY_PAIR_GEN    Empty    , DH     , DH_BITS       , GENERATE_PAIR  , DhKeyPairGen                                   , "6.4.5";
    DH_PKCS_DERIVE          PublicValue, DH   , DH_BITS       , DERIVE         , Dh                                             , "6.4.8";
    HASH_ML_DSA_SHA224      SignContext, ML_DSA, ML_DSA_BYTES , SIGN           , HashMlDsa(Some(Prehash::Digest(SHA224)))       , "3.2: 6.67";
    HASH_ML_DSA_SHA256      SignContext, ML_DSA, ML_DSA_BYTES , SIGN           , HashMlDsa(Some(Prehash::Digest(SHA256)))       , "3.2: 6.67";
    HASH_ML_DSA_SHA384      SignContext, ML_DSA, ML_DSA_BYTES , SIGN           , HashMlDsa(Some(Prehash::Digest(SHA384)))       , "3.2: 6.67";
    HASH_ML_DSA_SHA512      SignContext, ML_DSA, ML_DSA_BYTES , SIGN           , HashMlDsa(Some(Prehash::Digest(SHA512)))       , "3.2: 6.67";
    HASH_ML_DSA_SHA3_224    SignContext, ML_DSA, ML_DSA_BYTES , SIGN           , HashMlDsa(Some(Prehash::Digest(SHA3_224)))     , "3.2: 6.67";
    HASH_ML_DSA_SHA3_256    SignContext, ML_DSA, ML_DSA_BYTES , SIGN           , HashMlDsa(Some(Prehash::Digest(SHA3_256)))     , "3.2: 6.67";
    HASH_ML_DSA_SHA3_384    SignContext, ML_DSA, ML_DSA_BYTES , SIGN           , HashMlDsa(Some(Prehash::Digest(SHA3_384)))     , "3.2: 6.67";
    HASH_ML_DSA_SHA3_512    SignContext, ML_DSA, ML_DSA_BYTES , SIGN           , HashMlDsa(Some(Prehash::Digest(SHA3_512)))     , "3.2: 6.67";
    HASH_ML_DSA_SHAKE128    SignContext, ML_DSA, ML_DSA_BYTES , SIGN           , HashMlDsa(Some(Prehash::Shake128))             , "3.2: 6.67";
    HASH_ML_DSA_SHAKE256    SignContext, ML_DSA, ML_DSA_BYTES , SIGN           , HashMlDsa(Some(Prehash::Shake256))             , "3.2: 6.67";
    SLH_DSA_KEY_PAIR_GEN    Empty    , SLH_DSA, SLH_DSA_BYTES , GENERATE_PAIR  , SlhDsaKeyPairGen                               , "3.2: 6.69";
    SLH_DSA                 SignContext, SLH_DSA, SLH_DSA_BYTES, SIGN          , SlhDsa                                         , "3.2: 6.69";
    HASH_SLH_DSA            HashSignContext, SLH_DSA, SLH_DSA_BYTES, SIGN      , HashSlhDsa(None)                               , "3.2: 6.69";
    HASH_SLH_DSA_SHA224     SignContext, SLH_DSA, SLH_DSA_BYTES, SIGN          , HashSlhDsa(Some(Prehash::Digest(SHA224)))      , "3.2: 6.69";
    HASH_SLH_DSA_SHA256     SignContext, SLH_DSA, SLH_DSA_BYTES, SIGN          , HashSlhDsa(Some(Prehash::Digest(SHA256)))      , "3.2: 6.69";
    HASH_SLH_DSA_SHA384     SignContext, SLH_DSA, SLH_DSA_BYTES, SIGN          , HashSlhDsa(Some(Prehash::Digest(SHA384)))      , "3.2: 6.69";
    HASH_SLH_DSA_SHA512     SignContext, SLH_DSA, SLH_DSA_BYTES, SIGN          , HashSlhDsa(Some(Prehash::Digest(SHA512)))      , "3.2: 6.69";
    HASH_SLH_DSA_SHA3_224   SignContext, SLH_DSA, SLH_DSA_BYTES, SIGN          , HashSlhDsa(Some(Prehash::Digest(SHA3_224)))    , "3.2: 6.69";
    HASH_SLH_DSA_SHA3_256   SignContext, SLH_DSA, SLH_DSA_BYTES, SIGN          , HashSlhDsa(Some(Prehash::Digest(SHA3_256)))    , "3.2: 6.69";
    HASH_SLH_DSA_SHA3_384   SignContext, SLH_DSA, SLH_DSA_BYTES, SIGN          , HashSlhDsa(Some(Prehash::Digest(SHA3_384)))    , "3.2: 6.69";
    HASH_SLH_DSA_SHA3_512   SignContext, SLH_DSA, SLH_DSA_BYTES, SIGN          , HashSlhDsa(Some(Prehash::Digest(SHA3_512)))    , "3.2: 6.69";
    HASH_SLH_DSA_SHAKE128   SignContext, SLH_DSA, SLH_DSA_BYTES, SIGN          , HashSlhDsa(Some(Prehash::Shake128))            , "3.2: 6.69";
    HASH_SLH_DSA_SHAKE256   SignContext, SLH_DSA, SLH_DSA_BYTES, SIGN          , HashSlhDsa(Some(Prehash::Shake256))            , "3.2: 6.69";
    SHA256_RSA_PKCS         Empty    , RSA    , RSA_BITS      , SIGN           , RsaPkcs1(Some(SHA256))                         , "6.1.14";
    SHA384_RSA_PKCS         Empty    , RSA    , RSA_BITS      , SIGN           , RsaPkcs1(Some(SHA384))                         , "6.1.14";
    SHA512_RSA_PKCS         Empty    , RSA    , RSA_BITS      , SIGN           , RsaPkcs1(Some(SHA512))                         , "6.1.14";
    SHA256_RSA_PKCS_PSS     Pss      , RSA    , RSA_BITS      , SIGN           , RsaPss(Some(SHA256))                           , "6.1";
    SHA384_RSA_PKCS_PSS     Pss      , RSA    , RSA_BITS      , SIGN           , RsaPss(Some(SHA384))                           , "6.1";
    SHA512_RSA_PKCS_PSS     Pss      , RSA    , RSA_BITS      , SIGN           , RsaPss(Some(SHA512))                           , "6.1";
    SHA224_RSA_PKCS         Empty    , RSA    , RSA_BITS      , SIGN           , RsaPkcs1(Some(SHA224))                         , "6.1";
    SHA224_RSA_PKCS_PSS     Pss      , RSA    , RSA_BITS      , SIGN           , RsaPss(Some(SHA224))                           , "6.1";
    SHA512_224              Empty    , None   , KeySizes::None, DIGEST         , Digest(SHA512_224)                             , "6.25.2";
    SHA512_224_HMAC         Empty    , GENERIC, MAC_BYTES     , SIGN           , Hmac { digest: SHA512_224, general: false }    , "6.25.4";
    SHA512_224_HMAC_GENERAL Length   , GENERIC, MAC_BYTES     , SIGN           , Hmac { digest: SHA512_224, general: true }     , "6.25.3";
    SHA512_224_KEY_DERIVATION Empty    , GENERIC, MAC_BYTES     , DERIVE         , DigestDerivation(SHA512_224)                   , "6.25.5";
    SHA512_256              Empty    , None   , KeySizes::None, DIGEST         , Digest(SHA512_256)                             , "6.26.2";
    SHA512_256_HMAC         Empty    , GENERIC, MAC_BYTES     , SIGN           , Hmac { digest: SHA512_256, general: false }    , "6.26.4";
    SHA512_256_HMAC_GENERAL Length   , GENERIC, MAC_BYTES     , SIGN           , Hmac { digest: SHA512_256, general: true }     , "6.26.3";
    SHA512_256_KEY_DERIVATION Empty    , GENERIC, MAC_BYTES     , DERIVE         , DigestDerivation(SHA512_256)                   , "6.26.5";
    TLS12_EXTENDED_MASTER_KEY_DERIVE TlsExtendedMaster, GENERIC, TLS_BYTES, DERIVE        , TlsMaster { carried: true, extended: true }    , "6.40";
    TLS12_EXTENDED_MASTER_KEY_DERIVE_DH TlsExtendedMaster, GENERIC, MAC_BYTES, DERIVE     , TlsMaster { carried: false, extended: true }   , "6.40";
    SHA3_256_RSA_PKCS       Empty    , RSA    , RSA_BITS      , SIGN           , RsaPkcs1(Some(SHA3_256))                       , "6.1";
    SHA3_384_RSA_PKCS       Empty    , RSA    , RSA_BITS      , SIGN           , RsaPkcs1(Some(SHA3_384))                       , "6.1";
    SHA3_512_RSA_PKCS       Empty    , RSA    , RSA_BITS      , SIGN           , RsaPkcs1(Some(SHA3_512))                       , "6.1";
    SHA3_256_RSA_PKCS_PSS   Pss      , RSA    , RSA_BITS      , SIGN           , RsaPss(Some(SHA3_256))                         , "6.1";
    SHA3_384_RSA_PKCS_PSS   Pss      , RSA    , RSA_BITS      , SIGN           , RsaPss(Some(SHA3_384))                         , "6.1";
    SHA3_512_RSA_PKCS_PSS   Pss      , RSA    , RSA_BITS      , SIGN           , RsaPss(Some(SHA3_512))                         , "6.1";
    SHA3_224_RSA_PKCS       Empty    , RSA    , RSA_BITS      , SIGN           , RsaPkcs1(Some(SHA3_224))                       , "6.1";
    SHA3_224_RSA_PKCS_PSS   Pss      , RSA    , RSA_BITS      , SIGN           , RsaPss(Some(SHA3_224))                         , "6.1";
    DES_KEY_GEN             Empty    , DES    , SINGLE_DES_BYTES, GENERATE       , SecretKeyGen                                   , "2.40 Historical: DES";
    DES_ECB                 Empty    , DES    , SINGLE_DES_BYTES, CIPHER         , Des3Ecb                                        , "2.40 Historical: DES";
    DES_CBC                 Bytes(8) , DES    , SINGLE_DES_BYTES, CIPHER_AND_WRAP, Des3Cbc { padded: false }                      , "2.40 Historical: DES";
    DES_MAC                 Empty    , DES    , SINGLE_DES_BYTES, SIGN           , Des3Mac { general: false }                     , "2.40 Historical: DES";
    DES_MAC_GENERAL         Length   , DES    , SINGLE_DES_BYTES, SIGN           , Des3Mac { general: true }                      , "2.40 Historical: DES";
    DES_CBC_PAD             Bytes(8) , DES    , SINGLE_DES_BYTES, CIPHER_AND_WRAP, Des3Cbc { padded: true }                       , "2.40 Historical: DES";
    DES2_KEY_GEN            Empty    , DES2   , DES2_BYTES    , GENERATE       , SecretKeyGen                                   , "6.18.4";
    DES3_KEY_GEN            Empty    , DES3   , DES3_BYTES    , GENERATE       , SecretKeyGen                                   , "6.18.4";
    DES3_ECB                Empty    , DES3   , DES_BYTES     , CIPHER         , Des3Ecb                                        , "6.18";
    DES3_CBC                Bytes(8) , DES3   , DES_BYTES     , CIPHER_AND_WRAP, Des3Cbc { padded: false }                      , "6.18.6";
    DES3_MAC                Empty    , DES3   , DES_BYTES     , SIGN           , Des3Mac { general: false }                     , "6.18";
    DES3_MAC_GENERAL        Length   , DES3   , DES_BYTES     , SIGN           , Des3Mac { general: true }                      , "6.18";
    DES3_CBC_PAD            Bytes(8) , DES3   , DES_BYTES     , CIPHER_AND_WRAP, Des3Cbc { padded: true }                       , "6.18.6";
    DES3_CMAC_GENERAL       Length   , DES3   , DES_BYTES     , SIGN           , Des3Cmac { general: true }                     , "6.19.3";
    DES3_CMAC               Empty    , DES3   , DES_BYTES     , SIGN           , Des3Cmac { general: false }                    , "6.19.4";
    MD5                     Empty    , None   , KeySizes::None, DIGEST         , Digest(MD5)                                    , "2.40 Historical: MD5";
    MD5_HMAC                Empty    , GENERIC, MAC_BYTES     , SIGN           , Hmac { digest: MD5, general: false }           , "2.40 Historical: MD5";
    MD5_HMAC_GENERAL        Length   , GENERIC, MAC_BYTES     , SIGN           , Hmac { digest: MD5, general: true }            , "2.40 Historical: MD5";
    SHA_1                   Empty    , None   , KeySizes::None, DIGEST         , Digest(SHA1)                                   , "6.20.2";
    SHA_1_HMAC              Empty    , GENERIC, MAC_BYTES     , SIGN           , Hmac { digest: SHA1, general: false }          , "6.20.4";
    SHA_1_HMAC_GENERAL      Length   , GENERIC, MAC_BYTES     , SIGN           , Hmac { digest: SHA1, general: true }           , "6.20.3";
    SHA256                  Empty    , None   , KeySizes::None, DIGEST         , Digest(SHA256)                                 , "6.22.2";
    SHA256_HMAC             Empty    , GENERIC, MAC_BYTES     , SIGN           , Hmac { digest: SHA256, general: false }        , "6.22.4";
    SHA256_HMAC_GENERAL     Length   , GENERIC, MAC_BYTES     , SIGN           , Hmac { digest: SHA256, general: true }         , "6.22.3";
    SHA224                  Empty    , None   , KeySizes::None, DIGEST         , Digest(SHA224)                                 , "6.21.2";
    SHA224_HMAC             Empty    , GENERIC, MAC_BYTES     , SIGN           , Hmac { digest: SHA224, general: false }        , "6.21.4";
    SHA224_HMAC_GENERAL     Length   , GENERIC, MAC_BYTES     , SIGN           , Hmac { digest: SHA224, general: true }         , "6.21.3";
    SHA384                  Empty    , None   , KeySizes::None, DIGEST         , Digest(SHA384)                                 , "6.23.2";
    SHA384_HMAC             Empty    , GENERIC, MAC_BYTES     , SIGN           , Hmac { digest: SHA384, general: false }        , "6.23.4";
    SHA384_HMAC_GENERAL     Length   , GENERIC, MAC_BYTES     , SIGN           , Hmac { digest: SHA384, general: true }         , "6.23.3";
    SHA512                  Empty    , None   , KeySizes::None, DIGEST         , Digest(SHA512)                                 , "6.24.2";
    SHA512_HMAC             Empty    , GENERIC, MAC_BYTES     , SIGN           , Hmac { digest: SHA512, general: false }        , "6.24.4";
    SHA512_HMAC_GENERAL     Length   , GENERIC, MAC_BYTES     , SIGN           , Hmac { digest: SHA512, general: true }         , "6.24.3";
    HOTP_KEY_GEN            Empty    , HOTP   , MAC_BYTES     , GENERATE       , HotpKeyGen                                     , "6.57.9";
    HOTP                    Otp      , HOTP   , MAC_BYTES     , SIGN           , Hotp(SHA1)                                     , "6.57.10";
    SHA3_256                Empty    , None   , KeySizes::None, DIGEST         , Digest(SHA3_256)                               , "6.29.2";
    SHA3_256_HMAC           Empty    , GENERIC, MAC_BYTES     , SIGN           , Hmac { digest: SHA3_256, general: false }      , "6.29.4";
    SHA3_256_HMAC_GENERAL   Length   , GENERIC, MAC_BYTES     , SIGN           , Hmac { digest: SHA3_256, general: true }       , "6.29.3";
    SHA3_256_KEY_GEN        Empty    , Some(KeyType::SHA3_256_HMAC), MAC_BYTES     , GENERATE       , SecretKeyGen                                   , "6.29.6";
    SHA3_224                Empty    , None   , KeySizes::None, DIGEST         , Digest(SHA3_224)                               , "6.28.2";
    SHA3_224_HMAC           Empty    , GENERIC, MAC_BYTES     , SIGN           , Hmac { digest: SHA3_224, general: false }      , "6.28.4";
    SHA3_224_HMAC_GENERAL   Length   , GENERIC, MAC_BYTES     , SIGN           , Hmac { digest: SHA3_224, general: true }       , "6.28.3";
    SHA3_224_KEY_GEN        Empty    , Some(KeyType::SHA3_224_HMAC), MAC_BYTES     , GENERATE       , SecretKeyGen                                   , "6.28.6";
    SHA3_384                Empty    , None   , KeySizes::None, DIGEST         , Digest(SHA3_384)                               , "6.30.2";
    SHA3_384_HMAC           Empty    , GENERIC, MAC_BYTES     , SIGN           , Hmac { digest: SHA3_384, general: false }      , "6.30.4";
    SHA3_384_HMAC_GENERAL   Length   , GENERIC, MAC_BYTES     , SIGN           , Hmac { digest: SHA3_384, general: true }       , "6.30.3";
    SHA3_384_KEY_GEN        Empty    , Some(KeyType::SHA3_384_HMAC), MAC_BYTES     , GENERATE       , SecretKeyGen                                   , "6.30.6";
    SHA3_512                Empty    , None   , KeySizes::None, DIGEST         , Digest(SHA3_512)                               , "6.31.2";
    SHA3_512_HMAC           Empty    , GENERIC, MAC_BYTES     , SIGN           , Hmac { digest: SHA3_512, general: false }      , "6.31.4";
    SHA3_512_HMAC_GENERAL   Length   , GENERIC, MAC_BYTES     , SIGN           , Hmac { digest: SHA3_512, general: true }       , "6.31.3";
    SHA3_512_KEY_GEN        Empty    , Some(KeyType::SHA3_512_HMAC), MAC_BYTES     , GENERATE       , SecretKeyGen                                   , "6.31.6";
    GENERIC_SECRET_KEY_GEN  Empty    , GENERIC, SECRET_BITS   , GENERATE       , GenericKeyGen                                  , "6.8.2";
    CONCATENATE_BASE_AND_KEY Key      , GENERIC, MAC_BYTES    , DERIVE         , Rearrange(Rearrangement::BaseAndKey)           , "6.43.3";
    CONCATENATE_BASE_AND_DATA Data    , GENERIC, MAC_BYTES    , DERIVE         , Rearrange(Rearrangement::BaseAndData)          , "6.43.4";
    CONCATENATE_DATA_AND_BASE Data    , GENERIC, MAC_BYTES    , DERIVE         , Rearrange(Rearrangement::DataAndBase)          , "6.43.5";
    XOR_BASE_AND_DATA       Data     , GENERIC, MAC_BYTES     , DERIVE         , Rearrange(Rearrangement::Xor)                  , "6.43.6";
    EXTRACT_KEY_FROM_KEY    Length   , GENERIC, MAC_BYTES     , DERIVE         , Rearrange(Rearrangement::Extract)              , "6.43.7";
    TLS_PRE_MASTER_KEY_GEN  Bytes(2) , GENERIC, TLS_BYTES     , GENERATE       , TlsPreMasterKeyGen                             , "6.40";
    MD5_KEY_DERIVATION      Empty    , GENERIC, MAC_BYTES     , DERIVE         , DigestDerivation(MD5)                          , "2.40 Historical: MD5";
    SHA1_KEY_DERIVATION     Empty    , GENERIC, MAC_BYTES     , DERIVE         , DigestDerivation(SHA1)                         , "6.20.5";
    SHA256_KEY_DERIVATION   Empty    , GENERIC, MAC_BYTES     , DERIVE         , DigestDerivation(SHA256)                       , "6.22.5";
    SHA384_KEY_DERIVATION   Empty    , GENERIC, MAC_BYTES     , DERIVE         , DigestDerivation(SHA384)                       , "6.23.5";
    SHA512_KEY_DERIVATION   Empty    , GENERIC, MAC_BYTES     , DERIVE         , DigestDerivation(SHA512)                       , "6.24.5";
    SHA224_KEY_DERIVATION   Empty    , GENERIC, MAC_BYTES     , DERIVE         , DigestDerivation(SHA224)                       , "6.21.5";
    SHA3_256_KEY_DERIVATION Empty    , GENERIC, MAC_BYTES     , DERIVE         , DigestDerivation(SHA3_256)                     , "6.29.5";
    SHA3_224_KEY_DERIVATION Empty    , GENERIC, MAC_BYTES     , DERIVE         , DigestDerivation(SHA3_224)                     , "6.28.5";
    SHA3_384_KEY_DERIVATION Empty    , GENERIC, MAC_BYTES     , DERIVE         , DigestDerivation(SHA3_384)                     , "6.30.5";
    SHA3_512_KEY_DERIVATION Empty    , GENERIC, MAC_BYTES     , DERIVE         , DigestDerivation(SHA3_512)                     , "6.31.5";
    SHAKE_128_KEY_DERIVATION Empty    , GENERIC, MAC_BYTES     , DERIVE         , ShakeDerivation { bits: 128 }                  , "6.32";
    SHAKE_256_KEY_DERIVATION Empty    , GENERIC, MAC_BYTES     , DERIVE         , ShakeDerivation { bits: 256 }                  , "6.32";
    SP800_108_COUNTER_KDF   CounterKdf, GENERIC, MAC_BYTES    , DERIVE         , CounterKdf                                     , "6.42";
    SP800_108_FEEDBACK_KDF  FeedbackKdf, GENERIC, MAC_BYTES   , DERIVE         , FeedbackKdf                                    , "6.42";
    SP800_108_DOUBLE_PIPELINE_KDF DoublePipelineKdf, GENERIC, MAC_BYTES, DERIVE     , DoublePipelineKdf                              , "6.42";
    PKCS5_PBKD2             Password , GENERIC, MAC_BYTES     , GENERATE       , Pbkdf2                                         , "6.37";
    // The numbers of this mechanism and the next had other names in version 2.40; both are served under either.
    TLS12_MAC               TlsMac   , GENERIC, MAC_BYTES     , SIGN           , TlsMac                                         , "6.40";
    TLS12_KDF               TlsExport, GENERIC, MAC_BYTES     , DERIVE         , TlsExport                                      , "6.40";
    TLS12_MASTER_KEY_DERIVE TlsMaster, GENERIC, TLS_BYTES     , DERIVE         , TlsMaster { carried: true, extended: false }   , "6.40";
    TLS12_KEY_AND_MAC_DERIVE TlsKeys , GENERIC, MAC_BYTES     , DERIVE         , TlsKeys { vectors: true }                      , "6.40";
    TLS12_MASTER_KEY_DERIVE_DH TlsMaster, GENERIC, MAC_BYTES  , DERIVE         , TlsMaster { carried: false, extended: false }  , "6.40";
    TLS12_KEY_SAFE_DERIVE   TlsKeys  , GENERIC, MAC_BYTES     , DERIVE         , TlsKeys { vectors: false }                     , "6.40";
    TLS_MAC                 TlsMac   , GENERIC, MAC_BYTES     , SIGN           , TlsMac                                         , "6.40";
    TLS_KDF                 TlsExport, GENERIC, MAC_BYTES     , DERIVE         , TlsExport                                      , "6.40";
    EC_KEY_PAIR_GEN         Empty    , EC     , EC_BITS       , GENERATE_PAIR  , EcKeyPairGen                                   , "6.3.9";
    ECDSA                   Empty    , EC     , EC_BITS       , SIGN           , Ecdsa(None)                                    , "6.3.12";
    ECDSA_SHA1              Empty    , EC     , EC_BITS       , SIGN           , Ecdsa(Some(SHA1))                              , "6.3.13";
    ECDSA_SHA224            Empty    , EC     , EC_BITS       , SIGN           , Ecdsa(Some(SHA224))                            , "6.3.13";
    ECDSA_SHA256            Empty    , EC     , EC_BITS       , SIGN           , Ecdsa(Some(SHA256))                            , "6.3.13";
    ECDSA_SHA384            Empty    , EC     , EC_BITS       , SIGN           , Ecdsa(Some(SHA384))                            , "6.3.13";
    ECDSA_SHA512            Empty    , EC     , EC_BITS       , SIGN           , Ecdsa(Some(SHA512))                            , "6.3.13";
    ECDSA_SHA3_224          Empty    , EC     , EC_BITS       , SIGN           , Ecdsa(Some(SHA3_224))                          , "6.3.13";
    ECDSA_SHA3_256          Empty    , EC     , EC_BITS       , SIGN           , Ecdsa(Some(SHA3_256))                          , "6.3.13";
    ECDSA_SHA3_384          Empty    , EC     , EC_BITS       , SIGN           , Ecdsa(Some(SHA3_384))                          , "6.3.13";
    ECDSA_SHA3_512          Empty    , EC     , EC_BITS       , SIGN           , Ecdsa(Some(SHA3_512))                          , "6.3.13";
    ECDH1_DERIVE            Ecdh     , EC     , EC_BITS       , AGREEMENT      , Ecdh                                           , "6.3.17";
    // The curves have a cofactor of 1, so that it makes no difference.
    ECDH1_COFACTOR_DERIVE   Ecdh     , EC     , EC_BITS       , AGREEMENT      , Ecdh                                           , "6.3.18";
    ECDH_AES_KEY_WRAP       EcdhAes  , EC     , EC_BITS       , WRAP           , EcdhAesKeyWrap                                 , "6.3.21";
    RSA_AES_KEY_WRAP        RsaAes   , RSA    , RSA_BITS      , WRAP           , RsaAesKeyWrap                                  , "6.1.22";
    EC_EDWARDS_KEY_PAIR_GEN Empty    , EDWARDS, EDWARDS_BITS  , GENERATE_PAIR  , EdwardsKeyPairGen                              , "6.3.10";
    EC_MONTGOMERY_KEY_PAIR_GEN Empty , MONTGOMERY, EDWARDS_BITS, GENERATE_PAIR , MontgomeryKeyPairGen                           , "6.3.11";
    EDDSA                   Eddsa    , EDWARDS, EDWARDS_BITS  , SIGN           , Eddsa                                          , "6.3.14";
    AES_XTS                 Bytes(16), XTS    , XTS_BYTES     , CIPHER         , AesXts                                         , "6.15";
    AES_XTS_KEY_GEN         Empty    , XTS    , XTS_BYTES     , GENERATE       , AesXtsKeyGen                                   , "6.15";
    AES_KEY_GEN             Empty    , AES    , AES_BYTES     , GENERATE       , AesKeyGen                                      , "6.10.2";
    AES_ECB                 Empty    , AES    , AES_BYTES     , CIPHER         , AesEcb                                         , "6.10.3";
    AES_CBC                 Bytes(16), AES    , AES_BYTES     , CIPHER_AND_WRAP, AesCbc { padded: false }                       , "6.10.4";
    AES_MAC                 Empty    , AES    , AES_BYTES     , SIGN           , AesMac { general: false }                      , "6.10.9";
    AES_MAC_GENERAL         Length   , AES    , AES_BYTES     , SIGN           , AesMac { general: true }                       , "6.10.8";
    AES_CBC_PAD             Bytes(16), AES    , AES_BYTES     , CIPHER_AND_WRAP, AesCbc { padded: true }                        , "6.10.5";
    AES_CTR                 Counter  , AES    , AES_BYTES     , CIPHER         , AesCtr                                         , "6.11.3";
    AES_GCM                 Gcm      , AES    , AES_BYTES     , CIPHER_AND_WRAP, AesGcm                                         , "6.13.2";
    AES_CCM                 Ccm      , AES    , AES_BYTES     , CIPHER_AND_WRAP, AesCcm                                         , "6.13";
    AES_CTS                 Bytes(16), AES    , AES_BYTES     , CIPHER         , AesCts                                         , "6.12";
    AES_CMAC                Empty    , AES    , AES_BYTES     , SIGN           , AesCmac { general: false }                     , "6.14.4";
    AES_CMAC_GENERAL        Length   , AES    , AES_BYTES     , SIGN           , AesCmac { general: true }                      , "6.14.3";
    AES_XCBC_MAC            Empty    , AES    , AES128_BYTES  , SIGN           , AesXcbcMac { short: false }                    , "6.10.10";
    AES_XCBC_MAC_96         Empty    , AES    , AES128_BYTES  , SIGN           , AesXcbcMac { short: true }                     , "6.10.11";
    AES_GMAC                Gmac     , AES    , AES_BYTES     , SIGN           , AesGmac                                        , "6.13";
    DES_ECB_ENCRYPT_DATA    Data     , DES    , SINGLE_DES_BYTES, DERIVE         , Des3EncryptData { chained: false }             , "6.17";
    DES_CBC_ENCRYPT_DATA    VectorAndData(8), DES    , SINGLE_DES_BYTES, DERIVE         , Des3EncryptData { chained: true }              , "6.17";
    DES3_ECB_ENCRYPT_DATA   Data     , DES3   , DES_BYTES     , DERIVE         , Des3EncryptData { chained: false }             , "6.17";
    DES3_CBC_ENCRYPT_DATA   VectorAndData(8), DES3   , DES_BYTES     , DERIVE         , Des3EncryptData { chained: true }              , "6.17";
    AES_ECB_ENCRYPT_DATA    Data     , AES    , AES_BYTES     , DERIVE         , AesEncryptData { chained: false }              , "6.17";
    AES_CBC_ENCRYPT_DATA    VectorAndData(16), AES    , AES_BYTES     , DERIVE         , AesEncryptData { chained: true }               , "6.17";
    CHACHA20_KEY_GEN        Empty    , CHACHA20, CHACHA_BYTES  , GENERATE       , SecretKeyGen                                   , "6.58.4";
    CHACHA20                ChaCha20 , CHACHA20, CHACHA_BYTES  , CIPHER         , ChaCha20                                       , "6.58.5";
    POLY1305_KEY_GEN        Empty    , POLY1305, CHACHA_BYTES  , GENERATE       , SecretKeyGen                                   , "6.60.3";
    POLY1305                Empty    , POLY1305, CHACHA_BYTES  , SIGN           , Poly1305                                       , "6.60.4";
    DSA_PARAMETER_GEN       Empty    , DSA    , DSA_BITS      , GENERATE       , DsaParameterGen                                , "6.2.7";
    DH_PKCS_PARAMETER_GEN   Empty    , DH     , DH_BITS       , GENERATE       , DhParameterGen                                 , "6.4.6";
    AES_OFB                 Bytes(16), AES    , AES_BYTES     , CIPHER         , AesOfb                                         , "6.10.6";
    AES_CFB8                Bytes(16), AES    , AES_BYTES     , CIPHER         , AesCfb { bits: 8 }                             , "6.10.7";
    AES_CFB128              Bytes(16), AES    , AES_BYTES     , CIPHER         , AesCfb { bits: 128 }                           , "6.10.7";
    AES_CFB1                Bytes(16), AES    , AES_BYTES     , CIPHER         , AesCfb { bits: 1 }                             , "6.10.7";
    AES_KEY_WRAP            OptionalBytes(8), AES, AES_BYTES  , CIPHER_AND_WRAP, AesKeyWrap { padded: false }                   , "6.16.3";
    // The standard once meant "the usual padding" by this number, and has withdrawn it. Most tokens (SoftHSM2, nShield, NSS)
    // do as RFC 5649 says under it, and clients expect to unwrap their blobs here, so it is the same as the next row.
    AES_KEY_WRAP_PAD        Empty    , AES    , AES_BYTES     , CIPHER_AND_WRAP, AesKeyWrap { padded: true }                    , "6.16.3";
    AES_KEY_WRAP_KWP        Empty    , AES    , AES_BYTES     , CIPHER_AND_WRAP, AesKeyWrap { padded: true }                    , "6.16.3";
    AES_KEY_WRAP_PKCS7      OptionalBytes(8), AES, AES_BYTES  , CIPHER_AND_WRAP, AesKeyWrapPkcs7                                , "6.16.3";
    SHA_1_KEY_GEN           Empty    , Some(KeyType::SHA_1_HMAC), MAC_BYTES     , GENERATE       , SecretKeyGen                                   , "6.20.6";
    SHA224_KEY_GEN          Empty    , Some(KeyType::SHA224_HMAC), MAC_BYTES     , GENERATE       , SecretKeyGen                                   , "6.21.6";
    SHA256_KEY_GEN          Empty    , Some(KeyType::SHA256_HMAC), MAC_BYTES     , GENERATE       , SecretKeyGen                                   , "6.22.6";
    SHA384_KEY_GEN          Empty    , Some(KeyType::SHA384_HMAC), MAC_BYTES     , GENERATE       , SecretKeyGen                                   , "6.23.6";
    SHA512_KEY_GEN          Empty    , Some(KeyType::SHA512_HMAC), MAC_BYTES     , GENERATE       , SecretKeyGen                                   , "6.24.6";
    SHA512_224_KEY_GEN      Empty    , Some(KeyType::SHA512_224_HMAC), MAC_BYTES     , GENERATE       , SecretKeyGen                                   , "6.25.6";
    SHA512_256_KEY_GEN      Empty    , Some(KeyType::SHA512_256_HMAC), MAC_BYTES     , GENERATE       , SecretKeyGen                                   , "6.26.6";
    BLAKE2B_160             Empty    , None   , KeySizes::None, DIGEST         , Blake2b { bits: 160 }                          , "6.33.2";
    BLAKE2B_160_HMAC        Empty    , GENERIC, MAC_BYTES     , SIGN           , Blake2bHmac { bits: 160, general: false }      , "6.33.4";
    BLAKE2B_160_HMAC_GENERAL Length   , GENERIC, MAC_BYTES     , SIGN           , Blake2bHmac { bits: 160, general: true }       , "6.33.3";
    BLAKE2B_160_KEY_DERIVE  Empty    , GENERIC, MAC_BYTES     , DERIVE         , Blake2bDerivation { bits: 160 }                , "6.33.5";
    BLAKE2B_160_KEY_GEN     Empty    , Some(KeyType::BLAKE2B_160_HMAC), MAC_BYTES     , GENERATE       , SecretKeyGen                                   , "6.33.6";
    BLAKE2B_256             Empty    , None   , KeySizes::None, DIGEST         , Blake2b { bits: 256 }                          , "6.34.2";
    BLAKE2B_256_HMAC        Empty    , GENERIC, MAC_BYTES     , SIGN           , Blake2bHmac { bits: 256, general: false }      , "6.34.4";
    BLAKE2B_256_HMAC_GENERAL Length   , GENERIC, MAC_BYTES     , SIGN           , Blake2bHmac { bits: 256, general: true }       , "6.34.3";
    BLAKE2B_256_KEY_DERIVE  Empty    , GENERIC, MAC_BYTES     , DERIVE         , Blake2bDerivation { bits: 256 }                , "6.34.5";
    BLAKE2B_256_KEY_GEN     Empty    , Some(KeyType::BLAKE2B_256_HMAC), MAC_BYTES     , GENERATE       , SecretKeyGen                                   , "6.34.6";
    BLAKE2B_384             Empty    , None   , KeySizes::None, DIGEST         , Blake2b { bits: 384 }                          , "6.35.2";
    BLAKE2B_384_HMAC        Empty    , GENERIC, MAC_BYTES     , SIGN           , Blake2bHmac { bits: 384, general: false }      , "6.35.4";
    BLAKE2B_384_HMAC_GENERAL Length   , GENERIC, MAC_BYTES     , SIGN           , Blake2bHmac { bits: 384, general: true }       , "6.35.3";
    BLAKE2B_384_KEY_DERIVE  Empty    , GENERIC, MAC_BYTES     , DERIVE         , Blake2bDerivation { bits: 384 }                , "6.35.5";
    BLAKE2B_384_KEY_GEN     Empty    , Some(KeyType::BLAKE2B_384_HMAC), MAC_BYTES     , GENERATE       , SecretKeyGen                                   , "6.35.6";
    BLAKE2B_512             Empty    , None   , KeySizes::None, DIGEST         , Blake2b { bits: 512 }                          , "6.36.2";
    BLAKE2B_512_HMAC        Empty    , GENERIC, MAC_BYTES     , SIGN           , Blake2bHmac { bits: 512, general: false }      , "6.36.4";
    BLAKE2B_512_HMAC_GENERAL Length   , GENERIC, MAC_BYTES     , SIGN           , Blake2bHmac { bits: 512, general: true }       , "6.36.3";
    BLAKE2B_512_KEY_DERIVE  Empty    , GENERIC, MAC_BYTES     , DERIVE         , Blake2bDerivation { bits: 512 }                , "6.36.5";
    BLAKE2B_512_KEY_GEN     Empty    , Some(KeyType::BLAKE2B_512_HMAC), MAC_BYTES     , GENERATE       , SecretKeyGen                                   , "6.36.6";
    CHACHA20_POLY1305       ChaCha20Poly1305, CHACHA20, CHACHA_BYTES  , CIPHER         , ChaCha20Poly1305                               , "6.61";
    HKDF_DERIVE             Hkdf     , HKDF   , MAC_BYTES     , DERIVE         , Hkdf                                           , "6.62.3";
    HKDF_DATA               Hkdf     , HKDF   , MAC_BYTES     , DERIVE         , HkdfData                                       , "6.62.4";
    HKDF_KEY_GEN            Empty    , HKDF   , MAC_BYTES     , GENERATE       , HkdfKeyGen                                     , "6.62.5";
    DEW_SM3                 Empty    , None   , KeySizes::None, DIGEST         , Sm(self::Sm::Sm3)                              , "GB/T 32905";
    DEW_SM3_HMAC            Empty    , GENERIC, MAC_BYTES     , SIGN           , Sm(self::Sm::Sm3Hmac { general: false })       , "GB/T 15852.2";
    DEW_SM3_HMAC_GENERAL    Length   , GENERIC, MAC_BYTES     , SIGN           , Sm(self::Sm::Sm3Hmac { general: true })        , "GB/T 15852.2";
    DEW_SM3_KEY_GEN         Empty    , Some(KeyType::DEW_SM3_HMAC), MAC_BYTES     , GENERATE       , SecretKeyGen                                   , "GB/T 15852.2";
    DEW_SM4_KEY_GEN         Empty    , SM4    , SM4_BYTES     , GENERATE       , SecretKeyGen                                   , "GB/T 32907";
    DEW_SM4_ECB             Empty    , SM4    , SM4_BYTES     , CIPHER         , Sm(self::Sm::Sm4Ecb)                           , "GB/T 17964";
    DEW_SM4_CBC             Bytes(16), SM4    , SM4_BYTES     , CIPHER         , Sm(self::Sm::Sm4Cbc { padded: false })         , "GB/T 17964";
    DEW_SM4_CBC_PAD         Bytes(16), SM4    , SM4_BYTES     , CIPHER         , Sm(self::Sm::Sm4Cbc { padded: true })          , "GB/T 17964";
    DEW_SM4_CTR             Counter  , SM4    , SM4_BYTES     , CIPHER         , Sm(self::Sm::Sm4Ctr)                           , "GB/T 17964";
    DEW_SM4_GCM             Gcm      , SM4    , SM4_BYTES     , CIPHER         , Sm(self::Sm::Sm4Gcm)                           , "RFC 8998";
    DEW_SM4_CMAC            Empty    , SM4    , SM4_BYTES     , SIGN           , Sm(self::Sm::Sm4Cmac { general: false })       , "GB/T 15852.1";
    DEW_SM4_CMAC_GENERAL    Length   , SM4    , SM4_BYTES     , SIGN           , Sm(self::Sm::Sm4Cmac { general: true })        , "GB/T 15852.1";
    DEW_SM2_KEY_PAIR_GEN    Empty    , SM2    , SM2_BITS      , GENERATE_PAIR  , Sm(self::Sm::Sm2KeyPairGen)                    , "GB/T 32918.1, 6.1";
    DEW_SM2                 Empty    , SM2    , SM2_BITS      , SIGN           , Sm(self::Sm::Sm2)                              , "GB/T 32918.2";
    DEW_SM2_SM3             UserId   , SM2    , SM2_BITS      , SIGN           , Sm(self::Sm::Sm2Sm3)                           , "GB/T 32918.2";
    DEW_SM2_ENCRYPT         Empty    , SM2    , SM2_BITS      , CIPHER         , Sm(self::Sm::Sm2Encrypt)                       , "GB/T 32918.4";
    DEW_HOTP_SHA256         Otp      , HOTP   , MAC_BYTES     , SIGN           , Hotp(SHA256)                                   , "RFC 6238, 1.2";
    DEW_HOTP_SHA512         Otp      , HOTP   , MAC_BYTES     , SIGN           , Hotp(SHA512)                                   , "RFC 6238, 1.2";
}
