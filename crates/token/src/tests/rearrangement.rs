//! Keys that are made of the bytes of others (Mechanisms 6.43), and data objects that are derived (6.62.4).

use ck::{AttributeType as A, KeyType, MechanismType as M, ObjectClass, Params, Rv, Salt};

use crate::tests::bench::{Bench, Client, FALSE, Got, TRUE, Template, class, ulong};

const READABLE: [(A, &[u8]); 2] = [(A::SENSITIVE, FALSE), (A::EXTRACTABLE, TRUE)];
const SECRET: (A, &[u8]) = (A::KEY_TYPE, &KeyType::GENERIC_SECRET.0.to_le_bytes());

/// Imports a secret that others are derived of.
fn secret(client: &Client, session: u64, value: &[u8], more: &Template<'_>) -> u64 {
    let template: [(A, &[u8]); 4] = [
        (A::CLASS, &class(ObjectClass::SECRET_KEY)),
        SECRET,
        (A::VALUE, value),
        (A::DERIVE, TRUE),
    ];
    let template = [&template[..], more].concat();
    client.create(session, &template).unwrap()
}

#[test]
fn the_examples_of_the_standard_come_out() {
    let bench = Bench::compat();
    let client = bench.client();
    let session = client.open_user();
    let base = secret(&client, session, &[0x01, 0x23, 0x45, 0x67], &READABLE);
    let other = secret(&client, session, &[0x89, 0xab, 0xcd, 0xef], &READABLE);
    let value = |mechanism| {
        let key = client.derive(session, mechanism, base, &READABLE)?;
        client.get(session, key, A::VALUE)
    };
    let both = [0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef];
    let joined = (M::CONCATENATE_BASE_AND_KEY, Params::Key(other));
    assert_eq!(value(joined), Ok(both.to_vec()));
    let data = Params::Bytes(&both[4..]);
    assert_eq!(
        value((M::CONCATENATE_BASE_AND_DATA, data)),
        Ok(both.to_vec())
    );
    assert_eq!(value((M::XOR_BASE_AND_DATA, data)), Ok(vec![0x88; 4]));
    let turned = [&both[4..], &both[..4]].concat();
    assert_eq!(value((M::CONCATENATE_DATA_AND_BASE, data)), Ok(turned));
    let extract = (M::EXTRACT_KEY_FROM_KEY, Params::Length(8));
    assert_eq!(value(extract), Err(Rv::TEMPLATE_INCOMPLETE));
}

#[test]
fn a_key_of_the_bytes_of_others_is_as_hidden_as_each_of_them() {
    let bench = Bench::compat();
    let client = bench.client();
    let session = client.open_user();
    let open = secret(&client, session, &[1; 16], &READABLE);
    let sensitive = [(A::SENSITIVE, TRUE), (A::EXTRACTABLE, TRUE)];
    let sensitive = secret(&client, session, &[2; 16], &sensitive);
    let kept = [(A::SENSITIVE, FALSE), (A::EXTRACTABLE, FALSE)];
    let kept = secret(&client, session, &[3; 16], &kept);
    let choosy = [READABLE[0], READABLE[1], (A::WRAP_WITH_TRUSTED, TRUE)];
    let choosy = secret(&client, session, &[4; 16], &choosy);
    let join = |base, other, template: &Template<'_>| {
        let mechanism = (M::CONCATENATE_BASE_AND_KEY, Params::Key(other));
        client.derive(session, mechanism, base, template)
    };
    let has = |key: u64, id| client.get(session, key, id).unwrap() == TRUE;
    let rules = [
        (open, [false, true, false]),
        (sensitive, [true, true, false]),
        (kept, [false, false, false]),
        (choosy, [false, true, true]),
    ];
    for (other, expected) in rules {
        for (one, two) in [(open, other), (other, open)] {
            // What a template leaves out is what the keys say; what it says must agree.
            let mut template = vec![];
            for (id, found) in [(A::SENSITIVE, expected[0]), (A::EXTRACTABLE, expected[1])] {
                if found == (id == A::EXTRACTABLE) {
                    let value = if found { TRUE } else { FALSE };
                    template.push((id, value));
                }
            }
            let child = join(one, two, &template).unwrap();
            let found = [A::SENSITIVE, A::EXTRACTABLE, A::WRAP_WITH_TRUSTED];
            assert_eq!(found.map(|id| has(child, id)), expected);
        }
    }
    for template in [(A::SENSITIVE, FALSE), (A::EXTRACTABLE, TRUE)] {
        let base = if template.0 == A::SENSITIVE {
            sensitive
        } else {
            kept
        };
        let refused = join(open, base, &[template]);
        assert_eq!(refused, Err(Rv::TEMPLATE_INCONSISTENT));
        let extract = (M::EXTRACT_KEY_FROM_KEY, Params::Length(0));
        let template = [template, (A::VALUE_LEN, &ulong(16))];
        let refused = client.derive(session, extract, base, &template);
        assert_eq!(refused, Err(Rv::TEMPLATE_INCONSISTENT));
    }
}

#[test]
fn it_has_always_been_what_all_of_them_have_always_been() {
    let bench = Bench::compat();
    let client = bench.client();
    let session = client.open_user();
    let generate = || {
        let template: [(A, &[u8]); 4] = [
            (A::VALUE_LEN, &ulong(16)),
            (A::DERIVE, TRUE),
            (A::SENSITIVE, TRUE),
            (A::EXTRACTABLE, FALSE),
        ];
        let mechanism = M::GENERIC_SECRET_KEY_GEN;
        client.generate(session, mechanism, &template).unwrap()
    };
    let (one, two) = (generate(), generate());
    let hidden = [(A::SENSITIVE, TRUE), (A::EXTRACTABLE, FALSE)];
    let foreign = secret(&client, session, &[5; 16], &hidden);
    let always = |base, other| {
        let mechanism = (M::CONCATENATE_BASE_AND_KEY, Params::Key(other));
        let key = client.derive(session, mechanism, base, &hidden).unwrap();
        [A::ALWAYS_SENSITIVE, A::NEVER_EXTRACTABLE]
            .map(|id| client.get(session, key, id).unwrap() == TRUE)
    };
    assert_eq!(always(one, two), [true, true]);
    assert_eq!(always(one, foreign), [false, false]);
    assert_eq!(always(foreign, one), [false, false]);
}

#[test]
fn the_other_key_has_to_be_there_and_to_be_for_this() {
    let bench = Bench::compat();
    let client = bench.client();
    let session = client.open_user();
    let base = secret(&client, session, &[1; 16], &READABLE);
    let template: [(A, &[u8]); 3] = [
        (A::CLASS, &class(ObjectClass::SECRET_KEY)),
        SECRET,
        (A::VALUE, &[2; 16]),
    ];
    let other = client.create(session, &template).unwrap();
    let listed = (A::ALLOWED_MECHANISMS, &ulong(M::HKDF_DERIVE.0)[..]);
    let choosy = secret(&client, session, &[2; 16], &[listed]);
    let (_, pair) = client.generate_ec(session, &[(A::DERIVE, TRUE)]).unwrap();
    let salted = |handle| Params::Hkdf {
        extract: true,
        expand: false,
        digest: M::SHA256,
        salt: Salt::Key(handle),
        info: b"",
    };
    for (handle, joined, extracted) in [
        (99, Rv::KEY_HANDLE_INVALID, Rv::KEY_HANDLE_INVALID),
        (
            other,
            Rv::KEY_FUNCTION_NOT_PERMITTED,
            Rv::KEY_FUNCTION_NOT_PERMITTED,
        ),
        (pair, Rv::KEY_TYPE_INCONSISTENT, Rv::KEY_TYPE_INCONSISTENT),
        (choosy, Rv::MECHANISM_INVALID, Rv::OK),
    ] {
        let join = (M::CONCATENATE_BASE_AND_KEY, Params::Key(handle));
        let found = client.derive(session, join, base, &[]).map(drop);
        assert_eq!(found, Err(joined));
        let found = client.derive(session, (M::HKDF_DERIVE, salted(handle)), base, &[]);
        assert_eq!(found.map_or_else(|rv| rv, |_| Rv::OK), extracted);
    }
}

#[test]
fn in_strict_no_bytes_of_a_key_are_moved_and_none_come_out() {
    let bench = Bench::strict();
    let client = bench.client();
    let session = client.open_user();
    let template: [(A, &[u8]); 2] = [(A::VALUE_LEN, &ulong(32)), (A::DERIVE, TRUE)];
    let generate = |mechanism| client.generate(session, mechanism, &template).unwrap();
    let (base, hkdf) = (
        generate(M::GENERIC_SECRET_KEY_GEN),
        generate(M::HKDF_KEY_GEN),
    );
    let data = Params::Bytes(&[1; 32]);
    for mechanism in [
        (M::CONCATENATE_BASE_AND_KEY, Params::Key(base)),
        (M::CONCATENATE_BASE_AND_DATA, data),
        (M::CONCATENATE_DATA_AND_BASE, data),
        (M::XOR_BASE_AND_DATA, data),
        (M::EXTRACT_KEY_FROM_KEY, Params::Length(0)),
    ] {
        let template = [(A::VALUE_LEN, &ulong(32)[..])];
        let found = client.derive(session, mechanism, base, &template);
        assert_eq!(found, Err(Rv::MECHANISM_INVALID));
    }
    assert_eq!(
        derive_data(&client, session, hkdf, &[]),
        Err(Rv::MECHANISM_INVALID)
    );
}

fn derive_data(client: &Client, session: u64, base: u64, more: &Template<'_>) -> Got<u64> {
    let params = Params::Hkdf {
        extract: true,
        expand: true,
        digest: M::SHA256,
        salt: Salt::Bytes(&[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]),
        info: &[0xf0, 0xf1, 0xf2, 0xf3, 0xf4, 0xf5, 0xf6, 0xf7, 0xf8, 0xf9],
    };
    let length = ulong(8);
    let mut template: Vec<(A, &[u8])> = vec![(A::VALUE_LEN, &length)];
    template.retain(|(id, _)| more.iter().all(|(other, _)| other != id));
    template.extend_from_slice(more);
    template.retain(|(id, value)| *id != A::VALUE_LEN || !value.is_empty());
    client.derive(session, (M::HKDF_DATA, params), base, &template)
}

/// The first test of RFC 5869, appendix A, cut to eight bytes.
#[test]
fn what_a_data_object_holds_is_derived() {
    let bench = Bench::compat();
    let client = bench.client();
    let session = client.open_user();
    let base = secret(&client, session, &[0x0b; 22], &[(A::SENSITIVE, TRUE)]);
    let derive = |more: &Template<'_>| derive_data(&client, session, base, more);
    let data = derive(&[(A::LABEL, b"iv")]).unwrap();
    let expected = [0x3c, 0xb2, 0x5f, 0x25, 0xfa, 0xac, 0xd5, 0x7a];
    assert_eq!(client.get(session, data, A::VALUE), Ok(expected.to_vec()));
    assert_eq!(
        client.get(session, data, A::CLASS),
        Ok(ulong(ObjectClass::DATA.0))
    );
    assert_eq!(client.get(session, data, A::LABEL), Ok(b"iv".to_vec()));
    assert_eq!(client.get(session, data, A::PRIVATE), Ok(TRUE.to_vec()));
    let public = derive(&[(A::PRIVATE, FALSE)]).unwrap();
    assert_eq!(client.get(session, public, A::PRIVATE), Ok(FALSE.to_vec()));
    let secret_key = class(ObjectClass::SECRET_KEY);
    for (more, expected) in [
        ((A::VALUE_LEN, &[][..]), Rv::TEMPLATE_INCOMPLETE),
        ((A::VALUE_LEN, &ulong(513)), Rv::KEY_SIZE_RANGE),
        ((A::VALUE, &[1]), Rv::ATTRIBUTE_READ_ONLY),
        ((A::CLASS, &secret_key), Rv::TEMPLATE_INCONSISTENT),
        ((A::EXTRACTABLE, TRUE), Rv::TEMPLATE_INCONSISTENT),
    ] {
        assert_eq!(derive(&[more]), Err(expected), "{}", more.0);
    }
}

/// Whoever has it that children of a key stay inside has it of data objects, too.
#[test]
fn a_key_whose_children_are_kept_gives_no_data() {
    let bench = Bench::compat();
    let client = bench.client();
    let session = client.open_user();
    let mut always = Vec::new();
    let kept = [proto::shape::Attribute {
        id: A::EXTRACTABLE,
        value: FALSE,
    }];
    proto::shape::TemplateIn::encode(&kept, &mut proto::Writer::new(&mut always));
    let base = secret(&client, session, &[7; 32], &[(A::DERIVE_TEMPLATE, &always)]);
    let refused = derive_data(&client, session, base, &[]);
    assert_eq!(refused, Err(Rv::TEMPLATE_INCONSISTENT));
}

#[test]
fn a_key_of_the_bytes_of_another_undoes_nothing_that_the_other_does() {
    let bench = Bench::compat();
    let client = bench.client();
    let session = client.open_user();
    let opposites = [
        (A::WRAP, A::DECRYPT),
        (A::DECRYPT, A::WRAP),
        (A::UNWRAP, A::ENCRYPT),
        (A::ENCRYPT, A::UNWRAP),
    ];
    let all = [A::ENCRYPT, A::DECRYPT, A::WRAP, A::UNWRAP];
    let only = |id: Option<A>| all.map(|one| (one, if Some(one) == id { TRUE } else { FALSE }));
    let kind: [(A, &[u8]); 2] = [
        (A::KEY_TYPE, &KeyType::AES.0.to_le_bytes()),
        (A::VALUE_LEN, &ulong(32)),
    ];
    for (does, undoes) in opposites {
        let purposes = [&only(Some(does))[..], &[(A::DERIVE, TRUE)]].concat();
        let base = client.generate_aes(session, &purposes).unwrap();
        let twin = |of, purpose| {
            let mechanism = (M::XOR_BASE_AND_DATA, Params::Bytes(&[0; 32]));
            let template = [&only(purpose)[..], &kind, &[(A::DERIVE, TRUE)]].concat();
            client.derive(session, mechanism, of, &template)
        };
        assert_eq!(
            twin(base, Some(undoes)),
            Err(Rv::TEMPLATE_INCONSISTENT),
            "{does}"
        );
        assert!(twin(base, Some(does)).is_ok(), "{does}");
        // Nor is it changed into one that does, nor is one made of it in turn.
        let idle = twin(base, None).unwrap();
        assert_eq!(
            client.set(session, idle, &[(undoes, TRUE)]),
            Err(Rv::ATTRIBUTE_READ_ONLY)
        );
        assert_eq!(twin(idle, Some(undoes)), Err(Rv::TEMPLATE_INCONSISTENT));
    }
}
