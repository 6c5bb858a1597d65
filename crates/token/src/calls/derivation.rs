//! Deriving keys (5.18.5).

use ck::{AttributeType as A, KeyType, ObjectClass};
use proto::Call;
use proto::shape::{Attribute, MechanismArgument};

use super::{Within, mechanism_of};
use crate::draft::{Source, Trust};
use crate::policy::{self, Usage};
use crate::rules::Template;
use crate::{Error, templates};

impl Within<'_> {
    /// Derives a secret key and gives its handle.
    pub(super) fn derive_key(
        &self,
        mechanism: Option<MechanismArgument<'_>>,
        base_key: u64,
        template: &[Attribute<'_>],
    ) -> Result<u64, Error> {
        let (row, argument) = mechanism_of(mechanism)?;
        let base = self.visible(base_key, Error::KeyHandleInvalid)?;
        let attributes = base.attributes();
        let profile = self.session.tenancy.partition.profile;
        let params = &argument.params;
        self.permit(Usage::Derive, &attributes, row, params)?;
        let always = templates::inner(&attributes, A::DERIVE_TEMPLATE);
        let template = Template::new(template)?.with(&always)?;
        let key_type = template.number(A::KEY_TYPE)?.map(KeyType);
        let key_type = key_type.unwrap_or(KeyType::GENERIC_SECRET);
        let source = Source::Derivation {
            always_sensitive: attributes.is(A::ALWAYS_SENSITIVE),
            never_extractable: attributes.is(A::NEVER_EXTRACTABLE),
        };
        let plan = self.plan(source, (ObjectClass::SECRET_KEY, key_type), &template)?;
        let fixed = mech::fixed_secret_len(key_type).and_then(|len| u64::try_from(len).ok());
        let wanted = plan.attributes().number(A::VALUE_LEN).or(fixed);
        let mut value = mech::derive(row, params, &*base.key()?, wanted)?;
        mech::set_parity(key_type, &mut value);
        policy::decide_derive(profile, &attributes, value.len()).obey()?;
        let key = plan.receive(vec![(A::VALUE, value)], Trust::Known, &template)?;
        let [handle] = self.keep([key], Call::DeriveKey)?;
        Ok(handle)
    }
}
