//! Known answers of BLAKE2b.

use ck::MechanismType;

use super::KnownAnswer;
use super::symmetric::{digest, hmac};

/// The digests of "abc" (RFC 7693, appendix A; the others computed with Python's hashlib), and the MACs of RFC 4231, test case 2,
/// over them.
pub(super) const HASH_AND_MACS: &[KnownAnswer] = &[
    digest(
        "BLAKE2b-160",
        MechanismType::BLAKE2B_160,
        "384264f676f39536840523f284921cdc68b6846b",
    ),
    digest(
        "BLAKE2b-256",
        MechanismType::BLAKE2B_256,
        "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319",
    ),
    digest(
        "BLAKE2b-384",
        MechanismType::BLAKE2B_384,
        "6f56a82c8e7ef526dfe182eb5212f7db9df1317e57815dbda46083fc30f54ee6c66ba83be64b302d7cba\
         6ce15bb556f4",
    ),
    digest(
        "BLAKE2b-512",
        MechanismType::BLAKE2B_512,
        "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d17d87c5392aab792dc252\
         d5de4533cc9518d38aa8dbf1925ab92386edd4009923",
    ),
    hmac(
        "HMAC-BLAKE2b-160",
        MechanismType::BLAKE2B_160_HMAC,
        "c4728ccc2f7600f89d9a480514910b9f5daf3dd6",
    ),
    hmac(
        "HMAC-BLAKE2b-256",
        MechanismType::BLAKE2B_256_HMAC,
        "3cf096eeeb2202a250db168c4823a44ef4618ebabb225789386fed316131e3a0",
    ),
    hmac(
        "HMAC-BLAKE2b-384",
        MechanismType::BLAKE2B_384_HMAC,
        "e87f61624bc6c1db706a1efcc98e7e98c0ab8fea0978dbd87e2852406fdd313c87968c5b825847f3c04d\
         975b8b88598d",
    ),
    hmac(
        "HMAC-BLAKE2b-512",
        MechanismType::BLAKE2B_512_HMAC,
        "6ff884f8ddc2a6586b3c98a4cd6ebdf14ec10204b6710073eb5865ade37a2643b8807c1335d107ecdb9f\
         feaeb6828c4625ba172c66379efcd222c2de11727ab4",
    ),
];
