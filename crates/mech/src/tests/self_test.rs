//! The self-test passes, and each of its parts can fail.

use std::collections::BTreeSet;

use crate::{SelfTestFailure, self_test, self_test_names, self_test_with_fault};

#[test]
fn a_sound_module_passes() {
    assert_eq!(self_test(), Ok(()));
}

#[test]
fn each_falsified_answer_is_found() {
    for name in self_test_names() {
        let found = self_test_with_fault(Some(name));
        assert_eq!(found, Err(SelfTestFailure { name }));
    }
}

#[test]
fn names_are_unique() {
    let names: Vec<_> = self_test_names().collect();
    assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len());
    assert!(names.len() >= 40);
}
