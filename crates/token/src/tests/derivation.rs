//! Deriving keys by Diffie-Hellman (5.18.5; Mechanisms 6.3.17).

use ck::{
    AttributeType as A, KeyDerivation, KeyType, MOST_PIECES, MechanismType as M, ObjectClass,
    Params, Piece, Rv, Salt, Width,
};
use proto::shape::{Derived, NewKey};

use crate::Profile;
use crate::tests::bench::{Bench, Client, FALSE, Got, P256, TRUE, Template, class, ulong};

/// Wycheproof's first case of P-256 (ecdh_secp256r1_ecpoint_test): a scalar, a point and the shared secret.
const SCALAR: [u8; 32] = *b"\x06\x12\x46\x5c\x89\xa0\x23\xab\x17\x85\x5b\x0a\x6b\xce\xbf\xd3\
    \xfe\xbb\x53\xae\xf8\x41\x38\x64\x7b\x53\x52\xe0\x2c\x10\xc3\x46";
const POINT: [u8; 65] = *b"\x04\x62\xd5\xbd\x33\x72\xaf\x75\xfe\x85\xa0\x40\x71\x5d\x0f\x50\
    \x24\x28\xe0\x70\x46\x86\x8b\x0b\xfd\xfa\x61\xd7\x31\xaf\xe4\x4f\
    \x26\xac\x33\x3a\x93\xa9\xe7\x0a\x81\xcd\x5a\x95\xb5\xbf\x8d\x13\
    \x99\x0e\xb7\x41\xc8\xc3\x88\x72\xb4\xa0\x7d\x27\x5a\x01\x4e\x30\xcf";
const SECRET: [u8; 32] = *b"\x53\x02\x0d\x90\x8b\x02\x19\x32\x8b\x65\x8b\x52\x5f\x26\x78\x0e\
    \x3a\xe1\x2b\xcd\x95\x2b\xb2\x5a\x93\xbc\x08\x95\xe1\x71\x42\x85";

const READABLE: [(A, &[u8]); 2] = [(A::SENSITIVE, FALSE), (A::EXTRACTABLE, TRUE)];
const AES: (A, &[u8]) = (A::KEY_TYPE, &KeyType::AES.0.to_le_bytes());

const fn ecdh(public_data: &[u8]) -> (M, Params<'_>) {
    let params = Params::Ecdh {
        kdf: KeyDerivation::NULL,
        shared_data: &[],
        public_data,
    };
    (M::ECDH1_DERIVE, params)
}

/// Imports the private key.
fn base(client: &Client, session: u64, more: &Template<'_>) -> Got<u64> {
    let template: [(A, &[u8]); 5] = [
        (A::CLASS, &class(ObjectClass::PRIVATE_KEY)),
        (A::KEY_TYPE, &KeyType::EC.0.to_le_bytes()),
        (A::EC_PARAMS, P256),
        (A::VALUE, &SCALAR),
        (A::DERIVE, TRUE),
    ];
    client.create(session, &[&template[..], more].concat())
}

#[test]
fn in_compat_an_application_sees_the_secret_it_asks_for() {
    let bench = Bench::compat();
    let client = bench.client();
    let session = client.open_user();
    let base = base(&client, session, &[]).unwrap();
    let derive = |template: &Template<'_>| client.derive(session, ecdh(&POINT), base, template);
    let secret = derive(&READABLE).unwrap();
    assert_eq!(client.get(session, secret, A::VALUE), Ok(SECRET.to_vec()));
    assert_eq!(client.get(session, secret, A::VALUE_LEN), Ok(ulong(32)));
    assert_eq!(
        client.get(session, secret, A::KEY_TYPE),
        Ok(ulong(KeyType::GENERIC_SECRET.0))
    );
    assert_eq!(client.get(session, secret, A::LOCAL), Ok(FALSE.to_vec()));
    // What the template does not ask for stays inside.
    let hidden = derive(&[AES, (A::VALUE_LEN, &ulong(16))]).unwrap();
    assert_eq!(
        client.get(session, hidden, A::VALUE),
        Err(Rv::ATTRIBUTE_SENSITIVE)
    );
    let half = ulong(16);
    let both = [&READABLE[..], &[AES, (A::VALUE_LEN, &half)]].concat();
    let short = derive(&both).unwrap();
    assert_eq!(
        client.get(session, short, A::VALUE),
        Ok(SECRET[16..].to_vec())
    );
}

#[test]
fn in_strict_no_child_is_readable_or_short() {
    let bench = Bench::strict();
    let client = bench.client();
    let session = client.open_user();
    let base = base(&client, session, &[(A::SIGN, FALSE)]).unwrap();
    let derive = |template: &Template<'_>| client.derive(session, ecdh(&POINT), base, template);
    let child = derive(&READABLE).unwrap();
    assert_eq!(
        client.get(session, child, A::VALUE),
        Err(Rv::ATTRIBUTE_SENSITIVE)
    );
    assert_eq!(
        client.get(session, child, A::EXTRACTABLE),
        Ok(FALSE.to_vec())
    );
    assert!(derive(&[(A::VALUE_LEN, &ulong(16))]).is_ok());
    assert_eq!(
        derive(&[(A::VALUE_LEN, &ulong(15))]),
        Err(Rv::TEMPLATE_INCONSISTENT)
    );
}

#[test]
fn a_child_has_always_been_what_its_parent_has_always_been() {
    let bench = Bench::compat();
    let client = bench.client();
    let session = client.open_user();
    let always = |key| {
        [A::ALWAYS_SENSITIVE, A::NEVER_EXTRACTABLE]
            .map(|id| client.get(session, key, id).unwrap() == TRUE)
    };
    let derive =
        |base, template: &Template<'_>| client.derive(session, ecdh(&POINT), base, template);
    let (_, local) = client.generate_ec(session, &[(A::DERIVE, TRUE)]).unwrap();
    let imported = base(&client, session, &[]).unwrap();
    assert_eq!(always(derive(local, &[]).unwrap()), [true, true]);
    assert_eq!(always(derive(local, &READABLE).unwrap()), [false, false]);
    assert_eq!(always(derive(imported, &[]).unwrap()), [false, false]);
}

#[test]
fn each_refusal_has_its_code() {
    let bench = Bench::compat();
    let client = bench.client();
    let session = client.open_user();
    let base_key = base(&client, session, &[]).unwrap();
    let derive = |mechanism, base, template: &Template<'_>| {
        client.derive(session, mechanism, base, template).map(drop)
    };
    let mut off_curve = POINT;
    off_curve[64] ^= 1;
    assert_eq!(
        derive(ecdh(&off_curve), base_key, &[]),
        Err(Rv::MECHANISM_PARAM_INVALID)
    );
    assert_eq!(
        derive((M::ECDH1_DERIVE, Params::None), base_key, &[]),
        Err(Rv::MECHANISM_PARAM_INVALID)
    );
    let good = ecdh(&POINT);
    assert_eq!(derive(good, 99, &[]), Err(Rv::KEY_HANDLE_INVALID));
    let (_, signing) = client.generate_ec(session, &[]).unwrap();
    assert_eq!(
        derive(good, signing, &[]),
        Err(Rv::KEY_FUNCTION_NOT_PERMITTED)
    );
    let aes = client.generate_aes(session, &[(A::DERIVE, TRUE)]).unwrap();
    assert_eq!(derive(good, aes, &[]), Err(Rv::KEY_TYPE_INCONSISTENT));
    assert_eq!(
        derive((M::ECDSA, Params::None), base_key, &[]),
        Err(Rv::MECHANISM_INVALID)
    );
    for (template, rv) in [
        ((A::VALUE_LEN, ulong(33)), Rv::KEY_SIZE_RANGE),
        ((A::CLASS, ulong(2)), Rv::TEMPLATE_INCONSISTENT),
        ((A::VALUE, vec![1]), Rv::ATTRIBUTE_READ_ONLY),
        ((A::LOCAL, TRUE.to_vec()), Rv::ATTRIBUTE_READ_ONLY),
    ] {
        assert_eq!(
            derive(good, base_key, &[(template.0, &template.1)]),
            Err(rv)
        );
    }
    let length = ulong(17);
    let odd = [AES, (A::VALUE_LEN, length.as_slice())];
    assert_eq!(derive(good, base_key, &odd), Err(Rv::KEY_SIZE_RANGE));
    let asking = [(A::ALWAYS_AUTHENTICATE, TRUE)];
    let asking = base(&client, session, &asking).unwrap();
    assert_eq!(derive(good, asking, &[]), Err(Rv::USER_NOT_LOGGED_IN));
}

#[test]
fn two_parties_come_to_one_secret() {
    for profile in [Profile::Compat, Profile::Strict] {
        let bench = Bench::new(profile);
        let client = bench.client();
        let session = client.open_user();
        let party = || {
            client.generate_pair(
                session,
                M::EC_KEY_PAIR_GEN,
                &[(A::EC_PARAMS, P256), (A::DERIVE, TRUE)],
                &[(A::DERIVE, TRUE)],
            )
        };
        let ((public, private), (other_public, other_private)) =
            (party().unwrap(), party().unwrap());
        let secret = |private, public| {
            let point = client.get(session, public, A::EC_POINT).unwrap();
            let template = [AES, (A::ENCRYPT, TRUE)];
            let key = client
                .derive(session, ecdh(&point), private, &template)
                .unwrap();
            client.get(session, key, A::CHECK_VALUE).unwrap()
        };
        assert_eq!(secret(private, other_public), secret(other_private, public));
    }
}

/// The first test of RFC 7748, 5.2: a scalar, a coordinate and the shared secret.
#[test]
fn a_secret_is_agreed_on_a_montgomery_curve() {
    const SCALAR: [u8; 32] = *b"\xa5\x46\xe3\x6b\xf0\x52\x7c\x9d\x3b\x16\x15\x4b\x82\x46\x5e\xdd\
        \x62\x14\x4c\x0a\xc1\xfc\x5a\x18\x50\x6a\x22\x44\xba\x44\x9a\xc4";
    const COORDINATE: [u8; 32] = *b"\xe6\xdb\x68\x67\x58\x30\x30\xdb\x35\x94\xc1\xa4\x24\xb1\x5f\
        \x7c\x72\x66\x24\xec\x26\xb3\x35\x3b\x10\xa9\x03\xa6\xd0\xab\x1c\x4c";
    const SHARED: [u8; 32] = *b"\xc3\xda\x55\x37\x9d\xe9\xc6\x90\x8e\x94\xea\x4d\xf2\x8d\x08\x4f\
        \x32\xec\xcf\x03\x49\x1c\x71\xf7\x54\xb4\x07\x55\x77\xa2\x85\x52";
    let bench = Bench::compat();
    let client = bench.client();
    let session = client.open_user();
    let template: [(A, &[u8]); 5] = [
        (A::CLASS, &class(ObjectClass::PRIVATE_KEY)),
        (A::KEY_TYPE, &KeyType::EC_MONTGOMERY.0.to_le_bytes()),
        (A::EC_PARAMS, &[6, 3, 0x2b, 0x65, 0x6e]),
        (A::VALUE, &SCALAR),
        (A::DERIVE, TRUE),
    ];
    let base = client.create(session, &template).unwrap();
    assert_eq!(client.get(session, base, A::SIGN), Ok(FALSE.to_vec()));
    let derive = |mechanism| client.derive(session, mechanism, base, &READABLE);
    let secret = derive(ecdh(&COORDINATE)).unwrap();
    assert_eq!(client.get(session, secret, A::VALUE), Ok(SHARED.to_vec()));
    // What comes to zero is refused, and there is no cofactor to multiply by.
    assert_eq!(derive(ecdh(&[0; 32])), Err(Rv::MECHANISM_PARAM_INVALID));
    let (_, params) = ecdh(&COORDINATE);
    assert_eq!(
        derive((M::ECDH1_COFACTOR_DERIVE, params)),
        Err(Rv::KEY_TYPE_INCONSISTENT)
    );
}

/// The first test of RFC 5869, appendix A.
#[test]
fn a_secret_is_expanded_to_the_length_that_is_asked_for() {
    const EXPANDED: [u8; 42] = *b"\x3c\xb2\x5f\x25\xfa\xac\xd5\x7a\x90\x43\x4f\x64\xd0\x36\x2f\x2a\
        \x2d\x2d\x0a\x90\xcf\x1a\x5a\x4c\x5d\xb0\x2d\x56\xec\xc4\xc5\xbf\
        \x34\x00\x72\x08\xd5\xb8\x87\x18\x58\x65";
    let bench = Bench::compat();
    let client = bench.client();
    let session = client.open_user();
    let template: [(A, &[u8]); 4] = [
        (A::CLASS, &class(ObjectClass::SECRET_KEY)),
        (A::KEY_TYPE, &KeyType::HKDF.0.to_le_bytes()),
        (A::VALUE, &[0x0b; 22]),
        (A::DERIVE, TRUE),
    ];
    let base = client.create(session, &template).unwrap();
    let hkdf = Params::Hkdf {
        extract: true,
        expand: true,
        digest: M::SHA256,
        salt: Salt::Bytes(&[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]),
        info: &[0xf0, 0xf1, 0xf2, 0xf3, 0xf4, 0xf5, 0xf6, 0xf7, 0xf8, 0xf9],
    };
    let derive =
        |template: &Template<'_>| client.derive(session, (M::HKDF_DERIVE, hkdf), base, template);
    let length = ulong(42);
    let asked = [&READABLE[..], &[(A::VALUE_LEN, &length)]].concat();
    let secret = derive(&asked).unwrap();
    assert_eq!(client.get(session, secret, A::VALUE), Ok(EXPANDED.to_vec()));
    assert_eq!(derive(&[]), Err(Rv::TEMPLATE_INCOMPLETE));
    let length = ulong(513);
    assert_eq!(derive(&[(A::VALUE_LEN, &length)]), Err(Rv::KEY_SIZE_RANGE));
}

/// What the three keys are, of Python's hmac module: the blocks are 32 bytes long, and each key begins with one.
#[rustfmt::skip] // Bytes read by their rows.
const SEVERAL: [(bool, [&[u8]; 3]); 2] = [
    (false, [
        &[0x17, 0x94, 0xdf, 0x49, 0x41, 0x15, 0x2f, 0x5a, 0xe0, 0x18, 0xd3, 0x9f, 0xc1, 0x4d, 0xb7, 0x8e, 0x94, 0xd8, 0x80, 0x2e],
        &[0x21, 0x40, 0xd0, 0xcd, 0xa7, 0x28, 0x49, 0x0f, 0x21, 0xe8, 0x53, 0xfb, 0xc6, 0xb0, 0x1a, 0x48, 0x20, 0x27, 0xf3, 0x12, 0x25, 0x65, 0xdf, 0x0a, 0xa5, 0xae, 0x49, 0x1a, 0x04, 0xc8, 0x8f, 0x5a, 0x59, 0x68, 0x06, 0x89, 0xb1, 0x01, 0x4d, 0x25],
        &[0xe5, 0xa1, 0xbb, 0x23, 0xc0, 0xa1, 0x0c, 0x10, 0x05, 0x6b, 0x38, 0x30, 0xe2, 0x3b, 0xe4, 0x1d],
    ]),
    (true, [
        &[0x93, 0xbe, 0xe8, 0x12, 0xed, 0xdb, 0x19, 0x1b, 0xa2, 0xcf, 0x41, 0x30, 0x66, 0x76, 0x42, 0x8a, 0x88, 0x6a, 0x59, 0xb8],
        &[0xab, 0x67, 0x5b, 0x56, 0x97, 0xa2, 0x42, 0xfc, 0x14, 0x2f, 0x86, 0x22, 0xee, 0x44, 0xd4, 0x59, 0xd2, 0xb4, 0x18, 0xee, 0xf4, 0x62, 0xf3, 0x6f, 0x43, 0x45, 0x9b, 0x9e, 0x21, 0xd1, 0x33, 0x1f, 0x86, 0x53, 0xc3, 0x0a, 0x53, 0x26, 0x4e, 0xef],
        &[0xb6, 0x49, 0x21, 0x15, 0xa4, 0x2a, 0x6b, 0xa8, 0x78, 0xf9, 0x95, 0x67, 0x1c, 0x46, 0x0f, 0x24],
    ]),
];

#[test]
fn several_keys_come_of_one_derivation() {
    let bench = Bench::compat();
    let client = bench.client();
    let session = client.open_user();
    let value: Vec<u8> = (0..32).collect();
    let template: [(A, &[u8]); 4] = [
        (A::CLASS, &class(ObjectClass::SECRET_KEY)),
        (A::KEY_TYPE, &KeyType::GENERIC_SECRET.0.to_le_bytes()),
        (A::VALUE, &value),
        (A::DERIVE, TRUE),
    ];
    let base = client.create(session, &template).unwrap();
    let params = |blocks| {
        let width = Width {
            bits: 32,
            little_endian: false,
        };
        let mut pieces = [Piece::Absent; MOST_PIECES];
        pieces[0] = Piece::Counter(width);
        pieces[1] = Piece::Length { blocks, width };
        Params::CounterKdf {
            function: M::SHA256_HMAC,
            pieces,
        }
    };
    let derive = |mechanism, templates: &[&Template<'_>]| {
        let mut derived = Derived::default();
        let mut key = NewKey {
            wanted: true,
            handle: None,
        };
        let out = (&mut derived, &mut key);
        client.derive_all(session, mechanism, base, templates, out)?;
        Ok([key.handle.as_slice(), &derived.keys].concat())
    };
    let (long, longer, short) = (ulong(20), ulong(40), ulong(16));
    let one = [&READABLE[..], &[(A::VALUE_LEN, &long)]].concat();
    let two = [&READABLE[..], &[(A::VALUE_LEN, &longer)]].concat();
    let three = [&READABLE[..], &[AES, (A::VALUE_LEN, &short)]].concat();
    for (blocks, expected) in SEVERAL {
        let mechanism = (M::SP800_108_COUNTER_KDF, params(blocks));
        let keys = derive(mechanism, &[&one, &two, &three]).unwrap();
        let values = keys.iter().map(|key| client.get(session, *key, A::VALUE));
        let values: Vec<_> = values.collect::<Result<_, _>>().unwrap();
        assert_eq!(values, expected);
    }
    let mechanism = (M::SP800_108_COUNTER_KDF, params(false));
    let before = client.find(session, &[]).unwrap().len();
    let unknown = derive(mechanism, &[&one, &READABLE]);
    assert_eq!(unknown, Err(Rv::TEMPLATE_INCOMPLETE));
    let odd = [AES, (A::VALUE_LEN, &long)];
    assert_eq!(derive(mechanism, &[&one, &odd]), Err(Rv::KEY_SIZE_RANGE));
    let digest = (M::SHA256_KEY_DERIVATION, Params::None);
    let several = derive(digest, &[&three, &three]);
    assert_eq!(several, Err(Rv::MECHANISM_PARAM_INVALID));
    assert_eq!(client.find(session, &[]).unwrap().len(), before);
}
