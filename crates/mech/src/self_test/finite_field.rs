//! Known answers of Diffie-Hellman and DSA, over finite fields.

use ck::{AttributeType, MechanismType, Params};

use super::{Check, KnownAnswer, TestKey};

/// The agreement of RFC 5114, A.1.
pub(super) const AGREEMENT: &[KnownAnswer] = &[KnownAnswer {
    name: "Diffie-Hellman",
    mechanism: MechanismType::DH_PKCS_DERIVE,
    params: Params::Bytes(&PUBLIC),
    key: TestKey::Dh(&PRIVATE),
    check: Check::Derive,
    input: "",
    output: "5c804f454d30d9c4df85271f93528c91df6b48ab5f80b3b59caac1b28f8acba9cd3e39f3cb614525\
         d9521d2e644c53b807b810f340062f257d7d6fbfe8d5e8f072e9b6e9afda9413eafb2e8b0699b1fb\
         5a0caceddeaead7e9cfbb36ae2b420835bd83a19fb0b5e96bf8fa4d09e345525167ecd9155416f46\
         f408ed31b63c6e6d",
}];

const PRIVATE: [(AttributeType, &str); 3] = [
    (
        AttributeType::PRIME,
        "b10b8f96a080e01dde92de5eae5d54ec52c99fbcfb06a3c69a6a9dca52d23b616073e28675a23d18\
         9838ef1e2ee652c013ecb4aea906112324975c3cd49b83bfaccbdd7d90c4bd7098488e9c219a7372\
         4effd6fae5644738faa31a4ff55bccc0a151af5f0dc8b4bd45bf37df365c1a65e68cfda76d4da708\
         df1fb2bc2e4a4371",
    ),
    (
        AttributeType::BASE,
        "a4d1cbd5c3fd34126765a442efb99905f8104dd258ac507fd6406cff14266d31266fea1e5c41564b\
         777e690f5504f213160217b4b01b886a5e91547f9e2749f4d7fbd7d3b9a92ee1909d0d2263f80a76\
         a6a24c087a091f531dbf0a0169b6a28ad662a4d18e73afa32d779d5918d08bc8858f4dcef97c2a24\
         855e6eeb22b3b2e5",
    ),
    (
        AttributeType::VALUE,
        "9392c9f9eb6a7a6a9022f7d83e7223c6835bbdda",
    ),
];

/// The other party's public value.
const PUBLIC: [u8; 128] = [
    0x2a, 0x85, 0x3b, 0x3d, 0x92, 0x19, 0x75, 0x01, 0xb9, 0x01, 0x5b, 0x2d, 0xeb, 0x3e, 0xd8, 0x4f,
    0x5e, 0x02, 0x1d, 0xcc, 0x3e, 0x52, 0xf1, 0x09, 0xd3, 0x27, 0x3d, 0x2b, 0x75, 0x21, 0x28, 0x1c,
    0xba, 0xbe, 0x0e, 0x76, 0xff, 0x57, 0x27, 0xfa, 0x8a, 0xcc, 0xe2, 0x69, 0x56, 0xba, 0x9a, 0x1f,
    0xca, 0x26, 0xf2, 0x02, 0x28, 0xd8, 0x69, 0x3f, 0xeb, 0x10, 0x84, 0x1d, 0x84, 0xa7, 0x36, 0x00,
    0x54, 0xec, 0xe5, 0xa7, 0xf5, 0xb7, 0xa6, 0x1a, 0xd3, 0xdf, 0xb3, 0xc6, 0x0d, 0x2e, 0x43, 0x10,
    0x6d, 0x87, 0x27, 0xda, 0x37, 0xdf, 0x9c, 0xce, 0x95, 0xb4, 0x78, 0x75, 0x5d, 0x06, 0xbc, 0xea,
    0x8f, 0x9d, 0x45, 0x96, 0x5f, 0x75, 0xa5, 0xf3, 0xd1, 0xdf, 0x37, 0x01, 0x16, 0x5f, 0xc9, 0xe5,
    0x0c, 0x42, 0x79, 0xce, 0xb0, 0x7f, 0x98, 0x95, 0x40, 0xae, 0x96, 0xd5, 0xd8, 0x8e, 0xd7, 0x76,
];

/// A signature of NIST's validation suite (186-3 SigGen, 1,024 bits), and a fresh one.
pub(super) const SIGNATURE: &[KnownAnswer] = &[
    KnownAnswer {
        name: "DSA verification",
        mechanism: MechanismType::DSA_SHA256,
        params: Params::None,
        key: TestKey::FieldDsa([&DSA_PRIVATE, &DSA_PUBLIC]),
        check: Check::Verify,
        input: "812172f09cbae62517804885754125fc6066e9a902f9db2041eeddd7e8da67e4a2e65d0029c45eca\
         cea6002f9540eb1004c883a8f900fd84a98b5c449ac49c56f3a91d8bed3f08f427935fbe437ce46f\
         75cd666a0707265c61a096698dc2f36b28c65ec7b6e475c8b67ddfb444b2ee6a984e9d6d15233e25\
         e44bd8d7924d129d",
        output: "76683a085d6742eadf95a61af75f881276cfd26a3b9da7f9926eaaad0bebd4845c67fcdb64d12453",
    },
    KnownAnswer {
        name: "DSA pair",
        mechanism: MechanismType::DSA_SHA256,
        params: Params::None,
        key: TestKey::FieldDsa([&DSA_PRIVATE, &DSA_PUBLIC]),
        check: Check::Pair,
        input: "616263",
        output: "",
    },
];

const DSA_PRIVATE: [(AttributeType, &str); 4] = [
    (
        AttributeType::PRIME,
        "cba13e533637c37c0e80d9fcd052c1e41a88ac325c4ebe13b7170088d54eef4881f3d35eae47c210\
         385a8485d2423a64da3ffda63a26f92cf5a304f39260384a9b7759d8ac1adc81d3f8bfc5e6cb10ef\
         b4e0f75867f4e848d1a338586dd0648feeb163647ffe7176174370540ee8a8f588da8cc143d939f7\
         0b114a7f981b8483",
    ),
    (
        AttributeType::SUBPRIME,
        "95031b8aa71f29d525b773ef8b7c6701ad8a5d99",
    ),
    (
        AttributeType::BASE,
        "45bcaa443d4cd1602d27aaf84126edc73bd773de6ece15e97e7fef46f13072b7adcaf7b0053cf470\
         6944df8c4568f26c997ee7753000fbe477a37766a4e970ff40008eb900b9de4b5f9ae06e06db6106\
         e78711f3a67feca74dd5bddcdf675ae4014ee9489a42917fbee3bb9f2a24df67512c1c35c97bfbf2\
         308eaacd28368c5c",
    ),
    (
        AttributeType::VALUE,
        "2eac4f4196fedb3e651b3b00040184cfd6da2ab4",
    ),
];

const DSA_PUBLIC: [(AttributeType, &str); 4] = [
    (
        AttributeType::PRIME,
        "cba13e533637c37c0e80d9fcd052c1e41a88ac325c4ebe13b7170088d54eef4881f3d35eae47c210\
         385a8485d2423a64da3ffda63a26f92cf5a304f39260384a9b7759d8ac1adc81d3f8bfc5e6cb10ef\
         b4e0f75867f4e848d1a338586dd0648feeb163647ffe7176174370540ee8a8f588da8cc143d939f7\
         0b114a7f981b8483",
    ),
    (
        AttributeType::SUBPRIME,
        "95031b8aa71f29d525b773ef8b7c6701ad8a5d99",
    ),
    (
        AttributeType::BASE,
        "45bcaa443d4cd1602d27aaf84126edc73bd773de6ece15e97e7fef46f13072b7adcaf7b0053cf470\
         6944df8c4568f26c997ee7753000fbe477a37766a4e970ff40008eb900b9de4b5f9ae06e06db6106\
         e78711f3a67feca74dd5bddcdf675ae4014ee9489a42917fbee3bb9f2a24df67512c1c35c97bfbf2\
         308eaacd28368c5c",
    ),
    (
        AttributeType::VALUE,
        "4cd6178637d0f0de1488515c3b12e203a3c0ca652f2fe30d088dc7278a87affa634a727a721932d6\
         71994a958a0f89223c286c3a9b10a96560542e2626b72e0cd28e5133fb57dc238b7fab2de2a49863\
         ecf998751861ae668bf7cad136e6933f57dfdba544e3147ce0e7370fa6e8ff1de690c51b4aeedf04\
         85183889205591e8",
    ),
];
