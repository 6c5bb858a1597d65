//! The command line.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Parser, Subcommand};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;
use zeroize::Zeroizing;

use crate::app::App;
use crate::config::{Config, PIN_BYTES_MAX};
use crate::schedule::Schedule;
use crate::{bootstrap, http, openapi, tls};

/// Threads for blocking work: requests at once, and some for health checks.
const BLOCKING_THREADS: usize = 160;

/// KMS and its companions behind one REST port, every key behind PKCS#11.
#[derive(Debug, Parser)]
#[command(name = "dew-server", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve until SIGTERM or SIGINT
    Run(Place),
    /// Read the configuration, say what is wrong with it, and end
    CheckConfig(Place),
    /// Make an account with a project, an administrator and an access key, and print them as JSON
    AddAccount {
        #[command(flatten)]
        place: Place,
        /// The account's name, also its administrator's
        name: String,
        /// A file with the administrator's password; without one there is only the access key
        #[arg(long)]
        password_file: Option<PathBuf>,
    },
    /// Print the OpenAPI document of all operations
    Openapi,
}

#[derive(clap::Args, Debug)]
struct Place {
    /// The configuration
    #[arg(long, default_value = "/etc/dew/server.toml")]
    config: PathBuf,
}

/// Runs the program.
#[must_use]
pub fn run() -> ExitCode {
    match execute(Arguments::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "dew-server: {error}");
            ExitCode::FAILURE
        }
    }
}

type Failed = Box<dyn std::error::Error>;

fn execute(command: Command) -> Result<(), Failed> {
    match command {
        Command::Run(place) => serve(&Config::read(&place.config)?),
        Command::CheckConfig(place) => {
            Config::read(&place.config)?;
            print(&format!("{} is in order", place.config.display()))
        }
        Command::AddAccount {
            place,
            name,
            password_file,
        } => {
            let config = Config::read(&place.config)?;
            let password = password_file
                .map(|file| sys::file::read_private(&file, PIN_BYTES_MAX))
                .transpose()?
                .map(|bytes| String::from_utf8(bytes.to_vec()).map(Zeroizing::new))
                .transpose()?;
            let password = password.as_ref().map(|text| text.trim_end());
            let app = App::open(&config)?;
            let made = bootstrap::make_account(&app, &name, password, &config.region)?;
            print(&made.to_string())
        }
        Command::Openapi => print(&openapi::document()),
    }
}

fn print(text: &str) -> Result<(), Failed> {
    writeln!(std::io::stdout(), "{text}")?;
    Ok(())
}

fn serve(config: &Config) -> Result<(), Failed> {
    tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::try_new(&config.log)?)
        .with_writer(std::io::stderr)
        .init();
    sys::process::harden()?;
    let tls = config.tls.as_ref().map(tls::acceptor).transpose()?;
    let app = App::open(config)?;
    let gate = Arc::new(app.gate(config));
    let schedule = Schedule::start(Arc::clone(&app.due), app.db.clone(), app.clock.clone())?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .max_blocking_threads(BLOCKING_THREADS)
        .build()?;
    let served: Result<(), Failed> = runtime.block_on(async {
        let listener = TcpListener::bind(config.listen).await?;
        let mut terminate = signal(SignalKind::terminate())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        let stop = async move {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
        };
        tracing::info!(address = %listener.local_addr()?, "ready");
        http::serve(listener, tls, gate, stop).await;
        Ok(())
    });
    schedule.stop();
    tracing::info!("dew-server has stopped");
    served
}
