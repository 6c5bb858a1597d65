//! SoftHSM2 in a folder of its own: the peer that measurements and doubtful tests are held against.

use std::fs;
use std::path::{Path, PathBuf};

use crate::alone::Folder;
use crate::{Run, Token};

/// The name of its configuration in the host's folder.
pub(crate) const CONFIG: &str = "softhsm2.conf";

/// Where the distributions put the module.
const MODULES: [&str; 3] = [
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib64/pkcs11/libsofthsm2.so",
    "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
];

/// A fresh SoftHSM2 with one initialised token; its files go when this does.
pub struct SoftHsm {
    token: Token,
    _folder: Folder,
}

impl SoftHsm {
    /// Returns the path of the module, where it is installed.
    #[must_use]
    pub fn module() -> Option<PathBuf> {
        MODULES.iter().map(PathBuf::from).find(|path| path.exists())
    }

    /// Makes the token.
    ///
    /// # Panics
    /// If SoftHSM2 is not installed or does not do as asked.
    #[must_use]
    pub fn start() -> Self {
        let folder = Folder::new();
        Self {
            token: make_token(&folder.path()),
            _folder: folder,
        }
    }

    /// Returns its token.
    #[must_use]
    pub fn token(&self) -> Token {
        self.token.clone()
    }
}

fn make_token(folder: &Path) -> Token {
    let module = SoftHsm::module().expect("SoftHSM2 is not installed: `apt install softhsm2`");
    let objects = folder.join("softhsm2");
    let clients = folder.join("clients");
    fs::create_dir_all(&objects).expect("the host's folder is ours");
    fs::create_dir_all(&clients).expect("the host's folder is ours");
    let config = folder.join(CONFIG);
    fs::write(
        &config,
        format!("directories.tokendir = {}\n", objects.display()),
    )
    .expect("the host's folder is ours");
    let token = Token {
        module,
        environment: vec![("SOFTHSM2_CONF", config.into())],
        label: "peer".to_owned(),
        so_pin: "so-pin-of-the-peer-1".to_owned(),
        pin: "user-pin-of-the-peer-1".to_owned(),
        folder: clients,
    };
    let (name, config) = &token.environment[0];
    Run::new("softhsm2-util")
        .env(name, config)
        .args("--init-token --free --label peer --so-pin so-pin-of-the-peer-1 --pin user-pin-of-the-peer-1")
        .succeed();
    token
}
