//! The attribute table: which attributes an object has, by class and key type.
//!
//! Rows follow PKCS#11 3.1, chapter 4 ("Objects") and the key sections of "Mechanisms"; the footnotes of the
//! standard's tables are spelled out as [`Presence`] and [`Access`].

use crate::{AttributeType, KeyType, ObjectClass};

/// How an attribute's value is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueKind {
    /// `CK_BBOOL`: one byte, 0 or 1.
    Bool,
    /// `CK_ULONG`: eight bytes, little-endian, on the wire and in the store.
    Ulong,
    /// A list of `CK_ULONG`.
    Ulongs,
    /// Any bytes.
    Bytes,
    /// Text in UTF-8.
    Text,
    /// `CK_DATE`: eight ASCII digits, or nothing.
    Date,
    /// An unsigned integer, most significant byte first.
    BigInteger,
    /// An array of attributes.
    Template,
}

/// Whether a template names the attribute, when the object is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// The template must name it (else `CKR_TEMPLATE_INCOMPLETE`).
    Required,
    /// The template may name it.
    Optional,
    /// Only the token sets it (else `CKR_ATTRIBUTE_READ_ONLY` or `CKR_TEMPLATE_INCONSISTENT`).
    Forbidden,
}

/// How the attribute may change once the object exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Never.
    Fixed,
    /// Only in the copy that `C_CopyObject` makes.
    OnCopy,
    /// Only to nothing: the value is destroyed.
    Erase,
    /// By `C_SetAttributeValue` and `C_CopyObject`.
    Free,
    /// Only from false to true.
    Raise,
    /// Only from true to false.
    Lower,
    /// Only by the security officer.
    SecurityOfficer,
}

/// One row of the attribute table.
#[derive(Clone, Copy, Debug)]
pub struct AttributeRow {
    /// The attribute.
    pub id: AttributeType,
    /// How its value is written.
    pub kind: ValueKind,
    /// In a template of `C_CreateObject`.
    pub create: Presence,
    /// In a template of `C_GenerateKey` or `C_GenerateKeyPair`.
    pub generate: Presence,
    /// How it may change.
    pub access: Access,
    /// Whether it is hidden while the key is sensitive or not extractable.
    pub sensitive: bool,
    /// The value where the template has none: `None` leaves it empty or to the token's rules.
    pub default: Option<bool>,
}

/// Tells how an attribute's value is written, for every attribute in the table.
#[must_use]
pub fn value_kind(id: AttributeType) -> Option<ValueKind> {
    ALL_TABLES
        .iter()
        .flat_map(|table| table.iter())
        .find(|row| row.id == id)
        .map(|row| row.kind)
}

/// Tells whether an attribute's value is a template. Most of their numbers have the bit of `CKF_ARRAY_ATTRIBUTE`, and two of
/// 3.2 have not.
#[must_use]
pub const fn is_template(id: AttributeType) -> bool {
    matches!(
        id,
        AttributeType::WRAP_TEMPLATE
            | AttributeType::UNWRAP_TEMPLATE
            | AttributeType::DERIVE_TEMPLATE
            | AttributeType::ENCAPSULATE_TEMPLATE
            | AttributeType::DECAPSULATE_TEMPLATE
    )
}

/// Lists the rows of an object of this class and key type, from the general to the particular.
///
/// Gives an empty list for a class that the token does not keep, or a key type that it does not know.
#[must_use]
pub fn object_rows(class: ObjectClass, key_type: Option<KeyType>) -> Vec<&'static [AttributeRow]> {
    let mut tables = vec![COMMON];
    match (class, key_type) {
        (ObjectClass::DATA, _) => tables.push(DATA),
        (ObjectClass::CERTIFICATE, _) => tables.push(CERTIFICATE),
        (ObjectClass::TRUST, _) => tables.push(TRUST),
        (ObjectClass::PROFILE, _) => tables.push(PROFILE),
        // What these describe is no object in a store, and has nothing of one.
        (ObjectClass::HW_FEATURE, _) => tables = vec![HARDWARE],
        (ObjectClass::MECHANISM, _) => tables = vec![MECHANISM],
        (ObjectClass::DOMAIN_PARAMETERS, Some(KeyType::DH)) => {
            tables.extend([PARAMETERS, DH_PARAMETERS]);
        }
        (ObjectClass::DOMAIN_PARAMETERS, Some(KeyType::DSA)) => {
            tables.extend([PARAMETERS, DSA_PARAMETERS]);
        }
        (ObjectClass::PUBLIC_KEY, Some(KeyType::DSA)) => tables.extend([KEY, PUBLIC, DSA_PUBLIC]),
        (ObjectClass::PRIVATE_KEY, Some(KeyType::DSA)) => {
            tables.extend([KEY, PRIVATE, DSA_PRIVATE]);
        }
        (ObjectClass::PUBLIC_KEY, Some(KeyType::DH)) => tables.extend([KEY, PUBLIC, DH_PUBLIC]),
        (ObjectClass::PRIVATE_KEY, Some(KeyType::DH)) => tables.extend([KEY, PRIVATE, DH_PRIVATE]),
        (ObjectClass::PUBLIC_KEY, Some(KeyType::RSA)) => tables.extend([KEY, PUBLIC, RSA_PUBLIC]),
        (
            ObjectClass::PUBLIC_KEY,
            Some(KeyType::DEW_SM2 | KeyType::EC | KeyType::EC_EDWARDS | KeyType::EC_MONTGOMERY),
        ) => {
            tables.extend([KEY, PUBLIC, EC_PUBLIC]);
        }
        (ObjectClass::PRIVATE_KEY, Some(KeyType::RSA)) => {
            tables.extend([KEY, PRIVATE, RSA_PRIVATE]);
        }
        (ObjectClass::PRIVATE_KEY, Some(KeyType::DEW_SM2 | KeyType::EC)) => {
            tables.extend([KEY, PRIVATE, EC_PRIVATE]);
        }
        (ObjectClass::PRIVATE_KEY, Some(KeyType::EC_EDWARDS | KeyType::EC_MONTGOMERY)) => {
            tables.extend([KEY, PRIVATE, EDWARDS_PRIVATE]);
        }
        (ObjectClass::PUBLIC_KEY, Some(KeyType::ML_DSA | KeyType::ML_KEM)) => {
            tables.extend([KEY, PUBLIC, LATTICE_PUBLIC]);
        }
        (ObjectClass::PRIVATE_KEY, Some(KeyType::ML_DSA | KeyType::ML_KEM)) => {
            tables.extend([KEY, PRIVATE, LATTICE_PRIVATE]);
        }
        (ObjectClass::PUBLIC_KEY, Some(KeyType::SLH_DSA)) => {
            tables.extend([KEY, PUBLIC, LATTICE_PUBLIC]);
        }
        (ObjectClass::PRIVATE_KEY, Some(KeyType::SLH_DSA)) => {
            tables.extend([KEY, PRIVATE, SLH_DSA_PRIVATE]);
        }
        (ObjectClass::OTP_KEY, Some(KeyType::HOTP)) => tables.extend([KEY, SECRET, OTP]),
        (ObjectClass::SECRET_KEY, Some(key_type)) if is_secret(key_type) => {
            tables.extend([KEY, SECRET]);
            tables.push(if has_one_length(key_type) {
                ONE_LENGTH
            } else {
                LENGTH
            });
        }
        _ => tables.clear(),
    }
    tables
}

/// Finds the row of one attribute of such an object.
#[must_use]
pub fn attribute_row(
    class: ObjectClass,
    key_type: Option<KeyType>,
    id: AttributeType,
) -> Option<&'static AttributeRow> {
    object_rows(class, key_type)
        .into_iter()
        .flatten()
        .find(|row| row.id == id)
}

/// The types of secret keys that the token keeps: those of ciphers, and what MACs and key derivation take.
const fn is_secret(key_type: KeyType) -> bool {
    matches!(
        key_type,
        KeyType::AES
            | KeyType::AES_XTS
            | KeyType::CHACHA20
            | KeyType::DES
            | KeyType::DES2
            | KeyType::DES3
            | KeyType::POLY1305
            | KeyType::GENERIC_SECRET
            | KeyType::HKDF
            | KeyType::MD5_HMAC
            | KeyType::SHA_1_HMAC
            | KeyType::SHA224_HMAC
            | KeyType::SHA256_HMAC
            | KeyType::SHA384_HMAC
            | KeyType::SHA512_HMAC
            | KeyType::SHA512_224_HMAC
            | KeyType::SHA512_256_HMAC
            | KeyType::SHA3_224_HMAC
            | KeyType::SHA3_256_HMAC
            | KeyType::SHA3_384_HMAC
            | KeyType::SHA3_512_HMAC
            | KeyType::BLAKE2B_160_HMAC
            | KeyType::BLAKE2B_256_HMAC
            | KeyType::BLAKE2B_384_HMAC
            | KeyType::BLAKE2B_512_HMAC
            | KeyType::DEW_SM3_HMAC
            | KeyType::DEW_SM4
    )
}

/// The types of secret keys that all have the same length.
const fn has_one_length(key_type: KeyType) -> bool {
    matches!(
        key_type,
        KeyType::CHACHA20
            | KeyType::DES
            | KeyType::DES2
            | KeyType::DES3
            | KeyType::POLY1305
            | KeyType::DEW_SM4
    )
}

const ALL_TABLES: &[&[AttributeRow]] = &[
    COMMON,
    DATA,
    CERTIFICATE,
    TRUST,
    PROFILE,
    HARDWARE,
    MECHANISM,
    PARAMETERS,
    KEY,
    PUBLIC,
    PRIVATE,
    SECRET,
    LENGTH,
    ONE_LENGTH,
    OTP,
    DH_PARAMETERS,
    DH_PUBLIC,
    DH_PRIVATE,
    DSA_PARAMETERS,
    DSA_PUBLIC,
    DSA_PRIVATE,
    RSA_PUBLIC,
    RSA_PRIVATE,
    EC_PUBLIC,
    EC_PRIVATE,
    EDWARDS_PRIVATE,
    LATTICE_PUBLIC,
    LATTICE_PRIVATE,
    SLH_DSA_PRIVATE,
];

/// Writes one table with one short line per row: attribute, kind, create, generate, access, options.
macro_rules! attributes {
    ($(#[$doc:meta])* $table:ident: $($id:ident $kind:ident $create:ident $generate:ident $access:ident
        $(sensitive $sensitive:literal)? $(default $default:literal)?;)*) => {
        $(#[$doc])*
        const $table: &[AttributeRow] = &[$(AttributeRow {
            id: AttributeType::$id,
            kind: ValueKind::$kind,
            create: Presence::$create,
            generate: Presence::$generate,
            access: Access::$access,
            sensitive: false $(|| $sensitive)?,
            default: { let default: Option<bool> = None; $(let _ = default; let default = Some($default);)? default },
        }),*];
    };
}

#[rustfmt::skip] // A table reads by its columns.
attributes! {
    /// Every object (4.4, 4.6).
    COMMON:
    CLASS                    Ulong      Required  Optional  Fixed;
    TOKEN                    Bool       Optional  Optional  OnCopy          default false;
    PRIVATE                  Bool       Optional  Optional  OnCopy;
    MODIFIABLE               Bool       Optional  Optional  OnCopy          default true;
    COPYABLE                 Bool       Optional  Optional  Lower           default true;
    DESTROYABLE              Bool       Optional  Optional  Lower           default true;
    LABEL                    Text       Optional  Optional  Free;
    UNIQUE_ID                Text       Forbidden Forbidden Fixed;
}

#[rustfmt::skip] // A table reads by its columns.
attributes! {
    /// Data objects (4.5).
    DATA:
    APPLICATION              Text       Optional  Forbidden Free;
    OBJECT_ID                Bytes      Optional  Forbidden Free;
    VALUE                    Bytes      Optional  Forbidden Free;
}

#[rustfmt::skip] // A table reads by its columns.
attributes! {
    /// X.509 certificates (4.6.3).
    CERTIFICATE:
    CERTIFICATE_TYPE         Ulong      Required  Forbidden Fixed;
    TRUSTED                  Bool       Optional  Forbidden SecurityOfficer default false;
    CERTIFICATE_CATEGORY     Ulong      Optional  Forbidden Fixed;
    CHECK_VALUE              Bytes      Optional  Forbidden Fixed;
    START_DATE               Date       Optional  Forbidden Free;
    END_DATE                 Date       Optional  Forbidden Free;
    PUBLIC_KEY_INFO          Bytes      Optional  Forbidden Fixed;
    SUBJECT                  Bytes      Required  Forbidden Fixed;
    ID                       Bytes      Optional  Forbidden Free;
    ISSUER                   Bytes      Optional  Forbidden Free;
    SERIAL_NUMBER            Bytes      Optional  Forbidden Free;
    VALUE                    Bytes      Required  Forbidden Fixed;
    URL                      Text       Optional  Forbidden Fixed;
    HASH_OF_SUBJECT_PUBLIC_KEY Bytes      Optional  Forbidden Fixed;
    HASH_OF_ISSUER_PUBLIC_KEY Bytes      Optional  Forbidden Fixed;
    JAVA_MIDP_SECURITY_DOMAIN Ulong      Optional  Forbidden Fixed;
    NAME_HASH_ALGORITHM      Ulong      Optional  Forbidden Fixed;
}

#[rustfmt::skip] // A table reads by its columns.
attributes! {
    /// Trust in a certificate for its purposes (3.2, 4.7).
    TRUST:
    ISSUER                   Bytes      Required  Forbidden Fixed;
    SERIAL_NUMBER            Bytes      Required  Forbidden Fixed;
    HASH_OF_CERTIFICATE      Bytes      Optional  Forbidden Fixed;
    NAME_HASH_ALGORITHM      Ulong      Optional  Forbidden Fixed;
    TRUST_SERVER_AUTH        Ulong      Optional  Forbidden Free;
    TRUST_CLIENT_AUTH        Ulong      Optional  Forbidden Free;
    TRUST_CODE_SIGNING       Ulong      Optional  Forbidden Free;
    TRUST_EMAIL_PROTECTION   Ulong      Optional  Forbidden Free;
    TRUST_IPSEC_IKE          Ulong      Optional  Forbidden Free;
    TRUST_TIME_STAMPING      Ulong      Optional  Forbidden Free;
    TRUST_OCSP_SIGNING       Ulong      Optional  Forbidden Free;
}

#[rustfmt::skip] // A table reads by its columns.
attributes! {
    /// The profiles that the token meets (4.13), which it alone says.
    PROFILE:
    PROFILE_ID               Ulong      Forbidden Forbidden Fixed;
}

#[rustfmt::skip] // A table reads by its columns.
attributes! {
    /// Hardware features (4.3): the clock, which has no more than a value, and the counter.
    HARDWARE:
    CLASS                    Ulong      Forbidden Forbidden Fixed;
    HW_FEATURE_TYPE          Ulong      Forbidden Forbidden Fixed;
    VALUE                    Bytes      Forbidden Forbidden Fixed;
    RESET_ON_INIT            Bool       Forbidden Forbidden Fixed;
    HAS_RESET                Bool       Forbidden Forbidden Fixed;
}

#[rustfmt::skip] // A table reads by its columns.
attributes! {
    /// The mechanisms of the token (4.12).
    MECHANISM:
    CLASS                    Ulong      Forbidden Forbidden Fixed;
    MECHANISM_TYPE           Ulong      Forbidden Forbidden Fixed;
}

#[rustfmt::skip] // A table reads by its columns.
attributes! {
    /// Domain parameters (4.11).
    PARAMETERS:
    KEY_TYPE                 Ulong      Required  Optional  Fixed;
    LOCAL                    Bool       Forbidden Forbidden Fixed;
}

#[rustfmt::skip] // A table reads by its columns.
attributes! {
    /// Every key (4.7; 3.2, 4.8).
    KEY:
    KEY_TYPE                 Ulong      Required  Optional  Fixed;
    ID                       Bytes      Optional  Optional  Free;
    START_DATE               Date       Optional  Optional  Free;
    END_DATE                 Date       Optional  Optional  Free;
    DERIVE                   Bool       Optional  Optional  Free            default false;
    LOCAL                    Bool       Forbidden Forbidden Fixed;
    KEY_GEN_MECHANISM        Ulong      Forbidden Forbidden Fixed;
    ALLOWED_MECHANISMS       Ulongs     Optional  Optional  Fixed;
    OBJECT_VALIDATION_FLAGS  Ulong      Forbidden Forbidden Fixed;
}

#[rustfmt::skip] // A table reads by its columns.
attributes! {
    /// Every public key (4.8).
    PUBLIC:
    SUBJECT                  Bytes      Optional  Optional  Free;
    ENCRYPT                  Bool       Optional  Optional  Free;
    VERIFY                   Bool       Optional  Optional  Free;
    VERIFY_RECOVER           Bool       Optional  Optional  Free            default false;
    WRAP                     Bool       Optional  Optional  Free;
    TRUSTED                  Bool       Optional  Optional  SecurityOfficer default false;
    ENCAPSULATE              Bool       Optional  Optional  Free;
    PUBLIC_KEY_INFO          Bytes      Optional  Forbidden Fixed;
    WRAP_TEMPLATE            Template   Optional  Optional  Fixed;
    ENCAPSULATE_TEMPLATE     Template   Optional  Optional  Fixed;
}

#[rustfmt::skip] // A table reads by its columns.
attributes! {
    /// Every private key (4.9).
    PRIVATE:
    SUBJECT                  Bytes      Optional  Optional  Free;
    SENSITIVE                Bool       Optional  Optional  Raise           default true;
    DECRYPT                  Bool       Optional  Optional  Free;
    SIGN                     Bool       Optional  Optional  Free;
    SIGN_RECOVER             Bool       Optional  Optional  Free            default false;
    UNWRAP                   Bool       Optional  Optional  Free;
    DECAPSULATE              Bool       Optional  Optional  Free;
    EXTRACTABLE              Bool       Optional  Optional  Lower           default false;
    ALWAYS_SENSITIVE         Bool       Forbidden Forbidden Fixed;
    NEVER_EXTRACTABLE        Bool       Forbidden Forbidden Fixed;
    WRAP_WITH_TRUSTED        Bool       Optional  Optional  Raise           default false;
    ALWAYS_AUTHENTICATE      Bool       Optional  Optional  Fixed           default false;
    PUBLIC_KEY_INFO          Bytes      Optional  Forbidden Fixed;
    UNWRAP_TEMPLATE          Template   Optional  Optional  Fixed;
    DERIVE_TEMPLATE          Template   Optional  Optional  Fixed;
    DECAPSULATE_TEMPLATE     Template   Optional  Optional  Fixed;
}

#[rustfmt::skip] // A table reads by its columns.
attributes! {
    /// Every secret key (4.10), whose value is the key itself.
    SECRET:
    SENSITIVE                Bool       Optional  Optional  Raise;
    ENCRYPT                  Bool       Optional  Optional  Free;
    DECRYPT                  Bool       Optional  Optional  Free;
    SIGN                     Bool       Optional  Optional  Free;
    VERIFY                   Bool       Optional  Optional  Free;
    WRAP                     Bool       Optional  Optional  Free;
    UNWRAP                   Bool       Optional  Optional  Free;
    EXTRACTABLE              Bool       Optional  Optional  Lower           default false;
    ALWAYS_SENSITIVE         Bool       Forbidden Forbidden Fixed;
    NEVER_EXTRACTABLE        Bool       Forbidden Forbidden Fixed;
    CHECK_VALUE              Bytes      Optional  Optional  Erase;
    WRAP_WITH_TRUSTED        Bool       Optional  Optional  Raise           default false;
    TRUSTED                  Bool       Optional  Optional  SecurityOfficer default false;
    VALUE                    Bytes      Required  Forbidden Fixed           sensitive true;
    WRAP_TEMPLATE            Template   Optional  Optional  Fixed;
    UNWRAP_TEMPLATE          Template   Optional  Optional  Fixed;
    DERIVE_TEMPLATE          Template   Optional  Optional  Fixed;
}

#[rustfmt::skip] // A table reads by its columns.
attributes! {
    /// Secret keys whose length is a choice.
    LENGTH:
    VALUE_LEN                Ulong      Forbidden Required  Fixed;
}

#[rustfmt::skip] // A table reads by its columns.
attributes! {
    /// Secret keys that all have the same length: a template need not say it, but may.
    ONE_LENGTH:
    VALUE_LEN                Ulong      Forbidden Optional  Fixed;
}

#[rustfmt::skip] // A table reads by its columns.
attributes! {
    /// Keys of one-time passwords (Mechanisms 6.57.5, 6.57.8). The token alone moves the counter on.
    OTP:
    VALUE_LEN                Ulong      Forbidden Optional  Fixed;
    OTP_FORMAT               Ulong      Optional  Optional  Fixed;
    OTP_LENGTH               Ulong      Optional  Optional  Fixed;
    OTP_TIME_INTERVAL        Ulong      Optional  Optional  Fixed;
    OTP_USER_FRIENDLY_MODE   Bool       Optional  Optional  Fixed           default true;
    OTP_CHALLENGE_REQUIREMENT Ulong      Optional  Optional  Fixed;
    OTP_TIME_REQUIREMENT     Ulong      Optional  Optional  Fixed;
    OTP_COUNTER_REQUIREMENT  Ulong      Optional  Optional  Fixed;
    OTP_PIN_REQUIREMENT      Ulong      Optional  Optional  Fixed;
    OTP_COUNTER              Bytes      Optional  Optional  Fixed;
    OTP_USER_IDENTIFIER      Text       Optional  Optional  Free;
    OTP_SERVICE_IDENTIFIER   Text       Optional  Optional  Free;
    OTP_SERVICE_LOGO         Bytes      Optional  Optional  Free;
    OTP_SERVICE_LOGO_TYPE    Text       Optional  Optional  Free;
}

#[rustfmt::skip] // A table reads by its columns.
attributes! {
    /// Diffie-Hellman domain parameters (Mechanisms 6.4.4).
    DH_PARAMETERS:
    PRIME                    BigInteger Required  Forbidden Fixed;
    BASE                     BigInteger Required  Forbidden Fixed;
    PRIME_BITS               Ulong      Forbidden Required  Fixed;
}

#[rustfmt::skip] // A table reads by its columns.
attributes! {
    /// Diffie-Hellman public keys (Mechanisms 6.4.2).
    DH_PUBLIC:
    PRIME                    BigInteger Required  Required  Fixed;
    BASE                     BigInteger Required  Required  Fixed;
    VALUE                    BigInteger Required  Forbidden Fixed;
}

#[rustfmt::skip] // A table reads by its columns.
attributes! {
    /// Diffie-Hellman private keys (Mechanisms 6.4.3).
    DH_PRIVATE:
    PRIME                    BigInteger Required  Forbidden Fixed;
    BASE                     BigInteger Required  Forbidden Fixed;
    VALUE                    BigInteger Required  Forbidden Fixed           sensitive true;
    VALUE_BITS               Ulong      Forbidden Optional  Fixed;
}

#[rustfmt::skip] // A table reads by its columns.
attributes! {
    /// DSA domain parameters (Mechanisms 6.2.5).
    DSA_PARAMETERS:
    PRIME                    BigInteger Required  Forbidden Fixed;
    SUBPRIME                 BigInteger Required  Forbidden Fixed;
    BASE                     BigInteger Required  Forbidden Fixed;
    PRIME_BITS               Ulong      Forbidden Required  Fixed;
}

#[rustfmt::skip] // A table reads by its columns.
attributes! {
    /// DSA public keys (Mechanisms 6.2.2).
    DSA_PUBLIC:
    PRIME                    BigInteger Required  Required  Fixed;
    SUBPRIME                 BigInteger Required  Required  Fixed;
    BASE                     BigInteger Required  Required  Fixed;
    VALUE                    BigInteger Required  Forbidden Fixed;
}

#[rustfmt::skip] // A table reads by its columns.
attributes! {
    /// DSA private keys (Mechanisms 6.2.4).
    DSA_PRIVATE:
    PRIME                    BigInteger Required  Forbidden Fixed;
    SUBPRIME                 BigInteger Required  Forbidden Fixed;
    BASE                     BigInteger Required  Forbidden Fixed;
    VALUE                    BigInteger Required  Forbidden Fixed           sensitive true;
}

#[rustfmt::skip] // A table reads by its columns.
attributes! {
    /// RSA public keys (Mechanisms 6.1.2).
    RSA_PUBLIC:
    MODULUS                  BigInteger Required  Forbidden Fixed;
    MODULUS_BITS             Ulong      Forbidden Required  Fixed;
    PUBLIC_EXPONENT          BigInteger Required  Optional  Fixed;
}

#[rustfmt::skip] // A table reads by its columns.
attributes! {
    /// RSA private keys (Mechanisms 6.1.3).
    RSA_PRIVATE:
    MODULUS                  BigInteger Required  Forbidden Fixed;
    PUBLIC_EXPONENT          BigInteger Required  Forbidden Fixed;
    PRIVATE_EXPONENT         BigInteger Required  Forbidden Fixed           sensitive true;
    PRIME_1                  BigInteger Optional  Forbidden Fixed           sensitive true;
    PRIME_2                  BigInteger Optional  Forbidden Fixed           sensitive true;
    EXPONENT_1               BigInteger Optional  Forbidden Fixed           sensitive true;
    EXPONENT_2               BigInteger Optional  Forbidden Fixed           sensitive true;
    COEFFICIENT              BigInteger Optional  Forbidden Fixed           sensitive true;
}

#[rustfmt::skip] // A table reads by its columns.
attributes! {
    /// EC public keys, those on Edwards and Montgomery curves (Mechanisms 6.3.3, 6.3.5, 6.3.7), and those of SM2.
    EC_PUBLIC:
    EC_PARAMS                Bytes      Required  Required  Fixed;
    EC_POINT                 Bytes      Required  Forbidden Fixed;
}

#[rustfmt::skip] // A table reads by its columns.
attributes! {
    /// EC private keys (Mechanisms 6.3.4), and those of SM2.
    EC_PRIVATE:
    EC_PARAMS                Bytes      Required  Forbidden Fixed;
    VALUE                    BigInteger Required  Forbidden Fixed           sensitive true;
}

#[rustfmt::skip] // A table reads by its columns.
attributes! {
    /// Private keys on Edwards and Montgomery curves (Mechanisms 6.3.6, 6.3.8), whose value is no number: its zeros in front count.
    EDWARDS_PRIVATE:
    EC_PARAMS                Bytes      Required  Forbidden Fixed;
    VALUE                    Bytes      Required  Forbidden Fixed           sensitive true;
}

#[rustfmt::skip] // A table reads by its columns.
attributes! {
    /// Public keys over module lattices (3.2, Mechanisms 6.67, 6.68), and of SLH-DSA (6.69).
    LATTICE_PUBLIC:
    PARAMETER_SET            Ulong      Required  Required  Fixed;
    VALUE                    Bytes      Required  Forbidden Fixed;
}

#[rustfmt::skip] // A table reads by its columns.
attributes! {
    /// Private keys over module lattices (3.2, Mechanisms 6.67, 6.68): the seed, the key that grows out of it, or both.
    LATTICE_PRIVATE:
    PARAMETER_SET            Ulong      Required  Optional  Fixed;
    SEED                     Bytes      Optional  Forbidden Fixed           sensitive true;
    VALUE                    Bytes      Optional  Forbidden Fixed           sensitive true;
}

#[rustfmt::skip] // A table reads by its columns.
attributes! {
    /// Private keys of SLH-DSA (3.2, Mechanisms 6.69).
    SLH_DSA_PRIVATE:
    PARAMETER_SET            Ulong      Required  Optional  Fixed;
    VALUE                    Bytes      Required  Forbidden Fixed           sensitive true;
}
