//! Memory that a module says something lies in, read without trust: an address that leads nowhere is an answer, not a crash.

use std::fs::File;
use std::os::unix::fs::FileExt as _;

/// Where the kernel shows this process its own memory.
const MEMORY: &str = "/proc/self/mem";

/// The longest text that is read.
const LONGEST: usize = 256;

/// Returns the bytes at an address, as many of them as can be read.
fn bytes(address: usize, length: usize) -> Option<Vec<u8>> {
    let memory = File::open(MEMORY).ok()?;
    let mut bytes = vec![0; length];
    let read = memory.read_at(&mut bytes, u64::try_from(address).ok()?);
    bytes.truncate(read.ok()?);
    Some(bytes)
}

/// Returns the machine words at an address; none where they cannot all be read.
pub(super) fn words(address: usize, count: usize) -> Option<Vec<usize>> {
    const WORD: usize = size_of::<usize>();
    let bytes = bytes(address, count * WORD)?;
    let words = bytes.as_chunks::<WORD>().0;
    let words: Vec<_> = words
        .iter()
        .map(|word| usize::from_ne_bytes(*word))
        .collect();
    (words.len() == count).then_some(words)
}

/// Returns the two bytes of a version.
pub(super) fn version(address: usize) -> Option<(u8, u8)> {
    match bytes(address, 2)?[..] {
        [major, minor] => Some((major, minor)),
        _ => None,
    }
}

/// Returns the text at an address up to its zero byte; none where that does not come.
pub(super) fn text(address: usize) -> Option<String> {
    let bytes = bytes(address, LONGEST)?;
    let end = bytes.iter().position(|byte| *byte == 0)?;
    Some(String::from_utf8_lossy(&bytes[..end]).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address<T: ?Sized>(what: &T) -> usize {
        std::ptr::from_ref(what).cast::<u8>().expose_provenance()
    }

    #[test]
    fn what_is_there_is_read() {
        let there = [3_usize, usize::MAX, 7];
        assert_eq!(words(address(&there), 3), Some(there.to_vec()));
        assert_eq!(version(address(&[3_u8, 2])), Some((3, 2)));
        assert_eq!(text(address(c"PKCS 11")).as_deref(), Some("PKCS 11"));
    }

    #[test]
    fn what_leads_nowhere_is_none() {
        for nowhere in [0, 16, usize::MAX - 7] {
            assert_eq!(words(nowhere, 1), None);
            assert_eq!(version(nowhere), None);
            assert_eq!(text(nowhere), None);
        }
        assert_eq!(text(address(&[b'a'; 1024])), None);
    }
}
