//! Attacks that change what a key may do: attributes that go one way only, trust, protection from change.

use cryptoki_sys::*;

use super::wrapping::Join as _;
use super::{Attempt, Halt, Story, breach, resists, weakness};
use crate::c::{Mechanism, Object, Rv, Session, Template};
use crate::case::{Case, spec};
use crate::context::{Context, not_applicable};
use crate::key_use::{attribute_name, sealed};
use crate::keys::{private, public, rsa_public_parts, secret, unhex};
use crate::known_keys::P256;

const ONE_WAY: Story = Story {
    does: "turns CKA_SENSITIVE off or CKA_EXTRACTABLE on, on the key itself or on a copy of it.",
    gains: "the value of the key, read with C_GetAttributeValue or wrapped.",
    cure: "both go one way only, also in C_CopyObject (footnotes 11 and 12 of the table of common footnotes).",
    source: "PKCS#11 3.1, sections 4.9 and 4.10; M. Bortolozzo and others, CCS 2010 (Tookan attacks A1 to A3).",
};

const TRUST: Story = Story {
    does: "makes a key of his own that says that it is trusted.",
    gains: "every key with CKA_WRAP_WITH_TRUSTED, wrapped under a key that he knows.",
    cure: "only the security officer sets CKA_TRUSTED (footnote 10).",
    source: "PKCS#11 3.1, sections 4.8 and 4.10; R. Focardi, F. Luccio, G. Steel, An Introduction to Security API Analysis, 2011.",
};

const FROZEN: Story = Story {
    does: "changes, copies or destroys a key that was made not to be changed, copied or destroyed.",
    gains: "usages that the key's maker ruled out, or the loss of the key.",
    cure: "CKA_MODIFIABLE, CKA_COPYABLE and CKA_DESTROYABLE are checked, and stay off once they are.",
    source: "PKCS#11 3.1, section 4.4.",
};

const NARROWED: Story = Story {
    does: "uses a key with a mechanism that its CKA_ALLOWED_MECHANISMS leaves out, or makes a copy without that list.",
    gains: "operations that the key's maker ruled out, such as decryption without authentication.",
    cure: "the list is checked when an operation begins, and copies keep it.",
    source: "PKCS#11 3.1, section 4.7.",
};

pub(super) fn cases() -> Vec<Case> {
    [one_way(), trusted(), frozen(), narrowed()].concat_cases()
}

type Change = fn(&Context<'_>, Session, Object, &Template) -> (Rv, Object);

fn set(cx: &Context<'_>, session: Session, key: Object, template: &Template) -> (Rv, Object) {
    (cx.c.set_attribute_values(session, key, template), key)
}

fn copy(cx: &Context<'_>, session: Session, key: Object, template: &Template) -> (Rv, Object) {
    cx.c.copy_object(session, key, template)
}

#[rustfmt::skip] // A table reads by its columns.
const ONE_WAYS: &[(&str, &str, Change, CK_ATTRIBUTE_TYPE, bool)] = &[
    ("sensitive-off.set", "5.7.6", set, CKA_SENSITIVE, false),
    ("sensitive-off.copy", "5.7.2", copy, CKA_SENSITIVE, false),
    ("extractable-on.set", "5.7.6", set, CKA_EXTRACTABLE, true),
    ("extractable-on.copy", "5.7.2", copy, CKA_EXTRACTABLE, true),
];

fn one_way() -> Vec<Case> {
    let secrets = ONE_WAYS.iter().map(|(name, section, change, kind, value)| {
        let requirement = format!(
            "{} of a secret key does not become {}.",
            attribute_name(*kind),
            shown(*value)
        );
        let (change, kind, value) = (*change, *kind, *value);
        breach(name, spec(section), &requirement, &ONE_WAY).run(move |cx| {
            let session = cx.session()?;
            let key = cx.aes_with(session, 32, &sealed(secret(CKK_AES, &[CKA_ENCRYPT])))?;
            turned(cx, session, key, change, (kind, value))
        })
    });
    let privates = ONE_WAYS.iter().map(|(name, section, change, kind, value)| {
        let requirement = format!(
            "{} of a private key does not become {}.",
            attribute_name(*kind),
            shown(*value)
        );
        let (change, kind, value) = (*change, *kind, *value);
        let name = format!("{name}-private-key");
        breach(&name, spec(section), &requirement, &ONE_WAY).run(move |cx| {
            let session = cx.session()?;
            cx.mechanism(CKM_EC_KEY_PAIR_GEN, CKF_GENERATE_KEY_PAIR)?;
            let publics = public(CKK_EC, &[CKA_VERIFY]).bytes(CKA_EC_PARAMS, &unhex(P256));
            let privates = sealed(private(CKK_EC, &[CKA_SIGN]));
            let pair = cx.pair(session, CKM_EC_KEY_PAIR_GEN, &publics, &privates)?;
            turned(cx, session, pair.private, change, (kind, value))
        })
    });
    secrets.chain(privates).collect()
}

fn shown(value: bool) -> &'static str {
    if value { "CK_TRUE" } else { "CK_FALSE" }
}

/// Turns a flag the forbidden way and looks whether it turned.
fn turned(
    cx: &Context<'_>,
    session: Session,
    key: Object,
    change: Change,
    (kind, value): (CK_ATTRIBUTE_TYPE, bool),
) -> Attempt {
    cx.expect_flag(session, key, kind, !value)?;
    let template = Template::new().flag(kind, value);
    let (rv, changed) = change(cx, session, key, &template);
    cx.allowed(rv)?;
    if cx.flag_of(session, changed, kind)? == value {
        return Ok(format!("{} is {} now", attribute_name(kind), shown(value)));
    }
    resists("the call is accepted, and the attribute stays as it was")
}

fn trusted() -> Vec<Case> {
    let ways: [(
        &str,
        &str,
        fn(&Context<'_>, Session) -> Result<Object, Halt>,
    ); 6] = [
        ("trusted.create", "5.7.1", |cx, session| {
            let template = secret(CKK_AES, &[CKA_WRAP, CKA_TRUSTED]);
            cx.forge(session, &template.bytes(CKA_VALUE, &[9; 32]))
        }),
        ("trusted.generate", "5.18.1", |cx, session| {
            cx.forge_aes(session, 32, &secret(CKK_AES, &[CKA_WRAP, CKA_TRUSTED]))
        }),
        ("trusted.set", "5.7.6", |cx, session| {
            trust_by(cx, session, set)
        }),
        ("trusted.copy", "5.7.2", |cx, session| {
            trust_by(cx, session, copy)
        }),
        ("trusted.unwrap", "5.18.4", trust_by_unwrap),
        ("trusted.public-key", "5.7.1", |cx, session| {
            let template = public(CKK_RSA, &[CKA_WRAP, CKA_TRUSTED]);
            cx.forge(session, &template.and(&rsa_public_parts()))
        }),
    ];
    ways.into_iter()
        .map(|(name, section, way)| {
            breach(
                name,
                spec(section),
                "A user does not make a key that is trusted.",
                &TRUST,
            )
            .run(move |cx| {
                let session = cx.session()?;
                let key = way(cx, session)?;
                if cx.flag_of(session, key, CKA_TRUSTED)? {
                    return Ok("the user's key is trusted".into());
                }
                resists("the key is not trusted")
            })
        })
        .collect()
}

fn trust_by(cx: &Context<'_>, session: Session, change: Change) -> Result<Object, Halt> {
    let key = cx.aes(session, 32, &[CKA_WRAP])?;
    let (rv, key) = change(cx, session, key, &Template::new().flag(CKA_TRUSTED, true));
    cx.allowed(rv)?;
    Ok(key)
}

fn trust_by_unwrap(cx: &Context<'_>, session: Session) -> Result<Object, Halt> {
    let mechanism = cx.wrapping_mechanism()?;
    let victim = cx.victim(session, 32)?;
    let carrier = cx.aes(session, 32, &[CKA_WRAP, CKA_UNWRAP])?;
    let wrapped = cx.let_through(cx.wrap_once(session, &mechanism, carrier, victim))?;
    let template = secret(CKK_AES, &[CKA_WRAP, CKA_TRUSTED]);
    let (rv, key) =
        cx.c.unwrap_key(session, &mechanism, carrier, &wrapped, &template);
    cx.allowed(rv)?;
    Ok(key)
}

fn frozen() -> Vec<Case> {
    vec![
        breach(
            "modifiable-off.set",
            spec("5.7.6"),
            "A key that is not modifiable is not changed.",
            &FROZEN,
        )
        .run(|cx| {
            let session = cx.session()?;
            let key = kept(cx, session, CKA_MODIFIABLE)?;
            let more = Template::new().flag(CKA_DECRYPT, true);
            cx.allowed(cx.c.set_attribute_values(session, key, &more))?;
            if cx.flag_of(session, key, CKA_DECRYPT)? {
                return Ok("the key decrypts now".into());
            }
            resists("the call is accepted, and the key stays as it was")
        }),
        weakness(
            "modifiable-off.copy",
            spec("5.7.2"),
            "A key that is not modifiable has no copy that may do more.",
            &FROZEN,
        )
        .run(|cx| {
            let session = cx.session()?;
            let key = kept(cx, session, CKA_MODIFIABLE)?;
            let more = Template::new().flag(CKA_DECRYPT, true);
            let (rv, twin) =
                cx.c.copy_object(session, key, &more.flag(CKA_MODIFIABLE, true));
            cx.allowed(rv)?;
            if cx.flag_of(session, twin, CKA_DECRYPT)? {
                return Ok("a copy of the key decrypts".into());
            }
            resists("the copy does not decrypt")
        }),
        breach(
            "destroyable-off.destroy",
            spec("5.7.3"),
            "A key that is not destroyable is not destroyed.",
            &FROZEN,
        )
        .run(|cx| {
            let session = cx.session()?;
            let key = kept(cx, session, CKA_DESTROYABLE)?;
            cx.allowed(cx.c.destroy_object(session, key))?;
            Ok("the key is gone".into())
        }),
        breach(
            "copyable-off.copy",
            spec("5.7.2"),
            "A key that is not copyable is not copied.",
            &FROZEN,
        )
        .run(|cx| {
            let session = cx.session()?;
            let key = kept(cx, session, CKA_COPYABLE)?;
            let (rv, _) = cx.c.copy_object(session, key, &Template::new());
            cx.allowed(rv)?;
            Ok("there are two of the key now".into())
        }),
        breach(
            "copyable-off.set",
            spec("4.4"),
            "CKA_COPYABLE stays off once it is.",
            &FROZEN,
        )
        .run(|cx| {
            let session = cx.session()?;
            let key = kept(cx, session, CKA_COPYABLE)?;
            let on = Template::new().flag(CKA_COPYABLE, true);
            cx.allowed(cx.c.set_attribute_values(session, key, &on))?;
            if cx.flag_of(session, key, CKA_COPYABLE)? {
                return Ok("the key may be copied now".into());
            }
            resists("the call is accepted, and the attribute stays off")
        }),
        weakness(
            "private-off.copy",
            spec("5.7.2"),
            "A private key object has no copy that anybody may use without a login.",
            &FROZEN,
        )
        .run(|cx| {
            let session = cx.session()?;
            let template = secret(CKK_AES, &[CKA_ENCRYPT]).flag(CKA_PRIVATE, true);
            let key = cx.aes_with(session, 32, &template)?;
            let (rv, twin) =
                cx.c.copy_object(session, key, &Template::new().flag(CKA_PRIVATE, false));
            cx.allowed(rv)?;
            if cx.flag_of(session, twin, CKA_PRIVATE)? {
                return resists("the copy is private too");
            }
            Ok("a copy of the key is there for everybody".into())
        }),
    ]
}

/// Makes a key with one protection against change; the case does not apply where the module does not keep it.
fn kept(cx: &Context<'_>, session: Session, kind: CK_ATTRIBUTE_TYPE) -> Result<Object, Halt> {
    let template = secret(CKK_AES, &[CKA_ENCRYPT])
        .flag(CKA_DECRYPT, false)
        .flag(kind, false);
    let key = cx.aes_with(session, 32, &template)?;
    if cx.c.attribute(session, key, kind) != Ok(vec![CK_FALSE]) {
        not_applicable(format!("{} is not kept", attribute_name(kind)))?;
    }
    Ok(key)
}

fn narrowed() -> Vec<Case> {
    vec![
        breach("allowed-mechanisms.ignored", spec("4.7"), "A key is not used with a mechanism that its CKA_ALLOWED_MECHANISMS leaves out.", &NARROWED)
            .run(|cx| {
                let session = cx.session()?;
                let key = narrow(cx, session)?;
                by_ecb(cx, session, key)
            }),
        weakness("allowed-mechanisms.copy", spec("5.7.2"), "A key's copy has no more CKA_ALLOWED_MECHANISMS than the key.", &NARROWED)
            .run(|cx| {
                let session = cx.session()?;
                let key = narrow(cx, session)?;
                let wider = Template::new().numbers(CKA_ALLOWED_MECHANISMS, &[CKM_AES_CBC, CKM_AES_ECB]);
                let (rv, twin) = cx.c.copy_object(session, key, &wider);
                cx.allowed(rv)?;
                by_ecb(cx, session, twin)
            }),
        weakness("allowed-mechanisms.set", spec("5.7.6"), "CKA_ALLOWED_MECHANISMS does not grow by C_SetAttributeValue.", &NARROWED)
            .run(|cx| {
                let session = cx.session()?;
                let key = narrow(cx, session)?;
                let wider = Template::new().numbers(CKA_ALLOWED_MECHANISMS, &[CKM_AES_CBC, CKM_AES_ECB]);
                cx.allowed(cx.c.set_attribute_values(session, key, &wider))?;
                by_ecb(cx, session, key)
            }),
        breach("retyped.copy", spec("5.7.2"), "A key's copy is of the same kind.", &Story {
            does: "copies an AES key as a generic secret.",
            gains: "the key's value in another algorithm, and with weak ones the key.",
            cure: "CKA_KEY_TYPE and CKA_CLASS are not among what C_CopyObject changes.",
            source: "PKCS#11 3.1, section 4.1.3.",
        })
        .run(|cx| {
            let session = cx.session()?;
            let key = cx.aes_with(session, 32, &sealed(secret(CKK_AES, &[CKA_ENCRYPT])))?;
            let (rv, twin) = cx.c.copy_object(session, key, &Template::new().number(CKA_KEY_TYPE, CKK_GENERIC_SECRET));
            cx.allowed(rv)?;
            if cx.number_of(session, twin, CKA_KEY_TYPE)? == CKK_AES {
                return resists("the copy is an AES key too");
            }
            Ok("an AES key has a copy of another kind".into())
        }),
        breach("value-replaced.set", spec("5.7.6"), "The value of a key is not replaced.", &Story {
            does: "writes a value of his choice over that of a key that others trust by its label.",
            gains: "everything that is protected with the key from then on.",
            cure: "CKA_VALUE is not among what C_SetAttributeValue changes.",
            source: "PKCS#11 3.1, section 4.10.",
        })
        .run(|cx| {
            let session = cx.session()?;
            let key = cx.aes(session, 32, &[CKA_ENCRYPT])?;
            let value = Template::new().bytes(CKA_VALUE, &[0x66; 32]);
            cx.allowed(cx.c.set_attribute_values(session, key, &value))?;
            if cx.is_aes(session, key, &[0x66; 32])? {
                return Ok("the key has the attacker's value".into());
            }
            resists("the call is accepted, and the value stays")
        }),
        breach("always-authenticate.skipped", spec("4.9"), "A key with CKA_ALWAYS_AUTHENTICATE does not sign without the PIN.", &AUTHENTICATE)
            .run(|cx| {
                let session = cx.session()?;
                let key = asking(cx, session)?;
                by_signature(cx, session, key)
            }),
        weakness("always-authenticate.copy", spec("4.9"), "A key with CKA_ALWAYS_AUTHENTICATE has no copy that signs without the PIN.", &AUTHENTICATE)
            .run(|cx| {
                let session = cx.session()?;
                let key = asking(cx, session)?;
                let off = Template::new().flag(CKA_ALWAYS_AUTHENTICATE, false);
                let (rv, twin) = cx.c.copy_object(session, key, &off);
                cx.allowed(rv)?;
                by_signature(cx, session, twin)
            }),
        breach("always-authenticate.once-for-two", spec("4.9"), "One PIN lets a key with CKA_ALWAYS_AUTHENTICATE sign once.", &AUTHENTICATE)
            .run(|cx| {
                let session = cx.session()?;
                let key = asking(cx, session)?;
                let mechanism = Mechanism::new(CKM_ECDSA);
                cx.prepared(cx.c.sign_init(session, Some(&mechanism), key))?;
                cx.prepared(cx.c.login(session, CKU_CONTEXT_SPECIFIC, cx.user_pin()?))?;
                cx.had(cx.c.whole(|out| cx.c.sign(session, &[5; 32], out)))?;
                by_signature(cx, session, key)
            }),
    ]
}

const AUTHENTICATE: Story = Story {
    does: "uses a key that asks for the PIN before each use without giving it, on a login that stands.",
    gains: "signatures that its owner did not agree to.",
    cure: "an operation with such a key answers CKR_USER_NOT_LOGGED_IN until C_Login with CKU_CONTEXT_SPECIFIC, each time; copies keep the attribute.",
    source: "PKCS#11 3.1, section 4.9.",
};

fn narrow(cx: &Context<'_>, session: Session) -> Result<Object, Halt> {
    cx.mechanism(CKM_AES_CBC, CKF_ENCRYPT)?;
    let template = secret(CKK_AES, &[CKA_ENCRYPT]).numbers(CKA_ALLOWED_MECHANISMS, &[CKM_AES_CBC]);
    let key = cx.aes_with(session, 32, &template)?;
    if !cx
        .c
        .attribute(session, key, CKA_ALLOWED_MECHANISMS)
        .is_ok_and(|list| list.len() == 8)
    {
        not_applicable("CKA_ALLOWED_MECHANISMS is not kept")?;
    }
    Ok(key)
}

fn by_ecb(cx: &Context<'_>, session: Session, key: Object) -> Attempt {
    cx.mechanism(CKM_AES_ECB, CKF_ENCRYPT)?;
    cx.let_through(cx.encrypt_once(session, &Mechanism::new(CKM_AES_ECB), key, &[1; 16]))?;
    Ok("the key works with a mechanism that its maker ruled out".into())
}

/// A key that asks for the PIN each time.
fn asking(cx: &Context<'_>, session: Session) -> Result<Object, Halt> {
    cx.mechanism(CKM_ECDSA, CKF_SIGN)?;
    cx.mechanism(CKM_EC_KEY_PAIR_GEN, CKF_GENERATE_KEY_PAIR)?;
    let publics = public(CKK_EC, &[CKA_VERIFY]).bytes(CKA_EC_PARAMS, &unhex(P256));
    let privates = private(CKK_EC, &[CKA_SIGN, CKA_PRIVATE, CKA_ALWAYS_AUTHENTICATE]);
    let pair = cx.pair(session, CKM_EC_KEY_PAIR_GEN, &publics, &privates)?;
    if !cx.flag_of(session, pair.private, CKA_ALWAYS_AUTHENTICATE)? {
        not_applicable("CKA_ALWAYS_AUTHENTICATE is not kept")?;
    }
    Ok(pair.private)
}

fn by_signature(cx: &Context<'_>, session: Session, key: Object) -> Attempt {
    cx.let_through(cx.sign_once(session, &Mechanism::new(CKM_ECDSA), key, &[6; 32]))?;
    Ok("the key signs without the PIN".into())
}
