//! What must hold of every service's errors.

use crate::api::{Catalogue, Standing};

/// Checks that each number stands once and in order, and that the checks before an operation answer with numbers that
/// stand there.
///
/// # Panics
/// One of this does not hold.
pub fn check(catalogue: &Catalogue) {
    let numbers: Vec<u16> = catalogue.rows.iter().map(|row| row.0).collect();
    let is_ordered = numbers.windows(2).all(|pair| pair[0] < pair[1]);
    assert!(is_ordered, "{}: {numbers:?}", catalogue.prefix);
    for number in standing(&catalogue.standing) {
        let stands = numbers.contains(&number);
        assert!(stands, "{} {number} is no row", catalogue.prefix);
    }
}

fn standing(of: &Standing) -> Vec<u16> {
    // Taken apart in full, so that a check that is added has to be added here.
    let Standing {
        too_long,
        method,
        tokens,
        project,
        json,
        missing,
        action,
        internal,
        unavailable,
    } = *of;
    let single = [
        too_long,
        method,
        project,
        json,
        missing,
        action,
        internal,
        unavailable,
    ];
    [single.as_slice(), &tokens].concat()
}
