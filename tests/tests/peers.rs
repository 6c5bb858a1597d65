//! What other software tokens list: the lists in `docs/peers` are the truth, and a `compat` partition leaves out what
//! `docs/support-matrix.md` says, and nothing else.

#![forbid(unsafe_code)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use tests::{Host, Partition, SoftHsm, Token};

#[test]
fn soft_hsm2_lists_what_we_say_it_lists() {
    let peer = SoftHsm::start();
    let listed = listed(&peer.token());
    let known = known("softhsm2.txt");
    let new: Vec<_> = listed.difference(&known).collect();
    let gone: Vec<_> = known.difference(&listed).collect();
    assert!(
        new.is_empty() && gone.is_empty(),
        "docs/peers/softhsm2.txt: add {new:?}, remove {gone:?}, and run `cargo xtask matrix`"
    );
}

#[test]
fn a_compat_partition_lists_what_peers_list_but_for_what_is_explained() {
    let host = Host::start();
    if !host.is_dew() {
        return;
    }
    let ours = listed(&host.token(Partition::Compat));
    let page = fs::read_to_string(workspace().join("docs/support-matrix.md"))
        .expect("the repository holds the page");
    let (_, lacks) = page
        .split_once("## What other software tokens have")
        .expect("the page tells of peers");
    for list in ["softhsm2.txt", "kryoptic.txt"] {
        let text = text(list);
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let (number, name) = line.split_once(' ').expect("a number and a name");
            let explained = lacks.contains(&format!("| `{name}` |"));
            assert_eq!(ours.contains(number), !explained, "{list}: {line}");
        }
    }
}

/// The numbers of a token's mechanisms.
fn listed(token: &Token) -> BTreeSet<String> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("clients/mechanisms.py");
    let listing = token
        .client("python3")
        .arg("-B")
        .arg(script)
        .env("MODULE", &token.module)
        .env("TOKEN", &token.label)
        .succeed();
    listing.text().lines().map(str::to_owned).collect()
}

/// The numbers of a list that we keep.
fn known(list: &str) -> BTreeSet<String> {
    let text = text(list);
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines
        .map(|line| line.split(' ').next().unwrap_or_default().to_owned())
        .collect()
}

fn text(list: &str) -> String {
    fs::read_to_string(workspace().join("docs/peers").join(list))
        .expect("the repository holds the list")
}

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}
