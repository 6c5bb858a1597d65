//! Object classes, key types and the other short enumerations (PKCS#11 3.2, `pkcs11t.h`).

use crate::vocabulary;

vocabulary! {
    /// The class of an object.
    ObjectClass: "CKO_" {
        DATA = 0x0,
        CERTIFICATE = 0x1,
        PUBLIC_KEY = 0x2,
        PRIVATE_KEY = 0x3,
        SECRET_KEY = 0x4,
        HW_FEATURE = 0x5,
        DOMAIN_PARAMETERS = 0x6,
        MECHANISM = 0x7,
        OTP_KEY = 0x8,
        PROFILE = 0x9,
        VALIDATION = 0xa,
        TRUST = 0xb,
    }
}

vocabulary! {
    /// The type of a key.
    KeyType: "CKK_" {
        RSA = 0x0,
        DSA = 0x1,
        DH = 0x2,
        EC = 0x3,
        ECDSA = 0x3,
        X9_42_DH = 0x4,
        KEA = 0x5,
        GENERIC_SECRET = 0x10,
        RC2 = 0x11,
        RC4 = 0x12,
        DES = 0x13,
        DES2 = 0x14,
        DES3 = 0x15,
        CAST = 0x16,
        CAST3 = 0x17,
        CAST128 = 0x18,
        CAST5 = 0x18,
        RC5 = 0x19,
        IDEA = 0x1a,
        SKIPJACK = 0x1b,
        BATON = 0x1c,
        JUNIPER = 0x1d,
        CDMF = 0x1e,
        AES = 0x1f,
        BLOWFISH = 0x20,
        TWOFISH = 0x21,
        SECURID = 0x22,
        HOTP = 0x23,
        ACTI = 0x24,
        CAMELLIA = 0x25,
        ARIA = 0x26,
        MD5_HMAC = 0x27,
        SHA_1_HMAC = 0x28,
        RIPEMD128_HMAC = 0x29,
        RIPEMD160_HMAC = 0x2a,
        SHA256_HMAC = 0x2b,
        SHA384_HMAC = 0x2c,
        SHA512_HMAC = 0x2d,
        SHA224_HMAC = 0x2e,
        SEED = 0x2f,
        GOSTR3410 = 0x30,
        GOSTR3411 = 0x31,
        GOST28147 = 0x32,
        CHACHA20 = 0x33,
        POLY1305 = 0x34,
        AES_XTS = 0x35,
        SHA3_224_HMAC = 0x36,
        SHA3_256_HMAC = 0x37,
        SHA3_384_HMAC = 0x38,
        SHA3_512_HMAC = 0x39,
        BLAKE2B_160_HMAC = 0x3a,
        BLAKE2B_256_HMAC = 0x3b,
        BLAKE2B_384_HMAC = 0x3c,
        BLAKE2B_512_HMAC = 0x3d,
        SALSA20 = 0x3e,
        X2RATCHET = 0x3f,
        EC_EDWARDS = 0x40,
        EC_MONTGOMERY = 0x41,
        HKDF = 0x42,
        SHA512_224_HMAC = 0x43,
        SHA512_256_HMAC = 0x44,
        SHA512_T_HMAC = 0x45,
        HSS = 0x46,
        XMSS = 0x47,
        XMSSMT = 0x48,
        ML_KEM = 0x49,
        ML_DSA = 0x4a,
        SLH_DSA = 0x4b,
        // Dew's own (see the mechanism types).
        DEW_SM3_HMAC = 0xc445_5710,
        DEW_SM4 = 0xc445_5720,
        DEW_SM2 = 0xc445_5730,
    }
}

vocabulary! {
    /// The type of a certificate.
    CertificateType: "CKC_" {
        X_509 = 0x0,
        X_509_ATTR_CERT = 0x1,
        WTLS = 0x2,
    }
}

vocabulary! {
    /// What a hardware feature object is about.
    HardwareFeature: "CKH_" {
        MONOTONIC_COUNTER = 0x1,
        CLOCK = 0x2,
        USER_INTERFACE = 0x3,
    }
}

vocabulary! {
    /// How far a certificate is trusted for a purpose.
    Trust: "CKT_" {
        TRUST_UNKNOWN = 0x0,
        TRUSTED = 0x1,
        TRUST_ANCHOR = 0x2,
        NOT_TRUSTED = 0x3,
        TRUST_MUST_VERIFY_TRUST = 0x4,
    }
}

vocabulary! {
    /// Who logs in.
    UserType: "CKU_" {
        SO = 0x0,
        USER = 0x1,
        CONTEXT_SPECIFIC = 0x2,
    }
}

vocabulary! {
    /// The state of a session.
    SessionState: "CKS_" {
        RO_PUBLIC_SESSION = 0x0,
        LAST_VALIDATION_OK = 0x1,
        RO_USER_FUNCTIONS = 0x1,
        RW_PUBLIC_SESSION = 0x2,
        RW_USER_FUNCTIONS = 0x3,
        RW_SO_FUNCTIONS = 0x4,
    }
}

vocabulary! {
    /// A mask generation function; other generators share the number space.
    Mgf: "CKG_" {
        NO_GENERATE = 0x0,
        GENERATE = 0x1,
        MGF1_SHA1 = 0x1,
        GENERATE_COUNTER = 0x2,
        MGF1_SHA256 = 0x2,
        GENERATE_RANDOM = 0x3,
        MGF1_SHA384 = 0x3,
        GENERATE_COUNTER_XOR = 0x4,
        MGF1_SHA512 = 0x4,
        MGF1_SHA224 = 0x5,
        MGF1_SHA3_224 = 0x6,
        MGF1_SHA3_256 = 0x7,
        MGF1_SHA3_384 = 0x8,
        MGF1_SHA3_512 = 0x9,
    }
}

vocabulary! {
    /// How a key grows out of a shared secret.
    KeyDerivation: "CKD_" {
        NULL = 0x1,
        SHA1_KDF = 0x2,
        SHA1_KDF_ASN1 = 0x3,
        SHA1_KDF_CONCATENATE = 0x4,
        SHA224_KDF = 0x5,
        SHA256_KDF = 0x6,
        SHA384_KDF = 0x7,
        SHA512_KDF = 0x8,
        CPDIVERSIFY_KDF = 0x9,
        SHA3_224_KDF = 0xa,
        SHA3_256_KDF = 0xb,
        SHA3_384_KDF = 0xc,
        SHA3_512_KDF = 0xd,
        SHA1_KDF_SP800 = 0xe,
        SHA224_KDF_SP800 = 0xf,
        SHA256_KDF_SP800 = 0x10,
        SHA384_KDF_SP800 = 0x11,
        SHA512_KDF_SP800 = 0x12,
        SHA3_224_KDF_SP800 = 0x13,
        SHA3_256_KDF_SP800 = 0x14,
        SHA3_384_KDF_SP800 = 0x15,
        SHA3_512_KDF_SP800 = 0x16,
    }
}

vocabulary! {
    /// Whether a signature takes randomness.
    Hedge: "CKH_" {
        HEDGE_PREFERRED = 0x0,
        HEDGE_REQUIRED = 0x1,
        DETERMINISTIC_REQUIRED = 0x2,
    }
}

vocabulary! {
    /// A conformance profile, or a parameter-set or pseudo-random-function number that shares the prefix.
    ProfileId: "CKP_" {
        INVALID_ID = 0x0,
        BASELINE_PROVIDER = 0x1,
        ML_DSA_44 = 0x1,
        ML_KEM_512 = 0x1,
        PKCS5_PBKD2_HMAC_SHA1 = 0x1,
        SLH_DSA_SHA2_128S = 0x1,
        EXTENDED_PROVIDER = 0x2,
        ML_DSA_65 = 0x2,
        ML_KEM_768 = 0x2,
        PKCS5_PBKD2_HMAC_GOSTR3411 = 0x2,
        SLH_DSA_SHAKE_128S = 0x2,
        AUTHENTICATION_TOKEN = 0x3,
        ML_DSA_87 = 0x3,
        ML_KEM_1024 = 0x3,
        PKCS5_PBKD2_HMAC_SHA224 = 0x3,
        SLH_DSA_SHA2_128F = 0x3,
        PKCS5_PBKD2_HMAC_SHA256 = 0x4,
        PUBLIC_CERTIFICATES_TOKEN = 0x4,
        SLH_DSA_SHAKE_128F = 0x4,
        COMPLETE_PROVIDER = 0x5,
        PKCS5_PBKD2_HMAC_SHA384 = 0x5,
        SLH_DSA_SHA2_192S = 0x5,
        HKDF_TLS_TOKEN = 0x6,
        PKCS5_PBKD2_HMAC_SHA512 = 0x6,
        SLH_DSA_SHAKE_192S = 0x6,
        PKCS5_PBKD2_HMAC_SHA512_224 = 0x7,
        SLH_DSA_SHA2_192F = 0x7,
        PKCS5_PBKD2_HMAC_SHA512_256 = 0x8,
        SLH_DSA_SHAKE_192F = 0x8,
        SLH_DSA_SHA2_256S = 0x9,
        SLH_DSA_SHAKE_256S = 0xa,
        SLH_DSA_SHA2_256F = 0xb,
        SLH_DSA_SHAKE_256F = 0xc,
    }
}
