//! One connection, and the statements prepared on it.

use std::collections::HashMap;
use std::sync::Arc;

use postgres::types::{ToSql, Type};
use postgres::{Client, Statement};

use super::super::row::wrong;
use super::super::{Error, Row, Value};
use super::bind::kind;
use super::explain::{Trouble, explain};
use crate::sql;

/// How many statements a connection keeps: more than the services have. Beyond it the server is asked to forget all.
const STATEMENTS: usize = 512;

/// What every connection starts with: no commit is acknowledged before it is on disk, whatever the server's habit, and no
/// lock is waited for longer than a client waits for its reply.
const SETTINGS: &str = sql!("set_postgres");

/// What a transaction is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    Append,
    Read,
    Write,
}

/// A connection to the server.
pub(crate) struct Session {
    client: Client,
    /// By their text, and then by the types of their values.
    statements: HashMap<String, Vec<Prepared>>,
    count: usize,
    trouble: Option<Trouble>,
}

#[derive(Clone)]
struct Prepared {
    types: Vec<Type>,
    statement: Statement,
    names: Arc<[String]>,
}

impl Session {
    /// Makes a session of a new connection.
    pub(super) fn new(client: Client) -> Result<Self, Error> {
        let mut session = Self {
            client,
            statements: HashMap::new(),
            count: 0,
            trouble: None,
        };
        session.batch(SETTINGS)?;
        Ok(session)
    }

    /// Begins a transaction.
    pub(super) fn begin(&mut self, mode: Mode) -> Result<(), Error> {
        self.trouble = None;
        self.batch(match mode {
            Mode::Append => "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE",
            Mode::Read => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
            Mode::Write => "BEGIN ISOLATION LEVEL SERIALIZABLE READ WRITE",
        })
    }

    /// Commits.
    pub(super) fn commit(&mut self) -> Result<(), Error> {
        self.batch("COMMIT")
    }

    /// Undoes the transaction.
    pub(super) fn roll_back(&mut self) -> Result<(), Error> {
        self.batch("ROLLBACK")
    }

    /// What went wrong since the transaction began, if that decides what to do next.
    pub(super) fn trouble(&self) -> Option<Trouble> {
        self.trouble
    }

    /// Runs several statements that take no values.
    pub(crate) fn batch(&mut self, sql: &str) -> Result<(), Error> {
        let outcome = self.client.batch_execute(sql);
        self.note(sql, outcome)
    }

    /// Runs a statement and tells how many rows it touched.
    pub(crate) fn execute(&mut self, sql: &str, values: &[Value]) -> Result<u64, Error> {
        let prepared = self.prepare(sql, values)?;
        let outcome = self
            .client
            .execute(&prepared.statement, &parameters(values));
        self.note(sql, outcome)
    }

    /// Runs a statement and returns the rows that it found.
    pub(crate) fn rows(&mut self, sql: &str, values: &[Value]) -> Result<Vec<Row>, Error> {
        let prepared = self.prepare(sql, values)?;
        let outcome = self.client.query(&prepared.statement, &parameters(values));
        let found = self.note(sql, outcome)?;
        found
            .iter()
            .map(|row| owned(&prepared.names, row))
            .collect()
    }

    /// Finds or makes the prepared statement for values of these types.
    fn prepare(&mut self, sql: &str, values: &[Value]) -> Result<Prepared, Error> {
        let types: Vec<Type> = values.iter().map(kind).collect();
        let known = self.statements.get(sql).and_then(|variants| {
            let same = |variant: &&Prepared| variant.types == types;
            variants.iter().find(same).cloned()
        });
        if let Some(prepared) = known {
            return Ok(prepared);
        }
        let outcome = self.client.prepare_typed(sql, &types);
        let statement = self.note(sql, outcome)?;
        let places = statement.params().len();
        if places != values.len() {
            let why = format!("it has {places} placeholders for {} values", values.len());
            return Err(Error::sql(sql, why));
        }
        let names = statement
            .columns()
            .iter()
            .map(|column| column.name().to_owned());
        let prepared = Prepared {
            names: names.collect(),
            types,
            statement,
        };
        self.remember(sql, prepared.clone());
        Ok(prepared)
    }

    fn remember(&mut self, sql: &str, prepared: Prepared) {
        if self.count >= STATEMENTS {
            self.statements.clear();
            self.count = 0;
        }
        self.count += 1;
        self.statements
            .entry(sql.to_owned())
            .or_default()
            .push(prepared);
    }

    /// Says what an error means, and remembers what it means for the connection.
    fn note<T>(&mut self, sql: &str, outcome: Result<T, postgres::Error>) -> Result<T, Error> {
        outcome.map_err(|error| {
            let (meaning, trouble) = explain(sql, &error);
            // The first error says more than those that follow from it, save that the connection is lost.
            if self.trouble.is_none() || trouble == Some(Trouble::Lost) {
                self.trouble = trouble;
            }
            meaning
        })
    }
}

fn parameters(values: &[Value]) -> Vec<&(dyn ToSql + Sync)> {
    values
        .iter()
        .map(|value| value as &(dyn ToSql + Sync))
        .collect()
}

fn owned(names: &Arc<[String]>, row: &postgres::Row) -> Result<Row, Error> {
    let values = names.iter().enumerate().map(|(at, name)| {
        let value: Result<Value, _> = row.try_get(at);
        value.map_err(|_| wrong(name, "has a type or size that is no BIGINT, TEXT or BYTEA"))
    });
    Ok(Row::new(
        Arc::clone(names),
        values.collect::<Result<_, _>>()?,
    ))
}
