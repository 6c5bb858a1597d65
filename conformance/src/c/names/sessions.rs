//! States of sessions and kinds of users, by name.

use cryptoki_sys::*;

names! {
    /// States of a session.
    STATES: CK_STATE {
        CKS_RO_PUBLIC_SESSION,
        CKS_RO_USER_FUNCTIONS,
        CKS_RW_PUBLIC_SESSION,
        CKS_RW_USER_FUNCTIONS,
        CKS_RW_SO_FUNCTIONS,
    }
}

names! {
    /// Kinds of users.
    USERS: CK_USER_TYPE {
        CKU_SO,
        CKU_USER,
        CKU_CONTEXT_SPECIFIC,
    }
}
