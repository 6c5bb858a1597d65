//! The folder from which an agent runs: its key, its certificate, the CA, and a configuration.

use std::fs::{self, DirBuilder};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use rcgen::{CertificateParams, KeyPair, PKCS_ECDSA_P256_SHA256};
use serde::Serialize;
use sys::file::{replace_private, write_new_private};
use zeroize::Zeroizing;

use crate::Error;

/// The files of the folder; the agent's configuration names the others.
const KEY: &str = "agent.key";
const CERTIFICATE: &str = "agent.pem";
const CA: &str = "ca.pem";
const CONFIG: &str = "agent.toml";

/// Is a folder with a new key in it, waiting for the certificate. Unless it is completed, it goes
/// away again: a key without a certificate is of no use to anyone.
pub(crate) struct Bundle {
    folder: PathBuf,
    made_folder: bool,
    complete: bool,
    request: Vec<u8>,
}

/// What the agent's configuration says; relative paths are relative to the file.
#[derive(Serialize)]
struct AgentConfig<'a> {
    socket: &'a str,
    hsm: [AgentHsm<'a>; 1],
}

#[derive(Serialize)]
struct AgentHsm<'a> {
    address: &'a str,
    server_name: &'a str,
    ca: &'a str,
    certificate: &'a str,
    key: &'a str,
}

impl Bundle {
    /// Makes the folder, and in it a key for the agent.
    pub(crate) fn begin(folder: &Path, name: &str) -> Result<Self, Error> {
        for file in [KEY, CERTIFICATE, CA, CONFIG] {
            let path = folder.join(file);
            if fs::symlink_metadata(&path).is_ok() {
                return Err(Error::Exists(path));
            }
        }
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)
            .map_err(Error::machine("make a key for the agent"))?;
        let mut params = CertificateParams::default();
        params.distinguished_name = rcgen::DistinguishedName::new();
        params
            .distinguished_name
            .push(rcgen::DnType::CommonName, name);
        let request = params
            .serialize_request(&key)
            .map_err(Error::machine("make a certificate signing request"))?;

        let made_folder = !folder.exists();
        if made_folder {
            let made = DirBuilder::new().recursive(true).mode(0o700).create(folder);
            made.map_err(Error::file("make the folder", folder))?;
        }
        let bundle = Self {
            folder: folder.to_owned(),
            made_folder,
            complete: false,
            request: request.der().to_vec(),
        };
        let pem = Zeroizing::new(key.serialize_pem());
        write_new_private(&folder.join(KEY), pem.as_bytes())?;
        Ok(bundle)
    }

    /// Gives the certificate signing request for the key (PKCS#10, DER).
    pub(crate) fn request(&self) -> &[u8] {
        &self.request
    }

    /// Adds the certificate and everything else that the agent needs.
    pub(crate) fn complete(
        mut self,
        chain_pem: &str,
        ca_pem: &[u8],
        address: &str,
        server_name: &str,
    ) -> Result<(), Error> {
        let hsm = AgentHsm {
            address,
            server_name,
            ca: CA,
            certificate: CERTIFICATE,
            key: KEY,
        };
        let config = AgentConfig {
            socket: "agent.sock",
            hsm: [hsm],
        };
        let config =
            toml::to_string(&config).map_err(Error::machine("write the agent's configuration"))?;
        // From here on the certificate counts: what was written stays, even if the rest fails.
        self.complete = true;
        let files = [
            (CERTIFICATE, chain_pem.as_bytes()),
            (CA, ca_pem),
            (CONFIG, config.as_bytes()),
        ];
        for (file, content) in files {
            replace_private(&self.folder.join(file), content)?;
        }
        Ok(())
    }
}

impl Drop for Bundle {
    fn drop(&mut self) {
        if self.complete {
            return;
        }
        // What cannot be cleared away is in nobody's way, save that of a second attempt, which
        // will name it.
        let _ = fs::remove_file(self.folder.join(KEY));
        if self.made_folder {
            let _ = fs::remove_dir(&self.folder);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn modes(folder: &Path) -> Vec<(String, u32)> {
        let entries = fs::read_dir(folder).unwrap().map(|entry| {
            let entry = entry.unwrap();
            let mode = entry.metadata().unwrap().permissions().mode() & 0o777;
            (entry.file_name().into_string().unwrap(), mode)
        });
        let mut modes: Vec<_> = entries.collect();
        modes.sort();
        modes
    }

    #[test]
    fn complete_folder_has_everything_private() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("web-1");
        let bundle = Bundle::begin(&folder, "web-1").unwrap();
        assert_eq!(modes(&folder), [("agent.key".to_owned(), 0o600)]);
        bundle.complete("CHAIN", b"CA", "hsm:7443", "hsmd").unwrap();
        let names = ["agent.key", "agent.pem", "agent.toml", "ca.pem"];
        assert_eq!(modes(&folder), names.map(|name| (name.to_owned(), 0o600)));
        assert_eq!(modes(place.path()), [("web-1".to_owned(), 0o700)]);
        let expected = "socket = \"agent.sock\"\n\n[[hsm]]\naddress = \"hsm:7443\"\n\
                        server_name = \"hsmd\"\nca = \"ca.pem\"\n\
                        certificate = \"agent.pem\"\nkey = \"agent.key\"\n";
        assert_eq!(
            fs::read_to_string(folder.join("agent.toml")).unwrap(),
            expected
        );
    }

    #[test]
    fn abandoned_folder_goes_away_and_a_foreign_file_stays() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("web-1");
        drop(Bundle::begin(&folder, "web-1").unwrap());
        assert!(!folder.exists());

        fs::create_dir(&folder).unwrap();
        fs::write(folder.join("notes"), "mine").unwrap();
        drop(Bundle::begin(&folder, "web-1").unwrap());
        assert_eq!(fs::read_to_string(folder.join("notes")).unwrap(), "mine");
        assert!(!folder.join("agent.key").exists());
    }

    #[test]
    fn folder_in_use_is_refused_and_untouched() {
        let place = tempfile::tempdir().unwrap();
        fs::write(place.path().join("agent.pem"), "old").unwrap();
        let error = Bundle::begin(place.path(), "web-1").err().unwrap();
        assert!(matches!(error, Error::Exists(_)), "{error}");
        assert!(!place.path().join("agent.key").exists());
        assert_eq!(
            fs::read_to_string(place.path().join("agent.pem")).unwrap(),
            "old"
        );
    }
}
