//! Folders of tools that tests install once and share: named by what they hold, filled under a lock.

use std::fs::{self, File};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::programs::profile_folder;

/// How long an installation may take: packages are fetched.
pub(crate) const INSTALLATION: Duration = Duration::from_secs(300);

/// Tells that a folder was filled to the end.
const FILLED: &str = "filled";

/// A folder for one set of tools.
pub(crate) struct ToolFolder {
    path: PathBuf,
}

impl ToolFolder {
    /// Names the folder after what it will hold.
    pub(crate) fn new(kind: &str, contents: &str) -> Self {
        let mut hasher = DefaultHasher::new();
        contents.hash(&mut hasher);
        let name = format!("{kind}-{:016x}", hasher.finish());
        Self {
            path: target_folder().join("tools").join(name),
        }
    }

    /// Returns where it is.
    pub(crate) fn path(&self) -> PathBuf {
        self.path.clone()
    }

    /// Fills it, unless that was done before; other test processes wait meanwhile.
    pub(crate) fn fill(&self, fill: impl FnOnce(&Path)) {
        let parent = self.path.parent().expect("the folder lies in another");
        fs::create_dir_all(parent).expect("cargo's target folder is ours");
        let lock =
            File::create(self.path.with_extension("lock")).expect("cargo's target folder is ours");
        lock.lock().expect("a file of ours can be locked");
        if self.path.join(FILLED).exists() {
            return;
        }
        if self.path.exists() {
            fs::remove_dir_all(&self.path).expect("a folder of ours can be removed");
        }
        fs::create_dir_all(&self.path).expect("cargo's target folder is ours");
        fill(&self.path);
        File::create(self.path.join(FILLED)).expect("the folder was just filled");
    }
}

/// Cargo's target folder, which outlives a change of profile.
fn target_folder() -> PathBuf {
    let profile = profile_folder();
    profile.parent().map(Path::to_path_buf).unwrap_or(profile)
}
