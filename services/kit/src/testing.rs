//! Databases for tests: one PostgreSQL server for each test program, stopped and swept away with it.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::os::unix::fs::MetadataExt as _;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::db::{Database, Migration};

/// Where Debian's package `postgresql` keeps the programs of each version.
const VERSIONS: &str = "/usr/lib/postgresql";

/// Starts a server in a new folder, says where, and stops it when nobody holds the other end of its input any more, however
/// the test program ended. The arguments are the folder of the programs and the port.
const GUARD: &str = r#"
    folder=$(mktemp -d) || exit 1
    {
        "$1/initdb" -D "$folder/data" -U dew -A trust -N -E UTF8 --locale=C &&
        "$1/pg_ctl" start -w -D "$folder/data" -l "$folder/server.log" -o "-p $2 -k $folder \
            -c listen_addresses=127.0.0.1 -c fsync=off -c max_connections=300 -c shared_buffers=32MB"
    } </dev/null >"$folder/start.log" 2>&1 && echo started || tr '\n' ' ' <"$folder/start.log"
    cat >/dev/null
    "$1/pg_ctl" stop -m immediate -D "$folder/data" >/dev/null 2>&1
    rm -rf "$folder"
"#;

/// How often a server is started before giving up: somebody may take the port in between.
const ATTEMPTS: u32 = 3;

/// A running server. Its guard stops it when this program ends.
struct Server {
    port: u16,
    /// Holds the guard's input open.
    _guard: Child,
}

/// Makes a new, empty PostgreSQL database and returns its address.
///
/// # Panics
/// When no server can be started: the package `postgresql` must be installed.
#[must_use]
pub fn postgres_url() -> String {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let name = format!("test{}", NUMBER.fetch_add(1, Ordering::Relaxed));
    run_on_postgres(&format!("CREATE DATABASE {name}"));
    address(&name)
}

/// Runs a statement on the server of [`postgres_url`], outside of any test's database.
///
/// # Panics
/// When the statement fails.
pub fn run_on_postgres(sql: &str) {
    let mut client = postgres::Client::connect(&address("postgres"), postgres::NoTls)
        .expect("the server was started");
    client
        .batch_execute(sql)
        .expect("the test's statement is right");
}

/// Runs a check on both databases, each new and migrated.
///
/// # Panics
/// When a database cannot be opened.
pub fn on_both(migrations: &[Migration], check: impl Fn(&Database)) {
    for url in ["sqlite::memory:", &postgres_url()] {
        check(&Database::open(url, migrations).expect("a new database opens"));
    }
}

fn address(database: &str) -> String {
    static SERVER: OnceLock<Server> = OnceLock::new();
    let port = SERVER.get_or_init(start).port;
    format!("postgres://dew@127.0.0.1:{port}/{database}")
}

fn start() -> Server {
    let programs = programs();
    let mut last = String::new();
    for _ in 0..ATTEMPTS {
        let port = free_port();
        let mut guard = guard(&programs, port).expect("a shell starts");
        let answer = guard.stdout.take().expect("it is piped");
        last.clear();
        BufReader::new(answer)
            .read_line(&mut last)
            .expect("the guard answers in text");
        if last.trim() == "started" {
            return Server {
                port,
                _guard: guard,
            };
        }
        drop(guard.stdin.take());
        guard.wait().expect("the guard ends with its input");
    }
    panic!("PostgreSQL does not start: {last}");
}

/// Finds the programs of the newest version.
fn programs() -> PathBuf {
    let mut versions: Vec<PathBuf> = fs::read_dir(VERSIONS)
        .into_iter()
        .flatten()
        .filter_map(|version| Some(version.ok()?.path().join("bin")))
        .filter(|programs| programs.join("initdb").exists())
        .collect();
    versions.sort();
    versions
        .pop()
        .expect("these tests need the package postgresql: run `cargo xtask up` to install it")
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0")
        .and_then(|listener| listener.local_addr())
        .expect("a port is free")
        .port()
}

/// Starts the guard; not as root, whom the server refuses to serve.
fn guard(programs: &std::path::Path, port: u16) -> std::io::Result<Child> {
    let is_root = fs::metadata("/proc/self")?.uid() == 0;
    let mut command = if is_root {
        let mut command = Command::new("setpriv");
        command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups"]);
        command.args(["--reset-env", "sh"]);
        command
    } else {
        Command::new("sh")
    };
    command
        .args(["-c", GUARD, "guard"])
        .arg(programs)
        .arg(port.to_string())
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
}
