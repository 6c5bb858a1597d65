//! ML-KEM keys (FIPS 203; PKCS#11 3.2, Mechanisms 6.68).

use aws_lc_rs::constant_time::verify_slices_are_equal;
use ck::ProfileId;
use der::asn1::ObjectIdentifier;
use zeroize::Zeroizing;

use super::lattice::LatticeKey;
use crate::Error;
use crate::ffi::{Failed, KemKey, KemSet};

impl LatticeKey for KemKey {
    type Set = KemSet;

    const SEED_LEN: usize = KemSet::SEED_LEN;
    #[rustfmt::skip] // A table reads by its columns.
    const SETS: &'static [(KemSet, ProfileId, ObjectIdentifier)] = &[
        (KemSet::MlKem512,  ProfileId::ML_KEM_512,  ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.4.1")),
        (KemSet::MlKem768,  ProfileId::ML_KEM_768,  ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.4.2")),
        (KemSet::MlKem1024, ProfileId::ML_KEM_1024, ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.4.3")),
    ];

    fn take_public(set: KemSet, bytes: &[u8]) -> Result<Self, Failed> {
        Self::public(set, bytes)
    }

    fn take_private(set: KemSet, bytes: &[u8]) -> Result<Self, Failed> {
        Self::private(set, bytes)
    }

    fn grow(set: KemSet, seed: &[u8]) -> Result<Self, Failed> {
        Self::from_seed(set, seed)
    }

    fn parameter_set(&self) -> KemSet {
        self.set()
    }

    fn write_public(&self) -> Result<Vec<u8>, Failed> {
        self.public_bytes()
    }

    fn write_private(&self) -> Result<Zeroizing<Vec<u8>>, Failed> {
        self.private_bytes()
    }

    /// Encapsulates and decapsulates: both halves must come to the same secret.
    fn is_consistent(&self) -> Result<bool, Error> {
        let public = Self::public(self.set(), &self.public_bytes()?)?;
        let (ciphertext, ours) = public.encapsulate()?;
        let theirs = self.decapsulate(&ciphertext)?;
        Ok(verify_slices_are_equal(&ours, &theirs).is_ok())
    }
}
