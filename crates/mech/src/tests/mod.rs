//! The mechanisms against standards, against other implementations, and against themselves.

mod certificate;
mod chunks;
mod dh;
mod fixture;
mod import;
mod key_pairs;
mod ml_dsa;
mod ml_kem;
mod pkcs8;
mod public_info;
mod recovery;
mod refusals;
mod rejection;
mod round_trip;
mod sample;
mod self_test;
mod slh_dsa;
mod sm2;
mod vectors;
