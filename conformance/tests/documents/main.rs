//! `docs/conformance.md` says what the program does: its areas, and what Dew is known to do otherwise.

#![forbid(unsafe_code)]

#[cfg(test)]
mod areas;
#[cfg(test)]
mod departures;
#[cfg(test)]
mod pains;

/// The document.
#[cfg(test)]
const DOCUMENT: &str = include_str!("../../../docs/conformance.md");

/// Returns the lines below a heading, up to the next one of its rank.
#[cfg(test)]
fn below<'a>(document: &'a str, heading: &str) -> Vec<&'a str> {
    let mut lines = document.lines().skip_while(|line| *line != heading);
    assert!(lines.next().is_some(), "there is no {heading:?}");
    lines.take_while(|line| !line.starts_with("## ")).collect()
}
