//! What the functions give, and where it lies.

use std::mem::size_of;

use cryptoki_sys::{CK_INFO, CK_MECHANISM_INFO, CK_RV, CK_SESSION_INFO, CK_SLOT_INFO};
use cryptoki_sys::{CK_TOKEN_INFO, CK_ULONG, CKR_OK};

use crate::functions::Function;
use crate::module::{Call, size, value};

/// A thing that a function gives, by the argument that points to it.
#[derive(Clone, Copy, Debug)]
pub(super) enum Given {
    /// Bytes; the next argument points to their length.
    Bytes(usize),
    /// Bytes, as many as the next argument says.
    Filled(usize),
    /// Numbers; the next argument points to their count.
    Numbers(usize),
    /// Numbers, as many as the next argument has room for; the one after that points to their count.
    Found(usize),
    /// A handle or another number.
    Number(usize),
    /// A structure of so many bytes.
    Structure(usize, usize),
    /// The values of a template.
    Values(usize),
}

/// Returns what a function gives.
pub(super) const fn results(function: Function) -> &'static [Given] {
    use Given::{Bytes, Filled, Found, Number, Numbers, Structure, Values};
    match function {
        Function::GetInfo => &[Structure(0, size_of::<CK_INFO>())],
        Function::GetSlotInfo => &[Structure(1, size_of::<CK_SLOT_INFO>())],
        Function::GetTokenInfo => &[Structure(1, size_of::<CK_TOKEN_INFO>())],
        Function::GetMechanismInfo => &[Structure(2, size_of::<CK_MECHANISM_INFO>())],
        Function::GetSessionInfo => &[Structure(1, size_of::<CK_SESSION_INFO>())],
        Function::GetSlotList | Function::GetMechanismList => &[Numbers(1)],
        Function::FindObjects => &[Found(1)],
        Function::GenerateRandom => &[Filled(1)],
        Function::GetAttributeValue => &[Values(2)],
        Function::WaitForSlotEvent | Function::AsyncComplete => &[Number(1)],
        Function::GetObjectSize | Function::GetSessionValidationFlags | Function::AsyncGetId => {
            &[Number(2)]
        }
        Function::CreateObject => &[Number(3)],
        Function::OpenSession | Function::CopyObject | Function::GenerateKey => &[Number(4)],
        Function::DeriveKey => &[Number(5)],
        Function::GenerateKeyPair => &[Number(6), Number(7)],
        Function::UnwrapKey | Function::DecapsulateKey => &[Number(7)],
        Function::UnwrapKeyAuthenticated => &[Number(9)],
        Function::EncapsulateKey => &[Bytes(5), Number(7)],
        other => match other.output() {
            Some(1) => &[Bytes(1)],
            Some(3) => &[Bytes(3)],
            Some(4) => &[Bytes(4)],
            Some(5) => &[Bytes(5)],
            Some(6) => &[Bytes(6)],
            Some(7) => &[Bytes(7)],
            _ => &[],
        },
    }
}

/// Returns the argument that points to a length or a count.
pub(super) fn counts(function: Function) -> Option<usize> {
    results(function).iter().find_map(|given| match *given {
        Given::Bytes(at) | Given::Numbers(at) => Some(at + 1),
        Given::Found(at) => Some(at + 2),
        _ => None,
    })
}

/// Changes what a call has given.
pub(super) fn garble(call: &mut Call, rv: CK_RV) {
    for given in results(call.function()) {
        match *given {
            // What there is of a template is given beside an error, too.
            Given::Values(at) => garble_values(call, at),
            _ if rv != CKR_OK => {}
            Given::Bytes(at) => {
                let length = call.number(at + 1).map_or(0, size);
                invert(call.bytes(at, length));
            }
            Given::Filled(at) => {
                let length = call.word(at + 1);
                call.bytes(at, length).fill(0);
            }
            Given::Numbers(at) => {
                let count = call.number(at + 1).map_or(0, size);
                change(call.numbers(at, count));
            }
            Given::Found(at) => {
                let count = call.number(at + 2).map_or(0, size);
                change(call.numbers(at, count));
            }
            Given::Number(at) => change(call.numbers(at, 1)),
            Given::Structure(at, length) => invert(call.bytes(at, length)),
        }
    }
}

fn garble_values(call: &mut Call, at: usize) {
    for attribute in call.template(at) {
        invert(value(attribute));
    }
}

fn invert(bytes: &mut [u8]) {
    for byte in bytes {
        *byte = !*byte;
    }
}

fn change(numbers: &mut [CK_ULONG]) {
    for number in numbers {
        *number ^= 0x0bad_0000;
    }
}

/// Says one more than a call has given.
pub(super) fn miscount(call: &mut Call) {
    if let Some(place) = counts(call.function()) {
        let count = call.number(place).unwrap_or_default();
        call.set_number(place, count.wrapping_add(1));
    }
}
