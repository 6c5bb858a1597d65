//! The configuration: one TOML file, read strictly and checked once.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use thiserror::Error;

/// The most secret file that is read: a PIN.
pub(crate) const PIN_BYTES_MAX: usize = 256;

/// What stands in the file. Relative paths are relative to the file's own folder.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Config {
    /// Where clients connect.
    pub(crate) listen: SocketAddr,
    /// The region that this server is.
    #[serde(default = "default_region")]
    pub(crate) region: String,
    /// The database: `sqlite:FILE` or `postgres://USER@HOST:PORT/NAME`.
    pub(crate) database: String,
    /// The certificate of the listener; without it the server speaks plain HTTP, and listens on loopback only.
    pub(crate) tls: Option<Tls>,
    /// The HSM in which keys live unless a key store says otherwise.
    pub(crate) hsm: HsmConfig,
    /// Further HSMs, which key stores can name.
    #[serde(default, rename = "cluster")]
    pub(crate) clusters: Vec<Cluster>,
    /// What accounts may use.
    #[serde(default)]
    pub(crate) quota: Quota,
    /// The development mode: a clock that can be moved. Never for keys that matter.
    #[serde(default)]
    pub(crate) development: bool,
    /// What is logged: a filter such as `info` or `server=debug`.
    #[serde(default = "default_log")]
    pub(crate) log: String,
}

/// The certificate of the listener.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Tls {
    /// The certificate and its chain, PEM.
    pub(crate) certificate: PathBuf,
    /// The private key, PEM, readable by the server's user alone.
    pub(crate) key: PathBuf,
}

/// How a token of a PKCS#11 module is reached.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct HsmConfig {
    /// The PKCS#11 module.
    pub(crate) module: PathBuf,
    /// The label of the token.
    pub(crate) token: String,
    /// The file with the user's PIN, readable by the server's user alone.
    pub(crate) pin_file: PathBuf,
    /// Whether keys stay in the HSM wholly, instead of being kept wrapped in the database.
    #[serde(default)]
    pub(crate) resident: bool,
    /// The most sessions at once.
    pub(crate) sessions_max: Option<usize>,
    /// How long a call may wait for an HSM that is away, in milliseconds.
    pub(crate) patience_ms: Option<u64>,
}

/// A further HSM.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Cluster {
    /// The name by which key stores take it into use.
    pub(crate) name: String,
    /// The names or identifiers of the accounts that may take it into use; absent is all of them.
    pub(crate) accounts: Option<Vec<String>>,
    /// How it is reached.
    pub(crate) hsm: HsmConfig,
}

/// What accounts may use.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Quota {
    /// Custom keys of an account.
    pub(crate) keys: i64,
}

impl Default for Quota {
    fn default() -> Self {
        Self {
            keys: kms::Settings::default().keys_max,
        }
    }
}

fn default_region() -> String {
    "cn-north-4".to_owned()
}

fn default_log() -> String {
    "info".to_owned()
}

/// What is wrong with a configuration.
#[derive(Debug, Error)]
pub(crate) enum ConfigError {
    /// The file cannot be read.
    #[error("configuration {}: {source}; name another one with --config", path.display())]
    File {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file is not what it should be; the text names the line and the field.
    #[error("configuration {}: {reason}", path.display())]
    Content {
        /// Which file.
        path: PathBuf,
        /// What is wrong, and what to do.
        reason: String,
    },
}

impl Config {
    /// Reads the file, makes its paths absolute, and checks what can be checked without opening anything.
    pub(crate) fn read(path: &Path) -> Result<Self, ConfigError> {
        let text = fs::read_to_string(path).map_err(|source| ConfigError::File {
            path: path.to_owned(),
            source,
        })?;
        let content = |reason: String| ConfigError::Content {
            path: path.to_owned(),
            reason,
        };
        let mut config: Self = toml::from_str(&text)
            .map_err(|error| content(error.to_string().trim().replace('\n', " ")))?;
        config.resolve(path.parent().unwrap_or_else(|| Path::new(".")));
        config.check().map_err(content)?;
        Ok(config)
    }

    fn resolve(&mut self, base: &Path) {
        let clusters = self.clusters.iter_mut().map(|cluster| &mut cluster.hsm);
        for hsm in clusters.chain([&mut self.hsm]) {
            hsm.pin_file = base.join(&hsm.pin_file);
            // A bare name is for the loader to find.
            if hsm.module.components().count() > 1 {
                hsm.module = base.join(&hsm.module);
            }
        }
        if let Some(tls) = &mut self.tls {
            tls.certificate = base.join(&tls.certificate);
            tls.key = base.join(&tls.key);
        }
        if let Some(file) = self.database.strip_prefix("sqlite:")
            && !file.starts_with(':')
        {
            self.database = format!("sqlite:{}", base.join(file).display());
        }
    }

    fn check(&self) -> Result<(), String> {
        if self.tls.is_none() && !self.listen.ip().is_loopback() {
            return Err(format!(
                "`listen` is {}, which others can reach: give a certificate in [tls], or listen on 127.0.0.1",
                self.listen
            ));
        }
        if self.development && !self.listen.ip().is_loopback() {
            return Err("`development` is for a server on loopback only".to_owned());
        }
        let mut names: Vec<&str> = self.clusters.iter().map(|cluster| &*cluster.name).collect();
        names.sort_unstable();
        if let Some(pair) = names.windows(2).find(|pair| pair[0] == pair[1]) {
            return Err(format!("two [[cluster]] have the name `{}`", pair[0]));
        }
        let is_region = |character: char| character.is_ascii_alphanumeric() || character == '-';
        if self.region.is_empty() || !self.region.chars().all(is_region) {
            return Err(format!(
                "`region` is `{}`: it stands in names of keys, so it has letters, digits and `-` only",
                self.region
            ));
        }
        if names.contains(&"") {
            return Err("a [[cluster]] has an empty name".to_owned());
        }
        let all = self.clusters.iter().map(|cluster| &cluster.hsm);
        if all
            .chain([&self.hsm])
            .any(|hsm| hsm.sessions_max == Some(0))
        {
            return Err("`sessions_max` must be at least 1".to_owned());
        }
        if self.quota.keys < 1 {
            return Err("`quota.keys` must be at least 1".to_owned());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Config, ConfigError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("server.toml");
        fs::write(&path, text).unwrap();
        Config::read(&path)
    }

    const GOOD: &str = r#"
        listen = "127.0.0.1:8440"
        database = "sqlite:server.db"
        [hsm]
        module = "./libdew_pkcs11.so"
        token = "kms"
        pin_file = "kms.pin"
    "#;

    #[test]
    fn the_sample_is_a_configuration() {
        let sample = concat!(env!("CARGO_MANIFEST_DIR"), "/../../packaging/server.toml");
        Config::read(Path::new(sample)).unwrap();
    }

    #[test]
    fn paths_are_relative_to_the_file() {
        let config = read(GOOD).unwrap();
        assert!(config.hsm.pin_file.is_absolute());
        assert!(
            config.database.starts_with("sqlite:/"),
            "{}",
            config.database
        );
        assert_eq!(config.region, "cn-north-4");
    }

    #[test]
    fn what_is_unsafe_or_unknown_is_refused() {
        for (from, to, says) in [
            ("127.0.0.1:8440", "0.0.0.0:8440", "[tls]"),
            ("token =", "tokn =", "tokn"),
            ("database", "development = 3\ndatabase", "development"),
            ("[hsm]", "[quota]\nkeys = 0\n[hsm]", "quota.keys"),
            ("database", "region = \"a:b\"\ndatabase", "region"),
            ("token =", "sessions_max = 0\ntoken =", "sessions_max"),
        ] {
            let error = read(&GOOD.replace(from, to)).unwrap_err().to_string();
            assert!(error.contains(says), "{error}");
        }
    }
}
