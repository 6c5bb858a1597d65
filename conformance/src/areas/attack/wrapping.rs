//! Attacks that wrap a key: under a key that also decrypts, under a key that the attacker knows, under a weaker one.

use aws_lc_rs::key_wrap::{AES_256, AesKek, KeyWrap as _};
use aws_lc_rs::rsa::{OAEP_SHA1_MGF1SHA1, OaepPrivateDecryptingKey, PrivateDecryptingKey};
use cryptoki_sys::*;

use super::{Attempt, Halt, Story, breach, resists, undo_key_wrap, weakness};
use crate::c::{Mechanism, Object, Rv, Session, Template};
use crate::case::{Case, spec};
use crate::context::{Context, not_applicable};
use crate::key_use::{oaep, rsa_2048_info, wrappable};
use crate::keys::{private, public, rsa_public_parts, secret};

const CONFLICT: Story = Story {
    does: "makes a key that may wrap and decrypt, wraps a sensitive key with it, and has the token decrypt the wrapped key as if it were data.",
    gains: "the value of any key that may be wrapped.",
    cure: "a key never has CKA_WRAP together with CKA_DECRYPT, nor CKA_UNWRAP together with CKA_ENCRYPT, and usages stay as they were made.",
    source: "J. Clulow, On the Security of PKCS #11, CHES 2003; S. Delaune, S. Kremer, G. Steel, Formal Analysis of PKCS#11, CSF 2008.",
};

const CHOSEN: Story = Story {
    does: "brings a wrapping key whose value or private half is known outside, and wraps a sensitive key under it.",
    gains: "the value of any key that may be wrapped.",
    cure: "only keys made in the token, or trusted by the security officer, wrap; CKA_WRAP_WITH_TRUSTED on what matters.",
    source: "M. Bortolozzo, M. Centenaro, R. Focardi, G. Steel, Attacking and Fixing PKCS#11 Security Tokens, CCS 2010.",
};

const WEAKER: Story = Story {
    does: "wraps a strong key under a weaker one, and searches for the weaker one outside.",
    gains: "a key for the price of the weaker one.",
    cure: "no key wraps one that is stronger than itself; none below 112 bits wraps at all.",
    source: "J. Clulow, On the Security of PKCS #11, CHES 2003; NIST SP 800-57 part 1, section 5.6.",
};

const UNTRUSTED: Story = Story {
    does: "wraps a key that asks for a trusted wrapping key under one that is not, or takes that demand off first.",
    gains: "the value of a key that only a trusted key may carry out.",
    cure: "CKA_WRAP_WITH_TRUSTED is checked by C_WrapKey, and stays on once it is.",
    source: "PKCS#11 3.1, sections 4.9 and 4.10; G. Steel and others, CCS 2010.",
};

pub(super) fn cases() -> Vec<Case> {
    [conflicts(), later(), chosen(), weaker(), trusted()].concat_cases()
}

/// Joins lists of cases.
pub(super) trait Join {
    fn concat_cases(self) -> Vec<Case>;
}

impl<const N: usize> Join for [Vec<Case>; N] {
    fn concat_cases(self) -> Vec<Case> {
        self.into_iter().flatten().collect()
    }
}

fn conflicts() -> Vec<Case> {
    vec![
        weakness(
            "wrap-decrypt.key-wrap-by-ecb",
            spec("5.18.3"),
            "No key both wraps with CKM_AES_KEY_WRAP and decrypts single blocks.",
            &CONFLICT,
        )
        .run(|cx| {
            let session = cx.session()?;
            let victim = cx.victim(session, 32)?;
            let both = secret(CKK_AES, &[CKA_WRAP, CKA_DECRYPT]);
            let wrapping = cx.forge_aes(session, 32, &both)?;
            undo_by_ecb(cx, session, wrapping, victim)
        }),
        weakness(
            "wrap-decrypt.key-wrap-by-decrypt",
            spec("5.18.3"),
            "No key both wraps with CKM_AES_KEY_WRAP and decrypts with it.",
            &CONFLICT,
        )
        .run(|cx| {
            cx.mechanism(CKM_AES_KEY_WRAP, CKF_WRAP | CKF_DECRYPT)?;
            let session = cx.session()?;
            let victim = cx.victim(session, 32)?;
            let both = secret(CKK_AES, &[CKA_WRAP, CKA_DECRYPT]);
            let wrapping = cx.forge_aes(session, 32, &both)?;
            let mechanism = Mechanism::new(CKM_AES_KEY_WRAP);
            let wrapped = cx.let_through(cx.wrap_once(session, &mechanism, wrapping, victim))?;
            let plain = cx.let_through(cx.decrypt_once(session, &mechanism, wrapping, &wrapped))?;
            cx.stolen(session, victim, &plain)
        }),
        weakness(
            "wrap-decrypt.cbc",
            spec("5.18.3"),
            "No key both wraps with CKM_AES_CBC and decrypts with it.",
            &CONFLICT,
        )
        .run(|cx| by_cbc(cx, CKM_AES_CBC)),
        weakness(
            "wrap-decrypt.cbc-pad",
            spec("5.18.3"),
            "No key both wraps with CKM_AES_CBC_PAD and decrypts with it.",
            &CONFLICT,
        )
        .run(|cx| by_cbc(cx, CKM_AES_CBC_PAD)),
        weakness(
            "wrap-decrypt.rsa",
            spec("5.18.3"),
            "No RSA key pair wraps with its public and decrypts with its private key.",
            &CONFLICT,
        )
        .run(by_rsa),
    ]
}

fn undo_by_ecb(cx: &Context<'_>, session: Session, wrapping: Object, victim: Object) -> Attempt {
    cx.mechanism(CKM_AES_KEY_WRAP, CKF_WRAP)?;
    cx.mechanism(CKM_AES_ECB, CKF_DECRYPT)?;
    let mechanism = Mechanism::new(CKM_AES_KEY_WRAP);
    let wrapped = cx.let_through(cx.wrap_once(session, &mechanism, wrapping, victim))?;
    let ecb = Mechanism::new(CKM_AES_ECB);
    let plain = undo_key_wrap(&wrapped, |block| {
        cx.decrypt_once(session, &ecb, wrapping, block)
    });
    cx.stolen(session, victim, &cx.let_through(plain)?)
}

fn by_cbc(cx: &mut Context<'_>, kind: CK_MECHANISM_TYPE) -> Attempt {
    cx.mechanism(kind, CKF_WRAP | CKF_DECRYPT)?;
    let session = cx.session()?;
    let victim = cx.victim(session, 32)?;
    let both = secret(CKK_AES, &[CKA_WRAP, CKA_DECRYPT]);
    let wrapping = cx.forge_aes(session, 32, &both)?;
    let mechanism = Mechanism::with_bytes(kind, &[7; 16]);
    let wrapped = cx.let_through(cx.wrap_once(session, &mechanism, wrapping, victim))?;
    let plain = cx.let_through(cx.decrypt_once(session, &mechanism, wrapping, &wrapped))?;
    cx.stolen(session, victim, &plain)
}

fn by_rsa(cx: &mut Context<'_>) -> Attempt {
    let mechanism = rsa_wrapping(cx)?;
    cx.mechanism(CKM_RSA_PKCS_KEY_PAIR_GEN, CKF_GENERATE_KEY_PAIR)?;
    let session = cx.session()?;
    let victim = cx.victim(session, 32)?;
    let publics = public(CKK_RSA, &[CKA_WRAP]).number(CKA_MODULUS_BITS, 2048);
    let (rv, wrapping, opening) = cx.c.generate_key_pair(
        session,
        &Mechanism::new(CKM_RSA_PKCS_KEY_PAIR_GEN),
        &publics.bytes(CKA_PUBLIC_EXPONENT, &[1, 0, 1]),
        &private(CKK_RSA, &[CKA_DECRYPT]),
    );
    cx.allowed(rv)?;
    let wrapped = cx.let_through(cx.wrap_once(session, &mechanism, wrapping, victim))?;
    let plain = cx.let_through(cx.decrypt_once(session, &mechanism, opening, &wrapped))?;
    cx.stolen(session, victim, &plain)
}

/// The first RSA mechanism that wraps and decrypts.
fn rsa_wrapping(cx: &Context<'_>) -> Result<Mechanism, Halt> {
    if cx.mechanism(CKM_RSA_PKCS, CKF_WRAP | CKF_DECRYPT).is_ok() {
        return Ok(Mechanism::new(CKM_RSA_PKCS));
    }
    cx.mechanism(CKM_RSA_PKCS_OAEP, CKF_WRAP | CKF_DECRYPT)?;
    Ok(oaep(CKM_SHA_1, CKG_MGF1_SHA1))
}

fn later() -> Vec<Case> {
    vec![
        weakness(
            "add-usage.decrypt-by-set",
            spec("5.7.6"),
            "A key that wraps does not learn to decrypt by C_SetAttributeValue.",
            &CONFLICT,
        )
        .run(|cx| add_usage(cx, &[CKA_WRAP], &[CKA_DECRYPT], set)),
        weakness(
            "add-usage.wrap-by-set",
            spec("5.7.6"),
            "A key that decrypts does not learn to wrap by C_SetAttributeValue.",
            &CONFLICT,
        )
        .run(|cx| add_usage(cx, &[CKA_DECRYPT], &[CKA_WRAP], set)),
        weakness(
            "add-usage.swap-by-set",
            spec("5.7.6"),
            "A key that wrapped does not change into one that decrypts by C_SetAttributeValue.",
            &CONFLICT,
        )
        .run(swap_usage),
        weakness(
            "add-usage.decrypt-by-copy",
            spec("5.7.2"),
            "A key that wraps has no copy that decrypts.",
            &CONFLICT,
        )
        .run(|cx| add_usage(cx, &[CKA_WRAP], &[CKA_DECRYPT], copy)),
        weakness(
            "add-usage.wrap-by-copy",
            spec("5.7.2"),
            "A key that decrypts has no copy that wraps.",
            &CONFLICT,
        )
        .run(|cx| add_usage(cx, &[CKA_DECRYPT], &[CKA_WRAP], copy)),
    ]
}

type Change = fn(&Context<'_>, Session, Object, &Template) -> (Rv, Object);

fn set(cx: &Context<'_>, session: Session, key: Object, template: &Template) -> (Rv, Object) {
    (cx.c.set_attribute_values(session, key, template), key)
}

fn copy(cx: &Context<'_>, session: Session, key: Object, template: &Template) -> (Rv, Object) {
    cx.c.copy_object(session, key, template)
}

/// Gives a key a usage that it was not made with, and plays the old one against the new one.
fn add_usage(
    cx: &mut Context<'_>,
    first: &[CK_ATTRIBUTE_TYPE],
    second: &[CK_ATTRIBUTE_TYPE],
    change: Change,
) -> Attempt {
    cx.mechanism(CKM_AES_KEY_WRAP, CKF_WRAP)?;
    cx.mechanism(CKM_AES_ECB, CKF_DECRYPT)?;
    let session = cx.session()?;
    let victim = cx.victim(session, 32)?;
    let made = cx.aes_with(session, 32, &secret(CKK_AES, first))?;
    let more = second
        .iter()
        .fold(Template::new(), |more, usage| more.flag(*usage, true));
    let (rv, changed) = change(cx, session, made, &more);
    cx.allowed(rv)?;
    let (wrapping, decrypting) = if first == [CKA_WRAP] {
        (made, changed)
    } else {
        (changed, made)
    };
    let mechanism = Mechanism::new(CKM_AES_KEY_WRAP);
    let wrapped = cx.let_through(cx.wrap_once(session, &mechanism, wrapping, victim))?;
    let ecb = Mechanism::new(CKM_AES_ECB);
    let plain = undo_key_wrap(&wrapped, |block| {
        cx.decrypt_once(session, &ecb, decrypting, block)
    });
    cx.stolen(session, victim, &cx.let_through(plain)?)
}

fn swap_usage(cx: &mut Context<'_>) -> Attempt {
    cx.mechanism(CKM_AES_KEY_WRAP, CKF_WRAP)?;
    cx.mechanism(CKM_AES_ECB, CKF_DECRYPT)?;
    let session = cx.session()?;
    let victim = cx.victim(session, 32)?;
    let made = cx.aes_with(session, 32, &secret(CKK_AES, &[CKA_WRAP]))?;
    let mechanism = Mechanism::new(CKM_AES_KEY_WRAP);
    let wrapped = cx.let_through(cx.wrap_once(session, &mechanism, made, victim))?;
    let other = Template::new()
        .flag(CKA_WRAP, false)
        .flag(CKA_DECRYPT, true);
    cx.allowed(cx.c.set_attribute_values(session, made, &other))?;
    let ecb = Mechanism::new(CKM_AES_ECB);
    let plain = undo_key_wrap(&wrapped, |block| {
        cx.decrypt_once(session, &ecb, made, block)
    });
    cx.stolen(session, victim, &cx.let_through(plain)?)
}

fn chosen() -> Vec<Case> {
    vec![
        weakness(
            "wrap-under-known.aes",
            spec("5.18.3"),
            "An AES key whose value came in from outside does not wrap sensitive keys.",
            &CHOSEN,
        )
        .run(|cx| under_known(cx, &[0x5a; 32])),
        weakness(
            "wrap-under-known.zeros",
            spec("5.18.3"),
            "An AES key of zeros does not wrap sensitive keys.",
            &CHOSEN,
        )
        .run(|cx| under_known(cx, &[0; 32])),
        weakness(
            "wrap-under-known.rsa",
            spec("5.18.3"),
            "An RSA public key whose private key is the attacker's does not wrap sensitive keys.",
            &CHOSEN,
        )
        .run(under_foreign_rsa),
    ]
}

fn under_known(cx: &mut Context<'_>, value: &[u8]) -> Attempt {
    cx.mechanism(CKM_AES_KEY_WRAP, CKF_WRAP)?;
    let session = cx.session()?;
    let victim = cx.victim(session, 32)?;
    let template = secret(CKK_AES, &[CKA_WRAP]).bytes(CKA_VALUE, value);
    let wrapping = cx.forge(session, &template)?;
    let mechanism = Mechanism::new(CKM_AES_KEY_WRAP);
    let wrapped = cx.let_through(cx.wrap_once(session, &mechanism, wrapping, victim))?;
    let mut room = vec![0; wrapped.len()];
    let known = AesKek::new(&AES_256, value).expect("32 bytes are an AES key");
    match known.unwrap(&wrapped, &mut room) {
        Ok(plain) => cx.stolen(session, victim, plain),
        Err(_) => resists("what was wrapped does not open under the known key"),
    }
}

fn under_foreign_rsa(cx: &mut Context<'_>) -> Attempt {
    cx.mechanism(CKM_RSA_PKCS_OAEP, CKF_WRAP)?;
    let session = cx.session()?;
    let victim = cx.victim(session, 32)?;
    let template = public(CKK_RSA, &[CKA_WRAP]).and(&rsa_public_parts());
    let wrapping = cx.forge(session, &template)?;
    let mechanism = oaep(CKM_SHA_1, CKG_MGF1_SHA1);
    let wrapped = cx.let_through(cx.wrap_once(session, &mechanism, wrapping, victim))?;
    let known = PrivateDecryptingKey::from_pkcs8(&rsa_2048_info()).expect("a known key");
    let known = OaepPrivateDecryptingKey::new(known).expect("a known key");
    let mut room = vec![0; known.min_output_size()];
    match known.decrypt(&OAEP_SHA1_MGF1SHA1, &wrapped, &mut room, None) {
        Ok(plain) => cx.stolen(session, victim, plain),
        Err(_) => resists("what was wrapped does not open under the known key"),
    }
}

fn weaker() -> Vec<Case> {
    vec![
        weakness(
            "weaker-wraps-stronger.aes-128",
            spec("5.18.3"),
            "An AES key of 128 bits does not wrap one of 256.",
            &WEAKER,
        )
        .run(|cx| {
            let mechanism = cx.wrapping_mechanism()?;
            let session = cx.session()?;
            let victim = cx.victim(session, 32)?;
            let weak = cx.forge_aes(session, 16, &secret(CKK_AES, &[CKA_WRAP]))?;
            cx.let_through(cx.wrap_once(session, &mechanism, weak, victim))?;
            Ok("a key of 256 bits left under one of 128".into())
        }),
        weakness(
            "weaker-wraps-stronger.triple-des",
            spec("5.18.3"),
            "A triple DES key does not wrap an AES key of 256 bits.",
            &WEAKER,
        )
        .run(|cx| under_des(cx, CKM_DES3_KEY_GEN, CKK_DES3, CKM_DES3_CBC)),
        weakness(
            "weaker-wraps-stronger.des",
            spec("5.18.3"),
            "A single DES key does not wrap an AES key.",
            &WEAKER,
        )
        .run(|cx| under_des(cx, CKM_DES_KEY_GEN, CKK_DES, CKM_DES_CBC)),
        weakness(
            "weaker-wraps-stronger.rsa-1024",
            spec("5.18.3"),
            "An RSA key of 1,024 bits does not wrap an AES key of 256 bits.",
            &WEAKER,
        )
        .run(under_small_rsa),
    ]
}

fn under_des(
    cx: &mut Context<'_>,
    generation: CK_MECHANISM_TYPE,
    kind: CK_KEY_TYPE,
    cipher: CK_MECHANISM_TYPE,
) -> Attempt {
    cx.mechanism(generation, CKF_GENERATE)?;
    cx.mechanism(cipher, CKF_WRAP)?;
    let session = cx.session()?;
    let victim = cx.victim(session, 32)?;
    let template = secret(kind, &[CKA_WRAP]);
    let (rv, weak) =
        cx.c.generate_key(session, &Mechanism::new(generation), &template);
    cx.allowed(rv)?;
    let mechanism = Mechanism::with_bytes(cipher, &[0; 8]);
    cx.let_through(cx.wrap_once(session, &mechanism, weak, victim))?;
    Ok("a key of 256 bits left under a weaker one".into())
}

fn under_small_rsa(cx: &mut Context<'_>) -> Attempt {
    let listed = cx.mechanism(CKM_RSA_PKCS_KEY_PAIR_GEN, CKF_GENERATE_KEY_PAIR)?;
    let mechanism = rsa_wrapping(cx)?;
    let session = cx.session()?;
    let victim = cx.victim(session, 32)?;
    let publics = public(CKK_RSA, &[CKA_WRAP]).number(CKA_MODULUS_BITS, 1024);
    let (rv, weak, _) = cx.c.generate_key_pair(
        session,
        &Mechanism::new(CKM_RSA_PKCS_KEY_PAIR_GEN),
        &publics.bytes(CKA_PUBLIC_EXPONENT, &[1, 0, 1]),
        &private(CKK_RSA, &[CKA_UNWRAP]),
    );
    if !rv.is_ok() && listed.min > 1024 {
        return resists("keys of 1,024 bits are not offered");
    }
    cx.allowed(rv)?;
    cx.let_through(cx.wrap_once(session, &mechanism, weak, victim))?;
    Ok("a key of 256 bits left under RSA of 1,024".into())
}

fn trusted() -> Vec<Case> {
    vec![
        breach(
            "wrap-with-trusted.ignored",
            spec("4.10"),
            "A key with CKA_WRAP_WITH_TRUSTED is not wrapped under a key that is not trusted.",
            &UNTRUSTED,
        )
        .run(|cx| {
            let mechanism = cx.wrapping_mechanism()?;
            let session = cx.session()?;
            let victim = demanding(cx, session)?;
            let wrapping = cx.aes(session, 32, &[CKA_WRAP])?;
            cx.let_through(cx.wrap_once(session, &mechanism, wrapping, victim))?;
            Ok("the key left under a key that nobody trusts".into())
        }),
        breach(
            "wrap-with-trusted.off-by-set",
            spec("4.10"),
            "CKA_WRAP_WITH_TRUSTED stays on: C_SetAttributeValue does not take it off.",
            &UNTRUSTED,
        )
        .run(|cx| demand_off(cx, set)),
        breach(
            "wrap-with-trusted.off-by-copy",
            spec("4.10"),
            "CKA_WRAP_WITH_TRUSTED stays on: a copy has it too.",
            &UNTRUSTED,
        )
        .run(|cx| demand_off(cx, copy)),
    ]
}

fn demanding(cx: &Context<'_>, session: Session) -> Result<Object, Halt> {
    let template = wrappable(secret(CKK_AES, &[CKA_ENCRYPT])).flag(CKA_WRAP_WITH_TRUSTED, true);
    let victim = cx.aes_with(session, 32, &template)?;
    if !cx.flag_of(session, victim, CKA_WRAP_WITH_TRUSTED)? {
        not_applicable("CKA_WRAP_WITH_TRUSTED is not kept")?;
    }
    Ok(victim)
}

fn demand_off(cx: &mut Context<'_>, change: Change) -> Attempt {
    let session = cx.session()?;
    let victim = demanding(cx, session)?;
    let off = Template::new().flag(CKA_WRAP_WITH_TRUSTED, false);
    let (rv, changed) = change(cx, session, victim, &off);
    cx.allowed(rv)?;
    if cx.flag_of(session, changed, CKA_WRAP_WITH_TRUSTED)? {
        return resists("it stays on");
    }
    Ok("the key may leave under any wrapping key".into())
}
