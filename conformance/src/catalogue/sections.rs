//! A test that the sections which cases cite exist: the numbers of PKCS #11 Specification Version 3.1.

use super::cases;

/// Chapters' sections, each with how many it has below; chapter 6 as far as cases cite it.
#[rustfmt::skip] // A table reads by its columns.
const SECTIONS: &[(u8, &[(u8, u8)])] = &[
    (3, &[(1, 0), (2, 0), (3, 0), (4, 0), (5, 0), (6, 0), (7, 0)]),
    (4, &[(1, 3), (2, 0), (3, 5), (4, 1), (5, 2), (6, 5), (7, 2), (8, 0), (9, 0), (10, 2), (11, 2), (12, 2), (13, 2)]),
    (5, &[(1, 8), (2, 0), (3, 0), (4, 6), (5, 9), (6, 10), (7, 9), (8, 4), (9, 5), (10, 4), (11, 5), (12, 5), (13, 6), (14, 5),
        (15, 6), (16, 5), (17, 4), (18, 5), (19, 2), (20, 2), (21, 3)]),
    (6, &[(1, 15), (2, 13), (3, 19), (4, 8), (6, 1), (7, 0), (8, 3), (9, 1), (10, 10), (11, 3), (12, 2), (13, 5), (14, 4), (15, 5),
        (16, 3), (17, 2), (18, 8), (19, 4), (20, 6), (21, 6), (22, 6), (23, 6), (24, 6), (25, 6), (26, 6), (27, 6), (28, 6), (29, 6),
        (30, 6), (31, 6), (33, 6), (34, 6), (35, 6), (36, 6), (37, 4), (40, 0), (42, 10), (43, 7), (47, 9), (49, 9), (51, 8), (58, 4), (60, 3), (61, 3), (62, 5)]),
];

fn exists(number: &str) -> bool {
    let parts: Option<Vec<u8>> = number.split('.').map(|part| part.parse().ok()).collect();
    let Some(parts) = parts else { return false };
    let sections = |chapter| {
        SECTIONS
            .iter()
            .find(|row| row.0 == chapter)
            .map(|row| row.1)
    };
    let below = |chapter, section| {
        let found = sections(chapter)?.iter().find(|row| row.0 == section);
        found.map(|row| row.1)
    };
    match parts.as_slice() {
        [chapter] => sections(*chapter).is_some(),
        [chapter, section] => below(*chapter, *section).is_some(),
        [chapter, section, part] => {
            below(*chapter, *section).is_some_and(|most| (1..=most).contains(part))
        }
        _ => false,
    }
}

#[test]
fn cases_cite_sections_that_exist() {
    let cases = cases();
    let cited = cases.iter().filter_map(|case| {
        let section = case.section.to_string();
        let number = section.strip_prefix("PKCS#11 3.1 §")?.to_owned();
        Some((&case.id, number))
    });
    let mut missing: Vec<_> = cited.filter(|(_, number)| !exists(number)).collect();
    missing.truncate(20);
    assert!(missing.is_empty(), "no such sections: {missing:?}");
}

#[test]
fn a_number_beyond_the_last_is_noticed() {
    assert!(exists("5.6.10"));
    assert!(!exists("5.6.11"));
    assert!(!exists("4.14"));
    assert!(!exists("5.6.1.1"));
    assert!(!exists("five"));
}
