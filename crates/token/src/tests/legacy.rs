//! What only `compat` partitions still do: old sizes, and old ways.

use ck::{AttributeType as A, KeyType, MechanismType as M, ObjectClass, Rv};
use proto::shape::{Answer, Room, SlotId};
use proto::{Call, Handler as _};

use crate::tests::bench::{Bench, Client, FALSE, Got, TRUE, class, ulong};

const RSA_1024: [A; 8] = [
    A::MODULUS,
    A::PUBLIC_EXPONENT,
    A::PRIVATE_EXPONENT,
    A::PRIME_1,
    A::PRIME_2,
    A::EXPONENT_1,
    A::EXPONENT_2,
    A::COEFFICIENT,
];

fn rsa_pair(client: &Client, session: u64, mechanism: M, bits: u64) -> Got<(u64, u64)> {
    client.generate_pair(
        session,
        mechanism,
        &[(A::MODULUS_BITS, &ulong(bits))],
        &[(A::SENSITIVE, FALSE), (A::EXTRACTABLE, TRUE)],
    )
}

fn import(client: &Client, session: u64, numbers: &[(A, Vec<u8>)]) -> Got<u64> {
    let (kind, key_type) = (class(ObjectClass::PRIVATE_KEY), ulong(KeyType::RSA.0));
    let mut template: Vec<(A, &[u8])> = vec![
        (A::CLASS, &kind),
        (A::KEY_TYPE, &key_type),
        (A::SIGN, TRUE),
        (A::DECRYPT, FALSE),
    ];
    template.extend(numbers.iter().map(|(id, value)| (*id, value.as_slice())));
    client.create(session, &template)
}

#[test]
fn a_short_rsa_key_is_for_compat() {
    let (compat, strict) = (Bench::compat(), Bench::strict());
    let (old, new) = (compat.client(), strict.client());
    let (old_session, new_session) = (old.open_user(), new.open_user());
    for mechanism in [M::RSA_PKCS_KEY_PAIR_GEN, M::RSA_X9_31_KEY_PAIR_GEN] {
        let short = rsa_pair(&new, new_session, mechanism, 1024);
        assert_eq!(short, Err(Rv::KEY_SIZE_RANGE), "{mechanism}");
    }
    let (_, private) = rsa_pair(&old, old_session, M::RSA_X9_31_KEY_PAIR_GEN, 1024).unwrap();
    assert_eq!(
        old.get(old_session, private, A::KEY_GEN_MECHANISM),
        Ok(ulong(M::RSA_X9_31_KEY_PAIR_GEN.0))
    );
    let numbers = RSA_1024.map(|id| (id, old.get(old_session, private, id).unwrap()));
    assert!(import(&old, old_session, &numbers).is_ok());
    assert_eq!(
        import(&new, new_session, &numbers),
        Err(Rv::ATTRIBUTE_VALUE_INVALID)
    );
}

#[test]
fn what_a_partition_does_not_do_it_does_not_list() {
    let lists = |bench: &Bench| {
        let client = bench.client();
        let slot = client.slots()[0];
        let mut list = Answer::new(Room::Items(4096));
        client
            .call(Call::GetMechanismList, 0, |caller, _| {
                caller.get_mechanism_list(SlotId(slot), &mut list)
            })
            .unwrap();
        list.given().cloned().unwrap_or_default()
    };
    let (compat, strict) = (lists(&Bench::compat()), lists(&Bench::strict()));
    assert_eq!(compat.len(), ck::MECHANISMS.len());
    assert!(compat.contains(&M::RSA_X_509.0) && !strict.contains(&M::RSA_X_509.0));
    assert!(strict.contains(&M::RSA_PKCS.0));
}
