//! Curves: what `CKA_EC_PARAMS` holds for them, and how long their numbers are.

use cryptoki_sys::{CK_KEY_TYPE, CKK_EC, CKK_EC_EDWARDS, CKK_EC_MONTGOMERY};

use super::der;

/// A curve.
#[derive(Debug, PartialEq, Eq)]
pub struct Curve {
    /// Its name in the files of known answers.
    pub name: &'static str,
    /// Other names of it.
    aliases: &'static [&'static str],
    /// The content of its object identifier, in hexadecimal.
    identifier: &'static str,
    /// Its size in bits, as `CK_MECHANISM_INFO` counts it.
    pub bits: u64,
    /// The type of its keys.
    pub key_type: CK_KEY_TYPE,
}

const fn curve(
    name: &'static str,
    aliases: &'static [&'static str],
    identifier: &'static str,
    bits: u64,
    key_type: CK_KEY_TYPE,
) -> Curve {
    Curve {
        name,
        aliases,
        identifier,
        bits,
        key_type,
    }
}

/// All that files of known answers use.
#[rustfmt::skip]
pub static ALL: &[Curve] = &[
    curve("secp160k1", &[], "2b81040009", 160, CKK_EC),
    curve("secp160r1", &[], "2b81040008", 160, CKK_EC),
    curve("secp160r2", &[], "2b8104001e", 160, CKK_EC),
    curve("secp192k1", &[], "2b8104001f", 192, CKK_EC),
    curve("secp192r1", &["P-192"], "2a8648ce3d030101", 192, CKK_EC),
    curve("secp224k1", &[], "2b81040020", 224, CKK_EC),
    curve("secp224r1", &["P-224"], "2b81040021", 224, CKK_EC),
    curve("secp256k1", &["P-256K"], "2b8104000a", 256, CKK_EC),
    curve("secp256r1", &["P-256"], "2a8648ce3d030107", 256, CKK_EC),
    curve("secp384r1", &["P-384"], "2b81040022", 384, CKK_EC),
    curve("secp521r1", &["P-521"], "2b81040023", 521, CKK_EC),
    curve("brainpoolP224r1", &[], "2b2403030208010105", 224, CKK_EC),
    curve("brainpoolP256r1", &[], "2b2403030208010107", 256, CKK_EC),
    curve("brainpoolP320r1", &[], "2b2403030208010109", 320, CKK_EC),
    curve("brainpoolP384r1", &[], "2b240303020801010b", 384, CKK_EC),
    curve("brainpoolP512r1", &[], "2b240303020801010d", 512, CKK_EC),
    curve("sm2p256v1", &[], "2a811ccf5501822d", 256, CKK_EC),
    curve("edwards25519", &["Ed25519"], "2b6570", 255, CKK_EC_EDWARDS),
    curve("edwards448", &["Ed448"], "2b6571", 448, CKK_EC_EDWARDS),
    curve("curve25519", &["X25519"], "2b656e", 255, CKK_EC_MONTGOMERY),
    curve("curve448", &["X448"], "2b656f", 448, CKK_EC_MONTGOMERY),
];

impl Curve {
    /// Finds a curve by one of its names.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        ALL.iter()
            .find(|curve| curve.name == name || curve.aliases.contains(&name))
    }

    /// Returns the object identifier in DER.
    #[must_use]
    pub fn parameters(&self) -> Vec<u8> {
        der::object_identifier(&hex::decode(self.identifier).expect("the table is hexadecimal"))
    }

    /// Returns how many bytes a coordinate and a private number take.
    #[must_use]
    pub fn bytes(&self) -> usize {
        // secp160r1, secp160r2, secp160k1 and secp224k1 have an order that is one bit longer than the field.
        let longer = matches!(
            self.name,
            "secp160k1" | "secp160r1" | "secp160r2" | "secp224k1"
        );
        usize::try_from(self.bits)
            .expect("curves are small")
            .div_ceil(8)
            + usize::from(longer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn curves_are_found_by_any_name() {
        assert_eq!(Curve::named("P-256"), Curve::named("secp256r1"));
        assert_eq!(
            hex::encode(Curve::named("P-256").unwrap().parameters()),
            "06082a8648ce3d030107"
        );
        assert_eq!(Curve::named("secp521r1").unwrap().bytes(), 66);
        assert_eq!(Curve::named("P-257"), None);
    }
}
