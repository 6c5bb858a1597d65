//! Unsafe code lives in three places and nowhere else.

use super::Finding;
use super::sources::{Crate, Source};

/// The line that every other crate starts with.
const FORBID: &str = "#![forbid(unsafe_code)]";

/// A crate that may hold unsafe code, the part of it that may, and why.
#[derive(Debug)]
struct Exception(
    &'static str,
    &'static str,
    #[expect(dead_code, reason = "for who reads the table")] &'static str,
);

#[rustfmt::skip] // A table reads by its columns.
const EXCEPTIONS: &[Exception] = &[
    Exception("broken-module", "conformance/broken/src/module", "stands between C callers and a C module"),
    Exception("conformance",   "conformance/src/c",     "modules are C"),
    Exception("libdew-pkcs11", "libdew-pkcs11/src/abi", "C callers hand over pointers"),
    Exception("mech",          "crates/mech/src/ffi",   "AWS-LC is C"),
    Exception("sys",           "crates/sys/src",        "the kernel's calls"),
];

/// Names crates that do not forbid unsafe code, and unsafe code outside its place.
pub(super) fn check(crates: &[Crate], sources: &[Source]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for one in crates {
        let exception = EXCEPTIONS.iter().find(|exception| exception.0 == one.name);
        match exception {
            Some(exception) => {
                let owned = sources.iter().filter(|source| {
                    owner(source, crates).is_some_and(|owner| std::ptr::eq(owner, one))
                });
                findings.extend(strays(exception.1, owned));
            }
            None => findings.extend(unguarded(one, sources)),
        }
    }
    findings
}

/// Names the root files of a crate that lack the line.
fn unguarded(one: &Crate, sources: &[Source]) -> Vec<Finding> {
    let roots = sources
        .iter()
        .filter(|source| one.roots.contains(&source.path));
    let bare = roots.filter(|source| !source.text.contains(FORBID));
    bare.map(|source| {
        Finding::new(
            &source.path,
            1,
            format!("add `{FORBID}` below the crate's comment"),
        )
    })
    .collect()
}

/// Returns the crate that a source is part of: the innermost, where one crate's folder lies in another's.
fn owner<'a>(source: &Source, crates: &'a [Crate]) -> Option<&'a Crate> {
    let folder = |one: &&Crate| one.manifest.trim_end_matches("Cargo.toml").len();
    let around = crates.iter().filter(|one| {
        let folder = one.manifest.trim_end_matches("Cargo.toml");
        source.path.starts_with(folder)
    });
    around.max_by_key(folder)
}

/// Names the unsafe code of a crate's sources that lies outside the part for it.
fn strays<'a>(place: &str, sources: impl Iterator<Item = &'a Source>) -> Vec<Finding> {
    let inside =
        |path: &str| path == format!("{place}.rs") || path.starts_with(&format!("{place}/"));
    let outside =
        sources.filter(|source| source.is_rust() && !inside(&source.path) && !source.is_test());
    let lines =
        outside.flat_map(|source| source.lines().map(move |(line, text)| (source, line, text)));
    let unsafe_lines = lines.filter(|(_, _, text)| {
        let code = text.split("//").next().unwrap_or_default();
        // Naming a lint is not writing unsafe code: `unsafe_code`, `unsafe_op_in_unsafe_fn` are other words.
        code.split(|char: char| !char.is_alphanumeric() && char != '_')
            .any(|word| word == "unsafe")
    });
    unsafe_lines
        .map(|(source, line, _)| {
            Finding::new(
                &source.path,
                line,
                format!("unsafe code belongs into {place}/"),
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(path: &str, text: &str) -> Source {
        Source {
            path: path.to_owned(),
            text: text.to_owned(),
        }
    }

    fn one(name: &str, folder: &str) -> Crate {
        Crate {
            name: name.to_owned(),
            manifest: format!("{folder}/Cargo.toml"),
            roots: vec![format!("{folder}/src/lib.rs")],
            ..Crate::default()
        }
    }

    #[test]
    fn a_crate_that_does_not_forbid_unsafe_code_is_named() {
        let audit = [one("audit", "crates/audit")];
        let good = source(
            "crates/audit/src/lib.rs",
            "//! Doc.\n\n#![forbid(unsafe_code)]\n",
        );
        assert_eq!(check(&audit, &[good]), []);
        let bad = source("crates/audit/src/lib.rs", "//! Doc.\n");
        assert_eq!(check(&audit, &[bad])[0].file, "crates/audit/src/lib.rs");
    }

    #[test]
    fn a_crate_in_the_folder_of_another_has_a_place_of_its_own() {
        let both = [
            one("conformance", "conformance"),
            one("broken-module", "conformance/broken"),
        ];
        let block = "let x = unsafe { y() };\n";
        let find = |path: &str| check(&both, &[source(path, block)]).len();
        assert_eq!(find("conformance/broken/src/module/call.rs"), 0);
        assert_eq!(find("conformance/broken/src/rules.rs"), 1);
        assert_eq!(find("conformance/src/cli.rs"), 1);
    }

    #[test]
    fn unsafe_code_outside_its_part_is_named_with_its_line() {
        let mech = [one("mech", "crates/mech")];
        let block = "// unsafe in words\nlet x = unsafe { y() };\n";
        assert_eq!(
            check(&mech, &[source("crates/mech/src/ffi/bn.rs", block)]),
            []
        );
        assert_eq!(check(&mech, &[source("crates/mech/src/ffi.rs", block)]), []);
        let findings = check(&mech, &[source("crates/mech/src/aes.rs", block)]);
        assert_eq!(
            findings,
            [Finding::new(
                "crates/mech/src/aes.rs",
                2,
                "unsafe code belongs into crates/mech/src/ffi/"
            )]
        );
    }
}
