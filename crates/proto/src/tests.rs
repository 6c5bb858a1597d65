//! The wire keeps its promises: what is written is read back, and nothing else is accepted.

use ck::{
    AttributeType, Hedge, KeyDerivation, MOST_PIECES, MechanismType, Mgf, OneTime, Params,
    Password, Piece, Rv, Salt, Width,
};
use proptest::prelude::*;

use crate::frame::{HEADER_LEN, Header, Kind, append};
use crate::hello::Hello;
use crate::shape::{
    Answer, Attribute, BufferOut, MechanismArgument, MechanismIn, Room, SessionHandle, Shape,
    TemplateIn,
};
use crate::{CALLS, Call, DecodeError, Place, Reader, Version, Writer, limits};

const NO_SESSION: SessionHandle = SessionHandle(0);

#[test]
fn calls_are_numbered_in_their_order() {
    for (index, row) in CALLS.iter().enumerate() {
        assert_eq!(usize::from(row.call.number()), index + 1, "{}", row.name);
        assert_eq!(Call::from_number(row.call.number()), Some(row.call));
    }
    assert_eq!(Call::from_number(0), None);
    assert_eq!(Call::from_number(u16::MAX), None);
}

#[test]
fn the_table_has_every_function_of_each_version() {
    let count = |version| CALLS.iter().filter(|row| row.since == version).count();
    assert_eq!(
        (
            count(Version::V2_40),
            count(Version::V3_0),
            count(Version::V3_2)
        ),
        (68, 24, 12)
    );
}

#[test]
fn a_header_of_another_version_kind_or_length_is_refused() {
    let header = Header {
        kind: Kind::Request,
        call: Call::Sign.number(),
        length: 7,
        correlation: 1,
        application: 2,
        session: SessionHandle(3),
    };
    let good = header.encode();
    assert_eq!(Header::decode(&good), Ok(header));
    for (offset, byte) in [(0, 9), (1, 0), (1, 77), (7, 0xff)] {
        let mut bad = good;
        bad[offset] = byte;
        assert!(Header::decode(&bad).is_err(), "offset {offset}");
    }
}

#[test]
fn a_frame_that_is_too_long_is_not_begun() {
    let header = Header {
        kind: Kind::Reply,
        call: 1,
        length: 0,
        correlation: 0,
        application: 0,
        session: NO_SESSION,
    };
    let mut out = vec![1, 2, 3];
    let refused = append(&mut out, header, |writer| {
        writer.raw(&vec![0; limits::PAYLOAD_BYTES + 1]);
    });
    assert_eq!(
        refused,
        Err(DecodeError::Limit {
            what: "the length of a frame"
        })
    );
    assert_eq!(out, [1, 2, 3]);
    append(&mut out, header, |writer| writer.u64(5)).unwrap();
    assert_eq!(out.len(), 3 + HEADER_LEN + 8);
}

#[test]
fn peers_agree_on_the_highest_version_that_both_speak() {
    let hello = |oldest, newest| Hello { oldest, newest };
    assert_eq!(hello(1, 3).agree(&hello(2, 5)), Some(3));
    assert_eq!(hello(1, 1).agree(&hello(2, 5)), None);
    assert_eq!(hello(4, 5).agree(&hello(1, 3)), None);
}

#[test]
fn every_kind_of_parameter_is_read_back() {
    let params = [
        Params::None,
        Params::Malformed,
        Params::Bytes(b"0123456789abcdef"),
        Params::Length(12),
        Params::Counter {
            counter_bits: 32,
            block: [7; 16],
        },
        Params::Ccm {
            data_len: 5,
            nonce: b"nonce",
            aad: b"aad",
            mac_len: 8,
        },
        Params::Gcm {
            iv: b"iv",
            aad: b"aad",
            tag_bits: 128,
        },
        Params::Oaep {
            digest: MechanismType::SHA256,
            mgf: Mgf::MGF1_SHA1,
            label: b"label",
        },
        Params::Pss {
            digest: MechanismType::SHA_1,
            mgf: Mgf::MGF1_SHA512,
            salt_len: 20,
        },
        Params::Aead {
            nonce: b"nonce",
            fixed_bits: 8,
            generator: Mgf::GENERATE_RANDOM,
            data_len: 32,
            aad: b"aad",
            tag: Some(b"tag"),
            tag_bits: 24,
        },
        Params::Aead {
            nonce: b"",
            fixed_bits: 0,
            generator: Mgf::NO_GENERATE,
            data_len: 0,
            aad: b"",
            tag: None,
            tag_bits: 128,
        },
        Params::SignContext {
            hedge: Hedge::DETERMINISTIC_REQUIRED,
            context: b"context",
            digest: None,
        },
        Params::SignContext {
            hedge: Hedge::HEDGE_PREFERRED,
            context: b"",
            digest: Some(MechanismType::SHA256),
        },
        Params::Eddsa {
            prehash: true,
            context: b"context",
        },
        Params::Eddsa {
            prehash: false,
            context: b"",
        },
    ];
    params.into_iter().for_each(check_params);
}

#[test]
fn every_kind_of_derivation_is_read_back() {
    let params = [
        Params::CounterKdf {
            function: MechanismType::SHA256_HMAC,
            pieces: {
                let width = Width {
                    bits: 16,
                    little_endian: true,
                };
                let mut pieces = [Piece::Absent; MOST_PIECES];
                pieces[0] = Piece::Counter(width);
                pieces[1] = Piece::Bytes(b"label");
                pieces[7] = Piece::Length {
                    blocks: true,
                    width,
                };
                pieces
            },
        },
        Params::VectorAndData {
            vector: &[9; 16],
            data: b"data",
        },
        Params::FeedbackKdf {
            function: MechanismType::SHA256_HMAC,
            vector: b"vector",
            pieces: {
                let mut pieces = [Piece::Absent; MOST_PIECES];
                pieces[0] = Piece::Block;
                pieces[7] = Piece::Bytes(b"label");
                pieces
            },
        },
        Params::Password {
            function: 4,
            salt: b"salt",
            iterations: 1000,
            password: Password(b"password"),
        },
        Params::Hkdf {
            extract: true,
            expand: false,
            digest: MechanismType::SHA256,
            salt: Salt::Bytes(b"salt"),
            info: b"info",
        },
        Params::Hkdf {
            extract: true,
            expand: true,
            digest: MechanismType::SHA512,
            salt: Salt::Key(7),
            info: b"",
        },
        Params::Key(9),
        Params::Otp(OneTime::default()),
        Params::Otp(OneTime {
            counter: Some(&[0; 8]),
            time: Some(b"20091231235959"),
            length: Some(8),
            format: Some(0),
            flags: 32,
        }),
        Params::Ecdh {
            kdf: KeyDerivation::SHA256_KDF,
            shared_data: b"shared",
            public_data: b"a point",
        },
    ];
    params.into_iter().for_each(check_params);
}

#[test]
fn every_parameter_of_tls_is_read_back() {
    let params = [
        Params::TlsExport {
            digest: MechanismType::SHA256,
            label: b"label",
            client_random: &[1; 32],
            server_random: &[2; 32],
            context: Some(b""),
        },
        Params::TlsExport {
            digest: MechanismType::SHA256,
            label: b"label",
            client_random: &[1; 32],
            server_random: &[2; 32],
            context: None,
        },
        Params::TlsExtendedMaster {
            digest: MechanismType::SHA384,
            session_hash: &[3; 48],
            version: true,
        },
        Params::TlsKeys {
            digest: MechanismType::SHA384,
            client_random: &[1; 32],
            server_random: &[2; 32],
            mac_bits: 160,
            key_bits: 256,
            vector_bits: 96,
        },
        Params::TlsMac {
            digest: MechanismType::SHA512,
            len: 12,
            side: 2,
        },
        Params::TlsMaster {
            digest: MechanismType::SHA256,
            client_random: &[1; 32],
            server_random: &[2; 32],
            version: true,
        },
    ];
    params.into_iter().for_each(check_params);
}

/// Checks that what is written is read back, and that no part of it is taken for the whole.
fn check_params(params: Params<'_>) {
    let argument = MechanismArgument {
        id: MechanismType::AES_GCM,
        params,
    };
    let mut bytes = Vec::new();
    MechanismIn::encode(Some(&argument), &mut Writer::new(&mut bytes));
    let mut reader = Reader::new(NO_SESSION, &bytes);
    assert_eq!(MechanismIn::decode(&mut reader), Ok(Some(argument)));
    assert!(reader.is_empty());
    for cut in 0..bytes.len() {
        assert!(MechanismIn::decode(&mut Reader::new(NO_SESSION, &bytes[..cut])).is_err());
    }
}

#[test]
fn a_template_of_impossible_lengths_is_refused_before_anything_is_reserved() {
    for count in [u32::MAX, 129] {
        let mut bytes = count.to_le_bytes().to_vec();
        bytes.extend_from_slice(&[0; 64]);
        let refused = TemplateIn::decode(&mut Reader::new(NO_SESSION, &bytes));
        assert_eq!(refused, Err(DecodeError::Limit { what: "a template" }));
    }
    let mut bytes = Vec::new();
    let template = [Attribute {
        id: AttributeType::LABEL,
        value: b"a key",
    }];
    TemplateIn::encode(&template, &mut Writer::new(&mut bytes));
    bytes[12..16].copy_from_slice(&u32::MAX.to_le_bytes());
    let refused = TemplateIn::decode(&mut Reader::new(NO_SESSION, &bytes));
    assert_eq!(
        refused,
        Err(DecodeError::Limit {
            what: "an attribute"
        })
    );
}

#[test]
fn an_answer_says_nothing_a_length_or_the_bytes() {
    let reply = |answer: &Answer<Vec<u8>>| {
        let mut bytes = Vec::new();
        BufferOut::reply(answer, &mut Writer::new(&mut bytes));
        let mut reader = Reader::new(NO_SESSION, &bytes);
        Answer::read_reply(&mut reader, answer.room(), |reader| {
            reader
                .bytes(limits::PAYLOAD_BYTES, "bytes")
                .map(<[u8]>::to_vec)
        })
        .unwrap()
    };
    let mut answer = Answer::new(Room::Items(3));
    assert_eq!(
        (reply(&answer).given(), reply(&answer).given_length()),
        (None, None)
    );
    answer.length(64);
    assert_eq!(reply(&answer).given_length(), Some(64));
    answer.items(vec![1, 2, 3]);
    assert_eq!(reply(&answer).given(), Some(&vec![1, 2, 3]));
}

/// A handler that serves nothing but counts what reaches it.
mod dispatching {
    use super::*;
    use crate::shape;
    use crate::{CallRow, Fault, Handler, dispatch, for_each_call};

    struct Refuser(u32);

    macro_rules! refuse {
        (Token $method:ident ($($argument:ident: $shape:ty),*)) => {
            fn $method(&mut self, $(_: <$shape as Shape>::Lent<'_>),*) -> Result<(), Rv> {
                self.0 += 1;
                Err(Rv::GENERAL_ERROR)
            }
        };
        ($place:ident $method:ident ($($argument:ident: $shape:ty),*)) => {};
    }

    macro_rules! make_refuser {
        ($($variant:ident = $number:literal $c_name:ident $method:ident $since:ident $section:literal $class:ident
            $weight:ident $place:ident ($($argument:ident: $shape:ty),*);)*) => {
            impl Handler for Refuser {
                type Error = Rv;

                fn admit(&mut self, _: &'static CallRow, _: SessionHandle) -> Result<(), Rv> {
                    Ok(())
                }

                $(refuse! { $place $method ($($argument: $shape),*) })*
            }
        };
    }

    for_each_call!(make_refuser);

    #[test]
    fn functions_that_are_not_served_answer_so_from_one_place() {
        for row in CALLS.iter().filter(|row| row.place != Place::Token) {
            let (mut handler, mut reply) = (Refuser(0), Vec::new());
            let result = dispatch(
                &mut handler,
                row.call,
                Reader::new(NO_SESSION, &[]),
                &mut Writer::new(&mut reply),
            );
            let rv = result.unwrap_err().rv(|rv| *rv);
            assert_eq!(
                (rv, handler.0),
                (Rv::FUNCTION_NOT_SUPPORTED, 0),
                "{}",
                row.name
            );
        }
    }

    #[test]
    fn bytes_behind_the_last_argument_are_refused() {
        let (mut handler, mut reply) = (Refuser(0), Vec::new());
        let result = dispatch(
            &mut handler,
            Call::CloseSession,
            Reader::new(SessionHandle(1), &[0]),
            &mut Writer::new(&mut reply),
        );
        assert!(matches!(
            result,
            Err(Fault::Malformed(DecodeError::Trailing(1)))
        ));
        assert_eq!(handler.0, 0);
    }

    proptest! {
        #[test]
        fn any_bytes_are_served_or_refused_and_nothing_panics(
            call in 1u16..=104, payload in proptest::collection::vec(any::<u8>(), 0..256),
        ) {
            let call = Call::from_number(call).unwrap();
            let (mut handler, mut reply) = (Refuser(0), Vec::new());
            let _ = dispatch(&mut handler, call, Reader::new(SessionHandle(1), &payload), &mut Writer::new(&mut reply));
        }

        #[test]
        fn any_header_is_read_or_refused(bytes in proptest::array::uniform32(any::<u8>())) {
            if let Ok(header) = Header::decode(&bytes) {
                prop_assert_eq!(header.encode(), bytes);
            }
        }
    }
}
