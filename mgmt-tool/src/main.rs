//! The HSM management tool.

#![forbid(unsafe_code)]

use std::process::ExitCode;

/// PINs pass through libraries that do not wipe: whatever is freed is wiped here.
#[global_allocator]
static ALLOCATOR: sys::alloc::WipingAllocator = sys::alloc::WipingAllocator::new();

fn main() -> ExitCode {
    mgmt_tool::run()
}
