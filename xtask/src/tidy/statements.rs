//! Every SQL file is read by the crate that it lies in.

use super::Finding;
use super::sources::Source;

/// Names every file of a folder `sql` or `migrations` that no Rust of its crate reads.
pub(super) fn check(sources: &[Source]) -> Vec<Finding> {
    let files = sources.iter().filter_map(|source| {
        let (folder, file) = source.path.rsplit_once('/')?;
        let name = file.strip_suffix(".sql")?;
        match folder.rsplit_once('/')? {
            (home, "sql") => Some((source, home, format!("sql!(\"{name}\")"))),
            (home, "migrations") => Some((source, home, format!("/migrations/{file}\")"))),
            _ => None,
        }
    });
    files
        .filter(|(_, home, wanted)| !is_named(sources, home, wanted))
        .map(|(source, _, wanted)| {
            let text = format!("nothing reads this: say `{wanted}` or delete the file");
            Finding::new(&source.path, 0, text)
        })
        .collect()
}

fn is_named(sources: &[Source], home: &str, wanted: &str) -> bool {
    let code = format!("{home}/src/");
    let mut rust = sources
        .iter()
        .filter(|source| source.is_rust() && source.path.starts_with(&code));
    rust.any(|source| source.text.contains(wanted))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_files(files: &[(&str, &str)]) -> Vec<String> {
        let sources: Vec<_> = files
            .iter()
            .map(|(path, text)| Source {
                path: (*path).to_owned(),
                text: (*text).to_owned(),
            })
            .collect();
        let findings = check(&sources);
        findings.into_iter().map(|finding| finding.file).collect()
    }

    #[test]
    fn a_statement_that_its_crate_does_not_read_is_named() {
        let statement = ("a/sql/count_keys.sql", "SELECT 1");
        assert_eq!(check_files(&[statement]), ["a/sql/count_keys.sql"]);
        let own = ("a/src/x/keys.rs", "tx.row(sql!(\"count_keys\"), &[])");
        assert!(check_files(&[statement, own]).is_empty());
        let longer = ("a/src/x/keys.rs", "tx.row(sql!(\"count_keys_of\"), &[])");
        assert_eq!(check_files(&[statement, longer]).len(), 1);
        let others = ("b/src/x/keys.rs", own.1);
        assert_eq!(check_files(&[statement, others]).len(), 1);
    }

    #[test]
    fn a_migration_that_does_not_run_is_named() {
        let migration = ("a/migrations/0001_a.sql", "CREATE TABLE a (id BIGINT)");
        assert_eq!(check_files(&[migration]), ["a/migrations/0001_a.sql"]);
        let run = ("a/src/lib.rs", "include_str!(\"../migrations/0001_a.sql\")");
        assert!(check_files(&[migration, run]).is_empty());
    }
}
