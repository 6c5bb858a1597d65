//! Keys that come out of keys: derivation, wrapping, encapsulation.

use std::rc::Rc;

use cryptoki_sys::*;

use super::{End, Runner, Step, accepted, compare, refusal};
use crate::c::{Mechanism, Object, Out, Query, Rv, Template};
use crate::vectors::{Answer, Expect, Key, Vector};

/// How much longer than expected a value may be, so that it is read and shown.
const MORE: usize = 64;
/// What two keys sign when their values may not be read.
const PROBE: &[u8] = b"the same key signs this the same way";

impl Runner<'_, '_> {
    pub(super) fn derive(&mut self, vector: &Vector, key: &Rc<Key>, secret: &[u8]) -> Step {
        let base = self.import(vector, key, &[CKA_DERIVE])?;
        let (c, session) = (self.c(), self.session);
        let made = self.made(
            |template| c.derive_key(session, &vector.mechanism, base, template),
            Some(secret.len()),
        );
        self.secret(vector, made, secret, &refusal::DERIVE)
    }

    pub(super) fn generate(&mut self, vector: &Vector, secret: &[u8]) -> Step {
        let (c, session) = (self.c(), self.session);
        let made = self.made(
            |template| c.generate_key(session, &vector.mechanism, template),
            Some(secret.len()),
        );
        self.secret(vector, made, secret, &refusal::DERIVE)
    }

    pub(super) fn decapsulate(
        &mut self,
        vector: &Vector,
        key: &Rc<Key>,
        ciphertext: &[u8],
        secret: &[u8],
    ) -> Step {
        let private = self.import(vector, key, &[CKA_DECAPSULATE])?;
        let (c, session) = (self.c(), self.session);
        let call = |template: &Template| {
            c.decapsulate_key(session, &vector.mechanism, private, ciphertext, template)
        };
        let length = if secret.is_empty() { 32 } else { secret.len() };
        let made = self.made(call, Some(length));
        self.secret(vector, made, secret, &refusal::DERIVE)
    }

    pub(super) fn wrap(
        &mut self,
        vector: &Vector,
        key: &Rc<Key>,
        payload: &[u8],
        wrapped: &[u8],
    ) -> Step {
        let uses = [(CKF_WRAP, CKA_WRAP), (CKF_UNWRAP, CKA_UNWRAP)];
        let usage: Vec<_> = uses
            .iter()
            .filter(|(flag, _)| self.flags & flag != 0)
            .map(|(_, usage)| *usage)
            .collect();
        if wrapped.is_empty() {
            return Err(Answer::NotOffered(
                "a key whose length does not fit is filled up with zeros, not refused".to_owned(),
            )
            .into());
        }
        let wrapping = self.import(vector, key, &usage)?;
        let one_way = match vector.expect {
            Expect::Valid if usage.contains(&CKA_WRAP) => {
                self.wrap_one(vector, wrapping, payload, wrapped)?
            }
            _ => None,
        };
        if usage.contains(&CKA_UNWRAP) {
            let (c, session) = (self.c(), self.session);
            let unwrap = |template: &Template| {
                c.unwrap_key(session, &vector.mechanism, wrapping, wrapped, template)
            };
            let made = self.made(unwrap, None);
            self.secret(vector, made, payload, &refusal::UNWRAP)?;
        }
        match one_way {
            Some(why) if usage.contains(&CKA_UNWRAP) => {
                Err(Answer::RightBut(format!("only unwrapped: {why}")).into())
            }
            Some(why) => Err(Answer::NotOffered(why).into()),
            None => Ok(()),
        }
    }

    /// Wraps a key of this value; returns why that cannot be tried.
    fn wrap_one(
        &self,
        vector: &Vector,
        wrapping: Object,
        payload: &[u8],
        wrapped: &[u8],
    ) -> Step<Option<String>> {
        let (c, session) = (self.c(), self.session);
        let secret = match self.create_secret(payload, CKA_EXTRACTABLE) {
            Ok(secret) => secret,
            Err(rv) => {
                return Ok(Some(format!(
                    "C_CreateObject of the key to wrap answers {rv}"
                )));
            }
        };
        let output = c.wrap_key(
            session,
            &vector.mechanism,
            wrapping,
            secret,
            Out::Room(wrapped.len() + 64),
        );
        let judged = self.judge(vector, output.rv, &refusal::WRAP);
        c.destroy_object(session, secret);
        match judged {
            Err(End::Answer(Answer::NotOffered(why))) => Ok(Some(why)),
            Err(end) => Err(end),
            Ok(_) => compare("the wrapped key", wrapped, &output.bytes).map(|()| None),
        }
    }

    /// Makes a secret key, of so many bytes, that can be read; one that can only be used where the module makes no other.
    fn made(
        &mut self,
        call: impl Fn(&Template) -> (Rv, Object),
        length: Option<usize>,
    ) -> (Rv, Object) {
        let policy = [
            CKR_TEMPLATE_INCONSISTENT,
            CKR_ATTRIBUTE_VALUE_INVALID,
            CKR_ATTRIBUTE_READ_ONLY,
            CKR_ACTION_PROHIBITED,
        ];
        let usable = template(length);
        if self.readable {
            let readable = usable
                .clone()
                .flag(CKA_SENSITIVE, false)
                .flag(CKA_EXTRACTABLE, true);
            let made = call(&readable);
            if !policy.contains(&made.0.0) {
                return made;
            }
        }
        let made = call(&usable);
        self.readable &= !made.0.is_ok();
        made
    }

    /// Judges a secret key that was made, and destroys it.
    fn secret(
        &mut self,
        vector: &Vector,
        (rv, object): (Rv, Object),
        expected: &[u8],
        refusals: &refusal::Refusals,
    ) -> Step {
        if !self.judge(vector, rv, refusals)? {
            return Ok(());
        }
        let judged = match vector.expect {
            Expect::Invalid | Expect::InvalidKey => Err(accepted("this").into()),
            Expect::Valid | Expect::Acceptable => self.compare_secret(expected, object),
        };
        self.c().destroy_object(self.session, object);
        judged
    }

    /// Compares a key's value; by what it signs, where it may not be read.
    fn compare_secret(&mut self, expected: &[u8], object: Object) -> Step {
        match self.value(object, expected.len()) {
            Ok(value) => compare("the key's value", expected, &value),
            Err(rv) if rv.0 == CKR_ATTRIBUTE_SENSITIVE => {
                let theirs = self.probe(object);
                let known = self.create_secret(expected, CKA_SIGN);
                let ours = known.and_then(|known| {
                    let probe = self.probe(known);
                    self.c().destroy_object(self.session, known);
                    probe
                });
                match (ours, theirs) {
                    (Ok(ours), Ok(theirs)) => {
                        compare("what the key signs with CKM_SHA256_HMAC", &ours, &theirs)
                    }
                    (Err(rv), _) | (_, Err(rv)) => Err(Answer::NotOffered(format!(
                        "the key may not be read, and CKM_SHA256_HMAC under it answers {rv}"
                    ))
                    .into()),
                }
            }
            Err(rv) => Err(Answer::refused(
                "CKA_VALUE of a key with CKA_SENSITIVE=FALSE is read",
                rv,
            )
            .into()),
        }
    }

    /// Reads a key's value with room for somewhat more than it should have.
    fn value(&self, object: Object, length: usize) -> Result<Vec<u8>, Rv> {
        let mut query = Query::values(&[(CKA_VALUE, length + MORE)]);
        let rv = self.c().attribute_values(self.session, object, &mut query);
        if rv.is_ok() {
            Ok(query.value(0).unwrap_or_default().to_vec())
        } else {
            Err(rv)
        }
    }

    fn probe(&self, key: Object) -> Result<Vec<u8>, Rv> {
        let (c, session) = (self.c(), self.session);
        let rv = c.sign_init(session, Some(&Mechanism::new(CKM_SHA256_HMAC)), key);
        if !rv.is_ok() {
            return Err(rv);
        }
        let output = c.sign(session, PROBE, Out::Room(64));
        if output.rv.is_ok() {
            Ok(output.bytes)
        } else {
            Err(output.rv)
        }
    }
}

fn template(length: Option<usize>) -> Template {
    let template = Template::class(CKO_SECRET_KEY)
        .number(CKA_KEY_TYPE, CKK_GENERIC_SECRET)
        .flag(CKA_TOKEN, false)
        .flag(CKA_SIGN, true);
    match length {
        Some(length) => template.number(CKA_VALUE_LEN, length as u64),
        None => template,
    }
}
