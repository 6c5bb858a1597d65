//! The process that loads the module and runs cases; it may crash or hang, and its parent goes on.

mod line;
mod probe;
mod standing;

use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::os::fd::{AsFd as _, OwnedFd};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context as _, Result, anyhow, bail};
use nix::sys::prctl::set_pdeathsig;
use nix::sys::signal::Signal;
use serde::{Deserialize, Serialize};

pub(crate) use line::Line;
pub(crate) use probe::Probe;
pub(crate) use standing::renew;

use crate::c::Module;
use crate::case::{Case, Outcome, Stage, Stop};
use crate::catalogue;
use crate::context::Context;
use crate::facts::Facts;
use crate::performance::{self, Plan};
use crate::random::{Player, Step};
use crate::report::model::{CaseResult, Measurement, Verdict};
use crate::target::Target;
use standing::Standing;

/// What a child is asked to do, on its standard input.
#[derive(Deserialize, Serialize)]
pub(crate) struct Job {
    /// Where.
    pub(crate) target: Target,
    /// The facts, from the probe; without them the child is the probe.
    pub(crate) facts: Option<Facts>,
    /// The cases by name, all of one stage.
    pub(crate) cases: Vec<String>,
    /// What to do instead of cases.
    pub(crate) instead: Option<Instead>,
    /// Where every call is written down before it is made.
    pub(crate) journal: PathBuf,
}

impl Job {
    /// Returns where standard output goes.
    pub(crate) fn printed(&self) -> PathBuf {
        self.journal.with_file_name(PRINTED)
    }
}

/// The file beside the journal that standard output goes to.
pub(crate) const PRINTED: &str = "printed";

/// What a child does that is not cases.
#[derive(Clone, Deserialize, Serialize)]
pub(crate) enum Instead {
    /// A game of random calls.
    Game {
        /// Makes the calls again.
        seed: u64,
        /// How many calls it has.
        rounds: u64,
    },
    /// Measurements.
    Measure(Plan),
}

/// Runs the job on standard input and writes its lines to standard output.
///
/// # Errors
/// If the job cannot be read, or the module not be loaded.
pub(crate) fn run() -> Result<()> {
    // Where the parent ends before its time, so does this: nobody would end it at its deadline.
    set_pdeathsig(Signal::SIGKILL).context("cannot ask to end with the parent")?;
    let mut lines = keep_stdout()?;
    let mut text = String::new();
    io::stdin()
        .read_to_string(&mut text)
        .context("cannot read the job")?;
    let job: Job = serde_json::from_str(&text).context("the job is not one of this version's")?;
    let printed = divert_stdout(&job.printed())?;
    let module = Module::load(&job.target.module)?;
    module.trace().watch_printed(printed);
    let journal = File::options()
        .write(true)
        .create(true)
        .truncate(true)
        .open(&job.journal);
    module
        .trace()
        .keep_journal(journal.with_context(|| format!("cannot write {}", job.journal.display()))?);
    let Some(facts) = &job.facts else {
        return send(
            &mut lines,
            &Line::Probed(Box::new(probe::probe(&module, &job.target)?)),
        );
    };
    match &job.instead {
        None => {}
        Some(Instead::Game { seed, rounds }) => {
            let steps = play(&module, facts, &job.target, *seed, *rounds)?;
            return send(&mut lines, &Line::Played(steps));
        }
        Some(Instead::Measure(plan)) => {
            let measurements = measure(&module, facts, &job.target, plan)?;
            return send(&mut lines, &Line::Measured(measurements));
        }
    }
    run_cases(&module, facts, &job, &mut lines)
}

fn play(
    module: &Module,
    facts: &Facts,
    target: &Target,
    seed: u64,
    rounds: u64,
) -> Result<Vec<Step>> {
    let mut standing = Standing::new(module, facts, target);
    if let Err(stop) = standing.reach(Stage::User) {
        bail!("the module cannot be played on: {stop:?}");
    }
    let mut player = Player::new(module, facts.slot, seed, false);
    let mut steps = player.begin();
    steps.extend((0..rounds).map(|_| player.play()));
    player.end();
    standing.leave();
    Ok(steps)
}

fn measure(
    module: &Module,
    facts: &Facts,
    target: &Target,
    plan: &Plan,
) -> Result<Vec<Measurement>> {
    let mut standing = Standing::new(module, facts, target);
    let reached = standing.reach(Stage::User);
    let measured =
        reached.and_then(|()| performance::measure(&mut Context::new(module, facts, target), plan));
    standing.leave();
    measured.map_err(|stop| anyhow!("nothing can be measured: {stop:?}"))
}

fn run_cases(module: &Module, facts: &Facts, job: &Job, lines: &mut File) -> Result<()> {
    let cases = catalogue::cases();
    let mut standing = Standing::new(module, facts, &job.target);
    for id in &job.cases {
        let case = cases
            .iter()
            .find(|case| case.id == *id)
            .with_context(|| format!("there is no case {id}"))?;
        send(lines, &Line::Begin(id.clone()))?;
        module.trace().clear();
        let result = run_case(&mut standing, case);
        send(lines, &Line::End(Box::new(result)))?;
    }
    standing.leave();
    send(lines, &Line::Done)
}

fn run_case(standing: &mut Standing<'_>, case: &Case) -> CaseResult {
    let started = Instant::now();
    let mut result = empty_result(case);
    let outcome = standing.suits(case);
    let outcome = outcome.and_then(|()| standing.reach(case.stage));
    standing.module.trace().clear();
    let mut context = Context::new(standing.module, standing.facts, standing.target);
    let outcome = outcome.and_then(|()| guarded(case, &mut context));
    let outcome = outcome.and_then(|()| no_faults(standing.module));
    let (remark, vectors) = context.said();
    result.note = remark.to_owned();
    result.vectors = vectors;
    let failed = matches!(outcome, Err(Stop::Fail { .. }));
    judge(&mut result, outcome, standing.module);
    explain(&mut result, case, standing.module);
    standing.tidy(case, &context.take_sessions(), failed);
    result.milliseconds = started.elapsed().as_secs_f64() * 1e3;
    result
}

/// Runs a case's code; a case that panics is a fault of the suite, and says so.
fn guarded(case: &Case, context: &mut Context<'_>) -> Outcome {
    let run = AssertUnwindSafe(|| (case.body)(context));
    catch_unwind(run).unwrap_or_else(|_| {
        let advice = "please report it with the calls and what was printed";
        Err(Stop::Fail {
            expected: "a case that comes to its end".to_owned(),
            got: format!(
                "{} panics, which is a fault of dew-conformance: {advice}",
                case.id
            ),
        })
    })
}

/// What no call may do fails every case.
fn no_faults(module: &Module) -> Outcome {
    match module.trace().faults().first() {
        None => Ok(()),
        Some(fault) => Err(Stop::Fail {
            expected: "calls that keep to their buffers".to_owned(),
            got: fault.clone(),
        }),
    }
}

fn judge(result: &mut CaseResult, outcome: Outcome, module: &Module) {
    match outcome {
        Ok(()) => result.verdict = Verdict::Pass,
        Err(Stop::NotApplicable(reason)) => {
            result.verdict = Verdict::NotApplicable;
            result.note = reason;
        }
        Err(Stop::Skipped(reason)) => {
            result.verdict = Verdict::Skipped;
            result.note = reason;
        }
        Err(Stop::Fail { expected, got }) => {
            result.verdict = Verdict::Fail;
            result.expected = expected;
            result.got = got;
            result.calls = module.trace().calls();
        }
    }
}

/// Adds what a reader of the result has to know: why a failure matters, and that the module prints.
fn explain(result: &mut CaseResult, case: &Case, module: &Module) {
    if result.verdict == Verdict::Fail && result.note.is_empty() {
        result.note.clone_from(&case.explanation);
    }
    let printed = module.trace().printed();
    if !printed.is_empty() {
        let separator = if result.note.is_empty() { "" } else { "\n" };
        write!(
            result.note,
            "{separator}The module prints to standard output: {}",
            printed.trim_end()
        )
        .expect("a string takes all text");
    }
}

/// A result that says nothing yet.
pub(crate) fn empty_result(case: &Case) -> CaseResult {
    CaseResult {
        case: case.id.clone(),
        requirement: case.requirement.clone(),
        section: case.section.to_string(),
        level: case.level,
        verdict: Verdict::Skipped,
        expected: String::new(),
        got: String::new(),
        note: String::new(),
        calls: Vec::new(),
        vectors: None,
        milliseconds: 0.0,
    }
}

/// Keeps standard output for our lines.
fn keep_stdout() -> Result<File> {
    let ours: OwnedFd = io::stdout()
        .as_fd()
        .try_clone_to_owned()
        .context("cannot keep standard output")?;
    Ok(File::from(ours))
}

/// Sends what the module prints to standard output to a file, and returns that.
fn divert_stdout(path: &Path) -> Result<File> {
    let file = File::options()
        .read(true)
        .append(true)
        .create(true)
        .open(path);
    let file = file.with_context(|| format!("cannot write {}", path.display()))?;
    nix::unistd::dup2_stdout(&file).context("cannot redirect standard output")?;
    Ok(file)
}

fn send(lines: &mut File, line: &Line) -> Result<()> {
    let mut text = serde_json::to_vec(line).context("a line is plain data")?;
    text.push(b'\n');
    lines.write_all(&text).context("the parent is gone")
}
