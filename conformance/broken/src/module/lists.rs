//! The function lists and interfaces: the real module's, with our functions in them.

use std::ffi::CStr;
use std::ptr::{from_ref, with_exposed_provenance};
use std::sync::OnceLock;

use cryptoki_sys::{CK_FLAGS, CK_INTERFACE, CK_RV, CK_ULONG, CK_VERSION};
use cryptoki_sys::{CKR_ARGUMENTS_BAD, CKR_BUFFER_TOO_SMALL, CKR_FUNCTION_FAILED};
use cryptoki_sys::{CKR_GENERAL_ERROR, CKR_OK};

use super::call::{Call, size};
use super::export;
use super::under::{Interface, Pointer, under};
use crate::functions::{FUNCTIONS, Function};
use crate::hook::Hook;
use crate::rule;

/// A function list: a version and, after it, a pointer per function. Older versions have fewer.
#[repr(C)]
#[derive(Clone, Copy)]
pub(super) struct List {
    version: CK_VERSION,
    functions: [Option<Pointer>; FUNCTIONS.len()],
}

impl List {
    /// Copies a list, as far as its version says that it goes. The copy stays for the life of the process.
    ///
    /// # Safety
    /// `list` must point to a function list of PKCS#11.
    pub(super) unsafe fn read(list: *const CK_VERSION) -> &'static Self {
        // SAFETY: a list begins with its version.
        let version = unsafe { list.read() };
        let mut functions = [None; FUNCTIONS.len()];
        // SAFETY: the caller vouches for the list; the first function stands where C puts a pointer after a version.
        let first =
            unsafe { &raw const (*list.cast::<Self>()).functions }.cast::<Option<Pointer>>();
        for (index, function) in functions[..count(version)].iter_mut().enumerate() {
            // SAFETY: a list of this version has at least so many functions.
            *function = unsafe { first.add(index).read() };
        }
        Box::leak(Box::new(Self { version, functions }))
    }

    /// Returns a list of 3.0 for a module that has no interfaces, so that rules about them can be broken. What is new in
    /// 3.0 is not supported, save for finding interfaces.
    fn newer() -> &'static Self {
        let version = CK_VERSION { major: 3, minor: 0 };
        let mut functions = [None; FUNCTIONS.len()];
        for (index, function) in functions[..count(version)].iter_mut().enumerate() {
            *function = Some(export::POINTERS[index]);
        }
        let list: &'static Self = Box::leak(Box::new(Self { version, functions }));
        list.ours()
    }

    /// Returns its version.
    pub(super) const fn version(&self) -> CK_VERSION {
        self.version
    }

    /// Returns a function, where the module has it.
    pub(super) const fn function(&self, function: Function) -> Option<Pointer> {
        self.functions[function.index()]
    }

    /// Returns a list of the same version with our functions wherever this one has some.
    fn ours(&self) -> &'static Self {
        let hook = rule::chosen().map(|rule| &rule.hook);
        let mut list = *self;
        for (index, function) in list.functions.iter_mut().enumerate() {
            let left_out = matches!(hook, Some(Hook::Missing(missing)) if missing.index() == index);
            *function = match function {
                Some(_) if !left_out => Some(export::POINTERS[index]),
                _ => None,
            };
        }
        if let Some(&Hook::ListVersion(major, minor)) = hook {
            list.version = CK_VERSION { major, minor };
        }
        Box::leak(Box::new(list))
    }
}

/// Returns how many functions a list of a version has.
pub(super) const fn count(version: CK_VERSION) -> usize {
    match (version.major, version.minor) {
        (0..=2, _) => Function::WaitForSlotEvent.index() + 1,
        (3, 0..=1) => Function::MessageVerifyFinal.index() + 1,
        _ => FUNCTIONS.len(),
    }
}

/// What the host gets to see.
struct Ours {
    list: &'static List,
    interfaces: Vec<Interface>,
}

fn ours() -> Option<&'static Ours> {
    static OURS: OnceLock<Option<Ours>> = OnceLock::new();
    OURS.get_or_init(|| {
        let under = under()?;
        let list = under.list.ours();
        let replaced = under.interfaces.iter().map(|one| match one.list() {
            Some(theirs) => interface_of(one.0.pInterfaceName.cast(), theirs.ours(), one.0.flags),
            None => *one,
        });
        let mut interfaces: Vec<_> = replaced.collect();
        if interfaces.is_empty() {
            interfaces.push(interface_of(c"PKCS 11".as_ptr(), List::newer(), 0));
            interfaces.push(interface_of(c"PKCS 11".as_ptr(), list, 0));
        }
        Some(Ours { list, interfaces })
    })
    .as_ref()
}

fn interface_of(name: *const std::ffi::c_char, list: &'static List, flags: CK_FLAGS) -> Interface {
    Interface(CK_INTERFACE {
        pInterfaceName: name.cast_mut().cast(),
        pFunctionList: from_ref(list).cast_mut().cast(),
        flags,
    })
}

/// Answers `C_GetFunctionList`.
pub(super) fn function_list(call: Call) -> CK_RV {
    match ours() {
        None => CKR_GENERAL_ERROR,
        Some(_) if call.is_null(0) => CKR_ARGUMENTS_BAD,
        Some(ours) => {
            call.set_pointer(0, ours.list);
            CKR_OK
        }
    }
}

/// Answers `C_GetInterfaceList`.
pub(super) fn interface_list(mut call: Call) -> CK_RV {
    let (Some(ours), Some(room)) = (ours(), call.number(1)) else {
        return CKR_ARGUMENTS_BAD;
    };
    let count = ours.interfaces.len();
    call.set_number(1, count as CK_ULONG);
    if call.is_null(0) {
        return CKR_OK;
    }
    if size(room) < count {
        return CKR_BUFFER_TOO_SMALL;
    }
    for (index, interface) in ours.interfaces.iter().enumerate() {
        let place = call.word(0) + index * size_of::<CK_INTERFACE>();
        Call::new(Function::GetInterfaceList, &[place]).set_interface(0, interface.0);
    }
    CKR_OK
}

/// Answers `C_GetInterface`.
pub(super) fn interface(call: Call) -> CK_RV {
    let Some(ours) = ours() else {
        return CKR_GENERAL_ERROR;
    };
    if call.is_null(2) {
        return CKR_ARGUMENTS_BAD;
    }
    let fits = |one: &&Interface| has_name(&call, one) && has_version(&call, one);
    let flags = call.word(3) as CK_FLAGS;
    let mut fitting = ours.interfaces.iter().filter(fits);
    match fitting.find(|one| one.0.flags & flags == flags) {
        Some(found) => {
            call.set_pointer(2, &raw const found.0);
            CKR_OK
        }
        None => CKR_FUNCTION_FAILED,
    }
}

fn has_name(call: &Call, interface: &Interface) -> bool {
    // SAFETY: the name of an interface ends with a zero byte.
    let name = unsafe { CStr::from_ptr(interface.0.pInterfaceName.cast()) };
    // SAFETY: the host owes a name that ends with a zero byte, or a null pointer.
    call.is_null(0) || unsafe { CStr::from_ptr(with_exposed_provenance(call.word(0))) } == name
}

fn has_version(call: &Call, interface: &Interface) -> bool {
    if call.is_null(1) {
        return true;
    }
    // SAFETY: the host owes a version, or a null pointer.
    let wanted = unsafe { with_exposed_provenance::<CK_VERSION>(call.word(1)).read() };
    // SAFETY: the list of an interface begins with its version.
    let version = unsafe { interface.0.pFunctionList.cast::<CK_VERSION>().read() };
    (wanted.major, wanted.minor) == (version.major, version.minor)
}
