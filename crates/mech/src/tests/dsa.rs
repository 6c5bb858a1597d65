//! DSA: groups, and keys that come from outside.

use ck::{AttributeType as A, KeyType, Mechanism, ObjectClass, Params};

use super::fixture::{Object, object};
use crate::{
    Error, complete_parameters, complete_private, complete_public, derive_public_info, generate_key,
};

/// What is drawn is a group, and another one each time.
pub(super) fn generates_parameters(row: &Mechanism) {
    let make = |bits| generate_key(row, &Params::None, bits).map(|made| Object::material(&made));
    let [one, other] = [1024, 1024].map(|bits| make(Some(bits)).unwrap());
    assert_ne!(one.0[&A::PRIME], other.0[&A::PRIME]);
    assert_eq!(one.0[&A::SUBPRIME].len(), 20);
    let missing = complete_parameters(KeyType::DSA, &one.get()).unwrap();
    let bits = &Object::material(&missing).0[&A::PRIME_BITS];
    assert_eq!(bits, &1024_u64.to_le_bytes());
    for bits in [0, 1023, 1536, 4096] {
        assert_eq!(make(Some(bits)).err(), Some(Error::KeySizeRange), "{bits}");
    }
    let missing = Error::TemplateIncomplete(A::PRIME_BITS);
    assert_eq!(make(None).err(), Some(missing));
}

fn public() -> Object {
    object("dsa2048-public")
}

#[test]
fn both_halves_give_the_public_key_that_openssl_gives() {
    for name in ["dsa1024", "dsa2048", "dsa3072"] {
        let (private, public) = (object(name), object(&format!("{name}-public")));
        let expected = &private.0[&A::PUBLIC_KEY_INFO];
        for (class, half) in [
            (ObjectClass::PRIVATE_KEY, &private),
            (ObjectClass::PUBLIC_KEY, &public),
        ] {
            let info = derive_public_info(class, KeyType::DSA, &half.get());
            assert_eq!(info.as_ref(), Some(expected), "{name}");
        }
    }
}

#[test]
fn what_is_no_group_makes_no_keys() {
    let (key, other) = (public(), object("dsa3072"));
    let changed = |id, place: usize| {
        let mut value = key.0[&id].clone();
        value[place] ^= 2;
        key.clone().with(id, &value)
    };
    let mut of_other_order = key.0[&A::PRIME].clone();
    let last = of_other_order.len() - 1;
    of_other_order[last] -= 2;
    let invalid = Some(Error::DomainParamsInvalid);
    for (object, expected) in [
        (key.clone(), None),
        (changed(A::PRIME, 100), invalid),
        (changed(A::SUBPRIME, 10), invalid),
        (changed(A::BASE, 100), invalid),
        (key.clone().with(A::BASE, &[1]), invalid),
        (key.clone().with(A::BASE, &of_other_order), invalid),
        (
            key.clone().with(A::SUBPRIME, &other.0[&A::SUBPRIME]),
            invalid,
        ),
        (key.clone().with(A::SUBPRIME, &[3]), invalid),
        (
            key.clone().with(A::PRIME, &[0xff; 127]),
            Some(Error::KeySizeRange),
        ),
        (
            key.clone().without(&[A::SUBPRIME]),
            Some(Error::TemplateIncomplete(A::SUBPRIME)),
        ),
    ] {
        let get = object.get();
        assert_eq!(complete_parameters(KeyType::DSA, &get).err(), expected);
        assert_eq!(complete_public(KeyType::DSA, &get).err(), expected);
        let private = object.clone().with(A::VALUE, &[5; 20]);
        assert_eq!(
            complete_private(KeyType::DSA, &private.get()).err(),
            expected
        );
    }
}

#[test]
fn values_outside_of_the_group_make_no_keys() {
    let (key, invalid) = (public(), Some(Error::AttributeInvalid(A::VALUE)));
    let (prime, order) = (key.0[&A::PRIME].clone(), key.0[&A::SUBPRIME].clone());
    // The last is no power of the base.
    for value in [&[0][..], &[1], &prime, &[2]] {
        let key = key.clone().with(A::VALUE, value);
        assert_eq!(complete_public(KeyType::DSA, &key.get()).err(), invalid);
    }
    for value in [&[0][..], &order, &prime] {
        let key = key.clone().with(A::VALUE, value);
        assert_eq!(complete_private(KeyType::DSA, &key.get()).err(), invalid);
    }
}
