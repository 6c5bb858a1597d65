//! Everything put together: database, HSMs, identities, services.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use iam::authentication::Iam;
use iam::password::Cost;
use iam::sealing::Sealer;
use kit::api::Service;
use kit::clock::Clock;
use kit::db::{Database, Migration};
use kit::hsm::{Hsm, Settings, TokenChoice};
use kms::{Due, Kms, Store, Vault};
use thiserror::Error;
use trace::Names;
use zeroize::Zeroizing;

use crate::config::{Config, HsmConfig, PIN_BYTES_MAX};
use crate::development;
use crate::gate::Gate;
use crate::keys::Keys;
use crate::sealer::HsmSealer;

/// Why the server does not start.
#[derive(Debug, Error)]
pub(crate) enum StartError {
    /// The database does not open.
    #[error("the database {address}: {source}")]
    Database {
        /// Its address, without a password.
        address: String,
        /// Why.
        source: kit::db::Error,
    },
    /// An HSM does not answer as it should.
    #[error("the HSM {name}: {source}")]
    Hsm {
        /// Which HSM.
        name: String,
        /// Why.
        source: kit::hsm::Error,
    },
    /// The file with a PIN cannot be read.
    #[error(transparent)]
    Pin(#[from] sys::Error),
    /// A PIN is not text.
    #[error("the PIN in {0} is not UTF-8")]
    PinText(String),
}

/// The server without its sockets.
pub(crate) struct App {
    pub(crate) db: Database,
    pub(crate) clock: Clock,
    pub(crate) iam: Arc<Iam>,
    pub(crate) sealer: Arc<dyn Sealer>,
    pub(crate) kms: Arc<Kms>,
    /// The worker that does what is due: one, since another would have to wait for its lease.
    pub(crate) due: Arc<Due>,
}

/// The tables of all services.
fn migrations() -> Vec<Migration> {
    let all = [
        kit::trail::MIGRATIONS,
        iam::MIGRATIONS,
        trace::MIGRATIONS,
        kms::MIGRATIONS,
    ];
    all.into_iter().flatten().copied().collect()
}

impl App {
    /// Opens the database and reaches the HSMs.
    pub(crate) fn open(config: &Config) -> Result<Self, StartError> {
        let db = Database::open(&config.database, &migrations()).map_err(|source| {
            StartError::Database {
                address: without_password(&config.database),
                source,
            }
        })?;
        let default = store("of [hsm]", &config.hsm)?;
        let clusters = config
            .clusters
            .iter()
            .map(|cluster| {
                let store = Store {
                    accounts: cluster.accounts.clone(),
                    ..store(&cluster.name, &cluster.hsm)?
                };
                Ok((cluster.name.clone(), store))
            })
            .collect::<Result<BTreeMap<_, _>, StartError>>()?;
        let sealer: Arc<dyn Sealer> = Arc::new(HsmSealer(default.hsm.clone()));
        let iam = Arc::new(Iam::new(db.clone(), Arc::clone(&sealer), Cost::STANDARD));
        let kms = Arc::new(Kms {
            vault: Vault::new(default, clusters),
            settings: kms::Settings {
                keys_max: config.quota.keys,
            },
        });
        let clock = Clock::system();
        let due = Arc::new(Due::new(Arc::clone(&kms), db.clone(), clock.clone()));
        Ok(Self {
            db,
            clock,
            iam,
            sealer,
            kms,
            due,
        })
    }

    /// The services with their operation tables.
    pub(crate) fn services(&self, config: &Config) -> Vec<Box<dyn Service>> {
        let mut services: Vec<Box<dyn Service>> = vec![
            Box::new(kms::service(Arc::clone(&self.kms))),
            Box::new(iam::operations::keystone(Arc::clone(&self.iam))),
            Box::new(iam::operations::flat(Arc::clone(&self.iam))),
        ];
        if config.development {
            services.push(Box::new(development::service(self)));
        }
        let names = services.iter().fold(Names::default(), |names, service| {
            names.with_service(&**service)
        });
        let names = kms::SYSTEM_TRACES
            .iter()
            .fold(names, |names, (resource, name)| {
                names.with("KMS", resource, name)
            });
        services.push(Box::new(trace::cts_service(names)));
        services.push(Box::new(trace::ces_service(Box::new(Keys))));
        services
    }

    /// Makes the gate in front of the services.
    pub(crate) fn gate(&self, config: &Config) -> Gate {
        let scheme = if config.tls.is_some() {
            "https"
        } else {
            "http"
        };
        Gate::new(
            self.services(config),
            Arc::clone(&self.iam),
            self.db.clone(),
            self.clock.clone(),
            config.region.clone(),
            scheme,
            Box::new({
                let kms = Arc::clone(&self.kms);
                move || kms.vault.default_hsm().health().up
            }),
        )
    }
}

fn store(name: &str, config: &HsmConfig) -> Result<Store, StartError> {
    let bytes = sys::file::read_private(&config.pin_file, PIN_BYTES_MAX)?;
    let pin = str::from_utf8(&bytes)
        .map_err(|_| StartError::PinText(config.pin_file.display().to_string()))?;
    let pin = Zeroizing::new(pin.trim_end_matches(['\r', '\n']).to_owned());
    let token = TokenChoice::Label(config.token.clone());
    let mut settings = Settings::new(config.module.clone(), token, pin);
    if let Some(sessions) = config.sessions_max {
        settings.sessions_max = sessions;
    }
    if let Some(patience_ms) = config.patience_ms {
        settings.patience = Duration::from_millis(patience_ms);
    }
    let hsm = Hsm::connect(settings).map_err(|source| StartError::Hsm {
        name: name.to_owned(),
        source,
    })?;
    Ok(Store {
        hsm,
        is_resident: config.resident,
        accounts: None,
    })
}

/// An address for messages: what stands between `:` and `@` is a password.
fn without_password(address: &str) -> String {
    match (address.split_once("://"), address.rsplit_once('@')) {
        (Some((scheme, _)), Some((_, place))) => format!("{scheme}://…@{place}"),
        _ => address.to_owned(),
    }
}
