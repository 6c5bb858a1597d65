//! What a module says of itself, before any case.

use anyhow::{Result, bail};
use cryptoki_sys::{
    CK_PROFILE_ID, CK_SLOT_ID, CK_TOKEN_INFO, CK_VERSION, CKA_PROFILE_ID, CKF_LOGIN_REQUIRED,
    CKF_OS_LOCKING_OK, CKF_TOKEN_INITIALIZED, CKF_USER_PIN_INITIALIZED, CKO_PROFILE, CKR_CANT_LOCK,
    CKR_CRYPTOKI_ALREADY_INITIALIZED, CKR_PIN_INCORRECT, CKR_PIN_LOCKED, CKU_SO, CKU_USER,
};
use serde::{Deserialize, Serialize};

use crate::c::info::text;
use crate::c::{Module, Out, Rv, Template, locks, names};
use crate::facts::{Facts, Listed};
use crate::report::model;
use crate::target::{Choice, Target};

/// For how many slots there is room where a module does not count them right.
const SLOTS: usize = 256;
/// For how many mechanisms there is.
const MECHANISMS: usize = 2048;

/// The module's words, for the report and for the cases.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Probe {
    /// For the report.
    pub(crate) module: model::Module,
    /// For the cases.
    pub(crate) facts: Facts,
}

/// Asks a module what it is.
///
/// # Errors
/// If it has no slot to use, or does not answer.
pub(super) fn probe(module: &Module, target: &Target) -> Result<Probe> {
    let rv = initialize(module);
    if !rv.is_ok() && rv.0 != CKR_CRYPTOKI_ALREADY_INITIALIZED {
        bail!(
            "C_Initialize answers {rv}: is what the module needs configured, and does its daemon run?"
        );
    }
    let slot = choose(module, &target.choice)?;
    let token = token(module, slot);
    let facts = Facts {
        version: module.version(),
        slot,
        label: text(&token.label),
        token_flags: token.flags,
        min_pin: token.ulMinPinLen,
        max_pin: token.ulMaxPinLen,
        mechanisms: mechanisms(module, slot),
        profiles: profiles(module, slot),
    };
    let described = describe(module, &facts, &token);
    check_pins(module, slot, target)?;
    module.finalize();
    Ok(Probe {
        module: described,
        facts,
    })
}

/// Refuses to go on with a wrong PIN: every case would try it again, until the token locks.
fn check_pins(module: &Module, slot: CK_SLOT_ID, target: &Target) -> Result<()> {
    // With --destructive the user's PIN is set anew where it is another.
    let user = target.user_pin.as_ref().filter(|_| !target.destructive);
    let pins = [
        (CKU_USER, user, "user's PIN"),
        (CKU_SO, target.so_pin.as_ref(), "SO's PIN"),
    ];
    let (rv, session) = module.open_read_write(slot);
    for (user, pin, name) in pins {
        let Some(pin) = pin.filter(|_| rv.is_ok()) else {
            continue;
        };
        match module.login(session, user, pin.expose()) {
            refused if [CKR_PIN_INCORRECT, CKR_PIN_LOCKED].contains(&refused.0) => {
                bail!("the token refuses the {name}: C_Login answers {refused}; it was tried once")
            }
            accepted if accepted.is_ok() => drop(module.logout(session)),
            _ => {}
        }
    }
    module.close_session(session);
    Ok(())
}

fn choose(module: &Module, choice: &Choice) -> Result<CK_SLOT_ID> {
    let slots = slots(module);
    let token = |slot: &CK_SLOT_ID| token(module, *slot);
    let initialized = |slot: &CK_SLOT_ID| token(slot).flags & CKF_TOKEN_INITIALIZED != 0;
    let found = match choice {
        Choice::Slot(slot) => slots.iter().find(|one| *one == slot),
        Choice::Label(label) => slots.iter().find(|slot| text(&token(slot).label) == *label),
        Choice::First => slots
            .iter()
            .find(|slot| initialized(slot))
            .or_else(|| slots.first()),
    };
    match (found, choice) {
        (Some(slot), _) => Ok(*slot),
        (None, Choice::Slot(slot)) => {
            bail!("there is no token in slot {slot}; the slots are {slots:?}")
        }
        (None, Choice::Label(label)) => {
            let labels: Vec<_> = slots.iter().map(|slot| text(&token(slot).label)).collect();
            bail!("no token has the label {label:?}; the labels are {labels:?}")
        }
        (None, Choice::First) => bail!("{}", without_token(module)),
    }
}

/// Says what a module lacks that has no token in any slot.
fn without_token(module: &Module) -> String {
    match module.slots(false).map(|slots| slots.len()) {
        Ok(0) => "the module has no slot: its configuration names no token, or no reader is connected, or its daemon does not run".to_owned(),
        Ok(1) => "the module has a slot, but no token is in it: insert or configure one".to_owned(),
        Ok(count) => format!("the module has {count} slots, but no token is in any of them: insert or configure one"),
        Err(rv) => format!("the module has no slot with a token in it, and C_GetSlotList answers {rv}"),
    }
}

/// Initialises a module as the cases want it; without locks where it refuses them.
pub(super) fn initialize(module: &Module) -> Rv {
    let locking = locks::without_functions(CKF_OS_LOCKING_OK, 0);
    match module.initialize(Some(&locking)) {
        rv if rv.0 == CKR_CANT_LOCK => module.initialize(None),
        rv => rv,
    }
}

/// Returns the slots with a token. A module that counts them wrong, or hides those that have one, is judged by the cases of the list;
/// here it is asked in other ways until it names one.
fn slots(module: &Module) -> Vec<CK_SLOT_ID> {
    let asked: [&dyn Fn() -> Vec<CK_SLOT_ID>; 4] = [
        &|| module.slots(true).unwrap_or_default(),
        &|| module.slot_list(true, Out::Room(SLOTS)).list,
        &|| present(module, module.slots(false).unwrap_or_default()),
        &|| present(module, module.slot_list(false, Out::Room(SLOTS)).list),
    ];
    let mut answers = asked.iter().map(|ask| ask());
    answers.find(|slots| !slots.is_empty()).unwrap_or_default()
}

/// Keeps the slots whose token answers.
fn present(module: &Module, mut slots: Vec<CK_SLOT_ID>) -> Vec<CK_SLOT_ID> {
    slots.retain(|slot| module.token_info(*slot).0.is_ok());
    slots
}

/// Returns what the module says of a token; where it says nothing, what most tokens would.
fn token(module: &Module, slot: CK_SLOT_ID) -> CK_TOKEN_INFO {
    let (rv, token) = module.token_info(slot);
    if rv.is_ok() {
        return token;
    }
    CK_TOKEN_INFO {
        flags: CKF_LOGIN_REQUIRED | CKF_TOKEN_INITIALIZED | CKF_USER_PIN_INITIALIZED,
        ulMinPinLen: 4,
        ulMaxPinLen: 255,
        ..CK_TOKEN_INFO::default()
    }
}

/// Returns the mechanisms of a slot, asked with room where the module counts them wrong.
fn mechanisms(module: &Module, slot: CK_SLOT_ID) -> Vec<Listed> {
    let kinds = module
        .mechanisms(slot)
        .unwrap_or_else(|_| module.mechanism_list(slot, Out::Room(MECHANISMS)).list);
    let listed = kinds.into_iter().map(|kind| {
        let (rv, info) = module.mechanism_info(slot, kind);
        let known = rv.is_ok();
        Listed {
            kind,
            min: if known { info.ulMinKeySize } else { 0 },
            max: if known { info.ulMaxKeySize } else { 0 },
            flags: if known { info.flags } else { 0 },
        }
    });
    listed.collect()
}

/// Reads what the token's profile objects claim; nothing where it has none, or will not tell.
fn profiles(module: &Module, slot: CK_SLOT_ID) -> Vec<CK_PROFILE_ID> {
    let (rv, session) = module.open_read_only(slot);
    if !rv.is_ok() {
        return Vec::new();
    }
    let objects = module.find(session, &Template::class(CKO_PROFILE));
    let claimed = objects
        .unwrap_or_default()
        .into_iter()
        .filter_map(|object| {
            let value = module.attribute(session, object, CKA_PROFILE_ID).ok()?;
            Some(CK_PROFILE_ID::from_ne_bytes(value.try_into().ok()?))
        });
    let claimed = claimed.collect();
    module.close_session(session);
    claimed
}

fn describe(module: &Module, facts: &Facts, token: &CK_TOKEN_INFO) -> model::Module {
    let (_, info) = module.info();
    let interfaces = module
        .library()
        .interfaces()
        .and_then(Result::ok)
        .unwrap_or_default();
    let interfaces = interfaces.iter().map(|interface| match &interface.list {
        Some(list) => format!("{} {}.{}", interface.name, list.version.0, list.version.1),
        None => interface.name.clone(),
    });
    let description = text(&info.libraryDescription);
    model::Module {
        name: description.clone(),
        path: module.path().display().to_string(),
        manufacturer: text(&info.manufacturerID),
        description,
        library_version: version(info.libraryVersion),
        cryptoki_version: version(info.cryptokiVersion),
        interfaces: interfaces.collect(),
        slot: facts.slot,
        token: model::Token {
            label: text(&token.label),
            manufacturer: text(&token.manufacturerID),
            model: text(&token.model),
            serial: text(&token.serialNumber),
            flags: names::flags(names::TOKEN_FLAGS, token.flags),
        },
        mechanisms: facts.mechanisms.iter().map(listed).collect(),
    }
}

fn listed(mechanism: &Listed) -> model::Mechanism {
    model::Mechanism {
        name: names::name(names::MECHANISMS, mechanism.kind),
        min: mechanism.min,
        max: mechanism.max,
        flags: names::flags(names::MECHANISM_FLAGS, mechanism.flags),
    }
}

fn version(version: CK_VERSION) -> String {
    format!("{}.{}", version.major, version.minor)
}
