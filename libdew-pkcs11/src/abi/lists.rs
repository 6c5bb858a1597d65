//! The function lists, made from the call table.

use cryptoki_sys::CK_VERSION;
use proto::{CALLS, Version, for_each_call};

use super::export;

/// A function as a list holds it; its parameters are known to whoever calls it.
type Function = unsafe extern "C" fn();

/// A function list: `CK_FUNCTION_LIST` and its successors are a version and, after it, a pointer per function.
#[repr(C)]
pub(super) struct List<const FUNCTIONS: usize> {
    version: CK_VERSION,
    functions: [Function; FUNCTIONS],
}

macro_rules! collect {
    ($($variant:ident = $number:literal $c_name:ident $method:ident $since:ident $section:literal $class:ident
        $weight:ident $place:ident ($($arguments:tt)*);)*) => {
        /// Every function, in the order of the table, which is that of the lists.
        const FUNCTIONS: [Function; CALLS.len()] = [
            // SAFETY: a pointer to a C function keeps its meaning under another type, as long as nobody calls it by that.
            $(unsafe { std::mem::transmute::<*const (), Function>(export::$c_name as *const ()) },)*
        ];
    };
}

for_each_call!(collect);

/// How many functions the standard has up to a version.
const fn count(version: Version) -> usize {
    let (mut index, mut count) = (0, 0);
    while index < CALLS.len() {
        if CALLS[index].since as usize <= version as usize {
            count += 1;
        }
        index += 1;
    }
    count
}

const fn list<const COUNT: usize>(major: u8, minor: u8) -> List<COUNT> {
    let mut functions = [FUNCTIONS[0]; COUNT];
    let mut index = 0;
    while index < COUNT {
        functions[index] = FUNCTIONS[index];
        index += 1;
    }
    List {
        version: CK_VERSION { major, minor },
        functions,
    }
}

/// `CK_FUNCTION_LIST`.
pub(super) static V2_40: List<{ count(Version::V2_40) }> = list(2, 40);
/// `CK_FUNCTION_LIST_3_0`.
pub(super) static V3_0: List<{ count(Version::V3_0) }> = list(3, 0);
/// `CK_FUNCTION_LIST_3_2`.
pub(super) static V3_2: List<{ count(Version::V3_2) }> = list(3, 2);
