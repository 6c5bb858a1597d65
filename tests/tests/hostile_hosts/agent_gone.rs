//! A host that would die of a broken pipe.

use std::io::{BufRead, BufReader, Write};
use std::process::Stdio;

use tests::{Access, Chain, Partition};

#[test]
fn an_agent_that_goes_kills_no_host_by_a_broken_pipe() {
    let mut chain = Chain::start();
    let token = chain.token(Partition::Compat);
    let mut command = crate::host(&token, "signals.py", "broken_pipe").into_command();
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut host = command.spawn().unwrap();
    let mut said = BufReader::new(host.stdout.take().unwrap()).lines();
    assert_eq!(said.next().unwrap().unwrap(), "ready");
    chain.kill_agent();
    chain.start_agent(Access::All.name());
    let mut words = host.stdin.take().unwrap();
    words.write_all(b"killed\n").unwrap();
    drop(words);
    assert_eq!(said.next().unwrap().unwrap(), "fine");
    assert!(host.wait().unwrap().success());
}
