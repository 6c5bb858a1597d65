//! The real module.

use std::env::var_os;
use std::mem::transmute;
use std::ptr::{null, null_mut};
use std::sync::OnceLock;

use cryptoki_sys::{CK_INTERFACE, CK_RV, CK_ULONG, CK_VERSION, CKR_FUNCTION_NOT_SUPPORTED};
use cryptoki_sys::{CKR_GENERAL_ERROR, CKR_OK};
use libloading::Library;

use super::call::size;
use super::lists::{List, count};
use crate::functions::Function;

/// A function as a list holds it; its parameters are known to whoever calls it.
pub(super) type Pointer = unsafe extern "C" fn();

/// The environment variable with the module's path.
const PATH: &str = "BROKEN_MODULE_UNDER";

/// The real module, for the life of the process.
pub(super) struct Under {
    /// Its function list of 2.40.
    pub(super) list: &'static List,
    /// Its interfaces; none where it does not know the function.
    pub(super) interfaces: Vec<Interface>,
    /// The list with the most functions.
    best: &'static List,
}

/// An interface of the real module.
#[derive(Clone, Copy)]
pub(super) struct Interface(pub(super) CK_INTERFACE);

// SAFETY: what the pointers lead to is constant data of a module that is never unloaded.
unsafe impl Send for Interface {}
// SAFETY: as above.
unsafe impl Sync for Interface {}

impl Interface {
    /// Returns its function list, where its name is the standard's.
    pub(super) fn list(&self) -> Option<&'static List> {
        // SAFETY: an interface has a name that ends with a zero byte.
        let name = unsafe { std::ffi::CStr::from_ptr(self.0.pInterfaceName.cast()) };
        if name != c"PKCS 11" {
            return None;
        }
        // SAFETY: an interface of this name has a list that begins with its version.
        Some(unsafe { List::read(self.0.pFunctionList.cast()) })
    }
}

/// Returns the real module, or nothing where it cannot be loaded.
pub(super) fn under() -> Option<&'static Under> {
    static UNDER: OnceLock<Option<Under>> = OnceLock::new();
    UNDER.get_or_init(load).as_ref()
}

/// Has the real module answer a call.
pub(super) fn call(function: Function, words: &[usize]) -> CK_RV {
    let Some(under) = under() else {
        return CKR_GENERAL_ERROR;
    };
    match under.best.function(function) {
        Some(pointer) => invoke(pointer, words),
        None => CKR_FUNCTION_NOT_SUPPORTED,
    }
}

fn load() -> Option<Under> {
    let path = var_os(PATH)?;
    // SAFETY: loading runs the module's initialisers; whoever names a module in the environment vouches for it.
    let library = unsafe { Library::new(&path) }
        .inspect_err(|error| eprintln!("broken-module: {PATH}: {error}"))
        .ok()?;
    let library: &'static Library = Box::leak(Box::new(library));
    let mut list: *const CK_VERSION = null();
    let get = symbol(library, b"C_GetFunctionList\0")?;
    if invoke(get, &[(&raw mut list).expose_provenance()]) != CKR_OK || list.is_null() {
        return None;
    }
    // SAFETY: the function has answered with a list that begins with its version.
    let list = unsafe { List::read(list) };
    let interfaces = symbol(library, b"C_GetInterfaceList\0").map_or_else(Vec::new, interfaces);
    let newer = interfaces.iter().filter_map(Interface::list);
    let best = newer
        .max_by_key(|list| count(list.version()))
        .unwrap_or(list);
    Some(Under {
        list,
        interfaces,
        best,
    })
}

fn symbol(library: &Library, name: &[u8]) -> Option<Pointer> {
    // SAFETY: the symbols that are asked for are functions; `invoke` gives them the arguments that they have.
    unsafe { library.get::<Pointer>(name) }
        .ok()
        .map(|symbol| *symbol)
}

fn interfaces(get: Pointer) -> Vec<Interface> {
    let mut count: CK_ULONG = 0;
    let place = (&raw mut count).expose_provenance();
    if invoke(get, &[0, place]) != CKR_OK {
        return Vec::new();
    }
    let empty = Interface(CK_INTERFACE {
        pInterfaceName: null_mut(),
        pFunctionList: null_mut(),
        flags: 0,
    });
    let mut interfaces = vec![empty; size(count)];
    if invoke(get, &[interfaces.as_mut_ptr().expose_provenance(), place]) != CKR_OK {
        return Vec::new();
    }
    interfaces.truncate(size(count));
    interfaces
}

/// Calls a function of the real module with as many words as it has arguments.
fn invoke(pointer: Pointer, words: &[usize]) -> CK_RV {
    macro_rules! with {
        ($($word:ident: $type:ty),*) => {{
            // SAFETY: a function of PKCS#11 with this many arguments; each is an integer or a pointer of at most a word, which the
            // C calling conventions of all supported machines pass as a word. The host answers for what they point to.
            let function = unsafe { transmute::<Pointer, unsafe extern "C" fn($($type),*) -> CK_RV>(pointer) };
            // SAFETY: as above.
            unsafe { function($($word),*) }
        }};
    }
    match *words {
        [a] => with!(a: usize),
        [a, b] => with!(a: usize, b: usize),
        [a, b, c] => with!(a: usize, b: usize, c: usize),
        [a, b, c, d] => with!(a: usize, b: usize, c: usize, d: usize),
        [a, b, c, d, e] => with!(a: usize, b: usize, c: usize, d: usize, e: usize),
        [a, b, c, d, e, f] => {
            with!(a: usize, b: usize, c: usize, d: usize, e: usize, f: usize)
        }
        [a, b, c, d, e, f, g] => {
            with!(a: usize, b: usize, c: usize, d: usize, e: usize, f: usize, g: usize)
        }
        [a, b, c, d, e, f, g, h] => {
            with!(a: usize, b: usize, c: usize, d: usize, e: usize, f: usize, g: usize, h: usize)
        }
        [a, b, c, d, e, f, g, h, i] => with!(a: usize, b: usize, c: usize, d: usize, e: usize,
            f: usize, g: usize, h: usize, i: usize),
        [a, b, c, d, e, f, g, h, i, j] => with!(a: usize, b: usize, c: usize, d: usize, e: usize,
            f: usize, g: usize, h: usize, i: usize, j: usize),
        _ => CKR_FUNCTION_NOT_SUPPORTED,
    }
}
