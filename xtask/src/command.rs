//! Running programs: what is run is shown, and a failure names the whole line.

use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};

use crate::{report, workspace};

/// A program with its arguments, run in the workspace's root.
#[derive(Debug)]
pub(crate) struct Line(Command);

/// Makes a command line.
pub(crate) fn line<A: AsRef<OsStr>>(
    program: impl AsRef<OsStr>,
    arguments: impl IntoIterator<Item = A>,
) -> Line {
    let mut command = Command::new(program);
    command.args(arguments).current_dir(workspace::root());
    Line(command)
}

/// Makes a command line of the cargo that runs this task.
pub(crate) fn cargo<A: AsRef<OsStr>>(arguments: impl IntoIterator<Item = A>) -> Line {
    line(
        std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()),
        arguments,
    )
}

impl Line {
    /// Appends arguments.
    pub(crate) fn args<A: AsRef<OsStr>>(mut self, more: impl IntoIterator<Item = A>) -> Self {
        self.0.args(more);
        self
    }

    /// Runs it in a folder of its own.
    pub(crate) fn in_folder(mut self, folder: &Path) -> Self {
        self.0.current_dir(folder);
        self
    }

    /// Sets a variable of its environment.
    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.0.env(name, value);
        self
    }

    /// Shows the line and runs it.
    pub(crate) fn run(mut self) -> Result<()> {
        let text = self.text();
        report::step(&text);
        let status = self
            .0
            .status()
            .with_context(|| format!("cannot run `{text}`"))?;
        if !status.success() {
            bail!("`{text}` failed ({status})");
        }
        Ok(())
    }

    /// Runs the line unseen and returns what it wrote to standard output.
    pub(crate) fn output(mut self) -> Result<String> {
        let text = self.text();
        let output = self
            .0
            .stdin(Stdio::null())
            .output()
            .with_context(|| format!("cannot run `{text}`"))?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            bail!("`{text}` failed ({}): {}", output.status, said.trim());
        }
        String::from_utf8(output.stdout).with_context(|| format!("`{text}` wrote no UTF-8"))
    }

    /// Tells whether the line runs and succeeds; what it writes is thrown away.
    pub(crate) fn succeeds(mut self) -> bool {
        self.0
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success())
    }

    /// Writes the line as one would type it; the program by its file name.
    fn text(&self) -> String {
        let program = Path::new(self.0.get_program());
        let name = program.file_name().unwrap_or_else(|| self.0.get_program());
        std::iter::once(name)
            .chain(self.0.get_args())
            .map(OsStr::to_string_lossy)
            .collect::<Vec<_>>()
            .join(" ")
    }
}
