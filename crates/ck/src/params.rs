//! Mechanism parameters, one variant per shape.

use crate::{KeyDerivation, MechanismType, Mgf};

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
    /// A plain `CK_ULONG`: the length in bytes of a MAC (`CK_MAC_GENERAL_PARAMS`).
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
    /// `CK_ECDH1_DERIVE_PARAMS`.
    Ecdh {
        /// How the key grows out of the shared secret.
        kdf: KeyDerivation,
        /// What the parties share besides.
        shared_data: &'a [u8],
        /// The other party's point.
        public_data: &'a [u8],
    },
    /// `CK_EDDSA_PARAMS`.
    Eddsa {
        /// Whether the message is hashed first.
        prehash: bool,
        /// The context.
        context: &'a [u8],
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
    /// `CK_RSA_PKCS_PSS_PARAMS`.
    Pss {
        /// The digest of the message.
        digest: MechanismType,
        /// The mask generation function.
        mgf: Mgf,
        /// The length of the salt.
        salt_len: u64,
    },
}
