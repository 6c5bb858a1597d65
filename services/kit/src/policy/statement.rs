//! One statement of a policy: what it allows or denies, on what, when.

use super::condition::Condition;
use super::context::Context;
use super::pattern::{Case, Pattern};

/// What a statement does to the calls that it speaks of.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Effect {
    /// It lets them pass, unless another statement denies them.
    Allow,
    /// It stops them, whatever other statements allow.
    Deny,
}

/// A statement of a policy.
#[derive(Clone, Debug)]
pub(super) struct Statement {
    pub(super) effect: Effect,
    pub(super) actions: Selection<Pattern>,
    pub(super) resources: Selection<Resource>,
    pub(super) conditions: Vec<Condition>,
}

/// What a list selects.
#[derive(Clone, Debug)]
pub(super) enum Selection<T> {
    /// Everything but these (`NotAction`, `NotResource`).
    AllBut(Vec<T>),
    /// These (`Action`, `Resource`).
    These(Vec<T>),
}

impl<T> Selection<T> {
    fn selects(&self, is: impl FnMut(&T) -> bool) -> bool {
        match self {
            Self::AllBut(list) => !list.iter().any(is),
            Self::These(list) => list.iter().any(is),
        }
    }
}

/// A resource as a policy writes it.
#[derive(Clone, Debug)]
pub(super) enum Resource {
    /// `*`, also what a call without a resource needs.
    Any,
    /// `service:region:account:type:path`, each part with wildcards of its own.
    Parts([Pattern; PARTS]),
    /// The path of a resource (`{"uri": [..]}`), as policies on agencies write it.
    Uri(Pattern),
}

/// A resource has five parts; the last may hold colons.
const PARTS: usize = 5;

impl Resource {
    /// Reads a resource; none where it is neither `*` nor five parts.
    pub(super) fn parse(text: &str) -> Option<Self> {
        if Pattern::new(text, Case::Exact).is_any() {
            return Some(Self::Any);
        }
        // Services and types are words of ours, in which a difference of case is a slip; the rest are identifiers.
        let case = [
            Case::Ignore,
            Case::Exact,
            Case::Exact,
            Case::Ignore,
            Case::Exact,
        ];
        let parts: Vec<&str> = text.splitn(PARTS, ':').collect();
        let parts: [&str; PARTS] = parts.try_into().ok()?;
        if parts.iter().all(|&part| part == "*") {
            return Some(Self::Any);
        }
        let mut case = case.into_iter();
        Some(Self::Parts(parts.map(|part| {
            Pattern::new(part, case.next().unwrap_or(Case::Exact))
        })))
    }

    fn matches(&self, resource: Option<&str>) -> bool {
        match (self, resource) {
            (Self::Any, _) => true,
            (_, None) => false,
            (Self::Parts(patterns), Some(text)) => {
                let mut parts = text.splitn(PARTS, ':');
                let mut same = patterns
                    .iter()
                    .map(|pattern| parts.next().is_some_and(|part| pattern.matches(part)));
                same.all(|one| one)
            }
            (Self::Uri(pattern), Some(text)) => pattern.matches(text),
        }
    }
}

impl Statement {
    /// Tells whether the statement speaks of an operation, which may have several names.
    ///
    /// With `NotAction` an operation is exempt as soon as one of its names is listed.
    pub(super) fn is_about(&self, actions: &[&str]) -> bool {
        self.actions
            .selects(|pattern| actions.iter().any(|action| pattern.matches(action)))
    }

    /// Tells whether the statement speaks of a call.
    pub(super) fn applies(
        &self,
        actions: &[&str],
        resource: Option<&str>,
        context: &Context,
    ) -> bool {
        self.is_about(actions)
            && self.resources.selects(|one| one.matches(resource))
            && self
                .conditions
                .iter()
                .all(|condition| condition.is_met(context, self.effect))
    }

    /// Tells whether the statement speaks of its actions on every resource, at any time.
    pub(super) fn is_unconditional(&self) -> bool {
        let everywhere = match &self.resources {
            Selection::AllBut(list) => list.is_empty(),
            Selection::These(list) => list.iter().any(|one| matches!(one, Resource::Any)),
        };
        everywhere && self.conditions.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resources_match_part_by_part() {
        let key = "kms:cn-north-4:acct:KeyId:0d0466b0";
        let cases = [
            ("*", true),
            ("*:*:*:*:*", true),
            ("kms:*:*:KeyId:0d0466b0", true),
            ("KMS:*:*:keyid:*", true),
            ("kms:cn-*:acct:KeyId:0d0466b?", true),
            ("kms:cn-north-4:other:KeyId:*", false),
            ("kms:cn-south-1:*:KeyId:*", false),
            ("kms:*:*:KeyId:0D0466B0", false),
            ("kms:*:*:alias:*", false),
            ("kms:::KeyId:0d0466b0", false),
        ];
        for (pattern, expected) in cases {
            let resource = Resource::parse(pattern).unwrap();
            assert_eq!(resource.matches(Some(key)), expected, "{pattern}");
        }
        // A wildcard in one part does not reach into the next.
        let resource = Resource::parse("kms:*:KeyId:*:*").unwrap();
        assert!(!resource.matches(Some("kms:a:b:KeyId:c")));
        assert!(resource.matches(Some("kms:a:KeyId:b:c")));
        // The path may hold colons.
        assert!(
            Resource::parse("obs:*:*:object:a:*")
                .unwrap()
                .matches(Some("obs:::object:a:b"))
        );
    }

    #[test]
    fn a_call_without_a_resource_needs_the_star() {
        for (pattern, expected) in [("*", true), ("kms:*:*:KeyId:*", false)] {
            assert_eq!(
                Resource::parse(pattern).unwrap().matches(None),
                expected,
                "{pattern}"
            );
        }
    }

    #[test]
    fn a_resource_has_five_parts() {
        for text in ["", "kms", "kms:*", "kms:*:*:KeyId"] {
            assert!(Resource::parse(text).is_none(), "{text}");
        }
    }
}
