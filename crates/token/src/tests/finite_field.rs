//! Diffie-Hellman over finite fields, which is for `compat` partitions (Mechanisms 6.4).

use ck::{AttributeType as A, KeyType, MechanismType as M, ObjectClass, Params, Rv};

use crate::tests::bench::{Bench, Client, FALSE, Got, TRUE, Template, class, ulong};

const DH: (A, &[u8]) = (A::KEY_TYPE, &KeyType::DH.0.to_le_bytes());

fn parameters(client: &Client, session: u64, template: &Template<'_>) -> Got<u64> {
    client.generate(session, M::DH_PKCS_PARAMETER_GEN, template)
}

/// Generates a pair in the group, and gives the public value and the private key.
fn pair(client: &Client, session: u64, group: &Template<'_>) -> (Vec<u8>, u64) {
    let private = [(A::DERIVE, TRUE)];
    let (public, private) = client
        .generate_pair(session, M::DH_PKCS_KEY_PAIR_GEN, group, &private)
        .unwrap();
    (client.get(session, public, A::VALUE).unwrap(), private)
}

#[test]
fn parties_agree_in_a_group_of_the_token() {
    let bench = Bench::compat();
    let client = bench.client();
    let session = client.open_user();
    let group = parameters(&client, session, &[(A::PRIME_BITS, &ulong(2048))]).unwrap();
    let get = |object, id| client.get(session, object, id);
    assert_eq!(
        get(group, A::CLASS),
        Ok(class(ObjectClass::DOMAIN_PARAMETERS).to_vec())
    );
    assert_eq!(get(group, A::KEY_TYPE), Ok(ulong(KeyType::DH.0)));
    assert_eq!(get(group, A::LOCAL), Ok(TRUE.to_vec()));
    assert_eq!(get(group, A::PRIME_BITS), Ok(ulong(2048)));
    assert_eq!(
        get(group, A::KEY_GEN_MECHANISM),
        Err(Rv::ATTRIBUTE_TYPE_INVALID)
    );
    let (prime, base) = (get(group, A::PRIME).unwrap(), get(group, A::BASE).unwrap());
    assert_eq!(prime.len(), 256);

    let named: [(A, &[u8]); 2] = [(A::PRIME, &prime), (A::BASE, &base)];
    let (ours, theirs) = (
        pair(&client, session, &named),
        pair(&client, session, &named),
    );
    let readable: [(A, &[u8]); 3] = [
        (A::SENSITIVE, FALSE),
        (A::EXTRACTABLE, TRUE),
        (A::VALUE_LEN, &ulong(40)),
    ];
    let secret = |key, value: &[u8]| {
        let mechanism = (M::DH_PKCS_DERIVE, Params::Bytes(value));
        let secret = client.derive(session, mechanism, key, &readable)?;
        client.get(session, secret, A::VALUE)
    };
    let agreed = secret(ours.1, &theirs.0);
    assert_eq!(agreed.clone().unwrap().len(), 40);
    assert_eq!(agreed, secret(theirs.1, &ours.0));
    for bad in [&[][..], &[1], &prime] {
        assert_eq!(secret(ours.1, bad), Err(Rv::MECHANISM_PARAM_INVALID));
    }
    // They are no key, whatever they are asked for.
    assert!(secret(group, &ours.0).is_err());
}

#[test]
fn domain_parameters_come_and_are_found_like_other_objects() {
    let bench = Bench::compat();
    let client = bench.client();
    let session = client.open_user();
    let kind = class(ObjectClass::DOMAIN_PARAMETERS);
    let made = parameters(
        &client,
        session,
        &[
            (A::PRIME_BITS, &ulong(3072)),
            (A::TOKEN, TRUE),
            (A::LABEL, b"group"),
        ],
    )
    .unwrap();
    let prime = client.get(session, made, A::PRIME).unwrap();
    let import = |prime: &[u8]| {
        let template: [(A, &[u8]); 4] = [(A::CLASS, &kind), DH, (A::PRIME, prime), (A::BASE, &[2])];
        client.create(session, &template)
    };
    let brought = import(&prime).unwrap();
    assert_eq!(client.get(session, brought, A::PRIME_BITS), Ok(ulong(3072)));
    assert_eq!(client.get(session, brought, A::LOCAL), Ok(FALSE.to_vec()));
    let mut found = client.find_all(session, &[(A::CLASS, &kind), DH]).unwrap();
    found.sort_unstable();
    assert_eq!(found, [made, brought]);
    let mut composite = prime.clone();
    composite[200] ^= 1;
    assert_eq!(import(&composite), Err(Rv::DOMAIN_PARAMS_INVALID));
    assert_eq!(import(&prime[..100]), Err(Rv::ATTRIBUTE_VALUE_INVALID));
    let untyped: [(A, &[u8]); 3] = [(A::CLASS, &kind), (A::PRIME, &prime), (A::BASE, &[2])];
    assert_eq!(
        client.create(session, &untyped),
        Err(Rv::TEMPLATE_INCOMPLETE)
    );
    let sizes = [
        (None, Rv::TEMPLATE_INCOMPLETE),
        (Some(ulong(2047)), Rv::KEY_SIZE_RANGE),
    ];
    for (size, expected) in sizes {
        let template: Vec<(A, &[u8])> =
            size.iter().map(|bits| (A::PRIME_BITS, &bits[..])).collect();
        assert_eq!(parameters(&client, session, &template), Err(expected));
    }
}

#[test]
fn a_strict_partition_has_none_of_it() {
    let bench = Bench::strict();
    let client = bench.client();
    let session = client.open_user();
    let refused = parameters(&client, session, &[(A::PRIME_BITS, &ulong(2048))]);
    assert_eq!(refused, Err(Rv::MECHANISM_INVALID));
    let template: [(A, &[u8]); 4] = [
        (A::CLASS, &class(ObjectClass::DOMAIN_PARAMETERS)),
        DH,
        (A::PRIME, &[0xff; 256]),
        (A::BASE, &[2]),
    ];
    // Whichever check comes first: there is no such object.
    assert!(client.create(session, &template).is_err());
    assert_eq!(client.find_all(session, &[DH]), Ok(Vec::new()));
}
