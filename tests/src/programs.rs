//! Where the programs under test are.

use std::env::{consts, current_exe};
use std::path::{Path, PathBuf};

/// Returns the path of one of Dew's programs, built beside the running test.
///
/// # Panics
/// If it has not been built.
#[must_use]
pub fn program(name: &str) -> PathBuf {
    built(&format!("{name}{}", consts::EXE_SUFFIX))
}

/// Returns the path of Dew's PKCS#11 module, built beside the running test.
///
/// # Panics
/// If it has not been built.
#[must_use]
pub fn module() -> PathBuf {
    built(&format!(
        "{}dew_pkcs11{}",
        consts::DLL_PREFIX,
        consts::DLL_SUFFIX
    ))
}

fn built(file: &str) -> PathBuf {
    let path = profile_folder().join(file);
    assert!(
        path.exists(),
        "{} is missing: `cargo xtask test` builds the programs and then runs the tests (by hand: `cargo build --workspace`)",
        path.display()
    );
    path
}

/// `target/debug` or `target/release`: tests run from `deps` in it, programs from the folder itself.
pub(crate) fn profile_folder() -> PathBuf {
    let test = current_exe().expect("the system knows the path of the running test");
    let folder = test.parent().expect("a program lies in a folder");
    if folder.ends_with("deps") {
        folder
            .parent()
            .map(Path::to_path_buf)
            .expect("`deps` lies in a profile's folder")
    } else {
        folder.to_path_buf()
    }
}
