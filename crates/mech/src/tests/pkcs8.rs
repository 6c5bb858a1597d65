//! Private keys as PKCS#8, beside another implementation.

use ck::{AttributeType, KeyType, ObjectClass};

use super::fixture::Object;
use crate::{Error, complete_private, derive_public_info, private_from_pkcs8};

#[derive(serde::Deserialize)]
struct File {
    source: String,
    keys: Vec<Encoded>,
}

#[derive(serde::Deserialize)]
struct Encoded {
    name: String,
    r#type: String,
    pkcs8: String,
    public_key_info: String,
}

fn file() -> File {
    serde_json::from_str(include_str!("../../vectors/pkcs8.json")).unwrap()
}

/// Decodes a key, and completes it as an import is completed.
fn decode(bytes: &[u8]) -> Result<(KeyType, Object), Error> {
    let (key_type, material) = private_from_pkcs8(bytes)?;
    let mut object = Object::material(&material);
    let missing = Object::material(&complete_private(key_type, &object.get())?);
    object.0.extend(missing.0);
    Ok((key_type, object))
}

#[test]
fn keys_of_openssl_are_read_whole_and_written_as_they_were() {
    let file = file();
    assert!(!file.source.is_empty() && file.keys.len() >= 8);
    for key in file.keys {
        let bytes = hex::decode(&key.pkcs8).unwrap();
        let (key_type, object) = decode(&bytes).unwrap();
        let name = key.name;
        let expected = match key.r#type.as_str() {
            "DH" => (KeyType::DH, 4),
            "DSA" => (KeyType::DSA, 4),
            "RSA" => (KeyType::RSA, 8),
            "EC" => (KeyType::EC, 2),
            "DEW_SM2" => (KeyType::DEW_SM2, 2),
            "EC_EDWARDS" => (KeyType::EC_EDWARDS, 2),
            "EC_MONTGOMERY" => (KeyType::EC_MONTGOMERY, 2),
            "ML_DSA" => (KeyType::ML_DSA, 3),
            "ML_KEM" => (KeyType::ML_KEM, 3),
            other => panic!("{other}"),
        };
        assert_eq!((key_type, object.0.len()), expected, "{name}");
        let info = derive_public_info(ObjectClass::PRIVATE_KEY, key_type, &object.get());
        assert_eq!(
            info.map(hex::encode),
            Some(key.public_key_info),
            "{name}: another public key"
        );
        let parsed = object.key(ObjectClass::PRIVATE_KEY, key_type);
        assert_eq!(*parsed.to_pkcs8().unwrap(), bytes, "{name}");
    }
}

#[test]
fn no_cut_encoding_is_read() {
    for key in file().keys {
        let bytes = hex::decode(&key.pkcs8).unwrap();
        for len in 0..bytes.len() {
            assert!(decode(&bytes[..len]).is_err(), "{} to {len}", key.name);
        }
        let longer = [&bytes[..], &[0]].concat();
        assert!(decode(&longer).is_err(), "{} with a tail", key.name);
    }
}

#[test]
fn no_wrong_byte_stops_the_reader() {
    for key in file().keys {
        let bytes = hex::decode(&key.pkcs8).unwrap();
        for at in 0..bytes.len() {
            for wrong in [0, 1, 0x7f, 0x80, 0xff] {
                let mut mutated = bytes.clone();
                mutated[at] = wrong;
                // Whether it is refused depends on the byte; that it comes back is what is tested.
                let _ = private_from_pkcs8(&mutated);
            }
        }
    }
}

#[test]
fn a_key_of_another_algorithm_or_curve_is_not_read() {
    let key = &file().keys[1];
    // The last byte of prime256v1's identifier, and the second of id-ecPublicKey's.
    let mut curve = hex::decode(&key.pkcs8).unwrap();
    let at = curve
        .windows(8)
        .position(|window| window == [0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7])
        .unwrap();
    curve[at + 7] = 1;
    assert_eq!(decode(&curve).map(drop), Err(Error::CurveNotSupported));
    let mut algorithm = hex::decode(&key.pkcs8).unwrap();
    let at = algorithm
        .windows(7)
        .position(|window| window == [0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1])
        .unwrap();
    algorithm[at + 6] = 2;
    assert_eq!(decode(&algorithm).map(drop), Err(Error::KeyEncodingInvalid));
}

#[test]
fn a_number_that_does_not_belong_to_the_key_is_found() {
    let (key_type, object) = decode(&hex::decode(&file().keys[0].pkcs8).unwrap()).unwrap();
    let mut wrong = object.clone();
    wrong.0.get_mut(&AttributeType::EXPONENT_1).unwrap()[5] ^= 1;
    assert!(complete_private(key_type, &wrong.get()).is_err());
}

#[test]
fn only_private_keys_have_an_encoding() {
    let secret = Object::secret(&[1; 16]).key(ObjectClass::SECRET_KEY, KeyType::AES);
    assert_eq!(secret.to_pkcs8().map(drop), Err(Error::KeyTypeInconsistent));
}
