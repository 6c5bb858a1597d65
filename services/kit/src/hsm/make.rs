//! From nothing to a stored key.

use cryptoki::mechanism::Mechanism;
use cryptoki::object::{Attribute, AttributeType, ObjectHandle};
use cryptoki::session::Session;

use super::account::{self, Role};
use super::error::Fault;
use super::key::canonical;
use super::lease::Lease;
use super::template::{self, Home, Purpose};
use super::{Binding, Error, Hsm, Kind, Stored, Usage, spki};

/// What `generate` asks for, as errors name it.
const GENERATING: &str = "generating a key";

impl Hsm {
    /// Generates a key version in the HSM and returns it wrapped and sealed.
    ///
    /// # Errors
    /// If the usage does not suit the kind, or the HSM does not do it: see [`Error`].
    pub fn generate(
        &self,
        binding: &Binding<'_>,
        kind: Kind,
        usage: Usage,
    ) -> Result<Stored, Error> {
        check(kind, usage)?;
        self.pool.call(GENERATING, |lease| {
            offered(lease, kind, usage)?;
            let (handle, public) = generate(lease.session(), &Home::Session, kind, usage, true)?;
            let stored = store(lease, binding, handle, kind, usage, public);
            // The session object would live as long as the session, which is used again.
            lease.session().destroy_object(handle)?;
            stored
        })
    }
}

pub(super) fn check(kind: Kind, usage: Usage) -> Result<(), Error> {
    if usage.suits(kind) {
        return Ok(());
    }
    Err(Error::invalid(format!(
        "a key of the kind {kind} cannot {usage}"
    )))
}

pub(super) fn offered(lease: &Lease<'_>, kind: Kind, usage: Usage) -> Result<(), Error> {
    let offers = &lease.epoch().offers;
    if offers.has(kind) && offers.serves(usage) {
        return Ok(());
    }
    Err(Error::not_offered(format!(
        "keys of the kind {kind} to {usage}"
    )))
}

/// Generates a key and, of a pair, returns the public half, whose object goes at once.
pub(super) fn generate(
    session: &Session,
    home: &Home,
    kind: Kind,
    usage: Usage,
    extractable: bool,
) -> Result<(ObjectHandle, Option<Vec<u8>>), Fault> {
    let secret = |mechanism, bytes| {
        let template = template::secret(home, kind, bytes, Purpose::Of(usage), extractable);
        let handle = session.generate_key(&mechanism, &template)?;
        Ok((handle, None))
    };
    let mechanism = match kind {
        Kind::Aes { bits } => return secret(Mechanism::AesKeyGen, bits / 8),
        Kind::Hmac { bytes } => return secret(Mechanism::GenericSecretKeyGen, bytes),
        Kind::Rsa { .. } => Mechanism::RsaPkcsKeyPairGen,
        Kind::Ec(_) => Mechanism::EccKeyPairGen,
        Kind::Ed25519 => Mechanism::EccEdwardsKeyPairGen,
    };
    let (public, private) = template::pair(home, kind, usage, extractable)?;
    let (public, private) = session.generate_key_pair(&mechanism, &public, &private)?;
    let info = public_info(session, public, kind)?;
    session.destroy_object(public)?;
    Ok((private, Some(info)))
}

/// Reads the public key of an object: a public key or, of RSA, a private one.
pub(super) fn public_info(
    session: &Session,
    handle: ObjectHandle,
    kind: Kind,
) -> Result<Vec<u8>, Fault> {
    let wanted: &[AttributeType] = match kind {
        Kind::Rsa { .. } => &[AttributeType::Modulus, AttributeType::PublicExponent],
        _ => &[AttributeType::EcPoint],
    };
    let attributes = session.get_attributes(handle, wanted)?;
    let info = match (kind, attributes.as_slice()) {
        (
            Kind::Rsa { .. },
            [
                Attribute::Modulus(modulus),
                Attribute::PublicExponent(exponent),
            ],
        ) => spki::rsa(modulus, exponent)?,
        (Kind::Ec(curve), [Attribute::EcPoint(point)]) => spki::ec(curve, point)?,
        (Kind::Ed25519, [Attribute::EcPoint(point)]) => spki::ed25519(point)?,
        _ => {
            return Err(
                Error::not_offered(format!("the public half of a key of the kind {kind}")).into(),
            );
        }
    };
    // What cannot be read is not handed out.
    spki::read(&info)?;
    Ok(info)
}

/// The mechanism that wraps keys of a kind: RFC 3394 for secret keys, RFC 5649 for what is not a multiple of eight bytes.
pub(super) fn wrapping(kind: Kind) -> Mechanism<'static> {
    match kind {
        Kind::Aes { .. } => Mechanism::AesKeyWrap,
        Kind::Hmac { bytes } if bytes % 8 == 0 => Mechanism::AesKeyWrap,
        _ => Mechanism::AesKeyWrapPad,
    }
}

/// Wraps and seals a key.
pub(super) fn store(
    lease: &Lease<'_>,
    binding: &Binding<'_>,
    handle: ObjectHandle,
    kind: Kind,
    usage: Usage,
    public: Option<Vec<u8>>,
) -> Result<Stored, Fault> {
    let (session, epoch) = (lease.session(), lease.epoch());
    let (kek, kek_handle) = account::current(epoch, session, Role::Kek, binding.account)?;
    let mut wrapped = kek.to_vec();
    wrapped.extend(session.wrap_key(&wrapping(kind), kek_handle, handle)?);
    let mut stored = Stored {
        kind,
        usage,
        wrapped,
        seal: Vec::new(),
        public,
    };
    let (id, sealer) = account::current(epoch, session, Role::Seal, binding.account)?;
    let mac = session.sign(&Mechanism::Sha256Hmac, sealer, &canonical(binding, &stored))?;
    stored.seal = [id.as_slice(), &mac].concat();
    Ok(stored)
}
