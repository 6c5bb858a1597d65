//! What a run says: one form of data, and the forms that people and machines read.

pub mod model;
