//! The canonical form of a request: the one text that client and server both write.

use std::borrow::Cow;

use aws_lc_rs::digest;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, percent_encode};

use super::{SignatureError, SignedRequest};

/// What is encoded: everything but the unreserved characters of RFC 3986.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');
const DATE: &str = "x-sdk-date";
const CONTENT_DIGEST: &str = "x-sdk-content-sha256";

/// The signed headers of a request, in the order of the client's list.
#[derive(Debug)]
pub(super) struct Headers<'a> {
    lines: Vec<(String, &'a [u8])>,
}

impl<'a> Headers<'a> {
    /// Finds every header of the list in the request.
    pub(super) fn collect(request: &SignedRequest<'a>, list: &str) -> Result<Self, SignatureError> {
        let find = |name: &str| {
            let value = only(request, name)?.ok_or(SignatureError::HeaderMissing)?;
            Ok((name.to_ascii_lowercase(), value))
        };
        let lines = list.split(';').map(find).collect::<Result<_, _>>()?;
        Ok(Self { lines })
    }

    /// Finds the date, which must be signed.
    pub(super) fn date(&self) -> Result<&'a str, SignatureError> {
        let line = self.lines.iter().find(|line| line.0 == DATE);
        let value = line.ok_or(SignatureError::DateUnsigned)?.1;
        str::from_utf8(value).map_err(|_| SignatureError::DateMalformed)
    }
}

/// Finds the value of a header that may occur once at most.
fn only<'a>(request: &SignedRequest<'a>, name: &str) -> Result<Option<&'a [u8]>, SignatureError> {
    let mut values = request
        .headers
        .iter()
        .filter(|header| header.0.eq_ignore_ascii_case(name));
    let value = values.next().map(|header| header.1.trim_ascii());
    match values.next() {
        Some(_) => Err(SignatureError::HeaderRepeated),
        None => Ok(value),
    }
}

/// Digests the body. A digest that the client states must be the same, signed or not; that of an "unsigned payload" is
/// refused, since every body here is JSON.
pub(super) fn body_digest(request: &SignedRequest<'_>) -> Result<String, SignatureError> {
    let digest = hex::encode(digest::digest(&digest::SHA256, request.body));
    match only(request, CONTENT_DIGEST)? {
        Some(stated) if stated != digest.as_bytes() => Err(SignatureError::ContentDigest),
        _ => Ok(digest),
    }
}

/// Writes the canonical request.
pub(super) fn request(
    request: &SignedRequest<'_>,
    headers: &Headers<'_>,
    signed_headers: &str,
    body_digest: &str,
) -> Vec<u8> {
    let path = path(request.raw_path);
    let query = query(request.raw_query);
    let mut text = format!("{}\n{path}\n{query}\n", request.method).into_bytes();
    for (name, value) in &headers.lines {
        text.extend_from_slice(name.as_bytes());
        text.push(b':');
        text.extend_from_slice(value);
        text.push(b'\n');
    }
    text.extend_from_slice(format!("\n{signed_headers}\n{body_digest}").as_bytes());
    text
}

/// Decodes the whole path and encodes each segment again. An encoded slash becomes a real one here, as it does in the
/// clients; the route is found on the path as it came.
fn path(raw: &str) -> String {
    let decoded: Cow<'_, [u8]> = percent_decode_str(raw).into();
    let segments: Vec<String> = decoded
        .split(|&byte| byte == b'/')
        .map(|segment| percent_encode(segment, RESERVED).to_string())
        .collect();
    let mut path = segments.join("/");
    if !path.ends_with('/') {
        path.push('/');
    }
    path
}

/// Decodes each pair, sorts, encodes again. `+` is a space, as the clients that write it mean it.
fn query(raw: &str) -> String {
    let mut pairs: Vec<(Vec<u8>, Vec<u8>)> = raw
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(key, value)| (decoded(key), decoded(value)))
        .collect();
    pairs.sort();
    let pairs: Vec<String> = pairs
        .iter()
        .map(|(key, value)| {
            let (key, value) = (
                percent_encode(key, RESERVED),
                percent_encode(value, RESERVED),
            );
            format!("{key}={value}")
        })
        .collect();
    pairs.join("&")
}

fn decoded(text: &str) -> Vec<u8> {
    percent_decode_str(&text.replace('+', " ")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_decoded_as_a_whole_and_encoded_by_segment() {
        let cases = [
            ("/", "/"),
            ("", "/"),
            ("/v3/projects", "/v3/projects/"),
            ("/a%20b%2Fc%3A%E4%B8%AD", "/a%20b/c%3A%E4%B8%AD/"),
            ("/a%2fb/", "/a/b/"),
            ("/%7Bproject_id%7D/-_.~", "/%7Bproject_id%7D/-_.~/"),
            ("/a+b", "/a%2Bb/"),
            ("/100%", "/100%25/"),
            ("//a", "//a/"),
        ];
        for (raw, expected) in cases {
            assert_eq!(path(raw), expected, "{raw}");
        }
    }

    #[test]
    fn pairs_of_a_query_are_sorted_after_they_are_decoded() {
        let cases = [
            ("", ""),
            ("name=cn-north-4", "name=cn-north-4"),
            ("b=2&a=3&a=1", "a=1&a=3&b=2"),
            ("nocatalog", "nocatalog="),
            ("a=b=c", "a=b%3Dc"),
            ("%62=1&a=2", "a=2&b=1"),
            ("a=x+y", "a=x%20y"),
            ("a=x%2By", "a=x%2By"),
            ("a&&b", "a=&b="),
        ];
        for (raw, expected) in cases {
            assert_eq!(query(raw), expected, "{raw}");
        }
    }
}
