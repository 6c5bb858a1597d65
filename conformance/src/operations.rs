//! Cryptographic operations: a table of mechanisms, and rules that hold for whole families of functions.
//!
//! The areas `digest`, `encrypt`, `decrypt`, `sign` and `verify` are rows of the one crossed with rows of the other.
//!
//! | module | what it is |
//! |---|---|
//! | [`mechanisms`] | the mechanisms: their keys, their parameters, how much they take and give |
//! | [`parameters`] | the structures of their parameters |
//! | [`material`] | their keys |
//! | [`family`] | the functions of encrypting, decrypting, digesting, signing and verifying, seen as one |
//! | [`operation`] | one operation that is ready to be started |
//! | [`buffers`] | rules of output buffers (PKCS#11 3.1 section 5.2) |
//! | [`states`] | rules of the order of calls |
//! | [`failures`] | rules of what cannot be started |
//! | [`parts`] | data in parts |
//! | [`peer`] | the same computation by another implementation |

pub(crate) mod buffers;
pub(crate) mod failures;
pub(crate) mod family;
pub(crate) mod material;
pub(crate) mod mechanisms;
pub(crate) mod operation;
pub(crate) mod parameters;
pub(crate) mod parts;
pub(crate) mod peer;
pub(crate) mod states;

pub(crate) use family::Family;
pub(crate) use operation::Operation;
