//! The command line.

mod compare;
mod output;
mod run;

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::process::ExitCode;

use anyhow::{Result, bail};
use clap::{CommandFactory as _, Parser, Subcommand};
use clap_complete::Shell;

use crate::areas;
use crate::catalogue;
use crate::child;
use output::print;

/// A PKCS#11 conformance suite for any vendor's module.
#[derive(Parser)]
#[command(name = "dew-conformance", version, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Judge a module and write a report
    Run(Box<run::Options>),
    /// List every case with the requirement that it checks
    List {
        /// Only cases that this pattern names
        pattern: Vec<String>,
        /// Write JSON
        #[arg(long)]
        json: bool,
    },
    /// Explain one case: what it asks for, where that is written, how it is tried
    Explain {
        /// The case's name
        case: String,
    },
    /// Put the reports of several modules beside each other
    Compare(compare::Options),
    /// Print a script that completes this command line in a shell
    Completions {
        /// The shell
        shell: Shell,
    },
    /// Run the job on standard input; for the suite itself
    #[command(hide = true)]
    Child,
}

/// Runs the program on this process's command line.
///
/// Exit codes: 0 when no case failed, 1 when one did, 2 when the run could not be made.
#[must_use]
pub fn run() -> ExitCode {
    match execute(Cli::parse().command) {
        Ok(code) => code,
        Err(error) => {
            // Nothing is left to do where nobody reads it.
            let _ = writeln!(io::stderr(), "error: {error:#}");
            ExitCode::from(2)
        }
    }
}

fn execute(command: Command) -> Result<ExitCode> {
    match command {
        Command::Run(options) => return options.run(),
        Command::Compare(options) => options.run()?,
        Command::List { pattern, json } => list(&pattern, json)?,
        Command::Explain { case } => explain(&case)?,
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "dew-conformance", &mut script);
            print(&String::from_utf8_lossy(&script))?;
        }
        Command::Child => child::run()?,
    }
    Ok(ExitCode::SUCCESS)
}

fn list(patterns: &[String], json: bool) -> Result<()> {
    let cases = catalogue::cases();
    let named = |id: &str| {
        patterns.is_empty()
            || patterns
                .iter()
                .any(|pattern| catalogue::matches(pattern, id))
    };
    let chosen = cases.iter().filter(|case| named(&case.id));
    if json {
        let rows: Vec<_> = chosen
            .map(|case| {
                serde_json::json!({
                    "case": case.id, "requirement": case.requirement, "section": case.section.to_string(),
                    "level": case.level, "since": case.since.to_string(), "destructive": case.destructive,
                })
            })
            .collect();
        return print(&serde_json::to_string_pretty(&rows)?);
    }
    let (mut area, mut text) = ("", String::new());
    for case in chosen {
        if case.area() != area {
            area = case.area();
            let about = areas::AREAS.iter().find(|one| one.name == area);
            writeln!(text, "\n{area}: {}\n", about.map_or("", |one| one.about))?;
        }
        writeln!(
            text,
            "{}  [{}]\n    {}",
            case.id, case.section, case.requirement
        )?;
    }
    print(&text)
}

fn explain(id: &str) -> Result<()> {
    let cases = catalogue::cases();
    let Some(case) = cases.iter().find(|case| case.id == id) else {
        bail!("there is no case {id}; {}", catalogue::advice(id));
    };
    let mut text = String::new();
    writeln!(text, "{}\n\n{}\n", case.id, case.requirement)?;
    writeln!(
        text,
        "Written in   {}, since PKCS#11 {}",
        case.section, case.since
    )?;
    writeln!(text, "Level        {:?}", case.level)?;
    writeln!(text, "Begins with  {:?}", case.stage)?;
    if case.destructive {
        writeln!(text, "Changes the token: runs only with --destructive")?;
    }
    if !case.explanation.is_empty() {
        writeln!(text, "\n{}", case.explanation)?;
    }
    writeln!(
        text,
        "\nTry it alone: dew-conformance run --module MODULE --only {}",
        case.id
    )?;
    print(&text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }
}
