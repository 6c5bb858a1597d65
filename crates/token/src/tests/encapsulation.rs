//! Encapsulating and decapsulating keys (3.2, 5.18.8, 5.18.9).

use ck::{AttributeType as A, KeyDerivation, KeyType, MechanismType as M, Mgf, ObjectClass};
use ck::{Params, Rv};
use proto::shape::{Answer, MechanismArgument, ObjectHandle, Room};
use proto::{Call, Handler};

use crate::tests::bench::{
    Bench, Client, FALSE, Got, Out, TRUE, Template, attributes, class, ulong,
};

type Mechanism = (M, Params<'static>);

const ML_KEM: Mechanism = (M::ML_KEM, Params::None);
const ECDH: Mechanism = (
    M::ECDH1_DERIVE,
    Params::Ecdh {
        kdf: KeyDerivation::SHA256_KDF,
        shared_data: b"shared",
        public_data: &[],
    },
);
const OAEP: Mechanism = (
    M::RSA_PKCS_OAEP,
    Params::Oaep {
        digest: M::SHA256,
        mgf: Mgf::MGF1_SHA256,
        label: b"",
    },
);
const P256: &[u8] = &[6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7];
const X25519: &[u8] = &[6, 3, 0x2b, 0x65, 0x6e];

impl Client {
    fn encapsulate_into(
        &self,
        session: u64,
        (id, params): Mechanism,
        public: u64,
        template: &Template<'_>,
        room: Room,
    ) -> (Rv, Out, Option<u64>) {
        let (mut answer, mut key) = (Answer::new(room), None);
        let result = self.call(Call::EncapsulateKey, session, |caller, session| {
            let argument = Some(MechanismArgument { id, params });
            let public = ObjectHandle(public);
            let template = attributes(template);
            caller.encapsulate_key(session, argument, public, &template, &mut answer, &mut key)
        });
        (result.err().unwrap_or(Rv::OK), Out::of(&answer), key)
    }

    pub(crate) fn encapsulate(
        &self,
        session: u64,
        mechanism: Mechanism,
        public: u64,
        template: &Template<'_>,
    ) -> Got<(Vec<u8>, u64)> {
        let room = Room::Items(1 << 16);
        match self.encapsulate_into(session, mechanism, public, template, room) {
            (Rv::OK, Out::Bytes(bytes), Some(key)) => Ok((bytes, key)),
            (rv, ..) => Err(rv),
        }
    }

    pub(crate) fn decapsulate(
        &self,
        session: u64,
        (id, params): Mechanism,
        private: u64,
        ciphertext: &[u8],
        template: &Template<'_>,
    ) -> Got<u64> {
        let mut key = None;
        self.call(Call::DecapsulateKey, session, |caller, session| {
            let argument = Some(MechanismArgument { id, params });
            let private = ObjectHandle(private);
            let template = attributes(template);
            caller.decapsulate_key(session, argument, private, &template, ciphertext, &mut key)
        })?;
        Ok(key.unwrap())
    }
}

/// Makes a pair of a mechanism that encapsulates.
fn pair(client: &Client, session: u64, mechanism: Mechanism, curve: &[u8]) -> (u64, u64) {
    let number = ulong(2);
    let bits = ulong(2048);
    let (generator, parameter): (_, (A, &[u8])) = match mechanism.0 {
        M::ML_KEM => (M::ML_KEM_KEY_PAIR_GEN, (A::PARAMETER_SET, &number)),
        M::RSA_PKCS_OAEP => (M::RSA_PKCS_KEY_PAIR_GEN, (A::MODULUS_BITS, &bits)),
        _ if curve == P256 => (M::EC_KEY_PAIR_GEN, (A::EC_PARAMS, curve)),
        _ => (M::EC_MONTGOMERY_KEY_PAIR_GEN, (A::EC_PARAMS, curve)),
    };
    let public = [parameter, (A::ENCAPSULATE, TRUE), (A::VERIFY, FALSE)];
    let private = [(A::DECAPSULATE, TRUE), (A::SIGN, FALSE)];
    client
        .generate_pair(session, generator, &public, &private)
        .unwrap()
}

fn readable(len: &[u8]) -> [(A, &[u8]); 3] {
    [
        (A::VALUE_LEN, len),
        (A::SENSITIVE, FALSE),
        (A::EXTRACTABLE, TRUE),
    ]
}

#[test]
fn both_parties_have_the_same_key_by_each_mechanism() {
    let bench = Bench::compat();
    let client = bench.client();
    let session = client.open_user();
    for (mechanism, curve, len) in [
        (ML_KEM, P256, 1088),
        (ECDH, P256, 65),
        (ECDH, X25519, 32),
        (OAEP, P256, 256),
    ] {
        let (public, private) = pair(&client, session, mechanism, curve);
        let wanted = ulong(24);
        let template = readable(&wanted);
        let (ciphertext, ours) = client
            .encapsulate(session, mechanism, public, &template)
            .unwrap();
        assert_eq!(ciphertext.len(), len);
        let theirs = client
            .decapsulate(session, mechanism, private, &ciphertext, &template)
            .unwrap();
        let value = client.get(session, ours, A::VALUE).unwrap();
        assert_eq!(value.len(), 24);
        assert_eq!(client.get(session, theirs, A::VALUE), Ok(value));
        for key in [ours, theirs] {
            let kind = client.get(session, key, A::KEY_TYPE).unwrap();
            assert_eq!(kind, KeyType::GENERIC_SECRET.0.to_le_bytes());
            for id in [A::LOCAL, A::ALWAYS_SENSITIVE, A::NEVER_EXTRACTABLE] {
                assert_eq!(client.get(session, key, id).unwrap(), FALSE, "{id}");
            }
        }
        let (halved, _) = ciphertext.split_at(len / 2);
        let cut = client.decapsulate(session, mechanism, private, halved, &template);
        assert!(matches!(
            cut,
            Err(Rv::WRAPPED_KEY_LEN_RANGE | Rv::WRAPPED_KEY_INVALID)
        ));
    }
}

#[test]
fn without_room_only_the_length_comes_out_and_no_key_is_made() {
    let bench = Bench::compat();
    let client = bench.client();
    let session = client.open_user();
    let (public, _) = pair(&client, session, ML_KEM, P256);
    let before = client.find(session, &[]).unwrap();
    let ask = |room| client.encapsulate_into(session, ML_KEM, public, &[], room);
    assert_eq!(ask(Room::Query), (Rv::OK, Out::Length(1088), None));
    let small = (Rv::BUFFER_TOO_SMALL, Out::Length(1088), None);
    assert_eq!(ask(Room::Items(1087)), small);
    assert_eq!(client.find(session, &[]), Ok(before));
}

#[test]
fn a_key_without_the_purpose_does_neither() {
    let bench = Bench::compat();
    let client = bench.client();
    let session = client.open_user();
    let set = ulong(1);
    let public = [(A::PARAMETER_SET, set.as_slice()), (A::ENCAPSULATE, FALSE)];
    let (public, private) = client
        .generate_pair(
            session,
            M::ML_KEM_KEY_PAIR_GEN,
            &public,
            &[(A::DECAPSULATE, FALSE)],
        )
        .unwrap();
    let refused = Err(Rv::KEY_FUNCTION_NOT_PERMITTED);
    let sealed = client.encapsulate(session, ML_KEM, public, &[]);
    assert_eq!(sealed.map(drop), refused);
    let opened = client.decapsulate(session, ML_KEM, private, &[0; 768], &[]);
    assert_eq!(opened.map(drop), refused);
    let secret = client.generate_aes(session, &[]).unwrap();
    let sealed = client.encapsulate(session, ML_KEM, secret, &[]);
    assert_eq!(sealed.map(drop), Err(Rv::KEY_TYPE_INCONSISTENT));
    let missing = client.encapsulate(session, ML_KEM, 0x7fff_0001, &[]);
    assert_eq!(missing.map(drop), Err(Rv::KEY_HANDLE_INVALID));
}

#[test]
fn in_strict_what_is_decapsulated_is_sensitive_and_stays() {
    let bench = Bench::strict();
    let client = bench.client();
    let session = client.open_user();
    let set = ulong(3);
    let (public, private) = client
        .generate_pair(
            session,
            M::ML_KEM_KEY_PAIR_GEN,
            &[(A::PARAMETER_SET, &set)],
            &[(A::TOKEN, TRUE)],
        )
        .unwrap();
    let template = [
        (A::SENSITIVE, FALSE),
        (A::EXTRACTABLE, TRUE),
        (A::TOKEN, TRUE),
        (A::KEY_TYPE, &KeyType::AES.0.to_le_bytes()),
    ];
    let (ciphertext, _) = client
        .encapsulate(session, ML_KEM, public, &template[..2])
        .unwrap();
    let key = client
        .decapsulate(session, ML_KEM, private, &ciphertext, &template)
        .unwrap();
    assert_eq!(client.get(session, key, A::SENSITIVE).unwrap(), TRUE);
    assert_eq!(client.get(session, key, A::EXTRACTABLE).unwrap(), FALSE);
    assert_eq!(client.get(session, key, A::VALUE_LEN).unwrap(), ulong(32));
    let short = ulong(8);
    let made = client.encapsulate(session, ML_KEM, public, &[(A::VALUE_LEN, &short)]);
    assert_eq!(made.map(drop), Err(Rv::TEMPLATE_INCONSISTENT));
    // Signing and decapsulating are two purposes; the preferred one is kept.
    assert_eq!(client.get(session, private, A::DECAPSULATE).unwrap(), TRUE);
    assert_eq!(client.get(session, private, A::SIGN).unwrap(), FALSE);
}

#[test]
fn a_key_pair_is_imported_from_its_seed_and_travels_wrapped() {
    let bench = Bench::compat();
    let client = bench.client();
    let session = client.open_user();
    let (set, seed) = (ulong(2), [7; 64]);
    let kind = KeyType::ML_KEM.0.to_le_bytes();
    let template: [(A, &[u8]); 6] = [
        (A::CLASS, &class(ObjectClass::PRIVATE_KEY)),
        (A::KEY_TYPE, &kind),
        (A::PARAMETER_SET, &set),
        (A::SEED, &seed),
        (A::EXTRACTABLE, TRUE),
        (A::DECAPSULATE, TRUE),
    ];
    let private = client.create(session, &template).unwrap();
    let hidden = client.get(session, private, A::SEED);
    assert_eq!(hidden, Err(Rv::ATTRIBUTE_SENSITIVE));
    let info = client.get(session, private, A::PUBLIC_KEY_INFO).unwrap();
    let public = [
        (A::CLASS, &class(ObjectClass::PUBLIC_KEY)[..]),
        template[1],
        template[2],
        (A::VALUE, &info[info.len() - 1184..]),
        (A::ENCAPSULATE, TRUE),
    ];
    let public = client.create(session, &public).unwrap();
    let length = ulong(32);
    let (ciphertext, ours) = client
        .encapsulate(session, ML_KEM, public, &readable(&length))
        .unwrap();
    let purposes = [(A::WRAP, TRUE), (A::UNWRAP, TRUE)];
    let kek = client.generate_aes(session, &purposes).unwrap();
    let kwp = (M::AES_KEY_WRAP_KWP, Params::None);
    let wrapped = client.wrap(session, kwp, kek, private).unwrap();
    let unwrap = |set: &[u8]| {
        let template = [
            template[0],
            template[1],
            (A::PARAMETER_SET, set),
            template[5],
        ];
        client.unwrap(session, kwp, kek, &wrapped, &template)
    };
    assert_eq!(unwrap(&ulong(1)), Err(Rv::TEMPLATE_INCONSISTENT));
    let back = unwrap(&set).unwrap();
    assert_eq!(client.get(session, back, A::PUBLIC_KEY_INFO), Ok(info));
    let theirs = client
        .decapsulate(session, ML_KEM, back, &ciphertext, &readable(&length))
        .unwrap();
    let value = client.get(session, ours, A::VALUE);
    assert_eq!(client.get(session, theirs, A::VALUE), value);
    let other = [&template[..3], &[(A::SEED, &seed[1..])]].concat();
    let refused = client.create(session, &other);
    assert_eq!(refused, Err(Rv::ATTRIBUTE_VALUE_INVALID));
    let none = client.create(session, &template[..3]);
    assert_eq!(none, Err(Rv::TEMPLATE_INCOMPLETE));
}
