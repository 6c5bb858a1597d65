//! AES key wrap (RFC 3394, RFC 5649; SP 800-38F).

use std::ptr;

use aws_lc_sys as c;
use zeroize::{Zeroize, Zeroizing};

use super::{Direction, Failed, check};

/// How much longer a wrapped key is than what was wrapped, padding aside.
const OVERHEAD: usize = 8;

/// An AES key, expanded for one direction.
pub(crate) struct KeyWrapSchedule(Box<c::AES_KEY>);

impl Drop for KeyWrapSchedule {
    fn drop(&mut self) {
        self.0.rd_key.zeroize();
    }
}

impl KeyWrapSchedule {
    /// Expands a key of 16, 24 or 32 bytes.
    pub(crate) fn new(key: &[u8], direction: Direction) -> Result<Self, Failed> {
        const FUNCTION: &str = "AES_set_key";
        let bits = u32::try_from(8 * key.len()).map_err(|_| Failed { function: FUNCTION })?;
        let mut new = Self(Box::new(c::AES_KEY {
            rd_key: [0; 60],
            rounds: 0,
        }));
        // SAFETY: the key is valid for as many bits as are named, and the schedule has room for any AES key; other
        // sizes are refused by the functions.
        let result = unsafe {
            match direction {
                Direction::Encrypt => c::AES_set_encrypt_key(key.as_ptr(), bits, &raw mut *new.0),
                Direction::Decrypt => c::AES_set_decrypt_key(key.as_ptr(), bits, &raw mut *new.0),
            }
        };
        if result == 0 {
            Ok(new)
        } else {
            Err(Failed::of(FUNCTION))
        }
    }

    /// Wraps two or more whole blocks of eight bytes; without an integrity check value, the standard's is taken.
    pub(crate) fn wrap(&self, data: &[u8], iv: Option<&[u8; 8]>) -> Result<Vec<u8>, Failed> {
        let mut wrapped = vec![0; data.len() + OVERHEAD];
        // SAFETY: the schedule is valid; a null integrity check value stands for the standard's; the output has room
        // for the input and one block of eight bytes.
        let written = unsafe {
            c::AES_wrap_key(
                &raw const *self.0,
                iv.map_or(ptr::null(), |iv| iv.as_ptr()),
                wrapped.as_mut_ptr(),
                data.as_ptr(),
                data.len(),
            )
        };
        complete(written, wrapped.len(), "AES_wrap_key").map(|()| wrapped)
    }

    /// Undoes [`Self::wrap`]; whatever is wrong is the one same failure.
    pub(crate) fn unwrap(
        &self,
        wrapped: &[u8],
        iv: Option<&[u8; 8]>,
    ) -> Result<Zeroizing<Vec<u8>>, Failed> {
        let mut data = Zeroizing::new(vec![0; wrapped.len().saturating_sub(OVERHEAD)]);
        // SAFETY: the schedule is valid; a null integrity check value stands for the standard's; the output has room
        // for the input less one block of eight bytes, which the function makes sure is there.
        let written = unsafe {
            c::AES_unwrap_key(
                &raw const *self.0,
                iv.map_or(ptr::null(), |iv| iv.as_ptr()),
                data.as_mut_ptr(),
                wrapped.as_ptr(),
                wrapped.len(),
            )
        };
        complete(written, data.len(), "AES_unwrap_key").map(|()| data)
    }

    /// Wraps any bytes, of which there is at least one.
    pub(crate) fn wrap_padded(&self, data: &[u8]) -> Result<Vec<u8>, Failed> {
        let mut wrapped = vec![0; data.len().next_multiple_of(8) + OVERHEAD];
        let mut len = 0;
        // SAFETY: the schedule is valid; both slices are valid for their lengths.
        let result = unsafe {
            c::AES_wrap_key_padded(
                &raw const *self.0,
                wrapped.as_mut_ptr(),
                &raw mut len,
                wrapped.len(),
                data.as_ptr(),
                data.len(),
            )
        };
        wrapped.truncate(len);
        check(result, "AES_wrap_key_padded").map(|()| wrapped)
    }

    /// Undoes [`Self::wrap_padded`]; whatever is wrong is the one same failure.
    pub(crate) fn unwrap_padded(&self, wrapped: &[u8]) -> Result<Zeroizing<Vec<u8>>, Failed> {
        // The function writes the padding as well, before it finds how much there is of it.
        let mut data = Zeroizing::new(vec![0; wrapped.len()]);
        let mut len = 0;
        // SAFETY: the schedule is valid; both slices are valid for their lengths.
        let result = unsafe {
            c::AES_unwrap_key_padded(
                &raw const *self.0,
                data.as_mut_ptr(),
                &raw mut len,
                data.len(),
                wrapped.as_ptr(),
                wrapped.len(),
            )
        };
        check(result, "AES_unwrap_key_padded")?;
        data.truncate(len);
        Ok(data)
    }
}

/// Checks that a function wrote as much as was to come.
fn complete(written: i32, expected: usize, function: &'static str) -> Result<(), Failed> {
    if usize::try_from(written) == Ok(expected) {
        Ok(())
    } else {
        Err(Failed::of(function))
    }
}
