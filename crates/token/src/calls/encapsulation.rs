//! Encapsulating and decapsulating keys (3.2, 5.18.8, 5.18.9).

use ck::{AttributeType as A, KeyType, ObjectClass};
use proto::Call;
use proto::shape::{Answer, Attribute, MechanismArgument, Room};

use super::{Within, mechanism_of};
use crate::draft::{Plan, Source, Trust};
use crate::policy::{self, Usage};
use crate::rules::Template;
use crate::{Error, templates};

impl Within<'_> {
    /// Draws a secret key, gives it in its capsule, and gives its handle; nothing is made where the capsule has no room.
    pub(super) fn encapsulate_key(
        &self,
        mechanism: Option<MechanismArgument<'_>>,
        public_key: u64,
        template: &[Attribute<'_>],
        answer: &mut Answer<Vec<u8>>,
    ) -> Result<Option<u64>, Error> {
        let (row, argument) = mechanism_of(mechanism)?;
        let object = self.visible(public_key, Error::KeyHandleInvalid)?;
        let params = &argument.params;
        let attributes = object.attributes();
        self.permit(Usage::Encapsulate, &attributes, row, params)?;
        let always = templates::inner(&attributes, A::ENCAPSULATE_TEMPLATE);
        let template = Template::new(template)?.with(&always)?;
        let plan = self.plan_encapsulated(&template)?;
        let key = object.key()?;
        let len = mech::encapsulated_len(row, params, &key)?;
        if !answer.room().fits(len) {
            answer.length(len);
            return match answer.room() {
                Room::Query => Ok(None),
                Room::Items(_) => Err(Error::BufferTooSmall),
            };
        }
        let wanted = plan.attributes().number(A::VALUE_LEN);
        let made = mech::encapsulate(row, params, &key, wanted)?;
        let material = vec![(A::VALUE, made.secret)];
        let key = plan.receive(material, Trust::Known, &template)?;
        let [handle] = self.keep([key], Call::EncapsulateKey)?;
        answer.items(made.ciphertext);
        Ok(Some(handle))
    }

    /// Takes a secret key out of its capsule and gives its handle.
    pub(super) fn decapsulate_key(
        &self,
        mechanism: Option<MechanismArgument<'_>>,
        private_key: u64,
        template: &[Attribute<'_>],
        ciphertext: &[u8],
    ) -> Result<u64, Error> {
        let (row, argument) = mechanism_of(mechanism)?;
        let object = self.visible(private_key, Error::KeyHandleInvalid)?;
        let attributes = object.attributes();
        let profile = self.session.tenancy.partition.profile;
        let params = &argument.params;
        self.permit(Usage::Decapsulate, &attributes, row, params)?;
        let always = templates::inner(&attributes, A::DECAPSULATE_TEMPLATE);
        let template = Template::new(template)?.with(&always)?;
        let plan = self.plan_encapsulated(&template)?;
        let wanted = plan.attributes().number(A::VALUE_LEN);
        let value = mech::decapsulate(row, params, &object.key()?, ciphertext, wanted);
        let value = value.map_err(Error::Decapsulating)?;
        policy::decide_derive(profile, &attributes, value.len()).obey()?;
        let key = plan.receive(vec![(A::VALUE, value)], Trust::Known, &template)?;
        let [handle] = self.keep([key], Call::DecapsulateKey)?;
        Ok(handle)
    }

    fn plan_encapsulated(&self, template: &Template<'_>) -> Result<Plan, Error> {
        let key_type = template.number(A::KEY_TYPE)?.map(KeyType);
        let key_type = key_type.unwrap_or(KeyType::GENERIC_SECRET);
        self.plan(
            Source::Encapsulation,
            (ObjectClass::SECRET_KEY, key_type),
            template,
        )
    }
}
