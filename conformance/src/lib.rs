//! dew-conformance: a PKCS#11 conformance suite for any vendor's module.
//!
//! | module | what it is |
//! |---|---|
//! | [`c`] | the C interface of a module, as data; the only unsafe code |
//! | [`case`], [`context`] | what a case is, and what it works with |
//! | `areas`, [`catalogue`] | the cases, by area and all together |
//! | [`facts`], [`target`] | what a module says of itself; what a run is pointed at |
//! | [`description`] | description files of modules, and known departures |
//! | `keys`, `known_keys`, `users` | keys for the cases; users and PINs, small objects |
//! | `operations` | the mechanisms and the rules that the cases of cryptographic operations are made of |
//! | `child` | the process that loads the module and runs a group of cases |
//! | `run` | the process that looks after those, with deadlines |
//! | `performance` | operations per second and latency |
//! | `random`, `differential` | random calls from a seed; the same on two modules |
//! | [`vectors`] | known answers, and what runs them |
//! | `profiles` | the OASIS profiles, and whether a module meets them |
//! | [`report`] | a run as data, and its forms |
//! | `cli` | the command line |

mod areas;
pub mod c;
pub mod case;
pub mod catalogue;
mod child;
mod cli;
pub mod context;
pub mod description;
mod differential;
pub mod facts;
mod key_use;
mod keys;
mod known_keys;
mod operations;
mod performance;
mod profiles;
mod random;
pub mod report;
mod run;
pub mod target;
mod users;
pub mod vectors;

pub use cli::run;
