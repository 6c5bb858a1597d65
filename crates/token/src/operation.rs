//! Active operations, and the two rules that all of them share, written here once:
//!
//! - **The two-call rule** (5.2): without a buffer the caller learns the length; with one that is too small, the length
//!   and `CKR_BUFFER_TOO_SMALL`. Neither ends the operation. A result that had to be computed to know its length waits
//!   for the next call.
//! - **The end of an operation** (5.8 to 5.15): its last call ends it, and so does every failure besides the above.
//!
//! An operation is taken out of its place before a step and put back only where the rules keep it, so that no path can
//! forget to end it.

mod dual;
pub(crate) mod message;
mod saving;

use proto::shape::{Answer, Room};
use zeroize::Zeroizing;

use crate::Error;
use crate::otp::OneTime;

pub(crate) use saving::Saved;

/// The kinds of operation, of which a session may have one each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Decrypt,
    Digest,
    Encrypt,
    Sign,
    SignRecover,
    Verify,
    VerifyRecover,
    VerifySignature,
}

impl Kind {
    const COUNT: usize = 8;

    /// Every kind, with its bit in `C_SessionCancel`.
    pub(crate) const ALL: [(Self, u64); Self::COUNT] = [
        (Self::Decrypt, ck::flags::mechanism::DECRYPT),
        (Self::Digest, ck::flags::mechanism::DIGEST),
        (Self::Encrypt, ck::flags::mechanism::ENCRYPT),
        (Self::Sign, ck::flags::mechanism::SIGN),
        (Self::SignRecover, ck::flags::mechanism::SIGN_RECOVER),
        (Self::Verify, ck::flags::mechanism::VERIFY),
        (Self::VerifyRecover, ck::flags::mechanism::VERIFY_RECOVER),
        (Self::VerifySignature, ck::flags::mechanism::VERIFY),
    ];
}

/// What an operation computes.
pub(crate) enum Work {
    Cipher(Box<dyn mech::Cipher>),
    Digest(Box<dyn mech::Digester>),
    /// A password that is made or looked at where its key is at hand, since that changes.
    OneTime(OneTime),
    Sign(Box<dyn mech::Signer>),
    Verify(Box<dyn mech::Verifier>),
    /// The signature was given before the data (3.2).
    VerifySignature(Box<dyn mech::Verifier>, Vec<u8>),
}

/// How far an operation is.
enum Stage {
    /// Nothing was given to it.
    Fresh(Work),
    /// Parts were given to it.
    Parts(Work),
    /// It is done; the result did not fit the buffer of the call that asked for it.
    Waiting {
        ending: EndingKind,
        result: Zeroizing<Vec<u8>>,
    },
}

/// The calls that end an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum EndingKind {
    Final,
    Whole,
}

/// A call that ends an operation.
#[derive(Clone, Copy)]
pub(crate) enum Ending<'a> {
    /// The last call of a multi-part operation.
    Final,
    /// The only call of a single-part operation, with all of its input.
    Whole(&'a [u8]),
}

impl Ending<'_> {
    const fn kind(&self) -> EndingKind {
        match self {
            Self::Final => EndingKind::Final,
            Self::Whole(_) => EndingKind::Whole,
        }
    }
}

/// One active operation.
pub(crate) struct Operation {
    stage: Stage,
    /// Whether the length of the result is known only once it is computed.
    unpredictable: bool,
    /// The key that it works with, where it does.
    key: Option<KeyInUse>,
}

/// The key of an operation, as far as the operation still asks for it.
#[derive(Clone, Copy)]
pub(crate) struct KeyInUse {
    /// Which object it is.
    pub(crate) object: u64,
    /// Whether it is private, so that the operation ends with the login.
    pub(crate) private: bool,
    /// Whether the user has to give the PIN once more before it works (`CKA_ALWAYS_AUTHENTICATE`, 4.9).
    pub(crate) locked: bool,
}

impl Operation {
    /// Starts an operation.
    pub(crate) const fn new(kind: Kind, work: Work, key: Option<KeyInUse>) -> Self {
        let unpredictable = matches!(kind, Kind::Decrypt | Kind::VerifyRecover);
        Self {
            stage: Stage::Fresh(work),
            unpredictable,
            key,
        }
    }

    fn is_private(&self) -> bool {
        self.key.is_some_and(|key| key.private)
    }

    fn is_locked(&self) -> bool {
        self.key.is_some_and(|key| key.locked)
    }
}

/// What a step that gives output came to.
enum Step {
    /// The length is all that was asked for.
    Length(usize),
    /// It does not fit.
    TooSmall(usize),
    /// Here it is.
    Output(Vec<u8>),
}

/// The active operations of one session.
#[derive(Default)]
pub(crate) struct Operations([Option<Operation>; Kind::COUNT]);

impl Operations {
    /// Checks that no operation of a kind is active. Both ways of verifying are one kind to the standard.
    pub(crate) fn check_free(&self, kind: Kind) -> Result<(), Error> {
        let active = |kind: Kind| self.0[kind as usize].is_some();
        let taken = match kind {
            Kind::Verify | Kind::VerifySignature => {
                active(Kind::Verify) || active(Kind::VerifySignature)
            }
            other => active(other),
        };
        if taken {
            return Err(Error::OperationActive);
        }
        Ok(())
    }

    /// Checks that an operation of a kind is active.
    pub(crate) fn check_active(&self, kind: Kind) -> Result<(), Error> {
        match self.0[kind as usize] {
            Some(_) => Ok(()),
            None => Err(Error::OperationNotInitialized),
        }
    }

    /// Puts a new operation in its place.
    pub(crate) fn start(&mut self, kind: Kind, operation: Operation) {
        self.0[kind as usize] = Some(operation);
    }

    /// Ends an operation without a result; that there is none is no error (5.6.5).
    pub(crate) fn cancel(&mut self, kind: Kind) {
        self.0[kind as usize] = None;
    }

    /// Ends those that use private objects.
    pub(crate) fn cancel_private(&mut self) {
        for place in &mut self.0 {
            if place.as_ref().is_some_and(Operation::is_private) {
                *place = None;
            }
        }
    }

    /// Tells whether an operation waits for the PIN.
    pub(crate) fn any_locked(&self) -> bool {
        self.0.iter().flatten().any(Operation::is_locked)
    }

    /// Lets the operations that wait for the PIN work.
    pub(crate) fn unlock(&mut self) {
        self.0
            .iter_mut()
            .flatten()
            .filter_map(|operation| operation.key.as_mut())
            .for_each(|key| key.locked = false);
    }

    /// Gives a part to an operation that has no output before its end.
    pub(crate) fn feed(&mut self, kind: Kind, part: &[u8]) -> Result<(), Error> {
        let operation = self.take(kind)?;
        operation.check_unlocked()?;
        self.0[kind as usize] = Some(operation.with_part(|work| work.feed(part))?);
        Ok(())
    }

    /// Gives a part to a cipher and hands out what comes out.
    pub(crate) fn update(
        &mut self,
        kind: Kind,
        part: &[u8],
        answer: &mut Answer<Vec<u8>>,
    ) -> Result<(), Error> {
        let operation = self.take(kind)?;
        let (step, kept) = operation.update(part, answer.room())?;
        self.conclude(kind, step, kept, answer)
    }

    /// Ends an operation that has a result.
    pub(crate) fn end(
        &mut self,
        kind: Kind,
        ending: Ending<'_>,
        answer: &mut Answer<Vec<u8>>,
    ) -> Result<(), Error> {
        let operation = self.take(kind)?;
        let (step, kept) = operation.end(ending, answer.room())?;
        self.conclude(kind, step, kept, answer)
    }

    /// Ends a verification.
    pub(crate) fn verify(&mut self, ending: Ending<'_>, signature: &[u8]) -> Result<(), Error> {
        let operation = self.take(Kind::Verify)?;
        operation.check_unlocked()?;
        let Work::Verify(verifier) = operation.stage.ready(ending)? else {
            return Err(Error::OperationNotInitialized);
        };
        judge(verifier, ending, signature)
    }

    /// Ends a verification that was given the signature at its start.
    pub(crate) fn verify_given(&mut self, ending: Ending<'_>) -> Result<(), Error> {
        let operation = self.take(Kind::VerifySignature)?;
        operation.check_unlocked()?;
        let Work::VerifySignature(verifier, signature) = operation.stage.ready(ending)? else {
            return Err(Error::OperationNotInitialized);
        };
        judge(verifier, ending, &signature)
    }

    /// The one-time password that an operation is about; none where it is about something else.
    pub(crate) fn one_time(&self, kind: Kind) -> Option<OneTime> {
        match &self.0[kind as usize].as_ref()?.stage {
            Stage::Fresh(Work::OneTime(one_time)) => Some(*one_time),
            _ => None,
        }
    }

    fn take(&mut self, kind: Kind) -> Result<Operation, Error> {
        self.0[kind as usize]
            .take()
            .ok_or(Error::OperationNotInitialized)
    }

    /// The two-call rule: what the caller gets, and whether the operation goes on.
    fn conclude(
        &mut self,
        kind: Kind,
        step: Step,
        kept: Option<Operation>,
        answer: &mut Answer<Vec<u8>>,
    ) -> Result<(), Error> {
        self.0[kind as usize] = kept;
        match step {
            Step::Length(length) => answer.length(length),
            Step::Output(output) => answer.items(output),
            Step::TooSmall(length) => {
                answer.length(length);
                return Err(Error::BufferTooSmall);
            }
        }
        Ok(())
    }
}

/// Tells whether the signature is one of the data.
fn judge(
    mut verifier: Box<dyn mech::Verifier>,
    ending: Ending<'_>,
    signature: &[u8],
) -> Result<(), Error> {
    if let Ending::Whole(data) = ending {
        verifier.update(data)?;
    }
    Ok(verifier.finish(signature)?)
}

impl Operation {
    fn check_unlocked(&self) -> Result<(), Error> {
        if self.is_locked() {
            Err(Error::UserNotLoggedIn)
        } else {
            Ok(())
        }
    }

    /// Gives a part to the work; a failure ends the operation.
    fn with_part(
        mut self,
        give: impl FnOnce(&mut Work) -> Result<(), Error>,
    ) -> Result<Self, Error> {
        let (Stage::Fresh(mut work) | Stage::Parts(mut work)) = self.stage else {
            return Err(Error::OperationNotInitialized);
        };
        give(&mut work)?;
        self.stage = Stage::Parts(work);
        Ok(self)
    }

    fn update(self, part: &[u8], room: Room) -> Result<(Step, Option<Self>), Error> {
        let (Stage::Fresh(Work::Cipher(cipher)) | Stage::Parts(Work::Cipher(cipher))) = &self.stage
        else {
            return Err(Error::OperationNotInitialized);
        };
        let length = cipher.update_len(part.len());
        if let Some(step) = without_output(length, room) {
            return Ok((step, Some(self)));
        }
        self.check_unlocked()?;
        let mut output = Vec::with_capacity(length);
        let operation = self.with_part(|work| match work {
            Work::Cipher(cipher) => Ok(cipher.update(part, &mut output)?),
            _ => Err(Error::OperationNotInitialized),
        })?;
        Ok((Step::Output(output), Some(operation)))
    }

    fn end(mut self, ending: Ending<'_>, room: Room) -> Result<(Step, Option<Self>), Error> {
        let result = match self.stage {
            Stage::Waiting {
                ending: asked,
                result,
            } if asked == ending.kind() => result,
            stage => {
                let work = stage.ready(ending)?;
                let bound = work.output_len(ending);
                let step = without_output(bound, room);
                if let Some(step) = step.filter(|_| room == Room::Query || !self.unpredictable) {
                    self.stage = Stage::again(work, ending);
                    return Ok((step, Some(self)));
                }
                if self.key.is_some_and(|key| key.locked) {
                    return Err(Error::UserNotLoggedIn);
                }
                work.finish(ending, bound)?
            }
        };
        if let Some(step) = without_output(result.len(), room) {
            self.stage = Stage::Waiting {
                ending: ending.kind(),
                result,
            };
            return Ok((step, Some(self)));
        }
        Ok((Step::Output(result.to_vec()), None))
    }
}

impl Stage {
    /// Gives the work to the call that ends it: a single-part call follows the initialisation, with no part between.
    fn ready(self, ending: Ending<'_>) -> Result<Work, Error> {
        match (self, ending) {
            (Self::Fresh(work), _) | (Self::Parts(work), Ending::Final) => Ok(work),
            (Self::Parts(_), Ending::Whole(_)) => Err(Error::OperationActive),
            (Self::Waiting { .. }, _) => Err(Error::OperationNotInitialized),
        }
    }

    /// Puts the work back where [`Stage::ready`] took it from, as far as the next call can tell.
    fn again(work: Work, ending: Ending<'_>) -> Self {
        match ending {
            Ending::Final => Self::Parts(work),
            Ending::Whole(_) => Self::Fresh(work),
        }
    }
}

impl Work {
    /// Gives a part to work that has no output before its end.
    fn feed(&mut self, part: &[u8]) -> Result<(), Error> {
        match self {
            Self::Digest(digester) => {
                digester.update(part);
                Ok(())
            }
            Self::Sign(signer) => Ok(signer.update(part)?),
            Self::Verify(verifier) | Self::VerifySignature(verifier, _) => {
                Ok(verifier.update(part)?)
            }
            Self::OneTime(_) => Err(mech::Error::DataInvalid.into()),
            Self::Cipher(_) => Err(Error::OperationNotInitialized),
        }
    }

    /// The length of the result, or an upper bound of it.
    fn output_len(&self, ending: Ending<'_>) -> usize {
        match (self, ending) {
            (Self::Cipher(cipher), Ending::Final) => cipher.finish_len(),
            (Self::Cipher(cipher), Ending::Whole(input)) => cipher.whole_len(input.len()),
            (Self::Digest(digester), _) => digester.output_len(),
            (Self::Sign(signer), _) => signer.output_len(),
            (Self::OneTime(_) | Self::Verify(_) | Self::VerifySignature(..), _) => 0,
        }
    }

    fn finish(self, ending: Ending<'_>, bound: usize) -> Result<Zeroizing<Vec<u8>>, Error> {
        let input = match ending {
            Ending::Final => None,
            Ending::Whole(input) => Some(input),
        };
        // Room for all of it at once: a buffer that grows leaves copies of plaintext behind.
        let mut output = Zeroizing::new(Vec::with_capacity(bound));
        match self {
            Self::Cipher(mut cipher) => {
                if let Some(input) = input {
                    cipher.update(input, &mut output)?;
                }
                cipher.finish(&mut output)?;
            }
            Self::Digest(mut digester) => {
                if let Some(input) = input {
                    digester.update(input);
                }
                *output = digester.finish();
            }
            Self::Sign(mut signer) => {
                if let Some(input) = input {
                    signer.update(input)?;
                }
                *output = signer.finish()?;
            }
            Self::OneTime(_) | Self::Verify(_) | Self::VerifySignature(..) => {
                return Err(Error::OperationNotInitialized);
            }
        }
        Ok(output)
    }
}

/// The step of a call that gets no output because it asks for the length or has too little room.
fn without_output(length: usize, room: Room) -> Option<Step> {
    match room {
        Room::Query => Some(Step::Length(length)),
        Room::Items(_) if !room.fits(length) => Some(Step::TooSmall(length)),
        Room::Items(_) => None,
    }
}
