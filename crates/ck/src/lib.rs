//! PKCS#11 vocabulary as data: identifiers, and the tables of mechanisms and attributes.
//!
//! Nothing here runs: the crate names things (return codes, attribute, mechanism and key types, flags) and lists,
//! row by row, what Dew's token can do with them. Every other crate reads the same rows.

#![forbid(unsafe_code)]

mod vocabulary;

mod attribute;
mod attribute_type;
pub mod flags;
mod kinds;
mod mechanism;
mod mechanism_type;
mod params;
mod rv;
#[cfg(test)]
mod tests;

pub use attribute::{
    Access, AttributeRow, Presence, ValueKind, attribute_row, is_template, object_rows, value_kind,
};
pub use attribute_type::AttributeType;
pub use kinds::{
    CertificateType, HardwareFeature, Hedge, KeyDerivation, KeyType, Mgf, ObjectClass, ProfileId,
    SessionState, Trust, UserType,
};
pub use mechanism::{
    Algorithm, Digest, KeySizes, MECHANISMS, Mechanism, Operations, ParamShape, Prehash,
    Rearrangement, Sm, mechanism,
};
pub use mechanism_type::MechanismType;
pub use params::{MOST_PIECES, OneTime, Params, Password, Piece, Salt, Width};
pub use rv::Rv;
use vocabulary::vocabulary;
