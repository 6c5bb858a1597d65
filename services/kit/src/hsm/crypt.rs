//! Encryption: AES-GCM and RSA-OAEP.

use aws_lc_rs::rsa::{
    OAEP_SHA1_MGF1SHA1, OAEP_SHA256_MGF1SHA256, OAEP_SHA384_MGF1SHA384, OAEP_SHA512_MGF1SHA512,
    OaepAlgorithm, OaepPublicEncryptingKey, PublicEncryptingKey,
};
use cryptoki::error::RvError;
use cryptoki::mechanism::aead::GcmParams;
use cryptoki::mechanism::rsa::{PkcsMgfType, PkcsOaepParams, PkcsOaepSource};
use cryptoki::mechanism::{Mechanism, MechanismType};
use cryptoki::object::ObjectHandle;
use cryptoki::session::Session;
use cryptoki::types::Ulong;
use zeroize::Zeroizing;

use crate::id;

use super::error::Fault;
use super::lease::Lease;
use super::{Binding, Error, Hash, Hsm, Kind, Material, Usage};

/// The length of a nonce of GCM. It is random, which is safe for 2^32 messages under one key.
pub(super) const IV_BYTES: usize = 12;
/// The length of a tag of GCM.
pub(super) const TAG_BYTES: usize = 16;

impl Hsm {
    /// Encrypts with AES-GCM: nonce (12 bytes), ciphertext, tag (16 bytes).
    ///
    /// # Errors
    /// See [`Error`].
    pub fn encrypt_gcm(
        &self,
        binding: &Binding<'_>,
        material: &Material,
        aad: &[u8],
        plain: &[u8],
    ) -> Result<Vec<u8>, Error> {
        let key = (binding, material);
        self.with_key("encrypting", key, Usage::Encrypt, |lease, handle| {
            seal(lease.session(), handle, aad, plain)
        })
    }

    /// Decrypts what [`Self::encrypt_gcm`] gave.
    ///
    /// # Errors
    /// [`Error::Refused`] if anything was changed; see [`Error`] for the others.
    pub fn decrypt_gcm(
        &self,
        binding: &Binding<'_>,
        material: &Material,
        aad: &[u8],
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, Error> {
        let key = (binding, material);
        self.with_key("decrypting", key, Usage::Encrypt, |lease, handle| {
            open(lease.session(), handle, aad, sealed)
        })
    }

    /// Encrypts with RSA-OAEP, with the hash function for the label and the mask, and no label.
    ///
    /// It is done here, with the public key, but only if the HSM could decrypt it.
    ///
    /// # Errors
    /// See [`Error`].
    pub fn rsa_oaep_encrypt(
        &self,
        binding: &Binding<'_>,
        material: &Material,
        hash: Hash,
        plain: &[u8],
    ) -> Result<Vec<u8>, Error> {
        let key = (binding, material);
        let what = "encrypting with RSA-OAEP";
        self.with_key(what, key, Usage::Encrypt, |lease, handle| {
            Ok(oaep_works(lease, handle, hash)?)
        })?;
        let public = material.public().unwrap_or_default();
        let unusable = |_| Error::invalid(format!("{what}: the key is no RSA key"));
        let public = PublicEncryptingKey::from_der(public).map_err(|_| unusable(()))?;
        let public = OaepPublicEncryptingKey::new(public).map_err(|_| unusable(()))?;
        let algorithm = oaep_algorithm(hash);
        if plain.len() > public.max_plaintext_size(algorithm) {
            return Err(Error::invalid(format!(
                "{what}: the plaintext is too long for the key"
            )));
        }
        let mut ciphertext = vec![0; public.ciphertext_size()];
        let encrypted = public.encrypt(algorithm, plain, &mut ciphertext, None);
        encrypted.map_err(|_| unusable(()))?;
        Ok(ciphertext)
    }

    /// Decrypts what was encrypted with RSA-OAEP.
    ///
    /// # Errors
    /// [`Error::Refused`] if it was not encrypted so for this key; see [`Error`] for the others.
    pub fn rsa_oaep_decrypt(
        &self,
        binding: &Binding<'_>,
        material: &Material,
        hash: Hash,
        ciphertext: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, Error> {
        let key = (binding, material);
        let what = "decrypting with RSA-OAEP";
        let Kind::Rsa { bits } = material.kind() else {
            return Err(Error::invalid(format!("{what}: the key is no RSA key")));
        };
        if ciphertext.len() != usize::from(bits / 8) {
            return Err(Error::Refused { what });
        }
        self.with_key(what, key, Usage::Encrypt, |lease, handle| {
            oaep_works(lease, handle, hash)?;
            let plain = lease.session().decrypt(&oaep(hash), handle, ciphertext);
            plain
                .map(Zeroizing::new)
                .map_err(|error| undecryptable(error.into(), what))
        })
    }
}

/// Encrypts with AES-GCM under a fresh nonce.
pub(super) fn seal(
    session: &Session,
    key: ObjectHandle,
    aad: &[u8],
    plain: &[u8],
) -> Result<Vec<u8>, Fault> {
    let iv = id::random::<IV_BYTES>();
    let mut given = iv;
    let parameters = GcmParams::new(&mut given, aad, tag_bits())?;
    let sealed = session.encrypt(&Mechanism::AesGcm(parameters), key, plain)?;
    Ok([iv.as_slice(), &sealed].concat())
}

/// Decrypts what [`seal`] gave.
pub(super) fn open(
    session: &Session,
    key: ObjectHandle,
    aad: &[u8],
    sealed: &[u8],
) -> Result<Zeroizing<Vec<u8>>, Fault> {
    let what = "decrypting";
    let split = sealed.split_first_chunk::<IV_BYTES>();
    let (iv, rest) = split.ok_or(Error::Refused { what })?;
    if rest.len() < TAG_BYTES {
        return Err(Error::Refused { what }.into());
    }
    let mut iv = *iv;
    let parameters = GcmParams::new(&mut iv, aad, tag_bits())?;
    let decrypted = session.decrypt(&Mechanism::AesGcm(parameters), key, rest);
    let fault = match decrypted {
        Ok(plain) => return Ok(Zeroizing::new(plain)),
        Err(error) => Fault::from(error),
    };
    if is_vague(&fault) {
        // If the HSM is at fault, it will not encrypt either.
        seal(session, key, b"", b"")?;
    }
    Err(undecryptable(fault, what))
}

fn tag_bits() -> Ulong {
    Ulong::new(128)
}

/// Tells whether a code may mean a ciphertext that does not fit as well as a fault: older modules know no better word.
fn is_vague(fault: &Fault) -> bool {
    matches!(
        fault.code(),
        Some(RvError::FunctionFailed | RvError::GeneralError)
    )
}

/// Makes `Refused` of what modules answer to a ciphertext that does not fit.
fn undecryptable(fault: Fault, what: &'static str) -> Fault {
    /// `CKR_AEAD_DECRYPT_FAILED` (PKCS#11 3.0), which the binding does not know by name.
    const AEAD_DECRYPT_FAILED: RvError = RvError::UnknownErrorCode(0x35);
    match fault.code() {
        Some(
            AEAD_DECRYPT_FAILED
            | RvError::DataInvalid
            | RvError::DataLenRange
            | RvError::EncryptedDataInvalid
            | RvError::EncryptedDataLenRange,
        ) => Error::Refused { what }.into(),
        _ if is_vague(&fault) => Error::Refused { what }.into(),
        _ => fault,
    }
}

/// The mechanism of RSA-OAEP with a hash function.
pub(super) fn oaep(hash: Hash) -> Mechanism<'static> {
    let (hash, mask) = match hash {
        Hash::Sha1 => (MechanismType::SHA1, PkcsMgfType::MGF1_SHA1),
        Hash::Sha256 => (MechanismType::SHA256, PkcsMgfType::MGF1_SHA256),
        Hash::Sha384 => (MechanismType::SHA384, PkcsMgfType::MGF1_SHA384),
        Hash::Sha512 => (MechanismType::SHA512, PkcsMgfType::MGF1_SHA512),
    };
    Mechanism::RsaPkcsOaep(PkcsOaepParams::new(hash, mask, PkcsOaepSource::empty()))
}

fn oaep_algorithm(hash: Hash) -> &'static OaepAlgorithm {
    match hash {
        Hash::Sha1 => &OAEP_SHA1_MGF1SHA1,
        Hash::Sha256 => &OAEP_SHA256_MGF1SHA256,
        Hash::Sha384 => &OAEP_SHA384_MGF1SHA384,
        Hash::Sha512 => &OAEP_SHA512_MGF1SHA512,
    }
}

/// Checks that the module decrypts RSA-OAEP with that hash function, which no mechanism flag tells: it is tried once.
fn oaep_works(lease: &Lease<'_>, key: ObjectHandle, hash: Hash) -> Result<(), Error> {
    let epoch = lease.epoch();
    let works = epoch.oaep(hash).unwrap_or_else(|| {
        let tried = lease.probe(|session| session.decrypt_init(&oaep(hash), key));
        let Some(works) = tried else {
            return true;
        };
        epoch.learn_oaep(hash, works);
        works
    });
    if works {
        return Ok(());
    }
    Err(Error::not_offered(format!("RSA-OAEP with {hash:?}")))
}
