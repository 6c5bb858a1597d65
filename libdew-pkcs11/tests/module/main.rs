//! The built module, loaded as a host loads it, against an agent that the tests script.

mod calls;
mod constants;
mod fork;
mod host;
mod hsm;
mod initialize;
mod library;
mod loss;
mod nulls;
