//! Known answers of hash functions, MACs and AES.

use ck::{KeyType, MechanismType, Params};

use super::{Check, KnownAnswer, TestKey};

/// Writes one known answer per line: name, mechanism, answer.
pub(super) const fn digest(
    name: &'static str,
    mechanism: MechanismType,
    output: &'static str,
) -> KnownAnswer {
    KnownAnswer {
        name,
        mechanism,
        params: Params::None,
        key: TestKey::None,
        check: Check::Digest,
        input: "616263",
        output,
    }
}

/// Writes the MAC of RFC 4231's second test case.
pub(super) const fn hmac(
    name: &'static str,
    mechanism: MechanismType,
    output: &'static str,
) -> KnownAnswer {
    KnownAnswer {
        name,
        mechanism,
        params: Params::None,
        key: TestKey::Secret(KeyType::GENERIC_SECRET, "4a656665"),
        check: Check::Mac,
        input: "7768617420646f2079612077616e7420666f72206e6f7468696e673f",
        output,
    }
}

/// The digests of "abc" (RFC 1321, A.5; FIPS 180-4 and FIPS 202, examples).
pub(super) const DIGESTS: &[KnownAnswer] = &[
    digest(
        "MD5",
        MechanismType::MD5,
        "900150983cd24fb0d6963f7d28e17f72",
    ),
    digest(
        "SHA-1",
        MechanismType::SHA_1,
        "a9993e364706816aba3e25717850c26c9cd0d89d",
    ),
    digest(
        "SHA-224",
        MechanismType::SHA224,
        "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7",
    ),
    digest(
        "SHA-256",
        MechanismType::SHA256,
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    ),
    digest(
        "SHA-384",
        MechanismType::SHA384,
        "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358ba\
         eca134c825a7",
    ),
    digest(
        "SHA-512",
        MechanismType::SHA512,
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba\
         3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
    ),
    digest(
        "SHA-512/224",
        MechanismType::SHA512_224,
        "4634270f707b6a54daae7530460842e20e37ed265ceee9a43e8924aa",
    ),
    digest(
        "SHA-512/256",
        MechanismType::SHA512_256,
        "53048e2681941ef99b2e29b76b4c7dabe4c2d0c634fc6d46e0e2f13107e7af23",
    ),
    digest(
        "SHA3-224",
        MechanismType::SHA3_224,
        "e642824c3f8cf24ad09234ee7d3c766fc9a3a5168d0c94ad73b46fdf",
    ),
    digest(
        "SHA3-256",
        MechanismType::SHA3_256,
        "3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532",
    ),
    digest(
        "SHA3-384",
        MechanismType::SHA3_384,
        "ec01498288516fc926459f58e2c6ad8df9b473cb0fc08c2596da7cf0e49be4b298d88cea927ac7f539f1\
         edf228376d25",
    ),
    digest(
        "SHA3-512",
        MechanismType::SHA3_512,
        "b751850b1a57168a5693cd924b6b096e08f621827444f70d884f5d0240d2712e10e116e9192af3c91a7e\
         c57647e3934057340b4cf408d5a56592f8274eec53f0",
    ),
];

/// The MACs of RFC 2202 and RFC 4231, test case 2, and its like for the other hash functions (`vectors/hmac.json`).
pub(super) const MACS: &[KnownAnswer] = &[
    hmac(
        "HMAC-MD5",
        MechanismType::MD5_HMAC,
        "750c783e6ab0b503eaa86e310a5db738",
    ),
    hmac(
        "HMAC-SHA-1",
        MechanismType::SHA_1_HMAC,
        "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79",
    ),
    hmac(
        "HMAC-SHA-224",
        MechanismType::SHA224_HMAC,
        "a30e01098bc6dbbf45690f3a7e9e6d0f8bbea2a39e6148008fd05e44",
    ),
    hmac(
        "HMAC-SHA-256",
        MechanismType::SHA256_HMAC,
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
    ),
    hmac(
        "HMAC-SHA-384",
        MechanismType::SHA384_HMAC,
        "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca5e69e2c78b32\
         39ecfab21649",
    ),
    hmac(
        "HMAC-SHA-512",
        MechanismType::SHA512_HMAC,
        "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d03\
         4f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737",
    ),
    hmac(
        "HMAC-SHA-512/224",
        MechanismType::SHA512_224_HMAC,
        "4a530b31a79ebcce36916546317c45f247d83241dfb818fd37254bde",
    ),
    hmac(
        "HMAC-SHA-512/256",
        MechanismType::SHA512_256_HMAC,
        "6df7b24630d5ccb2ee335407081a87188c221489768fa2020513b2d593359456",
    ),
    hmac(
        "HMAC-SHA3-224",
        MechanismType::SHA3_224_HMAC,
        "7fdb8dd88bd2f60d1b798634ad386811c2cfc85bfaf5d52bbace5e66",
    ),
    hmac(
        "HMAC-SHA3-256",
        MechanismType::SHA3_256_HMAC,
        "c7d4072e788877ae3596bbb0da73b887c9171f93095b294ae857fbe2645e1ba5",
    ),
    hmac(
        "HMAC-SHA3-384",
        MechanismType::SHA3_384_HMAC,
        "f1101f8cbf9766fd6764d2ed61903f21ca9b18f57cf3e1a23ca13508a93243ce48c045dc007f26a21b3f\
         5e0e9df4c20a",
    ),
    hmac(
        "HMAC-SHA3-512",
        MechanismType::SHA3_512_HMAC,
        "5a4bfeab6166427c7a3647b747292b8384537cdb89afb3bf5665e4c5e709350b287baec921fd7ca0ee7a\
         0c31d022a95e1fc92ba9d77df883960275beb4e62024",
    ),
];

/// One block of each mode under the key of SP 800-38A, appendix F, and test case 16 of the GCM specification.
pub(super) const CIPHERS: &[KnownAnswer] = &[
    KnownAnswer {
        name: "AES-256-ECB encrypt",
        mechanism: MechanismType::AES_ECB,
        params: Params::None,
        key: TestKey::Secret(
            KeyType::AES,
            "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4",
        ),
        check: Check::Encrypt,
        input: "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51",
        output: "f3eed1bdb5d2a03c064b5a7e3db181f8591ccb10d410ed26dc5ba74a31362870",
    },
    KnownAnswer {
        name: "AES-256-ECB decrypt",
        mechanism: MechanismType::AES_ECB,
        params: Params::None,
        key: TestKey::Secret(
            KeyType::AES,
            "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4",
        ),
        check: Check::Decrypt,
        input: "f3eed1bdb5d2a03c064b5a7e3db181f8591ccb10d410ed26dc5ba74a31362870",
        output: "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51",
    },
    KnownAnswer {
        name: "AES-256-CBC encrypt",
        mechanism: MechanismType::AES_CBC,
        params: Params::Bytes(IV),
        key: TestKey::Secret(
            KeyType::AES,
            "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4",
        ),
        check: Check::Encrypt,
        input: "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51",
        output: "f58c4c04d6e5f1ba779eabfb5f7bfbd69cfc4e967edb808d679f777bc6702c7d",
    },
    KnownAnswer {
        name: "AES-256-CBC decrypt",
        mechanism: MechanismType::AES_CBC,
        params: Params::Bytes(IV),
        key: TestKey::Secret(
            KeyType::AES,
            "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4",
        ),
        check: Check::Decrypt,
        input: "f58c4c04d6e5f1ba779eabfb5f7bfbd69cfc4e967edb808d679f777bc6702c7d",
        output: "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51",
    },
    KnownAnswer {
        name: "AES-256-CTR encrypt",
        mechanism: MechanismType::AES_CTR,
        params: Params::Counter {
            counter_bits: 128,
            block: COUNTER,
        },
        key: TestKey::Secret(
            KeyType::AES,
            "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4",
        ),
        check: Check::Encrypt,
        input: "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51",
        output: "601ec313775789a5b7a7f504bbf3d228f443e3ca4d62b59aca84e990cacaf5c5",
    },
    KnownAnswer {
        name: "AES-256-CTR decrypt",
        mechanism: MechanismType::AES_CTR,
        params: Params::Counter {
            counter_bits: 128,
            block: COUNTER,
        },
        key: TestKey::Secret(
            KeyType::AES,
            "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4",
        ),
        check: Check::Decrypt,
        input: "601ec313775789a5b7a7f504bbf3d228f443e3ca4d62b59aca84e990cacaf5c5",
        output: "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51",
    },
    KnownAnswer {
        name: "AES-256-CBC-PAD encrypt",
        mechanism: MechanismType::AES_CBC_PAD,
        params: Params::Bytes(IV),
        key: TestKey::Secret(
            KeyType::AES,
            "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4",
        ),
        check: Check::Encrypt,
        input: "6bc1bee22e409f96e93d7e11739317",
        output: "295902e15559d591ffbeea4c84059280",
    },
    KnownAnswer {
        name: "AES-256-CBC-PAD decrypt",
        mechanism: MechanismType::AES_CBC_PAD,
        params: Params::Bytes(IV),
        key: TestKey::Secret(
            KeyType::AES,
            "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4",
        ),
        check: Check::Decrypt,
        input: "295902e15559d591ffbeea4c84059280",
        output: "6bc1bee22e409f96e93d7e11739317",
    },
    KnownAnswer {
        name: "AES-256-GCM encrypt",
        mechanism: MechanismType::AES_GCM,
        params: GCM,
        key: TestKey::Secret(
            KeyType::AES,
            "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
        ),
        check: Check::Encrypt,
        input: "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf\
         0e2449a6b525b16aedf5aa0de657ba637b39",
        output: "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b0\
         8b1056828838c5f61e6393ba7a0abcc9f66276fc6ece0f4e1768cddf8853bb2d551b",
    },
    KnownAnswer {
        name: "AES-256-GCM decrypt",
        mechanism: MechanismType::AES_GCM,
        params: GCM,
        key: TestKey::Secret(
            KeyType::AES,
            "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
        ),
        check: Check::Decrypt,
        input: "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b0\
         8b1056828838c5f61e6393ba7a0abcc9f66276fc6ece0f4e1768cddf8853bb2d551b",
        output: "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf\
         0e2449a6b525b16aedf5aa0de657ba637b39",
    },
    KnownAnswer {
        name: "AES-256 key wrap",
        mechanism: MechanismType::AES_KEY_WRAP,
        params: Params::None,
        key: WRAPPING_KEY,
        check: Check::Encrypt,
        input: "00112233445566778899aabbccddeeff000102030405060708090a0b0c0d0e0f",
        output: "28c9f404c4b810f4cbccb35cfb87f8263f5786e2d80ed326cbc7f0e71a99f43bfb988b9b7a02dd21",
    },
    KnownAnswer {
        name: "AES-256 key unwrap",
        mechanism: MechanismType::AES_KEY_WRAP,
        params: Params::None,
        key: WRAPPING_KEY,
        check: Check::Decrypt,
        input: "28c9f404c4b810f4cbccb35cfb87f8263f5786e2d80ed326cbc7f0e71a99f43bfb988b9b7a02dd21",
        output: "00112233445566778899aabbccddeeff000102030405060708090a0b0c0d0e0f",
    },
    KnownAnswer {
        name: "AES-192 key wrap with padding",
        mechanism: MechanismType::AES_KEY_WRAP_KWP,
        params: Params::None,
        key: PADDING_KEY,
        check: Check::Encrypt,
        input: "c37b7e6492584340bed12207808941155068f738",
        output: "138bdeaa9b8fa7fc61f97742e72248ee5ae6ae5360d1ae6a5f54f373fa543b6a",
    },
    KnownAnswer {
        name: "AES-192 key unwrap with padding",
        mechanism: MechanismType::AES_KEY_WRAP_KWP,
        params: Params::None,
        key: PADDING_KEY,
        check: Check::Decrypt,
        input: "138bdeaa9b8fa7fc61f97742e72248ee5ae6ae5360d1ae6a5f54f373fa543b6a",
        output: "c37b7e6492584340bed12207808941155068f738",
    },
];

/// The key of RFC 3394, section 4.6.
const WRAPPING_KEY: TestKey = TestKey::Secret(
    KeyType::AES,
    "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
);
/// The key of RFC 5649, section 6.
const PADDING_KEY: TestKey = TestKey::Secret(
    KeyType::AES,
    "5840df6e29b02af1ab493b705bf16ea1ae8338f4dcc176a8",
);

const IV: &[u8] = &[
    0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f,
];
const COUNTER: [u8; 16] = [
    0xf0, 0xf1, 0xf2, 0xf3, 0xf4, 0xf5, 0xf6, 0xf7, 0xf8, 0xf9, 0xfa, 0xfb, 0xfc, 0xfd, 0xfe, 0xff,
];
const GCM: Params<'static> = Params::Gcm {
    iv: &[
        0xca, 0xfe, 0xba, 0xbe, 0xfa, 0xce, 0xdb, 0xad, 0xde, 0xca, 0xf8, 0x88,
    ],
    aad: &[
        0xfe, 0xed, 0xfa, 0xce, 0xde, 0xad, 0xbe, 0xef, 0xfe, 0xed, 0xfa, 0xce, 0xde, 0xad, 0xbe,
        0xef, 0xab, 0xad, 0xda, 0xd2,
    ],
    tag_bits: 128,
};
