//! Signatures that give their data back (5.13.5, 5.13.6, 5.15.5, 5.15.6).

use ck::{AttributeType as A, MechanismType as M, Params, Rv};
use proto::Call;
use proto::shape::Room;

use crate::tests::bench::{Bench, Client, Out, TRUE, ulong};

const PKCS: Option<(M, Params<'static>)> = Some((M::RSA_PKCS, Params::None));

fn pair(client: &Client, session: u64) -> (u64, u64) {
    let public: [(A, &[u8]); 3] = [
        (A::MODULUS_BITS, &ulong(2048)),
        (A::VERIFY, TRUE),
        (A::VERIFY_RECOVER, TRUE),
    ];
    let private = [(A::SIGN, TRUE), (A::SIGN_RECOVER, TRUE)];
    client
        .generate_pair(session, M::RSA_PKCS_KEY_PAIR_GEN, &public, &private)
        .unwrap()
}

#[test]
fn data_comes_back_and_the_signature_is_an_ordinary_one() {
    for bench in [Bench::compat(), Bench::strict()] {
        let client = bench.client();
        let session = client.open_user();
        let (public, private) = pair(&client, session);
        for data in [&b""[..], b"\0 data with a zero in front", &[0xff; 245]] {
            client
                .init(Call::SignRecoverInit, session, PKCS, private)
                .unwrap();
            let signature = client.output(Call::SignRecover, session, data).unwrap();
            client
                .init(Call::VerifyInit, session, PKCS, public)
                .unwrap();
            assert_eq!(client.verify(session, data, &signature), Ok(()));
            client
                .init(Call::VerifyRecoverInit, session, PKCS, public)
                .unwrap();
            let recover = |room| client.run(Call::VerifyRecover, session, &signature, room);
            assert_eq!(recover(Room::Query), (Rv::OK, Out::Length(245)));
            let length = data.len() as u64;
            if length > 0 {
                let short = recover(Room::Items(length - 1));
                assert_eq!(short, (Rv::BUFFER_TOO_SMALL, Out::Length(length)));
            }
            let given = recover(Room::Items(length));
            assert_eq!(given, (Rv::OK, Out::Bytes(data.to_vec())));
            assert_eq!(recover(Room::Items(300)).0, Rv::OPERATION_NOT_INITIALIZED);
        }
    }
}

#[test]
fn what_is_no_signature_gives_nothing() {
    let bench = Bench::compat();
    let client = bench.client();
    let session = client.open_user();
    let (public, private) = pair(&client, session);
    for (signature, rv) in [
        (vec![0x2a; 256], Rv::SIGNATURE_INVALID),
        (vec![0xff; 256], Rv::SIGNATURE_INVALID),
        (vec![0x2a; 255], Rv::SIGNATURE_LEN_RANGE),
        (vec![0x2a; 257], Rv::SIGNATURE_LEN_RANGE),
    ] {
        client
            .init(Call::VerifyRecoverInit, session, PKCS, public)
            .unwrap();
        // Not even the length of what is not there is told to a short buffer.
        let given = client.run(Call::VerifyRecover, session, &signature, Room::Items(1));
        assert_eq!(given, (rv, Out::Nothing));
        let late = client.output(Call::VerifyRecover, session, &signature);
        assert_eq!(late, Err(Rv::OPERATION_NOT_INITIALIZED));
    }
    client
        .init(Call::SignRecoverInit, session, PKCS, private)
        .unwrap();
    let long = client.output(Call::SignRecover, session, &[1; 246]);
    assert_eq!(long, Err(Rv::DATA_LEN_RANGE));
}

#[test]
fn keys_and_mechanisms_have_to_be_for_it() {
    let bench = Bench::compat();
    let client = bench.client();
    let session = client.open_user();
    let rsa: [(A, &[u8]); 1] = [(A::MODULUS_BITS, &ulong(2048))];
    let (public, private) = client
        .generate_pair(session, M::RSA_PKCS_KEY_PAIR_GEN, &rsa, &[])
        .unwrap();
    for (call, key) in [
        (Call::SignRecoverInit, private),
        (Call::VerifyRecoverInit, public),
    ] {
        let refused = client.init(call, session, PKCS, key);
        assert_eq!(refused, Err(Rv::KEY_FUNCTION_NOT_PERMITTED), "{call:?}");
    }
    let (_, private) = pair(&client, session);
    let hashed = Some((M::SHA256_RSA_PKCS, Params::None));
    let refused = client.init(Call::SignRecoverInit, session, hashed, private);
    assert_eq!(refused, Err(Rv::MECHANISM_INVALID));
}
