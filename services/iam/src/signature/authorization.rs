//! The `Authorization` header.

use super::SignatureError;

/// Bytes of the header: a list of [`MAX_SIGNED_HEADERS`] names of ordinary length, and room for the rest.
const MAX_HEADER_BYTES: usize = 4 * 1024;
/// Names in the list: the official clients sign up to eight, and add what the caller sets.
const MAX_SIGNED_HEADERS: usize = 64;
/// Characters of an access key's identifier: clouds give 20, and some 40.
const MAX_ACCESS_KEY: usize = 64;
/// Bytes of a signature.
const SIGNATURE_BYTES: usize = 32;

/// How a request is signed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Algorithm {
    /// One HMAC with the secret itself.
    SdkHmacSha256,
    /// One HMAC with a key derived for a day, a region and a service.
    V11HmacSha256,
}

impl Algorithm {
    /// Tells the name in the header.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::SdkHmacSha256 => "SDK-HMAC-SHA256",
            Self::V11HmacSha256 => "V11-HMAC-SHA256",
        }
    }
}

/// An `Authorization` header that has been read, not yet believed.
#[derive(Clone, Debug)]
pub struct Authorization {
    algorithm: Algorithm,
    access_key: String,
    scope: String,
    signed_headers: String,
    signature: [u8; SIGNATURE_BYTES],
}

impl Authorization {
    /// Reads the header's value.
    ///
    /// # Errors
    /// [`SignatureError::UnknownAlgorithm`] or [`SignatureError::Malformed`].
    pub fn parse(header: &str) -> Result<Self, SignatureError> {
        if header.len() > MAX_HEADER_BYTES {
            return Err(SignatureError::Malformed);
        }
        let (name, rest) = header
            .trim()
            .split_once(' ')
            .ok_or(SignatureError::Malformed)?;
        let algorithm = [Algorithm::SdkHmacSha256, Algorithm::V11HmacSha256]
            .into_iter()
            .find(|algorithm| algorithm.name() == name)
            .ok_or(SignatureError::UnknownAlgorithm)?;
        Self::parse_fields(algorithm, rest).ok_or(SignatureError::Malformed)
    }

    fn parse_fields(algorithm: Algorithm, rest: &str) -> Option<Self> {
        let who = match algorithm {
            Algorithm::SdkHmacSha256 => "Access",
            Algorithm::V11HmacSha256 => "Credential",
        };
        let [who, headers, signature] = fields(rest, [who, "SignedHeaders", "Signature"])?;
        let (access_key, scope) = match algorithm {
            Algorithm::SdkHmacSha256 => (who, ""),
            Algorithm::V11HmacSha256 => who.split_once('/').filter(|parts| is_scope(parts.1))?,
        };
        if !is_access_key(access_key) || !is_header_list(headers) {
            return None;
        }
        let lower = !signature.bytes().any(|byte| byte.is_ascii_uppercase());
        let mut bytes = [0; SIGNATURE_BYTES];
        hex::decode_to_slice(signature, &mut bytes)
            .ok()
            .filter(|()| lower)?;
        Some(Self {
            algorithm,
            access_key: access_key.to_owned(),
            scope: scope.to_owned(),
            signed_headers: headers.to_owned(),
            signature: bytes,
        })
    }

    /// Tells who claims to have signed: an access key's identifier.
    #[must_use]
    pub fn access_key(&self) -> &str {
        &self.access_key
    }

    /// Tells how the request is signed.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// Tells whether a header is among those that the client signed.
    #[must_use]
    pub fn signs(&self, header: &str) -> bool {
        self.signed_headers
            .split(';')
            .any(|name| name.eq_ignore_ascii_case(header))
    }

    pub(super) fn signed_headers(&self) -> &str {
        &self.signed_headers
    }

    /// `<day>/<region>/<service>`; empty where the algorithm has no scope.
    pub(super) fn scope(&self) -> &str {
        &self.scope
    }

    /// The day of the scope, `YYYYMMDD`.
    pub(super) fn scope_date(&self) -> Option<&str> {
        self.scope.split_once('/').map(|parts| parts.0)
    }

    pub(super) fn signature(&self) -> &[u8] {
        &self.signature
    }
}

/// Reads `name=value` for each of three names, each once, in any order, with commas between them.
fn fields<'a>(text: &'a str, names: [&str; 3]) -> Option<[&'a str; 3]> {
    let mut found = [None; 3];
    for part in text.split(',') {
        let (name, value) = part.trim().split_once('=')?;
        let place = names.iter().position(|known| *known == name)?;
        if found[place].replace(value).is_some() {
            return None;
        }
    }
    let [Some(first), Some(second), Some(third)] = found else {
        return None;
    };
    Some([first, second, third])
}

fn is_access_key(text: &str) -> bool {
    let letters = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    (1..=MAX_ACCESS_KEY).contains(&text.len()) && text.bytes().all(letters)
}

fn is_header_list(text: &str) -> bool {
    let names: Vec<&str> = text.split(';').collect();
    let token = |name: &&str| {
        let letters = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
        !name.is_empty() && name.bytes().all(letters)
    };
    let repeated = |(index, name): (usize, &&str)| {
        names[..index]
            .iter()
            .any(|other| other.eq_ignore_ascii_case(name))
    };
    names.len() <= MAX_SIGNED_HEADERS
        && names.iter().all(token)
        && !names.iter().enumerate().any(repeated)
}

/// Tells whether a text is `<day>/<region>/<service>`.
fn is_scope(text: &str) -> bool {
    let parts: Vec<&str> = text.split('/').collect();
    let letters = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    let word = |part: &&str| (1..=64).contains(&part.len()) && part.bytes().all(letters);
    parts.len() == 3
        && parts.iter().all(word)
        && parts[0].len() == 8
        && parts[0].bytes().all(|byte| byte.is_ascii_digit())
}
