//! SLH-DSA keys: each parameter set makes a pair that works, and halves that do not belong together are refused.

use ck::{AttributeType as A, KeyType, MechanismType, ObjectClass, Params};

use super::fixture::{Object, object, pair, row, sign, verify};
use crate::private_from_pkcs8;
use crate::{Error, PairRequest, complete_private, derive_public_info, generate_pair};

/// The numbers of the parameter sets and the lengths of their public keys and signatures (FIPS 205, table 2).
const SETS: [(u64, usize, usize); 12] = [
    (1, 32, 7856),
    (2, 32, 7856),
    (3, 32, 17088),
    (4, 32, 17088),
    (5, 48, 16224),
    (6, 48, 16224),
    (7, 48, 35664),
    (8, 48, 35664),
    (9, 64, 29792),
    (10, 64, 29792),
    (11, 64, 49856),
    (12, 64, 49856),
];

#[test]
fn every_parameter_set_makes_pairs_that_sign() {
    for (number, len, signature_len) in SETS {
        let request = PairRequest {
            parameter_set: Some(number),
            ..PairRequest::default()
        };
        let generator = row(MechanismType::SLH_DSA_KEY_PAIR_GEN);
        let (public, private) = generate_pair(generator, &Params::None, &request).unwrap();
        let (public, private) = (Object::material(&public), Object::material(&private));
        assert_eq!(public.0[&A::VALUE].len(), len);
        assert_eq!(private.0[&A::VALUE].len(), 2 * len);
        let info = derive_public_info(ObjectClass::PRIVATE_KEY, KeyType::SLH_DSA, &private.get());
        let ours = derive_public_info(ObjectClass::PUBLIC_KEY, KeyType::SLH_DSA, &public.get());
        assert!(info.is_some() && info == ours);
        let private = private.key(ObjectClass::PRIVATE_KEY, KeyType::SLH_DSA);
        let public = public.key(ObjectClass::PUBLIC_KEY, KeyType::SLH_DSA);
        let bytes = private.to_pkcs8().unwrap();
        let (key_type, _) = private_from_pkcs8(&bytes).unwrap();
        assert_eq!(key_type, KeyType::SLH_DSA);
        let row = row(MechanismType::SLH_DSA);
        // The small parameter sets have signed once when the pair was checked, and take long.
        if signature_len < 17_000 || signature_len == 29_792 {
            continue;
        }
        let signature = sign(row, &Params::None, &private, &[b"a ", b"message"]).unwrap();
        assert_eq!(signature.len(), signature_len);
        verify(row, &Params::None, &public, &[b"a message"], &signature).unwrap();
        let other = verify(row, &Params::None, &public, &[b"another"], &signature);
        assert_eq!(other, Err(Error::SignatureInvalid));
    }
    let request = PairRequest {
        parameter_set: Some(13),
        ..PairRequest::default()
    };
    let generator = row(MechanismType::SLH_DSA_KEY_PAIR_GEN);
    let unknown = generate_pair(generator, &Params::None, &request).map(drop);
    assert_eq!(unknown, Err(Error::ParameterSetNotSupported));
}

#[test]
fn a_private_key_whose_root_is_anothers_is_refused() {
    let whole = object("sha2_128f");
    let complete = complete_private(KeyType::SLH_DSA, &whole.get());
    assert!(complete.unwrap().is_empty());
    let mut other = whole.clone();
    other.0.get_mut(&A::VALUE).unwrap()[63] ^= 1;
    let refused = complete_private(KeyType::SLH_DSA, &other.get());
    assert_eq!(refused, Err(Error::AttributeInvalid(A::VALUE)));
}

#[test]
fn a_signature_differs_each_time_unless_it_is_asked_not_to() {
    let private = pair("sha2_128f").private;
    let row = row(MechanismType::SLH_DSA);
    let hedged = || sign(row, &Params::None, &private, &[b"a message"]).unwrap();
    assert_ne!(hedged(), hedged());
}
