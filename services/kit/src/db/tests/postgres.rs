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

#[test]
fn a_server_that_is_not_there_is_unavailable() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let url = format!("postgres://dew@127.0.0.1:{port}/dew");
    let error = Database::open(&url, TABLES).err().unwrap();
    assert!(error.is_retryable(), "{error}");
}
