//! What each command does: one file per subject.

mod access_cert;
mod audit_log;
mod hsm;
mod partition;
mod ukey;
mod user;

use clap::CommandFactory;

use crate::Error;
use crate::cli::{Cli, Command};
use crate::output::Output;
use crate::settings::Settings;

/// Does what the command line says.
pub(crate) fn execute(command: Command, settings: &Settings, output: &Output) -> Result<(), Error> {
    match command {
        Command::AccessCert(command) => access_cert::execute(command, settings, output),
        Command::Audit(command) => audit_log::execute(command, settings, output),
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "dew-mgmt", &mut script);
            crate::output::write_line(String::from_utf8_lossy(&script).trim_end())
        }
        Command::Hsm(command) => hsm::execute(command, settings, output),
        Command::Partition(command) => partition::execute(command, settings, output),
        Command::User(command) => user::execute(command, settings, output),
        Command::Status => hsm::status(settings, output),
        Command::Ukey(command) => ukey::execute(command, settings, output),
    }
}

#[cfg(test)]
mod tests;
