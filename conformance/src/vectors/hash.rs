//! Hash functions, and the mechanisms that are named after them.

use aws_lc_rs::digest;
use cryptoki_sys::*;

/// A hash function and what PKCS#11 makes of it; none where the standard has no such mechanism.
pub struct Hash {
    /// Its name in the files of known answers.
    pub name: &'static str,
    /// Its length in bytes.
    pub length: usize,
    /// The digest, which also names the function in parameters.
    pub digest: CK_MECHANISM_TYPE,
    /// HMAC over the whole length.
    pub hmac: CK_MECHANISM_TYPE,
    /// HMAC over a length that is said in the parameter.
    pub hmac_general: CK_MECHANISM_TYPE,
    /// RSA PKCS#1 v1.5 over a message.
    pub rsa: Option<CK_MECHANISM_TYPE>,
    /// RSA PSS over a message.
    pub pss: Option<CK_MECHANISM_TYPE>,
    /// The mask generation function of OAEP and PSS.
    pub mask: Option<CK_RSA_PKCS_MGF_TYPE>,
    /// ECDSA over a message.
    pub ecdsa: Option<CK_MECHANISM_TYPE>,
    /// DSA over a message.
    pub dsa: Option<CK_MECHANISM_TYPE>,
    /// The pseudo-random function of PBKDF2.
    pub pbkdf2: Option<CK_PKCS5_PBKD2_PSEUDO_RANDOM_FUNCTION_TYPE>,
    /// The end of its object identifier below `2.16.840.1.101.3.4.2`; none for SHA-1, which is elsewhere.
    arc: Option<u8>,
    algorithm: &'static digest::Algorithm,
}

/// Makes a row from the parts of the names.
macro_rules! row {
    ($name:literal, $length:literal, $digest:ident, $hmac:ident, $general:ident, rsa $rsa:expr, pss $pss:expr, mask $mask:expr,
     ecdsa $ecdsa:expr, dsa $dsa:expr, pbkdf2 $pbkdf2:expr, arc $arc:expr, $algorithm:ident) => {
        Hash {
            name: $name,
            length: $length,
            digest: $digest,
            hmac: $hmac,
            hmac_general: $general,
            rsa: $rsa,
            pss: $pss,
            mask: $mask,
            ecdsa: $ecdsa,
            dsa: $dsa,
            pbkdf2: $pbkdf2,
            arc: $arc,
            algorithm: &digest::$algorithm,
        }
    };
}

/// All that we know.
#[rustfmt::skip]
pub static ALL: &[Hash] = &[
    row!("SHA-1", 20, CKM_SHA_1, CKM_SHA_1_HMAC, CKM_SHA_1_HMAC_GENERAL, rsa Some(CKM_SHA1_RSA_PKCS), pss Some(CKM_SHA1_RSA_PKCS_PSS),
        mask Some(CKG_MGF1_SHA1), ecdsa Some(CKM_ECDSA_SHA1), dsa Some(CKM_DSA_SHA1),
        pbkdf2 Some(CKP_PKCS5_PBKD2_HMAC_SHA1), arc None, SHA1_FOR_LEGACY_USE_ONLY),
    row!("SHA-224", 28, CKM_SHA224, CKM_SHA224_HMAC, CKM_SHA224_HMAC_GENERAL, rsa Some(CKM_SHA224_RSA_PKCS), pss Some(CKM_SHA224_RSA_PKCS_PSS),
        mask Some(CKG_MGF1_SHA224), ecdsa Some(CKM_ECDSA_SHA224), dsa Some(CKM_DSA_SHA224),
        pbkdf2 Some(CKP_PKCS5_PBKD2_HMAC_SHA224), arc Some(4), SHA224),
    row!("SHA-256", 32, CKM_SHA256, CKM_SHA256_HMAC, CKM_SHA256_HMAC_GENERAL, rsa Some(CKM_SHA256_RSA_PKCS), pss Some(CKM_SHA256_RSA_PKCS_PSS),
        mask Some(CKG_MGF1_SHA256), ecdsa Some(CKM_ECDSA_SHA256), dsa Some(CKM_DSA_SHA256),
        pbkdf2 Some(CKP_PKCS5_PBKD2_HMAC_SHA256), arc Some(1), SHA256),
    row!("SHA-384", 48, CKM_SHA384, CKM_SHA384_HMAC, CKM_SHA384_HMAC_GENERAL, rsa Some(CKM_SHA384_RSA_PKCS), pss Some(CKM_SHA384_RSA_PKCS_PSS),
        mask Some(CKG_MGF1_SHA384), ecdsa Some(CKM_ECDSA_SHA384), dsa Some(CKM_DSA_SHA384),
        pbkdf2 Some(CKP_PKCS5_PBKD2_HMAC_SHA384), arc Some(2), SHA384),
    row!("SHA-512", 64, CKM_SHA512, CKM_SHA512_HMAC, CKM_SHA512_HMAC_GENERAL, rsa Some(CKM_SHA512_RSA_PKCS), pss Some(CKM_SHA512_RSA_PKCS_PSS),
        mask Some(CKG_MGF1_SHA512), ecdsa Some(CKM_ECDSA_SHA512), dsa Some(CKM_DSA_SHA512),
        pbkdf2 Some(CKP_PKCS5_PBKD2_HMAC_SHA512), arc Some(3), SHA512),
    row!("SHA-512/224", 28, CKM_SHA512_224, CKM_SHA512_224_HMAC, CKM_SHA512_224_HMAC_GENERAL, rsa None, pss None,
        mask None, ecdsa None, dsa None, pbkdf2 Some(CKP_PKCS5_PBKD2_HMAC_SHA512_224), arc Some(5), SHA512),
    row!("SHA-512/256", 32, CKM_SHA512_256, CKM_SHA512_256_HMAC, CKM_SHA512_256_HMAC_GENERAL, rsa None, pss None,
        mask None, ecdsa None, dsa None, pbkdf2 Some(CKP_PKCS5_PBKD2_HMAC_SHA512_256), arc Some(6), SHA512_256),
    row!("SHA3-224", 28, CKM_SHA3_224, CKM_SHA3_224_HMAC, CKM_SHA3_224_HMAC_GENERAL, rsa Some(CKM_SHA3_224_RSA_PKCS), pss Some(CKM_SHA3_224_RSA_PKCS_PSS),
        mask Some(CKG_MGF1_SHA3_224), ecdsa Some(CKM_ECDSA_SHA3_224), dsa Some(CKM_DSA_SHA3_224), pbkdf2 None, arc Some(7), SHA3_256),
    row!("SHA3-256", 32, CKM_SHA3_256, CKM_SHA3_256_HMAC, CKM_SHA3_256_HMAC_GENERAL, rsa Some(CKM_SHA3_256_RSA_PKCS), pss Some(CKM_SHA3_256_RSA_PKCS_PSS),
        mask Some(CKG_MGF1_SHA3_256), ecdsa Some(CKM_ECDSA_SHA3_256), dsa Some(CKM_DSA_SHA3_256), pbkdf2 None, arc Some(8), SHA3_256),
    row!("SHA3-384", 48, CKM_SHA3_384, CKM_SHA3_384_HMAC, CKM_SHA3_384_HMAC_GENERAL, rsa Some(CKM_SHA3_384_RSA_PKCS), pss Some(CKM_SHA3_384_RSA_PKCS_PSS),
        mask Some(CKG_MGF1_SHA3_384), ecdsa Some(CKM_ECDSA_SHA3_384), dsa Some(CKM_DSA_SHA3_384), pbkdf2 None, arc Some(9), SHA3_384),
    row!("SHA3-512", 64, CKM_SHA3_512, CKM_SHA3_512_HMAC, CKM_SHA3_512_HMAC_GENERAL, rsa Some(CKM_SHA3_512_RSA_PKCS), pss Some(CKM_SHA3_512_RSA_PKCS_PSS),
        mask Some(CKG_MGF1_SHA3_512), ecdsa Some(CKM_ECDSA_SHA3_512), dsa Some(CKM_DSA_SHA3_512), pbkdf2 None, arc Some(10), SHA3_512),
];

impl Hash {
    /// Finds a function by its name in the files of known answers.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        ALL.iter().find(|hash| hash.name == name)
    }

    /// Computes a digest outside of the module, for mechanisms that take one; none for functions that we cannot compute.
    #[must_use]
    pub fn of(&self, message: &[u8]) -> Option<Vec<u8>> {
        let digest = digest::digest(self.algorithm, message);
        (digest.as_ref().len() == self.length).then(|| digest.as_ref().to_vec())
    }

    /// Returns the `DigestInfo` that RSA PKCS#1 v1.5 signs (RFC 8017, section 9.2).
    #[must_use]
    pub fn digest_info(&self, message: &[u8]) -> Option<Vec<u8>> {
        let digest = self.of(message)?;
        let identifier = match self.arc {
            Some(arc) => vec![0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, arc],
            None => vec![0x2b, 0x0e, 0x03, 0x02, 0x1a],
        };
        let algorithm = tlv(0x30, &[tlv(0x06, &identifier), tlv(0x05, &[])].concat());
        Some(tlv(0x30, &[algorithm, tlv(0x04, &digest)].concat()))
    }
}

/// Encodes a short value.
fn tlv(tag: u8, value: &[u8]) -> Vec<u8> {
    let length = u8::try_from(value.len()).expect("a digest and its name are short");
    [&[tag, length], value].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_has_the_length_of_its_row_or_is_not_computed() {
        for hash in ALL {
            let digest = hash.of(b"abc");
            let ours = matches!(hash.name, "SHA-512/224" | "SHA3-224");
            assert_eq!(digest.is_none(), ours, "{}", hash.name);
        }
    }

    #[test]
    fn digest_info_has_the_prefix_of_rfc_8017() {
        let info = Hash::named("SHA-256").unwrap().digest_info(b"abc").unwrap();
        assert_eq!(
            hex::encode(info),
            "3031300d060960864801650304020105000420ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
        let info = Hash::named("SHA-1").unwrap().digest_info(b"abc").unwrap();
        assert_eq!(
            hex::encode(info),
            "3021300906052b0e03021a05000414a9993e364706816aba3e25717850c26c9cd0d89d"
        );
    }
}
