//! Rules that are made for every attribute.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use cryptoki_sys::{
    CK_ATTRIBUTE_TYPE, CK_FALSE, CK_RV, CK_TRUE, CK_ULONG, CK_UNAVAILABLE_INFORMATION,
    CKA_ALLOWED_MECHANISMS, CKA_ALWAYS_AUTHENTICATE, CKA_ALWAYS_SENSITIVE, CKA_APPLICATION,
    CKA_CERTIFICATE_CATEGORY, CKA_CERTIFICATE_TYPE, CKA_CHECK_VALUE, CKA_CLASS, CKA_COPYABLE,
    CKA_DECRYPT, CKA_DERIVE, CKA_DERIVE_TEMPLATE, CKA_DESTROYABLE, CKA_EC_PARAMS, CKA_EC_POINT,
    CKA_ENCRYPT, CKA_END_DATE, CKA_EXTRACTABLE, CKA_ID, CKA_ISSUER, CKA_KEY_GEN_MECHANISM,
    CKA_KEY_TYPE, CKA_LABEL, CKA_LOCAL, CKA_MODIFIABLE, CKA_MODULUS, CKA_MODULUS_BITS,
    CKA_NEVER_EXTRACTABLE, CKA_OBJECT_ID, CKA_OWNER, CKA_PRIVATE, CKA_PUBLIC_EXPONENT,
    CKA_SENSITIVE, CKA_SERIAL_NUMBER, CKA_SIGN, CKA_SIGN_RECOVER, CKA_START_DATE, CKA_SUBJECT,
    CKA_TOKEN, CKA_TRUSTED, CKA_UNIQUE_ID, CKA_UNWRAP, CKA_UNWRAP_TEMPLATE, CKA_URL, CKA_VALUE,
    CKA_VALUE_LEN, CKA_VERIFY, CKA_VERIFY_RECOVER, CKA_WRAP, CKA_WRAP_TEMPLATE,
    CKA_WRAP_WITH_TRUSTED, CKR_OK,
};

use crate::functions::Function;
use crate::module::{Call, Template, report, value};

/// An attribute and its C name.
#[derive(Debug)]
pub(super) struct Attribute {
    /// The C name.
    pub(super) name: &'static str,
    /// Its number.
    pub(super) kind: CK_ATTRIBUTE_TYPE,
}

macro_rules! table {
    ($($name:ident)*) => {
        /// The attributes that modules have most often got wrong: those of storage objects, keys and certificates.
        pub(super) const ATTRIBUTES: &[Attribute] = &[
            $(Attribute { name: stringify!($name), kind: $name },)*
        ];
    };
}

table! {
    CKA_ALLOWED_MECHANISMS CKA_ALWAYS_AUTHENTICATE CKA_ALWAYS_SENSITIVE CKA_APPLICATION CKA_CERTIFICATE_CATEGORY
    CKA_CERTIFICATE_TYPE CKA_CHECK_VALUE CKA_CLASS CKA_COPYABLE CKA_DECRYPT CKA_DERIVE CKA_DERIVE_TEMPLATE CKA_DESTROYABLE
    CKA_EC_PARAMS CKA_EC_POINT CKA_ENCRYPT CKA_END_DATE CKA_EXTRACTABLE CKA_ID CKA_ISSUER CKA_KEY_GEN_MECHANISM CKA_KEY_TYPE
    CKA_LABEL CKA_LOCAL CKA_MODIFIABLE CKA_MODULUS CKA_MODULUS_BITS CKA_NEVER_EXTRACTABLE CKA_OBJECT_ID CKA_OWNER CKA_PRIVATE
    CKA_PUBLIC_EXPONENT CKA_SENSITIVE CKA_SERIAL_NUMBER CKA_SIGN CKA_SIGN_RECOVER CKA_START_DATE CKA_SUBJECT CKA_TOKEN
    CKA_TRUSTED CKA_UNIQUE_ID CKA_UNWRAP CKA_UNWRAP_TEMPLATE CKA_URL CKA_VALUE CKA_VALUE_LEN CKA_VERIFY CKA_VERIFY_RECOVER
    CKA_WRAP CKA_WRAP_TEMPLATE CKA_WRAP_WITH_TRUSTED
}

/// What becomes of an attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Habit {
    /// It is left out of every template: its default holds, and is reported.
    Drops,
    /// It is left out of every template and reported as it was asked for.
    Ignores,
    /// It is reported with another value than it has.
    Misreports,
}

impl Habit {
    /// The milder ones first.
    pub(super) const ALL: [Self; 3] = [Self::Ignores, Self::Misreports, Self::Drops];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Drops => "drops",
            Self::Ignores => "ignores",
            Self::Misreports => "misreports",
        }
    }

    pub(super) fn answer(self, kind: CK_ATTRIBUTE_TYPE, call: &mut Call) -> CK_RV {
        match (self, call.function()) {
            (Self::Misreports, Function::GetAttributeValue) => {
                let rv = call.pass();
                misreport(call, kind);
                rv
            }
            (Self::Ignores, Function::GetAttributeValue) => {
                let rv = call.pass();
                remembered(call, kind);
                rv
            }
            (Self::Drops | Self::Ignores, Function::SetAttributeValue) => {
                let object = call.word(1);
                drop_from(call, kind, &[(2, None)], Some(object), self)
            }
            (Self::Drops | Self::Ignores, function) if !function.makes().is_empty() => {
                let made: Vec<_> = function
                    .makes()
                    .iter()
                    .map(|&(at, to)| (at, Some(to)))
                    .collect();
                drop_from(call, kind, &made, None, self)
            }
            _ => call.pass(),
        }
    }
}

/// Answers a call of a module that reports an attribute as it was asked for, and has left it out.
pub(crate) fn ignore(kind: CK_ATTRIBUTE_TYPE, call: &mut Call) -> CK_RV {
    Habit::Ignores.answer(kind, call)
}

/// What was asked for, by object.
fn asked() -> MutexGuard<'static, BTreeMap<CK_ULONG, Vec<u8>>> {
    static ASKED: Mutex<BTreeMap<CK_ULONG, Vec<u8>>> = Mutex::new(BTreeMap::new());
    ASKED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Passes a call on without an attribute in the templates that lie at these arguments; beside each is where the handle of what
/// it makes lies, unless the object is there already.
fn drop_from(
    call: &Call,
    kind: CK_ATTRIBUTE_TYPE,
    templates: &[(usize, Option<usize>)],
    object: Option<usize>,
    habit: Habit,
) -> CK_RV {
    let mut changed = *call;
    let mut kept = Vec::new();
    for &(at, handle) in templates {
        let mut template = Template::of(&mut changed, at);
        let wanted = template.value(kind).map(<[u8]>::to_vec);
        if wanted.is_some() {
            template.remove(kind);
            changed = template.put(changed, at);
        }
        kept.push((template, wanted, handle));
    }
    let nothing_left = object.is_some() && kept.iter().all(|(template, ..)| template.is_empty());
    let changes = kept.iter().any(|(_, wanted, _)| wanted.is_some());
    let rv = if nothing_left && changes {
        CKR_OK
    } else {
        changed.pass()
    };
    for (_, wanted, handle) in &kept {
        let object = handle.map_or(object.map(|object| object as CK_ULONG), |at| {
            call.number(at)
        });
        if let (CKR_OK, Habit::Ignores, Some(object)) = (rv, habit, object) {
            match wanted {
                Some(wanted) => asked().insert(object, wanted.clone()),
                None if handle.is_some() => asked().remove(&object),
                None => None,
            };
        }
    }
    rv
}

fn remembered(call: &mut Call, kind: CK_ATTRIBUTE_TYPE) {
    let Some(wanted) = asked().get(&(call.word(1) as CK_ULONG)).cloned() else {
        return;
    };
    let given = call.template(2).iter_mut();
    let given = given.filter(|one| one.type_ == kind);
    for one in given.filter(|one| one.ulValueLen != CK_UNAVAILABLE_INFORMATION) {
        report(one, &wanted);
    }
}

fn misreport(call: &mut Call, kind: CK_ATTRIBUTE_TYPE) {
    let given = call.template(2).iter_mut();
    for one in given.filter(|one| one.type_ == kind) {
        match value(one) {
            [truth @ (CK_FALSE | CK_TRUE)] => *truth ^= 1,
            bytes => bytes.iter_mut().for_each(|byte| *byte = !*byte),
        }
    }
}
