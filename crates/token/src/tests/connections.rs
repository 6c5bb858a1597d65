//! The secrets and keys of TLS connections, and what comes out with them (Mechanisms 6.40).

use ck::{AttributeType as A, KeyType, MechanismType as M, ObjectClass, Params, Rv};
use proto::Call;
use proto::shape::{Derived, NewKey};

use crate::tests::bench::{Bench, Client, FALSE, Got, TRUE, Template, class, ulong};

const AES: (A, &[u8]) = (A::KEY_TYPE, &KeyType::AES.0.to_le_bytes());

/// The keys of `openssl kdf -keylen 104 -kdfopt digest:SHA256 TLS1-PRF`, of the secret and the randoms below.
const BLOCK: &str = "d8ba617cdee5589deeb1deb55f0ec9630043c989bb5d81f20c0b00829161c5f0d5c7e39e36bf5c0fc4429c960ac7548194df1c64\
    e2ce23269927fd6438469d518f1084fd6b78eff4c32c8a68608e3edc3d726babbb13b84689b79b356ae01e589ef1b4030df8b408";

const fn keys(mac_bits: u64, key_bits: u64, vector_bits: u64) -> Params<'static> {
    Params::TlsKeys {
        digest: M::SHA256,
        client_random: &[1; 32],
        server_random: &[2; 32],
        mac_bits,
        key_bits,
        vector_bits,
    }
}

/// Imports a secret that begins with the version of TLS 1.2.
fn secret(client: &Client, session: u64, more: &Template<'_>) -> u64 {
    let mut value = [7; 48];
    (value[0], value[1]) = (3, 3);
    let template: [(A, &[u8]); 4] = [
        (A::CLASS, &class(ObjectClass::SECRET_KEY)),
        (A::KEY_TYPE, &KeyType::GENERIC_SECRET.0.to_le_bytes()),
        (A::VALUE, &value),
        (A::DERIVE, TRUE),
    ];
    let template = [&template[..], more].concat();
    client.create(session, &template).unwrap()
}

fn connect(
    client: &Client,
    session: u64,
    mechanism: (M, Params<'_>),
    base: u64,
    template: &Template<'_>,
) -> Got<Derived> {
    let (mut derived, mut key) = (Derived::default(), NewKey::default());
    let out = (&mut derived, &mut key);
    client.derive_into(session, mechanism, base, template, out)?;
    assert_eq!(key.handle, None);
    Ok(derived)
}

#[test]
fn a_connection_has_four_keys_and_two_vectors() {
    let bench = Bench::compat();
    let client = bench.client();
    let session = client.open_user();
    let master = secret(
        &client,
        session,
        &[(A::SENSITIVE, FALSE), (A::EXTRACTABLE, TRUE)],
    );
    let block = bytes(BLOCK);
    let mechanism = (M::TLS12_KEY_AND_MAC_DERIVE, keys(160, 128, 128));
    let derived = connect(&client, session, mechanism, master, &[AES]).unwrap();
    let get = |place: usize, id| client.get(session, derived.keys[place], id);
    let mut expected = block.as_slice();
    for (place, len) in [20, 20, 16, 16].into_iter().enumerate() {
        let (value, rest) = expected.split_at(len);
        expected = rest;
        assert_eq!(get(place, A::VALUE), Ok(value.to_vec()), "{place}");
        let (kind, of_macs, of_ciphers) = match place {
            0 | 1 => (KeyType::GENERIC_SECRET, TRUE, FALSE),
            _ => (KeyType::AES, FALSE, TRUE),
        };
        assert_eq!(get(place, A::KEY_TYPE), Ok(ulong(kind.0)));
        for id in [A::SIGN, A::VERIFY] {
            assert_eq!(get(place, id), Ok(of_macs.to_vec()), "{place} {id}");
        }
        if kind == KeyType::AES {
            assert_eq!(get(place, A::ENCRYPT), Ok(of_ciphers.to_vec()));
        }
    }
    assert_eq!(derived.vectors, expected);

    // Ciphers that authenticate have no keys of MACs; the safe mechanism lets nothing out.
    let safe = (M::TLS12_KEY_SAFE_DERIVE, keys(0, 128, 128));
    let derived = connect(&client, session, safe, master, &[AES]).unwrap();
    assert_eq!(derived.keys[..2], [0, 0]);
    assert_eq!(derived.vectors, []);
    let value = client.get(session, derived.keys[2], A::VALUE);
    assert_eq!(value, Ok(block[..16].to_vec()));
}

#[test]
fn the_keys_of_a_connection_are_as_hidden_as_its_secret() {
    let bench = Bench::compat();
    let client = bench.client();
    let session = client.open_user();
    let hidden = [(A::SENSITIVE, TRUE), (A::EXTRACTABLE, FALSE)];
    let master = secret(&client, session, &hidden);
    let mechanism = (M::TLS12_KEY_AND_MAC_DERIVE, keys(256, 256, 0));
    let derive = |template: &Template<'_>| connect(&client, session, mechanism, master, template);
    for key in derive(&[AES]).unwrap().keys {
        let value = client.get(session, key, A::VALUE);
        assert_eq!(value, Err(Rv::ATTRIBUTE_SENSITIVE));
    }
    let before = client.find(session, &[]).unwrap().len();
    for asked in [(A::SENSITIVE, FALSE), (A::EXTRACTABLE, TRUE)] {
        assert_eq!(derive(&[AES, asked]), Err(Rv::TEMPLATE_INCONSISTENT));
    }
    assert_eq!(derive(&[]), Err(Rv::TEMPLATE_INCOMPLETE));
    let wrong = derive(&[AES, (A::VALUE_LEN, &ulong(16))]);
    assert_eq!(wrong, Err(Rv::TEMPLATE_INCONSISTENT));
    assert_eq!(client.find(session, &[]).unwrap().len(), before);
}

#[test]
fn strict_lets_no_vector_out() {
    let bench = Bench::strict();
    let client = bench.client();
    let session = client.open_user();
    let hidden = [(A::SENSITIVE, TRUE), (A::EXTRACTABLE, FALSE)];
    let master = secret(&client, session, &hidden);
    let derive = |id| connect(&client, session, (id, keys(256, 128, 0)), master, &[AES]);
    assert_eq!(
        derive(M::TLS12_KEY_AND_MAC_DERIVE),
        Err(Rv::MECHANISM_INVALID)
    );
    assert!(derive(M::TLS12_KEY_SAFE_DERIVE).is_ok());
}

#[test]
fn the_version_comes_out_where_it_is_asked_for() {
    let bench = Bench::compat();
    let client = bench.client();
    let session = client.open_user();
    let pre_master = secret(&client, session, &[]);
    let short = client.generate(
        session,
        M::GENERIC_SECRET_KEY_GEN,
        &[(A::VALUE_LEN, &ulong(32)), (A::DERIVE, TRUE)],
    );
    let master = |version| Params::TlsMaster {
        digest: M::SHA256,
        client_random: &[1; 32],
        server_random: &[2; 32],
        version,
    };
    let extended = |version| Params::TlsExtendedMaster {
        digest: M::SHA256,
        session_hash: &[3; 32],
        version,
    };
    for (id, params) in [
        (
            M::TLS12_MASTER_KEY_DERIVE,
            master as fn(bool) -> Params<'static>,
        ),
        (M::TLS12_EXTENDED_MASTER_KEY_DERIVE, extended),
    ] {
        let derive = |version, base, wanted| {
            let (mut derived, mut key) = (
                Derived::default(),
                NewKey {
                    wanted,
                    handle: None,
                },
            );
            let out = (&mut derived, &mut key);
            client.derive_into(session, (id, params(version)), base, &[], out)?;
            Ok((derived.version, key.handle))
        };
        let (version, handle) = derive(true, pre_master, true).unwrap();
        assert_eq!(version, Some([3, 3]));
        assert_eq!(
            client.get(session, handle.unwrap(), A::VALUE_LEN),
            Ok(ulong(48))
        );
        assert_eq!(derive(false, pre_master, true).unwrap().0, None);
        assert_eq!(derive(true, pre_master, false), Err(Rv::ARGUMENTS_BAD));
        assert_eq!(derive(true, short.unwrap(), true), Err(Rv::KEY_SIZE_RANGE));
    }
    assert_eq!(Call::DeriveKey.repeat(), proto::Repeat::Makes(1));
}

fn bytes(digits: &str) -> Vec<u8> {
    let digits = digits.as_bytes().chunks(2);
    let byte = |pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
    digits.map(byte).collect()
}
