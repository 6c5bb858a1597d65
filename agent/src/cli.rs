//! The agent's command line.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;
use clap::Parser;
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

use crate::agent::Agent;
use crate::config::Config;
use crate::timing::Timing;

/// File descriptors: one per application, and room for the HSMs.
const FILES: u64 = 4_096;

/// The security agent: carries the calls of this node's applications to the HSM.
#[derive(Parser)]
#[command(name = "dew-agent", version)]
struct Arguments {
    /// The configuration.
    #[arg(long, value_name = "FILE", default_value = "/etc/dew/agent.toml")]
    config: PathBuf,
    /// Checks the configuration, certificates and keys, and exits.
    #[arg(long)]
    check_config: bool,
}

/// Runs the program.
#[must_use]
pub fn run() -> ExitCode {
    let arguments = Arguments::parse();
    match run_with(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("dew-agent: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run_with(arguments: &Arguments) -> anyhow::Result<()> {
    let config = Config::read(&arguments.config)?;
    if arguments.check_config {
        return Ok(Agent::check(&config)?);
    }
    start_log(&config)?;
    std::panic::set_hook(Box::new(|panic| {
        // Half an agent would leave applications waiting; the service manager starts a whole one.
        tracing::error!("bug: {panic}");
        std::process::abort();
    }));
    // Before there are threads, which would not share it.
    sys::process::harden()?;
    sys::process::raise_file_limit(FILES)?;
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("cannot start threads")?
        .block_on(serve(config))
}

async fn serve(config: Config) -> anyhow::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let silence = Duration::from_secs(config.silence_seconds);
    let agent = Agent::start(config, Timing::of(silence)).await?;
    tracing::info!(socket = %agent.socket().display(), "ready");
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    tracing::info!("stopping");
    agent.stop().await;
    Ok(())
}

fn start_log(config: &Config) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(&config.log)
        .with_context(|| format!("configuration: `log = \"{}\"` is no filter", config.log))?;
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(false)
        .init();
    Ok(())
}
