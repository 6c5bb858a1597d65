//! Calls that work.

use std::ptr::null_mut;
use std::thread;

use ck::Rv;
use cryptoki_sys::{CK_ATTRIBUTE, CK_INFO, CK_MECHANISM, CK_SLOT_INFO, CK_ULONG, CKF_DONT_BLOCK};

use crate::host::{Host, ck};
use crate::hsm::{Hsm, SLOT, spell};

#[test]
fn a_session_signs() {
    let host = Host::initialized();
    let (_hsm, _events) = Hsm::start(&host.socket());
    let session = host.open_session().unwrap();
    assert_eq!(host.sign(session, b"abc").unwrap(), b"\x55cba\xaa");
}

#[test]
fn lengths_follow_the_two_call_rule() {
    let host = Host::initialized();
    let (_hsm, _events) = Hsm::start(&host.socket());
    let session = host.open_session().unwrap();
    let (mut data, mut signature, mut length) = (*b"abc", [0xee; 5], 0);
    let data = data.as_mut_ptr();
    assert_eq!(
        ck!(host, C_Sign, session, data, 3, null_mut(), &raw mut length),
        Rv::OK
    );
    assert_eq!(length, 5);
    length = 4;
    let to = signature.as_mut_ptr();
    assert_eq!(
        ck!(host, C_Sign, session, data, 3, to, &raw mut length),
        Rv::BUFFER_TOO_SMALL
    );
    assert_eq!((length, signature), (5, [0xee; 5]));
    assert_eq!(
        ck!(host, C_Sign, session, data, 3, to, &raw mut length),
        Rv::OK
    );
    assert_eq!((length, &signature), (5, b"\x55cba\xaa"));
}

#[test]
fn output_may_overwrite_input() {
    let host = Host::initialized();
    let (_hsm, _events) = Hsm::start(&host.socket());
    let session = host.open_session().unwrap();
    let mut buffer = *b"abc..";
    let (both, mut length) = (buffer.as_mut_ptr(), 5);
    assert_eq!(
        ck!(host, C_Sign, session, both, 3, both, &raw mut length),
        Rv::OK
    );
    assert_eq!(&buffer, b"\x55cba\xaa");
}

#[test]
fn every_kind_of_output_arrives() {
    let host = Host::initialized();
    let (_hsm, _events) = Hsm::start(&host.socket());
    let session = host.open_session().unwrap();
    let (mut slots, mut count) = ([0; 2], 2);
    assert_eq!(
        ck!(host, C_GetSlotList, 1, slots.as_mut_ptr(), &raw mut count),
        Rv::OK
    );
    assert_eq!((slots, count), ([SLOT, 0], 1));
    let mut info = CK_SLOT_INFO::default();
    assert_eq!(ck!(host, C_GetSlotInfo, SLOT, &raw mut info), Rv::OK);
    assert_eq!(&info.slotDescription[..8], b"a slot  ");
    assert_eq!(
        ck!(host, C_GetSlotInfo, SLOT + 1, &raw mut info),
        Rv::SLOT_ID_INVALID
    );
    let mut random = [0; 16];
    assert_eq!(
        ck!(host, C_GenerateRandom, session, random.as_mut_ptr(), 16),
        Rv::OK
    );
    assert_eq!(random, [4; 16]);
    let (mut found, mut count) = ([0; 2], 0);
    assert_eq!(
        ck!(
            host,
            C_FindObjects,
            session,
            found.as_mut_ptr(),
            2,
            &raw mut count
        ),
        Rv::OK
    );
    assert_eq!((found, count), ([1, 2], 2));
    let mut id: CK_ULONG = 0;
    let mut attribute = CK_ATTRIBUTE {
        type_: 0x102,
        pValue: (&raw mut id).cast(),
        ulValueLen: 8,
    };
    assert_eq!(
        ck!(
            host,
            C_GetAttributeValue,
            session,
            77,
            &raw mut attribute,
            1
        ),
        Rv::OK
    );
    assert_eq!((id, attribute.ulValueLen), (77, 8));
}

#[test]
fn inputs_of_a_key_pair_reach_the_token() {
    let host = Host::initialized();
    let (_hsm, _events) = Hsm::start(&host.socket());
    let session = host.open_session().unwrap();
    let mut mechanism = CK_MECHANISM {
        mechanism: 0,
        pParameter: null_mut(),
        ulParameterLen: 0,
    };
    let mut templates = [CK_ATTRIBUTE::default(); 3];
    let template = templates.as_mut_ptr();
    let (mut public, mut private) = (0, 0);
    let rv = ck!(
        host,
        C_GenerateKeyPair,
        session,
        &raw mut mechanism,
        template,
        1,
        template,
        3,
        &raw mut public,
        &raw mut private
    );
    assert_eq!((rv, public, private), (Rv::OK, 101, 203));
    let (mut right, mut wrong) = (*b"123456", *b"654321");
    assert_eq!(
        ck!(host, C_Login, session, 1, right.as_mut_ptr(), 6),
        Rv::OK
    );
    assert_eq!(
        ck!(host, C_Login, session, 1, wrong.as_mut_ptr(), 6),
        Rv::PIN_INCORRECT
    );
}

#[test]
fn an_answer_without_outputs_leaves_them() {
    let host = Host::initialized();
    let (_hsm, _events) = Hsm::start(&host.socket());
    let session = host.open_session().unwrap();
    let (mut data, mut signature, mut length) = (spell::MUTE.to_vec(), [0xee; 4], 4);
    let (data, to) = (data.as_mut_ptr(), signature.as_mut_ptr());
    assert_eq!(
        ck!(host, C_Sign, session, data, 4, to, &raw mut length),
        Rv::DEVICE_REMOVED
    );
    assert_eq!((signature, length), ([0xee; 4], 4));
}

#[test]
fn an_answer_that_does_not_fit_is_an_error_of_the_device() {
    let host = Host::initialized();
    let (_hsm, _events) = Hsm::start(&host.socket());
    let session = host.open_session().unwrap();
    assert_eq!(host.sign(session, spell::FLOOD), Err(Rv::DEVICE_ERROR));
    assert_eq!(host.sign(session, b"a").unwrap(), b"\x55a\xaa");
}

#[test]
fn many_threads_share_one_connection() {
    let host = Host::initialized();
    let (hsm, _events) = Hsm::start(&host.socket());
    thread::scope(|scope| {
        for number in 0..64_u8 {
            let host = &host;
            scope.spawn(move || {
                let session = host.open_session().unwrap();
                for turn in 0..50 {
                    let signature = host.sign(session, &[number, turn]).unwrap();
                    assert_eq!(signature, [0x55, turn, number, 0xaa]);
                }
            });
        }
    });
    assert_eq!(hsm.opened(), 1);
}

#[test]
fn information_about_the_module_is_its_own() {
    let host = Host::load();
    let mut info = CK_INFO::default();
    assert_eq!(
        ck!(host, C_GetInfo, &raw mut info),
        Rv::CRYPTOKI_NOT_INITIALIZED
    );
    assert_eq!(host.initialize(), Rv::OK);
    assert_eq!(ck!(host, C_GetInfo, &raw mut info), Rv::OK);
    assert_eq!(
        (info.cryptokiVersion.major, info.cryptokiVersion.minor),
        (3, 2)
    );
    assert_eq!(&info.manufacturerID[..5], b"Dew  ");
    assert_eq!(info.flags, 0);
}

#[test]
fn leftovers_of_older_versions_say_so() {
    let host = Host::load();
    assert_eq!(
        ck!(host, C_GetFunctionStatus, 1),
        Rv::CRYPTOKI_NOT_INITIALIZED
    );
    assert_eq!(host.initialize(), Rv::OK);
    assert_eq!(ck!(host, C_GetFunctionStatus, 1), Rv::FUNCTION_NOT_PARALLEL);
    assert_eq!(ck!(host, C_CancelFunction, 1), Rv::FUNCTION_NOT_PARALLEL);
}

#[test]
fn arguments_of_the_wait_for_a_slot_event_are_checked() {
    let host = Host::load();
    let (mut slot, mut other) = (7, 0_u8);
    let (slot, other) = (&raw mut slot, (&raw mut other).cast());
    let wait = |flags, slot, reserved| ck!(host, C_WaitForSlotEvent, flags, slot, reserved);
    assert_eq!(
        wait(CKF_DONT_BLOCK, slot, null_mut()),
        Rv::CRYPTOKI_NOT_INITIALIZED
    );
    assert_eq!(host.initialize(), Rv::OK);
    assert_eq!(wait(CKF_DONT_BLOCK, slot, null_mut()), Rv::NO_EVENT);
    assert_eq!(
        wait(CKF_DONT_BLOCK, null_mut(), null_mut()),
        Rv::ARGUMENTS_BAD
    );
    assert_eq!(wait(CKF_DONT_BLOCK, slot, other), Rv::ARGUMENTS_BAD);
    assert_eq!(wait(2, slot, null_mut()), Rv::ARGUMENTS_BAD);
    // SAFETY: the number is alive, and nothing else refers to it now.
    assert_eq!(unsafe { slot.read() }, 7);
}
