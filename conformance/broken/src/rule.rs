//! A rule that the module breaks, and the choice of one.

use std::env::var_os;
use std::sync::OnceLock;

use cryptoki_sys::{CK_RV, CKR_GENERAL_ERROR};

use crate::generic::Generic;
use crate::hook::Hook;
use crate::module::Call;
use crate::rules::rules;

/// The environment variable with the rule's name.
const CHOICE: &str = "BROKEN_MODULE_RULE";

/// A requirement that the module breaks when it is told to.
#[derive(Debug)]
pub struct Rule {
    /// Its name.
    pub name: &'static str,
    /// The section of PKCS#11 3.1 with the requirement.
    pub section: &'static str,
    /// What the module does wrong, in one sentence.
    pub breaks: &'static str,
    /// The conformance cases that must fail because of it.
    pub cases: &'static [&'static str],
    /// How it is broken.
    pub(crate) hook: Hook,
}

/// Makes a row of the tables of rules.
pub(crate) const fn row(
    name: &'static str,
    section: &'static str,
    breaks: &'static str,
    hook: Hook,
    cases: &'static [&'static str],
) -> Rule {
    Rule {
        name,
        section,
        breaks,
        cases,
        hook,
    }
}

/// What the environment chose.
#[derive(Clone, Copy)]
enum Choice {
    /// To break no rule.
    Nothing,
    /// To break one.
    Rule(&'static Rule),
    /// To break one that is made for a function or an attribute.
    Generic(Generic),
    /// A name that no rule has.
    Unknown,
}

fn choice() -> Choice {
    static CHOSEN: OnceLock<Choice> = OnceLock::new();
    *CHOSEN.get_or_init(|| {
        let name = var_os(CHOICE).unwrap_or_default();
        if name.is_empty() {
            return Choice::Nothing;
        }
        let generic = || name.to_str().and_then(Generic::named);
        match (rules().find(|rule| name == rule.name), generic()) {
            (Some(rule), _) => Choice::Rule(rule),
            (None, Some(rule)) => Choice::Generic(rule),
            (None, None) => {
                eprintln!(
                    "broken-module: {CHOICE}: no rule is called {}",
                    name.display()
                );
                Choice::Unknown
            }
        }
    })
}

/// Returns the rule to be broken, where there is one.
pub(crate) fn chosen() -> Option<&'static Rule> {
    match choice() {
        Choice::Rule(rule) => Some(rule),
        Choice::Generic(_) | Choice::Nothing | Choice::Unknown => None,
    }
}

/// Answers a call of the host, by the rule where it concerns the function.
pub(crate) fn answer(mut call: Call) -> CK_RV {
    match choice() {
        Choice::Nothing => call.pass(),
        Choice::Rule(rule) => rule.hook.answer(&mut call),
        Choice::Generic(rule) => rule.answer(&mut call),
        Choice::Unknown => CKR_GENERAL_ERROR,
    }
}
