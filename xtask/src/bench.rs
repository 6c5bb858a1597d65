//! `cargo xtask bench`: how fast the whole chain is.

use anyhow::Result;
use clap::Args;

use crate::command;
use crate::workspace::{self, Profile};

/// Builds release and runs the `bench` program with the arguments given.
#[derive(Args, Debug)]
pub(crate) struct Bench {
    /// What `bench` is told; `-- --help` says what it takes
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<String>,
}

impl Bench {
    /// Runs the task.
    pub(crate) fn run(self) -> Result<()> {
        workspace::build(Profile::Release)?;
        command::line(Profile::Release.output().join("bench"), self.arguments).run()
    }
}
