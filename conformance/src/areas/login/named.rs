//! `C_LoginUser`, new in version 3.0: a login with a user's name.

use cryptoki_sys::{
    CK_USER_TYPE, CKR_FUNCTION_NOT_SUPPORTED, CKR_OPERATION_NOT_INITIALIZED,
    CKR_USER_ALREADY_LOGGED_IN, CKR_USER_ANOTHER_ALREADY_LOGGED_IN, CKR_USER_TYPE_INVALID,
    CKS_RW_PUBLIC_SESSION, CKS_RW_SO_FUNCTIONS, CKS_RW_USER_FUNCTIONS, CKU_CONTEXT_SPECIFIC,
    CKU_SO, CKU_USER,
};

use crate::c::function::Version;
use crate::case::{Case, Stage, case, spec};
use crate::context::not_applicable;
use crate::users::wrong;

/// A name that no token knows.
const NAME: &[u8] = b"dew-conformance";

pub(super) fn cases() -> Vec<Case> {
    vec![
        case(
            "login.named.kind-invalid",
            spec("5.6.9"),
            "C_LoginUser with a kind of user that does not exist answers CKR_USER_TYPE_INVALID.",
        )
        .since(Version::V3_0)
        .stage(Stage::Public)
        .run(|cx| {
            let session = cx.session()?;
            let user = CK_USER_TYPE::MAX;
            let rv = cx.c.login_user(session, user, cx.user_pin()?, NAME);
            cx.expect(rv, CKR_USER_TYPE_INVALID)
        }),
        case(
            "login.named.no-operation",
            spec("5.6.9"),
            "C_LoginUser for CKU_CONTEXT_SPECIFIC without an operation answers CKR_OPERATION_NOT_INITIALIZED.",
        )
        .since(Version::V3_0)
        .run(|cx| {
            let session = cx.session()?;
            let user = CKU_CONTEXT_SPECIFIC;
            let rv = cx.c.login_user(session, user, cx.user_pin()?, NAME);
            cx.expect(rv, CKR_OPERATION_NOT_INITIALIZED)
        }),
        case(
            "login.named.already-logged-in",
            spec("5.6.9"),
            "C_LoginUser while the user is logged in answers CKR_USER_ALREADY_LOGGED_IN, or CKR_USER_ANOTHER_ALREADY_LOGGED_IN where names tell users apart.",
        )
        .since(Version::V3_0)
        .run(|cx| {
            let session = cx.session()?;
            let rv = cx.c.login_user(session, CKU_USER, cx.user_pin()?, NAME);
            let codes = [CKR_USER_ALREADY_LOGGED_IN, CKR_USER_ANOTHER_ALREADY_LOGGED_IN];
            cx.expect_one_of(rv, &codes)?;
            cx.in_state(session, CKS_RW_USER_FUNCTIONS)
        }),
        case(
            "login.named.officer-while-user",
            spec("5.6.9"),
            "C_LoginUser for the SO while the user is logged in answers CKR_USER_ANOTHER_ALREADY_LOGGED_IN.",
        )
        .since(Version::V3_0)
        .run(|cx| {
            let session = cx.session()?;
            let rv = cx.c.login_user(session, CKU_SO, cx.so_pin()?, NAME);
            cx.expect(rv, CKR_USER_ANOTHER_ALREADY_LOGGED_IN)
        }),
        case(
            "login.named.user-while-officer",
            spec("5.6.9"),
            "C_LoginUser for the user while the SO is logged in answers CKR_USER_ANOTHER_ALREADY_LOGGED_IN.",
        )
        .since(Version::V3_0)
        .stage(Stage::Officer)
        .run(|cx| {
            let session = cx.session()?;
            let rv = cx.c.login_user(session, CKU_USER, cx.user_pin()?, NAME);
            cx.expect(rv, CKR_USER_ANOTHER_ALREADY_LOGGED_IN)?;
            cx.in_state(session, CKS_RW_SO_FUNCTIONS)
        }),
        case(
            "login.named.wrong-pin",
            spec("5.6.9"),
            "C_LoginUser with a wrong PIN logs nobody in.",
        )
        .since(Version::V3_0)
        .stage(Stage::Public)
        .run(|cx| {
            let pin = cx.user_pin()?;
            cx.may_err(CKU_USER)?;
            let session = cx.session()?;
            let rv = cx.c.login_user(session, CKU_USER, &wrong(pin), NAME);
            let state = cx.in_state(session, CKS_RW_PUBLIC_SESSION);
            let right = cx.as_user(session);
            if rv.0 == CKR_FUNCTION_NOT_SUPPORTED {
                return not_applicable("the module does not support C_LoginUser");
            }
            // Which code stands for a name that the token does not know is not written anywhere.
            cx.check(!rv.is_ok(), "a wrong PIN is refused", rv.to_string())?;
            state?;
            right
        }),
    ]
}
