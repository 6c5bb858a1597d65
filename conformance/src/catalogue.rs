//! Every case of the suite, in the order in which they run.

#[cfg(test)]
mod sections;

use std::collections::BTreeSet;

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

/// Says what somebody may have meant by a name or pattern that names no case.
#[must_use]
pub fn advice(text: &str) -> String {
    let near = near(text);
    if near.is_empty() {
        return "`dew-conformance list` names them all".to_owned();
    }
    format!("near it: {}", near.join(", "))
}

/// Returns the names, whole or up to a dot, that contain a text or differ from it by a few characters; the nearest first.
fn near(text: &str) -> Vec<String> {
    const MOST: usize = 5;
    let text = text.trim_matches('*');
    let mut names = BTreeSet::new();
    for case in cases() {
        let dots = case.id.match_indices('.').map(|dot| dot.0);
        for end in dots.chain([case.id.len()]) {
            names.insert(case.id[..end].to_owned());
        }
    }
    let far = (text.len() / 3).max(2);
    let distance = |name: &String| match name.contains(text) {
        true => 0,
        false => changes(text, name),
    };
    let mut near: Vec<_> = names
        .into_iter()
        .map(|name| (distance(&name), name.len(), name))
        .filter(|(distance, ..)| *distance <= far)
        .collect();
    near.sort();
    let names = near.into_iter().map(|(.., name)| name);
    names.take(MOST).collect()
}

/// Counts how many characters have to be changed, added or left out to make one text of another.
fn changes(from: &str, to: &str) -> usize {
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (at, one) in from.bytes().enumerate() {
        let mut corner = row[0];
        row[0] = at + 1;
        for (place, other) in to.bytes().enumerate() {
            let changed = corner + usize::from(one != other);
            corner = row[place + 1];
            row[place + 1] = changed.min(corner + 1).min(row[place] + 1);
        }
    }
    row[to.len()]
}

#[cfg(test)]
mod tests {
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
    fn a_name_that_is_slightly_wrong_is_near_the_right_one() {
        assert_eq!(changes("kitten", "sitting"), 3);
        assert_eq!(near("sesion")[0], "session");
        assert_eq!(
            near("session.open.serial")[0],
            "session.open.serial-required"
        );
        assert!(near("something else altogether").is_empty());
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
