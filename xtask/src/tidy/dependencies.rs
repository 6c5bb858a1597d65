//! Every dependency has a reason in deny.toml, and none is there without a use.

use toml::Table;

use super::Finding;
use super::sources::Crate;

/// What a line of deny.toml that gives a reason starts with: `# dep NAME: REASON`.
const REASON: &str = "# dep ";

/// The shortest text that can be a reason.
const REASON_CHARS: usize = 12;

/// Compares the workspace's dependencies with the reasons and with the crates.
pub(super) fn check(manifest: &Table, deny: &str, crates: &[Crate]) -> Vec<Finding> {
    let declared = declared(manifest);
    let reasons = reasons(deny);
    let mut findings = Vec::new();
    for (name, ours) in &declared {
        let used = crates
            .iter()
            .any(|one| one.members.contains(name) || one.strangers.contains(name));
        if !used && !*ours {
            let text = format!("no crate uses `{name}`: remove it from [workspace.dependencies]");
            findings.push(Finding::new("Cargo.toml", 0, text));
        }
        if !*ours && !reasons.iter().any(|(_, named, _)| named == name) {
            let text = format!(
                "`{name}` has no reason: add a line `{REASON}{name}: why it and not another`"
            );
            findings.push(Finding::new("deny.toml", 0, text));
        }
    }
    for (line, name, reason) in &reasons {
        if !declared
            .iter()
            .any(|(declared, ours)| declared == name && !ours)
        {
            findings.push(Finding::new(
                "deny.toml",
                *line,
                format!("`{name}` is no dependency: remove its reason"),
            ));
        }
        if reason.chars().count() < REASON_CHARS {
            findings.push(Finding::new(
                "deny.toml",
                *line,
                format!("say why `{name}` is needed"),
            ));
        }
    }
    findings.extend(crates.iter().flat_map(unused));
    findings
}

/// Lists the workspace's dependencies, and whether each is a crate of ours.
fn declared(manifest: &Table) -> Vec<(String, bool)> {
    let table = manifest
        .get("workspace")
        .and_then(|workspace| workspace.get("dependencies"));
    let rows = table.and_then(toml::Value::as_table).into_iter().flatten();
    rows.map(|(name, value)| (name.clone(), value.get("path").is_some()))
        .collect()
}

/// Reads the reasons: line, name, reason.
fn reasons(deny: &str) -> Vec<(usize, String, String)> {
    let lines = deny.lines().enumerate().filter_map(|(index, line)| {
        let (name, reason) = line.strip_prefix(REASON)?.split_once(':')?;
        Some((index + 1, name.trim().to_owned(), reason.trim().to_owned()))
    });
    lines.collect()
}

/// Names the dependencies of a crate whose name does not occur in its Rust.
fn unused(one: &Crate) -> Vec<Finding> {
    let words: std::collections::HashSet<&str> = one
        .rust
        .split(|char: char| !char.is_alphanumeric() && char != '_')
        .collect();
    let all = one.members.iter().chain(&one.strangers);
    let idle = all.filter(|name| !words.contains(name.replace('-', "_").as_str()));
    idle.map(|name| {
        Finding::new(
            &one.manifest,
            0,
            format!(
                "`{}` does not use `{name}`: remove the dependency",
                one.name
            ),
        )
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const MANIFEST: &str =
        "[workspace.dependencies]\nck = { path = \"crates/ck\" }\nhex = \"0.4\"\n";
    const DENY: &str = "# dep hex: writes digests for people to read\n";

    fn user(rust: &str) -> Crate {
        Crate {
            name: "user".to_owned(),
            manifest: "user/Cargo.toml".to_owned(),
            members: vec!["ck".to_owned()],
            strangers: vec!["hex".to_owned()],
            rust: rust.to_owned(),
            ..Crate::default()
        }
    }

    fn check_texts(manifest: &str, deny: &str, crates: &[Crate]) -> Vec<String> {
        let manifest = toml::from_str(manifest).unwrap();
        check(&manifest, deny, crates)
            .iter()
            .map(ToString::to_string)
            .collect()
    }

    #[test]
    fn a_used_dependency_with_a_reason_is_fine() {
        let none: [String; 0] = [];
        assert_eq!(
            check_texts(MANIFEST, DENY, &[user("use ck::Rv; hex::encode(x)")]),
            none
        );
    }

    #[test]
    fn a_missing_a_stale_and_an_empty_reason_are_named() {
        let crates = [user("ck hex")];
        assert!(check_texts(MANIFEST, "", &crates)[0].contains("`hex` has no reason"));
        let stale = format!("{DENY}# dep ring: once upon a time it was here\n");
        assert_eq!(
            check_texts(MANIFEST, &stale, &crates),
            ["deny.toml:2: `ring` is no dependency: remove its reason"]
        );
        assert_eq!(
            check_texts(MANIFEST, "# dep hex: hex", &crates),
            ["deny.toml:1: say why `hex` is needed"]
        );
    }

    #[test]
    fn a_dependency_without_a_use_is_named() {
        let findings = check_texts(MANIFEST, DENY, &[user("use ck::Rv; let hexagon = 6;")]);
        assert_eq!(
            findings,
            ["user/Cargo.toml: `user` does not use `hex`: remove the dependency"]
        );
        let findings = check_texts(MANIFEST, DENY, &[]);
        assert_eq!(
            findings,
            ["Cargo.toml: no crate uses `hex`: remove it from [workspace.dependencies]"]
        );
    }
}
