//! Wrapping by an AES key of the moment, which is itself wrapped by RSA OAEP or agreed upon over an elliptic curve (PKCS#11 3.1,
//! Mechanisms 6.1.22 and 6.3.21). The second half is AES key wrap with padding (SP 800-38F, KWP).

use std::sync::Arc;

use ck::{Algorithm, AttributeType, KeyType, Mechanism, MechanismType, ObjectClass, Params};
use zeroize::Zeroizing;

use crate::wrap::run;
use crate::{Error, Key, decryptor, ecdh, encryptor, random};

/// Wraps a value.
pub(crate) fn wrap(
    algorithm: Algorithm,
    params: &Params<'_>,
    key: &Arc<Key>,
    value: &[u8],
) -> Result<Vec<u8>, Error> {
    let transport = Transport::new(algorithm, params)?;
    let (mut wrapped, secret) = match &transport.carrier {
        Carrier::Oaep(oaep) => {
            let mut secret = Zeroizing::new(vec![0; transport.len]);
            random(&mut secret)?;
            let sealed = run(encryptor(rsa_oaep()?, oaep, key)?, &secret)?;
            (sealed.to_vec(), secret)
        }
        Carrier::Ecdh(ecdh) => {
            let agreed = ecdh::encapsulate(ecdh, key, Some(transport.len))?;
            (agreed.ciphertext, agreed.secret)
        }
    };
    let sealed = run(
        encryptor(key_wrap()?, &Params::None, &aes(&secret)?)?,
        value,
    )?;
    wrapped.extend_from_slice(&sealed);
    Ok(wrapped)
}

/// Undoes [`wrap`]. Whatever is wrong with what was wrapped has one cause: which half it was would be an oracle.
pub(crate) fn unwrap(
    algorithm: Algorithm,
    params: &Params<'_>,
    key: &Arc<Key>,
    wrapped: &[u8],
) -> Result<Zeroizing<Vec<u8>>, Error> {
    const INVALID: Error = Error::EncryptedDataInvalid;
    let transport = Transport::new(algorithm, params)?;
    let front = match &transport.carrier {
        Carrier::Oaep(_) => key.rsa_private()?.rsa().modulus_bits().div_ceil(8),
        Carrier::Ecdh(_) => key.ec_private()?.curve().point_len(),
    };
    let (front, sealed) = wrapped
        .split_at_checked(front)
        .ok_or(Error::EncryptedDataLenRange)?;
    // What AES key wrap gives: an integrity block and one or more.
    if sealed.len() < 16 || !sealed.len().is_multiple_of(8) {
        return Err(Error::EncryptedDataLenRange);
    }
    let secret = match &transport.carrier {
        Carrier::Oaep(oaep) => run(decryptor(rsa_oaep()?, oaep, key)?, front),
        Carrier::Ecdh(ecdh) => ecdh::decapsulate(ecdh, key, front, Some(transport.len)),
    };
    let secret = secret.map_err(|_| INVALID)?;
    if secret.len() != transport.len {
        return Err(INVALID);
    }
    run(
        decryptor(key_wrap()?, &Params::None, &aes(&secret)?)?,
        sealed,
    )
    .map_err(|_| INVALID)
}

/// The parameters.
struct Transport<'a> {
    carrier: Carrier<'a>,
    /// The length of the AES key in bytes.
    len: usize,
}

/// How the AES key gets across.
enum Carrier<'a> {
    Ecdh(Params<'a>),
    Oaep(Params<'a>),
}

impl<'a> Transport<'a> {
    fn new(algorithm: Algorithm, params: &Params<'a>) -> Result<Self, Error> {
        let (aes_bits, carrier) = match (algorithm, *params) {
            (
                Algorithm::RsaAesKeyWrap,
                Params::RsaAes {
                    aes_bits,
                    digest,
                    mgf,
                    label,
                },
            ) => {
                let oaep = Params::Oaep { digest, mgf, label };
                (aes_bits, Carrier::Oaep(oaep))
            }
            (
                Algorithm::EcdhAesKeyWrap,
                Params::EcdhAes {
                    aes_bits,
                    kdf,
                    shared_data,
                },
            ) => {
                let ecdh = Params::Ecdh {
                    kdf,
                    shared_data,
                    public_data: &[],
                };
                (aes_bits, Carrier::Ecdh(ecdh))
            }
            _ => return Err(Error::MechanismParamInvalid),
        };
        let len = match aes_bits {
            128 => 16,
            192 => 24,
            256 => 32,
            _ => return Err(Error::MechanismParamInvalid),
        };
        Ok(Self { carrier, len })
    }
}

fn rsa_oaep() -> Result<&'static Mechanism, Error> {
    ck::mechanism(MechanismType::RSA_PKCS_OAEP).ok_or(Error::MechanismInvalid)
}

fn key_wrap() -> Result<&'static Mechanism, Error> {
    ck::mechanism(MechanismType::AES_KEY_WRAP_KWP).ok_or(Error::MechanismInvalid)
}

fn aes(value: &[u8]) -> Result<Arc<Key>, Error> {
    let get = |id| (id == AttributeType::VALUE).then_some(value);
    Key::parse(ObjectClass::SECRET_KEY, KeyType::AES, &get).map(Arc::new)
}
