//! Every function, called with nulls and with nonsense: a return code comes back and the process lives.

use ck::Rv;
use cryptoki_sys::CK_RV;
use proto::CALLS;

use crate::host::{Host, ck};
use crate::hsm::Hsm;

/// More parameters than any function has; the surplus is in places that no function looks at.
const PARAMETERS: usize = 10;

type AnyFunction = unsafe extern "C" fn(
    usize,
    usize,
    usize,
    usize,
    usize,
    usize,
    usize,
    usize,
    usize,
    usize,
) -> CK_RV;

/// Calls the function of a name. The values must not be pointers to memory that is not there.
fn call(host: &Host, name: &str, values: [usize; PARAMETERS]) -> Rv {
    let [a, b, c, d, e, f, g, h, i, j] = values;
    // SAFETY: a C function may be given more arguments than it takes, and each value can be a number, a null pointer or a
    // pointer to memory that is there.
    Rv(unsafe {
        let function = host.library().get::<AnyFunction>(name.as_bytes()).unwrap();
        function(a, b, c, d, e, f, g, h, i, j)
    })
}

/// Calls every function with null in each position, and memory or zero in the others.
fn call_all(host: &Host, check: impl Fn(&str, Rv)) {
    // More than any structure needs, zeroed; what a function leaves there is what the next finds.
    let mut memory = vec![0_u64; 4096];
    let somewhere = memory.as_mut_ptr() as usize;
    for row in CALLS {
        let (name, functions) = (row.name, ["C_Initialize", "C_Finalize"]);
        if functions.contains(&name) {
            continue;
        }
        check(name, call(host, name, [0; PARAMETERS]));
        for position in 0..PARAMETERS {
            let mut values = [somewhere; PARAMETERS];
            values[position] = 0;
            check(name, call(host, name, values));
            // With a place for the slot and no flag, this one waits for C_Finalize, as it should.
            if (name, position) != ("C_WaitForSlotEvent", 1) {
                let mut values = [0; PARAMETERS];
                values[position] = somewhere;
                check(name, call(host, name, values));
            }
            memory.fill(0);
        }
        check(name, call(host, name, [somewhere; PARAMETERS]));
        memory.fill(0);
    }
}

fn is_named(name: &str, rv: Rv) {
    assert!(rv.name().is_some(), "{name} answers {rv}");
    assert_ne!(rv, Rv::GENERAL_ERROR, "{name}");
}

/// Functions that hosts may call before `C_Initialize`.
const ALWAYS: [&str; 3] = ["C_GetFunctionList", "C_GetInterfaceList", "C_GetInterface"];

#[test]
fn with_a_token_every_function_lives_through_nulls() {
    let host = Host::initialized();
    let (_hsm, _events) = Hsm::start(&host.socket());
    call_all(&host, |name, rv| {
        is_named(name, rv);
        assert_ne!(rv, Rv::CRYPTOKI_NOT_INITIALIZED, "{name}");
    });
    assert_eq!(host.slots(), Ok(1));
}

#[test]
fn without_a_token_every_function_lives_through_nulls() {
    let host = Host::initialized();
    call_all(&host, is_named);
    assert_eq!(host.slots(), Ok(0));
}

#[test]
fn before_and_after_use_every_function_says_so() {
    let host = Host::load();
    let not_initialized = |name: &str, rv| {
        if !ALWAYS.contains(&name) {
            assert_eq!(rv, Rv::CRYPTOKI_NOT_INITIALIZED, "{name}");
        }
    };
    call_all(&host, not_initialized);
    assert_eq!(host.initialize(), Rv::OK);
    assert_eq!(ck!(host, C_Finalize, std::ptr::null_mut()), Rv::OK);
    call_all(&host, not_initialized);
}
