//! Ciphertexts: what stands in front of them, and what is authenticated with them.
//!
//! ```text
//! "DW" 1 kind version(4) key id(36) account id(32) | IV(12) ciphertext(n) tag(16)
//! ```
//!
//! The front names the key and its version, so that decryption never searches, and is authenticated as a whole. With it
//! a ciphertext of n bytes has n + 104, within the contract's bounds of 95 to 140 more.

use serde_json::{Map, Value};

use kit::id;

/// What every ciphertext begins with: two letters and the number of the format.
const MAGIC: [u8; 3] = *b"DW\x01";
/// Bytes before the IV.
pub(crate) const HEADER_BYTES: usize = 76;
/// Bytes of the IV and the tag.
const SEALING_BYTES: usize = 28;

/// What was encrypted: neither kind decrypts as the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A short text.
    Data = 1,
    /// A data key.
    DataKey = 2,
}

/// The front of a ciphertext.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Header {
    /// What was encrypted.
    pub(crate) kind: Kind,
    /// The version of the key.
    pub(crate) version: u32,
    /// The key.
    pub(crate) key_id: String,
    /// The account that owns the key.
    pub(crate) account_id: String,
}

impl Header {
    /// Writes the front.
    #[must_use]
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(HEADER_BYTES);
        bytes.extend(MAGIC);
        bytes.push(self.kind as u8);
        bytes.extend(self.version.to_be_bytes());
        bytes.extend(self.key_id.as_bytes());
        bytes.extend(self.account_id.as_bytes());
        bytes
    }

    /// Reads the front of a ciphertext and returns what follows it, or `None` if it is none of ours.
    #[must_use]
    pub(crate) fn decode(bytes: &[u8]) -> Option<(Self, &[u8])> {
        if bytes.len() < HEADER_BYTES + SEALING_BYTES {
            return None;
        }
        let (front, sealed) = bytes.split_at(HEADER_BYTES);
        let rest = front.strip_prefix(&MAGIC)?;
        let (kind, rest) = rest.split_first()?;
        let kind = match kind {
            1 => Kind::Data,
            2 => Kind::DataKey,
            _ => return None,
        };
        let (version, rest) = rest.split_first_chunk::<4>()?;
        let (key_id, account_id) = rest.split_at_checked(36)?;
        let header = Self {
            kind,
            version: u32::from_be_bytes(*version),
            key_id: String::from_utf8(key_id.to_vec()).ok()?,
            account_id: String::from_utf8(account_id.to_vec()).ok()?,
        };
        (id::is_uuid(&header.key_id) && id::is_hex32(&header.account_id))
            .then_some((header, sealed))
    }
}

/// Tells which key, and which version of it, a symmetric ciphertext says that it was made by; `None` if it is none of
/// ours.
#[must_use]
pub fn key_of(ciphertext: &[u8]) -> Option<(String, u32)> {
    let (header, _) = Header::decode(ciphertext)?;
    Some((header.key_id, header.version))
}

/// What a client authenticates with a ciphertext.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Context<'a> {
    /// Nothing.
    None,
    /// A text.
    Text(&'a str),
    /// A map; the order of its members is of no account.
    Map(&'a Map<String, Value>),
}

impl<'a> Context<'a> {
    /// Makes a context of what a request gave; an empty text or map is as good as none.
    #[must_use]
    pub(crate) fn of(text: Option<&'a str>, map: Option<&'a Map<String, Value>>) -> Self {
        match (text, map) {
            (Some(text), _) if !text.is_empty() => Self::Text(text),
            (_, Some(map)) if !map.is_empty() => Self::Map(map),
            _ => Self::None,
        }
    }

    /// Writes everything that is authenticated: the front and the context, in a form that no two contexts share.
    #[must_use]
    pub(crate) fn authenticate(&self, header: &[u8]) -> Vec<u8> {
        let mut bytes = header.to_vec();
        let text = |bytes: &mut Vec<u8>, text: &str| {
            // A request's texts are far below 4 GiB; a length that did not fit would only fail to authenticate.
            bytes.extend(u32::try_from(text.len()).unwrap_or(u32::MAX).to_be_bytes());
            bytes.extend(text.as_bytes());
        };
        match self {
            Self::None => bytes.push(0),
            Self::Text(given) => {
                bytes.push(1);
                text(&mut bytes, given);
            }
            Self::Map(map) => {
                bytes.push(2);
                let mut members: Vec<(&String, &str)> = map
                    .iter()
                    .map(|(name, value)| (name, value.as_str().unwrap_or_default()))
                    .collect();
                members.sort_unstable();
                for (name, value) in members {
                    text(&mut bytes, name);
                    text(&mut bytes, value);
                }
            }
        }
        bytes
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn header() -> Header {
        Header {
            kind: Kind::DataKey,
            version: 7,
            key_id: "0d0466b0-e727-4d9c-b35d-f84bb474a37f".to_owned(),
            account_id: "0a1b2c3d4e5f60718293a4b5c6d7e8f9".to_owned(),
        }
    }

    #[test]
    fn a_header_comes_back() {
        let mut bytes = header().encode();
        assert_eq!(bytes.len(), HEADER_BYTES);
        bytes.extend([9; 29]);
        assert_eq!(Header::decode(&bytes), Some((header(), &[9; 29][..])));
    }

    #[test]
    fn what_is_none_of_ours_is_refused() {
        let mut bytes = header().encode();
        bytes.extend([9; 29]);
        for (index, byte) in [
            (0, b'X'),
            (2, 2),
            (3, 0),
            (3, 3),
            (8, b'A'),
            (44, b'g'),
            (16, b'0'),
        ] {
            let mut changed = bytes.clone();
            changed[index] = byte;
            assert_eq!(Header::decode(&changed), None, "byte {index}");
        }
        assert_eq!(Header::decode(&bytes[..HEADER_BYTES + 27]), None);
        assert_eq!(Header::decode(b""), None);
    }

    #[test]
    fn contexts_do_not_run_into_each_other() {
        let maps = [
            json!({"a": "bc"}),
            json!({"ab": "c"}),
            json!({"a": "b", "c": ""}),
            json!({"a": "", "bc": ""}),
        ];
        let mut seen: Vec<Vec<u8>> = maps
            .iter()
            .map(|map| Context::of(None, map.as_object()).authenticate(b"h"))
            .collect();
        seen.push(Context::of(Some("abc"), None).authenticate(b"h"));
        seen.push(Context::of(None, None).authenticate(b"h"));
        let count = seen.len();
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), count);
    }

    #[test]
    fn the_order_of_a_map_is_of_no_account_and_nothing_is_nothing() {
        let (one, other) = (json!({"a": "1", "b": "2"}), json!({"b": "2", "a": "1"}));
        let bytes = |map: &Value| Context::of(None, map.as_object()).authenticate(b"h");
        assert_eq!(bytes(&one), bytes(&other));
        assert_eq!(Context::of(Some(""), Some(&Map::new())), Context::None);
    }
}
