//! The roles and policies that every account has (user guide, tables 8-1 to 8-4, and "Tenant Guest Roles").

use std::sync::{Arc, LazyLock};

use serde_json::{Value, json};

use super::{Named, Policy};

/// What a row is called on the console.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Kind {
    /// The older, coarse kind.
    Role,
    /// The finer kind.
    Policy,
}

/// Where a row's permissions apply, in the words of the IAM interface.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Reach {
    /// Services of the whole account, `AX`.
    Global,
    /// Services of a project, `XA`.
    Project,
    /// Both, `AA`.
    Both,
}

impl Reach {
    /// Tells the `type` of the IAM interface.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Global => "AX",
            Self::Project => "XA",
            Self::Both => "AA",
        }
    }
}

/// A role or policy that every account has.
#[derive(Debug)]
pub struct SystemRole {
    /// Its identifier, the same in every installation.
    pub id: &'static str,
    /// Its internal name.
    pub name: &'static str,
    /// The name that people know it by.
    pub display_name: &'static str,
    /// Role or policy.
    pub kind: Kind,
    /// Where it applies.
    pub reach: Reach,
    /// What it is for.
    pub description: &'static str,
    grants: Grants,
}

/// What a row allows.
#[derive(Debug)]
enum Grants {
    /// Every action but these.
    AllBut(&'static [&'static str]),
    /// These actions.
    These(&'static [&'static [&'static str]]),
}

/// Looking at keys, without any use of them: kms:cmk:getMaterial is not here, as it makes a token to import with.
const KMS_READ: &[&str] = &[
    "kms:cmk:get",
    "kms:cmk:list",
    "kms:cmk:getInstance",
    "kms:cmk:getQuota",
    "kms:cmk:getRotation",
    "kms:cmk:getPublicKey",
    "kms:cmk:getTags",
    "kms:cmkTag:list",
    "kms:cmkTag:listInstance",
    "kms:grant:list",
    "kms:alias:list",
];

/// What Tenant Guest may do besides reading; a policy of one's own that denies takes it away.
const KMS_GUEST: &[&str] = &[
    "kms:cmk:create",
    "kms:cmk:createDataKey",
    "kms:cmk:createDataKeyWithoutPlaintext",
    "kms:cmk:encryptDataKey",
    "kms:cmk:decryptDataKey",
    "kms:cmk:retireGrant",
    "kms:cmk:decryptData",
    "kms:cmk:encryptData",
    "kms::generateRandom",
];

/// Looking at key pairs: list, detail, the state of binding tasks.
const KPS_READ: &[&str] = &["kps:*:get*", "kps:*:list*"];
const CSMS_READ: &[&str] = &["csms:*:get*", "csms:*:list*"];
const CTS_READ: &[&str] = &["cts:*:get*", "cts:*:list*"];
const CES_READ: &[&str] = &["ces:*:get*", "ces:*:list*"];
const RAM_READ: &[&str] = &["ram:*:get*", "ram:*:list*", "ram:*:search*"];
const IAM_READ: &[&str] = &["iam:*:get*", "iam:*:list*", "iam:*:check*"];

macro_rules! row {
    ($id:literal, $name:literal, $display:literal, $kind:ident, $reach:ident, $grants:expr, $text:literal) => {
        SystemRole {
            id: concat!("d0000000000000000000000000000", $id),
            name: $name,
            display_name: $display,
            kind: Kind::$kind,
            reach: Reach::$reach,
            description: $text,
            grants: $grants,
        }
    };
}

use Grants::{AllBut, These};

/// All of them.
#[rustfmt::skip] // A table reads by its columns.
pub static SYSTEM_ROLES: &[SystemRole] = &[
    row!("001", "te_admin",        "Tenant Administrator",       Role,   Both,    AllBut(&["iam:*"]),                   "All permissions of all services except IAM"),
    row!("002", "readonly",        "Tenant Guest",               Role,   Both,    These(&[KMS_READ, KMS_GUEST, KPS_READ, CSMS_READ, CTS_READ, CES_READ, RAM_READ]), "Read-only permissions of all services except IAM, and the use of keys"),
    row!("003", "secu_admin",      "Security Administrator",     Role,   Global,  These(&[&["iam:*:*"]]),               "All permissions of IAM"),
    row!("004", "iam_readonly",    "IAM ReadOnlyAccess",         Policy, Global,  These(&[IAM_READ]),                   "Read-only permissions of IAM"),
    row!("010", "kms_adm",         "KMS Administrator",          Role,   Project, These(&[&["kms:*:*"]]),               "All permissions of KMS"),
    row!("011", "kms_cmk_full",    "KMS CMKFullAccess",          Policy, Project, These(&[&["kms:*:*"]]),               "All permissions for KMS keys"),
    row!("012", "kms_cmk_read",    "KMS CMKReadOnlyAccess",      Policy, Project, These(&[KMS_READ]),                   "Read-only permissions for KMS keys"),
    row!("013", "kms_cmk_admin",   "KMS CMK Admin",              Policy, Project, These(&[&["kms:*:*"]]),               "All permissions for KMS keys"),
    row!("020", "kps_full",        "DEW KeypairFullAccess",      Policy, Project, These(&[&["kps:*:*"]]),               "All permissions for KPS"),
    row!("021", "kps_read",        "DEW KeypairReadOnlyAccess",  Policy, Project, These(&[KPS_READ]),                   "Read-only permissions for KPS"),
    row!("030", "csms_full",       "CSMS FullAccess",            Policy, Project, These(&[&["csms:*:*"]]),              "All permissions for CSMS"),
    row!("031", "csms_read",       "CSMS ReadOnlyAccess",        Policy, Project, These(&[CSMS_READ]),                  "Read-only permissions for CSMS"),
    row!("040", "cts_adm",         "CTS Administrator",          Role,   Project, These(&[&["cts:*:*"]]),               "All permissions of CTS"),
    row!("041", "cts_full",        "CTS FullAccess",             Policy, Project, These(&[&["cts:*:*"]]),               "All permissions of CTS"),
    row!("042", "cts_read",        "CTS ReadOnlyAccess",         Policy, Project, These(&[CTS_READ]),                   "Read-only permissions of CTS"),
    row!("050", "ces_adm",         "CES Administrator",          Role,   Project, These(&[&["ces:*:*"]]),               "All permissions of CES"),
    row!("051", "ces_full",        "CES FullAccess",             Policy, Project, These(&[&["ces:*:*"]]),               "All permissions of CES"),
    row!("052", "ces_read",        "CES ReadOnlyAccess",         Policy, Project, These(&[CES_READ]),                   "Read-only permissions of CES"),
    row!("060", "ram_full",        "RAM FullAccess",             Policy, Global,  These(&[&["ram:*:*"]]),               "All permissions of RAM"),
    row!("061", "ram_read",        "RAM ReadOnlyAccess",         Policy, Global,  These(&[RAM_READ]),                   "Read-only permissions of RAM"),
];

impl SystemRole {
    /// Writes the role as a policy document.
    #[must_use]
    pub fn document(&self) -> Value {
        let (member, actions) = match self.grants {
            AllBut(actions) => ("NotAction", actions.to_vec()),
            These(groups) => ("Action", groups.concat()),
        };
        json!({"Version": "1.1", "Statement": [{"Effect": "Allow", member: actions}]})
    }
}

/// Finds a system role by its identifier.
#[must_use]
pub fn by_id(id: &str) -> Option<&'static SystemRole> {
    SYSTEM_ROLES.iter().find(|role| role.id == id)
}

/// Finds a system role by the name that people know it by, or by its internal name.
#[must_use]
pub fn by_name(name: &str) -> Option<&'static SystemRole> {
    let named = |role: &&SystemRole| role.display_name == name || role.name == name;
    SYSTEM_ROLES.iter().find(named)
}

/// Finds the policy of a system role by the role's identifier, read once for the whole process.
#[must_use]
pub fn policy(id: &str) -> Option<Arc<Named<Policy>>> {
    static POLICIES: LazyLock<Vec<Arc<Named<Policy>>>> = LazyLock::new(|| {
        let read = |role: &SystemRole| Named {
            name: role.display_name.to_owned(),
            value: Policy::parse(&role.document()).expect("a test reads every row of the table"),
        };
        SYSTEM_ROLES.iter().map(read).map(Arc::new).collect()
    });
    let place = SYSTEM_ROLES.iter().position(|role| role.id == id)?;
    POLICIES.get(place).cloned()
}
