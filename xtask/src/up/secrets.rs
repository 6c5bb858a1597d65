//! PINs for a development HSM.

use std::fs::File;
use std::io::Read as _;

use anyhow::{Context as _, Result};

/// Letters and digits that nobody mixes up; 32 of them, so that a byte picks one without a bias.
const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";

/// 80 random bits.
const LENGTH: usize = 16;

/// Draws a PIN.
pub(super) fn pin() -> Result<String> {
    let mut bytes = [0; LENGTH];
    File::open("/dev/urandom")
        .and_then(|mut random| random.read_exact(&mut bytes))
        .context("cannot read /dev/urandom")?;
    Ok(bytes
        .iter()
        .map(|byte| char::from(LETTERS[usize::from(byte % 32)]))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pins_differ_and_need_no_quoting() {
        let (one, other) = (pin().unwrap(), pin().unwrap());
        assert_ne!(one, other);
        assert!(one.len() == LENGTH && one.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    }
}
