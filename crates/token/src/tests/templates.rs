//! Templates in keys: what a key says of those that are wrapped, unwrapped and derived with it.

use ck::{AttributeType as A, MechanismType, Params, Rv, Salt};
use proto::shape::{AttributeAnswer, AttributeRequest, Room, TemplateIn};
use proto::{Call, Handler, Writer};

use crate::tests::bench::{Bench, Client, FALSE, Got, TRUE, Template, attributes, ulong};

const AES: &[u8] = &[0x1f, 0, 0, 0, 0, 0, 0, 0];
const GENERIC: &[u8] = &[0x10, 0, 0, 0, 0, 0, 0, 0];
const SECRET: &[u8] = &[4, 0, 0, 0, 0, 0, 0, 0];

/// A template as the value of an attribute.
fn value(template: &Template<'_>) -> Vec<u8> {
    let mut bytes = Vec::new();
    TemplateIn::encode(&attributes(template), &mut Writer::new(&mut bytes));
    bytes
}

/// Makes a key that wraps and unwraps, with one template.
fn wrapping_key(client: &Client, session: u64, id: A, template: &Template<'_>) -> Got<u64> {
    let value = value(template);
    let more: [(A, &[u8]); 3] = [(A::WRAP, TRUE), (A::UNWRAP, TRUE), (id, &value)];
    client.generate_aes(session, &more)
}

fn extractable(client: &Client, session: u64, label: &[u8]) -> u64 {
    let more: [(A, &[u8]); 2] = [(A::EXTRACTABLE, TRUE), (A::LABEL, label)];
    client.generate_aes(session, &more).unwrap()
}

const KEY_WRAP: (MechanismType, Params<'static>) = (MechanismType::AES_KEY_WRAP, Params::None);

#[test]
fn a_key_wraps_only_what_its_template_describes() {
    let bench = Bench::compat();
    let client = bench.client();
    let session = client.open_user();
    let only: [(A, &[u8]); 2] = [(A::KEY_TYPE, AES), (A::LABEL, b"may go")];
    let wrapping = wrapping_key(&client, session, A::WRAP_TEMPLATE, &only).unwrap();
    let (may, may_not) = (
        extractable(&client, session, b"may go"),
        extractable(&client, session, b"stays"),
    );
    let wrap = |key| client.wrap(session, KEY_WRAP, wrapping, key).map(drop);
    assert_eq!(wrap(may), Ok(()));
    assert_eq!(wrap(may_not), Err(Rv::KEY_HANDLE_INVALID));
    // A copy keeps the template, and cannot lose it.
    let copy = client.copy(session, wrapping, &[]).unwrap();
    let copied = client.wrap(session, KEY_WRAP, copy, may_not);
    assert_eq!(copied.map(drop), Err(Rv::KEY_HANDLE_INVALID));
    for change in [
        client.set(session, wrapping, &[(A::WRAP_TEMPLATE, &value(&[]))]),
        client
            .copy(session, wrapping, &[(A::WRAP_TEMPLATE, &value(&[]))])
            .map(drop),
    ] {
        assert_eq!(change, Err(Rv::ATTRIBUTE_READ_ONLY));
    }
}

#[test]
fn hidden_values_match_no_template() {
    let bench = Bench::compat();
    let client = bench.client();
    let session = client.open_user();
    let secret: Vec<(A, &[u8])> = vec![
        (A::CLASS, SECRET),
        (A::KEY_TYPE, GENERIC),
        (A::VALUE, &[7; 16]),
        (A::SENSITIVE, TRUE),
        (A::EXTRACTABLE, TRUE),
    ];
    let key = client.create(session, &secret).unwrap();
    let guess: [(A, &[u8]); 1] = [(A::VALUE, &[7; 16])];
    let wrapping = wrapping_key(&client, session, A::WRAP_TEMPLATE, &guess).unwrap();
    let wrapped = client.wrap(session, KEY_WRAP, wrapping, key);
    assert_eq!(wrapped.map(drop), Err(Rv::KEY_HANDLE_INVALID));
}

#[test]
fn what_is_unwrapped_is_what_the_template_says() {
    let bench = Bench::compat();
    let client = bench.client();
    let session = client.open_user();
    let always: [(A, &[u8]); 2] = [(A::EXTRACTABLE, FALSE), (A::LABEL, b"came in")];
    let wrapping = wrapping_key(&client, session, A::UNWRAP_TEMPLATE, &always).unwrap();
    let key = extractable(&client, session, b"one");
    let wrapped = client.wrap(session, KEY_WRAP, wrapping, key).unwrap();
    let unwrap = |more: &Template<'_>| {
        let mut template: Vec<(A, &[u8])> = vec![(A::CLASS, SECRET), (A::KEY_TYPE, AES)];
        template.extend_from_slice(more);
        client.unwrap(session, KEY_WRAP, wrapping, &wrapped, &template)
    };
    for more in [&[][..], &[(A::EXTRACTABLE, FALSE)]] {
        let key = unwrap(more).unwrap();
        assert_eq!(client.get(session, key, A::EXTRACTABLE).unwrap(), FALSE);
        assert_eq!(client.get(session, key, A::LABEL).unwrap(), b"came in");
    }
    assert_eq!(
        unwrap(&[(A::EXTRACTABLE, TRUE)]),
        Err(Rv::TEMPLATE_INCONSISTENT)
    );
    assert_eq!(
        unwrap(&[(A::LABEL, b"other")]),
        Err(Rv::TEMPLATE_INCONSISTENT)
    );
}

#[test]
fn what_is_derived_is_what_the_template_says() {
    let bench = Bench::compat();
    let client = bench.client();
    let session = client.open_user();
    let always = value(&[(A::EXTRACTABLE, FALSE)]);
    let base: Vec<(A, &[u8])> = vec![
        (A::CLASS, SECRET),
        (A::KEY_TYPE, &[0x42, 0, 0, 0, 0, 0, 0, 0]),
        (A::VALUE, &[7; 32]),
        (A::DERIVE, TRUE),
        (A::DERIVE_TEMPLATE, &always),
    ];
    let base = client.create(session, &base).unwrap();
    let derive = |more: &Template<'_>| {
        let params = Params::Hkdf {
            extract: false,
            expand: true,
            digest: MechanismType::SHA256,
            salt: Salt::Bytes(b""),
            info: b"test",
        };
        let length = ulong(32);
        let mut template: Vec<(A, &[u8])> = vec![(A::KEY_TYPE, GENERIC), (A::VALUE_LEN, &length)];
        template.extend_from_slice(more);
        client.derive(
            session,
            (MechanismType::HKDF_DERIVE, params),
            base,
            &template,
        )
    };
    let key = derive(&[]).unwrap();
    assert_eq!(client.get(session, key, A::EXTRACTABLE).unwrap(), FALSE);
    assert_eq!(
        derive(&[(A::EXTRACTABLE, TRUE)]),
        Err(Rv::TEMPLATE_INCONSISTENT)
    );
}

#[test]
fn a_template_is_checked_when_it_is_given() {
    let bench = Bench::compat();
    let client = bench.client();
    let session = client.open_user();
    let refused = |bytes: &[u8]| {
        client
            .generate_aes(session, &[(A::WRAP_TEMPLATE, bytes)])
            .unwrap_err()
    };
    let deep = value(&[(A::UNWRAP_TEMPLATE, &value(&[]))]);
    let unknown = value(&[(A(0x8000_0777), b"x")]);
    let short = value(&[(A::EXTRACTABLE, b"")]);
    let mut long = value(&[(A::EXTRACTABLE, TRUE)]);
    long.push(0);
    for bytes in [&b"x"[..], &deep, &unknown, &short, &long] {
        assert_eq!(refused(bytes), Rv::ATTRIBUTE_VALUE_INVALID, "{bytes:x?}");
    }
    let twice = value(&[(A::EXTRACTABLE, TRUE), (A::EXTRACTABLE, FALSE)]);
    assert_eq!(refused(&twice), Rv::TEMPLATE_INCONSISTENT);
    let (class, good) = (ulong(0), value(&[]));
    let data: [(A, &[u8]); 2] = [(A::CLASS, &class), (A::WRAP_TEMPLATE, &good)];
    assert_eq!(
        client.create(session, &data),
        Err(Rv::TEMPLATE_INCONSISTENT)
    );
}

/// Reads the template of a key, with room for the attributes in it.
fn read(
    client: &Client,
    session: u64,
    key: u64,
    room: Room,
    inner: &[Room],
) -> (Rv, AttributeAnswer) {
    let mut requests = [AttributeRequest::new(
        A::WRAP_TEMPLATE,
        room,
        inner.to_vec(),
    )];
    let result = client.call(Call::GetAttributeValue, session, |caller, session| {
        caller.get_attribute_value(session, proto::shape::ObjectHandle(key), &mut requests)
    });
    let [request] = requests;
    (result.err().unwrap_or(Rv::OK), request.answer)
}

#[test]
fn a_template_is_read_in_two_levels() {
    use AttributeAnswer::{Length, Template, Unavailable, Value};
    let bench = Bench::compat();
    let client = bench.client();
    let session = client.open_user();
    let kept: [(A, &[u8]); 2] = [(A::LABEL, b"inner label"), (A::EXTRACTABLE, TRUE)];
    let key = wrapping_key(&client, session, A::WRAP_TEMPLATE, &kept).unwrap();
    let read = |room, inner: &[Room]| read(&client, session, key, room, inner);
    let (query, one, room) = (Room::Query, Room::Items(1), Room::Items(64));
    let ids = |label, flag| Template(vec![(A::LABEL, label), (A::EXTRACTABLE, flag)]);
    let two = Room::Items(2);
    assert_eq!(read(query, &[]), (Rv::OK, Length(2)));
    assert_eq!(read(two, &[query; 2]), (Rv::OK, ids(Length(11), Length(1))));
    let (label, flag) = (Value(b"inner label".to_vec()), Value(vec![1]));
    assert_eq!(read(two, &[room; 2]), (Rv::OK, ids(label, flag)));
    let flag = Value(vec![1]);
    let cut = (Rv::BUFFER_TOO_SMALL, ids(Unavailable, flag));
    assert_eq!(read(two, &[one; 2]), cut);
    assert_eq!(read(one, &[room]), (Rv::BUFFER_TOO_SMALL, Unavailable));
    assert_eq!(read(two, &[room]), (Rv::BUFFER_TOO_SMALL, Unavailable));
    let plain = client.generate_aes(session, &[]).unwrap();
    let none = self::read(&client, session, plain, query, &[]);
    assert_eq!(none, (Rv::OK, Length(0)));
    let found = client.find(session, &[(A::WRAP_TEMPLATE, &value(&kept))]);
    assert_eq!(found, Ok(vec![key]));
}

#[test]
fn keys_of_one_length_have_templates_too() {
    let bench = Bench::compat();
    let client = bench.client();
    let session = client.open_user();
    let only = value(&[(A::LABEL, b"may go")]);
    for kind in [MechanismType::DES3_KEY_GEN, MechanismType::CHACHA20_KEY_GEN] {
        for id in [A::WRAP_TEMPLATE, A::UNWRAP_TEMPLATE, A::DERIVE_TEMPLATE] {
            let key = client.generate_with(session, (kind, Params::None), &[(id, &only)]);
            assert!(key.is_ok(), "{kind} {id}: {key:?}");
        }
    }
    let template: [(A, &[u8]); 2] = [(A::WRAP, TRUE), (A::WRAP_TEMPLATE, &only)];
    let des = (MechanismType::DES3_KEY_GEN, Params::None);
    let wrapping = client.generate_with(session, des, &template).unwrap();
    let by = (MechanismType::DES3_CBC, Params::Bytes(&[0; 8]));
    let wrap = |label| {
        let key = extractable(&client, session, label);
        client.wrap(session, by, wrapping, key).map(drop)
    };
    assert_eq!(wrap(b"may go"), Ok(()));
    assert_eq!(wrap(b"stays"), Err(Rv::KEY_HANDLE_INVALID));
}
