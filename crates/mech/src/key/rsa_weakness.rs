//! Signs of an RSA key that can be broken.

use crate::Error;
use crate::ffi::BigNum;

/// The generator whose powers give the keys of CVE-2017-15361 away.
const ROCA_GENERATOR: u64 = 65_537;
/// The small primes that the fingerprint looks at.
const ROCA_PRIMES: [u64; 38] = [
    3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97,
    101, 103, 107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167,
];

/// Tells whether the modulus was made by the flawed generator of CVE-2017-15361 ("ROCA").
///
/// Its primes, hence its moduli, are powers of 65,537 modulo every small prime; another modulus is so by chance once in
/// 2^154 cases (Nemec et al., "The Return of Coppersmith's Attack", CCS 2017).
pub(super) fn has_roca_fingerprint(n: &BigNum) -> bool {
    ROCA_PRIMES
        .into_iter()
        .all(|prime| is_power(n.modulo(prime), prime))
}

fn is_power(number: u64, prime: u64) -> bool {
    let mut power = 1;
    for _ in 0..prime {
        if power == number {
            return true;
        }
        power = power * ROCA_GENERATOR % prime;
    }
    false
}

/// Tells whether the primes are so close that Fermat's method finds them (FIPS 186-5, A.1.3).
pub(super) fn are_close(p: &BigNum, q: &BigNum, modulus_bits: usize) -> Result<bool, Error> {
    let distance = if p.cmp(q).is_lt() {
        q.minus(p)?
    } else {
        p.minus(q)?
    };
    Ok(distance.bits() <= modulus_bits / 2 - 100)
}

/// Tells whether the private exponent is so short that continued fractions find it (FIPS 186-5, A.1.1).
pub(super) fn is_small_exponent(d: &BigNum, n: &BigNum) -> bool {
    d.bits() <= n.bits() / 2
}
