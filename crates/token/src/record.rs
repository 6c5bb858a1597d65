//! What the store keeps of a partition besides its objects.

use proto::shape::SessionHandle;
use proto::{DecodeError, Reader, Writer};

use crate::BodyError;
use crate::policy::Profile;
use proto::admin::Duty;

/// The layout that is written. The first one had no counter and the second no named users; both are still read.
const FORMAT: u8 = 3;

/// The longest text or wrapped key in a record, in bytes.
const FIELD_MAX: usize = 1024;

/// The most named users of one partition: a team, and a record that stays small.
pub(crate) const USERS_MAX: usize = 256;

/// Tells named users apart, also those that had the same name one after another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct UserId(pub(crate) [u8; 16]);

/// Whose PIN.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Role {
    /// The security officer's.
    SecurityOfficer,
    /// The normal user's.
    User,
    /// A named user's.
    Named(UserId),
}

impl Role {
    /// The number that goes into the PIN's key: `CKU_SO` or `CKU_USER`.
    pub(crate) const fn number(self) -> u8 {
        match self {
            Self::SecurityOfficer => 0,
            Self::User => 1,
            // Each has a salt of its own.
            Self::Named(_) => 2,
        }
    }
}

/// A user who logs in by a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct UserRecord {
    /// Which.
    pub(crate) id: UserId,
    /// The name.
    pub(crate) name: String,
    /// What the user may do.
    pub(crate) duty: Duty,
    /// The PIN, which opens the user key.
    pub(crate) pin: PinRecord,
}

/// A PIN that was set: there is nothing to compare it with, only a key that it opens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PinRecord {
    /// The salt of its hash.
    pub(crate) salt: [u8; 16],
    /// The key that it opens.
    pub(crate) wrapped: Vec<u8>,
    /// Guesses since the last right one, those under way included.
    pub(crate) failures: u32,
}

/// A partition, as the store keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PartitionRecord {
    /// Its name, for administrators.
    pub(crate) name: String,
    /// Its slot.
    pub(crate) slot: u64,
    /// Its policy profile.
    pub(crate) profile: Profile,
    /// The token's label; none before it is initialised.
    pub(crate) label: Option<String>,
    /// The partition key, wrapped under the root key.
    pub(crate) key: Vec<u8>,
    /// The next serial number of an object that is not set aside yet: those below may be taken.
    pub(crate) serials: u64,
    /// The next value of the token's monotonic counter that is not set aside yet: those below may have been given.
    pub(crate) counter: u64,
    /// The PINs: the security officer's, then the user's.
    pub(crate) pins: [Option<PinRecord>; 2],
    /// The user key, wrapped under the security officer's PIN where the profile lets that PIN reset the user's.
    pub(crate) reset: Option<Vec<u8>>,
    /// The users that have names.
    pub(crate) users: Vec<UserRecord>,
}

impl PartitionRecord {
    /// The PIN of a role.
    pub(crate) fn pin(&self, role: Role) -> Option<&PinRecord> {
        match role {
            Role::SecurityOfficer => self.pins[0].as_ref(),
            Role::User => self.pins[1].as_ref(),
            Role::Named(id) => self.user(id).map(|user| &user.pin),
        }
    }

    /// The PIN of a role, to change it.
    pub(crate) fn pin_mut(&mut self, role: Role) -> Option<&mut PinRecord> {
        match role {
            Role::SecurityOfficer => self.pins[0].as_mut(),
            Role::User => self.pins[1].as_mut(),
            Role::Named(id) => {
                let mut users = self.users.iter_mut();
                users.find(|user| user.id == id).map(|user| &mut user.pin)
            }
        }
    }

    /// Sets the PIN of a role; that of a named user who is gone is nobody's.
    pub(crate) fn set_pin(&mut self, role: Role, pin: PinRecord) {
        match role {
            Role::SecurityOfficer => self.pins[0] = Some(pin),
            Role::User => self.pins[1] = Some(pin),
            Role::Named(_) => {
                if let Some(place) = self.pin_mut(role) {
                    *place = pin;
                }
            }
        }
    }

    /// Forgets everybody who uses the keys: they are gone, or closed for good.
    pub(crate) fn forget_users(&mut self) {
        self.pins[1] = None;
        self.users.clear();
    }

    /// Finds a named user.
    pub(crate) fn user(&self, id: UserId) -> Option<&UserRecord> {
        self.users.iter().find(|user| user.id == id)
    }

    /// Finds a named user by the name.
    pub(crate) fn user_named(&self, name: &[u8]) -> Option<&UserRecord> {
        self.users.iter().find(|user| user.name.as_bytes() == name)
    }

    /// Writes the record's body.
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(512);
        let mut writer = Writer::new(&mut bytes);
        writer.u8(FORMAT);
        writer.bytes(self.name.as_bytes());
        writer.u64(self.slot);
        writer.u8(u8::from(self.profile == Profile::Strict));
        write_option(self.label.as_deref().map(str::as_bytes), &mut writer);
        writer.bytes(&self.key);
        writer.u64(self.serials);
        for pin in &self.pins {
            write_pin(pin.as_ref(), &mut writer);
        }
        write_option(self.reset.as_deref(), &mut writer);
        writer.u64(self.counter);
        writer.count(self.users.len());
        for user in &self.users {
            writer.raw(&user.id.0);
            writer.bytes(user.name.as_bytes());
            writer.u8(u8::from(user.duty == Duty::CryptoOfficer));
            write_pin(Some(&user.pin), &mut writer);
        }
        bytes
    }

    /// Reads a record's body.
    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, BodyError> {
        let mut reader = Reader::new(SessionHandle(0), bytes);
        let format = reader.u8("the layout")?;
        if !(1..=FORMAT).contains(&format) {
            return Err(BodyError::Format(format));
        }
        let record = Self {
            name: text(reader.bytes(FIELD_MAX, "the name")?)?,
            slot: reader.u64("the slot")?,
            profile: match reader.u8("the profile")? {
                0 => Profile::Compat,
                _ => Profile::Strict,
            },
            label: read_option(&mut reader, "the label")?
                .map(text)
                .transpose()?,
            key: reader.bytes(FIELD_MAX, "the partition key")?.to_vec(),
            serials: reader.u64("the serial number")?,
            pins: [read_pin(&mut reader)?, read_pin(&mut reader)?],
            reset: read_option(&mut reader, "the user key")?.map(<[u8]>::to_vec),
            counter: match format {
                1 => 1,
                _ => reader.u64("the counter")?,
            },
            users: match format {
                1 | 2 => Vec::new(),
                _ => read_users(&mut reader)?,
            },
        };
        reader.finish()?;
        Ok(record)
    }
}

fn write_pin(pin: Option<&PinRecord>, writer: &mut Writer<'_>) {
    write_option(pin.map(|pin| pin.wrapped.as_slice()), writer);
    if let Some(pin) = pin {
        writer.raw(&pin.salt);
        writer.u32(pin.failures);
    }
}

fn read_users(reader: &mut Reader<'_>) -> Result<Vec<UserRecord>, BodyError> {
    const WHAT: &str = "a named user";
    let count = reader.count(USERS_MAX, WHAT)?;
    let user = |reader: &mut Reader<'_>| {
        let id = UserId(reader.array(WHAT)?);
        let name = text(reader.bytes(FIELD_MAX, WHAT)?)?;
        let duty = match reader.u8(WHAT)? {
            0 => Duty::CryptoUser,
            _ => Duty::CryptoOfficer,
        };
        let pin = read_pin(reader)?.ok_or(DecodeError::Truncated { what: WHAT })?;
        Ok(UserRecord {
            id,
            name,
            duty,
            pin,
        })
    };
    (0..count).map(|_| user(reader)).collect()
}

fn write_option(value: Option<&[u8]>, writer: &mut Writer<'_>) {
    writer.u8(u8::from(value.is_some()));
    if let Some(value) = value {
        writer.bytes(value);
    }
}

fn read_option<'a>(
    reader: &mut Reader<'a>,
    what: &'static str,
) -> Result<Option<&'a [u8]>, DecodeError> {
    match reader.u8(what)? {
        0 => Ok(None),
        _ => reader.bytes(FIELD_MAX, what).map(Some),
    }
}

fn read_pin(reader: &mut Reader<'_>) -> Result<Option<PinRecord>, DecodeError> {
    let Some(wrapped) = read_option(reader, "a PIN")? else {
        return Ok(None);
    };
    Ok(Some(PinRecord {
        wrapped: wrapped.to_vec(),
        salt: reader.array("a PIN")?,
        failures: reader.u32("a PIN")?,
    }))
}

fn text(bytes: &[u8]) -> Result<String, BodyError> {
    const WHAT: &str = "a text";
    String::from_utf8(bytes.to_vec())
        .map_err(|_| BodyError::Codec(DecodeError::Unknown { what: WHAT, tag: 0 }))
}
