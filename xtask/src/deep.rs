//! `cargo xtask deep`: the tests that find what a few seconds do not.
//!
//! The tests read how long they may take from their environment; without it they are short. `docs/operations.md` and
//! CONTRIBUTING.md name the same variables.

use anyhow::Result;
use clap::Args;

use crate::command;
use crate::workspace::{self, Profile};

/// The test that takes so long that it is asked for by name.
const BITE: &str = "every_case_is_seen_to_fail";

/// Runs kill and fuzz tests for as long as told.
#[derive(Args, Debug)]
pub(crate) struct Deep {
    /// How often hsmd is killed in the middle of writes (`DEW_KILL_CYCLES`)
    #[arg(long, default_value_t = 200)]
    kill_cycles: u32,
    /// For how many seconds each fuzz target runs (`DEW_FUZZ_SECONDS`)
    #[arg(long, default_value_t = 300)]
    fuzz_seconds: u32,
    /// How many objects a token has (`DEW_SCALE_OBJECTS`); a million take a minute
    #[arg(long, default_value_t = 1_000_000)]
    objects: u32,
    /// Cases of each property test (`PROPTEST_CASES`)
    #[arg(long, default_value_t = 20_000)]
    property_cases: u32,
    /// Run only tests whose names contain one of these
    filter: Vec<String>,
}

impl Deep {
    /// Runs the task.
    pub(crate) fn run(self) -> Result<()> {
        workspace::build(Profile::Release)?;
        command::cargo([
            "test",
            "--workspace",
            "--release",
            "--no-fail-fast",
            "--lib",
            "--bins",
            "--tests",
            "--",
        ])
        .args(&self.filter)
        .env("DEW_KILL_CYCLES", self.kill_cycles.to_string())
        .env("DEW_FUZZ_SECONDS", self.fuzz_seconds.to_string())
        .env("DEW_SCALE_OBJECTS", self.objects.to_string())
        .env("PROPTEST_CASES", self.property_cases.to_string())
        .run()?;
        self.coverage_of_bite()
    }

    /// Runs the conformance suite on modules that are broken in every way, until every case has been seen to fail.
    fn coverage_of_bite(&self) -> Result<()> {
        if !self.filter.is_empty() && !self.filter.iter().any(|name| BITE.contains(name)) {
            return Ok(());
        }
        command::cargo([
            "test",
            "--package",
            "conformance",
            "--release",
            "--test",
            "broken",
            "--",
        ])
        .args(["--ignored", "--nocapture", BITE])
        .run()
    }
}
