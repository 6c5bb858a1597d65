//! A case: one requirement of the specification, and how it is tried.

use std::fmt;
use std::time::Duration;

use crate::c::function::Version;
use crate::context::Context;
use crate::report::model::Level;

/// How long a case may take before its module counts as hung.
const DEADLINE: Duration = Duration::from_secs(30);

/// Where a requirement is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Section {
    document: &'static str,
    number: &'static str,
}

/// A section of the PKCS #11 Specification Version 3.1, whose numbers all versions are cited by where they agree.
#[must_use]
pub const fn spec(number: &'static str) -> Section {
    Section {
        document: "PKCS#11 3.1",
        number,
    }
}

/// A section of the PKCS #11 Specification Version 3.2, for what is new there.
#[must_use]
pub const fn spec32(number: &'static str) -> Section {
    Section {
        document: "PKCS#11 3.2",
        number,
    }
}

/// A section of PKCS #11 Profiles Version 3.2, which has every profile of 3.1 and one more.
#[must_use]
pub const fn profiles(number: &'static str) -> Section {
    Section {
        document: "PKCS#11 Profiles 3.2",
        number,
    }
}

/// A section of any other document, such as `RFC 3394`.
#[must_use]
pub const fn other(document: &'static str, number: &'static str) -> Section {
    Section { document, number }
}

impl fmt::Display for Section {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.number {
            "" => formatter.write_str(self.document),
            number => write!(formatter, "{} §{number}", self.document),
        }
    }
}

/// What the module has been brought to before a case begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Loaded; `C_Initialize` has not been called, or `C_Finalize` has.
    Loaded,
    /// `C_Initialize` with `CKF_OS_LOCKING_OK`; no session.
    Initialized,
    /// Nobody is logged in.
    Public,
    /// The user is logged in.
    User,
    /// The security officer is logged in.
    Officer,
}

/// Why a case did not pass.
#[derive(Clone, Debug, PartialEq)]
pub enum Stop {
    /// The module did something else.
    Fail {
        /// What was expected.
        expected: String,
        /// What came.
        got: String,
    },
    /// The module does not offer what the case is about.
    NotApplicable(String),
    /// The run lacks what the case needs, such as a PIN.
    Skipped(String),
}

/// How a case ends: nothing to say, or why not.
pub type Outcome<T = ()> = Result<T, Stop>;

/// The code of a case.
pub(crate) type Body = Box<dyn Fn(&mut Context<'_>) -> Outcome + Send + Sync>;

/// One case.
pub struct Case {
    /// Its name, such as `session.open.serial-required`: an area, then what it is about; unique.
    pub id: String,
    /// What the module has to do, in one sentence.
    pub requirement: String,
    /// Where that is written.
    pub section: Section,
    /// How strongly.
    pub level: Level,
    /// The first version of PKCS#11 that asks for it.
    pub since: Version,
    /// What it begins with.
    pub stage: Stage,
    /// Whether it changes the token or its PINs beyond what it can put back.
    pub destructive: bool,
    /// Whether it needs a process of its own.
    pub solo: bool,
    /// How long it may take.
    pub deadline: Duration,
    /// More about it for `explain`: why it matters, what usually goes wrong.
    pub explanation: String,
    pub(crate) body: Body,
}

/// Begins a case: its name, its section, and what the module has to do.
#[must_use]
pub fn case(id: impl Into<String>, section: Section, requirement: impl Into<String>) -> Draft {
    Draft(Case {
        id: id.into(),
        requirement: requirement.into(),
        section,
        level: Level::Must,
        since: Version::V2_40,
        stage: Stage::User,
        destructive: false,
        solo: false,
        deadline: DEADLINE,
        explanation: String::new(),
        body: Box::new(|_| Ok(())),
    })
}

/// A case that lacks its code.
pub struct Draft(Case);

impl Draft {
    /// Says what it begins with; the user logged in unless said otherwise.
    #[must_use]
    pub fn stage(mut self, stage: Stage) -> Self {
        self.0.stage = stage;
        self
    }

    /// Says that a module may do otherwise, and surprises its users then.
    #[must_use]
    pub fn should(mut self) -> Self {
        self.0.level = Level::Should;
        self
    }

    /// Says which version of PKCS#11 asks for it first.
    #[must_use]
    pub fn since(mut self, version: Version) -> Self {
        self.0.since = version;
        self
    }

    /// Says that it changes the token or its PINs.
    #[must_use]
    pub fn destructive(mut self) -> Self {
        self.0.destructive = true;
        self
    }

    /// Asks for a process of its own.
    #[must_use]
    pub fn solo(mut self) -> Self {
        self.0.solo = true;
        self
    }

    /// Allows it more time.
    #[must_use]
    pub fn deadline(mut self, seconds: u64) -> Self {
        self.0.deadline = Duration::from_secs(seconds);
        self
    }

    /// Adds an explanation.
    #[must_use]
    pub fn explain(mut self, text: impl Into<String>) -> Self {
        self.0.explanation = text.into();
        self
    }

    /// Adds its code.
    #[must_use]
    pub fn run(
        mut self,
        body: impl Fn(&mut Context<'_>) -> Outcome + Send + Sync + 'static,
    ) -> Case {
        self.0.body = Box::new(body);
        self.0
    }
}

impl Case {
    /// Returns the part of its name before the first dot.
    #[must_use]
    pub fn area(&self) -> &str {
        self.id.split('.').next().unwrap_or_default()
    }
}
