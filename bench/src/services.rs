//! Speed of the key service beside moto, over HTTP on loopback.
//!
//! Ours is the whole of it: signed requests, an audit record on the disk before each answer, SQLite, and the keys behind
//! the PKCS#11 chain. moto is a mock of another cloud's service: it verifies no signature, keeps no record and computes
//! in its own process.

mod connection;
mod dew;
mod load;
mod moto;
mod operation;
mod report;
mod side;

use std::path::PathBuf;

use anyhow::{Context, Result};
use serde::Serialize;

use crate::worker::Figures;
use dew::Dew;
use moto::Moto;
use operation::Operation;
use side::Side;

/// What is measured, and how long.
#[derive(clap::Args)]
pub(crate) struct Plan {
    /// How many clients, one figure each
    #[arg(long, value_delimiter = ',', default_values_t = [1, 8, 32])]
    clients: Vec<usize>,
    /// How long each measurement takes
    #[arg(long, default_value_t = 2.0)]
    seconds: f64,
    /// How many turns each side has; the best counts
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// Only these operations
    #[arg(long, value_enum, value_delimiter = ',')]
    only: Vec<Operation>,
    /// Measures ours alone
    #[arg(long)]
    alone: bool,
    /// Writes the figures as JSON as well
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

/// The figures of one operation with one number of clients.
#[derive(Debug, Serialize)]
struct Row {
    operation: Operation,
    clients: usize,
    dew: Figures,
    /// None where moto was not asked or has no such operation.
    moto: Option<Figures>,
    /// Operations per second of Dew over moto.
    ratio: Option<f64>,
}

impl Plan {
    /// Measures everything in the plan, and shows it.
    pub(crate) fn run(&self) -> Result<()> {
        let dew = Dew::start()?;
        let moto = if self.alone {
            None
        } else {
            Some(Moto::start()?)
        };
        let operations = if self.only.is_empty() {
            &Operation::ALL[..]
        } else {
            &self.only
        };
        let mut rows = Vec::new();
        for operation in operations {
            for clients in &self.clients {
                eprintln!("measuring {}, {clients} clients", operation.title());
                rows.push(self.row(&dew, moto.as_ref(), *operation, *clients)?);
            }
        }
        report::show(&rows, self.json.as_deref())
    }

    /// Both sides take turns at one operation.
    fn row(
        &self,
        dew: &Dew,
        moto: Option<&Moto>,
        operation: Operation,
        clients: usize,
    ) -> Result<Row> {
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        for _ in 0..self.rounds.max(1) {
            ours.extend(self.turn(dew, operation, clients)?);
            if let Some(moto) = moto {
                theirs.extend(self.turn(moto, operation, clients)?);
            }
        }
        let dew = best(&ours).context("Dew has every operation")?;
        let moto = best(&theirs);
        Ok(Row {
            operation,
            clients,
            dew,
            moto,
            ratio: moto.map(|moto| dew.per_second / moto.per_second),
        })
    }

    fn turn(
        &self,
        side: &impl Side,
        operation: Operation,
        clients: usize,
    ) -> Result<Option<Figures>> {
        load::run(side, operation, clients, self.seconds)
            .with_context(|| format!("{}, {}", side.name(), operation.title()))
    }
}

/// The turn with the most operations per second.
fn best(turns: &[Figures]) -> Option<Figures> {
    let order = |a: &&Figures, b: &&Figures| a.per_second.total_cmp(&b.per_second);
    turns.iter().max_by(order).copied()
}
