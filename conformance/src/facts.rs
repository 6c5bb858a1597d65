//! What a module says of itself, asked once at the beginning of a run.

use cryptoki_sys::{CK_FLAGS, CK_MECHANISM_TYPE, CK_PROFILE_ID, CK_SLOT_ID, CK_ULONG};
use serde::{Deserialize, Serialize};

use crate::c::function::Version;

/// A mechanism as the slot lists it.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub struct Listed {
    /// Which.
    pub kind: CK_MECHANISM_TYPE,
    /// `ulMinKeySize`
    pub min: CK_ULONG,
    /// `ulMaxKeySize`
    pub max: CK_ULONG,
    /// `flags`
    pub flags: CK_FLAGS,
}

/// The facts of a module and the slot that is used.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Facts {
    /// The version of the function list that is called.
    pub version: Version,
    /// The slot.
    pub slot: CK_SLOT_ID,
    /// `label` of the token, without padding.
    pub label: String,
    /// `flags` of the token.
    pub token_flags: CK_FLAGS,
    /// `ulMinPinLen`
    pub min_pin: CK_ULONG,
    /// `ulMaxPinLen`
    pub max_pin: CK_ULONG,
    /// Every mechanism of the slot.
    pub mechanisms: Vec<Listed>,
    /// Every profile that a profile object of the token claims, as anybody sees them.
    pub profiles: Vec<CK_PROFILE_ID>,
}

impl Facts {
    /// Returns what the slot lists of a mechanism.
    #[must_use]
    pub fn mechanism(&self, kind: CK_MECHANISM_TYPE) -> Option<&Listed> {
        self.mechanisms.iter().find(|listed| listed.kind == kind)
    }

    /// Tells whether the token claims a profile.
    #[must_use]
    pub fn claims(&self, profile: CK_PROFILE_ID) -> bool {
        self.profiles.contains(&profile)
    }
}
