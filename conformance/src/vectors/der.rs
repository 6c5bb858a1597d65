//! As much of DER as known answers need: signatures, points and names of curves.

use der::asn1::AnyRef;
use der::{Decode as _, Encode as _, Reader as _, SliceReader, Tag, Tagged as _};

/// Reads a strict `ECDSA-Sig-Value` or `Dss-Sig-Value` into `r || s`, each of `size` bytes; none where PKCS#11 cannot say the same.
#[must_use]
pub fn signature(der: &[u8], size: usize) -> Option<Vec<u8>> {
    let (inside, rest) = value(der, Tag::Sequence)?;
    let (r, inside) = value(inside, Tag::Integer)?;
    let (s, inside) = value(inside, Tag::Integer)?;
    if !rest.is_empty() || !inside.is_empty() {
        return None;
    }
    Some([unsigned(r, size)?, unsigned(s, size)?].concat())
}

/// Reads a `SubjectPublicKeyInfo` of a named curve into the DER of the curve's name and the point.
#[must_use]
pub fn public_key(der: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
    let (inside, rest) = value(der, Tag::Sequence)?;
    let (algorithm, inside) = value(inside, Tag::Sequence)?;
    let (bits, inside) = value(inside, Tag::BitString)?;
    let (_, curve) = value(algorithm, Tag::ObjectIdentifier)?;
    let (_, after) = value(curve, Tag::ObjectIdentifier)?;
    let (0, point) = bits.split_first()? else {
        return None;
    };
    (rest.is_empty() && inside.is_empty() && after.is_empty())
        .then(|| (curve.to_vec(), point.to_vec()))
}

/// Encodes an `OCTET STRING`, as `CKA_EC_POINT` wants points.
#[must_use]
pub fn octet_string(bytes: &[u8]) -> Vec<u8> {
    encode(Tag::OctetString, bytes)
}

/// Encodes an object identifier from its content.
#[must_use]
pub fn object_identifier(content: &[u8]) -> Vec<u8> {
    encode(Tag::ObjectIdentifier, content)
}

/// Encodes a `PrintableString`, as `CKA_EC_PARAMS` may name curves.
#[must_use]
pub fn printable_string(text: &str) -> Vec<u8> {
    encode(Tag::PrintableString, text.as_bytes())
}

/// Removes leading zeros, as PKCS#11 writes big integers.
#[must_use]
pub fn trimmed(number: &[u8]) -> &[u8] {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    &number[zeros..]
}

/// Writes a number in exactly `size` bytes; none if it is larger.
#[must_use]
pub fn padded(number: &[u8], size: usize) -> Option<Vec<u8>> {
    let number = trimmed(number);
    let zeros = size.checked_sub(number.len())?;
    Some([&vec![0; zeros], number].concat())
}

/// Takes one value with this tag off the front: its content, and what follows.
fn value(der: &[u8], tag: Tag) -> Option<(&[u8], &[u8])> {
    let mut reader = SliceReader::new(der).ok()?;
    let any = AnyRef::decode(&mut reader).ok()?;
    let left = usize::try_from(reader.remaining_len()).ok()?;
    (any.tag() == tag).then(|| (any.value(), &der[der.len() - left..]))
}

/// Reads the content of an `INTEGER` that is not negative and has no needless zero.
fn unsigned(content: &[u8], size: usize) -> Option<Vec<u8>> {
    match content {
        [] | [0x80..=0xff, ..] | [0, 0..=0x7f, ..] => None,
        _ => padded(content, size),
    }
}

fn encode(tag: Tag, content: &[u8]) -> Vec<u8> {
    let any = AnyRef::new(tag, content).and_then(|any| any.to_der());
    any.expect("keys and points are short")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(der: &str, expected: Option<&str>) {
        let read = signature(&hex::decode(der).unwrap(), 2).map(hex::encode);
        assert_eq!(read.as_deref(), expected, "{der}");
    }

    #[test]
    fn a_signature_is_read_strictly() {
        check("3006020101020102", Some("00010002"));
        check("3007020200ff020102", Some("00ff0002"));
        check("3006020100020102", Some("00000002"));
        // A needless zero, a negative number, a long length, something behind, too large, nothing.
        check("300702020001020102", None);
        check("3006020181020102", None);
        check("308106020101020102", None);
        check("300602010102010200", None);
        check("30080203010000020102", None);
        check("30050200020102", None);
        check("", None);
        check("30", None);
    }

    #[test]
    fn lengths_are_the_shortest() {
        assert_eq!(octet_string(&[7; 127])[..2], [4, 127]);
        assert_eq!(octet_string(&[7; 133])[..3], [4, 0x81, 133]);
        assert_eq!(octet_string(&[7; 256])[..4], [4, 0x82, 1, 0]);
        assert_eq!(
            value(&octet_string(&[7; 256]), Tag::OctetString)
                .unwrap()
                .0
                .len(),
            256
        );
    }

    #[test]
    fn numbers_are_trimmed_and_padded() {
        assert_eq!(trimmed(&[0, 0, 1, 0]), [1, 0]);
        assert_eq!(padded(&[0, 0, 1], 2), Some(vec![0, 1]));
        assert_eq!(padded(&[1, 2, 3], 2), None);
    }
}
