//! Keys that come out of keys: derivation, wrapping, encapsulation.

use std::rc::Rc;

use cryptoki_sys::*;

use super::{Runner, Step, accepted, compare, refusal};
use crate::c::{Mechanism, Object, Out, Rv, Template};
use crate::vectors::{Answer, Expect, Key, Vector};

/// What two keys sign when their values may not be read.
const PROBE: &[u8] = b"the same key signs this the same way";

impl Runner<'_, '_> {
    pub(super) fn derive(&mut self, vector: &Vector, key: &Rc<Key>, secret: &[u8]) -> Step {
        let base = self.import(vector, key, &[CKA_DERIVE])?;
        let (c, session) = (self.c(), self.session);
        let made = self.made(
            |template| c.derive_key(session, &vector.mechanism, base, template),
            secret.len(),
        );
        self.secret(vector, made, secret, &refusal::DERIVE)
    }

    pub(super) fn generate(&mut self, vector: &Vector, secret: &[u8]) -> Step {
        let (c, session) = (self.c(), self.session);
        let made = self.made(
            |template| c.generate_key(session, &vector.mechanism, template),
            secret.len(),
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
        let made = self.made(call, if secret.is_empty() { 32 } else { secret.len() });
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
        let (c, session) = (self.c(), self.session);
        if vector.expect == Expect::Valid && usage.contains(&CKA_WRAP) {
            let created = self.create_secret(payload, CKA_EXTRACTABLE);
            let secret = created.map_err(|rv| {
                Answer::NotOffered(format!("C_CreateObject of the wrapped key answers {rv}"))
            })?;
            let output = c.wrap_key(
                session,
                &vector.mechanism,
                wrapping,
                secret,
                Out::Room(wrapped.len() + 64),
            );
            let judged = self.judge(vector, output.rv, &refusal::WRAP);
            c.destroy_object(session, secret);
            judged?;
            compare("the wrapped key", wrapped, &output.bytes)?;
        }
        if usage.contains(&CKA_UNWRAP) {
            let unwrap = |template: &Template| {
                c.unwrap_key(session, &vector.mechanism, wrapping, wrapped, template)
            };
            let readable = template(None);
            let made = first_taken(
                &[
                    readable.clone(),
                    readable.without(CKA_SENSITIVE).without(CKA_EXTRACTABLE),
                ],
                unwrap,
            );
            self.secret(vector, made, payload, &refusal::UNWRAP)?;
        }
        Ok(())
    }

    /// Makes a secret key of so many bytes that can be read, or else used to sign.
    fn made(&self, call: impl Fn(&Template) -> (Rv, Object), length: usize) -> (Rv, Object) {
        let readable = template(Some(length));
        first_taken(
            &[
                readable.clone(),
                readable.without(CKA_SENSITIVE).without(CKA_EXTRACTABLE),
            ],
            call,
        )
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
        match self.c().attribute(self.session, object, CKA_VALUE) {
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
        .flag(CKA_SIGN, true)
        .flag(CKA_SENSITIVE, false)
        .flag(CKA_EXTRACTABLE, true);
    match length {
        Some(length) => template.number(CKA_VALUE_LEN, length as u64),
        None => template,
    }
}

/// Calls with one template after the other, until one is not found inconsistent.
fn first_taken(templates: &[Template], call: impl Fn(&Template) -> (Rv, Object)) -> (Rv, Object) {
    let mut answer = (Rv(CKR_GENERAL_ERROR), Object(CK_INVALID_HANDLE));
    for template in templates {
        answer = call(template);
        let policy = [
            CKR_TEMPLATE_INCONSISTENT,
            CKR_ATTRIBUTE_VALUE_INVALID,
            CKR_ATTRIBUTE_READ_ONLY,
            CKR_ACTION_PROHIBITED,
        ];
        if !policy.contains(&answer.0.0) {
            break;
        }
    }
    answer
}
