//! What no public source fixes: our choices, in one table, so that each can be changed in one place.

/// The longest body, in bytes: the largest request, an import of an RSA-4096 key, has under 16 KiB.
pub(crate) const BODY_BYTES_MAX: usize = 256 * 1024;

/// Keys on a page of `list-keys` when the request does not say, and the most that it may ask for.
pub(crate) const KEYS_PAGE: (i64, i64) = (100, 1_000);

/// Aliases on a page of `list-aliases` when the request does not say, and the most that it may ask for.
pub(crate) const ALIASES_PAGE: (i64, i64) = (50, 100);

/// Key stores on a page when the request does not say, and the most that it may ask for.
pub(crate) const KEYSTORES_PAGE: (i64, i64) = (10, 1_000);

/// The refusal of a use while the key waits for its material: "the key is not enabled".
pub(crate) const USE_WHILE_PENDING_IMPORT: u16 = 1301;

/// The refusal of a life-cycle change while the key is scheduled for deletion.
pub(crate) const CHANGE_WHILE_PENDING_DELETION: u16 = 210;

/// The refusal of an algorithm that does not belong to an HMAC key.
pub(crate) const MAC_ALGORITHM_MISMATCH: u16 = 332;

/// The refusal of a second alias of the same name.
pub(crate) const DUPLICATE_ALIAS: u16 = 1104;

/// The refusal of a fifty-first alias, and of an alias that is not there when one is deleted or moved.
pub(crate) const ALIAS_RULE: u16 = 308;

/// The refusal of a ciphertext that another key made, was changed, or comes with another context.
pub(crate) const CIPHERTEXT: u16 = 2201;

/// The refusal of a key kind that the HSM behind this server does not offer.
pub(crate) const KIND_NOT_OFFERED: u16 = 1110;

/// The most random bytes in an import token; with Base64 the text has 256 characters, inside the contract's 200 to 6,144.
pub(crate) const IMPORT_TOKEN_BYTES: usize = 192;

/// How long import parameters are good, in milliseconds.
pub(crate) const IMPORT_PARAMETERS_MS: i64 = 24 * 3_600_000;

/// The smallest and largest interval of rotation and the one that enabling sets, in days.
pub(crate) const ROTATION_DAYS: (i64, i64, i64) = (30, 365, 365);

/// The smallest and largest time to a deletion, in days.
pub(crate) const DELETION_DAYS: (i64, i64) = (7, 1_096);

/// The key store that is there without being made.
pub(crate) const DEFAULT_KEYSTORE: &str = "0";

/// The kind of a key when the request does not say.
pub(crate) const KEY_SPEC: &str = "AES_256";
/// How short data is encrypted when the request does not say.
pub(crate) const ENCRYPTION_ALGORITHM: &str = "SYMMETRIC_DEFAULT";
/// What a grantee is when the request does not say.
pub(crate) const GRANTEE_TYPE: &str = "user";

/// The most grants of a key.
pub(crate) const GRANTS_MAX: i64 = 100;
/// The most aliases of a key.
pub(crate) const ALIASES_MAX: i64 = 50;
/// The most tags of a key.
pub(crate) const TAGS_MAX: usize = 20;
/// The most custom keys of an account in a region, unless the configuration says otherwise.
pub(crate) const KEYS_MAX: i64 = 100;

/// The longest `additional_authenticated_data`, in bytes.
pub(crate) const AAD_BYTES_MAX: usize = 128;
/// The longest `encryption_context`, in characters of its JSON.
pub(crate) const CONTEXT_CHARS_MAX: usize = 8_192;
