//! Known answers of DES and triple DES, of chained MACs and of key derivation by a hash.

use ck::{KeyType, MechanismType, OneTime, Params};

use super::{Check, KnownAnswer, TestKey};

/// FIPS 81, appendices B and C; NIST CAVP, TDES multi-block messages; SP 800-38B, appendix D; RFC 3566, section 4.6; RFC 4226,
/// appendix D; and the SHA-256 of "abc" (FIPS 180-4, examples) as the derivation from a key of these three bytes.
pub(super) const CHAINED: &[KnownAnswer] = &[
    KnownAnswer {
        name: "DES CBC encrypt",
        mechanism: MechanismType::DES_CBC,
        params: Params::Bytes(&[0x12, 0x34, 0x56, 0x78, 0x90, 0xab, 0xcd, 0xef]),
        key: SINGLE_KEY,
        check: Check::Encrypt,
        input: "4e6f77206973207468652074696d6520666f7220616c6c20",
        output: "e5c7cdde872bf27c43e934008c389c0f683788499a7c05f6",
    },
    KnownAnswer {
        name: "DES ECB decrypt",
        mechanism: MechanismType::DES_ECB,
        params: Params::None,
        key: SINGLE_KEY,
        check: Check::Decrypt,
        input: "3fa40e8a984d48156a271787ab8883f9893d51ec4b563b53",
        output: "4e6f77206973207468652074696d6520666f7220616c6c20",
    },
    KnownAnswer {
        name: "triple DES CBC encrypt",
        mechanism: MechanismType::DES3_CBC,
        params: Params::Bytes(IV),
        key: CBC_KEY,
        check: Check::Encrypt,
        input: "03c7fffd7f36499c703dedc9df4de4a92dd4382e576d6ae9",
        output: "053aeba85dd3a23bfbe8440a432f9578f312be60fb9f0035",
    },
    KnownAnswer {
        name: "triple DES CBC decrypt",
        mechanism: MechanismType::DES3_CBC,
        params: Params::Bytes(IV),
        key: CBC_KEY,
        check: Check::Decrypt,
        input: "053aeba85dd3a23bfbe8440a432f9578f312be60fb9f0035",
        output: "03c7fffd7f36499c703dedc9df4de4a92dd4382e576d6ae9",
    },
    KnownAnswer {
        name: "triple DES CMAC",
        mechanism: MechanismType::DES3_CMAC,
        params: Params::None,
        key: TestKey::Secret(
            KeyType::DES3,
            "8aa83bf8cbda10620bc1bf19fbb6cd58bc313d4a371ca8b5",
        ),
        check: Check::Mac,
        input: "6bc1bee22e409f96",
        output: "8e8f293136283797",
    },
    KnownAnswer {
        name: "AES-XCBC-MAC",
        mechanism: MechanismType::AES_XCBC_MAC,
        params: Params::None,
        key: TestKey::Secret(KeyType::AES, "000102030405060708090a0b0c0d0e0f"),
        check: Check::Mac,
        input: "000102030405060708090a0b0c0d0e0f10111213",
        output: "47f51b4564966215b8985c63055ed308",
    },
    KnownAnswer {
        name: "HOTP",
        mechanism: MechanismType::HOTP,
        params: Params::Otp(OneTime {
            counter: None,
            time: None,
            length: Some(6),
            format: None,
            flags: 0,
        }),
        key: TestKey::Secret(KeyType::HOTP, "3132333435363738393031323334353637383930"),
        check: Check::Mac,
        input: "0000000000000001",
        output: "323837303832",
    },
    KnownAnswer {
        name: "SHA-256 key derivation",
        mechanism: MechanismType::SHA256_KEY_DERIVATION,
        params: Params::None,
        key: TestKey::Secret(KeyType::GENERIC_SECRET, "616263"),
        check: Check::Derive,
        input: "",
        output: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    },
];

const SINGLE_KEY: TestKey = TestKey::Secret(KeyType::DES, "0123456789abcdef");
const CBC_KEY: TestKey = TestKey::Secret(
    KeyType::DES3,
    "e091790be55be0bc0780153861a84adce091790be55be0bc",
);
const IV: &[u8] = &[0xfd, 0x7d, 0x43, 0x0f, 0x86, 0xfb, 0xbf, 0xfe];
