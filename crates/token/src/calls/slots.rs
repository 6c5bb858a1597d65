//! Slots, tokens, mechanisms and sessions: what they say of themselves (5.5, 5.6.4).

use ck::MechanismType;
use ck::flags::{session, slot, token};
use proto::shape::{Answer, MechanismInfo, Room, SessionInfo, SlotInfo, TokenInfo, VersionPair};

use crate::Error;
use crate::partition::Partition;
use crate::pin;
use crate::policy::{self, Profile};
use crate::record::Role;
use crate::session::Session;
use crate::tenancy::Tenancy;

const MANUFACTURER: &str = "Dew";
const MODEL: &str = "Dew HSM";
const HARDWARE: VersionPair = (1, 0);
const FIRMWARE: VersionPair = (0, 1);

/// Gives a list under the two-call rule (5.2).
pub(super) fn give_list(items: Vec<u64>, answer: &mut Answer<Vec<u64>>) -> Result<(), Error> {
    match answer.room() {
        room if room.fits(items.len()) => answer.items(items),
        Room::Query => answer.length(items.len()),
        Room::Items(_) => {
            answer.length(items.len());
            return Err(Error::BufferTooSmall);
        }
    }
    Ok(())
}

/// Describes a slot.
pub(super) fn slot_info(partition: &Partition) -> SlotInfo {
    let mut description = format!("Dew partition {}", partition.name);
    description.truncate(description.floor_char_boundary(64));
    SlotInfo {
        description,
        manufacturer: MANUFACTURER.to_owned(),
        flags: slot::TOKEN_PRESENT | slot::HW_SLOT,
        hardware: HARDWARE,
        firmware: FIRMWARE,
    }
}

/// Describes a token.
pub(super) fn token_info(tenancy: &Tenancy) -> TokenInfo {
    let partition = &tenancy.partition;
    let (record, [so_failures, user_failures]) = partition.ledger.judged();
    let (sessions, rw_sessions) = tenancy.sessions();
    let mut flags = token::RNG | token::LOGIN_REQUIRED | token::DUAL_CRYPTO_OPERATIONS;
    if record.label.is_some() {
        flags |= token::TOKEN_INITIALIZED;
    }
    if record.pin(Role::User).is_some() {
        flags |= token::USER_PIN_INITIALIZED | pin_flags(user_failures);
    }
    flags |= pin_flags(so_failures) << SO_SHIFT;
    TokenInfo {
        label: record.label.clone().unwrap_or_default(),
        manufacturer: MANUFACTURER.to_owned(),
        model: MODEL.to_owned(),
        serial: serial(partition),
        flags,
        // "Effectively infinite": clients that read a number here make pools of that size.
        max_sessions: 0,
        sessions: count(sessions),
        max_rw_sessions: 0,
        rw_sessions: count(rw_sessions),
        max_pin_len: count(pin::LONGEST),
        min_pin_len: count(pin::shortest(partition.profile)),
        hardware: HARDWARE,
        firmware: FIRMWARE,
    }
}

/// How far the flags of the security officer's PIN are from those of the user's.
const SO_SHIFT: u32 = 4;

/// The flags of the user's PIN after so many failures.
const fn pin_flags(failures: u32) -> u64 {
    match failures {
        0 => 0,
        failures if failures >= pin::GUESSES => token::USER_PIN_LOCKED,
        failures if failures == pin::GUESSES - 1 => {
            token::USER_PIN_COUNT_LOW | token::USER_PIN_FINAL_TRY
        }
        _ => token::USER_PIN_COUNT_LOW,
    }
}

/// The first half of the partition's identifier, in digits.
fn serial(partition: &Partition) -> String {
    partition
        .id
        .to_string()
        .chars()
        .filter(|digit| *digit != '-')
        .take(16)
        .collect()
}

fn count(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

/// Lists the mechanisms of which a partition serves anything.
pub(super) fn mechanisms(profile: Profile) -> Vec<u64> {
    ck::MECHANISMS
        .iter()
        .filter(|row| policy::served(profile, row) != 0)
        .map(|row| row.id.0)
        .collect()
}

/// Describes a mechanism as a partition serves it.
pub(super) fn mechanism_info(profile: Profile, kind: u64) -> Result<MechanismInfo, Error> {
    let row = ck::mechanism(MechanismType(kind))
        .filter(|row| policy::served(profile, row) != 0)
        .ok_or(mech::Error::MechanismInvalid)?;
    let (min_key_size, max_key_size) = policy::key_sizes(profile, row);
    Ok(MechanismInfo {
        min_key_size,
        max_key_size,
        flags: policy::served(profile, row),
    })
}

/// Describes a session.
pub(super) fn session_info(open: &Session) -> SessionInfo {
    let writable = if open.writable {
        session::RW_SESSION
    } else {
        0
    };
    SessionInfo {
        slot: open.tenancy.partition.slot,
        state: open.state().0,
        flags: session::SERIAL_SESSION | writable,
        device_error: 0,
    }
}

/// Reads a label that is padded with blanks.
pub(super) fn label_text(label: &[u8; 32]) -> String {
    String::from_utf8_lossy(label)
        .trim_end_matches([' ', '\0'])
        .to_owned()
}
