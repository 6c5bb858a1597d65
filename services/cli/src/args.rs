//! The command line, as data; what belongs to one service stands with its commands.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use clap_complete::Shell;

use crate::development::DevelopmentCommand;
use crate::identity::IamCommand;
use crate::kms::KmsCommand;
use crate::traces::TracesCommand;

/// What the exit codes mean and where options can stand; [`crate::error::Error::exit_code`] decides the former.
const AFTER_HELP: &str = "\
Exit codes:
  0  done
  1  the service refused, a signature or MAC is not right, or a file got in the way
  2  the command line, the environment or the credentials file is wrong or incomplete
  3  the server cannot be reached, cannot be trusted, or does not answer as it should

What is not given as an option is taken from the environment:
  DEW_ENDPOINT, DEW_CA, DEW_REGION, HUAWEICLOUD_SDK_AK, HUAWEICLOUD_SDK_SK, HUAWEICLOUD_SDK_SECURITY_TOKEN,
  HUAWEICLOUD_SDK_PROJECT_ID, HUAWEICLOUD_SDK_DOMAIN_ID, HUAWEICLOUD_SDK_IAM_ENDPOINT,
  HUAWEICLOUD_SDK_CREDENTIALS_FILE
and then from the SDKs' credentials file, ~/.huaweicloud/credentials:
  [basic]
  ak = ...
  sk = ...
  project_id = ...                 # looked up where it is missing
  iam_endpoint = https://...
  endpoint = https://dew.example   # this and the next two are for dew alone
  ca = /etc/dew/ca.pem
  region = cn-north-4";

/// Uses the services of a Dew server.
#[derive(Debug, Parser)]
#[command(name = "dew", version, after_long_help = AFTER_HELP, disable_help_subcommand = true)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) globals: Globals,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Options that every command takes.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Global options")]
pub(crate) struct Globals {
    /// Prints the service's JSON, for machines.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// The server: https://HOST or https://HOST:PORT; plain http only on this machine.
    #[arg(long, global = true, value_name = "URL")]
    pub(crate) endpoint: Option<String>,
    /// The access key (AK); its secret key comes from --sk-file.
    #[arg(long, global = true, value_name = "AK", requires = "sk_file")]
    pub(crate) ak: Option<String>,
    /// A private file with the secret key (SK): on a command line, others could read it.
    #[arg(long, global = true, value_name = "FILE", requires = "ak")]
    pub(crate) sk_file: Option<PathBuf>,
    /// A private file with the security token that belongs to a temporary access key.
    #[arg(long, global = true, value_name = "FILE", requires = "ak")]
    pub(crate) security_token_file: Option<PathBuf>,
    /// The project; looked up where it is not given.
    #[arg(long, global = true, value_name = "ID")]
    pub(crate) project_id: Option<String>,
    /// The account.
    #[arg(long, global = true, value_name = "ID")]
    pub(crate) domain_id: Option<String>,
    /// The region, whose project is looked up.
    #[arg(long, global = true, value_name = "REGION")]
    pub(crate) region: Option<String>,
    /// Where IAM is, if not at the endpoint.
    #[arg(long, global = true, value_name = "URL")]
    pub(crate) iam_endpoint: Option<String>,
    /// The CA certificates in PEM that vouch for the server; this machine's by default.
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) ca: Option<PathBuf>,
    /// The section of the credentials file; `basic` by default.
    #[arg(long, global = true, value_name = "SECTION")]
    pub(crate) profile: Option<String>,
    /// Another credentials file than ~/.huaweicloud/credentials.
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) credentials_file: Option<PathBuf>,
}

/// Which service to use.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Makes and uses keys.
    #[command(subcommand)]
    Kms(KmsCommand),
    /// Shows who may do what.
    #[command(subcommand)]
    Iam(IamCommand),
    /// Reads the audit traces.
    #[command(subcommand)]
    Traces(TracesCommand),
    /// Moves the clock of a server in the development mode.
    #[command(subcommand)]
    Dev(DevelopmentCommand),
    /// Prints a completion script for a shell.
    Completions {
        /// The shell.
        shell: Shell,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn command_line_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn an_access_key_needs_its_secret() {
        let parsed = Cli::try_parse_from(["dew", "kms", "list", "--ak", "AK"]);
        assert!(parsed.unwrap_err().to_string().contains("--sk-file"));
    }

    use clap::CommandFactory;
}
