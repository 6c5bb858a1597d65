//! Wycheproof's files, by mechanism.

use cryptoki_sys::*;

use super::Set;
use crate::c::function::Version;
use crate::vectors::hash::Hash;
use crate::vectors::wycheproof as files;
use crate::vectors::{Error, Vector};

/// What reads a file into vectors for one mechanism.
type Read = fn(&str) -> Result<Vec<Vector>, Error>;

/// All of them.
pub(super) fn sets() -> Vec<Set> {
    [
        ciphers(),
        codes(),
        derivations(),
        rsa_signatures(),
        rsa_decryption(),
        curve_signatures(),
        agreement(),
        dsa(),
        post_quantum(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// A set of one file.
fn set(
    file: &str,
    suffix: &str,
    mechanism: CK_MECHANISM_TYPE,
    read: impl Fn(&str) -> Result<Vec<Vector>, Error> + Send + Sync + 'static,
) -> Set {
    let id = format!(
        "wycheproof.{}{suffix}",
        file.replace('_', "-").to_lowercase()
    );
    let file = file.to_owned();
    Set::new(id, format!("Wycheproof's {file}"), mechanism, move |_| {
        read(&file)
    })
}

fn ciphers() -> Vec<Set> {
    let cipher = CKF_ENCRYPT | CKF_DECRYPT;
    vec![
        set("aes_cbc_pkcs5", "", CKM_AES_CBC_PAD, |file| {
            files::cipher(file, CKM_AES_CBC_PAD)
        }),
        set("aes_gcm", "", CKM_AES_GCM, |file| {
            files::aead(file, CKM_AES_GCM)
        }),
        set("aes_ccm", "", CKM_AES_CCM, |file| {
            files::aead(file, CKM_AES_CCM)
        }),
        set("aes_xts", "", CKM_AES_XTS, |file| {
            files::cipher(file, CKM_AES_XTS)
        }),
        set("chacha20_poly1305", "", CKM_CHACHA20_POLY1305, |file| {
            files::aead(file, CKM_CHACHA20_POLY1305)
        }),
        set("aes_wrap", "", CKM_AES_KEY_WRAP, |file| {
            files::key_wrap(file, CKM_AES_KEY_WRAP, false)
        }),
        set("aes_wrap", "-encrypt", CKM_AES_KEY_WRAP, |file| {
            files::key_wrap(file, CKM_AES_KEY_WRAP, true)
        })
        .flags(cipher),
        set("aes_kwp", "", CKM_AES_KEY_WRAP_KWP, |file| {
            files::key_wrap(file, CKM_AES_KEY_WRAP_KWP, false)
        }),
        set("aes_kwp", "-encrypt", CKM_AES_KEY_WRAP_KWP, |file| {
            files::key_wrap(file, CKM_AES_KEY_WRAP_KWP, true)
        })
        .flags(cipher),
        set("aes_kwp", "-pad", CKM_AES_KEY_WRAP_PAD, |file| {
            files::key_wrap(file, CKM_AES_KEY_WRAP_PAD, false)
        })
        .should(),
    ]
}

fn codes() -> Vec<Set> {
    let mut sets = vec![
        set("aes_cmac", "", CKM_AES_CMAC, |file| {
            files::mac(file, CKM_AES_CMAC, Some(16), CKK_AES)
        }),
        set("aes_cmac", "-general", CKM_AES_CMAC_GENERAL, |file| {
            files::mac(file, CKM_AES_CMAC_GENERAL, None, CKK_AES)
        }),
        set("aes_gmac", "", CKM_AES_GMAC, files::gmac),
    ];
    for (file, name) in [
        ("hmac_sha1", "SHA-1"),
        ("hmac_sha224", "SHA-224"),
        ("hmac_sha256", "SHA-256"),
        ("hmac_sha384", "SHA-384"),
        ("hmac_sha512", "SHA-512"),
        ("hmac_sha512_224", "SHA-512/224"),
        ("hmac_sha512_256", "SHA-512/256"),
        ("hmac_sha3_224", "SHA3-224"),
        ("hmac_sha3_256", "SHA3-256"),
        ("hmac_sha3_384", "SHA3-384"),
        ("hmac_sha3_512", "SHA3-512"),
    ] {
        let hash = hash(name);
        let (whole, general) = (hash.hmac, hash.hmac_general);
        sets.push(set(file, "", whole, move |file| {
            files::mac(file, whole, Some(hash.length), CKK_GENERIC_SECRET)
        }));
        sets.push(set(file, "-general", general, move |file| {
            files::mac(file, general, None, CKK_GENERIC_SECRET)
        }));
    }
    sets
}

fn derivations() -> Vec<Set> {
    let mut sets = Vec::new();
    for (file, name) in [
        ("hkdf_sha1", "SHA-1"),
        ("hkdf_sha256", "SHA-256"),
        ("hkdf_sha384", "SHA-384"),
        ("hkdf_sha512", "SHA-512"),
    ] {
        sets.push(set(file, "", CKM_HKDF_DERIVE, move |file| {
            files::hkdf(file, hash(name))
        }));
    }
    for (file, name) in [
        ("pbkdf2_hmacsha1", "SHA-1"),
        ("pbkdf2_hmacsha224", "SHA-224"),
        ("pbkdf2_hmacsha256", "SHA-256"),
        ("pbkdf2_hmacsha384", "SHA-384"),
        ("pbkdf2_hmacsha512", "SHA-512"),
    ] {
        sets.push(set(file, "", CKM_PKCS5_PBKD2, move |file| {
            files::pbkdf2(file, hash(name))
        }));
    }
    sets
}

/// The hash functions of a signature's files that have mechanisms.
fn rsa_signatures() -> Vec<Set> {
    let mut sets = Vec::new();
    for (file, name) in [
        ("rsa_signature_2048_sha224", "SHA-224"),
        ("rsa_signature_2048_sha256", "SHA-256"),
        ("rsa_signature_2048_sha384", "SHA-384"),
        ("rsa_signature_2048_sha512", "SHA-512"),
        ("rsa_signature_2048_sha3_224", "SHA3-224"),
        ("rsa_signature_2048_sha3_256", "SHA3-256"),
        ("rsa_signature_2048_sha3_384", "SHA3-384"),
        ("rsa_signature_2048_sha3_512", "SHA3-512"),
        ("rsa_signature_3072_sha256", "SHA-256"),
        ("rsa_signature_3072_sha384", "SHA-384"),
        ("rsa_signature_3072_sha512", "SHA-512"),
        ("rsa_signature_4096_sha256", "SHA-256"),
        ("rsa_signature_4096_sha384", "SHA-384"),
        ("rsa_signature_4096_sha512", "SHA-512"),
        ("rsa_signature_8192_sha256", "SHA-256"),
    ] {
        if let Some(mechanism) = hash(name).rsa {
            sets.push(set(file, "", mechanism, |file| files::pkcs1(file, false)));
        }
    }
    for file in [
        "rsa_signature_2048_sha256",
        "rsa_signature_3072_sha384",
        "rsa_signature_4096_sha512",
        "rsa_signature_2048_sha512_256",
    ] {
        sets.push(set(file, "-raw", CKM_RSA_PKCS, |file| {
            files::pkcs1(file, true)
        }));
    }
    for (file, name) in [
        ("rsa_pss_2048_sha1_mgf1_20", "SHA-1"),
        ("rsa_pss_2048_sha256_mgf1_0", "SHA-256"),
        ("rsa_pss_2048_sha256_mgf1_32", "SHA-256"),
        ("rsa_pss_2048_sha256_mgf1sha1_20", "SHA-256"),
        ("rsa_pss_2048_sha384_mgf1_48", "SHA-384"),
        ("rsa_pss_3072_sha256_mgf1_32", "SHA-256"),
        ("rsa_pss_4096_sha256_mgf1_32", "SHA-256"),
        ("rsa_pss_4096_sha384_mgf1_48", "SHA-384"),
        ("rsa_pss_4096_sha512_mgf1_32", "SHA-512"),
        ("rsa_pss_4096_sha512_mgf1_64", "SHA-512"),
        ("rsa_pss_2048_sha512_mgf1sha256_32_params", "SHA-512"),
    ] {
        if let Some(mechanism) = hash(name).pss {
            sets.push(set(file, "", mechanism, |file| files::pss(file, false)));
        }
    }
    for file in [
        "rsa_pss_2048_sha256_mgf1_32",
        "rsa_pss_4096_sha512_mgf1_64",
        "rsa_pss_misc",
    ] {
        sets.push(set(file, "-raw", CKM_RSA_PKCS_PSS, |file| {
            files::pss(file, true)
        }));
    }
    sets
}

fn rsa_decryption() -> Vec<Set> {
    let decrypt: Read = files::decrypt;
    let oaep: Read = files::oaep;
    let mut sets: Vec<_> = ["rsa_pkcs1_2048", "rsa_pkcs1_3072", "rsa_pkcs1_4096"]
        .into_iter()
        .map(|file| set(file, "", CKM_RSA_PKCS, decrypt).flags(CKF_DECRYPT))
        .collect();
    for file in [
        "rsa_oaep_2048_sha1_mgf1sha1",
        "rsa_oaep_2048_sha224_mgf1sha1",
        "rsa_oaep_2048_sha224_mgf1sha224",
        "rsa_oaep_2048_sha256_mgf1sha1",
        "rsa_oaep_2048_sha256_mgf1sha256",
        "rsa_oaep_2048_sha384_mgf1sha1",
        "rsa_oaep_2048_sha384_mgf1sha384",
        "rsa_oaep_2048_sha512_mgf1sha1",
        "rsa_oaep_2048_sha512_mgf1sha512",
        "rsa_oaep_3072_sha256_mgf1sha1",
        "rsa_oaep_3072_sha256_mgf1sha256",
        "rsa_oaep_3072_sha512_mgf1sha1",
        "rsa_oaep_3072_sha512_mgf1sha512",
        "rsa_oaep_4096_sha256_mgf1sha1",
        "rsa_oaep_4096_sha256_mgf1sha256",
        "rsa_oaep_4096_sha512_mgf1sha1",
        "rsa_oaep_4096_sha512_mgf1sha512",
        "rsa_oaep_misc",
    ] {
        sets.push(set(file, "", CKM_RSA_PKCS_OAEP, oaep));
    }
    sets
}

/// Curves and the hash functions of their files; those in both forms of a signature are marked.
const ECDSA: &[(&str, &str, bool)] = &[
    ("secp160k1_sha256", "SHA-256", true),
    ("secp160r1_sha256", "SHA-256", true),
    ("secp160r2_sha256", "SHA-256", true),
    ("secp192k1_sha256", "SHA-256", true),
    ("secp192r1_sha256", "SHA-256", true),
    ("secp224k1_sha224", "SHA-224", true),
    ("secp224k1_sha256", "SHA-256", true),
    ("secp224r1_sha224", "SHA-224", true),
    ("secp224r1_sha256", "SHA-256", true),
    ("secp224r1_sha512", "SHA-512", true),
    ("secp224r1_sha3_224", "SHA3-224", false),
    ("secp224r1_sha3_256", "SHA3-256", false),
    ("secp224r1_sha3_512", "SHA3-512", false),
    ("secp256k1_sha256", "SHA-256", true),
    ("secp256k1_sha512", "SHA-512", true),
    ("secp256k1_sha3_256", "SHA3-256", false),
    ("secp256k1_sha3_512", "SHA3-512", false),
    ("secp256r1_sha256", "SHA-256", true),
    ("secp256r1_sha512", "SHA-512", true),
    ("secp256r1_sha3_256", "SHA3-256", false),
    ("secp256r1_sha3_512", "SHA3-512", false),
    ("secp384r1_sha256", "SHA-256", false),
    ("secp384r1_sha384", "SHA-384", true),
    ("secp384r1_sha512", "SHA-512", true),
    ("secp384r1_sha3_384", "SHA3-384", false),
    ("secp384r1_sha3_512", "SHA3-512", false),
    ("secp521r1_sha512", "SHA-512", true),
    ("secp521r1_sha3_512", "SHA3-512", false),
    ("brainpoolP224r1_sha224", "SHA-224", true),
    ("brainpoolP256r1_sha256", "SHA-256", true),
    ("brainpoolP320r1_sha384", "SHA-384", true),
    ("brainpoolP384r1_sha384", "SHA-384", true),
    ("brainpoolP512r1_sha512", "SHA-512", true),
];

fn curve_signatures() -> Vec<Set> {
    let mut sets = Vec::new();
    for (name, function, both) in ECDSA {
        let Some(mechanism) = hash(function).ecdsa else {
            continue;
        };
        let in_der = format!("ecdsa_{name}");
        sets.push(set(&in_der, "", mechanism, |file| {
            files::ecdsa(file, false)
        }));
        if *both {
            let in_bytes = format!("ecdsa_{name}_p1363");
            sets.push(set(&in_bytes, "", mechanism, |file| {
                files::ecdsa(file, false)
            }));
            sets.push(set(&in_bytes, "-raw", CKM_ECDSA, |file| {
                files::ecdsa(file, true)
            }));
        }
    }
    let eddsa: Read = files::eddsa;
    sets.push(set("ed25519", "", CKM_EDDSA, eddsa).flags(CKF_VERIFY));
    sets.push(set("ed448", "", CKM_EDDSA, eddsa).flags(CKF_VERIFY));
    sets
}

fn agreement() -> Vec<Set> {
    let (points, montgomery): (Read, Read) = (files::agreement, files::montgomery);
    let mut sets: Vec<_> = [
        "ecdh_secp224r1_ecpoint",
        "ecdh_secp256r1_ecpoint",
        "ecdh_secp384r1_ecpoint",
        "ecdh_secp521r1_ecpoint",
        "ecdh_secp224r1",
        "ecdh_secp256r1",
        "ecdh_secp384r1",
        "ecdh_secp521r1",
        "ecdh_secp256k1",
        "ecdh_brainpoolP224r1",
        "ecdh_brainpoolP256r1",
        "ecdh_brainpoolP320r1",
        "ecdh_brainpoolP384r1",
        "ecdh_brainpoolP512r1",
    ]
    .into_iter()
    .map(|file| set(file, "", CKM_ECDH1_DERIVE, points))
    .collect();
    sets.push(set("x25519", "", CKM_ECDH1_DERIVE, montgomery));
    sets.push(set("x448", "", CKM_ECDH1_DERIVE, montgomery));
    sets
}

fn dsa() -> Vec<Set> {
    let mut sets = Vec::new();
    for (file, name) in [
        ("dsa_2048_224_sha224", "SHA-224"),
        ("dsa_2048_224_sha256", "SHA-256"),
        ("dsa_2048_256_sha256", "SHA-256"),
        ("dsa_3072_256_sha256", "SHA-256"),
    ] {
        if let Some(mechanism) = hash(name).dsa {
            sets.push(set(file, "", mechanism, |file| files::dsa(file, false)));
        }
    }
    for file in ["dsa_2048_224_sha224_p1363", "dsa_2048_256_sha256_p1363"] {
        sets.push(set(file, "-raw", CKM_DSA, |file| files::dsa(file, true)));
    }
    sets
}

fn post_quantum() -> Vec<Set> {
    let (sign, verify, kem): (Read, Read, Read) =
        (files::ml_dsa_sign, files::ml_dsa_verify, files::ml_kem);
    let mut sets = Vec::new();
    for file in ["mldsa_44_verify", "mldsa_65_verify", "mldsa_87_verify"] {
        sets.push(set(file, "", CKM_ML_DSA, verify).flags(CKF_VERIFY));
    }
    for file in [
        "mldsa_44_sign_noseed",
        "mldsa_65_sign_noseed",
        "mldsa_87_sign_noseed",
        "mldsa_44_sign_seed",
        "mldsa_65_sign_seed",
        "mldsa_87_sign_seed",
    ] {
        sets.push(set(file, "", CKM_ML_DSA, sign).flags(CKF_SIGN));
    }
    for file in [
        "mlkem_512",
        "mlkem_768",
        "mlkem_1024",
        "mlkem_512_semi_expanded_decaps",
        "mlkem_768_semi_expanded_decaps",
        "mlkem_1024_semi_expanded_decaps",
    ] {
        sets.push(set(file, "", CKM_ML_KEM, kem).since(Version::V3_2));
    }
    sets
}

fn hash(name: &str) -> &'static Hash {
    Hash::named(name).expect("the table of hash functions has it")
}
