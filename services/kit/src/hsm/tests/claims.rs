//! The claims that hold over every HSM.

use super::connect;
use crate::testing::hsm_suite::{CLAIMS, Suite};
use crate::testing::soft_hsm::SoftHsm;

#[test]
fn soft_hsm_holds_every_claim() {
    SoftHsm::alone("hsm::tests::claims::soft_hsm_holds_every_claim", |soft| {
        let suite = Suite {
            hsm: connect(soft.token()),
            // SoftHSM2 2.6.1 takes SHA-1 alone (`MechParamCheckRSAPKCSOAEP`) and wraps no Edwards keys (`C_WrapKey`).
            oaep_sha256: false,
            ecdh: true,
            ed25519: false,
            folder: soft.folder().to_owned(),
        };
        for (name, claim) in CLAIMS {
            eprintln!("{name}");
            claim(&suite);
        }
    });
}
