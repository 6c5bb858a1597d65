//! Logging in and out, and setting PINs (5.5.7 to 5.5.9, 5.6.8, 5.6.10).

use ck::UserType;
use proto::Call;
use store::Kind;
use store::hierarchy::{PartitionKey, UserKey};
use store::record::RecordKeys;

use crate::Error;
use crate::administration::{TokenSetup, delete_objects};
use crate::hsm::{Core, Hsm};
use crate::journal::{Act, Who};
use crate::ledger::Entry;
use crate::partition::Partition;
use crate::pin::{self, NewPin, Proof};
use crate::policy::Profile;
use crate::record::{PartitionRecord, Role};
use crate::session::{Activity, Session};
use crate::tenancy::{Login, Tenancy};

/// Ends a tenancy's login, if there is one, with its private session objects.
pub(crate) fn leave(tenancy: &Tenancy) {
    let partition = &tenancy.partition;
    match tenancy.log_out() {
        Login::Public => {}
        Login::SecurityOfficer => partition.vault.leave_officer(),
        Login::User => {
            tenancy.objects.remove_where(|object| object.private);
            tenancy.saved.forget_private();
            partition
                .vault
                .leave_user(|| partition.objects.remove_where(|object| object.private));
        }
    }
}

/// Logs in (`C_Login`, and `C_LoginUser` without a name or with an empty one).
pub(crate) fn log_in(
    core: &Core,
    session: &Session,
    activity: &mut Activity,
    who: &Who,
    user: UserType,
    pin: &[u8],
) -> Result<(), Error> {
    let (role, login) = match user {
        UserType::SO => (Role::SecurityOfficer, Login::SecurityOfficer),
        UserType::USER => (Role::User, Login::User),
        UserType::CONTEXT_SPECIFIC => return log_in_context(core, session, activity, who, pin),
        _ => return Err(Error::UserTypeInvalid(user.0)),
    };
    let tenancy = &session.tenancy;
    tenancy.check_login(login)?;
    let partition = &tenancy.partition;
    let act = Act::call(who, Call::Login, partition.id);
    let (Proof { kek, opened }, ()) = pin::prove(core, &partition.ledger, role, pin, &act)?
        .accept(core, |_, _| Ok(Entry::logged(act.done(core, None))))?;
    tenancy.log_in(login, || match role {
        Role::SecurityOfficer => {
            partition.vault.enter_officer(kek);
            Ok(())
        }
        Role::User => partition.vault.enter_user(opened, |partition_key, user| {
            let keys = RecordKeys {
                partition: partition_key,
                user: Some(user),
            };
            partition.load(core, Kind::PrivateObject, keys)
        }),
    })
}

/// Refuses to log in by a name (`C_LoginUser`): the token's users have none, so there is no such user. What is wrong besides
/// is told first.
pub(crate) fn refuse_named(
    session: &Session,
    activity: &Activity,
    user: UserType,
) -> Result<(), Error> {
    match user {
        UserType::SO => session.tenancy.check_login(Login::SecurityOfficer)?,
        UserType::USER => session.tenancy.check_login(Login::User)?,
        UserType::CONTEXT_SPECIFIC if !activity.operations.any_locked() => {
            return Err(Error::OperationNotInitialized);
        }
        _ => {}
    }
    Err(Error::UserTypeInvalid(user.0))
}

/// Gives the PIN once more for an operation with a key that asks for it each time (`CKA_ALWAYS_AUTHENTICATE`).
fn log_in_context(
    core: &Core,
    session: &Session,
    activity: &mut Activity,
    who: &Who,
    pin: &[u8],
) -> Result<(), Error> {
    if !activity.operations.any_locked() {
        return Err(Error::OperationNotInitialized);
    }
    let partition = &session.tenancy.partition;
    let act = Act::call(who, Call::Login, partition.id);
    pin::prove(core, &partition.ledger, Role::User, pin, &act)?.accept(core, |_, _| {
        Ok(Entry::logged(act.done_with(
            core,
            None,
            "for one operation",
        )))
    })?;
    activity.operations.unlock();
    Ok(())
}

/// Sets the user's PIN as the security officer (`C_InitPIN`).
pub(crate) fn init_pin(
    core: &Core,
    partition: &Partition,
    who: &Who,
    new: &[u8],
) -> Result<(), Error> {
    pin::check_new(partition.profile, new)?;
    let officer = partition.vault.officer_kek()?;
    let set_before = partition.ledger.view().pin(Role::User).is_some();
    if set_before && partition.profile == Profile::Strict {
        check_no_private(core, partition)?;
    }
    let new = NewPin::new(core, partition.id, Role::User, new)?;
    let act = Act::call(who, Call::InitPin, partition.id);
    partition.ledger.change(core, |record| {
        let key = match &record.reset {
            Some(wrapped) => officer.unwrap(wrapped)?,
            None => UserKey::generate()?,
        };
        if partition.profile == Profile::Compat {
            record.reset = Some(officer.wrap(&key)?);
        }
        *record.pin_mut(Role::User) = Some(new.record(&key)?);
        Ok(Entry::logged(act.done(core, None)))
    })
}

/// Refuses while private objects exist or may come to exist: a new user key would leave them behind, closed for good.
fn check_no_private(core: &Core, partition: &Partition) -> Result<(), Error> {
    let mut found = partition.vault.has_users();
    core.store.rows(Some(partition.id.0), &mut |row| {
        found |= row.kind == Kind::PrivateObject;
        Ok(())
    })?;
    if found {
        return Err(Error::Rejected(
            "in the profile `strict` the user's PIN is not reset while there are private objects or the user is \
             logged in",
        ));
    }
    Ok(())
}

/// Changes a PIN as its owner (`C_SetPIN`); without a login it is the user's.
pub(crate) fn set_pin(
    core: &Core,
    session: &Session,
    who: &Who,
    old: &[u8],
    new: &[u8],
) -> Result<(), Error> {
    let partition = &session.tenancy.partition;
    pin::check_new(partition.profile, new)?;
    let role = match session.tenancy.login() {
        Login::Public | Login::User => Role::User,
        Login::SecurityOfficer => Role::SecurityOfficer,
    };
    let act = Act::call(who, Call::SetPin, partition.id);
    let proven = pin::prove(core, &partition.ledger, role, old, &act)?;
    let new = NewPin::new(core, partition.id, role, new)?;
    proven.accept(core, |proof, record| {
        *record.pin_mut(role) = Some(new.record(&proof.opened)?);
        if let (Role::SecurityOfficer, Some(reset)) = (role, &record.reset) {
            record.reset = Some(new.kek.wrap(&proof.kek.unwrap(reset)?)?);
        }
        Ok(Entry::logged(act.done(core, None)))
    })?;
    if role == Role::SecurityOfficer {
        partition.vault.renew_officer(new.kek);
    }
    Ok(())
}

impl Hsm {
    /// Initialises a token (`C_InitToken`): the first time with the PIN that is to be the security officer's, later
    /// with the one that is. Everything in it is destroyed.
    ///
    /// No session opens meanwhile, the PIN's hash included: the token is nobody's then.
    pub(crate) fn init_token(
        &self,
        partition: &Partition,
        who: &Who,
        setup: &TokenSetup<'_>,
    ) -> Result<(), Error> {
        if partition.ledger.view().label.is_none() {
            return self.initialise(partition, who, setup);
        }
        let core = &self.core;
        let tenants = partition.tenants();
        if *tenants > 0 {
            return Err(Error::SessionExists);
        }
        let act = Act::call(who, Call::InitToken, partition.id);
        let accept = |proof: &Proof, record: &mut PartitionRecord| {
            let changes = delete_objects(core, partition, &act)?;
            let key = PartitionKey::generate()?;
            let officer = UserKey::generate()?;
            record.label = Some(setup.label.to_owned());
            record.key = core.keys.wrap.wrap_partition_key(&partition.id.0, &key)?;
            record.reset = None;
            *record.pin_mut(Role::User) = None;
            if let Some(pin) = record.pin_mut(Role::SecurityOfficer) {
                pin.wrapped = proof.kek.wrap(&officer)?;
            }
            Ok(Entry {
                value: key,
                changes,
                event: act.done(core, None),
            })
        };
        let ledger = &partition.ledger;
        let role = Role::SecurityOfficer;
        let tried = pin::prove(core, ledger, role, setup.so_pin, &act)
            .and_then(|proven| proven.accept(core, accept));
        match tried {
            Ok((_, key)) => partition.start_over(key),
            Err(Error::Store(error)) => return Err(partition.settle_key(core, error)),
            Err(error) => return Err(error),
        }
        Ok(())
    }

    /// Initialises a token for the first time.
    pub(crate) fn initialise(
        &self,
        partition: &Partition,
        who: &Who,
        setup: &TokenSetup<'_>,
    ) -> Result<(), Error> {
        let core = &self.core;
        let hash = |role, pin: &[u8]| {
            pin::check_new(partition.profile, pin)?;
            NewPin::new(core, partition.id, role, pin)
        };
        let so_pin = hash(Role::SecurityOfficer, setup.so_pin)?;
        let user_pin = setup
            .user_pin
            .map(|pin| hash(Role::User, pin))
            .transpose()?;
        let act = Act::call(who, Call::InitToken, partition.id);
        partition.ledger.change(core, |record| {
            if record.label.is_some() {
                return Err(Error::SessionExists);
            }
            record.label = Some(setup.label.to_owned());
            *record.pin_mut(Role::SecurityOfficer) = Some(so_pin.record(&UserKey::generate()?)?);
            if let Some(user_pin) = &user_pin {
                let key = UserKey::generate()?;
                *record.pin_mut(Role::User) = Some(user_pin.record(&key)?);
                if partition.profile == Profile::Compat {
                    record.reset = Some(so_pin.kek.wrap(&key)?);
                }
            }
            Ok(Entry::logged(act.done(core, None)))
        })
    }
}
