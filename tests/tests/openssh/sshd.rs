//! OpenSSH's server, for the tests' own user, on a port of its own.

use std::fs;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::fd::OwnedFd;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;

use tests::Token;

/// Where Debian has it: outside the path of most users.
const PROGRAM: &str = "/usr/sbin/sshd";

/// A port on which each connection gets an `sshd` of its own, as from inetd: so no port has to be guessed.
pub(crate) struct Sshd {
    address: SocketAddr,
}

impl Sshd {
    /// Starts to listen; `settings` stand before those that every test needs.
    pub(crate) fn start(token: &Token, settings: &str) -> Self {
        let configuration = token.write(
            "sshd.conf",
            format!(
                "{settings}\nAuthenticationMethods publickey\nPermitRootLogin prohibit-password\n\
                 StrictModes no\nUsePAM no\nPidFile none\nLogLevel VERBOSE\n"
            ),
        );
        if nix::unistd::geteuid().is_root() {
            // Root's server shuts its network half in there; where the system starts one, it makes the folder.
            fs::create_dir_all("/run/sshd").expect("root may");
        }
        let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
        let address = listener.local_addr().expect("it was just bound");
        thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                serve(connection, &configuration);
            }
        });
        Self { address }
    }

    /// Returns its port.
    pub(crate) fn port(&self) -> String {
        self.address.port().to_string()
    }
}

fn serve(connection: TcpStream, configuration: &Path) {
    let output = connection.try_clone().expect("a socket can be shared");
    let mut server = Command::new(PROGRAM)
        .args(["-i", "-e", "-f"])
        .arg(configuration)
        .stdin(Stdio::from(OwnedFd::from(connection)))
        .stdout(Stdio::from(OwnedFd::from(output)))
        .spawn()
        .expect("OpenSSH's server is installed");
    thread::spawn(move || server.wait());
}
