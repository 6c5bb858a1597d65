//! What the holder of a UKey may be.

use std::fmt;
use std::str::FromStr;

use crate::Error;

/// Names what a UKey is for. One key has one role; what a role may do is the HSM's to decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Runs the device: network, partitions, updates.
    DeviceAdmin,
    /// Is the security officer of a partition.
    KeyAdmin,
    /// Reads and verifies the audit log.
    Auditor,
    /// Holds one share, and approves what needs a quorum.
    Custodian,
    /// Watches status and metrics.
    Operator,
}

impl Role {
    /// Every role with its name, in the order of the specification.
    const NAMES: [(Self, &'static str); 5] = [
        (Self::DeviceAdmin, "device-admin"),
        (Self::KeyAdmin, "key-admin"),
        (Self::Auditor, "auditor"),
        (Self::Custodian, "custodian"),
        (Self::Operator, "operator"),
    ];

    /// Gives the role's name in files and on command lines.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::NAMES[self as usize].1
    }

    /// Gives every role, in the order of the specification.
    #[must_use]
    pub fn all() -> [Self; 5] {
        Self::NAMES.map(|(role, _)| role)
    }

    /// Gives all names, for a message.
    pub(crate) fn names() -> String {
        Self::NAMES.map(|(_, name)| name).join(", ")
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Role {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Self::NAMES
            .into_iter()
            .find_map(|(role, name)| (name == text).then_some(role))
            .ok_or_else(|| Error::Role {
                name: text.to_owned(),
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_role_is_read_back_from_its_name() {
        for (role, name) in Role::NAMES {
            assert_eq!(role.to_string(), name);
            assert_eq!(name.parse::<Role>().unwrap(), role);
        }
    }

    #[test]
    fn unknown_role_is_told_with_the_known_ones() {
        let text = "root".parse::<Role>().unwrap_err().to_string();
        let known = "device-admin, key-admin, auditor, custodian, operator";
        assert_eq!(text, format!("'root' is no role; the roles are {known}"));
    }
}
