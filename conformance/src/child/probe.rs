//! What a module says of itself, before any case.

use anyhow::{Result, bail};
use cryptoki_sys::{
    CK_PROFILE_ID, CK_SLOT_ID, CK_TOKEN_INFO, CK_VERSION, CKA_PROFILE_ID, CKF_OS_LOCKING_OK,
    CKF_TOKEN_INITIALIZED, CKO_PROFILE,
};
use serde::{Deserialize, Serialize};

use crate::c::info::text;
use crate::c::{Module, Rv, Template, locks, names};
use crate::facts::{Facts, Listed};
use crate::report::model;
use crate::target::{Choice, Target};

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
    answered(
        "C_Initialize",
        module.initialize(Some(&locks::without_functions(CKF_OS_LOCKING_OK, 0))),
    )?;
    let slot = choose(module, &target.choice)?;
    let (rv, token) = module.token_info(slot);
    answered("C_GetTokenInfo", rv)?;
    let facts = Facts {
        version: module.version(),
        slot,
        label: text(&token.label),
        token_flags: token.flags,
        min_pin: token.ulMinPinLen,
        max_pin: token.ulMaxPinLen,
        mechanisms: mechanisms(module, slot)?,
        profiles: profiles(module, slot),
    };
    let described = describe(module, &facts, &token)?;
    module.finalize();
    Ok(Probe {
        module: described,
        facts,
    })
}

fn choose(module: &Module, choice: &Choice) -> Result<CK_SLOT_ID> {
    let slots = match module.slots(true) {
        Ok(slots) => slots,
        Err(rv) => bail!("C_GetSlotList answers {rv}"),
    };
    let token = |slot: &CK_SLOT_ID| module.token_info(*slot).1;
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

fn mechanisms(module: &Module, slot: CK_SLOT_ID) -> Result<Vec<Listed>> {
    let kinds = match module.mechanisms(slot) {
        Ok(kinds) => kinds,
        Err(rv) => bail!("C_GetMechanismList answers {rv}"),
    };
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
    Ok(listed.collect())
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

fn describe(module: &Module, facts: &Facts, token: &CK_TOKEN_INFO) -> Result<model::Module> {
    let (rv, info) = module.info();
    answered("C_GetInfo", rv)?;
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
    Ok(model::Module {
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
    })
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

fn answered(function: &str, rv: Rv) -> Result<()> {
    if !rv.is_ok() {
        bail!("{function} answers {rv}");
    }
    Ok(())
}
