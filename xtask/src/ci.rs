//! `cargo xtask ci`: the tests, and what else must hold before a change lands.

use anyhow::Result;
use clap::Args;

use crate::{command, report, test};

/// Runs the tests, then dependencies and documentation.
#[derive(Args, Debug)]
pub(crate) struct Ci {
    #[command(flatten)]
    test: test::Test,
}

impl Ci {
    /// Runs the task.
    pub(crate) fn run(self) -> Result<()> {
        self.test.run()?;
        deny()?;
        command::cargo(["doc", "--workspace", "--no-deps"])
            .env("RUSTDOCFLAGS", "-D warnings")
            .run()?;
        report::step("everything holds");
        Ok(())
    }
}

/// Checks the dependencies against deny.toml, where cargo-deny is installed.
fn deny() -> Result<()> {
    if command::cargo(["deny", "--version"]).succeeds() {
        // Advisories need the network; bans, licenses and sources do not.
        return command::cargo(["deny", "--offline", "check", "bans", "licenses", "sources"]).run();
    }
    report::step(
        "LEFT OUT: cargo deny (not installed; `cargo install --locked cargo-deny` brings it)",
    );
    Ok(())
}
