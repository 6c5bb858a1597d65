//! The attempts at one call: what is known after each, and whether there is another.

use std::time::Instant;

use client::{Error, Outgoing};
use proto::Call;
use proto::frame::Kind;

/// How often one call goes out: an HSM that falls over each time it gets a call is not helped by getting it again.
const SENDINGS_MAX: u32 = 8;

/// The attempts at one call.
pub(crate) struct Attempt {
    correlation: u64,
    /// When the call has waited long enough.
    pub(crate) deadline: Instant,
    /// Whether an attempt may have been carried out.
    happened: bool,
    sendings: u32,
    /// Whether there may be another attempt.
    hope: bool,
    /// Whether another attempt was made at once already.
    hurried: bool,
}

/// What comes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// Another attempt.
    AtOnce,
    /// Another attempt, after a pause.
    Later,
    /// No other attempt.
    GiveUp,
}

impl Attempt {
    pub(crate) const fn new(correlation: u64, deadline: Instant) -> Self {
        Self {
            correlation,
            deadline,
            happened: false,
            sendings: 0,
            hope: true,
            hurried: false,
        }
    }

    /// What goes onto the wire.
    pub(crate) const fn outgoing(&self, call: Call) -> Outgoing {
        Outgoing {
            kind: if self.happened {
                Kind::Again
            } else {
                Kind::Request
            },
            call: call.number(),
            correlation: self.correlation,
            deadline: self.deadline,
        }
    }

    /// Whether an attempt may have been carried out.
    pub(crate) const fn may_have_happened(&self) -> bool {
        self.happened
    }

    /// Notes how an attempt failed; `kept` tells whether what an application has outlives the connection.
    pub(crate) fn note(&mut self, error: Error, kept: bool) {
        self.sendings += 1;
        match error {
            Error::HsmLost | Error::Lost(_) | Error::Silent => {
                self.happened = true;
                self.hope = kept;
            }
            Error::HsmAway => self.hope = kept,
            // On a connection that keeps nothing, one more attempt on a new connection.
            Error::Unsent => self.hope = kept || !self.hurried,
            Error::Closed
            | Error::Malformed(_)
            | Error::TimedOut
            | Error::TooLong
            | Error::Version { .. } => self.hope = false,
        }
        self.hope &= self.sendings < SENDINGS_MAX;
    }

    /// Notes that there was no way; `wait` tells whether it is worth waiting for.
    pub(crate) const fn look(&mut self, wait: bool) {
        self.hope = wait;
    }

    /// Says what comes next, where ways are waited for until `patience`.
    pub(crate) fn next(&mut self, patience: Instant) -> Next {
        if !self.hope {
            return Next::GiveUp;
        }
        if !std::mem::replace(&mut self.hurried, true) {
            return Next::AtOnce;
        }
        let now = Instant::now();
        if now >= patience || now >= self.deadline {
            Next::GiveUp
        } else {
            Next::Later
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::ErrorKind;
    use std::time::Duration;

    use super::*;

    fn attempt() -> Attempt {
        Attempt::new(9, Instant::now() + Duration::from_secs(60))
    }

    fn soon() -> Instant {
        Instant::now() + Duration::from_secs(60)
    }

    #[test]
    fn a_call_that_may_have_happened_goes_out_again_under_its_number() {
        let mut attempt = attempt();
        assert_eq!(attempt.outgoing(Call::Sign).kind, Kind::Request);
        attempt.note(Error::Lost(ErrorKind::UnexpectedEof), true);
        assert_eq!(attempt.next(soon()), Next::AtOnce);
        let again = attempt.outgoing(Call::Sign);
        assert_eq!((again.kind, again.correlation), (Kind::Again, 9));
        // That this one was not sent does not undo the one before.
        attempt.note(Error::HsmAway, true);
        assert_eq!(attempt.next(soon()), Next::Later);
        assert_eq!(attempt.outgoing(Call::Sign).kind, Kind::Again);
    }

    #[test]
    fn patience_ends() {
        let mut attempt = attempt();
        attempt.look(true);
        assert_eq!(attempt.next(Instant::now()), Next::AtOnce);
        attempt.look(true);
        assert_eq!(attempt.next(Instant::now()), Next::GiveUp);
    }

    #[test]
    fn where_nothing_is_kept_a_call_that_may_have_happened_is_not_repeated() {
        let mut attempt = attempt();
        attempt.note(Error::Lost(ErrorKind::UnexpectedEof), false);
        assert_eq!(attempt.next(soon()), Next::GiveUp);
        assert!(attempt.may_have_happened());
    }

    #[test]
    fn a_call_does_not_go_out_for_ever() {
        let mut attempt = attempt();
        for _ in 1..SENDINGS_MAX {
            attempt.note(Error::HsmLost, true);
            assert_ne!(attempt.next(soon()), Next::GiveUp);
        }
        attempt.note(Error::HsmLost, true);
        assert_eq!(attempt.next(soon()), Next::GiveUp);
    }
}
