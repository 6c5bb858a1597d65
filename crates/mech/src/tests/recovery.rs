//! The padding of a signature that gives its data back (RFC 8017, 9.2).

use crate::rsa_recovery::payload;

/// A block of 32 bytes: its front, as many `0xff` as it takes, and its end.
fn block(front: &[u8], end: &[u8]) -> Vec<u8> {
    let mut block = front.to_vec();
    block.resize(32 - end.len(), 0xff);
    block.extend_from_slice(end);
    block
}

#[test]
fn the_right_padding_gives_its_payload() {
    for data in [&b""[..], b"data", &[0xff; 21], &[0; 21]] {
        let end = [&[0], data].concat();
        assert_eq!(payload(&block(&[0, 1], &end)), Some(data));
    }
}

#[test]
fn any_other_padding_gives_nothing() {
    let data = b"\0data";
    for wrong in [
        // Another first byte, other kinds of block, and a hole in the padding.
        block(&[1, 1], data),
        block(&[0, 0], data),
        block(&[0, 2], data),
        block(&[0, 1, 0xfe], data),
        // Padding that ends with something else than a zero, that is a byte too short, or that never ends.
        block(&[0, 1], b"\x01data"),
        block(&[0, 1], &[0; 23]),
        block(&[0, 1], b""),
        vec![0, 1, 0],
        vec![0, 1],
        Vec::new(),
    ] {
        assert_eq!(payload(&wrong), None, "{wrong:02x?}");
    }
}
