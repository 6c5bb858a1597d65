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
use crate::tenancy::{Login, Named, Tenancy};

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
                .leave_user(|| partition.objects.close_private());
        }
    }
}

/// Logs in without a name (`C_Login`, and `C_LoginUser` without a name or with an empty one).
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
    tenancy.check_login(login, None)?;
    let partition = &tenancy.partition;
    let act = Act::call(who, Call::Login, partition.id);
    let (Proof { kek, opened }, ()) = pin::prove(core, &partition.ledger, role, pin, &act)?
        .accept(core, |_, _| Ok(Entry::logged(act.done(core, None))))?;
    tenancy.log_in(login, None, || match login {
        Login::SecurityOfficer => {
            partition.vault.enter_officer(kek);
            Ok(())
        }
        Login::Public | Login::User => enter(core, partition, opened),
    })
}

/// Lets a user in to the private objects.
fn enter(core: &Core, partition: &Partition, key: UserKey) -> Result<(), Error> {
    partition.vault.enter_user(key, |partition_key, user| {
        let keys = RecordKeys {
            partition: partition_key,
            user: Some(user),
        };
        partition.read_private(core, keys)
    })
}

/// Logs in by a name (`C_LoginUser`, 5.6.9): users have them, and the security officer has none.
pub(crate) fn log_in_named(
    core: &Core,
    session: &Session,
    activity: &mut Activity,
    who: &Who,
    (user, name): (UserType, &[u8]),
    pin: &[u8],
) -> Result<(), Error> {
    let tenancy = &session.tenancy;
    let partition = &tenancy.partition;
    let record = partition.ledger.view();
    let known = record.user_named(name);
    let id = known.map(|user| user.id);
    match user {
        UserType::SO => tenancy.check_login(Login::SecurityOfficer, None)?,
        UserType::USER => tenancy.check_login(Login::User, Some(id))?,
        UserType::CONTEXT_SPECIFIC if !activity.any_locked() => {
            return Err(Error::OperationNotInitialized);
        }
        UserType::CONTEXT_SPECIFIC
            if id.is_some() && tenancy.named().map(|named| named.id) == id =>
        {
            return log_in_context(core, session, activity, who, pin);
        }
        UserType::CONTEXT_SPECIFIC => return Err(Error::AnotherLoggedIn),
        _ => {}
    }
    let Some(known) = known.filter(|_| user == UserType::USER) else {
        return Err(Error::UserTypeInvalid(user.0));
    };
    let act = Act::call(who, Call::LoginUser, partition.id);
    let detail = format!("as {}", known.name);
    let role = Role::Named(known.id);
    let (Proof { opened, .. }, ()) = pin::prove(core, &partition.ledger, role, pin, &act)?
        .accept(core, |_, _| {
            Ok(Entry::logged(act.done_with(core, None, detail)))
        })?;
    let named = Named {
        id: known.id,
        name: known.name.as_str().into(),
        duty: known.duty,
    };
    tenancy.log_in(Login::User, Some(named), || enter(core, partition, opened))
}

/// Gives the PIN once more for an operation with a key that asks for it each time (`CKA_ALWAYS_AUTHENTICATE`).
fn log_in_context(
    core: &Core,
    session: &Session,
    activity: &mut Activity,
    who: &Who,
    pin: &[u8],
) -> Result<(), Error> {
    if !activity.any_locked() {
        return Err(Error::OperationNotInitialized);
    }
    let partition = &session.tenancy.partition;
    let act = Act::call(who, Call::Login, partition.id);
    let role = own_role(&session.tenancy);
    pin::prove(core, &partition.ledger, role, pin, &act)?.accept(core, |_, _| {
        Ok(Entry::logged(act.done_with(
            core,
            None,
            "for one operation",
        )))
    })?;
    activity.unlock();
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
            None => {
                // What the named users' PINs open is gone with the old key.
                record.forget_users();
                UserKey::generate()?
            }
        };
        if partition.profile == Profile::Compat {
            record.reset = Some(officer.wrap(&key)?);
        }
        record.set_pin(Role::User, new.record(&key)?);
        Ok(Entry::logged(act.done(core, None)))
    })
}

/// Refuses while private objects exist or may come to exist: a new user key would leave them behind, closed for good.
fn check_no_private(core: &Core, partition: &Partition) -> Result<(), Error> {
    let private = Some(Kind::PrivateObject);
    if partition.vault.has_users() || core.store.count(partition.id.0, private)? > 0 {
        return Err(Error::Rejected(
            "in the profile `strict` the user's PIN is not reset while there are private objects or the user is \
             logged in",
        ));
    }
    Ok(())
}

/// The role of who is logged in; of nobody, the user's.
fn own_role(tenancy: &Tenancy) -> Role {
    match (tenancy.login(), tenancy.named()) {
        (Login::SecurityOfficer, _) => Role::SecurityOfficer,
        (Login::User, Some(named)) => Role::Named(named.id),
        (Login::Public | Login::User, _) => Role::User,
    }
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
    let role = own_role(&session.tenancy);
    let act = Act::call(who, Call::SetPin, partition.id);
    let proven = pin::prove(core, &partition.ledger, role, old, &act)?;
    let new = NewPin::new(core, partition.id, role, new)?;
    proven.accept(core, |proof, record| {
        record.set_pin(role, new.record(&proof.opened)?);
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
            record.forget_users();
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
            record.set_pin(Role::SecurityOfficer, so_pin.record(&UserKey::generate()?)?);
            if let Some(user_pin) = &user_pin {
                let key = UserKey::generate()?;
                record.set_pin(Role::User, user_pin.record(&key)?);
                if partition.profile == Profile::Compat {
                    record.reset = Some(so_pin.kek.wrap(&key)?);
                }
            }
            Ok(Entry::logged(act.done(core, None)))
        })
    }
}
