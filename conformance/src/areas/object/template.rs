//! Templates that are wrong whatever the object: missing, contradictory, badly written (section 4.1.1).

use cryptoki_sys::*;

use super::kinds::{Kind, NOWHERE, slug};
use crate::c::{Arg, Function, Object, Rv, Session, Template};
use crate::case::{Case, Draft, Outcome, Stage, case, spec};
use crate::context::{Context, not_applicable};

pub(super) fn cases() -> Vec<Case> {
    let topics = [arguments(), classes(), twice(), written(), allowed()];
    topics.into_iter().flatten().collect()
}

fn refuse(cx: &Context<'_>, session: Session, template: &Template, codes: &[CK_RV]) -> Outcome {
    let (rv, _) = cx.c.create_object(session, template);
    cx.expect_one_of(rv, codes)
}

fn create_raw(cx: &Context<'_>, session: Session, template: Arg<'_>, count: CK_ULONG) -> Rv {
    let mut handle: CK_ULONG = 0;
    let args = vec![
        Arg::Number(session.0),
        template,
        Arg::Number(count),
        Arg::Place(&mut handle),
    ];
    cx.c.call(Function::C_CreateObject, args)
}

fn data() -> Template {
    Kind::named("data").least()
}

fn arguments() -> Vec<Case> {
    vec![
        case(
            "object.template.null",
            spec("5.7.1"),
            "C_CreateObject with a null template of one attribute answers CKR_ARGUMENTS_BAD.",
        )
        .run(|cx| {
            let session = cx.session()?;
            cx.expect(create_raw(cx, session, Arg::Null, 1), CKR_ARGUMENTS_BAD)
        }),
        case(
            "object.template.empty",
            spec("4.1.1"),
            "C_CreateObject with an empty template answers CKR_TEMPLATE_INCOMPLETE.",
        )
        .run(|cx| {
            let session = cx.session()?;
            // The pointer is good, the count is not: no rule makes the arguments bad.
            let template = data();
            let rv = create_raw(cx, session, Arg::Template(&template), 0);
            cx.expect(rv, CKR_TEMPLATE_INCOMPLETE)
        }),
        case(
            "object.template.null-handle",
            spec("5.7.1"),
            "C_CreateObject with nowhere to put the handle answers CKR_ARGUMENTS_BAD.",
        )
        .run(|cx| {
            let session = cx.session()?;
            let template = data();
            let args = vec![
                Arg::Number(session.0),
                Arg::Template(&template),
                Arg::Number(template.len() as CK_ULONG),
                Arg::Null,
            ];
            cx.expect(cx.c.call(Function::C_CreateObject, args), CKR_ARGUMENTS_BAD)
        }),
        case(
            "object.template.session-invalid",
            spec("5.1.2"),
            "C_CreateObject in a session that does not exist answers CKR_SESSION_HANDLE_INVALID.",
        )
        .run(|cx| {
            refuse(
                cx,
                Session(CK_INVALID_HANDLE),
                &data(),
                &[CKR_SESSION_HANDLE_INVALID],
            )
        }),
    ]
}

fn classes() -> Vec<Case> {
    let missing = case(
        "object.template.class-missing",
        spec("4.2"),
        "C_CreateObject without CKA_CLASS answers CKR_TEMPLATE_INCOMPLETE.",
    )
    .run(|cx| {
        let session = cx.session()?;
        let template = cx.taken(session, Kind::named("data"))?.without(CKA_CLASS);
        refuse(cx, session, &template, &[CKR_TEMPLATE_INCOMPLETE])
    });
    let strict = WRONG_NUMBERS
        .iter()
        .map(|row| wrong_number(row).run(|cx| number_refused(cx, row)));
    let loose = WRONG_CATEGORIES.iter();
    let loose = loose.map(|row| wrong_number(row).should().run(|cx| number_refused(cx, row)));
    [missing].into_iter().chain(strict).chain(loose).collect()
}

/// A number that an attribute cannot be: a name, what that would be, the kind, the attribute, the number.
type WrongNumber = (
    &'static str,
    &'static str,
    &'static str,
    CK_ATTRIBUTE_TYPE,
    CK_ULONG,
);

#[rustfmt::skip] // A table reads by its columns.
const WRONG_NUMBERS: &[WrongNumber] = &[
    ("class-unknown", "an object of a class that does not exist", "data", CKA_CLASS, NOWHERE),
    ("key-type-unknown", "a key of a type that does not exist", "aes", CKA_KEY_TYPE, NOWHERE),
    ("key-type-of-public", "a secret key of type CKK_RSA", "aes", CKA_KEY_TYPE, CKK_RSA),
    ("key-type-of-secret", "a public key of type CKK_AES", "rsa-public", CKA_KEY_TYPE, CKK_AES),
    ("certificate-type-unknown", "a certificate of a type that does not exist", "certificate", CKA_CERTIFICATE_TYPE, NOWHERE),
];

#[rustfmt::skip] // A table reads by its columns.
const WRONG_CATEGORIES: &[WrongNumber] = &[
    ("certificate-category-unknown", "a certificate of a category that does not exist", "certificate", CKA_CERTIFICATE_CATEGORY, NOWHERE),
    ("java-domain-unknown", "a certificate of a security domain that does not exist", "certificate", CKA_JAVA_MIDP_SECURITY_DOMAIN, NOWHERE),
];

fn wrong_number((name, what, _, _, _): &WrongNumber) -> Draft {
    case(
        format!("object.template.{name}"),
        spec("4.1.1"),
        format!("C_CreateObject does not make {what}."),
    )
}

fn number_refused(cx: &mut Context<'_>, (_, _, kind, one, value): &WrongNumber) -> Outcome {
    let session = cx.session()?;
    let template = cx.taken(session, Kind::named(kind))?.number(*one, *value);
    let codes = [CKR_ATTRIBUTE_VALUE_INVALID, CKR_TEMPLATE_INCONSISTENT];
    refuse(cx, session, &template, &codes)
}

fn twice() -> Vec<Case> {
    /// A name, the kind, the attribute, its two values.
    type Twice = (
        &'static str,
        &'static str,
        CK_ATTRIBUTE_TYPE,
        &'static [u8],
        &'static [u8],
    );
    let different: [Twice; 5] = [
        ("label", "data", CKA_LABEL, b"one", b"two"),
        ("token", "data", CKA_TOKEN, &[0], &[1]),
        ("value", "data", CKA_VALUE, b"one", b"two"),
        ("encrypt", "aes", CKA_ENCRYPT, &[0], &[1]),
        ("key-value", "aes", CKA_VALUE, &[1; 16], &[2; 16]),
    ];
    let mut cases: Vec<_> = different
        .map(|(name, kind, one, first, second)| {
            case(
                format!("object.template.twice-different.{name}"),
                spec("4.1.1"),
                "A template with two values of one attribute is refused with CKR_TEMPLATE_INCONSISTENT.",
            )
            .should()
            .run(move |cx| {
                let session = cx.session()?;
                let template = cx.taken(session, Kind::named(kind))?;
                let template = template.bytes(one, first).again(one, second);
                refuse(cx, session, &template, &[CKR_TEMPLATE_INCONSISTENT])
            })
        })
        .into();
    cases.push(
        case(
            "object.template.twice-same",
            spec("4.1.1"),
            "A template that repeats an attribute makes what it would make without, or is refused with \
             CKR_TEMPLATE_INCONSISTENT.",
        )
        .run(|cx| {
            let session = cx.session()?;
            let template = cx.taken(session, Kind::named("data"))?;
            let template = template.text(CKA_LABEL, "one").again(CKA_LABEL, b"one");
            let (rv, object) = cx.c.create_object(session, &template);
            cx.expect_one_of(rv, &[CKR_OK, CKR_TEMPLATE_INCONSISTENT])?;
            if rv.is_ok() {
                let label = cx.read(session, object, CKA_LABEL)?;
                cx.equal_bytes("CKA_LABEL", b"one", &label)?;
            }
            Ok(())
        }),
    );
    cases
}

/// Values of the wrong length or form: the kind, the attribute, the bytes.
type Written = (&'static str, &'static str, CK_ATTRIBUTE_TYPE, &'static [u8]);

#[rustfmt::skip] // A table reads by its columns.
const WRITTEN: &[Written] = &[
    ("bool-empty", "data", CKA_TOKEN, &[]),
    ("bool-of-two-bytes", "data", CKA_MODIFIABLE, &[1, 0]),
    ("bool-of-eight-bytes", "data", CKA_PRIVATE, &[0; 8]),
    ("bool-empty", "aes", CKA_ENCRYPT, &[]),
    ("bool-of-two-bytes", "aes", CKA_SENSITIVE, &[1, 1]),
    ("bool-of-eight-bytes", "rsa-public", CKA_VERIFY, &[1, 0, 0, 0, 0, 0, 0, 0]),
    ("number-of-four-bytes", "certificate", CKA_CERTIFICATE_CATEGORY, &[0; 4]),
    ("number-of-nine-bytes", "certificate", CKA_CERTIFICATE_CATEGORY, &[0; 9]),
    ("number-of-four-bytes", "aes", CKA_KEY_TYPE, &[0x1f, 0, 0, 0]),
    ("number-of-four-bytes", "data", CKA_CLASS, &[0; 4]),
    ("date-of-seven-bytes", "aes", CKA_START_DATE, b"2026010"),
    ("date-of-nine-bytes", "certificate", CKA_END_DATE, b"202601010"),
];

fn written() -> Vec<Case> {
    let strict = WRITTEN.iter().map(|(name, kind, one, value)| {
        case(
            format!("object.template.{name}.{kind}.{}", slug(*one)),
            spec("4.1.1"),
            "A value that is not of its attribute's type is refused with CKR_ATTRIBUTE_VALUE_INVALID.",
        )
        .should()
        .run(move |cx| {
            let session = cx.session()?;
            let template = cx.taken(session, Kind::named(kind))?.bytes(*one, value);
            refuse(cx, session, &template, &[CKR_ATTRIBUTE_VALUE_INVALID])
        })
    });
    let loose: [Written; 3] = [
        ("bool-of-value-two", "data", CKA_MODIFIABLE, &[2]),
        ("bool-of-value-255", "aes", CKA_EXTRACTABLE, &[255]),
        ("date-of-letters", "aes", CKA_START_DATE, b"yesterda"),
    ];
    let loose = loose.into_iter().map(|(name, kind, one, value)| {
        case(
            format!("object.template.{name}"),
            spec("4.1.1"),
            "A value that its attribute's type does not have is refused with CKR_ATTRIBUTE_VALUE_INVALID.",
        )
        .should()
        .run(move |cx| {
            let session = cx.session()?;
            let template = cx.taken(session, Kind::named(kind))?.bytes(one, value);
            refuse(cx, session, &template, &[CKR_ATTRIBUTE_VALUE_INVALID])
        })
    });
    let null = case(
        "object.template.null-value",
        spec("4.1.1"),
        "An attribute of eight bytes at a null pointer is refused.",
    )
    .run(|cx| {
        let session = cx.session()?;
        let template = cx.taken(session, Kind::named("data"))?.raw(CKA_LABEL, 0, 8);
        refuse(
            cx,
            session,
            &template,
            &[CKR_ATTRIBUTE_VALUE_INVALID, CKR_ARGUMENTS_BAD],
        )
    });
    strict.chain(loose).chain([null]).collect()
}

/// What a template may say depends on who is logged in, and on the session.
fn allowed() -> Vec<Case> {
    vec![
        case(
            "object.template.private-before-login",
            spec("5.7.1"),
            "Nobody makes a private object before the user logs in.",
        )
        .stage(Stage::Public)
        .run(|cx| {
            cx.login_required()?;
            let session = cx.session()?;
            cx.import(session, &data().flag(CKA_PRIVATE, false))?;
            let template = data().flag(CKA_PRIVATE, true);
            refuse(cx, session, &template, &[CKR_USER_NOT_LOGGED_IN])
        }),
        case(
            "object.template.private-by-officer",
            spec("5.7.1"),
            "The SO cannot make a private object.",
        )
        .stage(Stage::Officer)
        .run(|cx| {
            let session = cx.session()?;
            cx.import(session, &data().flag(CKA_PRIVATE, false))?;
            let template = data().flag(CKA_PRIVATE, true);
            refuse(cx, session, &template, &[CKR_USER_NOT_LOGGED_IN])
        }),
        case(
            "object.template.token-in-read-only",
            spec("5.7.1"),
            "A token object cannot be made in a read-only session.",
        )
        .run(|cx| {
            let session = cx.read_only()?;
            cx.taken(session, Kind::named("data"))?;
            let template = data().flag(CKA_TOKEN, true).text(CKA_LABEL, &cx.label());
            refuse(cx, session, &template, &[CKR_SESSION_READ_ONLY])
        }),
        case(
            "object.template.session-in-read-only",
            spec("5.7.1"),
            "A session object can be made in a read-only session.",
        )
        .run(|cx| {
            let writable = cx.session()?;
            let template = cx.taken(writable, Kind::named("data"))?;
            let session = cx.read_only()?;
            let (rv, _) = cx.c.create_object(session, &template);
            cx.ok(rv)
        }),
        failed_makes_nothing(),
        always_authenticate(),
        elsewhere(),
    ]
    .into_iter()
    .chain(["certificate", "rsa-public", "aes"].map(trusted))
    .chain([trusted_by_officer()])
    .collect()
}

fn failed_makes_nothing() -> Case {
    case(
        "object.template.failed-makes-nothing",
        spec("5.7.1"),
        "A C_CreateObject that fails makes no object.",
    )
    .run(|cx| {
        let session = cx.session()?;
        let label = cx.label();
        let template = cx
            .taken(session, Kind::named("data"))?
            .text(CKA_LABEL, &label)
            .bytes(NOWHERE, b"anything");
        let (rv, _) = cx.c.create_object(session, &template);
        cx.check(!rv.is_ok(), "C_CreateObject fails", "CKR_OK")?;
        let found = cx.c.find(session, &Template::new().text(CKA_LABEL, &label));
        let found = found.or_else(|rv| cx.ok(rv).map(|()| Vec::new()))?;
        cx.equal("objects", &Vec::<Object>::new(), &found)
    })
}

/// Footnote 4 of X.509 certificates.
fn elsewhere() -> Case {
    case(
        "object.template.certificate-url",
        spec("4.6.3"),
        "A certificate that is to be had elsewhere needs the hashes of its public key and of its issuer's.",
    )
    .should()
    .run(|cx| {
        let session = cx.session()?;
        let kind = Kind::named("certificate");
        let url = Template::new().text(CKA_URL, "https://example.org/one.cer");
        let hashes = Template::new()
            .bytes(CKA_HASH_OF_SUBJECT_PUBLIC_KEY, &[1; 20])
            .bytes(CKA_HASH_OF_ISSUER_PUBLIC_KEY, &[2; 20]);
        cx.object(session, kind, &url.clone().and(&hashes))?;
        let codes = [
            CKR_TEMPLATE_INCOMPLETE,
            CKR_TEMPLATE_INCONSISTENT,
            CKR_ATTRIBUTE_VALUE_INVALID,
        ];
        refuse(cx, session, &kind.least().and(&url), &codes)
    })
}

fn always_authenticate() -> Case {
    case(
        "object.template.always-authenticate-public",
        spec("4.9"),
        "CKA_ALWAYS_AUTHENTICATE is taken only for a private object.",
    )
    .run(|cx| {
        let session = cx.session()?;
        let kind = Kind::named("ec-private");
        let always = Template::new().flag(CKA_ALWAYS_AUTHENTICATE, true);
        cx.object(session, kind, &always.clone().flag(CKA_PRIVATE, true))?;
        cx.object(session, kind, &Template::new().flag(CKA_PRIVATE, false))?;
        let template = kind.least().and(&always).flag(CKA_PRIVATE, false);
        refuse(
            cx,
            session,
            &template,
            &[CKR_TEMPLATE_INCONSISTENT, CKR_ATTRIBUTE_VALUE_INVALID],
        )
    })
}

/// Footnote 10.
fn trusted(name: &'static str) -> Case {
    case(
        format!("object.template.trusted-by-user.{name}"),
        spec("4.2"),
        "The user cannot make an object with CKA_TRUSTED.",
    )
    .explain(
        "Whoever could would wrap keys that have CKA_WRAP_WITH_TRUSTED under a key of their own, and read them.",
    )
    .run(|cx| {
        let session = cx.session()?;
        let template = cx
            .taken(session, Kind::named(name))?
            .flag(CKA_TRUSTED, true);
        let (rv, _) = cx.c.create_object(session, &template);
        if rv.0 == CKR_ATTRIBUTE_TYPE_INVALID {
            return not_applicable("the module keeps no CKA_TRUSTED");
        }
        let codes = [
            CKR_ATTRIBUTE_READ_ONLY,
            CKR_ATTRIBUTE_VALUE_INVALID,
            CKR_TEMPLATE_INCONSISTENT,
            CKR_USER_NOT_LOGGED_IN,
        ];
        cx.expect_one_of(rv, &codes)
    })
}

fn trusted_by_officer() -> Case {
    case(
        "object.template.trusted-by-officer",
        spec("4.6.2"),
        "The SO can make a certificate with CKA_TRUSTED.",
    )
    .stage(Stage::Officer)
    .should()
    .run(|cx| {
        let session = cx.session()?;
        let public = Kind::named("certificate").least().flag(CKA_PRIVATE, false);
        cx.import(session, &public)?;
        let (rv, object) = cx.c.create_object(session, &public.flag(CKA_TRUSTED, true));
        cx.ok(rv)?;
        let trusted = cx.read(session, object, CKA_TRUSTED)?;
        cx.equal_bytes("CKA_TRUSTED", &[1], &trusted)
    })
}
