//! The reference: keys and their life as sections 3.1 to 3.3 of the contract have it, and nothing else.

use std::collections::{BTreeMap, BTreeSet};

/// Milliseconds in a day.
pub(crate) const DAY_MS: i64 = 86_400_000;

/// A refusal: the HTTP status and the number.
pub(crate) type Refusal = (u16, u16);

pub(crate) const ABSENT: Refusal = (404, 207);
const DISABLED: Refusal = (400, 209);
const PENDING_DELETION: Refusal = (400, 210);
const PENDING_IMPORT: Refusal = (400, 1301);

/// The states of the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    Enabled,
    Disabled,
    Deletion,
    Import,
}

impl State {
    pub(crate) const fn text(self) -> &'static str {
        match self {
            Self::Enabled => "2",
            Self::Disabled => "3",
            Self::Deletion => "4",
            Self::Import => "5",
        }
    }
}

/// The moments between which something happened, in milliseconds after 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Moment {
    pub(crate) from_ms: i64,
    pub(crate) to_ms: i64,
}

impl Moment {
    pub(crate) const fn plus_days(self, days: i64) -> Self {
        Self {
            from_ms: self.from_ms + days * DAY_MS,
            to_ms: self.to_ms + days * DAY_MS,
        }
    }

    /// Tells whether it lies before another. Moments that a test compares are at least hours apart, or the one that was
    /// first noted is meant to come first.
    const fn has_come(self, now: Self) -> bool {
        self.from_ms <= now.from_ms
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Rotation {
    pub(crate) is_on: bool,
    pub(crate) days: i64,
    pub(crate) from: Moment,
    pub(crate) last: Option<Moment>,
    pub(crate) count: i64,
}

#[derive(Clone, Debug)]
pub(crate) struct Grant {
    pub(crate) id: String,
    pub(crate) operations: &'static [&'static str],
}

#[derive(Clone, Debug)]
pub(crate) struct Key {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) spec: &'static str,
    pub(crate) is_external: bool,
    pub(crate) state: State,
    pub(crate) made: Moment,
    pub(crate) deletion: Option<Moment>,
    pub(crate) expiry_ms: Option<i64>,
    pub(crate) has_material: bool,
    pub(crate) first_material: Option<u8>,
    pub(crate) rotation: Rotation,
    pub(crate) tags: BTreeMap<String, String>,
    pub(crate) grants: Vec<Grant>,
}

impl Key {
    /// A use of the material.
    pub(crate) fn use_material(&self) -> Result<(), Refusal> {
        match self.state {
            State::Enabled => Ok(()),
            State::Disabled => Err(DISABLED),
            State::Deletion => Err(PENDING_DELETION),
            State::Import => Err(PENDING_IMPORT),
        }
    }

    /// A change of what describes the key.
    fn describe(&self) -> Result<(), Refusal> {
        if self.state == State::Deletion {
            Err(PENDING_DELETION)
        } else {
            Ok(())
        }
    }

    /// Encryption of small data.
    pub(crate) fn encrypt(&self) -> Result<(), Refusal> {
        match self.spec {
            "EC_P256" => return Err((400, 335)),
            "HMAC_256" => return Err((400, 341)),
            _ => {}
        }
        self.use_material()
    }

    /// Whether rotation is for this key at all, and then whether it may change now.
    fn rotates(&self) -> Result<(), Refusal> {
        match self.spec {
            "EC_P256" => return Err((400, 324)),
            "HMAC_256" => return Err((400, 341)),
            _ => {}
        }
        if self.is_external {
            return Err((400, 312));
        }
        self.use_material()
    }

    pub(crate) fn turn(&mut self, now: Moment) {
        self.rotation.last = Some(now);
        self.rotation.from = now;
        self.rotation.count += 1;
    }

    pub(crate) fn is_due(&self, now: Moment) -> bool {
        self.rotation.is_on
            && self.state == State::Enabled
            && self
                .rotation
                .from
                .plus_days(self.rotation.days)
                .has_come(now)
    }
}

/// Everything of one account.
#[derive(Debug, Default)]
pub(crate) struct Model {
    /// Every key that was ever made; those that are gone are `None`, and their identifier stays.
    pub(crate) keys: Vec<(String, Option<Key>)>,
    /// Aliases by their bare name, with the key's place.
    pub(crate) aliases: BTreeMap<String, usize>,
}

impl Model {
    pub(crate) fn key(&self, place: usize) -> Result<&Key, Refusal> {
        self.keys
            .get(place)
            .and_then(|(_, key)| key.as_ref())
            .ok_or(ABSENT)
    }

    pub(crate) fn key_mut(&mut self, place: usize) -> Result<&mut Key, Refusal> {
        self.keys
            .get_mut(place)
            .and_then(|(_, key)| key.as_mut())
            .ok_or(ABSENT)
    }

    pub(crate) fn present(&self) -> impl Iterator<Item = &Key> {
        self.keys.iter().filter_map(|(_, key)| key.as_ref())
    }

    fn is_taken(&self, name: &str, but: Option<&str>) -> bool {
        self.present()
            .any(|key| key.name == name && Some(key.id.as_str()) != but)
    }

    pub(crate) fn create(&self, name: &str, spec: &str, is_external: bool) -> Result<(), Refusal> {
        if spec == "HMAC_256" && is_external {
            return Err((400, 341));
        }
        if self.is_taken(name, None) {
            Err((400, 1104))
        } else {
            Ok(())
        }
    }

    pub(crate) fn enable(&mut self, place: usize) -> Result<(), Refusal> {
        let key = self.key_mut(place)?;
        match key.state {
            State::Disabled => key.state = State::Enabled,
            State::Deletion => return Err(PENDING_DELETION),
            State::Enabled | State::Import => return Err((400, 1201)),
        }
        Ok(())
    }

    pub(crate) fn disable(&mut self, place: usize) -> Result<(), Refusal> {
        let key = self.key_mut(place)?;
        match key.state {
            State::Enabled => key.state = State::Disabled,
            State::Deletion => return Err(PENDING_DELETION),
            State::Disabled | State::Import => return Err((400, 1301)),
        }
        Ok(())
    }

    pub(crate) fn schedule(&mut self, place: usize, days: i64, now: Moment) -> Result<(), Refusal> {
        if !(7..=1_096).contains(&days) {
            return Err((400, 1401));
        }
        let key = self.key_mut(place)?;
        if key.state == State::Deletion {
            return Err((400, 1402));
        }
        key.state = State::Deletion;
        key.deletion = Some(now.plus_days(days));
        Ok(())
    }

    pub(crate) fn cancel(&mut self, place: usize) -> Result<(), Refusal> {
        let key = self.key_mut(place)?;
        if key.state != State::Deletion {
            return Err((400, 1501));
        }
        key.deletion = None;
        key.state = if key.has_material {
            State::Disabled
        } else {
            State::Import
        };
        Ok(())
    }

    pub(crate) fn rename(&mut self, place: usize, name: &str) -> Result<(), Refusal> {
        let key = self.key(place)?;
        key.describe()?;
        if self.is_taken(name, Some(&key.id)) {
            return Err((400, 1104));
        }
        name.clone_into(&mut self.key_mut(place)?.name);
        Ok(())
    }

    pub(crate) fn describe_anew(&mut self, place: usize, text: &str) -> Result<(), Refusal> {
        let key = self.key_mut(place)?;
        key.describe()?;
        text.clone_into(&mut key.description);
        Ok(())
    }

    pub(crate) fn add_alias(&mut self, place: usize, name: &str) -> Result<(), Refusal> {
        self.key(place)?.describe()?;
        if self.aliases.contains_key(name) {
            return Err((400, 1104));
        }
        self.aliases.insert(name.to_owned(), place);
        Ok(())
    }

    pub(crate) fn move_alias(&mut self, place: usize, name: &str) -> Result<(), Refusal> {
        self.key(place)?.describe()?;
        *self.aliases.get_mut(name).ok_or((400, 308))? = place;
        Ok(())
    }

    pub(crate) fn delete_alias(&mut self, place: usize, name: &str) -> Result<(), Refusal> {
        self.key(place)?;
        if self.aliases.get(name) != Some(&place) {
            return Err((400, 308));
        }
        self.aliases.remove(name);
        Ok(())
    }

    /// Adds or removes tags.
    pub(crate) fn tag(
        &mut self,
        place: usize,
        tags: &[(String, Option<String>)],
    ) -> Result<(), Refusal> {
        let key = self.key_mut(place)?;
        key.describe()?;
        for (name, value) in tags {
            match value {
                Some(value) => key.tags.insert(name.clone(), value.clone()),
                None => key.tags.remove(name),
            };
        }
        Ok(())
    }

    pub(crate) fn untag(&mut self, place: usize, name: &str) -> Result<(), Refusal> {
        let key = self.key_mut(place)?;
        key.describe()?;
        key.tags.remove(name).map(|_| ()).ok_or((404, 416))
    }

    /// Finds a grant for an operation that names a key and a grant.
    fn grant(&self, place: usize, grant: &str) -> Result<(), Refusal> {
        let key = self.key(place)?;
        if key.grants.iter().any(|one| one.id == grant) {
            return Ok(());
        }
        let is_known = self
            .present()
            .any(|key| key.grants.iter().any(|one| one.id == grant));
        Err((400, if is_known { 2502 } else { 2501 }))
    }

    pub(crate) fn revoke(&mut self, place: usize, grant: &str) -> Result<(), Refusal> {
        self.grant(place, grant)?;
        self.key_mut(place)?.grants.retain(|one| one.id != grant);
        Ok(())
    }

    /// The grantee gives a grant back.
    pub(crate) fn retire(&mut self, place: usize, grant: &str) -> Result<(), Refusal> {
        let key = self.key_mut(place)?;
        let may = |one: &Grant| one.operations.contains(&"retire-grant");
        if key.grants.iter().any(|one| one.id == grant && may(one)) {
            key.grants.retain(|one| one.id != grant);
            return Ok(());
        }
        // Who holds nothing on the key that this needs does not see it.
        if !key.grants.iter().any(may) {
            return Err(ABSENT);
        }
        let is_here = key.grants.iter().any(|one| one.id == grant);
        if is_here {
            return Err((403, 306));
        }
        self.grant(place, grant)
    }

    /// Tells whether the grantee may do something with a key.
    pub(crate) fn granted(&self, place: usize, operation: &str) -> Result<&Key, Refusal> {
        let key = self.key(place)?;
        let may = key
            .grants
            .iter()
            .any(|grant| grant.operations.contains(&operation));
        if may { Ok(key) } else { Err(ABSENT) }
    }

    pub(crate) fn rotation_on(&mut self, place: usize, now: Moment) -> Result<(), Refusal> {
        let key = self.key_mut(place)?;
        key.rotates()?;
        if key.rotation.is_on {
            return Err((400, 2901));
        }
        key.rotation.is_on = true;
        key.rotation.days = 365;
        key.rotation.from = now;
        Ok(())
    }

    pub(crate) fn rotation_off(&mut self, place: usize) -> Result<(), Refusal> {
        let key = self.key_mut(place)?;
        key.rotates()?;
        if !key.rotation.is_on {
            return Err((400, 313));
        }
        key.rotation.is_on = false;
        Ok(())
    }

    pub(crate) fn interval(&mut self, place: usize, days: i64, now: Moment) -> Result<(), Refusal> {
        if !(30..=365).contains(&days) {
            return Err((400, 3001));
        }
        let key = self.key_mut(place)?;
        key.rotates()?;
        if !key.rotation.is_on {
            return Err((400, 313));
        }
        key.rotation.days = days;
        key.rotation.from = now;
        Ok(())
    }

    pub(crate) fn rotate(&mut self, place: usize, now: Moment) -> Result<(), Refusal> {
        let key = self.key_mut(place)?;
        key.rotates()?;
        key.turn(now);
        Ok(())
    }

    /// Whether parameters for an import are given.
    pub(crate) fn may_import(&self, place: usize) -> Result<(), Refusal> {
        let key = self.key(place)?;
        if !key.is_external {
            return Err((400, 309));
        }
        if key.state == State::Import {
            Ok(())
        } else {
            Err((400, 310))
        }
    }

    /// Imports symmetric material.
    pub(crate) fn import(
        &mut self,
        place: usize,
        material: u8,
        expiry_ms: Option<i64>,
    ) -> Result<(), Refusal> {
        self.may_import(place)?;
        let key = self.key_mut(place)?;
        if key.first_material.is_some_and(|first| first != material) {
            return Err((400, 2606));
        }
        key.first_material = Some(material);
        key.has_material = true;
        key.expiry_ms = expiry_ms;
        key.state = State::Enabled;
        Ok(())
    }

    pub(crate) fn delete_material(&mut self, place: usize) -> Result<(), Refusal> {
        let key = self.key_mut(place)?;
        if !key.is_external {
            return Err((400, 309));
        }
        if key.spec == "EC_P256" {
            return Err((400, 2702));
        }
        if !matches!(key.state, State::Enabled | State::Disabled) {
            return Err((400, 2701));
        }
        key.has_material = false;
        key.expiry_ms = None;
        key.state = State::Import;
        Ok(())
    }

    /// What is due by now: deletion, expiry, rotation.
    pub(crate) fn pass(&mut self, now: Moment) {
        let mut gone = BTreeSet::new();
        for (place, (_, slot)) in self.keys.iter_mut().enumerate() {
            let Some(key) = slot else { continue };
            if key.deletion.is_some_and(|when| when.has_come(now)) {
                *slot = None;
                gone.insert(place);
                continue;
            }
            if key.expiry_ms.is_some_and(|when| when <= now.from_ms) {
                key.has_material = false;
                key.expiry_ms = None;
                if key.state != State::Deletion {
                    key.state = State::Import;
                }
            }
            if key.is_due(now) {
                key.turn(now);
            }
        }
        self.aliases.retain(|_, place| !gone.contains(place));
    }
}
