//! The module's file: what it exports, and the function lists that it hands out.

use std::ffi::{CStr, OsStr, c_void};
use std::path::Path;
use std::ptr::{null_mut, with_exposed_provenance_mut};

use cryptoki_sys::{CK_FLAGS, CK_INTERFACE, CK_RV, CK_ULONG, CK_VERSION};
use libloading::os::unix::{Library as File, RTLD_LOCAL, RTLD_NOW};

use super::function::{Function, Version};
use super::{Rv, memory};

/// Why a module cannot be used at all.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The dynamic linker refuses it.
    #[error("cannot load {path}: {source}")]
    Load {
        /// The file.
        path: String,
        /// What the linker says.
        source: libloading::Error,
    },
    /// It is a library, but not a module.
    #[error("{0} does not export C_GetFunctionList: it is not a PKCS#11 module")]
    NotAModule(String),
    /// It gives no functions.
    #[error("C_GetFunctionList answers {0}, so nothing of the module can be called")]
    NoList(Rv),
    /// It says that it gives functions, and does not.
    #[error(
        "C_GetFunctionList answers CKR_OK and points to no function list, so nothing of the module can be called"
    )]
    Nowhere,
}

/// A function list as the module hands it out.
#[derive(Clone, Debug)]
pub struct List {
    /// The version that it says of itself.
    pub version: (u8, u8),
    /// The address of each function, in the order of [`Function::ALL`]; zero where it is null.
    pub addresses: Vec<usize>,
}

/// An interface as the module hands it out.
#[derive(Clone, Debug)]
pub struct Interface {
    /// Its name.
    pub name: String,
    /// Its flags.
    pub flags: CK_FLAGS,
    /// Its function list, where its name is `PKCS 11`.
    pub list: Option<List>,
    /// Where its list is; zero where it is null.
    pub address: usize,
}

/// The name of the standard's own interface.
pub const STANDARD: &str = "PKCS 11";

/// A loaded library. It is never unloaded: modules are known to crash at that, and a child process runs the cases of one group only.
pub struct Library {
    file: File,
}

impl Library {
    /// Loads a file.
    ///
    /// # Errors
    /// What the dynamic linker says.
    pub fn open(path: &Path) -> Result<Self, Error> {
        // SAFETY: loading runs the library's constructors; running a vendor's code is what this program is for, and it is done in a child
        // process whose end is expected.
        let file = unsafe { File::open(Some(AsRef::<OsStr>::as_ref(path)), RTLD_NOW | RTLD_LOCAL) };
        let file = file.map_err(|source| Error::Load {
            path: path.display().to_string(),
            source,
        })?;
        Ok(Self { file })
    }

    /// Returns the address of an exported symbol.
    #[must_use]
    pub fn symbol(&self, name: &str) -> Option<usize> {
        // SAFETY: the symbol is only taken as an address here.
        let symbol = unsafe { self.file.get::<*const c_void>(name.as_bytes()) }.ok()?;
        let address = symbol.into_raw().expose_provenance();
        (address != 0).then_some(address)
    }

    /// Returns the list of `C_GetFunctionList`.
    ///
    /// # Errors
    /// If there is none.
    pub fn function_list(&self, path: &Path) -> Result<List, Error> {
        let missing = || Error::NotAModule(path.display().to_string());
        let address = self.symbol("C_GetFunctionList").ok_or_else(missing)?;
        let mut list: usize = 0;
        let words = [(&raw mut list).expose_provenance()];
        let rv = invoke(Function::C_GetFunctionList, address, &words);
        if !rv.is_ok() {
            return Err(Error::NoList(rv));
        }
        read_list(list, Some(Version::V2_40)).ok_or(Error::Nowhere)
    }

    /// Returns the list of a module that gives it only between `C_Initialize` and `C_Finalize`, which it exports.
    ///
    /// # Errors
    /// If there is none then either.
    pub fn list_of_initialized(&self, path: &Path) -> Result<List, Error> {
        let call = |function: Function| {
            let address = self.symbol(function.name());
            address.map(|address| invoke(function, address, &[0]))
        };
        call(Function::C_Initialize);
        let list = self.function_list(path);
        call(Function::C_Finalize);
        list
    }

    /// Returns where the list lies that the exported `C_GetFunctionList` gives; none if it gives none.
    #[must_use]
    pub fn function_list_address(&self) -> Option<CK_ULONG> {
        let mut list: CK_ULONG = 0;
        let address = self.symbol("C_GetFunctionList")?;
        let words = [(&raw mut list).expose_provenance()];
        let rv = invoke(Function::C_GetFunctionList, address, &words);
        (rv.is_ok() && list != 0).then_some(list)
    }

    /// Returns what `C_GetInterfaceList` names; none where the function is not exported.
    #[must_use]
    pub fn interfaces(&self) -> Option<Result<Vec<Interface>, Rv>> {
        let address = self.symbol("C_GetInterfaceList")?;
        let mut count: CK_ULONG = 0;
        let words = [0, (&raw mut count).expose_provenance()];
        let rv = invoke(Function::C_GetInterfaceList, address, &words);
        if !rv.is_ok() {
            return Some(Err(rv));
        }
        let room = usize::try_from(count).unwrap_or(0).min(64);
        let empty = CK_INTERFACE {
            pInterfaceName: null_mut(),
            pFunctionList: null_mut(),
            flags: 0,
        };
        let mut interfaces = vec![empty; room];
        let words = [
            interfaces.as_mut_ptr().expose_provenance(),
            (&raw mut count).expose_provenance(),
        ];
        let rv = invoke(Function::C_GetInterfaceList, address, &words);
        interfaces.truncate(usize::try_from(count).unwrap_or(room));
        Some(
            rv.is_ok()
                .then(|| interfaces.iter().map(read_interface).collect())
                .ok_or(rv),
        )
    }

    /// Calls `C_GetInterface`; none where the function is not exported.
    #[must_use]
    pub fn interface(
        &self,
        name: Option<&CStr>,
        version: Option<(u8, u8)>,
        flags: CK_FLAGS,
    ) -> Option<Result<Interface, Rv>> {
        let address = self.symbol("C_GetInterface")?;
        let version = version.map(|(major, minor)| CK_VERSION { major, minor });
        let mut found: usize = 0;
        let words = [
            name.map_or(0, |name| name.as_ptr().expose_provenance()),
            version
                .as_ref()
                .map_or(0, |version| std::ptr::from_ref(version).expose_provenance()),
            (&raw mut found).expose_provenance(),
            super::structure::word(flags),
        ];
        let rv = invoke(Function::C_GetInterface, address, &words);
        if !rv.is_ok() || found == 0 {
            return Some(Err(rv));
        }
        let words = memory::words(found, 3).unwrap_or_default();
        let &[name, list, flags] = &words[..] else {
            return Some(Err(rv));
        };
        Some(Ok(read_interface(&CK_INTERFACE {
            pInterfaceName: with_exposed_provenance_mut(name),
            pFunctionList: with_exposed_provenance_mut(list),
            flags: flags as CK_FLAGS,
        })))
    }
}

fn read_interface(interface: &CK_INTERFACE) -> Interface {
    let name = memory::text(interface.pInterfaceName.expose_provenance()).unwrap_or_default();
    let address = interface.pFunctionList.expose_provenance();
    let list = (name == STANDARD)
        .then(|| read_list(address, None))
        .flatten();
    Interface {
        name,
        flags: interface.flags,
        list,
        address,
    }
}

/// Reads a list's version and as many functions as that version has; or as `length` has, whatever the list says of itself. There is
/// none where the address leads to no such memory.
fn read_list(address: usize, length: Option<Version>) -> Option<List> {
    let version = memory::version(address)?;
    let says = Version::of(version.0, version.1);
    let count = length.unwrap_or(says).functions();
    // The functions stand behind the version, one word each, the first aligned to a word.
    let mut addresses = memory::words(address.checked_add(size_of::<usize>())?, count)?;
    addresses.resize(Function::ALL.len(), 0);
    Some(List { version, addresses })
}

/// Calls a function of the module with machine words.
///
/// All arguments of all functions are integers and pointers, which the calling conventions of the supported machines pass
/// alike, one word each; so one function type for each number of arguments serves them all.
pub(super) fn invoke(function: Function, address: usize, words: &[usize]) -> Rv {
    type W = usize;
    macro_rules! with {
        ($($index:literal)*) => {{
            let pointer = std::ptr::with_exposed_provenance::<c_void>(address);
            // SAFETY: the address is of a function of PKCS#11 with this many arguments, each of one word, which returns a CK_RV. That the
            // words are right is not promised: wrong ones are what some cases are about, and the process that runs them may end by it.
            unsafe {
                let function: unsafe extern "C" fn($(with!(@ $index)),*) -> CK_RV = std::mem::transmute(pointer);
                function($(words[$index]),*)
            }
        }};
        (@ $index:literal) => { W };
    }
    let code = match words.len() {
        0 => with!(),
        1 => with!(0),
        2 => with!(0 1),
        3 => with!(0 1 2),
        4 => with!(0 1 2 3),
        5 => with!(0 1 2 3 4),
        6 => with!(0 1 2 3 4 5),
        7 => with!(0 1 2 3 4 5 6),
        8 => with!(0 1 2 3 4 5 6 7),
        9 => with!(0 1 2 3 4 5 6 7 8),
        10 => with!(0 1 2 3 4 5 6 7 8 9),
        11 => with!(0 1 2 3 4 5 6 7 8 9 10),
        count => panic!("no function of PKCS#11 takes {count} arguments"),
    };
    Rv::of(function, code)
}
