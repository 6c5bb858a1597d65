//! Wrapping by CBC, by RSA PKCS#1 v1.5, and by an AES key of the moment.

use ck::{
    AttributeType as A, KeyDerivation, KeyType, MechanismType as M, Mgf, ObjectClass, Params, Rv,
};

use crate::tests::bench::{Bench, Client, P256, TRUE, class, ulong};

const CBC: (M, Params<'static>) = (M::AES_CBC, Params::Bytes(&[3; 16]));
const CBC_PAD: (M, Params<'static>) = (M::AES_CBC_PAD, Params::Bytes(&[3; 16]));
const PKCS: (M, Params<'static>) = (M::RSA_PKCS, Params::None);
const RSA_AES: (M, Params<'static>) = (
    M::RSA_AES_KEY_WRAP,
    Params::RsaAes {
        aes_bits: 256,
        digest: M::SHA256,
        mgf: Mgf::MGF1_SHA256,
        label: b"",
    },
);
const ECDH_AES: (M, Params<'static>) = (
    M::ECDH_AES_KEY_WRAP,
    Params::EcdhAes {
        aes_bits: 256,
        kdf: KeyDerivation::SHA256_KDF_SP800,
        shared_data: b"shared",
    },
);

const SECRET: (A, &[u8]) = (A::CLASS, &class(ObjectClass::SECRET_KEY));
const PRIVATE: (A, &[u8]) = (A::CLASS, &class(ObjectClass::PRIVATE_KEY));
const GENERIC: (A, &[u8]) = (A::KEY_TYPE, &KeyType::GENERIC_SECRET.0.to_le_bytes());
const READABLE: [(A, &[u8]); 2] = [(A::SENSITIVE, &[0]), (A::EXTRACTABLE, TRUE)];

/// A pair that wraps by its public half and unwraps by its private one.
fn pair(client: &Client, session: u64, rsa: bool) -> (u64, u64) {
    let bits = ulong(2048);
    let (generator, size) = if rsa {
        (M::RSA_PKCS_KEY_PAIR_GEN, (A::MODULUS_BITS, bits.as_slice()))
    } else {
        (M::EC_KEY_PAIR_GEN, (A::EC_PARAMS, P256))
    };
    let public = [size, (A::WRAP, TRUE)];
    let private = [(A::UNWRAP, TRUE)];
    client
        .generate_pair(session, generator, &public, &private)
        .unwrap()
}

fn secret(client: &Client, session: u64, value: &[u8]) -> u64 {
    let template = [&[SECRET, GENERIC, (A::VALUE, value)], &READABLE[..]].concat();
    client.create(session, &template).unwrap()
}

/// The HMAC of a key over some bytes, which tells keys apart.
fn mac(client: &Client, session: u64, key: u64) -> Vec<u8> {
    let mechanism = Some((M::SHA256_HMAC, Params::None));
    client
        .init(proto::Call::SignInit, session, mechanism, key)
        .unwrap();
    client
        .output(proto::Call::Sign, session, b"some bytes")
        .unwrap()
}

#[test]
fn keys_go_out_and_come_back_by_every_mechanism() {
    let bench = Bench::compat();
    let client = bench.client();
    let session = client.open_user();
    let both = [(A::WRAP, TRUE), (A::UNWRAP, TRUE)];
    let neither: [(A, &[u8]); 2] = [(A::ENCRYPT, &[0]), (A::DECRYPT, &[0])];
    let aes = client
        .generate_aes(session, &[both, neither].concat())
        .unwrap();
    let (rsa_public, rsa) = pair(&client, session, true);
    let (ec_public, ec) = pair(&client, session, false);
    let payload = secret(&client, session, &[5; 32]);
    let (_, signing) = client
        .generate_ec(session, &[(A::EXTRACTABLE, TRUE)])
        .unwrap();
    for (mechanism, wrapping, unwrapping, takes_private) in [
        (CBC, aes, aes, false),
        (CBC_PAD, aes, aes, true),
        (PKCS, rsa_public, rsa, false),
        (RSA_AES, rsa_public, rsa, true),
        (ECDH_AES, ec_public, ec, true),
    ] {
        let wrapped = client.wrap(session, mechanism, wrapping, payload).unwrap();
        let template = [SECRET, GENERIC, (A::SIGN, TRUE)];
        let back = client
            .unwrap(session, mechanism, unwrapping, &wrapped, &template)
            .unwrap();
        let (ours, theirs) = (mac(&client, session, payload), mac(&client, session, back));
        assert_eq!(ours, theirs, "{}", mechanism.0);
        let wrapped = client.wrap(session, mechanism, wrapping, signing);
        if !takes_private {
            assert_eq!(wrapped, Err(Rv::KEY_NOT_WRAPPABLE), "{}", mechanism.0);
            continue;
        }
        let key_type = client.get(session, signing, A::KEY_TYPE).unwrap();
        let template = [PRIVATE, (A::KEY_TYPE, key_type.as_slice()), (A::SIGN, TRUE)];
        let back = client
            .unwrap(session, mechanism, unwrapping, &wrapped.unwrap(), &template)
            .unwrap();
        let info = client.get(session, back, A::PUBLIC_KEY_INFO);
        assert_eq!(info, client.get(session, signing, A::PUBLIC_KEY_INFO));
    }
}

#[test]
fn cbc_fills_the_last_block_with_zeros_and_the_template_tells_the_length() {
    let bench = Bench::compat();
    let client = bench.client();
    let session = client.open_user();
    let kek = [
        (A::WRAP, TRUE),
        (A::UNWRAP, TRUE),
        (A::DECRYPT, &[0][..]),
        (A::ENCRYPT, &[0]),
    ];
    let aes = client.generate_aes(session, &kek).unwrap();
    let payload = secret(&client, session, &[5; 21]);
    let wrapped = client.wrap(session, CBC, aes, payload).unwrap();
    assert_eq!(wrapped.len(), 32);
    let unwrap = |len: u64| {
        let len = ulong(len);
        let template = [
            SECRET,
            GENERIC,
            (A::VALUE_LEN, len.as_slice()),
            (A::SIGN, TRUE),
        ];
        client.unwrap(session, CBC, aes, &wrapped, &template)
    };
    let back = unwrap(21).unwrap();
    assert_eq!(mac(&client, session, back), mac(&client, session, payload));
    // What is cut off is zeros, and less than a block.
    assert_eq!(unwrap(20), Err(Rv::TEMPLATE_INCONSISTENT));
    assert_eq!(unwrap(15), Err(Rv::TEMPLATE_INCONSISTENT));
}

#[test]
fn what_can_be_changed_unnoticed_is_not_for_strict_nor_for_trusted_keys() {
    let strict = Bench::strict();
    let client = strict.client();
    let session = client.open_user();
    let key = client.generate_aes(session, &[(A::WRAP, TRUE)]).unwrap();
    let payload = client.generate_aes(session, &[]).unwrap();
    for mechanism in [CBC, CBC_PAD] {
        let refused = client.wrap(session, mechanism, key, payload);
        assert_eq!(refused, Err(Rv::MECHANISM_INVALID), "{}", mechanism.0);
    }
}

#[test]
fn a_changed_blob_has_one_answer() {
    let bench = Bench::compat();
    let client = bench.client();
    let session = client.open_user();
    let payload = secret(&client, session, &[5; 32]);
    for (mechanism, rsa) in [(RSA_AES, true), (ECDH_AES, false)] {
        let (public, private) = pair(&client, session, rsa);
        let wrapped = client.wrap(session, mechanism, public, payload).unwrap();
        let template = [SECRET, GENERIC];
        for place in [1, wrapped.len() - 1] {
            let mut changed = wrapped.clone();
            changed[place] ^= 1;
            let refused = client.unwrap(session, mechanism, private, &changed, &template);
            assert_eq!(refused, Err(Rv::WRAPPED_KEY_INVALID), "{}", mechanism.0);
        }
    }
}
