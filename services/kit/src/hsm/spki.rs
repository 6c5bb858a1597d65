//! Public keys and signatures as DER.

use der::asn1::{AnyRef, BitStringRef, ObjectIdentifier, OctetStringRef, UintRef};
use der::{Decode, Encode, Reader, SliceReader, Tag};

use super::{Curve, Error, Kind};

/// `rsaEncryption` (RFC 8017, appendix A.1).
const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
/// `id-ecPublicKey` (RFC 5480, section 2.1.1).
const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
/// `id-Ed25519` (RFC 8410, section 3).
const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");

/// The curves by their object identifiers (RFC 5480, section 2.1.1.1; SEC 2, appendix A.2).
const CURVES: [(Curve, ObjectIdentifier); 4] = [
    (
        Curve::P256,
        ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7"),
    ),
    (Curve::P384, ObjectIdentifier::new_unwrap("1.3.132.0.34")),
    (Curve::P521, ObjectIdentifier::new_unwrap("1.3.132.0.35")),
    (
        Curve::Secp256k1,
        ObjectIdentifier::new_unwrap("1.3.132.0.10"),
    ),
];

fn oid(curve: Curve) -> ObjectIdentifier {
    let row = CURVES.iter().find(|row| row.0 == curve);
    row.expect("every curve is in the table").1
}

fn unreadable(_: der::Error) -> Error {
    Error::invalid("this is no public key in the DER form of SubjectPublicKeyInfo")
}

/// A `SEQUENCE` of members that are DER already.
fn sequence(members: &[&[u8]]) -> der::Result<Vec<u8>> {
    let members = members.concat();
    AnyRef::new(Tag::Sequence, &members)?.to_der()
}

/// Returns the value of `CKA_EC_PARAMS` for a curve.
pub(super) fn curve_params(curve: Curve) -> Result<Vec<u8>, Error> {
    oid(curve).to_der().map_err(unreadable)
}

/// Returns the value of `CKA_EC_PARAMS` for Ed25519.
pub(super) fn ed25519_params() -> Result<Vec<u8>, Error> {
    ED25519.to_der().map_err(unreadable)
}

/// Encodes an RSA public key.
pub(super) fn rsa(modulus: &[u8], exponent: &[u8]) -> Result<Vec<u8>, Error> {
    let encode = || -> der::Result<Vec<u8>> {
        let modulus = UintRef::new(modulus)?.to_der()?;
        let exponent = UintRef::new(exponent)?.to_der()?;
        let null = AnyRef::NULL.to_der()?;
        let key = sequence(&[&modulus, &exponent])?;
        info(&[&RSA.to_der()?, &null], &key)
    };
    encode().map_err(unreadable)
}

/// Encodes a point on a curve, which PKCS#11 gives as such or in an `OCTET STRING`.
pub(super) fn ec(curve: Curve, point: &[u8]) -> Result<Vec<u8>, Error> {
    let encode = || {
        info(
            &[&EC.to_der()?, &oid(curve).to_der()?],
            bare(point, 1 + 2 * curve.bytes()),
        )
    };
    encode().map_err(unreadable)
}

/// Encodes an Ed25519 public key, which PKCS#11 gives as such or in an `OCTET STRING`.
pub(super) fn ed25519(point: &[u8]) -> Result<Vec<u8>, Error> {
    let encode = || info(&[&ED25519.to_der()?], bare(point, 32));
    encode().map_err(unreadable)
}

fn info(algorithm: &[&[u8]], key: &[u8]) -> der::Result<Vec<u8>> {
    let key = BitStringRef::from_bytes(key)?.to_der()?;
    sequence(&[&sequence(algorithm)?, &key])
}

/// Strips an `OCTET STRING` off a point of that length.
fn bare(point: &[u8], len: usize) -> &[u8] {
    if point.len() == len {
        return point;
    }
    <&OctetStringRef>::from_der(point).map_or(point, OctetStringRef::as_bytes)
}

/// A public key as the `SubjectPublicKeyInfo` has it.
#[derive(Debug)]
pub(super) struct Public<'a> {
    /// Its kind; of RSA, the length of the modulus.
    pub(super) kind: Kind,
    /// The point, or the `RSAPublicKey`.
    pub(super) bytes: &'a [u8],
}

/// Reads a public key.
pub(super) fn read(info: &[u8]) -> Result<Public<'_>, Error> {
    let decode = || -> der::Result<(ObjectIdentifier, AnyRef<'_>, &[u8])> {
        let mut reader = SliceReader::new(info)?;
        let read = reader.sequence(|reader| {
            let (algorithm, parameters) = reader.sequence(|reader| {
                let algorithm = ObjectIdentifier::decode(reader)?;
                let parameters = if reader.is_finished() {
                    AnyRef::NULL
                } else {
                    AnyRef::decode(reader)?
                };
                Ok::<_, der::Error>((algorithm, parameters))
            })?;
            let key = BitStringRef::decode(reader)?;
            let bytes = key.as_bytes().ok_or_else(|| Tag::BitString.value_error())?;
            Ok::<_, der::Error>((algorithm, parameters, bytes))
        })?;
        reader.finish()?;
        Ok(read)
    };
    let (algorithm, parameters, bytes) = decode().map_err(unreadable)?;
    let kind = match algorithm {
        RSA => Kind::Rsa {
            bits: modulus_bits(bytes).map_err(unreadable)?,
        },
        ED25519 if bytes.len() == 32 => Kind::Ed25519,
        EC => {
            let named = parameters
                .decode_as::<ObjectIdentifier>()
                .map_err(unreadable)?;
            let row = CURVES.iter().find(|row| row.1 == named);
            let curve = row
                .ok_or_else(|| Error::not_offered(format!("the curve {named}")))?
                .0;
            Kind::Ec(curve)
        }
        other => {
            return Err(Error::not_offered(format!(
                "the public-key algorithm {other}"
            )));
        }
    };
    Ok(Public { kind, bytes })
}

fn modulus_bits(key: &[u8]) -> der::Result<u16> {
    let mut reader = SliceReader::new(key)?;
    let modulus = reader.sequence(|reader| {
        let modulus = UintRef::decode(reader)?;
        UintRef::decode(reader)?;
        Ok::<_, der::Error>(modulus)
    })?;
    let bytes = modulus.as_bytes();
    let zeros = bytes.first().map_or(0, |first| first.leading_zeros());
    let bits = bytes.len() * 8 - usize::try_from(zeros).unwrap_or_default();
    u16::try_from(bits).map_err(|_| Tag::Integer.value_error().into())
}

/// Turns the two halves of an ECDSA signature into an `Ecdsa-Sig-Value` (RFC 5480's reference to RFC 3279, 2.2.3).
pub(super) fn ecdsa_signature(raw: &[u8]) -> Result<Vec<u8>, Error> {
    let (r, s) = raw.split_at(raw.len() / 2);
    let encode = || sequence(&[&UintRef::new(r)?.to_der()?, &UintRef::new(s)?.to_der()?]);
    encode().map_err(|_| Error::invalid("the HSM's signature is no pair of numbers"))
}
