//! The HSM daemon.

use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: sys::alloc::WipingAllocator = sys::alloc::WipingAllocator;

fn main() -> ExitCode {
    hsmd::run()
}
