//! Known answers of key derivation: of TLS, of chained blocks, and of a password.

use ck::{KeyType, MOST_PIECES, MechanismType, Params, Password, Piece};

use super::{Check, KnownAnswer, TestKey};

/// What stands before and behind the block of each round.
const fn pieces() -> [Piece<'static>; MOST_PIECES] {
    let mut pieces = [Piece::Absent; MOST_PIECES];
    pieces[0] = Piece::Block;
    pieces[1] = Piece::Bytes(b"fixed");
    pieces
}

/// OpenSSL 3.0, TLS1-PRF; Python's hmac module, for both chained forms of SP 800-108; RFC 7914, section 11.
pub(super) const DERIVATION: &[KnownAnswer] = &[
    KnownAnswer {
        name: "the pseudorandom function of TLS 1.2",
        mechanism: MechanismType::TLS12_EXTENDED_MASTER_KEY_DERIVE_DH,
        params: Params::TlsExtendedMaster {
            digest: MechanismType::SHA256,
            session_hash: b"\x2d\x71\x16\x42\xb7\x26\xb0\x44\x01\x62\x7c\xa9\xfb\xac\x32\xf5\
                \xc8\x53\x0f\xb1\x90\x3c\xc4\xdb\x02\x25\x87\x17\x92\x1a\x48\x81",
            version: false,
        },
        key: TestKey::Secret(
            KeyType::GENERIC_SECRET,
            "0303000102030405060708090a0b0c0d0e0f101112131415\
             161718191a1b1c1d1e1f202122232425262728292a2b2c2d",
        ),
        check: Check::Derive,
        input: "",
        output: "ae81e5cc58aec70aff9d7e61cf91e36775aa647db848c238\
             96c5ec99b11e5242d0234ba9aca95f82f704d353507e9e1a",
    },
    KnownAnswer {
        name: "key derivation in feedback mode",
        mechanism: MechanismType::SP800_108_FEEDBACK_KDF,
        params: Params::FeedbackKdf {
            function: MechanismType::SHA256_HMAC,
            vector: b"seed",
            pieces: pieces(),
        },
        key: TestKey::Secret(
            KeyType::GENERIC_SECRET,
            "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
        ),
        check: Check::Derive,
        input: "",
        output: "f8e648ea68d4717ba08bf082e9b59b3afaaa03ee2ece4ac7199c9b3ed4d2811a04fe2717bb6d4556",
    },
    KnownAnswer {
        name: "key derivation in double pipeline mode",
        mechanism: MechanismType::SP800_108_DOUBLE_PIPELINE_KDF,
        params: Params::CounterKdf {
            function: MechanismType::SHA256_HMAC,
            pieces: pieces(),
        },
        key: TestKey::Secret(
            KeyType::GENERIC_SECRET,
            "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
        ),
        check: Check::Derive,
        input: "",
        output: "30bdcae4164bf2dccc41b111620d0f50481557e5c680981dbbaae70d7ce41d58a0a657ea556150fa",
    },
    KnownAnswer {
        name: "a key out of a password",
        mechanism: MechanismType::PKCS5_PBKD2,
        params: Params::Password {
            function: 4,
            salt: b"salt",
            iterations: 1,
            password: Password(b"passwd"),
        },
        key: TestKey::None,
        check: Check::Generate,
        input: "",
        output: "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc\
             49ca9cccf179b645991664b39d77ef317c71b845b1e30bd509112041d3a19783",
    },
];
