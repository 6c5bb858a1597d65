//! Arguments that come out: what the token answered stands in the host's memory, and nothing beyond the room is touched.

use std::ptr::null_mut;

use ck::{AttributeType, Rv};
use cryptoki_sys::{CK_ATTRIBUTE, CK_MECHANISM_INFO, CK_SLOT_INFO, CK_TOKEN_INFO, CK_ULONG};
use cryptoki_sys::{CK_SESSION_INFO, CK_UNAVAILABLE_INFORMATION};
use proto::shape::{self as wire, AttributeAnswer, Room, Shape};
use proto::{DecodeError, Reader, Writer};

use crate::abi::shape::{BufferOut, CArgument, FoundOut, InfoOut, ListOut, NumberOut, RandomOut};
use crate::abi::shape::{TemplateOut, padded};

/// Sends an output to a token and back: the token reads the request, `fill` answers, the host gets the reply.
fn answer<A: CArgument, S: Shape>(
    parameters: A::C,
    fill: impl FnOnce(&mut S::Value<'_>),
) -> Result<(), DecodeError> {
    let (mut request, mut reply) = (Vec::new(), Vec::new());
    // SAFETY: the tests pass pointers that are null or true, and keep their memory.
    let argument = unsafe { A::read(parameters) }.unwrap();
    // SAFETY: as above.
    unsafe { argument.encode(&mut Writer::new(&mut request)) };
    assert!(request.len() <= argument.size());
    let mut reader = Reader::new(wire::SessionHandle(0), &request);
    let mut value = S::decode(&mut reader).unwrap();
    assert!(reader.is_empty());
    fill(&mut value);
    S::reply(&value, &mut Writer::new(&mut reply));
    // SAFETY: as above.
    unsafe { argument.write_back(&mut Reader::new(wire::SessionHandle(0), &reply)) }
}

fn refusal<A: CArgument>(parameters: A::C) -> Option<Rv> {
    // SAFETY: the tests pass pointers that are null or true.
    unsafe { A::read(parameters) }.err()
}

#[test]
fn outputs_without_a_place_are_refused() {
    let mut byte = 0;
    let mut number = 0;
    assert_eq!(
        refusal::<BufferOut>((&raw mut byte, null_mut())),
        Some(Rv::ARGUMENTS_BAD)
    );
    assert_eq!(
        refusal::<ListOut>((&raw mut number, null_mut())),
        Some(Rv::ARGUMENTS_BAD)
    );
    assert_eq!(refusal::<NumberOut>(null_mut()), Some(Rv::ARGUMENTS_BAD));
    assert_eq!(
        refusal::<RandomOut>((null_mut(), 1)),
        Some(Rv::ARGUMENTS_BAD)
    );
    assert_eq!(
        refusal::<RandomOut>((&raw mut byte, CK_ULONG::MAX)),
        Some(Rv::ARGUMENTS_BAD)
    );
    assert_eq!(
        refusal::<FoundOut>((null_mut(), 1, &raw mut number)),
        Some(Rv::ARGUMENTS_BAD)
    );
    assert_eq!(
        refusal::<FoundOut>((&raw mut number, 1, null_mut())),
        Some(Rv::ARGUMENTS_BAD)
    );
    assert_eq!(
        refusal::<TemplateOut>((null_mut(), 1)),
        Some(Rv::ARGUMENTS_BAD)
    );
    assert_eq!(
        refusal::<InfoOut<CK_SLOT_INFO>>(null_mut()),
        Some(Rv::ARGUMENTS_BAD)
    );
}

#[test]
fn a_buffer_gets_bytes_and_their_length() {
    let (mut buffer, mut length) = ([0xee; 8], 8 as CK_ULONG);
    answer::<BufferOut, wire::BufferOut>((buffer.as_mut_ptr(), &raw mut length), |answer| {
        assert_eq!(answer.room(), Room::Items(8));
        answer.items(b"abc".to_vec());
    })
    .unwrap();
    assert_eq!((&buffer[..4], length), (&b"abc\xee"[..], 3));
}

#[test]
fn a_length_alone_leaves_the_buffer() {
    let (mut buffer, mut length) = ([0xee; 2], 2 as CK_ULONG);
    answer::<BufferOut, wire::BufferOut>((buffer.as_mut_ptr(), &raw mut length), |answer| {
        answer.length(64);
    })
    .unwrap();
    assert_eq!((buffer, length), ([0xee; 2], 64));
    length = 9;
    answer::<BufferOut, wire::BufferOut>((null_mut(), &raw mut length), |answer| {
        assert_eq!(answer.room(), Room::Query);
        answer.length(32);
    })
    .unwrap();
    assert_eq!(length, 32);
}

#[test]
fn no_answer_leaves_everything() {
    let (mut buffer, mut length, mut number) = ([0xee; 2], 2 as CK_ULONG, 7 as CK_ULONG);
    answer::<BufferOut, wire::BufferOut>((buffer.as_mut_ptr(), &raw mut length), |_| ()).unwrap();
    answer::<NumberOut, wire::NumberOut>(&raw mut number, |_| ()).unwrap();
    answer::<RandomOut, wire::RandomOut>((buffer.as_mut_ptr(), 2), |_| ()).unwrap();
    assert_eq!((buffer, length, number), ([0xee; 2], 2, 7));
}

#[test]
fn more_than_there_is_room_for_is_never_written() {
    let (mut buffer, mut length) = ([0xee; 4], 2 as CK_ULONG);
    let mut list = [7 as CK_ULONG; 3];
    let mut count = 1;
    let to = buffer.as_mut_ptr();
    let too_many = |answer: &mut wire::Answer<Vec<u8>>| answer.items(vec![0; 3]);
    assert!(answer::<BufferOut, wire::BufferOut>((to, &raw mut length), too_many).is_err());
    assert!(answer::<BufferOut, wire::BufferOut>((null_mut(), &raw mut length), too_many).is_err());
    for bytes in [1, 3] {
        let answered =
            answer::<RandomOut, wire::RandomOut>((to, 2), |(_, random)| *random = vec![0; bytes]);
        assert!(answered.is_err());
    }
    let numbers = list.as_mut_ptr();
    let answered = answer::<ListOut, wire::ListOut>((numbers, &raw mut count), |answer| {
        answer.items(vec![1, 2]);
    });
    assert!(answered.is_err());
    let answered =
        answer::<FoundOut, wire::FoundOut>((numbers, 2, &raw mut count), |(_, found)| {
            *found = vec![1; 3];
        });
    assert!(answered.is_err());
    assert_eq!((buffer, length, list, count), ([0xee; 4], 2, [7; 3], 1));
}

#[test]
fn lists_of_numbers_are_written_with_their_count() {
    let (mut list, mut count) = ([0 as CK_ULONG; 3], 3 as CK_ULONG);
    answer::<ListOut, wire::ListOut>((list.as_mut_ptr(), &raw mut count), |answer| {
        answer.items(vec![4, 5]);
    })
    .unwrap();
    assert_eq!((list, count), ([4, 5, 0], 2));
    answer::<FoundOut, wire::FoundOut>((list.as_mut_ptr(), 3, &raw mut count), |(room, found)| {
        assert_eq!(*room, 3);
        *found = vec![8];
    })
    .unwrap();
    assert_eq!((list, count), ([8, 5, 0], 1));
}

#[test]
fn numbers_may_stand_where_they_are_not_aligned() {
    let mut memory = [0u8; 32];
    let odd = memory.as_mut_ptr().wrapping_add(1).cast::<CK_ULONG>();
    answer::<NumberOut, wire::NumberOut>(odd, |number| *number = Some(0x0102)).unwrap();
    assert_eq!(memory[..4], [0, 2, 1, 0]);
}

#[test]
fn each_attribute_gets_its_own_length_and_value() {
    let mut values = [[0xee_u8; 4]; 4];
    let ids = [
        AttributeType::ID,
        AttributeType::LABEL,
        AttributeType::VALUE,
        AttributeType::MODULUS,
    ];
    let mut template: Vec<_> = ids
        .iter()
        .zip(&mut values)
        .map(|(id, value)| CK_ATTRIBUTE {
            type_: id.0,
            pValue: value.as_mut_ptr().cast(),
            ulValueLen: 4,
        })
        .collect();
    template[1].pValue = null_mut();
    answer::<TemplateOut, wire::TemplateOut>((template.as_mut_ptr(), 4), |requests| {
        requests[0].answer = AttributeAnswer::Value(b"id".to_vec());
        requests[1].answer = AttributeAnswer::Length(40);
        requests[3].answer = AttributeAnswer::Value(Vec::new());
    })
    .unwrap();
    let lengths: Vec<_> = template
        .iter()
        .map(|attribute| attribute.ulValueLen)
        .collect();
    assert_eq!(lengths, [2, 40, CK_UNAVAILABLE_INFORMATION, 0]);
    assert_eq!(values, [*b"id\xee\xee", [0xee; 4], [0xee; 4], [0xee; 4]]);
}

/// An array of two attributes with room for four bytes each, and an attribute of the first's kind that points to it.
fn nested(values: &mut [[u8; 4]; 2]) -> Vec<CK_ATTRIBUTE> {
    let entry = |value: &mut [u8; 4]| CK_ATTRIBUTE {
        type_: 0,
        pValue: value.as_mut_ptr().cast(),
        ulValueLen: 4,
    };
    values.iter_mut().map(entry).collect()
}

#[test]
fn the_attributes_of_a_template_are_written_into_its_own_array() {
    let mut values = [[0xee_u8; 4]; 2];
    let mut inner = nested(&mut values);
    let mut outer = CK_ATTRIBUTE {
        type_: AttributeType::WRAP_TEMPLATE.0,
        pValue: inner.as_mut_ptr().cast(),
        ulValueLen: 48,
    };
    answer::<TemplateOut, wire::TemplateOut>((&raw mut outer, 1), |requests| {
        assert_eq!(requests[0].room, Room::Items(2));
        assert_eq!(requests[0].inner, [Room::Items(4); 2]);
        requests[0].answer = AttributeAnswer::Template(vec![
            (
                AttributeType::LABEL,
                AttributeAnswer::Value(b"abc".to_vec()),
            ),
            (AttributeType::ID, AttributeAnswer::Unavailable),
        ]);
    })
    .unwrap();
    let told: Vec<_> = inner
        .iter()
        .map(|one| (one.type_, one.ulValueLen))
        .collect();
    let unavailable = (AttributeType::ID.0, CK_UNAVAILABLE_INFORMATION);
    assert_eq!(told, [(AttributeType::LABEL.0, 3), unavailable]);
    assert_eq!((values, outer.ulValueLen), ([*b"abc\xee", [0xee; 4]], 48));
}

#[test]
fn a_template_is_as_long_as_its_array() {
    let mut outer = CK_ATTRIBUTE {
        type_: AttributeType::DERIVE_TEMPLATE.0,
        pValue: null_mut(),
        ulValueLen: 0,
    };
    answer::<TemplateOut, wire::TemplateOut>((&raw mut outer, 1), |requests| {
        assert_eq!(requests[0].room, Room::Query);
        requests[0].answer = AttributeAnswer::Length(3);
    })
    .unwrap();
    assert_eq!(outer.ulValueLen, 72);
}

#[test]
fn more_attributes_than_the_array_has_are_never_written() {
    let mut values = [[0xee_u8; 4]; 2];
    let mut inner = nested(&mut values);
    let mut outer = CK_ATTRIBUTE {
        type_: AttributeType::WRAP_TEMPLATE.0,
        pValue: inner.as_mut_ptr().cast(),
        ulValueLen: 47,
    };
    let answered = answer::<TemplateOut, wire::TemplateOut>((&raw mut outer, 1), |requests| {
        assert_eq!(requests[0].room, Room::Items(1));
        let value = || AttributeAnswer::Value(b"abc".to_vec());
        requests[0].answer = AttributeAnswer::Template(vec![
            (AttributeType::LABEL, value()),
            (AttributeType::ID, value()),
        ]);
    });
    assert!(answered.is_err());
    assert_eq!(values, [[0xee; 4]; 2]);
}

#[test]
fn a_value_that_does_not_fit_its_attribute_is_never_written() {
    let mut value = [0xee_u8; 4];
    for pointer in [value.as_mut_ptr(), null_mut()] {
        let mut attribute = CK_ATTRIBUTE {
            type_: AttributeType::ID.0,
            pValue: pointer.cast(),
            ulValueLen: 3,
        };
        let answered =
            answer::<TemplateOut, wire::TemplateOut>((&raw mut attribute, 1), |requests| {
                requests[0].answer = AttributeAnswer::Value(vec![0; 4]);
            });
        assert!(answered.is_err());
        assert_eq!((value, attribute.ulValueLen), ([0xee; 4], 3));
    }
}

#[test]
fn texts_are_padded_with_blanks_and_cut_between_characters() {
    assert_eq!(padded::<6>("Dew"), *b"Dew   ");
    assert_eq!(padded::<3>("Dew HSM"), *b"Dew");
    assert_eq!(padded::<4>("né né"), *"né ".as_bytes());
    assert_eq!(padded::<2>("né"), *b"n ");
}

#[test]
fn information_is_written_field_by_field() {
    let mut token = CK_TOKEN_INFO::default();
    answer::<InfoOut<CK_TOKEN_INFO>, wire::TokenInfoOut>(&raw mut token, |info| {
        *info = Some(wire::TokenInfo {
            label: "a token".to_owned(),
            serial: "0123456789abcdef".to_owned(),
            flags: 0x40d,
            max_sessions: 1,
            rw_sessions: 4,
            max_pin_len: 255,
            min_pin_len: 6,
            firmware: (1, 2),
            ..wire::TokenInfo::default()
        });
    })
    .unwrap();
    assert_eq!(&token.label, b"a token                         ");
    assert_eq!(&token.serialNumber, b"0123456789abcdef");
    assert_eq!(
        (token.flags, token.ulMaxSessionCount, token.ulRwSessionCount),
        (0x40d, 1, 4)
    );
    assert_eq!((token.ulMaxPinLen, token.ulMinPinLen), (255, 6));
    assert_eq!(
        (token.firmwareVersion.major, token.firmwareVersion.minor),
        (1, 2)
    );
    assert_eq!(token.ulFreePublicMemory, CK_UNAVAILABLE_INFORMATION);

    let mut session = CK_SESSION_INFO::default();
    answer::<InfoOut<CK_SESSION_INFO>, wire::SessionInfoOut>(&raw mut session, |info| {
        *info = Some(wire::SessionInfo {
            slot: 1,
            state: 2,
            flags: 4,
            device_error: 0,
        });
    })
    .unwrap();
    assert_eq!((session.slotID, session.state, session.flags), (1, 2, 4));

    let mut mechanism = CK_MECHANISM_INFO::default();
    answer::<InfoOut<CK_MECHANISM_INFO>, wire::MechanismInfoOut>(&raw mut mechanism, |info| {
        *info = Some(wire::MechanismInfo {
            min_key_size: 16,
            max_key_size: 32,
            flags: 0x300,
        });
    })
    .unwrap();
    assert_eq!(
        (
            mechanism.ulMinKeySize,
            mechanism.ulMaxKeySize,
            mechanism.flags
        ),
        (16, 32, 0x300)
    );
}
