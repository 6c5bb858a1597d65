//! Verification of signed requests: `SDK-HMAC-SHA256` and `V11-HMAC-SHA256`.
//!
//! In two steps, as the secret is found by what the first one reads:
//!
//! 1. [`Authorization::parse`] reads the header: who signed, with what algorithm, which headers.
//! 2. [`Authorization::verify`] writes the canonical form of the request and compares.
//!
//! The client's own list of headers decides what is signed; only the date must be in it, so nothing else in a header may
//! be believed because of the signature alone.
//!
//! [`sign`] is the client's side of the same canonical form.

mod authorization;
mod canonical;
mod sign;
mod timestamp;

#[cfg(test)]
mod tests;

use aws_lc_rs::{digest, hkdf, hmac};
use thiserror::Error;
use zeroize::Zeroizing;

pub use authorization::{Algorithm, Authorization};
pub use sign::sign;
pub use timestamp::write as date;

/// How far a request's date may be from ours, either way: 15 minutes, as the cloud's gateway.
pub const MAX_SKEW_MS: i64 = 15 * 60 * 1_000;

/// A request as it came over the wire.
#[derive(Clone, Copy, Debug)]
pub struct SignedRequest<'a> {
    /// The method in upper case.
    pub method: &'a str,
    /// The path, still percent-encoded.
    pub raw_path: &'a str,
    /// What follows the `?`, still percent-encoded; empty if nothing does.
    pub raw_query: &'a str,
    /// Every header line, in any case and order.
    pub headers: &'a [(String, Vec<u8>)],
    /// The body's bytes as received.
    pub body: &'a [u8],
}

/// Why a request's signature is not accepted.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
pub enum SignatureError {
    /// The header is none that a client writes.
    #[error("the Authorization header is malformed")]
    Malformed,
    /// The algorithm is not one of ours.
    #[error("the algorithm of the Authorization header is not supported")]
    UnknownAlgorithm,
    /// A header that the client says it signed did not arrive.
    #[error("a signed header is missing")]
    HeaderMissing,
    /// A signed header arrived more than once, so that it is unclear which one was meant.
    #[error("a signed header occurs more than once")]
    HeaderRepeated,
    /// `X-Sdk-Date` is not among the signed headers.
    #[error("X-Sdk-Date is not signed")]
    DateUnsigned,
    /// `X-Sdk-Date` is no date, or not that of the credential's scope.
    #[error("X-Sdk-Date is malformed")]
    DateMalformed,
    /// The date is too far from ours.
    #[error("the signature expired")]
    Expired,
    /// `X-Sdk-Content-Sha256` is not the digest of the body.
    #[error("X-Sdk-Content-Sha256 is not the digest of the body")]
    ContentDigest,
    /// The signature is not that of the request.
    #[error("the signature does not match")]
    Mismatch,
}

impl SignatureError {
    /// Tells what follows "Incorrect IAM authentication information: " in the reply, in the published words.
    #[must_use]
    pub fn tail(self) -> &'static str {
        match self {
            Self::Expired => "signature expired",
            Self::Malformed
            | Self::UnknownAlgorithm
            | Self::HeaderMissing
            | Self::HeaderRepeated
            | Self::DateUnsigned
            | Self::DateMalformed
            | Self::ContentDigest
            | Self::Mismatch => "verify aksk signature fail",
        }
    }
}

impl Authorization {
    /// Verifies the signature of a request that is processed at `now_ms`.
    ///
    /// # Errors
    /// [`SignatureError`], after a comparison in constant time where it is the signature that is wrong.
    pub fn verify(
        &self,
        request: &SignedRequest<'_>,
        secret: &[u8],
        now_ms: i64,
    ) -> Result<(), SignatureError> {
        let headers = canonical::Headers::collect(request, self.signed_headers())?;
        let date = headers.date()?;
        let date_ms = timestamp::parse_ms(date).ok_or(SignatureError::DateMalformed)?;
        if self.scope_date().is_some_and(|day| !date.starts_with(day)) {
            return Err(SignatureError::DateMalformed);
        }
        if now_ms.abs_diff(date_ms) > MAX_SKEW_MS.unsigned_abs() {
            return Err(SignatureError::Expired);
        }
        let to_sign = to_sign(
            request,
            &headers,
            self.signed_headers(),
            self.algorithm(),
            self.scope(),
        )?;
        let key = self.signing_key(secret);
        let key = hmac::Key::new(hmac::HMAC_SHA256, &key);
        hmac::verify(&key, to_sign.as_bytes(), self.signature())
            .map_err(|_| SignatureError::Mismatch)
    }

    /// Makes the key of the HMAC.
    fn signing_key(&self, secret: &[u8]) -> Zeroizing<Vec<u8>> {
        match self.algorithm() {
            Algorithm::SdkHmacSha256 => Zeroizing::new(secret.to_vec()),
            Algorithm::V11HmacSha256 => {
                let salt = hkdf::Salt::new(hkdf::HKDF_SHA256, self.access_key().as_bytes());
                let scope = [self.scope().as_bytes()];
                let mut derived = Zeroizing::new([0; 32]);
                salt.extract(secret)
                    .expand(&scope, hkdf::HKDF_SHA256)
                    .and_then(|okm| okm.fill(derived.as_mut_slice()))
                    .expect("32 bytes are one block of SHA-256, which HKDF always gives");
                Zeroizing::new(hex::encode(derived.as_slice()).into_bytes())
            }
        }
    }
}

/// Writes what the HMAC is made over.
fn to_sign(
    request: &SignedRequest<'_>,
    headers: &canonical::Headers<'_>,
    signed_headers: &str,
    algorithm: Algorithm,
    scope: &str,
) -> Result<String, SignatureError> {
    let (name, date) = (algorithm.name(), headers.date()?);
    let body_digest = canonical::body_digest(request)?;
    let canonical = canonical::request(request, headers, signed_headers, &body_digest);
    let hash = hex::encode(digest::digest(&digest::SHA256, canonical.as_slice()));
    Ok(match algorithm {
        Algorithm::SdkHmacSha256 => format!("{name}\n{date}\n{hash}"),
        Algorithm::V11HmacSha256 => format!("{name}\n{date}\n{scope}\n{hash}"),
    })
}
