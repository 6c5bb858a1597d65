//! The parameters of key derivation: of TLS, of passwords, and of chained blocks.

use std::ptr::null_mut;

use ck::{AttributeType, MOST_PIECES, MechanismType as M, Params, Password, Piece, Width};
use cryptoki_sys::{CK_ATTRIBUTE, CK_DERIVED_KEY};
use cryptoki_sys::{CK_MECHANISM, CK_SSL3_KEY_MAT_OUT, CK_TLS12_KEY_MAT_PARAMS};
use cryptoki_sys::{CK_PKCS5_PBKD2_PARAMS2, CK_SSL3_RANDOM_DATA, CK_VERSION, CKZ_SALT_SPECIFIED};
use cryptoki_sys::{CK_PRF_DATA_PARAM, CK_SP800_108_BYTE_ARRAY, CK_SP800_108_COUNTER_FORMAT};
use cryptoki_sys::{CK_SP800_108_FEEDBACK_KDF_PARAMS, CK_SP800_108_KDF_PARAMS};
use cryptoki_sys::{CK_SP800_108_ITERATION_VARIABLE, CK_SP800_108_OPTIONAL_COUNTER, CK_ULONG};
use cryptoki_sys::{CK_TLS_KDF_PARAMS, CK_TLS_MAC_PARAMS};
use cryptoki_sys::{CK_TLS12_EXTENDED_MASTER_KEY_DERIVE_PARAMS, CK_TLS12_MASTER_KEY_DERIVE_PARAMS};
use proto::shape::{self as wire, Attribute, Derived, MechanismArgument, Shape};
use proto::{DecodeError, Reader, Writer};

use super::inputs::check_params;
use crate::abi::shape::{CArgument, DerivingMechanism, KeyPlace};

const CLIENT: [u8; 32] = [1; 32];
const SERVER: [u8; 32] = [2; 32];
const DIGEST: M = M::SHA256;

fn randoms() -> CK_SSL3_RANDOM_DATA {
    CK_SSL3_RANDOM_DATA {
        pClientRandom: CLIENT.as_ptr().cast_mut(),
        ulClientRandomLen: 32,
        pServerRandom: SERVER.as_ptr().cast_mut(),
        ulServerRandomLen: 32,
    }
}

fn check<T>(id: M, parameter: &mut T, expected: Params<'_>) {
    check_params(id, std::ptr::from_mut(parameter), size_of::<T>(), expected);
    let shorter = size_of::<T>() - 1;
    check_params(
        id,
        std::ptr::from_mut(parameter),
        shorter,
        Params::Malformed,
    );
}

#[test]
fn a_master_secret_is_bound_to_what_both_sides_drew() {
    let mut version = CK_VERSION { major: 0, minor: 0 };
    let mut master = CK_TLS12_MASTER_KEY_DERIVE_PARAMS {
        RandomInfo: randoms(),
        pVersion: null_mut(),
        prfHashMechanism: DIGEST.0,
    };
    let expected = |version| Params::TlsMaster {
        digest: DIGEST,
        client_random: &CLIENT,
        server_random: &SERVER,
        version,
    };
    check(M::TLS12_MASTER_KEY_DERIVE_DH, &mut master, expected(false));
    master.pVersion = &raw mut version;
    check(M::TLS12_MASTER_KEY_DERIVE_DH, &mut master, expected(true));
    master.RandomInfo.pServerRandom = null_mut();
    check(
        M::TLS12_MASTER_KEY_DERIVE_DH,
        &mut master,
        Params::Malformed,
    );

    let mut hash = [3; 48];
    let mut extended = CK_TLS12_EXTENDED_MASTER_KEY_DERIVE_PARAMS {
        prfHashMechanism: DIGEST.0,
        pSessionHash: hash.as_mut_ptr(),
        ulSessionHashLen: 48,
        pVersion: null_mut(),
    };
    let id = M::TLS12_EXTENDED_MASTER_KEY_DERIVE_DH;
    let expected = Params::TlsExtendedMaster {
        digest: DIGEST,
        session_hash: &[3; 48],
        version: false,
    };
    check(id, &mut extended, expected);
    extended.ulSessionHashLen = CK_ULONG::MAX;
    check(id, &mut extended, Params::Malformed);
}

#[test]
fn an_empty_context_is_another_than_none() {
    let mut label = *b"EXPORTER";
    let mut context = *b"context";
    let mut kdf = CK_TLS_KDF_PARAMS {
        prfMechanism: DIGEST.0,
        pLabel: label.as_mut_ptr(),
        ulLabelLength: 8,
        RandomInfo: randoms(),
        pContextData: null_mut(),
        ulContextDataLength: 0,
    };
    let expected = |context| Params::TlsExport {
        digest: DIGEST,
        label: b"EXPORTER",
        client_random: &CLIENT,
        server_random: &SERVER,
        context,
    };
    check(M::TLS_KDF, &mut kdf, expected(None));
    kdf.pContextData = context.as_mut_ptr();
    check(M::TLS12_KDF, &mut kdf, expected(Some(b"")));
    kdf.ulContextDataLength = 7;
    check(M::TLS_KDF, &mut kdf, expected(Some(b"context")));
    kdf.pContextData = null_mut();
    check(M::TLS_KDF, &mut kdf, Params::Malformed);
}

#[test]
fn the_mac_of_a_handshake_has_a_side() {
    let mut mac = CK_TLS_MAC_PARAMS {
        prfHashMechanism: DIGEST.0,
        ulMacLength: 12,
        ulServerOrClient: 2,
    };
    let expected = Params::TlsMac {
        digest: DIGEST,
        len: 12,
        side: 2,
    };
    check(M::TLS_MAC, &mut mac, expected);
    check(M::TLS12_MAC, &mut mac, expected);
}

#[test]
fn a_password_has_a_salt_and_a_length() {
    let (mut salt, mut password) = (*b"salt", *b"password");
    let mut pbkdf2 = CK_PKCS5_PBKD2_PARAMS2 {
        saltSource: CKZ_SALT_SPECIFIED,
        pSaltSourceData: salt.as_mut_ptr().cast(),
        ulSaltSourceDataLen: 4,
        iterations: 1000,
        prf: 4,
        pPrfData: null_mut(),
        ulPrfDataLen: 0,
        pPassword: password.as_mut_ptr(),
        ulPasswordLen: 8,
    };
    let expected = Params::Password {
        function: 4,
        salt: b"salt",
        iterations: 1000,
        password: Password(b"password"),
    };
    assert!(!format!("{expected:?}").contains("112"), "{expected:?}");
    check(M::PKCS5_PBKD2, &mut pbkdf2, expected);
    pbkdf2.ulPrfDataLen = 1;
    check(M::PKCS5_PBKD2, &mut pbkdf2, Params::Malformed);
    (pbkdf2.ulPrfDataLen, pbkdf2.saltSource) = (0, 0);
    check(M::PKCS5_PBKD2, &mut pbkdf2, Params::Malformed);
    // The structure of version 2.40 has the address of the length here.
    let mut length: CK_ULONG = 8;
    let address = (&raw mut length).addr();
    (pbkdf2.saltSource, pbkdf2.ulPasswordLen) = (CKZ_SALT_SPECIFIED, address.try_into().unwrap());
    check(M::PKCS5_PBKD2, &mut pbkdf2, Params::Malformed);
}

#[test]
fn a_chain_of_blocks_has_one_place_for_the_block() {
    let mut counter = CK_SP800_108_COUNTER_FORMAT {
        bLittleEndian: 0,
        ulWidthInBits: 16,
    };
    let (mut label, mut vector) = (*b"label", *b"vector");
    let piece = |type_, value: *mut u8, len: usize| CK_PRF_DATA_PARAM {
        type_,
        pValue: value.cast(),
        ulValueLen: len.try_into().unwrap(),
    };
    let format = (&raw mut counter).cast();
    let size = size_of::<CK_SP800_108_COUNTER_FORMAT>();
    let mut pieces = [
        piece(CK_SP800_108_ITERATION_VARIABLE, null_mut(), 0),
        piece(CK_SP800_108_OPTIONAL_COUNTER, format, size),
        piece(CK_SP800_108_BYTE_ARRAY, label.as_mut_ptr(), 5),
    ];
    let mut expected = [Piece::Absent; MOST_PIECES];
    expected[0] = Piece::Block;
    expected[1] = Piece::Counter(Width {
        bits: 16,
        little_endian: false,
    });
    expected[2] = Piece::Bytes(b"label");
    let mut feedback = CK_SP800_108_FEEDBACK_KDF_PARAMS {
        prfType: M::SHA256_HMAC.0,
        ulNumberOfDataParams: 3,
        pDataParams: pieces.as_mut_ptr(),
        ulIVLen: 6,
        pIV: vector.as_mut_ptr(),
        ulAdditionalDerivedKeys: 0,
        pAdditionalDerivedKeys: null_mut(),
    };
    let good = Params::FeedbackKdf {
        function: M::SHA256_HMAC,
        vector: b"vector",
        pieces: expected,
    };
    check(M::SP800_108_FEEDBACK_KDF, &mut feedback, good);
    let mut double = CK_SP800_108_KDF_PARAMS {
        prfType: M::SHA256_HMAC.0,
        ulNumberOfDataParams: 3,
        pDataParams: pieces.as_mut_ptr(),
        ulAdditionalDerivedKeys: 0,
        pAdditionalDerivedKeys: null_mut(),
    };
    let good = Params::CounterKdf {
        function: M::SHA256_HMAC,
        pieces: expected,
    };
    check(M::SP800_108_DOUBLE_PIPELINE_KDF, &mut double, good);
    // A counter is in the place of the block in counter mode alone.
    pieces[0] = piece(CK_SP800_108_ITERATION_VARIABLE, format, size);
    double.pDataParams = pieces.as_mut_ptr();
    check(
        M::SP800_108_DOUBLE_PIPELINE_KDF,
        &mut double,
        Params::Malformed,
    );
}

/// Derives: checks what the token reads, and gives what it fills in.
fn derive<T>(
    id: M,
    parameter: &mut T,
    expected: Params<'_>,
    derived: &Derived,
) -> Result<(), DecodeError> {
    let mut host = CK_MECHANISM {
        mechanism: id.0,
        pParameter: std::ptr::from_mut(parameter).cast(),
        ulParameterLen: size_of::<T>().try_into().unwrap(),
    };
    let (mut request, mut reply) = (Vec::new(), Vec::new());
    // SAFETY: the pointer is true, and the memory is kept.
    let argument = unsafe { DerivingMechanism::read(&raw mut host) };
    let argument = argument.map_err(|_| DecodeError::Limit {
        what: "keys that are derived besides",
    })?;
    // SAFETY: as above.
    unsafe { argument.encode(&mut Writer::new(&mut request)) };
    assert!(request.len() <= argument.size());
    let mut reader = Reader::new(wire::SessionHandle(0), &request);
    let (read, more, _) = wire::DerivingMechanism::decode(&mut reader).unwrap();
    reader.finish().unwrap();
    let label = Attribute {
        id: AttributeType::LABEL,
        value: b"other",
    };
    assert!(more.iter().all(|template| *template == [label]));
    let params = expected;
    assert_eq!(read, Some(MechanismArgument { id, params }));
    wire::DerivingMechanism::write_reply(derived, &mut Writer::new(&mut reply));
    // SAFETY: as above.
    unsafe { argument.write_back(&mut Reader::new(wire::SessionHandle(0), &reply)) }
}

#[test]
fn keys_of_a_connection_come_out_where_the_host_has_places() {
    let (mut client, mut server) = ([0; 16], [0; 16]);
    let mut out = CK_SSL3_KEY_MAT_OUT {
        pIVClient: client.as_mut_ptr(),
        pIVServer: server.as_mut_ptr(),
        ..CK_SSL3_KEY_MAT_OUT::default()
    };
    let mut keys = CK_TLS12_KEY_MAT_PARAMS {
        ulMacSizeInBits: 256,
        ulKeySizeInBits: 128,
        ulIVSizeInBits: 128,
        bIsExport: 0,
        RandomInfo: randoms(),
        pReturnedKeyMaterial: &raw mut out,
        prfHashMechanism: DIGEST.0,
    };
    let expected = Params::TlsKeys {
        digest: DIGEST,
        client_random: &CLIENT,
        server_random: &SERVER,
        mac_bits: 256,
        key_bits: 128,
        vector_bits: 128,
    };
    let id = M::TLS12_KEY_AND_MAC_DERIVE;
    let derived = |keys: &[u64], len| Derived {
        version: None,
        keys: keys.to_vec(),
        vectors: [vec![8; len], vec![9; len]].concat(),
    };
    derive(id, &mut keys, expected, &derived(&[1, 2, 3, 4], 16)).unwrap();
    let handles = [
        out.hClientMacSecret,
        out.hServerMacSecret,
        out.hClientKey,
        out.hServerKey,
    ];
    assert_eq!((handles, client, server), ([1, 2, 3, 4], [8; 16], [9; 16]));
    // Nothing, as after a refusal, leaves everything as it is; what does not fit is an error.
    derive(id, &mut keys, expected, &Derived::default()).unwrap();
    for wrong in [derived(&[1, 2, 3], 16), derived(&[1, 2, 3, 4], 15)] {
        assert!(derive(id, &mut keys, expected, &wrong).is_err());
    }
    assert_eq!((out.hClientMacSecret, client), (1, [8; 16]));

    out.pIVServer = null_mut();
    keys.pReturnedKeyMaterial = &raw mut out;
    check(id, &mut keys, Params::Malformed);
    check(M::TLS12_KEY_SAFE_DERIVE, &mut keys, expected);
    keys.bIsExport = 1;
    check(M::TLS12_KEY_SAFE_DERIVE, &mut keys, Params::Malformed);
    (keys.bIsExport, keys.pReturnedKeyMaterial) = (0, null_mut());
    check(M::TLS12_KEY_SAFE_DERIVE, &mut keys, Params::Malformed);
}

#[test]
fn a_version_comes_out_where_the_host_has_a_place() {
    let mut version = CK_VERSION { major: 0, minor: 0 };
    let mut master = CK_TLS12_MASTER_KEY_DERIVE_PARAMS {
        RandomInfo: randoms(),
        pVersion: &raw mut version,
        prfHashMechanism: DIGEST.0,
    };
    let expected = |version| Params::TlsMaster {
        digest: DIGEST,
        client_random: &CLIENT,
        server_random: &SERVER,
        version,
    };
    let derived = Derived {
        version: Some([3, 2]),
        ..Derived::default()
    };
    let id = M::TLS12_MASTER_KEY_DERIVE;
    derive(id, &mut master, expected(true), &derived).unwrap();
    assert_eq!((version.major, version.minor), (3, 2));
    master.pVersion = null_mut();
    assert!(derive(id, &mut master, expected(false), &derived).is_err());
    let other = derive(
        M::SHA256_KEY_DERIVATION,
        &mut [0_u8; 0],
        Params::None,
        &derived,
    );
    assert!(other.is_err());
}

#[test]
fn a_key_needs_no_place_where_the_token_says_so() {
    let mut handle: CK_ULONG = 7;
    for (place, wanted) in [(&raw mut handle, true), (null_mut(), false)] {
        // SAFETY: the pointer is null or true.
        let argument = unsafe { KeyPlace::read(place) }.unwrap();
        let mut request = Vec::new();
        // SAFETY: as above.
        unsafe { argument.encode(&mut Writer::new(&mut request)) };
        assert!(request.len() <= argument.size());
        let mut reader = Reader::new(wire::SessionHandle(0), &request);
        let mut key = wire::KeyPlace::decode(&mut reader).unwrap();
        assert_eq!(key.wanted, wanted);
        for handle in [None, Some(9)] {
            key.handle = handle;
            let mut reply = Vec::new();
            wire::KeyPlace::reply(&key, &mut Writer::new(&mut reply));
            let mut reader = Reader::new(wire::SessionHandle(0), &reply);
            // SAFETY: as above.
            let written = unsafe { argument.write_back(&mut reader) };
            assert_eq!(written.is_ok(), wanted || handle.is_none());
        }
    }
    assert_eq!(handle, 9);
}

#[test]
fn keys_that_are_derived_besides_have_templates_and_places() {
    let mut counter = CK_SP800_108_COUNTER_FORMAT {
        bLittleEndian: 0,
        ulWidthInBits: 16,
    };
    let mut piece = CK_PRF_DATA_PARAM {
        type_: CK_SP800_108_ITERATION_VARIABLE,
        pValue: (&raw mut counter).cast(),
        ulValueLen: size_of::<CK_SP800_108_COUNTER_FORMAT>().try_into().unwrap(),
    };
    let mut label = *b"other";
    let mut attribute = CK_ATTRIBUTE {
        type_: AttributeType::LABEL.0,
        pValue: label.as_mut_ptr().cast(),
        ulValueLen: 5,
    };
    let mut handles: [CK_ULONG; 2] = [0; 2];
    let first = handles.as_mut_ptr();
    let mut more = [0, 1].map(|place| CK_DERIVED_KEY {
        pTemplate: &raw mut attribute,
        ulAttributeCount: 1,
        phKey: first.wrapping_add(place),
    });
    let mut kdf = CK_SP800_108_KDF_PARAMS {
        prfType: M::SHA256_HMAC.0,
        ulNumberOfDataParams: 1,
        pDataParams: &raw mut piece,
        ulAdditionalDerivedKeys: 2,
        pAdditionalDerivedKeys: more.as_mut_ptr(),
    };
    let mut pieces = [Piece::Absent; MOST_PIECES];
    pieces[0] = Piece::Counter(Width {
        bits: 16,
        little_endian: false,
    });
    let expected = Params::CounterKdf {
        function: M::SHA256_HMAC,
        pieces,
    };
    let derived = |keys: &[u64]| Derived {
        keys: keys.to_vec(),
        ..Derived::default()
    };
    let id = M::SP800_108_COUNTER_KDF;
    derive(id, &mut kdf, expected, &derived(&[8, 9])).unwrap();
    assert_eq!(handles, [8, 9]);
    for wrong in [derived(&[8]), derived(&[8, 9, 10])] {
        assert!(derive(id, &mut kdf, expected, &wrong).is_err());
    }
    for count in [17, CK_ULONG::MAX] {
        kdf.ulAdditionalDerivedKeys = count;
        assert!(derive(id, &mut kdf, expected, &Derived::default()).is_err());
    }
    kdf.ulAdditionalDerivedKeys = 2;
    more[1].phKey = null_mut();
    kdf.pAdditionalDerivedKeys = more.as_mut_ptr();
    assert!(derive(id, &mut kdf, expected, &Derived::default()).is_err());
    kdf.pAdditionalDerivedKeys = null_mut();
    assert!(derive(id, &mut kdf, expected, &Derived::default()).is_err());
}
