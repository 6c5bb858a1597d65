//! The kinds of row a store holds.

use std::fmt;

/// What a row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Kind {
    /// The instance: its name, policy and state.
    Instance = 1,
    /// A partition: its label, policy, PIN counters, and the wraps of its keys.
    Partition = 2,
    /// An object that is found without a login.
    PublicObject = 3,
    /// An object that a login opens: sealed under the user key as well.
    PrivateObject = 4,
    /// A registered access certificate of an agent.
    AgentCertificate = 5,
    /// A registered administrator: certificate and role.
    Administrator = 6,
    /// A certificate authority's key.
    Authority = 7,
    /// Anything else.
    Other = 8,
    /// A slot of the root key. Its bytes are a [`crate::slot::RootSlot`], not a record: it is what opens the rest.
    RootSlot = 9,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 9] = [
        Self::Instance,
        Self::Partition,
        Self::PublicObject,
        Self::PrivateObject,
        Self::AgentCertificate,
        Self::Administrator,
        Self::Authority,
        Self::Other,
        Self::RootSlot,
    ];

    /// The kind's number in rows and record headers.
    pub fn number(self) -> u8 {
        self as u8
    }

    /// The kind with a number, if there is one.
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.number() == number)
    }

    /// Whether records of this kind are sealed under the user key as well as the partition key.
    pub fn needs_user_key(self) -> bool {
        self == Self::PrivateObject
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Instance => "instance",
            Self::Partition => "partition",
            Self::PublicObject => "public object",
            Self::PrivateObject => "private object",
            Self::AgentCertificate => "agent certificate",
            Self::Administrator => "administrator",
            Self::Authority => "authority",
            Self::Other => "other",
            Self::RootSlot => "root slot",
        })
    }
}
