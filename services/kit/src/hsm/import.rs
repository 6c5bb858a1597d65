//! Material that comes from outside, wrapped under a pair of ours. It is never in this process.

use cryptoki::error::RvError;
use cryptoki::mechanism::Mechanism;
use cryptoki::object::{Attribute, AttributeType, ObjectHandle};
use cryptoki::session::Session;

use super::crypt::oaep;
use super::error::Fault;
use super::lease::Lease;
use super::template::{self, Purpose};
use super::{Binding, Error, Hash, Hsm, Kind, Material, Stored, Usage, make, spki};

/// The length of the salt of a check value.
pub const SALT_BYTES: usize = 32;

/// What importing asks for, as errors name it.
const IMPORTING: &str = "importing a key";

/// The sizes of the temporary AES key that a private key is wrapped under, in bits.
const WRAPPER_BITS: &[u16] = &[256, 128];

/// The pair that imported material is wrapped for, and what that pair is bound to.
#[derive(Clone, Copy, Debug)]
pub struct Import<'a> {
    /// The binding of the pair.
    pub binding: &'a Binding<'a>,
    /// The pair, as [`Hsm::import_pair`] made it.
    pub pair: &'a Material,
}

impl Hsm {
    /// Generates an RSA-2048 pair whose private key can only unwrap what is imported.
    ///
    /// # Errors
    /// See [`Error`].
    pub fn import_pair(&self, binding: &Binding<'_>) -> Result<Stored, Error> {
        self.generate(binding, Kind::Rsa { bits: 2048 }, Usage::Import)
    }

    /// Takes in an AES key that was encrypted with RSA-OAEP (SHA-256) for a pair of ours.
    ///
    /// Beside the stored key it returns a check value: the salt, encrypted with the key. The same key gives the same value
    /// for the same salt, so that a later import can be compared with the first.
    ///
    /// # Errors
    /// [`Error::Refused`] if it does not decrypt, [`Error::Length`] if it is no key of that length; see [`Error`] for the others.
    pub fn import_symmetric(
        &self,
        import: &Import<'_>,
        blob: &[u8],
        (binding, kind): (&Binding<'_>, Kind),
        salt: &[u8; SALT_BYTES],
    ) -> Result<(Stored, [u8; SALT_BYTES]), Error> {
        let Kind::Aes { bits } = kind else {
            return Err(Error::invalid(format!(
                "{IMPORTING}: {kind} is not imported so"
            )));
        };
        self.import(import, |lease, pair| {
            let session = lease.session();
            let purpose = Purpose::Of(Usage::Encrypt);
            let handle = unwrap_secret(session, pair, blob, &[bits], (purpose, true))?;
            let result = fingerprint(session, handle, salt).and_then(|check| {
                let stored = make::store(lease, binding, handle, kind, Usage::Encrypt, None)?;
                Ok((stored, check))
            });
            session.destroy_object(handle)?;
            result
        })
    }

    /// Takes in a private key: the PKCS#8 form wrapped (RFC 5649) under an AES key of 128 or 256 bits, and that key encrypted with
    /// RSA-OAEP (SHA-256) for a pair of ours.
    ///
    /// # Errors
    /// [`Error::Refused`] if they do not unwrap to a key of that kind; see [`Error`] for the others.
    pub fn import_private(
        &self,
        import: &Import<'_>,
        (wrapper, blob): (&[u8], &[u8]),
        binding: &Binding<'_>,
        (kind, usage): (Kind, Usage),
    ) -> Result<Stored, Error> {
        make::check(kind, usage)?;
        if !kind.is_pair() {
            return Err(Error::invalid(format!(
                "{IMPORTING}: {kind} is no private key"
            )));
        }
        self.import(import, |lease, pair| {
            make::offered(lease, kind, usage)?;
            let session = lease.session();
            let unwraps = (Purpose::Wrap, false);
            let wrapper = unwrap_secret(session, pair, wrapper, WRAPPER_BITS, unwraps)?;
            let template = template::unwrapped(kind, Purpose::Of(usage), true);
            let handle = session.unwrap_key(&Mechanism::AesKeyWrapPad, wrapper, blob, &template);
            session.destroy_object(wrapper)?;
            let handle = handle.map_err(|error| unimportable(error.into()))?;
            let stored = public_of(session, handle, kind)
                .and_then(|public| make::store(lease, binding, handle, kind, usage, Some(public)));
            session.destroy_object(handle)?;
            stored
        })
    }

    fn import<T>(
        &self,
        import: &Import<'_>,
        call: impl Fn(&Lease<'_>, ObjectHandle) -> Result<T, Fault>,
    ) -> Result<T, Error> {
        let pair = (import.binding, import.pair);
        self.with_key(IMPORTING, pair, Usage::Import, call)
    }
}

/// Unwraps an AES key with RSA-OAEP into a session object and checks its length.
fn unwrap_secret(
    session: &Session,
    pair: ObjectHandle,
    blob: &[u8],
    sizes: &[u16],
    (purpose, extractable): (Purpose, bool),
) -> Result<ObjectHandle, Fault> {
    let template = template::unwrapped(Kind::Aes { bits: sizes[0] }, purpose, extractable);
    let unwrapped = session.unwrap_key(&oaep(Hash::Sha256), pair, blob, &template);
    let handle = unwrapped.map_err(|error| {
        let fault = Fault::from(error);
        match fault.code() {
            // The module does not take the parameters.
            Some(RvError::ArgumentsBad | RvError::MechanismParamInvalid) => {
                Error::not_offered("RSA-OAEP with SHA-256 for unwrapping").into()
            }
            _ if unwraps_to_a_secret(session, pair, blob) => {
                Error::Length { what: IMPORTING }.into()
            }
            _ => unimportable(fault),
        }
    })?;
    let lengths = session.get_attributes(handle, &[AttributeType::ValueLen])?;
    match lengths.as_slice() {
        [Attribute::ValueLen(len)] if sizes.iter().any(|bits| **len == u64::from(bits / 8)) => {
            Ok(handle)
        }
        _ => {
            session.destroy_object(handle)?;
            Err(Error::Length { what: IMPORTING }.into())
        }
    }
}

/// Tells whether a blob that gave no AES key is right in itself: then it holds a secret of another length. Modules do not
/// tell the two apart.
fn unwraps_to_a_secret(session: &Session, pair: ObjectHandle, blob: &[u8]) -> bool {
    let kind = Kind::Hmac { bytes: 32 };
    let template = template::unwrapped(kind, Purpose::Of(Usage::Mac), false);
    let unwrapped = session.unwrap_key(&oaep(Hash::Sha256), pair, blob, &template);
    let Ok(handle) = unwrapped else { return false };
    // What was only looked at goes again; if that fails, it goes with its session.
    let _ = session.destroy_object(handle);
    true
}

/// Encrypts the salt with the key: two blocks of AES-CBC.
fn fingerprint(
    session: &Session,
    key: ObjectHandle,
    salt: &[u8; SALT_BYTES],
) -> Result<[u8; SALT_BYTES], Fault> {
    let encrypted = session.encrypt(&Mechanism::AesCbc([0; 16]), key, salt)?;
    encrypted
        .as_slice()
        .try_into()
        .map_err(|_| Error::not_offered("AES-CBC as the standard has it").into())
}

/// Reads the public half of an unwrapped private key and checks that the key is of the kind.
fn public_of(session: &Session, handle: ObjectHandle, kind: Kind) -> Result<Vec<u8>, Fault> {
    let info = match kind {
        Kind::Rsa { .. } => make::public_info(session, handle, kind)?,
        _ => {
            let attributes = session.get_attributes(handle, &[AttributeType::PublicKeyInfo])?;
            match attributes.as_slice() {
                [Attribute::PublicKeyInfo(info)] if !info.is_empty() => info.clone(),
                _ => {
                    let what = "the public half of an imported key that is not RSA";
                    return Err(Error::not_offered(what).into());
                }
            }
        }
    };
    if spki::read(&info)?.kind == kind {
        return Ok(info);
    }
    Err(refused())
}

fn refused() -> Fault {
    Error::Refused { what: IMPORTING }.into()
}

/// Makes `Refused` of what modules answer to a blob that does not unwrap, or to something else than was said.
fn unimportable(fault: Fault) -> Fault {
    match fault.code() {
        Some(
            RvError::AttributeValueInvalid
            | RvError::CurveNotSupported
            | RvError::DataInvalid
            | RvError::DataLenRange
            | RvError::DomainParamsInvalid
            | RvError::EncryptedDataInvalid
            | RvError::EncryptedDataLenRange
            | RvError::FunctionFailed
            | RvError::GeneralError
            | RvError::KeySizeRange
            | RvError::KeyTypeInconsistent
            | RvError::TemplateInconsistent
            | RvError::WrappedKeyInvalid
            | RvError::WrappedKeyLenRange,
        ) => refused(),
        _ => fault,
    }
}
