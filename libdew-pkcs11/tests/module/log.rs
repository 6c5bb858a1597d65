//! What stands on the host's standard error.

use std::fs::{self, File};

use ck::Rv;
use nix::unistd::dup2_stderr;

use crate::fork::in_child;
use crate::host::{Host, ck};

/// Runs a child that uses the module, and gives what it wrote to standard error.
fn lines(host: &Host, configuration: &str) -> Vec<String> {
    host.configure(configuration);
    let file = host.configuration().with_extension("log");
    let environment = host.environment();
    let status = in_child(|| {
        dup2_stderr(File::create(&file).unwrap()).unwrap();
        if ck!(host, C_Initialize, std::ptr::null_mut()) == Rv::OK {
            // However often a host asks, the agent is not there for one reason.
            let _ = (host.slots(), host.slots(), host.open_session());
        }
        0
    });
    drop(environment);
    assert_eq!(status, 0);
    let text = fs::read_to_string(&file).unwrap();
    text.lines().map(str::to_owned).collect()
}

#[test]
fn one_line_names_the_socket_that_nobody_listens_at_and_the_remedy() {
    let host = Host::load();
    let lines = lines(&host, "socket = \"/nonexistent/agent.sock\"");
    assert_eq!(lines.len(), 1, "{lines:?}");
    for part in ["dew-pkcs11: ", "/nonexistent/agent.sock", "start dew-agent"] {
        assert!(lines[0].contains(part), "{lines:?}");
    }
}

#[test]
fn one_line_names_the_file_and_the_field_that_are_wrong() {
    let host = Host::load();
    let lines = lines(&host, "\nsockets = \"/nonexistent/agent.sock\"");
    assert_eq!(lines.len(), 1, "{lines:?}");
    for part in [host.configuration().to_str().unwrap(), "line 2", "sockets"] {
        assert!(lines[0].contains(part), "{lines:?}");
    }
}

#[test]
fn a_log_that_is_off_is_silent() {
    let host = Host::load();
    let configuration = "socket = \"/nonexistent/agent.sock\"\nlog = \"off\"";
    assert_eq!(lines(&host, configuration), Vec::<String>::new());
}
