//! Starting and cancelling operations (5.8 to 5.15). How they go on and end is [`crate::operation`]'s.

use ck::{AttributeType, Mechanism, ObjectClass, Params};
use proto::shape::MechanismArgument;

use super::{Within, mechanism_of};
use crate::operation::{Kind, Operation, Work};
use crate::policy::{self, Date, Profile, Usage};
use crate::rules::is_key;
use crate::{Attributes, Error};

/// `CKF_FIND_OBJECTS`, the search's bit in `C_SessionCancel`.
const FIND_OBJECTS: u64 = 0x40;

impl Within<'_> {
    /// Starts an operation with a key; the null pointer for a mechanism cancels the active one.
    pub(super) fn begin(
        &mut self,
        kind: Kind,
        mechanism: Option<MechanismArgument<'_>>,
        key: u64,
    ) -> Result<(), Error> {
        if mechanism.is_none() {
            self.activity.operations.cancel(kind);
            return Ok(());
        }
        self.activity.operations.check_free(kind)?;
        let (row, argument) = mechanism_of(mechanism)?;
        let object = self
            .session
            .tenancy
            .object(key)
            .filter(|object| is_key(object.attributes().class()))
            .ok_or(Error::KeyHandleInvalid)?;
        let attributes = object.attributes();
        let usage = match kind {
            Kind::Decrypt => Usage::Decrypt,
            Kind::Digest => return Err(Error::Argument("kind of operation")),
            Kind::Encrypt => Usage::Encrypt,
            Kind::Sign => Usage::Sign,
            Kind::Verify => Usage::Verify,
        };
        self.permit(usage, &attributes, row, &argument.params)?;
        let (params, key) = (&argument.params, object.key()?);
        let work = match kind {
            Kind::Decrypt => Work::Cipher(mech::decryptor(row, params, &key)?),
            Kind::Digest => Work::Digest(mech::digester(row, params)?),
            Kind::Encrypt => Work::Cipher(mech::encryptor(row, params, &key)?),
            Kind::Sign => Work::Sign(mech::signer(row, params, &key)?),
            Kind::Verify => Work::Verify(mech::verifier(row, params, &key)?),
        };
        let locked = attributes.is(AttributeType::ALWAYS_AUTHENTICATE);
        self.activity
            .operations
            .start(kind, Operation::new(kind, work, object.private, locked));
        Ok(())
    }

    /// Starts a digest; the null pointer for a mechanism cancels the active one.
    pub(super) fn begin_digest(
        &mut self,
        mechanism: Option<MechanismArgument<'_>>,
    ) -> Result<(), Error> {
        let operations = &mut self.activity.operations;
        if mechanism.is_none() {
            operations.cancel(Kind::Digest);
            return Ok(());
        }
        operations.check_free(Kind::Digest)?;
        let (row, argument) = mechanism_of(mechanism)?;
        let work = Work::Digest(mech::digester(row, &argument.params)?);
        operations.start(
            Kind::Digest,
            Operation::new(Kind::Digest, work, false, false),
        );
        Ok(())
    }

    /// Checks that policy lets a key be used, today.
    pub(super) fn permit(
        &self,
        usage: Usage,
        key: &Attributes,
        row: &Mechanism,
        params: &Params<'_>,
    ) -> Result<(), Error> {
        let profile = self.session.tenancy.partition.profile;
        policy::decide(profile, usage, key, row, params).obey()?;
        let today = Date::of(self.core.env.now_ms());
        policy::decide_date(profile, usage, key, today).obey()?;
        Ok(())
    }

    /// Gives the value of a secret key to the active digest (5.12.4). In `strict` a sensitive key has no such way out, and
    /// nowhere has one that its digest would give away.
    pub(super) fn digest_key(&mut self, key: u64) -> Result<(), Error> {
        self.activity.operations.check_active(Kind::Digest)?;
        let tenancy = &self.session.tenancy;
        let digest = tenancy
            .object(key)
            .ok_or(Error::KeyHandleInvalid)
            .and_then(|object| {
                let attributes = object.attributes();
                let strict = tenancy.partition.profile == Profile::Strict;
                let secret = attributes.is(AttributeType::SENSITIVE)
                    && (strict || policy::tells(&attributes));
                if attributes.class() != ObjectClass::SECRET_KEY || secret {
                    return Err(Error::KeyIndigestible);
                }
                Ok(attributes)
            });
        match digest {
            Ok(attributes) => {
                let value = attributes.get(AttributeType::VALUE).unwrap_or_default();
                self.activity.operations.feed(Kind::Digest, value)
            }
            Err(error) => {
                // A failed call ends the operation, as everywhere.
                self.activity.operations.cancel(Kind::Digest);
                Err(error)
            }
        }
    }

    /// Cancels operations and the search (5.6.5). Bits of operations that the token does not have are passed over.
    pub(super) fn cancel(&mut self, flags: u64) {
        for (kind, flag) in Kind::ALL {
            if flags & flag != 0 {
                self.activity.operations.cancel(kind);
            }
        }
        if flags & FIND_OBJECTS != 0 {
            self.activity.search = None;
        }
    }
}
