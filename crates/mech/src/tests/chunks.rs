//! A message in parts gives what it gives whole, however it is cut.

use ck::flags::mechanism as ckf;
use ck::{Algorithm, MECHANISMS, Mechanism, Params, Sm};
use proptest::prelude::*;

use super::fixture::{decrypt, encrypt, sign, verify};
use super::sample::{Keys, fitting};
use crate::digester;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn parts_give_what_the_whole_gives(
        message in proptest::collection::vec(any::<u8>(), 0..300),
        sizes in proptest::collection::vec(0_usize..50, 1..12),
    ) {
        let keys = Keys::new();
        for row in MECHANISMS {
            let message = fitting(row, message.clone());
            check(row, &keys, &message, &sizes);
        }
    }
}

/// Cuts a message in pieces of these sizes, over and over.
fn cut<'a>(mut message: &'a [u8], sizes: &[usize]) -> Vec<&'a [u8]> {
    let mut parts = Vec::new();
    for size in sizes.iter().chain([&17]).cycle() {
        if message.is_empty() {
            break;
        }
        let (part, rest) = message.split_at((*size).min(message.len()));
        parts.push(part);
        message = rest;
    }
    parts
}

fn check(row: &Mechanism, keys: &Keys, message: &[u8], sizes: &[usize]) {
    let parts = cut(message, sizes);
    if row.operations.contains(ckf::DIGEST) {
        let (mut whole, mut piecewise) = (hash(row), hash(row));
        whole.update(message);
        parts.iter().for_each(|part| piecewise.update(part));
        assert_eq!(whole.finish(), piecewise.finish(), "{}", row.id);
    }
    let Some(sample) = keys.sample(row) else {
        return;
    };
    let (params, private, public) = (&sample.params, &sample.private, &sample.public);
    if row.operations.contains(ckf::SIGN) {
        let signature = sign(row, params, private, &parts).unwrap();
        verify(row, params, public, &[message], &signature).unwrap();
        verify(row, params, public, &parts, &signature).unwrap();
    }
    if row.operations.contains(ckf::ENCRYPT) {
        let whole = encrypt(row, params, public, &[message]).unwrap();
        let piecewise = encrypt(row, params, public, &parts).unwrap();
        let drawn = matches!(
            row.algorithm,
            Algorithm::RsaOaep | Algorithm::RsaPkcs1(_) | Algorithm::Sm(Sm::Sm2Encrypt)
        );
        if !drawn {
            assert_eq!(whole, piecewise, "{}", row.id);
        }
        let decrypted = decrypt(row, params, private, &cut(&piecewise, sizes)).unwrap();
        assert_eq!(decrypted, message, "{}", row.id);
    }
}

fn hash(row: &Mechanism) -> Box<dyn crate::Digester> {
    digester(row, &Params::None).unwrap()
}
