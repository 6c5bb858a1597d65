//! Message authentication codes.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use cryptoki::mechanism::Mechanism;

use super::{Binding, Error, Hash, Hsm, Material, Usage};

impl Hsm {
    /// Computes an HMAC.
    ///
    /// # Errors
    /// See [`Error`].
    pub fn mac(
        &self,
        binding: &Binding<'_>,
        material: &Material,
        hash: Hash,
        data: &[u8],
    ) -> Result<Vec<u8>, Error> {
        let key = (binding, material);
        self.with_key("computing a MAC", key, Usage::Mac, |lease, handle| {
            Ok(lease.session().sign(&mechanism(hash), handle, data)?)
        })
    }

    /// Tells whether an HMAC is right.
    ///
    /// # Errors
    /// See [`Error`]. A wrong MAC is no error.
    pub fn mac_verify(
        &self,
        binding: &Binding<'_>,
        material: &Material,
        hash: Hash,
        (data, mac): (&[u8], &[u8]),
    ) -> Result<bool, Error> {
        let right = self.mac(binding, material, hash, data)?;
        Ok(verify_slices_are_equal(&right, mac).is_ok())
    }
}

fn mechanism(hash: Hash) -> Mechanism<'static> {
    match hash {
        Hash::Sha1 => Mechanism::Sha1Hmac,
        Hash::Sha256 => Mechanism::Sha256Hmac,
        Hash::Sha384 => Mechanism::Sha384Hmac,
        Hash::Sha512 => Mechanism::Sha512Hmac,
    }
}
