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
    hyphenated(bytes)
}

/// The milliseconds from 1582-10-15, where the time in a UUID of version 1 begins, to 1970.
const GREGORIAN_MS: u64 = 12_219_292_800_000;
/// The units of that time, 100 nanoseconds, in a millisecond.
const TICKS_PER_MS: u64 = 10_000;

/// Makes a UUID of that moment (RFC 9562, version 1) with a random node: the identifier of a trace. Those of one time lie
/// near each other in an index, and [`uuid_time_ms`] reads the moment back.
#[must_use]
pub fn uuid_at(unix_ms: i64) -> String {
    let mut bytes = random::<16>();
    let within = u64::from(u16::from_be_bytes([bytes[0], bytes[1]])) % TICKS_PER_MS;
    let since_ms = GREGORIAN_MS.saturating_add_signed(unix_ms);
    let ticks = since_ms
        .saturating_mul(TICKS_PER_MS)
        .saturating_add(within)
        .to_be_bytes();
    bytes[..4].copy_from_slice(&ticks[4..]);
    bytes[4..6].copy_from_slice(&ticks[2..4]);
    bytes[6] = ticks[0] & 0x0f | 0x10;
    bytes[7] = ticks[1];
    bytes[8] = bytes[8] & 0x3f | 0x80;
    // A random node says that it is no network card by this bit.
    bytes[10] |= 0x01;
    hyphenated(bytes)
}

/// Reads the moment of a UUID of version 1, in milliseconds after 1970.
#[must_use]
pub fn uuid_time_ms(text: &str) -> Option<i64> {
    if !is_uuid(text) {
        return None;
    }
    let bytes = hex::decode(text.replace('-', "")).ok()?;
    let (high, rest) = (bytes.get(6..8)?, bytes.get(..6)?);
    if high[0] >> 4 != 1 {
        return None;
    }
    let ticks = [
        high[0] & 0x0f,
        high[1],
        rest[4],
        rest[5],
        rest[0],
        rest[1],
        rest[2],
        rest[3],
    ];
    let since_ms = u64::from_be_bytes(ticks) / TICKS_PER_MS;
    i64::try_from(since_ms)
        .ok()?
        .checked_sub_unsigned(GREGORIAN_MS)
}

/// Writes the bytes of a UUID in lower case with hyphens.
fn hyphenated(bytes: [u8; 16]) -> String {
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

    /// The example of RFC 9562, appendix A.1.
    #[test]
    fn a_uuid_of_version_1_tells_its_moment() {
        const EXAMPLE: (&str, i64) = ("c232ab00-9414-11ec-b3c8-9f6bdeced846", 1_645_557_742_000);
        assert_eq!(uuid_time_ms(EXAMPLE.0), Some(EXAMPLE.1));
        let made = uuid_at(EXAMPLE.1);
        assert!(is_uuid(&made), "{made}");
        assert_eq!(&made[9..18], &EXAMPLE.0[9..18]);
        assert_eq!(uuid_time_ms(&made), Some(EXAMPLE.1));
        assert_ne!(made, uuid_at(EXAMPLE.1));
        assert_eq!(uuid_time_ms(&uuid()), None);
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
