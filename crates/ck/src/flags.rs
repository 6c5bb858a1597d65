//! `CKF_*` bits (PKCS#11 3.2, `pkcs11t.h`), grouped by the structure they stand in.

/// `CK_SLOT_INFO.flags`.
pub mod slot {
    /// A token is there.
    pub const TOKEN_PRESENT: u64 = 0x1;
    /// The slot is implemented by a device.
    pub const HW_SLOT: u64 = 0x4;
}

/// `CK_TOKEN_INFO.flags`.
pub mod token {
    /// The token has a random number generator.
    pub const RNG: u64 = 0x1;
    /// There are functions that a user must log in for.
    pub const LOGIN_REQUIRED: u64 = 0x4;
    /// The normal user's PIN is set.
    pub const USER_PIN_INITIALIZED: u64 = 0x8;
    /// Two operations of one session may work on the same data at once.
    pub const DUAL_CRYPTO_OPERATIONS: u64 = 0x200;
    /// The token has been initialised.
    pub const TOKEN_INITIALIZED: u64 = 0x400;
    /// A wrong user PIN was entered since the last right one.
    pub const USER_PIN_COUNT_LOW: u64 = 0x1_0000;
    /// One more wrong user PIN locks it.
    pub const USER_PIN_FINAL_TRY: u64 = 0x2_0000;
    /// The user PIN is locked.
    pub const USER_PIN_LOCKED: u64 = 0x4_0000;
    /// A wrong SO PIN was entered since the last right one.
    pub const SO_PIN_COUNT_LOW: u64 = 0x10_0000;
    /// One more wrong SO PIN locks it.
    pub const SO_PIN_FINAL_TRY: u64 = 0x20_0000;
    /// The SO PIN is locked.
    pub const SO_PIN_LOCKED: u64 = 0x40_0000;
    /// The token failed a self-test.
    pub const ERROR_STATE: u64 = 0x100_0000;
}

/// `CK_SESSION_INFO.flags`, and the flags of `C_OpenSession`.
pub mod session {
    /// The session may write.
    pub const RW_SESSION: u64 = 0x2;
    /// Must always be set.
    pub const SERIAL_SESSION: u64 = 0x4;
    /// Calls may go on after they return (3.2).
    pub const ASYNC_SESSION: u64 = 0x8;
}

/// `CK_MECHANISM_INFO.flags`.
pub mod mechanism {
    /// Encrypts messages.
    pub const MESSAGE_ENCRYPT: u64 = 0x2;
    /// Decrypts messages.
    pub const MESSAGE_DECRYPT: u64 = 0x4;
    /// Signs messages.
    pub const MESSAGE_SIGN: u64 = 0x8;
    /// Verifies messages.
    pub const MESSAGE_VERIFY: u64 = 0x10;
    /// Searches, for `C_SessionCancel` alone.
    pub const FIND_OBJECTS: u64 = 0x40;
    /// Takes messages in parts.
    pub const MULTI_MESSAGE: u64 = 0x20;
    /// Encrypts.
    pub const ENCRYPT: u64 = 0x100;
    /// Decrypts.
    pub const DECRYPT: u64 = 0x200;
    /// Digests.
    pub const DIGEST: u64 = 0x400;
    /// Signs.
    pub const SIGN: u64 = 0x800;
    /// Signs so that the signature gives its data back.
    pub const SIGN_RECOVER: u64 = 0x1000;
    /// Verifies.
    pub const VERIFY: u64 = 0x2000;
    /// Gives the data of a signature back.
    pub const VERIFY_RECOVER: u64 = 0x4000;
    /// Generates a key.
    pub const GENERATE: u64 = 0x8000;
    /// Generates a key pair.
    pub const GENERATE_KEY_PAIR: u64 = 0x1_0000;
    /// Wraps.
    pub const WRAP: u64 = 0x2_0000;
    /// Unwraps.
    pub const UNWRAP: u64 = 0x4_0000;
    /// Derives.
    pub const DERIVE: u64 = 0x8_0000;
    /// Works over prime fields.
    pub const EC_F_P: u64 = 0x10_0000;
    /// Takes a curve by its object identifier.
    pub const EC_OID: u64 = 0x80_0000;
    /// Takes uncompressed points.
    pub const EC_UNCOMPRESS: u64 = 0x100_0000;
    /// Encapsulates a key.
    pub const ENCAPSULATE: u64 = 0x1000_0000;
    /// Decapsulates a key.
    pub const DECAPSULATE: u64 = 0x2000_0000;
}
