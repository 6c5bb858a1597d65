//! Mechanism parameters, one variant per shape.

use crate::{Hedge, KeyDerivation, MechanismType, Mgf};

/// The parameters of a mechanism as the application gave them, lengths in bytes unless said otherwise.
///
/// A variant is a *shape*: mechanisms whose C structures look alike share one. Bytes are borrowed from the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Params<'a> {
    /// No parameter.
    None,
    /// The parameter was there, but its length does not fit the mechanism: whoever checks the mechanism
    /// answers `CKR_MECHANISM_PARAM_INVALID` at the place where the standard has that check.
    Malformed,
    /// A plain byte string: an initialisation vector.
    Bytes(&'a [u8]),
    /// `CK_AES_CBC_ENCRYPT_DATA_PARAMS` and its like.
    VectorAndData {
        /// The initialisation vector.
        vector: &'a [u8],
        /// What is encrypted.
        data: &'a [u8],
    },
    /// The handle of another key (`CK_OBJECT_HANDLE`).
    Key(u64),
    /// A plain `CK_ULONG`: the length in bytes of a MAC (`CK_MAC_GENERAL_PARAMS`), the place of a bit (`CK_EXTRACT_PARAMS`).
    Length(u64),
    /// `CK_AES_CTR_PARAMS`.
    Counter {
        /// How many of the block's last bits count.
        counter_bits: u64,
        /// The first counter block.
        block: [u8; 16],
    },
    /// `CK_GCM_PARAMS`.
    Gcm {
        /// The initialisation vector.
        iv: &'a [u8],
        /// The additional authenticated data.
        aad: &'a [u8],
        /// The length of the tag in bits.
        tag_bits: u64,
    },
    /// `CK_GCM_MESSAGE_PARAMS` and `CK_CCM_MESSAGE_PARAMS`, whose tag stands beside the ciphertext; `CK_GCM_WRAP_PARAMS` and
    /// `CK_CCM_WRAP_PARAMS`, whose tag stands behind it.
    Aead {
        /// The initialisation vector or nonce; where the token makes it, its fixed bits and room for the rest.
        nonce: &'a [u8],
        /// How many of its first bits are the caller's in any case.
        fixed_bits: u64,
        /// Who makes the others.
        generator: Mgf,
        /// The length of the plaintext in bytes, for CCM.
        data_len: u64,
        /// The additional authenticated data.
        aad: &'a [u8],
        /// The tag beside the ciphertext, which is empty where it is to be made; none where it stands behind it.
        tag: Option<&'a [u8]>,
        /// The length of the tag in bits.
        tag_bits: u64,
    },
    /// `CK_CCM_PARAMS`.
    Ccm {
        /// The length of the plaintext in bytes.
        data_len: u64,
        /// The nonce.
        nonce: &'a [u8],
        /// The additional authenticated data.
        aad: &'a [u8],
        /// The length of the MAC in bytes.
        mac_len: u64,
    },
    /// `CK_SP800_108_FEEDBACK_KDF_PARAMS`; keys that are derived besides travel by themselves.
    FeedbackKdf {
        /// The mechanism of the pseudorandom function.
        function: MechanismType,
        /// What stands for the block before the first.
        vector: &'a [u8],
        /// What the function is given each time, piece by piece.
        pieces: [Piece<'a>; MOST_PIECES],
    },
    /// `CK_SP800_108_KDF_PARAMS`; keys that are derived besides travel by themselves.
    CounterKdf {
        /// The mechanism of the pseudorandom function.
        function: MechanismType,
        /// What the function is given each time, piece by piece.
        pieces: [Piece<'a>; MOST_PIECES],
    },
    /// `CK_ECDH1_DERIVE_PARAMS`.
    Ecdh {
        /// How the key grows out of the shared secret.
        kdf: KeyDerivation,
        /// What the parties share besides.
        shared_data: &'a [u8],
        /// The other party's point.
        public_data: &'a [u8],
    },
    /// `CK_ECDH_AES_KEY_WRAP_PARAMS`.
    EcdhAes {
        /// The length in bits of the AES key that wraps.
        aes_bits: u64,
        /// How that key grows out of the shared secret.
        kdf: KeyDerivation,
        /// What the parties share besides.
        shared_data: &'a [u8],
    },
    /// `CK_EDDSA_PARAMS`.
    Eddsa {
        /// Whether the message is hashed first.
        prehash: bool,
        /// The context.
        context: &'a [u8],
    },
    /// `CK_HKDF_PARAMS`.
    Hkdf {
        /// Whether a pseudorandom key is extracted from the base key, which is one otherwise.
        extract: bool,
        /// Whether it is expanded.
        expand: bool,
        /// The hash function.
        digest: MechanismType,
        /// The salt; none is as good as an empty one.
        salt: Salt<'a>,
        /// What the derived key is for.
        info: &'a [u8],
    },
    /// `CK_RSA_AES_KEY_WRAP_PARAMS`, with the parameters of OAEP that it points to.
    RsaAes {
        /// The length in bits of the AES key that wraps.
        aes_bits: u64,
        /// The digest of the label.
        digest: MechanismType,
        /// The mask generation function.
        mgf: Mgf,
        /// The label.
        label: &'a [u8],
    },
    /// `CK_RSA_PKCS_OAEP_PARAMS`.
    Oaep {
        /// The digest of the label.
        digest: MechanismType,
        /// The mask generation function.
        mgf: Mgf,
        /// The label (`CKZ_DATA_SPECIFIED`).
        label: &'a [u8],
    },
    /// `CK_PKCS5_PBKD2_PARAMS2`.
    Password {
        /// The number of the pseudorandom function.
        function: u64,
        /// The salt.
        salt: &'a [u8],
        /// How often the function is computed for a block.
        iterations: u64,
        /// The password.
        password: Password<'a>,
    },
    /// `CK_OTP_PARAMS`: what a one-time password is made of besides its key, as far as the caller says it.
    Otp(OneTime<'a>),
    /// `CK_RSA_PKCS_PSS_PARAMS`.
    Pss {
        /// The digest of the message.
        digest: MechanismType,
        /// The mask generation function.
        mgf: Mgf,
        /// The length of the salt.
        salt_len: u64,
    },
    /// `CK_SIGN_ADDITIONAL_CONTEXT` and `CK_HASH_SIGN_ADDITIONAL_CONTEXT`.
    SignContext {
        /// Whether the signature takes randomness.
        hedge: Hedge,
        /// The context.
        context: &'a [u8],
        /// What the caller has hashed the message by, where it has.
        digest: Option<MechanismType>,
    },
    /// `CK_TLS_KDF_PARAMS`.
    TlsExport {
        /// The hash function of the pseudorandom function.
        digest: MechanismType,
        /// What the secret is for.
        label: &'a [u8],
        /// What the client drew.
        client_random: &'a [u8],
        /// What the server drew.
        server_random: &'a [u8],
        /// What the secret is bound to; an empty context is another than none.
        context: Option<&'a [u8]>,
    },
    /// `CK_TLS12_EXTENDED_MASTER_KEY_DERIVE_PARAMS`.
    TlsExtendedMaster {
        /// The hash function of the pseudorandom function.
        digest: MechanismType,
        /// The hash of the handshake so far.
        session_hash: &'a [u8],
        /// Whether the caller has room for the version of the protocol.
        version: bool,
    },
    /// `CK_TLS12_KEY_MAT_PARAMS`.
    TlsKeys {
        /// The hash function of the pseudorandom function.
        digest: MechanismType,
        /// What the client drew.
        client_random: &'a [u8],
        /// What the server drew.
        server_random: &'a [u8],
        /// The length of each key of a MAC in bits.
        mac_bits: u64,
        /// The length of each key of a cipher in bits.
        key_bits: u64,
        /// The length of each initialisation vector in bits.
        vector_bits: u64,
    },
    /// `CK_TLS_MAC_PARAMS`.
    TlsMac {
        /// The hash function of the pseudorandom function.
        digest: MechanismType,
        /// The length of the MAC in bytes.
        len: u64,
        /// 1 for the server's MAC, 2 for the client's.
        side: u64,
    },
    /// `CK_TLS12_MASTER_KEY_DERIVE_PARAMS`.
    TlsMaster {
        /// The hash function of the pseudorandom function.
        digest: MechanismType,
        /// What the client drew.
        client_random: &'a [u8],
        /// What the server drew.
        server_random: &'a [u8],
        /// Whether the caller has room for the version of the protocol.
        version: bool,
    },
}

impl Params<'_> {
    /// The handles of other keys than the one that the mechanism works with.
    pub fn other_keys(&self) -> impl Iterator<Item = u64> {
        let handle = match *self {
            Self::Key(handle)
            | Self::Hkdf {
                extract: true,
                salt: Salt::Key(handle),
                ..
            } => Some(handle),
            _ => None,
        };
        handle.into_iter()
    }
}

/// The salt that a key is extracted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Salt<'a> {
    /// Bytes of the caller's.
    Bytes(&'a [u8]),
    /// A key, by its handle.
    Key(u64),
}

/// The values of `CK_OTP_PARAMS`, each of which may be absent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OneTime<'a> {
    /// `CK_OTP_COUNTER`.
    pub counter: Option<&'a [u8]>,
    /// `CK_OTP_TIME`.
    pub time: Option<&'a [u8]>,
    /// `CK_OTP_OUTPUT_LENGTH`.
    pub length: Option<u64>,
    /// `CK_OTP_OUTPUT_FORMAT`.
    pub format: Option<u64>,
    /// `CK_OTP_FLAGS`.
    pub flags: u64,
}

/// A password, which no log shows.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Password<'a>(pub &'a [u8]);

impl std::fmt::Debug for Password<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Password(..)")
    }
}

/// The most pieces that the input of a pseudorandom function has: counter, label, separator, context and length, and some.
pub const MOST_PIECES: usize = 8;

/// A piece of what a pseudorandom function is given (`CK_PRF_DATA_PARAM`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Piece<'a> {
    /// There is none here.
    #[default]
    Absent,
    /// Bytes that are the same each time.
    Bytes(&'a [u8]),
    /// The number of the block, from 1.
    Counter(Width),
    /// The block before, or what stands for it.
    Block,
    /// The length of all that is derived, in bits.
    Length {
        /// Whether it is that of whole blocks.
        blocks: bool,
        /// How it is written.
        width: Width,
    },
}

/// How a number is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Width {
    /// In how many bits.
    pub bits: u64,
    /// Whether the least significant byte comes first.
    pub little_endian: bool,
}
