//! The file itself: what it exports, what it needs, and that it can be unloaded.

use std::collections::BTreeSet;
use std::ffi::c_void;
use std::fs;
use std::process::Command;
use std::ptr::null_mut;

use cryptoki_sys::{CK_INTERFACE, CK_RV, CK_ULONG, CK_VERSION};
use libloading::os::unix::{Library, RTLD_NOW};
use proto::CALLS;
use tempfile::TempDir;

use crate::host::{Host, built_module, ck, name_configuration};

fn output(program: &str, arguments: &[&str]) -> String {
    let module = built_module();
    let output = Command::new(program)
        .args(arguments)
        .arg(module)
        .output()
        .unwrap();
    assert!(output.status.success(), "{program}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn it_exports_the_functions_of_the_standard_and_nothing_else() {
    let listed = output("nm", &["-D", "--defined-only"]);
    let exported: BTreeSet<_> = listed
        .lines()
        .filter_map(|line| line.split_whitespace().last())
        .collect();
    let expected: BTreeSet<_> = CALLS.iter().map(|row| row.name).collect();
    assert_eq!(exported, expected);
}

#[test]
fn it_has_no_cryptography_and_needs_only_the_c_library() {
    let symbols = output("nm", &[]);
    for word in ["aws_lc", "EVP_", "OPENSSL_", "tokio"] {
        assert!(!symbols.contains(word), "{word}");
    }
    let needed = output("readelf", &["-d"]);
    let needed: Vec<_> = needed
        .lines()
        .filter(|line| line.contains("(NEEDED)"))
        .collect();
    let known = ["libc.so", "libgcc_s.so", "ld-linux"];
    let is_known = |line: &&str| known.iter().any(|name| line.contains(name));
    assert!(needed.iter().all(is_known), "{needed:?}");
}

#[test]
fn it_cannot_start_threads_or_leave_handlers_behind() {
    let imported = output("nm", &["-D", "--undefined-only"]);
    for name in [
        "pthread_create",
        "atexit",
        "on_exit",
        "pthread_atfork",
        "sigaction",
        "signal",
        "fork",
    ] {
        let is_it = |symbol: &str| symbol.split('@').next() == Some(name);
        assert!(!imported.split_whitespace().any(is_it), "{name}");
    }
}

#[test]
fn interfaces_are_found_by_name_version_and_flags() {
    let host = Host::load();
    let mut found: *mut CK_INTERFACE = null_mut();
    let mut name = *b"PKCS 11\0";
    let mut other = *b"PKCS 12\0";
    for (version, rv) in [
        ((3, 2), 0),
        ((3, 0), 0),
        ((2, 40), 0),
        ((3, 1), 7),
        ((4, 0), 7),
    ] {
        let mut wanted = CK_VERSION {
            major: version.0,
            minor: version.1,
        };
        let answer = ck!(
            host,
            C_GetInterface,
            name.as_mut_ptr(),
            &raw mut wanted,
            &raw mut found,
            0
        );
        assert_eq!(answer.0, rv, "{version:?}");
        if rv == 0 {
            // SAFETY: every interface of the standard begins with its version.
            let given = unsafe { *(*found).pFunctionList.cast::<CK_VERSION>() };
            assert_eq!((given.major, given.minor), version);
        }
    }
    assert_eq!(
        ck!(
            host,
            C_GetInterface,
            other.as_mut_ptr(),
            null_mut(),
            &raw mut found,
            0
        )
        .0,
        7
    );
    assert_eq!(
        ck!(
            host,
            C_GetInterface,
            null_mut(),
            null_mut(),
            &raw mut found,
            1
        )
        .0,
        7
    );
}

#[test]
fn the_list_of_interfaces_follows_the_two_call_rule() {
    let host = Host::load();
    let mut interfaces = [CK_INTERFACE {
        pInterfaceName: null_mut(),
        pFunctionList: null_mut(),
        flags: 9,
    }; 4];
    let mut count: CK_ULONG = 0;
    assert_eq!(
        ck!(host, C_GetInterfaceList, null_mut(), &raw mut count).0,
        0
    );
    assert_eq!(count, 3);
    count = 2;
    assert_eq!(
        ck!(
            host,
            C_GetInterfaceList,
            interfaces.as_mut_ptr(),
            &raw mut count
        )
        .0,
        0x150
    );
    assert_eq!((count, interfaces[0].flags), (3, 9));
    assert_eq!(
        ck!(
            host,
            C_GetInterfaceList,
            interfaces.as_mut_ptr(),
            &raw mut count
        )
        .0,
        0
    );
    assert_eq!(interfaces.map(|interface| interface.flags), [0, 0, 0, 9]);
}

#[test]
fn the_function_list_is_that_of_2_40() {
    let host = Host::load();
    let mut list = null_mut();
    assert_eq!(ck!(host, C_GetFunctionList, &raw mut list).0, 0);
    // SAFETY: the module gave a list.
    let version = unsafe { (*list).version };
    assert_eq!((version.major, version.minor), (2, 40));
}

/// Loads the module, uses it, and unloads it.
fn load_once(path: &std::path::Path) {
    type OneArgument = unsafe extern "C" fn(*mut c_void) -> CK_RV;
    type SlotList = unsafe extern "C" fn(u8, *mut CK_ULONG, *mut CK_ULONG) -> CK_RV;
    // SAFETY: the symbols have these types; nothing of the module is used after it is closed.
    unsafe {
        let library = Library::open(Some(path), RTLD_NOW).unwrap();
        let mut count = 9;
        let slots = library.get::<SlotList>(b"C_GetSlotList").unwrap();
        assert_eq!(slots(1, null_mut(), &raw mut count), 0x190);
        assert_eq!(
            library.get::<OneArgument>(b"C_Initialize").unwrap()(null_mut()),
            0
        );
        assert_eq!((slots(1, null_mut(), &raw mut count), count), (0, 0));
        assert_eq!(
            library.get::<OneArgument>(b"C_Finalize").unwrap()(null_mut()),
            0
        );
        library.close().unwrap();
    }
}

#[test]
fn it_can_be_loaded_and_unloaded_a_thousand_times() {
    let directory = TempDir::new().unwrap();
    let module = directory.path().join("libdew-pkcs11.so");
    let configuration = directory.path().join("pkcs11.toml");
    fs::copy(built_module(), &module).unwrap();
    fs::write(
        &configuration,
        "socket = \"/nonexistent/agent.sock\"\nlog = \"off\"\n",
    )
    .unwrap();
    let _environment = name_configuration(&configuration);
    let is_mapped = || {
        fs::read_to_string("/proc/self/maps")
            .unwrap()
            .contains(module.to_str().unwrap())
    };
    for _ in 0..1000 {
        load_once(&module);
        assert!(
            !is_mapped(),
            "something keeps the module from being unloaded"
        );
    }
}
