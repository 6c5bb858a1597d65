//! Numbers of any size, as far as attacks on RSA need them: powers modulo an odd number, differences, greatest common divisors.

use std::cmp::Ordering;

/// A number: 32 bits each, the least significant first, without zeros at the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Natural(Vec<u32>);

impl Natural {
    /// Reads big-endian bytes.
    pub(super) fn from_bytes(bytes: &[u8]) -> Self {
        let limbs = bytes.rchunks(4).map(|chunk| {
            chunk
                .iter()
                .fold(0, |limb, byte| limb << 8 | u32::from(*byte))
        });
        Self(limbs.collect()).trimmed()
    }

    /// Writes big-endian bytes, as many as asked for.
    pub(super) fn to_bytes(&self, size: usize) -> Vec<u8> {
        let mut bytes: Vec<u8> = self.0.iter().flat_map(|limb| limb.to_le_bytes()).collect();
        bytes.resize(size, 0);
        bytes.reverse();
        bytes
    }

    fn trimmed(mut self) -> Self {
        while self.0.last() == Some(&0) {
            self.0.pop();
        }
        self
    }

    fn compare(&self, other: &Self) -> Ordering {
        let longer = self.0.len().cmp(&other.0.len());
        longer.then_with(|| self.0.iter().rev().cmp(other.0.iter().rev()))
    }

    /// Returns the difference of two numbers, whichever is larger.
    pub(super) fn distance(&self, other: &Self) -> Self {
        let (large, small) = match self.compare(other) {
            Ordering::Less => (other, self),
            _ => (self, other),
        };
        let mut borrow = false;
        let limbs = large.0.iter().enumerate().map(|(index, limb)| {
            let (limb, first) = limb.overflowing_sub(small.0.get(index).copied().unwrap_or(0));
            let (limb, second) = limb.overflowing_sub(u32::from(borrow));
            borrow = first || second;
            limb
        });
        Self(limbs.collect()).trimmed()
    }

    fn halved(&self) -> Self {
        let limbs = (0..self.0.len()).map(|index| {
            let above = self.0.get(index + 1).copied().unwrap_or(0);
            self.0[index] >> 1 | above << 31
        });
        Self(limbs.collect()).trimmed()
    }

    fn doubled(&self) -> Self {
        let mut carry = 0;
        let mut limbs: Vec<u32> = self
            .0
            .iter()
            .map(|limb| {
                let doubled = limb << 1 | carry;
                carry = limb >> 31;
                doubled
            })
            .collect();
        limbs.push(carry);
        Self(limbs).trimmed()
    }

    fn is_even(&self) -> bool {
        self.0.first().is_none_or(|limb| limb % 2 == 0)
    }

    /// Returns the greatest common divisor with an odd number.
    pub(super) fn common_divisor(&self, odd: &Self) -> Self {
        let (mut left, mut right) = (self.clone(), odd.clone());
        while !left.0.is_empty() {
            while left.is_even() {
                left = left.halved();
            }
            if left.compare(&right) == Ordering::Less {
                std::mem::swap(&mut left, &mut right);
            }
            left = left.distance(&right);
        }
        right
    }

    /// Raises it to a power, given in big-endian bytes, modulo an odd number.
    pub(super) fn power(&self, exponent: &[u8], modulus: &Self) -> Self {
        let field = Field::new(modulus);
        let base = field.multiply(self, &field.square_of_radix);
        let mut result = field.multiply(&Self(vec![1]), &field.square_of_radix);
        for byte in exponent {
            for bit in (0..8).rev() {
                result = field.multiply(&result, &result);
                if byte >> bit & 1 == 1 {
                    result = field.multiply(&result, &base);
                }
            }
        }
        field.multiply(&result, &Self(vec![1]))
    }
}

/// Montgomery's arithmetic modulo an odd number.
struct Field<'a> {
    modulus: &'a Natural,
    inverse: u32,
    square_of_radix: Natural,
}

impl<'a> Field<'a> {
    fn new(modulus: &'a Natural) -> Self {
        let lowest = modulus.0[0];
        // Newton: each round doubles the number of bits that are right.
        let mut inverse = lowest;
        for _ in 0..5 {
            inverse = inverse.wrapping_mul(2_u32.wrapping_sub(lowest.wrapping_mul(inverse)));
        }
        let mut square_of_radix = Natural(vec![1]);
        for _ in 0..modulus.0.len() * 64 {
            square_of_radix = square_of_radix.doubled();
            if square_of_radix.compare(modulus) != Ordering::Less {
                square_of_radix = square_of_radix.distance(modulus);
            }
        }
        Self {
            modulus,
            inverse: inverse.wrapping_neg(),
            square_of_radix,
        }
    }

    /// Multiplies, and divides by the radix.
    fn multiply(&self, left: &Natural, right: &Natural) -> Natural {
        let size = self.modulus.0.len();
        let mut total = vec![0_u32; size + 2];
        for index in 0..size {
            let limb = left.0.get(index).copied().unwrap_or(0);
            add_product(&mut total, limb, &right.0);
            let factor = total[0].wrapping_mul(self.inverse);
            add_product(&mut total, factor, &self.modulus.0);
            total.remove(0);
            total.push(0);
        }
        let total = Natural(total).trimmed();
        match total.compare(self.modulus) {
            Ordering::Less => total,
            _ => total.distance(self.modulus),
        }
    }
}

/// Adds the product of a limb and a number.
fn add_product(total: &mut [u32], factor: u32, limbs: &[u32]) {
    let mut carry = 0_u64;
    for (index, place) in total.iter_mut().enumerate() {
        let limb = limbs.get(index).copied().unwrap_or(0);
        let sum = u64::from(*place) + u64::from(factor) * u64::from(limb) + carry;
        carry = sum >> 32;
        *place = low(sum);
    }
}

/// Returns the lower 32 bits.
fn low(number: u64) -> u32 {
    u32::try_from(number & u64::from(u32::MAX)).expect("32 bits are left")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::unhex;
    use crate::known_keys::RSA_2048;

    fn known(hexadecimal: &str) -> Natural {
        Natural::from_bytes(&unhex(hexadecimal))
    }

    #[test]
    fn small_powers_are_right() {
        let check = |base: u8, exponent: u8, modulus: u8, expected: u8| {
            let modulus = Natural::from_bytes(&[modulus]);
            let got = Natural::from_bytes(&[base]).power(&[exponent], &modulus);
            assert_eq!(got.to_bytes(1), [expected]);
        };
        check(3, 5, 7, 5);
        check(2, 10, 201, 19);
        check(200, 0, 201, 1);
    }

    #[test]
    fn the_known_key_decrypts_what_it_encrypts() {
        let modulus = known(RSA_2048.modulus);
        let message = Natural::from_bytes(&[0x5a; 200]);
        let sealed = message.power(&unhex(RSA_2048.public_exponent), &modulus);
        assert_ne!(sealed, message);
        assert_eq!(
            sealed.power(&unhex(RSA_2048.private_exponent), &modulus),
            message
        );
    }

    #[test]
    fn a_factor_is_found() {
        let (modulus, prime) = (known(RSA_2048.modulus), known(RSA_2048.prime_1));
        // The modulus without one prime is a multiple of it.
        let multiple = modulus.distance(&prime);
        assert_eq!(multiple.common_divisor(&modulus), prime);
    }
}
