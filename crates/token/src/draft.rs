//! New objects: from a template to the whole set of attributes.

use ck::{AttributeType as A, KeyType, MechanismType, ObjectClass};
use mech::Material;
use zeroize::Zeroizing;

use crate::identifier::ObjectId;
use crate::policy::{self, Profile};
use crate::rules::{self, Origin, Rows, Template, has_key_type, is_key, is_secret};
use crate::standing::is_standing;
use crate::{Attributes, Error, otp};

/// `CK_UNAVAILABLE_INFORMATION`: the key was not generated here.
const UNAVAILABLE: u64 = u64::MAX;

/// Makes the attributes of an object that the application brings (`C_CreateObject`, 5.7.1).
pub(crate) fn import(profile: Profile, template: &Template<'_>) -> Result<Attributes, Error> {
    let class = template
        .number(A::CLASS)?
        .ok_or(Error::TemplateIncomplete(A::CLASS))?;
    let class = ObjectClass(class);
    if is_standing(class) {
        return Err(Error::AttributeValueInvalid {
            id: A::CLASS,
            why: "the token alone makes objects of this class",
        });
    }
    let key_type = template
        .number(A::KEY_TYPE)?
        .map(KeyType)
        .filter(|_| has_key_type(class));
    let rows = Rows::of(class, key_type)?;
    let mut attributes = rules::take(template, &rows, Origin::Import)?;
    set_defaults(profile, &mut attributes, &rows);
    if let Some(key_type) = key_type {
        complete(profile, &mut attributes, class, key_type, Trust::Foreign)
            .map_err(|error| of_import(error, template))?;
        set_origin(&mut attributes, &Source::Outside);
    }
    finish(profile, &mut attributes, template)?;
    policy::check_object(profile, &attributes)?;
    Ok(attributes)
}

/// Says of an imported key what is wrong with its template: `C_CreateObject` has no code for sizes, and a value that is there but
/// empty is not missing (5.7.1).
fn of_import(error: Error, template: &Template<'_>) -> Error {
    use mech::Error as E;
    let (id, why) = match error {
        Error::Mechanism(E::KeySizeRange) => (A::VALUE, "the token keeps no keys of this size"),
        Error::Mechanism(E::TemplateIncomplete(id)) if template.get(id).is_some() => {
            (id, "it is empty")
        }
        other => return other,
    };
    Error::AttributeValueInvalid { id, why }
}

/// Where the value of a key comes from.
#[derive(Clone, Copy)]
pub(crate) enum Source {
    /// A mechanism of the token made it.
    Generation(MechanismType),
    /// A mechanism of the token derived it from a key that has always had, or not, these attributes.
    Derivation {
        /// `CKA_ALWAYS_SENSITIVE` of that key.
        always_sensitive: bool,
        /// `CKA_NEVER_EXTRACTABLE` of that key.
        never_extractable: bool,
    },
    /// A mechanism of the token made it of a password, which is known outside.
    Password(MechanismType),
    /// It was drawn to be shared: another party has it as well.
    Encapsulation,
    /// It was brought in the clear.
    Outside,
    /// It was brought wrapped.
    Unwrapping {
        /// `CKA_TRUSTED` of the key that unwraps it.
        by_trusted: bool,
    },
}

impl Source {
    /// What a template may say of a key from there.
    const fn origin(self) -> Origin {
        match self {
            Self::Generation(_) | Self::Password(_) => Origin::Generation,
            Self::Derivation { .. }
            | Self::Encapsulation
            | Self::Outside
            | Self::Unwrapping { .. } => Origin::Transfer,
        }
    }
}

/// How far a key that comes from outside must be taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trust {
    /// Whoever made it may have made it wrong: the primes of an RSA key are tested, which takes most of the time.
    Foreign,
    /// It was a key of this token before, whose wrapping vouches for every bit: that its numbers belong together is enough.
    Known,
}

/// What is to be made, before it is: so that a bad template fails before the work is done.
pub(crate) struct Plan {
    profile: Profile,
    attributes: Attributes,
    source: Source,
}

impl Plan {
    /// Checks a template for a key of this class and type.
    pub(crate) fn new(
        profile: Profile,
        source: Source,
        (class, key_type): (ObjectClass, KeyType),
        template: &Template<'_>,
    ) -> Result<Self, Error> {
        for (id, expected) in [(A::CLASS, class.0), (A::KEY_TYPE, key_type.0)] {
            if template.number(id)?.is_some_and(|given| given != expected) {
                let why = "the mechanism makes something else";
                return Err(Error::TemplateInconsistent { id, why });
            }
        }
        let rows = Rows::of(class, Some(key_type))?;
        let mut attributes = rules::take(template, &rows, source.origin())?;
        attributes.set_number(A::CLASS, class.0);
        attributes.set_number(A::KEY_TYPE, key_type.0);
        policy::tighten(profile, &mut attributes);
        match source {
            Source::Generation(_) | Source::Outside | Source::Password(_) => {}
            Source::Derivation { .. } => policy::tighten_derived(profile, &mut attributes),
            Source::Encapsulation => policy::tighten_encapsulated(profile, &mut attributes),
            Source::Unwrapping { by_trusted } => {
                policy::tighten_unwrapped(profile, by_trusted, &mut attributes);
            }
        }
        set_defaults(profile, &mut attributes, &rows);
        policy::check_object(profile, &attributes)?;
        policy::check_size(profile, &attributes)?;
        Ok(Self {
            profile,
            attributes,
            source,
        })
    }

    /// What the template says.
    pub(crate) fn attributes(&self) -> &Attributes {
        &self.attributes
    }

    /// Puts in the key that was generated.
    pub(crate) fn fulfil(
        mut self,
        material: Material,
        template: &Template<'_>,
    ) -> Result<Attributes, Error> {
        put_named(&mut self.attributes, material)?;
        set_origin(&mut self.attributes, &self.source);
        finish(self.profile, &mut self.attributes, template)?;
        Ok(self.attributes)
    }

    /// Puts in a key that was made elsewhere, once it is found to be one.
    pub(crate) fn receive(
        mut self,
        material: Material,
        trust: Trust,
        template: &Template<'_>,
    ) -> Result<Attributes, Error> {
        let wanted = self.attributes.number(A::VALUE_LEN);
        put_named(&mut self.attributes, material)?;
        let (class, key_type) = (self.attributes.class(), self.attributes.key_type());
        let key_type = key_type.ok_or(Error::TemplateIncomplete(A::KEY_TYPE))?;
        complete(self.profile, &mut self.attributes, class, key_type, trust)?;
        set_origin(&mut self.attributes, &self.source);
        finish(self.profile, &mut self.attributes, template)?;
        if wanted.is_some() && wanted != self.attributes.number(A::VALUE_LEN) {
            return Err(Error::TemplateInconsistent {
                id: A::VALUE_LEN,
                why: "the key has another length",
            });
        }
        Ok(self.attributes)
    }
}

/// Gives an object its name.
pub(crate) fn name(attributes: &mut Attributes, id: ObjectId) {
    attributes.set(A::UNIQUE_ID, id.to_string());
}

/// Gives every attribute that the template leaves out its default, where it has one.
fn set_defaults(profile: Profile, attributes: &mut Attributes, rows: &Rows) {
    let class = attributes.class();
    let named = rows
        .iter()
        .any(|row| policy::is_purpose(row.id) && attributes.is(row.id));
    for row in rows
        .iter()
        .filter(|row| attributes.get(row.id).is_none())
        .collect::<Vec<_>>()
    {
        match (row.default, row.id) {
            (Some(value), id) => attributes.set_flag(id, value),
            // Of private keys it is on; of secret keys the standard has it off (4.10).
            (None, A::SENSITIVE) => {
                attributes.set_flag(A::SENSITIVE, profile == Profile::Strict);
            }
            (None, A::PRIVATE) => attributes.set_flag(A::PRIVATE, is_secret(class)),
            (None, id) if policy::is_purpose(id) => {
                let value = policy::default_purpose(profile, attributes, named, id);
                attributes.set_flag(id, value);
            }
            // The standard's defaults for certificates (4.6.3).
            (None, id @ (A::CERTIFICATE_CATEGORY | A::JAVA_MIDP_SECURITY_DOMAIN)) => {
                attributes.set_number(id, 0);
            }
            // Of what a trust object does not speak, nothing is known (3.2, 4.7).
            (None, id) if rules::is_trust(id) => {
                attributes.set_number(id, ck::Trust::TRUST_UNKNOWN.0);
            }
            (None, A::OTP_COUNTER) => attributes.set(A::OTP_COUNTER, [0; 8]),
            (None, A::NAME_HASH_ALGORITHM) => {
                attributes.set_number(A::NAME_HASH_ALGORITHM, MechanismType::SHA_1.0);
            }
            (None, id) => {
                if let Some(number) = otp::default_number(id) {
                    attributes.set_number(id, number);
                }
            }
        }
    }
}

/// Checks an imported key, and computes what it lacks.
fn complete(
    profile: Profile,
    attributes: &mut Attributes,
    class: ObjectClass,
    key_type: KeyType,
    trust: Trust,
) -> Result<(), Error> {
    let get = |id| attributes.get(id);
    let material = match (class, trust) {
        (ObjectClass::PRIVATE_KEY, Trust::Foreign) => mech::complete_private(key_type, &get)?,
        (ObjectClass::PUBLIC_KEY, _) => mech::complete_public(key_type, &get)?,
        (ObjectClass::DOMAIN_PARAMETERS, _) => mech::complete_parameters(key_type, &get)?,
        _ => {
            mech::Key::parse(class, key_type, &get)?;
            Material::new()
        }
    };
    put(attributes, material);
    policy::check_size(profile, attributes)
}

/// Puts in the values of a key, which must be of the parameter set that the template names.
fn put_named(attributes: &mut Attributes, material: Material) -> Result<(), Error> {
    let id = A::PARAMETER_SET;
    let named = attributes.number(id);
    put(attributes, material);
    if named.is_some() && named != attributes.number(id) {
        let why = "the key is of another parameter set";
        return Err(Error::TemplateInconsistent { id, why });
    }
    Ok(())
}

fn put(attributes: &mut Attributes, material: Material) {
    for (id, value) in material {
        // Store numbers as templates bring them, so that C_FindObjects compares equal forms.
        let kind = ck::value_kind(id).unwrap_or(ck::ValueKind::Bytes);
        let canonical = rules::canonical(kind, &value);
        if canonical.len() == value.len() {
            attributes.set_value(id, value);
        } else {
            attributes.set_value(id, Zeroizing::new(canonical.to_vec()));
        }
    }
}

/// Sets what only the token says of a key's origin (4.7, 4.9).
fn set_origin(attributes: &mut Attributes, source: &Source) {
    // Whether the value could have been known outside, before the key had its attributes (6.3.17 for derived keys).
    let (hidden, inside) = match *source {
        Source::Generation(_) => (true, true),
        Source::Derivation {
            always_sensitive,
            never_extractable,
        } => (always_sensitive, never_extractable),
        Source::Encapsulation
        | Source::Outside
        | Source::Password(_)
        | Source::Unwrapping { .. } => (false, false),
    };
    let (local, mechanism) = match source {
        Source::Generation(mechanism) | Source::Password(mechanism) => (true, mechanism.0),
        Source::Derivation { .. }
        | Source::Encapsulation
        | Source::Outside
        | Source::Unwrapping { .. } => (false, UNAVAILABLE),
    };
    attributes.set_flag(A::LOCAL, local);
    if is_key(attributes.class()) {
        attributes.set_number(A::KEY_GEN_MECHANISM, mechanism);
        // Nobody has validated the token, so no key was made as a validation asks (3.2, 4.15.3).
        attributes.set_number(A::OBJECT_VALIDATION_FLAGS, 0);
    }
    if is_secret(attributes.class()) {
        let always_sensitive = hidden && attributes.is(A::SENSITIVE);
        let never_extractable = inside && !attributes.is(A::EXTRACTABLE);
        attributes.set_flag(A::ALWAYS_SENSITIVE, always_sensitive);
        attributes.set_flag(A::NEVER_EXTRACTABLE, never_extractable);
    }
}

/// Computes the attributes that follow from a key's or certificate's value.
fn finish(
    profile: Profile,
    attributes: &mut Attributes,
    template: &Template<'_>,
) -> Result<(), Error> {
    let class = attributes.class();
    match (class, attributes.key_type()) {
        (ObjectClass::PUBLIC_KEY | ObjectClass::PRIVATE_KEY, Some(key_type)) => {
            let get = |id| attributes.get(id);
            let Some(info) = mech::derive_public_info(class, key_type, &get) else {
                return Ok(());
            };
            set_derived(attributes, template, A::PUBLIC_KEY_INFO, info)
        }
        (class @ (ObjectClass::OTP_KEY | ObjectClass::SECRET_KEY), Some(key_type)) => {
            if class == ObjectClass::OTP_KEY {
                otp::check(attributes)?;
            }
            let value = attributes.get(A::VALUE).unwrap_or_default();
            let length = u64::try_from(value.len()).unwrap_or(UNAVAILABLE);
            policy::decide_secret(profile, length).obey()?;
            let check = mech::check_value(key_type, value);
            // Of a secret that can be guessed there is no check value but the one that the template has.
            let silent =
                policy::check_value_tells(attributes) && template.get(A::CHECK_VALUE).is_none();
            attributes.set_number(A::VALUE_LEN, length);
            check.filter(|_| !silent).map_or(Ok(()), |check| {
                set_derived(attributes, template, A::CHECK_VALUE, check)
            })
        }
        (ObjectClass::CERTIFICATE, _) => finish_certificate(attributes, template),
        (ObjectClass::TRUST, _) if trusts_anything(attributes) => {
            Err(Error::TemplateIncomplete(A::HASH_OF_CERTIFICATE))
        }
        _ => Ok(()),
    }
}

/// Computes the check value of a certificate, and compares the public key that the application may give with the certificate's
/// (4.6.2). The rest the standard leaves to the application, and empty without it.
fn finish_certificate(attributes: &mut Attributes, template: &Template<'_>) -> Result<(), Error> {
    check_elsewhere(attributes)?;
    let value = attributes.get(A::VALUE).unwrap_or_default();
    if value.is_empty() {
        let elsewhere = attributes.get(A::URL).is_some_and(|url| !url.is_empty());
        return if elsewhere {
            Ok(())
        } else {
            Err(Error::AttributeValueInvalid {
                id: A::VALUE,
                why: "it is empty, and there is no CKA_URL",
            })
        };
    }
    let check = mech::certificate_check_value(value);
    let given = attributes.get(A::PUBLIC_KEY_INFO).unwrap_or_default();
    if !given.is_empty() && mech::certificate_public_info(value).as_deref() != Some(given) {
        return Err(Error::AttributeValueInvalid {
            id: A::PUBLIC_KEY_INFO,
            why: "it is not the certificate's",
        });
    }
    check.map_or(Ok(()), |check| {
        set_derived(attributes, template, A::CHECK_VALUE, check)
    })
}

/// Checks that a certificate which is to be had elsewhere says by hashes whose it is (4.6.3, note 4).
fn check_elsewhere(attributes: &Attributes) -> Result<(), Error> {
    let given = |id| attributes.get(id).is_some_and(|value| !value.is_empty());
    let hashes = [A::HASH_OF_SUBJECT_PUBLIC_KEY, A::HASH_OF_ISSUER_PUBLIC_KEY];
    match hashes.into_iter().find(|id| !given(*id)) {
        Some(id) if given(A::URL) => match attributes.get(id) {
            None => Err(Error::TemplateIncomplete(id)),
            Some(_) => Err(Error::AttributeValueInvalid {
                id,
                why: "it is empty, and there is a CKA_URL",
            }),
        },
        _ => Ok(()),
    }
}

/// Tells whether a trust object grants trust and does not say by a hash to which certificate (3.2, 4.7, note 2).
pub(crate) fn trusts_anything(attributes: &Attributes) -> bool {
    let grants = |id| {
        !matches!(
            attributes.number(id).map(ck::Trust),
            None | Some(ck::Trust::TRUST_UNKNOWN | ck::Trust::NOT_TRUSTED)
        )
    };
    let hash = attributes.get(A::HASH_OF_CERTIFICATE).unwrap_or_default();
    hash.is_empty() && rules::trusts().any(grants)
}

/// Sets a value that follows from others. A template may repeat it, or leave it empty to have none (4.10.2).
fn set_derived(
    attributes: &mut Attributes,
    template: &Template<'_>,
    id: A,
    value: impl Into<Vec<u8>>,
) -> Result<(), Error> {
    let value = value.into();
    match template.get(id) {
        Some([]) => Ok(()),
        Some(given) if given != value => Err(Error::AttributeValueInvalid {
            id,
            why: "it does not belong to the value",
        }),
        _ => {
            attributes.set(id, value);
            Ok(())
        }
    }
}
