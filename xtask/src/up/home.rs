//! The directory in which a development HSM lives.

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io::Write as _;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

use super::secrets;
use crate::workspace::{self, Profile};

/// The file that says that a directory is ours to clear.
const MARK: &str = "made-by-cargo-xtask-up";

/// The longest path of a unix socket (`sun_path` in unix(7), less its final zero).
const SOCKET_PATH_BYTES: usize = 107;

/// The label of the token for applications that keep to one purpose per key.
pub(super) const STRICT_LABEL: &str = "dew";

/// The label of the token for applications written for other software tokens.
pub(super) const COMPAT_LABEL: &str = "dew-compat";

/// The label of the token that the services keep their keys behind.
pub(super) const KMS_LABEL: &str = "dew-kms";

/// The region that the server says it is, and the name of each account's project.
pub(super) const REGION: &str = "cn-north-4";

/// The accounts of the server: the name, and what stands in front of the names of its values in the shell exports.
pub(super) const ACCOUNTS: &[(&str, &str)] = &[("acme", ""), ("globex", "DEW_B_")];

/// What a made account's file holds, and the names of the values as the official SDKs read them.
const ACCOUNT_VALUES: &[(&str, &str)] = &[
    ("access", "HUAWEICLOUD_SDK_AK"),
    ("secret", "HUAWEICLOUD_SDK_SK"),
    ("project_id", "HUAWEICLOUD_SDK_PROJECT_ID"),
    ("domain_id", "HUAWEICLOUD_SDK_DOMAIN_ID"),
    ("user_id", "DEW_USER_ID"),
];

/// The directory of a development HSM, and the names of what it holds.
#[derive(Debug)]
pub(super) struct Home(PathBuf);

impl Home {
    /// Names a directory, which need not exist yet.
    pub(super) fn new(path: &Path) -> Result<Self> {
        let home = Self(path.to_path_buf());
        if home.socket().as_os_str().len() > SOCKET_PATH_BYTES {
            bail!(
                "{} is longer than the {SOCKET_PATH_BYTES} bytes that the path of a unix socket may have; \
                 choose a shorter directory with --dir",
                home.socket().display()
            );
        }
        Ok(home)
    }

    /// Returns the directory.
    pub(super) fn path(&self) -> &Path {
        &self.0
    }

    /// Returns the agent's socket.
    pub(super) fn socket(&self) -> PathBuf {
        self.0.join("agent.sock")
    }

    /// Returns hsmd's state directory.
    pub(super) fn hsm(&self) -> PathBuf {
        self.0.join("hsm")
    }

    /// Returns the administrator's UKey.
    pub(super) fn ukey(&self) -> PathBuf {
        self.0.join("admin.ukey")
    }

    /// Returns the folder of the agent's key and certificate.
    pub(super) fn agent(&self) -> PathBuf {
        self.0.join("agent")
    }

    /// Returns the agent's configuration.
    pub(super) fn agent_config(&self) -> PathBuf {
        self.0.join("agent.toml")
    }

    /// Returns the module's configuration.
    pub(super) fn module_config(&self) -> PathBuf {
        self.0.join("pkcs11.toml")
    }

    /// Returns the server's configuration.
    pub(super) fn server_config(&self) -> PathBuf {
        self.0.join("server.toml")
    }

    /// Returns the file of an account of the server: what `dew-server add-account` printed.
    pub(super) fn account_file(&self, name: &str) -> PathBuf {
        self.0.join(format!("account-{name}.json"))
    }

    /// Returns the file of shell exports.
    pub(super) fn env(&self) -> PathBuf {
        self.0.join("env")
    }

    /// Returns the file that holds a PIN: `ukey`, `so` or `user`.
    pub(super) fn pin_file(&self, whose: &str) -> PathBuf {
        self.0.join(format!("{whose}.pin"))
    }

    /// Reads a PIN.
    pub(super) fn pin(&self, whose: &str) -> Result<String> {
        let path = self.pin_file(whose);
        let text = std::fs::read_to_string(&path)
            .with_context(|| format!("cannot read {}", path.display()))?;
        Ok(text.trim_end().to_owned())
    }

    /// Reads where hsmd listens.
    pub(super) fn address(&self) -> Result<String> {
        let path = self.0.join("address");
        std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))
    }

    /// Returns where clients of the server connect.
    pub(super) fn endpoint(&self) -> Result<String> {
        let path = self.0.join("server-address");
        let address = std::fs::read_to_string(&path)
            .with_context(|| format!("cannot read {}", path.display()))?;
        Ok(format!("http://{address}"))
    }

    /// Reads a value of an account of the server.
    pub(super) fn account_value(&self, name: &str, value: &str) -> Result<String> {
        let path = self.account_file(name);
        let text = std::fs::read_to_string(&path)
            .with_context(|| format!("cannot read {}", path.display()))?;
        let made: serde_json::Value = serde_json::from_str(&text)
            .with_context(|| format!("cannot read {}", path.display()))?;
        let value = made[value].as_str();
        value
            .map(str::to_owned)
            .with_context(|| format!("{} is broken: start afresh with --reset", path.display()))
    }

    /// Writes the option that names this directory, as one would type it; nothing for the default.
    pub(super) fn option(&self) -> String {
        if self.0 == workspace::root().join("run") {
            return String::new();
        }
        format!(" --dir {}", self.0.display())
    }

    /// Makes the directory, or checks that it is one of ours.
    pub(super) fn claim(&self) -> Result<()> {
        let fresh = match std::fs::read_dir(&self.0) {
            Ok(mut entries) => entries.next().is_none(),
            Err(_) => true,
        };
        if !fresh && !self.0.join(MARK).exists() {
            bail!(
                "{} holds other things; choose an empty directory with --dir",
                self.0.display()
            );
        }
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&self.0)
            .with_context(|| format!("cannot make {}", self.0.display()))?;
        self.write(MARK, "")
    }

    /// Takes the directory for this run alone, until the lock is dropped.
    pub(super) fn lock(&self) -> Result<File> {
        let path = self.0.join("lock");
        let file =
            File::create(&path).with_context(|| format!("cannot make {}", path.display()))?;
        match file.try_lock() {
            Ok(()) => Ok(file),
            Err(TryLockError::WouldBlock) => bail!(
                "another `cargo xtask up` works in {}; stop it with Ctrl-C there, or choose another --dir",
                self.0.display()
            ),
            Err(TryLockError::Error(error)) => {
                Err(error).context(format!("cannot lock {}", path.display()))
            }
        }
    }

    /// Removes everything but the lock and the mark.
    pub(super) fn clear(&self) -> Result<()> {
        for entry in std::fs::read_dir(&self.0)? {
            let entry = entry?;
            let name = entry.file_name();
            if name == "lock" || name == MARK {
                continue;
            }
            let removed = if entry.file_type()?.is_dir() {
                std::fs::remove_dir_all(entry.path())
            } else {
                std::fs::remove_file(entry.path())
            };
            removed.with_context(|| format!("cannot remove {}", entry.path().display()))?;
        }
        Ok(())
    }

    /// Tells whether everything was made; half of it is as good as nothing.
    pub(super) fn is_complete(&self) -> bool {
        self.0.join("complete").exists()
    }

    /// Notes that everything was made.
    pub(super) fn set_complete(&self) -> Result<()> {
        self.write("complete", "")
    }

    /// Chooses ports and random secrets, once.
    pub(super) fn choose(&self) -> Result<()> {
        self.write("address", &free_address()?)?;
        self.write("server-address", &free_address()?)?;
        ["ukey", "so", "user", "administrator"]
            .into_iter()
            .try_for_each(|whose| {
                self.write(&format!("{whose}.pin"), &format!("{}\n", secrets::pin()?))
            })
    }

    /// Writes the configurations of the agent, the module and the server.
    ///
    /// They are written at every start, because they name paths, which may have changed.
    pub(super) fn write_configurations(&self, profile: Profile) -> Result<()> {
        #[rustfmt::skip]
        let agent = format!(
            "socket = {:?}\n\n[[hsm]]\naddress = {:?}\nca = \"agent/ca.pem\"\ncertificate = \"agent/agent.pem\"\n\
             key = \"agent/agent.key\"\n",
            self.socket(), self.address()?,
        );
        self.write("agent.toml", &agent)?;
        self.write("pkcs11.toml", &format!("socket = {:?}\n", self.socket()))?;
        let endpoint = self.endpoint()?;
        #[rustfmt::skip]
        let server = format!(
            "listen = {:?}\nregion = {REGION:?}\ndatabase = \"sqlite:server.db\"\ndevelopment = true\n\n\
             [hsm]\nmodule = {:?}\ntoken = {KMS_LABEL:?}\npin_file = \"user.pin\"\n",
            endpoint.trim_start_matches("http://"), profile.output().join("libdew_pkcs11.so"),
        );
        self.write("server.toml", &server)
    }

    /// Writes the shell exports: where everything is, and what is needed to use it.
    pub(super) fn write_exports(&self, profile: Profile) -> Result<()> {
        self.write("env", &self.exports(profile)?)
    }

    /// Keeps what was printed when an account was made.
    pub(super) fn write_account(&self, name: &str, made: &str) -> Result<()> {
        self.write(&format!("account-{name}.json"), made)
    }

    /// Writes the lines that a shell reads to know this HSM and the server.
    fn exports(&self, profile: Profile) -> Result<String> {
        let module = profile.output().join("libdew_pkcs11.so");
        let rows = [
            ("DEW_MODULE", module.display().to_string()),
            (
                "DEW_PKCS11_CONF",
                self.module_config().display().to_string(),
            ),
            ("DEW_TOKEN", STRICT_LABEL.to_owned()),
            ("DEW_COMPAT_TOKEN", COMPAT_LABEL.to_owned()),
            ("DEW_PIN", self.pin("user")?),
            ("DEW_SO_PIN", self.pin("so")?),
        ];
        let mut rows: Vec<(String, String)> = rows
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect();
        rows.extend(self.server_exports()?);
        Ok(rows
            .iter()
            .map(|(name, value)| format!("export {name}={}\n", quoted(value)))
            .collect())
    }

    /// What clients of the server need: the endpoint, and the values of each account. The second account's come under
    /// short names too.
    fn server_exports(&self) -> Result<Vec<(String, String)>> {
        let endpoint = self.endpoint()?;
        let row = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let mut rows = vec![
            row("DEW_ENDPOINT", &endpoint),
            row("DEW_REGION", REGION),
            row("DEW_CLOCK", "movable"),
            row("DEW_ACCOUNT", ACCOUNTS[0].0),
            row("DEW_ADMIN_USER", ACCOUNTS[0].0),
            row("DEW_ADMIN_PASSWORD", &self.pin("administrator")?),
            row("HUAWEICLOUD_SDK_IAM_ENDPOINT", &endpoint),
            row("HUAWEICLOUD_SDK_STS_ENDPOINT", &endpoint),
        ];
        for (account, prefix) in ACCOUNTS {
            for (value, name) in ACCOUNT_VALUES {
                let text = self.account_value(account, value)?;
                if let (false, Some(short)) =
                    (prefix.is_empty(), name.strip_prefix("HUAWEICLOUD_SDK_"))
                {
                    rows.push((format!("{prefix}{short}"), text.clone()));
                }
                let name = name.strip_prefix("DEW_").unwrap_or(name);
                let prefix = match (prefix.is_empty(), *value) {
                    (true, "user_id") => "DEW_",
                    _ => prefix,
                };
                rows.push((format!("{prefix}{name}"), text));
            }
        }
        Ok(rows)
    }

    /// Writes a file that only its owner can read.
    fn write(&self, name: &str, text: &str) -> Result<()> {
        let path = self.0.join(name);
        OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&path)
            .and_then(|mut file| file.write_all(text.as_bytes()))
            .with_context(|| format!("cannot write {}", path.display()))
    }
}

/// Finds an address on loopback that nobody listens on.
fn free_address() -> Result<String> {
    let address: SocketAddr = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .and_then(|listener| listener.local_addr())
        .context("loopback has no free port")?;
    Ok(address.to_string())
}

/// Quotes a text for a POSIX shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn home() -> (tempfile::TempDir, Home) {
        let place = tempfile::tempdir().unwrap();
        let home = Home::new(&place.path().join("run")).unwrap();
        home.claim().unwrap();
        (place, home)
    }

    #[test]
    fn a_directory_of_somebody_else_is_left_alone() {
        let place = tempfile::tempdir().unwrap();
        std::fs::write(place.path().join("thesis.tex"), "").unwrap();
        let error = Home::new(place.path())
            .unwrap()
            .claim()
            .unwrap_err()
            .to_string();
        assert!(error.contains("holds other things"), "{error}");
    }

    #[test]
    fn a_path_too_long_for_a_socket_is_refused_with_the_remedy() {
        let long = PathBuf::from(format!("/{}", "x".repeat(SOCKET_PATH_BYTES)));
        let error = Home::new(&long).unwrap_err().to_string();
        assert!(
            error.contains("choose a shorter directory with --dir"),
            "{error}"
        );
    }

    #[test]
    fn two_at_once_are_refused() {
        let (_place, home) = home();
        let lock = home.lock().unwrap();
        let error = home.lock().unwrap_err().to_string();
        assert!(
            error.contains("another `cargo xtask up` works in"),
            "{error}"
        );
        drop(lock);
        home.lock().unwrap();
    }

    #[test]
    fn clearing_leaves_a_directory_that_is_still_ours() {
        let (_place, home) = home();
        home.choose().unwrap();
        home.set_complete().unwrap();
        home.clear().unwrap();
        assert!(!home.is_complete());
        assert!(home.pin("user").is_err());
        home.claim().unwrap();
    }

    #[test]
    fn what_is_secret_is_for_its_owner_only() {
        let (_place, home) = home();
        home.choose().unwrap();
        home.write_configurations(Profile::Dev).unwrap();
        let made = r#"{"access":"A","secret":"S","project_id":"p","domain_id":"d","user_id":"u"}"#;
        for (name, _) in ACCOUNTS {
            home.write_account(name, made).unwrap();
        }
        home.write_exports(Profile::Dev).unwrap();
        for file in [
            home.env(),
            home.account_file(ACCOUNTS[0].0),
            home.pin_file("so"),
            home.pin_file("user"),
            home.pin_file("ukey"),
        ] {
            let mode = std::fs::metadata(&file).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{}", file.display());
        }
        assert_ne!(home.pin("so").unwrap(), home.pin("user").unwrap());
    }

    #[test]
    fn a_shell_reads_the_exports_as_they_were_meant() {
        let script = format!("export X={}\nprintf %s \"$X\"", quoted("it's $HOME `x`"));
        let output = std::process::Command::new("sh")
            .args(["-c", &script])
            .output()
            .unwrap();
        assert_eq!(output.stdout, b"it's $HOME `x`");
    }
}
