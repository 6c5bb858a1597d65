//! Wrapping and unwrapping keys (5.18.3, 5.18.4).

use std::sync::Arc;

use ck::{AttributeType as A, KeyType, Mechanism, ObjectClass, Params};
use mech::{Key, Material};
use proto::Call;
use proto::shape::{Answer, Attribute, MechanismArgument, Room, Sealed};
use zeroize::Zeroizing;

use super::{Within, mechanism_of};
use crate::draft::{Source, Trust};
use crate::journal::Act;
use crate::object::Object;
use crate::policy::{self, KeyStrength, Usage};
use crate::rules::{Template, is_secret};
use crate::{Attributes, Error, templates};

impl Within<'_> {
    /// Wraps a key. The result is computed to learn its length, too: that is cheap, and keeps nothing between the calls.
    pub(super) fn wrap_key(
        &self,
        (mechanism, sealed): (Option<MechanismArgument<'_>>, &mut Sealed),
        keys: (u64, u64),
        answer: &mut Answer<Vec<u8>>,
    ) -> Result<(), Error> {
        let (row, argument) = mechanism_of(mechanism)?;
        let params = &argument.params;
        if has_wrap_params(params) {
            let mechanism = (row, params);
            return self.seal_key(Call::WrapKey, (mechanism, sealed), keys, &[], answer);
        }
        self.wrap_by(Call::WrapKey, (row, params), keys, answer, |key, value| {
            mech::wrap(row, params, key, value).map_err(Error::Wrapping)
        })
    }

    /// Wraps a key in the way of one of the two calls, where policy lets it leave so.
    pub(super) fn wrap_by(
        &self,
        call: Call,
        (row, params): (&Mechanism, &Params<'_>),
        (wrapping_key, key): (u64, u64),
        answer: &mut Answer<Vec<u8>>,
        seal: impl FnOnce(&Arc<Key>, &[u8]) -> Result<Vec<u8>, Error>,
    ) -> Result<(), Error> {
        let wrapping = self.visible(wrapping_key, Error::WrappingKeyHandleInvalid)?;
        let wrapped = self.visible(key, Error::KeyHandleInvalid)?;
        let attributes = (wrapping.attributes(), wrapped.attributes());
        let profile = self.session.tenancy.partition.profile;
        self.permit(Usage::Wrap, &attributes.0, row, params)?;
        if !templates::fits(&attributes.0, &attributes.1) {
            // "The key handle is not one that this wrapping key may wrap" has no code of its own (5.18.3).
            return Err(Error::KeyHandleInvalid);
        }
        let keys = (wrapping.key()?, wrapped.key()?);
        let strength = KeyStrength {
            wrapping: policy::strength(attributes.0.key_type(), keys.0.size())
                .min(policy::transport_strength(params)),
            wrapped: policy::strength(attributes.1.key_type(), keys.1.size()),
        };
        policy::decide_wrap(profile, &attributes.0, &attributes.1, strength, row, params).obey()?;
        let value = value_of(&attributes.1, &keys.1)?;
        let result = seal(&keys.0, &value)?;
        if answer.room().fits(result.len()) {
            // A key is about to leave: who took it, and under what, is on disk before it does.
            let act = Act::call(&self.who, call, self.session.tenancy.partition.id);
            let detail = format!("by {} under {}", row.id, wrapping.id);
            let event = act.done_with(self.core, Some(wrapped.id), detail);
            self.core.log(event)?;
        }
        give(result, answer)
    }

    /// Unwraps a key and gives its handle.
    pub(super) fn unwrap_key(
        &self,
        mechanism: Option<MechanismArgument<'_>>,
        unwrapping_key: u64,
        wrapped: &[u8],
        template: &[Attribute<'_>],
    ) -> Result<u64, Error> {
        let (row, argument) = mechanism_of(mechanism)?;
        let params = &argument.params;
        let mechanism = (row, params);
        if has_wrap_params(params) {
            let call = Call::UnwrapKey;
            return self.open_key(call, mechanism, (unwrapping_key, wrapped), template, &[]);
        }
        self.unwrap_by(
            Call::UnwrapKey,
            mechanism,
            unwrapping_key,
            template,
            |key| mech::unwrap(row, params, key, wrapped).map_err(Error::Unwrapping),
        )
    }

    /// Unwraps a key in the way of one of the two calls, and gives its handle.
    pub(super) fn unwrap_by(
        &self,
        call: Call,
        (row, params): (&Mechanism, &Params<'_>),
        unwrapping_key: u64,
        template: &[Attribute<'_>],
        open: impl FnOnce(&Arc<Key>) -> Result<Zeroizing<Vec<u8>>, Error>,
    ) -> Result<u64, Error> {
        let unwrapping = self.visible(unwrapping_key, Error::UnwrappingKeyHandleInvalid)?;
        let attributes = unwrapping.attributes();
        self.permit(Usage::Unwrap, &attributes, row, params)?;
        policy::decide_unwrap(&attributes, row).obey()?;
        let always = templates::inner(&attributes, A::UNWRAP_TEMPLATE);
        let template = Template::new(template)?.with(&always)?;
        let class = class_of(&template)?;
        let named = template.number(A::KEY_TYPE)?.map(KeyType);
        let named = named.ok_or(Error::TemplateIncomplete(A::KEY_TYPE))?;
        let mut value = open(&unwrapping.key()?)?;
        if let Some(block) = mech::zero_padded(row.algorithm) {
            trim(&mut value, template.number(A::VALUE_LEN)?, block);
        }
        let material = material_of(class, named, value)?;
        let by_trusted = attributes.is(A::TRUSTED);
        let source = Source::Unwrapping { by_trusted };
        let plan = self.plan(source, (class, named), &template)?;
        let trust = if policy::vouches(&attributes, row) {
            Trust::Known
        } else {
            Trust::Foreign
        };
        let key = plan.receive(material, trust, &template).map_err(spoiled)?;
        let [handle] = self.keep([key], call)?;
        Ok(handle)
    }

    /// Finds a key, or gives the error for one that is missing; one that the application cannot see does not exist.
    pub(super) fn visible(&self, handle: u64, missing: Error) -> Result<Arc<Object>, Error> {
        let tenancy = &self.session.tenancy;
        tenancy
            .object(self.core, handle)?
            .ok_or_else(|| tenancy.why_missing(handle, missing))
    }
}

/// Tells whether parameters are `CK_GCM_WRAP_PARAMS` or `CK_CCM_WRAP_PARAMS` (3.2), whose tag stands behind the wrapped key. Those
/// of messages are for the calls that have data beside them.
const fn has_wrap_params(params: &Params<'_>) -> bool {
    matches!(params, Params::Aead { tag: None, .. })
}

/// Takes off the zeros with which a block was filled, where the template tells the length of the key.
fn trim(value: &mut Zeroizing<Vec<u8>>, wanted: Option<u64>, block: usize) {
    let wanted = wanted.and_then(|len| usize::try_from(len).ok());
    if let Some(len) = wanted
        && value
            .len()
            .checked_sub(len)
            .is_some_and(|more| more < block)
        && value[len..].iter().all(|byte| *byte == 0)
    {
        value.truncate(len);
    }
}

/// The class of the key to be.
fn class_of(template: &Template<'_>) -> Result<ObjectClass, Error> {
    let class = template.number(A::CLASS)?.map(ObjectClass);
    match class.ok_or(Error::TemplateIncomplete(A::CLASS))? {
        class if is_secret(class) => Ok(class),
        _ => Err(Error::TemplateInconsistent {
            id: A::CLASS,
            why: "only secret and private keys are unwrapped",
        }),
    }
}

/// What is wrapped: the value of a secret key, the PKCS#8 encoding of a private one.
fn value_of(attributes: &Attributes, key: &Key) -> Result<Zeroizing<Vec<u8>>, Error> {
    match attributes.class() {
        ObjectClass::OTP_KEY | ObjectClass::SECRET_KEY => {
            let value = attributes.get(A::VALUE).unwrap_or_default();
            Ok(Zeroizing::new(value.to_vec()))
        }
        _ => Ok(key.to_pkcs8()?),
    }
}

/// The attributes of what was unwrapped. A private key says of itself what it is.
fn material_of(
    class: ObjectClass,
    named: KeyType,
    value: Zeroizing<Vec<u8>>,
) -> Result<Material, Error> {
    if class != ObjectClass::PRIVATE_KEY {
        return Ok(vec![(A::VALUE, value)]);
    }
    let (key_type, material) =
        mech::private_from_pkcs8(&value).map_err(Error::WrappedKeyInvalid)?;
    if named != key_type {
        return Err(Error::TemplateInconsistent {
            id: A::KEY_TYPE,
            why: "the wrapped key is of another type",
        });
    }
    Ok(material)
}

/// What is wrong with a key that came out of its wrapping is wrong with the wrapped key.
fn spoiled(error: Error) -> Error {
    match error {
        Error::Mechanism(error) => Error::WrappedKeyInvalid(error),
        other => other,
    }
}

/// The two-call rule (5.2) for a result that is at hand.
fn give(result: Vec<u8>, answer: &mut Answer<Vec<u8>>) -> Result<(), Error> {
    match answer.room() {
        Room::Items(_) if answer.room().fits(result.len()) => answer.items(result),
        room => {
            answer.length(result.len());
            if room != Room::Query {
                return Err(Error::BufferTooSmall);
            }
        }
    }
    Ok(())
}
