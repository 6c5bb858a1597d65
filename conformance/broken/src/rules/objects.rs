//! Objects: made, copied, changed, destroyed.

use cryptoki_sys::{CK_RV, CK_ULONG, CKA_CLASS, CKA_COPYABLE, CKA_DESTROYABLE, CKA_LABEL};
use cryptoki_sys::{CKA_MODIFIABLE, CKA_PRIVATE, CKA_TOKEN, CKA_TRUSTED, CKO_DATA};
use cryptoki_sys::{CKR_ACTION_PROHIBITED, CKR_ATTRIBUTE_READ_ONLY, CKR_ATTRIBUTE_TYPE_INVALID};
use cryptoki_sys::{CKR_ATTRIBUTE_VALUE_INVALID, CKR_GENERAL_ERROR, CKR_OBJECT_HANDLE_INVALID};
use cryptoki_sys::{CKR_OK, CKR_SESSION_READ_ONLY, CKR_TEMPLATE_INCOMPLETE};
use cryptoki_sys::{CKR_TEMPLATE_INCONSISTENT, CKR_USER_NOT_LOGGED_IN};

use super::{FALSE, TRUE};
use crate::functions::Function::{CopyObject, CreateObject, DestroyObject, GetAttributeValue};
use crate::functions::Function::{GetObjectSize, SetAttributeValue};
use crate::hook::ALL;
use crate::hook::Hook::{Around, Forge, Instead};
use crate::module::{Call, Template};
use crate::rule::{Rule, row};

#[rustfmt::skip] // A table reads by its columns.
pub(super) const RULES: &[Rule] = &[
    row("create-incomplete-accepted", "4.1.1", "C_CreateObject makes something of a template that is incomplete.",
        Around(&[CreateObject], |call| instead_data(call, CKR_TEMPLATE_INCOMPLETE)), &["object.required.certificate.certificate-type", "object.required.certificate.subject"]),
    row("create-incomplete-general-error", "4.1.1", "C_CreateObject answers CKR_GENERAL_ERROR to a template that is incomplete.",
        Instead(&[CreateObject], CKR_TEMPLATE_INCOMPLETE, CKR_GENERAL_ERROR), &["object.required.certificate.certificate-type", "object.required.certificate.subject"]),
    row("create-inconsistent-accepted", "4.1.1", "C_CreateObject makes something of a template that contradicts itself.",
        Around(&[CreateObject], |call| instead_data(call, CKR_TEMPLATE_INCONSISTENT)), &["object.template.always-authenticate-public"]),
    row("create-unknown-attribute-accepted", "4.1.1", "C_CreateObject overlooks an attribute that it does not know.",
        Around(&[CreateObject], |call| instead_data(call, CKR_ATTRIBUTE_TYPE_INVALID)), &["object.unknown.data.standard", "object.unknown.data.vendor"]),
    row("create-bad-value-accepted", "4.1.1", "C_CreateObject overlooks a value that an attribute cannot have.",
        Around(&[CreateObject], |call| instead_data(call, CKR_ATTRIBUTE_VALUE_INVALID)), &["object.template.class-unknown", "object.template.key-type-unknown"]),
    row("create-read-only-attribute-accepted", "4.1.1", "C_CreateObject overlooks an attribute that only the token may set.",
        Around(&[CreateObject], |call| instead_data(call, CKR_ATTRIBUTE_READ_ONLY)), &["object.forbidden.rsa-public.local", "object.forbidden.rsa-public.key-gen-mechanism"]),
    row("create-private-without-login", "4.4", "Private objects can be made without a login.",
        Around(&[CreateObject], |call| instead_data(call, CKR_USER_NOT_LOGGED_IN)), &["object.template.private-by-officer", "object.template.private-before-login"]),
    row("create-token-object-read-only", "5.6.1", "Token objects can be made in a read-only session.",
        Around(&[CreateObject], |call| instead_data(call, CKR_SESSION_READ_ONLY)), &["object.template.token-in-read-only"]),
    row("create-drops-label", "5.7.1", "C_CreateObject forgets CKA_LABEL.",
        Around(&[CreateObject], without_label), &["object.create.data", "object.create.certificate", "profile.baseline.attribute.label", "profile.certificates.sequence-1"]),
    row("create-returns-zero", "4.1.1", "C_CreateObject returns the handle 0.",
        Around(&[CreateObject], |call| {
            let rv = call.pass();
            call.set_number(3, 0);
            rv
        }), &["object.create.data", "object.create.certificate"]),
    row("token-object-lost", "4.4", "Objects with CKA_TOKEN are gone when the session ends.",
        Forge(CKA_TOKEN, TRUE, FALSE), &["object.lifetime.token-object-stays", "object.place.data.public-token", "object.place.data.private-token", "profile.certificates.sequence-1", "profile.certificates.public", "profile.certificates.held"]),
    row("session-object-kept", "4.4", "Objects with CKA_TOKEN false outlive their session.",
        Forge(CKA_TOKEN, FALSE, TRUE), &["object.place.data.public-session", "object.place.data.private-session"]),
    row("token-default-true", "4.4", "Objects without CKA_TOKEN in their template are token objects.",
        Around(&[CreateObject], |call| by_default(call, CKA_TOKEN, TRUE)), &["object.default.data.token", "object.default.certificate.token"]),
    row("private-object-public", "4.4", "Objects with CKA_PRIVATE are seen without a login.",
        Forge(CKA_PRIVATE, TRUE, FALSE), &["object.logout.private-session", "object.logout.private-token", "find.sight.private-logged-out"]),
    row("modifiable-ignored", "4.4", "Objects with CKA_MODIFIABLE false can be modified.",
        Forge(CKA_MODIFIABLE, FALSE, TRUE), &["attribute.set.not-modifiable.data", "attribute.set.not-modifiable.certificate"]),
    row("modifiable-default-false", "4.4", "Objects without CKA_MODIFIABLE in their template cannot be modified.",
        Around(&[CreateObject], |call| by_default(call, CKA_MODIFIABLE, FALSE)), &["object.default.data.modifiable", "object.default.certificate.modifiable"]),
    row("copyable-ignored", "4.4", "Objects with CKA_COPYABLE false can be copied.",
        Forge(CKA_COPYABLE, FALSE, TRUE), &["copy.prohibited.data", "copy.prohibited.certificate"]),
    row("destroyable-ignored", "4.4", "Objects with CKA_DESTROYABLE false can be destroyed.",
        Forge(CKA_DESTROYABLE, FALSE, TRUE), &["object.destroy.prohibited.data", "object.destroy.prohibited.aes"]),
    row("action-prohibited-general-error", "5.1.6", "What an object's attributes forbid answers CKR_GENERAL_ERROR.",
        Instead(ALL, CKR_ACTION_PROHIBITED, CKR_GENERAL_ERROR), &["copy.prohibited.data", "copy.prohibited.certificate", "attribute.set.not-modifiable.data"]),
    row("trusted-for-anyone", "4.6", "A normal user can set CKA_TRUSTED.",
        Around(&[CreateObject, GetAttributeValue, SetAttributeValue], trusted_for_anyone), &["object.template.trusted-by-user.certificate", "object.template.trusted-by-user.rsa-public"]),
    row("object-unknown-general-error", "5.1.6", "Calls for an unknown object answer CKR_GENERAL_ERROR.",
        Instead(ALL, CKR_OBJECT_HANDLE_INVALID, CKR_GENERAL_ERROR), &["attribute.get.object-zero", "attribute.get.object-wild", "object.destroy.data"]),
    row("destroyed-stays", "5.7.3", "An object that was destroyed can still be used.",
        Around(&[DestroyObject], |_| CKR_OK), &["object.destroy.data", "object.destroy.certificate"]),
    row("destroy-unknown-accepted", "5.7.3", "C_DestroyObject answers CKR_OK for an unknown object.",
        Instead(&[DestroyObject], CKR_OBJECT_HANDLE_INVALID, CKR_OK), &["object.destroy.twice", "object.destroy.handle-zero"]),
    row("size-of-unknown-accepted", "5.7.4", "C_GetObjectSize answers CKR_OK for an unknown object.",
        Instead(&[GetObjectSize], CKR_OBJECT_HANDLE_INVALID, CKR_OK), &["copy.size.object-zero", "copy.size.object-wild"]),
    row("size-general-error", "5.7.4", "C_GetObjectSize answers CKR_GENERAL_ERROR.",
        Instead(&[GetObjectSize], CKR_OK, CKR_GENERAL_ERROR), &["copy.size.data", "copy.size.certificate"]),
    row("copy-ignores-template", "5.7.2", "C_CopyObject ignores its template.",
        Around(&[CopyObject], |call| call.with(2, 0).with(3, 0).pass()), &["copy.change.data.label", "copy.place.data.session-to-token"]),
    row("copy-is-the-original", "5.7.2", "C_CopyObject returns the handle of the original.",
        Around(&[CopyObject], |call| {
            let rv = call.pass();
            if rv == CKR_OK {
                call.set_number(4, call.word(1) as CK_ULONG);
            }
            rv
        }), &["copy.same.data", "copy.same.certificate"]),
    row("copy-read-only-accepted", "4.1.3", "C_CopyObject overlooks an attribute that a copy cannot change.",
        Around(&[CopyObject], |call| match call.pass() {
            CKR_ATTRIBUTE_READ_ONLY => call.with(3, 0).pass(),
            rv => rv,
        }), &["copy.refused.data.class", "copy.refused.certificate.certificate-type"]),
    row("copy-unknown-general-error", "5.7.2", "C_CopyObject answers CKR_GENERAL_ERROR for an unknown object.",
        Instead(&[CopyObject], CKR_OBJECT_HANDLE_INVALID, CKR_GENERAL_ERROR), &["copy.arguments.object-zero", "copy.arguments.object-wild"]),
];

/// Makes a data object where the module refuses with a code.
fn instead_data(call: &mut Call, refusal: CK_RV) -> CK_RV {
    const DATA: &[u8] = &CKO_DATA.to_ne_bytes();
    let rv = call.pass();
    if rv != refusal {
        return rv;
    }
    let mut template = Template::default();
    template.set(CKA_CLASS, DATA);
    template.set(CKA_PRIVATE, FALSE);
    template.pass(*call, 1)
}

/// Passes a call on without the labels in its templates.
pub(super) fn without_label(call: &mut Call) -> CK_RV {
    let mut changed = *call;
    let mut templates = Vec::new();
    for &(at, _) in call.function().makes() {
        let mut template = Template::of(call, at);
        template.remove(CKA_LABEL);
        changed = template.put(changed, at);
        templates.push(template);
    }
    changed.pass()
}

fn by_default(call: &mut Call, kind: CK_ULONG, value: &'static [u8]) -> CK_RV {
    let mut template = Template::of(call, 1);
    if template.value(kind).is_some() || call.is_null(1) {
        return call.pass();
    }
    template.set(kind, value);
    template.pass(*call, 1)
}

/// Takes `CKA_TRUSTED` out of the templates that set it, and reports it as set.
fn trusted_for_anyone(call: &mut Call) -> CK_RV {
    let at = if call.function() == CreateObject {
        1
    } else {
        2
    };
    if call.function() == GetAttributeValue {
        let rv = call.pass();
        for one in call
            .template(at)
            .iter_mut()
            .filter(|one| one.type_ == CKA_TRUSTED)
        {
            crate::module::report(one, TRUE);
        }
        return rv;
    }
    let mut template = Template::of(call, at);
    if template.value(CKA_TRUSTED) != Some(TRUE) {
        return call.pass();
    }
    template.remove(CKA_TRUSTED);
    if template.is_empty() {
        CKR_OK
    } else {
        template.pass(*call, at)
    }
}
