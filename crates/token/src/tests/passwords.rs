//! Keys of passwords and secrets of TLS (Mechanisms 6.37 and 6.40).

use ck::{AttributeType as A, KeyType, MechanismType as M, ObjectClass, Params, Password, Rv};

use crate::tests::bench::{Bench, Client, FALSE, Got, TRUE, Template, class, ulong};

const AES: (A, &[u8]) = (A::KEY_TYPE, &KeyType::AES.0.to_le_bytes());
const READABLE: [(A, &[u8]); 2] = [(A::SENSITIVE, FALSE), (A::EXTRACTABLE, TRUE)];

/// RFC 7914, section 11, at the length of an AES key.
const PASSWORD: Params<'_> = Params::Password {
    function: 4,
    salt: b"salt",
    iterations: 1,
    password: Password(b"passwd"),
};
const KEY: [u8; 32] = *b"\x55\xac\x04\x6e\x56\xe3\x08\x9f\xec\x16\x91\xc2\x25\x44\xb6\x05\
    \xf9\x41\x85\x21\x6d\xde\x04\x65\xe6\x8b\x9d\x57\xc2\x0d\xac\xbc";

fn of_password(client: &Client, session: u64, template: &Template<'_>) -> Got<u64> {
    client.generate_with(session, (M::PKCS5_PBKD2, PASSWORD), template)
}

#[test]
fn a_key_of_a_password_is_known_outside() {
    let bench = Bench::compat();
    let client = bench.client();
    let session = client.open_user();
    let len = ulong(32);
    let shown = [&READABLE[..], &[AES, (A::VALUE_LEN, &len)]].concat();
    let key = of_password(&client, session, &shown).unwrap();
    assert_eq!(client.get(session, key, A::VALUE), Ok(KEY.to_vec()));
    let hidden = [
        AES,
        (A::VALUE_LEN, &len),
        (A::SENSITIVE, TRUE),
        (A::EXTRACTABLE, FALSE),
    ];
    let key = of_password(&client, session, &hidden).unwrap();
    let flag = |id| client.get(session, key, id).unwrap();
    assert_eq!(flag(A::VALUE_LEN), len);
    assert_eq!(flag(A::KEY_GEN_MECHANISM), ulong(M::PKCS5_PBKD2.0));
    assert_eq!(flag(A::LOCAL), TRUE);
    assert_eq!(
        [flag(A::ALWAYS_SENSITIVE), flag(A::NEVER_EXTRACTABLE)],
        [FALSE, FALSE]
    );
    // Without a type it is a generic secret, whose length must be told.
    let key = of_password(&client, session, &[(A::VALUE_LEN, &len)]).unwrap();
    assert_eq!(
        client.get(session, key, A::KEY_TYPE),
        Ok(ulong(KeyType::GENERIC_SECRET.0))
    );
    assert_eq!(
        of_password(&client, session, &[]),
        Err(Rv::TEMPLATE_INCOMPLETE)
    );
    let odd = of_password(&client, session, &[AES, (A::VALUE_LEN, &ulong(31))]);
    assert_eq!(odd, Err(Rv::KEY_SIZE_RANGE));
    let rsa = (A::KEY_TYPE, &KeyType::RSA.0.to_le_bytes()[..]);
    assert!(of_password(&client, session, &[rsa, (A::VALUE_LEN, &len)]).is_err());
}

#[test]
fn strict_makes_no_key_of_a_password() {
    let bench = Bench::strict();
    let client = bench.client();
    let session = client.open_user();
    let refused = of_password(&client, session, &[AES, (A::VALUE_LEN, &ulong(32))]);
    assert_eq!(refused, Err(Rv::MECHANISM_INVALID));
}

#[test]
fn what_is_exported_is_nothing_of_the_protocols_own() {
    for bench in [Bench::compat(), Bench::strict()] {
        let client = bench.client();
        let session = client.open_user();
        let template: [(A, &[u8]); 4] = [
            (A::CLASS, &class(ObjectClass::SECRET_KEY)),
            (A::KEY_TYPE, &KeyType::GENERIC_SECRET.0.to_le_bytes()),
            (A::VALUE, &[7; 48]),
            (A::DERIVE, TRUE),
        ];
        let sensitive = [
            &template[..],
            &[(A::SENSITIVE, TRUE), (A::EXTRACTABLE, FALSE)],
        ]
        .concat();
        let master = client.create(session, &sensitive).unwrap();
        let export = |label| Params::TlsExport {
            digest: M::SHA256,
            label,
            client_random: &[1; 32],
            server_random: &[2; 32],
            context: None,
        };
        let len = ulong(32);
        let derive = |label| {
            let mechanism = (M::TLS_KDF, export(label));
            client.derive(session, mechanism, master, &[(A::VALUE_LEN, &len)])
        };
        assert!(derive(b"EXPORTER-test").is_ok());
        for own in [&b"key expansion"[..], b"master secret", b"client finished"] {
            assert_eq!(derive(own), Err(Rv::MECHANISM_PARAM_INVALID));
        }
        // Only what RSA carries has a version to tell.
        let params = Params::TlsMaster {
            digest: M::SHA256,
            client_random: &[1; 32],
            server_random: &[2; 32],
            version: true,
        };
        let told = client.derive(
            session,
            (M::TLS12_MASTER_KEY_DERIVE_DH, params),
            master,
            &[],
        );
        assert_eq!(told, Err(Rv::MECHANISM_PARAM_INVALID));
    }
}
