//! Secret keys of every kind: they are made as asked for, and say what they are.

use cryptoki_sys::*;

use crate::c::{Mechanism, Object, Session, Template};
use crate::case::{Case, Outcome, case, spec};
use crate::context::{Context, fail};
use crate::key_use::{open, sealed};
use crate::keys::secret;

/// A mechanism that makes secret keys.
#[derive(Clone, Copy)]
struct Kind {
    name: &'static str,
    section: &'static str,
    mechanism: CK_MECHANISM_TYPE,
    key_type: CK_KEY_TYPE,
    /// `CKA_VALUE_LEN` in the template, where the kind of key has no length of its own.
    asked: Option<u64>,
    /// How many bytes the value has.
    bytes: usize,
}

#[rustfmt::skip] // A table reads by its columns.
const KINDS: &[Kind] = &[
    Kind { name: "aes-128", section: "6.10.2", mechanism: CKM_AES_KEY_GEN, key_type: CKK_AES, asked: Some(16), bytes: 16 },
    Kind { name: "aes-192", section: "6.10.2", mechanism: CKM_AES_KEY_GEN, key_type: CKK_AES, asked: Some(24), bytes: 24 },
    Kind { name: "aes-256", section: "6.10.2", mechanism: CKM_AES_KEY_GEN, key_type: CKK_AES, asked: Some(32), bytes: 32 },
    Kind { name: "aes-xts-256", section: "6.15", mechanism: CKM_AES_XTS_KEY_GEN, key_type: CKK_AES_XTS, asked: Some(64), bytes: 64 },
    Kind { name: "generic-128", section: "6.8.2", mechanism: CKM_GENERIC_SECRET_KEY_GEN, key_type: CKK_GENERIC_SECRET, asked: Some(16), bytes: 16 },
    Kind { name: "generic-512", section: "6.8.2", mechanism: CKM_GENERIC_SECRET_KEY_GEN, key_type: CKK_GENERIC_SECRET, asked: Some(64), bytes: 64 },
    Kind { name: "des", section: "6.18", mechanism: CKM_DES_KEY_GEN, key_type: CKK_DES, asked: None, bytes: 8 },
    Kind { name: "des2", section: "6.18", mechanism: CKM_DES2_KEY_GEN, key_type: CKK_DES2, asked: None, bytes: 16 },
    Kind { name: "des3", section: "6.18", mechanism: CKM_DES3_KEY_GEN, key_type: CKK_DES3, asked: None, bytes: 24 },
    Kind { name: "sha256-hmac", section: "6.22", mechanism: CKM_SHA256_KEY_GEN, key_type: CKK_SHA256_HMAC, asked: Some(32), bytes: 32 },
    Kind { name: "sha384-hmac", section: "6.23", mechanism: CKM_SHA384_KEY_GEN, key_type: CKK_SHA384_HMAC, asked: Some(48), bytes: 48 },
    Kind { name: "sha512-hmac", section: "6.24", mechanism: CKM_SHA512_KEY_GEN, key_type: CKK_SHA512_HMAC, asked: Some(64), bytes: 64 },
    Kind { name: "blake2b-256-hmac", section: "6.34", mechanism: CKM_BLAKE2B_256_KEY_GEN, key_type: CKK_BLAKE2B_256_HMAC, asked: Some(32), bytes: 32 },
    Kind { name: "chacha20", section: "6.58", mechanism: CKM_CHACHA20_KEY_GEN, key_type: CKK_CHACHA20, asked: None, bytes: 32 },
    Kind { name: "poly1305", section: "6.60", mechanism: CKM_POLY1305_KEY_GEN, key_type: CKK_POLY1305, asked: None, bytes: 32 },
    Kind { name: "hkdf", section: "6.62.5", mechanism: CKM_HKDF_KEY_GEN, key_type: CKK_HKDF, asked: Some(32), bytes: 32 },
    Kind { name: "camellia-256", section: "6.47", mechanism: CKM_CAMELLIA_KEY_GEN, key_type: CKK_CAMELLIA, asked: Some(32), bytes: 32 },
    Kind { name: "aria-256", section: "6.49", mechanism: CKM_ARIA_KEY_GEN, key_type: CKK_ARIA, asked: Some(32), bytes: 32 },
    Kind { name: "seed", section: "6.51", mechanism: CKM_SEED_KEY_GEN, key_type: CKK_SEED, asked: None, bytes: 16 },
];

impl Kind {
    /// What a template of this kind has beyond usages: the length, where it is asked for.
    fn complete(self, template: Template) -> Template {
        match self.asked {
            Some(length) => template.number(CKA_VALUE_LEN, length),
            None => template,
        }
    }

    fn make(self, cx: &Context<'_>, session: Session, template: Template) -> Outcome<Object> {
        cx.mechanism(self.mechanism, CKF_GENERATE)?;
        let (rv, key) = cx.c.generate_key(
            session,
            &Mechanism::new(self.mechanism),
            &self.complete(template),
        );
        cx.ok(rv)?;
        Ok(key)
    }
}

pub(super) fn cases() -> Vec<Case> {
    KINDS
        .iter()
        .flat_map(|kind| {
            [
                made(*kind),
                implied(*kind),
                wrong_class(*kind),
                wrong_type(*kind),
            ]
        })
        .chain(KINDS.iter().flat_map(|kind| [fresh(*kind), history(*kind)]))
        .chain(
            KINDS
                .iter()
                .filter(|kind| kind.asked.is_some())
                .map(|kind| no_length(*kind)),
        )
        .collect()
}

fn made(kind: Kind) -> Case {
    let name = kind.name;
    case(
        format!("generate.{name}.attributes"),
        spec(kind.section),
        "The key that is made is of the mechanism's class and kind, local, names its mechanism, and keeps its label and identifier.",
    )
    .run(move |cx| {
        let session = cx.session()?;
        let label = cx.label();
        let template = secret(kind.key_type, &[])
            .text(CKA_LABEL, &label)
            .bytes(CKA_ID, &[1, 2, 3]);
        let key = kind.make(cx, session, template)?;
        cx.equal("CKA_CLASS", &CKO_SECRET_KEY, &cx.number_of(session, key, CKA_CLASS)?)?;
        cx.equal("CKA_KEY_TYPE", &kind.key_type, &cx.number_of(session, key, CKA_KEY_TYPE)?)?;
        cx.expect_flag(session, key, CKA_LOCAL, true)?;
        let mechanism = cx.number_of(session, key, CKA_KEY_GEN_MECHANISM)?;
        cx.equal("CKA_KEY_GEN_MECHANISM", &kind.mechanism, &mechanism)?;
        cx.equal_bytes("CKA_LABEL", label.as_bytes(), &cx.bytes_of(session, key, CKA_LABEL)?)?;
        cx.equal_bytes("CKA_ID", &[1, 2, 3], &cx.bytes_of(session, key, CKA_ID)?)
    })
}

fn implied(kind: Kind) -> Case {
    let name = kind.name;
    case(
        format!("generate.{name}.class-implied"),
        spec("5.18.1"),
        "A template without CKA_CLASS and CKA_KEY_TYPE is complete: the mechanism implies them.",
    )
    .run(move |cx| {
        let session = cx.session()?;
        let key = kind.make(cx, session, Template::new().flag(CKA_TOKEN, false))?;
        cx.equal(
            "CKA_CLASS",
            &CKO_SECRET_KEY,
            &cx.number_of(session, key, CKA_CLASS)?,
        )?;
        cx.equal(
            "CKA_KEY_TYPE",
            &kind.key_type,
            &cx.number_of(session, key, CKA_KEY_TYPE)?,
        )
    })
}

fn wrong_class(kind: Kind) -> Case {
    let name = kind.name;
    case(
        format!("generate.{name}.class-of-another"),
        spec("5.18.1"),
        "A template whose CKA_CLASS is not the mechanism's answers CKR_TEMPLATE_INCONSISTENT.",
    )
    .run(move |cx| refused(cx, kind, CKA_CLASS, CKO_PRIVATE_KEY))
}

fn wrong_type(kind: Kind) -> Case {
    let name = kind.name;
    let other = if kind.key_type == CKK_AES {
        CKK_GENERIC_SECRET
    } else {
        CKK_AES
    };
    case(
        format!("generate.{name}.type-of-another"),
        spec("5.18.1"),
        "A template whose CKA_KEY_TYPE is not the mechanism's answers CKR_TEMPLATE_INCONSISTENT.",
    )
    .run(move |cx| refused(cx, kind, CKA_KEY_TYPE, other))
}

fn refused(cx: &mut Context<'_>, kind: Kind, attribute: CK_ATTRIBUTE_TYPE, value: u64) -> Outcome {
    cx.mechanism(kind.mechanism, CKF_GENERATE)?;
    let session = cx.session()?;
    let template = kind
        .complete(secret(kind.key_type, &[]))
        .number(attribute, value);
    let (rv, _) =
        cx.c.generate_key(session, &Mechanism::new(kind.mechanism), &template);
    cx.expect(rv, CKR_TEMPLATE_INCONSISTENT)
}

fn no_length(kind: Kind) -> Case {
    let name = kind.name;
    case(
        format!("generate.{name}.no-length"),
        spec(kind.section),
        "A template without CKA_VALUE_LEN answers CKR_TEMPLATE_INCOMPLETE.",
    )
    .run(move |cx| {
        cx.mechanism(kind.mechanism, CKF_GENERATE)?;
        let session = cx.session()?;
        let template = secret(kind.key_type, &[]);
        let (rv, _) =
            cx.c.generate_key(session, &Mechanism::new(kind.mechanism), &template);
        cx.expect(rv, CKR_TEMPLATE_INCOMPLETE)
    })
}

fn fresh(kind: Kind) -> Case {
    let name = kind.name;
    case(
        format!("generate.{name}.fresh"),
        spec(kind.section),
        "Keys that are made have the length that was asked for, and no two the same value.",
    )
    .run(move |cx| {
        cx.mechanism(kind.mechanism, CKF_GENERATE)?;
        let session = cx.session()?;
        let mut values = Vec::new();
        for _ in 0..3 {
            let template = kind.complete(open(secret(kind.key_type, &[])));
            let (rv, key) =
                cx.c.generate_key(session, &Mechanism::new(kind.mechanism), &template);
            // A module may make no key that can be read.
            cx.prepared(rv)?;
            values.push(cx.had(cx.c.attribute(session, key, CKA_VALUE))?);
        }
        for value in &values {
            cx.equal("bytes of CKA_VALUE", &kind.bytes, &value.len())?;
        }
        if values[0] == values[1] || values[1] == values[2] || values[0] == values[2] {
            return fail("three values", "the same value twice");
        }
        Ok(())
    })
}

fn history(kind: Kind) -> Case {
    let name = kind.name;
    case(
        format!("generate.{name}.history"),
        spec("4.10"),
        "CKA_ALWAYS_SENSITIVE is what CKA_SENSITIVE was at first, CKA_NEVER_EXTRACTABLE the opposite of CKA_EXTRACTABLE.",
    )
    .run(move |cx| {
        let session = cx.session()?;
        let key = kind.make(cx, session, sealed(secret(kind.key_type, &[])))?;
        cx.expect_flag(session, key, CKA_SENSITIVE, true)?;
        cx.expect_flag(session, key, CKA_EXTRACTABLE, false)?;
        cx.expect_flag(session, key, CKA_ALWAYS_SENSITIVE, true)?;
        cx.expect_flag(session, key, CKA_NEVER_EXTRACTABLE, true)?;
        let template = kind.complete(open(secret(kind.key_type, &[])));
        let (rv, key) = cx
            .c
            .generate_key(session, &Mechanism::new(kind.mechanism), &template);
        if !rv.is_ok() {
            cx.remark("no key that can be read is made");
            return Ok(());
        }
        let sensitive = cx.flag_of(session, key, CKA_SENSITIVE)?;
        cx.expect_flag(session, key, CKA_ALWAYS_SENSITIVE, sensitive)?;
        let extractable = cx.flag_of(session, key, CKA_EXTRACTABLE)?;
        cx.expect_flag(session, key, CKA_NEVER_EXTRACTABLE, !extractable)
    })
}
