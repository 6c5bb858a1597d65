//! Standing objects: what every token has without anybody having made it.
//!
//! Profile objects say which profiles the token meets (4.13). Hardware features are a clock and a monotonic counter (4.3).
//! Mechanism objects list the mechanisms (4.12). Applications that search for everything expect neither of the last two:
//! those are found by their class alone (PKCS#11 2.20, 10.3 and 10.12). Nobody changes, copies or destroys any of them.
//!
//! There is no validation object (3.2): nobody has validated this token.

use std::sync::Arc;

use ck::{AttributeType as A, HardwareFeature, MechanismType, ObjectClass, ProfileId};
use proto::Call;
use proto::shape::{AttributeRequest, Room};

use crate::hsm::Core;
use crate::identifier::{ObjectId, PartitionId};
use crate::journal::{Act, Who};
use crate::ledger::Entry;
use crate::lock::lock;
use crate::object::Object;
use crate::objects::Objects;
use crate::partition::Partition;
use crate::policy::{Date, Profile};
use crate::rules::Template;
use crate::{Attributes, Error};

/// Where their handles start: above all serial numbers of the token's objects, below the handles of session objects.
pub(crate) const FIRST_HANDLE: u64 = 1 << 47;

/// How many values of the counter are set aside at once: one commit for so many readings.
const COUNTS_AT_ONCE: u64 = 1024;

/// The profiles whose conditions hold for every token, whatever applications put into it. `docs/conformance.md` says how
/// they are tested.
const PROFILES: [(ProfileId, &str); 3] = [
    (ProfileId::BASELINE_PROVIDER, "Baseline Provider"),
    (ProfileId::EXTENDED_PROVIDER, "Extended Provider"),
    (ProfileId::AUTHENTICATION_TOKEN, "Authentication Token"),
];

/// Makes the standing objects of a token.
pub(crate) fn objects(partition: PartitionId, policy: Profile) -> Objects {
    let features = [HardwareFeature::MONOTONIC_COUNTER, HardwareFeature::CLOCK];
    let profiles = PROFILES.into_iter().map(|(id, label)| profile(id, label));
    let served = ck::MECHANISMS
        .iter()
        .filter(|row| crate::policy::served(policy, row) != 0);
    let mechanisms = served.map(|row| mechanism(row.id));
    let all = profiles.chain(features.map(feature)).chain(mechanisms);
    let objects = Objects::default();
    for (handle, attributes) in (FIRST_HANDLE..).zip(all) {
        objects.insert(Arc::new(object(partition, handle, attributes)));
    }
    objects
}

fn object(partition: PartitionId, handle: u64, mut attributes: Attributes) -> Object {
    // The partition's own name, save for its end: as unique as that, and the same after every start.
    let mut id = partition.0;
    id[12..].copy_from_slice(&handle.to_be_bytes()[4..]);
    if attributes.class() == ObjectClass::PROFILE {
        crate::draft::name(&mut attributes, ObjectId(id));
    }
    Object::new(handle, ObjectId(id), None, 0, attributes)
}

fn of_class(class: ObjectClass) -> Attributes {
    let mut attributes = Attributes::default();
    attributes.set_number(A::CLASS, class.0);
    attributes
}

fn profile(id: ProfileId, label: &str) -> Attributes {
    let mut attributes = of_class(ObjectClass::PROFILE);
    attributes.set_flag(A::TOKEN, true);
    for id in [A::PRIVATE, A::MODIFIABLE, A::COPYABLE, A::DESTROYABLE] {
        attributes.set_flag(id, false);
    }
    attributes.set(A::LABEL, label);
    attributes.set_number(A::PROFILE_ID, id.0);
    attributes
}

fn feature(kind: HardwareFeature) -> Attributes {
    let mut attributes = of_class(ObjectClass::HW_FEATURE);
    attributes.set_number(A::HW_FEATURE_TYPE, kind.0);
    if kind == HardwareFeature::MONOTONIC_COUNTER {
        // C_InitToken leaves it, and nothing else could set it back.
        attributes.set_flag(A::RESET_ON_INIT, false);
        attributes.set_flag(A::HAS_RESET, false);
    }
    attributes
}

fn mechanism(id: MechanismType) -> Attributes {
    let mut attributes = of_class(ObjectClass::MECHANISM);
    attributes.set_number(A::MECHANISM_TYPE, id.0);
    attributes
}

/// Tells whether the token alone makes objects of a class.
pub(crate) const fn is_standing(class: ObjectClass) -> bool {
    matches!(
        class,
        ObjectClass::HW_FEATURE | ObjectClass::MECHANISM | ObjectClass::PROFILE
    )
}

/// Finds the standing objects that match a template.
pub(crate) fn find(objects: &Objects, template: &Template<'_>) -> Vec<u64> {
    let asked = template.number(A::CLASS).ok().flatten();
    let shown = |object: &Object| {
        let class = object.attributes().class();
        class == ObjectClass::PROFILE || asked == Some(class.0)
    };
    objects.find(template, shown, |object| object.handle)
}

/// What a hardware feature shows to who reads these attributes of it now; other objects show what they have.
pub(crate) fn shown(
    core: &Core,
    partition: &Partition,
    who: &Who,
    object: &Object,
    requests: &[AttributeRequest],
) -> Result<Arc<Attributes>, Error> {
    let attributes = object.attributes();
    if attributes.class() != ObjectClass::HW_FEATURE {
        return Ok(attributes);
    }
    let mut shown = attributes.duplicate();
    let kind = attributes.number(A::HW_FEATURE_TYPE);
    if kind == Some(HardwareFeature::CLOCK.0) {
        shown.set(A::VALUE, Date::time_text(core.env.now_ms()));
    } else {
        // Asking for the length is not reading: the counter stays.
        let reads = |request: &AttributeRequest| {
            request.id == A::VALUE && request.room != Room::Query && request.room.fits(8)
        };
        let value = if requests.iter().any(reads) {
            partition.count(core, who)?
        } else {
            0
        };
        shown.set(A::VALUE, value.to_be_bytes());
    }
    Ok(Arc::new(shown))
}

impl Partition {
    /// Gives the next value of the monotonic counter, which no restart gives again.
    fn count(&self, core: &Core, who: &Who) -> Result<u64, Error> {
        let mut counter = lock(&self.counter);
        if let Some(value) = counter.next() {
            return Ok(value);
        }
        let act = Act::call(who, Call::GetAttributeValue, self.id);
        let mut fresh = self.ledger.change(core, |record| {
            let fresh = record.counter..record.counter + COUNTS_AT_ONCE;
            record.counter = fresh.end;
            Ok(Entry {
                value: fresh,
                changes: Vec::new(),
                event: act.done_with(core, None, "values of the monotonic counter are set aside"),
            })
        })?;
        let value = fresh.start;
        fresh.start += 1;
        *counter = fresh;
        Ok(value)
    }
}
