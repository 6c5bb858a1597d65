//! The form of NIST's validation files: lines of `key = value` under headings in brackets.

use std::path::Path;

use super::Error;

/// The largest file that is read: the largest of NIST's that we use has 7 MB.
const LARGEST: u64 = 64 * 1024 * 1024;

/// A group of lines that stand together, with what the headings above it say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Record {
    /// What the headings say: `[Keylen = 128]` is a value, `[ENCRYPT]` is a key alone.
    headings: Vec<(String, String)>,
    /// Its lines.
    fields: Vec<(String, String)>,
    /// The number of its first line.
    pub line: usize,
}

impl Record {
    /// Returns a value of its own lines.
    #[must_use]
    pub fn text(&self, key: &str) -> Option<&str> {
        find(&self.fields, key)
    }

    /// Returns a value of its own lines, or of a heading.
    #[must_use]
    pub fn any(&self, key: &str) -> Option<&str> {
        self.text(key).or_else(|| find(&self.headings, key))
    }

    /// Tells whether a heading or a line has this word.
    #[must_use]
    pub fn has(&self, key: &str) -> bool {
        self.any(key).is_some()
    }

    /// Returns a hexadecimal value.
    ///
    /// # Errors
    /// If it is missing or not hexadecimal.
    pub fn bytes(&self, key: &str) -> Result<Vec<u8>, Error> {
        let text = self.any(key).ok_or_else(|| self.wrong(key, "is missing"))?;
        hex::decode(text).map_err(|_| self.wrong(key, "is not hexadecimal"))
    }

    /// Returns a hexadecimal number, which may have an odd number of digits.
    ///
    /// # Errors
    /// If it is missing or not hexadecimal.
    pub fn number(&self, key: &str) -> Result<Vec<u8>, Error> {
        let text = self.any(key).ok_or_else(|| self.wrong(key, "is missing"))?;
        let digits = text.trim_start_matches("0x");
        let even = if digits.len() % 2 == 1 {
            format!("0{digits}")
        } else {
            digits.to_owned()
        };
        hex::decode(even).map_err(|_| self.wrong(key, "is not hexadecimal"))
    }

    /// Returns a decimal value.
    ///
    /// # Errors
    /// If it is missing or not a number.
    pub fn size(&self, key: &str) -> Result<usize, Error> {
        let text = self.any(key).ok_or_else(|| self.wrong(key, "is missing"))?;
        text.parse().map_err(|_| self.wrong(key, "is not a number"))
    }

    fn wrong(&self, key: &str, what: &str) -> Error {
        Error::Form(format!("{key} of the record at line {} {what}", self.line))
    }
}

/// Reads a file.
///
/// # Errors
/// If it cannot be read, is too large or is not text.
pub fn file(path: &Path) -> Result<Vec<Record>, Error> {
    let failed = |source| Error::File {
        path: path.display().to_string(),
        source,
    };
    let size = std::fs::metadata(path).map_err(failed)?.len();
    if size > LARGEST {
        return Err(Error::Form(format!(
            "{} has {size} bytes, more than {LARGEST}",
            path.display()
        )));
    }
    let bytes = std::fs::read(path).map_err(failed)?;
    Ok(parse(&String::from_utf8_lossy(&bytes)))
}

/// Gives records that lack one of these keys the value that stood last before them: files say once what holds for all that follows.
pub fn carry(records: &mut [Record], keys: &[&str]) {
    for key in keys {
        let mut last: Option<String> = None;
        for record in records.iter_mut() {
            match record.any(key) {
                Some(value) => last = Some(value.to_owned()),
                None => record
                    .fields
                    .extend(last.iter().map(|value| ((*key).to_owned(), value.clone()))),
            }
        }
    }
}

/// Reads a text. An empty line ends a record, and so does a heading; what is neither a heading, a line with `=` or `:` nor a
/// single word is a comment.
///
/// A heading's value stays until the same key gets another; its words alone, such as `[ENCRYPT]`, stay until the next group of headings.
#[must_use]
pub fn parse(text: &str) -> Vec<Record> {
    let mut records = Vec::new();
    let mut headings: Vec<(String, String)> = Vec::new();
    let mut record = Record::default();
    let mut group = true;
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        let heading = line
            .strip_prefix('[')
            .and_then(|line| line.strip_suffix(']'));
        if line.is_empty() || line.starts_with('#') || heading.is_some() {
            finish(&mut records, &mut record);
        }
        if let Some(heading) = heading {
            if !group {
                headings.retain(|known| !known.1.is_empty());
                group = true;
            }
            for part in heading.split(',') {
                let (key, value) = pair(part).unwrap_or_else(|| (part.trim(), ""));
                headings.retain(|known| known.0 != key);
                headings.push((key.to_owned(), value.to_owned()));
            }
        } else if let Some((key, value)) = pair(line).filter(|_| !line.starts_with('#')) {
            if record.fields.iter().any(|field| field.0 == key) {
                finish(&mut records, &mut record);
            }
            group = false;
            start(&mut record, &headings, index);
            record.fields.push((key.to_owned(), value.to_owned()));
        } else if !line.is_empty() && !line.starts_with('#') && !line.contains(' ') {
            start(&mut record, &headings, index);
            record.fields.push((line.to_owned(), String::new()));
        }
    }
    finish(&mut records, &mut record);
    records
}

fn start(record: &mut Record, headings: &[(String, String)], index: usize) {
    if record.fields.is_empty() {
        record.headings = headings.to_vec();
        record.line = index + 1;
    }
}

fn finish(records: &mut Vec<Record>, record: &mut Record) {
    if !record.fields.is_empty() {
        records.push(std::mem::take(record));
    }
}

fn pair(line: &str) -> Option<(&str, &str)> {
    let (key, value) = line.split_once('=').or_else(|| line.split_once(':'))?;
    let key = key.trim();
    (!key.is_empty()).then(|| (key, value.trim().trim_matches('"')))
}

fn find<'a>(fields: &'a [(String, String)], key: &str) -> Option<&'a str> {
    fields
        .iter()
        .find(|field| field.0 == key)
        .map(|field| field.1.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAMPLE: &str = "# CAVS 11.1
# a comment = not a value

[ENCRYPT]

COUNT = 0
KEY = 00ff
IV = 0102

COUNT = 1
KEY = 0aff
FAIL

[DECRYPT]
[Keylen = 128]
[L=20, N=224]
COUNT = 0
PT =
";

    #[test]
    fn records_know_their_headings() {
        let records = parse(SAMPLE);
        assert_eq!(records.len(), 3);
        assert_eq!(records[0].bytes("KEY").unwrap(), [0, 0xff]);
        assert_eq!(records[0].line, 6);
        assert!(records[0].has("ENCRYPT") && !records[0].has("FAIL"));
        assert!(records[1].has("FAIL") && !records[1].has("DECRYPT"));
        assert!(records[2].has("DECRYPT") && !records[2].has("ENCRYPT"));
        assert_eq!(records[2].size("Keylen").unwrap(), 128);
        assert_eq!(records[2].any("N"), Some("224"));
        assert_eq!(records[2].bytes("PT").unwrap(), [0; 0]);
    }

    #[test]
    fn what_is_wrong_is_named() {
        let records = parse("a = zz\nb = 123");
        assert_eq!(
            records[0].bytes("a").unwrap_err().to_string(),
            "a of the record at line 1 is not hexadecimal"
        );
        assert_eq!(
            records[0].bytes("c").unwrap_err().to_string(),
            "c of the record at line 1 is missing"
        );
        assert_eq!(records[0].number("b").unwrap(), [1, 0x23]);
        assert!(records[0].size("a").is_err());
    }

    #[test]
    fn a_key_that_comes_again_begins_a_record() {
        assert_eq!(parse("Msg = 00\nMD = 01\nMsg = 02\nMD = 03").len(), 2);
    }

    #[test]
    fn what_is_said_once_holds_for_what_follows() {
        let mut records = parse("n = 01\n\ne = 02\n\ne = 03\n\nn = 04\n\ne = 05");
        carry(&mut records, &["n"]);
        let seen: Vec<_> = records.iter().map(|record| record.text("n")).collect();
        assert_eq!(
            seen,
            [Some("01"), Some("01"), Some("01"), Some("04"), Some("04")]
        );
    }

    #[test]
    fn no_text_makes_it_panic() {
        let mut state = 0x9e37_79b9_7f4a_7c15_u64;
        let pieces = [
            "[", "]", "=", ":", ",", "\n", "\r\n", "#", " ", "a", "KEY", "00", "ß", "\"", "\0",
        ];
        for _ in 0..5_000 {
            let mut text = String::new();
            for _ in 0..24 {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                text.push_str(pieces[usize::try_from(state % 15).unwrap()]);
            }
            for record in parse(&text) {
                let _ = (
                    record.bytes("a"),
                    record.number("a"),
                    record.size("a"),
                    record.has("KEY"),
                );
            }
        }
    }
}
