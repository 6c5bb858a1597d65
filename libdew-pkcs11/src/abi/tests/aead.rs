//! Parameters that are filled in: what the host gave goes in, and what the token made comes out where the host has room for it.

use std::ptr::null_mut;

use ck::{MechanismType, Mgf, Params};
use cryptoki_sys::{CK_CCM_WRAP_PARAMS, CK_GCM_MESSAGE_PARAMS, CK_GCM_WRAP_PARAMS};
use cryptoki_sys::{CK_GCM_PARAMS, CK_MECHANISM};
use proto::shape::{self as wire, MechanismArgument, Shape};
use proto::{DecodeError, Reader, Writer};

use crate::abi::shape::{CArgument, OpeningMechanism, SealingMechanism};
use crate::abi::shape::{UnwrappingMechanism, WrappingMechanism};

fn mechanism<T>(id: MechanismType, parameter: *mut T) -> CK_MECHANISM {
    CK_MECHANISM {
        mechanism: id.0,
        pParameter: parameter.cast(),
        ulParameterLen: size_of::<T>().try_into().unwrap(),
    }
}

fn gcm(iv: *mut u8, generator: Mgf, tag: *mut u8) -> CK_GCM_MESSAGE_PARAMS {
    CK_GCM_MESSAGE_PARAMS {
        pIv: iv,
        ulIvLen: 12,
        ulIvFixedBits: 0,
        ivGenerator: generator.0,
        pTag: tag,
        ulTagBits: 128,
    }
}

/// Sends a mechanism to a token, which checks what it reads and makes `sealed`.
fn seal(
    host: &mut CK_MECHANISM,
    expected: Params<'_>,
    sealed: wire::Sealed,
) -> Result<(), DecodeError> {
    let id = MechanismType(host.mechanism);
    let (mut request, mut reply) = (Vec::new(), Vec::new());
    // SAFETY: the pointer is true, and the memory is kept.
    let argument = unsafe { SealingMechanism::read(host) }.unwrap();
    // SAFETY: as above.
    unsafe { argument.encode(&mut Writer::new(&mut request)) };
    assert!(request.len() <= argument.size());
    let mut reader = Reader::new(wire::SessionHandle(0), &request);
    let mut value = wire::SealingMechanism::decode(&mut reader).unwrap();
    let params = expected;
    assert_eq!(value.0, Some(MechanismArgument { id, params }));
    value.1 = sealed;
    wire::SealingMechanism::reply(&value, &mut Writer::new(&mut reply));
    // SAFETY: as above.
    unsafe { argument.write_back(&mut Reader::new(wire::SessionHandle(0), &reply)) }
}

fn expected(nonce: &[u8], generator: Mgf) -> Params<'_> {
    Params::Aead {
        nonce,
        fixed_bits: 0,
        generator,
        data_len: 0,
        aad: &[],
        tag: Some(&[]),
        tag_bits: 128,
    }
}

#[test]
fn a_vector_and_a_tag_come_out() {
    let (mut iv, mut tag) = ([7; 12], [0; 16]);
    let mut parameter = gcm(iv.as_mut_ptr(), Mgf::GENERATE_RANDOM, tag.as_mut_ptr());
    let mut host = mechanism(MechanismType::AES_GCM, &raw mut parameter);
    let sealed = wire::Sealed {
        nonce: vec![1; 12],
        tag: vec![2; 16],
    };
    let params = expected(&[0; 12], Mgf::GENERATE_RANDOM);
    seal(&mut host, params, sealed).unwrap();
    assert_eq!((iv, tag), ([1; 12], [2; 16]));
}

#[test]
fn nothing_is_written_that_has_no_room() {
    for (nonce, tag_len) in [(11, 16), (13, 16), (12, 15), (12, 8)] {
        let (mut iv, mut tag) = ([7; 12], [0; 16]);
        let mut parameter = gcm(iv.as_mut_ptr(), Mgf::NO_GENERATE, tag.as_mut_ptr());
        let mut host = mechanism(MechanismType::AES_GCM, &raw mut parameter);
        let sealed = wire::Sealed {
            nonce: vec![1; nonce],
            tag: vec![2; tag_len],
        };
        let params = expected(&[7; 12], Mgf::NO_GENERATE);
        assert!(seal(&mut host, params, sealed).is_err());
        assert_eq!(tag, [0; 16]);
    }
}

#[test]
fn a_null_tag_or_another_length_is_malformed() {
    let mut iv = [7; 12];
    let mut parameter = gcm(iv.as_mut_ptr(), Mgf::NO_GENERATE, null_mut());
    let mut host = mechanism(MechanismType::AES_GCM, &raw mut parameter);
    seal(&mut host, Params::Malformed, wire::Sealed::default()).unwrap();
    host.ulParameterLen -= 1;
    seal(&mut host, Params::Malformed, wire::Sealed::default()).unwrap();
    host.mechanism = MechanismType::AES_KEY_WRAP.0;
    seal(&mut host, Params::None, wire::Sealed::default()).unwrap();
}

#[test]
fn what_opens_brings_its_tag_or_none() {
    let (mut iv, mut tag, mut aad) = ([7; 12], [9; 16], *b"aad");
    let open = |host: &mut CK_MECHANISM, expected| {
        let mut request = Vec::new();
        // SAFETY: the pointer is true, and the memory is kept.
        let argument = unsafe { OpeningMechanism::read(host) }.unwrap();
        // SAFETY: as above.
        unsafe { argument.encode(&mut Writer::new(&mut request)) };
        assert!(request.len() <= argument.size());
        let mut reader = Reader::new(wire::SessionHandle(0), &request);
        let read = wire::OpeningMechanism::decode(&mut reader)
            .unwrap()
            .unwrap();
        assert_eq!(read.params, expected);
    };
    let mut parameter = gcm(iv.as_mut_ptr(), Mgf::GENERATE, tag.as_mut_ptr());
    let mut host = mechanism(MechanismType::AES_GCM, &raw mut parameter);
    let params = Params::Aead {
        nonce: &[7; 12],
        fixed_bits: 0,
        generator: Mgf::GENERATE,
        data_len: 0,
        aad: &[],
        tag: Some(&[9; 16]),
        tag_bits: 128,
    };
    open(&mut host, params);
    let mut parameter = CK_CCM_WRAP_PARAMS {
        ulDataLen: 32,
        pNonce: iv.as_mut_ptr(),
        ulNonceLen: 12,
        ulNonceFixedBits: 0,
        nonceGenerator: 0,
        pAAD: aad.as_mut_ptr(),
        ulAADLen: 3,
        ulMACLen: 16,
    };
    let mut host = mechanism(MechanismType::AES_CCM, &raw mut parameter);
    let params = Params::Aead {
        nonce: &[7; 12],
        fixed_bits: 0,
        generator: Mgf::NO_GENERATE,
        data_len: 32,
        aad: b"aad",
        tag: None,
        tag_bits: 128,
    };
    open(&mut host, params);
}

/// Sends a mechanism that wraps to a token, which makes a nonce, and gives what it read.
fn wrap(host: &mut CK_MECHANISM, nonce: &[u8]) -> (Vec<u8>, Result<(), DecodeError>) {
    let (mut request, mut reply) = (Vec::new(), Vec::new());
    let sealed = wire::Sealed {
        nonce: nonce.to_vec(),
        tag: Vec::new(),
    };
    wire::WrappingMechanism::reply(&(None, sealed), &mut Writer::new(&mut reply));
    // SAFETY: the pointer is true, and the memory is kept.
    let written = unsafe {
        let argument = WrappingMechanism::read(host).unwrap();
        argument.encode(&mut Writer::new(&mut request));
        assert!(request.len() <= argument.size());
        argument.write_back(&mut Reader::new(wire::SessionHandle(0), &reply))
    };
    (request, written)
}

fn read(request: &[u8]) -> Params<'_> {
    let mut reader = Reader::new(wire::SessionHandle(0), request);
    let (argument, _) = wire::WrappingMechanism::decode(&mut reader).unwrap();
    argument.unwrap().params
}

#[test]
fn a_plain_wrap_gets_a_nonce_where_its_parameters_have_room_for_one() {
    let (mut iv, mut aad) = ([7; 12], *b"aad");
    let mut parameter = CK_GCM_WRAP_PARAMS {
        pIv: iv.as_mut_ptr(),
        ulIvLen: 12,
        ulIvFixedBits: 0,
        ivGenerator: Mgf::GENERATE.0,
        pAAD: aad.as_mut_ptr(),
        ulAADLen: 3,
        ulTagBits: 128,
    };
    let mut host = mechanism(MechanismType::AES_GCM, &raw mut parameter);
    let (request, written) = wrap(&mut host, &[1; 12]);
    let sealing = |nonce: &'static [u8]| Params::Aead {
        nonce,
        fixed_bits: 0,
        generator: Mgf::GENERATE,
        data_len: 0,
        aad: b"aad",
        tag: None,
        tag_bits: 128,
    };
    assert_eq!(read(&request), sealing(&[0; 12]));
    assert_eq!((written, iv), (Ok(()), [1; 12]));
    // What was made does not fit what there is room for.
    assert!(wrap(&mut host, &[2; 13]).1.is_err());
    assert_eq!(iv, [1; 12]);
    let mut request = Vec::new();
    // SAFETY: the pointer is true, and the memory is kept.
    unsafe {
        let argument = UnwrappingMechanism::read(&raw mut host).unwrap();
        argument.encode(&mut Writer::new(&mut request));
    }
    assert_eq!(read(&request), sealing(&[1; 12]));
}

#[test]
fn a_plain_wrap_is_given_nothing_where_its_parameters_have_no_room() {
    let mut iv = [7; 12];
    let mut parameter = CK_GCM_PARAMS {
        pIv: iv.as_mut_ptr(),
        ulIvLen: 12,
        ulIvBits: 96,
        pAAD: null_mut(),
        ulAADLen: 0,
        ulTagBits: 128,
    };
    let mut host = mechanism(MechanismType::AES_GCM, &raw mut parameter);
    let (request, written) = wrap(&mut host, &[]);
    let plain = Params::Gcm {
        iv: &[7; 12],
        aad: &[],
        tag_bits: 128,
    };
    assert_eq!((read(&request), written), (plain, Ok(())));
    assert!(wrap(&mut host, &[1; 12]).1.is_err());
    assert_eq!(iv, [7; 12]);
}
