//! A mechanism in our own hands: a copy of the host's, to be changed or used again.

use std::ptr::null_mut;
use std::slice;

use cryptoki_sys::{CK_MECHANISM, CK_MECHANISM_TYPE, CK_RV, CK_ULONG};

use super::call::{Call, size};

/// The longest parameter that holds no pointer: those of CBC, CTR and PSS. Longer ones lead to memory of the host.
const LONGEST: usize = 24;

/// A copy of a mechanism.
#[derive(Clone, Debug)]
pub(crate) struct Mechanism {
    /// Its type.
    pub(crate) kind: CK_MECHANISM_TYPE,
    /// Its parameter.
    pub(crate) parameter: Vec<u8>,
}

impl Mechanism {
    /// Copies the mechanism that an argument points to, unless its parameter is one that cannot be copied.
    pub(crate) fn of(call: &mut Call, index: usize) -> Option<Self> {
        let given = call.structure::<CK_MECHANISM>(index)?;
        let (place, length) = (given.pParameter.cast::<u8>(), size(given.ulParameterLen));
        let parameter = if place.is_null() || length == 0 {
            &[]
        } else if length <= LONGEST {
            // SAFETY: the host owes a parameter of this length where the pointer is not null.
            unsafe { slice::from_raw_parts(place, length) }
        } else {
            return None;
        };
        Some(Self {
            kind: given.mechanism,
            parameter: parameter.to_vec(),
        })
    }

    /// Passes a call on with this mechanism instead of the host's.
    pub(crate) fn pass(mut self, call: Call, index: usize) -> CK_RV {
        let parameter = match self.parameter.as_mut_slice() {
            [] => null_mut(),
            bytes => bytes.as_mut_ptr(),
        };
        let mut mechanism = CK_MECHANISM {
            mechanism: self.kind,
            pParameter: parameter.cast(),
            ulParameterLen: self.parameter.len() as CK_ULONG,
        };
        let place = (&raw mut mechanism).expose_provenance();
        call.with(index, place).pass()
    }
}
