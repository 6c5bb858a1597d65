//! One condition: an operator, a key, and the values that the policy gives.

use std::net::IpAddr;

use super::context::{Context, normal};
use super::instant;
use super::operator::{Absent, Match, Operator, Order, Quantifier, Sense, Test};
use super::pattern::{Case, Pattern};
use super::statement::Effect;

/// A condition of a statement.
#[derive(Clone, Debug)]
pub(super) struct Condition {
    key: String,
    operator: Operator,
    values: Vec<Wanted>,
}

/// A policy's value, read as its operator wants it.
#[derive(Clone, Debug, PartialEq)]
enum Wanted {
    Bool(bool),
    Date(Order, i64),
    Network(IpAddr, u32),
    Number(Order, f64),
    Pattern(Pattern),
    Text(Match, Case, String),
}

/// Why a value cannot be one of a condition.
pub(super) type BadValue = &'static str;

impl Condition {
    /// Makes a condition of its parts.
    pub(super) fn new(operator: Operator, key: &str, values: &[String]) -> Result<Self, BadValue> {
        let values = values
            .iter()
            .map(|value| Wanted::parse(operator.test, value));
        Ok(Self {
            key: normal(key),
            operator,
            values: values.collect::<Result<_, _>>()?,
        })
    }

    /// Tells whether a request meets the condition of a statement of this effect.
    ///
    /// Where the request has no such key, or no value that can be read as the operator wants it, nothing is known, and
    /// the answer is what keeps the door shut. An `Allow` does not apply. A `Deny` applies if the operator says "not":
    /// "denied unless the key's kind is AES_256" must hold for a request that tells no kind. A `Deny` of certain
    /// values does not apply, because the request has none of them. `IfExists` is met, as its name says.
    pub(super) fn is_met(&self, context: &Context, effect: Effect) -> bool {
        let found = context.values(&self.key);
        if self.operator.test == Test::Null {
            let absent = found.iter().all(String::is_empty);
            return self.values.contains(&Wanted::Bool(absent));
        }
        if found.is_empty() {
            let all = self.operator.quantifier == Quantifier::All;
            return self.operator.absent == Absent::Met || all || self.is_met_unknown(effect);
        }
        let each = found.iter().map(|value| self.meets(value, effect));
        match (self.operator.quantifier, self.operator.sense) {
            (Quantifier::All, _) | (Quantifier::Plain, Sense::IsNot) => each.min(),
            (Quantifier::Any, _) | (Quantifier::Plain, Sense::Is) => each.max(),
        }
        .unwrap_or(false)
    }

    fn is_met_unknown(&self, effect: Effect) -> bool {
        effect == Effect::Deny && self.operator.sense == Sense::IsNot
    }

    /// Tells whether one value of the request meets the condition.
    fn meets(&self, found: &str, effect: Effect) -> bool {
        let mut matched = false;
        for wanted in &self.values {
            match wanted.matches(found) {
                None => return self.is_met_unknown(effect),
                Some(one) => matched |= one,
            }
        }
        matched == (self.operator.sense == Sense::Is)
    }
}

impl Wanted {
    fn parse(test: Test, value: &str) -> Result<Self, BadValue> {
        match test {
            Test::Bool | Test::Null => parse_bool(value)
                .map(Self::Bool)
                .ok_or("must be `true` or `false`"),
            Test::Date(order) => instant::parse_ms(value)
                .map(|ms| Self::Date(order, ms))
                .ok_or("must be a date such as 2025-01-23T12:00:00Z"),
            Test::Network => parse_network(value)
                .map(|(address, bits)| Self::Network(address, bits))
                .ok_or("must be an address or a network such as 10.0.0.0/8"),
            Test::Number(order) => parse_number(value)
                .map(|number| Self::Number(order, number))
                .ok_or("must be a number"),
            Test::Text(Match::Like, case) => Ok(Self::Pattern(Pattern::new(value, case))),
            Test::Text(part, case) => Ok(Self::Text(part, case, value.to_owned())),
        }
    }

    /// Compares with a value of the request; `None` where that cannot be read.
    fn matches(&self, found: &str) -> Option<bool> {
        match self {
            Self::Bool(wanted) => parse_bool(found).map(|found| found == *wanted),
            Self::Date(order, wanted) => {
                instant::parse_ms(found).map(|found| order.holds(&found, wanted))
            }
            Self::Network(network, bits) => {
                let found = found.parse::<IpAddr>().ok()?.to_canonical();
                Some(is_within(found, *network, *bits))
            }
            Self::Number(order, wanted) => {
                parse_number(found).map(|found| order.holds(&found, wanted))
            }
            Self::Pattern(pattern) => Some(pattern.matches(found)),
            Self::Text(part, case, wanted) => Some(matches_part(*part, *case, found, wanted)),
        }
    }
}

fn matches_part(part: Match, case: Case, found: &str, wanted: &str) -> bool {
    let start = match part {
        Match::Start => Some(0),
        Match::End => found.len().checked_sub(wanted.len()),
        Match::Like | Match::Whole => return case.same(found, wanted),
    };
    let range = start.and_then(|start| found.get(start..start + wanted.len()));
    range.is_some_and(|range| case.same(range, wanted))
}

fn parse_bool(text: &str) -> Option<bool> {
    [("true", true), ("false", false)]
        .into_iter()
        .find(|row| text.eq_ignore_ascii_case(row.0))
        .map(|row| row.1)
}

fn parse_number(text: &str) -> Option<f64> {
    text.parse::<f64>().ok().filter(|number| number.is_finite())
}

/// Reads an address, or a network with the count of its bits.
fn parse_network(text: &str) -> Option<(IpAddr, u32)> {
    let (address, bits) = match text.split_once('/') {
        Some((address, bits)) => (address, Some(bits.parse::<u32>().ok()?)),
        None => (text, None),
    };
    let address: IpAddr = address.parse().ok()?;
    let width = if address.is_ipv4() { 32 } else { 128 };
    let bits = bits.unwrap_or(width);
    (bits <= width).then_some((address, bits))
}

fn is_within(address: IpAddr, network: IpAddr, bits: u32) -> bool {
    match (address, network) {
        (IpAddr::V4(address), IpAddr::V4(network)) => {
            let differ = address.to_bits() ^ network.to_bits();
            differ.checked_shr(32 - bits).unwrap_or(0) == 0
        }
        (IpAddr::V6(address), IpAddr::V6(network)) => {
            let differ = address.to_bits() ^ network.to_bits();
            differ.checked_shr(128 - bits).unwrap_or(0) == 0
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(operator: &str, wanted: &[&str], found: &[&str]) -> (bool, bool) {
        let wanted: Vec<String> = wanted.iter().map(ToString::to_string).collect();
        let operator = Operator::parse(operator).unwrap();
        let condition = Condition::new(operator, "kms:Key", &wanted).unwrap();
        let mut context = Context::new();
        for value in found {
            context.add("kms:key", *value);
        }
        let met = |effect| condition.is_met(&context, effect);
        (met(Effect::Allow), met(Effect::Deny))
    }

    #[test]
    fn one_value_is_compared_with_every_value_of_the_policy() {
        #[rustfmt::skip] // A table reads by its columns.
        let cases: &[(&str, &[&str], &str, bool)] = &[
            ("StringEquals",              &["a", "b"],             "b",                    true),
            ("StringEquals",              &["a"],                  "A",                    false),
            ("StringEquals",              &["a*"],                 "ab",                   false),
            ("StringNotEquals",           &["a", "b"],             "b",                    false),
            ("StringNotEquals",           &["a", "b"],             "c",                    true),
            ("StringEqualsIgnoreCase",    &["aB"],                 "Ab",                   true),
            ("StringNotEqualsIgnoreCase", &["aB"],                 "Ab",                   false),
            ("StringLike",                &["AES_*"],              "AES_256",              true),
            ("StringMatch",               &["RSA_????"],           "RSA_2048",             true),
            ("StringNotLike",             &["AES_*"],              "RSA_2048",             true),
            ("StringStartWith",           &["RSA"],                "RSA_2048",             true),
            ("StringStartWith",           &["RSA_2048_"],          "RSA_2048",             false),
            ("StringEndWith",             &["2048"],               "RSA_2048",             true),
            ("StringEndWith",             &["xRSA_2048"],          "RSA_2048",             false),
            ("StringEndWith",             &["\u{a9}"],             "é",                    false),
            ("StringNotEndWith",          &["2048"],               "RSA_3072",             true),
            ("NumberEquals",              &["10", "20"],           "20.0",                 true),
            ("NumberNotEquals",           &["10"],                 "11",                   true),
            ("NumberLessThan",            &["10"],                 "10",                   false),
            ("NumberLessThanEquals",      &["10"],                 "10",                   true),
            ("NumberGreaterThan",         &["10", "5"],            "6",                    true),
            ("NumberGreaterThanEquals",   &["10"],                 "9",                    false),
            ("DateLessThan",              &["2025-01-01T00:00:00Z"], "2024-12-31T23:59:59Z", true),
            ("DateGreaterThan",           &["2025-01-01"],         "2025-01-01T00:00:00Z", false),
            ("DateGreaterThanEquals",     &["2025-01-01"],         "2025-01-01T00:00:00Z", true),
            ("Bool",                      &["true"],               "TRUE",                 true),
            ("Bool",                      &["true"],               "false",                false),
            ("IpAddress",                 &["10.0.0.0/8"],         "10.255.0.1",           true),
            ("IpAddress",                 &["10.0.0.0/8"],         "11.0.0.1",             false),
            ("IpAddress",                 &["10.0.0.0/8"],         "::ffff:10.1.2.3",      true),
            ("IpAddress",                 &["0.0.0.0/0"],          "11.0.0.1",             true),
            ("IpAddress",                 &["0.0.0.0/0"],          "::1",                  false),
            ("IpAddress",                 &["2001:db8::/33"],      "2001:db8:8000::1",     false),
            ("IpAddress",                 &["::/0"],               "2001:db8::1",          true),
            ("NotIpAddress",              &["10.0.0.1"],           "10.0.0.2",             true),
            ("Null",                      &["false"],              "x",                    true),
            ("Null",                      &["true"],               "x",                    false),
            ("IsNullOrEmpty",             &["true"],               "",                     true),
        ];
        for &(operator, wanted, found, expected) in cases {
            let text = format!("{operator} {wanted:?} on {found}");
            assert_eq!(
                check(operator, wanted, &[found]),
                (expected, expected),
                "{text}"
            );
        }
    }

    #[test]
    fn without_a_value_the_door_stays_shut() {
        let cases = [
            ("StringEquals", "a", (false, false)),
            ("StringNotEquals", "a", (false, true)),
            ("StringEqualsIfExists", "a", (true, true)),
            ("StringNotLike", "a", (false, true)),
            ("NumberNotEquals", "1", (false, true)),
            ("NotIpAddress", "10.0.0.1", (false, true)),
            ("NotIpAddressIfExists", "10.0.0.1", (true, true)),
            ("ForAllValues:StringEquals", "a", (true, true)),
            ("ForAnyValue:StringEquals", "a", (false, false)),
            ("Null", "true", (true, true)),
            ("Null", "false", (false, false)),
        ];
        for (operator, wanted, expected) in cases {
            assert_eq!(check(operator, &[wanted], &[]), expected, "{operator}");
        }
        // A value that is no number, and one that is no address, tell as little as none.
        assert_eq!(check("NumberNotEquals", &["1"], &["x"]), (false, true));
        assert_eq!(check("NumberEquals", &["1"], &["NaN"]), (false, false));
        assert_eq!(
            check("NotIpAddress", &["10.0.0.1"], &["unix"]),
            (false, true)
        );
    }

    #[test]
    fn several_values_are_taken_as_the_prefix_says() {
        let cases: &[(&str, &[&str], bool)] = &[
            ("StringEquals", &["a", "x"], true),
            ("StringNotEquals", &["a", "x"], false),
            ("StringNotEquals", &["x", "y"], true),
            ("ForAnyValue:StringEquals", &["x", "b"], true),
            ("ForAllValues:StringEquals", &["x", "b"], false),
            ("ForAllValues:StringEquals", &["a", "b"], true),
            ("ForAnyValue:StringNotEquals", &["a", "x"], true),
            ("ForAllValues:StringNotEquals", &["a", "x"], false),
        ];
        for &(operator, found, expected) in cases {
            let text = format!("{operator} on {found:?}");
            assert_eq!(
                check(operator, &["a", "b"], found),
                (expected, expected),
                "{text}"
            );
        }
    }

    #[test]
    fn values_that_the_operator_cannot_read_are_refused() {
        let cases = [
            ("Bool", "yes"),
            ("Null", ""),
            ("NumberEquals", "ten"),
            ("NumberEquals", "inf"),
            ("DateLessThan", "tomorrow"),
            ("IpAddress", "10.0.0.0/33"),
            ("IpAddress", "10.0.0/8"),
            ("IpAddress", "10.0.0.0/-1"),
        ];
        for (operator, value) in cases {
            let operator = Operator::parse(operator).unwrap();
            assert!(
                Condition::new(operator, "k", &[value.to_owned()]).is_err(),
                "{value}"
            );
        }
    }
}
