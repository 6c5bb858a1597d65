//! The daemon's command line.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use clap::{Args, Parser, Subcommand};
use store::slot::{SlotSecret, create_key_file};
use sys::process::MemoryLock;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;
use tracing_subscriber::EnvFilter;
use zeroize::Zeroizing;

use crate::config::{Config, FILE_NAME, RootSource};
use crate::core::{self, Core, Opening};
use crate::front;

/// The name of the root-key file in a state directory.
const ROOT_FILE: &str = "root.key";
/// The name of the trusted certificate in a state directory.
const CA_FILE: &str = "ca.pem";
/// Threads for calls that wait for the disk or derive keys from PINs: enough for group commits to be worth their name.
const HEAVY_THREADS: usize = 64;
/// File descriptors: the most connections, and room for the store.
const FILES: u64 = 8_192;
/// The longest passphrase file, in bytes.
const PASSPHRASE_BYTES: usize = 1_024;

/// The daemon of a software HSM.
#[derive(Parser)]
#[command(name = "hsmd", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Makes a new, factory-fresh HSM in a state directory.
    Init(Init),
    /// Serves the HSM of a state directory.
    Run(Place),
    /// Checks the configuration and says what is wrong with it.
    CheckConfig(Place),
    /// Works on the audit log of an HSM that is not running.
    Audit {
        #[command(subcommand)]
        command: AuditCommand,
    },
}

#[derive(Subcommand)]
enum AuditCommand {
    /// Checks the chain of the whole log.
    Verify(Place),
    /// Prints the log, one JSON object per line.
    Export(Place),
}

#[derive(Args)]
struct Init {
    /// The state directory; made where it does not exist.
    #[arg(long, default_value = "/var/lib/dew/hsmd")]
    dir: PathBuf,
    /// Where agents and administrators will connect.
    #[arg(long, default_value = "127.0.0.1:7443")]
    listen: SocketAddr,
    /// Protects the root key by the passphrase in this file, instead of by a root-only key file.
    #[arg(long)]
    passphrase_file: Option<PathBuf>,
}

#[derive(Args)]
struct Place {
    /// The state directory.
    #[arg(long, default_value = "/var/lib/dew/hsmd")]
    dir: PathBuf,
    /// Another configuration than the state directory's own.
    #[arg(long)]
    config: Option<PathBuf>,
}

impl Place {
    fn config(&self) -> anyhow::Result<Config> {
        let own = self.dir.join(FILE_NAME);
        Ok(Config::read(self.config.as_deref().unwrap_or(&own))?)
    }
}

/// Runs the command line.
#[must_use]
pub fn run() -> ExitCode {
    let result = match Arguments::parse().command {
        Command::Init(init) => initialise(&init),
        Command::Run(place) => serve(&place),
        Command::CheckConfig(place) => place.config().map(drop),
        Command::Audit { command } => audit(&command),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("hsmd: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// `hsmd init`.
fn initialise(init: &Init) -> anyhow::Result<()> {
    sys::process::harden()?;
    let config_file = init.dir.join(FILE_NAME);
    if config_file.exists() {
        bail!(
            "{} exists: this directory holds an HSM already",
            config_file.display()
        );
    }
    std::fs::create_dir_all(&init.dir)
        .with_context(|| format!("cannot make {}", init.dir.display()))?;
    let key_file = init.dir.join(ROOT_FILE);
    let (passphrase, root) = match &init.passphrase_file {
        Some(file) => (
            Some(read_passphrase(file)?),
            RootSource::Passphrase(file.clone()),
        ),
        None => {
            create_key_file(&key_file)?;
            (None, RootSource::File(ROOT_FILE.into()))
        }
    };
    let secret = match &passphrase {
        Some(passphrase) => SlotSecret::Passphrase(passphrase),
        None => SlotSecret::KeyFile(&key_file),
    };
    let config = Config::new(init.listen, root);
    let ca = core::create(&init.dir.join(&config.store), secret)?;
    let ca_file = init.dir.join(CA_FILE);
    std::fs::write(&ca_file, ca).with_context(|| format!("cannot write {}", ca_file.display()))?;
    config.write(&config_file)?;
    eprintln!(
        "A new HSM stands in {}. Start it with `hsmd run --dir {}`, then claim it with\n\
         `dew-mgmt --hsm {} --ca {} --ukey FILE hsm init --label NAME`.",
        init.dir.display(),
        init.dir.display(),
        init.listen,
        ca_file.display()
    );
    Ok(())
}

/// `hsmd run`.
fn serve(place: &Place) -> anyhow::Result<()> {
    let config = place.config()?;
    start_log(&config)?;
    std::panic::set_hook(Box::new(|panic| {
        // A core in an unknown state must not go on; the supervisor starts a fresh one.
        tracing::error!("bug: {panic}");
        std::process::abort();
    }));
    let warnings = protect_process()?;
    let core = with_root(&config, |secret| {
        let keep = Duration::from_secs(config.resume_seconds);
        let opening = Opening {
            secret,
            warnings,
            keep,
        };
        Core::open(&config.store, opening).with_context(|| of_store(&config))
    })?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .max_blocking_threads(HEAVY_THREADS)
        .build()?;
    runtime.block_on(async {
        let (stop, stopping) = watch::channel(false);
        let (mut terminate, mut interrupt) = (
            signal(SignalKind::terminate())?,
            signal(SignalKind::interrupt())?,
        );
        tokio::spawn(async move {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
            let _ = stop.send(true);
        });
        front::serve(Arc::new(core), &config, stopping).await
    })?;
    tracing::info!("stopped");
    Ok(())
}

/// Makes the process hard to look into; gives what could not be done.
fn protect_process() -> anyhow::Result<Vec<String>> {
    sys::process::harden()?;
    let mut warnings = Vec::new();
    let lock = sys::process::lock_memory()?;
    if lock != MemoryLock::Locked {
        tracing::warn!("memory is {lock}");
        warnings.push(format!("memory is {lock}"));
    }
    sys::process::raise_file_limit(FILES)?;
    Ok(warnings)
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

/// Says of which store an error speaks.
fn of_store(config: &Config) -> String {
    format!("cannot open the store in {}", config.store.display())
}

/// Gets the secret of the configured root-key slot and hands it over.
fn with_root<T>(
    config: &Config,
    open: impl FnOnce(SlotSecret<'_>) -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    match &config.root {
        RootSource::File(path) => open(SlotSecret::KeyFile(path)),
        RootSource::Passphrase(path) if path.as_os_str().is_empty() => {
            let typed = Zeroizing::new(rpassword::prompt_password("Passphrase of the root key: ")?);
            open(SlotSecret::Passphrase(typed.as_bytes()))
        }
        RootSource::Passphrase(path) => open(SlotSecret::Passphrase(&read_passphrase(path)?)),
    }
}

/// Reads a passphrase: the file's first line.
fn read_passphrase(path: &Path) -> anyhow::Result<Zeroizing<Vec<u8>>> {
    let mut bytes = sys::file::read_private(path, PASSPHRASE_BYTES)?;
    if let Some(end) = bytes.iter().position(|byte| *byte == b'\n') {
        bytes.truncate(end);
    }
    if bytes.is_empty() {
        bail!(
            "{}: the first line is empty, and a passphrase was expected there",
            path.display()
        );
    }
    Ok(bytes)
}

/// `hsmd audit`.
fn audit(command: &AuditCommand) -> anyhow::Result<()> {
    sys::process::harden()?;
    let (AuditCommand::Verify(place) | AuditCommand::Export(place)) = command;
    let config = place.config()?;
    let entries = with_root(&config, |secret| {
        core::read_audit(&config.store, secret).with_context(|| of_store(&config))
    })?;
    match command {
        AuditCommand::Verify(_) => {
            eprintln!("{} entries, the chain is whole", entries.len());
        }
        AuditCommand::Export(_) => {
            use std::io::Write;
            let mut out = std::io::stdout().lock();
            for entry in &entries {
                writeln!(out, "{entry}")?;
            }
        }
    }
    Ok(())
}
