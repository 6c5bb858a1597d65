//! ML-DSA keys (FIPS 204; PKCS#11 3.2, Mechanisms 6.67).

use ck::ProfileId;
use der::asn1::ObjectIdentifier;
use zeroize::Zeroizing;

use super::lattice::LatticeKey;
use crate::ffi::{DsaKey, DsaSet, Failed};
use crate::{Error, random};

impl LatticeKey for DsaKey {
    type Set = DsaSet;

    const SEED_LEN: usize = DsaSet::SEED_LEN;
    #[rustfmt::skip] // A table reads by its columns.
    const SETS: &'static [(DsaSet, ProfileId, ObjectIdentifier)] = &[
        (DsaSet::MlDsa44, ProfileId::ML_DSA_44, ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.3.17")),
        (DsaSet::MlDsa65, ProfileId::ML_DSA_65, ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.3.18")),
        (DsaSet::MlDsa87, ProfileId::ML_DSA_87, ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.3.19")),
    ];

    fn take_public(set: DsaSet, bytes: &[u8]) -> Result<Self, Failed> {
        Self::public(set, bytes)
    }

    fn take_private(set: DsaSet, bytes: &[u8]) -> Result<Self, Failed> {
        Self::private(set, bytes)
    }

    fn grow(set: DsaSet, seed: &[u8]) -> Result<Self, Failed> {
        Self::from_seed(set, seed)
    }

    fn parameter_set(&self) -> DsaSet {
        self.set()
    }

    fn write_public(&self) -> Result<Vec<u8>, Failed> {
        self.public_bytes()
    }

    fn write_private(&self) -> Result<Zeroizing<Vec<u8>>, Failed> {
        self.private_bytes()
    }

    /// Signs with one half and verifies with the other.
    fn is_consistent(&self) -> Result<bool, Error> {
        let public = Self::public(self.set(), &self.public_bytes()?)?;
        let mut mu = [0; DsaSet::MU_LEN];
        random(&mut mu)?;
        Ok(public.verify(&mu, &self.sign(&mu)?)?)
    }
}
