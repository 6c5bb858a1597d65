//! Known answers of RSA and elliptic curves, and the keys that they are for (`vectors/`).

use ck::{AttributeType, KeyDerivation, MechanismType, Mgf, Params};

use super::{Check, KnownAnswer, TestKey};

/// RSA signatures and ciphertexts made with OpenSSL.
pub(super) const RSA: &[KnownAnswer] = &[
    KnownAnswer {
        name: "RSA PKCS#1 v1.5 signature",
        mechanism: MechanismType::SHA256_RSA_PKCS,
        params: Params::None,
        key: TestKey::Rsa,
        check: Check::Sign,
        input: "54686520717569636b2062726f776e20666f78206a756d7073206f76657220746865206c617a7920646f\
         67",
        output: "0b965be9a18b9f5f6459aec41afbcbd8ec208933b2ae2103ee6385f0699aa35c72dd084caf8846b9f4e7\
         26c1ec95c1d8ce029cdd24dd83f1fdbd4756fc663f6abd264316eeec2f0a3b1174e4b00bec516caef5eb\
         620feb5a2668d136b98bc6ab02fbb3d13db9f083596c1757a64a1c265ad7ac08b3b6bc3f88d984a8025e\
         dcd847b7aedf6aec72d37b5c6a45df024a6b789ac2f72b2d57e2e6a079423f66da24ee2d362e2660d05b\
         1aad8973243ac4944affc71ce02e91bc0d5e621554208e0e70204b098584e3313a7bd89735c73a97aa94\
         781044e50568a17c175890e399f959136ce05d5ca412468d3d05188942a4f90cc4fcfa603c48fc5acad2\
         1128d118",
    },
    KnownAnswer {
        name: "RSA PKCS#1 v1.5 verification",
        mechanism: MechanismType::SHA256_RSA_PKCS,
        params: Params::None,
        key: TestKey::Rsa,
        check: Check::Verify,
        input: "54686520717569636b2062726f776e20666f78206a756d7073206f76657220746865206c617a7920646f\
         67",
        output: "0b965be9a18b9f5f6459aec41afbcbd8ec208933b2ae2103ee6385f0699aa35c72dd084caf8846b9f4e7\
         26c1ec95c1d8ce029cdd24dd83f1fdbd4756fc663f6abd264316eeec2f0a3b1174e4b00bec516caef5eb\
         620feb5a2668d136b98bc6ab02fbb3d13db9f083596c1757a64a1c265ad7ac08b3b6bc3f88d984a8025e\
         dcd847b7aedf6aec72d37b5c6a45df024a6b789ac2f72b2d57e2e6a079423f66da24ee2d362e2660d05b\
         1aad8973243ac4944affc71ce02e91bc0d5e621554208e0e70204b098584e3313a7bd89735c73a97aa94\
         781044e50568a17c175890e399f959136ce05d5ca412468d3d05188942a4f90cc4fcfa603c48fc5acad2\
         1128d118",
    },
    KnownAnswer {
        name: "RSA PSS verification",
        mechanism: MechanismType::SHA256_RSA_PKCS_PSS,
        params: PSS,
        key: TestKey::Rsa,
        check: Check::Verify,
        input: "54686520717569636b2062726f776e20666f78206a756d7073206f76657220746865206c617a7920646f\
         67",
        output: "39c6ed4aa128567a28dceb9b6a86273fe6b47aa84bc494e865b1677b40f4d2da4fa843ff5dce4d50cb86\
         0c9e27e9c14437dbbf5ffc62289cab840789d5ddb823589dbc6b97205fbb8532690cecc843f73496e1ab\
         e7691f6ca6c06608c6ac805955cca490d9919d4068d70790a1926409a565fa8c35dbd7966d670df7e3cc\
         2f806697af0dbb804bc8e91ce558e50c7296e546f095e60a123dadc5f61c649df6b2ae2cd341b778d7b1\
         5985e422ee637b11f73b6565a35477a8b6cfcb2fd232105e99ca83456aa6214a1536c81641820a6221f8\
         56fc94a428670b6928842bb21913b6cf46bdb038e46e808b505454328350971320ef027a7424e6e7f246\
         941e2c06",
    },
    KnownAnswer {
        name: "RSA PSS pair",
        mechanism: MechanismType::SHA256_RSA_PKCS_PSS,
        params: PSS,
        key: TestKey::Rsa,
        check: Check::Pair,
        input: "54686520717569636b2062726f776e20666f78206a756d7073206f76657220746865206c617a7920646f\
         67",
        output: "",
    },
    KnownAnswer {
        name: "RSA OAEP decryption",
        mechanism: MechanismType::RSA_PKCS_OAEP,
        params: OAEP,
        key: TestKey::Rsa,
        check: Check::Decrypt,
        input: "2412793c8a506560aa4296fb82ebe3c3d28ed064fbe643418a14e6f46c25c868e195ddca591ac6b3ed0c\
         0c1e23bf9723ce0913e0278fee38c227c0483b9940c148165ee284bb31611475ee0cce235176aaab0831\
         bfdd5a1f44b7b123fb6f709696fcb0256d1a2036c75c4f01e8795409b3b6b0410a1377f1f41fc73e3868\
         65182b4fcfa7944ba4bee356a5ab3bf7c36577918e254bd65b99ccbcb37e289cca19b12254b242c8edbc\
         60603623487548e179f324f0eb41217fc66a8eaf006ad9f4a368f80aaa6fcbb1e196c8b5a91f3ba7fe6a\
         0170fb9178bab16001f7e4f5642339bff68addfacacd8e2c687107d27d07ec864e31854eef7956fb5fff\
         c7cbb410",
        output: "30313233343536373839616263646566",
    },
    KnownAnswer {
        name: "RSA PKCS#1 v1.5 decryption",
        mechanism: MechanismType::RSA_PKCS,
        params: Params::None,
        key: TestKey::Rsa,
        check: Check::Decrypt,
        input: "aa1a9a15e46f16c2d81ea2ef444e35d2c640b5c7666bd81bd6c5eeab03ba172a103b89e5bc9c58ee8924\
         459bedd35b09bf728efbea2896a51a39532cb5cced251a5d3288eaccc5a2b9a24e4b56b166f6bef24371\
         8346247065b40e321de17276076782d7cc3293ddff439ca413f7021f301cf9a681ba889e0167db1aeb3f\
         354ffa5c73b6c23ac3f8f0a149573cdff4af3f2b8ce54a217bc1cb4c5f9a5bc728bd7504317ca238acea\
         5508c150d99c3c8a85a1e184be8ac8b7a157b1b8bad16ac3ea65c1c144fbd4ddfdbd565c46c282ffbd54\
         181006392c86291cbf0027bb0dd86dd1c2d43da0dd19e4cda1f2c769fccaa03787fe1eb80f4661e47efe\
         1f3a6101",
        output: "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20212223242526272829\
         2a2b2c2d2e2f",
    },
    KnownAnswer {
        name: "RSA PKCS#1 v1.5 implicit rejection",
        mechanism: MechanismType::RSA_PKCS,
        params: Params::None,
        key: TestKey::Rsa,
        check: Check::Decrypt,
        input: "511ad7ac91bc65dc263aec7526be4d6ef3a2b1378ae528d18808cb5781c686dc9675ecae30df436694d7\
         b6e227f898b3afc688150030d17e6e1439f831bf7a2053574ad1a49173145825d06a9ecc4043474bec80\
         4d39de066506dc4a2ad3b1900f14e4942973311c770ce36d6874e0674e3a63af1432b90924de4180317c\
         1908c52887333598d8544cf0a45967061fd6af791051ace58e6824c615137b4c86ce471721c0f47c8ab3\
         63002b5213fe8c2efd61f657499eba4986b0067419fd1da6e9de976489f54892de697cbc825f645b9fbc\
         363c153bcec6223beec16a83aed6c59c7e42893c467ed1e6467f2f4ed8a169e9a77e476f293362fefe19\
         4758e9ba",
        output: "47cb",
    },
];

/// The signatures of RFC 6979, appendix A.2.5 to A.2.7, over "sample", and fresh ones.
pub(super) const ECDSA: &[KnownAnswer] = &[
    KnownAnswer {
        name: "ECDSA P-256 verification",
        mechanism: MechanismType::ECDSA_SHA256,
        params: Params::None,
        key: TestKey::Ec(&P256),
        check: Check::Verify,
        input: "73616d706c65",
        output: "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716f7cb1c942d657c41d436\
         c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8",
    },
    KnownAnswer {
        name: "ECDSA P-256 pair",
        mechanism: MechanismType::ECDSA_SHA256,
        params: Params::None,
        key: TestKey::Ec(&P256),
        check: Check::Pair,
        input: "73616d706c65",
        output: "",
    },
    KnownAnswer {
        name: "ECDSA P-384 verification",
        mechanism: MechanismType::ECDSA_SHA384,
        params: Params::None,
        key: TestKey::Ec(&P384),
        check: Check::Verify,
        input: "73616d706c65",
        output: "7d7bcc8df418f9375b16e6f85d338748412a827eb47f5533783e916ce98a1f1704c94e68525ddc25aa5c\
         6bc8869505f8b0356b63aa3ec59a9fbd363035b6194aaf5fec205572f2567bcb930806d121686e8170ac\
         88b25fdabb80c4393a825055",
    },
    KnownAnswer {
        name: "ECDSA P-384 pair",
        mechanism: MechanismType::ECDSA_SHA384,
        params: Params::None,
        key: TestKey::Ec(&P384),
        check: Check::Pair,
        input: "73616d706c65",
        output: "",
    },
    KnownAnswer {
        name: "ECDSA P-521 verification",
        mechanism: MechanismType::ECDSA_SHA512,
        params: Params::None,
        key: TestKey::Ec(&P521),
        check: Check::Verify,
        input: "73616d706c65",
        output: "00c328fafcbd79dd77850370c46325d987cb525569fb63c5d3bc53950e6d4c5f174e25a1ee9017b5d450\
         606add152b534931d7d4e8455cc91f9b15bf05ec36e377fa00617cce7cf5064806c467f678d3b4080d6f\
         1cc50af26ca209417308281b68af282623eaa63e5b5c0723d8b8c37ff0777b1a20f8ccb1dccc43997f1e\
         e0e44da4a67a",
    },
    KnownAnswer {
        name: "ECDSA P-521 pair",
        mechanism: MechanismType::ECDSA_SHA512,
        params: Params::None,
        key: TestKey::Ec(&P521),
        check: Check::Pair,
        input: "73616d706c65",
        output: "",
    },
];

/// The signature of RFC 8032, 7.1, test 2, that of RFC 7748, 5.2, and the agreement that Wycheproof's first case of P-256 comes to, expanded with
/// OpenSSL.
pub(super) const OTHER_CURVES: &[KnownAnswer] = &[
    KnownAnswer {
        name: "Ed25519 signature",
        mechanism: MechanismType::EDDSA,
        params: Params::None,
        key: TestKey::Edwards(&ED25519),
        check: Check::Sign,
        input: "72",
        output: "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f\
         3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    },
    KnownAnswer {
        name: "Ed25519 verification",
        mechanism: MechanismType::EDDSA,
        params: Params::None,
        key: TestKey::Edwards(&ED25519),
        check: Check::Verify,
        input: "72",
        output: "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f\
         3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    },
    KnownAnswer {
        name: "X25519",
        mechanism: MechanismType::ECDH1_DERIVE,
        params: Params::Ecdh {
            kdf: KeyDerivation::NULL,
            shared_data: &[],
            public_data: COORDINATE,
        },
        key: TestKey::Montgomery(&X25519),
        check: Check::Derive,
        input: "",
        output: "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552",
    },
    KnownAnswer {
        name: "ECDH P-256 with SHA-256",
        mechanism: MechanismType::ECDH1_DERIVE,
        params: ECDH,
        key: TestKey::Ec(&AGREEING),
        check: Check::Derive,
        input: "",
        output: "1af8f44c455419f66923cde2f55e3253d27ab16ae9f5414d6ffb5560f2490db3",
    },
];

/// The first scalar and the first coordinate of RFC 7748, 5.2.
const X25519: [(AttributeType, &str); 2] = [
    (AttributeType::EC_PARAMS, "06032b656e"),
    (
        AttributeType::VALUE,
        "a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4",
    ),
];
const COORDINATE: &[u8] = &[
    0xe6, 0xdb, 0x68, 0x67, 0x58, 0x30, 0x30, 0xdb, 0x35, 0x94, 0xc1, 0xa4, 0x24, 0xb1, 0x5f, 0x7c,
    0x72, 0x66, 0x24, 0xec, 0x26, 0xb3, 0x35, 0x3b, 0x10, 0xa9, 0x03, 0xa6, 0xd0, 0xab, 0x1c, 0x4c,
];
/// The key of RFC 8032, 7.1, test 2.
const ED25519: [(AttributeType, &str); 3] = [
    (AttributeType::EC_PARAMS, "06032b6570"),
    (
        AttributeType::EC_POINT,
        "04203d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
    ),
    (
        AttributeType::VALUE,
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
    ),
];

/// The private key of Wycheproof's first case of P-256.
const AGREEING: [(AttributeType, &str); 2] = [
    (AttributeType::EC_PARAMS, "06082a8648ce3d030107"),
    (
        AttributeType::VALUE,
        "0612465c89a023ab17855b0a6bcebfd3febb53aef84138647b5352e02c10c346",
    ),
];

const ECDH: Params<'static> = Params::Ecdh {
    kdf: KeyDerivation::SHA256_KDF,
    shared_data: &[
        0x75, 0xee, 0xf8, 0x1a, 0xa3, 0x04, 0x1e, 0x33, 0xb8, 0x09, 0x71, 0x20, 0x3d, 0x2c, 0x0c,
        0x52,
    ],
    public_data: &[
        0x04, 0x62, 0xd5, 0xbd, 0x33, 0x72, 0xaf, 0x75, 0xfe, 0x85, 0xa0, 0x40, 0x71, 0x5d, 0x0f,
        0x50, 0x24, 0x28, 0xe0, 0x70, 0x46, 0x86, 0x8b, 0x0b, 0xfd, 0xfa, 0x61, 0xd7, 0x31, 0xaf,
        0xe4, 0x4f, 0x26, 0xac, 0x33, 0x3a, 0x93, 0xa9, 0xe7, 0x0a, 0x81, 0xcd, 0x5a, 0x95, 0xb5,
        0xbf, 0x8d, 0x13, 0x99, 0x0e, 0xb7, 0x41, 0xc8, 0xc3, 0x88, 0x72, 0xb4, 0xa0, 0x7d, 0x27,
        0x5a, 0x01, 0x4e, 0x30, 0xcf,
    ],
};
const PSS: Params<'static> = Params::Pss {
    digest: MechanismType::SHA256,
    mgf: Mgf::MGF1_SHA256,
    salt_len: 32,
};
const OAEP: Params<'static> = Params::Oaep {
    digest: MechanismType::SHA256,
    mgf: Mgf::MGF1_SHA256,
    label: b"a label",
};

/// The key of RFC 6979, appendix A.2.5.
const P256: [(AttributeType, &str); 3] = [
    (AttributeType::EC_PARAMS, "06082a8648ce3d030107"),
    (
        AttributeType::EC_POINT,
        "04410460fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb67903fe1008b8bc\
         99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299",
    ),
    (
        AttributeType::VALUE,
        "c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721",
    ),
];

/// The key of RFC 6979, appendix A.2.6.
const P384: [(AttributeType, &str); 3] = [
    (AttributeType::EC_PARAMS, "06052b81040022"),
    (
        AttributeType::EC_POINT,
        "046104ec3a4e415b4e19a4568618029f427fa5da9a8bc4ae92e02e06aae5286b300c64def8f0ea905586\
         6064a254515480bc138015d9b72d7d57244ea8ef9ac0c621896708a59367f9dfb9f54ca84b3f1c9db128\
         8b231c3ae0d4fe7344fd2533264720",
    ),
    (
        AttributeType::VALUE,
        "6b9d3dad2e1b8c1c05b19875b6659f4de23c3b667bf297ba9aa47740787137d896d5724e4c70a825f872\
         c9ea60d2edf5",
    ),
];

/// The key of RFC 6979, appendix A.2.7.
const P521: [(AttributeType, &str); 3] = [
    (AttributeType::EC_PARAMS, "06052b81040023"),
    (
        AttributeType::EC_POINT,
        "0481850401894550d0785932e00eaa23b694f213f8c3121f86dc97a04e5a7167db4e5bcd371123d46e45\
         db6b5d5370a7f20fb633155d38ffa16d2bd761dcac474b9a2f5023a400493101c962cd4d2fddf782285e\
         64584139c2f91b47f87ff82354d6630f746a28a0db25741b5b34a828008b22acc23f924faafbd4d33f81\
         ea66956dfeaa2bfdfcf5",
    ),
    (
        AttributeType::VALUE,
        "00fad06daa62ba3b25d2fb40133da757205de67f5bb0018fee8c86e1b68c7e75caa896eb32f1f47c7085\
         5836a6d16fcc1466f6d8fbec67db89ec0c08b0e996b83538",
    ),
];

/// A 2,048-bit key that guards nothing.
pub(super) const RSA_KEY: [(AttributeType, &str); 8] = [
    (
        AttributeType::MODULUS,
        "bc4f17665946758abf866bd72acc03a7b020281c1c4521a6ac6b3f26d98a7c9d67da0010ad47cd5f38d5\
         c846dc4d686a60102ea6fe7575ba8a474531c9f346a0fa52cb8bfbbd7be8a5b913f75423f1f47bcc2189\
         e678d5414644dea028a803db126d449ad5be428d3cbead11b4a7946568bfe17fb1fcbdffa27e50ae5047\
         87f79e5d4ef262450523953a35d83043159c8cf5ebe2f21dc18c40246361e6a6dc5c73f93eb68d5d1e0e\
         89b35debbc87ac869725eb813eaa3f3393b7ba47a62f6e1b2099955ece6f74c48e2149867719ce109824\
         adf5d8a58acf932e2348de8475af17370fd703a7b59ee3bb451d0467b0f111a14b8d0abc91381ac1d20a\
         8e0671d1",
    ),
    (AttributeType::PUBLIC_EXPONENT, "010001"),
    (
        AttributeType::PRIVATE_EXPONENT,
        "03a95add81eeb66b27dcfcd23c45e3737b6aeac53691fb15619e201ebba653188416e157bcf74ae4ecd6\
         f5eb7b847f55b4c55cb8fb8b6008649eb2901f7bb59713151c0ea3f627a3abc326c9daa2a8a56d7f6703\
         6dfd33ca7629e25d0368a92d1ee284447c795057acc560f830321bc06038e6ed62ce47bdf86182ec65f4\
         b0776c10c9e70a34e59e29e91f4b1de9506a1efcae4c2ea0d959472a907affefd1d5aa94dddec43527c6\
         bed76f4a4c3769bbe14dad3c30deabf1679b44fe1f215298b756f7be4b8b8a930c6b93f82a83a490057a\
         5725d48be5a1b106bcb72a5a3999a164d2e9ba2a875f8f349d4d10a68444adf0eae9a6fb2a5730a25f61\
         25e56707",
    ),
    (
        AttributeType::PRIME_1,
        "ef576c7395e3ed35b922b647bda190806a8934740bcb723713147b7e09e158454fc65e381059568c6afa\
         e8b49849a4ec6f3efe216eb5e00ac8ad6004b94009e799f63b58bd4eca3101b9e18867ebde82ca55d756\
         520b5743661df32f14a426f4b5761d1a609ecac474e1c4394bc250b89372ef6f15199131baa6fb29715d\
         3dfb",
    ),
    (
        AttributeType::PRIME_2,
        "c96a5f3f5f291609bc8aaf9b1fefd4dbe00450737249f8bc2bc3adfab1233f7a2672fd121791998630e1\
         f7f2dc67b4f111b2b7a819a3642607a091cb4fca61c6e161549b1e05fd22e41edd8c1ab136df661c6c08\
         b1cba65540fa428b0dc38de0d176d11fe8887399d328e233ed8764faa12e7d59b5df6d6145931df90d1e\
         01a3",
    ),
    (
        AttributeType::EXPONENT_1,
        "2756e3488c568e62ca2f5e6ea448ae0bad7727dbfb24517da3f135eb1d8ca089a3f722fd6c12831b496a\
         3c5d92ba681544a3c1f994cce82a5d99c1b2851075904fca1d2f14cea28533976dee91c63f2898414bc7\
         b06c94c74b3d98ff20116b25c5bdc842d1a6c8054a80e153d993f2d8a3c3bc7f31a4a62cda551feb4bea\
         db89",
    ),
    (
        AttributeType::EXPONENT_2,
        "58f1d57ff9b8fe176ca05dee060b761766f4e0c62a894a0366dc31df4c0c41c2e269d322033073f8936b\
         a680241ed403c50a041a82bfe9c0f58b4df6d7948adb35ba328f91919978a7fe8d5d8a8809b05bba5f66\
         f384f83e1bc4a85019d2eabb86248f33250fe4e4e01fe4cc83af4fc3721c4294b441275f5647226c5203\
         973b",
    ),
    (
        AttributeType::COEFFICIENT,
        "3c22f69564bdb291f3d02fdfaa03167aa664a40819ea92d2698cfe227a9a9481f231c9b0681f59a3e411\
         07de9cd6fe9e8ba571beef070fa63386c2f36fcbacca9e36323902a63b7afe2643383962300eb1891036\
         36fddf158b5328312d0c72ac3f740ae4d9663fdeda4e9ad4657f4f604a5aef0298f184155bfb78d6c63b\
         6dc3",
    ),
];
