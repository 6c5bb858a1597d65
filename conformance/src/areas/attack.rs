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

use cryptoki_sys::*;

use crate::c::{Mechanism, Object, Rv, Session, Template};
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
        let function = self.c.last_called();
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

    /// The key that is attacked: an AES key that is sensitive, may be wrapped, and encrypts.
    fn victim(&self, session: Session, bytes: u64) -> Outcome<Object> {
        self.aes_with(session, bytes, &wrappable(secret(CKK_AES, &[CKA_ENCRYPT])))
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
