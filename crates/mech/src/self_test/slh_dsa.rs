//! The known answer of SLH-DSA: made with Python's slh-dsa, without randomness.

use ck::{AttributeType, Hedge, MechanismType, Params};

use super::{Check, KnownAnswer, TestKey};

/// The quicker of the parameter sets that FIPS 140-3 IG 10.3.A accepts for the whole family.
pub(super) const SIGNATURE: &[KnownAnswer] = &[
    KnownAnswer {
        name: "SLH-DSA-SHA2-128f signature",
        mechanism: MechanismType::SLH_DSA,
        params: Params::SignContext {
            hedge: Hedge::DETERMINISTIC_REQUIRED,
            context: &[],
            digest: None,
        },
        key: TestKey::Slh(&PRIVATE),
        check: Check::Sign,
        input: MESSAGE,
        output: SIGNED,
    },
    KnownAnswer {
        name: "SLH-DSA-SHA2-128f verification",
        mechanism: MechanismType::SLH_DSA,
        params: Params::None,
        key: TestKey::Slh(&PUBLIC),
        check: Check::Verify,
        input: MESSAGE,
        output: SIGNED,
    },
];

const MESSAGE: &str = "61206d657373616765";
const PRIVATE: [(AttributeType, &str); 2] = [
    (AttributeType::PARAMETER_SET, "0300000000000000"),
    (
        AttributeType::VALUE,
        "974943d9aec5853f74708f665bb4a58dacfe575cad0119e975245031f31d99ac8332e65d14dfb625f3e31f4b7aa04d6d2bcef046e1e05c5397cd1a67422b5e3d",
    ),
];
const PUBLIC: [(AttributeType, &str); 2] = [
    (AttributeType::PARAMETER_SET, "0300000000000000"),
    (
        AttributeType::VALUE,
        "8332e65d14dfb625f3e31f4b7aa04d6d2bcef046e1e05c5397cd1a67422b5e3d",
    ),
];
const SIGNED: &str = include_str!("slh_dsa_signature.hex");
