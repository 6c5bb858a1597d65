//! Dependencies point one way: every edge between our crates stands in one table.

use super::Finding;
use super::sources::Crate;

/// An edge that is allowed, and why it is there.
#[derive(Debug)]
struct Edge(
    &'static str,
    &'static str,
    #[expect(dead_code, reason = "for who reads the table")] &'static str,
);

#[rustfmt::skip] // A table reads by its columns.
const EDGES: &[Edge] = &[
    Edge("agent",         "proto",     "routes frames by their headers"),
    Edge("agent",         "sys",       "hardens itself, knows its peers"),
    Edge("agent",         "transport", "unix socket on one side, TLS on the other"),
    Edge("bench",         "iam",       "signs requests as clients do"),
    Edge("bench",         "tests",     "starts the chain as the tests do"),
    Edge("cli",           "iam",       "signs requests"),
    Edge("cli",           "sys",       "reads private files, wipes memory"),
    Edge("client",        "ck",        "names return codes"),
    Edge("client",        "proto",     "encodes calls"),
    Edge("conformance",   "broken-module", "is held to what each rule's break must fail"),
    Edge("fuzz",          "audit",     "reads hostile audit entries"),
    Edge("fuzz",          "ck",        "makes inputs that are nearly right"),
    Edge("fuzz",          "iam",       "reads hostile signatures"),
    Edge("fuzz",          "kit",       "reads hostile bodies, paths and policies"),
    Edge("fuzz",          "kms",       "reads hostile ciphertexts"),
    Edge("fuzz",          "mech",      "reads hostile private keys"),
    Edge("fuzz",          "proto",     "reads hostile frames"),
    Edge("fuzz",          "store",     "reads hostile records"),
    Edge("fuzz",          "token",     "reads hostile objects"),
    Edge("fuzz",          "ukey",      "reads hostile UKey files"),
    Edge("hsmd",          "audit",     "reads the log for the auditor"),
    Edge("hsmd",          "ck",        "names return codes"),
    Edge("hsmd",          "mech",      "runs the self-tests"),
    Edge("hsmd",          "proto",     "decodes calls and commands"),
    Edge("hsmd",          "store",     "opens the store"),
    Edge("hsmd",          "sys",       "hardens itself, wipes memory"),
    Edge("hsmd",          "token",     "serves the calls"),
    Edge("hsmd",          "transport", "mutual TLS"),
    Edge("hsmd",          "ukey",      "verifies signed commands"),
    Edge("iam",           "kit",       "is a service: tables, database, policies"),
    Edge("kms",           "kit",       "is a service: tables, database, keys behind PKCS#11"),
    Edge("libdew-pkcs11", "ck",        "names return codes and attributes"),
    Edge("libdew-pkcs11", "client",    "sends calls"),
    Edge("libdew-pkcs11", "proto",     "exports the call table's functions"),
    Edge("libdew-pkcs11", "sys",       "notices a fork"),
    Edge("mech",          "ck",        "implements the mechanism table"),
    Edge("mgmt-tool",     "audit",     "verifies the log it reads"),
    Edge("mgmt-tool",     "proto",     "speaks the management messages"),
    Edge("mgmt-tool",     "sys",       "writes private files"),
    Edge("mgmt-tool",     "transport", "TLS and frames, without a runtime"),
    Edge("mgmt-tool",     "ukey",      "signs commands"),
    Edge("proto",         "ck",        "names attributes, mechanisms and return codes"),
    Edge("server",        "iam",       "knows who calls"),
    Edge("server",        "kit",       "composes services"),
    Edge("server",        "kms",       "serves it"),
    Edge("server",        "sys",       "hardens itself, wipes memory, reads PINs"),
    Edge("server",        "trace",     "serves it"),
    Edge("store",         "audit",     "writes the log in the same transaction"),
    Edge("tests",         "kit",       "holds the services' use of an HSM to the whole chain"),
    Edge("tests",         "proto",     "knows every function's name"),
    Edge("token",         "audit",     "says what happened"),
    Edge("token",         "ck",        "obeys the attribute table"),
    Edge("token",         "mech",      "runs mechanisms"),
    Edge("token",         "proto",     "implements the handler"),
    Edge("token",         "store",     "keeps objects"),
    Edge("trace",         "kit",       "reads the records that every service writes"),
    Edge("transport",     "proto",     "cuts a stream into frames"),
    Edge("ukey",          "sys",       "reads and writes private files"),
    Edge("xtask",         "ck",        "writes the support matrix"),
    Edge("xtask",         "proto",     "writes the support matrix, asks a started HSM for its slots"),
];

/// A package from elsewhere that only some crates may use, and why.
#[derive(Debug)]
struct Confined(&'static str, &'static [&'static str], &'static str);

const PROGRAMS: &[&str] = &[
    "agent",
    "bench",
    "cli",
    "conformance",
    "hsmd",
    "mgmt-tool",
    "server",
    "tests",
    "xtask",
];

#[rustfmt::skip] // A table reads by its columns.
const CONFINED: &[Confined] = &[
    Confined("anyhow",         PROGRAMS,                               "libraries have an error type of their own"),
    Confined("aws-lc-sys",     &["mech"],                              "one crate calls the C library"),
    Confined("clap",           PROGRAMS,                               "libraries have no command line"),
    Confined("cryptoki-sys",   &["broken-module", "conformance", "libdew-pkcs11", "tests"], "who speaks C sees its types"),
    Confined("postgres",       &["kit"],                               "one crate of the services knows their database"),
    Confined("rusqlite",       &["kit", "store"],                      "one crate of the daemon knows its database, one of the services theirs"),
    Confined("tokio",          &["agent", "hsmd", "server", "transport"],        "the module's host owns threads and forks; the rest does no IO"),
    Confined("tokio-rustls",   &["agent", "hsmd", "server", "transport"],        "TLS ends in the daemons"),
    Confined("tracing",        &["agent", "hsmd", "server", "transport"],        "only daemons log"),
];

/// Names every edge and every use of a confined package that the tables do not allow.
pub(super) fn check(crates: &[Crate]) -> Vec<Finding> {
    let edges = crates.iter().flat_map(|one| {
        let unknown = one.members.iter().filter(|to| {
            !EDGES.iter().any(|edge| edge.0 == one.name && edge.1 == to.as_str())
        });
        unknown.map(|to| {
            let text = format!(
                "`{}` may not depend on `{to}`: remove the dependency, or argue for a row in xtask/src/tidy/edges.rs",
                one.name
            );
            Finding::new(&one.manifest, 0, text)
        })
    });
    let confined = crates.iter().flat_map(|one| {
        let broken = CONFINED.iter().filter(|row| {
            one.strangers.iter().any(|name| name == row.0) && !row.1.contains(&one.name.as_str())
        });
        broken.map(|row| {
            let text = format!(
                "`{}` may not use `{}`: {}; only {} may",
                one.name,
                row.0,
                row.2,
                row.1.join(", ")
            );
            Finding::new(&one.manifest, 0, text)
        })
    });
    edges.chain(confined).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(name: &str, members: &[&str], strangers: &[&str]) -> Crate {
        let own = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
        Crate {
            name: name.to_owned(),
            manifest: format!("{name}/Cargo.toml"),
            members: own(members),
            strangers: own(strangers),
            ..Crate::default()
        }
    }

    #[test]
    fn an_edge_that_is_not_in_the_table_is_named() {
        assert_eq!(check(&[one("token", &["mech", "store"], &[])]), []);
        let findings = check(&[one("mech", &["ck", "store"], &[])]);
        assert_eq!(findings.len(), 1);
        assert_eq!(findings[0].file, "mech/Cargo.toml");
        assert!(
            findings[0]
                .text
                .contains("`mech` may not depend on `store`")
        );
    }

    #[test]
    fn a_confined_package_is_found_outside_its_crates() {
        assert_eq!(check(&[one("hsmd", &[], &["tokio"])]), []);
        let findings = check(&[one("libdew-pkcs11", &[], &["tokio"])]);
        assert!(findings[0].text.contains("may not use `tokio`"));
    }

    #[test]
    fn the_table_has_no_cycle() {
        fn reaches(from: &str, to: &str) -> bool {
            EDGES
                .iter()
                .any(|edge| edge.0 == from && (edge.1 == to || reaches(edge.1, to)))
        }
        for edge in EDGES {
            assert!(!reaches(edge.1, edge.0), "{} and {}", edge.0, edge.1);
        }
    }
}
