//! Attacks on keys and oracles, each carried out by a user who may log in and wants a key out of the token.
//!
//! A case passes when the module resists and fails when the attack reaches its end: the secret was obtained and checked, or the
//! weakening was accepted. What the specification forbids is a case that must pass; what a literal reading allows is one that
//! should.

mod access;
mod attributes;
mod ciphers;
mod deriving;
mod history;
mod numbers;
mod oracles;
mod rsa;
mod unwrapping;
mod weak_keys;
mod wrapping;

use aws_lc_rs::{digest, hmac};
use cryptoki_sys::*;

use crate::c::{Mechanism, Object, Out, Rv, Session, Template};
use crate::case::{Case, Draft, Outcome, Section, Stop, case};
use crate::context::{Context, fail, not_applicable};
use crate::key_use::wrappable;
use crate::keys::secret;

/// Returns the cases of this area.
pub(crate) fn cases() -> Vec<Case> {
    [
        wrapping::cases(),
        unwrapping::cases(),
        attributes::cases(),
        history::cases(),
        deriving::cases(),
        oracles::cases(),
        rsa::cases(),
        ciphers::cases(),
        access::cases(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// How an attack ends before it reaches its end.
enum Halt {
    /// The module resists, in this way.
    Resists(String),
    /// The case cannot be tried, or failed for another reason.
    Stop(Stop),
}

impl From<Stop> for Halt {
    fn from(stop: Stop) -> Self {
        Self::Stop(stop)
    }
}

/// How an attack ends: with what was gained, or not.
type Attempt = Result<String, Halt>;

/// An attack that lacks its code.
struct Plot(Draft);

/// What `explain` tells of an attack.
struct Story {
    does: &'static str,
    gains: &'static str,
    cure: &'static str,
    source: &'static str,
}

/// Begins an attack that a literal reading of the specification allows.
fn weakness(name: &str, section: Section, requirement: &str, story: &Story) -> Plot {
    let Plot(draft) = breach(name, section, requirement, story);
    Plot(draft.should())
}

/// Begins an attack that the specification forbids.
fn breach(name: &str, section: Section, requirement: &str, story: &Story) -> Plot {
    let Story {
        does,
        gains,
        cure,
        source,
    } = story;
    let text = format!(
        "What the attacker does: {does}\nWhat is gained: {gains}\nHow a module prevents it: {cure}\nWhere it is described: {source}"
    );
    Plot(case(format!("attack.{name}"), section, requirement).explain(text))
}

impl Plot {
    /// Says something more about the case.
    fn with(self, change: impl FnOnce(Draft) -> Draft) -> Self {
        Self(change(self.0))
    }

    /// Adds the code, which gives what was gained.
    fn run(self, body: impl Fn(&mut Context<'_>) -> Attempt + Send + Sync + 'static) -> Case {
        self.0.run(move |cx| match body(cx) {
            Ok(gain) => fail("the module resists", format!("it falls: {gain}")),
            Err(Halt::Resists(how)) => {
                cx.remark(format!("resists: {how}"));
                Ok(())
            }
            Err(Halt::Stop(stop)) => Err(stop),
        })
    }
}

/// The attack ends here: the module resists, in this way.
fn resists<T>(how: impl Into<String>) -> Result<T, Halt> {
    Err(Halt::Resists(how.into()))
}

impl Context<'_> {
    /// A step of the attack: where it is refused, the module resists.
    fn allowed(&self, rv: Rv) -> Result<(), Halt> {
        if rv.is_ok() {
            return Ok(());
        }
        let function = self.c.answered(rv);
        if rv.0 == CKR_FUNCTION_NOT_SUPPORTED {
            not_applicable(format!("the module does not support {function}"))?;
        }
        resists(format!("{function} answers {rv}"))
    }

    /// A step of the attack that gives something.
    fn let_through<T>(&self, result: Result<T, Rv>) -> Result<T, Halt> {
        match result {
            Ok(value) => Ok(value),
            Err(rv) => Err(match self.allowed(rv) {
                Err(halt) => halt,
                Ok(()) => Halt::Resists("an answer that is no error".into()),
            }),
        }
    }

    /// Makes an AES key by the attacker's template.
    fn forge_aes(&self, session: Session, bytes: u64, template: &Template) -> Result<Object, Halt> {
        self.mechanism(CKM_AES_KEY_GEN, CKF_GENERATE)?;
        let template = template.clone().number(CKA_VALUE_LEN, bytes);
        let (rv, key) = self
            .c
            .generate_key(session, &Mechanism::new(CKM_AES_KEY_GEN), &template);
        self.allowed(rv)?;
        Ok(key)
    }

    /// Creates an object by the attacker's template.
    fn forge(&self, session: Session, template: &Template) -> Result<Object, Halt> {
        let (rv, object) = self.c.create_object(session, template);
        self.allowed(rv)?;
        Ok(object)
    }

    /// The key that is attacked: an AES key that is sensitive, may be wrapped, and encrypts. Where a module makes only keys that
    /// trusted keys may wrap, it is one of those; where it makes none that leave, it resists.
    fn victim(&self, session: Session, bytes: u64) -> Result<Object, Halt> {
        let free = wrappable(secret(CKK_AES, &[CKA_ENCRYPT]));
        if let Ok(key) = self.aes_with(session, bytes, &free) {
            return Ok(key);
        }
        if let Ok(key) = self.aes_with(session, bytes, &free.flag(CKA_WRAP_WITH_TRUSTED, true)) {
            return Ok(key);
        }
        self.aes(session, bytes, &[CKA_ENCRYPT])?;
        resists("keys are made, but none that may leave")
    }

    /// Tells of a sensitive key whether it has a value that was guessed: by what it signs, or by its digest.
    fn confirm(&self, session: Session, key: Object) -> Result<impl Fn(&[u8]) -> bool, Halt> {
        let hmac = Mechanism::new(CKM_SHA256_HMAC);
        let mac = self.sign_once(session, &hmac, key, b"guess");
        let refusal = mac.as_ref().err().copied();
        let mut hash = None;
        if mac.is_err() {
            let sha256 = Mechanism::new(CKM_SHA256);
            self.allowed(self.c.digest_init(session, Some(&sha256)))?;
            let digested = self.c.digest_key(session, key);
            let output = self.c.digest_final(session, Out::Room(32));
            if !digested.is_ok() {
                return resists(format!(
                    "neither signs ({refusal:?}) nor is digested ({digested})"
                ));
            }
            self.allowed(output.rv)?;
            hash = Some(output.bytes);
        }
        Ok(move |guess: &[u8]| match (&mac, &hash) {
            (Ok(mac), _) => {
                let guess = hmac::Key::new(hmac::HMAC_SHA256, guess);
                hmac::sign(&guess, b"guess").as_ref() == mac
            }
            (_, Some(hash)) => digest::digest(&digest::SHA256, guess).as_ref() == hash,
            _ => false,
        })
    }

    /// Checks what was stolen against the key itself.
    fn stolen(&self, session: Session, victim: Object, bytes: &[u8]) -> Attempt {
        if self.is_aes(session, victim, bytes)? {
            return Ok(format!(
                "the attacker holds the {} bytes of a sensitive key",
                bytes.len()
            ));
        }
        resists("what came out is not the key")
    }

    /// Requires a mechanism that wraps and unwraps, and gives the first of them.
    fn wrapping_mechanism(&self) -> Outcome<Mechanism> {
        let both = CKF_WRAP | CKF_UNWRAP;
        for kind in [CKM_AES_KEY_WRAP, CKM_AES_KEY_WRAP_KWP, CKM_AES_KEY_WRAP_PAD] {
            if self.mechanism(kind, both).is_ok() {
                return Ok(Mechanism::new(kind));
            }
        }
        self.mechanism(CKM_AES_CBC_PAD, both)?;
        Ok(Mechanism::with_bytes(CKM_AES_CBC_PAD, &[0; 16]))
    }
}

/// Undoes RFC 3394 with a function that decrypts one block.
fn undo_key_wrap<E>(
    wrapped: &[u8],
    mut decrypt: impl FnMut(&[u8]) -> Result<Vec<u8>, E>,
) -> Result<Vec<u8>, E> {
    let mut halves: Vec<Vec<u8>> = wrapped.chunks(8).map(<[u8]>::to_vec).collect();
    let count = halves.len().saturating_sub(1);
    for round in (0..6).rev() {
        for index in (1..=count).rev() {
            let step = (count * round + index) as u64;
            let mut block: Vec<u8> = halves[0]
                .iter()
                .zip(step.to_be_bytes())
                .map(|(byte, mask)| byte ^ mask)
                .collect();
            block.extend_from_slice(&halves[index]);
            let plain = decrypt(&block)?;
            halves[0] = plain[..8].to_vec();
            halves[index] = plain[8..].to_vec();
        }
    }
    Ok(halves[1..].concat())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key_use::counting_key;
    use crate::keys::unhex;
    use aws_lc_rs::cipher::{AES_128, DecryptingKey, DecryptionContext, UnboundCipherKey};

    #[test]
    fn the_example_of_rfc_3394_comes_undone() {
        let wrapped = unhex("1fa68b0a8112b447aef34bd8fb5a7b829d3e862371d2cfe5");
        let plain = undo_key_wrap(&wrapped, |block| {
            let key = UnboundCipherKey::new(&AES_128, &counting_key(16))?;
            let mut block = block.to_vec();
            DecryptingKey::ecb(key)?.decrypt(&mut block, DecryptionContext::None)?;
            Ok::<_, aws_lc_rs::error::Unspecified>(block)
        });
        assert_eq!(
            plain.map(hex::encode).as_deref(),
            Ok("00112233445566778899aabbccddeeff")
        );
    }
}
