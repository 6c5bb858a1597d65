//! `cargo xtask up` and `down`: a whole HSM on this machine.

mod banner;
mod home;
mod interrupt;
mod pid;
mod ready;
mod secrets;
mod service;
mod setup;

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Result, bail};
use clap::Args;

use crate::report;
use crate::workspace::{self, Profile};
use home::Home;
use interrupt::Interrupt;
use service::Service;

/// How often running services are looked at.
const LOOK: Duration = Duration::from_millis(200);

/// Builds everything, makes an HSM where there is none, runs it with an agent and the server of the services, and prints
/// how to use them.
#[derive(Args, Debug)]
pub(crate) struct Up {
    #[command(flatten)]
    place: Place,
    /// Throw away the keys that are there, and start afresh
    #[arg(long)]
    reset: bool,
    /// Return when all is ready; `cargo xtask down` stops it
    #[arg(long)]
    detach: bool,
    /// Build with optimisations
    #[arg(long)]
    release: bool,
}

/// Stops what `up --detach` started.
#[derive(Args, Debug)]
pub(crate) struct Down {
    #[command(flatten)]
    place: Place,
}

/// Which HSM is meant.
#[derive(Args, Debug)]
struct Place {
    /// Where its keys, PINs and logs are kept [default: run/ in the workspace]
    #[arg(long)]
    dir: Option<PathBuf>,
}

impl Place {
    fn home(&self) -> Result<Home> {
        let default = workspace::root().join("run");
        Home::new(&std::path::absolute(
            self.dir.as_deref().unwrap_or(&default),
        )?)
    }
}

impl Up {
    /// Runs the task.
    pub(crate) fn run(self) -> Result<()> {
        let profile = if self.release {
            Profile::Release
        } else {
            Profile::Dev
        };
        let home = self.place.home()?;
        workspace::build(profile)?;
        home.claim()?;
        let _lock = home.lock()?;
        refuse_second(&home)?;
        // From here on a signal is read, not obeyed: nothing that was started is left behind.
        let interrupt = Interrupt::catch()?;
        if self.reset {
            home.clear()?;
        }
        let mut services = start(&home, profile, &interrupt)?;
        report::result(&banner::write(&home, profile)?);
        if self.detach {
            report::result(&format!(
                "It goes on running; stop it with: cargo xtask down{}",
                home.option()
            ));
            return Ok(());
        }
        report::result("Ctrl-C stops it; the keys stay.");
        let outcome = watch(&mut services, &interrupt);
        let stopped = stop(services.iter().rev());
        outcome.and(stopped)
    }
}

impl Down {
    /// Runs the task.
    pub(crate) fn run(self) -> Result<()> {
        let home = self.place.home()?;
        let services = [
            Service::server(&home),
            Service::agent(&home),
            Service::hsmd(&home),
        ];
        if !services.iter().any(Service::runs) {
            report::step(&format!("nothing of {} is running", home.path().display()));
            return Ok(());
        }
        stop(services.iter())
    }
}

/// Fails when the services of this directory run already.
fn refuse_second(home: &Home) -> Result<()> {
    let services = [
        Service::hsmd(home),
        Service::agent(home),
        Service::server(home),
    ];
    if services.iter().any(Service::runs) {
        bail!(
            "it is running already in {}: use it (. {}), or stop it with `cargo xtask down{}`",
            home.path().display(),
            home.env().display(),
            home.option()
        );
    }
    Ok(())
}

/// Makes what is missing and starts all services; when that fails, nothing is left running.
fn start(home: &Home, profile: Profile, interrupt: &Interrupt) -> Result<[Service; 3]> {
    let mut services = [
        Service::hsmd(home),
        Service::agent(home),
        Service::server(home),
    ];
    let outcome = start_in_order(home, profile, interrupt, &mut services);
    if let Err(error) = outcome {
        // What failed first is what the reader has to know.
        let _ = stop(services.iter().rev());
        return Err(error);
    }
    Ok(services)
}

fn start_in_order(
    home: &Home,
    profile: Profile,
    interrupt: &Interrupt,
    [hsmd, agent, server]: &mut [Service; 3],
) -> Result<()> {
    let new = !home.is_complete();
    if new {
        home.clear()?;
        setup::before_start(home, profile)?;
    }
    report::step("starting hsmd");
    hsmd.start(profile, interrupt)?;
    if new {
        setup::after_start(home, profile, interrupt)?;
    }
    home.write_configurations(profile)?;
    report::step("starting dew-agent");
    agent.start(profile, interrupt)?;
    ready::check(home, profile)?;
    report::step("starting dew-server");
    setup::accounts(home, profile)?;
    home.write_exports(profile)?;
    server.start(profile, interrupt)
}

/// Waits until a signal comes (good) or a service ends by itself (bad).
fn watch(services: &mut [Service; 3], interrupt: &Interrupt) -> Result<()> {
    loop {
        if interrupt.came()? {
            report::step("stopping");
            return Ok(());
        }
        for service in services.iter_mut() {
            if let Some(status) = service.ended()? {
                bail!(
                    "{} ended by itself ({status}):\n{}",
                    service.name(),
                    service.last_lines()
                );
            }
        }
        std::thread::sleep(LOOK);
    }
}

/// Stops services in the order given.
fn stop<'a>(services: impl Iterator<Item = &'a Service>) -> Result<()> {
    // Each is tried even when another cannot be stopped.
    services.map(Service::stop).fold(Ok(()), Result::and)
}
