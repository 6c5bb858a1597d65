//! Rules that are made for every function and every attribute, named by the kind and, after a colon, the C name.
//!
//! They are for the question whether a case can fail at all; which case must notice is said by the rules of the tables only.

mod attributes;
mod results;

use std::fmt::{self, Display, Formatter};

use cryptoki_sys::{CK_RV, CKR_FUNCTION_FAILED, CKR_GENERAL_ERROR, CKR_OK};

use crate::functions::{FUNCTIONS, Function};
use crate::module::Call;
pub(crate) use attributes::ignore;
use attributes::{ATTRIBUTES, Attribute, Habit};
use results::{counts, garble, miscount, results};

/// What becomes of every call of a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// Its errors become `CKR_OK`.
    Accepts,
    /// It answers `CKR_GENERAL_ERROR` without being called.
    AlwaysFails,
    /// It answers `CKR_OK` without being called.
    DoesNothing,
    /// What it gives is changed: bytes, handles, structures.
    Garbles,
    /// The lengths and counts that it gives are one too high.
    Miscounts,
    /// Its errors become `CKR_FUNCTION_FAILED`.
    WrongCode,
}

impl Kind {
    /// The milder ones first.
    const ALL: [Self; 6] = [
        Self::Accepts,
        Self::WrongCode,
        Self::Miscounts,
        Self::Garbles,
        Self::DoesNothing,
        Self::AlwaysFails,
    ];

    const fn name(self) -> &'static str {
        match self {
            Self::Accepts => "accepts",
            Self::AlwaysFails => "always-fails",
            Self::DoesNothing => "does-nothing",
            Self::Garbles => "garbles",
            Self::Miscounts => "miscounts",
            Self::WrongCode => "wrong-code",
        }
    }

    /// Tells whether it makes a difference for a function.
    fn concerns(self, function: Function) -> bool {
        match self {
            Self::Garbles => !results(function).is_empty(),
            Self::Miscounts => counts(function).is_some(),
            _ => true,
        }
    }
}

/// A rule that is made for a function or an attribute.
#[derive(Clone, Copy, Debug)]
pub struct Generic(About);

#[derive(Clone, Copy, Debug)]
enum About {
    Attribute(Habit, &'static Attribute),
    Function(Kind, Function),
}

impl Generic {
    /// Returns the function that it is about, where it is about one.
    #[must_use]
    pub const fn function(self) -> Option<Function> {
        match self.0 {
            About::Function(_, function) => Some(function),
            About::Attribute(..) => None,
        }
    }

    /// Returns the rule of a name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        generic_rules().find(|rule| rule.to_string() == name)
    }

    /// Answers a call.
    pub(crate) fn answer(self, call: &mut Call) -> CK_RV {
        match self.0 {
            About::Attribute(habit, attribute) => habit.answer(attribute.kind, call),
            About::Function(kind, function) if function == call.function() => answer(kind, call),
            About::Function(..) => call.pass(),
        }
    }
}

impl Display for Generic {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.0 {
            About::Attribute(habit, attribute) => write!(f, "{}:{}", habit.name(), attribute.name),
            About::Function(kind, function) => write!(f, "{}:{}", kind.name(), function.name()),
        }
    }
}

/// Returns every rule that is made for a function or an attribute.
pub fn generic_rules() -> impl Iterator<Item = Generic> {
    let functions = Kind::ALL.into_iter().flat_map(|kind| {
        let functions = FUNCTIONS.iter().copied();
        let functions = functions.filter(move |&function| kind.concerns(function));
        functions.map(move |function| Generic(About::Function(kind, function)))
    });
    let attributes = Habit::ALL.into_iter().flat_map(|habit| {
        let about = move |attribute| Generic(About::Attribute(habit, attribute));
        ATTRIBUTES.iter().map(about)
    });
    functions.chain(attributes)
}

fn answer(kind: Kind, call: &mut Call) -> CK_RV {
    match kind {
        Kind::Accepts => {
            call.pass();
            CKR_OK
        }
        Kind::AlwaysFails => CKR_GENERAL_ERROR,
        Kind::DoesNothing => CKR_OK,
        Kind::Garbles => {
            let rv = call.pass();
            garble(call, rv);
            rv
        }
        Kind::Miscounts => {
            let rv = call.pass();
            miscount(call);
            rv
        }
        Kind::WrongCode => match call.pass() {
            CKR_OK => CKR_OK,
            CKR_FUNCTION_FAILED => CKR_GENERAL_ERROR,
            _ => CKR_FUNCTION_FAILED,
        },
    }
}
