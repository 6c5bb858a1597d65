//! NIST's validation files (CAVP), as the Python package `cryptography-vectors` carries them.

mod asymmetric;
mod symmetric;

pub use asymmetric::{Choice, dsa, ecdh, ecdsa, ml_dsa, ml_kem, rsa_pkcs1, rsa_pss};
pub use symmetric::{aes, ccm, cmac, counter, des3, digest, gcm, key_wrap, xts};

use std::path::PathBuf;

use super::cavp::{self, Record};
use super::{Error, Expect, Source, Test, Vector};
use crate::c::Mechanism;

/// The folders that the files may be in below the folder that the user names: the package itself, or what holds it.
const WITHIN: &[&str] = &["", "cryptography_vectors"];

/// Reads a file below the folder.
fn read(source: &Source, file: &str) -> Result<Vec<Record>, Error> {
    let folder = source.folder.as_ref().ok_or(Error::NoFolder)?;
    let paths: Vec<PathBuf> = WITHIN
        .iter()
        .map(|within| folder.join(within).join(file))
        .collect();
    let found = paths
        .iter()
        .find(|path| path.is_file())
        .unwrap_or(&paths[0]);
    cavp::file(found)
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
