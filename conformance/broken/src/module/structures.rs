//! The C structures that rules look into.

use cryptoki_sys::{CK_C_INITIALIZE_ARGS, CK_INFO, CK_MECHANISM, CK_MECHANISM_INFO};
use cryptoki_sys::{CK_SESSION_INFO, CK_SLOT_INFO, CK_TOKEN_INFO};

/// A structure of which any bytes are a valid value.
pub(crate) trait Structure {}

impl Structure for CK_C_INITIALIZE_ARGS {}
impl Structure for CK_INFO {}
impl Structure for CK_MECHANISM {}
impl Structure for CK_MECHANISM_INFO {}
impl Structure for CK_SESSION_INFO {}
impl Structure for CK_SLOT_INFO {}
impl Structure for CK_TOKEN_INFO {}
