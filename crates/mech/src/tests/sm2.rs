//! Keys of SM2: what is one, and what is none.

use ck::{AttributeType, KeyType, MechanismType, ObjectClass, Params};

use super::fixture::{Object, encrypt, object, pair, row, sign};
use crate::{Error, PairRequest, complete_public, generate_pair};

const CURVE: &[u8] = &[6, 8, 0x2a, 0x81, 0x1c, 0xcf, 0x55, 1, 0x82, 0x2d];
const P256: &[u8] = &[6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7];
/// The order of the curve (GB/T 32918.5, 2).
const ORDER: &str = "fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123";

fn generate(params: Option<&[u8]>) -> Result<(Object, Object), Error> {
    let request = PairRequest {
        ec_params: params,
        ..PairRequest::default()
    };
    let row = row(MechanismType::DEW_SM2_KEY_PAIR_GEN);
    let (public, private) = generate_pair(row, &Params::None, &request)?;
    Ok((Object::material(&public), Object::material(&private)))
}

#[test]
fn a_pair_has_its_attributes_and_no_other_curve() {
    for name in [CURVE, b"\x13\x09sm2p256v1"] {
        let (public, private) = generate(Some(name)).unwrap();
        assert_eq!(public.0[&AttributeType::EC_PARAMS], CURVE);
        assert_eq!(public.0[&AttributeType::EC_POINT].len(), 67);
        assert_eq!(private.0[&AttributeType::EC_PARAMS], CURVE);
        assert_eq!(private.0[&AttributeType::VALUE].len(), 32);
        let key = private.key(ObjectClass::PRIVATE_KEY, KeyType::DEW_SM2);
        assert_eq!(key.size(), 256);
    }
    let refused = |params| generate(params).map(drop).unwrap_err();
    assert_eq!(refused(Some(P256)), Error::CurveNotSupported);
    assert_eq!(refused(Some(b"x")), Error::DomainParamsInvalid);
    let missing = Error::TemplateIncomplete(AttributeType::EC_PARAMS);
    assert_eq!(refused(None), missing);
}

#[test]
fn a_scalar_is_from_one_to_the_order_less_two() {
    let key = |scalar: &[u8]| {
        let object = object("sm2").with(AttributeType::VALUE, scalar);
        let key = object.parse(ObjectClass::PRIVATE_KEY, KeyType::DEW_SM2);
        key.map(drop)
    };
    let order = hex::decode(ORDER).unwrap();
    let near = |last: u8| [&order[..31], &[last]].concat();
    for scalar in [
        &[1][..],
        &[0, 1],
        &near(0x21),
        &[&[0][..], &near(0x21)].concat(),
    ] {
        assert_eq!(key(scalar), Ok(()), "{scalar:x?}");
    }
    for scalar in [
        &[0][..],
        &[0; 32],
        &near(0x22),
        &near(0x23),
        &near(0x24),
        &[0xff; 32],
        &[&[1][..], &near(0x21)].concat(),
        &[&[0, 0][..], &near(0x21)].concat(),
    ] {
        let wrong = Error::AttributeInvalid(AttributeType::VALUE);
        assert_eq!(key(scalar), Err(wrong), "{scalar:x?}");
    }
}

#[test]
fn a_point_is_on_the_curve_and_uncompressed() {
    let stored = object("sm2");
    let point = stored.0[&AttributeType::EC_POINT].clone();
    let bare = &point[2..];
    let read = |point: &[u8]| {
        let object = stored.clone().with(AttributeType::EC_POINT, point);
        complete_public(KeyType::DEW_SM2, &object.get())
    };
    for form in [&point[..], bare] {
        let completed = Object::material(&read(form).unwrap());
        assert_eq!(completed.0[&AttributeType::EC_POINT], point);
    }
    let mut off = bare.to_vec();
    off[64] ^= 1;
    let generator_of_p256 = &object("p256").0[&AttributeType::EC_POINT].clone();
    let compressed = [&[3], &bare[1..33]].concat();
    let wrong = Err(Error::AttributeInvalid(AttributeType::EC_POINT));
    for form in [&off[..], &[0], &compressed, generator_of_p256, &bare[..64]] {
        assert_eq!(read(form), wrong, "{form:x?}");
    }
}

#[test]
fn nothing_comes_out_twice() {
    let pair = pair("sm2");
    let signature = || {
        let row = row(MechanismType::DEW_SM2);
        sign(row, &Params::None, &pair.private, &[&[7; 32]]).unwrap()
    };
    assert_ne!(signature(), signature());
    let ciphertext = || {
        let row = row(MechanismType::DEW_SM2_ENCRYPT);
        encrypt(row, &Params::None, &pair.public, &[b"secret"]).unwrap()
    };
    assert_ne!(ciphertext()[..65], ciphertext()[..65]);
    let (one, other) = (
        generate(Some(CURVE)).unwrap(),
        generate(Some(CURVE)).unwrap(),
    );
    assert_ne!(one.1.0, other.1.0);
}
