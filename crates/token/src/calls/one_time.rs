//! The ends of signatures and verifications, among them those of one-time passwords: there the key changes, and what it becomes is
//! durable before the caller learns anything (Mechanisms 6.57.10).

use ck::{AttributeType as A, Params};
use proto::Call;
use proto::shape::{
    Answer, OTP_COUNTER, OTP_TIME, OTP_VALUE, Room, signature_info, signature_info_len,
};

use super::Within;
use crate::Error;
use crate::lock::lock;
use crate::operation::{Ending, Kind};
use crate::otp::OneTime;
use crate::policy::Date;

/// The lengths of a counter and of a time, which stand beside the password.
const COUNTER_LEN: usize = 8;
const TIME_LEN: usize = 14;

impl Within<'_> {
    /// Ends a signature.
    pub(super) fn end_signature(
        &mut self,
        ending: Ending<'_>,
        answer: &mut Answer<Vec<u8>>,
    ) -> Result<(), Error> {
        let operations = &mut self.activity.operations;
        let Some(one_time) = operations.one_time(Kind::Sign) else {
            return operations.end(Kind::Sign, ending, answer);
        };
        let digits = usize::try_from(one_time.digits).unwrap_or_default();
        let beside = if one_time.is_timed() {
            TIME_LEN
        } else {
            COUNTER_LEN
        };
        let len = signature_info_len(&[digits, beside]);
        if !answer.room().fits(len) {
            answer.length(len);
            return match answer.room() {
                Room::Query => Ok(()),
                Room::Items(_) => Err(Error::BufferTooSmall),
            };
        }
        operations.cancel(Kind::Sign);
        check_empty(ending)?;
        answer.structure(self.make(&one_time)?);
        Ok(())
    }

    /// Ends a verification.
    pub(super) fn end_verification(
        &mut self,
        ending: Ending<'_>,
        signature: &[u8],
    ) -> Result<(), Error> {
        let operations = &mut self.activity.operations;
        let Some(one_time) = operations.one_time(Kind::Verify) else {
            return operations.verify(ending, signature);
        };
        operations.cancel(Kind::Verify);
        check_empty(ending)?;
        self.accept(&one_time, signature)
    }

    /// Makes a password, and with it what it was made of.
    fn make(&self, one_time: &OneTime) -> Result<Vec<u8>, Error> {
        let object = self.visible(one_time.key, Error::KeyHandleInvalid)?;
        let _changing = lock(&object.changing);
        let content = object.content();
        let now_ms = self.core.env.now_ms();
        let (counter, next) = one_time.made_of(&content.attributes, now_ms)?;
        let mut signer = mech::signer(one_time.row, &params(one_time), &object.key()?)?;
        signer.update(&counter.to_be_bytes())?;
        let password = signer.finish()?;
        if let Some(next) = next {
            // A call that was carried out before has given its password to nobody, and this one would be another.
            self.check_first(true)?;
            let mut attributes = content.attributes.duplicate();
            attributes.set(A::OTP_COUNTER, next.to_be_bytes());
            self.replace(&object, content, attributes, Call::Sign)?;
        }
        let counter = counter.to_be_bytes();
        let time = Date::time_text(one_time.time_ms(now_ms));
        let beside = if one_time.is_timed() {
            (OTP_TIME, &time[..TIME_LEN])
        } else {
            (OTP_COUNTER, &counter[..])
        };
        Ok(signature_info(&[(OTP_VALUE, &password), beside]))
    }

    /// Tells whether a password is one that is accepted now, and accepts it once.
    fn accept(&self, one_time: &OneTime, password: &[u8]) -> Result<(), Error> {
        let object = self.visible(one_time.key, Error::KeyHandleInvalid)?;
        let _changing = lock(&object.changing);
        let content = object.content();
        if u64::try_from(password.len()) != Ok(one_time.digits) {
            return Err(mech::Error::SignatureLenRange.into());
        }
        let counters = one_time.accepted(&content.attributes, self.core.env.now_ms());
        let key = object.key()?;
        for counter in counters {
            let mut verifier = mech::verifier(one_time.row, &params(one_time), &key)?;
            verifier.update(&counter.to_be_bytes())?;
            match verifier.finish(password) {
                Err(mech::Error::SignatureInvalid) => continue,
                result => result?,
            }
            self.check_first(true)?;
            let next = counter.checked_add(1).ok_or(Error::CounterExhausted)?;
            let mut attributes = content.attributes.duplicate();
            attributes.set(A::OTP_COUNTER, next.to_be_bytes());
            self.replace(&object, content, attributes, Call::Verify)?;
            return Ok(());
        }
        Err(mech::Error::SignatureInvalid.into())
    }
}

/// What the mechanism is told: how many digits there are.
const fn params(one_time: &OneTime) -> Params<'static> {
    Params::Otp(ck::OneTime {
        counter: None,
        time: None,
        length: Some(one_time.digits),
        format: None,
        flags: 0,
    })
}

/// A password is made of no data.
const fn check_empty(ending: Ending<'_>) -> Result<(), Error> {
    match ending {
        Ending::Whole(data) if !data.is_empty() => Err(Error::Mechanism(mech::Error::DataInvalid)),
        _ => Ok(()),
    }
}
