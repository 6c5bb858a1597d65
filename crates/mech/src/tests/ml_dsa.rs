//! ML-DSA: keys are checked, and signatures keep to their forms.

use ck::{AttributeType as A, Hedge, KeyType, MechanismType, ObjectClass, Params};

use super::fixture::{Object, Pair, load, object, pair, row, sign, verify};
use crate::{Error, PairRequest, complete_private, generate_pair};

fn context(hedge: Hedge, context: &[u8], digest: Option<MechanismType>) -> Params<'_> {
    Params::SignContext {
        hedge,
        context,
        digest,
    }
}

#[test]
fn keys_that_are_none_are_refused() {
    let file = load(include_str!("../../vectors/ml_dsa_keys.json"));
    let wrong = |name: &str| name.contains("wrong");
    assert!(file.keys.keys().filter(|name| wrong(name)).count() >= 12);
    for (name, attributes) in &file.keys {
        let object = Object::of(attributes);
        let result = complete_private(KeyType::ML_DSA, &object.get());
        assert_eq!(result.is_err(), wrong(name), "{name}: {result:?}");
    }
}

#[test]
fn a_seed_grows_into_its_key_and_no_other() {
    let whole = object("mldsa44");
    let seeded = whole.clone().without(&[A::VALUE]);
    let missing = complete_private(KeyType::ML_DSA, &seeded.get()).unwrap();
    assert_eq!(Object::material(&missing).0[&A::VALUE], whole.0[&A::VALUE]);
    let mut seed = whole.0[&A::SEED].clone();
    seed[0] ^= 1;
    let other = whole.with(A::SEED, &seed);
    let error = Err(Error::AttributeInvalid(A::SEED));
    assert_eq!(complete_private(KeyType::ML_DSA, &other.get()), error);
}

#[test]
fn a_generated_pair_is_whole() {
    let generator = row(MechanismType::ML_DSA_KEY_PAIR_GEN);
    for (set, len) in [(1, 1312), (2, 1952), (3, 2592)] {
        let request = PairRequest {
            parameter_set: Some(set),
            ..PairRequest::default()
        };
        let (public, private) = generate_pair(generator, &Params::None, &request).unwrap();
        let (public, private) = (Object::material(&public), Object::material(&private));
        assert_eq!((public.0.len(), private.0.len()), (2, 3));
        assert_eq!(private.0[&A::SEED].len(), 32);
        let key = public.key(ObjectClass::PUBLIC_KEY, KeyType::ML_DSA);
        assert_eq!(usize::try_from(key.size()), Ok(len));
        assert_eq!(
            complete_private(KeyType::ML_DSA, &private.get()),
            Ok(vec![])
        );
    }
}

#[test]
fn only_signatures_without_randomness_repeat_themselves() {
    let Pair { public, private } = pair("mldsa44");
    let row = row(MechanismType::ML_DSA);
    let signature = |hedge| {
        let params = context(hedge, b"context", None);
        let signature = sign(row, &params, &private, &[b"message"]).unwrap();
        verify(row, &params, &public, &[b"message"], &signature).unwrap();
        signature
    };
    let fixed = Hedge::DETERMINISTIC_REQUIRED;
    assert_eq!(signature(fixed), signature(fixed));
    for hedge in [Hedge::HEDGE_PREFERRED, Hedge::HEDGE_REQUIRED] {
        assert_ne!(signature(hedge), signature(hedge));
    }
}

#[test]
fn a_signature_is_one_in_its_context_and_of_its_form_alone() {
    let Pair { public, private } = pair("mldsa44");
    let pure = row(MechanismType::ML_DSA);
    let params = context(Hedge::HEDGE_PREFERRED, b"context", None);
    let signature = sign(pure, &params, &private, &[b"message"]).unwrap();
    let others = [
        (MechanismType::ML_DSA, Params::None),
        (
            MechanismType::ML_DSA,
            context(Hedge::HEDGE_PREFERRED, b"contexts", None),
        ),
        (MechanismType::HASH_ML_DSA_SHA256, params),
    ];
    for (id, params) in others {
        let result = verify(row(id), &params, &public, &[b"message"], &signature);
        assert_eq!(result, Err(Error::SignatureInvalid), "{id} {params:?}");
    }
}

#[test]
fn a_given_digest_is_the_digest_that_is_made_here() {
    let Pair { public, private } = pair("mldsa44");
    let hashed = row(MechanismType::HASH_ML_DSA_SHA512);
    let signature = sign(hashed, &Params::None, &private, &[b"abc"]).unwrap();
    // FIPS 180-4's example.
    let digest = hex::decode(
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a\
         2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
    )
    .unwrap();
    let given = row(MechanismType::HASH_ML_DSA);
    let params = |digest| context(Hedge::HEDGE_PREFERRED, b"", digest);
    let sha512 = params(Some(MechanismType::SHA512));
    verify(
        given,
        &sha512,
        &public,
        &[&digest[..5], &digest[5..]],
        &signature,
    )
    .unwrap();
    for wrong in [&digest[1..], &[&digest[..], &[0]].concat()] {
        let result = verify(given, &sha512, &public, &[wrong], &signature);
        assert_eq!(result, Err(Error::DataLenRange));
    }
    let sha3 = params(Some(MechanismType::SHA3_512));
    let result = verify(given, &sha3, &public, &[&digest], &signature);
    assert_eq!(result, Err(Error::SignatureInvalid));
    for digest in [
        None,
        Some(MechanismType::SHA_1),
        Some(MechanismType::AES_ECB),
    ] {
        let result = sign(given, &params(digest), &private, &[]);
        assert_eq!(result, Err(Error::MechanismParamInvalid));
    }
}

#[test]
fn contexts_are_short_and_the_hedge_is_known() {
    let private = pair("mldsa44").private;
    let row = row(MechanismType::ML_DSA);
    let start = |params: Params<'_>| sign(row, &params, &private, &[b"message"]).map(drop);
    let hedge = Hedge::HEDGE_PREFERRED;
    assert_eq!(start(context(hedge, &[7; 255], None)), Ok(()));
    let invalid = Err(Error::MechanismParamInvalid);
    assert_eq!(start(context(hedge, &[7; 256], None)), invalid);
    assert_eq!(start(context(Hedge(3), b"", None)), invalid);
    let digest = Some(MechanismType::SHA256);
    assert_eq!(start(context(hedge, b"", digest)), invalid);
}
