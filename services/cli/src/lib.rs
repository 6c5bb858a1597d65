//! `dew`: the services' command line for people.
//!
//! | module | what it is |
//! |---|---|
//! | `args` | the command line, as data |
//! | `settings` | options, environment and credentials file, put together |
//! | `client` | one generic call of a service, signed, over `http` |
//! | `output` | tables for people, JSON for machines |
//! | `kms`, `traces`, `identity` | the commands of one service each |
//!
//! A further service is a variant of `client::Service` and of `args::Command`, and a module with its commands.

#![forbid(unsafe_code)]

mod args;
mod client;
mod development;
mod error;
#[cfg(test)]
mod fake;
mod hint;
mod http;
mod identity;
mod input;
mod kms;
mod moment;
mod output;
mod paging;
mod settings;
mod traces;

use std::process::ExitCode;

use clap::{CommandFactory, Parser};

use crate::args::{Cli, Command};
use crate::client::Client;
use crate::error::Error;
use crate::output::Output;
use crate::settings::{Settings, Sources};

/// What every command works with.
struct Context {
    client: Client,
    output: Output,
}

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
    if let Command::Completions { shell } = cli.command {
        let mut script = Vec::new();
        clap_complete::generate(shell, &mut Cli::command(), "dew", &mut script);
        return output::write_line(String::from_utf8_lossy(&script).trim_end());
    }
    let settings = Settings::new(&Sources::of_process(cli.globals)?)?;
    let context = Context {
        client: Client::new(settings)?,
        output: *output,
    };
    dispatch(cli.command, &context)
}

/// Runs a command of a service.
fn dispatch(command: Command, context: &Context) -> Result<(), Error> {
    match command {
        Command::Completions { .. } => Ok(()),
        Command::Dev(command) => development::execute(command, context),
        Command::Iam(command) => identity::execute(command, context),
        Command::Kms(command) => kms::execute(command, context),
        Command::Traces(command) => traces::execute(command, context),
    }
}
