//! A loaded module: every call goes through [`Module::call`], which writes it down.

mod digests;
mod encryption;
pub mod general;
mod keys;
mod messages;
mod objects;
mod sessions;
mod signatures;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use cryptoki_sys::{CK_ULONG, CKR_BUFFER_TOO_SMALL, CKR_FUNCTION_NOT_SUPPORTED};

use super::function::Version;
use super::library::{self, Interface, Library, List, STANDARD};
use super::trace::Trace;
use super::{Arg, Buffer, Function, Out, Output, Rv};

/// A module in this process.
pub struct Module {
    path: PathBuf,
    library: Library,
    addresses: Vec<usize>,
    version: Version,
    trace: Trace,
    last: AtomicUsize,
}

impl Module {
    /// Loads a module, and takes the functions of its newest standard interface; of `C_GetFunctionList` where it has no other.
    ///
    /// # Errors
    /// If it cannot be loaded, or gives no functions.
    pub fn load(path: &Path) -> Result<Self, library::Error> {
        let library = Library::open(path)?;
        // That it has to give the list before is what cases of the list are about.
        let oldest = library
            .function_list(path)
            .or_else(|_| library.list_of_initialized(path))?;
        let newest = newest(&library);
        let version = newest.as_ref().map_or(Version::V2_40, |list| {
            Version::of(list.version.0, list.version.1)
        });
        Ok(Self {
            path: path.to_owned(),
            library,
            addresses: newest.unwrap_or(oldest).addresses,
            version,
            trace: Trace::default(),
            last: AtomicUsize::new(0),
        })
    }

    /// Returns the file that was loaded.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Returns the file's symbols and lists.
    #[must_use]
    pub fn library(&self) -> &Library {
        &self.library
    }

    /// Returns the version of the function list that is called.
    #[must_use]
    pub fn version(&self) -> Version {
        self.version
    }

    /// Returns the calls so far.
    #[must_use]
    pub fn trace(&self) -> &Trace {
        &self.trace
    }

    /// Returns the function that was called last.
    #[must_use]
    pub fn last_called(&self) -> Function {
        Function::ALL[self.last.load(Ordering::Relaxed)]
    }

    /// Returns the function that returned this code; the one called last where the code does not know.
    #[must_use]
    pub fn answered(&self, rv: Rv) -> Function {
        rv.function().unwrap_or_else(|| self.last_called())
    }

    /// Tells whether the function list has this function.
    #[must_use]
    pub fn has(&self, function: Function) -> bool {
        self.addresses[function as usize] != 0
    }

    /// Calls a function. One that is not in the function list answers `CKR_FUNCTION_NOT_SUPPORTED`.
    ///
    /// # Panics
    /// If the number of arguments is not the function's.
    pub fn call(&self, function: Function, mut args: Vec<Arg<'_>>) -> Rv {
        assert_eq!(
            args.len(),
            function.arity(),
            "{function} has another number of arguments"
        );
        self.last.store(function as usize, Ordering::Relaxed);
        let address = self.addresses[function as usize];
        if address == 0 {
            self.trace
                .call(format!("{function} is not in the function list"));
            return Rv::of(function, CKR_FUNCTION_NOT_SUPPORTED);
        }
        if self.trace.is_paused() {
            let words: Vec<_> = args.iter_mut().map(Arg::word).collect();
            return library::invoke(function, address, &words);
        }
        let before: Vec<_> = args.iter().map(Arg::before).collect();
        let text = format!("{function}({})", before.join(", "));
        self.trace.starting(&text);
        let words: Vec<_> = args.iter_mut().map(Arg::word).collect();
        let rv = library::invoke(function, address, &words);
        let after: Vec<_> = args.iter().filter_map(Arg::after).collect();
        let outcome = if after.is_empty() {
            String::new()
        } else {
            format!(" → {}", after.join(", "))
        };
        self.trace.call(format!("{text} = {rv}{outcome}"));
        self.look_behind(function, &args);
        rv
    }

    /// Calls a function whose last two arguments are a buffer and the place of its length.
    pub(crate) fn produce(&self, function: Function, args: Vec<Arg<'_>>, out: Out) -> Output {
        self.produce_before(function, args, out, Vec::new())
    }

    /// Calls a function that has more arguments behind its buffer and the place of its length.
    pub(crate) fn produce_before(
        &self,
        function: Function,
        args: Vec<Arg<'_>>,
        out: Out,
        more: Vec<Arg<'_>>,
    ) -> Output {
        let size = match out {
            Out::Room(size) => size,
            Out::Length | Out::NoLength => 0,
        };
        let mut buffer = Buffer::new(size);
        let mut length = size as CK_ULONG;
        let (bytes, place) = match out {
            Out::Length => (Arg::Null, Arg::Place(&mut length)),
            Out::Room(_) => (Arg::Buffer(&mut buffer), Arg::Place(&mut length)),
            Out::NoLength => (Arg::Buffer(&mut buffer), Arg::Null),
        };
        let args = args.into_iter().chain([bytes, place]).chain(more);
        let rv = self.call(function, args.collect());
        let told = usize::try_from(length).unwrap_or(usize::MAX).min(size);
        let written = if rv.is_ok() && out != Out::Length {
            told
        } else {
            0
        };
        Output {
            rv,
            length,
            bytes: buffer.bytes()[..written].to_vec(),
            touched: buffer.touched(),
        }
    }

    /// Runs a call that gives bytes the way that applications do: asks for the length, then for the bytes.
    ///
    /// # Errors
    /// The first return code that is not `CKR_OK`.
    pub fn whole(&self, mut call: impl FnMut(Out) -> Output) -> Result<Vec<u8>, Rv> {
        /// No output of any case is longer; a module that asks for more is wrong.
        const LONGEST: CK_ULONG = 64 << 20;
        let asked = call(Out::Length);
        if !asked.rv.is_ok() {
            return Err(asked.rv);
        }
        if asked.length > LONGEST {
            self.trace
                .fault(format!("a length query answered {} bytes", asked.length));
            return Err(Rv::new(CKR_BUFFER_TOO_SMALL));
        }
        let output = call(Out::Room(usize::try_from(asked.length).unwrap_or(0)));
        if output.rv.is_ok() {
            Ok(output.bytes)
        } else {
            Err(output.rv)
        }
    }

    /// Notes every output that the module wrote behind.
    fn look_behind(&self, function: Function, args: &[Arg<'_>]) {
        let overrun = args.iter().any(|arg| match arg {
            Arg::Buffer(buffer) => buffer.overrun(),
            Arg::Query(query) => query.overrun(),
            _ => false,
        });
        if overrun {
            self.trace
                .fault(format!("{function} wrote behind the end of the buffer"));
        }
    }
}

/// Returns the list of the newest standard interface.
fn newest(library: &Library) -> Option<List> {
    let interfaces = library.interfaces()?.ok()?;
    let standard = interfaces
        .into_iter()
        .filter(|interface| interface.name == STANDARD);
    standard
        .filter_map(|interface: Interface| interface.list)
        .max_by_key(|list| list.version)
}
