//! The HSM daemon.

#![forbid(unsafe_code)]

use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: sys::alloc::WipingAllocator = sys::alloc::WipingAllocator::new();

fn main() -> ExitCode {
    hsmd::run()
}
