//! Generating keys and domain parameters (5.18.1, 5.18.2).

use ck::{Algorithm, AttributeType as A, KeyType, Mechanism, ObjectClass, Operations};
use mech::PairRequest;
use proto::Call;
use proto::shape::{Attribute, MechanismArgument};

use super::{Within, mechanism_of};
use crate::Error;
use crate::draft::{Plan, Source};
use crate::policy;
use crate::rules::Template;

impl Within<'_> {
    /// Generates a secret key or domain parameters.
    pub(super) fn generate_key(
        &self,
        mechanism: Option<MechanismArgument<'_>>,
        template: &[Attribute<'_>],
    ) -> Result<u64, Error> {
        let (row, argument) = mechanism_of(mechanism)?;
        let key_type = key_type(row, Operations::GENERATE)?;
        policy::decide_generate(self.session.tenancy.partition.profile, row).obey()?;
        let template = Template::new(template)?;
        let of_password = row.algorithm == Algorithm::Pbkdf2;
        let (source, key_type) = if of_password {
            // The template may ask for a key of any type (6.37).
            let asked = template.number(A::KEY_TYPE)?.map(KeyType);
            (Source::Password(row.id), asked.unwrap_or(key_type))
        } else {
            (Source::Generation(row.id), key_type)
        };
        let (class, length) = match row.algorithm {
            Algorithm::DhParameterGen | Algorithm::DsaParameterGen => {
                (ObjectClass::DOMAIN_PARAMETERS, A::PRIME_BITS)
            }
            Algorithm::HotpKeyGen => (ObjectClass::OTP_KEY, A::VALUE_LEN),
            _ => (ObjectClass::SECRET_KEY, A::VALUE_LEN),
        };
        let plan = self.plan(source, (class, key_type), &template)?;
        let (length, params) = (plan.attributes().number(length), &argument.params);
        let material = if of_password {
            mech::generate_from_password(row, params, key_type, length)?
        } else {
            mech::generate_key(row, params, length)?
        };
        let key = plan.fulfil(material, &template)?;
        let [handle] = self.keep([key], Call::GenerateKey)?;
        Ok(handle)
    }

    /// Generates a key pair and gives the handles of its public and private half.
    pub(super) fn generate_pair(
        &self,
        mechanism: Option<MechanismArgument<'_>>,
        public: &[Attribute<'_>],
        private: &[Attribute<'_>],
    ) -> Result<(u64, u64), Error> {
        let (row, argument) = mechanism_of(mechanism)?;
        let key_type = key_type(row, Operations::GENERATE_PAIR)?;
        policy::decide_generate(self.session.tenancy.partition.profile, row).obey()?;
        let (public, private) = (Template::new(public)?, Template::new(private)?);
        let source = Source::Generation(row.id);
        let public_plan = self.plan(source, (ObjectClass::PUBLIC_KEY, key_type), &public)?;
        let private_plan = self.plan(source, (ObjectClass::PRIVATE_KEY, key_type), &private)?;
        let wanted = public_plan.attributes();
        let profile = self.session.tenancy.partition.profile;
        policy::check_pair(profile, wanted, private_plan.attributes())?;
        let request = PairRequest {
            modulus_bits: wanted.number(A::MODULUS_BITS),
            public_exponent: wanted.get(A::PUBLIC_EXPONENT),
            ec_params: wanted.get(A::EC_PARAMS),
            parameter_set: wanted.number(A::PARAMETER_SET),
            prime: wanted.get(A::PRIME),
            subprime: wanted.get(A::SUBPRIME),
            base: wanted.get(A::BASE),
            value_bits: private_plan.attributes().number(A::VALUE_BITS),
        };
        let (public_half, private_half) = mech::generate_pair(row, &argument.params, &request)?;
        let public = public_plan.fulfil(public_half, &public)?;
        let private = private_plan.fulfil(private_half, &private)?;
        let [public, private] = self.keep([public, private], Call::GenerateKeyPair)?;
        Ok((public, private))
    }

    /// Checks a template and the session's right to such a key, before the work is done.
    pub(super) fn plan(
        &self,
        source: Source,
        kind: (ObjectClass, KeyType),
        template: &Template<'_>,
    ) -> Result<Plan, Error> {
        let profile = self.session.tenancy.partition.profile;
        let plan = Plan::new(profile, source, kind, template)?;
        self.check_new(plan.attributes())?;
        Ok(plan)
    }
}

/// The type of the keys that a mechanism generates.
fn key_type(row: &Mechanism, operations: Operations) -> Result<KeyType, Error> {
    row.key_type
        .filter(|_| row.operations.contains(operations.0))
        .ok_or(Error::Mechanism(mech::Error::MechanismInvalid))
}
