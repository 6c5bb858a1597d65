//! The ways to break a rule.

use cryptoki_sys::{CK_ATTRIBUTE, CK_ATTRIBUTE_TYPE, CK_RV, CK_ULONG};
use cryptoki_sys::{CK_UNAVAILABLE_INFORMATION, CKR_OK};

use crate::functions::Function;
use crate::generic::ignore;
use crate::module::{Call, Template, report};
use crate::notes;

/// All functions, for a hook that is not about some of them.
pub(crate) const ALL: &[Function] = &[];

/// What happens to which calls.
#[derive(Debug)]
pub(crate) enum Hook {
    /// A function of ours answers these calls.
    Around(&'static [Function], fn(&mut Call) -> CK_RV),
    /// An attribute that is asked for with one value is stored with the other and reported as asked.
    Forge(CK_ATTRIBUTE_TYPE, &'static [u8], &'static [u8]),
    /// An attribute is left out of every template and reported as it was asked for.
    Ignore(CK_ATTRIBUTE_TYPE),
    /// Where the module answers these calls with the first code, they answer with the second.
    Instead(&'static [Function], CK_RV, CK_RV),
    /// The function lists carry this version.
    ListVersion(u8, u8),
    /// The function lists lack a function.
    Missing(Function),
    /// An attribute has this value, whatever was asked for.
    Report(CK_ATTRIBUTE_TYPE, &'static [u8]),
}

impl Hook {
    /// Answers a call.
    pub(crate) fn answer(&self, call: &mut Call) -> CK_RV {
        let concerns =
            |functions: &[Function]| functions.is_empty() || functions.contains(&call.function());
        match *self {
            Self::Around(functions, hook) if concerns(functions) => hook(call),
            Self::Forge(kind, asked, stored) => forge(call, kind, asked, stored),
            Self::Ignore(kind) => ignore(kind, call),
            Self::Instead(functions, from, to) if concerns(functions) => match call.pass() {
                rv if rv == from => to,
                rv => rv,
            },
            Self::Report(kind, value) if call.function() == Function::GetAttributeValue => {
                let rv = call.pass();
                for attribute in reported(call, kind) {
                    report(attribute, value);
                }
                rv
            }
            _ => call.pass(),
        }
    }
}

/// The topic of the notes on objects that are not what was asked for.
const FORGED: &str = "forged";

fn forge(
    call: &mut Call,
    kind: CK_ATTRIBUTE_TYPE,
    asked: &'static [u8],
    stored: &'static [u8],
) -> CK_RV {
    if call.function() == Function::GetAttributeValue {
        let rv = call.pass();
        if notes::get(FORGED, call.word(1) as CK_ULONG).is_some() {
            for attribute in reported(call, kind) {
                report(attribute, asked);
            }
        }
        return rv;
    }
    let mut templates = Vec::new();
    let mut changed = *call;
    for &(at, handle) in call.function().makes() {
        let mut template = Template::of(call, at);
        if template.value(kind) == Some(asked) {
            template.set(kind, stored);
            changed = template.put(changed, at);
            templates.push((template, handle));
        }
    }
    let rv = changed.pass();
    for (_, handle) in templates.iter().filter(|_| rv == CKR_OK) {
        notes::put(FORGED, call.number(*handle).unwrap_or_default(), 1);
    }
    rv
}

/// Returns the places of an attribute in the template of `C_GetAttributeValue` that the module has filled.
fn reported(call: &mut Call, kind: CK_ATTRIBUTE_TYPE) -> impl Iterator<Item = &mut CK_ATTRIBUTE> {
    let template = call.template(2).iter_mut();
    template.filter(move |one| one.type_ == kind && one.ulValueLen != CK_UNAVAILABLE_INFORMATION)
}
