//! The cases by area: one file for each, in the order in which they run.

mod attack;
mod attribute;
mod copy;
mod decrypt;
mod derive;
mod digest;
mod encapsulate;
mod encrypt;
mod field;
mod find;
mod general;
mod generate;
mod login;
mod mechanism;
mod message;
mod object;
mod pin;
mod profile;
mod random;
mod recover;
mod robustness;
mod session;
mod sign;
mod slot;
mod thread;
mod unwrap;
mod vector;
mod verify;
mod wrap;

use crate::case::Case;

/// A group of cases whose names begin alike.
pub(crate) struct Area {
    /// What their names begin with.
    pub(crate) name: &'static str,
    /// What they are about, for the list and the report.
    pub(crate) about: &'static str,
    /// Makes them.
    pub(crate) cases: fn() -> Vec<Case>,
}

#[rustfmt::skip] // A table reads by its columns.
pub(crate) const AREAS: &[Area] = &[
    Area { name: "general", about: "Function lists, interfaces, initialising and finalising", cases: general::cases },
    Area { name: "slot", about: "Slots, tokens and their information", cases: slot::cases },
    Area { name: "mechanism", about: "Mechanism lists and what they promise", cases: mechanism::cases },
    Area { name: "thread", about: "Mutexes, threads and forks", cases: thread::cases },
    Area { name: "session", about: "Sessions and their states", cases: session::cases },
    Area { name: "login", about: "Logins of every kind of user", cases: login::cases },
    Area { name: "pin", about: "PINs, their rules and flags", cases: pin::cases },
    Area { name: "object", about: "Objects of every class, their attributes required, optional and forbidden", cases: object::cases },
    Area { name: "attribute", about: "Reading and changing attributes", cases: attribute::cases },
    Area { name: "find", about: "Searching", cases: find::cases },
    Area { name: "copy", about: "Copies and sizes", cases: copy::cases },
    Area { name: "digest", about: "Digests", cases: digest::cases },
    Area { name: "encrypt", about: "Encryption", cases: encrypt::cases },
    Area { name: "decrypt", about: "Decryption", cases: decrypt::cases },
    Area { name: "sign", about: "Signatures and MACs", cases: sign::cases },
    Area { name: "verify", about: "Verification", cases: verify::cases },
    Area { name: "recover", about: "Signatures with message recovery, dual-function operations, saved operation states", cases: recover::cases },
    Area { name: "message", about: "The message-based functions of version 3.0", cases: message::cases },
    Area { name: "generate", about: "Generating keys and key pairs", cases: generate::cases },
    Area { name: "wrap", about: "Wrapping keys", cases: wrap::cases },
    Area { name: "unwrap", about: "Unwrapping keys", cases: unwrap::cases },
    Area { name: "derive", about: "Deriving keys", cases: derive::cases },
    Area { name: "encapsulate", about: "Encapsulating keys, and the rest of version 3.2", cases: encapsulate::cases },
    Area { name: "random", about: "Random numbers", cases: random::cases },
    Area { name: "profile", about: "Clauses of the OASIS profiles", cases: profile::cases },
    Area { name: "vector", about: "Known answers", cases: vector::cases },
    Area { name: "attack", about: "Attacks on keys and oracles", cases: attack::cases },
    Area { name: "robustness", about: "Null and wild arguments, absurd lengths, random calls", cases: robustness::cases },
];
