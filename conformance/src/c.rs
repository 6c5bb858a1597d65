//! The C interface of a PKCS#11 module, as data: what is called, with which words, and what came back.
//!
//! Everything unsafe is here. A call is a [`Function`] and a list of [`Arg`]s, each of which owns or borrows the memory that it
//! points to; nothing above this layer holds a pointer. Each call is written into a [`Trace`], and each output
//! buffer has guard bytes behind it, so a module that writes too far is found whatever the case was about.
//!
//! | module | what it is |
//! |---|---|
//! | [`names`] | the standard's numbers by name |
//! | [`function`] | the functions, in the order of the function lists |
//! | [`library`] | the file: exported symbols, function lists, interfaces |
//! | [`arg`] | what a call is given |
//! | [`buffer`], [`structure`], [`template`], [`mechanism`] | memory that a module reads or writes |
//! | [`module`] | a loaded module; one method for each function, in the folder `module/` |
//! | [`info`] | the standard's information structures, read |
//! | `memory`, `printed` | what a module points to, read without trust; what it prints |
//! | [`fork`], [`locks`], [`notify`] | a child process, the application's own mutexes, its callback |

pub mod arg;
pub mod buffer;
pub mod fork;
pub mod function;
pub mod info;
pub mod library;
pub mod locks;
pub mod mechanism;
mod memory;
pub mod module;
pub mod names;
pub mod notify;
mod printed;
pub mod rv;
pub mod structure;
pub mod template;
pub mod trace;

pub use arg::Arg;
pub use buffer::{Buffer, Out, Output};
pub use function::Function;
pub use mechanism::Mechanism;
pub use module::Module;
pub use rv::Rv;
pub use structure::Structure;
pub use template::{Query, Template};

/// A session's handle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Session(pub cryptoki_sys::CK_SESSION_HANDLE);

/// An object's handle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Object(pub cryptoki_sys::CK_OBJECT_HANDLE);
