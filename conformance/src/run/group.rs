//! Groups of cases that one process runs one after the other.

use crate::case::Case;

/// How many cases share a process at most: a module that leaks is then not blamed for it in a later case.
const MOST: usize = 200;

/// Cuts the cases into groups: one area and one stage each, in order; a case that asks for it gets a process of its own.
pub(super) fn groups<'a>(cases: &[&'a Case]) -> Vec<Vec<&'a Case>> {
    let mut groups: Vec<Vec<&'a Case>> = Vec::new();
    // Stages in order within an area: a process logs in once.
    let mut ordered = cases.to_vec();
    let mut areas: Vec<&str> = Vec::new();
    for case in cases {
        if !areas.contains(&case.area()) {
            areas.push(case.area());
        }
    }
    ordered.sort_by_key(|case| {
        (
            areas.iter().position(|area| *area == case.area()),
            case.destructive,
            case.stage,
        )
    });
    for case in ordered {
        let fits = groups
            .last()
            .and_then(|group| group.first().map(|first| (first, group.len())));
        let joins = fits.is_some_and(|(first, length)| {
            length < MOST
                && !case.solo
                && !first.solo
                && first.area() == case.area()
                && first.stage == case.stage
                && first.destructive == case.destructive
        });
        match groups.last_mut() {
            Some(group) if joins => group.push(case),
            _ => groups.push(vec![case]),
        }
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::{Stage, case, spec};

    #[test]
    fn a_group_is_of_one_stage_and_a_solo_case_stands_alone() {
        let make = |id: &str, stage| case(id, spec("5"), "It does.").stage(stage);
        let cases = [
            make("a.one", Stage::User).run(|_| Ok(())),
            make("a.two", Stage::Public).run(|_| Ok(())),
            make("a.three", Stage::User).solo().run(|_| Ok(())),
            make("a.four", Stage::User).run(|_| Ok(())),
            make("b.five", Stage::User).run(|_| Ok(())),
        ];
        let cases: Vec<_> = cases.iter().collect();
        let names = groups(&cases).into_iter().map(|group| {
            group
                .iter()
                .map(|case| case.id.as_str())
                .collect::<Vec<_>>()
        });
        let expected = [
            vec!["a.two"],
            vec!["a.one"],
            vec!["a.three"],
            vec!["a.four"],
            vec!["b.five"],
        ];
        assert_eq!(names.collect::<Vec<_>>(), expected);
    }
}
