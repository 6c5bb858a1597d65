//! Every case of the suite, in the order in which they run.

#[cfg(test)]
mod sections;

use crate::areas;
use crate::case::Case;

/// Returns every case.
#[must_use]
pub fn cases() -> Vec<Case> {
    areas::AREAS
        .iter()
        .flat_map(|area| (area.cases)())
        .collect()
}

/// Tells whether a pattern names a case: a name, the beginning of one up to a dot, or either with `*` for any characters.
#[must_use]
pub fn matches(pattern: &str, id: &str) -> bool {
    if !pattern.contains('*') {
        return id
            .strip_prefix(pattern)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
    }
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = id.strip_prefix(first) else {
        return false;
    };
    let parts: Vec<_> = parts.collect();
    let Some((last, middle)) = parts.split_last() else {
        return rest.is_empty();
    };
    for part in middle {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_case_has_a_name_of_its_own_in_its_area() {
        let mut seen = BTreeSet::new();
        for area in areas::AREAS {
            for case in (area.cases)() {
                assert!(
                    area.name == case.area(),
                    "{} is not in {}",
                    case.id,
                    area.name
                );
                let plain = |byte: char| byte.is_ascii_alphanumeric() || "-_.".contains(byte);
                assert!(
                    case.id.chars().all(plain),
                    "{} has other characters",
                    case.id
                );
                assert!(seen.insert(case.id.clone()), "{} is there twice", case.id);
                assert!(
                    case.requirement.ends_with('.'),
                    "{}: a requirement is a sentence",
                    case.id
                );
            }
        }
    }

    #[test]
    fn patterns_name_whole_parts() {
        let check =
            |pattern, id, expected| assert_eq!(matches(pattern, id), expected, "{pattern} {id}");
        check("session", "session.open.twice", true);
        check("session.op", "session.open.twice", false);
        check("session.op*", "session.open.twice", true);
        check("*.twice", "session.open.twice", true);
        check("*open*", "session.open.twice", true);
        check("session.*.once", "session.open.twice", false);
        check("session.open.twice", "session.open.twice", true);
        check("session.open.twice.more", "session.open.twice", false);
    }
}
