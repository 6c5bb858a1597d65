//! Making keys and random bytes.

use std::sync::Arc;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use ck::{Algorithm, AttributeType, KeyType, Mechanism, MechanismType, ObjectClass, Params, Sm};
use zeroize::Zeroizing;

use crate::ffi::{DsaKey, EcKey, KemKey, Rsa};
use crate::key::{
    EdwardsPrivate, LatticeKey, MontgomeryPrivate, Seeded, SlhPrivate, check_secret_len,
    fixed_secret_len, pair, set_parity,
};
use crate::sm::Sm2Private;
use crate::{Error, Key, Material, dh, dsa, param, pbkdf2, signer, tls, verifier};

/// The public exponent of a request that names none.
const DEFAULT_EXPONENT: &[u8] = &[1, 0, 1];
/// The modulus comes in steps of this many bits. The library rounds other sizes down without a word.
const MODULUS_STEP: u64 = 256;

/// What a key pair is to be like.
#[derive(Clone, Copy, Debug, Default)]
pub struct PairRequest<'a> {
    /// `CKA_MODULUS_BITS` (RSA).
    pub modulus_bits: Option<u64>,
    /// `CKA_PUBLIC_EXPONENT` (RSA); 65,537 if there is none.
    pub public_exponent: Option<&'a [u8]>,
    /// `CKA_EC_PARAMS` (EC).
    pub ec_params: Option<&'a [u8]>,
    /// `CKA_PARAMETER_SET` (ML-DSA, ML-KEM).
    pub parameter_set: Option<u64>,
    /// `CKA_PRIME` (Diffie-Hellman, DSA).
    pub prime: Option<&'a [u8]>,
    /// `CKA_SUBPRIME` (DSA).
    pub subprime: Option<&'a [u8]>,
    /// `CKA_BASE` (Diffie-Hellman, DSA).
    pub base: Option<&'a [u8]>,
    /// `CKA_VALUE_BITS` of the private half (Diffie-Hellman).
    pub value_bits: Option<u64>,
}

/// Fills a buffer from the library's random generator.
///
/// # Errors
///
/// The operating system gave no entropy.
pub fn random(out: &mut [u8]) -> Result<(), Error> {
    aws_lc_rs::rand::fill(out).map_err(|_| Error::Provider("RAND_bytes"))
}

/// The length in bytes of a key of one-time passwords whose template names none: what RFC 4226 recommends (4, R6).
const HOTP_LEN: usize = 20;

/// Generates a secret key of `value_len` bytes, or of the only length that such keys have; the result is its `CKA_VALUE`.
/// Of domain parameters the length is that of their prime in bits, and the result is what they consist of.
///
/// # Errors
///
/// The mechanism does not generate secret keys, or the length is missing or out of its range.
pub fn generate_key(
    mechanism: &Mechanism,
    params: &Params<'_>,
    value_len: Option<u64>,
) -> Result<Material, Error> {
    let key_type = match mechanism.algorithm {
        Algorithm::AesKeyGen => KeyType::AES,
        Algorithm::AesXtsKeyGen => KeyType::AES_XTS,
        Algorithm::DhParameterGen => {
            param::none(params)?;
            return dh::generate_parameters(value_len);
        }
        Algorithm::DsaParameterGen => {
            param::none(params)?;
            return dsa::generate_parameters(value_len);
        }
        Algorithm::GenericKeyGen => KeyType::GENERIC_SECRET,
        Algorithm::HkdfKeyGen => KeyType::HKDF,
        Algorithm::HotpKeyGen => KeyType::HOTP,
        Algorithm::Pbkdf2 => {
            let key_type = mechanism.key_type.ok_or(Error::MechanismInvalid)?;
            return generate_from_password(mechanism, params, key_type, value_len);
        }
        Algorithm::TlsPreMasterKeyGen => {
            let value = tls::generate_pre_master(params, value_len)?;
            return Ok(vec![(AttributeType::VALUE, value)]);
        }
        Algorithm::SecretKeyGen => mechanism.key_type.ok_or(Error::MechanismInvalid)?,
        _ => return Err(Error::MechanismInvalid),
    };
    param::none(params)?;
    let len = match (value_len, fixed_secret_len(key_type)) {
        (Some(len), _) => usize::try_from(len).map_err(|_| Error::KeySizeRange)?,
        (None, Some(len)) => len,
        (None, None) if key_type == KeyType::HOTP => HOTP_LEN,
        (None, None) => return Err(Error::TemplateIncomplete(AttributeType::VALUE_LEN)),
    };
    check_secret_len(key_type, len)?;
    let mut value = Zeroizing::new(vec![0; len]);
    random(&mut value)?;
    set_parity(key_type, &mut value);
    Ok(vec![(AttributeType::VALUE, value)])
}

/// Makes a secret key of this type out of a password.
///
/// # Errors
///
/// The mechanism does nothing of the kind, its parameter does not fit, or the length is missing or out of its range.
pub fn generate_from_password(
    mechanism: &Mechanism,
    params: &Params<'_>,
    key_type: KeyType,
    value_len: Option<u64>,
) -> Result<Material, Error> {
    if mechanism.algorithm != Algorithm::Pbkdf2 {
        return Err(Error::MechanismInvalid);
    }
    let mut value = pbkdf2::generate(params, key_type, value_len)?;
    set_parity(key_type, &mut value);
    Ok(vec![(AttributeType::VALUE, value)])
}

/// Generates a key pair and makes sure that its halves belong together; gives the public half first.
///
/// RSA takes up to several seconds.
///
/// # Errors
///
/// The mechanism does not generate key pairs, or the request lacks something or asks for what there is not.
pub fn generate_pair(
    mechanism: &Mechanism,
    params: &Params<'_>,
    request: &PairRequest<'_>,
) -> Result<(Material, Material), Error> {
    let generate = match mechanism.algorithm {
        Algorithm::DhKeyPairGen => dh::generate_pair,
        Algorithm::DsaKeyPairGen => dsa::generate_pair,
        Algorithm::EcKeyPairGen => generate_ec,
        Algorithm::EdwardsKeyPairGen => generate_edwards,
        Algorithm::MlDsaKeyPairGen => generate_lattice::<DsaKey>,
        Algorithm::MlKemKeyPairGen => generate_lattice::<KemKey>,
        Algorithm::SlhDsaKeyPairGen => generate_slh_dsa,
        Algorithm::MontgomeryKeyPairGen => generate_montgomery,
        Algorithm::RsaKeyPairGen => generate_rsa,
        Algorithm::Sm(Sm::Sm2KeyPairGen) => generate_sm2,
        _ => return Err(Error::MechanismInvalid),
    };
    param::none(params)?;
    generate(mechanism, request)
}

fn generate_ec(
    _mechanism: &Mechanism,
    request: &PairRequest<'_>,
) -> Result<(Material, Material), Error> {
    let params = request
        .ec_params
        .ok_or(Error::TemplateIncomplete(AttributeType::EC_PARAMS))?;
    let key = EcKey::generate(pair::curve(params)?)?;
    let public = pair::ec_public_material(&key)?;
    let private = pair::ec_private_material(&key)?;
    check_pair(KeyType::EC, MechanismType::ECDSA, &public, &private)?;
    Ok((public, private))
}

fn generate_edwards(
    _mechanism: &Mechanism,
    request: &PairRequest<'_>,
) -> Result<(Material, Material), Error> {
    let params = request
        .ec_params
        .ok_or(Error::TemplateIncomplete(AttributeType::EC_PARAMS))?;
    let key = EdwardsPrivate::generate(pair::named_curve(params)?)?;
    let public = pair::edwards_public_material(&key.public())?;
    let private = pair::edwards_private_material(&key)?;
    let mechanism = MechanismType::EDDSA;
    check_pair(KeyType::EC_EDWARDS, mechanism, &public, &private)?;
    Ok((public, private))
}

fn generate_lattice<K: LatticeKey>(
    _mechanism: &Mechanism,
    request: &PairRequest<'_>,
) -> Result<(Material, Material), Error> {
    let number = request
        .parameter_set
        .ok_or(Error::TemplateIncomplete(AttributeType::PARAMETER_SET))?;
    let set = pair::lattice_set::<K>(number)?;
    let mut seed = Zeroizing::new(vec![0; K::SEED_LEN]);
    random(&mut seed)?;
    let key = Seeded::<K>::from_seed(set, &seed)?;
    if !key.key().is_consistent()? {
        return Err(Error::Provider("the pairwise consistency test"));
    }
    let public = pair::lattice_public_material(key.key())?;
    Ok((public, key.material()?))
}

fn generate_slh_dsa(
    _mechanism: &Mechanism,
    request: &PairRequest<'_>,
) -> Result<(Material, Material), Error> {
    let number = request
        .parameter_set
        .ok_or(Error::TemplateIncomplete(AttributeType::PARAMETER_SET))?;
    let key = SlhPrivate::generate(number)?;
    let public = pair::slh_public_material(&key.public())?;
    Ok((public, pair::slh_private_material(&key)?))
}

fn generate_montgomery(
    _mechanism: &Mechanism,
    request: &PairRequest<'_>,
) -> Result<(Material, Material), Error> {
    let params = request
        .ec_params
        .ok_or(Error::TemplateIncomplete(AttributeType::EC_PARAMS))?;
    const FAILED: Error = Error::Provider("the pairwise consistency test");
    let curve = pair::named_curve(params)?;
    let (key, other) = (
        MontgomeryPrivate::generate(curve)?,
        MontgomeryPrivate::generate(curve)?,
    );
    // The pair does not sign: that its halves belong together shows in an agreement.
    let ours = key.agree(&other.public()).ok_or(FAILED)?;
    let theirs = other.agree(&key.public()).ok_or(FAILED)?;
    verify_slices_are_equal(&ours, &theirs).map_err(|_| FAILED)?;
    let public = pair::montgomery_public_material(&key.public())?;
    let private = pair::montgomery_private_material(&key)?;
    Ok((public, private))
}

fn generate_rsa(
    mechanism: &Mechanism,
    request: &PairRequest<'_>,
) -> Result<(Material, Material), Error> {
    let bits = request
        .modulus_bits
        .ok_or(Error::TemplateIncomplete(AttributeType::MODULUS_BITS))?;
    let (least, most) = mechanism.key_sizes.range();
    if !(least..=most).contains(&bits) || bits % MODULUS_STEP != 0 {
        return Err(Error::KeySizeRange);
    }
    let exponent = pair::check_exponent(request.public_exponent.unwrap_or(DEFAULT_EXPONENT))?;
    let size = usize::try_from(bits).map_err(|_| Error::KeySizeRange)?;
    let key = Rsa::generate(size, &exponent)?;
    if key.modulus_bits() != size {
        return Err(Error::Provider("RSA_generate_key_ex"));
    }
    let public = pair::rsa_public_material(&key)?;
    let private = pair::rsa_private_material(&key)?;
    check_pair(KeyType::RSA, MechanismType::RSA_PKCS, &public, &private)?;
    Ok((public, private))
}

fn generate_sm2(
    _mechanism: &Mechanism,
    request: &PairRequest<'_>,
) -> Result<(Material, Material), Error> {
    let params = request
        .ec_params
        .ok_or(Error::TemplateIncomplete(AttributeType::EC_PARAMS))?;
    pair::named_curve::<pair::Sm2Curve>(params)?;
    let key = Sm2Private::generate()?;
    let public = pair::sm2_public_material(key.public())?;
    let private = pair::sm2_private_material(&key)?;
    let mechanism = MechanismType::DEW_SM2;
    check_pair(KeyType::DEW_SM2, mechanism, &public, &private)?;
    Ok((public, private))
}

/// Signs with one half of a pair and verifies with the other, both made from the attributes that will be stored
/// (the pairwise consistency test of FIPS 140-3).
fn check_pair(
    key_type: KeyType,
    mechanism: MechanismType,
    public: &Material,
    private: &Material,
) -> Result<(), Error> {
    const FAILED: Error = Error::Provider("the pairwise consistency test");
    let mechanism = ck::mechanism(mechanism).ok_or(FAILED)?;
    let parse = |class, material: &Material| {
        let get = |id| value(material, id);
        Key::parse(class, key_type, &get).map(Arc::new)
    };
    let public = parse(ObjectClass::PUBLIC_KEY, public)?;
    let private = parse(ObjectClass::PRIVATE_KEY, private)?;
    let mut message = [0; 32];
    random(&mut message)?;
    let mut signing = signer(mechanism, &Params::None, &private)?;
    signing.update(&message)?;
    let signature = signing.finish()?;
    let mut verifying = verifier(mechanism, &Params::None, &public)?;
    verifying.update(&message)?;
    verifying.finish(&signature).map_err(|_| FAILED)
}

/// Finds a value among the attributes of a key.
fn value(material: &Material, id: AttributeType) -> Option<&[u8]> {
    material
        .iter()
        .find(|(candidate, _)| *candidate == id)
        .map(|(_, value)| value.as_slice())
}
