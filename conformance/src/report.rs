//! What a run says: one form of data, and the forms that people and machines read.
//!
//! | form | for | made by |
//! |---|---|---|
//! | HTML | people, on paper too; several modules beside each other | [`html::render`] |
//! | text | the end of a run in a terminal | [`summary::text`] |
//! | JSON | programs, and every other form later | [`json::write`], [`json::read`] |
//! | JUnit XML | the pages of a CI system | [`junit::render`] |
//! | a matrix of modules | whoever chooses between them | [`compare::matrix`] |
//!
//! A module chooses the strings that it hands out. No form trusts them: each begins with [`visible::report`].

pub mod compare;
pub mod file;
pub mod html;
pub mod json;
pub mod junit;
pub mod model;
pub mod summary;
pub mod tally;
pub mod visible;
pub mod words;
