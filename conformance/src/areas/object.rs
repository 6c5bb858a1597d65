//! Objects of every class, their attributes required, optional and forbidden.

mod create;
mod defaults;
mod derived;
mod destroy;
mod fixed;
mod foreign;
pub(in crate::areas) mod kinds;
mod lifetime;
pub(in crate::areas) mod material;
mod template;
mod value;

use crate::case::Case;

/// Returns the cases of this area.
pub(crate) fn cases() -> Vec<Case> {
    let topics = [
        create::cases,
        foreign::cases,
        template::cases,
        value::cases,
        defaults::cases,
        derived::cases,
        destroy::cases,
        lifetime::cases,
        fixed::cases,
    ];
    topics.iter().flat_map(|cases| cases()).collect()
}
