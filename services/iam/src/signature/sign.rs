//! The client's side: signs a request as its verification expects it.

use aws_lc_rs::hmac;

use super::canonical::Headers;
use super::{Algorithm, SignatureError, SignedRequest, timestamp, to_sign};

/// Signs a request with `SDK-HMAC-SHA256` and gives the value of its `Authorization` header.
///
/// Of the request's headers, those named by `signed_headers` are signed, in any case and order; `X-Sdk-Date`, which
/// [`super::date`] writes, must be among them.
///
/// # Errors
/// [`SignatureError`], where a header is missing or the date is none.
pub fn sign(
    request: &SignedRequest<'_>,
    signed_headers: &[&str],
    access_key: &str,
    secret: &[u8],
) -> Result<String, SignatureError> {
    let algorithm = Algorithm::SdkHmacSha256;
    let mut names: Vec<_> = signed_headers
        .iter()
        .map(|name| name.to_ascii_lowercase())
        .collect();
    names.sort();
    let list = names.join(";");
    let headers = Headers::collect(request, &list)?;
    timestamp::parse_ms(headers.date()?).ok_or(SignatureError::DateMalformed)?;
    let text = to_sign(request, &headers, &list, algorithm, "")?;
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
    let signature = hex::encode(hmac::sign(&key, text.as_bytes()));
    Ok(format!(
        "{} Access={access_key}, SignedHeaders={list}, Signature={signature}",
        algorithm.name()
    ))
}
