//! What the standard says of its mechanisms: which functions each supports, with which keys and which parameter.
//!
//! The rows follow the tables "Mechanisms vs. Functions" at the head of the sections of chapter 6.

use cryptoki_sys::*;

use crate::c::{Mechanism, Structure};
use crate::case::{Section, spec, spec32};
use crate::keys::unhex;
use crate::known_keys::P256_PUBLIC;

/// Flags of the functions that are no message functions.
pub(super) const FUNCTIONS: CK_FLAGS = CRYPT
    | SIGN
    | RECOVER
    | CKF_DIGEST
    | CKF_GENERATE
    | CKF_GENERATE_KEY_PAIR
    | WRAP
    | CKF_DERIVE
    | CKF_ENCAPSULATE
    | CKF_DECAPSULATE;
/// Flags of the message functions.
pub(super) const MESSAGES: CK_FLAGS =
    CKF_MESSAGE_ENCRYPT | CKF_MESSAGE_DECRYPT | CKF_MESSAGE_SIGN | CKF_MESSAGE_VERIFY;

const CRYPT: CK_FLAGS = CKF_ENCRYPT | CKF_DECRYPT;
const SIGN: CK_FLAGS = CKF_SIGN | CKF_VERIFY;
const RECOVER: CK_FLAGS = CKF_SIGN_RECOVER | CKF_VERIFY_RECOVER;
const WRAP: CK_FLAGS = CKF_WRAP | CKF_UNWRAP;
const DIGEST: CK_FLAGS = CKF_DIGEST;
const MAKE: CK_FLAGS = CKF_GENERATE;
const PAIR: CK_FLAGS = CKF_GENERATE_KEY_PAIR;
const DERIVE: CK_FLAGS = CKF_DERIVE;

/// The kind of key that a mechanism takes or makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Key {
    /// None: digests.
    None,
    /// `CKK_AES`
    Aes,
    /// `CKK_AES_XTS`
    AesXts,
    /// `CKK_CHACHA20`
    ChaCha20,
    /// `CKK_EC`
    Curve,
    /// `CKK_DES2`
    Des2,
    /// `CKK_DES3`
    Des3,
    /// `CKK_EC_EDWARDS`
    Edwards,
    /// `CKK_GENERIC_SECRET`
    Generic,
    /// `CKK_HKDF`
    Hkdf,
    /// `CKK_ML_DSA`
    MlDsa,
    /// `CKK_EC_MONTGOMERY`
    Montgomery,
    /// `CKK_POLY1305`
    Poly1305,
    /// `CKK_RSA`
    Rsa,
}

/// One mechanism of the standard.
pub(super) struct Known {
    /// Its name.
    pub(super) name: &'static str,
    /// Its number.
    pub(super) kind: CK_MECHANISM_TYPE,
    /// Where the table is that gives it its functions.
    pub(super) section: Section,
    /// The functions that the table gives it.
    pub(super) functions: CK_FLAGS,
    /// The key that it takes, or makes.
    pub(super) key: Key,
    /// Makes it with a parameter that fits.
    pub(super) make: fn(CK_MECHANISM_TYPE) -> Mechanism,
}

impl Known {
    /// Returns its name as it stands in the names of cases: `CKM_AES_CBC` is `aes-cbc`.
    pub(super) fn id(&self) -> String {
        let name = self.name.strip_prefix("CKM_").unwrap_or(self.name);
        name.to_lowercase().replace('_', "-")
    }

    /// Returns the functions that it may be listed for: what encrypts and decrypts may wrap and unwrap as well, and version 3.2 lets the
    /// mechanisms of RSA and of ECDH encapsulate. The table of section 6.60 has Poly1305 encrypt and wrap, and its text sign.
    pub(super) fn permitted(&self) -> CK_FLAGS {
        let wrap = match self.kind {
            CKM_POLY1305 => CRYPT | WRAP,
            _ if self.functions & CRYPT != 0 => WRAP,
            _ => 0,
        };
        let encapsulates = match self.key {
            Key::Rsa => self.functions & CRYPT != 0,
            Key::Curve | Key::Montgomery => self.functions & DERIVE != 0,
            _ => false,
        };
        let encapsulate = CKF_ENCAPSULATE | CKF_DECAPSULATE;
        self.functions | wrap | if encapsulates { encapsulate } else { 0 }
    }
}

fn plain(kind: CK_MECHANISM_TYPE) -> Mechanism {
    Mechanism::new(kind)
}

fn block(kind: CK_MECHANISM_TYPE) -> Mechanism {
    Mechanism::with_bytes(kind, &[7; 16])
}

fn half_block(kind: CK_MECHANISM_TYPE) -> Mechanism {
    Mechanism::with_bytes(kind, &[7; 8])
}

fn nonce(kind: CK_MECHANISM_TYPE) -> Mechanism {
    Mechanism::with_bytes(kind, &[7; 12])
}

fn length(kind: CK_MECHANISM_TYPE) -> Mechanism {
    Mechanism::with_number(kind, 8)
}

fn first_bit(kind: CK_MECHANISM_TYPE) -> Mechanism {
    Mechanism::with_number(kind, 0)
}

fn counter(kind: CK_MECHANISM_TYPE) -> Mechanism {
    Mechanism::with(kind, Structure::new().number(128).inline(&[7; 16]))
}

fn gcm(kind: CK_MECHANISM_TYPE) -> Mechanism {
    let iv = Structure::new().counted(&[7; 12]).number(96);
    Mechanism::with(kind, iv.null().number(0).number(128))
}

fn ccm(kind: CK_MECHANISM_TYPE) -> Mechanism {
    let nonce = Structure::new().number(32).counted(&[7; 12]);
    Mechanism::with(kind, nonce.null().number(0).number(16))
}

fn chacha20(kind: CK_MECHANISM_TYPE) -> Mechanism {
    let block = Structure::new().pointer(&[0; 4]).number(32);
    Mechanism::with(kind, block.pointer(&[7; 12]).number(96))
}

fn chacha20_poly1305(kind: CK_MECHANISM_TYPE) -> Mechanism {
    Mechanism::with(kind, Structure::new().counted(&[7; 12]).null().number(0))
}

fn oaep(kind: CK_MECHANISM_TYPE) -> Mechanism {
    let hash = Structure::new().number(CKM_SHA_1).number(CKG_MGF1_SHA1);
    Mechanism::with(kind, hash.number(CKZ_DATA_SPECIFIED).null().number(0))
}

/// Parameters of PSS for a hash, with a salt as long as the hash.
fn pss(kind: CK_MECHANISM_TYPE) -> Mechanism {
    let (hash, mask, salt) = match kind {
        CKM_SHA1_RSA_PKCS_PSS => (CKM_SHA_1, CKG_MGF1_SHA1, 20),
        CKM_SHA224_RSA_PKCS_PSS => (CKM_SHA224, CKG_MGF1_SHA224, 28),
        CKM_SHA384_RSA_PKCS_PSS => (CKM_SHA384, CKG_MGF1_SHA384, 48),
        CKM_SHA512_RSA_PKCS_PSS => (CKM_SHA512, CKG_MGF1_SHA512, 64),
        CKM_SHA3_256_RSA_PKCS_PSS => (CKM_SHA3_256, CKG_MGF1_SHA3_256, 32),
        CKM_SHA3_384_RSA_PKCS_PSS => (CKM_SHA3_384, CKG_MGF1_SHA3_384, 48),
        CKM_SHA3_512_RSA_PKCS_PSS => (CKM_SHA3_512, CKG_MGF1_SHA3_512, 64),
        _ => (CKM_SHA256, CKG_MGF1_SHA256, 32),
    };
    Mechanism::with(
        kind,
        Structure::new().number(hash).number(mask).number(salt),
    )
}

/// Agreement with the known public key, without a derivation function.
fn ecdh(kind: CK_MECHANISM_TYPE) -> Mechanism {
    let point = unhex(P256_PUBLIC);
    let shared = Structure::new().number(CKD_NULL).number(0).null();
    let length = point.len() as CK_ULONG;
    Mechanism::with(kind, shared.number(length).pointer(&point))
}

fn string(kind: CK_MECHANISM_TYPE) -> Mechanism {
    Mechanism::with(kind, Structure::new().counted(&[7; 32]))
}

fn chained_string(kind: CK_MECHANISM_TYPE) -> Mechanism {
    Mechanism::with(kind, Structure::new().inline(&[7; 16]).counted(&[7; 32]))
}

fn half_chained_string(kind: CK_MECHANISM_TYPE) -> Mechanism {
    Mechanism::with(kind, Structure::new().inline(&[7; 8]).counted(&[7; 32]))
}

/// Extraction and expansion with SHA-256, without salt and context.
fn hkdf(kind: CK_MECHANISM_TYPE) -> Mechanism {
    let both = Structure::new()
        .inline(&[CK_TRUE, CK_TRUE])
        .number(CKM_SHA256);
    let salt = both.number(CKF_HKDF_SALT_NULL).null().number(0).number(0);
    Mechanism::with(kind, salt.null().number(0))
}

macro_rules! known {
    ($($section:ident $number:literal { $($kind:ident $functions:expr, $key:ident, $make:ident;)* })*) => {
        &[$($(Known {
            name: stringify!($kind),
            kind: $kind,
            section: $section($number),
            functions: $functions,
            key: Key::$key,
            make: $make,
        },)*)*]
    };
}

/// The mechanisms whose promises are tried.
pub(super) const KNOWN: &[Known] = known! {
    spec "6.1" {
        CKM_RSA_PKCS_KEY_PAIR_GEN PAIR, Rsa, plain;
        CKM_RSA_X9_31_KEY_PAIR_GEN PAIR, Rsa, plain;
        CKM_RSA_PKCS CRYPT | SIGN | RECOVER | WRAP, Rsa, plain;
        CKM_RSA_PKCS_OAEP CRYPT | WRAP, Rsa, oaep;
        CKM_RSA_X_509 CRYPT | SIGN | RECOVER | WRAP, Rsa, plain;
        CKM_RSA_PKCS_PSS SIGN, Rsa, pss;
        CKM_SHA1_RSA_PKCS SIGN, Rsa, plain;
        CKM_SHA224_RSA_PKCS SIGN, Rsa, plain;
        CKM_SHA256_RSA_PKCS SIGN, Rsa, plain;
        CKM_SHA384_RSA_PKCS SIGN, Rsa, plain;
        CKM_SHA512_RSA_PKCS SIGN, Rsa, plain;
        CKM_SHA3_256_RSA_PKCS SIGN, Rsa, plain;
        CKM_SHA3_384_RSA_PKCS SIGN, Rsa, plain;
        CKM_SHA3_512_RSA_PKCS SIGN, Rsa, plain;
        CKM_SHA1_RSA_PKCS_PSS SIGN, Rsa, pss;
        CKM_SHA224_RSA_PKCS_PSS SIGN, Rsa, pss;
        CKM_SHA256_RSA_PKCS_PSS SIGN, Rsa, pss;
        CKM_SHA384_RSA_PKCS_PSS SIGN, Rsa, pss;
        CKM_SHA512_RSA_PKCS_PSS SIGN, Rsa, pss;
        CKM_SHA3_256_RSA_PKCS_PSS SIGN, Rsa, pss;
        CKM_SHA3_384_RSA_PKCS_PSS SIGN, Rsa, pss;
        CKM_SHA3_512_RSA_PKCS_PSS SIGN, Rsa, pss;
    }
    spec "6.3" {
        CKM_EC_KEY_PAIR_GEN PAIR, Curve, plain;
        CKM_ECDSA SIGN, Curve, plain;
        CKM_ECDSA_SHA1 SIGN, Curve, plain;
        CKM_ECDSA_SHA224 SIGN, Curve, plain;
        CKM_ECDSA_SHA256 SIGN, Curve, plain;
        CKM_ECDSA_SHA384 SIGN, Curve, plain;
        CKM_ECDSA_SHA512 SIGN, Curve, plain;
        CKM_ECDSA_SHA3_224 SIGN, Curve, plain;
        CKM_ECDSA_SHA3_256 SIGN, Curve, plain;
        CKM_ECDSA_SHA3_384 SIGN, Curve, plain;
        CKM_ECDSA_SHA3_512 SIGN, Curve, plain;
        CKM_ECDH1_DERIVE DERIVE, Curve, ecdh;
        CKM_ECDH1_COFACTOR_DERIVE DERIVE, Curve, ecdh;
        CKM_EC_EDWARDS_KEY_PAIR_GEN PAIR, Edwards, plain;
        CKM_EDDSA SIGN, Edwards, plain;
        CKM_EC_MONTGOMERY_KEY_PAIR_GEN PAIR, Montgomery, plain;
    }
    spec "6.8" {
        CKM_GENERIC_SECRET_KEY_GEN MAKE, Generic, plain;
    }
    spec "6.10" {
        CKM_AES_KEY_GEN MAKE, Aes, plain;
        CKM_AES_ECB CRYPT | WRAP, Aes, plain;
        CKM_AES_CBC CRYPT | WRAP, Aes, block;
        CKM_AES_CBC_PAD CRYPT | WRAP, Aes, block;
        CKM_AES_OFB CRYPT, Aes, block;
        CKM_AES_CFB8 CRYPT, Aes, block;
        CKM_AES_CFB128 CRYPT, Aes, block;
        CKM_AES_MAC SIGN, Aes, plain;
        CKM_AES_MAC_GENERAL SIGN, Aes, length;
    }
    spec "6.11" {
        CKM_AES_CTR CRYPT, Aes, counter;
    }
    spec "6.12" {
        CKM_AES_CTS CRYPT, Aes, block;
    }
    spec "6.13" {
        CKM_AES_GCM CRYPT, Aes, gcm;
        CKM_AES_CCM CRYPT, Aes, ccm;
        CKM_AES_GMAC SIGN, Aes, nonce;
    }
    spec "6.14" {
        CKM_AES_CMAC SIGN, Aes, plain;
        CKM_AES_CMAC_GENERAL SIGN, Aes, length;
    }
    spec "6.15" {
        CKM_AES_XTS_KEY_GEN MAKE, AesXts, plain;
        CKM_AES_XTS CRYPT, AesXts, block;
    }
    spec "6.16" {
        CKM_AES_KEY_WRAP CRYPT | WRAP, Aes, plain;
        CKM_AES_KEY_WRAP_PAD CRYPT | WRAP, Aes, plain;
        CKM_AES_KEY_WRAP_KWP CRYPT | WRAP, Aes, plain;
    }
    spec "6.17" {
        CKM_AES_ECB_ENCRYPT_DATA DERIVE, Aes, string;
        CKM_AES_CBC_ENCRYPT_DATA DERIVE, Aes, chained_string;
        CKM_DES3_ECB_ENCRYPT_DATA DERIVE, Des3, string;
        CKM_DES3_CBC_ENCRYPT_DATA DERIVE, Des3, half_chained_string;
    }
    spec "6.18" {
        CKM_DES2_KEY_GEN MAKE, Des2, plain;
        CKM_DES3_KEY_GEN MAKE, Des3, plain;
        CKM_DES3_ECB CRYPT | WRAP, Des3, plain;
        CKM_DES3_CBC CRYPT | WRAP, Des3, half_block;
        CKM_DES3_CBC_PAD CRYPT | WRAP, Des3, half_block;
        CKM_DES3_MAC SIGN, Des3, plain;
    }
    spec "6.19" {
        CKM_DES3_CMAC SIGN, Des3, plain;
    }
    spec "6.20" {
        CKM_SHA_1 DIGEST, None, plain;
        CKM_SHA_1_HMAC SIGN, Generic, plain;
        CKM_SHA_1_HMAC_GENERAL SIGN, Generic, length;
        CKM_SHA1_KEY_DERIVATION DERIVE, Generic, plain;
    }
    spec "6.21" {
        CKM_SHA224 DIGEST, None, plain;
        CKM_SHA224_HMAC SIGN, Generic, plain;
        CKM_SHA224_HMAC_GENERAL SIGN, Generic, length;
        CKM_SHA224_KEY_DERIVATION DERIVE, Generic, plain;
    }
    spec "6.22" {
        CKM_SHA256 DIGEST, None, plain;
        CKM_SHA256_HMAC SIGN, Generic, plain;
        CKM_SHA256_HMAC_GENERAL SIGN, Generic, length;
        CKM_SHA256_KEY_DERIVATION DERIVE, Generic, plain;
    }
    spec "6.23" {
        CKM_SHA384 DIGEST, None, plain;
        CKM_SHA384_HMAC SIGN, Generic, plain;
        CKM_SHA384_HMAC_GENERAL SIGN, Generic, length;
        CKM_SHA384_KEY_DERIVATION DERIVE, Generic, plain;
    }
    spec "6.24" {
        CKM_SHA512 DIGEST, None, plain;
        CKM_SHA512_HMAC SIGN, Generic, plain;
        CKM_SHA512_HMAC_GENERAL SIGN, Generic, length;
        CKM_SHA512_KEY_DERIVATION DERIVE, Generic, plain;
    }
    spec "6.25" {
        CKM_SHA512_224 DIGEST, None, plain;
        CKM_SHA512_224_HMAC SIGN, Generic, plain;
    }
    spec "6.26" {
        CKM_SHA512_256 DIGEST, None, plain;
        CKM_SHA512_256_HMAC SIGN, Generic, plain;
    }
    spec "6.28" {
        CKM_SHA3_224 DIGEST, None, plain;
        CKM_SHA3_224_HMAC SIGN, Generic, plain;
    }
    spec "6.29" {
        CKM_SHA3_256 DIGEST, None, plain;
        CKM_SHA3_256_HMAC SIGN, Generic, plain;
        CKM_SHA3_256_HMAC_GENERAL SIGN, Generic, length;
    }
    spec "6.30" {
        CKM_SHA3_384 DIGEST, None, plain;
        CKM_SHA3_384_HMAC SIGN, Generic, plain;
    }
    spec "6.31" {
        CKM_SHA3_512 DIGEST, None, plain;
        CKM_SHA3_512_HMAC SIGN, Generic, plain;
    }
    spec "6.33" {
        CKM_BLAKE2B_160 DIGEST, None, plain;
        CKM_BLAKE2B_160_HMAC SIGN, Generic, plain;
        CKM_BLAKE2B_160_HMAC_GENERAL SIGN, Generic, length;
        CKM_BLAKE2B_160_KEY_DERIVE DERIVE, Generic, plain;
    }
    spec "6.34" {
        CKM_BLAKE2B_256 DIGEST, None, plain;
        CKM_BLAKE2B_256_HMAC SIGN, Generic, plain;
        CKM_BLAKE2B_256_HMAC_GENERAL SIGN, Generic, length;
        CKM_BLAKE2B_256_KEY_DERIVE DERIVE, Generic, plain;
    }
    spec "6.35" {
        CKM_BLAKE2B_384 DIGEST, None, plain;
        CKM_BLAKE2B_384_HMAC SIGN, Generic, plain;
        CKM_BLAKE2B_384_HMAC_GENERAL SIGN, Generic, length;
        CKM_BLAKE2B_384_KEY_DERIVE DERIVE, Generic, plain;
    }
    spec "6.36" {
        CKM_BLAKE2B_512 DIGEST, None, plain;
        CKM_BLAKE2B_512_HMAC SIGN, Generic, plain;
        CKM_BLAKE2B_512_HMAC_GENERAL SIGN, Generic, length;
        CKM_BLAKE2B_512_KEY_DERIVE DERIVE, Generic, plain;
    }
    spec "6.43" {
        CKM_CONCATENATE_BASE_AND_DATA DERIVE, Generic, string;
        CKM_CONCATENATE_DATA_AND_BASE DERIVE, Generic, string;
        CKM_XOR_BASE_AND_DATA DERIVE, Generic, string;
        CKM_EXTRACT_KEY_FROM_KEY DERIVE, Generic, first_bit;
    }
    spec "6.58" {
        CKM_CHACHA20_KEY_GEN MAKE, ChaCha20, plain;
        CKM_CHACHA20 CRYPT | WRAP, ChaCha20, chacha20;
    }
    spec "6.60" {
        CKM_POLY1305_KEY_GEN MAKE, Poly1305, plain;
        CKM_POLY1305 SIGN, Poly1305, plain;
    }
    spec "6.61" {
        CKM_CHACHA20_POLY1305 CRYPT, ChaCha20, chacha20_poly1305;
    }
    spec "6.62" {
        CKM_HKDF_KEY_GEN MAKE, Hkdf, plain;
        CKM_HKDF_DERIVE DERIVE, Hkdf, hkdf;
    }
    spec32 "6.67" {
        CKM_ML_DSA_KEY_PAIR_GEN PAIR, MlDsa, plain;
        CKM_ML_DSA SIGN, MlDsa, plain;
    }
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_mechanism_has_two_rows() {
        for (index, row) in KNOWN.iter().enumerate() {
            assert_eq!(row.functions & !FUNCTIONS, 0, "{}", row.name);
            let again = KNOWN[index + 1..]
                .iter()
                .any(|other| other.kind == row.kind);
            assert!(!again, "{}", row.name);
        }
    }

    #[test]
    fn a_name_becomes_part_of_a_name() {
        let row = KNOWN.iter().find(|row| row.kind == CKM_AES_CBC_PAD);
        assert_eq!(row.map(Known::id).as_deref(), Some("aes-cbc-pad"));
    }
}
