//! What only PostgreSQL promises.

use super::super::{Backend, Database, Error};
use super::{TABLES, add, contract, count};
use crate::testing::{postgres_url, run_on_postgres};

/// Ends all connections to a database, as a restart of the server does.
fn cut(url: &str) {
    let (_, name) = url.rsplit_once('/').unwrap();
    run_on_postgres(&format!(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '{name}'"
    ));
}

#[test]
fn postgres_keeps_the_contract() {
    contract::check(postgres_url);
    cut_connections_heal();
    work_is_done_again_after_a_cut();
    a_cut_commit_is_undecided();
    a_table_may_change_below();
    tls_trusts_the_named_authority_alone();
}

/// Not a test of its own: each test program starts a server.
fn cut_connections_heal() {
    let url = postgres_url();
    let database = Database::open(&url, TABLES).unwrap();
    assert_eq!(database.backend(), Backend::Postgres);
    std::thread::scope(|scope| {
        for id in 0..8 {
            let database = &database;
            scope.spawn(move || add(database, id).unwrap());
        }
    });
    cut(&url);
    assert_eq!(add(&database, 8), Ok(1));
    cut(&url);
    assert_eq!(count(&database), 9);
}

fn work_is_done_again_after_a_cut() {
    let url = postgres_url();
    let database = Database::open(&url, TABLES).unwrap();
    let mut runs = 0;
    let outcome: Result<(), Error> = database.write(|tx| {
        runs += 1;
        tx.execute("INSERT INTO things (id) VALUES ($1)", &[1.into()])?;
        if runs == 1 {
            cut(&url);
        }
        tx.execute("INSERT INTO things (id) VALUES ($1)", &[2.into()])?;
        Ok(())
    });
    assert_eq!((outcome, runs), (Ok(()), 2));
    assert_eq!(count(&database), 2);

    let always: Result<(), Error> = database.write(|tx| {
        cut(&url);
        tx.execute("INSERT INTO things (id) VALUES ($1)", &[3.into()])?;
        Ok(())
    });
    let error = always.unwrap_err();
    assert!(error.is_retryable(), "{error}");
    assert_eq!(count(&database), 2);
}

fn a_cut_commit_is_undecided() {
    let url = postgres_url();
    let database = Database::open(&url, TABLES).unwrap();
    let mut runs = 0;
    let outcome: Result<u64, Error> = database.write(|tx| {
        runs += 1;
        let added = tx.execute("INSERT INTO things (id) VALUES ($1)", &[1.into()])?;
        cut(&url);
        Ok(added)
    });
    let error = outcome.unwrap_err();
    assert!(matches!(error, Error::Undecided { .. }), "{error}");
    assert!(!error.is_retryable());
    assert_eq!(runs, 1);
}

/// Another program's migration changes the columns of a statement that is prepared here.
fn a_table_may_change_below() {
    let url = postgres_url();
    let database = Database::open(&url, TABLES).unwrap();
    add(&database, 1).unwrap();
    let read = || database.read(|tx| tx.row("SELECT * FROM things", &[]));
    assert!(read().unwrap().unwrap().maybe_text("note").is_err());
    let mut other = postgres::Client::connect(&url, postgres::NoTls).unwrap();
    other
        .batch_execute("ALTER TABLE things ADD COLUMN note TEXT")
        .unwrap();
    assert_eq!(read().unwrap().unwrap().maybe_text("note"), Ok(None));
}

/// Makes an authority and a certificate of it for the tests' server, and gives that to the server.
fn switch_tls_on() -> (String, String) {
    let key = rcgen::KeyPair::generate().unwrap();
    let mut params = rcgen::CertificateParams::default();
    params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let root = params.self_signed(&key).unwrap();
    let issuer = rcgen::Issuer::new(params, key);
    let key = rcgen::KeyPair::generate().unwrap();
    let params = rcgen::CertificateParams::new(["127.0.0.1".to_owned()]).unwrap();
    let certificate = params.signed_by(&key, &issuer).unwrap();
    for (file, text) in [
        ("server.crt", certificate.pem()),
        ("server.key", key.serialize_pem()),
    ] {
        run_on_postgres(&format!(
            "COPY (SELECT line FROM unnest(string_to_array($${text}$$, E'\\n')) AS line
                   WHERE line <> '') TO PROGRAM 'umask 077; cat > {file}'"
        ));
    }
    run_on_postgres("ALTER SYSTEM SET ssl = on");
    run_on_postgres("SELECT pg_reload_conf()");
    (root.pem(), params.self_signed(&key).unwrap().pem())
}

fn tls_trusts_the_named_authority_alone() {
    let (root, stranger) = switch_tls_on();
    let folder = tempfile::tempdir().unwrap();
    let trusting = |name: &str, pem: &str| {
        let file = folder.path().join(name);
        std::fs::write(&file, pem).unwrap();
        let url = postgres_url();
        format!("{url}?sslmode=require&sslrootcert={}", file.display())
    };
    let (ours, other) = (
        trusting("ours.pem", &root),
        trusting("other.pem", &stranger),
    );
    // The server reads its settings again in its own time.
    let database = (0..1_000).find_map(|_| Database::open(&ours, TABLES).ok());
    let encrypted = database.unwrap().read(|tx| {
        let sql = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
        tx.row(sql, &[])?.expect("a row").flag("ssl")
    });
    assert_eq!(encrypted, Ok(true));
    let refused = Database::open(&other, TABLES).err().unwrap();
    assert!(refused.to_string().contains("certificate"), "{refused}");
}

#[test]
fn a_server_that_is_not_there_is_unavailable() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let url = format!("postgres://dew@127.0.0.1:{port}/dew");
    let error = Database::open(&url, TABLES).err().unwrap();
    assert!(error.is_retryable(), "{error}");
}
