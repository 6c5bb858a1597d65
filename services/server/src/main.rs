//! dew-server: the services behind one REST port.

#![forbid(unsafe_code)]

use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: sys::alloc::WipingAllocator = sys::alloc::WipingAllocator::new();

fn main() -> ExitCode {
    server::run()
}
