//! What does not fit is refused, with the code that names it.

use ck::flags::mechanism as ckf;
use ck::{Algorithm, KeyType, MECHANISMS, Mechanism, MechanismType, ParamShape, Params};

use super::fixture::{row, secret};
use super::sample::{Keys, params};
use crate::{
    Error, PairRequest, decryptor, derive_beside, digester, encryptor, generate_key, generate_pair,
    signer, verifier,
};

/// Starts each operation and lists what came of it.
fn start_all(row: &Mechanism, params: &Params<'_>, keys: &Keys) -> Vec<(u64, Result<(), Error>)> {
    let sample = keys.sample(row);
    let [private, public] = sample.map_or_else(
        || {
            [
                secret(KeyType::AES, &[0; 16]),
                secret(KeyType::AES, &[0; 16]),
            ]
        },
        |sample| [sample.private, sample.public],
    );
    vec![
        (ckf::SIGN, signer(row, params, &private).map(drop)),
        (ckf::VERIFY, verifier(row, params, &public).map(drop)),
        (ckf::ENCRYPT, encryptor(row, params, &public).map(drop)),
        (ckf::DECRYPT, decryptor(row, params, &private).map(drop)),
        (ckf::DIGEST, digester(row, params).map(drop)),
        (
            ckf::DERIVE,
            derive_beside(row, params, &private, &[&public], Some(derived_len(row))).map(drop),
        ),
        (
            ckf::GENERATE,
            generate_key(row, params, Some(sample_len(row))).map(drop),
        ),
    ]
}

/// A length that derived secrets of this mechanism may have.
const fn derived_len(row: &Mechanism) -> u64 {
    match row.algorithm {
        Algorithm::TlsMaster { .. } => 48,
        Algorithm::TlsKeys { vectors: true } => 104,
        Algorithm::TlsKeys { vectors: false } => 72,
        _ => 16,
    }
}

/// A length that keys of this mechanism may have.
fn sample_len(row: &Mechanism) -> u64 {
    match row.algorithm {
        Algorithm::DhParameterGen => return 2048,
        Algorithm::DsaParameterGen => return 1024,
        _ => {}
    }
    let (least, most) = row.key_sizes.range();
    32.clamp(least, most.max(least))
}

#[test]
fn a_mechanism_serves_no_operation_outside_its_row() {
    let keys = Keys::new();
    for row in MECHANISMS {
        for (operation, result) in start_all(row, &params(row), &keys) {
            let expected = if row.operations.contains(operation) {
                Ok(())
            } else {
                Err(Error::MechanismInvalid)
            };
            assert_eq!(result, expected, "{} {operation:#x}", row.id);
        }
        if !row.operations.contains(ckf::GENERATE_KEY_PAIR) {
            let made = generate_pair(row, &params(row), &PairRequest::default()).map(drop);
            assert_eq!(made, Err(Error::MechanismInvalid), "{}", row.id);
        }
    }
}

#[test]
fn a_parameter_of_another_shape_is_refused() {
    let keys = Keys::new();
    let shapes = [
        Params::None,
        Params::Malformed,
        Params::Bytes(&[0; 15]),
        Params::Length(0),
        Params::Length(65),
        Params::Counter {
            counter_bits: 0,
            block: [0; 16],
        },
        Params::Gcm {
            iv: &[],
            aad: &[],
            tag_bits: 128,
        },
    ];
    for row in MECHANISMS {
        for shape in shapes {
            // Any bytes name somebody, and none name everybody.
            let named = matches!(shape, Params::None | Params::Bytes(_));
            // Any bytes are moved, from any place.
            let moved = matches!(
                (row.algorithm, shape, params(row)),
                (Algorithm::Rearrange(_), Params::Bytes(_), Params::Bytes(_))
                    | (
                        Algorithm::Rearrange(_),
                        Params::Length(_),
                        Params::Length(_)
                    )
            );
            if shape == params(row) || moved || (named && row.params == ParamShape::UserId) {
                continue;
            }
            for (operation, result) in start_all(row, &shape, &keys) {
                if row.operations.contains(operation) {
                    let id = row.id;
                    assert_eq!(result, Err(Error::MechanismParamInvalid), "{id} {shape:?}");
                }
            }
        }
    }
}

#[test]
fn a_key_of_another_type_or_the_other_half_is_refused() {
    let keys = Keys::new();
    for row in MECHANISMS {
        let Some(sample) = keys.sample(row) else {
            continue;
        };
        let fits = |key: &_| {
            std::sync::Arc::ptr_eq(key, &sample.private)
                || std::sync::Arc::ptr_eq(key, &sample.public)
        };
        let pair = !std::sync::Arc::ptr_eq(&sample.private, &sample.public);
        if pair && row.operations.contains(ckf::SIGN) {
            let wrong_half = signer(row, &sample.params, &sample.public).map(drop);
            assert_eq!(
                wrong_half,
                Err(Error::KeyFunctionNotPermitted),
                "{}",
                row.id
            );
            let wrong_half = verifier(row, &sample.params, &sample.private).map(drop);
            assert_eq!(
                wrong_half,
                Err(Error::KeyFunctionNotPermitted),
                "{}",
                row.id
            );
        }
        for key in keys.all().iter().filter(|key| !fits(key)) {
            let result = if row.operations.contains(ckf::SIGN) {
                signer(row, &sample.params, key).map(drop)
            } else if row.operations.contains(ckf::ENCRYPT) {
                encryptor(row, &sample.params, key).map(drop)
            } else {
                continue;
            };
            let own_kind = matches!(
                (row.key_type, row.id),
                (Some(KeyType::AES), _)
                    | (
                        _,
                        MechanismType::SHA256_HMAC | MechanismType::SHA256_HMAC_GENERAL
                    )
            );
            let too_long = result == Err(Error::KeySizeRange);
            if !(own_kind && (result.is_ok() || too_long)) {
                assert_eq!(result, Err(Error::KeyTypeInconsistent), "{}", row.id);
            }
        }
    }
}

#[test]
fn a_key_of_sm4_has_one_length() {
    let row = row(MechanismType::DEW_SM4_KEY_GEN);
    let made = generate_key(row, &Params::None, None).unwrap();
    assert_eq!(made[0].1.len(), 16);
    for len in [0, 15, 17, 32] {
        let made = generate_key(row, &Params::None, Some(len)).map(drop);
        assert_eq!(made, Err(Error::KeySizeRange));
    }
}

#[test]
fn sm4_gcm_takes_the_nonces_and_tags_of_its_standard() {
    let row = row(MechanismType::DEW_SM4_GCM);
    let key = secret(KeyType::DEW_SM4, &[0; 16]);
    for (iv_len, tag_bits) in [(11, 128), (13, 128), (16, 128), (12, 96), (12, 120)] {
        let params = Params::Gcm {
            iv: &[9; 16][..iv_len],
            aad: &[],
            tag_bits,
        };
        let started = encryptor(row, &params, &key).map(drop);
        assert_eq!(
            started,
            Err(Error::MechanismParamInvalid),
            "{iv_len} {tag_bits}"
        );
    }
}

#[test]
fn gcm_decryption_holds_a_bounded_amount() {
    let row = row(MechanismType::AES_GCM);
    let key = secret(KeyType::AES, &[0; 16]);
    let mut cipher = decryptor(row, &params(row), &key).unwrap();
    let mut out = Vec::new();
    let part = vec![0; 32 << 20];
    cipher.update(&part, &mut out).unwrap();
    cipher.update(&part, &mut out).unwrap();
    let result = cipher.update(&[0], &mut out);
    assert_eq!(result, Err(Error::EncryptedDataLenRange));
    assert!(out.is_empty());
}

#[test]
fn gcm_decryption_leaves_nothing_of_a_forged_message() {
    let row = row(MechanismType::AES_GCM);
    let key = secret(KeyType::AES, &[0; 16]);
    let mut cipher = decryptor(row, &params(row), &key).unwrap();
    let mut out = b"before".to_vec();
    cipher.update(&[7; 64], &mut out).unwrap();
    assert_eq!(cipher.finish(&mut out), Err(Error::EncryptedDataInvalid));
    assert_eq!(out, b"before");
}
