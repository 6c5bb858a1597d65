//! Curves that `CKA_EC_PARAMS` names, where a key type has few (PKCS#11 3.1, Mechanisms 6.3.5 and 6.3.7).

use ck::AttributeType;
use der::asn1::{ObjectIdentifier, OctetStringRef, PrintableStringRef};
use der::{Decode, Encode};
use zeroize::Zeroizing;

use super::ec::unknown_curve;
use crate::Error;

/// A family of curves.
pub(crate) trait NamedCurve: Copy + PartialEq + Sized + 'static {
    /// Each with its OBJECT IDENTIFIER and its `curveName`.
    const ALL: &'static [(Self, ObjectIdentifier, &'static str)];

    /// Returns the OBJECT IDENTIFIER.
    fn oid(self) -> ObjectIdentifier {
        let row = Self::ALL.iter().find(|(curve, ..)| *curve == self);
        row.map(|(_, oid, _)| *oid).expect("every curve has a row")
    }

    /// Finds a curve by its OBJECT IDENTIFIER.
    fn by_oid(oid: &ObjectIdentifier) -> Option<Self> {
        let mut all = Self::ALL.iter();
        all.find(|(_, known, _)| known == oid).map(|row| row.0)
    }
}

/// Finds the curve that `CKA_EC_PARAMS` names, by OBJECT IDENTIFIER or by `curveName`.
pub(crate) fn find<C: NamedCurve>(params: &[u8]) -> Result<C, Error> {
    let found = if let Ok(oid) = ObjectIdentifier::from_der(params) {
        C::by_oid(&oid)
    } else if let Ok(name) = PrintableStringRef::from_der(params) {
        let name: &str = name.as_ref();
        let mut all = C::ALL.iter();
        all.find(|(.., known)| *known == name).map(|row| row.0)
    } else {
        None
    };
    found.ok_or_else(|| unknown_curve(params))
}

/// Takes a point out of what is a DER OCTET STRING or, by its length, the bare point.
pub(crate) fn point(value: &[u8], len: usize) -> &[u8] {
    match <&OctetStringRef>::from_der(value) {
        Ok(string) if value.len() != len => string.as_bytes(),
        _ => value,
    }
}

/// Returns `CKA_EC_PARAMS` of a curve.
pub(crate) fn params(curve: impl NamedCurve) -> Result<(AttributeType, Zeroizing<Vec<u8>>), Error> {
    let params = curve.oid().to_der().map_err(|_| Error::Provider("DER"))?;
    Ok((AttributeType::EC_PARAMS, Zeroizing::new(params)))
}
