//! Finding the primes of an RSA key from its exponents (SP 800-56B, appendix C.1).

use crate::Error;
use crate::ffi::BigNum;

/// How many bases are tried. Each fails for at most half of all keys that are what they seem.
const BASES: u64 = 128;

/// Returns the primes of `n`, the larger first, given the two exponents; `None` if the exponents do not fit.
pub(super) fn factor(
    n: &BigNum,
    e: &BigNum,
    d: &BigNum,
) -> Result<Option<(BigNum, BigNum)>, Error> {
    // e * d - 1 is a multiple of the group's order, hence even; its odd part leads to a square root of one.
    let product = e.times(d)?;
    if !product.is_odd() || product.is_one() {
        return Ok(None);
    }
    let order = product.minus_one()?;
    let twos = order.trailing_zeros()?;
    let odd = order.shifted_right(twos)?;
    for base in 2..2 + BASES {
        let start = BigNum::from_u64(base)?.power(&odd, n)?;
        if let Some(root) = root_of_one(start, twos, n)? {
            let first = root.minus_one()?.gcd(n)?;
            let second = n.divided_by(&first)?.0;
            return Ok(Some(if first.cmp(&second).is_lt() {
                (second, first)
            } else {
                (first, second)
            }));
        }
    }
    Ok(None)
}

/// Squares `number` up to `twos` times in search of a square root of one that is neither 1 nor -1.
fn root_of_one(mut number: BigNum, twos: u32, n: &BigNum) -> Result<Option<BigNum>, Error> {
    let minus_one = n.minus_one()?;
    for _ in 0..twos {
        if number.is_one() || number.cmp(&minus_one).is_eq() {
            return Ok(None);
        }
        let square = number.squared(n)?;
        if square.is_one() {
            return Ok(Some(number));
        }
        number = square;
    }
    Ok(None)
}
