//! dew: the command line of the services.

#![forbid(unsafe_code)]

use std::process::ExitCode;

/// Keys and plaintexts pass through libraries that do not wipe: whatever is freed is wiped here.
#[global_allocator]
static ALLOCATOR: sys::alloc::WipingAllocator = sys::alloc::WipingAllocator::new();

fn main() -> ExitCode {
    cli::run()
}
