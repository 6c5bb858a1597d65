//! Identifiers of the contract, drawn from the system's random generator.

use aws_lc_rs::rand;

/// Draws random bytes.
///
/// # Panics
/// Never in practice: the generator is seeded at start, and a process without random numbers must not go on.
#[must_use]
pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    rand::fill(&mut bytes).expect("the system's random generator answers");
    bytes
}

/// Makes a random UUID (RFC 9562, version 4) in lower case with hyphens: the identifier of a key.
#[must_use]
pub fn uuid() -> String {
    let mut bytes = random::<16>();
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let text = hex::encode(bytes);
    let part = |from: usize, to: usize| &text[from..to];
    [
        part(0, 8),
        part(8, 12),
        part(12, 16),
        part(16, 20),
        part(20, 32),
    ]
    .join("-")
}

/// Makes a random identifier of 32 hexadecimal digits: a project, an account, a user, a request.
#[must_use]
pub fn hex32() -> String {
    hex::encode(random::<16>())
}

/// Makes a random identifier of 64 hexadecimal digits: a grant.
#[must_use]
pub fn hex64() -> String {
    hex::encode(random::<32>())
}

/// Tells whether a text has the form of a key's identifier: `[0-9a-z]{8}-{4}-{4}-{4}-{12}`, 36 characters.
#[must_use]
pub fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(index, byte)| match index {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_digit() || byte.is_ascii_lowercase(),
        })
}

/// Tells whether a text has the form of a project's or an account's identifier: 32 lower-case hexadecimal digits.
#[must_use]
pub fn is_hex32(text: &str) -> bool {
    text.len() == 32
        && text
            .bytes()
            .all(|byte| byte.is_ascii_digit() || matches!(byte, b'a'..=b'f'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uuid_is_of_version_4_and_in_the_contracts_form() {
        let id = uuid();
        assert!(is_uuid(&id), "{id}");
        assert_eq!(&id[14..15], "4");
        assert!(matches!(&id[19..20], "8" | "9" | "a" | "b"), "{id}");
        assert_ne!(id, uuid());
    }

    #[test]
    fn other_forms_are_no_uuid() {
        for text in [
            "",
            "0D0466B0-E727-4D9C-B35D-F84BB474A37F",
            "0d0466b0e7274d9cb35df84bb474a37f",
        ] {
            assert!(!is_uuid(text), "{text}");
        }
    }
}
