//! Runs a set of known answers, and judges what the module made of each.

mod import;
mod operation;
mod refusal;
mod secret;

use std::collections::BTreeMap;

use cryptoki_sys::{CK_FLAGS, CKR_OPERATION_ACTIVE};

use super::{Answer, Expect, Test, Vector};
use crate::c::{Module, Rv, Session};
use crate::case::{Outcome, Stop};
use crate::context::{Context, not_applicable};
use crate::report::model::Vectors;

use import::Imported;

/// How many failures are named; the rest is counted.
const NAMED: usize = 6;
/// Every how manieth vector is run in parts as well.
const PARTS: usize = 4;
/// How many remarks are told.
const REMARKS: usize = 6;

/// Runs vectors of one mechanism, whose flags in `CK_MECHANISM_INFO` are these; `parts` says whether it works on data in parts.
///
/// # Errors
/// If one is answered wrongly, or none can be tried.
pub fn run(cx: &mut Context<'_>, flags: CK_FLAGS, parts: bool, vectors: &[Vector]) -> Outcome {
    let session = cx.session()?;
    let mut runner = Runner {
        cx,
        session,
        flags,
        parts: false,
        key: None,
        form: 0,
        readable: true,
    };
    let mut tally = Tally::default();
    for (index, vector) in vectors.iter().enumerate() {
        runner.parts = parts && index % PARTS == PARTS - 1;
        let answer = runner.answer(vector)?;
        tally.add(index, vector, answer);
    }
    if let Some(first) = tally.first_wrong {
        // The report shows the last calls: let them be those of the first failure.
        runner.parts = parts && first % PARTS == PARTS - 1;
        runner.answer(&vectors[first])?;
    }
    runner.forget_key();
    tally.verdict(cx)
}

/// What works on the vectors.
struct Runner<'r, 'a> {
    cx: &'r mut Context<'a>,
    session: Session,
    flags: CK_FLAGS,
    /// Whether this vector is run in parts as well.
    parts: bool,
    /// The key that was imported last: neighbours often share it.
    key: Option<Imported>,
    /// Which form of a key the module takes.
    form: usize,
    /// Whether the module makes secret keys that can be read.
    readable: bool,
}

/// How something ended that is not done: an answer already, or a session that has to be replaced.
enum End {
    /// This is what the vector's answer is.
    Answer(Answer),
    /// The session is stuck in an operation that failed.
    Stuck,
}

impl From<Answer> for End {
    fn from(answer: Answer) -> Self {
        Self::Answer(answer)
    }
}

/// What a step gives, or how the vector ends with it.
type Step<T = ()> = Result<T, End>;

impl<'a> Runner<'_, 'a> {
    fn c(&self) -> &'a Module {
        self.cx.c
    }

    /// Tries a vector; once more in a new session where the old one is stuck.
    fn answer(&mut self, vector: &Vector) -> Outcome<Answer> {
        match self.attempt(vector) {
            Ok(()) => Ok(Answer::Right),
            Err(End::Answer(answer)) => Ok(answer),
            Err(End::Stuck) => {
                let stuck = self.session;
                self.key = None;
                self.session = self.cx.session()?;
                self.c().close_session(stuck);
                Ok(match self.attempt(vector) {
                    Ok(()) => Answer::RightBut(
                        "an operation before it stayed active after its failure".to_owned(),
                    ),
                    Err(End::Answer(answer)) => answer,
                    Err(End::Stuck) => Answer::refused(
                        "the operation begins in a new session",
                        Rv::new(CKR_OPERATION_ACTIVE),
                    ),
                })
            }
        }
    }

    fn attempt(&mut self, vector: &Vector) -> Step {
        match &vector.test {
            Test::Digest { message, digest } => self.digest(vector, message, digest),
            Test::Cipher {
                key,
                plaintext,
                ciphertext,
            } => self.cipher(vector, key, plaintext, ciphertext),
            Test::Decrypt {
                key,
                plaintext,
                ciphertext,
            } => self.decrypt(vector, key, plaintext, ciphertext),
            Test::Mac { key, message, mac } => self.mac(vector, key, message, mac),
            Test::Verify {
                key,
                message,
                signature,
            } => self.verify(vector, key, message, signature),
            Test::Sign {
                key,
                message,
                signature,
            } => self.sign(vector, key, message, signature),
            Test::Derive { key, secret } => self.derive(vector, key, secret),
            Test::Generate { secret } => self.generate(vector, secret),
            Test::Wrap {
                key,
                payload,
                wrapped,
            } => self.wrap(vector, key, payload, wrapped),
            Test::Decapsulate {
                key,
                ciphertext,
                secret,
            } => self.decapsulate(vector, key, ciphertext, secret),
            Test::Inexpressible(why) => Err(Answer::NotOffered((*why).to_owned()).into()),
        }
    }

    /// Judges a return code of a call that has to fail or to succeed, as the vector says.
    ///
    /// Returns whether the call succeeded and its output is to be looked at.
    fn judge(&self, vector: &Vector, rv: Rv, refusals: &refusal::Refusals) -> Step<bool> {
        refusals.judge(vector.expect, self.c().answered(rv), rv)
    }
}

/// Compares an output with what was published.
fn compare(what: &str, expected: &[u8], got: &[u8]) -> Step {
    if expected == got {
        return Ok(());
    }
    let expected = format!("{what}: {}", shown(expected));
    Err(Answer::Wrong {
        expected,
        got: shown(got),
    }
    .into())
}

/// Says that something succeeded which has to be refused.
fn accepted(what: &str) -> Answer {
    Answer::Wrong {
        expected: format!("{what} is refused"),
        got: "CKR_OK".to_owned(),
    }
}

/// Writes bytes down, the middle left out where they are many.
fn shown(bytes: &[u8]) -> String {
    const ENDS: usize = 24;
    match bytes.len() {
        0 => "nothing".to_owned(),
        length if length <= 2 * ENDS => hex::encode(bytes),
        length => {
            let (first, last) = (
                hex::encode(&bytes[..ENDS]),
                hex::encode(&bytes[length - ENDS..]),
            );
            format!("{first}…{last} ({length} bytes)")
        }
    }
}

/// What came out so far.
#[derive(Default)]
struct Tally {
    vectors: Vectors,
    wrong: Vec<(String, String)>,
    first_wrong: Option<usize>,
    /// How many valid vectors there are, and how many of them passed.
    valid: (u64, u64),
    remarks: BTreeMap<String, u64>,
    not_offered: BTreeMap<String, u64>,
}

impl Tally {
    fn add(&mut self, index: usize, vector: &Vector, answer: Answer) {
        if vector.expect == Expect::Valid {
            self.valid.0 += 1;
            self.valid.1 += u64::from(matches!(answer, Answer::Right | Answer::RightBut(_)));
        }
        match answer {
            Answer::Right => self.vectors.passed += 1,
            Answer::RightBut(remark) => {
                self.vectors.passed += 1;
                *self.remarks.entry(remark).or_default() += 1;
            }
            Answer::NotOffered(why) => {
                self.vectors.not_applicable += 1;
                *self.not_offered.entry(why).or_default() += 1;
            }
            Answer::Wrong { expected, got } => {
                self.vectors.failed += 1;
                self.first_wrong.get_or_insert(index);
                if self.wrong.len() < NAMED {
                    let name = format!(
                        "{} ({}, {})",
                        vector.id,
                        vector.comment,
                        vector.expect.name()
                    );
                    self.wrong.push((
                        format!("{name}: {expected}"),
                        format!("{}: {got}", vector.id),
                    ));
                }
            }
        }
    }

    fn verdict(mut self, cx: &mut Context<'_>) -> Outcome {
        // Who does no valid vector refuses the invalid ones for that reason, and not for theirs.
        let (valid, done) = self.valid;
        let nothing =
            self.vectors.failed == 0 && (valid > 0 && done == 0 || self.vectors.passed == 0);
        if nothing {
            self.vectors.not_applicable += std::mem::take(&mut self.vectors.passed);
        }
        let Vectors {
            passed,
            failed,
            not_applicable: missing,
        } = self.vectors;
        cx.count(self.vectors);
        let remarks = self.remarks();
        if nothing {
            let why = if remarks.is_empty() {
                "the set is empty".to_owned()
            } else {
                remarks
            };
            return not_applicable(format!("none of {missing} vectors can be tried: {why}"));
        }
        cx.remark(remarks);
        if failed == 0 {
            return Ok(());
        }
        let more = failed - self.wrong.len() as u64;
        let (mut expected, mut got): (Vec<_>, Vec<_>) = self.wrong.into_iter().unzip();
        if more > 0 {
            expected.push(format!("{more} more"));
            got.push(format!("{failed} of {} wrong", passed + failed));
        }
        Err(Stop::Fail {
            expected: expected.join("\n"),
            got: got.join("\n"),
        })
    }

    /// Tells how often what was unusual, or not offered.
    fn remarks(&self) -> String {
        let all = self.not_offered.iter().chain(&self.remarks);
        let mut texts: Vec<_> = all
            .map(|(text, count)| format!("{count}: {text}"))
            .collect();
        if texts.len() > REMARKS {
            texts.truncate(REMARKS);
            texts.push("…".to_owned());
        }
        texts.join("; ")
    }
}

impl Expect {
    /// Returns the word that a report uses.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::Invalid => "invalid",
            Self::InvalidKey => "invalid key",
            Self::Acceptable => "acceptable",
        }
    }
}
