//! Every change of an encrypted file is noticed.

use super::*;

const DATAKEY: [u8; 32] = [7; 32];
const ID: &str = "0d0466b0-e727-4d9c-b35d-f84bb474a37f";
/// Bytes of the header of these tests' files.
const HEADER: usize = 8 + 36 + 7 + 2 + 3;

fn sealed(plain: &[u8]) -> Vec<u8> {
    let header = Header::new(ID, vec![1, 2, 3]).unwrap();
    let mut file = Vec::new();
    seal(&DATAKEY, &header, &mut &*plain, &mut file).unwrap();
    file
}

fn opened(file: &[u8]) -> Result<Vec<u8>, EnvelopeError> {
    let mut input = file;
    let header = Header::read(&mut input)?;
    let mut plain = Vec::new();
    open(&DATAKEY, &header, &mut input, &mut plain).map(|()| plain)
}

fn numbered(length: usize) -> Vec<u8> {
    (0..=250).cycle().take(length).collect()
}

#[test]
fn files_of_every_length_come_back() {
    for length in [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK + 5] {
        let plain = numbered(length);
        let file = sealed(&plain);
        let chunks = length.div_ceil(CHUNK).max(1);
        assert_eq!(file.len(), HEADER + length + chunks * TAG, "{length}");
        assert_eq!(opened(&file).unwrap(), plain, "{length}");
    }
}

#[test]
fn the_form_is_the_documented_one() {
    let file = sealed(b"abc");
    assert_eq!(&file[..8], b"DEWFILE\x01");
    assert_eq!(&file[8..44], ID.as_bytes());
    assert_eq!(&file[51..56], &[0, 3, 1, 2, 3]);
    // The chunk, opened with nothing but what the documentation says.
    let mut nonce = [0; 12];
    nonce[..7].copy_from_slice(&file[44..51]);
    nonce[11] = 1;
    let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &DATAKEY).unwrap());
    let mut chunk = file[HEADER..].to_vec();
    let nonce = Nonce::assume_unique_for_key(nonce);
    let plain = key.open_in_place(nonce, Aad::from(&file[..HEADER]), &mut chunk);
    assert_eq!(plain.unwrap(), b"abc");
}

#[test]
fn a_changed_byte_is_noticed() {
    let file = sealed(&numbered(CHUNK + 10));
    let places = (0..HEADER).chain([HEADER, HEADER + CHUNK, HEADER + CHUNK + TAG, file.len() - 1]);
    for place in places {
        let mut changed = file.clone();
        changed[place] ^= 1;
        assert!(opened(&changed).is_err(), "byte {place}");
    }
}

#[test]
fn a_file_that_is_cut_off_is_noticed() {
    let file = sealed(&numbered(2 * CHUNK));
    for length in [
        0,
        10,
        HEADER - 1,
        HEADER,
        HEADER + 1,
        HEADER + CHUNK + TAG,
        file.len() - 1,
    ] {
        assert!(opened(&file[..length]).is_err(), "{length} bytes");
    }
    let longer = [file.as_slice(), &[0]].concat();
    assert!(matches!(opened(&longer), Err(EnvelopeError::Broken)));
}

#[test]
fn chunks_cannot_change_places() {
    let file = sealed(&numbered(3 * CHUNK));
    let (header, chunks) = file.split_at(HEADER);
    let chunk = |number: usize| &chunks[number * (CHUNK + TAG)..(number + 1) * (CHUNK + TAG)];
    let moved = [header, chunk(1), chunk(0), chunk(2)].concat();
    assert!(matches!(opened(&moved), Err(EnvelopeError::Broken)));
    let left_out = [header, chunk(0), chunk(2)].concat();
    assert!(matches!(opened(&left_out), Err(EnvelopeError::Broken)));
}

#[test]
fn another_file_is_told_from_a_broken_one() {
    for foreign in [
        &b"PK\x03\x04"[..],
        &[0; 200],
        b"DEWFILE\x02 and more than sixty bytes of something else entirely",
    ] {
        assert!(matches!(opened(foreign), Err(EnvelopeError::Foreign)));
    }
}
