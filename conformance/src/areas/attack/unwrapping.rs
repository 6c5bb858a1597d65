//! Attacks that unwrap: the same key under other attributes, a key of the attacker's choice, a piece of a key.

use cryptoki_sys::*;

use super::wrapping::Join as _;
use super::{Attempt, Halt, Story, breach, resists, undo_key_wrap, weakness};
use crate::c::{Mechanism, Object, Session, Template};
use crate::case::{Case, spec};
use crate::context::{Context, not_applicable};
use crate::key_use::{open, wrappable};
use crate::keys::{private, rsa_private_parts, secret};

const STRIPPED: Story = Story {
    does: "wraps a sensitive key and unwraps it again with a template that says that it is not.",
    gains: "the value of any key that may be wrapped, read with C_GetAttributeValue.",
    cure: "what is unwrapped is sensitive, whatever the template says; or the attributes are bound to the wrapped key and authenticated with it.",
    source: "J. Clulow, CHES 2003; M. Bortolozzo and others, CCS 2010 (Tookan attacks A4 and A5).",
};

const TWICE: Story = Story {
    does: "unwraps the same key twice, once to wrap and once to decrypt.",
    gains: "two keys of one value with roles that one key could not have, and by them every key that may be wrapped.",
    cure: "an unwrapping key has a CKA_UNWRAP_TEMPLATE that fixes what comes out; or usages are bound to the wrapped key.",
    source: "S. Delaune, S. Kremer, G. Steel, CSF 2008; C. Cachin, N. Chandran, A Secure Cryptographic Token Interface, CSF 2009.",
};

const INJECTED: Story = Story {
    does: "has the token encrypt a key of his choice with a key that also unwraps, and unwraps the result.",
    gains: "a key that counts as the token's own and that he knows; everything wrapped under it is his.",
    cure: "no key has CKA_UNWRAP together with CKA_ENCRYPT.",
    source: "J. Clulow, CHES 2003, section 2.3; S. Delaune, S. Kremer, G. Steel, CSF 2008.",
};

const CUT: Story = Story {
    does: "unwraps only a few bytes of a key as a key of its own, and searches for those.",
    gains: "the key, a few bytes at a time.",
    cure: "a CKA_VALUE_LEN that differs from the wrapped length is refused.",
    source: "J. Clulow, CHES 2003 (key binding and reduced key space).",
};

pub(super) fn cases() -> Vec<Case> {
    [stripping(), conflicting(), confusing()].concat_cases()
}

fn stripping() -> Vec<Case> {
    vec![
        weakness(
            "unwrap.sensitive-off",
            spec("5.18.4"),
            "A sensitive secret key that was wrapped does not come out readable.",
            &STRIPPED,
        )
        .run(|cx| {
            let session = cx.session()?;
            let victim = cx.victim(session, 32)?;
            let template = open(secret(CKK_AES, &[CKA_ENCRYPT]));
            let copy = through(cx, session, victim, &template)?;
            let plain = cx.let_through(cx.c.attribute(session, copy, CKA_VALUE))?;
            cx.stolen(session, victim, &plain)
        }),
        weakness(
            "unwrap.private-key-readable",
            spec("5.18.4"),
            "A sensitive private key that was wrapped does not come out readable.",
            &STRIPPED,
        )
        .run(readable_rsa),
        weakness(
            "unwrap.wrap-with-trusted-lost",
            spec("5.18.4"),
            "What was wrapped under a trusted key does not come out free to leave under any.",
            &STRIPPED,
        )
        .run(|cx| {
            let session = cx.session()?;
            let victim = cx.victim(session, 32)?;
            let template =
                wrappable(secret(CKK_AES, &[CKA_ENCRYPT])).flag(CKA_WRAP_WITH_TRUSTED, false);
            let copy = through(cx, session, victim, &template)?;
            if !cx.flag_of(session, copy, CKA_EXTRACTABLE)? {
                return resists("what was unwrapped does not leave again");
            }
            Ok("what was unwrapped may be wrapped under any other key".into())
        }),
    ]
}

/// Wraps a key and unwraps it by the attacker's template, with one key that was made to do both.
fn through(
    cx: &Context<'_>,
    session: Session,
    victim: Object,
    template: &Template,
) -> Result<Object, Halt> {
    let mechanism = cx.wrapping_mechanism()?;
    let wrapping = cx.forge_aes(session, 32, &secret(CKK_AES, &[CKA_WRAP, CKA_UNWRAP]))?;
    let wrapped = cx.let_through(cx.wrap_once(session, &mechanism, wrapping, victim))?;
    let (rv, copy) =
        cx.c.unwrap_key(session, &mechanism, wrapping, &wrapped, template);
    cx.allowed(rv)?;
    Ok(copy)
}

fn readable_rsa(cx: &mut Context<'_>) -> Attempt {
    let session = cx.session()?;
    let template = wrappable(private(CKK_RSA, &[CKA_SIGN])).and(&rsa_private_parts());
    let trusting = template.clone().flag(CKA_WRAP_WITH_TRUSTED, true);
    let victim = match cx.import(session, &template) {
        Ok(key) => key,
        Err(_) => cx.import(session, &trusting)?,
    };
    if cx.wrapping_mechanism()?.kind() == CKM_AES_KEY_WRAP {
        // An encoded private key is seldom a whole number of blocks.
        cx.mechanism(CKM_AES_KEY_WRAP_PAD, CKF_WRAP | CKF_UNWRAP)
            .or_else(|_| cx.mechanism(CKM_AES_KEY_WRAP_KWP, CKF_WRAP | CKF_UNWRAP))?;
    }
    let kind = [CKM_AES_KEY_WRAP_KWP, CKM_AES_KEY_WRAP_PAD, CKM_AES_CBC_PAD]
        .into_iter()
        .find(|kind| cx.mechanism(*kind, CKF_WRAP | CKF_UNWRAP).is_ok());
    let Some(kind) = kind else {
        return not_applicable("no mechanism wraps private keys").map_err(Halt::from);
    };
    let mechanism = if kind == CKM_AES_CBC_PAD {
        Mechanism::with_bytes(kind, &[0; 16])
    } else {
        Mechanism::new(kind)
    };
    let wrapping = cx.forge_aes(session, 32, &secret(CKK_AES, &[CKA_WRAP, CKA_UNWRAP]))?;
    let wrapped = cx.let_through(cx.wrap_once(session, &mechanism, wrapping, victim))?;
    let template = open(private(CKK_RSA, &[CKA_SIGN]));
    let (rv, copy) =
        cx.c.unwrap_key(session, &mechanism, wrapping, &wrapped, &template);
    cx.allowed(rv)?;
    let exponent = cx.let_through(cx.c.attribute(session, copy, CKA_PRIVATE_EXPONENT))?;
    let expected = crate::keys::unhex(crate::known_keys::RSA_2048.private_exponent);
    if exponent == expected {
        return Ok("the attacker holds the private exponent".into());
    }
    resists("what came out is not the private exponent")
}

fn conflicting() -> Vec<Case> {
    vec![
        weakness(
            "unwrap.twice",
            spec("5.18.4"),
            "One wrapped key does not come out both to wrap and to decrypt.",
            &TWICE,
        )
        .run(twice),
        weakness(
            "unwrap.injected-by-ecb",
            spec("5.18.4"),
            "A key that unwraps does not encrypt the attacker's key for it.",
            &INJECTED,
        )
        .run(inject),
        weakness(
            "unwrap.malleable",
            spec("5.18.4"),
            "A wrapped key that was changed on its way is refused.",
            &Story {
                does: "wraps a key with a mode that has no integrity, changes the initialisation vector, and unwraps a related key.",
                gains: "keys that differ from a secret one in bits of his choice, for related-key attacks and for halving DES keys.",
                cure: "only authenticated wrapping: AES key wrap, or GCM by C_UnwrapKeyAuthenticated.",
                source: "J. Clulow, CHES 2003 (key conjuring); NIST SP 800-38F, section 3.",
            },
        )
        .run(changed),
    ]
}

fn twice(cx: &mut Context<'_>) -> Attempt {
    cx.mechanism(CKM_AES_KEY_WRAP, CKF_WRAP)?;
    cx.mechanism(CKM_AES_ECB, CKF_DECRYPT)?;
    let mechanism = cx.wrapping_mechanism()?;
    let session = cx.session()?;
    let victim = cx.victim(session, 32)?;
    let shared = cx.victim(session, 32)?;
    let carrier = cx.forge_aes(session, 32, &secret(CKK_AES, &[CKA_WRAP, CKA_UNWRAP]))?;
    let wrapped = cx.let_through(cx.wrap_once(session, &mechanism, carrier, shared))?;
    let unwrap = |usage| {
        let template = secret(CKK_AES, &[usage]);
        let (rv, key) =
            cx.c.unwrap_key(session, &mechanism, carrier, &wrapped, &template);
        cx.allowed(rv).map(|()| key)
    };
    let (wraps, decrypts) = (unwrap(CKA_WRAP)?, unwrap(CKA_DECRYPT)?);
    let key_wrap = Mechanism::new(CKM_AES_KEY_WRAP);
    let loot = cx.let_through(cx.wrap_once(session, &key_wrap, wraps, victim))?;
    let ecb = Mechanism::new(CKM_AES_ECB);
    let plain = undo_key_wrap(&loot, |block| {
        cx.decrypt_once(session, &ecb, decrypts, block)
    });
    cx.stolen(session, victim, &cx.let_through(plain)?)
}

/// Does RFC 3394 with the token's single blocks, and unwraps the result.
fn inject(cx: &mut Context<'_>) -> Attempt {
    cx.mechanism(CKM_AES_KEY_WRAP, CKF_UNWRAP)?;
    cx.mechanism(CKM_AES_ECB, CKF_ENCRYPT)?;
    let session = cx.session()?;
    let both = secret(CKK_AES, &[CKA_UNWRAP, CKA_ENCRYPT]);
    let carrier = cx.forge_aes(session, 32, &both)?;
    let chosen = [0x33_u8; 32];
    let mut halves: Vec<Vec<u8>> = vec![vec![0xa6; 8]];
    halves.extend(chosen.chunks(8).map(<[u8]>::to_vec));
    let ecb = Mechanism::new(CKM_AES_ECB);
    for step in 1..=24_u64 {
        let index = usize::try_from((step - 1) % 4).expect("below four") + 1;
        let block = [halves[0].clone(), halves[index].clone()].concat();
        let sealed = cx.let_through(cx.encrypt_once(session, &ecb, carrier, &block))?;
        halves[0] = sealed[..8]
            .iter()
            .zip(step.to_be_bytes())
            .map(|(byte, mask)| byte ^ mask)
            .collect();
        halves[index] = sealed[8..].to_vec();
    }
    let (rv, injected) = cx.c.unwrap_key(
        session,
        &Mechanism::new(CKM_AES_KEY_WRAP),
        carrier,
        &halves.concat(),
        &wrappable(secret(CKK_AES, &[CKA_ENCRYPT])),
    );
    cx.allowed(rv)?;
    if cx.is_aes(session, injected, &chosen)? {
        return Ok("the token holds a key that the attacker chose".into());
    }
    resists("the unwrapped key is another")
}

fn changed(cx: &mut Context<'_>) -> Attempt {
    let kind = [CKM_AES_CBC, CKM_AES_CBC_PAD]
        .into_iter()
        .find(|kind| cx.mechanism(*kind, CKF_WRAP | CKF_UNWRAP).is_ok());
    let Some(kind) = kind else {
        return not_applicable("no mechanism without integrity wraps and unwraps")
            .map_err(Halt::from);
    };
    let session = cx.session()?;
    let known = [0x44_u8; 32];
    let target = cx.import(
        session,
        &wrappable(secret(CKK_AES, &[CKA_ENCRYPT])).bytes(CKA_VALUE, &known),
    )?;
    let carrier = cx.forge_aes(session, 32, &secret(CKK_AES, &[CKA_WRAP, CKA_UNWRAP]))?;
    let straight = Mechanism::with_bytes(kind, &[0; 16]);
    let wrapped = cx.let_through(cx.wrap_once(session, &straight, carrier, target))?;
    let bent = Mechanism::with_bytes(kind, &[1; 16]);
    let template = secret(CKK_AES, &[CKA_ENCRYPT]);
    let (rv, related) =
        cx.c.unwrap_key(session, &bent, carrier, &wrapped, &template);
    cx.allowed(rv)?;
    let mut expected = known;
    expected[..16].iter_mut().for_each(|byte| *byte ^= 1);
    if cx.is_aes(session, related, &expected)? {
        return Ok("a key that differs in chosen bits was unwrapped".into());
    }
    resists("the unwrapped key is no relative")
}

fn confusing() -> Vec<Case> {
    vec![
        breach(
            "unwrap.cut-short",
            spec("5.18.4"),
            "A wrapped key does not come out as a key of its first byte.",
            &CUT,
        )
        .run(cut),
        weakness(
            "unwrap.retyped",
            spec("5.18.4"),
            "A wrapped AES key does not come out as a secret of another kind.",
            &Story {
                does: "wraps an AES key and unwraps it as a generic secret, to use one value with two algorithms.",
                gains: "outputs of a second algorithm under a key that was made for one; with weak modes, its value.",
                cure: "the kind of key is bound to the wrapped key, or the unwrapping key's template fixes it.",
                source: "J. Clulow, CHES 2003 (key binding); M. Bond, R. Anderson, API-Level Attacks on Embedded Systems, 2001.",
            },
        )
        .run(retype),
    ]
}

fn cut(cx: &mut Context<'_>) -> Attempt {
    let session = cx.session()?;
    let victim = cx.victim(session, 32)?;
    let template = secret(CKK_GENERIC_SECRET, &[CKA_SIGN]).number(CKA_VALUE_LEN, 1);
    let piece = through(cx, session, victim, &template)?;
    let fits = cx.confirm(session, piece)?;
    if (0..=u8::MAX).any(|byte| fits(&[byte])) {
        return Ok("one byte of a sensitive key was found by 256 guesses".into());
    }
    resists("the unwrapped key is longer than it says")
}

fn retype(cx: &mut Context<'_>) -> Attempt {
    cx.mechanism(CKM_SHA256_HMAC, CKF_SIGN)?;
    let session = cx.session()?;
    let victim = cx.victim(session, 32)?;
    let template = secret(CKK_GENERIC_SECRET, &[CKA_SIGN]);
    let other = through(cx, session, victim, &template)?;
    let mac = cx.sign_once(session, &Mechanism::new(CKM_SHA256_HMAC), other, b"data");
    cx.let_through(mac)?;
    Ok("an AES key makes HMACs".into())
}
