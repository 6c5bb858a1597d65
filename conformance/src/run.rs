//! A run: cases in child processes, each with a deadline, and what they say put together.

mod group;
mod process;
mod progress;
mod selection;

use std::time::Instant;

use anyhow::Result;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

pub(crate) use process::{play, probe};
pub(crate) use progress::Progress;
pub(crate) use selection::Selection;

use crate::case::Case;
use crate::catalogue;
use crate::child::{Probe, empty_result};
use crate::differential;
use crate::performance::Plan;
use crate::profiles;
use crate::report::model::{CaseResult, FORMAT, Report, Verdict};
use crate::target::Target;

/// Runs the chosen cases on a target, of which the probe has said what it is.
///
/// # Errors
/// If a child process cannot be started.
pub(crate) fn run(
    target: &Target,
    probe: Probe,
    selection: &Selection,
    plan: Option<&Plan>,
    progress: &mut Progress,
    command: &str,
) -> Result<Report> {
    let started = Instant::now();
    let began = now();
    let results = results(target, &probe, selection, progress)?;
    // What was judged is kept, whatever becomes of the rest.
    let performance = plan.and_then(|plan| kept("speed", process::measure(target, &probe, plan)));
    let other = target.other.as_deref();
    let differential =
        other.and_then(|other| kept("differences", differential::run(target, other)));
    Ok(Report {
        format: FORMAT,
        suite: env!("CARGO_PKG_VERSION").to_owned(),
        started: began,
        seconds: started.elapsed().as_secs_f64(),
        command: command.to_owned(),
        profiles: profiles::judge(&results, &probe.facts.profiles),
        module: probe.module,
        results,
        performance: performance.unwrap_or_default(),
        differential,
    })
}

/// Says why a part of the report is missing.
fn kept<T>(part: &str, outcome: Result<T>) -> Option<T> {
    outcome
        .inspect_err(|error| progress::say(&format!("the report tells no {part}: {error:#}\n")))
        .ok()
}

fn results(
    target: &Target,
    probe: &Probe,
    selection: &Selection,
    progress: &mut Progress,
) -> Result<Vec<CaseResult>> {
    let cases = catalogue::cases();
    let chosen: Vec<_> = cases
        .iter()
        .filter(|case| selection.chooses(&case.id))
        .collect();
    let mut results: Vec<CaseResult> = Vec::new();
    let (kept_back, runnable): (Vec<&Case>, Vec<&Case>) = chosen
        .iter()
        .copied()
        .partition(|case| reason_to_wait(case, target, probe).is_some());
    progress.begin(chosen.len(), kept_back.len());
    for case in kept_back {
        let mut result = empty_result(case);
        (result.verdict, result.note) =
            reason_to_wait(case, target, probe).expect("it was kept back for a reason");
        results.push(result);
    }
    for group in group::groups(&runnable) {
        process::run_group(target, probe, &group, &mut |result| {
            progress.ended(&result);
            results.push(result);
        })?;
    }
    let place = |result: &CaseResult| cases.iter().position(|case| case.id == result.case);
    results.sort_by_key(place);
    progress.end();
    Ok(results)
}

/// Tells why a case is not even tried.
fn reason_to_wait(case: &Case, target: &Target, probe: &Probe) -> Option<(Verdict, String)> {
    if case.since > probe.facts.version {
        let reason = format!(
            "asked for since version {}; the module's interface is {}",
            case.since, probe.facts.version
        );
        return Some((Verdict::NotApplicable, reason));
    }
    if case.destructive && !target.destructive {
        return Some((
            Verdict::Skipped,
            "changes the token: --destructive allows it".to_owned(),
        ));
    }
    None
}

#[expect(
    clippy::disallowed_methods,
    reason = "a report says when it was made; nothing depends on it"
)]
fn now() -> String {
    OffsetDateTime::from(std::time::SystemTime::now())
        .format(&Rfc3339)
        .expect("this century can be written in RFC 3339")
}
