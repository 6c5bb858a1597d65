//! PINs: wiped when dropped, and refused when new and guessable.

use zeroize::Zeroizing;

use crate::Error;

/// The fewest characters of a new PIN: a copied file has no counter of wrong attempts, so that
/// its strength is the PIN's times the cost of the key derivation.
const MIN_CHARACTERS: usize = 8;

/// The most bytes of a PIN, as for the PINs of partitions.
const MAX_BYTES: usize = 255;

/// The start of what people choose first; compared without case.
const GUESSABLE: [&str; 14] = [
    "abcd1234",
    "admin123",
    "administrator",
    "changeit",
    "changeme",
    "iloveyou",
    "letmein1",
    "p@ssw0rd",
    "passw0rd",
    "password",
    "password1",
    "password123",
    "qwerty123",
    "sunshine",
];

/// Rows of keys and alphabets of which a PIN must be no part, forwards or backwards.
const RUNS: [&str; 5] = [
    "01234567890123456789",
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiop",
    "asdfghjkl",
    "1q2w3e4r5t6y7u8i9o0p",
];

/// Holds a PIN, and wipes it when dropped.
pub struct Pin(Zeroizing<String>);

impl Pin {
    /// Takes a PIN as it was entered.
    ///
    /// # Errors
    /// [`Error::PinLength`] when it is empty or longer than 255 bytes.
    pub fn new(text: &Zeroizing<String>) -> Result<Self, Error> {
        match text.len() {
            1..=MAX_BYTES => Ok(Self(text.clone())),
            length => Err(Error::PinLength { length }),
        }
    }

    /// Gives the PIN itself: copy it nowhere.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        self.0.as_bytes()
    }

    /// Refuses what must not become a PIN. A PIN that is one already is not asked again, so that
    /// stricter rules lock nobody out.
    ///
    /// # Errors
    /// [`Error::PinTooShort`] or [`Error::PinGuessable`].
    pub fn require_strong(&self) -> Result<(), Error> {
        if self.0.chars().count() < MIN_CHARACTERS {
            return Err(Error::PinTooShort {
                min: MIN_CHARACTERS,
            });
        }
        let lower = Zeroizing::new(self.0.to_lowercase());
        let backwards = Zeroizing::new(lower.chars().rev().collect::<String>());
        let in_run = |run: &&str| run.contains(lower.as_str()) || run.contains(backwards.as_str());
        let one_character = lower.chars().all(|character| lower.starts_with(character));
        if one_character || GUESSABLE.contains(&lower.as_str()) || RUNS.iter().any(in_run) {
            return Err(Error::PinGuessable);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pin(text: &str) -> Pin {
        Pin::new(&Zeroizing::new(text.to_owned())).unwrap()
    }

    #[test]
    fn new_pin_has_eight_characters() {
        assert!(matches!(
            pin("x7!bQ2m").require_strong(),
            Err(Error::PinTooShort { min: 8 })
        ));
        assert!(matches!(
            pin("äöüäöüä").require_strong(),
            Err(Error::PinTooShort { .. })
        ));
        pin("x7!bQ2mz").require_strong().unwrap();
        pin("äöüÄÖÜßé").require_strong().unwrap();
    }

    #[test]
    fn guessable_pin_is_refused() {
        let guessable = [
            "password",
            "PassWord",
            "12345678",
            "87654321",
            "00000000",
            "qwertyui",
            "aaaaaaaaaaaa",
        ];
        for text in guessable {
            assert!(
                matches!(pin(text).require_strong(), Err(Error::PinGuessable)),
                "{text}"
            );
        }
    }

    #[test]
    fn length_is_bounded() {
        let made = |length| Pin::new(&Zeroizing::new("x".repeat(length)));
        assert!(matches!(made(0), Err(Error::PinLength { length: 0 })));
        assert!(matches!(made(256), Err(Error::PinLength { length: 256 })));
        assert_eq!(made(255).ok().unwrap().expose().len(), 255);
    }
}
