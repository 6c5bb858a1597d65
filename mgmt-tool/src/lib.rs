//! The HSM management tool: `dew-mgmt`.
//!
//! A command line, read once into `cli` and `settings`; one connection to the HSM, over which
//! every command goes signed by a UKey; and one file per subject under `command`.

#![forbid(unsafe_code)]

mod bundle;
mod cli;
mod command;
mod connection;
mod error;
#[cfg(test)]
mod fake;
mod output;
mod pin;
mod profile;
mod settings;

use std::process::ExitCode;

use clap::Parser;

use crate::cli::Cli;
use crate::error::Error;
use crate::output::Output;
use crate::settings::Settings;

/// Runs the tool on this process's command line.
#[must_use]
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    let output = Output::new(cli.globals.json);
    let result = sys::process::harden()
        .map_err(Error::from)
        .and_then(|_| execute(cli, &output));
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            output.failure(&error);
            error.exit_code().into()
        }
    }
}

fn execute(cli: Cli, output: &Output) -> Result<(), Error> {
    let settings = Settings::new(cli.globals)?;
    command::execute(cli.command, &settings, output)
}
