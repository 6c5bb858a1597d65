//! Known answers of ChaCha20 with Poly1305.

use ck::{KeyType, MechanismType, Params};

use super::{Check, KnownAnswer, TestKey};

/// RFC 8439, section 2.8.2.
pub(super) const CHACHA: &[KnownAnswer] = &[
    KnownAnswer {
        name: "ChaCha20-Poly1305 encrypt",
        mechanism: MechanismType::CHACHA20_POLY1305,
        params: AEAD,
        key: KEY,
        check: Check::Encrypt,
        input: "4c616469657320616e642047656e746c656d656e206f662074686520636c617373206f66202739393a204966204920636f756c64206f6666657220796f75206f6e6c79206f6e652074697020666f7220746865206675747572652c2073756e73637265656e20776f756c642062652069742e",
        output: "d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d63dbea45e8ca9671282fafb69da92728b1a71de0a9e060b2905d6a5b67ecd3b3692ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b4831d7bc3ff4def08e4b7a9de576d26586cec64b61161ae10b594f09e26a7e902ecbd0600691",
    },
    KnownAnswer {
        name: "ChaCha20-Poly1305 decrypt",
        mechanism: MechanismType::CHACHA20_POLY1305,
        params: AEAD,
        key: KEY,
        check: Check::Decrypt,
        input: "d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d63dbea45e8ca9671282fafb69da92728b1a71de0a9e060b2905d6a5b67ecd3b3692ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b4831d7bc3ff4def08e4b7a9de576d26586cec64b61161ae10b594f09e26a7e902ecbd0600691",
        output: "4c616469657320616e642047656e746c656d656e206f662074686520636c617373206f66202739393a204966204920636f756c64206f6666657220796f75206f6e6c79206f6e652074697020666f7220746865206675747572652c2073756e73637265656e20776f756c642062652069742e",
    },
];

const KEY: TestKey = TestKey::Secret(
    KeyType::CHACHA20,
    "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f",
);
const AEAD: Params<'static> = Params::Gcm {
    iv: &[
        0x07, 0x00, 0x00, 0x00, 0x40, 0x41, 0x42, 0x43, 0x44, 0x45, 0x46, 0x47,
    ],
    aad: &[
        0x50, 0x51, 0x52, 0x53, 0xc0, 0xc1, 0xc2, 0xc3, 0xc4, 0xc5, 0xc6, 0xc7,
    ],
    tag_bits: 128,
};
