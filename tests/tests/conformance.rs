//! The conformance suite on our own module over the whole chain, and on the peers that keep it fair.
//!
//! Each module is known to do some things otherwise: `conformance/descriptions` lists them, each with its reason. A failure
//! that is not listed fails the test, and so does a listed one that has gone: a list that is longer than the truth hides faults.

use std::fs;

use tests::{Chain, Conformance, Judged, Partition, SoftHsm, Token};

/// Every how many known answers are tried here; `cargo xtask conformance` tries all.
const STRIDE: &str = "--stride 7";

/// Runs all cases, and requires that none fails but the listed, and that all listed ones do.
fn judge(token: &Token, name: &str) -> Judged {
    let judged = Conformance::on(token, name)
        .args("--destructive")
        .args(STRIDE)
        .with_nist_vectors()
        .known(&format!("{name}.toml"))
        .judge();
    let failed = judged.cases("fail");
    assert!(
        failed.is_empty(),
        "{} cases fail:\n{}",
        failed.len(),
        judged.finished
    );
    judged
        .finished
        .text()
        .contains("stale")
        .then(|| panic!("a listed failure has gone:\n{}", judged.finished));
    assert_eq!(judged.finished.code(), Some(0), "{}", judged.finished);
    judged
}

#[test]
fn our_module_keeps_every_requirement_but_those_explained() {
    let chain = Chain::start();
    let judged = judge(&chain.token(Partition::Compat), "dew");
    assert!(judged.cases("pass").len() > 1500, "{}", judged.finished);
}

#[test]
fn a_strict_partition_resists_every_attack() {
    let chain = Chain::start();
    let judged = Conformance::on(&chain.token(Partition::Strict), "strict")
        .args("--only attack")
        .judge();
    assert_eq!(judged.cases("fail"), [""; 0], "{}", judged.finished);
    assert!(judged.cases("pass").len() >= 40, "{}", judged.finished);
}

#[test]
fn soft_hsm2_fails_what_it_is_known_to_fail_and_nothing_else() {
    let peer = SoftHsm::start();
    let judged = judge(&peer.token(), "softhsm2");
    let falls = judged
        .cases("known")
        .into_iter()
        .filter(|case| case.starts_with("attack."));
    assert!(
        falls.count() >= 17,
        "the attacks have lost their bite:\n{}",
        judged.finished
    );
}

/// What the proxy does otherwise than the module under it: it has no slots of its own, and closes none of one that there is not.
const OF_THE_PROXY: [&str; 1] = ["session.close-all.slot-invalid"];

#[test]
fn the_proxy_of_p11_kit_passes_on_what_is_right() {
    let peer = SoftHsm::start();
    let direct = peer.token();
    let folder = direct.file("p11-kit");
    fs::create_dir_all(folder.join("pkcs11/modules")).expect("the test's folder is ours");
    fs::write(folder.join("pkcs11/pkcs11.conf"), "user-config: only\n")
        .expect("the test's folder is ours");
    let module = format!("module: {}\n", direct.module.display());
    fs::write(folder.join("pkcs11/modules/peer.module"), module)
        .expect("the test's folder is ours");
    let proxy = Token {
        module: "/usr/lib/x86_64-linux-gnu/p11-kit-proxy.so".into(),
        ..direct.clone()
    };
    let areas = "--only session --only digest --only sign --only find";
    let through = Conformance::on(&proxy, "proxy")
        .args(areas)
        .env("XDG_CONFIG_HOME", &folder)
        .judge();
    let straight = Conformance::on(&direct, "straight").args(areas).judge();
    let more: Vec<_> = through
        .cases("fail")
        .into_iter()
        .filter(|case| !straight.cases("fail").contains(case))
        .collect();
    assert_eq!(
        more, OF_THE_PROXY,
        "the proxy adds other failures:\n{}",
        through.finished
    );
    assert!(through.cases("pass").len() > 200, "{}", through.finished);
}
