//! One-time passwords: what their keys say, and of which counters a password may be (Mechanisms 6.57; RFC 4226, RFC 6238).
//!
//! A key has its counter in the token, which moves on with each password that is made or accepted; or it says by
//! `CKA_OTP_TIME_REQUIREMENT` that the counter is the time in steps of `CKA_OTP_TIME_INTERVAL` seconds. Its own counter then is the
//! first step of which a password is still accepted, so that none is accepted twice.

use std::ops::Range;

use ck::{AttributeType as A, Mechanism, Params};

use crate::policy::Date;
use crate::{Attributes, Error};

/// How many passwords are looked at from the counter on: whoever makes them may have made some in vain (RFC 4226, 7.4).
const LOOK_AHEAD: u64 = 10;
/// How many steps the clock of whoever makes them may be ahead or behind (RFC 6238, 5.2).
const DRIFT: u64 = 1;
/// The longest step of time in seconds: a day.
const LONGEST_INTERVAL: u64 = 24 * 60 * 60;
/// How many digits there are (RFC 4226, 5.3).
const DIGITS: std::ops::RangeInclusive<u64> = 6..=8;

/// `CK_OTP_PARAM_IGNORED` and `CK_OTP_PARAM_MANDATORY`.
const IGNORED: u64 = 0;
const MANDATORY: u64 = 2;

/// `CKF_EXCLUDE_TIME`, `CKF_EXCLUDE_COUNTER`, and the flags that ask for nothing that is not done anyway.
const EXCLUDE_TIME: u64 = 2;
const EXCLUDE_COUNTER: u64 = 4;
const HARMLESS: u64 = EXCLUDE_TIME | EXCLUDE_COUNTER | 8 | 16 | 32;

/// The number that an attribute of these keys has where the template names none (6.57.5).
pub(crate) const fn default_number(id: A) -> Option<u64> {
    Some(match id {
        A::OTP_CHALLENGE_REQUIREMENT
        | A::OTP_COUNTER_REQUIREMENT
        | A::OTP_FORMAT
        | A::OTP_PIN_REQUIREMENT
        | A::OTP_TIME_REQUIREMENT => 0,
        A::OTP_LENGTH => *DIGITS.start(),
        A::OTP_TIME_INTERVAL => 60,
        _ => return None,
    })
}

/// Checks what a key says of its passwords.
///
/// # Errors
/// Names the attribute that says what there is not.
pub(crate) fn check(key: &Attributes) -> Result<(), Error> {
    let number = |id| key.number(id).unwrap_or_default();
    let wrong = |id, why| Err(Error::AttributeValueInvalid { id, why });
    if number(A::OTP_FORMAT) != 0 {
        return wrong(A::OTP_FORMAT, "the passwords are decimal");
    }
    if !DIGITS.contains(&number(A::OTP_LENGTH)) {
        return wrong(A::OTP_LENGTH, "the passwords have six to eight digits");
    }
    if !(1..=LONGEST_INTERVAL).contains(&number(A::OTP_TIME_INTERVAL)) {
        return wrong(A::OTP_TIME_INTERVAL, "a step has a second to a day");
    }
    for id in [A::OTP_CHALLENGE_REQUIREMENT, A::OTP_PIN_REQUIREMENT] {
        if number(id) != IGNORED {
            return wrong(id, "the passwords are made of a counter or the time alone");
        }
    }
    for id in [A::OTP_COUNTER_REQUIREMENT, A::OTP_TIME_REQUIREMENT] {
        if number(id) > MANDATORY {
            return wrong(id, "there are three such requirements, 0 to 2");
        }
    }
    if number(A::OTP_COUNTER_REQUIREMENT) != IGNORED && number(A::OTP_TIME_REQUIREMENT) != IGNORED {
        return Err(Error::TemplateInconsistent {
            id: A::OTP_TIME_REQUIREMENT,
            why: "the passwords are made of a counter or the time, and not of both",
        });
    }
    if key.get(A::OTP_COUNTER).map(<[u8]>::len) != Some(8) {
        return wrong(A::OTP_COUNTER, "a counter has eight bytes");
    }
    Ok(())
}

/// What a password is made of besides its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Moment {
    /// The counter of the key.
    Counter,
    /// A counter of the caller's.
    Given(u64),
    /// The time of the token's clock.
    Clock,
    /// A time of the caller's, in seconds since 1970.
    Time(u64),
}

/// A password that is to be made or looked at.
#[derive(Clone, Copy)]
pub(crate) struct OneTime {
    /// The mechanism.
    pub(crate) row: &'static Mechanism,
    /// How many digits it has.
    pub(crate) digits: u64,
    /// The handle of its key, as the caller has it.
    pub(crate) key: u64,
    moment: Moment,
}

impl OneTime {
    /// Reads what the caller says, as far as the key lets it say anything (6.57.6).
    pub(crate) fn new(
        row: &'static Mechanism,
        params: &Params<'_>,
        handle: u64,
        key: &Attributes,
    ) -> Result<Self, Error> {
        const INVALID: Error = Error::Mechanism(mech::Error::MechanismParamInvalid);
        let given = match *params {
            Params::None => ck::OneTime::default(),
            Params::Otp(given) => given,
            _ => return Err(INVALID),
        };
        let requirement = |id| key.number(id).unwrap_or(IGNORED);
        let digits = given.length.or_else(|| key.number(A::OTP_LENGTH));
        let digits = digits.filter(|digits| DIGITS.contains(digits));
        let timed = requirement(A::OTP_TIME_REQUIREMENT);
        let counted = requirement(A::OTP_COUNTER_REQUIREMENT);
        let excluded = given.flags
            & if timed == IGNORED {
                EXCLUDE_COUNTER
            } else {
                EXCLUDE_TIME
            };
        if given.flags & !HARMLESS != 0 || excluded != 0 || given.format.unwrap_or(0) != 0 {
            return Err(INVALID);
        }
        let moment = match (timed, counted) {
            (IGNORED, IGNORED) => Moment::Counter,
            (IGNORED, required) => match given.counter {
                Some(counter) => {
                    let counter = counter.try_into().map_err(|_| INVALID)?;
                    Moment::Given(u64::from_be_bytes(counter))
                }
                None if required == MANDATORY => return Err(INVALID),
                None => Moment::Counter,
            },
            (required, _) => match given.time {
                Some(time) => Moment::Time(Date::read_time(time).ok_or(INVALID)?),
                None if required == MANDATORY => return Err(INVALID),
                None => Moment::Clock,
            },
        };
        Ok(Self {
            row,
            digits: digits.ok_or(INVALID)?,
            key: handle,
            moment,
        })
    }

    /// Tells whether the time stands for the counter.
    pub(crate) const fn is_timed(&self) -> bool {
        matches!(self.moment, Moment::Clock | Moment::Time(_))
    }

    /// The time that the password is of, in milliseconds since 1970.
    pub(crate) const fn time_ms(&self, now_ms: u64) -> u64 {
        match self.moment {
            Moment::Time(seconds) => seconds.saturating_mul(1000),
            _ => now_ms,
        }
    }

    /// The counter that a password is made of, and to what that of the key moves on.
    pub(crate) fn made_of(
        &self,
        key: &Attributes,
        now_ms: u64,
    ) -> Result<(u64, Option<u64>), Error> {
        Ok(match self.moment {
            Moment::Counter => {
                let counter = counter(key);
                let next = counter.checked_add(1).ok_or(Error::CounterExhausted)?;
                (counter, Some(next))
            }
            Moment::Given(counter) => (counter, None),
            Moment::Clock | Moment::Time(_) => (self.step(key, now_ms), None),
        })
    }

    /// The counters of which a password is accepted. That of the key then moves on behind it.
    pub(crate) fn accepted(&self, key: &Attributes, now_ms: u64) -> Range<u64> {
        let counter = counter(key);
        let step = self.step(key, now_ms);
        match self.moment {
            Moment::Counter => counter..counter.saturating_add(LOOK_AHEAD),
            Moment::Given(given) => given.max(counter)..given.saturating_add(1),
            Moment::Clock => {
                let first = step.saturating_sub(DRIFT).max(counter);
                first..step.saturating_add(DRIFT + 1)
            }
            Moment::Time(_) => step.max(counter)..step.saturating_add(1),
        }
    }

    fn step(&self, key: &Attributes, now_ms: u64) -> u64 {
        let interval = key.number(A::OTP_TIME_INTERVAL).unwrap_or_default().max(1);
        self.time_ms(now_ms) / 1000 / interval
    }
}

fn counter(key: &Attributes) -> u64 {
    let bytes = key.get(A::OTP_COUNTER).unwrap_or_default();
    bytes.try_into().map_or(0, u64::from_be_bytes)
}
