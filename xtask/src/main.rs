//! The project's own tasks: `cargo xtask help`.

#![forbid(unsafe_code)]

mod bench;
mod ci;
mod cli;
mod command;
mod conformance;
mod deep;
mod dist;
mod matrix;
mod packages;
mod peers;
mod report;
mod test;
mod tidy;
mod up;
mod workspace;

fn main() -> std::process::ExitCode {
    cli::run()
}
