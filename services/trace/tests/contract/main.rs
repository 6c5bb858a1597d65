//! The contract of both services, on both databases.
//!
//! The modules are marked as tests so that the lints take them for what they are.

#[cfg(test)]
mod export;
#[cfg(test)]
mod house;
#[cfg(test)]
mod metrics;
#[cfg(test)]
mod permissions;
#[cfg(test)]
mod retention;
#[cfg(test)]
mod traces;
#[cfg(test)]
mod trackers;
