//! One operation that is ready to be started: its session, its keys, its data, and what has to come out.

use cryptoki_sys::*;

use super::family::Family;
use super::material::{Keys, Wanted, keys};
use super::mechanisms::{KeyKind, Row};
use super::peer;
use crate::c::{Mechanism, Object, Out, Output, Rv, Session};
use crate::case::Outcome;
use crate::context::{Context, fail, not_applicable};

/// An operation of a family with a mechanism.
pub(crate) struct Operation {
    /// The mechanism.
    pub(crate) row: &'static Row,
    /// What it does.
    pub(crate) family: Family,
    /// Where.
    pub(crate) session: Session,
    /// With which keys.
    pub(crate) keys: Keys,
    /// The data: plaintext, or what is digested or signed.
    pub(crate) data: Vec<u8>,
    /// What the operation is given: the data, or the ciphertext to decrypt.
    pub(crate) input: Vec<u8>,
    /// The signature to verify.
    pub(crate) signature: Vec<u8>,
}

impl Operation {
    /// Makes the keys and the data of a mechanism's usual case.
    ///
    /// # Errors
    /// The case does not apply where the slot does not list the mechanism for this, or the keys cannot be made.
    pub(crate) fn new(cx: &mut Context<'_>, row: &'static Row, family: Family) -> Outcome<Self> {
        let data = row.data();
        Self::with_data(cx, row, family, &data)
    }

    /// The same with other data.
    ///
    /// # Errors
    /// As [`Operation::new`].
    pub(crate) fn with_data(
        cx: &mut Context<'_>,
        row: &'static Row,
        family: Family,
        data: &[u8],
    ) -> Outcome<Self> {
        cx.mechanism(row.kind, family.flag())?;
        let session = cx.session()?;
        let (forward, back) = Self::usages(cx, row, family);
        let wanted = Wanted {
            forward,
            back,
            ..Wanted::default()
        };
        let keys = keys(cx, session, row.key, &wanted)?;
        let mut operation = Self {
            row,
            family,
            session,
            keys,
            data: data.to_vec(),
            input: data.to_vec(),
            signature: Vec::new(),
        };
        operation.prepare(cx)?;
        Ok(operation)
    }

    /// Returns the usages of the two keys: of each only what the slot lists the mechanism for.
    fn usages(
        cx: &Context<'_>,
        row: &Row,
        family: Family,
    ) -> (Vec<CK_ATTRIBUTE_TYPE>, Vec<CK_ATTRIBUTE_TYPE>) {
        if row.key == KeyKind::None {
            return (Vec::new(), Vec::new());
        }
        let (first, second) = match family {
            Family::Sign | Family::Verify => (Family::Sign, Family::Verify),
            _ => (Family::Encrypt, Family::Decrypt),
        };
        let listed = |one: Family| {
            let usable = one == family || cx.mechanism(row.kind, one.flag()).is_ok();
            if usable {
                vec![one.usage()]
            } else {
                Vec::new()
            }
        };
        (listed(first), listed(second))
    }

    /// Makes the ciphertext to decrypt or the signature to verify.
    fn prepare(&mut self, cx: &Context<'_>) -> Outcome {
        if !matches!(self.family, Family::Decrypt | Family::Verify) {
            return Ok(());
        }
        cx.mechanism(self.row.kind, self.family.partner().flag())?;
        match self.inverse(cx, &self.data, &[]) {
            Ok(made) if self.family == Family::Decrypt => self.input = made,
            Ok(made) => self.signature = made,
            Err(rv) => {
                return not_applicable(format!(
                    "cannot be prepared: {} answers {rv}",
                    cx.c.answered(rv)
                ));
            }
        }
        Ok(())
    }

    /// Returns the mechanism with its parameter.
    pub(crate) fn mechanism(&self) -> Mechanism {
        self.row.mechanism(self.data.len())
    }

    /// Returns the key of this operation.
    pub(crate) fn key(&self) -> Object {
        match self.family {
            Family::Decrypt | Family::Verify => self.keys.back,
            _ => self.keys.forward,
        }
    }

    /// Returns how many bytes have to come out.
    pub(crate) fn output(&self) -> usize {
        match self.family {
            Family::Decrypt => self.data.len(),
            Family::Verify => 0,
            Family::Encrypt => self.row.output_of(self.data.len()),
            _ => self.row.output,
        }
    }

    /// Starts it.
    pub(crate) fn init(&self, cx: &Context<'_>) -> Rv {
        self.init_with(cx, &self.mechanism())
    }

    /// Starts it with another mechanism or parameter.
    pub(crate) fn init_with(&self, cx: &Context<'_>, mechanism: &Mechanism) -> Rv {
        self.family
            .init(cx.c, self.session, Some(mechanism), self.key())
    }

    /// Starts it, as preparation.
    ///
    /// # Errors
    /// If that fails: the slot lists the mechanism, so it has to start.
    pub(crate) fn start(&self, cx: &Context<'_>) -> Outcome {
        let rv = self.init(cx);
        // Which hashes OAEP works with is the token's to choose, and some only learn of a hash that it is a bad argument.
        let choice = [CKR_MECHANISM_PARAM_INVALID, CKR_ARGUMENTS_BAD];
        if self.row.kind == CKM_RSA_PKCS_OAEP && choice.contains(&rv.0) {
            return not_applicable(format!("the token does not work with this hash: {rv}"));
        }
        cx.ok(rv)
    }

    /// All at once.
    pub(crate) fn single(&self, cx: &Context<'_>, out: Out) -> Output {
        self.family
            .single(cx.c, self.session, &self.input, &self.signature, out)
    }

    /// A part.
    pub(crate) fn update(&self, cx: &Context<'_>, part: &[u8], out: Out) -> Output {
        self.family.update(cx.c, self.session, part, out)
    }

    /// The end.
    pub(crate) fn finish(&self, cx: &Context<'_>, out: Out) -> Output {
        self.family.finish(cx.c, self.session, &self.signature, out)
    }

    /// Returns room that is enough for any output of this operation.
    pub(crate) fn room(&self) -> Out {
        Out::Room(self.input.len().max(self.output()) + 64)
    }

    /// Starts it and does all at once.
    ///
    /// # Errors
    /// The first return code that is not `CKR_OK`.
    pub(crate) fn whole(&self, cx: &Context<'_>) -> Result<Vec<u8>, Rv> {
        let rv = self.init(cx);
        if !rv.is_ok() {
            return Err(rv);
        }
        let output = self.single(cx, self.room());
        if output.rv.is_ok() {
            Ok(output.bytes)
        } else {
            Err(output.rv)
        }
    }

    /// Runs the inverse operation with the other key; verifying takes data and signature.
    ///
    /// # Errors
    /// The first return code that is not `CKR_OK`.
    pub(crate) fn inverse(
        &self,
        cx: &Context<'_>,
        input: &[u8],
        signature: &[u8],
    ) -> Result<Vec<u8>, Rv> {
        let partner = self.family.partner();
        let key = match partner {
            Family::Decrypt | Family::Verify => self.keys.back,
            _ => self.keys.forward,
        };
        let rv = partner.init(cx.c, self.session, Some(&self.mechanism()), key);
        if !rv.is_ok() {
            return Err(rv);
        }
        let room = Out::Room(input.len().max(self.row.output) + 64);
        let output = partner.single(cx.c, self.session, input, signature, room);
        if output.rv.is_ok() {
            Ok(output.bytes)
        } else {
            Err(output.rv)
        }
    }

    /// Requires that an output is what the operation has to give.
    ///
    /// # Errors
    /// If it is not.
    pub(crate) fn right(&self, cx: &Context<'_>, output: &[u8]) -> Outcome {
        match self.family {
            Family::Verify => Ok(()),
            Family::Decrypt => cx.equal_bytes("the plaintext", &self.data, output),
            Family::Digest => match peer::digest(self.row.kind, &self.input) {
                Some(expected) => cx.equal_bytes("the digest", &expected, output),
                None => cx.equal("the digest's length", &self.row.output, &output.len()),
            },
            Family::Encrypt => self.right_ciphertext(cx, output),
            Family::Sign => self.right_signature(cx, output),
        }
    }

    fn right_ciphertext(&self, cx: &Context<'_>, output: &[u8]) -> Outcome {
        cx.equal("the ciphertext's length", &self.output(), &output.len())?;
        if cx.mechanism(self.row.kind, CKF_DECRYPT).is_err() {
            return Ok(());
        }
        match self.inverse(cx, output, &[]) {
            Ok(plain) => cx.equal_bytes("what the ciphertext decrypts to", &self.data, &plain),
            Err(rv) => fail(
                "the ciphertext decrypts",
                format!("{} answers {rv}", cx.c.answered(rv)),
            ),
        }
    }

    fn right_signature(&self, cx: &Context<'_>, output: &[u8]) -> Outcome {
        cx.equal("the signature's length", &self.output(), &output.len())?;
        if cx.mechanism(self.row.kind, CKF_VERIFY).is_err() {
            return Ok(());
        }
        match self.inverse(cx, &self.data, output) {
            Ok(_) => Ok(()),
            Err(rv) => fail(
                "the signature verifies",
                format!("{} answers {rv}", cx.c.answered(rv)),
            ),
        }
    }

    /// Requires that no operation of this family is active in the session.
    ///
    /// # Errors
    /// If one is.
    pub(crate) fn ended(&self, cx: &Context<'_>) -> Outcome {
        cx.expect(
            self.single(cx, self.room()).rv,
            CKR_OPERATION_NOT_INITIALIZED,
        )
    }

    /// Requires that the operation is still active and gives what it has to.
    ///
    /// # Errors
    /// If it is not, or does not.
    pub(crate) fn goes_on(&self, cx: &Context<'_>) -> Outcome {
        let output = self.single(cx, self.room());
        cx.ok(output.rv)?;
        self.right(cx, &output.bytes)
    }
}
