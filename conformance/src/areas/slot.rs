//! Slots, tokens and their information (PKCS#11 3.1 section 5.5).

mod event;
mod init_token;
mod invalid;
mod list;
mod slot_info;
mod token_info;

use crate::case::Case;

/// Returns the cases of this area.
pub(crate) fn cases() -> Vec<Case> {
    [
        list::cases(),
        slot_info::cases(),
        token_info::cases(),
        invalid::cases(),
        event::cases(),
        init_token::cases(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
