//! NIST's validation files (CAVP), as the Python package `cryptography-vectors` carries them.

mod asymmetric;
mod symmetric;

pub use asymmetric::{Choice, dsa, ecdh, ecdsa, ml_dsa, ml_kem, rsa_pkcs1, rsa_pss};
pub use symmetric::{aes, ccm, cmac, counter, des3, digest, gcm, key_wrap, xts};

use std::path::{Path, PathBuf};

use super::cavp::{self, Record};
use super::{Error, Expect, Source, Test, Vector};
use crate::c::Mechanism;

/// The package's name, which is its folder's.
const PACKAGE: &str = "cryptography_vectors";

/// Reads a file below the folder that the user names: the package, what holds it, or a Python environment with it.
fn read(source: &Source, file: &str) -> Result<Vec<Record>, Error> {
    let folder = source.folder.as_ref().ok_or(Error::NoFolder)?;
    let places = [folder.clone(), folder.join(PACKAGE)]
        .into_iter()
        .chain(environments(folder));
    let found = places
        .map(|place| place.join(file))
        .find(|path| path.is_file());
    cavp::file(&found.unwrap_or_else(|| folder.join(file)))
}

/// Returns where the package is in a Python environment: `lib/python3.11/site-packages`.
fn environments(folder: &Path) -> impl Iterator<Item = PathBuf> {
    let pythons = folder
        .join("lib")
        .read_dir()
        .into_iter()
        .flatten()
        .flatten();
    pythons.map(|python| python.path().join("site-packages").join(PACKAGE))
}

/// Makes a vector of a record.
fn vector(file: &str, record: &Record, expect: Expect, mechanism: Mechanism, test: Test) -> Vector {
    let name = file.rsplit('/').next().unwrap_or(file);
    let comment = ["Result", "COUNT", "Count", "count"]
        .iter()
        .find_map(|key| record.text(key).map(|value| format!("{key} {value}")));
    Vector {
        id: format!("{name}:{}", record.line),
        comment: comment.unwrap_or_else(|| "no comment".to_owned()),
        expect,
        mechanism,
        test,
    }
}

/// Reads `Result = P` and `Result = F (why)`, or `FAIL` alone.
fn result(record: &Record) -> Expect {
    let failed = record
        .text("Result")
        .is_some_and(|result| result.starts_with('F'));
    if failed || record.text("FAIL").is_some() {
        Expect::Invalid
    } else {
        Expect::Valid
    }
}
