//! Keys: attribute values, checked and parsed once, ready for use many times.

mod attributes;
mod dh;
mod ec;
mod edwards;
mod field_dsa;
mod lattice;
mod ml_dsa;
mod ml_kem;
mod montgomery;
mod named_curve;
mod pkcs8;
mod rsa;
mod rsa_factor;
mod rsa_weakness;
mod secret;
mod slh_dsa;
mod sm2;

use ck::{AttributeType, Digest, KeyType, ObjectClass};
use zeroize::Zeroizing;

pub(crate) use attributes::Attributes;
pub(crate) use edwards::{EddsaScheme, EdwardsCurve, EdwardsPrivate, EdwardsPublic};
pub(crate) use lattice::{LatticeKey, Seeded};
use montgomery::MontgomeryCurve;
pub(crate) use montgomery::{MontgomeryPrivate, MontgomeryPublic};
pub use pkcs8::private_from_pkcs8;
pub(crate) use pkcs8::{
    DH_KEY_AGREEMENT, DSA, EC_PUBLIC_KEY, RSA_ENCRYPTION, dh_params, dsa_params,
};
pub(crate) use rsa::RsaPrivateKey;
pub(crate) use slh_dsa::{SlhPrivate, SlhPublic};

use crate::ffi::{Dh, DsaKey, EcKey, FieldDsa, KemKey, Rsa};
use crate::sm::{Sm2Private, Sm2Public};
use crate::{Error, Material};

/// A key in the form that the mechanisms use: parsed, checked, and wiped when dropped.
///
/// It is not `Debug`, `Clone` or comparable; share it in an `Arc`.
pub struct Key {
    key_type: KeyType,
    parts: Parts,
}

enum Parts {
    DhPrivate(Dh),
    DhPublic(Dh),
    EcPrivate(EcKey),
    EcPublic(EcKey),
    FieldDsaPrivate(FieldDsa),
    FieldDsaPublic(FieldDsa),
    EdwardsPrivate(EdwardsPrivate),
    EdwardsPublic(EdwardsPublic),
    DsaPrivate(Seeded<DsaKey>),
    DsaPublic(DsaKey),
    KemPrivate(Seeded<KemKey>),
    KemPublic(KemKey),
    MontgomeryPrivate(MontgomeryPrivate),
    MontgomeryPublic(MontgomeryPublic),
    RsaPrivate(RsaPrivateKey),
    RsaPublic(Rsa),
    Secret(Zeroizing<Vec<u8>>),
    SlhPrivate(SlhPrivate),
    SlhPublic(SlhPublic),
    Sm2Private(Sm2Private),
    Sm2Public(Sm2Public),
}

impl Key {
    /// Parses the attributes of a key object and checks that they make a key.
    ///
    /// RSA numbers must belong together, have a modulus of 1,024 to 8,192 bits and an odd public exponent from 65,537;
    /// points must be on their curve, scalars below the order, AES keys 16, 24 or 32 bytes long, and the halves of XTS keys different. A private RSA key
    /// needs modulus and both exponents only: what else is missing is computed.
    ///
    /// # Errors
    ///
    /// Names the attribute that is missing or wrong, or tells that size, curve or type of the key are not supported.
    pub fn parse<'a>(
        class: ObjectClass,
        key_type: KeyType,
        get: &dyn Fn(AttributeType) -> Option<&'a [u8]>,
    ) -> Result<Self, Error> {
        let attributes = Attributes::new(get);
        let parts = match (class, key_type) {
            (ObjectClass::PRIVATE_KEY, KeyType::DSA) => {
                Parts::FieldDsaPrivate(field_dsa::private(attributes)?)
            }
            (ObjectClass::PUBLIC_KEY, KeyType::DSA) => {
                Parts::FieldDsaPublic(field_dsa::public(attributes)?)
            }
            (ObjectClass::PRIVATE_KEY, KeyType::DH) => Parts::DhPrivate(dh::private(attributes)?),
            (ObjectClass::PUBLIC_KEY, KeyType::DH) => Parts::DhPublic(dh::public(attributes)?),
            (ObjectClass::PRIVATE_KEY, KeyType::EC) => Parts::EcPrivate(ec::private(attributes)?),
            (ObjectClass::PUBLIC_KEY, KeyType::EC) => Parts::EcPublic(ec::public(attributes)?),
            (ObjectClass::PRIVATE_KEY, KeyType::EC_EDWARDS) => {
                Parts::EdwardsPrivate(edwards::private(attributes)?)
            }
            (ObjectClass::PUBLIC_KEY, KeyType::EC_EDWARDS) => {
                Parts::EdwardsPublic(edwards::public(attributes)?)
            }
            (ObjectClass::PRIVATE_KEY, KeyType::EC_MONTGOMERY) => {
                Parts::MontgomeryPrivate(montgomery::private(attributes)?)
            }
            (ObjectClass::PUBLIC_KEY, KeyType::EC_MONTGOMERY) => {
                Parts::MontgomeryPublic(montgomery::public(attributes)?)
            }
            (ObjectClass::PRIVATE_KEY, KeyType::ML_KEM) => {
                Parts::KemPrivate(lattice::private(attributes)?)
            }
            (ObjectClass::PUBLIC_KEY, KeyType::ML_KEM) => {
                Parts::KemPublic(lattice::public(attributes)?)
            }
            (ObjectClass::PRIVATE_KEY, KeyType::ML_DSA) => {
                Parts::DsaPrivate(lattice::private(attributes)?)
            }
            (ObjectClass::PUBLIC_KEY, KeyType::ML_DSA) => {
                Parts::DsaPublic(lattice::public(attributes)?)
            }
            (ObjectClass::PRIVATE_KEY, KeyType::SLH_DSA) => {
                Parts::SlhPrivate(slh_dsa::private(attributes)?)
            }
            (ObjectClass::PUBLIC_KEY, KeyType::SLH_DSA) => {
                Parts::SlhPublic(slh_dsa::public(attributes)?)
            }
            (ObjectClass::PRIVATE_KEY, KeyType::RSA) => {
                Parts::RsaPrivate(RsaPrivateKey::parse(attributes)?)
            }
            (ObjectClass::PUBLIC_KEY, KeyType::RSA) => Parts::RsaPublic(rsa::public(attributes)?),
            (ObjectClass::PRIVATE_KEY, KeyType::DEW_SM2) => {
                Parts::Sm2Private(sm2::private(attributes)?)
            }
            (ObjectClass::PUBLIC_KEY, KeyType::DEW_SM2) => {
                Parts::Sm2Public(sm2::public(attributes)?)
            }
            (ObjectClass::SECRET_KEY | ObjectClass::OTP_KEY, key_type) => {
                Parts::Secret(secret::parse(class, key_type, attributes)?)
            }
            _ => return Err(Error::KeyTypeInconsistent),
        };
        Ok(Self { key_type, parts })
    }

    /// Returns the size of the key: in bits for RSA, Diffie-Hellman, DSA and EC keys, in bytes for secret keys; of keys over lattices, that of the
    /// public key in bytes.
    #[must_use]
    pub fn size(&self) -> u64 {
        let size = match &self.parts {
            Parts::DhPrivate(key) | Parts::DhPublic(key) => key.bits(),
            Parts::FieldDsaPrivate(key) | Parts::FieldDsaPublic(key) => key.bits(),
            Parts::EcPrivate(key) | Parts::EcPublic(key) => key.curve().bits(),
            Parts::EdwardsPrivate(key) => key.curve().bits(),
            Parts::EdwardsPublic(key) => key.curve().bits(),
            Parts::DsaPrivate(key) => key.key().set().public_len(),
            Parts::DsaPublic(key) => key.set().public_len(),
            Parts::KemPrivate(key) => key.key().set().public_len(),
            Parts::KemPublic(key) => key.set().public_len(),
            Parts::MontgomeryPrivate(key) => key.curve().bits(),
            Parts::MontgomeryPublic(key) => key.curve().bits(),
            Parts::RsaPrivate(key) => key.rsa().modulus_bits(),
            Parts::RsaPublic(key) => key.modulus_bits(),
            Parts::Secret(value) => value.len(),
            Parts::SlhPrivate(key) => key.set().public_len(),
            Parts::SlhPublic(key) => key.bytes().len(),
            Parts::Sm2Private(_) | Parts::Sm2Public(_) => Sm2Public::BITS,
        };
        u64::try_from(size).expect("the sizes of keys are bounded by the parsers")
    }

    /// Returns the RSA private key that this must be.
    pub(crate) const fn rsa_private(&self) -> Result<&RsaPrivateKey, Error> {
        match &self.parts {
            Parts::RsaPrivate(key) => Ok(key),
            Parts::RsaPublic(_) => Err(Error::KeyFunctionNotPermitted),
            _ => Err(Error::KeyTypeInconsistent),
        }
    }

    /// Returns the RSA public key that this must be.
    pub(crate) const fn rsa_public(&self) -> Result<&Rsa, Error> {
        match &self.parts {
            Parts::RsaPublic(key) => Ok(key),
            Parts::RsaPrivate(_) => Err(Error::KeyFunctionNotPermitted),
            _ => Err(Error::KeyTypeInconsistent),
        }
    }

    /// Returns the elliptic curve private key that this must be.
    pub(crate) const fn ec_private(&self) -> Result<&EcKey, Error> {
        match &self.parts {
            Parts::EcPrivate(key) => Ok(key),
            Parts::EcPublic(_) => Err(Error::KeyFunctionNotPermitted),
            _ => Err(Error::KeyTypeInconsistent),
        }
    }

    /// Returns the elliptic curve public key that this must be.
    pub(crate) const fn ec_public(&self) -> Result<&EcKey, Error> {
        match &self.parts {
            Parts::EcPublic(key) => Ok(key),
            Parts::EcPrivate(_) => Err(Error::KeyFunctionNotPermitted),
            _ => Err(Error::KeyTypeInconsistent),
        }
    }

    /// Returns the SM2 private key that this must be.
    pub(crate) const fn sm2_private(&self) -> Result<&Sm2Private, Error> {
        match &self.parts {
            Parts::Sm2Private(key) => Ok(key),
            Parts::Sm2Public(_) => Err(Error::KeyFunctionNotPermitted),
            _ => Err(Error::KeyTypeInconsistent),
        }
    }

    /// Returns the SM2 public key that this must be.
    pub(crate) const fn sm2_public(&self) -> Result<&Sm2Public, Error> {
        match &self.parts {
            Parts::Sm2Public(key) => Ok(key),
            Parts::Sm2Private(_) => Err(Error::KeyFunctionNotPermitted),
            _ => Err(Error::KeyTypeInconsistent),
        }
    }

    /// Returns the Edwards curve private key that this must be.
    pub(crate) const fn edwards_private(&self) -> Result<&EdwardsPrivate, Error> {
        match &self.parts {
            Parts::EdwardsPrivate(key) => Ok(key),
            Parts::EdwardsPublic(_) => Err(Error::KeyFunctionNotPermitted),
            _ => Err(Error::KeyTypeInconsistent),
        }
    }

    /// Returns the Edwards curve public key that this must be.
    pub(crate) const fn edwards_public(&self) -> Result<&EdwardsPublic, Error> {
        match &self.parts {
            Parts::EdwardsPublic(key) => Ok(key),
            Parts::EdwardsPrivate(_) => Err(Error::KeyFunctionNotPermitted),
            _ => Err(Error::KeyTypeInconsistent),
        }
    }

    /// Tells whether it is a key on a Montgomery curve.
    pub(crate) fn is_montgomery(&self) -> bool {
        self.key_type == KeyType::EC_MONTGOMERY
    }

    /// Returns the Montgomery curve private key that this must be.
    pub(crate) const fn montgomery_private(&self) -> Result<&MontgomeryPrivate, Error> {
        match &self.parts {
            Parts::MontgomeryPrivate(key) => Ok(key),
            Parts::MontgomeryPublic(_) => Err(Error::KeyFunctionNotPermitted),
            _ => Err(Error::KeyTypeInconsistent),
        }
    }

    /// Returns the Montgomery curve public key that this must be.
    pub(crate) const fn montgomery_public(&self) -> Result<&MontgomeryPublic, Error> {
        match &self.parts {
            Parts::MontgomeryPublic(key) => Ok(key),
            Parts::MontgomeryPrivate(_) => Err(Error::KeyFunctionNotPermitted),
            _ => Err(Error::KeyTypeInconsistent),
        }
    }

    /// Returns the ML-DSA private key that this must be.
    pub(crate) const fn dsa_private(&self) -> Result<&DsaKey, Error> {
        match &self.parts {
            Parts::DsaPrivate(key) => Ok(key.key()),
            Parts::DsaPublic(_) => Err(Error::KeyFunctionNotPermitted),
            _ => Err(Error::KeyTypeInconsistent),
        }
    }

    /// Returns the ML-DSA public key that this must be.
    pub(crate) const fn dsa_public(&self) -> Result<&DsaKey, Error> {
        match &self.parts {
            Parts::DsaPublic(key) => Ok(key),
            Parts::DsaPrivate(_) => Err(Error::KeyFunctionNotPermitted),
            _ => Err(Error::KeyTypeInconsistent),
        }
    }

    /// Returns the SLH-DSA private key that this must be.
    pub(crate) const fn slh_private(&self) -> Result<&SlhPrivate, Error> {
        match &self.parts {
            Parts::SlhPrivate(key) => Ok(key),
            Parts::SlhPublic(_) => Err(Error::KeyFunctionNotPermitted),
            _ => Err(Error::KeyTypeInconsistent),
        }
    }

    /// Returns the SLH-DSA public key that this must be.
    pub(crate) const fn slh_public(&self) -> Result<&SlhPublic, Error> {
        match &self.parts {
            Parts::SlhPublic(key) => Ok(key),
            Parts::SlhPrivate(_) => Err(Error::KeyFunctionNotPermitted),
            _ => Err(Error::KeyTypeInconsistent),
        }
    }

    /// Returns the decapsulation key that this must be.
    pub(crate) const fn kem_private(&self) -> Result<&KemKey, Error> {
        match &self.parts {
            Parts::KemPrivate(key) => Ok(key.key()),
            Parts::KemPublic(_) => Err(Error::KeyFunctionNotPermitted),
            _ => Err(Error::KeyTypeInconsistent),
        }
    }

    /// Returns the encapsulation key that this must be.
    pub(crate) const fn kem_public(&self) -> Result<&KemKey, Error> {
        match &self.parts {
            Parts::KemPublic(key) => Ok(key),
            Parts::KemPrivate(_) => Err(Error::KeyFunctionNotPermitted),
            _ => Err(Error::KeyTypeInconsistent),
        }
    }

    /// Returns the value of the AES key that this must be.
    pub(crate) fn aes(&self) -> Result<&[u8], Error> {
        match &self.parts {
            Parts::Secret(value) if self.key_type == KeyType::AES => Ok(value),
            _ => Err(Error::KeyTypeInconsistent),
        }
    }

    /// Returns the three DES keys, one after the other, of the key that this must be. Of two, the first is the third as well; a single
    /// one is all three.
    pub(crate) fn triple_des(&self) -> Result<Zeroizing<[u8; 24]>, Error> {
        let fits = matches!(self.key_type, KeyType::DES | KeyType::DES2 | KeyType::DES3);
        match &self.parts {
            Parts::Secret(value) if fits => secret::triple_des(value).ok_or(Error::KeySizeRange),
            _ => Err(Error::KeyTypeInconsistent),
        }
    }

    /// Returns the value of the SM4 key that this must be.
    pub(crate) fn sm4(&self) -> Result<&[u8], Error> {
        match &self.parts {
            Parts::Secret(value) if self.key_type == KeyType::DEW_SM4 => Ok(value),
            _ => Err(Error::KeyTypeInconsistent),
        }
    }

    /// Returns the value of the generic secret that this must be.
    pub(crate) fn generic_secret(&self) -> Result<&[u8], Error> {
        match &self.parts {
            Parts::Secret(value) if self.key_type == KeyType::GENERIC_SECRET => Ok(value),
            _ => Err(Error::KeyTypeInconsistent),
        }
    }

    /// Returns the two AES keys, one after the other, of the XTS key that this must be.
    pub(crate) fn xts(&self) -> Result<&[u8], Error> {
        match &self.parts {
            Parts::Secret(value) if self.key_type == KeyType::AES_XTS => Ok(value),
            _ => Err(Error::KeyTypeInconsistent),
        }
    }

    /// A key of one-time passwords.
    pub(crate) fn hotp(&self) -> Result<&[u8], Error> {
        match &self.parts {
            Parts::Secret(value) if self.key_type == KeyType::HOTP => Ok(value),
            _ => Err(Error::KeyTypeInconsistent),
        }
    }

    /// Returns the secret that HKDF starts from: one for that purpose, or a generic one.
    pub(crate) fn hkdf(&self) -> Result<&[u8], Error> {
        let fits = matches!(self.key_type, KeyType::HKDF | KeyType::GENERIC_SECRET);
        match &self.parts {
            Parts::Secret(value) if fits => Ok(value),
            _ => Err(Error::KeyTypeInconsistent),
        }
    }

    /// Returns the value of the ChaCha20 key that this must be.
    pub(crate) fn chacha20(&self) -> Result<&[u8; 32], Error> {
        self.of_32_bytes(KeyType::CHACHA20)
    }

    /// Returns the value of the Poly1305 key that this must be.
    pub(crate) fn poly1305(&self) -> Result<&[u8; 32], Error> {
        self.of_32_bytes(KeyType::POLY1305)
    }

    fn of_32_bytes(&self, key_type: KeyType) -> Result<&[u8; 32], Error> {
        match &self.parts {
            Parts::Secret(value) if self.key_type == key_type => {
                value.as_slice().try_into().map_err(|_| Error::KeySizeRange)
            }
            _ => Err(Error::KeyTypeInconsistent),
        }
    }

    /// Returns the value of the secret key, of whatever type, that this must be.
    pub(crate) fn secret(&self) -> Result<&[u8], Error> {
        match &self.parts {
            Parts::Secret(value) => Ok(value),
            _ => Err(Error::KeyTypeInconsistent),
        }
    }

    /// Returns the value of the HMAC key that this must be: a generic secret, or a key for this very hash function.
    pub(crate) fn hmac(&self, digest: Digest) -> Result<&[u8], Error> {
        self.mac(secret::hmac_key_type(digest))
    }

    /// Returns the value of the HMAC key that this must be: a generic secret, or a key of this type.
    pub(crate) fn mac(&self, own: KeyType) -> Result<&[u8], Error> {
        let fits = |key_type| key_type == KeyType::GENERIC_SECRET || key_type == own;
        match &self.parts {
            Parts::Secret(value) if fits(self.key_type) => Ok(value),
            _ => Err(Error::KeyTypeInconsistent),
        }
    }
}

/// Returns the size in bits of the Edwards or Montgomery curve that `CKA_EC_PARAMS` names.
///
/// # Errors
///
/// It names another curve, or none.
pub fn curve_bits(params: &[u8]) -> Result<u64, Error> {
    let bits = match named_curve::find::<EdwardsCurve>(params) {
        Ok(curve) => curve.bits(),
        Err(_) => named_curve::find::<MontgomeryCurve>(params)?.bits(),
    };
    Ok(u64::try_from(bits).expect("the sizes of curves are constants"))
}

/// Computes what an imported private key lacks, and makes the checks that only an import needs.
///
/// An RSA key may come as modulus and exponents only (n, e, d): its primes and Chinese remainder values are returned.
/// Its primes are tested. An EC key lacks nothing. Of a key over lattices there may be the seed alone.
///
/// # Errors
///
/// Those of [`Key::parse`].
pub fn complete_private<'a>(
    key_type: KeyType,
    get: &dyn Fn(AttributeType) -> Option<&'a [u8]>,
) -> Result<Material, Error> {
    let attributes = Attributes::new(get);
    match key_type {
        KeyType::DEW_SM2 => sm2::private(attributes).map(|_| Material::new()),
        KeyType::DH => dh::complete_private(attributes),
        KeyType::DSA => field_dsa::complete_private(attributes),
        KeyType::EC => ec::private(attributes).map(|_| Material::new()),
        KeyType::EC_EDWARDS => edwards::private(attributes).map(|_| Material::new()),
        KeyType::EC_MONTGOMERY => montgomery::private(attributes).map(|_| Material::new()),
        KeyType::ML_DSA => lattice::complete_private::<DsaKey>(attributes),
        KeyType::ML_KEM => lattice::complete_private::<KemKey>(attributes),
        KeyType::RSA => rsa::complete_private(attributes),
        KeyType::SLH_DSA => slh_dsa::complete_private(attributes),
        _ => Err(Error::KeyTypeInconsistent),
    }
}

/// Computes what an imported public key lacks, or has in another form than the store's.
///
/// For RSA that is `CKA_MODULUS_BITS`; for EC, `CKA_EC_PARAMS` as an OBJECT IDENTIFIER and `CKA_EC_POINT` as a DER OCTET
/// STRING, whichever form they came in.
///
/// # Errors
///
/// Those of [`Key::parse`].
pub fn complete_public<'a>(
    key_type: KeyType,
    get: &dyn Fn(AttributeType) -> Option<&'a [u8]>,
) -> Result<Material, Error> {
    let attributes = Attributes::new(get);
    match key_type {
        KeyType::DEW_SM2 => sm2::public_material(&sm2::public(attributes)?),
        KeyType::DH => dh::complete_public(attributes),
        KeyType::DSA => field_dsa::complete_public(attributes),
        KeyType::EC => ec::public_material(&ec::public(attributes)?),
        KeyType::EC_EDWARDS => edwards::public_material(&edwards::public(attributes)?),
        KeyType::EC_MONTGOMERY => montgomery::public_material(&montgomery::public(attributes)?),
        KeyType::ML_DSA => lattice::public::<DsaKey>(attributes).map(|_| Material::new()),
        KeyType::ML_KEM => lattice::public::<KemKey>(attributes).map(|_| Material::new()),
        KeyType::SLH_DSA => slh_dsa::public(attributes).map(|_| Material::new()),
        KeyType::RSA => Ok(vec![rsa::modulus_bits(&rsa::public(attributes)?)]),
        _ => Err(Error::KeyTypeInconsistent),
    }
}

/// Checks imported domain parameters, and computes what they lack.
///
/// # Errors
///
/// Names the attribute that is missing, or tells that size or type are not supported or that they make no group.
pub fn complete_parameters<'a>(
    key_type: KeyType,
    get: &dyn Fn(AttributeType) -> Option<&'a [u8]>,
) -> Result<Material, Error> {
    let attributes = Attributes::new(get);
    match key_type {
        KeyType::DH => dh::complete_parameters(attributes),
        KeyType::DSA => field_dsa::complete_parameters(attributes),
        _ => Err(Error::KeyTypeInconsistent),
    }
}

/// What the generator of key pairs needs of the parsers.
pub(crate) mod pair {
    pub(crate) use super::dh::{
        foreign_group as dh_group, group_material as dh_group_material,
        private_material as dh_private_material, public_material as dh_public_material,
    };
    pub(crate) use super::ec::{
        curve, private_material as ec_private_material, public_material as ec_public_material,
    };
    pub(crate) use super::edwards::{
        private_material as edwards_private_material, public_material as edwards_public_material,
    };
    pub(crate) use super::field_dsa::{
        foreign_group as dsa_group, group_material as dsa_group_material,
        private_material as dsa_private_material, public_material as dsa_public_material,
    };
    pub(crate) use super::lattice::{
        public_material as lattice_public_material, set as lattice_set,
    };
    pub(crate) use super::montgomery::{
        private_material as montgomery_private_material,
        public_material as montgomery_public_material,
    };
    pub(crate) use super::named_curve::find as named_curve;
    pub(crate) use super::rsa::{
        check_exponent, private_material as rsa_private_material,
        public_material as rsa_public_material,
    };
    pub(crate) use super::slh_dsa::{
        private_material as slh_private_material, public_material as slh_public_material,
    };
    pub(crate) use super::sm2::{
        Sm2Curve, private_material as sm2_private_material, public_material as sm2_public_material,
    };
}

/// The other party's point in a key agreement.
pub(crate) use ec::point as ec_point;
pub(crate) use montgomery::point as montgomery_point;

/// The lengths that secrets may have.
pub(crate) use secret::{LONGEST as LONGEST_SECRET, check_len as check_secret_len};
pub use secret::{fixed_len as fixed_secret_len, set_parity};

/// What triple DES computes with.
pub(crate) use secret::triple_des as triple_des_value;

/// What the public half of a key is made of, whichever half is at hand.
pub(crate) mod public_half {
    use ck::ObjectClass;
    use der::asn1::ObjectIdentifier;
    use zeroize::Zeroizing;

    use super::Attributes;
    pub(crate) use super::ec::oid;
    pub(crate) use super::edwards::EdwardsPublic;
    pub(crate) use super::lattice::public_half as lattice;
    pub(crate) use super::montgomery::MontgomeryPublic;
    pub(crate) use super::named_curve::NamedCurve;
    pub(crate) use super::slh_dsa::{oid as slh_oid, public_half as slh_dsa};
    use crate::Error;
    use crate::ffi::{Dh, EcKey, FieldDsa};
    use crate::sm::Sm2Public;

    /// Returns the DSA public key, computed from the private one if need be.
    pub(crate) fn dsa(
        class: ObjectClass,
        attributes: Attributes<'_, '_>,
    ) -> Result<FieldDsa, Error> {
        match class {
            ObjectClass::PRIVATE_KEY => super::field_dsa::private(attributes),
            _ => super::field_dsa::public(attributes),
        }
    }

    /// Returns the public key, computed from the private value if need be.
    pub(crate) fn dh(class: ObjectClass, attributes: Attributes<'_, '_>) -> Result<Dh, Error> {
        match class {
            ObjectClass::PRIVATE_KEY => super::dh::private(attributes),
            _ => super::dh::public(attributes),
        }
    }

    /// Returns modulus and public exponent, without leading zeros.
    pub(crate) fn rsa(attributes: Attributes<'_, '_>) -> Result<[Zeroizing<Vec<u8>>; 2], Error> {
        let (n, e) = super::rsa::public_numbers(attributes)?;
        Ok([n.to_bytes()?, e.to_bytes()?])
    }

    /// Returns the public key, computed from the scalar if need be.
    pub(crate) fn ec(class: ObjectClass, attributes: Attributes<'_, '_>) -> Result<EcKey, Error> {
        match class {
            ObjectClass::PRIVATE_KEY => super::ec::private(attributes),
            _ => super::ec::public(attributes),
        }
    }

    /// Returns the public key of SM2 with its curve, computed from the private one if need be.
    pub(crate) fn sm2(
        class: ObjectClass,
        attributes: Attributes<'_, '_>,
    ) -> Result<(ObjectIdentifier, Sm2Public), Error> {
        let key = match class {
            ObjectClass::PRIVATE_KEY => super::sm2::private(attributes)?.public().clone(),
            _ => super::sm2::public(attributes)?,
        };
        Ok((super::sm2::oid(), key))
    }

    /// Returns the public key on an Edwards curve, computed from the seed if need be.
    pub(crate) fn edwards(
        class: ObjectClass,
        attributes: Attributes<'_, '_>,
    ) -> Result<EdwardsPublic, Error> {
        match class {
            ObjectClass::PRIVATE_KEY => Ok(super::edwards::private(attributes)?.public()),
            _ => super::edwards::public(attributes),
        }
    }

    /// Returns the public key on a Montgomery curve, computed from the private one if need be.
    pub(crate) fn montgomery(
        class: ObjectClass,
        attributes: Attributes<'_, '_>,
    ) -> Result<MontgomeryPublic, Error> {
        match class {
            ObjectClass::PRIVATE_KEY => Ok(super::montgomery::private(attributes)?.public()),
            _ => super::montgomery::public(attributes),
        }
    }
}
