//! One-time passwords: their parameters, and the structure that `C_Sign` gives of one.

use ck::OneTime;

use crate::codec::{DecodeError, Reader, Writer};
use crate::limits;

/// `CK_OTP_VALUE`: the password itself.
pub const OTP_VALUE: u64 = 0;
/// `CK_OTP_TIME`.
pub const OTP_TIME: u64 = 3;
/// `CK_OTP_COUNTER`.
pub const OTP_COUNTER: u64 = 4;

/// The size of `CK_OTP_SIGNATURE_INFO`: a pointer and a number.
const INFO: usize = 16;
/// The size of `CK_OTP_PARAM`: a type, a pointer and a length.
const PARAM: usize = 24;

/// Writes the parameters.
pub(super) fn encode(otp: &OneTime<'_>, writer: &mut Writer<'_>) {
    for bytes in [otp.counter, otp.time] {
        writer.u8(u8::from(bytes.is_some()));
        writer.bytes(bytes.unwrap_or_default());
    }
    for number in [otp.length, otp.format] {
        writer.u8(u8::from(number.is_some()));
        writer.u64(number.unwrap_or_default());
    }
    writer.u64(otp.flags);
}

/// Reads the parameters.
pub(super) fn decode<'a>(reader: &mut Reader<'a>) -> Result<OneTime<'a>, DecodeError> {
    const WHAT: &str = "a parameter of a one-time password";
    let bytes = |reader: &mut Reader<'a>| {
        let present = reader.u8(WHAT)? != 0;
        let bytes = reader.bytes(limits::ATTRIBUTE_BYTES, WHAT)?;
        Ok(present.then_some(bytes))
    };
    let number = |reader: &mut Reader<'a>| {
        let present = reader.u8(WHAT)? != 0;
        let number = reader.u64(WHAT)?;
        Ok(present.then_some(number))
    };
    Ok(OneTime {
        counter: bytes(reader)?,
        time: bytes(reader)?,
        length: number(reader)?,
        format: number(reader)?,
        flags: reader.u64(WHAT)?,
    })
}

/// The length of the structure with values of these lengths.
#[must_use]
pub fn signature_info_len(values: &[usize]) -> usize {
    INFO + values.iter().map(|len| PARAM + len).sum::<usize>()
}

/// Writes a `CK_OTP_SIGNATURE_INFO` with its parameters and their values behind it, as C has them on machines of 64 bits. Where a
/// pointer is to be, the distance from the beginning stands.
#[must_use]
pub fn signature_info(params: &[(u64, &[u8])]) -> Vec<u8> {
    let number = |number: usize| u64::try_from(number).unwrap_or(u64::MAX).to_le_bytes();
    let mut bytes = Vec::new();
    bytes.extend(number(INFO));
    bytes.extend(number(params.len()));
    let mut place = INFO + PARAM * params.len();
    for (kind, value) in params {
        bytes.extend(kind.to_le_bytes());
        bytes.extend(number(place));
        bytes.extend(number(value.len()));
        place += value.len();
    }
    params.iter().for_each(|(_, value)| bytes.extend(*value));
    bytes
}

/// Makes pointers of the distances, in a structure that is to lie at this address; none where the bytes are no such structure.
#[must_use]
pub fn locate_signature_info(bytes: &[u8], address: u64) -> Option<Vec<u8>> {
    let read = |place: usize| {
        let bytes = bytes.get(place..place.checked_add(8)?)?;
        Some(u64::from_le_bytes(bytes.try_into().ok()?))
    };
    let size = |number: u64| usize::try_from(number).ok();
    let mut located = bytes.to_vec();
    let mut locate = |place: usize, len: usize| {
        let distance = read(place)?;
        let end = size(distance)?.checked_add(len)?;
        if end > bytes.len() {
            return None;
        }
        let pointer = address.checked_add(distance)?;
        located
            .get_mut(place..place + 8)?
            .copy_from_slice(&pointer.to_le_bytes());
        Some(())
    };
    let count = size(read(8)?)?;
    locate(0, count.checked_mul(PARAM)?)?;
    for param in 0..count {
        let place = INFO + PARAM * param;
        locate(place + 8, size(read(place + 16)?)?)?;
    }
    Some(located)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_structure_points_to_its_values() {
        let bytes = signature_info(&[(OTP_VALUE, b"755224"), (OTP_COUNTER, &[7; 8])]);
        assert_eq!(bytes.len(), signature_info_len(&[6, 8]));
        let located = locate_signature_info(&bytes, 0x1000).unwrap();
        let number =
            |place: usize| u64::from_le_bytes(located[place..place + 8].try_into().unwrap());
        assert_eq!([number(0), number(8)], [0x1010, 2]);
        assert_eq!([number(16), number(24), number(32)], [OTP_VALUE, 0x1040, 6]);
        assert_eq!(
            [number(40), number(48), number(56)],
            [OTP_COUNTER, 0x1046, 8]
        );
        assert_eq!(located[0x40..0x46], *b"755224");
        assert_eq!(located[0x46..], [7; 8]);
    }

    #[test]
    fn a_structure_that_points_outside_is_none() {
        let bytes = signature_info(&[(OTP_VALUE, b"755224")]);
        assert!(locate_signature_info(&bytes, u64::MAX).is_none());
        for (place, number) in [(0, 23_u64), (8, 2), (24, 41), (24, u64::MAX), (32, 7)] {
            let mut wrong = bytes.clone();
            wrong[place..place + 8].copy_from_slice(&number.to_le_bytes());
            assert!(
                locate_signature_info(&wrong, 0).is_none(),
                "{place} {number}"
            );
        }
        for len in 0..bytes.len() {
            assert!(locate_signature_info(&bytes[..len], 0).is_none());
        }
    }
}
