//! What an event says: who did what to which object, and how it ended.

use std::fmt;

/// The longest text an event may hold, in bytes: a name or one sentence, never a payload.
pub const TEXT_MAX: usize = 512;

/// The longest signature an event may hold, in bytes: room for ML-DSA-87 (4,627) and its encoding.
pub const SIGNATURE_MAX: usize = 8_192;

/// One thing that happened and is to be remembered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// When it happened, in milliseconds of Unix time.
    pub time_ms: u64,
    /// Who asked for it.
    pub actor: Actor,
    /// The name on the access certificate it came through, if it came through an agent.
    pub agent: Option<Text>,
    /// The partition it concerns, if one.
    pub partition: Option<[u8; 16]>,
    /// The operation, by the name of its row in the call table.
    pub operation: Text,
    /// The object it concerns, if one.
    pub object: Option<[u8; 16]>,
    /// How it ended.
    pub outcome: Outcome,
    /// What a reader should also know, in words.
    pub detail: Option<Text>,
    /// The administrator's signature over the request, for what needs one.
    pub signature: Option<Signature>,
}

/// Who asked for an operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// The HSM itself: start, self-test, scheduled work.
    System,
    /// An application that has not logged in.
    Application,
    /// The partition's user (CKU_USER).
    User,
    /// The partition's security officer (CKU_SO).
    SecurityOfficer,
    /// A user with a name (C_LoginUser).
    Named(Text),
    /// The holder of a UKey, acting in a role.
    Administrator {
        /// SHA-256 of the UKey's certificate.
        certificate: [u8; 32],
        /// The role, as the roles table names it.
        role: Text,
    },
}

/// How an operation ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It returned this PKCS#11 code; 0 is success.
    Returned(u64),
    /// It was refused or failed for a reason that has no code.
    Failed(Text),
}

impl Outcome {
    /// Success.
    pub const OK: Self = Self::Returned(0);
}

/// Bounded text without control characters: names and sentences.
///
/// It is made from `str` only. PINs, keys and payloads are byte strings in wiping types, so putting one here takes
/// a deliberate conversion that a reviewer sees.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Text(String);

impl Text {
    /// Keeps at most [`TEXT_MAX`] bytes of a text and replaces its control characters, so that one entry is one line.
    pub fn new(text: &str) -> Self {
        let mut kept = String::with_capacity(text.len().min(TEXT_MAX));
        for character in text.chars() {
            let shown = if character.is_control() {
                char::REPLACEMENT_CHARACTER
            } else {
                character
            };
            if kept.len() + shown.len_utf8() > TEXT_MAX {
                break;
            }
            kept.push(shown);
        }
        Self(kept)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self::new(&text)
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A signature of bounded length.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature(Vec<u8>);

impl Signature {
    /// The signature's bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl TryFrom<Vec<u8>> for Signature {
    type Error = SignatureTooLong;

    fn try_from(bytes: Vec<u8>) -> Result<Self, SignatureTooLong> {
        if bytes.len() > SIGNATURE_MAX {
            return Err(SignatureTooLong {
                length: bytes.len(),
            });
        }
        Ok(Self(bytes))
    }
}

/// A signature is longer than any algorithm we know makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a signature of {length} bytes cannot be logged: the limit is {SIGNATURE_MAX}")]
pub struct SignatureTooLong {
    /// Its length in bytes.
    pub length: usize,
}
