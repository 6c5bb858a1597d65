//! The command line, as data.

use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use ukey::Role;

/// What the exit codes mean; [`crate::error::Error::exit_code`] is where they are decided.
const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  a file, a terminal or this machine got in the way
  2  the command line or the profile is wrong or incomplete
  3  the HSM cannot be reached, cannot be trusted, or does not admit this UKey
  4  the HSM refused the command
  5  the UKey or its PIN is not right
  6  the audit log does not verify

Options can also stand in a profile, ~/.config/dew/mgmt.toml:
  hsm = \"hsm.example:7443\"
  ca = \"ca.pem\"              # paths are relative to the profile
  ukey = \"alice.ukey\"";

/// Manages a Dew HSM with a UKey.
#[derive(Debug, Parser)]
#[command(name = "dew-mgmt", version, after_long_help = EXIT_CODES, disable_help_subcommand = true)]
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
    /// Prints JSON, for machines.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// The HSM's address: HOST or HOST:PORT, port 7443 by default.
    #[arg(long, global = true, env = "DEW_HSM", value_name = "ADDR")]
    pub(crate) hsm: Option<String>,
    /// The instance CA in PEM, which `hsmd init` wrote: the only thing that vouches for the HSM.
    #[arg(long, global = true, env = "DEW_CA", value_name = "FILE")]
    pub(crate) ca: Option<PathBuf>,
    /// The name in the HSM's certificate: `server_name` of its configuration, `hsmd` by default.
    #[arg(long, global = true, env = "DEW_SERVER_NAME", value_name = "NAME")]
    pub(crate) server_name: Option<String>,
    /// The UKey that signs the command.
    #[arg(long, global = true, env = "DEW_UKEY", value_name = "FILE")]
    pub(crate) ukey: Option<PathBuf>,
    /// A private file with the UKey's PIN; without it, the terminal is asked.
    #[arg(long, global = true, env = "DEW_UKEY_PIN_FILE", value_name = "FILE")]
    pub(crate) ukey_pin_file: Option<PathBuf>,
    /// Another profile than ~/.config/dew/mgmt.toml.
    #[arg(long, global = true, env = "DEW_MGMT_PROFILE", value_name = "FILE")]
    pub(crate) profile_file: Option<PathBuf>,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Makes and keeps UKeys.
    #[command(subcommand)]
    Ukey(UkeyCommand),
    /// Sets up an HSM.
    #[command(subcommand)]
    Hsm(HsmCommand),
    /// Shows how the HSM is.
    Status,
    /// Makes, lists and destroys partitions.
    #[command(subcommand)]
    Partition(PartitionCommand),
    /// Lets people log in to a partition by their names, and lists and removes them.
    #[command(subcommand)]
    User(UserCommand),
    /// Issues, lists and revokes the certificates by which agents are let in.
    #[command(subcommand)]
    AccessCert(AccessCertCommand),
    /// Reads and verifies the audit log.
    #[command(subcommand)]
    Audit(AuditCommand),
    /// Prints a completion script for a shell.
    Completions {
        /// The shell.
        shell: Shell,
    },
}

/// What to do with UKeys.
#[derive(Debug, Subcommand)]
pub(crate) enum UkeyCommand {
    /// Makes a UKey: a file with new keys under a PIN.
    Create(UkeyCreate),
    /// Shows what a UKey says of itself; needs no PIN.
    Info,
    /// Gives a UKey a new PIN.
    ChangePin {
        /// A private file with the new PIN; without it, the terminal is asked.
        #[arg(long, value_name = "FILE")]
        new_pin_file: Option<PathBuf>,
    },
}

/// How to make a UKey.
#[derive(Debug, Args)]
pub(crate) struct UkeyCreate {
    /// The new file.
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
    /// Whose it is, for people to read.
    #[arg(long)]
    pub(crate) label: String,
    /// What its holder may do.
    #[arg(long, value_parser = role_parser())]
    pub(crate) role: Role,
}

/// What to do with an HSM as a whole.
#[derive(Debug, Subcommand)]
pub(crate) enum HsmCommand {
    /// Claims a factory-new HSM: this UKey becomes its first device administrator.
    Init {
        /// What the HSM is to be called.
        #[arg(long)]
        label: String,
    },
}

/// What to do with partitions.
#[derive(Debug, Subcommand)]
pub(crate) enum PartitionCommand {
    /// Makes a partition, and initialises its token where a label is given.
    Create(PartitionCreate),
    /// Lists the partitions.
    List,
    /// Destroys a partition with every key in it.
    Delete {
        /// Which.
        name: String,
        /// Says that its keys may be lost for good.
        #[arg(long)]
        yes: bool,
    },
}

/// How to make a partition.
#[derive(Debug, Args)]
pub(crate) struct PartitionCreate {
    /// Its name.
    pub(crate) name: String,
    /// What its keys may be used for.
    #[arg(long, value_enum, default_value_t = Profile::Strict)]
    pub(crate) profile: Profile,
    /// Initialises its token under this label.
    #[arg(long)]
    pub(crate) label: Option<String>,
    /// A private file with the security officer's PIN; without it, the terminal is asked.
    #[arg(long, value_name = "FILE", requires = "label")]
    pub(crate) so_pin_file: Option<PathBuf>,
    /// A private file with the user's PIN; without it, the security officer sets that later.
    #[arg(long, value_name = "FILE", requires = "label")]
    pub(crate) pin_file: Option<PathBuf>,
}

/// The policy profile of a partition.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Profile {
    /// One purpose per key, no weak algorithms, no way for a key to leave in the clear.
    Strict,
    /// What applications written for other software tokens expect.
    Compat,
}

/// What to do with the named users of a partition.
#[derive(Debug, Subcommand)]
pub(crate) enum UserCommand {
    /// Lets somebody log in by a name (C_LoginUser).
    Create(UserCreate),
    /// Lists the named users of a partition.
    List {
        /// Which partition.
        partition: String,
    },
    /// Takes a name away; who is logged in by it is logged out.
    Delete {
        /// Which partition.
        partition: String,
        /// Whose name.
        name: String,
    },
}

/// Whom to let in.
#[derive(Debug, Args)]
pub(crate) struct UserCreate {
    /// Which partition.
    pub(crate) partition: String,
    /// The name.
    pub(crate) name: String,
    /// What the user may do.
    #[arg(long, value_enum, default_value_t = Duty::CryptoUser)]
    pub(crate) role: Duty,
    /// A private file with the new user's PIN; without it, the terminal is asked.
    #[arg(long, value_name = "FILE")]
    pub(crate) pin_file: Option<PathBuf>,
    /// A private file with the PIN of the partition's user; without it, the terminal is asked.
    #[arg(long, value_name = "FILE")]
    pub(crate) user_pin_file: Option<PathBuf>,
}

/// What a named user may do.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Duty {
    /// Makes, changes and destroys keys, and uses them.
    CryptoOfficer,
    /// Uses the keys that there are.
    CryptoUser,
}

/// What to do with access certificates.
#[derive(Debug, Subcommand)]
pub(crate) enum AccessCertCommand {
    /// Makes a key here, has it certified, and writes a folder from which an agent can run.
    Issue(AccessCertIssue),
    /// Lists the access certificates.
    List,
    /// Revokes an access certificate; its agent is thrown out at once.
    Revoke {
        /// Its serial number, or its agent's name.
        serial_or_name: String,
    },
}

/// What access certificate to issue.
#[derive(Debug, Args)]
pub(crate) struct AccessCertIssue {
    /// The agent's name.
    pub(crate) name: String,
    /// A partition that the agent may reach; can be given several times.
    #[arg(
        long = "partition",
        value_name = "PARTITION",
        required = true,
        value_delimiter = ','
    )]
    pub(crate) partitions: Vec<String>,
    /// The folder to write; must not hold an access certificate yet.
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
    /// For how many hours it is good.
    #[arg(long, default_value_t = 365 * 24)]
    pub(crate) hours: u32,
}

/// What to do with the audit log.
#[derive(Debug, Subcommand)]
pub(crate) enum AuditCommand {
    /// Checks that no entry was changed, removed or put in.
    Verify {
        /// An end of the log that was printed before, to see that nothing since was cut off.
        #[arg(long, value_name = "NUMBER:HASH")]
        known: Option<String>,
    },
    /// Writes the log as JSON, one entry per line, while verifying it.
    Export {
        /// The new file; standard output by default.
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
}

fn role_parser() -> impl TypedValueParser<Value = Role> {
    PossibleValuesParser::new(Role::all().map(Role::name)).try_map(|name| name.parse())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn command_line_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn pins_of_a_token_need_its_label() {
        let parsed =
            Cli::try_parse_from(["dew-mgmt", "partition", "create", "a", "--pin-file", "x"]);
        assert!(parsed.unwrap_err().to_string().contains("--label"));
    }

    #[test]
    fn partitions_are_given_one_by_one_or_in_a_list() {
        let line = "dew-mgmt access-cert issue web --partition a --partition b,c --out web";
        let cli = Cli::try_parse_from(line.split(' ')).unwrap();
        let Command::AccessCert(AccessCertCommand::Issue(issue)) = cli.command else {
            panic!("{cli:?}");
        };
        assert_eq!(issue.partitions, ["a", "b", "c"]);
    }
}
