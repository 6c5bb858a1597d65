//! PINs: what one may be, and how one is tried.

use std::sync::{Condvar, Mutex, PoisonError};

use store::SealError;
use store::hierarchy::{Kek, UserKey};

use crate::hsm::Core;
use crate::identifier::PartitionId;
use crate::journal::Act;
use crate::ledger::{Attempt, Entry, Ledger};
use crate::lock::lock;
use crate::policy::Profile;
use crate::record::{PartitionRecord, PinRecord, Role};
use crate::{Error, identifier};

/// How many wrong guesses lock a PIN.
pub(crate) const GUESSES: u32 = 10;

/// The longest PIN in bytes.
pub(crate) const LONGEST: usize = proto::limits::PIN_BYTES;

/// How many PINs are hashed at once: each takes 64 MiB.
const HASHES_AT_ONCE: usize = 2;

/// What is guessed first (after the lists of the most used passwords), besides repetitions and runs.
const GUESSED_FIRST: [&[u8]; 16] = [
    b"0987654321",
    b"1234567890",
    b"12341234",
    b"123123123",
    b"11223344",
    b"13579246",
    b"1q2w3e4r",
    b"abcd1234",
    b"admin123",
    b"changeit",
    b"iloveyou",
    b"password",
    b"password1",
    b"qwertyui",
    b"qwerty123",
    b"trustno1",
];

/// The shortest PIN in bytes.
pub(crate) const fn shortest(profile: Profile) -> usize {
    match profile {
        Profile::Compat => 4,
        Profile::Strict => 8,
    }
}

/// Checks that a PIN may be set.
pub(crate) fn check_new(profile: Profile, pin: &[u8]) -> Result<(), Error> {
    let min = shortest(profile);
    if !(min..=LONGEST).contains(&pin.len()) {
        return Err(Error::PinLength { min, max: LONGEST });
    }
    if profile == Profile::Strict && is_guessed_first(pin) {
        return Err(Error::PinTooWeak);
    }
    Ok(())
}

/// Tells whether a PIN is a repetition, a run up or down, or on the list.
fn is_guessed_first(pin: &[u8]) -> bool {
    let steps = |step: i16| {
        pin.windows(2)
            .all(|pair| i16::from(pair[1]) - i16::from(pair[0]) == step)
    };
    let lower = zeroize::Zeroizing::new(pin.to_ascii_lowercase());
    let listed = GUESSED_FIRST.contains(&lower.as_slice());
    listed || steps(0) || steps(1) || steps(-1)
}

/// Lets a few threads at a time through.
pub(crate) struct Gate {
    free: Mutex<usize>,
    freed: Condvar,
}

impl Gate {
    /// The gate before the PIN hash.
    pub(crate) const fn new() -> Self {
        Self {
            free: Mutex::new(HASHES_AT_ONCE),
            freed: Condvar::new(),
        }
    }

    fn pass<T>(&self, work: impl FnOnce() -> T) -> T {
        let mut free = lock(&self.free);
        while *free == 0 {
            free = self
                .freed
                .wait(free)
                .unwrap_or_else(PoisonError::into_inner);
        }
        *free -= 1;
        drop(free);
        let _place = Place(self);
        work()
    }
}

/// A place beyond the gate, given back also when the work panics.
struct Place<'a>(&'a Gate);

impl Drop for Place<'_> {
    fn drop(&mut self) {
        *lock(&self.0.free) += 1;
        self.0.freed.notify_one();
    }
}

/// A PIN that proved right: its key, and the key that it opened.
pub(crate) struct Proof {
    /// The PIN's own key.
    pub(crate) kek: Kek,
    /// What it opened: the user key, or the security officer's own key.
    pub(crate) opened: UserKey,
}

/// The key of a PIN that is to be set, with its salt.
pub(crate) struct NewPin {
    salt: [u8; 16],
    /// The PIN's own key.
    pub(crate) kek: Kek,
}

impl NewPin {
    /// Hashes a PIN under a new salt.
    pub(crate) fn new(
        core: &Core,
        partition: PartitionId,
        role: Role,
        pin: &[u8],
    ) -> Result<Self, Error> {
        let salt = identifier::draw(&*core.env);
        let kek = kek(core, partition, role, pin, &salt)?;
        Ok(Self { salt, kek })
    }

    /// Makes the record of the PIN, which opens `key`.
    pub(crate) fn record(&self, key: &UserKey) -> Result<PinRecord, Error> {
        Ok(PinRecord {
            salt: self.salt,
            wrapped: self.kek.wrap(key)?,
            failures: 0,
        })
    }
}

/// A PIN that proved right, and the attempt that is still open: dropped, it counts as a failure.
pub(crate) struct Proven<'a> {
    attempt: Attempt<'a>,
    /// What the PIN proved.
    pub(crate) proof: Proof,
}

impl Proven<'_> {
    /// Ends the attempt well: `accept`'s changes are committed together with the reset counter.
    pub(crate) fn accept<T>(
        self,
        core: &Core,
        accept: impl FnOnce(&Proof, &mut PartitionRecord) -> Result<Entry<T>, Error>,
    ) -> Result<(Proof, T), Error> {
        let Self { attempt, proof } = self;
        let value = attempt.succeed(core, |record| accept(&proof, record))?;
        Ok((proof, value))
    }
}

/// Tries a PIN.
///
/// The attempt counts as a failure, durably, before the PIN is hashed; a locked PIN is not hashed at all. A wrong PIN
/// is logged before the answer.
pub(crate) fn prove<'a>(
    core: &Core,
    ledger: &'a Ledger,
    role: Role,
    pin: &[u8],
    act: &Act<'_>,
) -> Result<Proven<'a>, Error> {
    let tried = attempt(core, ledger, role, pin, act);
    if let Err(error @ (Error::PinIncorrect | Error::PinLocked)) = &tried {
        core.log(act.refused(core, error.rv()))?;
    }
    tried
}

fn attempt<'a>(
    core: &Core,
    ledger: &'a Ledger,
    role: Role,
    pin: &[u8],
    act: &Act<'_>,
) -> Result<Proven<'a>, Error> {
    let attempt = ledger.begin_attempt(core, role, act.attempt(core))?;
    let kek = kek(core, act.partition, role, pin, &attempt.pin.salt)?;
    match kek.unwrap(&attempt.pin.wrapped) {
        Ok(opened) => Ok(Proven {
            attempt,
            proof: Proof { kek, opened },
        }),
        Err(SealError::Refused { .. }) => Err(Error::PinIncorrect),
        Err(error) => Err(error.into()),
    }
}

fn kek(
    core: &Core,
    partition: PartitionId,
    role: Role,
    pin: &[u8],
    salt: &[u8; 16],
) -> Result<Kek, Error> {
    let hash = core.gate.pass(|| core.env.hash_pin(pin, salt))?;
    Ok(Kek::from_pin_hash(
        &hash,
        &core.keys.pepper,
        &partition.0,
        role.number(),
    ))
}
