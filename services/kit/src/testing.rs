//! What tests share.

pub mod soft_hsm;
