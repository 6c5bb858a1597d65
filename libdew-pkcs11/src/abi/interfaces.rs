//! The interfaces: the function lists under the name that the standard gives them.

use std::ffi::{CStr, c_void};

use ck::Rv;
use cryptoki_sys::{CK_FLAGS, CK_INTERFACE, CK_VERSION};

use super::lists;

/// The name of the standard's own interfaces (3.1, 5.4.5).
const NAME: &CStr = c"PKCS 11";

/// An interface, in memory that nobody writes.
#[repr(transparent)]
pub(super) struct Interface(CK_INTERFACE);

// SAFETY: the structure and everything that it points to is constant for as long as the module is loaded.
unsafe impl Sync for Interface {}

impl Interface {
    /// The flags are 0: a child of a fork does not get copies of sessions and logins, as CKF_INTERFACE_FORK_SAFE says.
    const fn new<const FUNCTIONS: usize>(list: &'static lists::List<FUNCTIONS>) -> Self {
        Self(CK_INTERFACE {
            pInterfaceName: NAME.as_ptr().cast_mut().cast(),
            pFunctionList: std::ptr::from_ref(list).cast_mut().cast::<c_void>(),
            flags: 0,
        })
    }

    /// The structure for the host.
    pub(super) const fn get(&'static self) -> *mut CK_INTERFACE {
        std::ptr::from_ref(&self.0).cast_mut()
    }
}

/// The interfaces. The first is the default: hosts that ask for no version look at the one they are given, and those that
/// know only older ones ask for them or for `C_GetFunctionList`.
pub(super) static INTERFACES: [Interface; 3] = [
    Interface::new(&lists::V3_2),
    Interface::new(&lists::V3_0),
    Interface::new(&lists::V2_40),
];

/// Finds the first interface that has the name, the version and all of the flags; what is not given may be anything.
///
/// # Errors
/// `CKR_ARGUMENTS_BAD` where there is none.
pub(super) fn find(
    name: Option<&CStr>,
    version: Option<CK_VERSION>,
    flags: CK_FLAGS,
) -> Result<&'static Interface, Rv> {
    let known = name.is_none_or(|name| name == NAME);
    INTERFACES
        .iter()
        .find(|interface| {
            known
                && version
                    .is_none_or(|version| version_of(interface) == (version.major, version.minor))
                && interface.0.flags & flags == flags
        })
        .ok_or(Rv::ARGUMENTS_BAD)
}

fn version_of(interface: &Interface) -> (u8, u8) {
    // SAFETY: the pointer is to one of our static lists, each of which begins with its version.
    let version = unsafe { *interface.0.pFunctionList.cast::<CK_VERSION>() };
    (version.major, version.minor)
}
