//! Damaged files: each program says which file, what is wrong and what to do, and nothing that is stored is lost.

#![forbid(unsafe_code)]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::Path;

use tests::{Chain, Partition, Run, module, program};

/// Runs `check` with a file damaged, and puts the file back as it was.
fn with_damage(file: &Path, damage: impl FnOnce(&mut Vec<u8>), check: impl FnOnce()) {
    let good = fs::read(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let mut bad = good.clone();
    damage(&mut bad);
    fs::write(file, bad).unwrap();
    check();
    fs::write(file, good).unwrap();
}

#[test]
fn damaged_files_of_the_hsm_are_named_and_nothing_is_lost() {
    let mut chain = Chain::start();
    let token = chain.token(Partition::Strict);
    token
        .pkcs11_tool_as_user()
        .args("--keypairgen --key-type EC:prime256v1 --id 01 --label web")
        .succeed();
    chain.stop_hsmd();
    let refused = |texts: &[&str]| {
        chain.hsmd_command("run").fail().says(texts);
    };
    let config = chain.file("hsm/hsmd.toml");
    with_damage(
        &config,
        |text| *text = [b"lissten = 1\n", &text[..]].concat(),
        || refused(&["hsmd.toml", "lissten"]),
    );
    with_damage(&config, Vec::clear, || refused(&["hsmd.toml", "listen"]));
    let root = chain.file("hsm/root.key");
    with_damage(&root, |key| key[0] ^= 1, || refused(&["root key"]));
    with_damage(&root, |key| key.truncate(7), || refused(&["root.key"]));
    let database = chain.file("hsm/store/hsm.db");
    with_damage(
        &database,
        |bytes| bytes.truncate(4096),
        || refused(&["hsm/store", "restore"]),
    );
    with_damage(
        &database,
        |bytes| bytes[..16].fill(0),
        || refused(&["hsm/store", "restore"]),
    );
    chain.start_hsmd();
    chain.wait_for_agent();
    token
        .pkcs11_tool_as_user()
        .arg("--list-objects")
        .succeed()
        .says(&["web"]);
}

#[test]
fn damaged_files_of_the_agent_are_named() {
    let mut chain = Chain::start();
    chain.kill_agent();
    let refused = |texts: &[&str]| {
        let mut run = Run::new(program("dew-agent")).arg("--config");
        run = run
            .arg(chain.file("agent").join("agent.toml"))
            .arg("--check-config");
        run.fail().says(texts);
    };
    let file = |name: &str| chain.file("agent").join(name);
    with_damage(
        &file("agent.toml"),
        |text| text.extend(b"\nsokket = 1\n"),
        || refused(&["agent.toml", "sokket"]),
    );
    with_damage(&file("agent.pem"), Vec::clear, || refused(&["agent.pem"]));
    with_damage(
        &file("agent.key"),
        |key| key.truncate(50),
        || refused(&["agent.key"]),
    );
    with_damage(
        &file("ca.pem"),
        |pem| pem[60] = b'*',
        || refused(&["ca.pem"]),
    );
}

#[test]
fn a_damaged_ukey_is_named() {
    let chain = Chain::start_factory();
    chain.make_ukey("other");
    let ukey = chain.file("other");
    let refused = || {
        chain
            .management_with("other")
            .args("hsm init --label x")
            .fail()
            .says(&["other"]);
    };
    with_damage(&ukey, |bytes| bytes.truncate(100), refused);
    with_damage(&ukey, |bytes| bytes[150] ^= 0x40, refused);
    chain
        .management_with("other")
        .args("hsm init --label x")
        .succeed();
}

#[test]
fn a_damaged_configuration_of_the_module_is_named() {
    let chain = Chain::start_factory();
    let config = chain.file("damaged.toml");
    fs::write(&config, "sokket = 1\n").unwrap();
    Run::new("pkcs11-tool")
        .env("DEW_PKCS11_CONF", &config)
        .arg("--module")
        .arg(module())
        .arg("--list-slots")
        .fail()
        .says(&["damaged.toml", "sokket"]);
}
