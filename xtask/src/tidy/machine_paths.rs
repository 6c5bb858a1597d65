//! Nothing in the project knows one developer's machine.

use super::Finding;
use super::sources::Source;

/// Folders in which people keep their work, without the slashes around them (so that this file passes).
const FOLDERS: &[&str] = &["Users", "home", "root", "work", "workspace"];

/// Names every line that holds a path below such a folder.
pub(super) fn check(sources: &[Source]) -> Vec<Finding> {
    let lines = sources
        .iter()
        .flat_map(|source| source.lines().map(move |(line, text)| (source, line, text)));
    lines
        .filter_map(|(source, line, text)| {
            let folder = FOLDERS.iter().find(|folder| names(text, folder))?;
            let text = format!(
                "a path below {folder} of one machine: make it relative, or a placeholder like DIR"
            );
            Some(Finding::new(&source.path, line, text))
        })
        .collect()
}

/// Tells whether a line holds an absolute path below a folder at the root.
fn names(text: &str, folder: &str) -> bool {
    let path = format!("/{folder}/");
    let starts_path = |at: usize| {
        let before = text[..at].chars().next_back();
        !before.is_some_and(|char| char.is_alphanumeric() || "._-/}:$~*".contains(char))
    };
    text.match_indices(&path).any(|(at, _)| starts_path(at))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_line(text: &str) -> usize {
        check(&[Source {
            path: "docs/x.md".to_owned(),
            text: text.to_owned(),
        }])
        .len()
    }

    #[test]
    fn a_path_of_a_machine_is_named() {
        for folder in FOLDERS {
            assert_eq!(
                check_line(&format!("see \"/{folder}/me/dew/x\"")),
                1,
                "{folder}"
            );
        }
    }

    #[test]
    fn other_paths_are_not() {
        let folder = FOLDERS[1];
        for line in [
            format!("target/{folder}/x"),
            format!("https://x.org/{folder}/x"),
            "/var/lib/dew".to_owned(),
        ] {
            assert_eq!(check_line(&line), 0, "{line}");
        }
    }
}
