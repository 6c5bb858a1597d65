//! Child processes: started, listened to, ended at their deadline, and what is left of their work done by the next.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use tempfile::TempDir;

use crate::case::Case;
use crate::child::{Instead, Job, Line, PRINTED as STDOUT, Probe, empty_result};
use crate::performance::Plan;
use crate::random::Step;
use crate::report::model::{CaseResult, Measurement, Verdict};
use crate::target::Target;

/// How long a child may take to load the module, and to end after its last case.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long a game or all measurements may take.
const LONG: Duration = Duration::from_secs(600);
/// How much of what a child prints is kept for the report of its crash.
const PRINTED: usize = 4096;

/// Asks the module what it is, in a child process.
///
/// # Errors
/// What the child says when it cannot; that it crashed or hung.
pub(crate) fn probe(target: &Target) -> Result<Probe> {
    let mut running = Running::start(target, None, &[], None)?;
    match running.next(PATIENCE) {
        Event::Line(Line::Probed(probe)) => Ok(*probe),
        Event::Hung => {
            running.kill();
            bail!(
                "the module does not answer: it hangs in {}",
                running.last_call()
            )
        }
        Event::Line(_) | Event::Ended => {
            let status = running.wait()?;
            let printed = running.printed();
            if status.code().is_some() && !printed.is_empty() {
                bail!("{}", printed.trim_end().trim_start_matches("error: "));
            }
            bail!(
                "the module ends the process: {} in {}",
                describe(status),
                running.last_call()
            )
        }
    }
}

/// Plays a game of random calls on a module; returns what it says of itself, and the calls as they went.
///
/// # Errors
/// If the module cannot be loaded, or does not come to the game's end.
pub(crate) fn play(target: &Target, seed: u64, rounds: u64) -> Result<(Probe, Vec<Step>)> {
    let probe = probe(target)?;
    match instead(target, &probe, &Instead::Game { seed, rounds })? {
        Line::Played(steps) => Ok((probe, steps)),
        _ => bail!("a child process answers what it was not asked"),
    }
}

/// Measures a module.
///
/// # Errors
/// If it cannot be loaded, or does not come to the end.
pub(super) fn measure(target: &Target, probe: &Probe, plan: &Plan) -> Result<Vec<Measurement>> {
    match instead(target, probe, &Instead::Measure(plan.clone()))? {
        Line::Measured(measurements) => Ok(measurements),
        _ => bail!("a child process answers what it was not asked"),
    }
}

/// Has a child do something else than cases, and returns its one line.
fn instead(target: &Target, probe: &Probe, what: &Instead) -> Result<Line> {
    let mut running = Running::start(target, Some(probe), &[], Some(what.clone()))?;
    match running.next(LONG) {
        Event::Line(line) => Ok(line),
        Event::Hung => {
            running.kill();
            bail!(
                "{} hangs in {}",
                target.module.display(),
                running.last_call()
            )
        }
        Event::Ended => {
            let status = running.wait()?;
            bail!(
                "{}: {} in {}; {}",
                target.module.display(),
                describe(status),
                running.last_call(),
                running.printed()
            )
        }
    }
}

/// Runs a group of cases; those that a crash or hang leaves over are run by the next process.
///
/// # Errors
/// If a child cannot be started, or ends without a word between cases twice.
pub(super) fn run_group(
    target: &Target,
    probe: &Probe,
    group: &[&Case],
    done: &mut dyn FnMut(CaseResult),
) -> Result<()> {
    let mut left = group;
    while let Some(first) = left.first() {
        let mut running = Running::start(target, Some(probe), left, None)?;
        let finished = running.cases(left, target.deadline, done)?;
        left = &left[finished..];
        if finished == 0 {
            bail!(
                "the child process does not begin {}: {}",
                first.id,
                running.printed()
            );
        }
    }
    Ok(())
}

/// What happened next.
enum Event {
    Line(Line),
    Ended,
    Hung,
}

/// A child process.
struct Running {
    child: Child,
    lines: Receiver<Line>,
    printed: Option<thread::JoinHandle<String>>,
    folder: TempDir,
}

impl Running {
    fn start(
        target: &Target,
        probe: Option<&Probe>,
        cases: &[&Case],
        instead: Option<Instead>,
    ) -> Result<Self> {
        let folder = tempfile::tempdir().context("cannot make a temporary folder")?;
        let job = Job {
            target: target.clone(),
            facts: probe.map(|probe| probe.facts.clone()),
            cases: cases.iter().map(|case| case.id.clone()).collect(),
            instead,
            journal: folder.path().join("journal"),
        };
        let program = std::env::current_exe().context("cannot find this program")?;
        let mut command = Command::new(program);
        command
            .arg("child")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().context("cannot start a child process")?;
        let mut stdin = child.stdin.take().expect("it was asked for");
        stdin
            .write_all(&serde_json::to_vec(&job)?)
            .context("the child process is gone")?;
        drop(stdin);
        let lines = listen(&mut child);
        let mut stderr = child.stderr.take().expect("it was asked for");
        let printed = thread::spawn(move || {
            let mut text = Vec::new();
            let _ = stderr.read_to_end(&mut text);
            let start = text.len().saturating_sub(PRINTED);
            String::from_utf8_lossy(&text[start..]).into_owned()
        });
        Ok(Self {
            child,
            lines,
            printed: Some(printed),
            folder,
        })
    }

    /// Listens to the cases; returns how many are done, a crashed one among them.
    fn cases(
        &mut self,
        cases: &[&Case],
        least: Duration,
        done: &mut dyn FnMut(CaseResult),
    ) -> Result<usize> {
        let mut finished = 0;
        let mut begun: Option<Instant> = None;
        loop {
            let case = cases.get(finished);
            let patience = case
                .filter(|_| begun.is_some())
                .map_or(PATIENCE, |case| case.deadline)
                .max(least);
            match (self.next(patience), case) {
                (Event::Line(Line::Begin(_)), _) => begun = Some(Instant::now()),
                (Event::Line(Line::End(result)), _) => {
                    finished += 1;
                    begun = None;
                    done(*result);
                }
                (Event::Line(Line::Done), _) => {
                    self.end();
                    return Ok(cases.len());
                }
                (Event::Line(Line::Probed(_) | Line::Played(_) | Line::Measured(_)), _) => {
                    bail!("a child process answers what it was not asked")
                }
                // What a module does after its last case is looked at by the cases that finalise.
                (Event::Ended | Event::Hung, None) => {
                    self.kill();
                    return Ok(cases.len());
                }
                (event, Some(case)) => {
                    let Some(begun) = begun else {
                        self.kill();
                        return Ok(finished);
                    };
                    let mut result = self.broken(&event, case, patience)?;
                    result.milliseconds = begun.elapsed().as_secs_f64() * 1e3;
                    done(result);
                    return Ok(finished + 1);
                }
            }
        }
    }

    /// Makes the result of a case in which the process crashed, ended or hung.
    fn broken(&mut self, event: &Event, case: &Case, patience: Duration) -> Result<CaseResult> {
        let mut result = empty_result(case);
        let calls = self.journal();
        let call = calls
            .last()
            .cloned()
            .unwrap_or_else(|| "no call".to_owned());
        result.verdict = Verdict::Fail;
        result.calls = calls;
        if matches!(event, Event::Hung) {
            self.kill();
            result.expected = format!("an answer within {} s", patience.as_secs());
            result.got = format!("none: the module hangs in {call}");
        } else {
            let status = self.wait()?;
            result.expected = "the call returns".to_owned();
            result.got = format!("{} in {call}", describe(status));
        }
        result.note = self.printed();
        if result.note.is_empty() {
            result.note.clone_from(&case.explanation);
        }
        Ok(result)
    }

    fn next(&self, patience: Duration) -> Event {
        match self.lines.recv_timeout(patience) {
            Ok(line) => Event::Line(line),
            Err(RecvTimeoutError::Timeout) => Event::Hung,
            Err(RecvTimeoutError::Disconnected) => Event::Ended,
        }
    }

    fn journal(&self) -> Vec<String> {
        let text = fs::read(self.folder.path().join("journal")).unwrap_or_default();
        String::from_utf8_lossy(&text)
            .lines()
            .map(str::to_owned)
            .collect()
    }

    fn last_call(&self) -> String {
        self.journal()
            .last()
            .cloned()
            .unwrap_or_else(|| "loading it".to_owned())
    }

    fn printed(&mut self) -> String {
        let stderr = self.printed.take().and_then(|thread| thread.join().ok());
        let stdout = fs::read(self.folder.path().join(STDOUT)).unwrap_or_default();
        let start = stdout.len().saturating_sub(PRINTED);
        let stdout = String::from_utf8_lossy(&stdout[start..]);
        format!("{}{stdout}", stderr.unwrap_or_default())
    }

    fn wait(&mut self) -> Result<ExitStatus> {
        self.child
            .wait()
            .context("a child process cannot be waited for")
    }

    /// Lets a child that has said that it is done end; one that does not is ended.
    fn end(&mut self) {
        while let Event::Line(_) = self.next(PATIENCE) {}
        self.kill();
    }

    fn kill(&mut self) {
        // It may have ended by itself, which is as good.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Reads the child's lines on a thread, so that waiting for one can end.
fn listen(child: &mut Child) -> Receiver<Line> {
    let stdout = child.stdout.take().expect("it was asked for");
    let (sender, receiver) = channel();
    thread::spawn(move || {
        for line in BufReader::new(stdout).lines().map_while(Result::ok) {
            let Ok(line) = serde_json::from_str(&line) else {
                return;
            };
            if sender.send(line).is_err() {
                return;
            }
        }
    });
    receiver
}

fn describe(status: ExitStatus) -> String {
    match (status.signal(), status.code()) {
        (Some(signal), _) => {
            let name = nix::sys::signal::Signal::try_from(signal)
                .map_or_else(|_| signal.to_string(), |signal| signal.to_string());
            format!("the process dies of {name}")
        }
        (None, code) => format!("the process exits with {}", code.unwrap_or_default()),
    }
}
