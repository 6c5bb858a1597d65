//! The command line.

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

use crate::{bench, ci, conformance, deep, dist, matrix, test, tidy, up};

/// The tasks of this project. Start with `cargo xtask up`.
#[derive(Debug, Parser)]
#[command(
    name = "cargo xtask",
    bin_name = "cargo xtask",
    disable_help_flag = false
)]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

/// A task.
#[derive(Debug, Subcommand)]
enum Task {
    /// Run a whole HSM here: hsmd, the agent, two tokens; prints how to use it
    Up(up::Up),
    /// Stop what `up --detach` started
    Down(up::Down),
    /// Check and test everything: tidy, fmt, clippy, unit and end-to-end tests
    Test(test::Test),
    /// All that must hold before a change lands: test, deny, doc
    Ci(ci::Ci),
    /// Check the rules of the house that no compiler knows
    Tidy,
    /// Write docs/support-matrix.md from the tables
    Matrix(matrix::Matrix),
    /// Measure speed: builds release and runs the `bench` program
    Bench(bench::Bench),
    /// Judge our PKCS#11 module and SoftHSM2, and write one report of both
    Conformance(conformance::Conformance),
    /// Make the release archive in target/dist
    Dist,
    /// Run the long tests: kill cycles and fuzzing
    Deep(deep::Deep),
}

/// Reads the command line and runs the task.
pub(crate) fn run() -> ExitCode {
    match Arguments::parse().task.run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

impl Task {
    fn run(self) -> Result<()> {
        match self {
            Self::Up(task) => task.run(),
            Self::Down(task) => task.run(),
            Self::Test(task) => task.run(),
            Self::Ci(task) => task.run(),
            Self::Tidy => tidy::run(),
            Self::Matrix(task) => task.run(),
            Self::Bench(task) => task.run(),
            Self::Conformance(task) => task.run(),
            Self::Dist => dist::run(),
            Self::Deep(task) => task.run(),
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    #[test]
    fn the_command_line_is_consistent() {
        super::Arguments::command().debug_assert();
    }
}
