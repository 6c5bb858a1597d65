//! Speed of the whole chain beside SoftHSM2, and of the key service beside moto, in the same run on the same machine.
//!
//! Each measurement is a process of its own, which loads one module and lets its threads do one operation for some
//! seconds. The two sides take turns, so that a machine that speeds up or slows down does so for both; figures are to be
//! read as ratios.

#![forbid(unsafe_code)]

mod case;
mod report;
mod rounds;
mod services;
mod worker;

use std::path::PathBuf;

use clap::{Parser, Subcommand};

use case::Case;

/// Measures operations per second and latency through module, agent, TLS and hsmd, beside SoftHSM2 in process.
#[derive(Parser)]
struct Arguments {
    #[command(flatten)]
    plan: Plan,
    #[command(subcommand)]
    command: Option<Command>,
}

/// What is measured, and how long.
#[derive(clap::Args)]
struct Plan {
    /// How many threads, one figure each
    #[arg(long, value_delimiter = ',', default_values_t = [1, 16, 64])]
    threads: Vec<usize>,
    /// How long each measurement takes
    #[arg(long, default_value_t = 2.0)]
    seconds: f64,
    /// How many turns each side has; the best counts
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// Only these operations
    #[arg(long, value_enum, value_delimiter = ',')]
    only: Vec<Case>,
    /// Writes the figures as JSON as well
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

#[derive(Subcommand)]
enum Command {
    /// Measures the key service over HTTP, beside moto
    Services(services::Plan),
    /// One measurement; the program calls itself so.
    #[command(hide = true)]
    Worker(worker::Task),
}

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    match arguments.command {
        Some(Command::Services(plan)) => plan.run(),
        Some(Command::Worker(task)) => task.run(),
        None => report::show(
            &rounds::measure(&arguments.plan)?,
            arguments.plan.json.as_deref(),
        ),
    }
}
