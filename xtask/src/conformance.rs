//! `cargo xtask conformance`: our module and SoftHSM2 side by side.

use anyhow::Result;
use clap::Args;

use crate::workspace::{self, Profile};
use crate::{command, packages};

/// Runs the conformance suite on the whole chain and on SoftHSM2, and writes target/conformance/report.html.
#[derive(Args, Debug)]
pub(crate) struct Conformance {
    /// Build with optimisations
    #[arg(long)]
    release: bool,
    /// What the runs are told as well, such as `--stride 10` or `--performance`
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    options: Vec<String>,
}

impl Conformance {
    /// Runs the task.
    pub(crate) fn run(self) -> Result<()> {
        packages::ensure(packages::Missing::Install)?;
        let profile = if self.release {
            Profile::Release
        } else {
            Profile::Dev
        };
        workspace::build(profile)?;
        let folder = workspace::target_dir().join("conformance");
        command::line(profile.output().join("side_by_side"), [folder])
            .args(self.options)
            .run()
    }
}
