//! PKCS#1 v1.5 decryption tells an attacker nothing (Bleichenbacher 1998; requirement R6).

use ck::{MechanismType, Params};

use super::fixture::{decrypt, encrypt, pair, row};
use crate::{Error, random};

const MODULUS_LEN: usize = 256;
const LONGEST: usize = MODULUS_LEN - 11;

#[test]
fn a_wrong_ciphertext_decrypts_to_the_same_bytes_each_time() {
    let (row, pair) = (row(MechanismType::RSA_PKCS), pair("rsa2048"));
    let ciphertext = arbitrary_block();
    let open = || decrypt(row, &Params::None, &pair.private, &[&ciphertext]);
    assert_eq!(open(), open());
}

#[test]
fn no_ciphertext_below_the_modulus_is_refused() {
    let (row, pair) = (row(MechanismType::RSA_PKCS), pair("rsa2048"));
    let mut lengths = Vec::new();
    for _ in 0..2000 {
        let ciphertext = arbitrary_block();
        let opened = decrypt(row, &Params::None, &pair.private, &[&ciphertext]).unwrap();
        lengths.push(opened.len());
    }
    // The lengths of synthetic messages spread over all that a message could have.
    assert!(lengths.iter().all(|len| *len <= LONGEST));
    for quarter in 0..4 {
        let range = quarter * LONGEST / 4..(quarter + 1) * LONGEST / 4;
        let hits = lengths.iter().filter(|len| range.contains(len)).count();
        assert!((350..650).contains(&hits), "{hits} of 2000 in {range:?}");
    }
}

#[test]
fn a_changed_ciphertext_looks_like_any_other() {
    let (row, pair) = (row(MechanismType::RSA_PKCS), pair("rsa2048"));
    let secret = [0x42; 48];
    let good = encrypt(row, &Params::None, &pair.public, &[&secret]).unwrap();
    for index in 1..MODULUS_LEN {
        let mut changed = good.clone();
        changed[index] ^= 1;
        let opened = decrypt(row, &Params::None, &pair.private, &[&changed]).unwrap();
        assert_ne!(opened, secret);
    }
    let opened = decrypt(row, &Params::None, &pair.private, &[&good]);
    assert_eq!(opened, Ok(secret.to_vec()));
}

#[test]
fn what_everybody_can_see_is_told() {
    let (row, pair) = (row(MechanismType::RSA_PKCS), pair("rsa2048"));
    let open = |block: &[u8]| decrypt(row, &Params::None, &pair.private, &[block]);
    assert_eq!(open(&[0xff; MODULUS_LEN]), Err(Error::EncryptedDataInvalid));
    assert_eq!(
        open(&[1; MODULUS_LEN - 1]),
        Err(Error::EncryptedDataLenRange)
    );
    assert_eq!(
        open(&[1; MODULUS_LEN + 1]),
        Err(Error::EncryptedDataLenRange)
    );
}

/// Draws a block below the modulus, whose first bit is set.
fn arbitrary_block() -> Vec<u8> {
    let mut block = vec![0; MODULUS_LEN];
    random(&mut block).unwrap();
    block[0] &= 0x7f;
    block
}
