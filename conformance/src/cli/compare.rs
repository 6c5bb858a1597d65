//! `compare`: modules beside each other.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;

use super::output::print;
use super::run::write;
use crate::report::compare::{Show, matrix};
use crate::report::{html, json};

#[derive(Args)]
pub(super) struct Options {
    /// The reports that `run --json` wrote
    #[arg(required = true, num_args = 2.., value_name = "JSON")]
    reports: Vec<PathBuf>,
    /// Show every case, not only those in which the modules differ
    #[arg(long)]
    all: bool,
    /// Write JSON
    #[arg(long)]
    json: bool,
    /// Write one HTML page of all of them
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
}

impl Options {
    /// Runs the command.
    pub(super) fn run(&self) -> Result<()> {
        let reports = self
            .reports
            .iter()
            .map(|path| json::read(path))
            .collect::<Result<Vec<_>, _>>()?;
        if let Some(path) = &self.report {
            write(path, &html::render(&reports))?;
        }
        let comparison = matrix(&reports);
        let show = if self.all {
            Show::All
        } else {
            Show::Differences
        };
        let text = if self.json {
            comparison.json()?
        } else {
            comparison.text(show)
        };
        print(&text)
    }
}
