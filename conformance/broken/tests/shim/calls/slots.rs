//! What needs no session.

use broken_module::Function::*;
use cryptoki_sys::*;

use crate::client::{Client, address, say, size};

/// The functions that find interfaces, which need no `C_Initialize`.
fn interfaces(p11: &Client) {
    let mut list = [0usize; 3];
    for room in [0, 3] {
        let mut count = room;
        p11.call(
            GetInterfaceList,
            &[list.as_mut_ptr().expose_provenance(), address(&mut count)],
        );
        say(&format!("    {count}"));
    }
    p11.number(GetInterfaceList, &[0]);
    let mut found = 0;
    let (other, version) = (
        c"another".as_ptr().expose_provenance(),
        [9u8, 9].as_ptr().expose_provenance(),
    );
    for [name, version, flags] in [[0, 0, 0], [other, 0, 0], [0, version, 0], [0, 0, 1]] {
        p11.call(GetInterface, &[name, version, address(&mut found), flags]);
    }
}

pub(crate) fn before(p11: &Client) {
    interfaces(p11);
    p11.structure::<24>(GetInfo, &[0]);
    p11.call(GetFunctionList, &[0]);
    p11.call(Finalize, &[0]);
    let mut arguments = [0usize; 6];
    arguments[5] = 8;
    let place = arguments.as_ptr().expose_provenance();
    if p11.call(Initialize, &[place]) == CKR_OK {
        p11.call(Finalize, &[0]);
    }
    p11.call(Initialize, &[0]);
    p11.call(Initialize, &[0]);
    p11.call(Finalize, &[8]);
    p11.call(Finalize, &[0]);
    p11.call(Finalize, &[0]);
    p11.call(Initialize, &[0]);
}

pub(crate) fn slots(p11: &Client) -> usize {
    p11.call(GetInfo, &[0]);
    p11.structure::<24>(GetInfo, &[]);
    let mut count = 0;
    p11.call(GetSlotList, &[0, 0, address(&mut count)]);
    say(&format!("    {count}"));
    p11.call(GetSlotList, &[1, 0, address(&mut count)]);
    let mut list = [0 as CK_ULONG; 100];
    let place = list.as_mut_ptr().expose_provenance();
    for room in [1, 100] {
        say(&format!("    {count}"));
        count = room;
        p11.call(GetSlotList, &[1, place, address(&mut count)]);
    }
    say(&format!("    {count} {:x?}", &list[..4]));
    let slot = size(list[0]);
    for slot in [slot, 99] {
        p11.structure::<24>(GetSlotInfo, &[slot]);
        p11.structure::<26>(GetTokenInfo, &[slot]);
        count = 0;
        p11.call(GetMechanismList, &[slot, 0, address(&mut count)]);
        for room in [1, 100] {
            say(&format!("    {count}"));
            count = room;
            p11.call(GetMechanismList, &[slot, place, address(&mut count)]);
        }
        say(&format!("    {count} {list:x?}"));
        for kind in [CKM_SHA256, CKM_AES_KEY_GEN, 0x8000_1234] {
            p11.structure::<3>(GetMechanismInfo, &[slot, size(kind)]);
        }
    }
    slot
}
