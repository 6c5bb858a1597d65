//! Secrets of accounts, sealed with a key that never leaves the HSM.

use iam::sealing::{SealError, Sealer};
use kit::hsm::Hsm;
use zeroize::Zeroizing;

/// Seals in an HSM.
pub(crate) struct HsmSealer(pub(crate) Hsm);

impl HsmSealer {
    /// The context as the HSM's face takes it: bytes that are text, since IAM makes them of identifiers.
    fn context(bytes: &[u8]) -> Result<&str, SealError> {
        str::from_utf8(bytes).map_err(|error| SealError(error.to_string()))
    }
}

impl Sealer for HsmSealer {
    fn seal(&self, context: &[u8], secret: &[u8]) -> Result<Vec<u8>, SealError> {
        self.0
            .seal_secret(Self::context(context)?, secret)
            .map_err(|error| SealError(error.to_string()))
    }

    fn open(&self, context: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError> {
        self.0
            .open_secret(Self::context(context)?, sealed)
            .map_err(|error| SealError(error.to_string()))
    }
}
