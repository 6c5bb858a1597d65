//! Paths: templates of the operation tables, matched against the path as it stands on the wire.

use percent_encoding::percent_decode_str;

/// The most parts that a path may have: the longest template has nine.
const SEGMENTS_MAX: usize = 16;

/// The parts of a path that stand between `{` and `}` in its template, percent-decoded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Matched(Vec<(&'static str, String)>);

impl Matched {
    /// Returns a part by its name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(key, _)| *key == name)
            .map(|(_, value)| value.as_str())
    }
}

/// A template such as `/v1.0/{project_id}/kms/{key_id}/tags`, cut into its parts.
#[derive(Clone, Debug)]
pub struct Template(Vec<Part>);

#[derive(Clone, Debug)]
enum Part {
    Literal(&'static str),
    Parameter(&'static str),
}

impl Template {
    /// Cuts a template.
    #[must_use]
    pub fn new(text: &'static str) -> Self {
        let part = |part: &'static str| {
            part.strip_prefix('{')
                .and_then(|part| part.strip_suffix('}'))
                .map_or(Part::Literal(part), Part::Parameter)
        };
        Self(text.trim_start_matches('/').split('/').map(part).collect())
    }

    /// Matches a raw path. A literal part matches only its own bytes, so `%6bms` is not `kms`; a parameter matches any
    /// part that is neither empty nor `.` nor `..`, before and after decoding.
    #[must_use]
    pub fn matches(&self, raw: &str) -> Option<Matched> {
        let segments: Vec<&str> = raw
            .strip_prefix('/')?
            .split('/')
            .take(SEGMENTS_MAX + 1)
            .collect();
        if segments.len() != self.0.len() {
            return None;
        }
        let mut matched = Vec::new();
        for (part, segment) in self.0.iter().zip(segments) {
            match part {
                Part::Literal(literal) if *literal == segment => {}
                Part::Literal(_) => return None,
                Part::Parameter(name) => matched.push((*name, decode(segment)?)),
            }
        }
        Some(Matched(matched))
    }

    /// How many parts are literal: of two templates that match, the one with more is meant.
    #[must_use]
    pub fn literals(&self) -> usize {
        self.0
            .iter()
            .filter(|part| matches!(part, Part::Literal(_)))
            .count()
    }
}

/// Decodes one part, and refuses those that only mean something to a file system.
fn decode(segment: &str) -> Option<String> {
    let text = percent_decode_str(segment).decode_utf8().ok()?;
    let harmless = !matches!(text.as_ref(), "" | "." | "..") && !text.contains('\0');
    harmless.then(|| text.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_encoded_slash_stays_inside_its_part() {
        let template = Template::new("/v1.0/{project_id}/kms/{key_id}/tags/{key}");
        let matched = template
            .matches("/v1.0/p/kms/k/tags/a%20b%2Fc%3A%E4%B8%AD")
            .unwrap();
        assert_eq!(matched.get("key"), Some("a b/c:中"));
        assert_eq!(matched.get("project_id"), Some("p"));
    }

    #[test]
    fn tricks_do_not_match() {
        let template = Template::new("/v1.0/{project_id}/kms/create-key");
        for raw in [
            "/v1.0//kms/create-key",
            "/v1.0/../kms/create-key",
            "/v1.0/%2e%2e/kms/create-key",
            "/v1.0/p/kms/create-key/",
            "//v1.0/p/kms/create-key",
            "/v1.0/p/%6bms/create-key",
            "/v1.0/p/KMS/create-key",
            "/v1.0/p%00/kms/create-key",
            "/v1.0/%ff/kms/create-key",
            "v1.0/p/kms/create-key",
        ] {
            assert_eq!(template.matches(raw), None, "{raw}");
        }
    }
}
