//! Runs the conformance suite on our module over the whole chain and on SoftHSM2, and puts them side by side.
//!
//! `cargo xtask conformance` builds what it needs and starts it. It takes a folder for the reports, and options for the runs.

#![forbid(unsafe_code)]

use std::path::{Path, PathBuf};
use std::{env, fs};

use tests::{Chain, Conformance, Judged, Partition, Run, SoftHsm, Token, program};

fn main() {
    let mut arguments = env::args().skip(1);
    let folder = PathBuf::from(arguments.next().expect("a folder for the reports"));
    let options = arguments.collect::<Vec<_>>().join(" ");
    fs::create_dir_all(&folder).expect("the folder of the reports can be made");
    let chain = Chain::start();
    let peer = SoftHsm::start();
    let beside = peer.token();
    let judged = [
        run(
            &chain.token(Partition::Compat),
            "dew",
            &format!("--destructive {options}"),
            Some(&beside),
        ),
        run(
            &chain.token(Partition::Strict),
            "dew-strict",
            "--only attack",
            None,
        ),
        run(
            &beside,
            "softhsm2",
            &format!("--destructive {options}"),
            None,
        ),
    ];
    let files: Vec<_> = ["dew", "dew-strict", "softhsm2"]
        .into_iter()
        .zip(judged)
        .map(|(name, judged)| keep(&folder, name, &judged))
        .collect();
    let page = folder.join("report.html");
    let compared = files.iter().fold(
        Run::new(program("dew-conformance"))
            .args("compare --report")
            .arg(&page),
        Run::arg,
    );
    print(&compared.succeed().text());
    print(&format!("\nThe report: {}\n", page.display()));
}

fn run(token: &Token, name: &str, options: &str, beside: Option<&Token>) -> Judged {
    let mut conformance = Conformance::on(token, name)
        .args(options)
        .with_nist_vectors();
    if let Some(other) = beside {
        let pin = other.write("beside.pin", &other.pin);
        conformance = conformance
            .file("--beside", &other.module)
            .args("--beside-token")
            .args(&other.label)
            .file("--beside-pin-file", &pin);
        for (variable, value) in &other.environment {
            conformance = conformance.env(variable, value);
        }
    }
    let judged = conformance.judge();
    print(&judged.finished.text());
    judged
}

fn keep(folder: &Path, name: &str, judged: &Judged) -> PathBuf {
    let path = folder.join(format!("{name}.json"));
    fs::write(&path, judged.report.to_string()).expect("the folder of the reports takes files");
    path
}

#[expect(clippy::print_stdout, reason = "this program is for people to read")]
fn print(text: &str) {
    println!("{text}");
}
