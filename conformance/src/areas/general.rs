//! General-purpose functions (PKCS#11 3.1 section 5.4).

use cryptoki_sys::{CKR_CRYPTOKI_ALREADY_INITIALIZED, CKR_CRYPTOKI_NOT_INITIALIZED};

use crate::case::{Case, Stage, case, spec};

/// Returns the cases of this area.
pub(crate) fn cases() -> Vec<Case> {
    vec![
        case(
            "general.initialize.twice",
            spec("5.4.1"),
            "A second C_Initialize answers CKR_CRYPTOKI_ALREADY_INITIALIZED.",
        )
        .stage(Stage::Loaded)
        .run(|cx| {
            cx.ok(cx.c.initialize(None))?;
            cx.expect(cx.c.initialize(None), CKR_CRYPTOKI_ALREADY_INITIALIZED)
        }),
        case(
            "general.info.before-initialize",
            spec("5.4.3"),
            "C_GetInfo before C_Initialize answers CKR_CRYPTOKI_NOT_INITIALIZED.",
        )
        .stage(Stage::Loaded)
        .solo()
        .run(|cx| cx.expect(cx.c.info().0, CKR_CRYPTOKI_NOT_INITIALIZED)),
    ]
}
