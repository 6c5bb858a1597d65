//! Over SoftHSM2, which is not ours.

mod round_trips;

use super::{Binding, Hsm, Settings};

const ACCOUNT: &str = "0a1b2c3d4e5f60718293a4b5c6d7e8f9";
const KEY: &str = "0d0466b0-e727-4d9c-b35d-f84bb474a37f";
const BINDING: Binding<'static> = Binding {
    account: ACCOUNT,
    key: KEY,
    version: 1,
};

fn connect(settings: Settings) -> Hsm {
    Hsm::connect(settings).expect("SoftHSM2 lets us in")
}
