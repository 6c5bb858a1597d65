//! dew-conformance on a token of a test.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::Value;

use crate::{Finished, Python, Run, Token, program};

/// How long a run of the suite may take: hundreds of cases log in.
const PATIENCE: Duration = Duration::from_secs(1200);

/// A run of the suite that is about to be made.
pub struct Conformance {
    run: Run,
    json: PathBuf,
}

/// How it ended, and its report.
pub struct Judged {
    /// What the program wrote, and its exit code.
    pub finished: Finished,
    /// The report, as `--json` wrote it.
    pub report: Value,
}

impl Conformance {
    /// Prepares a run on a token; its files lie in the token's folder under this name.
    #[must_use]
    pub fn on(token: &Token, name: &str) -> Self {
        let json = token.file(&format!("{name}.json"));
        let run = token
            .client(&program("dew-conformance").display().to_string())
            .args("run --quiet --module")
            .arg(&token.module)
            .arg("--token")
            .arg(&token.label)
            .arg("--pin-file")
            .arg(token.write("user.pin", &token.pin))
            .arg("--so-pin-file")
            .arg(token.write("so.pin", &token.so_pin))
            .arg("--json")
            .arg(&json)
            .patience(PATIENCE);
        Self { run, json }
    }

    /// Adds options, parted at white space.
    #[must_use]
    pub fn args(mut self, words: &str) -> Self {
        self.run = self.run.args(words);
        self
    }

    /// Adds an option with a path.
    #[must_use]
    pub fn file(mut self, option: &str, path: &Path) -> Self {
        self.run = self.run.arg(option).arg(path);
        self
    }

    /// Gives it NIST's known answers, which the first run fetches.
    ///
    /// # Panics
    /// As [`Python::with`].
    #[must_use]
    pub fn with_nist_vectors(self) -> Self {
        let python = Python::with(&suite().join("vectors/requirements.txt"));
        self.file("--vectors", python.folder())
    }

    /// Gives it the description of this name, whose known departures then do not fail the run.
    #[must_use]
    pub fn known(self, name: &str) -> Self {
        self.file("--description", &suite().join("descriptions").join(name))
    }

    /// Has it make the same random calls on another token.
    #[must_use]
    pub fn beside(self, other: &Token) -> Self {
        let run = self
            .file("--beside", &other.module)
            .args("--beside-token")
            .args(&other.label)
            .file("--beside-pin-file", &other.write("beside.pin", &other.pin));
        let environment = other.environment.iter();
        environment.fold(run, |run, (name, value)| run.env(name, value))
    }

    /// Sets an environment variable.
    #[must_use]
    pub fn env(mut self, name: &str, value: impl AsRef<std::ffi::OsStr>) -> Self {
        self.run = self.run.env(name, value);
        self
    }

    /// Makes the run.
    ///
    /// # Panics
    /// If it writes no report; the message says what it wrote instead.
    #[must_use]
    pub fn judge(self) -> Judged {
        let finished = self.run.finish();
        let text =
            fs::read_to_string(&self.json).unwrap_or_else(|_| panic!("no report:\n{finished}"));
        let report = serde_json::from_str(&text).expect("the report is JSON");
        Judged { finished, report }
    }
}

impl Judged {
    /// Returns the names of the cases with a verdict, such as `fail`.
    ///
    /// # Panics
    /// If the report has another form.
    #[must_use]
    pub fn cases(&self, verdict: &str) -> Vec<String> {
        let results = self.report["results"]
            .as_array()
            .expect("a report has results");
        let chosen = results.iter().filter(|result| result["verdict"] == verdict);
        chosen
            .map(|result| result["case"].as_str().unwrap_or_default().to_owned())
            .collect()
    }
}

/// The suite's folder.
fn suite() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent();
    root.expect("this crate lies in the workspace")
        .join("conformance")
}
