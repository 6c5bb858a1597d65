//! Text fields of the standard's structures, as more than one area judges them.

use crate::case::Outcome;
use crate::context::fail;

/// Requires that a field is UTF-8 and padded with blanks: no null character and no control character in it.
pub(super) fn padded(name: &str, field: &[u8]) -> Outcome {
    let shown = || format!("{name}: {:?}", String::from_utf8_lossy(field));
    let Ok(text) = std::str::from_utf8(field) else {
        return fail("a field in UTF-8", shown());
    };
    if text.chars().any(char::is_control) {
        return fail("a field padded with blanks", shown());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_blanks_pad() {
        let check = |field: &[u8], expected| assert_eq!(padded("label", field).is_ok(), expected);
        check(b"Dew     ", true);
        check(b"        ", true);
        check("Тау     ".as_bytes(), true);
        check(b"Dew\0    ", false);
        check(b"Dew     \0", false);
        check(b"Dew \xFF   ", false);
    }
}
