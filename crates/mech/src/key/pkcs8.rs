//! Private keys as PKCS#8 (RFC 5958), in which they are wrapped: RSA as in RFC 8017, A.1.2, EC and SM2 as in RFC 5915,
//! Diffie-Hellman as in PKCS #3, 9, keys on
//! Edwards and Montgomery curves as in RFC 8410, ML-KEM as in RFC 9935, ML-DSA as in RFC 9881, SLH-DSA
//! as in RFC 9909.

use ck::{AttributeType, KeyType};
use der::asn1::{AnyRef, BitStringRef, Null, ObjectIdentifier, OctetStringRef, UintRef};
use der::{Decode, Encode, Header, Length, Reader, SliceReader, Tag, TagNumber};
use zeroize::Zeroizing;

use super::edwards::{self, EdwardsCurve, EdwardsPrivate};
use super::montgomery::{self, MontgomeryCurve, MontgomeryPrivate};
use super::named_curve::NamedCurve as _;
use super::slh_dsa::{self, SlhPrivate};
use super::{Key, LatticeKey, Parts, Seeded, ec, lattice, rsa, sm2};
use crate::ffi::{Dh, DsaKey, EcKey, KemKey};
use crate::sm::Sm2Private;
use crate::{Error, Material};

/// The algorithm of RSA keys (RFC 8017, A.1).
pub(crate) const RSA_ENCRYPTION: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
/// The algorithm of keys on Weierstrass curves (RFC 5480, 2.1.1).
pub(crate) const EC_PUBLIC_KEY: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");

/// The algorithm of Diffie-Hellman keys (PKCS #3, 9).
pub(crate) const DH_KEY_AGREEMENT: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.3.1");

/// The numbers of an RSA key in the order of RFC 8017, A.1.2.
const RSA_NUMBERS: [AttributeType; 8] = [
    AttributeType::MODULUS,
    AttributeType::PUBLIC_EXPONENT,
    AttributeType::PRIVATE_EXPONENT,
    AttributeType::PRIME_1,
    AttributeType::PRIME_2,
    AttributeType::EXPONENT_1,
    AttributeType::EXPONENT_2,
    AttributeType::COEFFICIENT,
];

const FAILED: Error = Error::Provider("DER");

impl Key {
    /// Encodes a private key as PKCS#8.
    ///
    /// # Errors
    ///
    /// It is no private key.
    pub fn to_pkcs8(&self) -> Result<Zeroizing<Vec<u8>>, Error> {
        let (algorithm, key) = match &self.parts {
            Parts::DhPrivate(key) => (
                dh_algorithm(key),
                integer(&key.private_value()?.to_bytes()?)?,
            ),
            Parts::EcPrivate(key) => (
                ec_algorithm(&ec::oid(key.curve())),
                ec_key(&key.private_scalar()?, &key.public_point()?)?,
            ),
            Parts::EdwardsPrivate(key) => (
                algorithm(&key.curve().oid(), &[]),
                element(Tag::OctetString, &[key.seed()])?,
            ),
            Parts::MontgomeryPrivate(key) => (
                algorithm(&key.curve().oid(), &[]),
                element(Tag::OctetString, &[key.bytes()])?,
            ),
            Parts::DsaPrivate(key) => {
                (algorithm(&lattice::oid(key.key())?, &[]), lattice_key(key)?)
            }
            Parts::KemPrivate(key) => {
                (algorithm(&lattice::oid(key.key())?, &[]), lattice_key(key)?)
            }
            // The bytes of the key stand there as they are (RFC 9909, 6).
            Parts::SlhPrivate(key) => (
                algorithm(&slh_dsa::oid(key.set())?, &[]),
                Zeroizing::new(key.bytes().to_vec()),
            ),
            Parts::RsaPrivate(key) => {
                (rsa_algorithm(), rsa_key(rsa::private_material(key.rsa())?)?)
            }
            Parts::Sm2Private(key) => (
                ec_algorithm(&sm2::oid()),
                ec_key(&key.scalar()[..], &key.public().point())?,
            ),
            Parts::DhPublic(_)
            | Parts::DsaPublic(_)
            | Parts::EcPublic(_)
            | Parts::EdwardsPublic(_)
            | Parts::KemPublic(_)
            | Parts::MontgomeryPublic(_)
            | Parts::RsaPublic(_)
            | Parts::Secret(_)
            | Parts::SlhPublic(_)
            | Parts::Sm2Public(_) => return Err(Error::KeyTypeInconsistent),
        };
        let algorithm = algorithm.map_err(|_| FAILED)?;
        let version = element(Tag::Integer, &[&[0]])?;
        let key = element(Tag::OctetString, &[&key])?;
        element(Tag::Sequence, &[&version, &algorithm, &key])
    }
}

/// Decodes a private key from PKCS#8 to its type and attributes, which [`crate::complete_private`] has yet to check.
///
/// # Errors
///
/// It is no such encoding, or one of a key that the token does not keep.
pub fn private_from_pkcs8(bytes: &[u8]) -> Result<(KeyType, Material), Error> {
    let (algorithm, params, key) = info(bytes).map_err(|_| Error::KeyEncodingInvalid)?;
    match algorithm {
        RSA_ENCRYPTION => Ok((
            KeyType::RSA,
            read_rsa(key).ok_or(Error::KeyEncodingInvalid)?,
        )),
        DH_KEY_AGREEMENT => {
            let params = params.ok_or(Error::KeyEncodingInvalid)?;
            let material = read_dh(params, key).ok_or(Error::KeyEncodingInvalid)?;
            Ok((KeyType::DH, material))
        }
        EC_PUBLIC_KEY => {
            let params = params.ok_or(Error::KeyEncodingInvalid)?;
            let params = params.to_der().map_err(|_| Error::KeyEncodingInvalid)?;
            let scalar = read_ec(key).ok_or(Error::KeyEncodingInvalid)?;
            if sm2::is_curve(&params) {
                let key = Sm2Private::from_scalar(scalar).ok_or(Error::KeyEncodingInvalid)?;
                return Ok((KeyType::DEW_SM2, sm2::private_material(&key)?));
            }
            let key = EcKey::private(ec::curve(&params)?, scalar);
            let key = key.map_err(|_| Error::KeyEncodingInvalid)?;
            Ok((KeyType::EC, ec::private_material(&key)?))
        }
        other => {
            if let Some(curve) = EdwardsCurve::by_oid(&other) {
                let key = EdwardsPrivate::from_seed(curve, octets(key)?);
                let key = key.ok_or(Error::KeyEncodingInvalid)?;
                return Ok((KeyType::EC_EDWARDS, edwards::private_material(&key)?));
            }
            if let Some(curve) = MontgomeryCurve::by_oid(&other) {
                let key = MontgomeryPrivate::from_bytes(curve, octets(key)?);
                let key = key.ok_or(Error::KeyEncodingInvalid)?;
                return Ok((KeyType::EC_MONTGOMERY, montgomery::private_material(&key)?));
            }
            if let Some(set) = slh_dsa::named(&other) {
                let key = SlhPrivate::from_bytes(set, key).ok_or(Error::KeyEncodingInvalid)?;
                return Ok((KeyType::SLH_DSA, slh_dsa::private_material(&key)?));
            }
            if let Some(set) = lattice::named::<KemKey>(&other) {
                return Ok((KeyType::ML_KEM, read_seeded::<KemKey>(set, key)?));
            }
            let set = lattice::named::<DsaKey>(&other).ok_or(Error::KeyEncodingInvalid)?;
            Ok((KeyType::ML_DSA, read_seeded::<DsaKey>(set, key)?))
        }
    }
}

/// Reads a `CurvePrivateKey` (RFC 8410, 7).
fn octets(key: &[u8]) -> Result<&[u8], Error> {
    let octets = <&OctetStringRef>::from_der(key).map_err(|_| Error::KeyEncodingInvalid)?;
    Ok(octets.as_bytes())
}

/// Writes an element around its content, in one piece of memory that is wiped.
fn element(tag: Tag, content: &[&[u8]]) -> Result<Zeroizing<Vec<u8>>, Error> {
    let len: usize = content.iter().map(|part| part.len()).sum();
    let header = Length::try_from(len)
        .and_then(|length| Header::new(tag, length).to_der())
        .map_err(|_| FAILED)?;
    let mut bytes = Zeroizing::new(Vec::with_capacity(header.len() + len));
    bytes.extend_from_slice(&header);
    for part in content {
        bytes.extend_from_slice(part);
    }
    Ok(bytes)
}

/// Writes a number, which has a sign as its first bit.
fn integer(value: &[u8]) -> Result<Zeroizing<Vec<u8>>, Error> {
    let sign: &[u8] = match value.first() {
        Some(first) if *first < 0x80 => &[],
        _ => &[0],
    };
    element(Tag::Integer, &[sign, value])
}

fn dh_algorithm(key: &Dh) -> der::Result<Vec<u8>> {
    let params = dh_params(key).map_err(|_| der::Error::from(Tag::Integer.length_error()))?;
    algorithm(&DH_KEY_AGREEMENT, &params)
}

/// Writes a `DHParameter` without the length of private values.
pub(crate) fn dh_params(key: &Dh) -> Result<Zeroizing<Vec<u8>>, Error> {
    let (prime, base) = (key.prime()?.to_bytes()?, key.base()?.to_bytes()?);
    element(Tag::Sequence, &[&integer(&prime)?, &integer(&base)?])
}

/// Reads the `DHParameter` and the private value.
fn read_dh(params: AnyRef<'_>, key: &[u8]) -> Option<Material> {
    params.header().tag().assert_eq(Tag::Sequence).ok()?;
    let elements = elements(params.value()).ok()?;
    let [prime, base] = *elements.first_chunk::<2>()?;
    let value = AnyRef::from_der(key).ok()?;
    let numbers = [
        (AttributeType::PRIME, prime),
        (AttributeType::BASE, base),
        (AttributeType::VALUE, value),
    ];
    let read = |(id, number): (AttributeType, AnyRef<'_>)| {
        let number = number.decode_as::<UintRef<'_>>().ok()?;
        Some((id, Zeroizing::new(number.as_bytes().to_vec())))
    };
    numbers.into_iter().map(read).collect()
}

fn rsa_algorithm() -> der::Result<Vec<u8>> {
    algorithm(&RSA_ENCRYPTION, &Null.to_der()?)
}

fn ec_algorithm(curve: &ObjectIdentifier) -> der::Result<Vec<u8>> {
    algorithm(&EC_PUBLIC_KEY, &curve.to_der()?)
}

fn algorithm(id: &ObjectIdentifier, params: &[u8]) -> der::Result<Vec<u8>> {
    let content = [&id.to_der()?, params].concat();
    let length = Length::try_from(content.len())?;
    let mut bytes = Header::new(Tag::Sequence, length).to_der()?;
    bytes.extend_from_slice(&content);
    Ok(bytes)
}

/// Writes an `RSAPrivateKey`.
fn rsa_key(material: Material) -> Result<Zeroizing<Vec<u8>>, Error> {
    let mut numbers = vec![element(Tag::Integer, &[&[0]])?];
    for id in RSA_NUMBERS {
        let value = material.iter().find(|(known, _)| *known == id);
        let (_, value) = value.ok_or(FAILED)?;
        numbers.push(integer(value)?);
    }
    let numbers: Vec<&[u8]> = numbers.iter().map(|number| number.as_slice()).collect();
    element(Tag::Sequence, &numbers)
}

/// Writes an `ECPrivateKey`, with the public key, so that a reader need not compute it.
fn ec_key(scalar: &[u8], point: &[u8]) -> Result<Zeroizing<Vec<u8>>, Error> {
    const PUBLIC_KEY: Tag = Tag::ContextSpecific {
        constructed: true,
        number: TagNumber(1),
    };
    let version = element(Tag::Integer, &[&[1]])?;
    let scalar = element(Tag::OctetString, &[scalar])?;
    let point = BitStringRef::from_bytes(point)
        .and_then(|point| point.to_der())
        .map_err(|_| FAILED)?;
    let point = element(PUBLIC_KEY, &[&point])?;
    element(Tag::Sequence, &[&version, &scalar, &point])
}

/// The tag of a seed that stands alone (RFC 9935, 6; RFC 9881, 6).
const SEED: Tag = Tag::ContextSpecific {
    constructed: false,
    number: TagNumber(0),
};

/// Writes the key of a lattice: its seed, or where that is not known, itself.
fn lattice_key<K: LatticeKey>(key: &Seeded<K>) -> Result<Zeroizing<Vec<u8>>, Error> {
    match key.seed() {
        Some(seed) => element(SEED, &[seed]),
        None => element(Tag::OctetString, &[&key.key().write_private()?]),
    }
}

/// Reads the attributes of a key over lattices.
fn read_seeded<K: LatticeKey>(set: K::Set, bytes: &[u8]) -> Result<Material, Error> {
    let key = match read_lattice(bytes).ok_or(Error::KeyEncodingInvalid)? {
        (seed, Some(value)) => Seeded::<K>::from_parts(set, value, seed),
        (seed, None) => Seeded::<K>::from_seed(set, seed.unwrap_or_default()),
    };
    key.map_err(|_| Error::KeyEncodingInvalid)?.material()
}

/// The seed of a key over lattices, and the key.
type Lattice<'a> = (Option<&'a [u8]>, Option<&'a [u8]>);

/// Reads the seed of a key over lattices, the key itself, or both.
fn read_lattice(bytes: &[u8]) -> Option<Lattice<'_>> {
    let whole = AnyRef::from_der(bytes).ok()?;
    match whole.header().tag() {
        SEED => Some((Some(whole.value()), None)),
        Tag::OctetString => Some((None, Some(whole.value()))),
        _ => {
            let elements = sequence(bytes).ok()?;
            let [seed, value] = elements.as_slice() else {
                return None;
            };
            let octets = |element: &AnyRef<'_>| element.header().tag() == Tag::OctetString;
            (octets(seed) && octets(value)).then_some((Some(seed.value()), Some(value.value())))
        }
    }
}

/// The elements of a SEQUENCE that is all there is.
fn sequence(bytes: &[u8]) -> der::Result<Vec<AnyRef<'_>>> {
    let whole = AnyRef::from_der(bytes)?;
    whole.header().tag().assert_eq(Tag::Sequence)?;
    elements(whole.value())
}

fn elements(content: &[u8]) -> der::Result<Vec<AnyRef<'_>>> {
    let mut reader = SliceReader::new(content)?;
    let mut elements = Vec::new();
    while !reader.is_finished() {
        elements.push(AnyRef::decode(&mut reader)?);
    }
    Ok(elements)
}

type Info<'a> = (ObjectIdentifier, Option<AnyRef<'a>>, &'a [u8]);

/// Takes a `PrivateKeyInfo` apart: the algorithm, its parameters, the key. Attributes and public key may follow.
fn info(bytes: &[u8]) -> der::Result<Info<'_>> {
    let mut elements = sequence(bytes)?.into_iter();
    let mut next = || {
        let missing = || der::Error::from(Tag::Sequence.length_error());
        elements.next().ok_or_else(missing)
    };
    next()?.decode_as::<UintRef<'_>>()?;
    let algorithm = next()?;
    let key = next()?.decode_as::<&OctetStringRef>()?.as_bytes();
    let mut algorithm = SliceReader::new(algorithm.value())?;
    let id = algorithm.decode()?;
    let params = if algorithm.is_finished() {
        None
    } else {
        Some(algorithm.decode()?)
    };
    Ok((id, params, key))
}

/// Reads the numbers of an `RSAPrivateKey` of two primes.
fn read_rsa(bytes: &[u8]) -> Option<Material> {
    let elements = sequence(bytes).ok()?;
    let (version, numbers) = elements.split_first()?;
    let version = version.decode_as::<UintRef<'_>>().ok()?;
    if version.as_bytes() != [0] || numbers.len() != RSA_NUMBERS.len() {
        return None;
    }
    RSA_NUMBERS
        .into_iter()
        .zip(numbers)
        .map(|(id, number)| {
            let number = number.decode_as::<UintRef<'_>>().ok()?;
            Some((id, Zeroizing::new(number.as_bytes().to_vec())))
        })
        .collect()
}

/// Reads the scalar of an `ECPrivateKey`. Parameters and public key, which may follow, are known without them.
fn read_ec(bytes: &[u8]) -> Option<&[u8]> {
    let elements = sequence(bytes).ok()?;
    let [version, scalar, ..] = elements.as_slice() else {
        return None;
    };
    let version = version.decode_as::<UintRef<'_>>().ok()?;
    let scalar = scalar.decode_as::<&OctetStringRef>().ok()?;
    (version.as_bytes() == [1]).then_some(scalar.as_bytes())
}
