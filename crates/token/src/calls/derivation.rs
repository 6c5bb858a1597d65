//! Deriving keys (5.18.5).

use ck::{Algorithm, AttributeType as A, KeyType, ObjectClass, Params};
use proto::Call;
use proto::shape::{Attribute, Deriving, NewKey};

use super::{Within, mechanism_of};
use crate::draft::{Plan, Source, Trust};
use crate::policy::{self, Usage};
use crate::replies::Prior;
use crate::rules::Template;
use crate::{Attributes, Error, templates};

impl Within<'_> {
    /// Derives a secret key, several of them, or the keys of a TLS connection; gives their handles, and what else the parameters
    /// have room for.
    pub(super) fn derive_key(
        &self,
        mechanism: Deriving<'_>,
        base_key: u64,
        template: &[Attribute<'_>],
        key: &mut NewKey,
    ) -> Result<(), Error> {
        let Deriving {
            mechanism,
            more,
            derived,
        } = mechanism;
        let (row, argument) = mechanism_of(mechanism)?;
        let connection = matches!(row.algorithm, Algorithm::TlsKeys { .. });
        if !connection && !key.wanted {
            return Err(Error::Argument("place of the handle"));
        }
        let base = self.visible(base_key, Error::KeyHandleInvalid)?;
        let attributes = base.attributes();
        let params = &argument.params;
        self.permit(Usage::Derive, &attributes, row, params)?;
        let always = templates::inner(&attributes, A::DERIVE_TEMPLATE);
        let template = Template::new(template)?.with(&always)?;
        if connection {
            *derived = self.derive_connection(row, params, &base, &template)?;
            return Ok(());
        }
        let tells = tells_version(params) || !more.is_empty();
        self.check_first(tells)?;
        let mut all = vec![template];
        for template in more {
            all.push(Template::new(template)?.with(&always)?);
        }
        let wanted = all.iter().map(|template| self.want(template, &attributes));
        let wanted = wanted.collect::<Result<Vec<_>, _>>()?;
        let base_key = base.key()?;
        let values = if let [one] = wanted.as_slice() {
            vec![mech::derive(row, params, &base_key, one.len)?]
        } else {
            const UNKNOWN: mech::Error = mech::Error::TemplateIncomplete(A::VALUE_LEN);
            let lens = wanted.iter().map(|one| one.len.ok_or(UNKNOWN));
            let lens = lens.collect::<Result<Vec<_>, _>>()?;
            mech::derive_several(row, params, &base_key, &lens)?
        };
        if tells_version(params) {
            derived.version = Some(mech::tls_version(&base_key)?);
        }
        let mut made = Vec::with_capacity(all.len());
        for ((wanted, mut value), template) in wanted.into_iter().zip(values).zip(&all) {
            mech::set_parity(wanted.key_type, &mut value);
            let profile = self.session.tenancy.partition.profile;
            policy::decide_derive(profile, &attributes, value.len()).obey()?;
            let material = vec![(A::VALUE, value)];
            made.push(wanted.plan.receive(material, Trust::Known, template)?);
        }
        let mut handles = self.keep_as(usize::from(tells), made, Call::DeriveKey)?;
        derived.keys = handles.split_off(1);
        key.handle = handles.pop();
        Ok(())
    }

    /// Reads what a template asks for.
    fn want(&self, template: &Template<'_>, base: &Attributes) -> Result<Wanted, Error> {
        let key_type = template.number(A::KEY_TYPE)?.map(KeyType);
        let key_type = key_type.unwrap_or(KeyType::GENERIC_SECRET);
        let kind = (ObjectClass::SECRET_KEY, key_type);
        let plan = self.plan(source(base), kind, template)?;
        let fixed = mech::fixed_secret_len(key_type).and_then(|len| u64::try_from(len).ok());
        Ok(Wanted {
            key_type,
            len: plan.attributes().number(A::VALUE_LEN).or(fixed),
            plan,
        })
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

/// A key that is to be derived.
struct Wanted {
    key_type: KeyType,
    /// Its length in bytes, where it is told.
    len: Option<u64>,
    plan: Plan,
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
