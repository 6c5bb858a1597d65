//! What the attributes of an X.509 certificate's object repeat of it (RFC 5280, 4.1).

use der::asn1::AnyRef;
use der::{Decode, Encode, Reader, SliceReader, Tag, Tagged};

use crate::digest::sha1;

/// `CKA_CHECK_VALUE` of a certificate: the first three bytes of its SHA-1 hash (PKCS#11, 4.6.2).
#[must_use]
pub fn certificate_check_value(value: &[u8]) -> Option<Vec<u8>> {
    let mut hash = sha1(value)?;
    hash.truncate(3);
    Some(hash)
}

/// The `SubjectPublicKeyInfo` of a certificate; none for bytes that are no certificate.
#[must_use]
pub fn certificate_public_info(value: &[u8]) -> Option<Vec<u8>> {
    let certificate = children(AnyRef::from_der(value).ok()?).ok()?;
    let mut parts = children(*certificate.first()?).ok()?.into_iter().peekable();
    // The version, which only certificates of the first version leave out.
    parts.next_if(|part| part.tag().is_context_specific());
    // Serial number, algorithm, issuer, validity and subject stand before it.
    let info = parts.nth(5)?;
    if info.tag() == Tag::Sequence {
        info.to_der().ok()
    } else {
        None
    }
}

fn children(sequence: AnyRef<'_>) -> der::Result<Vec<AnyRef<'_>>> {
    sequence.tag().assert_eq(Tag::Sequence)?;
    let mut reader = SliceReader::new(sequence.value())?;
    let mut parts = Vec::new();
    while !reader.is_finished() {
        parts.push(AnyRef::decode(&mut reader)?);
    }
    Ok(parts)
}
