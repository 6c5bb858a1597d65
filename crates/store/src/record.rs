//! Sealed records: a header in the clear, all of it authenticated, and a padded body.
//!
//! ```text
//! "HSMR" | format u8 | algorithm u8 | instance 16 | partition 16 | kind u8 | object 16 | version u64 | epoch u64
//!        | salt 32 | commitment 32 | body length u32 || AES-256-GCM(body | zeros | length u32) | tag 16
//! ```
//!
//! Numbers are big-endian. The body is padded to 64 bytes, its true length last; the length in the header is the
//! padded one, so that the clear part tells nothing finer.

use zeroize::Zeroizing;

use crate::error::SealError;
use crate::hex::Hex;
use crate::hierarchy::{PartitionKey, UserKey};
use crate::kind::Kind;
use crate::sealing::{COMMITMENT_LEN, SALT_LEN, TAG_LEN, WriteKey, fresh_salt};
use crate::secret::KEY_LEN;

/// The longest body, in bytes: a data object of the largest size a frame carries, and room for its attributes.
pub const BODY_MAX: usize = 1 << 20;

/// The length of a header, in bytes.
pub const HEADER_LEN: usize = PLACE_LEN + SALT_LEN + COMMITMENT_LEN + 4;

const MAGIC: [u8; 4] = *b"HSMR";
const FORMAT: u8 = 1;
/// HKDF-SHA-256 and AES-256-GCM.
const ALGORITHM: u8 = 1;
const PLACE_LEN: usize = 4 + 1 + 1 + 16 + 16 + 1 + 16 + 8 + 8;
const INFO: &[u8] = b"hsmd/rec/v1";
const PADDING: usize = 64;
/// The body's true length stands in the last bytes of the padding.
const LENGTH_LEN: usize = 4;

/// Where a record belongs: it opens there and nowhere else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The HSM.
    pub instance: [u8; 16],
    /// The partition; zero is the system's.
    pub partition: [u8; 16],
    /// What the record is.
    pub kind: Kind,
    /// The object.
    pub object: [u8; 16],
    /// How many times the object was written.
    pub version: u64,
    /// How many times an older store was knowingly accepted.
    pub epoch: u64,
}

impl Place {
    fn encode(&self) -> [u8; PLACE_LEN] {
        let mut bytes = Vec::with_capacity(PLACE_LEN);
        bytes.extend_from_slice(&MAGIC);
        bytes.extend_from_slice(&[FORMAT, ALGORITHM]);
        bytes.extend_from_slice(&self.instance);
        bytes.extend_from_slice(&self.partition);
        bytes.push(self.kind.number());
        bytes.extend_from_slice(&self.object);
        bytes.extend_from_slice(&self.version.to_be_bytes());
        bytes.extend_from_slice(&self.epoch.to_be_bytes());
        bytes.try_into().expect("the fields have fixed lengths")
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            partition,
            kind,
            object,
            version,
            ..
        } = self;
        let (partition, object) = (Hex(partition), Hex(object));
        write!(
            f,
            "partition {partition}, {kind} {object}, version {version}"
        )
    }
}

/// The keys a record is sealed under: the partition's, and the user's for a private object and only for it.
#[derive(Clone, Copy)]
pub struct RecordKeys<'a> {
    /// The partition's key.
    pub partition: &'a PartitionKey,
    /// The user key.
    pub user: Option<&'a UserKey>,
}

impl RecordKeys<'_> {
    /// Joins the key material, if it is what the kind asks for.
    fn material(&self, kind: Kind) -> Result<Zeroizing<Vec<u8>>, SealError> {
        if kind.needs_user_key() != self.user.is_some() {
            return Err(SealError::Keys { kind });
        }
        let mut material = Zeroizing::new(Vec::with_capacity(2 * KEY_LEN));
        material.extend_from_slice(self.partition.0.expose());
        if let Some(user) = self.user {
            material.extend_from_slice(user.0.expose());
        }
        Ok(material)
    }
}

/// The header of a sealed record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// Where the record belongs.
    pub place: Place,
    salt: [u8; SALT_LEN],
    commitment: [u8; COMMITMENT_LEN],
    body_len: u32,
}

impl Header {
    /// Reads the header of a sealed record and checks that the record has the length it states.
    pub fn decode(sealed: &[u8]) -> Result<Self, SealError> {
        let mut reader = Reader { rest: sealed };
        if reader.array()? != MAGIC {
            return Err(malformed("it does not start as one"));
        }
        if reader.array()? != [FORMAT, ALGORITHM] {
            return Err(malformed("its layout is not one this version knows"));
        }
        let header = Self {
            place: Place {
                instance: reader.array()?,
                partition: reader.array()?,
                kind: Kind::from_number(u8::from_be_bytes(reader.array()?))
                    .ok_or_else(|| malformed("its kind is unknown"))?,
                object: reader.array()?,
                version: u64::from_be_bytes(reader.array()?),
                epoch: u64::from_be_bytes(reader.array()?),
            },
            salt: reader.array()?,
            commitment: reader.array()?,
            body_len: u32::from_be_bytes(reader.array()?),
        };
        let body_len = usize::try_from(header.body_len).unwrap_or(usize::MAX);
        if body_len == 0 || body_len > padded_len(BODY_MAX) || !body_len.is_multiple_of(PADDING) {
            return Err(malformed("it states a length that no record has"));
        }
        if reader.rest.len() != body_len + TAG_LEN {
            return Err(malformed("it does not have the length it states"));
        }
        Ok(header)
    }
}

/// Seals a body for its place.
pub fn seal(place: &Place, keys: RecordKeys<'_>, body: &[u8]) -> Result<Vec<u8>, SealError> {
    if body.len() > BODY_MAX {
        return Err(SealError::TooLong {
            what: "a record",
            length: body.len(),
            limit: BODY_MAX,
        });
    }
    let material = keys.material(place.kind)?;
    let place = place.encode();
    let salt = fresh_salt()?;
    let write_key = WriteKey::derive(&material, &salt, &[INFO, &place]);
    let mut padded = pad(body);
    let mut sealed = Vec::with_capacity(HEADER_LEN + padded.len() + TAG_LEN);
    sealed.extend_from_slice(&place);
    sealed.extend_from_slice(&salt);
    sealed.extend_from_slice(&write_key.commitment);
    sealed.extend_from_slice(&length_bytes(padded.len()));
    write_key.seal(&sealed, &mut padded);
    sealed.extend_from_slice(&padded);
    Ok(sealed)
}

/// Opens a sealed record. Whether it stands where it belongs is for the caller to compare, as [`crate::Row`] does.
pub fn open(sealed: &[u8], keys: RecordKeys<'_>) -> Result<(Place, Zeroizing<Vec<u8>>), SealError> {
    let header = Header::decode(sealed)?;
    let place = header.place;
    let material = keys.material(place.kind)?;
    let (clear, body) = sealed.split_at(HEADER_LEN);
    let mut body = Zeroizing::new(body.to_vec());
    WriteKey::derive(&material, &header.salt, &[INFO, &place.encode()])
        .open(&header.commitment, clear, &mut body)
        .map_err(|_| SealError::Refused {
            what: format!("the record of {place}"),
        })?;
    unpad(&mut body)?;
    Ok((place, body))
}

fn padded_len(body_len: usize) -> usize {
    (body_len + LENGTH_LEN).next_multiple_of(PADDING)
}

fn pad(body: &[u8]) -> Zeroizing<Vec<u8>> {
    let length = padded_len(body.len());
    let mut padded = Zeroizing::new(Vec::with_capacity(length + TAG_LEN));
    padded.extend_from_slice(body);
    padded.resize(length - LENGTH_LEN, 0);
    padded.extend_from_slice(&length_bytes(body.len()));
    padded
}

fn unpad(padded: &mut Zeroizing<Vec<u8>>) -> Result<(), SealError> {
    let bad = || malformed("its padding is not ours");
    let (rest, length) = padded.split_last_chunk::<LENGTH_LEN>().ok_or_else(bad)?;
    let length = usize::try_from(u32::from_be_bytes(*length)).map_err(|_| bad())?;
    let zeros = rest.get(length..).ok_or_else(bad)?;
    if padded_len(length) != padded.len() || zeros.iter().any(|&byte| byte != 0) {
        return Err(bad());
    }
    padded.truncate(length);
    Ok(())
}

fn length_bytes(length: usize) -> [u8; LENGTH_LEN] {
    u32::try_from(length)
        .expect("bodies are at most a mebibyte")
        .to_be_bytes()
}

fn malformed(why: &'static str) -> SealError {
    SealError::Malformed {
        what: "a record",
        why,
    }
}

/// Takes fields of fixed length from the front.
struct Reader<'a> {
    rest: &'a [u8],
}

impl Reader<'_> {
    fn array<const N: usize>(&mut self) -> Result<[u8; N], SealError> {
        let (head, rest) = self
            .rest
            .split_first_chunk::<N>()
            .ok_or_else(|| malformed("it ends in its header"))?;
        self.rest = rest;
        Ok(*head)
    }
}

#[cfg(test)]
mod tests;
