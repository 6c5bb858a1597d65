//! The operators of conditions, one row each.

use super::pattern::Case;

/// How one value of a request is compared with one value of a policy.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Test {
    /// `true` or `false`.
    Bool,
    /// A date before, at or after another.
    Date(Order),
    /// An address within a network.
    Network,
    /// Whether the request has the key at all.
    Null,
    /// A number below, equal to or above another.
    Number(Order),
    /// A text as a whole.
    Text(Match, Case),
}

/// What part of a text must be the same.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Match {
    /// The end.
    End,
    /// Everything, with wildcards.
    Like,
    /// The start.
    Start,
    /// Everything.
    Whole,
}

/// How the request's value stands to the policy's.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Order {
    /// Above.
    Above,
    /// Above or equal.
    AtLeast,
    /// Below or equal.
    AtMost,
    /// Below.
    Below,
    /// Equal.
    Equal,
}

impl Order {
    /// Compares.
    pub(super) fn holds<T: PartialOrd>(self, request: &T, policy: &T) -> bool {
        match self {
            Self::Above => request > policy,
            Self::AtLeast => request >= policy,
            Self::AtMost => request <= policy,
            Self::Below => request < policy,
            Self::Equal => request == policy,
        }
    }
}

/// Whether a condition asks for a match or for none.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Sense {
    /// The value must match one of the policy's.
    Is,
    /// The value must match none of the policy's.
    IsNot,
}

/// Which of a request's several values must meet the condition.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Quantifier {
    /// `ForAllValues:`, each of them; met by none at all.
    All,
    /// `ForAnyValue:`, one of them.
    Any,
    /// Nothing written: one must match, or, where the operator says "not", none may.
    Plain,
}

/// What a request without the key means.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Absent {
    /// The condition is met (`IfExists`).
    Met,
    /// See [`super::condition::Condition::is_met`].
    Unmet,
}

/// An operator with its prefix and suffix.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Operator {
    pub(super) test: Test,
    pub(super) sense: Sense,
    pub(super) quantifier: Quantifier,
    pub(super) absent: Absent,
}

struct Row(&'static str, Test, Sense);

#[rustfmt::skip] // A table reads by its columns.
const OPERATORS: &[Row] = &[
    Row("StringEquals",              Test::Text(Match::Whole, Case::Exact),  Sense::Is),
    Row("StringNotEquals",           Test::Text(Match::Whole, Case::Exact),  Sense::IsNot),
    Row("StringEqualsIgnoreCase",    Test::Text(Match::Whole, Case::Ignore), Sense::Is),
    Row("StringNotEqualsIgnoreCase", Test::Text(Match::Whole, Case::Ignore), Sense::IsNot),
    Row("StringLike",                Test::Text(Match::Like,  Case::Exact),  Sense::Is),
    Row("StringNotLike",             Test::Text(Match::Like,  Case::Exact),  Sense::IsNot),
    // The names of version 5.0 for the same.
    Row("StringMatch",               Test::Text(Match::Like,  Case::Exact),  Sense::Is),
    Row("StringNotMatch",            Test::Text(Match::Like,  Case::Exact),  Sense::IsNot),
    Row("StringLikeIgnoreCase",      Test::Text(Match::Like,  Case::Ignore), Sense::Is),
    Row("StringNotLikeIgnoreCase",   Test::Text(Match::Like,  Case::Ignore), Sense::IsNot),
    Row("StringStartWith",           Test::Text(Match::Start, Case::Exact),  Sense::Is),
    Row("StringNotStartWith",        Test::Text(Match::Start, Case::Exact),  Sense::IsNot),
    Row("StringEndWith",             Test::Text(Match::End,   Case::Exact),  Sense::Is),
    Row("StringNotEndWith",          Test::Text(Match::End,   Case::Exact),  Sense::IsNot),
    Row("NumberEquals",              Test::Number(Order::Equal),             Sense::Is),
    Row("NumberNotEquals",           Test::Number(Order::Equal),             Sense::IsNot),
    Row("NumberLessThan",            Test::Number(Order::Below),             Sense::Is),
    Row("NumberLessThanEquals",      Test::Number(Order::AtMost),            Sense::Is),
    Row("NumberGreaterThan",         Test::Number(Order::Above),             Sense::Is),
    Row("NumberGreaterThanEquals",   Test::Number(Order::AtLeast),           Sense::Is),
    Row("DateEquals",                Test::Date(Order::Equal),               Sense::Is),
    Row("DateNotEquals",             Test::Date(Order::Equal),               Sense::IsNot),
    Row("DateLessThan",              Test::Date(Order::Below),               Sense::Is),
    Row("DateLessThanEquals",        Test::Date(Order::AtMost),              Sense::Is),
    Row("DateGreaterThan",           Test::Date(Order::Above),               Sense::Is),
    Row("DateGreaterThanEquals",     Test::Date(Order::AtLeast),             Sense::Is),
    Row("Bool",                      Test::Bool,                             Sense::Is),
    Row("IpAddress",                 Test::Network,                          Sense::Is),
    Row("NotIpAddress",              Test::Network,                          Sense::IsNot),
    Row("Null",                      Test::Null,                             Sense::Is),
    // The name of version 1.1 for the same.
    Row("IsNullOrEmpty",             Test::Null,                             Sense::Is),
];

impl Operator {
    /// Reads an operator's name with its prefix and suffix; older documents write `Numeric` for `Number`.
    pub(super) fn parse(name: &str) -> Option<Self> {
        let (quantifier, name) = match name.split_once(':') {
            Some(("ForAllValues", rest)) => (Quantifier::All, rest),
            Some(("ForAnyValue", rest)) => (Quantifier::Any, rest),
            Some(_) => return None,
            None => (Quantifier::Plain, name),
        };
        let (absent, name) = match name.strip_suffix("IfExists") {
            Some(name) => (Absent::Met, name),
            None => (Absent::Unmet, name),
        };
        let newer = name
            .strip_prefix("Numeric")
            .map(|rest| format!("Number{rest}"));
        let name = newer.as_deref().unwrap_or(name);
        let row = OPERATORS.iter().find(|row| row.0 == name)?;
        let odd = row.1 == Test::Null && (absent == Absent::Met || quantifier != Quantifier::Plain);
        (!odd).then_some(Self {
            test: row.1,
            sense: row.2,
            quantifier,
            absent,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_with_prefix_and_suffix() {
        let operator = Operator::parse("ForAllValues:StringNotEqualsIfExists").unwrap();
        assert_eq!(operator.quantifier, Quantifier::All);
        assert_eq!(operator.sense, Sense::IsNot);
        assert_eq!(operator.absent, Absent::Met);
        assert_eq!(
            Operator::parse("NumericLessThan"),
            Operator::parse("NumberLessThan")
        );
        assert!(Operator::parse("NumberLessThan").is_some());
    }

    #[test]
    fn other_names_are_no_operators() {
        let names = [
            "",
            "stringequals",
            "StringEqual",
            "ForEachValue:StringEquals",
            "ForAnyValue:",
            "IfExists",
            "NullIfExists",
            "ForAnyValue:Null",
            "StringEqualsIfExistsIfExists",
        ];
        for name in names {
            assert_eq!(Operator::parse(name), None, "{name}");
        }
    }
}
