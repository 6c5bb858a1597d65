//! Known answers: every vector of every file, through the public interface.

use std::collections::BTreeSet;
use std::sync::Arc;

use ck::{KeyType, MECHANISMS, Mechanism, ObjectClass, Operations};

use super::fixture::{
    Case, FILES, Object, VectorFile, decrypt, encrypt, load, row_named, secret, sign, verify,
};
use crate::{Error, Key, decapsulate, derive_beside, digester, generate_key};

#[test]
fn digests_have_their_known_answers() {
    check_file("digest", 44);
    check_file("blake2b", 150);
    check_file("md5", 40);
}

#[test]
fn macs_have_their_known_answers() {
    check_file("hmac", 99);
}

#[test]
fn aes_modes_have_their_known_answers() {
    check_file("aes_modes", 27);
    check_file("aes_cbc_pad", 22);
}

#[test]
fn cmac_and_gmac_have_their_known_answers() {
    check_file("aes_cmac", 300);
    check_file("aes_gmac", 100);
}

#[test]
fn chained_macs_and_feedback_modes_have_their_known_answers() {
    check_file("cbc_mac", 20);
    check_file("aes_feedback", 60);
}

#[test]
fn chacha20_and_poly1305_have_their_known_answers() {
    check_file("chacha20", 60);
}

#[test]
fn triple_des_has_its_known_answers() {
    check_file("des3", 60);
    check_file("des", 150);
}

#[test]
fn ccm_has_its_known_answers() {
    check_file("aes_ccm", 500);
}

#[test]
fn stolen_ciphertexts_have_their_known_answers() {
    check_file("aes_cts", 12);
}

#[test]
fn sectors_have_their_known_answers() {
    check_file("aes_xts", 50);
}

#[test]
fn extracted_and_expanded_secrets_have_their_known_answers() {
    check_file("hkdf", 100);
    check_file("counter_kdf", 20);
    check_file("chained_kdf", 40);
    check_file("digest_derivation", 40);
    check_file("encryption_derivation", 20);
    check_file("rearrange", 30);
}

#[test]
fn secrets_and_macs_of_tls_have_their_known_answers() {
    check_file("tls", 50);
}

#[test]
fn keys_of_passwords_have_their_known_answers() {
    check_file("password", 40);
}

#[test]
fn gcm_has_its_known_answers() {
    check_file("aes_gcm", 60);
}

#[test]
fn wrapped_keys_have_their_known_answers() {
    check_file("aes_key_wrap", 300);
    check_file("aes_key_wrap_pkcs7", 60);
}

#[test]
fn rsa_signatures_have_their_known_answers() {
    check_file("rsa_pkcs1", 40);
    check_file("rsa_pss", 80);
}

#[test]
fn rsa_ciphertexts_have_their_known_answers() {
    check_file("rsa_oaep", 100);
    check_file("rsa_pkcs1_decrypt", 60);
    check_file("rsa_raw", 20);
}

#[test]
fn ecdsa_signatures_have_their_known_answers() {
    check_file("ecdsa", 250);
}

#[test]
fn p224_has_its_known_answers() {
    check_file("p224", 100);
}

#[test]
fn the_curves_of_brainpool_have_their_known_answers() {
    check_file("brainpool", 250);
}

#[test]
fn the_curves_of_448_bits_have_their_known_answers() {
    check_file("curve448", 200);
}

#[test]
fn wrapping_by_a_key_of_the_moment_has_its_known_answers() {
    check_file("transport_wrap", 130);
}

#[test]
fn eddsa_signatures_have_their_known_answers() {
    check_file("eddsa", 150);
}

#[test]
fn secp256k1_signatures_have_their_known_answers() {
    check_file("ecdsa_secp256k1", 200);
}

#[test]
fn derived_secrets_have_their_known_answers() {
    check_file("ecdh", 300);
    check_file("x25519", 150);
}

#[test]
fn secrets_over_finite_fields_have_their_known_answers() {
    check_file("dh", 80);
}

#[test]
fn dsa_has_its_known_answers() {
    check_file("dsa", 300);
}

#[test]
fn ml_dsa_has_its_known_answers() {
    check_file("ml_dsa", 60);
}

#[test]
fn slh_dsa_has_its_known_answers() {
    check_file("slh_dsa", 20);
}

#[test]
fn ml_kem_has_its_known_answers() {
    check_file("ml_kem", 90);
}

#[test]
fn chinese_algorithms_have_their_known_answers() {
    check_file("sm2", 60);
    check_file("sm3", 40);
    check_file("sm4", 60);
}

#[test]
fn one_time_passwords_have_their_known_answers() {
    check_file("hotp", 30);
}

#[test]
fn every_mechanism_has_a_vector_unless_it_makes_keys() {
    let covered: BTreeSet<_> = FILES
        .iter()
        .flat_map(|(_, text)| load(text).cases)
        .filter(|case| case.error.is_none())
        .map(|case| row_named(&case.mechanism).id)
        .collect();
    let uncovered: Vec<_> = MECHANISMS
        .iter()
        .filter(|row| !covered.contains(&row.id) && !makes_keys(row))
        .map(|row| row.id)
        .collect();
    assert!(uncovered.is_empty(), "no vector for {uncovered:?}");
}

fn makes_keys(row: &Mechanism) -> bool {
    row.operations == Operations::GENERATE || row.operations == Operations::GENERATE_PAIR
}

fn check_file(name: &str, least: usize) {
    let text = FILES.iter().find(|(known, _)| *known == name).unwrap().1;
    let file = load(text);
    assert!(!file.source.is_empty());
    assert!(file.cases.len() >= least, "{name}: {}", file.cases.len());
    for (index, case) in file.cases.iter().enumerate() {
        check_case(&file, case, &format!("{name}[{index}] {}", case.mechanism));
    }
}

fn check_case(file: &VectorFile, case: &Case, label: &str) {
    let input = hex::decode(&case.input).unwrap();
    let result = run(file, case, &input);
    match &case.error {
        Some(error) => assert_eq!(format!("{:?}", result.expect_err(label)), *error, "{label}"),
        None => {
            let output = result.unwrap_or_else(|error| panic!("{label}: {error}"));
            let expected = case.output.clone().unwrap_or_default();
            assert_eq!(hex::encode(output), expected, "{label}");
        }
    }
}

/// Does what the vector says; a signature that is to come out of signing must verify as well.
fn run(file: &VectorFile, case: &Case, input: &[u8]) -> Result<Vec<u8>, Error> {
    let row = row_named(&case.mechanism);
    let owned = case.params.decode();
    let params = case.params.params(&owned);
    let key = |class| key(file, case, row, class);
    match case.operation.as_str() {
        "digest" => {
            let mut hash = digester(row, &params)?;
            hash.update(input);
            Ok(hash.finish())
        }
        "sign" => {
            let signature = sign(row, &params, &key(ObjectClass::PRIVATE_KEY), &[input])?;
            let public = key(ObjectClass::PUBLIC_KEY);
            verify(row, &params, &public, &[input], &signature)?;
            Ok(signature)
        }
        "verify" => {
            let signature = hex::decode(case.signature.as_ref().unwrap()).unwrap();
            let public = key(ObjectClass::PUBLIC_KEY);
            verify(row, &params, &public, &[input], &signature)?;
            Ok(Vec::new())
        }
        "derive" => {
            let key = key(ObjectClass::PRIVATE_KEY);
            let other = case.other.iter().map(|value| {
                let value = Object::secret(&hex::decode(value).unwrap());
                value.key(ObjectClass::SECRET_KEY, KeyType::GENERIC_SECRET)
            });
            let other: Vec<_> = other.collect();
            let others: Vec<_> = other.iter().map(AsRef::as_ref).collect();
            let secret = derive_beside(row, &params, &key, &others, case.length);
            secret.map(|secret| secret.to_vec())
        }
        "generate" => generate_key(row, &params, case.length).map(|made| made[0].1.to_vec()),
        "decapsulate" => {
            let key = key(ObjectClass::PRIVATE_KEY);
            decapsulate(row, &params, &key, input, case.length).map(|secret| secret.to_vec())
        }
        "unwrap" => {
            let key = key(ObjectClass::PRIVATE_KEY);
            crate::unwrap(row, &params, &key, input).map(|value| value.to_vec())
        }
        "encrypt" => encrypt(row, &params, &key(ObjectClass::PUBLIC_KEY), &[input]),
        "decrypt" => decrypt(row, &params, &key(ObjectClass::PRIVATE_KEY), &[input]),
        other => panic!("{other} is no operation"),
    }
}

fn key(file: &VectorFile, case: &Case, row: &Mechanism, half: ObjectClass) -> Arc<Key> {
    if let Some(value) = &case.value {
        return secret(case.key_type(row), &hex::decode(value).unwrap());
    }
    let name = case.key.as_ref().unwrap();
    let public = file.keys.get(&format!("{name}-public"));
    let attributes = public
        .filter(|_| half == ObjectClass::PUBLIC_KEY)
        .unwrap_or_else(|| &file.keys[name]);
    let key_type = match attributes["type"].as_str() {
        "DH" => KeyType::DH,
        "DSA" => KeyType::DSA,
        "RSA" => KeyType::RSA,
        "DEW_SM2" => KeyType::DEW_SM2,
        "EC_EDWARDS" => KeyType::EC_EDWARDS,
        "EC_MONTGOMERY" => KeyType::EC_MONTGOMERY,
        "ML_DSA" => KeyType::ML_DSA,
        "SLH_DSA" => KeyType::SLH_DSA,
        "ML_KEM" => KeyType::ML_KEM,
        _ => KeyType::EC,
    };
    Object::of(attributes).key(half, key_type)
}
