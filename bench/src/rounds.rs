//! The rounds: both sides take turns at every operation and number of threads.

use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde::Serialize;
use tests::{Chain, Partition, SoftHsm, Token};

use crate::Plan;
use crate::case::Case;
use crate::worker::{Figures, PIN};

/// The figures of one operation with one number of threads.
#[derive(Debug, Serialize)]
pub(crate) struct Row {
    pub(crate) case: Case,
    pub(crate) threads: usize,
    pub(crate) dew: Figures,
    pub(crate) softhsm2: Figures,
    /// Operations per second of Dew over SoftHSM2.
    pub(crate) ratio: f64,
}

/// Measures everything in the plan.
pub(crate) fn measure(plan: &Plan) -> Result<Vec<Row>> {
    let (chain, peer) = (Chain::start(), SoftHsm::start());
    // `strict` does not encrypt under the nonces of its callers, and one of the cases does.
    let (dew, softhsm2) = (chain.token(Partition::Compat), peer.token());
    let cases = if plan.only.is_empty() {
        &Case::ALL[..]
    } else {
        &plan.only
    };
    let mut rows = Vec::new();
    for case in cases {
        for threads in &plan.threads {
            eprintln!("measuring {}, {threads} threads", case.title());
            let (mut ours, mut theirs) = (Vec::new(), Vec::new());
            for _ in 0..plan.rounds.max(1) {
                ours.push(turn(plan, &dew, *case, *threads)?);
                theirs.push(turn(plan, &softhsm2, *case, *threads)?);
            }
            let (dew, softhsm2) = (best(&ours)?, best(&theirs)?);
            let ratio = dew.per_second / softhsm2.per_second;
            rows.push(Row {
                case: *case,
                threads: *threads,
                dew,
                softhsm2,
                ratio,
            });
        }
    }
    Ok(rows)
}

/// One side's turn, in a process of its own.
fn turn(plan: &Plan, token: &Token, case: Case, threads: usize) -> Result<Figures> {
    let case = clap::ValueEnum::to_possible_value(&case).context("every case has a name")?;
    let output = Command::new(std::env::current_exe()?)
        .arg("worker")
        .arg("--module")
        .arg(&token.module)
        .args(["--label", &token.label, "--case", case.get_name()])
        .args([
            "--threads",
            &threads.to_string(),
            "--seconds",
            &plan.seconds.to_string(),
        ])
        .env(PIN, &token.pin)
        .envs(token.environment.iter().map(|(name, value)| (name, value)))
        .output()?;
    ensure!(
        output.status.success(),
        "{} fails: {}",
        token.module.display(),
        String::from_utf8_lossy(&output.stderr)
    );
    serde_json::from_slice(&output.stdout).context("a worker's figures")
}

/// The turn with the most operations per second.
fn best(turns: &[Figures]) -> Result<Figures> {
    let order = |a: &&Figures, b: &&Figures| a.per_second.total_cmp(&b.per_second);
    turns
        .iter()
        .max_by(order)
        .copied()
        .context("at least one round")
}
