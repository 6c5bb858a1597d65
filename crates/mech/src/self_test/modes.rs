//! Known answers of the MACs over AES, of AES modes for whole messages, and of HKDF.

use ck::{KeyType, MechanismType, Params, Salt};

use super::{Check, KnownAnswer, TestKey};

/// SP 800-38C, appendix C, example 3; RFC 4493, section 4, example 3; RFC 5869, appendix A.1; a sector
/// with a part of a block at its end, of Wycheproof.
pub(super) const MODES: &[KnownAnswer] = &[
    KnownAnswer {
        name: "AES-128-CMAC",
        mechanism: MechanismType::AES_CMAC,
        params: Params::None,
        key: TestKey::Secret(KeyType::AES, "2b7e151628aed2a6abf7158809cf4f3c"),
        check: Check::Mac,
        input: "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46a35ce411",
        output: "dfa66747de9ae63030ca32611497c827",
    },
    KnownAnswer {
        name: "AES-128-CCM encrypt",
        mechanism: MechanismType::AES_CCM,
        params: CCM,
        key: CCM_KEY,
        check: Check::Encrypt,
        input: "202122232425262728292a2b2c2d2e2f3031323334353637",
        output: "e3b201a9f5b71a7a9b1ceaeccd97e70b6176aad9a4428aa5484392fbc1b09951",
    },
    KnownAnswer {
        name: "AES-128-CCM decrypt",
        mechanism: MechanismType::AES_CCM,
        params: CCM,
        key: CCM_KEY,
        check: Check::Decrypt,
        input: "e3b201a9f5b71a7a9b1ceaeccd97e70b6176aad9a4428aa5484392fbc1b09951",
        output: "202122232425262728292a2b2c2d2e2f3031323334353637",
    },
    KnownAnswer {
        name: "HKDF-SHA-256",
        mechanism: MechanismType::HKDF_DERIVE,
        params: Params::Hkdf {
            extract: true,
            expand: true,
            digest: MechanismType::SHA256,
            salt: Salt::Bytes(&[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]),
            info: &[0xf0, 0xf1, 0xf2, 0xf3, 0xf4, 0xf5, 0xf6, 0xf7, 0xf8, 0xf9],
        },
        key: TestKey::Secret(
            KeyType::HKDF,
            "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b",
        ),
        check: Check::Derive,
        input: "",
        output: "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865",
    },
    KnownAnswer {
        name: "AES-256-XTS encrypt",
        mechanism: MechanismType::AES_XTS,
        params: Params::Bytes(SECTOR),
        key: XTS_KEY,
        check: Check::Encrypt,
        input: "a431693fb645d0fadd64d5ac98037a1b36",
        output: "021fbfeb5d7bcec215aae0f32cbe44e9c3",
    },
    KnownAnswer {
        name: "AES-256-XTS decrypt",
        mechanism: MechanismType::AES_XTS,
        params: Params::Bytes(SECTOR),
        key: XTS_KEY,
        check: Check::Decrypt,
        input: "021fbfeb5d7bcec215aae0f32cbe44e9c3",
        output: "a431693fb645d0fadd64d5ac98037a1b36",
    },
];

const CCM_KEY: TestKey = TestKey::Secret(KeyType::AES, "404142434445464748494a4b4c4d4e4f");
const CCM: Params<'static> = Params::Ccm {
    data_len: 24,
    nonce: &[
        0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18, 0x19, 0x1a, 0x1b,
    ],
    aad: &[
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19,
    ],
    mac_len: 8,
};
const XTS_KEY: TestKey = TestKey::Secret(
    KeyType::AES_XTS,
    "2f247ad2e9fd78c55085890ddc1fde397d12663c9afc4efbe227b2d52728068564ce42c96c30967360c9986d63ce\
     82839c3e81d1839b800e8db5aa61980eb3ff",
);
const SECTOR: &[u8] = &[
    0xc0, 0x9e, 0x5c, 0x39, 0x33, 0x03, 0xa1, 0x69, 0, 0, 0, 0, 0, 0, 0, 0,
];
