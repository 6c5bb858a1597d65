//! Runs the conformance suite on our module over the whole chain and on SoftHSM2, and puts them side by side.
//!
//! `cargo xtask conformance` builds what it needs and starts it. It takes a folder for the reports, and options for the runs.

#![forbid(unsafe_code)]

use std::path::{Path, PathBuf};
use std::{env, fs};

use tests::{Chain, Conformance, Partition, Run, SoftHsm, Token, program};

/// One run of the suite.
struct Row {
    /// What its files are called.
    name: &'static str,
    /// What the report calls the module.
    title: &'static str,
    /// What it is told, besides the options of the command line.
    options: &'static str,
    /// The description with its known departures, where it has one.
    description: Option<&'static str>,
}

const COMPAT: Row = Row {
    name: "dew",
    title: "Dew, compat partition",
    options: "--destructive",
    description: Some("dew.toml"),
};

const STRICT: Row = Row {
    name: "dew-strict",
    title: "Dew, strict partition",
    options: "--only attack",
    description: None,
};

const PEER: Row = Row {
    name: "softhsm2",
    title: "SoftHSM2",
    options: "--destructive",
    description: Some("softhsm2.toml"),
};

fn main() {
    let mut arguments = env::args().skip(1);
    let folder = PathBuf::from(arguments.next().expect("a folder for the reports"));
    let options = arguments.collect::<Vec<_>>().join(" ");
    fs::create_dir_all(&folder).expect("the folder of the reports can be made");
    let (chain, peer) = (Chain::start(), SoftHsm::start());
    let beside = peer.token();
    let files = [
        COMPAT.run(
            &chain.token(Partition::Compat),
            &options,
            Some(&beside),
            &folder,
        ),
        STRICT.run(&chain.token(Partition::Strict), &options, None, &folder),
        PEER.run(&beside, &options, None, &folder),
    ];
    let page = folder.join("report.html");
    let compare = Run::new(program("dew-conformance"))
        .args("compare --report")
        .arg(&page);
    files.iter().fold(compare, Run::arg).succeed();
    print(&format!("The report: {}", page.display()));
}

impl Row {
    /// Makes the run; with a second token, random calls go to both. Returns the report's file.
    fn run(&self, token: &Token, options: &str, beside: Option<&Token>, folder: &Path) -> PathBuf {
        let run = Conformance::on(token, self.name)
            .args(self.options)
            .args(options)
            .with_nist_vectors()
            .file("--name", Path::new(self.title));
        let run = self
            .description
            .iter()
            .fold(run, |run, name| run.known(name));
        let run = beside.into_iter().fold(run, Conformance::beside);
        let judged = run.judge();
        print(&judged.finished.text());
        let path = folder.join(format!("{}.json", self.name));
        fs::write(&path, judged.report.to_string()).expect("the folder of the reports takes files");
        path
    }
}

#[expect(clippy::print_stdout, reason = "this program is for people to read")]
fn print(text: &str) {
    println!("{text}");
}
