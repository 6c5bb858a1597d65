//! Known answers of SM2, SM3 and SM4.

use ck::{AttributeType, KeyType, MechanismType, Params};

use super::{Check, KnownAnswer, TestKey};

/// GB/T 32905-2016, A.1; HMAC and CMAC computed with OpenSSL.
pub(super) const HASH_AND_MACS: &[KnownAnswer] = &[
    KnownAnswer {
        name: "SM3",
        mechanism: MechanismType::DEW_SM3,
        params: Params::None,
        key: TestKey::None,
        check: Check::Digest,
        input: "616263",
        output: "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0",
    },
    KnownAnswer {
        name: "HMAC-SM3",
        mechanism: MechanismType::DEW_SM3_HMAC,
        params: Params::None,
        key: TestKey::Secret(KeyType::GENERIC_SECRET, "4a656665"),
        check: Check::Mac,
        input: "7768617420646f2079612077616e7420666f72206e6f7468696e673f",
        output: "2e87f1d16862e6d964b50a5200bf2b10b764faa9680a296a2405f24bec39f882",
    },
    KnownAnswer {
        name: "SM4-CMAC",
        mechanism: MechanismType::DEW_SM4_CMAC,
        params: Params::None,
        key: KEY,
        check: Check::Mac,
        input: "6ba1765f21b979fbb9c6043a21ce9994b1063eafe47c40f2afb6cf4dab57c2a121bf1b98495575b0",
        output: "1a5f12b186522444098d3e71bc849e6c",
    },
];

/// GB/T 32907-2016, A.1; draft-ribose-cfrg-sm4-10, A.2; RFC 8998, A.1.
pub(super) const CIPHERS: &[KnownAnswer] = &[
    KnownAnswer {
        name: "SM4-ECB encrypt",
        mechanism: MechanismType::DEW_SM4_ECB,
        params: Params::None,
        key: KEY,
        check: Check::Encrypt,
        input: "0123456789abcdeffedcba9876543210",
        output: "681edf34d206965e86b3e94f536e4246",
    },
    KnownAnswer {
        name: "SM4-ECB decrypt",
        mechanism: MechanismType::DEW_SM4_ECB,
        params: Params::None,
        key: KEY,
        check: Check::Decrypt,
        input: "681edf34d206965e86b3e94f536e4246",
        output: "0123456789abcdeffedcba9876543210",
    },
    KnownAnswer {
        name: "SM4-CBC encrypt",
        mechanism: MechanismType::DEW_SM4_CBC,
        params: Params::Bytes(IV),
        key: KEY,
        check: Check::Encrypt,
        input: "aaaaaaaabbbbbbbbccccccccddddddddeeeeeeeeffffffffaaaaaaaabbbbbbbb",
        output: "78ebb11cc40b0a48312aaeb2040244cb4cb7016951909226979b0d15dc6a8f6d",
    },
    KnownAnswer {
        name: "SM4-CBC decrypt",
        mechanism: MechanismType::DEW_SM4_CBC,
        params: Params::Bytes(IV),
        key: KEY,
        check: Check::Decrypt,
        input: "78ebb11cc40b0a48312aaeb2040244cb4cb7016951909226979b0d15dc6a8f6d",
        output: "aaaaaaaabbbbbbbbccccccccddddddddeeeeeeeeffffffffaaaaaaaabbbbbbbb",
    },
    KnownAnswer {
        name: "SM4-CTR",
        mechanism: MechanismType::DEW_SM4_CTR,
        params: Params::Counter {
            counter_bits: 128,
            block: COUNTER,
        },
        key: KEY,
        check: Check::Encrypt,
        input: "aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbccccccccccccccccddddddddddddddddeeeeeeeeeeeeeeeeffff\
         ffffffffffffaaaaaaaaaaaaaaaabbbbbbbbbbbbbbbb",
        output: "ac3236cb970cc20791364c395a1342d1a3cbc1878c6f30cd074cce385cdd70c7f234bc0e24c11980fd12\
         86310ce37b926e02fcd0faa0baf38b2933851d824514",
    },
    KnownAnswer {
        name: "SM4-GCM encrypt",
        mechanism: MechanismType::DEW_SM4_GCM,
        params: GCM,
        key: KEY,
        check: Check::Encrypt,
        input: "aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbccccccccccccccccddddddddddddddddeeeeeeeeeeeeeeeeffff\
         ffffffffffffeeeeeeeeeeeeeeeeaaaaaaaaaaaaaaaa",
        output: "17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735d82710ca5c22f0ccfa7c\
         bf93d496ac15a56834cbcf98c397b4024a2691233b8d83de3541e4c2b58177e065a9bf7b62ec",
    },
    KnownAnswer {
        name: "SM4-GCM decrypt",
        mechanism: MechanismType::DEW_SM4_GCM,
        params: GCM,
        key: KEY,
        check: Check::Decrypt,
        input: "17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735d82710ca5c22f0ccfa7c\
         bf93d496ac15a56834cbcf98c397b4024a2691233b8d83de3541e4c2b58177e065a9bf7b62ec",
        output: "aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbccccccccccccccccddddddddddddddddeeeeeeeeeeeeeeeeffff\
         ffffffffffffeeeeeeeeeeeeeeeeaaaaaaaaaaaaaaaa",
    },
];

/// GB/T 32918.5-2017, A.2 and A.4.
pub(super) const CURVE: &[KnownAnswer] = &[
    KnownAnswer {
        name: "SM2 verify",
        mechanism: MechanismType::DEW_SM2_SM3,
        params: Params::None,
        key: TestKey::Sm2(&SM2),
        check: Check::Verify,
        input: "6d65737361676520646967657374",
        output: "f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3b1b6aa29df212fd8763182bc0d42\
         1ca1bb9038fd1f7f42d4840b69c485bbc1aa",
    },
    KnownAnswer {
        name: "SM2 sign and verify",
        mechanism: MechanismType::DEW_SM2,
        params: Params::None,
        key: TestKey::Sm2(&SM2),
        check: Check::Pair,
        input: "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0",
        output: "",
    },
    KnownAnswer {
        name: "SM2 decrypt",
        mechanism: MechanismType::DEW_SM2_ENCRYPT,
        params: Params::None,
        key: TestKey::Sm2(&SM2),
        check: Check::Decrypt,
        input: "0404ebfc718e8d1798620432268e77feb6415e2ede0e073c0f4f640ecd2e149a73e858f9d81e5430a57b36daab8f95\
         0a3c64e6ee6a63094d99283aff767e124df059983c18f809e262923c53aec295d30383b54e39d609d160afcb1908d0bd876621886ca989\
         ca9c7d58087307ca93092d651efa",
        output: "656e6372797074696f6e207374616e64617264",
    },
];

const SM2: [(AttributeType, &str); 3] = [
    (AttributeType::EC_PARAMS, "06082a811ccf5501822d"),
    (
        AttributeType::EC_POINT,
        "04410409f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020ccea490ce26775a52dc6ea\
         718cc1aa600aed05fbf35e084a6632f6072da9ad13",
    ),
    (
        AttributeType::VALUE,
        "3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8",
    ),
];

/// The key of all of the standards' examples of SM4.
const KEY: TestKey = TestKey::Secret(KeyType::DEW_SM4, "0123456789abcdeffedcba9876543210");
const IV: &[u8] = &COUNTER;
const COUNTER: [u8; 16] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];
const GCM: Params<'static> = Params::Gcm {
    iv: &[0, 0, 0x12, 0x34, 0x56, 0x78, 0, 0, 0, 0, 0xab, 0xcd],
    aad: &[
        0xfe, 0xed, 0xfa, 0xce, 0xde, 0xad, 0xbe, 0xef, 0xfe, 0xed, 0xfa, 0xce, 0xde, 0xad, 0xbe,
        0xef, 0xab, 0xad, 0xda, 0xd2,
    ],
    tag_bits: 128,
};
