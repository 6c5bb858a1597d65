//! What a module does to the process that has loaded it.

use std::io::Write;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use cryptoki_sys::{CK_RV, CKR_GENERAL_ERROR};

use crate::functions::Function::GetObjectSize;
use crate::functions::Function::{DestroyObject, DigestInit, GenerateRandom, GetInfo, SignInit};
use crate::hook::ALL;
use crate::hook::Hook::Around;
use crate::module::{Call, segfault};
use crate::rule::{Rule, row};

#[rustfmt::skip] // A table reads by its columns.
pub(super) const RULES: &[Rule] = &[
    row("hangs", "5.1", "C_GenerateRandom never comes back.",
        Around(&[GenerateRandom], |_| loop { thread::park() }), &["random.generate.length-16"]),
    row("crashes", "5.1", "C_GetObjectSize ends the process by SIGSEGV.",
        Around(&[GetObjectSize], |call| {
            segfault();
            call.pass()
        }), &["copy.size.data"]),
    row("aborts", "5.1", "C_SignInit ends the process by SIGABRT.",
        Around(&[SignInit], |_| std::process::abort()), &["sign.no-parts.rsa-pkcs"]),
    row("exits", "5.1", "C_DestroyObject ends the process with status 0.",
        Around(&[DestroyObject], |_| std::process::exit(0)), &["object.destroy.other-stays"]),
    row("prints", "5.1", "C_GetInfo writes to standard output.",
        Around(&[GetInfo], |call| {
            let mut output = std::io::stdout();
            let _ = writeln!(output, "broken module: C_GetInfo").and_then(|()| output.flush());
            call.pass()
        }), &["general.output.quiet"]),
    row("answers-nonsense", "5.1", "C_DigestInit answers with a code that there is not.",
        Around(&[DigestInit], |_| 0x0bad), &["digest.no-parts.sha256", "digest.buffer.exact.md5"]),
    row("refuses-threads", "5.1.5", "Two threads in the module at the same time answer CKR_GENERAL_ERROR.",
        Around(ALL, alone), &["thread.system.digest", "thread.system.mac"]),
];

fn alone(call: &mut Call) -> CK_RV {
    static INSIDE: AtomicUsize = AtomicUsize::new(0);
    if INSIDE.fetch_add(1, Ordering::SeqCst) > 0 {
        INSIDE.fetch_sub(1, Ordering::SeqCst);
        return CKR_GENERAL_ERROR;
    }
    thread::yield_now();
    let rv = call.pass();
    INSIDE.fetch_sub(1, Ordering::SeqCst);
    rv
}
