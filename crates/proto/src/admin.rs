//! Management: what the management tool asks of an HSM, and how a command is signed.
//!
//! Requests travel in frames of kind [`AdminRequest`](crate::frame::Kind::AdminRequest), encoded with postcard, over a TLS
//! connection whose client certificate is the UKey's. A connection starts with [`Request::Challenge`]; each command that
//! follows is signed by the UKey over [`signed_bytes`], which binds it to this connection, this HSM and its turn.

use serde::{Deserialize, Serialize};
use zeroize::Zeroize;

/// The label under which both ends export keying material from the TLS connection (RFC 8446, 7.5).
pub const EXPORTER_LABEL: &[u8] = b"EXPORTER-dew-management-v1";

/// An identifier of an instance, a partition or an object.
pub type Id = [u8; 16];

/// A request of the management tool.
#[derive(Debug, Deserialize, Serialize)]
pub enum Request {
    /// Asks for the challenge that the commands of this connection answer.
    Challenge,
    /// Asks how the HSM is; needs no signature.
    Status,
    /// A signed command.
    Command {
        /// A [`Command`], encoded with postcard: these very bytes are signed.
        command: Vec<u8>,
        /// ECDSA P-256 with SHA-256 over [`signed_bytes`], in ASN.1.
        signature: Vec<u8>,
    },
}

/// What the HSM answers.
#[derive(Debug, Deserialize, Serialize)]
pub enum Reply {
    /// An access certificate was issued.
    AccessCertificate {
        /// The chain in PEM, the agent's certificate first.
        chain_pem: String,
        /// Its serial number, in hexadecimal digits.
        serial: String,
    },
    /// The access certificates.
    AccessCertificates(Vec<AccessCertificate>),
    /// Entries of the audit log, oldest first, each in its canonical encoding.
    Audit(Vec<Vec<u8>>),
    /// The challenge of this connection.
    Challenge {
        /// The instance.
        instance: Id,
        /// Random, new for each connection.
        nonce: [u8; 32],
    },
    /// It is done.
    Done,
    /// It was refused or failed; the text names what, where and what to do.
    Failed(String),
    /// The partitions.
    Partitions(Vec<Partition>),
    /// How the HSM is.
    Status(Status),
    /// The named users of a partition.
    Users(Vec<User>),
}

/// How an HSM is.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Status {
    /// The instance.
    pub instance: Id,
    /// Its state: factory, operational or error.
    pub state: State,
    /// Version of the daemon.
    pub version: String,
    /// When it started, in seconds since 1970.
    pub started: u64,
    /// Connected agents.
    pub agents: u32,
    /// Applications behind them.
    pub applications: u32,
    /// Partitions.
    pub partitions: u32,
    /// Entries in the audit log.
    pub audit_entries: u64,
    /// The root-key slots that can open it, by kind.
    pub root_slots: Vec<String>,
    /// What an administrator should know: memory that is not locked, a rollback that is not anchored.
    pub warnings: Vec<String>,
}

/// The state of an HSM (FIPS 140-3, 7.11: finite state model).
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub enum State {
    /// A self-test or the store failed: nothing but status and audit is served.
    Error,
    /// New: it accepts one claim and nothing else.
    Factory,
    /// It serves.
    Operational,
}

/// A partition, as the management tool sees it.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Partition {
    /// Its identifier.
    pub id: Id,
    /// Its name, unique in the HSM.
    pub name: String,
    /// The slot in which applications find it.
    pub slot: u64,
    /// Its policy profile.
    pub profile: Profile,
    /// The label of its token, where it has been initialised.
    pub label: Option<String>,
    /// How many objects it holds.
    pub objects: u64,
}

/// The policy profile of a partition.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub enum Profile {
    /// What applications written for other software tokens expect, without what would give keys away.
    Compat,
    /// One purpose per key, no weak algorithms, no way for a key to leave in the clear.
    Strict,
}

/// A user of a partition who logs in by a name (`C_LoginUser`).
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub struct User {
    /// The name, unique in the partition.
    pub name: String,
    /// What the user may do.
    pub duty: Duty,
    /// Whether too many wrong PINs were given.
    pub locked: bool,
}

/// What a named user may do.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub enum Duty {
    /// All that the partition's user may: makes, changes and destroys keys, and uses them.
    CryptoOfficer,
    /// Uses the keys that there are.
    CryptoUser,
}

/// An access certificate: what an agent shows to be let in.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct AccessCertificate {
    /// The agent's name.
    pub name: String,
    /// The serial number, in hexadecimal digits.
    pub serial: String,
    /// The names of the partitions it reaches.
    pub partitions: Vec<String>,
    /// When it ends, in seconds since 1970.
    pub not_after: u64,
    /// Whether it was revoked.
    pub revoked: bool,
}

/// Bytes that are wiped when dropped and never shown.
#[derive(Default, Deserialize, Serialize)]
pub struct Secret(Vec<u8>);

impl Secret {
    /// Takes the bytes over.
    #[must_use]
    pub const fn new(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// Shows the bytes.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        &self.0
    }
}

impl Drop for Secret {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret")
    }
}

/// A command of an administrator.
#[derive(Debug, Deserialize, Serialize)]
pub enum Command {
    /// Issues an access certificate for a key that the caller made.
    AccessCertificateIssue {
        /// The agent's name, unique among the certificates that are not revoked.
        name: String,
        /// The names of the partitions that it may reach.
        partitions: Vec<String>,
        /// The certificate signing request (PKCS#10, DER).
        request: Vec<u8>,
        /// For how many hours it is good.
        hours: u32,
    },
    /// Lists the access certificates.
    AccessCertificateList,
    /// Revokes an access certificate, by its serial number or the agent's name.
    AccessCertificateRevoke {
        /// Which.
        serial_or_name: String,
    },
    /// Reads the audit log.
    AuditRead {
        /// The first entry.
        from: u64,
        /// At most so many.
        limit: u32,
    },
    /// Claims a factory-new HSM: the UKey that signs becomes its first device administrator.
    Claim {
        /// What this HSM is called.
        label: String,
    },
    /// Makes a partition.
    PartitionCreate {
        /// Its name.
        name: String,
        /// Its policy profile.
        profile: Profile,
        /// Initialises its token at once, where given.
        token: Option<TokenSetup>,
    },
    /// Destroys a partition with everything in it.
    PartitionDelete {
        /// Which.
        name: String,
    },
    /// Lists the partitions.
    PartitionList,
    /// Lets somebody log in to a partition by a name.
    UserCreate {
        /// Which partition.
        partition: String,
        /// The name.
        name: String,
        /// What the user may do.
        duty: Duty,
        /// The new user's PIN.
        pin: Secret,
        /// The PIN of the partition's user, which opens what the new PIN is to open.
        user_pin: Secret,
    },
    /// Takes a name away; who is logged in by it is logged out.
    UserDelete {
        /// Which partition.
        partition: String,
        /// The name.
        name: String,
    },
    /// Lists the named users of a partition.
    UserList {
        /// Which partition.
        partition: String,
    },
}

/// How to initialise the token of a new partition.
#[derive(Debug, Deserialize, Serialize)]
pub struct TokenSetup {
    /// The token's label, at most 32 bytes.
    pub label: String,
    /// The security officer's PIN.
    pub so_pin: Secret,
    /// The user's PIN.
    pub user_pin: Option<Secret>,
}

/// Returns the bytes that the UKey signs for the `turn`th command (from 0) of a connection.
///
/// `exporter` is 32 bytes exported from the TLS connection under [`EXPORTER_LABEL`] without a context; `instance` and
/// `nonce` stand in the challenge.
#[must_use]
pub fn signed_bytes(
    exporter: &[u8; 32],
    instance: &Id,
    nonce: &[u8; 32],
    turn: u64,
    command: &[u8],
) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(128 + command.len());
    bytes.extend_from_slice(b"dew/management/v1\0");
    bytes.extend_from_slice(exporter);
    bytes.extend_from_slice(instance);
    bytes.extend_from_slice(nonce);
    bytes.extend_from_slice(&turn.to_le_bytes());
    bytes.extend_from_slice(command);
    bytes
}
