//! A run as data: what `--json` writes, and what every other form of the report is made from.

use serde::{Deserialize, Serialize};

/// The version of this form; a reader refuses another.
pub const FORMAT: u32 = 1;

/// One run of the suite on one module.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Report {
    /// [`FORMAT`] of the program that wrote it.
    pub format: u32,
    /// The version of the suite.
    pub suite: String,
    /// When the run began, in RFC 3339, UTC.
    pub started: String,
    /// How long it took.
    pub seconds: f64,
    /// How the run was asked for: the command line without PINs.
    pub command: String,
    /// What was judged.
    pub module: Module,
    /// The verdict on every case that was chosen, in the order of the catalogue.
    pub results: Vec<CaseResult>,
    /// The verdict on every OASIS profile.
    #[serde(default)]
    pub profiles: Vec<Profile>,
    /// What was measured; empty without `--performance`.
    #[serde(default)]
    pub performance: Vec<Measurement>,
    /// What two modules answered differently to the same random calls; none without a second module.
    #[serde(default)]
    pub differential: Option<Differential>,
}

/// The module and the token that was used.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
pub struct Module {
    /// The name to show: of the description file, else the library's description.
    pub name: String,
    /// The file that was loaded.
    pub path: String,
    /// `CK_INFO`: manufacturer, without padding.
    pub manufacturer: String,
    /// `CK_INFO`: description, without padding.
    pub description: String,
    /// `CK_INFO`: the library's version, as `major.minor`.
    pub library_version: String,
    /// `CK_INFO`: the version of PKCS#11, as `major.minor`.
    pub cryptoki_version: String,
    /// The interfaces that `C_GetInterfaceList` names, as `name major.minor`; empty where it is absent.
    pub interfaces: Vec<String>,
    /// The slot's number.
    pub slot: u64,
    /// `CK_TOKEN_INFO`: label, manufacturer, model, serial number, without padding.
    pub token: Token,
    /// The mechanisms of the slot, in its own order.
    pub mechanisms: Vec<Mechanism>,
}

/// The token's own words about itself.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
pub struct Token {
    /// Its label.
    pub label: String,
    /// Its manufacturer.
    pub manufacturer: String,
    /// Its model.
    pub model: String,
    /// Its serial number.
    pub serial: String,
    /// The names of its flags, such as `CKF_RNG`.
    pub flags: Vec<String>,
}

/// A mechanism that the slot lists.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Mechanism {
    /// Its name, such as `CKM_AES_GCM`, or `0x80000001`.
    pub name: String,
    /// The smallest key, in the mechanism's own unit.
    pub min: u64,
    /// The largest key.
    pub max: u64,
    /// The names of its flags, such as `CKF_SIGN`.
    pub flags: Vec<String>,
}

/// The verdict on one case.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct CaseResult {
    /// Its name, such as `session.open.serial-required`; the part before the first dot is its area.
    pub case: String,
    /// What the module has to do, in one sentence.
    pub requirement: String,
    /// Where that is written, such as `PKCS#11 3.1 §5.6.1`.
    pub section: String,
    /// How strongly.
    pub level: Level,
    /// What came out.
    pub verdict: Verdict,
    /// What was expected; empty unless it failed.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub expected: String,
    /// What came instead; empty unless it failed.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub got: String,
    /// Why it does not apply or was skipped; a remark on a pass; an explanation of a failure.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// The calls that lead there, in order; empty unless it failed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub calls: Vec<String>,
    /// How many known answers were tried, where the case is a set of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vectors: Option<Vectors>,
    /// How long it took.
    pub milliseconds: f64,
}

impl CaseResult {
    /// Returns the part of its name before the first dot.
    #[must_use]
    pub fn area(&self) -> &str {
        self.case.split('.').next().unwrap_or_default()
    }
}

/// How strongly the specification asks for something.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// A module that does otherwise does not conform.
    Must,
    /// A module that does otherwise surprises its users.
    Should,
}

/// What came out of a case.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// The module did what it has to. For an attack: it resists.
    Pass,
    /// It did not. For an attack: it falls.
    Fail,
    /// It did not, as its description file says that it does not, with a reason.
    Known,
    /// The module does not offer what the case is about.
    NotApplicable,
    /// The run did not allow the case: it needs `--destructive`, a PIN, or was left out.
    Skipped,
}

/// How a set of known answers came out.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq, Serialize)]
pub struct Vectors {
    /// The module answered as it has to.
    pub passed: u64,
    /// It did not.
    pub failed: u64,
    /// It does not offer what they need, such as a curve or a key size.
    pub not_applicable: u64,
}

/// A profile of "PKCS #11 Profiles Version 3.1" or 3.2.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Profile {
    /// Its name, such as `Baseline Provider`.
    pub name: String,
    /// The value of `CKA_PROFILE_ID`, such as `CKP_BASELINE_PROVIDER`; empty where it has none.
    pub id: String,
    /// Whether the token holds a profile object that claims it.
    pub claimed: bool,
    /// Whether all of its clauses are met, that claim apart.
    pub met: bool,
    /// Its clauses.
    pub clauses: Vec<Clause>,
}

/// A conformance clause of a profile.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Clause {
    /// Where it is written, such as `PKCS#11 Profiles 3.2 §5.1 (4)`.
    pub section: String,
    /// What it asks for, in one sentence.
    pub requirement: String,
    /// What came out.
    pub verdict: Verdict,
    /// The cases that it rests on.
    pub cases: Vec<String>,
}

/// Speed of one operation.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Measurement {
    /// The mechanism's name; the function's where an operation has no mechanism.
    pub mechanism: String,
    /// What was done, such as `sign`.
    pub operation: String,
    /// The key's size in bits; none without a key.
    pub key_bits: Option<u64>,
    /// How many threads, each with a session of its own.
    pub threads: u32,
    /// The message's size.
    pub bytes: u64,
    /// Operations in a second, of all threads together.
    pub per_second: f64,
    /// The median latency.
    pub p50_us: f64,
    /// The latency that 99 of 100 stay under.
    pub p99_us: f64,
}

/// Two modules beside each other under the same random calls.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Differential {
    /// The second module's name.
    pub other: String,
    /// The seed that makes the calls again.
    pub seed: u64,
    /// How many calls both were given.
    pub calls: u64,
    /// To how many both gave the same answer.
    pub same: u64,
    /// The kinds of differences, the most frequent first.
    pub differences: Vec<Difference>,
}

/// One kind of difference.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Difference {
    /// The function.
    pub function: String,
    /// What this module answered.
    pub this: String,
    /// What the other answered.
    pub other: String,
    /// How often.
    pub count: u64,
    /// Why both are right, or which is wrong; empty where that is not known.
    pub explanation: String,
    /// The first such call, with its arguments.
    pub example: String,
}
