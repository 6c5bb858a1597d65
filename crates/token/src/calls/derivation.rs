//! Deriving keys (5.18.5).

use ck::{Algorithm, AttributeType as A, KeyType, ObjectClass, Params};
use proto::Call;
use proto::shape::{Attribute, Derived, MechanismArgument, NewKey};

use super::{Within, mechanism_of};
use crate::draft::{Source, Trust};
use crate::policy::{self, Usage};
use crate::replies::Prior;
use crate::rules::Template;
use crate::{Attributes, Error, templates};

impl Within<'_> {
    /// Derives a secret key, or the keys of a TLS connection; gives their handles, and what else the parameters have room for.
    pub(super) fn derive_key(
        &self,
        mechanism: Option<MechanismArgument<'_>>,
        base_key: u64,
        template: &[Attribute<'_>],
        derived: &mut Derived,
        key: &mut NewKey,
    ) -> Result<(), Error> {
        let (row, argument) = mechanism_of(mechanism)?;
        let several = matches!(row.algorithm, Algorithm::TlsKeys { .. });
        if !several && !key.wanted {
            return Err(Error::Argument("place of the handle"));
        }
        let base = self.visible(base_key, Error::KeyHandleInvalid)?;
        let attributes = base.attributes();
        let params = &argument.params;
        self.permit(Usage::Derive, &attributes, row, params)?;
        let always = templates::inner(&attributes, A::DERIVE_TEMPLATE);
        let template = Template::new(template)?.with(&always)?;
        if several {
            *derived = self.derive_connection(row, params, &base, &template)?;
            return Ok(());
        }
        let tells = tells_version(params);
        self.check_first(tells)?;
        let key_type = template.number(A::KEY_TYPE)?.map(KeyType);
        let key_type = key_type.unwrap_or(KeyType::GENERIC_SECRET);
        let plan = self.plan(
            source(&attributes),
            (ObjectClass::SECRET_KEY, key_type),
            &template,
        )?;
        let fixed = mech::fixed_secret_len(key_type).and_then(|len| u64::try_from(len).ok());
        let wanted = plan.attributes().number(A::VALUE_LEN).or(fixed);
        let base_key = base.key()?;
        let mut value = mech::derive(row, params, &base_key, wanted)?;
        let version = tells.then(|| mech::tls_version(&base_key)).transpose()?;
        mech::set_parity(key_type, &mut value);
        let profile = self.session.tenancy.partition.profile;
        policy::decide_derive(profile, &attributes, value.len()).obey()?;
        let made = plan.receive(vec![(A::VALUE, value)], Trust::Known, &template)?;
        let handles = self.keep_as(usize::from(tells), [made], Call::DeriveKey)?;
        key.handle = handles.first().copied();
        derived.version = version;
        Ok(())
    }

    /// Refuses a derivation that tells more than handles and may have been carried out before: what it told is nowhere kept. Its
    /// keys have no names that are looked for, and so no other answer is given for this one.
    pub(super) fn check_first(&self, tells: bool) -> Result<(), Error> {
        match self.attempt {
            Some((_, Prior::Unknown)) if tells => Err(Error::AnswerLost),
            _ => Ok(()),
        }
    }
}

/// Where a key comes from that is derived from this one.
pub(super) fn source(base: &Attributes) -> Source {
    Source::Derivation {
        always_sensitive: base.is(A::ALWAYS_SENSITIVE),
        never_extractable: base.is(A::NEVER_EXTRACTABLE),
    }
}

/// Tells whether the caller wants to know the version that a secret of TLS begins with.
const fn tells_version(params: &Params<'_>) -> bool {
    matches!(
        params,
        Params::TlsMaster { version: true, .. } | Params::TlsExtendedMaster { version: true, .. }
    )
}
