//! The contract of both services, on both databases.

mod export;
mod house;
mod metrics;
mod permissions;
mod retention;
mod traces;
mod trackers;
