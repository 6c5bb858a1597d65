//! Texts with the wildcards `*` (any run of characters, also none) and `?` (one character).

/// A text to compare with, in which `*` and `?` are wildcards.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Pattern {
    text: String,
    case: Case,
}

/// Whether letters in upper and lower case are the same.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Case {
    /// `A` is not `a`.
    Exact,
    /// `A` is `a`, for the letters of ASCII.
    Ignore,
}

impl Case {
    /// Tells whether two texts are the same.
    pub(super) fn same(self, left: &str, right: &str) -> bool {
        match self {
            Self::Exact => left == right,
            Self::Ignore => left.eq_ignore_ascii_case(right),
        }
    }

    fn same_byte(self, left: u8, right: u8) -> bool {
        match self {
            Self::Exact => left == right,
            Self::Ignore => left.eq_ignore_ascii_case(&right),
        }
    }
}

impl Pattern {
    /// Makes a pattern of a text.
    pub(super) fn new(text: &str, case: Case) -> Self {
        Self {
            text: text.to_owned(),
            case,
        }
    }

    /// Tells whether every text matches.
    pub(super) fn is_any(&self) -> bool {
        !self.text.is_empty() && self.text.bytes().all(|byte| byte == b'*')
    }

    /// Tells whether `text` matches as a whole.
    ///
    /// Only the last `*` is ever tried again, so the work is at most the product of both lengths, whatever the pattern.
    pub(super) fn matches(&self, text: &str) -> bool {
        let (pattern, text) = (self.text.as_bytes(), text.as_bytes());
        let (mut at, mut seen) = (0, 0);
        let mut retry: Option<(usize, usize)> = None;
        while seen < text.len() {
            match pattern.get(at) {
                Some(b'*') => {
                    at += 1;
                    retry = Some((at, seen));
                }
                Some(b'?') => {
                    at += 1;
                    seen = end_of_character(text, seen);
                }
                Some(&byte) if self.case.same_byte(byte, text[seen]) => {
                    at += 1;
                    seen += 1;
                }
                _ => {
                    let Some((after_star, from)) = retry else {
                        return false;
                    };
                    at = after_star;
                    seen = end_of_character(text, from);
                    retry = Some((after_star, seen));
                }
            }
        }
        pattern[at..].iter().all(|&byte| byte == b'*')
    }
}

/// Finds where the character that starts at `from` ends, in UTF-8.
fn end_of_character(text: &[u8], from: usize) -> usize {
    let rest = text[from + 1..].iter();
    from + 1 + rest.take_while(|&&byte| byte & 0xc0 == 0x80).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_match_as_their_definition_says() {
        let cases = [
            ("", "", true),
            ("", "a", false),
            ("*", "", true),
            ("*", "kms:cmk:get", true),
            ("?", "", false),
            ("?", "é", true),
            ("??", "é", false),
            ("*?", "é", true),
            ("*é*", "caféx", true),
            ("kms:*:*", "kms::generateRandom", true),
            ("kms:*:*", "kms:cmk:get", true),
            ("kms:*:*", "kms:cmk", false),
            ("kms:cmk:*", "kms:cmkTag:list", false),
            ("kms:cmk*", "kms:cmkTag:list", true),
            ("a*b*c", "a-b-b-c", true),
            ("a*b*c", "a-b-b-c-", false),
            ("*ab", "aab", true),
            ("a?c", "abc", true),
            ("a?c", "ac", false),
            ("a", "A", false),
        ];
        for (pattern, text, expected) in cases {
            let found = Pattern::new(pattern, Case::Exact).matches(text);
            assert_eq!(found, expected, "{pattern} on {text}");
        }
        assert!(Pattern::new("KMS:Cmk:GET", Case::Ignore).matches("kms:cmk:get"));
        assert!(!Pattern::new("É", Case::Ignore).matches("é"));
    }

    /// The definition itself, without any cleverness.
    fn by_definition(pattern: &[char], text: &[char]) -> bool {
        match (pattern.split_first(), text.split_first()) {
            (None, None) => true,
            (Some(('*', rest)), None) => by_definition(rest, text),
            (Some(('*', rest)), Some((_, later))) => {
                by_definition(rest, text) || by_definition(pattern, later)
            }
            (Some(('?', rest)), Some((_, later))) => by_definition(rest, later),
            (Some((one, rest)), Some((other, later))) => one == other && by_definition(rest, later),
            _ => false,
        }
    }

    #[test]
    fn short_patterns_match_what_the_definition_matches() {
        let letters = ['a', 'é', '*', '?'];
        let word = |mut number: usize, letters: &[char]| {
            let mut word = Vec::new();
            while number > 0 {
                number -= 1;
                word.push(letters[number % letters.len()]);
                number /= letters.len();
            }
            word
        };
        for pattern in (0..1365).map(|number| word(number, &letters)) {
            for text in (0..63).map(|number| word(number, &letters[..2])) {
                let (pattern_text, text_text) = (
                    pattern.iter().collect::<String>(),
                    text.iter().collect::<String>(),
                );
                assert_eq!(
                    Pattern::new(&pattern_text, Case::Exact).matches(&text_text),
                    by_definition(&pattern, &text),
                    "{pattern_text} on {text_text}"
                );
            }
        }
    }

    #[test]
    fn a_pattern_of_many_stars_is_no_work() {
        let pattern = Pattern::new(&"*a".repeat(200), Case::Exact);
        assert!(!pattern.matches(&"a".repeat(199)));
        assert!(!pattern.matches(&format!("{}b", "a".repeat(5_000))));
    }
}
