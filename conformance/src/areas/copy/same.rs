//! What a copy has of its original (section 5.7.2).

use cryptoki_sys::*;

use crate::areas::object::kinds::{KINDS, Kind, attribute, template};
use crate::c::function::Version;
use crate::c::{Mechanism, Object, Session, Template};
use crate::case::{Case, Outcome, case, spec};
use crate::context::Context;
use crate::keys::secret;

pub(super) fn cases() -> Vec<Case> {
    let kinds = KINDS.iter().map(same);
    kinds
        .chain(carried())
        .chain(apart())
        .chain([secret_value()])
        .collect()
}

impl Context<'_> {
    /// Copies an object.
    ///
    /// # Errors
    /// If the module does not.
    pub(super) fn copied(
        &self,
        session: Session,
        object: Object,
        more: &Template,
    ) -> Outcome<Object> {
        let (rv, copy) = self.c.copy_object(session, object, more);
        self.ok(rv)?;
        self.check(copy != object, "a new handle", "the original's")?;
        Ok(copy)
    }
}

/// A copy without changes has all the attributes.
fn same(kind: &'static Kind) -> Case {
    case(
        format!("copy.same.{}", kind.name),
        spec("5.7.2"),
        "A copy with an empty template has the attributes of its original.",
    )
    .since(kind.since)
    .run(|cx| {
        let session = cx.session()?;
        let given = cx.taken(session, kind)?.and(&template(kind.optional));
        let object = cx.import(session, &given)?;
        let copy = cx.copied(session, object, &Template::new())?;
        let shown = given.kinds().filter(|one| !kind.hidden.contains(one));
        let storage = [CKA_TOKEN, CKA_PRIVATE, CKA_MODIFIABLE];
        for one in shown.chain(storage) {
            let original = cx.read(session, object, one)?;
            let copied = cx.read(session, copy, one)?;
            cx.equal_bytes(&attribute(one), &original, &copied)?;
        }
        Ok(())
    })
}

/// The secret value is the original's, not only its outside.
fn secret_value() -> Case {
    case(
        "copy.same.aes-value",
        spec("5.7.2"),
        "The copy of a key has the value of its original.",
    )
    .run(|cx| {
        let session = cx.session()?;
        let open = Template::new()
            .flag(CKA_SENSITIVE, false)
            .flag(CKA_EXTRACTABLE, true);
        let kind = Kind::named("aes");
        let key = cx.object(session, kind, &open)?;
        let copy = cx.copied(session, key, &Template::new())?;
        let value = cx.read(session, copy, CKA_VALUE)?;
        let given = kind.least();
        cx.equal_bytes(
            "CKA_VALUE",
            given.value(CKA_VALUE).unwrap_or_default(),
            &value,
        )
    })
}

/// What is generated here stays so in a copy: how the key was made, and the attributes that tell of it.
fn carried() -> Vec<Case> {
    let rows: [(&str, &str, CK_ATTRIBUTE_TYPE, bool, bool); 4] = [
        ("local", "4.7.2", CKA_LOCAL, true, false),
        (
            "key-gen-mechanism",
            "4.7.2",
            CKA_KEY_GEN_MECHANISM,
            true,
            false,
        ),
        (
            "always-sensitive",
            "5.7.2",
            CKA_ALWAYS_SENSITIVE,
            true,
            false,
        ),
        (
            "never-extractable",
            "5.7.2",
            CKA_NEVER_EXTRACTABLE,
            true,
            false,
        ),
    ];
    rows.map(|(name, section, one, sensitive, extractable)| {
        case(
            format!("copy.carried.{name}"),
            spec(section),
            format!("The copy of a generated key has its {}.", attribute(one)),
        )
        .run(move |cx| {
            let session = cx.session()?;
            let key = generated(cx, session, sensitive, extractable)?;
            let copy = cx.copied(session, key, &Template::new())?;
            let original = cx.read(session, key, one)?;
            let told = original != [0] && original != CK_ULONG::MAX.to_ne_bytes();
            cx.check(told, format!("{} of the original", attribute(one)), "none")?;
            let copied = cx.read(session, copy, one)?;
            cx.equal_bytes(&attribute(one), &original, &copied)
        })
    })
    .into_iter()
    .chain(histories())
    .collect()
}

/// Makes an AES key in the token.
pub(super) fn generated(
    cx: &Context<'_>,
    session: Session,
    sensitive: bool,
    extractable: bool,
) -> Outcome<Object> {
    cx.mechanism(CKM_AES_KEY_GEN, CKF_GENERATE)?;
    let given = secret(CKK_AES, &[])
        .number(CKA_VALUE_LEN, 16)
        .flag(CKA_SENSITIVE, sensitive)
        .flag(CKA_EXTRACTABLE, extractable);
    let mechanism = Mechanism::new(CKM_AES_KEY_GEN);
    let (rv, key) = cx.c.generate_key(session, &mechanism, &given);
    cx.prepared(rv)?;
    Ok(key)
}

/// The specification's own examples of what a stricter copy says of its past.
fn histories() -> Vec<Case> {
    vec![
        case(
            "copy.carried.unextractable-copy",
            spec("5.7.2"),
            "A copy that is made unextractable has CKA_NEVER_EXTRACTABLE CK_FALSE.",
        )
        .run(|cx| {
            let session = cx.session()?;
            let key = generated(cx, session, true, true)?;
            let copy = cx.copied(session, key, &Template::new().flag(CKA_EXTRACTABLE, false))?;
            let extractable = cx.read(session, copy, CKA_EXTRACTABLE)?;
            cx.equal_bytes("CKA_EXTRACTABLE", &[0], &extractable)?;
            let never = cx.read(session, copy, CKA_NEVER_EXTRACTABLE)?;
            cx.equal_bytes("CKA_NEVER_EXTRACTABLE", &[0], &never)
        }),
        case(
            "copy.carried.sensitive-copy",
            spec("5.7.2"),
            "A copy that is made sensitive has the CKA_ALWAYS_SENSITIVE of its original.",
        )
        .run(|cx| {
            let session = cx.session()?;
            let key = generated(cx, session, false, false)?;
            let copy = cx.copied(session, key, &Template::new().flag(CKA_SENSITIVE, true))?;
            let sensitive = cx.read(session, copy, CKA_SENSITIVE)?;
            cx.equal_bytes("CKA_SENSITIVE", &[1], &sensitive)?;
            let always = cx.read(session, copy, CKA_ALWAYS_SENSITIVE)?;
            cx.equal_bytes("CKA_ALWAYS_SENSITIVE", &[0], &always)
        }),
    ]
}

/// Original and copy are two objects.
fn apart() -> Vec<Case> {
    vec![
        destroyed_original(),
        destroyed_copy(),
        changed_copy(),
        unique_id(),
        both_found(),
        copy_of_copy(),
    ]
}

fn destroyed_original() -> Case {
    case(
        "copy.apart.destroyed-original",
        spec("5.7.2"),
        "A copy stays when its original is destroyed.",
    )
    .run(|cx| {
        let session = cx.session()?;
        let object = cx.data_object(session, &Template::new())?;
        let copy = cx.copied(session, object, &Template::new())?;
        cx.ok(cx.c.destroy_object(session, object))?;
        cx.invalid(session, object)?;
        cx.read(session, copy, CKA_VALUE).map(drop)
    })
}

fn destroyed_copy() -> Case {
    case(
        "copy.apart.destroyed-copy",
        spec("5.7.2"),
        "The original stays when a copy is destroyed.",
    )
    .run(|cx| {
        let session = cx.session()?;
        let object = cx.data_object(session, &Template::new())?;
        let copy = cx.copied(session, object, &Template::new())?;
        cx.ok(cx.c.destroy_object(session, copy))?;
        cx.invalid(session, copy)?;
        cx.read(session, object, CKA_VALUE).map(drop)
    })
}

fn changed_copy() -> Case {
    case(
        "copy.apart.changed-copy",
        spec("5.7.2"),
        "Changing a copy leaves its original as it was.",
    )
    .run(|cx| {
        let session = cx.session()?;
        let first = Template::new().text(CKA_LABEL, "first");
        let object = cx.data_object(session, &first)?;
        let copy = cx.copied(session, object, &Template::new())?;
        let second = Template::new().text(CKA_LABEL, "second");
        cx.prepared(cx.c.set_attribute_values(session, copy, &second))?;
        let label = cx.read(session, object, CKA_LABEL)?;
        cx.equal_bytes("CKA_LABEL", b"first", &label)
    })
}

fn unique_id() -> Case {
    case(
        "copy.apart.unique-id",
        spec("4.4.1"),
        "A copy has a CKA_UNIQUE_ID of its own.",
    )
    .since(Version::V3_0)
    .run(|cx| {
        let session = cx.session()?;
        let object = cx.data_object(session, &Template::new())?;
        let copy = cx.copied(session, object, &Template::new())?;
        let original = cx.read(session, object, CKA_UNIQUE_ID)?;
        let copied = cx.read(session, copy, CKA_UNIQUE_ID)?;
        cx.check(!copied.is_empty(), "a CKA_UNIQUE_ID", "an empty one")?;
        cx.check(
            copied != original,
            "another CKA_UNIQUE_ID",
            "the original's",
        )
    })
}

fn both_found() -> Case {
    case(
        "copy.apart.both-found",
        spec("5.7.2"),
        "A search finds the original and the copy.",
    )
    .run(|cx| {
        let session = cx.session()?;
        let label = cx.label();
        let object = cx.data_object(session, &Template::new().text(CKA_LABEL, &label))?;
        let copy = cx.copied(session, object, &Template::new())?;
        let mut found = cx.labelled(session, &label)?;
        found.sort_unstable();
        let mut expected = vec![object, copy];
        expected.sort_unstable();
        cx.equal("found", &expected, &found)
    })
}

fn copy_of_copy() -> Case {
    case(
        "copy.apart.copy-of-copy",
        spec("5.7.2"),
        "A copy can be copied.",
    )
    .run(|cx| {
        let session = cx.session()?;
        let object = cx.data_object(session, &Template::new())?;
        let copy = cx.copied(session, object, &Template::new())?;
        let again = cx.copied(session, copy, &Template::new())?;
        cx.check(again != object, "a third handle", "the first")?;
        let value = cx.read(session, again, CKA_VALUE)?;
        let original = cx.read(session, object, CKA_VALUE)?;
        cx.equal_bytes("CKA_VALUE", &original, &value)
    })
}
