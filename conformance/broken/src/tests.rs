//! The table of rules holds together.

use std::collections::BTreeSet;

use crate::functions::{FUNCTIONS, Function};
use crate::generic::{Generic, generic_rules};
use crate::rules::rules;

#[test]
fn names_are_unique_and_of_one_form() {
    let names: BTreeSet<_> = rules().map(|rule| rule.name).collect();
    assert_eq!(names.len(), rules().count());
    for name in names {
        let plain = name
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte == b'-');
        assert!(plain, "{name}");
    }
}

#[test]
fn every_rule_says_what_it_breaks_in_a_sentence() {
    for rule in rules() {
        assert!(rule.breaks.ends_with('.'), "{}", rule.name);
        let numbers = rule
            .section
            .split('.')
            .all(|part| part.parse::<u8>().is_ok());
        assert!(numbers, "{}: {}", rule.name, rule.section);
    }
}

#[test]
fn functions_stand_where_the_lists_have_them() {
    assert_eq!(Function::WaitForSlotEvent.index(), 67);
    assert_eq!(Function::MessageVerifyFinal.index(), 91);
    assert_eq!(Function::UnwrapKeyAuthenticated.index(), 103);
    assert_eq!(FUNCTIONS.len(), 104);
}

#[test]
fn no_template_or_result_lies_behind_the_arguments() {
    for function in FUNCTIONS {
        let count = function.arguments();
        for &(template, handle) in function.makes() {
            assert!(
                template + 1 < count && handle < count,
                "{}",
                function.name()
            );
        }
        assert!(
            function.output().is_none_or(|output| output + 1 < count),
            "{}",
            function.name()
        );
    }
}

#[test]
fn a_rule_that_is_made_is_found_by_its_name() {
    for rule in generic_rules() {
        let name = rule.to_string();
        let found = Generic::named(&name).map(|rule| rule.to_string());
        assert_eq!(found.as_deref(), Some(name.as_str()));
    }
    let names: BTreeSet<_> = generic_rules().map(|rule| rule.to_string()).collect();
    assert_eq!(names.len(), generic_rules().count());
    assert!(names.contains("always-fails:C_Encrypt") && names.contains("ignores:CKA_TRUSTED"));
    assert!(!names.contains("garbles:C_Finalize"));
}
