//! PKCS#1 v1.5 decryption with implicit rejection.
//!
//! A ciphertext whose padding is wrong decrypts, too: to bytes that depend on key and ciphertext only, of a length that
//! does so as well. Nobody who lacks the key can tell that from a message, which takes the ground from under
//! Bleichenbacher's attack and its descendants (draft-irtf-cfrg-rsa-guidance, section 7; the choices that the draft
//! leaves open are those of OpenSSL 3.2, so that both give the same bytes).

use ck::Digest;
use zeroize::Zeroizing;

use crate::ffi::HmacContext;
use crate::key::RsaPrivateKey;
use crate::{Error, rsa_raw};

const DIGEST: Digest = Digest::Sha256;
/// Padding before the message: a zero, a two, eight bytes or more, a zero.
const SHORTEST_PADDING: usize = 8;
/// How many lengths are drawn; the last that fits is taken, and that none does is next to impossible.
const LENGTH_CANDIDATES: usize = 128;

/// Decrypts a block as long as the modulus.
pub(crate) fn decrypt(key: &RsaPrivateKey, block: &[u8]) -> Result<Zeroizing<Vec<u8>>, Error> {
    let padded = rsa_raw::private(key, block)?;
    let synthetic = Synthetic::derive(key, block)?;
    let (valid, message_start) = unpad(&padded);
    let start = select(valid, message_start, number(padded.len() - synthetic.len));
    // Both candidates are read throughout; only the length of the result, which the caller sees anyway, shows.
    let chosen: Zeroizing<Vec<u8>> = padded
        .iter()
        .zip(synthetic.message.iter())
        .map(|(real, fake)| select_byte(valid, *real, *fake))
        .collect::<Vec<u8>>()
        .into();
    let start = usize::try_from(start).expect("an index into the block fits");
    Ok(Zeroizing::new(chosen[start..].to_vec()))
}

/// What a ciphertext decrypts to if its padding is wrong.
struct Synthetic {
    /// As many bytes as the modulus has, of which the last `len` count.
    message: Zeroizing<Vec<u8>>,
    len: usize,
}

impl Synthetic {
    fn derive(key: &RsaPrivateKey, block: &[u8]) -> Result<Self, Error> {
        let derived = Zeroizing::new(HmacContext::mac(DIGEST, key.rejection_seed(), &[block])?);
        let lengths = expand(&derived, b"length", 2 * LENGTH_CANDIDATES)?;
        let message = expand(&derived, b"message", block.len())?;
        let longest = block.len() - 2 - SHORTEST_PADDING;
        let len = usize::try_from(draw_length(&lengths, number(longest)))
            .expect("a length within the block fits");
        Ok(Self { message, len })
    }
}

/// Takes the last of the drawn lengths that is below `limit`, in constant time.
fn draw_length(candidates: &[u8], limit: u32) -> u32 {
    let mask = u32::MAX >> limit.leading_zeros();
    candidates.chunks_exact(2).fold(0, |chosen, candidate| {
        let candidate = u32::from(candidate[0]) << 8 | u32::from(candidate[1]);
        let candidate = candidate & mask;
        select(is_less(candidate, limit), candidate, chosen)
    })
}

/// Expands a key to `len` pseudo-random bytes (the draft's `IRPRF`).
fn expand(key: &[u8], label: &[u8], len: usize) -> Result<Zeroizing<Vec<u8>>, Error> {
    let bits = u16::try_from(8 * len).map_err(|_| Error::KeySizeRange)?;
    let mut output = Zeroizing::new(Vec::with_capacity(len + DIGEST.len()));
    let mut counter: u16 = 0;
    while output.len() < len {
        let parts: [&[u8]; 3] = [&counter.to_be_bytes(), label, &bits.to_be_bytes()];
        let piece = Zeroizing::new(HmacContext::mac(DIGEST, key, &parts)?);
        output.extend_from_slice(&piece);
        counter += 1;
    }
    output.truncate(len);
    Ok(output)
}

/// Tells, as a mask, whether the padding is right, and where the message would start; in constant time.
fn unpad(padded: &[u8]) -> (u32, u32) {
    let mut valid = is_zero(u32::from(padded[0])) & is_zero(u32::from(padded[1]) ^ 2);
    let (mut found, mut separator) = (0, 0);
    for (index, byte) in (0_u32..).zip(padded).skip(2) {
        let zero = is_zero(u32::from(*byte));
        separator = select(zero & !found, index, separator);
        found |= zero;
    }
    valid &= !is_less(separator, 2 + number(SHORTEST_PADDING));
    (valid & found, separator.wrapping_add(1))
}

/// Returns all ones if `value` is zero, else zero. The barrier keeps the compiler from making a branch of it.
fn is_zero(value: u32) -> u32 {
    let top = !value & value.wrapping_sub(1);
    std::hint::black_box((top >> 31).wrapping_neg())
}

/// Returns all ones if `left` is less than `right`, both below 2^31.
fn is_less(left: u32, right: u32) -> u32 {
    std::hint::black_box((left.wrapping_sub(right) >> 31).wrapping_neg())
}

/// Returns `yes` for a mask of ones, `no` for zero.
const fn select(mask: u32, yes: u32, no: u32) -> u32 {
    (mask & yes) | (!mask & no)
}

/// Returns `yes` for a mask of ones, `no` for zero.
const fn select_byte(mask: u32, yes: u8, no: u8) -> u8 {
    let [mask, ..] = mask.to_le_bytes();
    (mask & yes) | (!mask & no)
}

fn number(len: usize) -> u32 {
    u32::try_from(len).expect("a modulus has at most 1,024 bytes")
}
