//! What commands read and write besides the service: files, standard input, the terminal.

use std::fs::File;
use std::io::{self, BufRead, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use zeroize::Zeroizing;

use crate::error::Error;

/// Where a command's input comes from.
#[derive(Debug, Args)]
pub(crate) struct Input {
    /// The file to read; standard input by default, or where it is `-`.
    #[arg(value_name = "FILE")]
    input: Option<PathBuf>,
}

impl Input {
    /// Names a file, or standard input by `-`.
    pub(crate) fn of(path: &Path) -> Self {
        Self {
            input: Some(path.to_owned()),
        }
    }

    /// Gives the file, unless it is standard input.
    fn path(&self) -> Option<&Path> {
        self.input.as_deref().filter(|path| *path != Path::new("-"))
    }

    /// Names the input for messages.
    pub(crate) fn name(&self) -> String {
        let path = self.path();
        path.map_or_else(
            || "standard input".to_owned(),
            |path| path.display().to_string(),
        )
    }

    /// Opens the input.
    pub(crate) fn open(&self) -> Result<Box<dyn Read>, Error> {
        Ok(match self.path() {
            Some(path) => Box::new(File::open(path).map_err(Error::file("read", path))?),
            None => Box::new(io::stdin().lock()),
        })
    }

    /// Reads the input whole; `instead` says what to do with one that is longer than `max` bytes.
    pub(crate) fn read(&self, max: usize, instead: &str) -> Result<Zeroizing<Vec<u8>>, Error> {
        let mut bytes = Zeroizing::new(Vec::new());
        let limit = u64::try_from(max).unwrap_or(u64::MAX).saturating_add(1);
        self.open()?
            .take(limit)
            .read_to_end(&mut bytes)
            .map_err(|error| self.failed(error))?;
        if bytes.len() > max {
            let name = self.name();
            let text = format!("{name} is longer than {max} bytes; {instead}");
            return Err(Error::Usage(text));
        }
        Ok(bytes)
    }

    /// Reads a short text, such as a ciphertext, without the space around it.
    pub(crate) fn read_text(&self, max: usize) -> Result<String, Error> {
        let bytes = self.read(max, "give a ciphertext as this tool writes it")?;
        let text = str::from_utf8(&bytes).map(str::trim);
        match text {
            Ok(text) if !text.is_empty() => Ok(text.to_owned()),
            _ => Err(Error::Usage(format!("{} holds no text", self.name()))),
        }
    }

    /// Says that reading failed.
    pub(crate) fn failed(&self, source: io::Error) -> Error {
        match self.path() {
            Some(path) => Error::file("read", path)(source),
            None => Error::machine("read standard input")(source),
        }
    }
}

/// Where a command's result goes, if not to standard output.
#[derive(Debug, Args)]
pub(crate) struct Out {
    /// The file to write, which only its owner can read; standard output by default.
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
}

impl Out {
    /// Writes a file whole or not at all. Tells whether there was one to write.
    pub(crate) fn write(&self, bytes: &[u8]) -> Result<bool, Error> {
        let Some(path) = &self.out else {
            return Ok(false);
        };
        sys::file::replace_private(path, bytes)?;
        Ok(true)
    }
}

/// Asks before something that may not be undone. Without a terminal, `--yes` must have been given.
pub(crate) fn confirm(question: &str, yes: bool) -> Result<(), Error> {
    if yes {
        return Ok(());
    }
    if !io::stdin().is_terminal() {
        let text = format!("{question}: add --yes to do it");
        return Err(Error::Usage(text));
    }
    eprint!("{question}? [y/N] ");
    let _ = io::stderr().flush();
    let mut answer = String::new();
    io::stdin()
        .lock()
        .read_line(&mut answer)
        .map_err(Error::machine("read the answer"))?;
    match answer.trim() {
        "y" | "Y" | "yes" => Ok(()),
        _ => Err(Error::usage("nothing was done")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn input_that_is_too_long_says_what_to_do_instead() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("in");
        std::fs::write(&path, b" text \n").unwrap();
        let input = Input { input: Some(path) };
        assert_eq!(input.read(7, "x").unwrap().as_slice(), b" text \n");
        assert_eq!(input.read_text(7).unwrap(), "text");
        let error = input.read(6, "use another command").unwrap_err();
        let expected = "is longer than 6 bytes; use another command";
        assert!(error.to_string().ends_with(expected), "{error}");
    }
}
