//! Arguments that go in: what the token reads is what the host wrote, and nothing is read that is not there.

use std::ptr::null_mut;

use ck::{
    AttributeType, Hedge, KeyDerivation, MOST_PIECES, MechanismType, Mgf, OneTime, Params, Piece,
    Rv, Salt, Width,
};
use cryptoki_sys::{CK_AES_CTR_PARAMS, CK_ATTRIBUTE, CK_GCM_PARAMS, CK_MECHANISM, CK_ULONG};
use cryptoki_sys::{CK_CCM_PARAMS, CK_HKDF_PARAMS, CK_SP800_108_KDF_PARAMS};
use cryptoki_sys::{CK_ECDH1_DERIVE_PARAMS, CK_EDDSA_PARAMS, CKZ_DATA_SPECIFIED};
use cryptoki_sys::{CK_HASH_SIGN_ADDITIONAL_CONTEXT, CK_SIGN_ADDITIONAL_CONTEXT};
use cryptoki_sys::{CK_OTP_COUNTER, CK_OTP_OUTPUT_LENGTH, CK_OTP_PARAM, CK_OTP_PARAMS};
use cryptoki_sys::{
    CK_PRF_DATA_PARAM, CK_SP800_108_BYTE_ARRAY, CK_SP800_108_COUNTER_FORMAT,
    CK_SP800_108_DKM_LENGTH, CK_SP800_108_DKM_LENGTH_FORMAT,
    CK_SP800_108_DKM_LENGTH_SUM_OF_SEGMENTS, CK_SP800_108_ITERATION_VARIABLE,
};
use cryptoki_sys::{CK_RSA_PKCS_OAEP_PARAMS, CK_RSA_PKCS_PSS_PARAMS};
use cryptoki_sys::{CKF_HKDF_SALT_DATA, CKF_HKDF_SALT_KEY, CKF_HKDF_SALT_NULL};
use proto::shape::{self as wire, Attribute, MechanismArgument, Shape};
use proto::{Reader, Writer, limits};

use crate::abi::shape::{BytesIn, CArgument, Label, MechanismIn, Pin, TemplateIn};

/// Encodes an argument and checks that it keeps to the size that it gave.
fn encode(argument: &impl CArgument) -> Vec<u8> {
    let mut bytes = Vec::new();
    // SAFETY: the tests keep their memory until they have the bytes.
    unsafe { argument.encode(&mut Writer::new(&mut bytes)) };
    assert!(
        bytes.len() <= argument.size(),
        "{} > {}",
        bytes.len(),
        argument.size()
    );
    bytes
}

/// Reads an argument as a C function does.
fn read<A: CArgument>(parameters: A::C) -> Result<A, Rv> {
    // SAFETY: the tests pass pointers that are null or true.
    unsafe { A::read(parameters) }
}

fn refusal<A: CArgument>(parameters: A::C) -> Option<Rv> {
    read::<A>(parameters).err()
}

fn reader(bytes: &[u8]) -> Reader<'_> {
    Reader::new(wire::SessionHandle(0), bytes)
}

fn pointer<T>(value: &mut T) -> *mut T {
    value
}

#[test]
fn no_bytes_may_be_at_the_null_pointer() {
    assert_eq!(encode(&read::<BytesIn>((null_mut(), 0)).unwrap()), [0; 4]);
    assert_eq!(refusal::<BytesIn>((null_mut(), 1)), Some(Rv::ARGUMENTS_BAD));
    assert_eq!(refusal::<Label>(null_mut()), Some(Rv::ARGUMENTS_BAD));
    assert_eq!(
        refusal::<TemplateIn>((null_mut(), 1)),
        Some(Rv::ARGUMENTS_BAD)
    );
    assert_eq!(refusal::<Pin>((null_mut(), 4)), Some(Rv::ARGUMENTS_BAD));
}

#[test]
fn lengths_beyond_every_limit_are_refused_before_anything_is_read() {
    let mut byte = 0;
    let mut attribute = attribute(AttributeType::LABEL, null_mut(), 0);
    let payload = CK_ULONG::try_from(limits::PAYLOAD_BYTES).unwrap();
    for length in [payload + 1, CK_ULONG::MAX / 2 + 1, CK_ULONG::MAX] {
        assert_eq!(
            refusal::<BytesIn>((&raw mut byte, length)),
            Some(Rv::DATA_LEN_RANGE)
        );
        assert_eq!(
            refusal::<Pin>((&raw mut byte, length)),
            Some(Rv::PIN_LEN_RANGE)
        );
        assert_eq!(
            refusal::<TemplateIn>((pointer(&mut attribute), length)),
            Some(Rv::ARGUMENTS_BAD)
        );
    }
}

#[test]
fn a_pin_is_told_from_no_pin() {
    let decode =
        |bytes: &[u8]| wire::Pin::decode(&mut reader(bytes)).map(|pin| pin.map(<[u8]>::to_vec));
    let mut pin = *b"1234";
    let given = encode(&read::<Pin>((pin.as_mut_ptr(), 4)).unwrap());
    assert_eq!(decode(&given).unwrap().unwrap(), b"1234");
    let empty = encode(&read::<Pin>((pin.as_mut_ptr(), 0)).unwrap());
    assert_eq!(decode(&empty).unwrap().unwrap(), b"");
    let none = encode(&read::<Pin>((null_mut(), 0)).unwrap());
    assert_eq!(decode(&none).unwrap(), None);
}

fn attribute(id: AttributeType, value: *mut u8, length: CK_ULONG) -> CK_ATTRIBUTE {
    CK_ATTRIBUTE {
        type_: id.0,
        pValue: value.cast(),
        ulValueLen: length,
    }
}

#[test]
fn a_template_keeps_its_attributes_and_their_order() {
    let (mut class, mut label, mut mechanisms) = (3 as CK_ULONG, *b"key", [1 as CK_ULONG, 2]);
    let mut template = [
        attribute(AttributeType::CLASS, pointer(&mut class).cast(), 8),
        attribute(AttributeType::LABEL, label.as_mut_ptr(), 3),
        attribute(AttributeType::ID, null_mut(), 0),
        attribute(
            AttributeType::ALLOWED_MECHANISMS,
            mechanisms.as_mut_ptr().cast(),
            16,
        ),
    ];
    let bytes = encode(&read::<TemplateIn>((template.as_mut_ptr(), 4)).unwrap());
    let private = 3u64.to_le_bytes();
    let mut both = 1u64.to_le_bytes().to_vec();
    both.extend(2u64.to_le_bytes());
    let expected = [
        (AttributeType::CLASS, &private[..]),
        (AttributeType::LABEL, b"key"),
        (AttributeType::ID, b""),
        (AttributeType::ALLOWED_MECHANISMS, &both),
    ]
    .map(|(id, value)| Attribute { id, value });
    assert_eq!(
        wire::TemplateIn::decode(&mut reader(&bytes)).unwrap(),
        expected
    );
}

#[test]
fn values_in_a_template_are_checked() {
    let mut byte = 0;
    for (value, length, rv) in [
        (null_mut(), 1, Rv::ARGUMENTS_BAD),
        (
            pointer(&mut byte),
            CK_ULONG::MAX,
            Rv::ATTRIBUTE_VALUE_INVALID,
        ),
        (null_mut(), CK_ULONG::MAX, Rv::ARGUMENTS_BAD),
    ] {
        let mut template = attribute(AttributeType::LABEL, value, length);
        assert_eq!(refusal::<TemplateIn>((&raw mut template, 1)), Some(rv));
    }
}

#[test]
fn a_template_in_a_template_is_carried_whole() {
    let (mut flag, mut label) = ([1_u8], *b"inner");
    let mut inner = [
        attribute(AttributeType::EXTRACTABLE, flag.as_mut_ptr().cast(), 1),
        attribute(AttributeType::LABEL, label.as_mut_ptr().cast(), 5),
    ];
    for id in [
        AttributeType::WRAP_TEMPLATE,
        AttributeType::ENCAPSULATE_TEMPLATE,
    ] {
        let mut template = attribute(id, inner.as_mut_ptr().cast(), 48);
        let bytes = encode(&read::<TemplateIn>((&raw mut template, 1)).unwrap());
        let decoded = wire::TemplateIn::decode(&mut reader(&bytes)).unwrap();
        assert_eq!(decoded[0].id, id);
        let expected = [
            Attribute {
                id: AttributeType::EXTRACTABLE,
                value: &[1],
            },
            Attribute {
                id: AttributeType::LABEL,
                value: b"inner",
            },
        ];
        assert_eq!(
            wire::TemplateIn::read_value(decoded[0].value).unwrap(),
            expected
        );
    }
    let mut empty = attribute(AttributeType::WRAP_TEMPLATE, null_mut(), 0);
    let bytes = encode(&read::<TemplateIn>((&raw mut empty, 1)).unwrap());
    let decoded = wire::TemplateIn::decode(&mut reader(&bytes)).unwrap();
    assert_eq!(wire::TemplateIn::read_value(decoded[0].value).unwrap(), []);
}

#[test]
fn templates_in_templates_are_checked() {
    let mut deep = attribute(AttributeType::UNWRAP_TEMPLATE, null_mut(), 0);
    let mut torn = attribute(AttributeType::LABEL, null_mut(), 3);
    for (pointer, length, rv) in [
        (null_mut(), 24, Rv::ATTRIBUTE_VALUE_INVALID),
        (
            std::ptr::without_provenance_mut(1),
            23,
            Rv::ATTRIBUTE_VALUE_INVALID,
        ),
        (pointer(&mut deep).cast(), 24, Rv::ATTRIBUTE_VALUE_INVALID),
        (pointer(&mut torn).cast(), 24, Rv::ARGUMENTS_BAD),
    ] {
        let mut template = attribute(AttributeType::WRAP_TEMPLATE, pointer, length);
        assert_eq!(refusal::<TemplateIn>((&raw mut template, 1)), Some(rv));
    }
}

#[test]
fn an_array_of_an_unknown_kind_is_named_but_not_read() {
    let dangling = std::ptr::without_provenance_mut(1);
    let id = AttributeType(0x4000_0777);
    let mut template = attribute(id, dangling, 24);
    let bytes = encode(&read::<TemplateIn>((&raw mut template, 1)).unwrap());
    let expected = Attribute { id, value: b"" };
    assert_eq!(
        wire::TemplateIn::decode(&mut reader(&bytes)).unwrap(),
        [expected]
    );
}

/// Sends a mechanism through the shape and checks the parameters that the token reads.
pub(super) fn check_params<T>(
    id: MechanismType,
    parameter: *mut T,
    length: usize,
    expected: Params<'_>,
) {
    let mut mechanism = CK_MECHANISM {
        mechanism: id.0,
        pParameter: parameter.cast(),
        ulParameterLen: CK_ULONG::try_from(length).unwrap(),
    };
    let bytes = encode(&read::<MechanismIn>(&raw mut mechanism).unwrap());
    let argument = wire::MechanismIn::decode(&mut reader(&bytes)).unwrap();
    assert_eq!(
        argument,
        Some(MechanismArgument {
            id,
            params: expected
        })
    );
}

#[test]
fn a_null_mechanism_is_none() {
    let bytes = encode(&read::<MechanismIn>(null_mut()).unwrap());
    assert_eq!(
        wire::MechanismIn::decode(&mut reader(&bytes)).unwrap(),
        None
    );
}

#[test]
fn plain_parameters_are_read_by_the_mechanisms_row() {
    let mut iv = *b"0123456789abcdef";
    let mut length: CK_ULONG = 20;
    check_params(MechanismType::SHA256, null_mut::<u8>(), 0, Params::None);
    check_params(
        MechanismType::SHA256,
        pointer(&mut iv),
        16,
        Params::Malformed,
    );
    check_params(
        MechanismType::AES_CBC,
        pointer(&mut iv),
        16,
        Params::Bytes(b"0123456789abcdef"),
    );
    check_params(
        MechanismType::AES_CBC,
        pointer(&mut iv),
        15,
        Params::Malformed,
    );
    check_params(
        MechanismType::AES_CBC,
        null_mut::<u8>(),
        16,
        Params::Malformed,
    );
    check_params(
        MechanismType::AES_CBC,
        pointer(&mut iv),
        usize::MAX,
        Params::Malformed,
    );
    check_params(
        MechanismType::SHA256_HMAC_GENERAL,
        &raw mut length,
        8,
        Params::Length(20),
    );
    check_params(
        MechanismType(0xdead_beef),
        pointer(&mut iv),
        16,
        Params::None,
    );
}

#[test]
fn a_structure_of_another_length_is_malformed() {
    let mut counter = CK_AES_CTR_PARAMS {
        ulCounterBits: 64,
        cb: [9; 16],
    };
    let expected = Params::Counter {
        counter_bits: 64,
        block: [9; 16],
    };
    let length = size_of::<CK_AES_CTR_PARAMS>();
    check_params(MechanismType::AES_CTR, &raw mut counter, length, expected);
    for wrong in [0, 1, length - 1, length + 1] {
        check_params(
            MechanismType::AES_CTR,
            &raw mut counter,
            wrong,
            Params::Malformed,
        );
    }
}

#[test]
fn gcm_takes_the_length_in_bits_as_it_is_or_not_at_all() {
    let (mut iv, mut aad) = (*b"twelve bytes", *b"aad");
    for (bits, good) in [(0, true), (96, true), (12, false), (CK_ULONG::MAX, false)] {
        let mut gcm = CK_GCM_PARAMS {
            pIv: iv.as_mut_ptr(),
            ulIvLen: 12,
            ulIvBits: bits,
            pAAD: aad.as_mut_ptr(),
            ulAADLen: 3,
            ulTagBits: 128,
        };
        let expected = if good {
            Params::Gcm {
                iv: b"twelve bytes",
                aad: b"aad",
                tag_bits: 128,
            }
        } else {
            Params::Malformed
        };
        check_params(
            MechanismType::AES_GCM,
            &raw mut gcm,
            size_of::<CK_GCM_PARAMS>(),
            expected,
        );
    }
}

#[test]
fn null_pointers_inside_parameters_are_malformed() {
    let mut gcm = CK_GCM_PARAMS {
        pIv: null_mut(),
        ulIvLen: 12,
        ulIvBits: 0,
        pAAD: null_mut(),
        ulAADLen: 0,
        ulTagBits: 128,
    };
    let length = size_of::<CK_GCM_PARAMS>();
    check_params(
        MechanismType::AES_GCM,
        &raw mut gcm,
        length,
        Params::Malformed,
    );
    gcm.ulIvLen = CK_ULONG::MAX;
    check_params(
        MechanismType::AES_GCM,
        &raw mut gcm,
        length,
        Params::Malformed,
    );
}

#[test]
fn oaep_takes_its_label_from_the_parameters_alone() {
    let mut label = *b"label";
    let expected = |label| Params::Oaep {
        digest: MechanismType::SHA256,
        mgf: Mgf::MGF1_SHA256,
        label,
    };
    for (source, label_length, params) in [
        (CKZ_DATA_SPECIFIED, 5, expected(b"label")),
        (CKZ_DATA_SPECIFIED, 0, expected(b"")),
        (0, 0, expected(b"")),
        (0, 5, Params::Malformed),
        (2, 0, Params::Malformed),
    ] {
        let mut oaep = CK_RSA_PKCS_OAEP_PARAMS {
            hashAlg: MechanismType::SHA256.0,
            mgf: Mgf::MGF1_SHA256.0,
            source,
            pSourceData: label.as_mut_ptr().cast(),
            ulSourceDataLen: label_length,
        };
        let length = size_of::<CK_RSA_PKCS_OAEP_PARAMS>();
        check_params(MechanismType::RSA_PKCS_OAEP, &raw mut oaep, length, params);
    }
}

#[test]
fn an_optional_byte_string_is_there_or_not() {
    let mut iv = [0xa6_u8; 8];
    let id = MechanismType::AES_KEY_WRAP;
    check_params(id, pointer(&mut iv), 8, Params::Bytes(&[0xa6; 8]));
    check_params(id, null_mut::<u8>(), 0, Params::None);
    for wrong in [1, 7, 9] {
        check_params(id, pointer(&mut [0_u8; 9]), wrong, Params::Malformed);
    }
    check_params(id, null_mut::<u8>(), 8, Params::Malformed);
}

#[test]
fn the_parameters_of_a_key_agreement_are_read() {
    let (mut shared, mut public) = (*b"shared", [4; 65]);
    let length = size_of::<CK_ECDH1_DERIVE_PARAMS>();
    let mut ecdh = CK_ECDH1_DERIVE_PARAMS {
        kdf: KeyDerivation::SHA256_KDF.0,
        ulSharedDataLen: 6,
        pSharedData: shared.as_mut_ptr(),
        ulPublicDataLen: 65,
        pPublicData: public.as_mut_ptr(),
    };
    let expected = Params::Ecdh {
        kdf: KeyDerivation::SHA256_KDF,
        shared_data: b"shared",
        public_data: &[4; 65],
    };
    check_params(MechanismType::ECDH1_DERIVE, &raw mut ecdh, length, expected);
    ecdh.pPublicData = null_mut();
    check_params(
        MechanismType::ECDH1_DERIVE,
        &raw mut ecdh,
        length,
        Params::Malformed,
    );
}

#[test]
fn eddsa_parameters_are_read_or_not_there() {
    let mut context = *b"context";
    let mut eddsa = CK_EDDSA_PARAMS {
        phFlag: 1,
        ulContextDataLen: 7,
        pContextData: context.as_mut_ptr(),
    };
    let expected = Params::Eddsa {
        prehash: true,
        context: b"context",
    };
    let length = size_of::<CK_EDDSA_PARAMS>();
    let id = MechanismType::EDDSA;
    check_params(id, &raw mut eddsa, length, expected);
    check_params(id, &raw mut eddsa, length - 1, Params::Malformed);
    check_params(id, null_mut::<CK_EDDSA_PARAMS>(), 0, Params::None);
}

#[test]
fn the_context_of_a_signature_is_read_or_not_there() {
    let mut context = *b"context";
    let mut sign = CK_SIGN_ADDITIONAL_CONTEXT {
        hedgeVariant: Hedge::DETERMINISTIC_REQUIRED.0,
        pContext: context.as_mut_ptr(),
        ulContextLen: 7,
    };
    let expected = |digest| Params::SignContext {
        hedge: Hedge::DETERMINISTIC_REQUIRED,
        context: b"context",
        digest,
    };
    let length = size_of::<CK_SIGN_ADDITIONAL_CONTEXT>();
    let id = MechanismType::ML_DSA;
    check_params(id, &raw mut sign, length, expected(None));
    check_params(id, &raw mut sign, length - 1, Params::Malformed);
    check_params(
        id,
        null_mut::<CK_SIGN_ADDITIONAL_CONTEXT>(),
        0,
        Params::None,
    );
    sign.pContext = null_mut();
    check_params(id, &raw mut sign, length, Params::Malformed);
    let mut hash = CK_HASH_SIGN_ADDITIONAL_CONTEXT {
        hedgeVariant: Hedge::DETERMINISTIC_REQUIRED.0,
        pContext: context.as_mut_ptr(),
        ulContextLen: 7,
        hash: MechanismType::SHA256.0,
    };
    let length = size_of::<CK_HASH_SIGN_ADDITIONAL_CONTEXT>();
    let id = MechanismType::HASH_ML_DSA;
    let given = expected(Some(MechanismType::SHA256));
    check_params(id, &raw mut hash, length, given);
    check_params(
        id,
        null_mut::<CK_HASH_SIGN_ADDITIONAL_CONTEXT>(),
        0,
        Params::Malformed,
    );
}

#[test]
fn pss_parameters_are_read() {
    let mut pss = CK_RSA_PKCS_PSS_PARAMS {
        hashAlg: MechanismType::SHA_1.0,
        mgf: Mgf::MGF1_SHA1.0,
        sLen: 20,
    };
    let expected = Params::Pss {
        digest: MechanismType::SHA_1,
        mgf: Mgf::MGF1_SHA1,
        salt_len: 20,
    };
    let length = size_of::<CK_RSA_PKCS_PSS_PARAMS>();
    check_params(MechanismType::RSA_PKCS_PSS, &raw mut pss, length, expected);
}

#[test]
fn the_parameters_of_ccm_are_read() {
    let (mut nonce, mut aad) = ([7; 12], *b"aad");
    let length = size_of::<CK_CCM_PARAMS>();
    let mut ccm = CK_CCM_PARAMS {
        ulDataLen: 32,
        pNonce: nonce.as_mut_ptr(),
        ulNonceLen: 12,
        pAAD: aad.as_mut_ptr(),
        ulAADLen: 3,
        ulMACLen: 16,
    };
    let expected = Params::Ccm {
        data_len: 32,
        nonce: &[7; 12],
        aad: b"aad",
        mac_len: 16,
    };
    let id = MechanismType::AES_CCM;
    check_params(id, &raw mut ccm, length, expected);
    check_params(id, &raw mut ccm, length - 1, Params::Malformed);
    ccm.pNonce = null_mut();
    check_params(id, &raw mut ccm, length, Params::Malformed);
}

#[test]
fn gmac_takes_an_iv_or_the_parameters_of_gcm() {
    let mut iv = [7; 12];
    let expected = |tag_bits| Params::Gcm {
        iv: &[7; 12],
        aad: &[],
        tag_bits,
    };
    let id = MechanismType::AES_GMAC;
    check_params(id, pointer(&mut iv), 12, expected(128));
    check_params(id, pointer(&mut iv), 11, Params::Malformed);
    let mut gcm = CK_GCM_PARAMS {
        pIv: iv.as_mut_ptr(),
        ulIvLen: 12,
        ulIvBits: 96,
        pAAD: null_mut(),
        ulAADLen: 0,
        ulTagBits: 96,
    };
    let length = size_of::<CK_GCM_PARAMS>();
    check_params(id, &raw mut gcm, length, expected(96));
}

#[test]
fn hkdf_takes_a_salt_that_is_a_key_or_not() {
    let (mut salt, mut info) = (*b"salt", *b"info");
    let expected = |salt| Params::Hkdf {
        extract: true,
        expand: true,
        digest: MechanismType::SHA256,
        salt,
        info: b"info",
    };
    for (kind, params) in [
        (CKF_HKDF_SALT_NULL, expected(Salt::Bytes(b""))),
        (CKF_HKDF_SALT_DATA, expected(Salt::Bytes(b"salt"))),
        (CKF_HKDF_SALT_KEY, expected(Salt::Key(11))),
        (0, Params::Malformed),
    ] {
        let mut hkdf = CK_HKDF_PARAMS {
            bExtract: 1,
            bExpand: 1,
            prfHashMechanism: MechanismType::SHA256.0,
            ulSaltType: kind,
            pSalt: salt.as_mut_ptr(),
            ulSaltLen: 4,
            hSaltKey: 11,
            pInfo: info.as_mut_ptr(),
            ulInfoLen: 4,
        };
        let length = size_of::<CK_HKDF_PARAMS>();
        check_params(MechanismType::HKDF_DERIVE, &raw mut hkdf, length, params);
    }
}

#[test]
fn the_values_of_a_one_time_password_are_read() {
    let (mut counter, mut length) = ([1_u8; 8], 8_u64);
    let mut given = [
        CK_OTP_PARAM {
            type_: CK_OTP_COUNTER,
            pValue: pointer(&mut counter).cast(),
            ulValueLen: 8,
        },
        CK_OTP_PARAM {
            type_: CK_OTP_OUTPUT_LENGTH,
            pValue: (&raw mut length).cast(),
            ulValueLen: 8,
        },
    ];
    let mut params = CK_OTP_PARAMS {
        pParams: given.as_mut_ptr(),
        ulCount: 2,
    };
    let size = size_of::<CK_OTP_PARAMS>();
    let expected = OneTime {
        counter: Some(&[1; 8]),
        length: Some(8),
        ..OneTime::default()
    };
    let id = MechanismType::HOTP;
    check_params(id, &raw mut params, size, Params::Otp(expected));
    check_params(id, &raw mut params, 8, Params::Malformed);
    check_params(id, &raw mut params, 0, Params::None);
    params.ulCount = 17;
    check_params(id, &raw mut params, size, Params::Malformed);
    params.ulCount = 2;
    given[1].ulValueLen = 4;
    params.pParams = given.as_mut_ptr();
    check_params(id, &raw mut params, size, Params::Malformed);
    given[1].type_ = 99;
    params.pParams = given.as_mut_ptr();
    check_params(id, &raw mut params, size, Params::Malformed);
}

#[test]
fn the_handle_of_another_key_is_read() {
    let mut handle: CK_ULONG = 77;
    let id = MechanismType::CONCATENATE_BASE_AND_KEY;
    check_params(id, &raw mut handle, 8, Params::Key(77));
    check_params(id, &raw mut handle, 4, Params::Malformed);
    let id = MechanismType::EXTRACT_KEY_FROM_KEY;
    check_params(id, &raw mut handle, 8, Params::Length(77));
}

#[test]
fn the_pieces_of_a_key_derivation_are_read() {
    let mut counter = CK_SP800_108_COUNTER_FORMAT {
        bLittleEndian: 0,
        ulWidthInBits: 32,
    };
    let mut length = CK_SP800_108_DKM_LENGTH_FORMAT {
        dkmLengthMethod: CK_SP800_108_DKM_LENGTH_SUM_OF_SEGMENTS,
        bLittleEndian: 1,
        ulWidthInBits: 16,
    };
    let mut label = *b"label";
    let piece = |type_, value: *mut u8, len: usize| CK_PRF_DATA_PARAM {
        type_,
        pValue: value.cast(),
        ulValueLen: len.try_into().unwrap(),
    };
    let mut pieces = [
        piece(
            CK_SP800_108_ITERATION_VARIABLE,
            (&raw mut counter).cast(),
            size_of_val(&counter),
        ),
        piece(CK_SP800_108_BYTE_ARRAY, label.as_mut_ptr(), 5),
        piece(
            CK_SP800_108_DKM_LENGTH,
            (&raw mut length).cast(),
            size_of_val(&length),
        ),
    ];
    let mut kdf = CK_SP800_108_KDF_PARAMS {
        prfType: MechanismType::SHA256_HMAC.0,
        ulNumberOfDataParams: 3,
        pDataParams: pieces.as_mut_ptr(),
        ulAdditionalDerivedKeys: 0,
        pAdditionalDerivedKeys: null_mut(),
    };
    let width = |bits, little_endian| Width {
        bits,
        little_endian,
    };
    let mut expected = [Piece::Absent; MOST_PIECES];
    expected[0] = Piece::Counter(width(32, false));
    expected[1] = Piece::Bytes(b"label");
    expected[2] = Piece::Length {
        blocks: true,
        width: width(16, true),
    };
    let good = Params::CounterKdf {
        function: MechanismType::SHA256_HMAC,
        pieces: expected,
    };
    let (id, size) = (
        MechanismType::SP800_108_COUNTER_KDF,
        size_of::<CK_SP800_108_KDF_PARAMS>(),
    );
    check_params(id, &raw mut kdf, size, good);
    for count in [9, CK_ULONG::MAX] {
        kdf.ulNumberOfDataParams = count;
        check_params(id, &raw mut kdf, size, Params::Malformed);
    }
    kdf.ulNumberOfDataParams = 3;
    for wrong in [0, 2, 5, 99] {
        pieces[1].type_ = wrong;
        kdf.pDataParams = pieces.as_mut_ptr();
        check_params(id, &raw mut kdf, size, Params::Malformed);
    }
}
