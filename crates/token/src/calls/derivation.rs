//! Deriving keys (5.18.5).

use std::ops::Deref;
use std::sync::Arc;
use std::{iter, slice};

use ck::{Algorithm, AttributeType as A, KeyType, Mechanism, ObjectClass, Params};
use proto::Call;
use proto::shape::{Attribute, Deriving, NewKey};
use zeroize::Zeroizing;

use super::{Within, mechanism_of};
use crate::draft::{self, Plan, Source, Trust};
use crate::object::Object;
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
        let params = &argument.params;
        let bases = self.bases(base_key, row, params)?;
        let always = bases.always(row);
        let template = Template::new(template)?.with(&always)?;
        if connection {
            *derived = self.derive_connection(row, params, &bases.objects[0], &template)?;
            return Ok(());
        }
        if row.algorithm == Algorithm::HkdfData {
            key.handle = Some(self.derive_data(row, params, &bases, template)?);
            return Ok(());
        }
        let tells = tells_version(params) || !more.is_empty();
        self.check_first(tells)?;
        let mut all = vec![template];
        for template in more {
            all.push(Template::new(template)?.with(&always)?);
        }
        let source = bases.source(row);
        let wanted = all.iter().map(|template| self.want(template, source));
        let wanted = wanted.collect::<Result<Vec<_>, _>>()?;
        let values = if let [one] = wanted.as_slice() {
            vec![bases.derive(row, params, one.len)?]
        } else {
            const UNKNOWN: mech::Error = mech::Error::TemplateIncomplete(A::VALUE_LEN);
            let lens = wanted.iter().map(|one| one.len.ok_or(UNKNOWN));
            let lens = lens.collect::<Result<Vec<_>, _>>()?;
            mech::derive_several(row, params, &*bases.objects[0].key()?, &lens)?
        };
        if tells_version(params) {
            derived.version = Some(mech::tls_version(&*bases.objects[0].key()?)?);
        }
        let mut made = Vec::with_capacity(all.len());
        for ((wanted, mut value), template) in wanted.into_iter().zip(values).zip(&all) {
            mech::set_parity(wanted.key_type, &mut value);
            let profile = self.session.tenancy.partition.profile;
            policy::decide_derive(profile, &bases.attributes[0], value.len()).obey()?;
            let material = vec![(A::VALUE, value)];
            let mut key = wanted.plan.receive(material, Trust::Known, template)?;
            if policy::moves_bytes(row) {
                policy::hand_down(bases.attributes.iter().map(AsRef::as_ref), &mut key)?;
            }
            made.push(key);
        }
        let mut handles = self.keep_as(usize::from(tells), made, Call::DeriveKey)?;
        derived.keys = handles.split_off(1);
        key.handle = handles.pop();
        Ok(())
    }

    /// Finds the base key, and the others that the parameters name: each must be for this.
    fn bases(&self, base_key: u64, row: &Mechanism, params: &Params<'_>) -> Result<Bases, Error> {
        let mut bases = Bases {
            objects: Vec::new(),
            attributes: Vec::new(),
        };
        for handle in iter::once(base_key).chain(params.other_keys()) {
            let object = self.visible(handle, Error::KeyHandleInvalid)?;
            let attributes = object.attributes();
            self.permit(Usage::Derive, &attributes, row, params)?;
            bases.objects.push(object);
            bases.attributes.push(attributes);
        }
        Ok(bases)
    }

    /// Derives what a data object holds (6.62.4), as many bytes as `CKA_VALUE_LEN` says, and gives its handle.
    fn derive_data(
        &self,
        row: &Mechanism,
        params: &Params<'_>,
        bases: &Bases,
        template: Template<'_>,
    ) -> Result<u64, Error> {
        if template.get(A::VALUE).is_some() {
            return Err(Error::AttributeReadOnly(A::VALUE));
        }
        let value = bases.derive(row, params, template.number(A::VALUE_LEN)?)?;
        let class = ObjectClass::DATA.0.to_le_bytes();
        let made = [(A::CLASS, class.as_slice()), (A::VALUE, &value)];
        let made = made.map(|(id, value)| Attribute { id, value });
        let named = template.get(A::PRIVATE).is_some();
        let template = template.without(A::VALUE_LEN).with(&made)?;
        // Who may not see the key may not see this, unless the template says otherwise.
        let private = Attribute {
            id: A::PRIVATE,
            value: &[u8::from(bases.attributes[0].is(A::PRIVATE))],
        };
        let template = template.with(if named {
            &[]
        } else {
            slice::from_ref(&private)
        })?;
        let data = draft::import(self.session.tenancy.partition.profile, &template)?;
        self.check_new(&data)?;
        let [handle] = self.keep([data], Call::DeriveKey)?;
        Ok(handle)
    }

    /// Reads what a template asks for.
    fn want(&self, template: &Template<'_>, source: Source) -> Result<Wanted, Error> {
        let key_type = template.number(A::KEY_TYPE)?.map(KeyType);
        let key_type = key_type.unwrap_or(KeyType::GENERIC_SECRET);
        let kind = (ObjectClass::SECRET_KEY, key_type);
        let plan = self.plan(source, kind, template)?;
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

/// The base key of a derivation, and behind it the other keys that the parameters name.
struct Bases {
    objects: Vec<Arc<Object>>,
    attributes: Vec<Arc<Attributes>>,
}

impl Bases {
    /// What they say of every key that is derived of them.
    fn always(&self, row: &Mechanism) -> Vec<Attribute<'_>> {
        let bases = self.attributes.iter().map(AsRef::as_ref);
        let mut always = policy::inherited(row, bases.clone());
        always.extend(bases.flat_map(|base| templates::inner(base, A::DERIVE_TEMPLATE)));
        always
    }

    /// Where a key comes from that is derived of them.
    fn source(&self, row: &Mechanism) -> Source {
        if policy::moves_bytes(row) {
            source(&self.attributes)
        } else {
            source(&self.attributes[..1])
        }
    }

    fn derive(
        &self,
        row: &Mechanism,
        params: &Params<'_>,
        len: Option<u64>,
    ) -> Result<Zeroizing<Vec<u8>>, Error> {
        let keys = self.objects.iter().map(|object| object.key());
        let keys = keys.collect::<Result<Vec<_>, _>>()?;
        let keys: Vec<_> = keys.iter().map(AsRef::as_ref).collect();
        Ok(mech::derive_beside(row, params, keys[0], &keys[1..], len)?)
    }
}

/// Where a key comes from that is derived from these.
pub(super) fn source(bases: &[impl Deref<Target = Attributes>]) -> Source {
    let all = |id| bases.iter().all(|base| base.is(id));
    Source::Derivation {
        always_sensitive: all(A::ALWAYS_SENSITIVE),
        never_extractable: all(A::NEVER_EXTRACTABLE),
    }
}

/// Tells whether the caller wants to know the version that a secret of TLS begins with.
const fn tells_version(params: &Params<'_>) -> bool {
    matches!(
        params,
        Params::TlsMaster { version: true, .. } | Params::TlsExtendedMaster { version: true, .. }
    )
}
