//! What a module writes where the application writes.

use cryptoki_sys::{CKF_DIGEST, CKM_SHA256};

use crate::c::{Mechanism, Out};
use crate::case::{Case, Stage, case, other};

/// Returns the cases about what a module prints.
pub(super) fn cases() -> Vec<Case> {
    vec![
        case(
            "general.output.quiet",
            other("Use in command lines", ""),
            "The module writes nothing to standard output.",
        )
        .should()
        .stage(Stage::Loaded)
        .explain("Standard output is the application's: a signature that a tool writes there is spoilt by a line that its module adds.")
        .run(|cx| {
            cx.prepared(cx.c.initialize(None))?;
            // What comes of these calls is judged by other cases.
            cx.c.info();
            cx.c.token_info(cx.slot);
            if cx.mechanism(CKM_SHA256, CKF_DIGEST).is_ok() {
                let session = cx.session()?;
                cx.c.digest_init(session, Some(&Mechanism::new(CKM_SHA256)));
                cx.c.digest(session, b"quiet", Out::Room(32));
            }
            cx.c.finalize();
            let printed = cx.c.trace().printed();
            cx.check(printed.is_empty(), "nothing", printed.trim_end())
        }),
    ]
}
