//! What reads keys that come from outside: what an import unwraps to, and the public keys of others.

use kit::hsm::{Hash, Message, SignAlgorithm, verify};

/// The private key of RFC 8410, section 10.3, and the first bytes of an RSA key in the same form.
pub(super) fn private_keys() -> Vec<Vec<u8>> {
    [
        "302e020100300506032b657004220420d4ee72dbf913584ad5b6d8f1f769f8ad3afe7c28cbf1d4fbe097a88f44755842",
        "3082013b020100300d06092a864886f70d010101050004820125308201210201000281810100",
    ]
    .into_iter()
    .map(bytes)
    .collect()
}

/// Whatever an import brings is a key of a type that the token keeps, or refused.
pub(super) fn read_private_key(bytes: &[u8]) {
    if let Ok((key_type, _)) = mech::private_from_pkcs8(bytes) {
        let known = [ck::KeyType::RSA, ck::KeyType::EC, ck::KeyType::EC_EDWARDS];
        assert!(known.contains(&key_type), "{key_type}");
    }
}

/// The public key of RFC 8410, section 10.1, and the beginning of one on P-256.
pub(super) fn public_keys() -> Vec<Vec<u8>> {
    [
        "302a300506032b657003210019bf44096984cdfe8541bac167dc3b96c85086aa30b6b6cb0c5c38ad703166e1",
        "3059301306072a8648ce3d020106082a8648ce3d03010703420004",
    ]
    .into_iter()
    .map(bytes)
    .collect()
}

/// Whatever stands for a public key, a signature of zeros is not right under it.
pub(super) fn read_public_key(bytes: &[u8]) {
    let digest = [7; 32];
    for (algorithm, message) in [
        (SignAlgorithm::Ed25519, Message::Raw(&digest)),
        (SignAlgorithm::Ecdsa(Hash::Sha256), Message::Digest(&digest)),
        (
            SignAlgorithm::RsaPss(Hash::Sha256),
            Message::Digest(&digest),
        ),
    ] {
        if let Ok(is_right) = verify(bytes, algorithm, message, &[0; 64]) {
            // Of Ed25519 keys some are of small order, under which zeros are a signature.
            assert!(!is_right || algorithm == SignAlgorithm::Ed25519);
        }
    }
}

fn bytes(hex: &str) -> Vec<u8> {
    let digit = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).expect("it is hexadecimal");
    (0..hex.len()).step_by(2).map(digit).collect()
}
