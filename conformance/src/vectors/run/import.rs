//! Brings keys into the module.

use std::rc::Rc;

use cryptoki_sys::*;

use super::{Runner, Step, refusal};
use crate::c::{Object, Rv, Template};
use crate::vectors::{Answer, Expect, Key, Vector};

/// A key that `C_CreateObject` was called for.
pub(super) struct Imported {
    key: Rc<Key>,
    usage: Vec<CK_ATTRIBUTE_TYPE>,
    result: Result<Object, Rv>,
}

impl Runner<'_, '_> {
    /// Imports the key of a vector for these uses.
    pub(super) fn import(
        &mut self,
        vector: &Vector,
        key: &Rc<Key>,
        usage: &[CK_ATTRIBUTE_TYPE],
    ) -> Step<Object> {
        let known = self.key.as_ref();
        let same = known.is_some_and(|known| known.key.same(key) && known.usage == usage);
        if !same {
            self.forget_key();
            let result = self.create(key, usage);
            self.key = Some(Imported {
                key: Rc::clone(key),
                usage: usage.to_vec(),
                result,
            });
        }
        let result = self
            .key
            .as_ref()
            .map_or(Err(Rv::new(CKR_GENERAL_ERROR)), |known| known.result);
        result.map_err(|rv| {
            match vector.expect {
                Expect::InvalidKey if refusal::WRONG_KEY.contains(&rv.0) => Answer::Right,
                Expect::InvalidKey => Answer::RightBut(format!("C_CreateObject refuses with {rv}")),
                _ => Answer::NotOffered(format!("C_CreateObject answers {rv}")),
            }
            .into()
        })
    }

    /// Destroys the key that was imported last.
    pub(super) fn forget_key(&mut self) {
        if let Some(Imported {
            result: Ok(object), ..
        }) = self.key.take()
        {
            self.c().destroy_object(self.session, object);
        }
    }

    /// Creates a key; the form that the module took last comes first.
    fn create(&mut self, key: &Key, usage: &[CK_ATTRIBUTE_TYPE]) -> Result<Object, Rv> {
        let mut refused = None;
        let forms = key.forms.len();
        for attempt in 0..forms {
            let form = (self.form + attempt) % forms;
            let template = key.forms[form].clone().flag(CKA_TOKEN, false);
            let template = usage
                .iter()
                .fold(template, |template, use_| template.flag(*use_, true));
            let (rv, object) = self.c().create_object(self.session, &template);
            if rv.is_ok() {
                self.form = form;
                return Ok(object);
            }
            refused.get_or_insert(rv);
        }
        Err(refused.unwrap_or(Rv::new(CKR_GENERAL_ERROR)))
    }

    /// Creates a secret key of this value that can be wrapped or compared.
    pub(super) fn create_secret(
        &self,
        value: &[u8],
        usage: CK_ATTRIBUTE_TYPE,
    ) -> Result<Object, Rv> {
        let template = Template::class(CKO_SECRET_KEY)
            .number(CKA_KEY_TYPE, CKK_GENERIC_SECRET)
            .flag(CKA_TOKEN, false)
            .flag(usage, true)
            .bytes(CKA_VALUE, value);
        let (rv, object) = self.c().create_object(self.session, &template);
        if rv.is_ok() { Ok(object) } else { Err(rv) }
    }
}
