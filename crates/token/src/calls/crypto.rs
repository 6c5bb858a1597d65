//! Starting and cancelling operations (5.8 to 5.15). How they go on and end is [`crate::operation`]'s.

use std::sync::Arc;

use ck::{Algorithm, AttributeType, Mechanism, ObjectClass, Params};
use proto::shape::MechanismArgument;

use super::{Within, mechanism_of};
use crate::operation::message::MessageKind;
use crate::operation::{KeyInUse, Kind, Operation, Work};
use crate::otp::OneTime;
use crate::policy::{self, Date, Profile, Usage};
use crate::rules::is_key;
use crate::{Attributes, Error};

/// What a kind of operation does with its key.
pub(super) const fn usage(kind: Kind) -> Result<Usage, Error> {
    Ok(match kind {
        Kind::Decrypt => Usage::Decrypt,
        Kind::Digest => return Err(Error::Argument("kind of operation")),
        Kind::Encrypt => Usage::Encrypt,
        Kind::Sign => Usage::Sign,
        Kind::SignRecover => Usage::SignRecover,
        Kind::Verify | Kind::VerifySignature => Usage::Verify,
        Kind::VerifyRecover => Usage::VerifyRecover,
    })
}

impl Within<'_> {
    /// Starts an operation with a key; the null pointer for a mechanism cancels the active one.
    pub(super) fn begin(
        &mut self,
        kind: Kind,
        mechanism: Option<MechanismArgument<'_>>,
        key: u64,
    ) -> Result<(), Error> {
        self.begin_with(kind, mechanism, key, |row, params, key| {
            Ok(match kind {
                Kind::Decrypt => Work::Cipher(mech::decryptor(row, params, key)?),
                Kind::Encrypt => Work::Cipher(mech::encryptor(row, params, key)?),
                Kind::Sign | Kind::SignRecover => Work::Sign(mech::signer(row, params, key)?),
                Kind::Verify => Work::Verify(mech::verifier(row, params, key)?),
                Kind::VerifyRecover => Work::Cipher(mech::recoverer(row, params, key)?),
                Kind::Digest | Kind::VerifySignature => {
                    return Err(Error::Argument("kind of operation"));
                }
            })
        })
    }

    /// Starts a verification that has its signature from the start (3.2).
    pub(super) fn begin_verifying(
        &mut self,
        mechanism: Option<MechanismArgument<'_>>,
        key: u64,
        signature: &[u8],
    ) -> Result<(), Error> {
        self.begin_with(Kind::VerifySignature, mechanism, key, |row, params, key| {
            let verifier = mech::verifier(row, params, key)?;
            Ok(Work::VerifySignature(verifier, signature.to_vec()))
        })
    }

    fn begin_with(
        &mut self,
        kind: Kind,
        mechanism: Option<MechanismArgument<'_>>,
        key: u64,
        work: impl FnOnce(&Mechanism, &Params<'_>, &Arc<mech::Key>) -> Result<Work, Error>,
    ) -> Result<(), Error> {
        if mechanism.is_none() {
            self.activity.operations.cancel(kind);
            return Ok(());
        }
        self.activity.operations.check_free(kind)?;
        let (row, argument) = mechanism_of(mechanism)?;
        let object = self.visible(key, Error::KeyHandleInvalid)?;
        if !is_key(object.attributes().class()) {
            return Err(Error::KeyHandleInvalid);
        }
        let attributes = object.attributes();
        self.permit(usage(kind)?, &attributes, row, &argument.params)?;
        let work = match (row.algorithm, kind) {
            (Algorithm::Hotp(_), Kind::Sign | Kind::Verify) => {
                Work::OneTime(OneTime::new(row, &argument.params, key, &attributes)?)
            }
            (Algorithm::Hotp(_), _) => return Err(mech::Error::MechanismInvalid.into()),
            _ => work(row, &argument.params, &object.key()?)?,
        };
        let key = KeyInUse {
            object: object.handle,
            private: object.private,
            locked: attributes.is(AttributeType::ALWAYS_AUTHENTICATE),
        };
        self.activity
            .operations
            .start(kind, Operation::new(kind, work, Some(key)));
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
        policy::decide_digest(self.session.tenancy.partition.profile, row).obey()?;
        let work = Work::Digest(mech::digester(row, &argument.params)?);
        operations.start(Kind::Digest, Operation::new(Kind::Digest, work, None));
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
        let digest = tenancy.object(self.core, key).and_then(|object| {
            let object = object.ok_or(Error::KeyHandleInvalid)?;
            let attributes = object.attributes();
            let strict = tenancy.partition.profile == Profile::Strict;
            let secret =
                attributes.is(AttributeType::SENSITIVE) && (strict || policy::tells(&attributes));
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
        for kind in MessageKind::ALL {
            if flags & kind.flag() != 0 {
                self.activity.messages.cancel(kind);
            }
        }
        if flags & ck::flags::mechanism::FIND_OBJECTS != 0 {
            self.activity.search = None;
        }
    }
}
