//! The contract of both services, on both databases.

mod export;
mod house;
mod metrics;
mod retention;
mod traces;
mod trackers;
