//! The simple mechanisms: concatenation, exclusive or, extraction (PKCS#11 3.1 section 6.43).

use cryptoki_sys::*;

use crate::c::{Mechanism, Object, Rv, Session, Template};
use crate::case::{Case, Outcome, case, spec};
use crate::context::Context;
use crate::key_use::{counting_key, open, sealed, with_data};
use crate::keys::secret;

/// A mechanism with the parameter that the cases give it.
#[derive(Clone, Copy)]
struct Simple {
    name: &'static str,
    section: &'static str,
    kind: CK_MECHANISM_TYPE,
    /// What comes of a base of 32 bytes.
    result: fn() -> Vec<u8>,
}

/// What is appended, prepended or combined.
const DATA: [u8; 32] = [0x9d; 32];

#[rustfmt::skip] // A table reads by its columns.
const ALL: &[Simple] = &[
    Simple { name: "concatenate-base-and-key", section: "6.43.3", kind: CKM_CONCATENATE_BASE_AND_KEY, result: || [counting_key(32), DATA.to_vec()].concat() },
    Simple { name: "concatenate-base-and-data", section: "6.43.4", kind: CKM_CONCATENATE_BASE_AND_DATA, result: || [counting_key(32), DATA.to_vec()].concat() },
    Simple { name: "concatenate-data-and-base", section: "6.43.5", kind: CKM_CONCATENATE_DATA_AND_BASE, result: || [DATA.to_vec(), counting_key(32)].concat() },
    Simple { name: "xor-base-and-data", section: "6.43.6", kind: CKM_XOR_BASE_AND_DATA, result: || counting_key(32).iter().map(|byte| byte ^ 0x9d).collect() },
    Simple { name: "extract-key-from-key", section: "6.43.7", kind: CKM_EXTRACT_KEY_FROM_KEY, result: || [&counting_key(32)[1..], &[0]].concat() },
];

impl Simple {
    fn mechanism(self, cx: &Context<'_>, session: Session) -> Outcome<Mechanism> {
        cx.mechanism(self.kind, CKF_DERIVE)?;
        Ok(match self.kind {
            CKM_CONCATENATE_BASE_AND_KEY => {
                let template = open(secret(CKK_GENERIC_SECRET, &[CKA_DERIVE]));
                let key = cx.import(session, &template.bytes(CKA_VALUE, &DATA))?;
                Mechanism::with_number(self.kind, key.0)
            }
            CKM_EXTRACT_KEY_FROM_KEY => Mechanism::with_number(self.kind, 8),
            _ => with_data(self.kind, &DATA),
        })
    }

    /// Derives from a base of known value, made by this change of its template.
    fn derive(
        self,
        cx: &mut Context<'_>,
        base: fn(Template) -> Template,
        template: &Template,
    ) -> Outcome<(Session, Rv, Object)> {
        let session = cx.session()?;
        let mechanism = self.mechanism(cx, session)?;
        let base = base(secret(CKK_GENERIC_SECRET, &[CKA_DERIVE]));
        let base = cx.import(session, &base.bytes(CKA_VALUE, &counting_key(32)))?;
        let (rv, key) = cx.c.derive_key(session, &mechanism, base, template);
        Ok((session, rv, key))
    }
}

pub(super) fn cases() -> Vec<Case> {
    ALL.iter()
        .flat_map(|simple| [values(*simple), rules(*simple)].into_iter().flatten())
        .collect()
}

fn values(simple: Simple) -> Vec<Case> {
    let name = simple.name;
    let new = |what: &str, requirement: &str| {
        case(
            format!("derive.{name}.{what}"),
            spec(simple.section),
            requirement,
        )
    };
    vec![
        new("aes-256", "An AES key derived has the first bytes of what the mechanism gives.").run(move |cx| {
            let template = secret(CKK_AES, &[CKA_ENCRYPT]).number(CKA_VALUE_LEN, 32);
            let (session, rv, key) = simple.derive(cx, open, &template)?;
            cx.ok(rv)?;
            cx.expect_aes(session, key, &(simple.result)()[..32])
        }),
        new("generic-of-24", "A generic secret derived has the length that was asked for.").run(move |cx| {
            let template = open(secret(CKK_GENERIC_SECRET, &[])).number(CKA_VALUE_LEN, 24);
            let (session, rv, key) = simple.derive(cx, open, &template)?;
            cx.ok(rv)?;
            let value = cx.had(cx.c.attribute(session, key, CKA_VALUE))?;
            cx.equal_bytes("CKA_VALUE", &(simple.result)()[..24], &value)
        }),
        new("neither-length-nor-kind", "Without length and kind the child is a generic secret of all bytes; extraction has none.").run(move |cx| {
            let template = open(Template::class(CKO_SECRET_KEY).flag(CKA_TOKEN, false));
            let (session, rv, key) = simple.derive(cx, open, &template)?;
            if simple.kind == CKM_EXTRACT_KEY_FROM_KEY {
                return cx.expect_one_of(rv, &[CKR_TEMPLATE_INCOMPLETE, CKR_TEMPLATE_INCONSISTENT]);
            }
            cx.ok(rv)?;
            cx.equal("CKA_KEY_TYPE", &CKK_GENERIC_SECRET, &cx.number_of(session, key, CKA_KEY_TYPE)?)?;
            let value = cx.had(cx.c.attribute(session, key, CKA_VALUE))?;
            cx.equal_bytes("CKA_VALUE", &(simple.result)(), &value)
        }),
        new("too-long", "A child of more bytes than there are is refused.").run(move |cx| {
            let template = secret(CKK_GENERIC_SECRET, &[]).number(CKA_VALUE_LEN, 65);
            let (_, rv, _) = simple.derive(cx, open, &template)?;
            let codes = [CKR_KEY_SIZE_RANGE, CKR_TEMPLATE_INCONSISTENT, CKR_ATTRIBUTE_VALUE_INVALID, CKR_MECHANISM_PARAM_INVALID, CKR_DATA_LEN_RANGE];
            cx.expect_one_of(rv, &codes)
        }),
    ]
}

fn rules(simple: Simple) -> Vec<Case> {
    let name = simple.name;
    let new = |what: &str, requirement: &str| {
        case(
            format!("derive.{name}.{what}"),
            spec(simple.section),
            requirement,
        )
    };
    let child = || secret(CKK_GENERIC_SECRET, &[]).number(CKA_VALUE_LEN, 16);
    vec![
        new(
            "sensitive-follows",
            "A child of a sensitive key is sensitive.",
        )
        .run(move |cx| {
            let base = |template: Template| {
                template
                    .flag(CKA_SENSITIVE, true)
                    .flag(CKA_EXTRACTABLE, true)
            };
            let (session, rv, key) = simple.derive(cx, base, &child())?;
            cx.ok(rv)?;
            cx.expect_flag(session, key, CKA_SENSITIVE, true)
        }),
        new(
            "unextractable-follows",
            "A child of an unextractable key is unextractable.",
        )
        .run(move |cx| {
            let (session, rv, key) = simple.derive(cx, sealed, &child())?;
            cx.ok(rv)?;
            cx.expect_flag(session, key, CKA_EXTRACTABLE, false)
        }),
        new(
            "always-sensitive-follows",
            "A child of an imported key was not always sensitive.",
        )
        .run(move |cx| {
            let (session, rv, key) = simple.derive(cx, sealed, &sealed(child()))?;
            cx.ok(rv)?;
            cx.expect_flag(session, key, CKA_ALWAYS_SENSITIVE, false)?;
            cx.expect_flag(session, key, CKA_NEVER_EXTRACTABLE, false)
        }),
    ]
}
