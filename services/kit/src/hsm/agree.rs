//! Agreement on a shared secret.

use cryptoki::error::RvError;
use cryptoki::mechanism::Mechanism;
use cryptoki::mechanism::elliptic_curve::{EcKdf, Ecdh1DeriveParams};
use cryptoki::object::{Attribute, AttributeType, KeyType, ObjectClass};
use cryptoki::types::Ulong;
use zeroize::Zeroizing;

use super::error::Fault;
use super::{Binding, Error, Hsm, Kind, Material, Usage, spki};

/// What agreement asks for, as errors name it.
const AGREEING: &str = "deriving a shared secret";

impl Hsm {
    /// Derives the secret that is shared with the owner of another key on the same curve: the x coordinate, as in
    /// SEC 1, section 3.3.1.
    ///
    /// # Errors
    /// [`Error::Invalid`] if the peer's key is no key on the same curve; see [`Error`] for the others.
    pub fn agree(
        &self,
        binding: &Binding<'_>,
        material: &Material,
        peer: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, Error> {
        let peer = spki::read(peer)?;
        let Kind::Ec(curve) = peer.kind else {
            return Err(Error::invalid(format!(
                "{AGREEING}: the peer's key is {}",
                peer.kind
            )));
        };
        if material.kind() != peer.kind {
            let kinds = (material.kind(), peer.kind);
            return Err(Error::invalid(format!(
                "{AGREEING}: the keys are of different kinds, {} and {}",
                kinds.0, kinds.1
            )));
        }
        let len = u64::try_from(curve.bytes()).expect("a coordinate is short");
        let template = [
            Attribute::Class(ObjectClass::SECRET_KEY),
            Attribute::KeyType(KeyType::GENERIC_SECRET),
            Attribute::ValueLen(Ulong::new(len)),
            Attribute::Token(false),
            Attribute::Private(true),
            // It is the result, and leaves the HSM at once.
            Attribute::Sensitive(false),
            Attribute::Extractable(true),
        ];
        let key = (binding, material);
        self.with_key(AGREEING, key, Usage::Agree, |lease, handle| {
            let session = lease.session();
            let parameters = Ecdh1DeriveParams::new(EcKdf::null(), peer.bytes);
            let mechanism = Mechanism::Ecdh1Derive(parameters);
            let derived = session
                .derive_key(&mechanism, handle, &template)
                .map_err(|error| of_peer(error.into()))?;
            let value = session.get_attributes(derived, &[AttributeType::Value]);
            session.destroy_object(derived)?;
            match value?.pop() {
                Some(Attribute::Value(value)) => Ok(Zeroizing::new(value)),
                _ => Err(Fault::Own(Error::not_offered("reading a derived secret"))),
            }
        })
    }
}

/// Makes `Invalid` of what modules answer to a point that is not on the curve.
fn of_peer(fault: Fault) -> Fault {
    match fault.code() {
        Some(RvError::MechanismParamInvalid | RvError::DomainParamsInvalid) => Error::invalid(
            format!("{AGREEING}: the peer's key is no point on the curve"),
        )
        .into(),
        _ => fault,
    }
}
