//! Mechanisms over the crypto provider: pure functions on key material.
//!
//! A mechanism of [`ck::MECHANISMS`] is chosen by its row, takes its [`ck::Params`] and a parsed [`Key`], and gives an
//! operation: a [`Signer`], a [`Verifier`], a [`Cipher`] or a [`Digester`]. Nothing here knows of sessions, objects or
//! policy; nothing is kept besides the keys that the caller holds. The provider is AWS-LC; only the `ffi` module tree
//! calls it. What it does not have of the Chinese standards, the `sm` module tree takes from RustCrypto, and `blake2b` likewise.

#![deny(unsafe_code)]

#[expect(
    unsafe_code,
    reason = "the C library is called from here, and from nowhere else"
)]
mod ffi;

mod accumulator;
mod aes_ccm;
mod aes_ctr;
mod aes_cts;
mod aes_feedback;
mod aes_gcm;
mod aes_gmac;
mod aes_key_wrap;
mod aes_xts;
mod blake2b;
mod block_cipher;
mod block_kdf;
mod blocks;
mod cbc_mac;
mod cbc_pad;
mod certificate;
mod chacha20;
mod chacha20_poly1305;
mod check_value;
mod cmac;
mod derive;
mod dh;
mod digest;
mod digest_derivation;
mod dispatch;
mod dsa;
mod ecdh;
mod ecdsa;
mod ed448;
mod eddsa;
mod encapsulation;
mod encryption_derivation;
mod error;
mod generate;
mod hkdf;
mod hmac;
mod hotp;
mod key;
mod mac;
mod ml_dsa;
mod ml_kem;
mod operation;
mod param;
mod pbkdf2;
mod poly1305;
mod prehash;
mod public_info;
mod rearrange;
mod rsa_cipher;
mod rsa_oaep;
mod rsa_pkcs1;
mod rsa_pss;
mod rsa_raw;
mod rsa_recovery;
mod rsa_rejection;
mod self_test;
mod signature;
mod slh_dsa;
mod slh_library;
mod sm;
mod tls;
mod transport_wrap;
mod whole;
mod wrap;
mod x448;

#[cfg(test)]
mod tests;

use zeroize::Zeroizing;

pub use certificate::{certificate_check_value, certificate_public_info};
pub use check_value::check_value;
pub use derive::{derive, derive_beside, derive_several};
pub use dispatch::{decryptor, digester, encryptor, recoverer, signer, verifier};
pub use encapsulation::{Encapsulated, decapsulate, encapsulate, encapsulated_len};
pub use error::Error;
pub use generate::{PairRequest, generate_from_password, generate_key, generate_pair, random};
pub use key::{
    Key, complete_parameters, complete_private, complete_public, curve_bits, fixed_secret_len,
    private_from_pkcs8, set_parity,
};
pub use operation::{Cipher, Digester, Signer, Verifier};
pub use public_info::derive_public_info;
pub use self_test::{SelfTestFailure, self_test, self_test_names, self_test_with_fault};
pub use tls::{KeyBlock, tls_version};
pub use wrap::{unwrap, wrap, zero_padded};

/// The values of some attributes, as the store keeps them.
///
/// Numbers are eight bytes, little-endian; big integers have their most significant byte first; `CKA_EC_POINT` is a
/// DER OCTET STRING and `CKA_EC_PARAMS` a DER OBJECT IDENTIFIER; keys over lattices are as FIPS 203 and FIPS 204 write them.
pub type Material = Vec<(ck::AttributeType, Zeroizing<Vec<u8>>)>;
