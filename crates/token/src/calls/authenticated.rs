//! Wrapping and unwrapping keys with data that is authenticated beside them (3.2, 5.18.6, 5.18.7).

use ck::{Algorithm, Mechanism, Mgf, Params};
use proto::Call;
use proto::shape::{Answer, Attribute, MechanismArgument, Sealed};

use super::{Within, mechanism_of};
use crate::Error;

/// The least number of bytes of a nonce that are drawn: of fewer, some come again among messages that can be counted.
/// `strict` asks for more.
const LEAST_DRAWN: usize = 8;

const INVALID: Error = Error::Mechanism(mech::Error::MechanismParamInvalid);

impl Within<'_> {
    /// Wraps a key together with data; what the token makes of the parameters is given beside it.
    pub(super) fn wrap_key_authenticated(
        &self,
        (mechanism, sealed): (Option<MechanismArgument<'_>>, &mut Sealed),
        keys: (u64, u64),
        associated: &[u8],
        answer: &mut Answer<Vec<u8>>,
    ) -> Result<(), Error> {
        let (row, argument) = mechanism_of(mechanism)?;
        let mechanism = ((row, &argument.params), sealed);
        self.seal_key(
            Call::WrapKeyAuthenticated,
            mechanism,
            keys,
            associated,
            answer,
        )
    }

    /// Wraps a key together with data, in the way of one of the two calls.
    pub(super) fn seal_key(
        &self,
        call: Call,
        ((row, params), sealed): ((&Mechanism, &Params<'_>), &mut Sealed),
        keys: (u64, u64),
        associated: &[u8],
        answer: &mut Answer<Vec<u8>>,
    ) -> Result<(), Error> {
        let mut made = Sealed::default();
        self.wrap_by(call, (row, params), keys, answer, |key, value| {
            let aead = Aead::new(row, params, associated)?;
            aead.check_len(value.len())?;
            let (nonce, fresh) = aead.nonce()?;
            let params = aead.params(row, &nonce, value.len());
            let mut wrapped = mech::wrap(row, &params, key, value).map_err(Error::Wrapping)?;
            if aead.tag.is_some() {
                made.tag = wrapped.split_off(value.len());
            }
            if fresh {
                made.nonce = nonce;
            }
            Ok(wrapped)
        })?;
        if answer.given().is_some() {
            *sealed = made;
        }
        Ok(())
    }

    /// Unwraps a key and gives its handle.
    pub(super) fn unwrap_key_authenticated(
        &self,
        mechanism: Option<MechanismArgument<'_>>,
        unwrapping_key: u64,
        wrapped: &[u8],
        template: &[Attribute<'_>],
        associated: &[u8],
    ) -> Result<u64, Error> {
        let (row, argument) = mechanism_of(mechanism)?;
        let call = Call::UnwrapKeyAuthenticated;
        let mechanism = (row, &argument.params);
        self.open_key(
            call,
            mechanism,
            (unwrapping_key, wrapped),
            template,
            associated,
        )
    }

    /// Unwraps a key that was wrapped together with data, in the way of one of the two calls, and gives its handle.
    pub(super) fn open_key(
        &self,
        call: Call,
        (row, params): (&Mechanism, &Params<'_>),
        (unwrapping_key, wrapped): (u64, &[u8]),
        template: &[Attribute<'_>],
        associated: &[u8],
    ) -> Result<u64, Error> {
        self.unwrap_by(call, (row, params), unwrapping_key, template, |key| {
            let aead = Aead::new(row, params, associated)?;
            let tag = aead.tag.unwrap_or_default();
            if aead.tag.is_some() && tag.len() != aead.tag_len {
                return Err(INVALID);
            }
            let whole = [wrapped, tag].concat();
            let len = whole.len().saturating_sub(aead.tag_len);
            aead.check_len(len)?;
            let params = aead.params(row, aead.given, len);
            mech::unwrap(row, &params, key, &whole).map_err(Error::Unwrapping)
        })
    }
}

/// The parameters of a key or a message that is sealed.
pub(super) struct Aead<'a> {
    given: &'a [u8],
    fixed_bits: u64,
    generator: Mgf,
    data_len: u64,
    aad: &'a [u8],
    tag: Option<&'a [u8]>,
    tag_bits: u64,
    tag_len: usize,
}

impl<'a> Aead<'a> {
    /// Reads the parameters. Data that is authenticated may stand in them or beside them, but not twice.
    pub(super) fn new(
        row: &Mechanism,
        params: &Params<'a>,
        associated: &'a [u8],
    ) -> Result<Self, Error> {
        if !matches!(
            row.algorithm,
            Algorithm::AesCcm | Algorithm::AesGcm | Algorithm::ChaCha20Poly1305
        ) {
            return Err(Error::Mechanism(mech::Error::MechanismInvalid));
        }
        let Params::Aead {
            nonce,
            fixed_bits,
            generator,
            data_len,
            aad,
            tag,
            tag_bits,
        } = *params
        else {
            return Err(INVALID);
        };
        let aad = match (aad, associated) {
            ([], data) | (data, []) => data,
            (one, other) if one == other => one,
            _ => return Err(INVALID),
        };
        let tag_len = usize::try_from(tag_bits / 8).map_err(|_| INVALID)?;
        if !tag_bits.is_multiple_of(8) {
            return Err(INVALID);
        }
        Ok(Self {
            given: nonce,
            fixed_bits,
            generator,
            data_len,
            aad,
            tag,
            tag_bits,
            tag_len,
        })
    }

    /// The nonce as it was given.
    pub(super) const fn given(&self) -> &'a [u8] {
        self.given
    }

    /// The tag beside the ciphertext, or where it is to be put.
    pub(super) const fn tag(&self) -> Option<&'a [u8]> {
        self.tag
    }

    /// The length of the tag in bytes.
    pub(super) const fn tag_len(&self) -> usize {
        self.tag_len
    }

    /// The tag beside the ciphertext, which has to be there.
    pub(super) fn whole_tag(&self) -> Result<&'a [u8], Error> {
        let tag = self.tag.filter(|tag| tag.len() == self.tag_len);
        tag.ok_or(INVALID)
    }

    /// Checks the length that the parameters of CCM announce, where they do.
    pub(super) fn check_len(&self, len: usize) -> Result<(), Error> {
        if self.data_len == 0 || u64::try_from(len) == Ok(self.data_len) {
            Ok(())
        } else {
            Err(INVALID)
        }
    }

    /// The nonce, and whether the token made it. A counter is not kept: what is asked of the token is drawn.
    pub(super) fn nonce(&self) -> Result<(Vec<u8>, bool), Error> {
        let mut nonce = self.given.to_vec();
        match self.generator {
            Mgf::NO_GENERATE => Ok((nonce, false)),
            Mgf::GENERATE | Mgf::GENERATE_RANDOM => {
                let fixed = usize::try_from(self.fixed_bits / 8).map_err(|_| INVALID)?;
                let drawn = nonce.len().saturating_sub(fixed);
                if !self.fixed_bits.is_multiple_of(8) || drawn < LEAST_DRAWN {
                    return Err(INVALID);
                }
                mech::random(&mut nonce[fixed..])?;
                Ok((nonce, true))
            }
            _ => Err(INVALID),
        }
    }

    /// The parameters of the cipher itself.
    pub(super) fn params<'b>(&'b self, row: &Mechanism, nonce: &'b [u8], len: usize) -> Params<'b> {
        match row.algorithm {
            Algorithm::AesCcm => Params::Ccm {
                data_len: u64::try_from(len).unwrap_or(u64::MAX),
                nonce,
                aad: self.aad,
                mac_len: self.tag_bits / 8,
            },
            _ => Params::Gcm {
                iv: nonce,
                aad: self.aad,
                tag_bits: self.tag_bits,
            },
        }
    }
}
