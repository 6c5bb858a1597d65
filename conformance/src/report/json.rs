//! The report as JSON: what it is kept as, and what every other form can be made from later.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::file;
use super::model::{FORMAT, Report};

/// The largest file that is read. A run of a thousand cases is about a megabyte; this only keeps a wrong file out.
pub const MAX_BYTES: u64 = 256 << 20;

/// Why a report was not read or written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file cannot be read.
    #[error("cannot read {path}")]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The file is not what `--json` writes.
    #[error("{path} is not a report of dew-conformance: {reason}")]
    NotReport {
        /// The file.
        path: PathBuf,
        /// What is wrong with it, and where.
        reason: String,
    },
    /// The file has the form of another version.
    #[error(
        "{path} has form {found} of the report and this program reads form {FORMAT}; \
         run the suite again, or read it with dew-conformance {suite}"
    )]
    Format {
        /// The file.
        path: PathBuf,
        /// Its form.
        found: u64,
        /// The version that wrote it.
        suite: String,
    },
    /// A number is infinite or none at all, which JSON cannot hold.
    #[error("{what} is not a finite number")]
    NotFinite {
        /// Which number.
        what: String,
    },
    /// The file cannot be written.
    #[error("cannot write {path}")]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
}

/// Reads a report.
///
/// # Errors
/// The file cannot be read, is too large, is no report, or has another [`FORMAT`].
pub fn read(path: &Path) -> Result<Report, Error> {
    let bytes = bytes(path)?;
    let no_report = |reason: serde_json::Error| Error::NotReport {
        path: path.to_owned(),
        reason: reason.to_string(),
    };
    let head: Head = serde_json::from_slice(&bytes).map_err(no_report)?;
    if head.format != u64::from(FORMAT) {
        return Err(Error::Format {
            path: path.to_owned(),
            found: head.format,
            suite: head.suite,
        });
    }
    serde_json::from_slice(&bytes).map_err(no_report)
}

/// Writes a report; the file is there whole or not at all.
///
/// # Errors
/// The file cannot be written, or a number is not finite.
pub fn write(report: &Report, path: &Path) -> Result<(), Error> {
    check_numbers(report)?;
    let failed = |source| Error::Write {
        path: path.to_owned(),
        source,
    };
    let mut text = serde_json::to_vec_pretty(report).map_err(|error| failed(error.into()))?;
    text.push(b'\n');
    file::write(path, &text).map_err(failed)
}

/// What every form has had, and has to keep.
#[derive(Deserialize)]
struct Head {
    format: u64,
    #[serde(default)]
    suite: String,
}

/// Reads a file up to the limit.
fn bytes(path: &Path) -> Result<Vec<u8>, Error> {
    let failed = |source| Error::Read {
        path: path.to_owned(),
        source,
    };
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(failed)?;
    let read = file.take(MAX_BYTES + 1).read_to_end(&mut bytes);
    match u64::try_from(read.map_err(failed)?) {
        Ok(length) if length <= MAX_BYTES => Ok(bytes),
        _ => Err(Error::NotReport {
            path: path.to_owned(),
            reason: format!("it is larger than {} MiB", MAX_BYTES >> 20),
        }),
    }
}

/// Refuses what would be written as `null` and never be read again.
fn check_numbers(report: &Report) -> Result<(), Error> {
    let run = [("the duration of the run".to_owned(), report.seconds)];
    let cases = report.results.iter().map(|result| {
        let what = format!("the duration of {}", result.case);
        (what, result.milliseconds)
    });
    let speeds = report.performance.iter().flat_map(|measurement| {
        [
            measurement.per_second,
            measurement.p50_us,
            measurement.p99_us,
        ]
        .map(|number| {
            (
                format!("a measurement of {}", measurement.mechanism),
                number,
            )
        })
    });
    let mut numbers = run.into_iter().chain(cases).chain(speeds);
    match numbers.find(|(_, number)| !number.is_finite()) {
        Some((what, _)) => Err(Error::NotFinite { what }),
        None => Ok(()),
    }
}
