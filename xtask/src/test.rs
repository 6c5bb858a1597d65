//! `cargo xtask test`: everything that decides whether a change may land.

use anyhow::Result;
use clap::Args;

use crate::packages::{self, Missing};
use crate::workspace::{self, Profile};
use crate::{command, report, tidy};

/// Checks and tests everything, end-to-end tests with real clients included.
#[derive(Args, Debug)]
pub(crate) struct Test {
    /// Never install Debian packages; name those that are missing and fail
    #[arg(long)]
    no_install: bool,
    /// Leave out tidy, fmt and clippy
    #[arg(long)]
    skip_lints: bool,
    /// Run only tests whose names contain one of these
    filter: Vec<String>,
}

impl Test {
    /// Runs the task.
    pub(crate) fn run(self) -> Result<()> {
        packages::ensure(if self.no_install {
            Missing::Refuse
        } else {
            Missing::Install
        })?;
        if !self.skip_lints {
            lints()?;
        }
        workspace::build(Profile::Dev)?;
        run_tests(&self.filter)?;
        report::step("all tests passed");
        Ok(())
    }
}

/// Runs the checks that need no test to run.
pub(crate) fn lints() -> Result<()> {
    tidy::run()?;
    command::cargo(["fmt", "--all", "--check"]).run()?;
    command::cargo([
        "clippy",
        "--workspace",
        "--all-targets",
        "--",
        "-D",
        "warnings",
    ])
    .run()
}

/// Runs the tests with nextest where it is installed, else with cargo.
fn run_tests(filter: &[String]) -> Result<()> {
    if command::cargo(["nextest", "--version"]).succeeds() {
        command::cargo(["nextest", "run", "--workspace", "--no-fail-fast"])
            .args(filter)
            .run()?;
        if filter.is_empty() {
            command::cargo(["test", "--workspace", "--doc", "--quiet"]).run()?;
        }
        return Ok(());
    }
    report::step("cargo-nextest is not installed: `cargo test` does the same, slower");
    if filter.is_empty() {
        return command::cargo(["test", "--workspace", "--no-fail-fast"]).run();
    }
    // cargo takes one name per run where nextest takes several.
    filter
        .iter()
        .try_for_each(|name| command::cargo(["test", "--workspace", name]).run())
}
