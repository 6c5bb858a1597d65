//! What a client may do: one step of a sequence, with everything chosen but the identifiers.

use proptest::prelude::{Just, Strategy, any, prop_oneof};
use proptest::sample::select;

/// Names there are of each sort: few, so that steps meet.
const NAMES: u8 = 5;

/// A key by its place among those that were ever made; a place beyond them is a key that nobody has made.
pub(crate) type Place = u8;

#[derive(Clone, Debug)]
pub(crate) enum Step {
    Create {
        name: u8,
        spec: &'static str,
        is_external: bool,
    },
    Enable(Place),
    Disable(Place),
    Schedule(Place, i64),
    Cancel(Place),
    Rename(Place, u8),
    DescribeAnew(Place, u8),
    Describe(Place),
    DescribeByAlias(u8),
    AddAlias(Place, u8),
    MoveAlias(Place, u8),
    DeleteAlias(Place, u8),
    ListAliases(Place),
    Tag(Place, u8, u8),
    Untag(Place, u8),
    TagMany(Place, bool, u8),
    ListTags(Place),
    Search(u8),
    Grant(Place, u8),
    Revoke(Place, u8),
    Retire(Place, u8),
    ListGrants(Place),
    RotationOn(Place),
    RotationOff(Place),
    Interval(Place, i64),
    Rotate(Place),
    Rotation(Place),
    Encrypt(Place),
    EncryptByAlias(u8),
    EncryptAsGrantee(Place),
    Decrypt(u8),
    Import {
        place: Place,
        material: u8,
        days: i64,
    },
    DeleteMaterial(Place),
    Advance(i64),
}

/// Sequences of steps.
pub(crate) fn steps() -> impl Strategy<Value = Vec<Step>> {
    // Every sequence begins with keys of several kinds, or the first steps would find nothing.
    let first = proptest::collection::vec(create(), 3);
    let rest = proptest::collection::vec(step(), 40..70);
    (first, rest).prop_map(|(mut first, rest)| {
        first.extend(rest);
        first
    })
}

fn create() -> impl Strategy<Value = Step> {
    let spec = prop_oneof![
        6 => Just("AES_256"),
        1 => Just("EC_P256"),
        1 => Just("HMAC_256"),
    ];
    (0..NAMES * 2, spec, any::<bool>()).prop_map(|(name, spec, is_external)| Step::Create {
        name,
        spec,
        is_external,
    })
}

fn step() -> impl Strategy<Value = Step> {
    let place = || 0..8_u8;
    let name = || 0..NAMES;
    let days = || select(vec![6_i64, 7, 8, 30, 100, 365, 1_096, 1_097]);
    let interval = || select(vec![29_i64, 30, 31, 90, 365, 366]);
    let life = prop_oneof![
        3 => place().prop_map(Step::Enable),
        3 => place().prop_map(Step::Disable),
        2 => (place(), days()).prop_map(|(place, days)| Step::Schedule(place, days)),
        2 => place().prop_map(Step::Cancel),
        1 => (place(), 0..NAMES * 2).prop_map(|(place, name)| Step::Rename(place, name)),
        1 => (place(), name()).prop_map(|(place, text)| Step::DescribeAnew(place, text)),
        2 => place().prop_map(Step::Describe),
        1 => name().prop_map(Step::DescribeByAlias),
    ];
    let naming = prop_oneof![
        2 => (place(), name()).prop_map(|(place, name)| Step::AddAlias(place, name)),
        2 => (place(), name()).prop_map(|(place, name)| Step::MoveAlias(place, name)),
        1 => (place(), name()).prop_map(|(place, name)| Step::DeleteAlias(place, name)),
        1 => place().prop_map(Step::ListAliases),
        2 => (place(), name(), name()).prop_map(|(place, key, value)| Step::Tag(place, key, value)),
        1 => (place(), name()).prop_map(|(place, key)| Step::Untag(place, key)),
        1 => (place(), any::<bool>(), name()).prop_map(|(place, adds, from)| Step::TagMany(place, adds, from)),
        1 => place().prop_map(Step::ListTags),
        1 => name().prop_map(Step::Search),
    ];
    let granting = prop_oneof![
        2 => (place(), 0..4_u8).prop_map(|(place, kind)| Step::Grant(place, kind)),
        1 => (place(), any::<u8>()).prop_map(|(place, grant)| Step::Revoke(place, grant)),
        1 => (place(), any::<u8>()).prop_map(|(place, grant)| Step::Retire(place, grant)),
        1 => place().prop_map(Step::ListGrants),
        2 => place().prop_map(Step::EncryptAsGrantee),
    ];
    let rotation = prop_oneof![
        3 => place().prop_map(Step::RotationOn),
        1 => place().prop_map(Step::RotationOff),
        2 => (place(), interval()).prop_map(|(place, days)| Step::Interval(place, days)),
        2 => place().prop_map(Step::Rotate),
        2 => place().prop_map(Step::Rotation),
    ];
    let use_of = prop_oneof![
        4 => place().prop_map(Step::Encrypt),
        1 => name().prop_map(Step::EncryptByAlias),
        4 => any::<u8>().prop_map(Step::Decrypt),
        3 => (place(), 0..2_u8, select(vec![0_i64, 0, 10, 40]))
            .prop_map(|(place, material, days)| Step::Import { place, material, days }),
        1 => place().prop_map(Step::DeleteMaterial),
    ];
    let clock = select(vec![0_i64, 1, 7, 9, 30, 45, 365]).prop_map(Step::Advance);
    prop_oneof![
        2 => create(),
        6 => life,
        5 => naming,
        4 => granting,
        5 => rotation,
        6 => use_of,
        2 => clock,
    ]
}
