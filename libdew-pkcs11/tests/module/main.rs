//! The built module, loaded as a host loads it, against an agent that the tests script.

#![cfg(test)]

mod calls;
mod constants;
mod fork;
mod header;
mod host;
mod hsm;
mod initialize;
mod library;
mod log;
mod loss;
mod nulls;
mod slot_events;
